//! Photos and result cards of the person's own conversation.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::{HeaderMap, header};
use axum::response::IntoResponse;
use uuid::Uuid;

use super::Web;
use super::inbound::own;
use super::refusal::Refusal;
use crate::domain::consultation::ConsultationNumber;
use crate::domain::scalp::PhotoId;
use crate::ports::{PhotoStoreError, StoredKind};

pub(super) async fn photo(
    State(web): State<Arc<Web>>,
    headers: HeaderMap,
    Path(id): Path<String>,
) -> Result<impl IntoResponse, Refusal> {
    let id = Uuid::parse_str(&id).map_err(|_| Refusal::NotFound)?;
    picture(&web, &headers, StoredKind::Photo(PhotoId(id))).await
}

pub(super) async fn card(
    State(web): State<Arc<Web>>,
    headers: HeaderMap,
    Path(number): Path<String>,
) -> Result<impl IntoResponse, Refusal> {
    let number = number.parse().map_err(|_| Refusal::NotFound)?;
    picture(&web, &headers, StoredKind::Card(ConsultationNumber(number))).await
}

/// A stored picture of the request's own conversation. Whatever belongs to another one is not found.
async fn picture(
    web: &Web,
    headers: &HeaderMap,
    kind: StoredKind,
) -> Result<impl IntoResponse + use<>, Refusal> {
    let (conversation, _) = own(web, headers).await.map_err(|refusal| match refusal {
        Refusal::NoConversation => Refusal::NotFound,
        other => other,
    })?;
    match web.channel.photos.get(conversation, kind).await {
        Ok(bytes) => Ok(([(header::CONTENT_TYPE, content_type(&bytes))], bytes)),
        Err(PhotoStoreError::Absent) => Err(Refusal::NotFound),
        Err(PhotoStoreError::Store(error)) => Err(Refusal::of_store(&error)),
    }
}

/// The type by the first bytes; only these three are ever stored.
fn content_type(bytes: &[u8]) -> &'static str {
    if bytes.starts_with(b"\xFF\xD8\xFF") {
        "image/jpeg"
    } else if bytes.starts_with(b"\x89PNG") {
        "image/png"
    } else if bytes.starts_with(b"RIFF") {
        "image/webp"
    } else {
        "application/octet-stream"
    }
}
