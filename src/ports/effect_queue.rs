//! The one queue of stored effects: claimed by lease, retried, reported.

use std::collections::HashMap;

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use super::{Address, Channel, ConversationId, StoreError};
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
    /// How often the person had done something when it was claimed; see
    /// [`ConversationStore::note_presence`](super::ConversationStore::note_presence).
    pub deeds: u64,
    /// Another claim after this one invalidates it.
    pub lease_until: Timestamp,
}

/// Effects that share the places there are. Each share has its own, so that what one waits for, a
/// messenger that does not answer for example, keeps no other waiting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Share {
    /// What is said on one channel.
    Messages(Channel),
    /// Fetching files from a channel that keeps them.
    Fetching(Channel),
    /// What a language model is asked for.
    Writing,
    /// Everything that needs nobody else.
    Work,
}

impl Share {
    /// Every share.
    pub const ALL: [Self; 8] = [
        Self::Messages(Channel::Web),
        Self::Messages(Channel::Telegram),
        Self::Messages(Channel::Discord),
        Self::Fetching(Channel::Web),
        Self::Fetching(Channel::Telegram),
        Self::Fetching(Channel::Discord),
        Self::Writing,
        Self::Work,
    ];

    /// The share of an effect of a conversation on that channel.
    pub const fn of(effect: &Effect, channel: Channel) -> Self {
        match effect {
            Effect::Send { .. } => Self::Messages(channel),
            Effect::FetchPhotos { .. } => Self::Fetching(channel),
            Effect::WriteAdvice { .. } | Effect::AnswerQuestion { .. } => Self::Writing,
            Effect::GradePhoto { .. }
            | Effect::DrawCard { .. }
            | Effect::ForgetPhotos { .. }
            | Effect::ForgetCards { .. }
            | Effect::KeepRating { .. }
            | Effect::ErasePerson => Self::Work,
        }
    }

    /// The name used in records.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Messages(Channel::Web) => "send:web",
            Self::Messages(Channel::Telegram) => "send:telegram",
            Self::Messages(Channel::Discord) => "send:discord",
            Self::Fetching(Channel::Web) => "fetch:web",
            Self::Fetching(Channel::Telegram) => "fetch:telegram",
            Self::Fetching(Channel::Discord) => "fetch:discord",
            Self::Writing => "write",
            Self::Work => "work",
        }
    }
}

/// How many effects of each share are asked for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Room(HashMap<Share, u32>);

impl Room {
    /// Room for as many of each share.
    pub fn of(each: u32) -> Self {
        Self(Share::ALL.map(|share| (share, each)).into())
    }

    /// Room for that many of one share.
    #[must_use]
    pub fn with(mut self, share: Share, places: u32) -> Self {
        self.0.insert(share, places);
        self
    }

    /// How many of a share there is room for.
    pub fn places(&self, share: Share) -> u32 {
        self.0.get(&share).copied().unwrap_or(0)
    }

    /// The shares that there is room for, and how much.
    pub fn shares(&self) -> impl Iterator<Item = (Share, u32)> {
        Share::ALL
            .into_iter()
            .map(|share| (share, self.places(share)))
            .filter(|(_, places)| *places > 0)
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

/// No effect waits longer than this for another try.
pub const LONGEST_WAIT: SignedDuration = SignedDuration::from_hours(1);

/// Hands out stored effects. `Send` effects of one conversation are handed out one at a time and in
/// order; everything else side by side. A `Send` of which nothing was sent yet (no note of that name
/// was kept, see [`sent_note`](super::sent_note)) is passed over, as done, when a newer one waits for the
/// same slot of the same conversation.
#[async_trait]
pub trait EffectQueue: Send + Sync {
    /// Claims effects that are due, as far as there is room, each for the lease of its share. An expired lease is claimed
    /// again. What began to wait later than `now` is due as well: the clock was put back since.
    async fn claim(
        &self,
        room: &Room,
        now: Timestamp,
        lease: fn(Share) -> SignedDuration,
    ) -> Result<Vec<ClaimedEffect>, StoreError>;

    /// Done without an outcome to report (outcomes go through `Commit::completes`).
    async fn complete(&self, id: EffectId, now: Timestamp) -> Result<(), StoreError>;

    /// Another try at `run_at`, which is at most [`LONGEST_WAIT`] after `now`.
    async fn retry(
        &self,
        id: EffectId,
        now: Timestamp,
        run_at: Timestamp,
        error: &str,
    ) -> Result<(), StoreError>;

    /// Given up for good.
    async fn fail(&self, id: EffectId, now: Timestamp, error: &str) -> Result<(), StoreError>;

    /// Frees every lease: for a process that knows itself to be the only one, at its start. A
    /// `Send` gets its try back, so that no message is lost however often the process is stopped;
    /// everything else keeps count, lest a photo that kills the process kills it for ever.
    async fn release_leases(&self) -> Result<u64, StoreError>;

    /// When the next effect that there is room for falls due; `None` when none waits.
    async fn next_due(&self, room: &Room) -> Result<Option<Timestamp>, StoreError>;

    /// The newest effects first, for operators.
    async fn overview(&self, limit: u32) -> Result<Vec<EffectOverview>, StoreError>;

    /// Forgets effects that were done before `done`, and those that were given up before `failed`;
    /// returns how many.
    async fn purge_ended(&self, done: Timestamp, failed: Timestamp) -> Result<u64, StoreError>;

    /// Resolves when an effect was stored in this process since the last call.
    async fn stored(&self);
}
