//! Long polling. An update is confirmed, by the offset of a later poll, only when it is done.

use std::pin::Pin;
use std::time::Duration;

use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use teloxide_core::payloads::GetUpdatesSetters as _;
use teloxide_core::prelude::Requester as _;
use teloxide_core::types::{AllowedUpdate, Update};
use tokio::time::{Instant, sleep, timeout_at};
use tokio_util::sync::CancellationToken;

use super::TelegramError;
use super::api::{Api, CallError, LONG_POLL};
use super::backoff::Backoff;
use super::confirmations::Confirmations;
use super::intake::Intake;
use super::profile::Profile;
use crate::channels::health::ChannelHealth;

/// What we want to hear of; everything else is never sent to us.
pub(super) const WANTED: [AllowedUpdate; 3] = [
    AllowedUpdate::Message,
    AllowedUpdate::CallbackQuery,
    AllowedUpdate::MyChatMember,
];

const MOST_AT_ONCE: u8 = 100;
/// While something is not done yet Telegram repeats it at once, so that polls are spaced.
const SHORTEST_PAUSE: Duration = Duration::from_millis(25);
const LONGEST_PAUSE: Duration = Duration::from_millis(250);

/// An update that is being seen to; resolves with its id when it is done.
type Done = Pin<Box<dyn Future<Output = Option<u32>> + Send>>;

/// The poll loop.
pub(super) struct Polling {
    pub(super) api: Api,
    pub(super) intake: Intake,
    pub(super) profile: Profile,
    pub(super) health: ChannelHealth,
    pub(super) shutdown: CancellationToken,
}

impl Polling {
    /// Polls until the shutdown, or until Telegram does not know the token any more.
    pub(super) async fn run(self) -> Result<(), TelegramError> {
        let mut confirmations = Confirmations::default();
        let mut under_way: FuturesUnordered<Done> = FuturesUnordered::new();
        let mut backoff = Backoff::default();
        let mut pause = SHORTEST_PAUSE;
        loop {
            let answer = tokio::select! {
                biased;
                () = self.shutdown.cancelled() => return Ok(()),
                answer = self.poll(&confirmations, &backoff) => answer,
            };
            let updates = match answer {
                Ok(updates) => updates,
                Err(CallError::TokenRefused) => return Err(TelegramError::TokenRefused),
                Err(error) => {
                    if !self.recover(error, &mut backoff).await {
                        return Ok(());
                    }
                    continue;
                }
            };
            self.health.beat(Instant::now());
            if backoff.reset() {
                tracing::info!("Telegram is heard again");
                self.profile.refresh();
            }
            if updates.is_empty() {
                confirmations.confirmed();
            }
            let mut is_news = false;
            for update in updates {
                let id = update.id.0;
                if confirmations.begin(id) {
                    is_news = true;
                    let told = self.intake.bring(update).await;
                    under_way.push(Box::pin(async move { told.await.is_ok().then_some(id) }));
                }
            }
            pause = if is_news {
                SHORTEST_PAUSE
            } else {
                (pause * 2).min(LONGEST_PAUSE)
            };
            settle(&mut under_way, &mut confirmations, pause).await;
        }
    }

    /// Waits for updates, unless there is something to find out at once: what is not done yet, or
    /// whether Telegram is there again.
    async fn poll(
        &self,
        confirmations: &Confirmations,
        backoff: &Backoff,
    ) -> Result<Vec<Update>, CallError> {
        let patience = if confirmations.is_settled() && !backoff.is_failing() {
            LONG_POLL
        } else {
            Duration::ZERO
        };
        let mut request = self
            .api
            .polling_bot()
            .get_updates()
            .limit(MOST_AT_ONCE)
            .timeout(u32::try_from(patience.as_secs()).unwrap_or_default())
            .allowed_updates(WANTED);
        if let Some(offset) = confirmations.offset() {
            request = request.offset(offset);
        }
        self.api.wait_for(request).await
    }

    /// Waits for better times; `false` if the shutdown came first.
    async fn recover(&self, error: CallError, backoff: &mut Backoff) -> bool {
        let wait = match error {
            CallError::Conflict => {
                tracing::error!(
                    "Another program receives this bot's updates; hint: stop it, or give each a \
                     token of its own"
                );
                // A webhook that was set elsewhere would keep us out for ever.
                let deleted = self.api.ask(self.api.bot().delete_webhook()).await;
                super::sender::tell(deleted);
                backoff.next()
            }
            CallError::TooFast { after } => {
                backoff.next();
                after
            }
            error => {
                tracing::warn!(%error, "Telegram does not answer; trying again");
                backoff.next()
            }
        };
        tokio::select! {
            () = self.shutdown.cancelled() => false,
            () = sleep(wait) => true,
        }
    }
}

/// Waits until everything is done, or for a moment.
async fn settle(
    under_way: &mut FuturesUnordered<Done>,
    confirmations: &mut Confirmations,
    pause: Duration,
) {
    let until = Instant::now() + pause;
    while !under_way.is_empty() {
        match timeout_at(until, under_way.next()).await {
            Ok(Some(Some(id))) => confirmations.done(id),
            // Not done: it stays open, and comes again.
            Ok(Some(None)) => {}
            Ok(None) | Err(_) => return,
        }
    }
}
