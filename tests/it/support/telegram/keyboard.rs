//! Inline keyboards: what Telegram refuses in them.

use serde_json::Value;

use super::refusal::Refusal;
use super::request::Request;

/// Exactly one of these says what a button does.
pub(super) const ACTIONS: [&str; 10] = [
    "url",
    "callback_data",
    "web_app",
    "login_url",
    "switch_inline_query",
    "switch_inline_query_current_chat",
    "switch_inline_query_chosen_chat",
    "copy_text",
    "callback_game",
    "pay",
];

/// The inline keyboard that a bot hands in, if it hands in one with buttons.
pub(super) fn keyboard_of(request: &Request) -> Result<Option<Value>, Refusal> {
    let Some(markup) = request.structured("reply_markup") else {
        return Ok(None);
    };
    let mut is_empty = true;
    for button in buttons(markup) {
        is_empty = false;
        check(button)?;
    }
    Ok((!is_empty).then(|| markup.clone()))
}

pub(super) fn buttons(markup: &Value) -> impl Iterator<Item = &Value> {
    rows(markup).flatten()
}

pub(super) fn rows(markup: &Value) -> impl Iterator<Item = &Vec<Value>> {
    markup["inline_keyboard"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_array)
}

fn check(button: &Value) -> Result<(), Refusal> {
    let refuse = |what: &str| {
        Err(Refusal::bad_request(format!(
            "can't parse inline keyboard button: {what}"
        )))
    };
    let text = button["text"].as_str().unwrap_or_default();
    if text.trim().is_empty() {
        return refuse("Button text must be non-empty");
    }
    let action = ACTIONS
        .into_iter()
        .find(|action| !button[*action].is_null());
    if action.is_none() || button["callback_data"] == "" {
        return refuse("Text buttons are unallowed in the inline keyboard");
    }
    if let Some(data) = button["callback_data"].as_str()
        && data.len() > 64
    {
        return Err(Refusal::bad_request("BUTTON_DATA_INVALID"));
    }
    if let Some(url) = button["url"].as_str() {
        let is_known = ["http://", "https://", "tg://"]
            .iter()
            .any(|scheme| url.starts_with(scheme) && url.len() > scheme.len());
        if !is_known {
            return Err(Refusal::bad_request("BUTTON_URL_INVALID"));
        }
    }
    Ok(())
}
