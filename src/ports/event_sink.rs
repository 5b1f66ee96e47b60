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
}
