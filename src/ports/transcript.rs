//! The history of a conversation, for channels that keep none of their own.

use async_trait::async_trait;
use jiff::Timestamp;

use super::{ConversationId, EffectId, StoreError, Utterance};

/// One thing in the history.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// Grows over the whole conversation with every new or changed entry: "what is new since …?"
    /// is one comparison.
    pub revision: u64,
    /// Where the entry stands in the conversation; stays when the entry is replaced.
    pub position: u64,
    pub at: Timestamp,
    pub body: EntryBody,
}

/// Who said it.
#[derive(Debug, Clone, PartialEq)]
pub enum EntryBody {
    Person(Utterance),
    /// A worded message, in the channel's own form (JSON).
    Dupi {
        content: String,
        /// The slot it stands in, as the channel named it.
        slot: Option<String>,
    },
}

/// Keeps the history; encrypted with the person's key.
#[async_trait]
pub trait Transcript: Send + Sync {
    /// Appends Dupi's message, or replaces the one in the same slot (the position stays, the
    /// revision grows). The same `effect` twice changes nothing.
    async fn say(
        &self,
        conversation: ConversationId,
        effect: EffectId,
        slot: Option<&str>,
        content: &str,
        now: Timestamp,
    ) -> Result<(), StoreError>;

    /// Entries with a revision above `revision`, ordered by position.
    async fn since(
        &self,
        conversation: ConversationId,
        revision: u64,
    ) -> Result<Vec<Entry>, StoreError>;

    /// Resolves when the history of that conversation has changed since this was called, or the
    /// person was erased; may resolve without a change. To miss nothing: call, look, then wait.
    async fn changed(&self, conversation: ConversationId);
}
