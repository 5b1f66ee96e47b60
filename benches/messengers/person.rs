//! Somebody who talks to the bot.

use std::time::Instant;

use anyhow::Context as _;
use serde_json::{Value, json};
use tokio::sync::mpsc;

use crate::PATIENCE;
use crate::telegram::{Deed, Seen, Telegram};

/// One person with a chat of their own.
pub(crate) struct Person {
    telegram: Telegram,
    chat: i64,
    to_see: mpsc::Receiver<Seen>,
    /// What was pressed last: the same key is not taken for the next one.
    pressed: String,
}

/// A key that can be pressed.
#[derive(Debug, Clone)]
pub(crate) struct Offered {
    message: i64,
    data: String,
    /// When the message with it came in.
    pub(crate) at: Instant,
}

impl Person {
    pub(crate) fn new(telegram: Telegram, chat: i64, to_see: mpsc::Receiver<Seen>) -> Self {
        let pressed = String::new();
        Self {
            telegram,
            chat,
            to_see,
            pressed,
        }
    }

    pub(crate) fn chat(&self) -> i64 {
        self.chat
    }

    /// Opens the chat.
    pub(crate) fn starts(&self) -> Deed {
        self.brings_message(&json!({
            "text": "/start",
            "entities": [{ "type": "bot_command", "offset": 0, "length": 6 }],
        }))
    }

    pub(crate) fn sends_photo(&self) -> Deed {
        let bytes = self.telegram.photo_size();
        self.brings_message(&json!({
            "photo": [{
                "file_id": "photo", "file_unique_id": "photo",
                "width": 640, "height": 480, "file_size": bytes,
            }],
        }))
    }

    pub(crate) fn presses(&mut self, key: &Offered) -> Deed {
        self.pressed.clone_from(&key.data);
        let (from, chat) = (self.from(), self.in_chat());
        self.telegram.bring(|update| {
            let query = json!({
                "id": update.to_string(),
                "from": from,
                "chat_instance": "1",
                "data": key.data,
                "message": {
                    "message_id": key.message, "date": 1_800_000_000, "chat": chat, "text": "…",
                },
            });
            ("callback_query", query)
        })
    }

    /// Waits until a key with that label appears that was not pressed just now.
    pub(crate) async fn finds(&mut self, label: &str) -> anyhow::Result<Offered> {
        loop {
            let seen = tokio::time::timeout(PATIENCE, self.to_see.recv())
                .await
                .with_context(|| format!("no key `{label}` appeared: a message is lost"))?
                .context("the stand-in goes on")?;
            let key = seen
                .keys
                .into_iter()
                .find(|(text, data)| text == label && *data != self.pressed);
            if let Some((_, data)) = key {
                return Ok(Offered {
                    message: seen.message,
                    data,
                    at: seen.at,
                });
            }
        }
    }

    fn brings_message(&self, content: &Value) -> Deed {
        let mut message = json!({
            "date": 1_800_000_000, "from": self.from(), "chat": self.in_chat(),
        });
        self.telegram.bring(|update| {
            // Numbers of their own, apart from those of the bot's messages.
            message["message_id"] = (1_000_000_000 + update).into();
            for (name, value) in content.as_object().into_iter().flatten() {
                message[name] = value.clone();
            }
            ("message", message)
        })
    }

    fn from(&self) -> Value {
        json!({ "id": self.chat, "is_bot": false, "first_name": "Person", "language_code": "ko" })
    }

    fn in_chat(&self) -> Value {
        json!({ "id": self.chat, "type": "private", "first_name": "Person" })
    }
}
