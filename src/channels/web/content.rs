//! A worded message in the web chat's own form, as it is kept in the history.
//!
//! Old histories are shown by new pages: fields may be added, never renamed or given another
//! meaning.

use serde::Serialize;

use crate::domain::consultation::{Button, Language};
use crate::domain::scalp::Selection;
use crate::wording::{Picture, Worded, WordedChoices};

/// One message.
#[derive(Debug, Serialize)]
pub(super) struct Content {
    /// BCP 47.
    language: &'static str,
    paragraphs: Vec<String>,
    picture: Option<PictureContent>,
    choices: Option<ChoicesContent>,
    /// Rows from the top.
    buttons: Vec<Vec<ButtonContent>>,
    wants_photo: bool,
    wants_words: bool,
    is_working: bool,
}

#[derive(Debug, Serialize)]
struct PictureContent {
    /// `guide` or `card`.
    kind: &'static str,
    /// On this server.
    url: String,
    /// The same in words.
    alternative: String,
}

#[derive(Debug, Serialize)]
struct ChoicesContent {
    question: &'static str,
    /// `one`, `several` or `words`.
    selection: &'static str,
    offered: Vec<ChoiceContent>,
    done: String,
    none: String,
}

#[derive(Debug, Serialize)]
struct ChoiceContent {
    id: &'static str,
    label: String,
    is_chosen: bool,
}

#[derive(Debug, Serialize)]
struct ButtonContent {
    token: String,
    label: String,
}

impl Content {
    pub(super) fn of(worded: Worded, language: Language) -> Self {
        Self {
            language: language.id(),
            paragraphs: worded.paragraphs,
            picture: worded.picture.map(PictureContent::of),
            choices: worded.choices.map(ChoicesContent::of),
            buttons: worded
                .buttons
                .into_iter()
                .map(ButtonContent::row)
                .filter(|row| !row.is_empty())
                .collect(),
            wants_photo: worded.wants_photo,
            wants_words: worded.wants_words.is_some(),
            is_working: worded.is_working,
        }
    }
}

impl ButtonContent {
    /// The page takes all marks at once, with buttons of its own.
    fn row(row: Vec<(Button, String)>) -> Vec<Self> {
        row.into_iter()
            .filter(|(button, _)| !matches!(button, Button::Done(_)))
            .map(|(button, label)| Self {
                token: button.token(),
                label,
            })
            .collect()
    }
}

impl PictureContent {
    fn of(picture: Picture) -> Self {
        match picture {
            Picture::PhotoGuide { alternative } => Self {
                kind: "guide",
                url: "/assets/guide.svg".to_owned(),
                alternative,
            },
            Picture::Card { card, alternative } => Self {
                kind: "card",
                url: format!("/cards/{}", card.consultation.0),
                alternative,
            },
        }
    }
}

impl ChoicesContent {
    fn of(choices: WordedChoices) -> Self {
        Self {
            question: choices.question.id(),
            selection: match choices.selection {
                Selection::One => "one",
                Selection::Several => "several",
                Selection::Words => "words",
            },
            offered: choices
                .offered
                .into_iter()
                .map(|offered| ChoiceContent {
                    id: offered.choice.id(),
                    label: offered.label,
                    is_chosen: offered.is_chosen,
                })
                .collect(),
            done: choices.done,
            none: choices.none,
        }
    }
}
