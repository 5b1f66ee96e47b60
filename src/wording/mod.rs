//! From a [`Message`](crate::domain::consultation::Message) to words in a language.
//!
//! Every sentence that a person reads comes out of `locales/` (Fluent) or `prompts/knowledge/`;
//! nothing in here holds one, and nothing in here knows a channel. Begin at [`Wording::words`].

mod knowledge;
mod messages;
mod photos;
mod phrases;
mod privacy;
mod results;
mod topics;
mod worded;
mod writings;

pub use knowledge::{Knowledge, KnowledgeError, Text};
pub use messages::{Wording, WordingError};
pub use phrases::{Argument, Phrases, PhrasesError};
pub use privacy::Links;
pub use worded::{Picture, Worded, WordedChoice, WordedChoices};
