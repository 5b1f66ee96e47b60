//! Everything that Telegram remembers: who is there, what stands in which chat, what is under way.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use tokio::time::Instant;

use super::calls::Call;
use super::entities::Formatted;
use super::faults::Faults;
use super::files::{Files, Photo};
use super::mailbox::Mailbox;
use super::profile::Profile;
use super::refusal::Refusal;
use super::request::Request;
use super::seen::Notice;

pub(super) const BOT: i64 = 4_100_200_300;
pub(super) const BOT_NAME: &str = "dupi_stand_in_bot";
/// When a stand-in begins, in Unix time.
const BEGINNING: u64 = 1_795_000_000;

/// How a person or a group stands to the bot.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Standing {
    /// Never wrote to the bot.
    Unmet,
    Here,
    /// The person blocked it, or the group threw it out.
    Blocked,
    Deactivated,
    /// The group goes on as a supergroup under this id.
    MigratedTo(i64),
}

#[derive(Clone, Debug)]
pub(super) enum ChatKind {
    Private {
        name: String,
        language: Option<String>,
    },
    Group {
        title: String,
    },
    Supergroup {
        title: String,
    },
    Forum {
        title: String,
    },
}

#[derive(Debug)]
pub(super) struct Chat {
    pub(super) kind: ChatKind,
    pub(super) standing: Standing,
    pub(super) log: Vec<Entry>,
}

#[derive(Debug)]
pub(super) enum Entry {
    Posted(Box<Posted>),
    Noticed(Notice),
}

#[derive(Clone, Debug, Default, PartialEq)]
pub(super) enum Body {
    #[default]
    Nothing,
    Photo(Photo),
    Document(String),
    Sticker(String),
}

/// A message as it stands now.
#[derive(Clone, Debug, Default)]
pub(super) struct Posted {
    pub(super) id: i64,
    pub(super) chat: i64,
    pub(super) author: i64,
    pub(super) date: u64,
    pub(super) edited: Option<u64>,
    pub(super) thread: Option<i64>,
    pub(super) replies_to: Option<i64>,
    pub(super) album: Option<String>,
    /// The text, or what is written beneath a photo or file.
    pub(super) text: Formatted,
    pub(super) body: Body,
    pub(super) keyboard: Option<Value>,
}

/// A press of a button that waits for its answer.
#[derive(Debug)]
pub(super) struct Query {
    pub(super) chat: i64,
    pub(super) is_answered: bool,
}

#[derive(Debug)]
pub(super) struct State {
    pub(super) calls: Vec<Call>,
    pub(super) violations: Vec<String>,
    pub(super) chats: BTreeMap<i64, Chat>,
    pub(super) files: Files,
    pub(super) queries: BTreeMap<String, Query>,
    pub(super) mailbox: Mailbox,
    pub(super) profile: Profile,
    pub(super) faults: Faults,
    pub(super) is_revoked: bool,
    /// Nobody answers, and nobody takes a connection.
    pub(super) is_away: bool,
    /// As BotFather's /setprivacy sets it.
    pub(super) has_privacy_mode: bool,
    /// How many calls a test cleared away.
    pub(super) forgotten_calls: usize,
    last_number: i64,
    started: Instant,
}

impl State {
    pub(super) fn new() -> Self {
        Self {
            calls: Vec::new(),
            violations: Vec::new(),
            chats: BTreeMap::new(),
            files: Files::default(),
            queries: BTreeMap::new(),
            mailbox: Mailbox::default(),
            profile: Profile::default(),
            faults: Faults::default(),
            is_revoked: false,
            is_away: false,
            has_privacy_mode: true,
            forgotten_calls: 0,
            last_number: 100,
            started: Instant::now(),
        }
    }

    pub(super) fn now(&self) -> u64 {
        BEGINNING + self.started.elapsed().as_secs()
    }

    /// For ids of messages, queries and albums.
    pub(super) fn next_number(&mut self) -> i64 {
        self.last_number += 1;
        self.last_number
    }

    pub(super) fn chat(&self, id: i64) -> &Chat {
        self.chats.get(&id).expect("a test names chats that exist")
    }

    pub(super) fn chat_mut(&mut self, id: i64) -> &mut Chat {
        self.chats
            .get_mut(&id)
            .expect("a test names chats that exist")
    }

    /// The chat that the bot means, if it may act there.
    pub(super) fn entered(&self, request: &Request) -> Result<i64, Refusal> {
        if !request.fields.contains_key("chat_id") {
            return Err(Refusal::bad_request("chat_id is empty"));
        }
        let chat_not_found = || Refusal::bad_request("chat not found");
        let id = request.integer("chat_id").ok_or_else(chat_not_found)?;
        let chat = self.chats.get(&id).ok_or_else(chat_not_found)?;
        match (chat.standing, &chat.kind) {
            (Standing::Here, _) => Ok(id),
            (Standing::Unmet, _) => Err(chat_not_found()),
            (Standing::Blocked, ChatKind::Private { .. }) => {
                Err(Refusal::forbidden("bot was blocked by the user"))
            }
            (Standing::Blocked, ChatKind::Group { .. }) => {
                Err(Refusal::forbidden("bot was kicked from the group chat"))
            }
            (Standing::Blocked, _) => Err(Refusal::forbidden(
                "bot was kicked from the supergroup chat",
            )),
            (Standing::Deactivated, _) => Err(Refusal::forbidden("user is deactivated")),
            (Standing::MigratedTo(to), _) => Err(Refusal::migrated(to)),
        }
    }

    pub(super) fn message(&self, chat: i64, id: i64) -> Option<&Posted> {
        self.chats
            .get(&chat)?
            .messages()
            .find(|posted| posted.id == id)
    }

    pub(super) fn message_mut(&mut self, chat: i64, id: i64) -> Option<&mut Posted> {
        self.chats
            .get_mut(&chat)?
            .log
            .iter_mut()
            .find_map(|entry| match entry {
                Entry::Posted(posted) if posted.id == id => Some(posted.as_mut()),
                Entry::Posted(_) | Entry::Noticed(_) => None,
            })
    }

    /// Puts a message into its chat and says what it is there.
    pub(super) fn post(&mut self, mut posted: Posted) -> Value {
        posted.id = self.next_number();
        posted.date = self.now();
        let shown = self.message_as_json(&posted);
        let entry = Entry::Posted(Box::new(posted));
        let chat = match &entry {
            Entry::Posted(posted) => posted.chat,
            Entry::Noticed(_) => return shown,
        };
        self.chat_mut(chat).log.push(entry);
        shown
    }

    pub(super) fn message_as_json(&self, posted: &Posted) -> Value {
        let mut shown = json!({
            "message_id": posted.id,
            "from": self.user_as_json(posted.author),
            "chat": self.chat_as_json(posted.chat),
            "date": posted.date,
        });
        let (text, entities) = match &posted.body {
            Body::Nothing => ("text", "entities"),
            Body::Photo(_) | Body::Document(_) | Body::Sticker(_) => {
                ("caption", "caption_entities")
            }
        };
        if !posted.text.plain.is_empty() {
            shown[text] = posted.text.plain.clone().into();
        }
        if !posted.text.entities.is_empty() {
            shown[entities] = posted.text.entities.clone().into();
        }
        match &posted.body {
            Body::Nothing => {}
            Body::Photo(photo) => shown["photo"] = self.files.photo_as_json(photo),
            Body::Document(id) => shown["document"] = self.files.document_as_json(id),
            Body::Sticker(id) => shown["sticker"] = self.files.sticker_as_json(id),
        }
        if let Some(edited) = posted.edited {
            shown["edit_date"] = edited.into();
        }
        if let Some(album) = &posted.album {
            shown["media_group_id"] = album.clone().into();
        }
        if let Some(keyboard) = &posted.keyboard {
            shown["reply_markup"] = keyboard.clone();
        }
        if let Some(thread) = posted.thread {
            shown["message_thread_id"] = thread.into();
            shown["is_topic_message"] = true.into();
        }
        if let Some(replied) = posted
            .replies_to
            .and_then(|id| self.message(posted.chat, id))
        {
            // Only one step back, as Telegram shows it.
            shown["reply_to_message"] = self.message_as_json(&Posted {
                replies_to: None,
                ..replied.clone()
            });
        }
        shown
    }

    pub(super) fn user_as_json(&self, id: i64) -> Value {
        if id == BOT {
            return bot_as_json();
        }
        let mut user = json!({ "id": id, "is_bot": false });
        if let ChatKind::Private { name, language } = &self.chat(id).kind {
            user["first_name"] = name.clone().into();
            if let Some(language) = language {
                user["language_code"] = language.clone().into();
            }
        }
        user
    }

    pub(super) fn chat_as_json(&self, id: i64) -> Value {
        match &self.chat(id).kind {
            ChatKind::Private { name, .. } => {
                json!({ "id": id, "type": "private", "first_name": name })
            }
            ChatKind::Group { title } => json!({ "id": id, "type": "group", "title": title }),
            ChatKind::Supergroup { title } => {
                json!({ "id": id, "type": "supergroup", "title": title })
            }
            ChatKind::Forum { title } => {
                json!({ "id": id, "type": "supergroup", "title": title, "is_forum": true })
            }
        }
    }
}

impl Chat {
    pub(super) fn new(kind: ChatKind, standing: Standing) -> Self {
        Self {
            kind,
            standing,
            log: Vec::new(),
        }
    }

    pub(super) fn messages(&self) -> impl DoubleEndedIterator<Item = &Posted> {
        self.log.iter().filter_map(|entry| match entry {
            Entry::Posted(posted) => Some(posted.as_ref()),
            Entry::Noticed(_) => None,
        })
    }
}

pub(super) fn bot_as_json() -> Value {
    json!({ "id": BOT, "is_bot": true, "first_name": "Dupi", "username": BOT_NAME })
}
