//! The HTTP side: addresses, tokens, planned faults, and the answers' shape.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{DefaultBodyLimit, Path, Request as HttpRequest, State as Extension};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse as _, Response};
use axum::routing::{any, get};
use futures_util::stream;
use serde_json::{Value, json};

use super::Shared;
use super::calls::{Call, Outcome};
use super::faults::{Called, Fault};
use super::mailbox::get_updates;
use super::methods::{carried_out, documented};
use super::refusal::{Answer, Refusal};
use super::request::Request;
use super::{prose, specification};

pub(super) fn router(shared: Arc<Shared>) -> Router {
    Router::new()
        .route("/{bot}/{method}", any(call))
        .route("/file/{bot}/{*path}", get(download))
        .fallback(|| async { answered(&Err(Refusal::not_found())) })
        .layer(DefaultBodyLimit::disable())
        .with_state(shared)
}

async fn call(
    Extension(shared): Extension<Arc<Shared>>,
    Path((bot, method)): Path<(String, String)>,
    http: HttpRequest,
) -> Response {
    let stopping = shared.stopping.clone();
    tokio::select! {
        biased;
        () = stopping.cancelled() => cut(&[]),
        () = gone(&shared) => cut(&[]),
        response = respond(&shared, &bot, &method, http) => response,
    }
}

/// Waits until the stand-in is away.
async fn gone(shared: &Shared) {
    let mut changes = shared.changes();
    while !shared.look(|state| state.is_away) {
        if changes.changed().await.is_err() {
            return;
        }
    }
}

async fn respond(shared: &Shared, bot: &str, method: &str, http: HttpRequest) -> Response {
    let method = documented(method).map_or_else(|| method.to_owned(), str::to_owned);
    let request = match Request::read(http).await {
        Ok(request) => request,
        Err(refusal) => return answered(&Err(refusal)),
    };
    let number = shared.change(|state| {
        state.calls.push(Call::arrived(
            method.clone(),
            request.fields.clone(),
            request.uploads.clone(),
        ));
        state.forgotten_calls + state.calls.len() - 1
    });
    if let Err(refusal) = admitted(shared, bot) {
        return told(shared, number, &Err(refusal));
    }
    let found = specification::violations(&method, &request)
        .into_iter()
        .chain(prose::violations(&method, &request))
        .map(|violation| format!("{method}: {violation}"));
    let fault = shared.look(|state| {
        state.violations.extend(found);
        state.faults.meet(Called::Method(&method))
    });
    match fault {
        None => {}
        Some(Fault::Hang(duration)) => tokio::time::sleep(duration).await,
        Some(Fault::TooMany { retry_after }) => {
            return told(shared, number, &Err(Refusal::too_many(retry_after)));
        }
        Some(Fault::Refuse400(text)) => {
            return told(shared, number, &Err(Refusal::bad_request(text)));
        }
        Some(fault @ (Fault::Status(_) | Fault::NotOkJson)) => {
            let response = spoilt(&fault);
            let status = response.status().as_u16();
            ended(shared, number, Outcome::Answered(status), Value::Null);
            return response;
        }
        Some(Fault::LoseAnswer) => {
            let answer = performed(shared, &method, &request).await;
            ended(shared, number, Outcome::Lost, body_of(&answer).1);
            return cut(&[]);
        }
        Some(Fault::CutInBody) => {
            let answer = performed(shared, &method, &request).await;
            let (_, body) = body_of(&answer);
            let text = body.to_string();
            ended(shared, number, Outcome::Lost, body);
            return cut(&text.as_bytes()[..text.len() / 2]);
        }
    }
    let answer = performed(shared, &method, &request).await;
    told(shared, number, &answer)
}

async fn performed(shared: &Shared, method: &str, request: &Request) -> Answer {
    if method == "getUpdates" {
        get_updates(shared, request).await
    } else {
        shared.change(|state| carried_out(state, method, request))
    }
}

async fn download(
    Extension(shared): Extension<Arc<Shared>>,
    Path((bot, path)): Path<(String, String)>,
) -> Response {
    if let Err(refusal) = admitted(&shared, &bot) {
        return answered(&Err(refusal));
    }
    let (fault, file) = shared.look(|state| {
        let file = state.files.at_path(&path).map(|file| file.bytes.clone());
        (state.faults.meet(Called::Download), file)
    });
    let Some(bytes) = file else {
        return answered(&Err(Refusal::not_found()));
    };
    match fault {
        None => bytes.into_response(),
        Some(Fault::Hang(duration)) => {
            tokio::time::sleep(duration).await;
            bytes.into_response()
        }
        Some(Fault::TooMany { retry_after }) => answered(&Err(Refusal::too_many(retry_after))),
        Some(Fault::Refuse400(text)) => answered(&Err(Refusal::bad_request(text))),
        Some(Fault::LoseAnswer) => cut(&[]),
        Some(Fault::CutInBody) => cut(&bytes[..bytes.len() / 2]),
        Some(fault @ (Fault::Status(_) | Fault::NotOkJson)) => spoilt(&fault),
    }
}

fn admitted(shared: &Shared, bot: &str) -> Result<(), Refusal> {
    let token = bot.strip_prefix("bot").ok_or_else(Refusal::not_found)?;
    if !token.contains(':') {
        return Err(Refusal::not_found());
    }
    let is_revoked = shared.look(|state| state.is_revoked);
    if token != shared.token || is_revoked {
        return Err(Refusal::unauthorized());
    }
    Ok(())
}

fn told(shared: &Shared, number: usize, answer: &Answer) -> Response {
    let (status, body) = body_of(answer);
    ended(shared, number, Outcome::Answered(status), body);
    answered(answer)
}

fn ended(shared: &Shared, number: usize, outcome: Outcome, answer: Value) {
    shared.change(|state| {
        let place = number.checked_sub(state.forgotten_calls);
        if let Some(call) = place.and_then(|place| state.calls.get_mut(place)) {
            call.outcome = outcome;
            call.answer = answer;
        }
    });
}

fn body_of(answer: &Answer) -> (u16, Value) {
    match answer {
        Ok(result) => (200, json!({ "ok": true, "result": result })),
        Err(refusal) => (refusal.status, refusal.as_json()),
    }
}

fn answered(answer: &Answer) -> Response {
    let (status, body) = body_of(answer);
    let status = StatusCode::from_u16(status).expect("refusals have real statuses");
    (status, axum::Json(body)).into_response()
}

/// An answer that is none of Telegram's.
fn spoilt(fault: &Fault) -> Response {
    match fault {
        Fault::Status(status) => (
            StatusCode::from_u16(*status).expect("a test plans real statuses"),
            [(CONTENT_TYPE, "text/html")],
            format!("<html><h1>{status}</h1></html>"),
        )
            .into_response(),
        _ => axum::Json(json!({ "ok": "perhaps" })).into_response(),
    }
}

/// A connection that ends after `part` of the body.
fn cut(part: &[u8]) -> Response {
    let part = Some(Bytes::copy_from_slice(part)).filter(|part| !part.is_empty());
    let end = || io::Error::from(io::ErrorKind::ConnectionReset);
    if part.is_none() {
        // Nothing at all leaves: the error comes before anything was written.
        return Response::new(Body::from_stream(stream::iter([Err::<Bytes, _>(end())])));
    }
    let pieces = stream::unfold(part, move |part| async move {
        if let Some(part) = part {
            return Some((Ok(part), None));
        }
        // The part has to leave before the connection ends.
        tokio::time::sleep(Duration::from_millis(20)).await;
        Some((Err(end()), None))
    });
    Response::new(Body::from_stream(pieces))
}

/// Serves until the stand-in is dropped.
pub(super) async fn serve(listener: tokio::net::TcpListener, shared: Arc<Shared>) {
    let stopping = shared.stopping.clone();
    let served = axum::serve(listener, router(shared))
        .with_graceful_shutdown(stopping.cancelled_owned())
        .await;
    served.expect("a listener on loopback goes on");
}
