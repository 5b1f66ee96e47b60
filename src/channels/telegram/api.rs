//! Telegram's Bot API as this channel calls it: paced, with errors told by what can be done.
//!
//! No error from here bears content, an id or the token: it may be logged as it is.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use secrecy::ExposeSecret as _;
use teloxide_core::requests::{Output, Request};
use teloxide_core::types::ChatId;
use teloxide_core::{ApiError, Bot, RequestError, net};
use tokio::time::Instant;

use super::{TelegramError, TelegramOptions};
use crate::channels::pace::{PaceError, Pacer, Place, Scope, Turn, Urgency};

/// How long one call may take, an upload included.
const PATIENCE: Duration = Duration::from_secs(15);
/// How long Telegram holds a poll open when there is nothing to tell.
pub(super) const LONG_POLL: Duration = Duration::from_secs(30);
/// A poll that is not answered by then never will be.
const PATIENCE_WITH_POLLS: Duration = Duration::from_secs(45);

/// What became of a call that did not succeed.
#[derive(Debug, Clone, thiserror::Error)]
pub(super) enum CallError {
    #[error("Telegram asks to wait {} s", after.as_secs())]
    TooFast { after: Duration },
    #[error("the group goes on under another id")]
    Migrated(ChatId),
    #[error("the person cannot be reached")]
    Gone,
    #[error("Telegram does not know the token")]
    TokenRefused,
    /// What an edit asked for stands there already.
    #[error("the message is not modified")]
    NotModified,
    /// What was to be edited or deleted is not there, or cannot be edited.
    #[error("the message is not there to be edited")]
    Absent,
    #[error("something else receives the updates of this bot")]
    Conflict,
    #[error("Telegram refuses the call: {reason}")]
    Refused { reason: String },
    #[error("Telegram cannot be reached: {reason}")]
    Unreachable { reason: &'static str },
    #[error("the service is shutting down")]
    Stopped,
}

impl From<PaceError> for CallError {
    fn from(error: PaceError) -> Self {
        match error {
            PaceError::TooLong { after } => Self::TooFast { after },
            PaceError::Stopped => Self::Stopped,
        }
    }
}

impl From<RequestError> for CallError {
    fn from(error: RequestError) -> Self {
        match error {
            RequestError::RetryAfter(seconds) => Self::TooFast {
                after: seconds.duration(),
            },
            RequestError::MigrateToChatId(chat) => Self::Migrated(chat),
            RequestError::Api(error) => Self::from(error),
            RequestError::Network(error) => Self::Unreachable {
                reason: if error.is_timeout() {
                    "no answer in time"
                } else if error.is_connect() {
                    "no connection"
                } else {
                    "the connection broke"
                },
            },
            // What was received may hold what people write.
            RequestError::InvalidJson { .. } => Self::Unreachable {
                reason: "the answer is none of the Bot API's",
            },
            RequestError::Io(_) => Self::Unreachable {
                reason: "the file to be sent cannot be read",
            },
        }
    }
}

impl From<ApiError> for CallError {
    fn from(error: ApiError) -> Self {
        match error {
            ApiError::BotBlocked
            | ApiError::UserDeactivated
            | ApiError::ChatNotFound
            | ApiError::UserNotFound
            | ApiError::CantInitiateConversation
            | ApiError::CantTalkWithBots
            | ApiError::BotKicked
            | ApiError::BotKickedFromSupergroup
            | ApiError::BotKickedFromChannel
            | ApiError::GroupDeactivated => Self::Gone,
            ApiError::InvalidToken => Self::TokenRefused,
            ApiError::MessageNotModified => Self::NotModified,
            ApiError::MessageToEditNotFound
            | ApiError::MessageIdInvalid
            | ApiError::MessageCantBeEdited
            | ApiError::MessageToDeleteNotFound
            | ApiError::MessageCantBeDeleted => Self::Absent,
            ApiError::CantGetUpdates | ApiError::TerminatedByOtherGetUpdates => Self::Conflict,
            ApiError::Unknown(reason) => Self::told(reason),
            other => Self::Refused {
                reason: other.to_string(),
            },
        }
    }
}

impl CallError {
    /// What the library has no name for: Telegram's own words begin with the kind of the error.
    fn told(reason: String) -> Self {
        if reason.starts_with("Forbidden") {
            Self::Gone
        } else if reason.starts_with("Conflict") {
            Self::Conflict
        } else if reason.starts_with("Too Many Requests") {
            Self::TooFast {
                after: Duration::from_secs(1),
            }
        } else if reason.starts_with("Bad Request: message is not modified") {
            Self::NotModified
        } else if reason.starts_with("Bad Request: there is no") {
            // No text, or no caption, in the message to edit: it is of another kind.
            Self::Absent
        } else if reason.starts_with("Bad Request") || reason.starts_with("Request Entity") {
            Self::Refused { reason }
        } else {
            Self::Unreachable {
                reason: "Telegram has an error of its own",
            }
        }
    }
}

/// A handle on the Bot API. Clones share the pace.
#[derive(Debug, Clone)]
pub(super) struct Api {
    bot: Bot,
    /// The same with more patience.
    polling: Bot,
    pacer: Pacer,
    last_hold: Arc<Mutex<Option<Hold>>>,
}

/// A place that was asked to slow down.
#[derive(Debug, Clone, Copy)]
struct Hold {
    place: Place,
    until: Instant,
}

/// The library's own handles, one for calls and one for polls.
pub(super) fn bots(options: &TelegramOptions) -> Result<(Bot, Bot), TelegramError> {
    let bot = |patience| {
        let client = net::default_reqwest_settings()
            .timeout(patience)
            .build()
            .map_err(|source| TelegramError::NoClient(Box::new(source)))?;
        let url = options
            .api_url
            .parse()
            .map_err(|_| TelegramError::BadAddress {
                address: options.api_url.clone(),
            })?;
        Ok(Bot::with_client(options.token.expose_secret(), client).set_api_url(url))
    };
    Ok((bot(PATIENCE)?, bot(PATIENCE_WITH_POLLS)?))
}

impl Api {
    pub(super) fn new(options: &TelegramOptions, pacer: Pacer) -> Result<Self, TelegramError> {
        let (bot, polling) = bots(options)?;
        Ok(Self {
            bot,
            polling,
            pacer,
            last_hold: Arc::default(),
        })
    }

    /// For building a request.
    pub(super) fn bot(&self) -> &Bot {
        &self.bot
    }

    /// For building a request that Telegram holds open.
    pub(super) fn polling_bot(&self) -> &Bot {
        &self.polling
    }

    /// Makes a call when its turn has come.
    pub(super) async fn call<R>(
        &self,
        place: Place,
        urgency: Urgency,
        request: R,
    ) -> Result<Output<R>, CallError>
    where
        R: Request<Err = RequestError> + Send,
    {
        let turn = self.pacer.turn(place, urgency).await?;
        let answer = answered(request).await;
        self.tell(turn, place, answer.as_ref().err());
        answer
    }

    fn tell(&self, turn: Turn, place: Place, error: Option<&CallError>) {
        match error {
            Some(CallError::TooFast { after }) => {
                let scope = self.scope_of_hold(place, *after);
                tracing::warn!(
                    seconds = after.as_secs(),
                    ?scope,
                    "Telegram asks to slow down"
                );
                turn.slow_down(scope, *after);
            }
            // Whether the platform is content is not known.
            Some(CallError::Unreachable { .. } | CallError::Stopped) => drop(turn),
            Some(_) | None => turn.succeeded(),
        }
    }

    /// Telegram does not say what it counts: one place that is asked to slow down is alone, two at
    /// the same time are everybody.
    fn scope_of_hold(&self, place: Place, after: Duration) -> Scope {
        let now = Instant::now();
        let hold = Hold {
            place,
            until: now + after,
        };
        let mut last = self
            .last_hold
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let is_alone = last.is_none_or(|last| last.until < now || last.place == place);
        *last = Some(hold);
        if is_alone && place != Place::Nowhere {
            Scope::ThisPlace
        } else {
            Scope::Everything
        }
    }
}

/// Makes a call at once: for calls that Telegram does not count as messages.
pub(super) async fn answered<R>(request: R) -> Result<Output<R>, CallError>
where
    R: Request<Err = RequestError> + Send,
{
    // The library waits for ten seconds more where a server has an error of its own.
    tokio::time::timeout(PATIENCE_WITH_POLLS, request.send())
        .await
        .map_err(|_| CallError::Unreachable {
            reason: "no answer in time",
        })?
        .map_err(CallError::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(reason: &str) -> CallError {
        RequestError::Api(ApiError::Unknown(reason.to_owned())).into()
    }

    #[test]
    fn words_that_the_library_does_not_know_are_understood_by_their_beginning() {
        assert!(matches!(
            told("Forbidden: bot can't initiate conversation with a user"),
            CallError::Gone
        ));
        assert!(matches!(
            told(
                "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook"
            ),
            CallError::Conflict
        ));
        assert!(matches!(
            told("Bad Request: message is not modified"),
            CallError::NotModified
        ));
        assert!(matches!(
            told("Bad Request: there is no text in the message to edit"),
            CallError::Absent
        ));
        assert!(matches!(
            told("Bad Request: something new"),
            CallError::Refused { .. }
        ));
        assert!(matches!(
            told("Internal Server Error"),
            CallError::Unreachable { .. }
        ));
    }

    #[test]
    fn an_answer_that_cannot_be_read_is_not_shown() {
        let source = serde_json::from_str::<bool>("x").unwrap_err();
        let error = CallError::from(RequestError::InvalidJson {
            source: Arc::new(source),
            raw: "what somebody wrote".into(),
        });
        assert!(!format!("{error} {error:?}").contains("somebody"));
    }
}
