//! Erasing result cards.

use std::time::Duration;

use super::JobPorts;
use super::outcome::{Limits, Outcome};
use crate::domain::consultation::ConsultationNumber;
use crate::ports::ConversationId;

pub(super) const LIMITS: Limits = Limits {
    most_tries: 8,
    deadline: Duration::from_secs(30),
};

pub(super) async fn run(
    ports: &JobPorts,
    conversation: ConversationId,
    consultations: &[ConsultationNumber],
) -> Outcome {
    for consultation in consultations {
        let forgotten = ports.photos.forget_card(conversation, *consultation);
        if let Err(error) = forgotten.await {
            return error.into();
        }
    }
    Outcome::Done
}
