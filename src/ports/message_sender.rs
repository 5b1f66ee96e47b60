//! Saying something on a channel.

use std::pin::Pin;

use async_trait::async_trait;

use super::{Address, ConversationId, EffectId};
use crate::domain::consultation::{Language, Message, Slot};

/// One message on its way out.
#[derive(Debug, Clone, PartialEq)]
pub struct Outgoing {
    /// The same id twice is the same message.
    pub id: EffectId,
    pub conversation: ConversationId,
    pub address: Address,
    pub message: Message,
    pub language: Language,
    /// In place of what stood there, where the channel can edit.
    pub slot: Option<Slot>,
}

/// Sends messages on one channel, wording them on the way. Sending the same id twice shows it once.
#[async_trait]
pub trait MessageSender: Send + Sync {
    async fn send(&self, outgoing: Outgoing) -> Result<(), SendError>;

    /// Collects what is needed to tell a person that everything of theirs was erased, while it is
    /// still known; the future that comes back tells it. A channel on which they see it anyway has
    /// nothing to tell.
    async fn farewell(&self, _leaving: Leaving) -> Farewell {
        Box::pin(std::future::ready(Ok(())))
    }
}

/// Tells that everything was erased.
pub type Farewell = Pin<Box<dyn Future<Output = Result<(), SendError>> + Send>>;

/// A person whose data is about to be erased.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leaving {
    pub conversation: ConversationId,
    pub address: Address,
    pub language: Language,
}

/// Why a message was not sent.
#[derive(Debug, thiserror::Error)]
pub enum SendError {
    /// Try again, not before `after`.
    #[error("the channel is not reachable")]
    Unavailable {
        after: Option<std::time::Duration>,
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The channel refuses this message for good.
    #[error("the channel refused the message")]
    Refused(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The person cannot be reached any more.
    #[error("the person cannot be reached")]
    PersonGone,
}
