//! The settings: built-in defaults, then `dupi.toml`, then the environment.
//!
//! The only reader of the environment. What is unknown or wrong is refused at the start, naming
//! the key, the value (never a secret) and a hint; nothing is guessed and nothing is ignored.
//! Nothing here opens a database, a model or a port. Begin at [`Settings::load`]; one file per
//! concern holds its keys, their meaning and their defaults.

mod advice;
mod api_address;
mod data;
mod discord;
mod effective;
mod environment;
mod error;
mod log;
mod model;
mod operator;
mod reader;
mod settings;
mod telegram;
mod web;

pub use advice::{AdviceLanguage, AdviceMode, AdviceSettings, AdviceTemplate};
pub use data::DataSettings;
pub use discord::{DiscordSettings, PersonalReplies};
pub use environment::Environment;
pub use error::ConfigError;
pub use log::LogSettings;
pub use model::{DeviceChoice, ModelSettings, RuntimeChoice};
pub use operator::OperatorSettings;
pub use reader::Origin;
pub use settings::{Settings, SettingsFile};
pub use telegram::TelegramSettings;
pub use web::WebSettings;
