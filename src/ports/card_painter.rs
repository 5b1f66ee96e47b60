//! Drawing the result card.

use async_trait::async_trait;

use crate::domain::consultation::{Language, ResultSummary};
use crate::domain::scalp::Heatmaps;

/// What goes on a card.
#[derive(Clone)]
pub struct CardRequest {
    pub summary: ResultSummary,
    pub language: Language,
    /// The upright photo, JPEG, PNG or WebP; `None` when it was erased meanwhile.
    pub photo: Option<Vec<u8>>,
    pub heatmaps: Option<Heatmaps>,
}

impl std::fmt::Debug for CardRequest {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("CardRequest(…)")
    }
}

/// Draws a result card, 1080x1350 px.
#[async_trait]
pub trait CardPainter: Send + Sync {
    /// The card as PNG.
    async fn paint(&self, request: CardRequest) -> Result<Vec<u8>, CardError>;
}

/// Why a card was not drawn.
#[derive(Debug, thiserror::Error)]
pub enum CardError {
    /// The photo on the card could not be decoded again.
    #[error("the photo for the card cannot be decoded")]
    Photo(#[source] Box<dyn std::error::Error + Send + Sync>),
    #[error("the card cannot be drawn")]
    Drawing(#[source] Box<dyn std::error::Error + Send + Sync>),
}
