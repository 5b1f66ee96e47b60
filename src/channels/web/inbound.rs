//! What a person does on the page, handed in at the desk.
//!
//! Every post carries an id that the page made: when an answer is lost on the way and the page
//! posts again, nothing happens twice.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::extract::rejection::JsonRejection;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};

use super::refusal::Refusal;
use super::session::Session;
use super::{Web, language};
use crate::domain::consultation::Button;
use crate::domain::scalp::{Choice, Question};
use crate::ports::{Address, ConversationId, Inbound, InboundId, InboundWhat, Received};

/// The most choices that any question takes.
const MOST_CHOICES: usize = 64;

#[derive(Deserialize)]
pub(super) struct Opened {
    id: String,
}

#[derive(Deserialize)]
pub(super) struct Said {
    id: String,
    text: String,
}

#[derive(Deserialize)]
pub(super) struct Pressed {
    id: String,
    token: String,
}

#[derive(Deserialize)]
pub(super) struct Chosen {
    id: String,
    question: String,
    choices: Vec<String>,
}

/// The answer to a post that was taken in.
#[derive(Debug, Serialize)]
pub(super) struct Taken {
    result: &'static str,
}

/// A post's body, or the refusal of a body that no page of ours sends.
type Body<T> = Result<Json<T>, JsonRejection>;

/// Begins a conversation for a browser that has none, with a new session; otherwise changes
/// nothing. A cookie whose conversation was erased is never used again.
pub(super) async fn open(
    State(web): State<Arc<Web>>,
    headers: HeaderMap,
    body: Body<Opened>,
) -> Result<Response, Refusal> {
    let Json(opened) = understood(body)?;
    if conversation(&web, &headers).await?.is_some() {
        return Ok(Json(Taken { result: "open" }).into_response());
    }
    let session = Session::new(web.channel.ids.as_ref());
    let what = InboundWhat::Opened {
        language: language::asked_for(&headers),
    };
    let taken = hand_in(&web, session.address(), &opened.id, what).await?;
    let mut response = Json(taken).into_response();
    response
        .headers_mut()
        .insert(header::SET_COOKIE, session.cookie());
    Ok(response)
}

pub(super) async fn say(
    State(web): State<Arc<Web>>,
    headers: HeaderMap,
    body: Body<Said>,
) -> Result<Json<Taken>, Refusal> {
    let Json(said) = understood(body)?;
    let (_, address) = own(&web, &headers).await?;
    let taken = hand_in(&web, address, &said.id, InboundWhat::Said(said.text)).await?;
    Ok(Json(taken))
}

pub(super) async fn press(
    State(web): State<Arc<Web>>,
    headers: HeaderMap,
    body: Body<Pressed>,
) -> Result<Json<Taken>, Refusal> {
    let Json(pressed) = understood(body)?;
    let button = Button::from_token(&pressed.token).ok_or(Refusal::NotUnderstood)?;
    let (_, address) = own(&web, &headers).await?;
    let taken = hand_in(&web, address, &pressed.id, InboundWhat::Pressed(button)).await?;
    Ok(Json(taken))
}

pub(super) async fn choose(
    State(web): State<Arc<Web>>,
    headers: HeaderMap,
    body: Body<Chosen>,
) -> Result<Json<Taken>, Refusal> {
    let Json(chosen) = understood(body)?;
    let question = Question::from_id(&chosen.question).ok_or(Refusal::NotUnderstood)?;
    if chosen.choices.len() > MOST_CHOICES {
        return Err(Refusal::NotUnderstood);
    }
    let choices: BTreeSet<Choice> = chosen
        .choices
        .iter()
        .map(|id| Choice::from_id(id).filter(|choice| choice.question() == question))
        .collect::<Option<_>>()
        .ok_or(Refusal::NotUnderstood)?;
    let (_, address) = own(&web, &headers).await?;
    let what = InboundWhat::Chosen { question, choices };
    Ok(Json(hand_in(&web, address, &chosen.id, what).await?))
}

/// Hands something in at the desk under the id that the page made for it.
pub(super) async fn hand_in(
    web: &Web,
    address: Address,
    id: &str,
    what: InboundWhat,
) -> Result<Taken, Refusal> {
    let well_formed = (1..=64).contains(&id.len())
        && id
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    if !well_formed {
        return Err(Refusal::NotUnderstood);
    }
    let inbound = Inbound {
        address,
        // Apart from the ids of effects, whatever a page sends.
        id: InboundId(format!("web:{id}")),
        what,
        notes: Vec::new(),
    };
    match web.channel.desk.receive(inbound).await {
        Ok(Received::Accepted) => Ok(Taken { result: "accepted" }),
        Ok(Received::Repeated | Received::Unknown) => Ok(Taken { result: "repeated" }),
        Ok(Received::PhotoTurnedAway(_)) => Ok(Taken {
            result: "photo_turned_away",
        }),
        Err(error) => Err(Refusal::of_store(&error)),
    }
}

/// The conversation that the request's session belongs to, with its address.
pub(super) async fn own(
    web: &Web,
    headers: &HeaderMap,
) -> Result<(ConversationId, Address), Refusal> {
    conversation(web, headers)
        .await?
        .ok_or(Refusal::NoConversation)
}

async fn conversation(
    web: &Web,
    headers: &HeaderMap,
) -> Result<Option<(ConversationId, Address)>, Refusal> {
    let Some(session) = Session::of(headers) else {
        return Ok(None);
    };
    let address = session.address();
    match web.channel.desk.conversation(&address).await {
        Ok(found) => Ok(found.map(|id| (id, address))),
        Err(error) => Err(Refusal::of_store(&error)),
    }
}

fn understood<T>(body: Body<T>) -> Result<Json<T>, Refusal> {
    body.map_err(|rejection| match rejection {
        JsonRejection::BytesRejection(_) => Refusal::TextTooLong,
        _ => Refusal::NotUnderstood,
    })
}
