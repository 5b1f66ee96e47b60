//! Where the outcome of an effect is reported.

use async_trait::async_trait;

use super::{ConversationId, EffectId, StoreError};
use crate::domain::consultation::Event;

/// Takes the outcome of an effect as the next event of its conversation.
#[async_trait]
pub trait EventSink: Send + Sync {
    /// Steps the conversation and marks the effect done, in one transaction. Reporting the same
    /// effect twice changes nothing; a conversation that was erased meanwhile is no error.
    async fn report(
        &self,
        conversation: ConversationId,
        effect: EffectId,
        event: Event,
    ) -> Result<(), StoreError>;

    /// Steps the conversation by something that an effect has to say before it is done. The same `name`
    /// twice changes nothing.
    async fn note(
        &self,
        conversation: ConversationId,
        name: &str,
        event: Event,
    ) -> Result<(), StoreError>;
}
