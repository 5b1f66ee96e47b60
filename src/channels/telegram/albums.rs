//! Albums on their way in. Their parts come one by one and nothing says which is the last, so they
//! are collected for a moment and handed in together.
//!
//! A part is noted with its conversation before Telegram may forget it, and the commit that hands in
//! an album marks each of its parts: whatever dies in between, no part is lost, and none is handed
//! in twice.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::time::Instant;

use crate::domain::consultation::FileReference;
use crate::ports::{ChannelNote, ConversationId};

/// How long after a part of an album another may come.
const PATIENCE: Duration = Duration::from_secs(1);
/// Telegram takes no more photos together.
const LARGEST: usize = 10;
/// How the note of a part that waits begins.
pub(super) const WAITING: &str = "album:";

/// A file that came as one of several.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Part {
    pub(super) update: u32,
    pub(super) content: Content,
}

/// What a part holds, as it is kept. Fields may be added, never renamed.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Content {
    /// Where it was sent.
    pub(super) chat: i64,
    pub(super) album: String,
    pub(super) file: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) caption: Option<String>,
}

impl std::fmt::Debug for Content {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Content(…)")
    }
}

impl Part {
    pub(super) fn file(&self) -> FileReference {
        FileReference(self.content.file.clone())
    }

    /// The name of the note that keeps it until it is handed in.
    pub(super) fn name(&self) -> String {
        format!("{WAITING}{}", self.update)
    }

    /// The name of the note that it was handed in.
    pub(super) fn mark(&self) -> String {
        format!("album-done:{}", self.update)
    }

    pub(super) fn note(&self) -> ChannelNote {
        let text = serde_json::to_string(&self.content).expect("numbers and texts are JSON");
        ChannelNote::new(self.name(), text)
    }

    /// A part as it was noted.
    pub(super) fn of_note(note: &ChannelNote) -> Option<Self> {
        Some(Self {
            update: note.name.strip_prefix(WAITING)?.parse().ok()?,
            content: serde_json::from_str(&note.text).ok()?,
        })
    }
}

/// What one chat has sent of an album.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Album {
    pub(super) conversation: ConversationId,
    pub(super) parts: Vec<Part>,
    /// When it counts as complete.
    due: Instant,
}

impl Album {
    fn name(&self) -> Option<&str> {
        self.parts.first().map(|part| part.content.album.as_str())
    }
}

/// The albums that are being collected, one for each chat at most. Clones share them.
#[derive(Debug, Clone, Default)]
pub(super) struct Albums {
    chats: Arc<Mutex<HashMap<i64, Album>>>,
}

impl Albums {
    /// Adds a part, which is noted by now.
    pub(super) fn add(&self, conversation: ConversationId, part: Part, now: Instant) {
        let mut chats = self.lock();
        let album = chats.entry(part.content.chat).or_insert_with(|| Album {
            conversation,
            parts: Vec::new(),
            due: now,
        });
        if album.parts.iter().all(|other| other.update != part.update) {
            album.parts.push(part);
        }
        // A full album waits for nothing.
        album.due = if album.parts.len() < LARGEST {
            now + PATIENCE
        } else {
            now
        };
    }

    /// Whether that update is a part that waits.
    pub(super) fn holds(&self, chat: i64, update: u32) -> bool {
        let chats = self.lock();
        let album = chats.get(&chat);
        album.is_some_and(|album| album.parts.iter().any(|part| part.update == update))
    }

    /// When the chat's album is to be handed in, if there is one.
    pub(super) fn due(&self, chat: i64) -> Option<Instant> {
        self.lock().get(&chat).map(|album| album.due)
    }

    /// Takes the chat's album if it is complete: because of the time, or because something else
    /// than a part of it has come.
    pub(super) fn take_unless(&self, chat: i64, goes_on: Option<&str>) -> Option<Album> {
        let mut chats = self.lock();
        let album = chats.get(&chat)?;
        if goes_on.is_some() && album.name() == goes_on && album.parts.len() < LARGEST {
            return None;
        }
        let mut album = chats.remove(&chat)?;
        chats.shrink_to_fit();
        // As they were sent, however they came.
        album.parts.sort_by_key(|part| part.update);
        Some(album)
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<i64, Album>> {
        self.chats.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    const HERE: ConversationId = ConversationId(Uuid::nil());

    fn part(update: u32, album: &str) -> Part {
        Part {
            update,
            content: Content {
                chat: 7,
                album: album.to_owned(),
                file: format!("file {update}"),
                caption: None,
            },
        }
    }

    fn updates(album: &Album) -> Vec<u32> {
        album.parts.iter().map(|part| part.update).collect()
    }

    #[test]
    fn an_album_is_due_a_moment_after_its_last_part_and_in_the_order_in_which_it_was_sent() {
        let (albums, now) = (Albums::default(), Instant::now());
        albums.add(HERE, part(3, "x"), now);
        albums.add(HERE, part(2, "x"), now + PATIENCE / 2);
        albums.add(HERE, part(2, "x"), now + PATIENCE / 2);
        assert!(albums.holds(7, 3) && !albums.holds(7, 4));
        assert_eq!(albums.due(7), Some(now + PATIENCE / 2 + PATIENCE));
        assert_eq!(albums.take_unless(7, Some("x")), None);
        assert_eq!(updates(&albums.take_unless(7, None).unwrap()), [2, 3]);
        assert_eq!(albums.due(7), None);
        assert!(albums.lock().is_empty());
    }

    #[test]
    fn another_album_and_a_full_one_are_complete() {
        let (albums, now) = (Albums::default(), Instant::now());
        albums.add(HERE, part(1, "x"), now);
        assert!(albums.take_unless(7, Some("y")).is_some());
        for update in 1..=10 {
            albums.add(HERE, part(update, "x"), now);
        }
        assert_eq!(albums.due(7), Some(now));
        let full = albums.take_unless(7, Some("x")).unwrap();
        assert_eq!(full.parts.len(), LARGEST);
    }

    #[test]
    fn notes_are_read_as_they_were_written() {
        let mut sent = part(7, "x");
        assert_eq!(
            sent.note().text,
            r#"{"chat":7,"album":"x","file":"file 7"}"#
        );
        sent.content.caption = Some("it itches".to_owned());
        assert_eq!(Part::of_note(&sent.note()), Some(sent));
        assert_eq!(Part::of_note(&ChannelNote::new("album:7", "?")), None);
    }
}
