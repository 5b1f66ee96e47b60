//! The consultation: where a conversation stands and what may happen next.
//!
//! Pure. Nothing here awaits, reads a clock, draws a random number or names a channel: the time is
//! an argument, and whatever is wanted from the world is returned as an [`Effect`].
//! Begin at [`Conversation::step`]. `crate::driver` feeds it and performs what it asks for.

mod button;
mod command;
mod controls;
mod conversation;
mod event;
mod message;
mod slot;
mod stages;
mod step;
mod writing;

pub use button::{Button, Helpful, Purpose, RatingMark};
pub use command::Command;
pub use controls::{Choices, Controls, OwnWords};
pub use conversation::{Consent, Consultation, Conversation, Language, Photo, PhotoState, Stage};
pub use event::{Effect, Event, FileReference, Mark, SentFile, Words, Written};
pub use message::{
    AfterPhoto, AfterTips, AlbumPhoto, Answered, Asking, Card, ConsultationNumber, Expected, Found,
    Message, Rateable, ResultSummary, Unusable,
};
pub use slot::Slot;
pub use step::Step;
pub use writing::{Advice, AwaitedAnswer, DailyCount, Rated, RatedKind, Writings};
