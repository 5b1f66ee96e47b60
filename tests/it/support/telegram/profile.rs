//! How the bot presents itself: commands, descriptions and name, by language.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::refusal::{Answer, Refusal};
use super::request::Request;

pub(super) const MOST_COMMANDS: usize = 100;
pub(super) const LONGEST_DESCRIPTION: usize = 512;
pub(super) const LONGEST_SHORT_DESCRIPTION: usize = 120;
pub(super) const LONGEST_NAME: usize = 64;

/// The texts that a bot has one of for each language.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) enum Line {
    Name,
    Description,
    ShortDescription,
}

#[derive(Debug, Default)]
pub(super) struct Profile {
    /// By scope and language.
    commands: BTreeMap<(String, String), Value>,
    lines: BTreeMap<(Line, String), String>,
    menu_button: Option<Value>,
}

impl Profile {
    pub(super) fn set_commands(&mut self, request: &Request) -> Answer {
        let commands = request
            .structured("commands")
            .and_then(Value::as_array)
            .cloned()
            .unwrap_or_default();
        if commands.len() > MOST_COMMANDS {
            return Err(Refusal::bad_request("BOT_COMMANDS_TOO_MUCH"));
        }
        for command in &commands {
            if !is_command_name(command["command"].as_str().unwrap_or_default()) {
                return Err(Refusal::bad_request("BOT_COMMAND_INVALID"));
            }
            let description = command["description"].as_str().unwrap_or_default();
            if !(1..=256).contains(&description.chars().count()) {
                return Err(Refusal::bad_request("BOT_COMMAND_DESCRIPTION_INVALID"));
            }
        }
        let key = (scope(request), language(request));
        self.commands.insert(key, commands.into());
        Ok(true.into())
    }

    pub(super) fn commands(&self, request: &Request) -> Value {
        self.commands
            .get(&(scope(request), language(request)))
            .cloned()
            .unwrap_or_else(|| json!([]))
    }

    pub(super) fn delete_commands(&mut self, request: &Request) -> Value {
        self.commands.remove(&(scope(request), language(request)));
        true.into()
    }

    pub(super) fn set_line(&mut self, line: Line, request: &Request) -> Answer {
        let text = request.text(line.field()).unwrap_or_default();
        if text.chars().count() > line.longest() {
            return Err(Refusal::bad_request(line.refusal()));
        }
        let key = (line, language(request));
        if text.is_empty() {
            self.lines.remove(&key);
        } else {
            self.lines.insert(key, text.to_owned());
        }
        Ok(true.into())
    }

    /// For the language asked for, or what there is for the others.
    pub(super) fn line(&self, line: Line, request: &Request) -> Value {
        let text = self
            .lines
            .get(&(line, language(request)))
            .or_else(|| self.lines.get(&(line, String::new())));
        let missing = if line == Line::Name { "Dupi" } else { "" };
        json!({ line.field(): text.map_or(missing, String::as_str) })
    }

    pub(super) fn set_menu_button(&mut self, request: &Request) -> Value {
        self.menu_button = request.structured("menu_button").cloned();
        true.into()
    }

    pub(super) fn menu_button(&self) -> Value {
        self.menu_button
            .clone()
            .unwrap_or_else(|| json!({ "type": "commands" }))
    }
}

impl Line {
    fn field(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Description => "description",
            Self::ShortDescription => "short_description",
        }
    }

    fn longest(self) -> usize {
        match self {
            Self::Name => LONGEST_NAME,
            Self::Description => LONGEST_DESCRIPTION,
            Self::ShortDescription => LONGEST_SHORT_DESCRIPTION,
        }
    }

    fn refusal(self) -> &'static str {
        match self {
            Self::Name => "BOT_TITLE_INVALID",
            Self::Description => "BOT_DESCRIPTION_TOO_LONG",
            Self::ShortDescription => "BOT_SHORT_DESCRIPTION_TOO_LONG",
        }
    }
}

pub(super) fn is_command_name(name: &str) -> bool {
    (1..=32).contains(&name.len())
        && name
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
}

fn scope(request: &Request) -> String {
    request
        .structured("scope")
        .map_or_else(|| json!({ "type": "default" }), Clone::clone)
        .to_string()
}

fn language(request: &Request) -> String {
    request.text("language_code").unwrap_or_default().to_owned()
}
