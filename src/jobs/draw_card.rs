//! Drawing and storing the result card.

use std::time::Duration;

use super::JobPorts;
use super::outcome::{Limits, Outcome};
use crate::domain::consultation::{Event, Language, ResultSummary};
use crate::domain::scalp::PhotoId;
use crate::ports::{
    CardError, CardRequest, ConversationId, PhotoStoreError, StoreError, StoredKind,
};

pub(super) const LIMITS: Limits = Limits {
    most_tries: 4,
    deadline: Duration::from_secs(45),
};

pub(super) async fn run(
    ports: &JobPorts,
    conversation: ConversationId,
    summary: &ResultSummary,
    photo: PhotoId,
    language: Language,
) -> Outcome {
    match request(ports, conversation, summary, photo, language).await {
        Ok(request) => paint(ports, conversation, summary, request).await,
        Err(error) => error.into(),
    }
}

/// A photo that was forgotten meanwhile is left out of the card.
async fn request(
    ports: &JobPorts,
    conversation: ConversationId,
    summary: &ResultSummary,
    photo: PhotoId,
    language: Language,
) -> Result<CardRequest, StoreError> {
    let kind = StoredKind::Photo(photo);
    Ok(CardRequest {
        summary: summary.clone(),
        language,
        photo: present(ports.photos.get(conversation, kind).await)?,
        heatmaps: present(ports.photos.heatmaps(conversation, photo).await)?,
    })
}

fn present<T>(found: Result<T, PhotoStoreError>) -> Result<Option<T>, StoreError> {
    match found {
        Ok(found) => Ok(Some(found)),
        Err(PhotoStoreError::Absent) => Ok(None),
        Err(PhotoStoreError::Store(error)) => Err(error),
    }
}

async fn paint(
    ports: &JobPorts,
    conversation: ConversationId,
    summary: &ResultSummary,
    request: CardRequest,
) -> Outcome {
    let card = match ports.painter.paint(request).await {
        Ok(card) => card,
        Err(error @ CardError::Photo(_)) => return Outcome::hopeless(&error),
        Err(error @ CardError::Drawing(_)) => return Outcome::try_again(&error),
    };
    let kind = StoredKind::Card(summary.consultation);
    match ports.photos.put(conversation, kind, &card).await {
        Ok(()) => Outcome::Happened(Event::CardDrawn {
            consultation: summary.consultation,
            spots: summary.spots,
        }),
        // The person was erased meanwhile.
        Err(error) => error.into(),
    }
}

pub(super) const fn failure(summary: &ResultSummary) -> Event {
    Event::CardFailed {
        consultation: summary.consultation,
        spots: summary.spots,
    }
}
