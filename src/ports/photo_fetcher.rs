//! Fetching a file that a person sent on a channel which keeps files itself.

use std::error::Error;
use std::time::Duration;

use async_trait::async_trait;

use crate::domain::consultation::{FileReference, Unusable};

/// Fetches files from one channel. Fetching twice gives the same bytes.
#[async_trait]
pub trait PhotoFetcher: Send + Sync {
    async fn fetch(&self, file: &FileReference) -> Result<Vec<u8>, FetchError>;
}

/// Why a file was not fetched.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    /// Try again, not before `after`.
    #[error("the file cannot be fetched at the moment")]
    Unavailable {
        after: Option<Duration>,
        #[source]
        source: Box<dyn Error + Send + Sync>,
    },
    /// The channel will never hand it out, or it is larger than what is taken.
    #[error("the file cannot be used: {reason:?}")]
    Unusable { reason: Unusable },
}
