//! What every implementation of the storage ports promises, one file per port.
//!
//! The tests know only the ports, so another database is one more function like [`sqlite_on_disk`]
//! and one more module in `on_every_store!`.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on ends there")]

mod channel_notes;
mod conversation_store;
mod effect_queue;
mod migrations;
mod photo_store;
mod rating_store;
mod sqlite;
mod transcript;

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use dupi::domain::consultation::{
    Consent, Conversation, Effect, Language, Message, Purpose, Stage,
};
use dupi::ports::{
    Address, By, Channel, ChannelNotes, Commit, Committed, ConversationId, ConversationStore,
    EffectQueue, IdSource, InboundId, PhotoStore, RatingStore, Share, Transcript,
};
use dupi::storage::{Location, MasterKey, SqliteStore};
use jiff::{SignedDuration, Timestamp};
use tempfile::TempDir;
use uuid::Uuid;

/// One store behind all its ports, gone when dropped.
pub(crate) struct Stores {
    pub(crate) conversations: Arc<dyn ConversationStore>,
    pub(crate) effects: Arc<dyn EffectQueue>,
    pub(crate) transcript: Arc<dyn Transcript>,
    pub(crate) photos: Arc<dyn PhotoStore>,
    pub(crate) notes: Arc<dyn ChannelNotes>,
    pub(crate) ratings: Arc<dyn RatingStore>,
    _folder: TempDir,
}

pub(crate) async fn sqlite_in_memory() -> Stores {
    let folder = tempfile::tempdir().unwrap();
    let store = open(&Location::Memory, folder.path()).await;
    stores(&store, folder)
}

pub(crate) async fn sqlite_on_disk() -> Stores {
    let folder = tempfile::tempdir().unwrap();
    let store = open(&database(folder.path()), folder.path()).await;
    stores(&store, folder)
}

fn stores(store: &SqliteStore, folder: TempDir) -> Stores {
    Stores {
        conversations: Arc::new(store.clone()),
        effects: Arc::new(store.clone()),
        transcript: Arc::new(store.clone()),
        photos: Arc::new(store.photos()),
        notes: Arc::new(store.clone()),
        ratings: Arc::new(store.clone()),
        _folder: folder,
    }
}

/// Runs each test on each store.
macro_rules! on_every_store {
    ($($test:ident),+ $(,)?) => {
        mod sqlite_in_memory {
            $(#[tokio::test]
            async fn $test() {
                super::$test(crate::contracts::sqlite_in_memory().await).await;
            })+
        }

        mod sqlite_on_disk {
            $(#[tokio::test]
            async fn $test() {
                super::$test(crate::contracts::sqlite_on_disk().await).await;
            })+
        }
    };
}
pub(crate) use on_every_store;

fn database(folder: &Path) -> Location {
    Location::File(folder.join("dupi.sqlite"))
}

fn master_key() -> MasterKey {
    MasterKey::new([7; 32])
}

async fn open(location: &Location, folder: &Path) -> SqliteStore {
    SqliteStore::open(location, &master_key(), folder, Arc::new(CountedIds))
        .await
        .unwrap()
}

/// Ids and secrets that never repeat, over all sources of one test run.
#[derive(Debug)]
pub(crate) struct CountedIds;

static COUNT: AtomicU64 = AtomicU64::new(1);

impl IdSource for CountedIds {
    fn ordered(&self) -> Uuid {
        Uuid::from_u128(u128::from(COUNT.fetch_add(1, Ordering::Relaxed)))
    }

    fn secret(&self) -> [u8; 32] {
        let count = COUNT.fetch_add(1, Ordering::Relaxed).to_le_bytes();
        std::array::from_fn(|index| count[index % 8] ^ u8::try_from(index).unwrap())
    }
}

/// `seconds` after the beginning.
pub(crate) fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + seconds).unwrap()
}

const LEASE: fn(Share) -> SignedDuration = |_| SignedDuration::from_mins(1);

/// An id that no [`CountedIds`] gives.
pub(crate) fn conversation_id(number: u128) -> ConversationId {
    ConversationId(Uuid::from_u128((1 << 100) + number))
}

fn address(name: &str) -> Address {
    Address {
        channel: Channel::Web,
        key: format!("key of {name}"),
    }
}

fn standing_at(stage: Stage) -> Conversation {
    Conversation {
        stage,
        ..Conversation::new(Language::English)
    }
}

/// To have photos looked at.
fn consent() -> Consent {
    Consent {
        purpose: Purpose::Sensitive,
        version: Consent::VERSION,
        given_at: at(0),
    }
}

/// A commit of the first conversation, Anna's, that changes nothing much.
pub(crate) fn commit(expected_version: u64, inbound: &str) -> Commit {
    Commit {
        id: conversation_id(1),
        address: address("anna"),
        expected_version,
        conversation: Conversation {
            consents: vec![consent()],
            ..standing_at(Stage::AwaitingAge)
        },
        inbound: InboundId(inbound.to_owned()),
        notes: Vec::new(),
        utterance: None,
        photos: Vec::new(),
        effects: Vec::new(),
        by: By::Person,
        now: at(0),
    }
}

/// The same of a second conversation, Ben's.
fn commit_of_ben(expected_version: u64, inbound: &str) -> Commit {
    Commit {
        id: conversation_id(2),
        address: address("ben"),
        ..commit(expected_version, inbound)
    }
}

pub(crate) async fn stored(stores: &Stores, commit: Commit) {
    let committed = stores.conversations.commit(commit).await.unwrap();
    assert_eq!(committed, Committed::Stored);
}

/// A message that can be told from others by its number.
pub(crate) fn send(number: usize) -> Effect {
    Effect::Send {
        message: Box::new(Message::WordsCut { kept: number }),
        language: Language::Korean,
        slot: None,
    }
}
