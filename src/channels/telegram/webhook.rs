//! The webhook: Telegram calls us, and is answered when what the update asks for is stored.
//!
//! Whoever does not know the secret is turned away before anything of the call is read.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{self, DefaultBodyLimit, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse as _, Response};
use axum::routing::post;
use hmac::{Hmac, KeyInit as _, Mac as _};
use secrecy::{ExposeSecret as _, SecretString};
use sha2::Sha256;
use teloxide_core::payloads::{SetWebhook, SetWebhookSetters as _};
use teloxide_core::prelude::Requester as _;
use teloxide_core::requests::MultipartRequest;
use teloxide_core::types::Update;
use tokio::net::TcpListener;
use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;

use super::TelegramError;
use super::api::{Api, CallError};
use super::backoff::Backoff;
use super::intake::Intake;
use super::poll::WANTED;
use super::profile::Profile;
use crate::channels::health::{ChannelHealth, StopReason};

const SECRET_HEADER: &str = "X-Telegram-Bot-Api-Secret-Token";
/// Telegram's own updates are far smaller.
const MOST_BYTES: usize = 1024 * 1024;
/// How often Telegram is asked whether it still calls us.
const LOOK_AGAIN: Duration = Duration::from_secs(30);
const PATIENCE_AT_SHUTDOWN: Duration = Duration::from_secs(5);

/// What Telegram shows us with every call.
#[derive(Clone)]
pub(super) struct Secret {
    hash: Hmac<Sha256>,
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Secret(…)")
    }
}

impl Secret {
    pub(super) fn of(token: &SecretString) -> Self {
        let hash = Hmac::new_from_slice(token.expose_secret().as_bytes());
        let mut hash: Hmac<Sha256> = hash.expect("a key of any length will do");
        hash.update(b"webhook");
        Self { hash }
    }

    /// 64 hexadecimal digits.
    fn text(&self) -> String {
        let digest = self.hash.clone().finalize().into_bytes();
        digest.iter().fold(String::new(), |mut text, byte| {
            use std::fmt::Write as _;
            write!(text, "{byte:02x}").expect("a string takes everything");
            text
        })
    }

    /// Compared in constant time: as hashes of what is the same or not.
    fn is(&self, shown: &[u8]) -> bool {
        let hash = |text: &[u8]| {
            let mut hash = self.hash.clone();
            hash.update(text);
            hash
        };
        let shown = hash(shown).finalize().into_bytes();
        hash(self.text().as_bytes()).verify_slice(&shown).is_ok()
    }
}

/// The webhook's server, and the watch over it.
pub(super) struct Webhook {
    pub(super) api: Api,
    pub(super) intake: Intake,
    pub(super) profile: Profile,
    pub(super) health: ChannelHealth,
    pub(super) secret: Secret,
    pub(super) shutdown: CancellationToken,
}

impl Webhook {
    /// Serves until the shutdown, or until Telegram does not know the token any more.
    pub(super) async fn run(self, url: &str, address: SocketAddr) -> Result<(), TelegramError> {
        let bad_url = || TelegramError::BadAddress {
            address: url.to_owned(),
        };
        let set_webhook = {
            let target = url.parse().map_err(|_| bad_url())?;
            let bot = self.api.bot();
            let request = bot.set_webhook(target).allowed_updates(WANTED);
            request.secret_token(self.secret.text())
        };
        // As Telegram will write it.
        let target = set_webhook.url.as_str().to_owned();
        let path = set_webhook.url.path().to_owned();
        let listener = TcpListener::bind(address)
            .await
            .map_err(|source| TelegramError::NoListener { address, source })?;
        let shutdown = self.shutdown.clone();
        let calls = Arc::new(Calls {
            intake: self.intake.clone(),
            health: self.health.clone(),
            secret: self.secret.clone(),
        });
        let serving = axum::serve(listener, routes(&path, calls))
            .with_graceful_shutdown(shutdown.clone().cancelled_owned());
        let too_long = async {
            shutdown.cancelled().await;
            sleep(PATIENCE_AT_SHUTDOWN).await;
        };
        let watching = async {
            tokio::select! {
                () = shutdown.cancelled() => Ok(()),
                ended = self.watch(set_webhook, &target) => ended,
            }
        };
        let serving = async {
            tokio::select! {
                served = serving => {
                    served.map_err(|source| TelegramError::NoListener { address, source })
                }
                () = too_long => Ok(()),
            }
        };
        tokio::try_join!(serving, watching).map(|_| ())
    }

    /// Tells Telegram where to call, and sees to it that this stays so.
    async fn watch(
        &self,
        set_webhook: MultipartRequest<SetWebhook>,
        url: &str,
    ) -> Result<(), TelegramError> {
        let mut backoff = Backoff::default();
        let mut deliveries = Deliveries::default();
        let mut refused_for = None;
        let mut is_set = false;
        loop {
            let looked = if is_set {
                self.look(url, &mut deliveries).await
            } else {
                let set = self.api.ask(set_webhook.clone()).await;
                set.map(|_| Webhooks::Ours)
            };
            let wait = match looked {
                Ok(webhooks) => {
                    // Where Telegram cannot call, that we can call Telegram is no sign of life.
                    if webhooks != Webhooks::Unreached {
                        self.health.beat(Instant::now());
                    }
                    refused_for = None;
                    if backoff.reset() {
                        tracing::info!("Telegram is heard again");
                        self.profile.refresh();
                    }
                    is_set = webhooks != Webhooks::Other;
                    if is_set { LOOK_AGAIN } else { Duration::ZERO }
                }
                Err(CallError::TokenRefused) => return Err(TelegramError::TokenRefused),
                Err(CallError::Refused { reason }) => {
                    // It may be for a moment, as when the address is not known everywhere yet.
                    self.health.stop(StopReason::Forbidden);
                    if refused_for.as_ref() != Some(&reason) {
                        tracing::error!(
                            reason,
                            "Telegram refuses the webhook, which is tried again; hint: \
                             `telegram.webhook_url` needs a public https address on port 443, 80, \
                             88 or 8443, or leave it out"
                        );
                        refused_for = Some(reason);
                    }
                    backoff.next()
                }
                Err(error) => {
                    tracing::warn!(%error, "Telegram does not answer; trying again");
                    backoff.next().max(error.told_to_wait())
                }
            };
            sleep(wait).await;
        }
    }

    async fn look(&self, url: &str, deliveries: &mut Deliveries) -> Result<Webhooks, CallError> {
        let info = self.api.ask(self.api.bot().get_webhook_info()).await?;
        if info.url.is_none_or(|set| set.as_str() != url) {
            tracing::warn!("Somebody has changed the webhook; it is set again");
            return Ok(Webhooks::Other);
        }
        let failed_at = info.last_error_date.map(|date| date.timestamp());
        if !deliveries.are_stuck(info.pending_update_count, failed_at) {
            return Ok(Webhooks::Ours);
        }
        tracing::error!(
            error = info.last_error_message,
            waiting = info.pending_update_count,
            "Telegram cannot bring updates to the webhook; hint: see to it that \
             `telegram.webhook_url` leads to `telegram.webhook_address`"
        );
        Ok(Webhooks::Unreached)
    }
}

/// What Telegram told of its calls the last time.
#[derive(Debug, Default)]
struct Deliveries {
    waiting: u32,
    failed_at: Option<i64>,
}

impl Deliveries {
    /// Whether calls have failed since the last time, and no fewer wait than then.
    fn are_stuck(&mut self, waiting: u32, failed_at: Option<i64>) -> bool {
        let has_failed = failed_at.is_some() && failed_at != self.failed_at;
        let is_stuck = has_failed && waiting > 0 && waiting >= self.waiting;
        *self = Self { waiting, failed_at };
        is_stuck
    }
}

/// Where Telegram calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Webhooks {
    Ours,
    /// Ours, where Telegram does not get through.
    Unreached,
    Other,
}

struct Calls {
    intake: Intake,
    health: ChannelHealth,
    secret: Secret,
}

fn routes(path: &str, calls: Arc<Calls>) -> Router {
    Router::new()
        .route(path, post(take))
        .layer(DefaultBodyLimit::max(MOST_BYTES))
        .layer(from_fn_with_state(calls.clone(), admit))
        .with_state(calls)
}

async fn admit(
    State(calls): State<Arc<Calls>>,
    headers: HeaderMap,
    request: extract::Request,
    next: Next,
) -> Response {
    let shown = headers.get(SECRET_HEADER).map(HeaderValue::as_bytes);
    if shown.is_some_and(|shown| calls.secret.is(shown)) {
        next.run(request).await
    } else {
        StatusCode::UNAUTHORIZED.into_response()
    }
}

async fn take(State(calls): State<Arc<Calls>>, body: Bytes) -> StatusCode {
    let Ok(update) = serde_json::from_slice::<Update>(&body) else {
        tracing::warn!("A call to the webhook is no update");
        return StatusCode::BAD_REQUEST;
    };
    calls.health.beat(Instant::now());
    let done = calls.intake.bring(update).await;
    match done.await {
        Ok(()) => StatusCode::OK,
        Err(_) => StatusCode::SERVICE_UNAVAILABLE,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn deliveries_are_stuck_when_calls_fail_and_what_waits_does_not_shrink() {
        let mut deliveries = Deliveries::default();
        assert!(!deliveries.are_stuck(3, None));
        assert!(deliveries.are_stuck(3, Some(100)));
        // The same failure as before.
        assert!(!deliveries.are_stuck(5, Some(100)));
        assert!(deliveries.are_stuck(6, Some(130)));
        // One failed, and others got through.
        assert!(!deliveries.are_stuck(2, Some(160)));
        assert!(!deliveries.are_stuck(0, Some(190)));
    }

    #[test]
    fn only_the_secret_itself_is_the_secret() {
        let secret = Secret::of(&SecretString::from("12:token"));
        assert_eq!(secret.text().len(), 64);
        assert!(secret.is(secret.text().as_bytes()));
        assert!(!secret.is(b""));
        assert!(!secret.is(&secret.text().as_bytes()[..63]));
        let other = Secret::of(&SecretString::from("13:token"));
        assert!(!secret.is(other.text().as_bytes()));
    }
}
