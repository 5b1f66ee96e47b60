//! What stands in a chat, as the person before it sees it.

use axum::body::Bytes;
use serde_json::Value;

use super::keyboard::rows;
use super::state::{BOT, Body, Chat, Entry, Posted, State};

/// How the answer to a press shows itself.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Manner {
    /// For a moment at the top.
    Toast,
    /// Until it is dismissed.
    Alert,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Notice {
    pub(crate) text: String,
    pub(crate) manner: Manner,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Author {
    Bot,
    Person(i64),
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Seen {
    Message(SeenMessage),
    Notice(Notice),
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct SeenMessage {
    pub(crate) message_id: i64,
    pub(crate) author: Author,
    pub(crate) text: Option<String>,
    pub(crate) caption: Option<String>,
    pub(crate) photo: Option<Bytes>,
    pub(crate) document: Option<SeenFile>,
    pub(crate) is_sticker: bool,
    /// Row by row.
    pub(crate) buttons: Vec<Vec<SeenButton>>,
    pub(crate) thread: Option<i64>,
    pub(crate) replies_to: Option<i64>,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct SeenFile {
    pub(crate) name: String,
    pub(crate) bytes: Bytes,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct SeenButton {
    pub(crate) label: String,
    pub(crate) data: Option<String>,
    pub(crate) url: Option<String>,
}

pub(super) fn chat_as_seen(state: &State, chat: &Chat) -> Vec<Seen> {
    chat.log
        .iter()
        .map(|entry| match entry {
            Entry::Posted(posted) => Seen::Message(message_as_seen(state, posted)),
            Entry::Noticed(notice) => Seen::Notice(notice.clone()),
        })
        .collect()
}

pub(super) fn message_as_seen(state: &State, posted: &Posted) -> SeenMessage {
    let words = Some(posted.text.plain.clone()).filter(|text| !text.is_empty());
    let (text, caption) = if posted.body == Body::Nothing {
        (words, None)
    } else {
        (None, words)
    };
    SeenMessage {
        message_id: posted.id,
        author: if posted.author == BOT {
            Author::Bot
        } else {
            Author::Person(posted.author)
        },
        text,
        caption,
        photo: match &posted.body {
            Body::Photo(photo) => Some(state.files.bytes_of_photo(photo)),
            Body::Nothing | Body::Document(_) | Body::Sticker(_) => None,
        },
        document: match &posted.body {
            Body::Document(id) => {
                let file = state.files.file(id);
                Some(SeenFile {
                    name: file.name.clone(),
                    bytes: file.bytes.clone(),
                })
            }
            Body::Nothing | Body::Photo(_) | Body::Sticker(_) => None,
        },
        is_sticker: matches!(posted.body, Body::Sticker(_)),
        buttons: posted.keyboard.as_ref().map_or_else(Vec::new, |keyboard| {
            rows(keyboard)
                .map(|row| row.iter().map(button_as_seen).collect())
                .collect()
        }),
        thread: posted.thread,
        replies_to: posted.replies_to,
    }
}

pub(super) fn button_as_seen(button: &Value) -> SeenButton {
    let text = |field: &str| button[field].as_str().map(str::to_owned);
    SeenButton {
        label: text("text").unwrap_or_default(),
        data: text("callback_data"),
        url: text("url"),
    }
}

/// The chat as lines to read: what a person did is marked with `>`.
pub(super) fn transcript(seen: &[Seen]) -> String {
    let entries: Vec<String> = seen.iter().map(entry_as_text).collect();
    entries.join("\n\n")
}

fn entry_as_text(seen: &Seen) -> String {
    match seen {
        Seen::Notice(notice) => match notice.manner {
            Manner::Toast => format!("(toast) {}", notice.text),
            Manner::Alert => format!("(alert) {}", notice.text),
        },
        Seen::Message(message) => message_as_text(message),
    }
}

fn message_as_text(message: &SeenMessage) -> String {
    let mut lines = Vec::new();
    if message.photo.is_some() {
        lines.push("<photo>".to_owned());
    }
    if let Some(document) = &message.document {
        lines.push(format!("<file {}>", document.name));
    }
    if message.is_sticker {
        lines.push("<sticker>".to_owned());
    }
    lines.extend(message.text.iter().chain(&message.caption).cloned());
    for row in &message.buttons {
        let labels: Vec<String> = row
            .iter()
            .map(|button| format!("[{}]", button.label))
            .collect();
        lines.push(labels.join(" "));
    }
    let text = lines.join("\n");
    match message.author {
        Author::Bot => text,
        Author::Person(_) => format!("> {text}"),
    }
}
