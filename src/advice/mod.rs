//! The language model: what the rules chose, in warm sentences.
//!
//! The rules decide what is said; a model only words it, and nothing that it wrote reaches a person
//! before it has passed every gate. This module never decides a care level, never adds a disclaimer
//! (code around it does), never shows half a text, and never logs one. It is the only user of
//! `async_openai`. Begin at [`OpenAiAdviceWriter`]: `prompt` says what is asked, `call` asks, `gates`
//! let through. `data` makes the pairs that a model is trained on, with the same prompts.

pub mod call;
pub mod cleaning;
pub mod data;
pub mod evaluation;
pub mod gates;
pub mod ground;
mod pairs;
pub mod prompt;
mod writer;

pub use pairs::RulePairWriter;
pub use writer::{NoAdviceWriter, OpenAiAdviceWriter, WriterOptions};
