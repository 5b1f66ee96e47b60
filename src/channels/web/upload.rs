//! A photo on its way in: its bytes are counted while they arrive.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::extract::multipart::{Field, Multipart, MultipartRejection};
use axum::http::HeaderMap;

use super::Web;
use super::inbound::{Taken, hand_in, own};
use super::refusal::Refusal;
use crate::ports::InboundWhat;

/// The largest file taken.
const LIMIT_MEGABYTES: usize = 20;
const LIMIT_BYTES: usize = LIMIT_MEGABYTES * 1024 * 1024;

/// How much of a file that is too large is read on: a browser listens to our answer only after it
/// has sent everything.
const MOST_BYTES_IGNORED: usize = 200 * 1024 * 1024;

/// The longest id that is read; what is longer is refused anyway.
const MOST_BYTES_OF_AN_ID: usize = 256;

/// Takes a form with an `id` and then a `file`.
pub(super) async fn photo(
    State(web): State<Arc<Web>>,
    headers: HeaderMap,
    form: Result<Multipart, MultipartRejection>,
) -> Result<Json<Taken>, Refusal> {
    let mut form = form.map_err(|_| Refusal::NotUnderstood)?;
    let (_, address) = own(&web, &headers).await?;
    let mut id = None;
    while let Some(field) = form.next_field().await.map_err(|_| Refusal::Interrupted)? {
        match (field.name(), id.take()) {
            (Some("id"), None) => {
                let bytes = bytes_of(field, MOST_BYTES_OF_AN_ID, Refusal::NotUnderstood).await?;
                id = Some(String::from_utf8(bytes).map_err(|_| Refusal::NotUnderstood)?);
            }
            (Some("file"), Some(id)) => {
                let too_large = Refusal::FileTooLarge {
                    limit_megabytes: LIMIT_MEGABYTES,
                };
                let bytes = bytes_of(field, LIMIT_BYTES, too_large).await?;
                let what = InboundWhat::PhotoReceived(bytes);
                return Ok(Json(hand_in(&web, address, &id, what).await?));
            }
            _ => return Err(Refusal::NotUnderstood),
        }
    }
    Err(Refusal::NotUnderstood)
}

/// All bytes of a field, or `too_many` where there are more than `limit`.
async fn bytes_of(
    mut field: Field<'_>,
    limit: usize,
    too_many: Refusal,
) -> Result<Vec<u8>, Refusal> {
    let mut bytes = Vec::new();
    let mut count = 0;
    while let Some(chunk) = field.chunk().await.map_err(|_| Refusal::Interrupted)? {
        count += chunk.len();
        if count > MOST_BYTES_IGNORED {
            break;
        }
        if count <= limit {
            bytes.extend_from_slice(&chunk);
        } else {
            bytes = Vec::new();
        }
    }
    if count > limit {
        return Err(too_many);
    }
    Ok(bytes)
}
