//! Saying something on the person's channel.

use std::time::Duration;

use jiff::Timestamp;

use super::JobPorts;
use super::outcome::{Limits, Outcome, told};
use crate::domain::consultation::{Language, Message, Slot};
use crate::ports::{ClaimedEffect, Outgoing, Presence, SendError};

/// A messenger that cannot be reached for most of a day still gets every message.
pub(super) const LIMITS: Limits = Limits {
    most_tries: 1_000,
    deadline: Duration::from_secs(20),
};

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
    let began = ports.clock.now();
    match sender.send(outgoing).await {
        Ok(()) => Outcome::Done,
        Err(error @ SendError::Unavailable { after, .. }) => Outcome::TryAgain {
            error: told(&error),
            after,
        },
        Err(error @ SendError::Refused(_)) => Outcome::hopeless(&error),
        Err(error @ SendError::PersonGone) => hold(ports, claimed, began, &error).await,
    }
}

/// Notes that the person was gone when the try began, and puts the message back: it waits until they
/// return, unless they did so meanwhile.
async fn hold(
    ports: &JobPorts,
    claimed: &ClaimedEffect,
    began: Timestamp,
    error: &SendError,
) -> Outcome {
    let noted = ports
        .conversations
        .note_presence(claimed.conversation, Presence::Gone, began)
        .await;
    match noted {
        Ok(()) => {
            tracing::info!(effect.id = %claimed.id.0, "A person cannot be reached; messages wait");
            Outcome::try_again(error)
        }
        Err(error) => error.into(),
    }
}
