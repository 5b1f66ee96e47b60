//! The one queue of stored effects: claimed by lease, retried, reported.

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use super::{Address, ConversationId, StoreError};
use crate::domain::consultation::Effect;

/// A stored effect's id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct EffectId(pub Uuid);

/// An effect that was claimed for carrying out.
#[derive(Debug, Clone, PartialEq)]
pub struct ClaimedEffect {
    pub id: EffectId,
    pub conversation: ConversationId,
    pub address: Address,
    pub effect: Effect,
    /// 1 at the first try.
    pub attempt: u32,
    /// Another claim after this one invalidates it.
    pub lease_until: Timestamp,
}

/// How many effects are asked for: messages have room of their own, so that they never wait behind
/// work that takes long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Room {
    /// `Send`s.
    pub messages: u32,
    /// Everything else.
    pub work: u32,
}

impl Room {
    /// Room for as many of each.
    pub const fn of(each: u32) -> Self {
        Self {
            messages: each,
            work: each,
        }
    }
}

/// What became of a stored effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum EffectState {
    Waiting,
    Leased,
    Done,
    Failed,
}

/// One stored effect as an operator sees it: no content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EffectOverview {
    pub id: EffectId,
    /// The effect's fixed name, as `grade_photo`.
    pub kind: String,
    pub state: EffectState,
    pub attempts: u32,
    pub created_at: Timestamp,
    pub run_at: Timestamp,
    /// The last error, without personal data.
    pub last_error: Option<String>,
}

/// No effect waits longer than this for another try. What falls due later than that was stored before
/// the clock was put back, and is due at once.
pub const LONGEST_WAIT: SignedDuration = SignedDuration::from_hours(1);

/// Hands out stored effects. `Send` effects of one conversation are handed out one at a time and in
/// order; everything else side by side. A `Send` that was not tried yet is passed over, as done, when
/// a newer one waits for the same slot of the same conversation.
#[async_trait]
pub trait EffectQueue: Send + Sync {
    /// Claims effects that are due, as far as there is room, each for `lease`. An expired lease is claimed
    /// again. What waits for a time further away than [`LONGEST_WAIT`] is due as well.
    async fn claim(
        &self,
        room: Room,
        now: Timestamp,
        lease: SignedDuration,
    ) -> Result<Vec<ClaimedEffect>, StoreError>;

    /// Done without an outcome to report (outcomes go through `Commit::completes`).
    async fn complete(&self, id: EffectId, now: Timestamp) -> Result<(), StoreError>;

    /// Another try at `run_at`, which is at most [`LONGEST_WAIT`] away.
    async fn retry(&self, id: EffectId, run_at: Timestamp, error: &str) -> Result<(), StoreError>;

    /// Given up for good.
    async fn fail(&self, id: EffectId, now: Timestamp, error: &str) -> Result<(), StoreError>;

    /// Frees every lease: for a process that knows itself to be the only one, at its start. A
    /// `Send` gets its try back, so that no message is lost however often the process is stopped;
    /// everything else keeps count, lest a photo that kills the process kills it for ever.
    async fn release_leases(&self) -> Result<u64, StoreError>;

    /// When the next effect that there is room for falls due; `None` when none waits.
    async fn next_due(&self, room: Room) -> Result<Option<Timestamp>, StoreError>;

    /// The newest effects first, for operators.
    async fn overview(&self, limit: u32) -> Result<Vec<EffectOverview>, StoreError>;

    /// Forgets effects that were done before `before`; returns how many. Failed ones stay.
    async fn purge_done(&self, before: Timestamp) -> Result<u64, StoreError>;

    /// Resolves when an effect was stored in this process since the last call.
    async fn stored(&self);
}
