//! Load, step, commit: the one way in which a conversation moves.
//!
//! The driver never performs an effect; it stores stage, inbound id and effects in one transaction,
//! and `crate::jobs` does the rest. It holds no state of its own, so any number of tasks may use it.

mod desk;
mod utterance;

use std::sync::Arc;

use crate::domain::consultation::{Conversation, Event, Language};
use crate::ports::{
    Address, By, ChannelNote, Clock, Commit, Committed, ConversationId, ConversationStore,
    IdSource, InboundId, Loaded, PhotoReader, PhotoStore, StoreError, Utterance,
};
use crate::wording::Wording;

/// How often a step is tried again because somebody else moved the conversation meanwhile. Two
/// presses at once need one; more than a handful means that something is wrong.
const MOST_TRIES: u32 = 16;

/// Moves conversations.
#[derive(Clone)]
pub struct Driver {
    store: Arc<dyn ConversationStore>,
    photos: Arc<dyn PhotoStore>,
    reader: Arc<dyn PhotoReader>,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn IdSource>,
    wording: Wording,
}

impl std::fmt::Debug for Driver {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Driver(…)")
    }
}

/// What the driver needs of the world.
#[derive(Clone)]
pub struct DriverPorts {
    pub store: Arc<dyn ConversationStore>,
    pub photos: Arc<dyn PhotoStore>,
    pub reader: Arc<dyn PhotoReader>,
    pub clock: Arc<dyn Clock>,
    pub ids: Arc<dyn IdSource>,
}

impl std::fmt::Debug for DriverPorts {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("DriverPorts(…)")
    }
}

/// An event on its way into a conversation.
struct Arrival {
    inbound: InboundId,
    notes: Vec<ChannelNote>,
    event: Event,
    utterance: Option<Utterance>,
    by: By,
}

impl Driver {
    /// A driver over those ports.
    pub fn new(ports: DriverPorts, wording: Wording) -> Self {
        Self {
            store: ports.store,
            photos: ports.photos,
            reader: ports.reader,
            clock: ports.clock,
            ids: ports.ids,
            wording,
        }
    }

    /// The conversation at an address; one in which nothing was said where there is none.
    async fn at(&self, address: &Address) -> Result<Loaded, StoreError> {
        let known = self.store.load(address).await?;
        Ok(known.unwrap_or_else(|| Loaded {
            id: ConversationId(self.ids.ordered()),
            address: address.clone(),
            conversation: Conversation::new(Language::default()),
            version: 0,
        }))
    }

    /// Steps and commits, again as long as somebody else was faster.
    async fn advance(&self, mut loaded: Loaded, arrival: Arrival) -> Result<Committed, StoreError> {
        for _ in 0..MOST_TRIES {
            let now = self.clock.now();
            let step = loaded.conversation.step(arrival.event.clone(), now);
            let committed = self
                .store
                .commit(Commit {
                    id: loaded.id,
                    address: loaded.address.clone(),
                    expected_version: loaded.version,
                    conversation: step.conversation,
                    inbound: arrival.inbound.clone(),
                    notes: arrival.notes.clone(),
                    utterance: arrival.utterance.clone(),
                    photos: arrival.event.photos_taken_in().to_vec(),
                    effects: step.effects,
                    by: arrival.by,
                    now,
                })
                .await?;
            if committed != Committed::Moved {
                return Ok(committed);
            }
            loaded = match self.store.load_by_id(loaded.id).await? {
                Some(moved) => moved,
                // Somebody else made the first step at this address.
                None if loaded.version == 0 => self.at(&loaded.address).await?,
                // What happened belongs to a person who is no more, not to whoever comes next.
                None => return Ok(Committed::Erased),
            };
        }
        Err(StoreError::Unavailable(
            format!("a conversation moved {MOST_TRIES} times in a row").into(),
        ))
    }
}
