//! A runner over a real store and a scripted world, with a clock moved by hand.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use dupi::domain::consultation::{Effect, Event, FileReference};
use dupi::domain::scalp::{Heatmap, Heatmaps};
use dupi::jobs::{EffectRunner, JobPorts};
use dupi::ports::{
    Address, By, CardError, CardPainter, CardRequest, Channel, Clock, Commit, Committed,
    ConversationId, ConversationStore, EffectId, EffectState, EventSink, FetchError, GradedPhoto,
    GradingError, InboundId, Loaded, MessageSender, Outgoing, PhotoFetcher, Presence, SendError,
    SeverityGrader, StoreError,
};
use jiff::{SignedDuration, Timestamp};

use crate::contracts::{Stores, at, commit, conversation_id, sqlite_in_memory, stored};
use crate::support::examples::judgement;
use crate::support::world::TrustingPhotoReader;

/// What a scripted helper does at its next calls; when the script has run out, it succeeds.
pub(super) type Script<T> = Mutex<VecDeque<T>>;

pub(super) struct World {
    pub(super) stores: Stores,
    pub(super) runner: EffectRunner,
    pub(super) clock: Arc<HandClock>,
    pub(super) sender: Arc<ScriptedSender>,
    pub(super) fetcher: Arc<ScriptedFetcher>,
    pub(super) grader: Arc<ScriptedGrader>,
    pub(super) painter: Arc<ScriptedPainter>,
    pub(super) events: Arc<ReportedEvents>,
    pub(super) eraser: Arc<ScriptedEraser>,
}

impl World {
    pub(super) async fn new() -> Self {
        let stores = sqlite_in_memory().await;
        let clock = Arc::new(HandClock(Mutex::new(at(0))));
        let sender = Arc::new(ScriptedSender::default());
        let fetcher = Arc::new(ScriptedFetcher::default());
        let grader = Arc::new(ScriptedGrader::default());
        let painter = Arc::new(ScriptedPainter::default());
        let events = Arc::new(ReportedEvents {
            conversations: stores.conversations.clone(),
            reported: Mutex::default(),
            failing: Mutex::default(),
        });
        let eraser = Arc::new(ScriptedEraser {
            store: stores.conversations.clone(),
            failing: Mutex::default(),
        });
        let senders: HashMap<Channel, Arc<dyn MessageSender>> =
            HashMap::from([(Channel::Web, sender.clone() as Arc<dyn MessageSender>)]);
        let runner = EffectRunner::new(JobPorts {
            queue: stores.effects.clone(),
            events: events.clone(),
            conversations: eraser.clone(),
            photos: stores.photos.clone(),
            grader: grader.clone(),
            painter: painter.clone(),
            writer: Arc::new(dupi::advice::NoAdviceWriter),
            ratings: stores.ratings.clone(),
            reader: Arc::new(TrustingPhotoReader),
            senders,
            fetchers: HashMap::from([(Channel::Web, fetcher.clone() as Arc<dyn PhotoFetcher>)]),
            clock: clock.clone(),
        });
        Self {
            stores,
            runner,
            clock,
            sender,
            fetcher,
            grader,
            painter,
            events,
            eraser,
        }
    }

    /// Stores effects as the first step of a conversation does.
    pub(super) async fn with_effects(effects: Vec<Effect>) -> Self {
        let world = Self::new().await;
        let first = Commit {
            effects,
            ..commit(0, "a")
        };
        stored(&world.stores, first).await;
        world
    }

    /// Runs what is due, and says how many tries that took.
    pub(super) async fn run(&self) -> usize {
        self.runner.run_until_idle().await.unwrap()
    }

    /// Each effect's state and attempts, the oldest first.
    pub(super) async fn states(&self) -> Vec<(EffectState, u32)> {
        let mut overview = self.stores.effects.overview(99).await.unwrap();
        overview.reverse();
        overview
            .into_iter()
            .map(|effect| (effect.state, effect.attempts))
            .collect()
    }
}

#[derive(Debug)]
pub(super) struct HandClock(Mutex<Timestamp>);

impl HandClock {
    pub(super) fn forward(&self, seconds: i64) {
        *self.0.lock().unwrap() += SignedDuration::from_secs(seconds);
    }
}

impl Clock for HandClock {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap()
    }
}

#[derive(Default)]
pub(super) struct ScriptedSender {
    pub(super) sent: Mutex<Vec<Outgoing>>,
    pub(super) failing: Script<SendError>,
    /// Panics at the next call.
    pub(super) panics: Mutex<bool>,
    /// Told when a message has come in.
    pub(super) arrived: tokio::sync::Notify,
    /// Where it is set, a message that has come in waits here.
    pub(super) gate: Mutex<Option<Arc<tokio::sync::Notify>>>,
}

#[async_trait]
impl MessageSender for ScriptedSender {
    async fn send(&self, outgoing: Outgoing) -> Result<(), SendError> {
        let panics = std::mem::take(&mut *self.panics.lock().unwrap());
        assert!(!panics, "scripted");
        if let Some(error) = self.failing.lock().unwrap().pop_front() {
            return Err(error);
        }
        self.arrived.notify_one();
        let gate = self.gate.lock().unwrap().clone();
        if let Some(gate) = gate {
            gate.notified().await;
        }
        self.sent.lock().unwrap().push(outgoing);
        Ok(())
    }
}

/// Hands out the reference itself as the file, unless it is scripted to fail.
#[derive(Default)]
pub(super) struct ScriptedFetcher {
    pub(super) failing: Script<FetchError>,
}

#[async_trait]
impl PhotoFetcher for ScriptedFetcher {
    async fn fetch(&self, file: &FileReference) -> Result<Vec<u8>, FetchError> {
        match self.failing.lock().unwrap().pop_front() {
            Some(error) => Err(error),
            None if file.0 == "never" => Err(FetchError::Unavailable {
                after: None,
                source: "scripted".into(),
            }),
            None => Ok(file.0.clone().into_bytes()),
        }
    }
}

#[derive(Default)]
pub(super) struct ScriptedGrader {
    pub(super) seen: Mutex<Vec<Vec<u8>>>,
    pub(super) failing: Script<GradingError>,
}

#[async_trait]
impl SeverityGrader for ScriptedGrader {
    async fn grade(&self, photo: Vec<u8>) -> Result<GradedPhoto, GradingError> {
        self.seen.lock().unwrap().push(photo);
        match self.failing.lock().unwrap().pop_front() {
            Some(error) => Err(error),
            None => Ok(GradedPhoto {
                judgement: judgement([0, 1, 2, 3, 0, 1]),
                heatmaps: Some(heatmaps()),
            }),
        }
    }
}

pub(super) fn heatmaps() -> Heatmaps {
    Heatmaps {
        maps: std::array::from_fn(|_| Heatmap {
            width: 1,
            height: 2,
            values: vec![3, 4],
        }),
        covers: [0.0, 0.0, 1.0, 1.0],
    }
}

#[derive(Default)]
pub(super) struct ScriptedPainter {
    pub(super) requests: Mutex<Vec<CardRequest>>,
    pub(super) failing: Script<CardError>,
}

#[async_trait]
impl CardPainter for ScriptedPainter {
    async fn paint(&self, request: CardRequest) -> Result<Vec<u8>, CardError> {
        self.requests.lock().unwrap().push(request);
        match self.failing.lock().unwrap().pop_front() {
            Some(error) => Err(error),
            None => Ok(b"a card".to_vec()),
        }
    }
}

/// Commits an outcome as the driver does, with nothing to follow from it.
pub(super) struct ReportedEvents {
    conversations: Arc<dyn ConversationStore>,
    pub(super) reported: Mutex<Vec<Event>>,
    pub(super) failing: Script<StoreError>,
}

#[async_trait]
impl EventSink for ReportedEvents {
    async fn report(
        &self,
        conversation: ConversationId,
        effect: EffectId,
        event: Event,
    ) -> Result<(), StoreError> {
        if let Some(error) = self.failing.lock().unwrap().pop_front() {
            return Err(error);
        }
        assert_eq!(conversation, conversation_id(1));
        let Some(loaded) = self.conversations.load_by_id(conversation).await? else {
            return Ok(());
        };
        let outcome = Commit {
            conversation: loaded.conversation,
            inbound: InboundId(format!("effect:{}", effect.0)),
            by: By::Outcome(effect),
            ..commit(loaded.version, "")
        };
        let committed = self.conversations.commit(outcome).await?;
        assert_eq!(committed, Committed::Stored);
        self.reported.lock().unwrap().push(event);
        Ok(())
    }

    async fn note(
        &self,
        _conversation: ConversationId,
        _name: &str,
        event: Event,
    ) -> Result<(), StoreError> {
        self.reported.lock().unwrap().push(event);
        Ok(())
    }
}

/// The real store, whose erasing fails by script.
pub(super) struct ScriptedEraser {
    store: Arc<dyn ConversationStore>,
    pub(super) failing: Script<StoreError>,
}

#[async_trait]
impl ConversationStore for ScriptedEraser {
    async fn load(&self, address: &Address) -> Result<Option<Loaded>, StoreError> {
        self.store.load(address).await
    }

    async fn load_by_id(&self, id: ConversationId) -> Result<Option<Loaded>, StoreError> {
        self.store.load_by_id(id).await
    }

    async fn commit(&self, commit: Commit) -> Result<Committed, StoreError> {
        self.store.commit(commit).await
    }

    async fn note_presence(
        &self,
        id: ConversationId,
        presence: Presence,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.store.note_presence(id, presence, now).await
    }

    async fn erase_person(&self, id: ConversationId) -> Result<(), StoreError> {
        if let Some(error) = self.failing.lock().unwrap().pop_front() {
            return Err(error);
        }
        self.store.erase_person(id).await
    }
}
