//! The methods that change what stands in a chat already, and the answers to presses.

use serde_json::Value;

use super::entities::Formatted;
use super::keyboard::keyboard_of;
use super::refusal::{Answer, Refusal};
use super::request::Request;
use super::seen::{Manner, Notice};
use super::sending::{LONGEST_TEXT, caption, medium};
use super::state::{BOT, Body, ChatKind, Entry, Posted, State};

const NOT_MODIFIED: &str = "message is not modified: specified new message content and reply \
    markup are exactly the same as a current content and reply markup of the message";

pub(super) fn edit_text(state: &mut State, request: &Request) -> Answer {
    let current = editable(state, request)?;
    if current.body != Body::Nothing {
        return Err(Refusal::bad_request(
            "there is no text in the message to edit",
        ));
    }
    let text = Formatted::read(request, "text", "entities")?;
    if text.plain.is_empty() {
        return Err(Refusal::bad_request("message text is empty"));
    }
    if text.units() > LONGEST_TEXT {
        return Err(Refusal::bad_request("MESSAGE_TOO_LONG"));
    }
    let keyboard = keyboard_of(request)?;
    put_in_place(
        state,
        &current,
        Posted {
            text,
            keyboard,
            ..current.clone()
        },
    )
}

pub(super) fn edit_caption(state: &mut State, request: &Request) -> Answer {
    let current = editable(state, request)?;
    if !matches!(current.body, Body::Photo(_) | Body::Document(_)) {
        return Err(Refusal::bad_request(
            "there is no caption in the message to edit",
        ));
    }
    let text = caption(request)?;
    let keyboard = keyboard_of(request)?;
    put_in_place(
        state,
        &current,
        Posted {
            text,
            keyboard,
            ..current.clone()
        },
    )
}

pub(super) fn edit_keyboard(state: &mut State, request: &Request) -> Answer {
    let current = editable(state, request)?;
    let keyboard = keyboard_of(request)?;
    put_in_place(
        state,
        &current,
        Posted {
            keyboard,
            ..current.clone()
        },
    )
}

pub(super) fn edit_media(state: &mut State, request: &Request) -> Answer {
    let current = editable(state, request)?;
    let item = request
        .structured("media")
        .ok_or_else(|| Refusal::bad_request("input media is not specified"))?;
    let keyboard = keyboard_of(request)?;
    let (body, text) = medium(state, request, item)?;
    put_in_place(
        state,
        &current,
        Posted {
            text,
            body,
            keyboard,
            ..current.clone()
        },
    )
}

pub(super) fn delete(state: &mut State, request: &Request) -> Answer {
    let chat = state.entered(request)?;
    let id = message_id(request)?;
    let Some(posted) = state.message(chat, id) else {
        return Err(Refusal::bad_request("message to delete not found"));
    };
    let is_private = matches!(state.chat(chat).kind, ChatKind::Private { .. });
    if posted.author != BOT && !is_private {
        return Err(Refusal::bad_request("message can't be deleted"));
    }
    state.chat_mut(chat).log.retain(|entry| match entry {
        Entry::Posted(posted) => posted.id != id,
        Entry::Noticed(_) => true,
    });
    Ok(true.into())
}

pub(super) fn answer_press(state: &mut State, request: &Request) -> Answer {
    let id = request.text("callback_query_id").unwrap_or_default();
    let Some(query) = state.queries.get_mut(id).filter(|query| !query.is_answered) else {
        return Err(Refusal::bad_request(
            "query is too old and response timeout expired or query ID is invalid",
        ));
    };
    let text = request.text("text").unwrap_or_default();
    if text.chars().count() > 200 {
        return Err(Refusal::bad_request("MESSAGE_TOO_LONG"));
    }
    query.is_answered = true;
    let chat = query.chat;
    if !text.is_empty() {
        let manner = if request.flag("show_alert") {
            Manner::Alert
        } else {
            Manner::Toast
        };
        state.chat_mut(chat).log.push(Entry::Noticed(Notice {
            text: text.to_owned(),
            manner,
        }));
    }
    Ok(true.into())
}

fn message_id(request: &Request) -> Result<i64, Refusal> {
    request
        .integer("message_id")
        .ok_or_else(|| Refusal::bad_request("message identifier is not specified"))
}

/// The message that the bot means, as it is now, if it may change it.
fn editable(state: &State, request: &Request) -> Result<Posted, Refusal> {
    let id = message_id(request)?;
    let chat = state.entered(request)?;
    let posted = state
        .message(chat, id)
        .ok_or_else(|| Refusal::bad_request("message to edit not found"))?;
    if posted.author != BOT {
        return Err(Refusal::bad_request("message can't be edited"));
    }
    Ok(posted.clone())
}

fn put_in_place(state: &mut State, current: &Posted, new: Posted) -> Answer {
    if (&current.text, &current.body, &current.keyboard) == (&new.text, &new.body, &new.keyboard) {
        return Err(Refusal::bad_request(NOT_MODIFIED));
    }
    let new = Posted {
        edited: Some(state.now()),
        ..new
    };
    let shown: Value = state.message_as_json(&new);
    let place = state
        .message_mut(new.chat, new.id)
        .expect("the message was found a moment ago");
    *place = new;
    Ok(shown)
}
