//! Photos, what was seen where on them, and result cards; encrypted with the person's key.

use async_trait::async_trait;

use super::{ConversationId, StoreError};
use crate::domain::consultation::ConsultationNumber;
use crate::domain::scalp::{Heatmaps, PhotoId};

/// What a stored file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum StoredKind {
    /// The photo, upright, without metadata; JPEG, PNG or WebP.
    Photo(PhotoId),
    /// A result card, PNG.
    Card(ConsultationNumber),
}

/// Keeps files of a conversation. Writing the same file twice leaves the newer one; forgetting an
/// absent one succeeds.
#[async_trait]
pub trait PhotoStore: Send + Sync {
    /// Stores a file; it is on disk when this returns. The conversation may not be committed yet
    /// (its person's key is made with the first file or commit). A photo stays only if a commit takes it in
    /// ([`Commit::photos`](super::Commit::photos)) before the process ends.
    async fn put(
        &self,
        conversation: ConversationId,
        kind: StoredKind,
        bytes: &[u8],
    ) -> Result<(), PhotoStoreError>;

    /// The file's bytes.
    async fn get(
        &self,
        conversation: ConversationId,
        kind: StoredKind,
    ) -> Result<Vec<u8>, PhotoStoreError>;

    /// Stores where the conditions show on a photo.
    async fn put_heatmaps(
        &self,
        conversation: ConversationId,
        photo: PhotoId,
        heatmaps: &Heatmaps,
    ) -> Result<(), PhotoStoreError>;

    /// Where the conditions show on a photo.
    async fn heatmaps(
        &self,
        conversation: ConversationId,
        photo: PhotoId,
    ) -> Result<Heatmaps, PhotoStoreError>;

    /// Erases a photo and its heatmaps.
    async fn forget(
        &self,
        conversation: ConversationId,
        photo: PhotoId,
    ) -> Result<(), PhotoStoreError>;

    /// Erases the result card of a consultation.
    async fn forget_card(
        &self,
        conversation: ConversationId,
        consultation: ConsultationNumber,
    ) -> Result<(), PhotoStoreError>;
}

/// Why a file was not stored or found.
#[derive(Debug, thiserror::Error)]
pub enum PhotoStoreError {
    /// It was erased, or never there.
    #[error("no such file is stored")]
    Absent,
    #[error(transparent)]
    Store(#[from] StoreError),
}
