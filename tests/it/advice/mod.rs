//! The language model: what is asked, how it is called, and what is let through.
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on ends where it stands"
)]

mod call;
mod data;
mod evaluation;
mod gates;
mod inspection;
mod llamacpp;
mod prompts;
pub(crate) mod served;
mod topics;
mod turns;
pub(crate) mod writer;
