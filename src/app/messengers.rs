//! The messengers that are set up: opened before the service, served beside it.
//!
//! A messenger that cannot go on, since its token was taken back for example, ends alone: the others
//! and the web chat go on, and the exit code tells it in the end.

use std::sync::Arc;
use std::time::Duration;

use secrecy::SecretString;
use tokio::task::JoinSet;
use tokio::time::Instant;

use super::{ChannelEnd, SystemClock};
use crate::cards::png_of;
use crate::channels::Ending;
use crate::channels::discord::{DiscordChannel, DiscordOptions, DiscordPorts, PersonalPlace};
use crate::channels::health::{ChannelHealth, ChannelsHealth};
use crate::channels::telegram::{TelegramChannel, TelegramOptions, TelegramPorts, Updates};
use crate::channels::web::PHOTO_GUIDE;
use crate::config::{DiscordSettings, PersonalReplies, Settings, TelegramSettings};
use crate::ports::{Channel, ConversationDesk};
use crate::storage::SqliteStore;
use crate::wording::Wording;

/// A messenger whose platform was not heard for so long has stalled: longer than a long poll, and than
/// two heartbeats of a gateway.
const STALLED_AFTER: Duration = Duration::from_secs(100);

/// The width of the photo guide, in pixels; messengers show it at most as wide.
const GUIDE_WIDTH: u32 = 1_080;

/// The messengers that are set up.
#[derive(Debug)]
pub(super) struct Messengers {
    telegram: Option<TelegramChannel>,
    discord: Option<DiscordChannel>,
    health: ChannelsHealth,
}

impl Messengers {
    /// Opens them; nothing is asked of the network yet.
    pub(super) fn open(
        settings: &Settings,
        store: &SqliteStore,
        wording: &Arc<Wording>,
        ending: &Ending,
    ) -> anyhow::Result<Self> {
        let guide: Arc<[u8]> = png_of(PHOTO_GUIDE, GUIDE_WIDTH)?.into();
        let mut healths = Vec::new();
        let mut health = |channel: Channel| {
            let health = ChannelHealth::new(channel.id(), STALLED_AFTER, Instant::now());
            healths.push(health.clone());
            health
        };
        let telegram = telegram_options(&settings.telegram, &guide)
            .map(|options| {
                let ports = TelegramPorts {
                    notes: Arc::new(store.clone()),
                    photos: Arc::new(store.photos()),
                    wording: wording.clone(),
                    clock: Arc::new(SystemClock),
                };
                let health = health(Channel::Telegram);
                TelegramChannel::new(options, ports, health, ending.clone())
            })
            .transpose()?;
        let discord = discord_options(&settings.discord, &guide)
            .map(|options| {
                let ports = DiscordPorts {
                    notes: Arc::new(store.clone()),
                    photos: Arc::new(store.photos()),
                    wording: wording.clone(),
                    clock: Arc::new(SystemClock),
                };
                let health = health(Channel::Discord);
                DiscordChannel::new(options, ports, health, ending.clone())
            })
            .transpose()?;
        Ok(Self {
            telegram,
            discord,
            health: ChannelsHealth::new(healths),
        })
    }

    /// How each of them does.
    pub(super) fn health(&self) -> ChannelsHealth {
        self.health.clone()
    }

    /// What the service speaks with.
    pub(super) fn ends(&self) -> Vec<(Channel, ChannelEnd)> {
        let telegram = self.telegram.as_ref().map(|channel| {
            let end = ChannelEnd {
                sender: channel.sender(),
                fetcher: Some(channel.fetcher()),
            };
            (Channel::Telegram, end)
        });
        let discord = self.discord.as_ref().map(|channel| {
            let end = ChannelEnd {
                sender: channel.sender(),
                fetcher: Some(channel.fetcher()),
            };
            (Channel::Discord, end)
        });
        telegram.into_iter().chain(discord).collect()
    }

    /// Serves them until the shutdown they were opened with.
    pub(super) fn serve(self, desk: &Arc<dyn ConversationDesk>) -> Serving {
        let mut serving = JoinSet::new();
        if let Some(channel) = self.telegram {
            let desk = desk.clone();
            serving.spawn(async move {
                let served = channel.serve(desk).await;
                told(Channel::Telegram, served.map_err(Into::into))
            });
        }
        if let Some(channel) = self.discord {
            let desk = desk.clone();
            serving.spawn(async move {
                let served = channel.serve(desk).await;
                told(Channel::Discord, served.map_err(Into::into))
            });
        }
        Serving(serving)
    }
}

/// Messengers that are served.
pub(super) struct Serving(JoinSet<anyhow::Result<()>>);

impl Serving {
    /// Waits for the end of all; an error if one of them had to be given up.
    pub(super) async fn ended(mut self) -> anyhow::Result<()> {
        let mut ended = Ok(());
        while let Some(served) = self.0.join_next().await {
            ended = ended.and(served?);
        }
        ended
    }
}

/// Logs the end of a messenger that had to be given up when it happens, not only at the end of all.
fn told(channel: Channel, served: anyhow::Result<()>) -> anyhow::Result<()> {
    served.map_err(|error| {
        tracing::error!(
            channel = channel.id(),
            error = format!("{error:#}"),
            "A messenger was given up; everything else goes on"
        );
        error.context(format!("the messenger `{}` was given up", channel.id()))
    })
}

/// How Telegram is to be reached, if it is set up.
pub(crate) fn telegram_options(
    settings: &TelegramSettings,
    guide: &Arc<[u8]>,
) -> Option<TelegramOptions> {
    let token: SecretString = settings.token.clone()?;
    Some(TelegramOptions {
        token,
        api_url: settings.api_url.clone(),
        updates: match &settings.webhook_url {
            Some(url) => Updates::Webhook {
                url: url.clone(),
                address: settings.webhook_address,
            },
            None => Updates::LongPolling,
        },
        guide: guide.clone(),
    })
}

/// How Discord is to be reached, if it is set up.
pub(crate) fn discord_options(
    settings: &DiscordSettings,
    guide: &Arc<[u8]>,
) -> Option<DiscordOptions> {
    let token: SecretString = settings.token.clone()?;
    Some(DiscordOptions {
        token,
        api_url: settings.api_url.clone(),
        personal: match settings.personal {
            PersonalReplies::Off => PersonalPlace::Off,
            PersonalReplies::Ephemeral => PersonalPlace::Ephemeral,
            PersonalReplies::Direct => PersonalPlace::Direct,
        },
        shards: settings.shards,
        guide: guide.clone(),
    })
}
