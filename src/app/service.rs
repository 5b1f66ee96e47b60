//! The conversation's machinery: the driver that moves it and the runner that carries out effects.

use std::collections::HashMap;
use std::sync::Arc;

use crate::driver::{Driver, DriverPorts};
use crate::jobs::{EffectRunner, JobPorts};
use crate::ports::{
    CardPainter, Channel, Clock, ConversationStore, EffectQueue, IdSource, MessageSender,
    PhotoReader, PhotoStore, SeverityGrader, Transcript,
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
    pub clock: Arc<dyn Clock>,
    pub ids: Arc<dyn IdSource>,
    pub wording: Wording,
}

impl std::fmt::Debug for Parts {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Parts(…)")
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
    pub fn new(parts: Parts, senders: HashMap<Channel, Arc<dyn MessageSender>>) -> Self {
        let driver = Driver::new(
            DriverPorts {
                store: parts.conversations.clone(),
                photos: parts.photos.clone(),
                reader: parts.reader,
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
            senders,
            events: Arc::new(driver.clone()),
            clock: parts.clock,
        });
        Self { driver, runner }
    }
}
