//! The task that owns the lanes: it takes updates in, hands them out chat by chat, and tells whoever
//! brought them when they are done.

use std::collections::HashMap;
use std::sync::Arc;

use teloxide_core::types::Update;
use tokio::sync::{mpsc, oneshot};
use tokio::task::{Id, JoinError, JoinSet};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::deeds;
use super::handler::{Handler, Interrupted};
use super::lanes::{Lanes, Turn};

/// How many chats are seen to at once.
const MOST_AT_ONCE: usize = 32;
/// How many updates may wait to be taken in.
const MOST_ARRIVING: usize = 128;

/// An update, and whom to tell when it is done.
struct Arrival {
    update: Update,
    done: oneshot::Sender<()>,
}

/// Where updates are brought. Clones lead to the same place.
#[derive(Debug, Clone)]
pub(super) struct Intake {
    arrivals: mpsc::Sender<Arrival>,
}

/// The owner's end of an [`Intake`].
pub(super) struct Arrivals(mpsc::Receiver<Arrival>);

impl Intake {
    pub(super) fn new() -> (Self, Arrivals) {
        let (sender, receiver) = mpsc::channel(MOST_ARRIVING);
        (Self { arrivals: sender }, Arrivals(receiver))
    }

    /// Brings an update. What comes back resolves when it is done; with an error when it is not and
    /// will not be, as at shutdown.
    pub(super) async fn bring(&self, update: Update) -> oneshot::Receiver<()> {
        let (done, told) = oneshot::channel();
        // Nobody takes it in any more only at shutdown; `told` says so.
        let _ = self.arrivals.send(Arrival { update, done }).await;
        told
    }
}

/// A chat that is being seen to.
struct UnderWay {
    chat: i64,
    done: Option<oneshot::Sender<()>>,
}

/// How it ended: with the time at which the chat is to be looked at again.
type Ended = Result<Option<Instant>, Interrupted>;

/// Takes updates in until `shutdown`, and finishes what is under way. What an earlier process left
/// of albums comes first.
pub(super) async fn take_in(
    mut arrivals: Arrivals,
    handler: Arc<Handler>,
    shutdown: CancellationToken,
) {
    let mut lanes: Lanes<Arrival> = Lanes::default();
    let mut running = JoinSet::new();
    let mut under_way: HashMap<Id, UnderWay> = HashMap::new();
    tokio::select! {
        () = shutdown.cancelled() => return,
        taken_up = handler.take_up_albums() => {
            for (chat, due) in taken_up.into_iter().flatten() {
                lanes.look_again(chat, due);
            }
        }
    }
    loop {
        while running.len() < MOST_AT_ONCE
            && let Some((chat, turn)) = lanes.take(Instant::now())
        {
            let handler = handler.clone();
            let (update, done) = match turn {
                Turn::Arrived(Arrival { update, done }) => (Some(update), Some(done)),
                Turn::Due => (None, None),
            };
            let task = running.spawn(async move {
                match update {
                    Some(update) => handler.handle(update).await,
                    None => handler.look_again(chat).await,
                }
            });
            under_way.insert(task.id(), UnderWay { chat, done });
        }
        let next = lanes.next().filter(|_| running.len() < MOST_AT_ONCE);
        tokio::select! {
            biased;
            () = shutdown.cancelled() => break,
            Some(ended) = running.join_next_with_id() => {
                finish(ended, &mut lanes, &mut under_way);
            }
            Some(arrival) = arrivals.0.recv() => {
                let chat = deeds::chat_of(&arrival.update);
                lanes.put(chat, arrival, Instant::now());
            }
            () = sleep_until(next) => {}
        }
    }
    while let Some(ended) = running.join_next_with_id().await {
        finish(ended, &mut lanes, &mut under_way);
    }
}

fn finish(
    ended: Result<(Id, Ended), JoinError>,
    lanes: &mut Lanes<Arrival>,
    under_way: &mut HashMap<Id, UnderWay>,
) {
    let (id, outcome) = match ended {
        Ok(ended) => ended,
        Err(error) => {
            // What it panicked with may hold what somebody wrote.
            tracing::error!("An update made its handler fail and is passed over");
            (error.id(), Ok(None))
        }
    };
    let Some(UnderWay { chat, done }) = under_way.remove(&id) else {
        return;
    };
    lanes.finish(chat, outcome.ok().flatten());
    if let (Ok(_), Some(done)) = (outcome, done) {
        // Whoever brought it may have stopped waiting.
        let _ = done.send(());
    }
}

async fn sleep_until(moment: Option<Instant>) {
    match moment {
        Some(moment) => tokio::time::sleep_until(moment).await,
        None => std::future::pending().await,
    }
}
