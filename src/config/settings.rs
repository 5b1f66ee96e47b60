//! All settings together, and how they are put together.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use secrecy::SecretString;

use super::reader::{Key, Reader};
use super::{
    AdviceSettings, ConfigError, DataSettings, DiscordSettings, Environment, LogSettings,
    ModelSettings, OperatorSettings, Origin, TelegramSettings, WebSettings, environment,
};

/// The file that is read when it is there and no other one is named.
const DEFAULT_FILE: &str = "dupi.toml";

/// A settings file that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettingsFile {
    pub path: PathBuf,
    pub text: String,
}

/// All settings.
#[derive(Debug, Clone)]
pub struct Settings {
    pub web: WebSettings,
    pub data: DataSettings,
    pub model: ModelSettings,
    pub telegram: TelegramSettings,
    pub discord: DiscordSettings,
    pub advice: AdviceSettings,
    pub operator: OperatorSettings,
    pub log: LogSettings,
    /// 64 hexadecimal digits; `None` leaves the key to a file in the data folder.
    pub master_key: Option<SecretString>,
    /// The settings file, if there is one.
    pub file: Option<PathBuf>,
    pub(super) origins: BTreeMap<&'static str, Origin>,
}

impl Settings {
    /// The settings of this process: `dupi.toml`, or the file that `DUPI_CONFIG` names, and the
    /// environment.
    pub fn load() -> Result<Self, ConfigError> {
        let environment = Environment::of_process()?;
        let file = SettingsFile::find(&environment)?;
        Self::new(file.as_ref(), &environment)
    }

    /// The settings of a file and an environment.
    pub fn new(
        file: Option<&SettingsFile>,
        environment: &Environment,
    ) -> Result<Self, ConfigError> {
        let known: Vec<&'static str> = Self::keys().iter().map(|key| key.name).collect();
        let text = file.map(|file| (file.path.as_path(), file.text.as_str()));
        let mut reader = Reader::new(text, environment, &known)?;
        Ok(Self {
            web: WebSettings::read(&mut reader)?,
            data: DataSettings::read(&mut reader)?,
            model: ModelSettings::read(&mut reader, environment)?,
            telegram: TelegramSettings::read(&mut reader, environment)?,
            discord: DiscordSettings::read(&mut reader, environment)?,
            advice: AdviceSettings::read(&mut reader, environment)?,
            operator: OperatorSettings::read(&mut reader)?,
            log: LogSettings::read(&mut reader)?,
            master_key: master_key(environment)?,
            file: file.map(|file| file.path.clone()),
            origins: reader.into_origins(),
        })
    }

    /// Where the value of a key (`web.address`) came from.
    pub fn origin(&self, key: &str) -> Origin {
        self.origins.get(key).copied().unwrap_or(Origin::Default)
    }

    /// Every key, table by table.
    pub(super) fn keys() -> Vec<&'static Key> {
        let mut keys: Vec<&'static Key> = Vec::new();
        keys.extend(WebSettings::KEYS);
        keys.extend(DataSettings::KEYS);
        keys.extend(ModelSettings::KEYS);
        keys.extend(TelegramSettings::KEYS);
        keys.extend(DiscordSettings::KEYS);
        keys.extend(AdviceSettings::KEYS);
        keys.extend(OperatorSettings::KEYS);
        keys.extend(LogSettings::KEYS);
        keys
    }
}

impl SettingsFile {
    /// The file that `DUPI_CONFIG` names, which must be there, or `dupi.toml`, which may be.
    fn find(environment: &Environment) -> Result<Option<Self>, ConfigError> {
        let named = environment.get(environment::CONFIG);
        let path = Path::new(named.unwrap_or(DEFAULT_FILE));
        match std::fs::read_to_string(path) {
            Ok(text) => Ok(Some(Self {
                path: path.to_owned(),
                text,
            })),
            Err(source) if source.kind() == std::io::ErrorKind::NotFound && named.is_none() => {
                Ok(None)
            }
            Err(source) => Err(ConfigError::Unreadable {
                path: path.to_owned(),
                hint: if named.is_some() {
                    "DUPI_CONFIG names it"
                } else {
                    "make it readable, or remove it"
                },
                source,
            }),
        }
    }
}

/// 32 bytes as hexadecimal digits.
fn master_key(environment: &Environment) -> Result<Option<SecretString>, ConfigError> {
    match environment.get(environment::MASTER_KEY) {
        None => Ok(None),
        Some(key) if key.len() == 64 && key.bytes().all(|byte| byte.is_ascii_hexdigit()) => {
            Ok(Some(SecretString::from(key)))
        }
        Some(_) => Err(ConfigError::BadSecret {
            key: environment::MASTER_KEY,
            hint: "it takes 64 hexadecimal digits, as `openssl rand -hex 32` prints them",
        }),
    }
}
