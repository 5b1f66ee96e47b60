//! Looking at a photo.

use std::time::Duration;

use super::JobPorts;
use super::outcome::{Limits, Outcome};
use crate::domain::consultation::Event;
use crate::domain::scalp::PhotoId;
use crate::ports::{ConversationId, GradedPhoto, GradingError, PhotoStoreError, StoredKind};

pub(super) const LIMITS: Limits = Limits {
    most_tries: 4,
    deadline: Duration::from_secs(45),
};

/// How long to wait for room in the grader's queue before asking again, within one try.
const WAIT_FOR_ROOM: Duration = Duration::from_millis(250);

pub(super) async fn run(ports: &JobPorts, conversation: ConversationId, photo: PhotoId) -> Outcome {
    let bytes = match ports
        .photos
        .get(conversation, StoredKind::Photo(photo))
        .await
    {
        Ok(bytes) => bytes,
        // Forgotten meanwhile: whoever still waits for it must not wait for ever.
        Err(PhotoStoreError::Absent) => return Outcome::Happened(failure(photo)),
        Err(PhotoStoreError::Store(error)) => return error.into(),
    };
    let graded = match grade(ports, bytes).await {
        Ok(graded) => graded,
        Err(error) if error.is_temporary() => return Outcome::try_again(&error),
        Err(error) => return Outcome::hopeless(&error),
    };
    if let Some(heatmaps) = &graded.heatmaps {
        match ports
            .photos
            .put_heatmaps(conversation, photo, heatmaps)
            .await
        {
            // Forgotten meanwhile: the judgement still counts, where it was seen is not kept.
            Ok(()) | Err(PhotoStoreError::Absent) => {}
            Err(PhotoStoreError::Store(error)) => return error.into(),
        }
    }
    Outcome::Happened(Event::PhotoJudged {
        photo,
        judgement: Box::new(graded.judgement),
    })
}

/// A full queue is no failure of this photo: it waits for room, as long as the deadline lets it.
async fn grade(ports: &JobPorts, bytes: Vec<u8>) -> Result<GradedPhoto, GradingError> {
    loop {
        match ports.grader.grade(bytes.clone()).await {
            Err(GradingError::QueueFull { .. }) => tokio::time::sleep(WAIT_FOR_ROOM).await,
            other => return other,
        }
    }
}

pub(super) const fn failure(photo: PhotoId) -> Event {
    Event::PhotoGradingFailed { photo }
}
