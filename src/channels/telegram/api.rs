//! Telegram's Bot API as this channel calls it: paced, with errors told by what can be done.
//!
//! No error from here bears content, an id or the token: it may be logged as it is.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use secrecy::ExposeSecret as _;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use teloxide_core::payloads::SendPhoto;
use teloxide_core::requests::{MultipartRequest, Output, Payload, Request};
use teloxide_core::types::{ChatId, Message, ResponseParameters};
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
    /// How long Telegram asked to wait; no time where it did not.
    pub(super) fn told_to_wait(&self) -> Duration {
        match self {
            Self::TooFast { after } => *after,
            _ => Duration::ZERO,
        }
    }

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
    holds: Arc<Mutex<Vec<Hold>>>,
}

/// A chat that was asked to slow down.
#[derive(Debug, Clone, Copy)]
struct Hold {
    place: Place,
    until: Instant,
}

/// So many chats that are asked to slow down one after the other, while no message to another one
/// goes through, are everybody.
const EVERYBODY: usize = 3;
/// A press that is answered too fast holds up the messages of its chat for no longer: whether they
/// are too fast as well they find out themselves.
const LONGEST_HOLD_BY_A_PRESS: Duration = Duration::from_mins(1);

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
            holds: Arc::default(),
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
        R::Payload: Serialize,
        Output<R>: DeserializeOwned,
    {
        let turn = self.pacer.turn(place, urgency).await?;
        let answer = self.ask(request).await;
        self.tell(turn, place, answer.as_ref().err());
        answer
    }

    /// Uploads a photo when its turn has come.
    pub(super) async fn upload(
        &self,
        place: Place,
        urgency: Urgency,
        request: MultipartRequest<SendPhoto>,
    ) -> Result<Message, CallError> {
        let turn = self.pacer.turn(place, urgency).await?;
        // The library waits for ten seconds more where a server has an error of its own.
        let answer = tokio::time::timeout(PATIENCE_WITH_POLLS, request.send()).await;
        let answer = match answer {
            Ok(answer) => answer.map_err(CallError::from),
            Err(_) => Err(CallError::Unreachable {
                reason: "no answer in time",
            }),
        };
        self.tell(turn, place, answer.as_ref().err());
        answer
    }

    /// Makes a call at once: for calls that Telegram does not count as messages.
    pub(super) async fn ask<R>(&self, request: R) -> Result<Output<R>, CallError>
    where
        R: Request<Err = RequestError> + Send,
        R::Payload: Serialize,
        Output<R>: DeserializeOwned,
    {
        answered(&self.bot, request).await
    }

    /// As [`Self::ask`], for a call that Telegram holds open.
    pub(super) async fn wait_for<R>(&self, request: R) -> Result<Output<R>, CallError>
    where
        R: Request<Err = RequestError> + Send,
        R::Payload: Serialize,
        Output<R>: DeserializeOwned,
    {
        answered(&self.polling, request).await
    }

    /// A call that had no turn was too fast: the chat that it belongs to is left in peace.
    pub(super) fn hold(&self, place: Place, after: Duration) {
        self.pacer.hold(place, after.min(LONGEST_HOLD_BY_A_PRESS));
    }

    fn tell(&self, turn: Turn, place: Place, error: Option<&CallError>) {
        match error {
            Some(CallError::TooFast { after }) => {
                let scope = scope_of_hold(&mut self.holds(), place, *after, Instant::now());
                tracing::warn!(
                    seconds = after.as_secs(),
                    ?scope,
                    "Telegram asks to slow down"
                );
                turn.slow_down(scope, *after);
            }
            // Whether the platform is content is not known.
            Some(CallError::Unreachable { .. } | CallError::Stopped) => drop(turn),
            Some(_) | None => {
                if is_a_chat(place) {
                    self.holds().clear();
                }
                turn.succeeded();
            }
        }
    }

    fn holds(&self) -> MutexGuard<'_, Vec<Hold>> {
        self.holds.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether messages are counted there.
const fn is_a_chat(place: Place) -> bool {
    match place {
        Place::Private(_) | Place::Group(_) => true,
        Place::Aside(_) | Place::Apart(_) | Place::Nowhere => false,
    }
}

/// How far a wish to slow down reaches. Telegram does not say what it counts, and what is no message
/// is counted by itself.
fn scope_of_hold(holds: &mut Vec<Hold>, place: Place, after: Duration, now: Instant) -> Scope {
    if !is_a_chat(place) {
        return Scope::ThisPlace;
    }
    holds.retain(|hold| hold.until > now && hold.place != place);
    let until = now + after;
    holds.push(Hold { place, until });
    if holds.len() < EVERYBODY {
        return Scope::ThisPlace;
    }
    holds.remove(0);
    Scope::Everything
}

/// The shape of every answer.
#[derive(Deserialize)]
#[serde(bound(deserialize = "T: DeserializeOwned"))]
struct Answer<T> {
    ok: bool,
    result: Option<T>,
    description: Option<ApiError>,
    parameters: Option<ResponseParameters>,
}

impl<T> Answer<T> {
    fn read(self) -> Result<T, CallError> {
        match self {
            Self {
                ok: true,
                result: Some(result),
                ..
            } => Ok(result),
            Self {
                parameters: Some(ResponseParameters::RetryAfter(seconds)),
                ..
            } => Err(RequestError::RetryAfter(seconds).into()),
            Self {
                parameters: Some(ResponseParameters::MigrateToChatId(chat)),
                ..
            } => Err(CallError::Migrated(chat)),
            Self {
                description: Some(error),
                ..
            } => Err(error.into()),
            Self { .. } => Err(NO_ANSWER),
        }
    }
}

const NO_ANSWER: CallError = CallError::Unreachable {
    reason: "the answer is none of the Bot API's",
};

/// Makes a call at once. The library makes the request and knows the answer; what lies between is
/// ours, because the library holds a caller for ten seconds where a server has an error of its own.
pub(super) async fn answered<R>(bot: &Bot, request: R) -> Result<Output<R>, CallError>
where
    R: Request<Err = RequestError> + Send,
    R::Payload: Serialize,
    Output<R>: DeserializeOwned,
{
    let body = serde_json::to_vec(request.payload_ref()).map_err(|_| CallError::Refused {
        reason: "the request cannot be written".to_owned(),
    })?;
    drop(request);
    let mut url = bot.api_url();
    url.path_segments_mut()
        .map_err(|()| CallError::Unreachable {
            reason: "the address is none to be called",
        })?
        .push(&format!("bot{}", bot.token()))
        .push(<R::Payload as Payload>::NAME);
    let request = bot
        .client()
        .post(url)
        .header("content-type", "application/json")
        .body(body);
    let response = request.send().await.map_err(RequestError::from)?;
    if response.status().is_server_error() {
        return Err(CallError::Unreachable {
            reason: "Telegram has an error of its own",
        });
    }
    let answer = response.bytes().await.map_err(RequestError::from)?;
    // What was received may hold what people write, so that the error is not looked at.
    let answer: Answer<Output<R>> = serde_json::from_slice(&answer).map_err(|_| NO_ANSWER)?;
    answer.read()
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
    fn only_several_chats_in_a_row_are_everybody() {
        let place = |id: i64| Place::Private(id.into());
        let (long, now) = (Duration::from_hours(1), Instant::now());
        let mut holds = Vec::new();
        let mut hold = |place, now| scope_of_hold(&mut holds, place, long, now);
        assert_eq!(hold(place(1), now), Scope::ThisPlace);
        assert_eq!(hold(place(1), now), Scope::ThisPlace);
        assert_eq!(hold(Place::Nowhere, now), Scope::ThisPlace);
        assert_eq!(hold(Place::Aside(3_i64.into()), now), Scope::ThisPlace);
        assert_eq!(hold(place(2), now), Scope::ThisPlace);
        assert_eq!(hold(place(3), now), Scope::Everything);
        assert_eq!(hold(place(4), now), Scope::Everything);
        // Those are over.
        assert_eq!(hold(place(5), now + 2 * long), Scope::ThisPlace);
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
