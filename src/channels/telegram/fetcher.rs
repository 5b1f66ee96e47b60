//! Fetching a file that Telegram keeps.

use async_trait::async_trait;
use futures_util::StreamExt as _;
use serde::{Deserialize, Serialize};
use teloxide_core::net::Download as _;
use teloxide_core::prelude::Requester as _;
use teloxide_core::types::FileId;

use super::api::{Api, CallError};
use crate::domain::consultation::{FileReference, Unusable};
use crate::ports::{FetchError, PhotoFetcher};

/// What Telegram hands out at most, in megabytes.
const LIMIT_MEGABYTES: u32 = 20;
const LIMIT_BYTES: u32 = LIMIT_MEGABYTES * 1024 * 1024;
/// The size of a file whose size Telegram does not tell.
const UNKNOWN: u32 = u32::MAX;

/// How a file is found again, as it is stored. Fields may be added, never renamed.
#[derive(Serialize, Deserialize)]
struct Reference {
    file_id: String,
    size: u32,
}

/// The reference to a file of that size, or why it cannot be fetched.
pub(super) fn reference(file_id: &FileId, size: u32) -> Result<FileReference, Unusable> {
    if size != UNKNOWN && size > LIMIT_BYTES {
        return Err(too_many_bytes());
    }
    let reference = Reference {
        file_id: file_id.0.clone(),
        size,
    };
    let text = serde_json::to_string(&reference).expect("a name and a number are JSON");
    Ok(FileReference(text))
}

const fn too_many_bytes() -> Unusable {
    Unusable::TooManyBytes {
        limit_megabytes: LIMIT_MEGABYTES,
    }
}

/// Fetches files from Telegram.
#[derive(Debug, Clone)]
pub(super) struct TelegramFetcher {
    pub(super) api: Api,
}

#[async_trait]
impl PhotoFetcher for TelegramFetcher {
    async fn fetch(&self, file: &FileReference) -> Result<Vec<u8>, FetchError> {
        let unusable = |reason| FetchError::Unusable { reason };
        let reference: Reference =
            serde_json::from_str(&file.0).map_err(|_| unusable(Unusable::Unreadable))?;
        let request = self.api.bot().get_file(FileId(reference.file_id));
        let found = self.api.ask(request).await.map_err(fetch_error)?;
        let mut stream = self.api.polling_bot().download_file_stream(&found.path);
        let mut bytes = Vec::new();
        while let Some(chunk) = stream.next().await {
            let chunk = chunk.map_err(|_| {
                fetch_error(CallError::Unreachable {
                    reason: "the file came in parts, or not at all",
                })
            })?;
            if bytes.len() + chunk.len() > LIMIT_BYTES as usize {
                return Err(unusable(too_many_bytes()));
            }
            bytes.extend_from_slice(&chunk);
        }
        Ok(bytes)
    }
}

fn fetch_error(error: CallError) -> FetchError {
    match error {
        CallError::Refused { reason } if reason.contains("too big") => FetchError::Unusable {
            reason: too_many_bytes(),
        },
        // Telegram's own words for a file that its servers cannot reach just now.
        CallError::Refused { ref reason } if reason.contains("temporarily unavailable") => {
            FetchError::Unavailable {
                after: None,
                source: Box::new(error),
            }
        }
        CallError::Refused { .. } | CallError::Gone | CallError::Absent => FetchError::Unusable {
            reason: Unusable::Unreadable,
        },
        CallError::TooFast { after } => FetchError::Unavailable {
            after: Some(after),
            source: Box::new(error),
        },
        CallError::Migrated(_)
        | CallError::TokenRefused
        | CallError::NotModified
        | CallError::Conflict
        | CallError::Unreachable { .. }
        | CallError::Stopped => FetchError::Unavailable {
            after: None,
            source: Box::new(error),
        },
    }
}
