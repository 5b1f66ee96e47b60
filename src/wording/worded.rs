//! A message in words, ready for any channel to lay out.

use crate::domain::consultation::{Button, Card, OwnWords};
use crate::domain::scalp::{Choice, Question, Selection};

/// A picture that goes with a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Picture {
    /// How to take a good photo. `alternative` says the same in words.
    PhotoGuide { alternative: String },
    /// The result card. `alternative` says the same in words.
    Card { card: Card, alternative: String },
}

/// A message in words.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Worded {
    /// Plain text, one or more paragraphs; the channel escapes them. A paragraph may hold line
    /// breaks.
    pub paragraphs: Vec<String>,
    pub picture: Option<Picture>,
    pub choices: Option<WordedChoices>,
    /// Buttons with their labels, in rows from the top.
    pub buttons: Vec<Vec<(Button, String)>>,
    /// A photo is expected now: offer the picker.
    pub wants_photo: bool,
    /// The person's own words are expected now: put the cursor into the text field.
    pub wants_words: Option<OwnWords>,
    /// Something is under way: show it.
    pub is_working: bool,
}

/// The choices of one question, with labels.
#[derive(Debug, Clone, PartialEq)]
pub struct WordedChoices {
    pub question: Question,
    pub selection: Selection,
    pub offered: Vec<WordedChoice>,
    /// The label of "done" for [`Selection::Several`].
    pub done: String,
    /// The label of "none of these" for [`Selection::Several`].
    pub none: String,
}

/// One choice with its label.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WordedChoice {
    pub choice: Choice,
    pub label: String,
    /// Taken before, when the question is asked again.
    pub is_chosen: bool,
}
