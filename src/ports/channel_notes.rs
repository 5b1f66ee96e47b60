//! What a channel must remember of one conversation; encrypted with the person's key.

use async_trait::async_trait;
use jiff::Timestamp;

use super::{ConversationId, EffectId, StoreError};

/// One fact under its name. What it says is the channel's own affair.
#[derive(Clone, PartialEq, Eq)]
pub struct ChannelNote {
    /// Short, and says nothing about the person: `slot:survey:1`.
    pub name: String,
    pub text: String,
}

impl ChannelNote {
    pub fn new(name: impl Into<String>, text: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            text: text.into(),
        }
    }
}

impl std::fmt::Debug for ChannelNote {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // The platform's ids and tokens must not reach a log.
        write!(formatter, "ChannelNote({}, …)", self.name)
    }
}

/// The name of the note of what was sent of a message: kept with the first part of it that is sent.
pub fn sent_note(effect: EffectId) -> String {
    format!("sent:{}", effect.0)
}

/// Keeps a channel's notes, for a month at least. Notes that come with something that a person did
/// are stored with it: see `Inbound::notes`.
#[async_trait]
pub trait ChannelNotes: Send + Sync {
    /// Keeps notes, all or none; a newer one takes the place of the older of the same name. Where the
    /// person was erased there is nothing to keep, and that is no error.
    async fn keep(
        &self,
        conversation: ConversationId,
        notes: Vec<ChannelNote>,
        now: Timestamp,
    ) -> Result<(), StoreError>;

    /// What a note says, if it is there.
    async fn recall(
        &self,
        conversation: ConversationId,
        name: &str,
    ) -> Result<Option<String>, StoreError>;

    /// Every note, of whatever conversation, whose name begins like that; the oldest first.
    async fn beginning_with(
        &self,
        name: &str,
    ) -> Result<Vec<(ConversationId, ChannelNote)>, StoreError>;

    /// Forgets a note; an absent one is no error.
    async fn forget(&self, conversation: ConversationId, name: &str) -> Result<(), StoreError>;
}
