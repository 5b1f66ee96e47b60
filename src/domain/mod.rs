//! What Dupi knows and decides, apart from any messenger, model or database.
//!
//! Pure. Nothing in here awaits, reads a clock, draws a random number, does I/O, names a channel or
//! holds a sentence: what is said to a person is a [`consultation::Message`], worded elsewhere.
//! Read [`scalp`] for the vocabulary, then [`consultation`] for the conversation, then [`guidance`].

pub mod consultation;
pub mod guidance;
pub mod scalp;
