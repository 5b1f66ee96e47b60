//! Fetching the files that a person sent from the channel that keeps them, and storing them.

use std::time::Duration;

use futures_util::future::join_all;

use super::JobPorts;
use super::outcome::{Limits, Outcome};
use crate::domain::consultation::{ConsultationNumber, Event, SentFile, Unusable};
use crate::domain::scalp::PhotoId;
use crate::ports::{
    ClaimedEffect, ConversationId, FetchError, PhotoFetcher, PhotoStoreError, StoredKind,
};

pub(super) const LIMITS: Limits = Limits {
    // About an hour: channels keep what they were sent for at least that long.
    most_tries: 64,
    deadline: Duration::from_secs(45),
};

/// How long all files of an order may take: the rest of the deadline is for storing them.
const ALL: Duration = Duration::from_secs(40);

/// How many files of one order are fetched at the same time; each may take 20 MB of memory.
const AT_ONCE: usize = 2;

pub(super) async fn run(
    ports: &JobPorts,
    claimed: &ClaimedEffect,
    files: &[SentFile],
    sent_in: Option<ConsultationNumber>,
) -> Outcome {
    match ports.conversations.load_by_id(claimed.conversation).await {
        Ok(Some(loaded)) if loaded.conversation.awaits_files_of(sent_in) => {}
        // The consent was taken back, or the consultation stopped, since they were sent.
        Ok(_) => return Outcome::Done,
        Err(error) => return error.into(),
    }
    let channel = claimed.address.channel;
    let Some(fetcher) = ports.fetchers.get(&channel) else {
        return Outcome::Hopeless {
            error: format!("the channel `{}` keeps no files", channel.id()),
        };
    };
    // One that hangs leaves the others their time.
    let turns = files.len().div_ceil(AT_ONCE).max(1);
    let each = ALL / u32::try_from(turns).unwrap_or(u32::MAX);
    let mut fetched = Vec::with_capacity(files.len());
    for few in files.chunks(AT_ONCE) {
        let fetching = few
            .iter()
            .map(|sent| fetch(ports, fetcher.as_ref(), claimed.conversation, (sent, each)));
        fetched.extend(join_all(fetching).await);
    }
    let (mut photos, mut turned_away, mut failed) = (Vec::new(), Vec::new(), None);
    for fetched in fetched {
        match fetched {
            Ok(Fetched::Stored(photo)) => photos.push(photo),
            Ok(Fetched::TurnedAway(unusable)) => turned_away.push(unusable),
            Err(outcome) => failed = Some(outcome),
        }
    }
    match failed {
        // No further try will be made: what is here is not given up with the rest.
        Some(Outcome::TryAgain { .. })
            if claimed.attempt >= LIMITS.most_tries && !photos.is_empty() =>
        {
            turned_away.push(Unusable::NotStored);
            Outcome::Happened(arrived(photos, turned_away))
        }
        Some(outcome) => outcome,
        None => Outcome::Happened(arrived(photos, turned_away)),
    }
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
    (sent, patience): (&SentFile, Duration),
) -> Result<Fetched, Outcome> {
    let Ok(fetched) = tokio::time::timeout(patience, fetcher.fetch(&sent.file)).await else {
        return Err(Outcome::TryAgain {
            error: "the file did not come in time".to_owned(),
            after: None,
        });
    };
    let bytes = match fetched {
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
