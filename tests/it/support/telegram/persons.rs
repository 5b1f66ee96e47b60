//! The persons and groups that a test plays.

use std::sync::Arc;

use axum::body::Bytes;
use serde_json::{Value, json};

use super::Shared;
use super::entities::{Formatted, commands_in};
use super::keyboard::buttons;
use super::seen::{
    Author, Seen, SeenMessage, button_as_seen, chat_as_seen, message_as_seen, transcript,
};
use super::state::{BOT, Body, Chat, ChatKind, Posted, Query, Standing, State, bot_as_json};

/// No message of the bot in that chat bears such a button, or there is no such message.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct NothingToPress;

/// One person in the private chat with the bot.
#[derive(Clone)]
pub(crate) struct Person {
    shared: Arc<Shared>,
    id: i64,
}

/// A group that the bot is in.
#[derive(Clone)]
pub(crate) struct Group {
    shared: Arc<Shared>,
    id: i64,
}

/// The id by which an answer to a press is given.
pub(crate) type QueryId = String;

impl Person {
    pub(super) fn join(shared: Arc<Shared>, id: i64, name: &str, language: Option<&str>) -> Self {
        let kind = ChatKind::Private {
            name: name.to_owned(),
            language: language.map(str::to_owned),
        };
        shared.change(|state| state.chats.insert(id, Chat::new(kind, Standing::Unmet)));
        Self { shared, id }
    }

    pub(crate) fn id(&self) -> i64 {
        self.id
    }

    /// Writes to the bot; the id of the message comes back, as from everything sent here. Who has
    /// blocked the bot unblocks it by writing, as Telegram's apps have it.
    pub(crate) fn says(&self, text: &str) -> i64 {
        self.shared
            .change(|state| self.writes(state, self.id, None, text))
    }

    pub(crate) fn says_in(&self, group: &Group, text: &str) -> i64 {
        self.shared
            .change(|state| self.writes(state, group.id, None, text))
    }

    /// In a topic of a forum.
    pub(crate) fn says_in_topic(&self, group: &Group, thread: i64, text: &str) -> i64 {
        self.shared
            .change(|state| self.writes(state, group.id, Some(thread), text))
    }

    pub(crate) fn sends_photo(&self, bytes: impl Into<Bytes>) -> i64 {
        let bytes = bytes.into();
        self.shared.change(|state| {
            let body = Body::Photo(state.files.keep_photo(&bytes));
            self.sends(state, body, None)
        })
    }

    pub(crate) fn sends_photo_saying(&self, bytes: impl Into<Bytes>, caption: &str) -> i64 {
        let bytes = bytes.into();
        self.shared.change(|state| {
            let posted = Posted {
                text: written(caption),
                body: Body::Photo(state.files.keep_photo(&bytes)),
                ..self.message_in(self.id)
            };
            Self::posts(state, posted)
        })
    }

    pub(crate) fn sends_file(&self, name: &str, mime: &str, bytes: impl Into<Bytes>) -> i64 {
        let bytes = bytes.into();
        self.shared.change(|state| {
            let body = Body::Document(state.files.keep_document(name, mime, bytes));
            self.sends(state, body, None)
        })
    }

    /// One update for each photo, all with the same mark and without an end.
    pub(crate) fn sends_album(&self, photos: impl IntoIterator<Item = Vec<u8>>) -> Vec<i64> {
        self.shared.change(|state| {
            let album = state.next_number().to_string();
            photos
                .into_iter()
                .map(|bytes| {
                    let body = Body::Photo(state.files.keep_photo(&bytes.into()));
                    self.sends(state, body, Some(album.clone()))
                })
                .collect()
        })
    }

    /// One more part of an album of that mark.
    pub(crate) fn sends_part(&self, album: &str, photo: impl Into<Bytes>) -> i64 {
        let photo = photo.into();
        self.shared.change(|state| {
            let body = Body::Photo(state.files.keep_photo(&photo));
            self.sends(state, body, Some(album.to_owned()))
        })
    }

    pub(crate) fn sends_sticker(&self) -> i64 {
        self.shared.change(|state| {
            let picture = Bytes::from_static(b"RIFF\x04\x00\x00\x00WEBP");
            let file = state
                .files
                .keep_document("sticker.webp", "image/webp", picture);
            self.sends(state, Body::Sticker(file), None)
        })
    }

    pub(crate) fn edits_message(&self, message_id: i64, text: &str) {
        self.shared.change(|state| {
            let now = state.now();
            let posted = state
                .message_mut(self.id, message_id)
                .expect("a test edits a message that is there");
            posted.text = written(text);
            posted.edited = Some(now);
            let edited = posted.clone();
            let shown = state.message_as_json(&edited);
            state.mailbox.put("edited_message", &shown);
        });
    }

    /// Presses the button on the newest of the bot's messages that bears it.
    pub(crate) fn presses(&self, label: &str) -> Result<QueryId, NothingToPress> {
        self.presses_at(self.id, label)
    }

    pub(crate) fn presses_in(&self, group: &Group, label: &str) -> Result<QueryId, NothingToPress> {
        self.presses_at(group.id, label)
    }

    /// Presses what may stand there no longer, as from a screen that is behind.
    pub(crate) fn presses_data(
        &self,
        message_id: i64,
        data: &str,
    ) -> Result<QueryId, NothingToPress> {
        self.shared
            .change(|state| self.taps(state, self.id, message_id, data))
    }

    /// Presses twice in a row: two presses with an id each.
    pub(crate) fn taps_twice(&self, label: &str) -> Result<[QueryId; 2], NothingToPress> {
        self.shared.change(|state| {
            let (message_id, data) = button(state, self.id, label)?;
            Ok([
                self.taps(state, self.id, message_id, &data)?,
                self.taps(state, self.id, message_id, &data)?,
            ])
        })
    }

    pub(crate) fn blocks(&self) {
        self.changes_standing(Standing::Blocked, ["member", "kicked"]);
    }

    pub(crate) fn unblocks(&self) {
        self.changes_standing(Standing::Here, ["kicked", "member"]);
    }

    /// The account ends; Telegram tells bots nothing.
    pub(crate) fn deactivates(&self) {
        self.shared
            .change(|state| state.chat_mut(self.id).standing = Standing::Deactivated);
    }

    /// What stands in the private chat now, in order.
    pub(crate) fn sees(&self) -> Vec<Seen> {
        self.shared
            .look(|state| chat_as_seen(state, state.chat(self.id)))
    }

    /// The newest message of the bot.
    pub(crate) fn newest(&self) -> Option<SeenMessage> {
        newest_of_the_bot(&self.shared, self.id)
    }

    pub(crate) fn transcript(&self) -> String {
        transcript(&self.sees())
    }

    fn writes(&self, state: &mut State, chat: i64, thread: Option<i64>, text: &str) -> i64 {
        let posted = Posted {
            text: written(text),
            thread,
            ..self.message_in(chat)
        };
        Self::posts(state, posted)
    }

    fn sends(&self, state: &mut State, body: Body, album: Option<String>) -> i64 {
        let posted = Posted {
            album,
            body,
            ..self.message_in(self.id)
        };
        Self::posts(state, posted)
    }

    fn message_in(&self, chat: i64) -> Posted {
        Posted {
            chat,
            author: self.id,
            ..Posted::default()
        }
    }

    fn posts(state: &mut State, posted: Posted) -> i64 {
        let (chat, author) = (posted.chat, posted.author);
        match state.chat(chat).standing {
            Standing::Unmet => state.chat_mut(chat).standing = Standing::Here,
            Standing::Blocked if chat == author => {
                state.chat_mut(chat).standing = Standing::Here;
                membership_changed(state, chat, author, ["kicked", "member"]);
            }
            Standing::Blocked
            | Standing::Here
            | Standing::Deactivated
            | Standing::MigratedTo(_) => {}
        }
        let shown = state.post(posted);
        state.mailbox.put("message", &shown);
        shown["message_id"]
            .as_i64()
            .expect("every message has an id")
    }

    fn presses_at(&self, chat: i64, label: &str) -> Result<QueryId, NothingToPress> {
        self.shared.change(|state| {
            let (message_id, data) = button(state, chat, label)?;
            self.taps(state, chat, message_id, &data)
        })
    }

    fn taps(
        &self,
        state: &mut State,
        chat: i64,
        message_id: i64,
        data: &str,
    ) -> Result<QueryId, NothingToPress> {
        let posted = state
            .message(chat, message_id)
            .filter(|posted| posted.author == BOT)
            .ok_or(NothingToPress)?;
        let message = state.message_as_json(posted);
        let id = format!("{}00{}", self.id, state.next_number());
        let query = Query {
            chat,
            is_answered: false,
        };
        state.queries.insert(id.clone(), query);
        let update = json!({
            "id": id,
            "from": state.user_as_json(self.id),
            "message": message,
            "chat_instance": format!("-{chat}"),
            "data": data,
        });
        state.mailbox.put("callback_query", &update);
        Ok(id)
    }

    fn changes_standing(&self, standing: Standing, [old, new]: [&str; 2]) {
        self.shared.change(|state| {
            state.chat_mut(self.id).standing = standing;
            membership_changed(state, self.id, self.id, [old, new]);
        });
    }
}

impl Group {
    pub(super) fn open(shared: Arc<Shared>, id: i64, kind: ChatKind) -> Self {
        shared.change(|state| state.chats.insert(id, Chat::new(kind, Standing::Here)));
        Self { shared, id }
    }

    pub(crate) fn id(&self) -> i64 {
        self.id
    }

    pub(crate) fn sees(&self) -> Vec<Seen> {
        self.shared
            .look(|state| chat_as_seen(state, state.chat(self.id)))
    }

    pub(crate) fn newest(&self) -> Option<SeenMessage> {
        newest_of_the_bot(&self.shared, self.id)
    }

    /// The group goes on under another id; the bot is told so in both.
    pub(crate) fn migrates_to_supergroup(&self, new: i64) -> Self {
        self.shared.change(|state| {
            let old = state.chat_mut(self.id);
            let title = match &old.kind {
                ChatKind::Private { name: title, .. }
                | ChatKind::Group { title }
                | ChatKind::Supergroup { title }
                | ChatKind::Forum { title } => title.clone(),
            };
            old.standing = Standing::MigratedTo(new);
            let kind = ChatKind::Supergroup { title };
            state.chats.insert(new, Chat::new(kind, Standing::Here));
            for (chat, field, other) in [
                (self.id, "migrate_to_chat_id", new),
                (new, "migrate_from_chat_id", self.id),
            ] {
                let message = json!({
                    "message_id": state.next_number(),
                    "from": bot_as_json(),
                    "chat": state.chat_as_json(chat),
                    "date": state.now(),
                    field: other,
                });
                state.mailbox.put("message", &message);
            }
        });
        Self {
            shared: self.shared.clone(),
            id: new,
        }
    }

    pub(crate) fn throws_bot_out(&self, by: &Person) {
        self.shared.change(|state| {
            state.chat_mut(self.id).standing = Standing::Blocked;
            membership_changed(state, self.id, by.id, ["member", "kicked"]);
        });
    }

    pub(crate) fn takes_bot_in(&self, by: &Person) {
        self.shared.change(|state| {
            state.chat_mut(self.id).standing = Standing::Here;
            membership_changed(state, self.id, by.id, ["left", "member"]);
        });
    }
}

fn membership_changed(state: &mut State, chat: i64, by: i64, statuses: [&str; 2]) {
    let [old, new] = statuses.map(|status| {
        let mut member = json!({ "user": bot_as_json(), "status": status });
        if status == "kicked" {
            member["until_date"] = 0.into();
        }
        member
    });
    let update = json!({
        "chat": state.chat_as_json(chat),
        "from": state.user_as_json(by),
        "date": state.now(),
        "old_chat_member": old,
        "new_chat_member": new,
    });
    state.mailbox.put("my_chat_member", &update);
}

fn written(text: &str) -> Formatted {
    Formatted {
        plain: text.to_owned(),
        entities: commands_in(text),
    }
}

fn button(state: &State, chat: i64, label: &str) -> Result<(i64, String), NothingToPress> {
    state
        .chat(chat)
        .messages()
        .rev()
        .filter(|posted| posted.author == BOT)
        .find_map(|posted| {
            let keyboard: &Value = posted.keyboard.as_ref()?;
            let data = buttons(keyboard)
                .map(button_as_seen)
                .find(|button| button.label == label)?
                .data?;
            Some((posted.id, data))
        })
        .ok_or(NothingToPress)
}

fn newest_of_the_bot(shared: &Shared, chat: i64) -> Option<SeenMessage> {
    shared.look(|state| {
        state
            .chat(chat)
            .messages()
            .rev()
            .map(|posted| message_as_seen(state, posted))
            .find(|message| message.author == Author::Bot)
    })
}
