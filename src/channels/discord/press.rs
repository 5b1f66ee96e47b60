//! What a person can press, under short ids that say nothing and belong to that person alone.
//!
//! An id is a keyed hash over the person and what is pressed, so nobody can press for another, and a
//! press is understood by trying everything there is.

use std::fmt::Write as _;

use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret as _, SecretString};
use sha2::Sha256;

use crate::domain::consultation::{Button, Language, OwnWords};
use crate::domain::scalp::{Choice, Question};
use crate::ports::EffectId;

/// One thing that can be pressed, picked or filled in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Press {
    Button(Button),
    Choice(Choice),
    /// The menu with the choices of a question.
    Menu(Question),
    /// Opens the window for the person's own words, in that language.
    Write(OwnWords, Language),
    /// The window itself, and the field in it.
    Words,
}

impl Press {
    fn name(self) -> String {
        match self {
            Self::Button(button) => format!("button:{}", button.token()),
            Self::Choice(choice) => format!("choice:{}", choice.id()),
            Self::Menu(question) => format!("menu:{}", question.id()),
            Self::Write(OwnWords::FreeLine, language) => format!("write:{}", language.id()),
            Self::Write(OwnWords::Question, language) => format!("ask:{}", language.id()),
            Self::Words => "words".to_owned(),
        }
    }

    fn all() -> impl Iterator<Item = Self> {
        let buttons = Button::all().into_iter().map(Self::Button);
        let choices = Choice::ALL.iter().copied().map(Self::Choice);
        let menus = Question::ALL.into_iter().map(Self::Menu);
        let writes = Language::ALL.into_iter().flat_map(|language| {
            [OwnWords::FreeLine, OwnWords::Question].map(|words| Self::Write(words, language))
        });
        buttons
            .chain(choices)
            .chain(menus)
            .chain(writes)
            .chain([Self::Words])
    }
}

/// Makes ids and understands them.
#[derive(Clone)]
pub(super) struct PressIds(SecretString);

impl std::fmt::Debug for PressIds {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("PressIds(…)")
    }
}

impl PressIds {
    pub(super) fn new(token: SecretString) -> Self {
        Self(token)
    }

    /// 16 hex digits.
    pub(super) fn id(&self, person: u64, press: Press) -> String {
        let mut id = self.digest(&format!("press\0{person}\0{}", press.name()));
        id.truncate(16);
        id
    }

    /// What that person pressed, if it is anything of ours.
    pub(super) fn press(&self, person: u64, id: &str) -> Option<Press> {
        Press::all().find(|press| self.id(person, *press) == id)
    }

    /// The same for the same part of the same effect, so that Discord shows it once.
    pub(super) fn nonce(&self, effect: EffectId, part: usize) -> String {
        let mut nonce = self.digest(&format!("nonce\0{}\0{part}", effect.0));
        nonce.truncate(24);
        nonce
    }

    /// The same for the same hint to the same person.
    pub(super) fn hint_nonce(&self, person: u64, after: u64) -> String {
        let mut nonce = self.digest(&format!("hint\0{person}\0{after}"));
        nonce.truncate(24);
        nonce
    }

    fn digest(&self, text: &str) -> String {
        let mut mac = <Hmac<Sha256> as KeyInit>::new_from_slice(self.0.expose_secret().as_bytes())
            .expect("HMAC takes keys of any length");
        mac.update(text.as_bytes());
        let bytes = mac.finalize().into_bytes();
        bytes.iter().fold(String::new(), |mut digits, byte| {
            // Writing to a string does not fail.
            let _ = write!(digits, "{byte:02x}");
            digits
        })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_press_is_understood_and_belongs_to_one_person() {
        let ids = PressIds::new("a token".to_owned().into());
        let mut seen = HashSet::new();
        for press in Press::all() {
            let id = ids.id(7, press);
            assert_eq!(id.len(), 16);
            assert_eq!(ids.press(7, &id), Some(press));
            assert_eq!(ids.press(8, &id), None);
            assert!(seen.insert(id), "{press:?}");
        }
        let other = PressIds::new("another token".to_owned().into());
        assert_eq!(other.press(7, &ids.id(7, Press::Words)), None);
        assert_eq!(ids.press(7, "0123456789abcdef"), None);
    }

    #[test]
    fn a_nonce_fits_and_differs_from_part_to_part() {
        let ids = PressIds::new("a token".to_owned().into());
        let effect = EffectId(uuid::Uuid::from_u128(5));
        let nonce = ids.nonce(effect, 0);
        assert_eq!(nonce.len(), 24);
        assert_eq!(nonce, ids.nonce(effect, 0));
        assert_ne!(nonce, ids.nonce(effect, 1));
    }
}
