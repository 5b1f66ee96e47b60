//! Calls to Discord in their turn: everything that sends goes through the one gate.

use std::time::Duration;

use serde_json::Value;
use tokio_util::sync::CancellationToken;

use super::http::{Call, CallError, DiscordHttp};
use crate::channels::pace::{PaceError, Pacer, Place, Scope, Urgency};

/// What Discord counts a call by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Counted {
    /// By a direct-message channel.
    Direct(u64),
    /// By a channel of a server.
    Guild(u64),
    /// By an interaction, whose token is what Discord counts by.
    Interaction(u64),
    /// By a direct-message channel, where typing is shown: not counted among the messages there.
    Typing(u64),
    /// By nothing that others share.
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
        let (place, urgency) = match counted {
            Counted::Direct(channel) => (Place::Private(channel.into()), Urgency::Interactive),
            Counted::Guild(channel) => (Place::Group(channel.into()), Urgency::Interactive),
            // Both are ids of Discord's, of which no two are alike.
            Counted::Interaction(id) => (Place::Apart(id.into()), Urgency::Interactive),
            Counted::Typing(channel) => (Place::Apart(channel.into()), Urgency::Bulk),
            Counted::Alone => (Place::Nowhere, Urgency::Interactive),
        };
        if self.closed.is_cancelled() {
            return Err(CallError::Stopped);
        }
        let turn = self.pacer.turn(place, urgency).await;
        let turn = turn.map_err(|error| match error {
            PaceError::TooLong { after } => CallError::Crowded { after },
            PaceError::Stopped => CallError::Stopped,
        })?;
        let answered = self.http.call(call).await;
        match &answered {
            Ok(answer) => match answer.spent_for {
                Some(pause) if pause > Duration::ZERO && counted != Counted::Alone => {
                    turn.slow_down(Scope::ThisPlace, pause);
                }
                Some(_) | None => turn.succeeded(),
            },
            Err(CallError::SlowDown { after, everywhere }) => {
                if *everywhere {
                    turn.slow_down(Scope::Everything, *after);
                } else if counted == Counted::Alone {
                    // Only this one has to wait, and whoever calls knows.
                    turn.succeeded();
                } else {
                    turn.slow_down(Scope::ThisPlace, *after);
                }
            }
            Err(CallError::Refused { .. }) => turn.succeeded(),
            Err(
                CallError::Broken { .. }
                | CallError::Unreachable(_)
                | CallError::Crowded { .. }
                | CallError::Stopped,
            ) => drop(turn),
        }
        answered.map(|answer| answer.body)
    }
}
