//! Keeping what a person thinks of a text.

use std::time::Duration;

use super::JobPorts;
use super::outcome::{Limits, Outcome};
use crate::domain::consultation::Rated;
use crate::ports::ConversationId;

pub(super) const LIMITS: Limits = Limits {
    most_tries: 20,
    deadline: Duration::from_secs(10),
};

pub(super) async fn run(
    ports: &JobPorts,
    conversation: ConversationId,
    rated: &Rated,
    is_helpful: bool,
) -> Outcome {
    let now = ports.clock.now();
    match ports
        .ratings
        .keep(conversation, rated, is_helpful, now)
        .await
    {
        Ok(()) => Outcome::Done,
        Err(error) => error.into(),
    }
}
