//! What people think of what was written for them, without the texts.

use async_trait::async_trait;
use jiff::Timestamp;

use super::{ConversationId, StoreError};
use crate::domain::consultation::{Rated, RatedKind};

/// How a kind of text was received.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RatingCount {
    pub kind: RatedKind,
    /// The model and the version of the prompts; `None` for prepared passages.
    pub writer: Option<(String, u32)>,
    pub helpful: u64,
    pub unhelpful: u64,
}

/// Keeps ratings.
#[async_trait]
pub trait RatingStore: Send + Sync {
    /// Keeps a rating, in place of an earlier one of the same text. Where the person was erased there is
    /// nothing to keep, and that is no error.
    async fn keep(
        &self,
        conversation: ConversationId,
        rated: &Rated,
        is_helpful: bool,
        now: Timestamp,
    ) -> Result<(), StoreError>;

    /// The counts of all ratings, for operators.
    async fn counts(&self) -> Result<Vec<RatingCount>, StoreError>;
}
