//! What stands behind a button on the wire: short, opaque, and of use to one person only.
//!
//! An id is a keyed hash of the person and the pressed thing, so nothing has to be kept to
//! understand it, also after a restart. It says nothing to anybody who reads it.

use hmac::{Hmac, KeyInit as _, Mac as _};
use secrecy::{ExposeSecret as _, SecretString};
use sha2::Sha256;

use crate::domain::consultation::{Button, Mark};
use crate::domain::scalp::{Choice, Question, Selection};
use crate::ports::InboundWhat;

/// Something on a keyboard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Key {
    Button(Button),
    /// The one answer to a question.
    Choice(Choice),
    /// One of several answers, with the state that the press asks for.
    Mark(Choice, Mark),
}

impl Key {
    /// Every key there is.
    fn all() -> impl Iterator<Item = Self> {
        let buttons = Button::all().into_iter().map(Self::Button);
        let choices = Question::ALL.into_iter().flat_map(|question| {
            let several = question.selection() == Selection::Several;
            question.choices().flat_map(move |choice| {
                if several {
                    vec![Self::Mark(choice, Mark::On), Self::Mark(choice, Mark::Off)]
                } else {
                    vec![Self::Choice(choice)]
                }
            })
        });
        buttons.chain(choices)
    }

    fn name(self) -> String {
        match self {
            Self::Button(button) => format!("button:{}", button.token()),
            Self::Choice(choice) => format!("choice:{}", choice.id()),
            Self::Mark(choice, Mark::On) => format!("mark:{}", choice.id()),
            Self::Mark(choice, Mark::Off) => format!("clear:{}", choice.id()),
        }
    }

    /// What somebody does by pressing it.
    pub(super) fn pressed(self) -> InboundWhat {
        match self {
            Self::Button(button) => InboundWhat::Pressed(button),
            Self::Choice(choice) => InboundWhat::Chosen {
                question: choice.question(),
                choices: [choice].into(),
            },
            Self::Mark(choice, mark) => InboundWhat::Marked {
                question: choice.question(),
                choice,
                mark,
            },
        }
    }

    /// Whether the question under which it stands is over once it was pressed, and was asked in a
    /// message of its own: its keyboard may go.
    pub(super) fn ends_its_message(self) -> bool {
        matches!(
            self,
            Self::Button(
                Button::Speak(_)
                    | Button::OldEnough
                    | Button::TooYoung
                    | Button::Agree(_)
                    | Button::Refuse(_)
                    | Button::ConfirmErase
                    | Button::DeclineErase
            )
        )
    }
}

/// Makes ids and understands them.
#[derive(Clone)]
pub(super) struct Callbacks {
    hash: Hmac<Sha256>,
}

impl std::fmt::Debug for Callbacks {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Callbacks(…)")
    }
}

impl Callbacks {
    pub(super) fn new(token: &SecretString) -> Self {
        let hash = Hmac::new_from_slice(token.expose_secret().as_bytes());
        Self {
            hash: hash.expect("a key of any length will do"),
        }
    }

    /// 16 hexadecimal digits.
    pub(super) fn id(&self, chat: i64, key: Key) -> String {
        let mut hash = self.hash.clone();
        hash.update(&chat.to_be_bytes());
        hash.update(key.name().as_bytes());
        let digest = hash.finalize().into_bytes();
        digest[..8].iter().fold(String::new(), |mut id, byte| {
            use std::fmt::Write as _;
            write!(id, "{byte:02x}").expect("a string takes everything");
            id
        })
    }

    /// What was pressed, if this id was made for that chat.
    pub(super) fn resolve(&self, chat: i64, id: &str) -> Option<Key> {
        Key::all().find(|key| self.id(chat, *key) == id)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn callbacks() -> Callbacks {
        Callbacks::new(&SecretString::from("12:token"))
    }

    #[test]
    fn every_key_leads_back_to_itself_and_to_nobody_else() {
        let callbacks = callbacks();
        let mut ids = BTreeSet::new();
        for key in Key::all() {
            let id = callbacks.id(7, key);
            assert_eq!(id.len(), 16);
            assert_eq!(callbacks.resolve(7, &id), Some(key));
            assert!(ids.insert(id));
        }
        assert!(ids.len() > 100);
        let of_another = callbacks.id(8, Key::Button(Button::Tips));
        assert_eq!(callbacks.resolve(7, &of_another), None);
    }

    #[test]
    fn another_token_makes_other_ids() {
        let key = Key::Button(Button::Tips);
        let other = Callbacks::new(&SecretString::from("13:token"));
        assert_ne!(callbacks().id(7, key), other.id(7, key));
    }

    #[test]
    fn what_was_never_made_is_not_understood() {
        for id in ["", "tips", "0000000000000000"] {
            assert_eq!(callbacks().resolve(7, id), None);
        }
    }
}
