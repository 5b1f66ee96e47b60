//! Telegram: updates in, messages out, through the Bot API.
//!
//! An update is confirmed only when what it asks for is stored; replies are stored effects, sent by
//! [`TelegramChannel::sender`]. Nothing personal is said outside of a private chat, nothing here
//! decides about the consultation, and no type of the library leaves this module.
//! Begin at [`TelegramChannel::serve`]; `deeds` says what an update means, `sender` how a message is
//! said.

mod albums;
mod api;
mod backoff;
mod callbacks;
mod confirmations;
mod deeds;
mod errands;
mod fetcher;
mod handler;
mod inspect;
mod intake;
mod keyboard;
mod lanes;
mod layout;
mod poll;
mod posting;
mod profile;
mod recent;
mod sender;
mod standing;
mod webhook;
mod working;

use std::net::SocketAddr;
use std::sync::Arc;

use secrecy::SecretString;
use teloxide_core::prelude::Requester as _;
use tokio::task::JoinHandle;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use self::albums::Albums;
use self::api::{Api, CallError};
use self::backoff::Backoff;
use self::callbacks::Callbacks;
use self::errands::Errands;
use self::fetcher::TelegramFetcher;
use self::handler::Handler;
use self::intake::Intake;
use self::poll::Polling;
use self::profile::Profile;
use self::recent::Recent;
use self::sender::TelegramSender;
use self::webhook::{Secret, Webhook};
use self::working::Working;
use super::Ending;
use super::health::{ChannelHealth, StopReason};
use super::pace::{PaceLimits, Pacer};
use crate::ports::{
    ChannelNotes, Clock, ConversationDesk, MessageSender, PhotoFetcher, PhotoStore,
};
use crate::wording::Wording;

pub use inspect::{TelegramFacts, inspect};

/// How the bot reaches Telegram.
#[derive(Clone)]
pub struct TelegramOptions {
    /// As BotFather gave it.
    pub token: SecretString,
    /// Where the Bot API is.
    pub api_url: String,
    pub updates: Updates,
    /// The picture of how to take a photo, PNG.
    pub guide: Arc<[u8]>,
}

impl std::fmt::Debug for TelegramOptions {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self {
            api_url, updates, ..
        } = self;
        write!(formatter, "TelegramOptions({api_url}, {updates:?}, …)")
    }
}

/// How updates reach us.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Updates {
    /// We ask for them, and Telegram answers when there are some.
    LongPolling,
    /// Telegram calls us.
    Webhook {
        /// The public address, https.
        url: String,
        /// Where the calls arrive on this machine.
        address: SocketAddr,
    },
}

/// What the channel needs from the rest of the house.
#[derive(Clone)]
pub struct TelegramPorts {
    pub notes: Arc<dyn ChannelNotes>,
    /// Where result cards are.
    pub photos: Arc<dyn PhotoStore>,
    pub wording: Arc<Wording>,
    pub clock: Arc<dyn Clock>,
}

impl std::fmt::Debug for TelegramPorts {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("TelegramPorts(…)")
    }
}

/// Why the channel cannot go on.
#[derive(Debug, thiserror::Error)]
pub enum TelegramError {
    #[error(
        "Telegram does not know the bot's token; hint: copy it from @BotFather into \
         TELEGRAM_BOT_TOKEN"
    )]
    TokenRefused,
    #[error("`{address}` is no address that can be called")]
    BadAddress { address: String },
    #[error(
        "calls of Telegram cannot be received on `{address}`; hint: set `telegram.webhook_address`"
    )]
    NoListener {
        address: SocketAddr,
        #[source]
        source: std::io::Error,
    },
    #[error("the HTTP client for Telegram cannot be made")]
    NoClient(#[source] Box<dyn std::error::Error + Send + Sync>),
    #[error("Telegram does not answer")]
    Unreachable(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// The Telegram bot.
#[derive(Debug)]
pub struct TelegramChannel {
    updates: Updates,
    secret: Secret,
    sender: TelegramSender,
    health: ChannelHealth,
    pacing: JoinHandle<()>,
    shutdown: CancellationToken,
}

impl TelegramChannel {
    /// A channel at Telegram's own pace. Nothing is called yet.
    pub fn new(
        options: TelegramOptions,
        ports: TelegramPorts,
        health: ChannelHealth,
        ending: impl Into<Ending>,
    ) -> Result<Self, TelegramError> {
        Self::paced(options, ports, health, ending, PaceLimits::telegram())
    }

    /// A channel at a pace of its own, as for a Bot API server with other limits.
    pub fn paced(
        options: TelegramOptions,
        ports: TelegramPorts,
        health: ChannelHealth,
        ending: impl Into<Ending>,
        limits: PaceLimits,
    ) -> Result<Self, TelegramError> {
        let Ending { hearing, speaking } = ending.into();
        let (pacer, pacing) = Pacer::start(limits, speaking);
        let api = Api::new(&options, pacer)?;
        let errands = Errands::new(hearing.clone());
        let sender = TelegramSender {
            working: Working::new(api.clone(), errands.with_own_room()),
            api,
            ports,
            callbacks: Callbacks::new(&options.token),
            errands,
            guide: options.guide,
        };
        Ok(Self {
            updates: options.updates,
            secret: Secret::of(&options.token),
            sender,
            health,
            pacing,
            shutdown: hearing,
        })
    }

    /// Says what the service has to say.
    pub fn sender(&self) -> Arc<dyn MessageSender> {
        Arc::new(self.sender.clone())
    }

    /// Fetches what persons sent.
    pub fn fetcher(&self) -> Arc<dyn PhotoFetcher> {
        Arc::new(TelegramFetcher {
            api: self.sender.api.clone(),
        })
    }

    /// Receives updates until the shutdown. What is temporary is tried again for ever; an error is
    /// for the operator.
    pub async fn serve(self, desk: Arc<dyn ConversationDesk>) -> Result<(), TelegramError> {
        // What this channel started ends with it, and nothing else does.
        let ending = self.shutdown.child_token();
        let outcome = self.receive(desk, &ending).await;
        self.health.stop(match &outcome {
            Ok(()) => StopReason::Shutdown,
            Err(TelegramError::TokenRefused) => StopReason::TokenRefused,
            Err(_) => StopReason::Failed,
        });
        ending.cancel();
        if self.shutdown.is_cancelled() {
            self.sender.errands.join().await;
            // It ends at the shutdown; an error would be a panic, which was told already.
            let _ = self.pacing.await;
        }
        outcome
    }

    async fn receive(
        &self,
        desk: Arc<dyn ConversationDesk>,
        ending: &CancellationToken,
    ) -> Result<(), TelegramError> {
        let Some(name) = self.introduce().await? else {
            return Ok(());
        };
        let TelegramSender {
            api,
            ports,
            callbacks,
            errands,
            ..
        } = &self.sender;
        let profile = Profile {
            api: api.clone(),
            wording: ports.wording.clone(),
            errands: errands.clone(),
        };
        profile.refresh();
        let handler = Handler {
            api: api.clone(),
            desk,
            notes: ports.notes.clone(),
            clock: ports.clock.clone(),
            wording: ports.wording.clone(),
            callbacks: callbacks.clone(),
            answers: errands.with_own_room(),
            hints: errands.with_own_room(),
            albums: Albums::default(),
            recent: Recent::default(),
            name,
            shutdown: ending.clone(),
        };
        let (intake, arrivals) = Intake::new();
        let taking_in = intake::take_in(arrivals, Arc::new(handler), ending.clone());
        let receiving = async {
            let received = self.bring(intake, profile, ending).await;
            ending.cancel();
            received
        };
        let ((), received) = tokio::join!(taking_in, receiving);
        received
    }

    async fn bring(
        &self,
        intake: Intake,
        profile: Profile,
        ending: &CancellationToken,
    ) -> Result<(), TelegramError> {
        let (api, health) = (self.sender.api.clone(), self.health.clone());
        match &self.updates {
            Updates::LongPolling => {
                let polling = Polling {
                    api,
                    intake,
                    profile,
                    health,
                    shutdown: ending.clone(),
                };
                polling.run().await
            }
            Updates::Webhook { url, address } => {
                let webhook = Webhook {
                    api,
                    intake,
                    profile,
                    health,
                    secret: self.secret.clone(),
                    shutdown: ending.clone(),
                };
                webhook.run(url, *address).await
            }
        }
    }

    /// Learns the bot's name, and sees to it that updates come the way we wait for them; `None` if
    /// the shutdown came first.
    async fn introduce(&self) -> Result<Option<String>, TelegramError> {
        let mut backoff = Backoff::default();
        loop {
            let error = tokio::select! {
                () = self.shutdown.cancelled() => return Ok(None),
                introduced = self.try_to_introduce() => match introduced {
                    Ok(name) => return Ok(Some(name)),
                    Err(CallError::TokenRefused) => return Err(TelegramError::TokenRefused),
                    Err(error) => error,
                },
            };
            tracing::warn!(%error, "Telegram does not answer yet; trying again");
            let wait = backoff.next().max(error.told_to_wait());
            tokio::select! {
                () = self.shutdown.cancelled() => return Ok(None),
                () = sleep(wait) => {}
            }
        }
    }

    async fn try_to_introduce(&self) -> Result<String, CallError> {
        let api = &self.sender.api;
        let me = api.ask(api.bot().get_me()).await?;
        if self.updates == Updates::LongPolling {
            api.ask(api.bot().delete_webhook()).await?;
        }
        Ok(me.user.username.unwrap_or_default())
    }
}
