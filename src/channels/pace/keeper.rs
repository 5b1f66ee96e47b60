//! The task that owns a gate: it alone reads the clock, and carries out what the gate decides.

use std::collections::HashMap;
use std::future::Future;

use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use tokio::sync::{mpsc, oneshot};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::gate::{Decision, Gate};
use super::{End, PaceError, PaceLimits, Request, Turn, Wanted};

type Answer = oneshot::Sender<Result<Turn, PaceError>>;

/// Gives turns until `shutdown`, or until no handle is left. Calls that are under way then are
/// their callers' affair; whoever still waits learns of the end as the answer is dropped.
pub(super) async fn keep(
    limits: PaceLimits,
    mut requests: mpsc::Receiver<Request>,
    shutdown: CancellationToken,
) {
    let mut gate = Gate::new(limits, Instant::now());
    let mut waiting = HashMap::new();
    let mut under_way = FuturesUnordered::new();
    loop {
        forget_who_left(&mut gate, &mut waiting);
        for decision in gate.decide(Instant::now()) {
            match decision {
                Decision::Go(ticket) => under_way.push(begin(ticket, waiting.remove(&ticket))),
                Decision::Refuse { ticket, after } => refuse(waiting.remove(&ticket), after),
            }
        }
        let wake = gate.wake(Instant::now());
        tokio::select! {
            biased;
            () = shutdown.cancelled() => break,
            Some((ticket, end)) = under_way.next() => gate.end(ticket, end, Instant::now()),
            request = requests.recv() => {
                forget_who_left(&mut gate, &mut waiting);
                match request {
                    None => break,
                    Some(Request::Hold { place, retry_after }) => {
                        gate.hold(place, retry_after, Instant::now());
                    }
                    Some(Request::Turn(Wanted { place, urgency, answer })) => {
                        let ticket = gate.arrive(place, urgency, Instant::now());
                        waiting.insert(ticket, answer);
                    }
                }
            }
            () = sleep_until(wake) => {}
        }
    }
}

/// Gives the turn; what is returned ends with it. An answer that nobody takes any more is dropped,
/// and the turn in it ends silently.
fn begin(ticket: u64, answer: Option<Answer>) -> impl Future<Output = (u64, End)> {
    let (end, ended) = oneshot::channel();
    if let Some(answer) = answer {
        let _ = answer.send(Ok(Turn { end }));
    }
    async move { (ticket, ended.await.unwrap_or(End::Silent)) }
}

fn refuse(answer: Option<Answer>, after: std::time::Duration) {
    if let Some(answer) = answer {
        // Whoever left meanwhile needs no refusal.
        let _ = answer.send(Err(PaceError::TooLong { after }));
    }
}

/// Whoever stopped waiting costs no token, and nobody else any time.
fn forget_who_left(gate: &mut Gate, waiting: &mut HashMap<u64, Answer>) {
    waiting.retain(|ticket, answer| {
        let stays = !answer.is_closed();
        if !stays {
            gate.leave(*ticket);
        }
        stays
    });
}

async fn sleep_until(wake: Option<Instant>) {
    match wake {
        Some(wake) => tokio::time::sleep_until(wake).await,
        None => std::future::pending().await,
    }
}
