//! What the inside needs from the world: one trait and its error per file.
//!
//! A port is named for a role; the implementations in the outer ring are named for their means.
//! No library's type crosses a port.

mod advice_writer;
mod card_painter;
mod channel_notes;
mod clock;
mod conversation_desk;
mod conversation_store;
mod effect_queue;
mod event_sink;
mod message_sender;
mod photo_fetcher;
mod photo_store;
mod rating_store;
mod severity_grader;
mod transcript;

pub use advice_writer::{AdviceWriter, WritingError};
pub use card_painter::{CardError, CardPainter, CardRequest};
pub use channel_notes::{ChannelNote, ChannelNotes, sent_note};
pub use clock::{Clock, IdSource};
pub use conversation_desk::{ConversationDesk, Inbound, InboundWhat, Received};
pub use conversation_store::{
    Address, By, Channel, Commit, Committed, ConversationId, ConversationStore, InboundId, Loaded,
    Presence, StoreError, Utterance,
};
pub use effect_queue::{
    ClaimedEffect, EffectId, EffectOverview, EffectQueue, EffectState, LONGEST_WAIT, Room, Share,
};
pub use event_sink::EventSink;
pub use message_sender::{Farewell, Leaving, MessageSender, Outgoing, SendError};
pub use photo_fetcher::{FetchError, PhotoFetcher};
pub use photo_store::{PhotoStore, PhotoStoreError, StoredKind};
pub use rating_store::{RatingCount, RatingStore};
pub use severity_grader::{GradedPhoto, GradingError, PhotoReader, ReadPhoto, SeverityGrader};
pub use transcript::{Entry, EntryBody, Transcript};
