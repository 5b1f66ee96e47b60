//! Fetching the files that a person sent from the channel that keeps them, and storing them.

use std::time::Duration;

use futures_util::future::join_all;

use super::JobPorts;
use super::outcome::{Limits, Outcome};
use crate::domain::consultation::{Event, SentFile, Unusable};
use crate::domain::scalp::PhotoId;
use crate::ports::{
    ClaimedEffect, ConversationId, FetchError, PhotoFetcher, PhotoStoreError, StoredKind,
};

pub(super) const LIMITS: Limits = Limits {
    most_tries: 6,
    deadline: Duration::from_secs(45),
};

pub(super) async fn run(ports: &JobPorts, claimed: &ClaimedEffect, files: &[SentFile]) -> Outcome {
    let channel = claimed.address.channel;
    let Some(fetcher) = ports.fetchers.get(&channel) else {
        return Outcome::Hopeless {
            error: format!("the channel `{}` keeps no files", channel.id()),
        };
    };
    let fetching = files
        .iter()
        .map(|sent| fetch(ports, fetcher.as_ref(), claimed.conversation, sent));
    let (mut photos, mut turned_away) = (Vec::new(), Vec::new());
    for fetched in join_all(fetching).await {
        match fetched {
            Ok(Fetched::Stored(photo)) => photos.push(photo),
            Ok(Fetched::TurnedAway(unusable)) => turned_away.push(unusable),
            Err(outcome) => return outcome,
        }
    }
    Outcome::Happened(arrived(photos, turned_away))
}

enum Fetched {
    Stored(PhotoId),
    TurnedAway(Unusable),
}

/// One file. A try that failed half-way writes the same file again.
async fn fetch(
    ports: &JobPorts,
    fetcher: &dyn PhotoFetcher,
    conversation: ConversationId,
    sent: &SentFile,
) -> Result<Fetched, Outcome> {
    let bytes = match fetcher.fetch(&sent.file).await {
        Ok(bytes) => bytes,
        Err(FetchError::Unusable { reason }) => return Ok(Fetched::TurnedAway(reason)),
        Err(error @ FetchError::Unavailable { after, .. }) => {
            return Err(Outcome::TryAgain {
                error: super::outcome::told(&error),
                after,
            });
        }
    };
    let read = match ports.reader.read(bytes).await {
        Ok(read) => read,
        Err(unusable) => return Ok(Fetched::TurnedAway(unusable)),
    };
    let kind = StoredKind::Photo(sent.photo);
    match ports.photos.put(conversation, kind, &read.bytes).await {
        Ok(()) => Ok(Fetched::Stored(sent.photo)),
        // The person was erased meanwhile.
        Err(PhotoStoreError::Absent) => Err(Outcome::Done),
        Err(PhotoStoreError::Store(error)) => Err(error.into()),
    }
}

fn arrived(photos: Vec<PhotoId>, turned_away: Vec<Unusable>) -> Event {
    match (photos.as_slice(), turned_away.as_slice()) {
        ([photo], []) => Event::PhotoArrived(*photo),
        ([], [unusable]) => Event::PhotoTurnedAway(*unusable),
        _ => Event::AlbumArrived {
            photos,
            turned_away,
        },
    }
}

/// Nothing is wrong with the files; they may be sent again.
pub(super) fn failure(files: &[SentFile]) -> Event {
    arrived(Vec::new(), vec![Unusable::NotStored; files.len().min(1)])
}
