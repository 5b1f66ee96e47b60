//! The conversation's machinery: the driver that moves it and the runner that carries out effects.

use std::collections::HashMap;
use std::sync::Arc;

use crate::driver::{Driver, DriverPorts};
use crate::jobs::{EffectRunner, JobPorts};
use crate::ports::{
    AdviceWriter, CardPainter, Channel, Clock, ConversationStore, EffectQueue, IdSource,
    MessageSender, PhotoFetcher, PhotoReader, PhotoStore, RatingStore, SeverityGrader, Transcript,
};
use crate::wording::Wording;

/// One implementation for each port.
#[derive(Clone)]
pub struct Parts {
    pub conversations: Arc<dyn ConversationStore>,
    pub effects: Arc<dyn EffectQueue>,
    pub transcript: Arc<dyn Transcript>,
    pub photos: Arc<dyn PhotoStore>,
    pub reader: Arc<dyn PhotoReader>,
    pub grader: Arc<dyn SeverityGrader>,
    pub painter: Arc<dyn CardPainter>,
    pub writer: Arc<dyn AdviceWriter>,
    pub ratings: Arc<dyn RatingStore>,
    pub clock: Arc<dyn Clock>,
    pub ids: Arc<dyn IdSource>,
    pub wording: Wording,
}

impl std::fmt::Debug for Parts {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Parts(…)")
    }
}

/// What is used to speak on one channel, and to fetch files where the channel keeps them.
#[derive(Clone)]
pub struct ChannelEnd {
    pub sender: Arc<dyn MessageSender>,
    pub fetcher: Option<Arc<dyn PhotoFetcher>>,
}

impl std::fmt::Debug for ChannelEnd {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("ChannelEnd(…)")
    }
}

/// Moves conversations and carries out what they ask for.
#[derive(Debug, Clone)]
pub struct Service {
    pub driver: Driver,
    pub runner: EffectRunner,
}

impl Service {
    /// A service that speaks on those channels.
    pub fn new(parts: Parts, channels: impl IntoIterator<Item = (Channel, ChannelEnd)>) -> Self {
        let (mut senders, mut fetchers) = (HashMap::new(), HashMap::new());
        for (channel, end) in channels {
            senders.insert(channel, end.sender);
            if let Some(fetcher) = end.fetcher {
                fetchers.insert(channel, fetcher);
            }
        }
        let driver = Driver::new(
            DriverPorts {
                store: parts.conversations.clone(),
                photos: parts.photos.clone(),
                reader: parts.reader.clone(),
                clock: parts.clock.clone(),
                ids: parts.ids,
            },
            parts.wording,
        );
        let runner = EffectRunner::new(JobPorts {
            queue: parts.effects,
            conversations: parts.conversations,
            photos: parts.photos,
            grader: parts.grader,
            painter: parts.painter,
            reader: parts.reader,
            writer: parts.writer,
            ratings: parts.ratings,
            senders,
            fetchers,
            events: Arc::new(driver.clone()),
            clock: parts.clock,
        });
        Self { driver, runner }
    }
}
