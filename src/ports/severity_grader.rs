//! Reading photos at the door, and grading them.

use async_trait::async_trait;

use crate::domain::consultation::Unusable;
use crate::domain::scalp::{Heatmaps, Judgement};

/// A photo that may be stored: upright, bounded, without metadata.
#[derive(Clone, PartialEq, Eq)]
pub struct ReadPhoto {
    /// JPEG, PNG or WebP.
    pub bytes: Vec<u8>,
    pub width: u32,
    pub height: u32,
}

impl std::fmt::Debug for ReadPhoto {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            formatter,
            "ReadPhoto({}x{}, {} bytes)",
            self.width,
            self.height,
            self.bytes.len()
        )
    }
}

/// Reads what a person sent: decodes it within bounds, turns it upright, drops all metadata.
#[async_trait]
pub trait PhotoReader: Send + Sync {
    /// The photo, or the kind reason why it is turned away.
    async fn read(&self, bytes: Vec<u8>) -> Result<ReadPhoto, Unusable>;
}

/// All that a model found on one photo.
#[derive(Debug, Clone, PartialEq)]
pub struct GradedPhoto {
    pub judgement: Judgement,
    /// `Some` exactly for graded photos.
    pub heatmaps: Option<Heatmaps>,
}

/// Grades one photo. Batching, devices and threads are the implementation's own affair.
#[async_trait]
pub trait SeverityGrader: Send + Sync {
    async fn grade(&self, photo: Vec<u8>) -> Result<GradedPhoto, GradingError>;
}

/// Why a photo was not judged. A photo that is unfit to be graded is a verdict, not an error.
#[derive(Debug, thiserror::Error)]
pub enum GradingError {
    /// Nothing is wrong with the photo; the same call may succeed in a moment.
    #[error("severity queue is full, {waiting} photos waiting")]
    QueueFull { waiting: usize },
    #[error("severity model failed on a batch of {batch}")]
    Model {
        batch: usize,
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The worker is shutting down.
    #[error("severity worker has stopped")]
    Stopped,
}

impl GradingError {
    /// Whether the same call may succeed later.
    pub const fn is_temporary(&self) -> bool {
        match self {
            Self::QueueFull { .. } | Self::Model { .. } | Self::Stopped => true,
        }
    }
}
