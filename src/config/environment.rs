//! The environment variables that Dupi knows, and the one place that reads them.

use std::collections::BTreeMap;
use std::ffi::OsString;

use super::ConfigError;
use super::error::nearest;

pub(super) const CONFIG: &str = "DUPI_CONFIG";
pub(super) const DATA_DIR: &str = "DUPI_DATA_DIR";
pub(super) const WEB_ADDR: &str = "DUPI_WEB_ADDR";
pub(super) const MASTER_KEY: &str = "DUPI_MASTER_KEY";
pub(super) const TELEGRAM_BOT_TOKEN: &str = "TELEGRAM_BOT_TOKEN";
pub(super) const TELEGRAM_API_URL: &str = "TELEGRAM_API_URL";
pub(super) const DISCORD_BOT_TOKEN: &str = "DISCORD_BOT_TOKEN";
pub(super) const DISCORD_API_URL: &str = "DISCORD_API_URL";
pub(super) const LLM_BASE_URL: &str = "LLM_BASE_URL";
pub(super) const LLM_MODEL: &str = "LLM_MODEL";
pub(super) const LLM_API_KEY: &str = "LLM_API_KEY";
pub(super) const ORT_DYLIB_PATH: &str = "ORT_DYLIB_PATH";
pub(super) const RUST_LOG: &str = "RUST_LOG";
pub(super) const VIRTUAL_ENV: &str = "VIRTUAL_ENV";
pub(super) const CONDA_PREFIX: &str = "CONDA_PREFIX";

/// Every variable that is read; nothing else is.
const KNOWN: [&str; 15] = [
    CONFIG,
    DATA_DIR,
    WEB_ADDR,
    MASTER_KEY,
    TELEGRAM_BOT_TOKEN,
    TELEGRAM_API_URL,
    DISCORD_BOT_TOKEN,
    DISCORD_API_URL,
    LLM_BASE_URL,
    LLM_MODEL,
    LLM_API_KEY,
    ORT_DYLIB_PATH,
    RUST_LOG,
    VIRTUAL_ENV,
    CONDA_PREFIX,
];

/// Variables of this beginning are ours: an unknown one is a slip of the pen.
const OURS: &str = "DUPI_";

/// The known variables that are set to something. An empty one counts as not set.
#[derive(Clone, Default)]
pub struct Environment(BTreeMap<&'static str, String>);

/// Values may be secret: only the names are shown.
impl std::fmt::Debug for Environment {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_set().entries(self.0.keys()).finish()
    }
}

impl Environment {
    /// The environment of this process.
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the place that reads the environment"
    )]
    pub fn of_process() -> Result<Self, ConfigError> {
        Self::new(std::env::vars_os())
    }

    /// Picks the known variables; an unknown one that begins with `DUPI_` is refused.
    pub fn new(
        variables: impl IntoIterator<Item = (OsString, OsString)>,
    ) -> Result<Self, ConfigError> {
        let mut known = BTreeMap::new();
        for (name, value) in variables {
            let Some(name) = name.to_str() else { continue };
            let Some(variable) = KNOWN.into_iter().find(|known| *known == name) else {
                if name.starts_with(OURS) {
                    return Err(ConfigError::UnknownVariable {
                        name: name.to_owned(),
                        nearest: nearest(name, KNOWN),
                    });
                }
                continue;
            };
            let value = value
                .into_string()
                .map_err(|_| ConfigError::NotText { name: variable })?;
            if !value.is_empty() {
                known.insert(variable, value);
            }
        }
        Ok(Self(known))
    }

    /// The value of a variable, if it is set to something.
    pub(super) fn get(&self, name: &'static str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }
}
