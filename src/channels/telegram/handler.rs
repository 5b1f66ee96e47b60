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
use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;

use super::albums::{Album, Albums, Part, WAITING};
use super::api::{Api, CallError};
use super::backoff::Backoff;
use super::callbacks::{Callbacks, Key};
use super::deeds::{self, CAPTION, Deed};
use super::errands::Errands;
use super::recent::Recent;
use super::sender::{private, tell};
use super::standing::OVER;
use crate::channels::pace::{Place, Urgency};
use crate::domain::consultation::{Button, Command, Language};
use crate::ports::{
    Address, Channel, ChannelNote, ChannelNotes, Clock, ConversationDesk, ConversationId, Inbound,
    InboundId, InboundWhat, Presence, Received, StoreError,
};
use crate::wording::Wording;

/// Somebody looks at the button for as long as it shows that it waits; later an answer is of no use.
const ANSWER_IS_OF_USE: Duration = Duration::from_secs(15);
const FIRST_WAIT: Duration = Duration::from_millis(100);
const LONGEST_WAIT: Duration = Duration::from_secs(5);

/// Takes updates and sees to it that they are done.
#[derive(Clone)]
pub(super) struct Handler {
    pub(super) api: Api,
    pub(super) desk: Arc<dyn ConversationDesk>,
    pub(super) notes: Arc<dyn ChannelNotes>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) wording: Arc<Wording>,
    pub(super) callbacks: Callbacks,
    /// However many keyboards wait for their turn, a press is answered.
    pub(super) answers: Errands,
    /// A group that is flooded takes no room from anybody else.
    pub(super) hints: Errands,
    pub(super) albums: Albums,
    pub(super) recent: Recent,
    /// The bot's user name.
    pub(super) name: String,
    pub(super) shutdown: CancellationToken,
}

/// The service is shutting down: the update is not done, and will come again.
#[derive(Debug, Clone, Copy)]
pub(super) struct Interrupted;

impl Handler {
    /// Carries out one update. What comes back is when the chat is to be looked at again.
    pub(super) async fn handle(&self, update: Update) -> Result<Option<Instant>, Interrupted> {
        let chat = deeds::chat_of(&update);
        let album = deeds::album_of(&update);
        // Whatever is no part of the album comes after it.
        if let Some(complete) = self.albums.take_unless(chat, album) {
            self.hand_in_album(chat, complete).await?;
        }
        for deed in deeds::understand(&update, &self.name, &self.callbacks) {
            self.carry_out(chat, update.id.0, deed).await?;
        }
        Ok(self.albums.due(chat))
    }

    /// Nothing has come from the chat for a while.
    pub(super) async fn look_again(&self, chat: i64) -> Result<Option<Instant>, Interrupted> {
        if let Some(complete) = self.albums.take_unless(chat, None) {
            self.hand_in_album(chat, complete).await?;
        }
        Ok(self.albums.due(chat))
    }

    /// Takes up the albums over which a process died. What comes back is when their chats are to be
    /// looked at: what Telegram brings again meanwhile belongs to them.
    pub(super) async fn take_up_albums(&self) -> Result<Vec<(i64, Instant)>, Interrupted> {
        let noted = self.persist(|| self.notes.beginning_with(WAITING)).await?;
        let now = Instant::now();
        let mut chats = Vec::new();
        for (conversation, note) in noted.unwrap_or_default() {
            let Some(part) = Part::of_note(&note) else {
                tracing::warn!("A part of an album cannot be read and is passed over");
                continue;
            };
            let chat = part.content.chat;
            // Of two albums in one chat the first is complete.
            if let Some(complete) = self.albums.take_unless(chat, Some(&part.content.album)) {
                self.hand_in_album(chat, complete).await?;
            }
            self.albums.add(conversation, part, now);
            chats.extend(self.albums.due(chat).map(|due| (chat, due)));
        }
        Ok(chats)
    }

    async fn carry_out(&self, chat: i64, id: u32, deed: Deed) -> Result<(), Interrupted> {
        let update = format!("telegram:{id}");
        match deed {
            Deed::Started { language, command } => {
                self.start(chat, update, language, command).await
            }
            // The photo is what was sent: words beside it get no "please send a photo".
            Deed::Inbound {
                part: CAPTION,
                what: InboundWhat::Said(caption),
            } if !self.is_alarming(&caption) => Ok(()),
            Deed::Inbound { part, what } => {
                let id = format!("{update}{part}");
                self.hand_in(chat, id, what, Vec::new()).await.map(drop)
            }
            Deed::Part(content) => {
                self.collect(
                    chat,
                    Part {
                        update: id,
                        content,
                    },
                )
                .await
            }
            Deed::Pressed {
                query,
                message,
                key,
                language,
            } => {
                self.answer(chat, query, key, language);
                let Some(key) = key else {
                    return Ok(());
                };
                let notes = over(key, message);
                let pressed = key.pressed();
                // Pressed twice: the farewell says it.
                let is_erasing = pressed == InboundWhat::Pressed(Button::ConfirmErase);
                let received = self.hand_in(chat, update, pressed, notes).await?;
                if received == Some(Received::Unknown) && !is_erasing {
                    self.say_gone(chat, language);
                }
                Ok(())
            }
            // Neither is stored under the update's id, so that it would be done again.
            Deed::Presence(presence) if self.recent.is_new(id) => {
                self.note_presence(chat, presence).await
            }
            Deed::CalledInGroup { thread, language } if self.recent.is_new(id) => {
                self.show_the_way(chat, thread, language);
                Ok(())
            }
            Deed::Presence(_) | Deed::CalledInGroup { .. } => Ok(()),
        }
    }

    /// Keeps a part of an album until the others are there.
    async fn collect(&self, chat: i64, part: Part) -> Result<(), Interrupted> {
        if self.albums.holds(chat, part.update) {
            return Ok(());
        }
        let address = address(chat);
        let known = self.persist(|| self.desk.conversation(&address)).await?;
        let Some(conversation) = known.flatten() else {
            // Nothing can be kept of somebody new, and nothing they send is looked at yet.
            let (id, files) = (format!("telegram:{}", part.update), vec![part.file()]);
            let marks = vec![mark(&part)];
            let announced = InboundWhat::FilesAnnounced(files);
            self.hand_in(chat, id, announced, marks).await?;
            return self.say_caption(&part).await;
        };
        if self.is_handed_in(conversation, &part).await? {
            return Ok(());
        }
        let keep = || {
            let now = self.clock.now();
            self.notes.keep(conversation, vec![part.note()], now)
        };
        self.persist(keep).await?;
        self.albums.add(conversation, part, Instant::now());
        Ok(())
    }

    /// Hands in what is not handed in yet, and then the words that came with it.
    async fn hand_in_album(&self, chat: i64, album: Album) -> Result<(), Interrupted> {
        let Album {
            conversation,
            parts,
            ..
        } = album;
        let mut rest = parts.as_slice();
        while !rest.is_empty() {
            let mut open = Vec::new();
            for part in rest {
                if !self.is_handed_in(conversation, part).await? {
                    open.push(part);
                }
            }
            let Some(first) = open.first() else {
                break;
            };
            let id = format!("telegram:{}", first.update);
            let files = open.iter().map(|part| part.file()).collect();
            let what = InboundWhat::FilesAnnounced(files);
            let marks = open.iter().map(|part| mark(part)).collect();
            match self.hand_in(chat, id, what, marks).await? {
                // Another process was there with fewer of them, or the first was handed in by itself.
                Some(Received::Repeated) => rest = &rest[1..],
                _ => break,
            }
        }
        for part in &parts {
            self.say_caption(part).await?;
        }
        for part in &parts {
            let name = part.name();
            self.persist(|| self.notes.forget(conversation, &name))
                .await?;
        }
        Ok(())
    }

    /// Whether something in it belongs to a doctor at once, wherever it is said.
    fn is_alarming(&self, words: &str) -> bool {
        let triggers = self.wording.knowledge().triggers();
        !triggers.found_in(words).is_empty()
    }

    async fn say_caption(&self, part: &Part) -> Result<(), Interrupted> {
        let caption = part.content.caption.clone();
        let Some(caption) = caption.filter(|caption| self.is_alarming(caption)) else {
            return Ok(());
        };
        let id = format!("telegram:{}{CAPTION}", part.update);
        let said = InboundWhat::Said(caption);
        self.hand_in(part.content.chat, id, said, Vec::new())
            .await
            .map(drop)
    }

    async fn is_handed_in(
        &self,
        conversation: ConversationId,
        part: &Part,
    ) -> Result<bool, Interrupted> {
        let name = part.mark();
        let mark = self
            .persist(|| self.notes.recall(conversation, &name))
            .await?;
        Ok(mark.flatten().is_some())
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
            let handed_in = self.hand_in(chat, update, opened, Vec::new()).await;
            return handed_in.map(drop);
        };
        let address = address(chat);
        let known = self.persist(|| self.desk.conversation(&address)).await?;
        let is_new = known.flatten().is_none();
        if is_new {
            self.hand_in(chat, update.clone(), opened, Vec::new())
                .await?;
        }
        let id = match (command, is_new) {
            // The hello itself leads into the consultation.
            (Command::Consult, true) => return Ok(()),
            // It is known as done where it was the hello of somebody new.
            (Command::Consult, false) => update,
            // A hello that was stored before the process died is none of it.
            _ => format!("{update}:command"),
        };
        let commanded = InboundWhat::Commanded(command);
        self.hand_in(chat, id, commanded, Vec::new())
            .await
            .map(drop)
    }

    async fn hand_in(
        &self,
        chat: i64,
        id: String,
        what: InboundWhat,
        notes: Vec<ChannelNote>,
    ) -> Result<Option<Received>, Interrupted> {
        let inbound = Inbound {
            address: address(chat),
            id: InboundId(id),
            what,
            notes,
        };
        self.persist(|| self.desk.receive(inbound.clone())).await
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
    fn answer(&self, chat: i64, query: CallbackQueryId, key: Option<Key>, language: Language) {
        let api = self.api.clone();
        let words = match key {
            Some(_) => None,
            None => Some(self.phrase(language, "messenger-button-gone")),
        };
        self.answers.run("answer a press", async move {
            let until = Instant::now() + ANSWER_IS_OF_USE;
            let mut backoff = Backoff::default();
            loop {
                let mut request = api.bot().answer_callback_query(query.clone());
                if let Some(words) = &words {
                    request = request.text(words);
                }
                let outcome = api.ask(request).await;
                let wait = match &outcome {
                    Err(CallError::Unreachable { .. }) => Some(backoff.next()),
                    Err(CallError::TooFast { after }) => {
                        api.hold(private(chat), *after);
                        Some(*after)
                    }
                    _ => None,
                };
                tell(outcome);
                match wait {
                    Some(wait) if Instant::now() + wait < until => sleep(wait).await,
                    _ => return,
                }
            }
        });
    }

    /// The button was left standing when everything was erased; nothing is begun by it.
    fn say_gone(&self, chat: i64, language: Language) {
        let words = self.phrase(language, "messenger-button-gone");
        let api = self.api.clone();
        self.answers.run("say that a button is gone", async move {
            let request = api.bot().send_message(ChatId(chat), words);
            tell(api.call(private(chat), Urgency::Interactive, request).await);
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
        self.hints.run("show a group the way", async move {
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

/// The note that a part of an album was handed in.
fn mark(part: &Part) -> ChannelNote {
    ChannelNote::new(part.mark(), "")
}

/// The note that the message's keyboard has done its work, if it has.
fn over(key: Key, message: Option<MessageId>) -> Vec<ChannelNote> {
    let message = message.filter(|_| key.ends_its_message());
    let note = |message: MessageId| ChannelNote::new(OVER, message.0.to_string());
    message.into_iter().map(note).collect()
}
