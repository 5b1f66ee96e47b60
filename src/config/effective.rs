//! The settings as they are in force, to be read by a person or as a `dupi.toml`.

use std::fmt::Write as _;
use std::path::Path;

use super::reader::Key;
use super::{
    AdviceSettings, DataSettings, DiscordSettings, LogSettings, ModelSettings, OperatorSettings,
    Origin, Settings, TelegramSettings, WebSettings,
};

impl Settings {
    /// TOML with the origin of each value as a comment; secrets are named, never shown.
    pub fn effective(&self) -> String {
        let mut text = match &self.file {
            Some(file) => format!("# settings file: {}\n", file.display()),
            None => "# settings file: none\n".to_owned(),
        };
        let key = match self.master_key {
            Some(_) => "set, not shown (environment, DUPI_MASTER_KEY)",
            None => "not set in the environment: kept in a file of the data folder",
        };
        writeln!(text, "# master key: {key}").expect("writing to a string succeeds");
        for (name, variable, token) in [
            ("Telegram", "TELEGRAM_BOT_TOKEN", &self.telegram.token),
            ("Discord", "DISCORD_BOT_TOKEN", &self.discord.token),
        ] {
            let state = match token {
                Some(_) => "set, not shown",
                None => "not set: no such bot",
            };
            writeln!(text, "# {name} token: {state} (environment, {variable})")
                .expect("writing to a string succeeds");
        }
        let key = match self.advice.api_key {
            Some(_) => "set, not shown",
            None => "not set: none is sent",
        };
        writeln!(
            text,
            "# language model key: {key} (environment, LLM_API_KEY)"
        )
        .expect("writing to a string succeeds");
        self.table(&mut text, &WebSettings::KEYS, self.web.values());
        self.table(&mut text, &DataSettings::KEYS, self.data.values());
        self.table(&mut text, &ModelSettings::KEYS, self.model.values());
        self.table(&mut text, &TelegramSettings::KEYS, self.telegram.values());
        self.table(&mut text, &DiscordSettings::KEYS, self.discord.values());
        self.table(&mut text, &AdviceSettings::KEYS, self.advice.values());
        self.table(&mut text, &OperatorSettings::KEYS, self.operator.values());
        self.table(&mut text, &LogSettings::KEYS, self.log.values());
        text
    }

    fn table<const N: usize>(
        &self,
        text: &mut String,
        keys: &[&'static Key; N],
        values: [Option<toml::Value>; N],
    ) {
        let table = keys[0].name.split('.').next().expect("keys have a table");
        write!(text, "\n[{table}]\n").expect("writing to a string succeeds");
        for (key, value) in keys.iter().zip(values) {
            let name = key.name.rsplit('.').next().expect("keys have a name");
            let line = match value {
                Some(value) => format!("{name} = {value} # {}", self.origin(key.name)),
                None => format!("# {name} = not set"),
            };
            writeln!(text, "{line}").expect("writing to a string succeeds");
        }
    }
}

impl std::fmt::Display for Origin {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Default => formatter.write_str("default"),
            Self::File => formatter.write_str("file"),
            Self::Environment(name) => write!(formatter, "environment, {name}"),
        }
    }
}

/// A path in TOML. All paths come out of text, so none is lost.
pub(super) fn path_value(path: &Path) -> toml::Value {
    toml::Value::String(path.to_string_lossy().into_owned())
}
