//! The limits that the Bot API states in words only.

use serde_json::Value;

use super::entities::{Formatted, utf16};
use super::keyboard::{ACTIONS, buttons};
use super::profile::{
    LONGEST_DESCRIPTION, LONGEST_NAME, LONGEST_SHORT_DESCRIPTION, MOST_COMMANDS, is_command_name,
};
use super::request::Request;
use super::sending::{LONGEST_CAPTION, LONGEST_TEXT};

pub(super) fn violations(method: &str, request: &Request) -> Vec<String> {
    let mut found = Vec::new();
    let length = |field: &str| request.text(field).map(|text| text.chars().count());
    match method {
        "sendMessage" | "editMessageText" => {
            check_units(request, "text", 1..=LONGEST_TEXT, &mut found);
        }
        "sendPhoto" | "sendDocument" | "editMessageCaption" => {
            check_units(request, "caption", 0..=LONGEST_CAPTION, &mut found);
        }
        "sendMediaGroup" => check_album(request, &mut found),
        "editMessageMedia" => {
            if let Some(item) = request.structured("media") {
                check_caption(item, &mut found);
            }
        }
        "answerCallbackQuery" => check_length("text", length("text"), 200, &mut found),
        "setMyDescription" => check_length(
            "description",
            length("description"),
            LONGEST_DESCRIPTION,
            &mut found,
        ),
        "setMyShortDescription" => check_length(
            "short_description",
            length("short_description"),
            LONGEST_SHORT_DESCRIPTION,
            &mut found,
        ),
        "setMyName" => check_length("name", length("name"), LONGEST_NAME, &mut found),
        "setMyCommands" => check_commands(request, &mut found),
        "setWebhook" => check_secret(request, &mut found),
        "getUpdates" => {
            if let Some(limit) = request
                .integer("limit")
                .filter(|limit| !(1..=100).contains(limit))
            {
                found.push(format!("limit is {limit}, 1 to 100 are allowed"));
            }
        }
        _ => {}
    }
    if let Some(markup) = request.structured("reply_markup") {
        for button in buttons(markup) {
            check_button(button, &mut found);
        }
    }
    if let Some(text) = request.text("text") {
        check_deep_links(text, &mut found);
    }
    found
}

fn check_units(
    request: &Request,
    field: &str,
    allowed: std::ops::RangeInclusive<usize>,
    found: &mut Vec<String>,
) {
    // What cannot be parsed is refused; its length says nothing.
    let units = Formatted::read(request, field, "entities").map(|text| text.units());
    if let Ok(units) = units.as_ref()
        && !allowed.contains(units)
    {
        found.push(format!(
            "{field} has {units} UTF-16 units, {} to {} are allowed",
            allowed.start(),
            allowed.end()
        ));
    }
    if let Some(entities) = request.structured("entities").and_then(Value::as_array) {
        let end = utf16(request.text(field).unwrap_or_default());
        for entity in entities {
            let reach = entity["offset"].as_u64().zip(entity["length"].as_u64());
            let is_inside = reach.is_some_and(|(offset, length)| {
                usize::try_from(offset + length).is_ok_and(|reach| reach <= end)
            });
            if !is_inside {
                found.push(format!(
                    "an entity reaches beyond the {end} units of {field}"
                ));
            }
        }
    }
}

fn check_caption(item: &Value, found: &mut Vec<String>) {
    let caption = item["caption"].as_str().unwrap_or_default();
    let parsed = Formatted::parse(caption, item["parse_mode"].as_str(), None);
    if let Ok(units) = parsed.map(|caption| caption.units())
        && units > LONGEST_CAPTION
    {
        found.push(format!(
            "caption has {units} UTF-16 units, 0 to {LONGEST_CAPTION} are allowed"
        ));
    }
}

fn check_album(request: &Request, found: &mut Vec<String>) {
    let items = request.structured("media").and_then(Value::as_array);
    let count = items.map_or(0, Vec::len);
    if !(2..=10).contains(&count) {
        found.push(format!("media has {count} items, 2 to 10 are allowed"));
    }
    for item in items.into_iter().flatten() {
        check_caption(item, found);
    }
}

fn check_length(field: &str, length: Option<usize>, longest: usize, found: &mut Vec<String>) {
    if let Some(length) = length.filter(|length| *length > longest) {
        found.push(format!(
            "{field} has {length} characters, {longest} are allowed"
        ));
    }
}

fn check_commands(request: &Request, found: &mut Vec<String>) {
    let commands = request.structured("commands").and_then(Value::as_array);
    let count = commands.map_or(0, Vec::len);
    if count > MOST_COMMANDS {
        found.push(format!("{count} commands, {MOST_COMMANDS} are allowed"));
    }
    for command in commands.into_iter().flatten() {
        let name = command["command"].as_str().unwrap_or_default();
        if !is_command_name(name) {
            found.push(format!("`{name}` is no name for a command"));
        }
        let length = command["description"]
            .as_str()
            .map_or(0, |text| text.chars().count());
        if !(1..=256).contains(&length) {
            found.push(format!(
                "the description of `{name}` has {length} characters, 1 to 256 are allowed"
            ));
        }
    }
}

fn check_secret(request: &Request, found: &mut Vec<String>) {
    let Some(secret) = request.text("secret_token") else {
        return;
    };
    if !(1..=256).contains(&secret.len()) || !is_plain(secret) {
        found.push("secret_token is not 1 to 256 of A-Z, a-z, 0-9, _ and -".to_owned());
    }
}

fn check_button(button: &Value, found: &mut Vec<String>) {
    let text = button["text"].as_str().unwrap_or_default();
    if text.trim().is_empty() {
        found.push("a button has no text".to_owned());
    }
    let actions = ACTIONS
        .into_iter()
        .filter(|action| !button[*action].is_null())
        .count();
    if actions != 1 {
        found.push(format!(
            "button `{text}` has {actions} actions instead of one"
        ));
    }
    if let Some(data) = button["callback_data"].as_str()
        && !(1..=64).contains(&data.len())
    {
        found.push(format!(
            "callback_data of button `{text}` has {} bytes, 1 to 64 are allowed",
            data.len()
        ));
    }
    if let Some(url) = button["url"].as_str() {
        check_deep_links(url, found);
    }
}

/// `https://t.me/bot?start=payload` and its like for groups.
fn check_deep_links(text: &str, found: &mut Vec<String>) {
    for link in text.split("://t.me/").skip(1) {
        let link = link
            .split(|end: char| end.is_whitespace() || "\"'<>".contains(end))
            .next()
            .unwrap_or_default();
        let Some((_, query)) = link.split_once('?') else {
            continue;
        };
        for pair in query.split('&') {
            let Some((name, payload)) = pair.split_once('=') else {
                continue;
            };
            let is_payload = ["start", "startgroup"].contains(&name);
            if is_payload && !(payload.len() <= 64 && is_plain(payload)) {
                found.push(format!("`{payload}` cannot be the payload of a deep link"));
            }
        }
    }
}

fn is_plain(text: &str) -> bool {
    text.bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte))
}
