//! A store that dies: after a given number of steps of its work nothing is ever answered again, as
//! in a process that was killed there. What was written before stays written.

use std::future::pending;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use dupi::domain::consultation::ConsultationNumber;
use dupi::domain::scalp::{Heatmaps, PhotoId};
use dupi::ports::{
    Address, ClaimedEffect, Commit, Committed, ConversationId, ConversationStore, EffectId,
    EffectOverview, EffectQueue, Entry, Loaded, PhotoStore, PhotoStoreError, Presence, Room, Share,
    StoreError, StoredKind, Transcript,
};
use dupi::storage::{DiskPhotoStore, SqliteStore};
use jiff::{SignedDuration, Timestamp};
use tokio::sync::Notify;

/// How many boundaries are still passed before everything stops.
#[derive(Debug)]
pub(crate) struct Life {
    left: AtomicUsize,
    over: Notify,
}

impl Life {
    pub(crate) fn of(boundaries: usize) -> Arc<Self> {
        Arc::new(Self {
            left: AtomicUsize::new(boundaries),
            over: Notify::new(),
        })
    }

    /// Resolves at the moment of death.
    pub(crate) async fn over(&self) {
        self.over.notified().await;
    }

    async fn boundary(&self) {
        let left = self
            .left
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| {
                left.checked_sub(1)
            });
        if left.is_err() {
            self.over.notify_one();
            pending::<()>().await;
        }
    }
}

/// The real store, as long as it lives.
#[derive(Clone)]
pub(crate) struct Mortal {
    pub(crate) store: SqliteStore,
    pub(crate) photos: DiskPhotoStore,
    pub(crate) life: Arc<Life>,
}

/// Calls the inner store between two boundaries.
macro_rules! between {
    ($self:ident, $call:expr) => {{
        $self.life.boundary().await;
        let answer = $call.await;
        $self.life.boundary().await;
        answer
    }};
}

#[async_trait]
impl ConversationStore for Mortal {
    async fn load(&self, address: &Address) -> Result<Option<Loaded>, StoreError> {
        self.store.load(address).await
    }

    async fn load_by_id(&self, id: ConversationId) -> Result<Option<Loaded>, StoreError> {
        self.store.load_by_id(id).await
    }

    async fn commit(&self, commit: Commit) -> Result<Committed, StoreError> {
        between!(self, self.store.commit(commit))
    }

    async fn note_presence(
        &self,
        id: ConversationId,
        presence: Presence,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        between!(self, self.store.note_presence(id, presence, now))
    }

    async fn erase_person(&self, id: ConversationId) -> Result<(), StoreError> {
        between!(self, self.store.erase_person(id))
    }
}

#[async_trait]
impl EffectQueue for Mortal {
    async fn claim(
        &self,
        room: &Room,
        now: Timestamp,
        lease: fn(Share) -> SignedDuration,
    ) -> Result<Vec<ClaimedEffect>, StoreError> {
        between!(self, self.store.claim(room, now, lease))
    }

    async fn complete(&self, id: EffectId, now: Timestamp) -> Result<(), StoreError> {
        between!(self, self.store.complete(id, now))
    }

    async fn retry(
        &self,
        id: EffectId,
        now: Timestamp,
        run_at: Timestamp,
        error: &str,
    ) -> Result<(), StoreError> {
        between!(self, self.store.retry(id, now, run_at, error))
    }

    async fn fail(&self, id: EffectId, now: Timestamp, error: &str) -> Result<(), StoreError> {
        between!(self, self.store.fail(id, now, error))
    }

    async fn release_leases(&self) -> Result<u64, StoreError> {
        self.store.release_leases().await
    }

    async fn next_due(&self, room: &Room) -> Result<Option<Timestamp>, StoreError> {
        self.store.next_due(room).await
    }

    async fn overview(&self, limit: u32) -> Result<Vec<EffectOverview>, StoreError> {
        self.store.overview(limit).await
    }

    async fn purge_ended(&self, done: Timestamp, failed: Timestamp) -> Result<u64, StoreError> {
        self.store.purge_ended(done, failed).await
    }

    async fn stored(&self) {
        self.store.stored().await;
    }
}

#[async_trait]
impl Transcript for Mortal {
    async fn say(
        &self,
        conversation: ConversationId,
        effect: EffectId,
        slot: Option<&str>,
        content: &str,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        between!(
            self,
            self.store.say(conversation, effect, slot, content, now)
        )
    }

    async fn since(
        &self,
        conversation: ConversationId,
        revision: u64,
    ) -> Result<Vec<Entry>, StoreError> {
        self.store.since(conversation, revision).await
    }

    async fn changed(&self, conversation: ConversationId) {
        self.store.changed(conversation).await;
    }
}

#[async_trait]
impl PhotoStore for Mortal {
    async fn put(
        &self,
        conversation: ConversationId,
        kind: StoredKind,
        bytes: &[u8],
    ) -> Result<(), PhotoStoreError> {
        between!(self, self.photos.put(conversation, kind, bytes))
    }

    async fn get(
        &self,
        conversation: ConversationId,
        kind: StoredKind,
    ) -> Result<Vec<u8>, PhotoStoreError> {
        between!(self, self.photos.get(conversation, kind))
    }

    async fn put_heatmaps(
        &self,
        conversation: ConversationId,
        photo: PhotoId,
        heatmaps: &Heatmaps,
    ) -> Result<(), PhotoStoreError> {
        between!(
            self,
            self.photos.put_heatmaps(conversation, photo, heatmaps)
        )
    }

    async fn heatmaps(
        &self,
        conversation: ConversationId,
        photo: PhotoId,
    ) -> Result<Heatmaps, PhotoStoreError> {
        between!(self, self.photos.heatmaps(conversation, photo))
    }

    async fn forget(
        &self,
        conversation: ConversationId,
        photo: PhotoId,
    ) -> Result<(), PhotoStoreError> {
        between!(self, self.photos.forget(conversation, photo))
    }

    async fn forget_card(
        &self,
        conversation: ConversationId,
        consultation: ConsultationNumber,
    ) -> Result<(), PhotoStoreError> {
        between!(self, self.photos.forget_card(conversation, consultation))
    }
}
