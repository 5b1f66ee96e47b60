//! Erasing photos and what was seen where on them.

use std::time::Duration;

use super::JobPorts;
use super::outcome::{Limits, Outcome};
use crate::domain::scalp::PhotoId;
use crate::ports::ConversationId;

pub(super) const LIMITS: Limits = Limits {
    most_tries: 8,
    deadline: Duration::from_secs(30),
};

pub(super) async fn run(
    ports: &JobPorts,
    conversation: ConversationId,
    photos: &[PhotoId],
) -> Outcome {
    for photo in photos {
        if let Err(error) = ports.photos.forget(conversation, *photo).await {
            return error.into();
        }
    }
    Outcome::Done
}
