//! `[log]`: how much is logged, on the standard error.

use tracing_subscriber::EnvFilter;

use super::reader::{Key, Reader};
use super::{ConfigError, environment};

const FILTER: Key = Key::or_variable("log.filter", environment::RUST_LOG);

/// How much is logged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogSettings {
    /// A filter of `tracing`, known to be valid: `warn,dupi=info`.
    pub filter: String,
}

impl Default for LogSettings {
    fn default() -> Self {
        Self {
            filter: "warn,dupi=info".to_owned(),
        }
    }
}

impl LogSettings {
    pub(super) const KEYS: [&'static Key; 1] = [&FILTER];

    pub(super) fn read(reader: &mut Reader<'_>) -> Result<Self, ConfigError> {
        match reader.text(&FILTER)? {
            None => Ok(Self::default()),
            Some(found) => {
                match EnvFilter::try_new(&found.text) {
                    Ok(_) => Ok(Self { filter: found.text }),
                    Err(_) => Err(found
                        .bad("write levels, for all or by module, as `warn` or `warn,dupi=debug`")),
                }
            }
        }
    }

    pub(super) fn values(&self) -> [Option<toml::Value>; 1] {
        [Some(self.filter.clone().into())]
    }
}
