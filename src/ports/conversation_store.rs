//! Conversations, and the one transaction that moves them.

use async_trait::async_trait;
use jiff::Timestamp;
use uuid::Uuid;

use super::{ChannelNote, EffectId};
use crate::domain::consultation::{Conversation, Effect};
use crate::domain::scalp::PhotoId;

/// The messenger that a conversation is held on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Channel {
    Web,
    Telegram,
    Discord,
}

impl Channel {
    /// Every channel.
    pub const ALL: [Self; 3] = [Self::Web, Self::Telegram, Self::Discord];

    /// The name used in records and logs.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Web => "web",
            Self::Telegram => "telegram",
            Self::Discord => "discord",
        }
    }
}

/// Where a person is reached: stored keyed-hashed for look-up and encrypted for sending, never
/// logged.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Address {
    pub channel: Channel,
    /// The channel's own id of the person's private chat.
    pub key: String,
}

impl std::fmt::Debug for Address {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Address({}, …)", self.channel.id())
    }
}

/// A conversation's own id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ConversationId(pub Uuid);

/// The channel's id of an update, or an effect's: the same one twice changes nothing. Unique within
/// the conversation.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct InboundId(pub String);

/// What the person is seen to have said, for channels that keep their own history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Utterance {
    /// The label of a button, or what was written.
    Text(String),
    Photo(PhotoId),
}

/// Whether a person can be reached on their channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Presence {
    Here,
    /// They blocked us, or their account is no more: what is to be said waits.
    Gone,
    /// The same, unless they did something since they had done so many things.
    GoneSince {
        deeds: u64,
    },
}

/// A conversation as it was stored.
#[derive(Debug, Clone, PartialEq)]
pub struct Loaded {
    pub id: ConversationId,
    pub address: Address,
    pub conversation: Conversation,
    /// Grows by one with every commit; 0 for one that was never stored.
    pub version: u64,
}

/// Everything that one step changes; all of it or none.
#[derive(Debug, Clone)]
pub struct Commit {
    pub id: ConversationId,
    /// Used to make person and conversation when `expected_version` is 0.
    pub address: Address,
    pub expected_version: u64,
    pub conversation: Conversation,
    pub inbound: InboundId,
    /// What the channel remembers from now on.
    pub notes: Vec<ChannelNote>,
    /// Shown in the history before the effects' messages.
    pub utterance: Option<Utterance>,
    /// Stored in order, before any is performed.
    pub effects: Vec<Effect>,
    /// Photos that were stored for this: they belong to the conversation from now on.
    pub photos: Vec<PhotoId>,
    pub by: By,
    pub now: Timestamp,
}

/// Who moves the conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// The person did something: they are here.
    Person,
    /// The outcome of an effect, which is done when the commit is.
    Outcome(EffectId),
    /// An effect that is not done yet.
    Note,
}

/// What became of a commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Committed {
    Stored,
    /// This inbound id was handled before; nothing changed (a completed effect is marked done).
    AlreadyHandled,
    /// Somebody else moved the conversation meanwhile: load and step again.
    Moved,
    /// The person was erased meanwhile; nothing changed.
    Erased,
}

/// Keeps conversations.
#[async_trait]
pub trait ConversationStore: Send + Sync {
    /// The conversation at an address, if there is one.
    async fn load(&self, address: &Address) -> Result<Option<Loaded>, StoreError>;

    /// The conversation of that id, if there is one.
    async fn load_by_id(&self, id: ConversationId) -> Result<Option<Loaded>, StoreError>;

    /// Stores stage, inbound id, notes, utterance and effects in one transaction. Whoever does
    /// something (anything but the outcome of an effect) is here again.
    async fn commit(&self, commit: Commit) -> Result<Committed, StoreError>;

    /// Notes whether the person of that conversation can be reached. While they are gone no `Send` of
    /// theirs is handed out; when they are back all of them are due. No conversation is no error.
    async fn note_presence(
        &self,
        id: ConversationId,
        presence: Presence,
        now: Timestamp,
    ) -> Result<(), StoreError>;

    /// Erases the person of that conversation with everything that belongs to them: rows, photos,
    /// history and their key. Erasing twice is harmless.
    async fn erase_person(&self, id: ConversationId) -> Result<(), StoreError>;
}

/// Why the store did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Nothing is wrong with the request; the same call may succeed in a moment.
    #[error("the database is busy or gone")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The disk is full, or may not be written.
    #[error("the data folder cannot be written")]
    NotWritable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// A record cannot be opened: wrong key, or written by a newer version.
    #[error("a stored {record} cannot be read: {reason}")]
    Unreadable {
        record: &'static str,
        reason: String,
    },
    #[error("the database refused a statement")]
    Broken(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl StoreError {
    /// Whether the same call may succeed later.
    pub const fn is_temporary(&self) -> bool {
        match self {
            Self::Unavailable(_) | Self::NotWritable(_) => true,
            Self::Unreadable { .. } | Self::Broken(_) => false,
        }
    }
}
