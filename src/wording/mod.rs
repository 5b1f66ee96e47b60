//! From a [`Message`](crate::domain::consultation::Message) to words in a language.
//!
//! Every sentence that a person reads comes out of `locales/` (Fluent) or `prompts/knowledge/`;
//! nothing in here holds one, and nothing in here knows a channel.

mod phrases;
mod worded;

pub use phrases::{Argument, Phrases, PhrasesError};
pub use worded::{Picture, Worded, WordedChoice, WordedChoices};
