//! Which messages stand where, as it is kept in the channel's notes.
//!
//! Old notes are read by new programs: fields may be added, never renamed.

use serde::{Deserialize, Serialize};

use super::layout::Piece;
use crate::domain::consultation::Slot;
use crate::ports::{ChannelNote, EffectId};

/// The note of a message whose keyboard has done its work.
pub(super) const OVER: &str = "over";

/// A message that stands in the chat.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Standing {
    pub(super) id: i32,
    pub(super) form: Form,
}

impl Standing {
    /// In the place of a picture that Telegram would not take.
    pub(super) const NOTHING: Self = Self {
        id: 0,
        form: Form::Photo,
    };

    pub(super) const fn is_there(self) -> bool {
        self.id != Self::NOTHING.id
    }
}

/// Text and photo are edited in different ways, and never become each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Form {
    Text,
    Photo,
}

impl Form {
    pub(super) const fn of(piece: &Piece) -> Self {
        match piece.picture {
            Some(_) => Self::Photo,
            None => Self::Text,
        }
    }
}

/// The note of what was sent of an effect.
pub(super) fn sent(effect: EffectId) -> String {
    format!("sent:{}", effect.0)
}

/// The note of what stands in a slot.
pub(super) fn slot(slot: Slot) -> String {
    format!("slot:{}", slot.id())
}

pub(super) fn note(name: String, standing: &[Standing]) -> ChannelNote {
    let text = serde_json::to_string(standing).expect("a list of numbers and names is JSON");
    ChannelNote::new(name, text)
}

/// A note that cannot be read is as none: the message is sent anew.
pub(super) fn read(note: Option<&str>) -> Vec<Standing> {
    note.and_then(|text| serde_json::from_str(text).ok())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notes_are_read_as_they_were_written() {
        let standing = [
            Standing {
                id: 7,
                form: Form::Photo,
            },
            Standing {
                id: 8,
                form: Form::Text,
            },
        ];
        let note = note("slot:x".to_owned(), &standing);
        assert_eq!(
            note.text,
            r#"[{"id":7,"form":"photo"},{"id":8,"form":"text"}]"#
        );
        assert_eq!(read(Some(&note.text)), standing);
        assert!(read(Some("what is this?")).is_empty());
        assert!(read(None).is_empty());
    }
}
