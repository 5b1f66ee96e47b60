//! The register of methods: how they are written and who carries them out.

use serde_json::{Value, json};

use super::profile::Line;
use super::refusal::{Answer, Refusal};
use super::request::Request;
use super::state::{ChatKind, State, bot_as_json};
use super::{editing, sending};

/// What the stand-in models, `getUpdates` included.
const METHODS: [&str; 30] = [
    "getMe",
    "getUpdates",
    "setWebhook",
    "deleteWebhook",
    "getWebhookInfo",
    "setMyCommands",
    "getMyCommands",
    "deleteMyCommands",
    "setMyDescription",
    "getMyDescription",
    "setMyShortDescription",
    "getMyShortDescription",
    "setMyName",
    "getMyName",
    "setChatMenuButton",
    "sendMessage",
    "sendPhoto",
    "sendMediaGroup",
    "sendDocument",
    "editMessageText",
    "editMessageCaption",
    "editMessageReplyMarkup",
    "editMessageMedia",
    "deleteMessage",
    "answerCallbackQuery",
    "sendChatAction",
    "getFile",
    "getChat",
    "getChatMenuButton",
    "leaveChat",
];

/// The documented spelling; Telegram itself does not mind upper and lower case.
pub(super) fn documented(method: &str) -> Option<&'static str> {
    METHODS
        .into_iter()
        .find(|known| known.eq_ignore_ascii_case(method))
}

/// Everything but `getUpdates`, which waits.
pub(super) fn carried_out(state: &mut State, method: &str, request: &Request) -> Answer {
    match method {
        "getMe" => Ok(me(state)),
        "setWebhook" => state.mailbox.set_webhook(request),
        "deleteWebhook" => Ok(state.mailbox.delete_webhook(request)),
        "getWebhookInfo" => Ok(state.mailbox.webhook_info()),
        "setMyCommands" => state.profile.set_commands(request),
        "getMyCommands" => Ok(state.profile.commands(request)),
        "deleteMyCommands" => Ok(state.profile.delete_commands(request)),
        "setMyDescription" => state.profile.set_line(Line::Description, request),
        "getMyDescription" => Ok(state.profile.line(Line::Description, request)),
        "setMyShortDescription" => state.profile.set_line(Line::ShortDescription, request),
        "getMyShortDescription" => Ok(state.profile.line(Line::ShortDescription, request)),
        "setMyName" => state.profile.set_line(Line::Name, request),
        "getMyName" => Ok(state.profile.line(Line::Name, request)),
        "setChatMenuButton" => Ok(state.profile.set_menu_button(request)),
        "getChatMenuButton" => Ok(state.profile.menu_button()),
        "sendMessage" => sending::send_message(state, request),
        "sendPhoto" => sending::send_photo(state, request),
        "sendMediaGroup" => sending::send_media_group(state, request),
        "sendDocument" => sending::send_document(state, request),
        "sendChatAction" => sending::send_chat_action(state, request),
        "editMessageText" => editing::edit_text(state, request),
        "editMessageCaption" => editing::edit_caption(state, request),
        "editMessageReplyMarkup" => editing::edit_keyboard(state, request),
        "editMessageMedia" => editing::edit_media(state, request),
        "deleteMessage" => editing::delete(state, request),
        "answerCallbackQuery" => editing::answer_press(state, request),
        "getFile" => state
            .files
            .described(request.text("file_id").unwrap_or_default()),
        "getChat" => chat(state, request),
        "leaveChat" => leave(state, request),
        _ => {
            state
                .violations
                .push(format!("{method}: the stand-in has no such method"));
            Err(Refusal::unknown_method())
        }
    }
}

fn me(state: &State) -> Value {
    let mut me = bot_as_json();
    for (ability, value) in [
        ("can_join_groups", true),
        ("can_read_all_group_messages", !state.has_privacy_mode),
        ("supports_inline_queries", false),
        ("can_connect_to_business", false),
        ("has_main_web_app", false),
    ] {
        me[ability] = value.into();
    }
    me
}

fn chat(state: &State, request: &Request) -> Answer {
    let id = state.entered(request)?;
    let mut chat = state.chat_as_json(id);
    chat["accent_color_id"] = 1.into();
    chat["max_reaction_count"] = 11.into();
    chat["accepted_gift_types"] = json!({
        "unlimited_gifts": false,
        "limited_gifts": false,
        "unique_gifts": false,
        "premium_subscription": false,
        "gifts_from_channels": false,
    });
    Ok(chat)
}

fn leave(state: &mut State, request: &Request) -> Answer {
    let id = state.entered(request)?;
    let chat = state.chat_mut(id);
    if matches!(chat.kind, ChatKind::Private { .. }) {
        return Err(Refusal::bad_request("chat not found"));
    }
    chat.standing = super::state::Standing::Blocked;
    Ok(true.into())
}
