//! `[discord]`: the Discord bot.

use std::num::NonZeroUsize;

use secrecy::SecretString;

use super::api_address::{is_secret_text, read_api_address};
use super::reader::{Key, Reader};
use super::{ConfigError, Environment, environment};

const API_URL: Key = Key::or_variable("discord.api_url", environment::DISCORD_API_URL);
const PERSONAL: Key = Key::new("discord.personal");
const SHARDS: Key = Key::new("discord.shards");

/// How many shards may be asked for; Discord wants about one for each 1,000 to 2,500 servers.
const MOST_SHARDS: usize = 4_096;

/// Where what is personal goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PersonalReplies {
    /// Nowhere: Discord gives general tips only.
    Off,
    /// On a server in replies that only the person sees; in a direct message otherwise.
    Ephemeral,
    /// In direct messages only.
    Direct,
}

impl PersonalReplies {
    const ALL: [Self; 3] = [Self::Off, Self::Ephemeral, Self::Direct];

    const fn id(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Ephemeral => "ephemeral",
            Self::Direct => "dm",
        }
    }
}

/// The Discord bot.
#[derive(Debug, Clone)]
pub struct DiscordSettings {
    /// As the Developer Portal gave it; without one there is no Discord bot. Only from the environment.
    pub token: Option<SecretString>,
    /// Where the API is, without `/api/v10`; left out, Discord's own.
    pub api_url: Option<String>,
    pub personal: PersonalReplies,
    /// How many gateway connections share the servers; left out, as many as Discord recommends.
    pub shards: Option<NonZeroUsize>,
}

impl Default for DiscordSettings {
    fn default() -> Self {
        Self {
            token: None,
            api_url: None,
            personal: PersonalReplies::Ephemeral,
            shards: None,
        }
    }
}

impl DiscordSettings {
    pub(super) const KEYS: [&'static Key; 3] = [&API_URL, &PERSONAL, &SHARDS];

    pub(super) fn read(
        reader: &mut Reader<'_>,
        environment: &Environment,
    ) -> Result<Self, ConfigError> {
        let personal = match reader.text(&PERSONAL)? {
            None => PersonalReplies::Ephemeral,
            Some(found) => {
                let known = PersonalReplies::ALL
                    .into_iter()
                    .find(|personal| personal.id() == found.text);
                match known {
                    Some(personal) => personal,
                    None => return Err(found.bad("write \"off\", \"ephemeral\" or \"dm\"")),
                }
            }
        };
        Ok(Self {
            token: token(environment)?,
            api_url: read_api_address(reader, &API_URL)?,
            personal,
            shards: reader.number(&SHARDS, MOST_SHARDS)?,
        })
    }

    pub(super) fn values(&self) -> [Option<toml::Value>; 3] {
        let shards = self.shards.map(NonZeroUsize::get);
        [
            self.api_url.clone().map(Into::into),
            Some(self.personal.id().into()),
            shards
                .and_then(|shards| i64::try_from(shards).ok())
                .map(Into::into),
        ]
    }
}

fn token(environment: &Environment) -> Result<Option<SecretString>, ConfigError> {
    match environment.get(environment::DISCORD_BOT_TOKEN) {
        None => Ok(None),
        Some(token) if is_secret_text(token) => Ok(Some(SecretString::from(token))),
        Some(_) => Err(ConfigError::BadSecret {
            key: environment::DISCORD_BOT_TOKEN,
            hint: "copy the whole token from the Developer Portal, page Bot, without `Bot ` before it",
        }),
    }
}
