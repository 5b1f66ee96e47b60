//! The methods that put something new into a chat.

use serde_json::Value;

use super::entities::Formatted;
use super::keyboard::keyboard_of;
use super::refusal::{Answer, Refusal};
use super::request::Request;
use super::state::{BOT, Body, ChatKind, Posted, State};

pub(super) const LONGEST_TEXT: usize = 4096;
pub(super) const LONGEST_CAPTION: usize = 1024;
const ACTIONS: [&str; 11] = [
    "typing",
    "upload_photo",
    "record_video",
    "upload_video",
    "record_voice",
    "upload_voice",
    "upload_document",
    "choose_sticker",
    "find_location",
    "record_video_note",
    "upload_video_note",
];

pub(super) fn send_message(state: &mut State, request: &Request) -> Answer {
    let chat = state.entered(request)?;
    let text = Formatted::read(request, "text", "entities")?;
    if text.plain.is_empty() {
        return Err(Refusal::bad_request("message text is empty"));
    }
    if text.units() > LONGEST_TEXT {
        return Err(Refusal::bad_request("message is too long"));
    }
    let posted = Posted {
        text,
        keyboard: keyboard_of(request)?,
        ..addressed(state, request, chat)?
    };
    Ok(state.post(posted))
}

pub(super) fn send_photo(state: &mut State, request: &Request) -> Answer {
    let chat = state.entered(request)?;
    let posted = Posted {
        text: caption(request)?,
        keyboard: keyboard_of(request)?,
        ..addressed(state, request, chat)?
    };
    let photo = state.files.photo_from(request, request.text("photo"))?;
    Ok(state.post(Posted {
        body: Body::Photo(photo),
        ..posted
    }))
}

pub(super) fn send_document(state: &mut State, request: &Request) -> Answer {
    let chat = state.entered(request)?;
    let posted = Posted {
        text: caption(request)?,
        keyboard: keyboard_of(request)?,
        ..addressed(state, request, chat)?
    };
    let document = state
        .files
        .document_from(request, request.text("document"))?;
    Ok(state.post(Posted {
        body: Body::Document(document),
        ..posted
    }))
}

pub(super) fn send_media_group(state: &mut State, request: &Request) -> Answer {
    let chat = state.entered(request)?;
    let media = request
        .structured("media")
        .and_then(Value::as_array)
        .ok_or_else(|| Refusal::bad_request("there must be at least one message to send"))?
        .clone();
    if media.is_empty() {
        return Err(Refusal::bad_request(
            "there must be at least one message to send",
        ));
    }
    if media.len() > 10 {
        return Err(Refusal::bad_request(
            "Too much messages to send as an album",
        ));
    }
    let envelope = addressed(state, request, chat)?;
    let mut album = Vec::new();
    for item in &media {
        let (body, text) = medium(state, request, item)?;
        album.push(Posted {
            text,
            body,
            ..envelope.clone()
        });
    }
    let id = state.next_number().to_string();
    Ok(album
        .into_iter()
        .map(|posted| {
            state.post(Posted {
                album: Some(id.clone()),
                ..posted
            })
        })
        .collect())
}

pub(super) fn send_chat_action(state: &State, request: &Request) -> Answer {
    state.entered(request)?;
    match request.text("action") {
        Some(action) if ACTIONS.contains(&action) => Ok(true.into()),
        _ => Err(Refusal::bad_request("wrong parameter action in request")),
    }
}

/// A photo or a file with its caption, from an `InputMedia`.
pub(super) fn medium(
    state: &mut State,
    request: &Request,
    item: &Value,
) -> Result<(Body, Formatted), Refusal> {
    let reference = Some(item["media"].as_str().unwrap_or_default());
    let body = match item["type"].as_str() {
        Some("photo") => Body::Photo(state.files.photo_from(request, reference)?),
        Some("document") => Body::Document(state.files.document_from(request, reference)?),
        _ => {
            return Err(Refusal::bad_request(
                "can't parse InputMedia: the stand-in knows photos and documents",
            ));
        }
    };
    let text = Formatted::parse(
        item["caption"].as_str().unwrap_or_default(),
        item["parse_mode"].as_str(),
        item.get("caption_entities"),
    )?;
    Ok((body, not_too_long(text)?))
}

pub(super) fn caption(request: &Request) -> Result<Formatted, Refusal> {
    not_too_long(Formatted::read(request, "caption", "caption_entities")?)
}

fn not_too_long(caption: Formatted) -> Result<Formatted, Refusal> {
    if caption.units() > LONGEST_CAPTION {
        return Err(Refusal::bad_request("message caption is too long"));
    }
    Ok(caption)
}

/// An empty message for the chat, in the topic and as the reply that the bot wants.
fn addressed(state: &State, request: &Request, chat: i64) -> Result<Posted, Refusal> {
    let thread = request.integer("message_thread_id");
    if thread.is_some() && !matches!(state.chat(chat).kind, ChatKind::Forum { .. }) {
        return Err(Refusal::bad_request("message thread not found"));
    }
    let mut replies_to = None;
    if let Some(reply) = request.structured("reply_parameters") {
        let id = reply["message_id"].as_i64().unwrap_or_default();
        if state.message(chat, id).is_some() {
            replies_to = Some(id);
        } else if reply["allow_sending_without_reply"] != true {
            return Err(Refusal::bad_request("message to be replied not found"));
        }
    }
    Ok(Posted {
        chat,
        author: BOT,
        thread,
        replies_to,
        ..Posted::default()
    })
}
