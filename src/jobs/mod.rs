//! Carrying out stored effects: claim by lease, run, retry, report back as an event.
//!
//! There is one file per job; `register` knows them all. A job may be run twice, because a process
//! may die between the deed and the note of it, so twice must be harmless. Nothing in here decides
//! what follows from an outcome (the engine does) or writes personal data to a log.
//! Begin at [`EffectRunner::run`].

mod draw_card;
mod erase_person;
mod fetch_photos;
mod forget_cards;
mod forget_photos;
mod grade_photo;
mod keep_rating;
mod outcome;
mod register;
mod runner;
mod send;
mod writing;

use std::collections::HashMap;
use std::sync::Arc;

use crate::ports::{
    AdviceWriter, CardPainter, Channel, Clock, ConversationStore, EffectQueue, EventSink,
    MessageSender, PhotoFetcher, PhotoReader, PhotoStore, RatingStore, SeverityGrader,
};

pub use runner::EffectRunner;

/// What the jobs need of the world.
#[derive(Clone)]
pub struct JobPorts {
    pub queue: Arc<dyn EffectQueue>,
    pub events: Arc<dyn EventSink>,
    pub conversations: Arc<dyn ConversationStore>,
    pub photos: Arc<dyn PhotoStore>,
    pub grader: Arc<dyn SeverityGrader>,
    pub painter: Arc<dyn CardPainter>,
    pub reader: Arc<dyn PhotoReader>,
    pub writer: Arc<dyn AdviceWriter>,
    pub ratings: Arc<dyn RatingStore>,
    pub senders: HashMap<Channel, Arc<dyn MessageSender>>,
    /// Of the channels that keep files themselves.
    pub fetchers: HashMap<Channel, Arc<dyn PhotoFetcher>>,
    pub clock: Arc<dyn Clock>,
}

impl std::fmt::Debug for JobPorts {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("JobPorts(…)")
    }
}
