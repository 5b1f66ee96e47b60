//! Calls to Discord in their turn: everything that sends goes through the one gate.

use std::time::Duration;

use serde_json::Value;
use tokio_util::sync::CancellationToken;

use super::http::{Call, CallError, DiscordHttp};
use crate::channels::pace::{PaceError, Pacer, Place, PlaceId, Scope, Urgency};

/// What Discord counts a call by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Counted {
    /// By a direct-message channel.
    Direct(u64),
    /// By a channel of a server.
    Guild(u64),
    /// By nothing that others share: answers to interactions.
    Alone,
}

/// The HTTP API behind the gate.
#[derive(Debug)]
pub(super) struct Wire {
    pub(super) http: DiscordHttp,
    pacer: Pacer,
    closed: CancellationToken,
}

impl Wire {
    pub(super) fn new(http: DiscordHttp, pacer: Pacer) -> Self {
        Self {
            http,
            pacer,
            closed: CancellationToken::new(),
        }
    }

    /// No more calls: with a token that is refused, each of them would bring us nearer to a ban.
    pub(super) fn close(&self) {
        self.closed.cancel();
    }

    /// Makes the call when its turn has come; tells what the answer says.
    pub(super) async fn call(&self, counted: Counted, call: Call) -> Result<Value, CallError> {
        let place = match counted {
            Counted::Direct(channel) => Place::Private(PlaceId::from(channel)),
            Counted::Guild(channel) => Place::Group(PlaceId::from(channel)),
            Counted::Alone => Place::Nowhere,
        };
        if self.closed.is_cancelled() {
            return Err(CallError::Stopped);
        }
        let turn = self.pacer.turn(place, Urgency::Interactive).await;
        let turn = turn.map_err(|error| match error {
            PaceError::TooLong { after } => CallError::Crowded { after },
            PaceError::Stopped => CallError::Stopped,
        })?;
        let answered = self.http.call(call).await;
        match (&answered, counted) {
            (Ok(answer), Counted::Direct(_) | Counted::Guild(_)) => match answer.spent_for {
                Some(pause) if pause > Duration::ZERO => turn.slow_down(Scope::ThisPlace, pause),
                Some(_) | None => turn.succeeded(),
            },
            (Err(CallError::SlowDown { after, everywhere }), counted) => {
                match (everywhere, counted) {
                    (true, _) => turn.slow_down(Scope::Everything, *after),
                    (false, Counted::Direct(_) | Counted::Guild(_)) => {
                        turn.slow_down(Scope::ThisPlace, *after);
                    }
                    // Only this one answer has to wait, and whoever sends it knows.
                    (false, Counted::Alone) => turn.succeeded(),
                }
            }
            (Ok(_), Counted::Alone) | (Err(CallError::Refused { .. }), _) => turn.succeeded(),
            (
                Err(
                    CallError::Broken { .. }
                    | CallError::Unreachable(_)
                    | CallError::Crowded { .. }
                    | CallError::Stopped,
                ),
                _,
            ) => drop(turn),
        }
        answered.map(|answer| answer.body)
    }
}
