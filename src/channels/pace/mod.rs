//! The one gate through which every call to a messenger's platform goes.
//!
//! It keeps to the platform's rates over all, per private chat and per group, obeys the platform
//! when that asks to slow down, and lets interactive calls go before bulk. It never makes a call
//! itself, never knows what a call says, and never wakes everybody at once: after a hold a single
//! probe goes first, and the rest follow at the rate when that has succeeded.
//! Begin at [`Pacer::turn`]; `gate` decides, purely, and `keeper` is the task that owns the gate.

mod bucket;
mod gate;
mod keeper;
mod limits;

use std::fmt;
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

pub use limits::{PaceLimits, Rate};

/// Where a call leads, as far as the platform counts calls there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Place {
    /// A chat with one person.
    Private(PlaceId),
    /// A group, or a channel of a server.
    Group(PlaceId),
    /// What is shown beside the messages of a private chat: at their rate, but counted by itself, so
    /// that nobody waits for a message because of it.
    Aside(PlaceId),
    /// What the platform counts by itself at a rate that only its answers tell: its holds count, and
    /// the rate over all; several calls may be under way.
    Apart(PlaceId),
    /// A call without a chat: only the rate over all counts, and several may be under way.
    Nowhere,
}

/// The channel's own id of a place, or a hash of it. It is not shown, as it may name a person.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct PlaceId(u64);

impl From<u64> for PlaceId {
    fn from(id: u64) -> Self {
        Self(id)
    }
}

impl From<i64> for PlaceId {
    fn from(id: i64) -> Self {
        Self(id.cast_unsigned())
    }
}

impl fmt::Debug for PlaceId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("PlaceId(..)")
    }
}

/// Who goes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Urgency {
    /// Somebody is looking at the chat.
    Interactive,
    /// Reminders and the like: only when nothing interactive could go.
    Bulk,
}

/// How much of the platform asked us to slow down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    Everything,
    /// The place that the turn was for.
    ThisPlace,
}

/// Why there is no turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PaceError {
    /// Too many are waiting, or the platform asked for a long pause; try again after that long.
    #[error("the turn would come only in {} ms", after.as_millis())]
    TooLong { after: Duration },
    /// The service is shutting down.
    #[error("the pacer has stopped")]
    Stopped,
}

/// A handle on the gate of one platform. Clones share it.
#[derive(Debug, Clone)]
pub struct Pacer {
    requests: mpsc::Sender<Request>,
}

impl Pacer {
    /// Starts the gate. Its task ends at `shutdown`, or when the last handle is gone; whoever waits
    /// then is told [`PaceError::Stopped`].
    pub fn start(limits: PaceLimits, shutdown: CancellationToken) -> (Self, JoinHandle<()>) {
        let (requests, asked) = mpsc::channel(limits.most_waiting.max(1));
        let keeper = tokio::spawn(keeper::keep(limits, asked, shutdown));
        (Self { requests }, keeper)
    }

    /// Waits for this call's turn, which lasts until the [`Turn`] is given back. At most one call
    /// per place is under way. Whoever drops this future gives the turn back.
    ///
    /// A turn that would come later than [`PaceLimits::patience`] is refused at once, so that the
    /// caller can put its work back where it is kept.
    pub async fn turn(&self, place: Place, urgency: Urgency) -> Result<Turn, PaceError> {
        let (answer, answered) = oneshot::channel();
        let request = Request::Turn(Wanted {
            place,
            urgency,
            answer,
        });
        self.requests
            .send(request)
            .await
            .map_err(|_| PaceError::Stopped)?;
        answered.await.unwrap_or(Err(PaceError::Stopped))
    }

    /// The platform asked for a pause at that place, in answer to a call that needs no turn.
    pub fn hold(&self, place: Place, retry_after: Duration) {
        // Where there is no room for it the next call finds out itself.
        let _ = self.requests.try_send(Request::Hold { place, retry_after });
    }
}

/// The right to make one call, now. Dropped without a word it counts as ended: neither as a success
/// nor as a wish to slow down.
#[derive(Debug)]
#[must_use = "the turn ends when this is dropped"]
pub struct Turn {
    end: oneshot::Sender<End>,
}

impl Turn {
    /// The platform took the call; a refusal for another reason than haste is a success, too.
    pub fn succeeded(self) {
        self.tell(End::Succeeded);
    }

    /// The platform asked for a pause, with a 429 or in the headers of an answer.
    pub fn slow_down(self, scope: Scope, retry_after: Duration) {
        self.tell(End::SlowDown { scope, retry_after });
    }

    fn tell(self, end: End) {
        // Nobody is there to be told only after the gate was closed, and then nothing waits.
        let _ = self.end.send(end);
    }
}

/// What the gate is told.
#[derive(Debug)]
enum Request {
    Turn(Wanted),
    Hold { place: Place, retry_after: Duration },
}

/// Somebody who wants a turn.
#[derive(Debug)]
struct Wanted {
    place: Place,
    urgency: Urgency,
    answer: oneshot::Sender<Result<Turn, PaceError>>,
}

/// How a turn came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    Succeeded,
    SlowDown {
        scope: Scope,
        retry_after: Duration,
    },
    /// Nothing was said: the call was cancelled, or never answered.
    Silent,
}

#[cfg(test)]
mod tests;
