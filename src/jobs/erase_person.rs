//! Erasing a person and all that belongs to them; this effect's own row goes with it.

use std::time::Duration;

use super::JobPorts;
use super::outcome::{Limits, Outcome, told};
use crate::domain::consultation::Event;
use crate::ports::{ClaimedEffect, ConversationId, Farewell, Leaving, StoreError};

pub(super) const LIMITS: Limits = Limits {
    most_tries: 8,
    deadline: Duration::from_secs(45),
};

/// How long saying goodbye may take: the erasing itself is done by then.
const FAREWELL_DEADLINE: Duration = Duration::from_secs(15);

pub(super) async fn run(ports: &JobPorts, claimed: &ClaimedEffect) -> Outcome {
    let farewell = match farewell(ports, claimed).await {
        Ok(farewell) => farewell,
        Err(error) => return error.into(),
    };
    if let Err(error) = erase(ports, claimed.conversation).await {
        return error.into();
    }
    if let Some(farewell) = farewell {
        match tokio::time::timeout(FAREWELL_DEADLINE, farewell).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => {
                tracing::info!(error = %told(&error), "A person was erased and could not be told");
            }
            Err(_elapsed) => tracing::info!("A person was erased and could not be told in time"),
        }
    }
    Outcome::Done
}

/// What is said when it is done, collected while it is still known how to reach the person.
async fn farewell(
    ports: &JobPorts,
    claimed: &ClaimedEffect,
) -> Result<Option<Farewell>, StoreError> {
    let Some(sender) = ports.senders.get(&claimed.address.channel) else {
        return Ok(None);
    };
    let Some(loaded) = ports.conversations.load_by_id(claimed.conversation).await? else {
        return Ok(None);
    };
    let leaving = Leaving {
        conversation: claimed.conversation,
        address: claimed.address.clone(),
        language: loaded.conversation.language,
    };
    Ok(Some(sender.farewell(leaving).await))
}

async fn erase(ports: &JobPorts, conversation: ConversationId) -> Result<(), StoreError> {
    ports.conversations.erase_person(conversation).await?;
    tracing::info!("Erased a person");
    Ok(())
}

pub(super) const fn failure() -> Event {
    Event::ErasingFailed
}
