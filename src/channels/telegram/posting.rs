//! One message into one chat: sent, edited, or, when Telegram refuses it, said more simply.

use teloxide_core::Bot;
use teloxide_core::payloads::{
    EditMessageCaptionSetters as _, EditMessageTextSetters as _, SendMessageSetters as _,
    SendPhotoSetters as _,
};
use teloxide_core::prelude::Requester as _;
use teloxide_core::types::{
    ChatId, InlineKeyboardMarkup, InputFile, LinkPreviewOptions, MessageId, ParseMode,
};

use super::api::{Api, CallError};
use super::layout::Piece;
use super::sender::private;
use super::standing::{Form, Standing};
use crate::channels::pace::Urgency;
use crate::channels::text;
use crate::ports::SendError;

const NO_PREVIEW: LinkPreviewOptions = LinkPreviewOptions {
    is_disabled: true,
    url: None,
    prefer_small_media: false,
    prefer_large_media: false,
    show_above_text: false,
};

/// What is posted.
pub(super) struct Post<'a> {
    pub(super) piece: &'a Piece,
    /// PNG, where the picture has to be sent.
    pub(super) photo: Option<Vec<u8>>,
    pub(super) keyboard: Option<InlineKeyboardMarkup>,
}

/// Where it is posted.
pub(super) struct Posting<'a> {
    pub(super) api: &'a Api,
    pub(super) chat: i64,
}

impl Posting<'_> {
    /// Sends a message. One that Telegram refuses for good is said in plain words, once; `None` where
    /// it has none, and nothing depends on it.
    pub(super) async fn send_or_simplify(
        &self,
        post: &Post<'_>,
    ) -> Result<Option<Standing>, SendError> {
        match self.send(post).await {
            Ok(stands) => Ok(Some(stands)),
            Err(CallError::Refused { reason }) => self.simplify(post, &reason).await,
            Err(error) => Err(send_error(error)),
        }
    }

    /// Edits a message.
    pub(super) async fn edit(&self, id: i32, post: &Post<'_>) -> Result<Edited, SendError> {
        let form = Form::of(post.piece);
        match self.edited(id, form, post).await {
            Ok(()) | Err(CallError::NotModified) => Ok(Edited::Said(Some(Standing { id, form }))),
            Err(CallError::Absent) => Ok(Edited::Impossible),
            Err(CallError::Refused { reason }) => {
                self.simplify(post, &reason).await.map(Edited::Said)
            }
            Err(error) => Err(send_error(error)),
        }
    }

    fn bot(&self) -> &Bot {
        self.api.bot()
    }

    async fn send(&self, post: &Post<'_>) -> Result<Standing, CallError> {
        let (place, urgency) = (private(self.chat), Urgency::Interactive);
        let words = text::escape_html(&post.piece.words);
        let sent = if let Some(photo) = &post.photo {
            let file = InputFile::memory(photo.clone()).file_name("dupi.png");
            let mut request = self.bot().send_photo(ChatId(self.chat), file);
            if !words.is_empty() {
                request = request.caption(words).parse_mode(ParseMode::Html);
            }
            if let Some(keyboard) = &post.keyboard {
                request = request.reply_markup(keyboard.clone());
            }
            self.api.upload(place, urgency, request).await
        } else {
            let mut request = self
                .bot()
                .send_message(ChatId(self.chat), words)
                .parse_mode(ParseMode::Html)
                .link_preview_options(NO_PREVIEW);
            if let Some(keyboard) = &post.keyboard {
                request = request.reply_markup(keyboard.clone());
            }
            self.api.call(place, urgency, request).await
        };
        sent.map(|message| Standing {
            id: message.id.0,
            form: Form::of(post.piece),
        })
    }

    async fn edited(&self, id: i32, form: Form, post: &Post<'_>) -> Result<(), CallError> {
        let (place, urgency) = (private(self.chat), Urgency::Interactive);
        let words = text::escape_html(&post.piece.words);
        let (chat, id) = (ChatId(self.chat), MessageId(id));
        let edited = match form {
            Form::Text => {
                let mut request = self
                    .bot()
                    .edit_message_text(chat, id, words)
                    .parse_mode(ParseMode::Html)
                    .link_preview_options(NO_PREVIEW);
                if let Some(keyboard) = &post.keyboard {
                    request = request.reply_markup(keyboard.clone());
                }
                self.api.call(place, urgency, request).await
            }
            Form::Photo => {
                let mut request = self
                    .bot()
                    .edit_message_caption(chat, id)
                    .caption(words)
                    .parse_mode(ParseMode::Html);
                if let Some(keyboard) = &post.keyboard {
                    request = request.reply_markup(keyboard.clone());
                }
                self.api.call(place, urgency, request).await
            }
        };
        edited.map(drop)
    }

    async fn simplify(&self, post: &Post<'_>, reason: &str) -> Result<Option<Standing>, SendError> {
        tracing::warn!(
            reason,
            "Telegram refuses a message; it is said in plain words"
        );
        let refused = || CallError::Refused {
            reason: reason.to_owned(),
        };
        if post.piece.words.is_empty() {
            // A picture without words is left out, unless somebody has to press what is under it.
            return match post.keyboard {
                Some(_) => Err(send_error(refused())),
                None => Ok(None),
            };
        }
        let mut request = self
            .bot()
            .send_message(ChatId(self.chat), post.piece.words.clone());
        if let Some(keyboard) = &post.keyboard
            && !is_about_the_keyboard(reason)
        {
            request = request.reply_markup(keyboard.clone());
        }
        let sent = self
            .api
            .call(private(self.chat), Urgency::Interactive, request)
            .await;
        let message = sent.map_err(send_error)?;
        Ok(Some(Standing {
            id: message.id.0,
            form: Form::Text,
        }))
    }
}

/// What became of an edit.
pub(super) enum Edited {
    /// It stands there, as it was meant or in plain words.
    Said(Option<Standing>),
    /// The message cannot be edited any more.
    Impossible,
}

/// Whether Telegram refuses what is under the message, and not the message.
fn is_about_the_keyboard(reason: &str) -> bool {
    let reason = reason.to_lowercase();
    ["keyboard", "button", "markup", "callback"]
        .iter()
        .any(|word| reason.contains(word))
}

/// What the queue is told.
pub(super) fn send_error(error: CallError) -> SendError {
    match error {
        CallError::Gone => SendError::PersonGone,
        CallError::TooFast { after } => SendError::Unavailable {
            after: Some(after),
            source: Box::new(error),
        },
        CallError::TokenRefused
        | CallError::Conflict
        | CallError::Unreachable { .. }
        | CallError::Stopped => SendError::Unavailable {
            after: None,
            source: Box::new(error),
        },
        // A private chat never migrates, and nothing of the rest comes of sending.
        CallError::Migrated(_)
        | CallError::NotModified
        | CallError::Absent
        | CallError::Refused { .. } => SendError::Refused(Box::new(error)),
    }
}
