//! Discord: commands, buttons, menus, windows and direct messages.
//!
//! Every interaction is acknowledged at once, then handed in with the note of how it is answered;
//! answers are stored effects that come back through the sender. serenity holds the gateway; calls go
//! through a client of our own and one gate. Nothing here reads what others write on a server, and
//! nothing personal is shown where others see it.
//! Begin at [`DiscordChannel::serve`] and `intake`.

mod arrival;
mod commands;
mod components;
mod delivery;
mod fetch;
mod gateway;
mod greeting;
mod http;
mod inspect;
mod intake;
mod lanes;
mod layout;
mod notebook;
mod personal;
mod place;
mod press;
mod sender;
mod watch;
mod wire;

use std::num::NonZeroUsize;
use std::sync::Arc;

use secrecy::SecretString;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use self::fetch::DiscordFetcher;
use self::http::{CallError, DiscordHttp};
use self::sender::{DiscordSender, SenderParts};
use self::wire::Wire;
use crate::channels::Ending;
use crate::channels::health::{ChannelHealth, StopReason};
use crate::channels::pace::{PaceLimits, Pacer};
use crate::ports::{
    ChannelNotes, Clock, ConversationDesk, MessageSender, PhotoFetcher, PhotoStore,
};
use crate::wording::{Wording, WordingError};

pub use inspect::{DiscordFacts, DiscordRights, inspect};

/// Where what is personal goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PersonalPlace {
    /// Nowhere: general tips only.
    Off,
    /// On a server in replies that only the person sees; in a direct message otherwise.
    Ephemeral,
    /// In direct messages only.
    Direct,
}

/// How the bot is set up.
#[derive(Debug, Clone)]
pub struct DiscordOptions {
    pub token: SecretString,
    /// Where the API is, without `/api/v10`; left out, Discord's own.
    pub api_url: Option<String>,
    pub personal: PersonalPlace,
    /// How many gateway connections share the servers; left out, as many as Discord recommends.
    pub shards: Option<NonZeroUsize>,
    /// How a good photo is taken, PNG.
    pub guide: Arc<[u8]>,
}

/// What the channel needs of the rest.
#[derive(Clone)]
pub struct DiscordPorts {
    pub notes: Arc<dyn ChannelNotes>,
    /// Result cards.
    pub photos: Arc<dyn PhotoStore>,
    pub wording: Arc<Wording>,
    pub clock: Arc<dyn Clock>,
}

impl std::fmt::Debug for DiscordPorts {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("DiscordPorts(…)")
    }
}

/// Why the channel does not work.
#[derive(Debug, thiserror::Error)]
pub enum DiscordError {
    #[error(
        "Discord does not know DISCORD_BOT_TOKEN; hint: in the Developer Portal, under Bot, reset the \
         token and set the new one"
    )]
    TokenRefused,
    #[error(
        "Discord refuses the gateway intents; hint: in the Developer Portal, under Bot, look whether \
         the application is restricted (direct messages are all that is asked for)"
    )]
    IntentsRefused,
    #[error(
        "`discord.shards` is `{set}`, Discord wants {recommended} for so many servers; hint: leave it \
         out, or raise it"
    )]
    MoreShardsNeeded { set: u64, recommended: u64 },
    #[error("Discord cannot be asked")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
    #[error("the HTTP client cannot be set up")]
    Client(#[source] Box<dyn std::error::Error + Send + Sync>),
    #[error(transparent)]
    Wording(#[from] WordingError),
}

impl DiscordError {
    fn client(error: discord_http::Error) -> Self {
        Self::Client(Box::new(error.without_url()))
    }

    fn of_call(error: CallError) -> Self {
        if error.is_unauthorized() {
            Self::TokenRefused
        } else {
            Self::Unavailable(Box::new(error))
        }
    }

    fn stop_reason(&self) -> StopReason {
        match self {
            Self::TokenRefused => StopReason::TokenRefused,
            Self::IntentsRefused | Self::MoreShardsNeeded { .. } => StopReason::Forbidden,
            Self::Unavailable(_) | Self::Client(_) | Self::Wording(_) => StopReason::Failed,
        }
    }
}

/// The Discord bot.
pub struct DiscordChannel {
    options: DiscordOptions,
    parts: Arc<SenderParts>,
    health: ChannelHealth,
    shutdown: CancellationToken,
    gate: JoinHandle<()>,
}

impl std::fmt::Debug for DiscordChannel {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "DiscordChannel({:?})", self.options.personal)
    }
}

impl DiscordChannel {
    /// Sets everything up without asking Discord; within a runtime, because of the gate's task.
    pub fn new(
        options: DiscordOptions,
        ports: DiscordPorts,
        health: ChannelHealth,
        ending: impl Into<Ending>,
    ) -> Result<Self, DiscordError> {
        Self::paced(options, ports, health, ending, PaceLimits::discord())
    }

    /// As [`Self::new`], for a server with limits of its own.
    pub fn paced(
        options: DiscordOptions,
        ports: DiscordPorts,
        health: ChannelHealth,
        ending: impl Into<Ending>,
        limits: PaceLimits,
    ) -> Result<Self, DiscordError> {
        let Ending { hearing, speaking } = ending.into();
        let http = DiscordHttp::new(&options.token, options.api_url.as_deref())
            .map_err(DiscordError::client)?;
        let (pacer, gate) = Pacer::start(limits, speaking);
        let parts = SenderParts {
            wire: Arc::new(Wire::new(http, pacer)),
            ids: sender::press_ids(&options.token),
            notes: ports.notes,
            photos: ports.photos,
            wording: ports.wording,
            clock: ports.clock,
            guide: options.guide.clone(),
            personal: options.personal,
        };
        Ok(Self {
            options,
            parts: Arc::new(parts),
            health,
            shutdown: hearing,
            gate,
        })
    }

    pub fn sender(&self) -> Arc<dyn MessageSender> {
        Arc::new(DiscordSender(self.parts.clone()))
    }

    pub fn fetcher(&self) -> Arc<dyn PhotoFetcher> {
        Arc::new(DiscordFetcher {
            wire: self.parts.wire.clone(),
            api_url: self.options.api_url.clone(),
        })
    }

    /// Serves until `shutdown`. An error is for the operator to mend; whatever passes by itself is
    /// tried again for ever.
    pub async fn serve(self, desk: Arc<dyn ConversationDesk>) -> Result<(), DiscordError> {
        let served = gateway::serve(&self, desk).await;
        self.health.stop(match &served {
            Ok(()) => StopReason::Shutdown,
            Err(error) => error.stop_reason(),
        });
        if matches!(served, Err(DiscordError::TokenRefused)) {
            self.parts.wire.close();
        }
        if served.is_ok() {
            // It ends with the shutdown; after an error messages still want to go out.
            let _ = self.gate.await;
        }
        served
    }
}
