//! Saying something on the person's channel.

use std::time::Duration;

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
    if let Some(purpose) = message.rests_on() {
        match ports.conversations.load_by_id(claimed.conversation).await {
            Ok(Some(loaded)) if loaded.conversation.has_consent(purpose) => {}
            // The consent was taken back, or the person was erased, since it was to be said.
            Ok(_) => return Outcome::Done,
            Err(error) => return error.into(),
        }
    }
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
            after,
        },
        Err(error @ SendError::Refused(_)) => Outcome::hopeless(&error),
        Err(error @ SendError::PersonGone) => hold(ports, claimed, &error).await,
    }
}

/// Notes that the person is gone, and puts the message back: it waits until they return, unless they did
/// something since the try began.
async fn hold(ports: &JobPorts, claimed: &ClaimedEffect, error: &SendError) -> Outcome {
    let gone = Presence::GoneSince {
        deeds: claimed.deeds,
    };
    let now = ports.clock.now();
    let noted = ports
        .conversations
        .note_presence(claimed.conversation, gone, now)
        .await;
    match noted {
        Ok(()) => {
            tracing::info!(effect.id = %claimed.id.0, "A person cannot be reached; messages wait");
            Outcome::try_again(error)
        }
        Err(error) => error.into(),
    }
}
