//! `[telegram]`: the Telegram bot.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use secrecy::SecretString;

use super::api_address::{is_secret_text, read_api_address};
use super::reader::{Key, Reader};
use super::{ConfigError, Environment, environment};

const API_URL: Key = Key::or_variable("telegram.api_url", environment::TELEGRAM_API_URL);
const WEBHOOK_URL: Key = Key::new("telegram.webhook_url");
const WEBHOOK_ADDRESS: Key = Key::new("telegram.webhook_address");

/// The Telegram bot.
#[derive(Debug, Clone)]
pub struct TelegramSettings {
    /// As BotFather gave it; without one there is no Telegram bot. Only from the environment.
    pub token: Option<SecretString>,
    /// Where the Bot API is; another one for a Bot API server of one's own.
    pub api_url: String,
    /// The public https address that Telegram calls. Without one updates are fetched (long polling).
    pub webhook_url: Option<String>,
    /// Where calls to the webhook arrive on this machine, from a proxy that speaks https.
    pub webhook_address: SocketAddr,
}

impl Default for TelegramSettings {
    fn default() -> Self {
        Self {
            token: None,
            api_url: "https://api.telegram.org".to_owned(),
            webhook_url: None,
            webhook_address: SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 8443),
        }
    }
}

impl TelegramSettings {
    pub(super) const KEYS: [&'static Key; 3] = [&API_URL, &WEBHOOK_URL, &WEBHOOK_ADDRESS];

    pub(super) fn read(
        reader: &mut Reader<'_>,
        environment: &Environment,
    ) -> Result<Self, ConfigError> {
        let defaults = Self::default();
        let api_url = read_api_address(reader, &API_URL)?.unwrap_or(defaults.api_url);
        let webhook_url = match reader.text(&WEBHOOK_URL)? {
            Some(found) if !found.text.starts_with("https://") => {
                return Err(found.bad("Telegram calls https addresses only: `https://…/telegram`"));
            }
            found => found.map(|found| found.text),
        };
        let webhook_address = match reader.text(&WEBHOOK_ADDRESS)? {
            None => defaults.webhook_address,
            Some(found) => match found.text.parse() {
                Ok(address) => address,
                Err(_) => {
                    return Err(found.bad("write an address and a port, as `127.0.0.1:8443`"));
                }
            },
        };
        Ok(Self {
            token: token(environment)?,
            api_url,
            webhook_url,
            webhook_address,
        })
    }

    pub(super) fn values(&self) -> [Option<toml::Value>; 3] {
        [
            Some(self.api_url.clone().into()),
            self.webhook_url.clone().map(Into::into),
            Some(self.webhook_address.to_string().into()),
        ]
    }
}

/// Digits, a colon, and a secret.
fn token(environment: &Environment) -> Result<Option<SecretString>, ConfigError> {
    let Some(token) = environment.get(environment::TELEGRAM_BOT_TOKEN) else {
        return Ok(None);
    };
    let is_token = token.split_once(':').is_some_and(|(id, secret)| {
        !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_digit()) && is_secret_text(secret)
    });
    if is_token {
        Ok(Some(SecretString::from(token)))
    } else {
        Err(ConfigError::BadSecret {
            key: environment::TELEGRAM_BOT_TOKEN,
            hint: "copy the whole token from BotFather: digits, a colon, letters and digits",
        })
    }
}
