//! Erasing a person and all that belongs to them; this effect's own row goes with it.

use std::time::Duration;

use super::JobPorts;
use super::outcome::{Limits, Outcome};
use crate::domain::consultation::Event;
use crate::ports::ConversationId;

pub(super) const LIMITS: Limits = Limits {
    most_tries: 8,
    deadline: Duration::from_secs(45),
};

pub(super) async fn run(ports: &JobPorts, conversation: ConversationId) -> Outcome {
    match ports.conversations.erase_person(conversation).await {
        Ok(()) => {
            tracing::info!("Erased a person");
            Outcome::Done
        }
        Err(error) => error.into(),
    }
}

pub(super) const fn failure() -> Event {
    Event::ErasingFailed
}
