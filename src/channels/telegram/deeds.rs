//! What an update means: pure, and without an opinion on the consultation.

use teloxide_core::types::{
    CallbackQueryId, ChatMemberUpdated, Document, MaybeInaccessibleMessage, MediaKind, Message,
    MessageId, MessageKind, PhotoSize, ThreadId, Update, UpdateKind, User,
};

use super::albums::Content;
use super::callbacks::{Callbacks, Key};
use super::fetcher;
use crate::domain::consultation::{Command, FileReference, Language, Unusable};
use crate::ports::{InboundWhat, Presence};

/// The part of an update that is written beneath a file.
pub(super) const CAPTION: &str = ":caption";

const START: &str = "start";

/// Something that somebody did.
#[derive(Debug, PartialEq)]
pub(super) enum Deed {
    /// `/start`, with the command that its payload stands for.
    Started {
        language: Language,
        command: Option<Command>,
    },
    /// Something for the desk; one update may hold several, each under a name of its own.
    Inbound {
        part: &'static str,
        what: InboundWhat,
    },
    /// One of several files that were sent together.
    Part(Content),
    /// A button was pressed; `key` is none of ours if it is `None`.
    Pressed {
        query: CallbackQueryId,
        message: Option<MessageId>,
        key: Option<Key>,
        language: Language,
    },
    /// The person blocked us, or came back.
    Presence(Presence),
    /// Somebody in a group wants something.
    CalledInGroup {
        thread: Option<ThreadId>,
        language: Language,
    },
}

/// Which chat an update belongs to: what happens there is taken in order.
pub(super) fn chat_of(update: &Update) -> i64 {
    match &update.kind {
        UpdateKind::Message(message) => message.chat.id.0,
        UpdateKind::MyChatMember(member) => member.chat.id.0,
        UpdateKind::CallbackQuery(query) => match &query.message {
            Some(message) => message.chat().id.0,
            None => i64::try_from(query.from.id.0).unwrap_or_default(),
        },
        _ => 0,
    }
}

/// The album that an update is a part of. In groups nothing is collected.
pub(super) fn album_of(update: &Update) -> Option<&str> {
    match &update.kind {
        UpdateKind::Message(message) if message.chat.is_private() => {
            message.media_group_id().map(|album| album.0.as_str())
        }
        _ => None,
    }
}

/// What an update means, in order.
pub(super) fn understand(update: &Update, name: &str, callbacks: &Callbacks) -> Vec<Deed> {
    match &update.kind {
        UpdateKind::Message(message) if message.chat.is_private() => said_or_sent(message, name),
        UpdateKind::Message(message) => in_group(message, name).into_iter().collect(),
        UpdateKind::CallbackQuery(query) => {
            let chat = chat_of(update);
            let data = query.data.as_deref();
            vec![Deed::Pressed {
                query: query.id.clone(),
                message: query.message.as_ref().map(MaybeInaccessibleMessage::id),
                key: data.and_then(|data| callbacks.resolve(chat, data)),
                language: language_of(Some(&query.from)),
            }]
        }
        UpdateKind::MyChatMember(member) => presence(member).into_iter().collect(),
        UpdateKind::Error(_) => {
            tracing::warn!("An update cannot be understood and is passed over");
            Vec::new()
        }
        _ => Vec::new(),
    }
}

fn language_of(user: Option<&User>) -> Language {
    user.and_then(|user| Language::from_tag(user.language_code.as_deref()?))
        .unwrap_or_default()
}

/// Only what happens between the person and us, in their private chat.
fn presence(member: &ChatMemberUpdated) -> Option<Deed> {
    if !member.chat.is_private() {
        return None;
    }
    let new = &member.new_chat_member;
    Some(Deed::Presence(if new.is_banned() || new.is_left() {
        Presence::Gone
    } else {
        Presence::Here
    }))
}

fn said_or_sent(message: &Message, name: &str) -> Vec<Deed> {
    let inbound = |part, what| Deed::Inbound { part, what };
    if let Some(text) = message.text() {
        return vec![said(text, message.from.as_ref(), name)];
    }
    let caption = message.caption().map(str::trim).unwrap_or_default();
    let caption = (!caption.is_empty()).then(|| caption.to_owned());
    let file = if let Some(sizes) = message.photo() {
        largest(sizes).map(|photo| fetcher::reference(&photo.file.id, photo.file.size))
    } else if let Some(document) = message.document().filter(|_| message.animation().is_none()) {
        Some(picture(document))
    } else if is_nothing_for_us(message) {
        Some(Err(Unusable::Unreadable))
    } else {
        None
    };
    let sent = match (file, message.media_group_id()) {
        (Some(Ok(file)), Some(album)) => {
            return vec![Deed::Part(Content {
                chat: message.chat.id.0,
                album: album.0.clone(),
                file: file.0,
                caption,
            })];
        }
        (Some(Ok(file)), None) => Some(InboundWhat::FilesAnnounced(vec![file])),
        (Some(Err(reason)), _) => Some(InboundWhat::FileRefused(reason)),
        (None, _) => None,
    };
    let sent = sent.map(|what| inbound("", what));
    let said = caption.map(|caption| inbound(CAPTION, InboundWhat::Said(caption)));
    sent.into_iter().chain(said).collect()
}

fn said(text: &str, from: Option<&User>, name: &str) -> Deed {
    let inbound = |what| Deed::Inbound { part: "", what };
    let Some(given) = Given::parse(text).filter(|given| given.is_for(name)) else {
        return inbound(InboundWhat::Said(text.to_owned()));
    };
    if given.command == START {
        return Deed::Started {
            language: language_of(from),
            // What we did not put into a link ourselves means nothing.
            command: Command::from_id(given.rest).filter(|command| *command != Command::Cancel),
        };
    }
    inbound(match Command::from_id(&given.command) {
        Some(command) => InboundWhat::Commanded(command),
        None => InboundWhat::Said(text.to_owned()),
    })
}

fn in_group(message: &Message, name: &str) -> Option<Deed> {
    let given = Given::parse(message.text()?)?;
    let is_ours = given.command == START || Command::from_id(&given.command).is_some();
    (is_ours && given.is_for(name)).then(|| Deed::CalledInGroup {
        thread: message.thread_id.filter(|_| message.is_topic_message),
        language: language_of(message.from.as_ref()),
    })
}

/// A command as it was written, in small letters.
struct Given<'a> {
    command: String,
    addressee: Option<&'a str>,
    rest: &'a str,
}

impl<'a> Given<'a> {
    fn parse(text: &'a str) -> Option<Self> {
        let text = text.strip_prefix('/')?;
        let (first, rest) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
        let (command, addressee) = match first.split_once('@') {
            Some((command, addressee)) => (command, Some(addressee)),
            None => (first, None),
        };
        Some(Self {
            command: command.to_ascii_lowercase(),
            addressee,
            rest: rest.trim(),
        })
    }

    fn is_for(&self, name: &str) -> bool {
        self.addressee
            .is_none_or(|addressee| addressee.eq_ignore_ascii_case(name))
    }
}

fn largest(sizes: &[PhotoSize]) -> Option<&PhotoSize> {
    sizes.iter().max_by_key(|size| size.width * size.height)
}

/// A file that is a picture as far as its sender says.
fn picture(document: &Document) -> Result<FileReference, Unusable> {
    let kind = document.mime_type.as_ref();
    let kind = kind.and_then(|kind| AsRef::<str>::as_ref(kind).split(';').next());
    let name = document.file_name.as_deref().unwrap_or_default();
    let ending = name.rsplit_once('.').map(|(_, ending)| ending);
    let ends_in = |endings: &[&str]| {
        ending.is_some_and(|ending| endings.iter().any(|one| one.eq_ignore_ascii_case(ending)))
    };
    if matches!(kind, Some("image/heic" | "image/heif")) || ends_in(&["heic", "heif"]) {
        return Err(Unusable::Heic);
    }
    let is_picture = kind.is_some_and(|kind| kind.starts_with("image/"))
        || ends_in(&["jpg", "jpeg", "png", "webp"]);
    if !is_picture {
        return Err(Unusable::Unreadable);
    }
    fetcher::reference(&document.file.id, document.file.size)
}

/// Whatever else a person may send of their own accord. What Telegram itself says in a chat, as that
/// something was pinned, is none of it.
fn is_nothing_for_us(message: &Message) -> bool {
    match &message.kind {
        MessageKind::Common(common) => !matches!(
            common.media_kind,
            MediaKind::Text(_) | MediaKind::Migration(_)
        ),
        MessageKind::Dice(_) => true,
        _ => false,
    }
}

#[cfg(test)]
mod tests;
