//! Carrying out what an update means: handed in at the desk, and answered where Telegram waits for
//! an answer. An update is done when what it asks for is stored.

use std::sync::Arc;
use std::time::Duration;

use teloxide_core::payloads::{AnswerCallbackQuerySetters as _, SendMessageSetters as _};
use teloxide_core::prelude::Requester as _;
use teloxide_core::types::{
    CallbackQueryId, ChatId, InlineKeyboardButton, InlineKeyboardMarkup, MessageId, ThreadId,
    Update,
};
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use super::api::{Api, CallError, answered};
use super::backoff::Backoff;
use super::callbacks::{Callbacks, Key};
use super::deeds::{self, Deed};
use super::errands::Errands;
use super::sender::tell;
use super::standing::OVER;
use crate::channels::pace::{Place, Urgency};
use crate::domain::consultation::{Command, Language};
use crate::ports::{
    Address, Channel, ChannelNote, ConversationDesk, Inbound, InboundId, InboundWhat, Presence,
    StoreError,
};
use crate::wording::Wording;

/// Somebody looks at the button for as long as it shows that it waits.
const TRIES_TO_ANSWER: u32 = 3;
const FIRST_WAIT: Duration = Duration::from_millis(100);
const LONGEST_WAIT: Duration = Duration::from_secs(5);

/// Takes updates and sees to it that they are done.
#[derive(Clone)]
pub(super) struct Handler {
    pub(super) api: Api,
    pub(super) desk: Arc<dyn ConversationDesk>,
    pub(super) wording: Arc<Wording>,
    pub(super) callbacks: Callbacks,
    pub(super) errands: Errands,
    /// The bot's user name.
    pub(super) name: String,
    pub(super) shutdown: CancellationToken,
}

/// The service is shutting down: the update is not done, and will come again.
#[derive(Debug, Clone, Copy)]
pub(super) struct Interrupted;

impl Handler {
    /// Carries out one update, or several that are parts of one album.
    pub(super) async fn handle(&self, updates: Vec<Update>) -> Result<(), Interrupted> {
        let Some(first) = updates.first() else {
            return Ok(());
        };
        let chat = deeds::chat_of(first);
        for (id, deed) in deeds::understand(&updates, &self.name, &self.callbacks) {
            self.carry_out(chat, id, deed).await?;
        }
        Ok(())
    }

    async fn carry_out(&self, chat: i64, id: u32, deed: Deed) -> Result<(), Interrupted> {
        let update = format!("telegram:{id}");
        match deed {
            Deed::Started { language, command } => {
                self.start(chat, update, language, command).await
            }
            Deed::Inbound { part, what } => {
                let id = format!("{update}{part}");
                self.hand_in(chat, id, what, Vec::new()).await
            }
            Deed::Pressed {
                query,
                message,
                key,
                language,
            } => {
                self.answer(query, key, language);
                let Some(key) = key else {
                    return Ok(());
                };
                let notes = over(key, message);
                self.hand_in(chat, update, key.pressed(), notes).await
            }
            Deed::Presence(presence) => self.note_presence(chat, presence).await,
            Deed::CalledInGroup { thread, language } => {
                self.show_the_way(chat, thread, language);
                Ok(())
            }
        }
    }

    /// A hello, or what the link stood for; both where the person is new.
    async fn start(
        &self,
        chat: i64,
        update: String,
        language: Language,
        command: Option<Command>,
    ) -> Result<(), Interrupted> {
        let opened = InboundWhat::Opened { language };
        let Some(command) = command else {
            return self.hand_in(chat, update, opened, Vec::new()).await;
        };
        let commanded = InboundWhat::Commanded(command);
        let address = address(chat);
        let known = self.persist(|| self.desk.conversation(&address)).await?;
        if known.flatten().is_some() {
            return self.hand_in(chat, update, commanded, Vec::new()).await;
        }
        let own = format!("{update}:command");
        self.hand_in(chat, update, opened, Vec::new()).await?;
        // The hello itself leads into the consultation.
        if command == Command::Consult {
            return Ok(());
        }
        self.hand_in(chat, own, commanded, Vec::new()).await
    }

    async fn hand_in(
        &self,
        chat: i64,
        id: String,
        what: InboundWhat,
        notes: Vec<ChannelNote>,
    ) -> Result<(), Interrupted> {
        let inbound = Inbound {
            address: address(chat),
            id: InboundId(id),
            what,
            notes,
        };
        self.persist(|| self.desk.receive(inbound.clone()))
            .await
            .map(drop)
    }

    async fn note_presence(&self, chat: i64, presence: Presence) -> Result<(), Interrupted> {
        let address = address(chat);
        self.persist(|| self.desk.note_presence(&address, presence))
            .await
            .map(drop)
    }

    /// Tries until it succeeds, unless no try will help: then the update is passed over.
    async fn persist<T, F>(&self, mut attempt: impl FnMut() -> F) -> Result<Option<T>, Interrupted>
    where
        F: Future<Output = Result<T, StoreError>>,
    {
        let mut wait = FIRST_WAIT;
        loop {
            match attempt().await {
                Ok(done) => return Ok(Some(done)),
                Err(error) if error.is_temporary() => {
                    tracing::warn!(%error, "An update could not be stored yet; trying again");
                }
                Err(error) => {
                    tracing::error!(%error, "An update cannot be stored and is passed over");
                    return Ok(None);
                }
            }
            tokio::select! {
                () = self.shutdown.cancelled() => return Err(Interrupted),
                () = sleep(wait) => wait = (wait * 2).min(LONGEST_WAIT),
            }
        }
    }

    /// Stops the waiting sign on the button, with a word where the button is of no use.
    fn answer(&self, query: CallbackQueryId, key: Option<Key>, language: Language) {
        let api = self.api.clone();
        let words = match key {
            Some(_) => None,
            None => Some(self.phrase(language, "messenger-button-gone")),
        };
        self.errands.run("answer a press", async move {
            let mut backoff = Backoff::default();
            for _ in 0..TRIES_TO_ANSWER {
                let mut request = api.bot().answer_callback_query(query.clone());
                if let Some(words) = &words {
                    request = request.text(words);
                }
                let outcome = answered(request).await;
                let is_unheard = matches!(outcome, Err(CallError::Unreachable { .. }));
                tell(outcome);
                if !is_unheard {
                    return;
                }
                sleep(backoff.next()).await;
            }
        });
    }

    /// Nothing personal is said in groups: a button leads to the private chat.
    fn show_the_way(&self, chat: i64, thread: Option<ThreadId>, language: Language) {
        let words = self.phrase(language, "messenger-group-hint");
        let label = self.phrase(language, "messenger-group-button");
        let link = format!("https://t.me/{}?start=consult", self.name);
        let Ok(link) = link.parse() else {
            return;
        };
        let button = InlineKeyboardButton::url(label, link);
        let api = self.api.clone();
        let say = move |chat: ChatId| {
            let keyboard = InlineKeyboardMarkup::new([[button.clone()]]);
            let mut request = api.bot().send_message(chat, words.clone());
            request = request.reply_markup(keyboard);
            if let Some(thread) = thread {
                request = request.message_thread_id(thread);
            }
            let api = api.clone();
            async move {
                let place = Place::Group(chat.0.into());
                api.call(place, Urgency::Interactive, request).await
            }
        };
        self.errands.run("show a group the way", async move {
            match say(ChatId(chat)).await {
                Err(CallError::Migrated(new)) => tell(say(new).await),
                outcome => tell(outcome),
            }
        });
    }

    fn phrase(&self, language: Language, key: &str) -> String {
        self.wording.phrases().phrase(language, key, &[])
    }
}

fn address(chat: i64) -> Address {
    Address {
        channel: Channel::Telegram,
        key: chat.to_string(),
    }
}

/// The note that the message's keyboard has done its work, if it has.
fn over(key: Key, message: Option<MessageId>) -> Vec<ChannelNote> {
    let message = message.filter(|_| key.ends_its_message());
    let note = |message: MessageId| ChannelNote::new(OVER, message.0.to_string());
    message.into_iter().map(note).collect()
}
