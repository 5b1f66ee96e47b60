//! Saying something on the person's channel.

use std::time::Duration;

use super::JobPorts;
use super::outcome::{Limits, Outcome, told};
use crate::domain::consultation::{Language, Message, Slot};
use crate::ports::{ClaimedEffect, Outgoing, SendError};

pub(super) const LIMITS: Limits = Limits {
    most_tries: 8,
    deadline: Duration::from_secs(20),
};

/// The longest wait that a channel may ask for.
const LONGEST_WAIT: Duration = Duration::from_hours(1);

pub(super) async fn run(
    ports: &JobPorts,
    claimed: &ClaimedEffect,
    message: &Message,
    language: Language,
    slot: Option<Slot>,
) -> Outcome {
    let channel = claimed.address.channel;
    let Some(sender) = ports.senders.get(&channel) else {
        return Outcome::Hopeless {
            error: format!("the channel `{}` is not set up", channel.id()),
        };
    };
    let outgoing = Outgoing {
        id: claimed.id,
        conversation: claimed.conversation,
        address: claimed.address.clone(),
        message: message.clone(),
        language,
        slot,
    };
    match sender.send(outgoing).await {
        Ok(()) => Outcome::Done,
        Err(error @ SendError::Unavailable { after, .. }) => Outcome::TryAgain {
            error: told(&error),
            after: after.map(|after| after.min(LONGEST_WAIT)),
        },
        Err(error @ SendError::Refused(_)) => Outcome::hopeless(&error),
        Err(SendError::PersonGone) => {
            tracing::info!(effect.id = %claimed.id.0, "Nobody is left to send a message to");
            Outcome::Done
        }
    }
}
