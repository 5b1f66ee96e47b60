//! Saying something in a private chat: sent, or edited in place, each part once.
//!
//! What was sent of an effect is noted part by part, so that another try goes on where the last one
//! ended. Nothing here decides what is said.

use std::sync::Arc;

use async_trait::async_trait;
use teloxide_core::prelude::Requester as _;
use teloxide_core::types::{ChatAction, ChatId, InlineKeyboardMarkup, MessageId};

use super::TelegramPorts;
use super::api::{Api, CallError};
use super::callbacks::Callbacks;
use super::errands::Errands;
use super::keyboard;
use super::layout::{self, Image, Piece};
use super::posting::{Edited, Post, Posting};
use super::standing::{self, Form, OVER, Standing};
use super::working::Working;
use crate::channels::pace::{Place, Urgency};
use crate::domain::consultation::Message;
use crate::ports::{
    Address, ConversationId, Farewell, Leaving, MessageSender, Outgoing, PhotoStoreError,
    SendError, StoreError, StoredKind,
};

/// Sends messages to Telegram.
#[derive(Clone)]
pub(super) struct TelegramSender {
    pub(super) api: Api,
    pub(super) ports: TelegramPorts,
    pub(super) callbacks: Callbacks,
    pub(super) errands: Errands,
    pub(super) working: Working,
    /// PNG.
    pub(super) guide: Arc<[u8]>,
}

impl std::fmt::Debug for TelegramSender {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("TelegramSender(…)")
    }
}

#[async_trait]
impl MessageSender for TelegramSender {
    async fn send(&self, outgoing: Outgoing) -> Result<(), SendError> {
        let chat = chat_of(&outgoing.address)?;
        self.working.end(chat);
        let worded = self
            .ports
            .wording
            .words(&outgoing.message, outgoing.language);
        let pieces = layout::pieces(&worded);
        let keyboard = keyboard::under(&worded, chat, &self.callbacks);
        let before = self.say(&outgoing, chat, &pieces, keyboard).await?;
        self.tidy_up(outgoing.conversation, chat, before).await?;
        if worded.is_working {
            let action = match outgoing.message {
                Message::PreparingResult => ChatAction::UploadPhoto,
                _ => ChatAction::Typing,
            };
            self.working.begin(chat, action);
        }
        Ok(())
    }

    async fn farewell(&self, leaving: Leaving) -> Farewell {
        let phrases = self.ports.wording.phrases();
        let words = phrases.phrase(leaving.language, "messenger-erased", &[]);
        let chat = chat_of(&leaving.address);
        let api = self.api.clone();
        Box::pin(async move {
            let piece = Piece {
                words,
                picture: None,
            };
            let post = Post {
                piece: &piece,
                photo: None,
                keyboard: None,
            };
            let posting = Posting {
                api: &api,
                chat: chat?,
            };
            posting.send_or_simplify(&post).await.map(drop)
        })
    }
}

impl TelegramSender {
    /// Says what was not said yet, and tells which messages stand there no longer as they should.
    async fn say(
        &self,
        outgoing: &Outgoing,
        chat: i64,
        pieces: &[Piece],
        keyboard: Option<InlineKeyboardMarkup>,
    ) -> Result<Vec<Standing>, SendError> {
        let conversation = outgoing.conversation;
        let sent_note = standing::sent(outgoing.id);
        let slot_note = outgoing.slot.map(standing::slot);
        let mut sent = self.recall(conversation, &sent_note).await?;
        let before = match &slot_note {
            Some(name) => self.recall(conversation, name).await?,
            None => Vec::new(),
        };
        let posting = Posting {
            api: &self.api,
            chat,
        };
        let mut keyboard = keyboard;
        for (index, piece) in pieces.iter().enumerate().skip(sent.len()) {
            let is_last = index + 1 == pieces.len();
            let old = before.get(index);
            let place = old.filter(|old| old.form == Form::of(piece) && old.is_there());
            let post = Post {
                piece,
                photo: match (piece.picture, place) {
                    (Some(image), None) => Some(self.photo(conversation, image).await?),
                    _ => None,
                },
                keyboard: if is_last { keyboard.take() } else { None },
            };
            let stands = match place {
                Some(place) => match posting.edit(place.id, &post).await? {
                    Edited::Said(stands) => stands,
                    Edited::Impossible => self.send_anew(conversation, &posting, post).await?,
                },
                None => posting.send_or_simplify(&post).await?,
            };
            sent.push(stands.unwrap_or(Standing::NOTHING));
            let mut notes = vec![standing::note(sent_note.clone(), &sent)];
            if let (true, Some(name)) = (is_last, &slot_note) {
                notes.push(standing::note(name.clone(), &sent));
            }
            let now = self.ports.clock.now();
            let kept = self.ports.notes.keep(conversation, notes, now).await;
            kept.map_err(of_store)?;
        }
        let is_replaced =
            |old: &Standing| old.is_there() && !sent.iter().any(|new| new.id == old.id);
        Ok(before.into_iter().filter(is_replaced).collect())
    }

    /// A message that cannot be edited any more is sent again, with its picture.
    async fn send_anew(
        &self,
        conversation: ConversationId,
        posting: &Posting<'_>,
        mut post: Post<'_>,
    ) -> Result<Option<Standing>, SendError> {
        if let Some(image) = post.piece.picture {
            post.photo = Some(self.photo(conversation, image).await?);
        }
        posting.send_or_simplify(&post).await
    }

    /// Deletes what was replaced, and takes away the keyboard that has done its work. Whether this
    /// succeeds does not matter to what was said.
    async fn tidy_up(
        &self,
        conversation: ConversationId,
        chat: i64,
        replaced: Vec<Standing>,
    ) -> Result<(), SendError> {
        for old in replaced {
            let api = self.api.clone();
            self.errands.run("delete a replaced message", async move {
                let request = api.bot().delete_message(ChatId(chat), MessageId(old.id));
                tell(api.call(private(chat), Urgency::Bulk, request).await);
            });
        }
        let notes = &self.ports.notes;
        let over = notes.recall(conversation, OVER).await.map_err(of_store)?;
        let Some(over) = over else {
            return Ok(());
        };
        if let Ok(id) = over.parse() {
            let api = self.api.clone();
            self.errands.run("take away a keyboard", async move {
                let bot = api.bot();
                let request = bot.edit_message_reply_markup(ChatId(chat), MessageId(id));
                tell(api.call(private(chat), Urgency::Bulk, request).await);
            });
        }
        notes.forget(conversation, OVER).await.map_err(of_store)
    }

    async fn recall(
        &self,
        conversation: ConversationId,
        name: &str,
    ) -> Result<Vec<Standing>, SendError> {
        let note = self.ports.notes.recall(conversation, name).await;
        Ok(standing::read(note.map_err(of_store)?.as_deref()))
    }

    async fn photo(
        &self,
        conversation: ConversationId,
        image: Image,
    ) -> Result<Vec<u8>, SendError> {
        match image {
            Image::Guide => Ok(self.guide.to_vec()),
            Image::Card(number) => {
                let kind = StoredKind::Card(number);
                let card = self.ports.photos.get(conversation, kind).await;
                card.map_err(|error| match error {
                    PhotoStoreError::Absent => SendError::Refused(Box::new(error)),
                    PhotoStoreError::Store(error) => of_store(error),
                })
            }
        }
    }
}

/// Where a private chat's calls are counted.
pub(super) fn private(chat: i64) -> Place {
    Place::Private(chat.into())
}

pub(super) fn tell<T>(outcome: Result<T, CallError>) {
    if let Err(error) = outcome {
        tracing::debug!(%error, "A call that nobody waits for failed");
    }
}

/// An address that is none of ours, which only a broken record can hold.
#[derive(Debug, thiserror::Error)]
#[error("the address is no Telegram chat")]
struct NoChat;

fn chat_of(address: &Address) -> Result<i64, SendError> {
    let chat = address.key.parse();
    chat.map_err(|_| SendError::Refused(Box::new(NoChat)))
}

fn of_store(error: StoreError) -> SendError {
    if error.is_temporary() {
        SendError::Unavailable {
            after: None,
            source: Box::new(error),
        }
    } else {
        SendError::Refused(Box::new(error))
    }
}
