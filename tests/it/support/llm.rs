//! A scripted OpenAI-compatible server on loopback: it does exactly what a test tells it to.
//!
//! It knows how five servers list their models and take to being probed; everything else is said by
//! the script, one reply to a call, and the last words again and again when the script is at its end.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on ends where it stands"
)]

use std::collections::VecDeque;
use std::convert::Infallible;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, Response, Uri};
use axum::routing::{get, post};
use axum::serve::ListenerExt as _;
use futures_util::stream::{self, Stream, StreamExt as _};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::Notify;
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;

/// How long anything may take; generous, since machines are shared.
const PATIENCE: Duration = Duration::from_secs(20);
/// Between a reply's tokens, in characters.
const TOKEN: usize = 3;
const EVENTS: &str = "text/event-stream";
const JSON: &str = "application/json";

/// What the server does with one call.
#[derive(Debug, Clone)]
pub(crate) enum Reply {
    /// Writes that, in tokens, and stops.
    Text(String),
    /// Writes that as JSON, in tokens, and stops.
    Json(Value),
    /// Writes that, and ends for that reason; `null` is one.
    Finish(String, Value),
    /// Writes that, so long after the call and with such pauses between tokens.
    Slow {
        text: String,
        first: Duration,
        between: Duration,
    },
    /// Refuses.
    Status {
        status: u16,
        headers: Vec<(&'static str, String)>,
        body: String,
    },
    /// Takes the call, and never answers.
    HangBeforeFirstByte,
    /// Writes that, in tokens, and never goes on.
    HangMidStream { after: String },
    /// Writes that, in tokens, and why it ends, and never says that it is done.
    HangAfterFinish(String),
    /// Writes that, and then half a character.
    CutUtf8 { after: String },
    /// Writes that, and then this event, and says that it is done.
    InBandError { after: String, event: Value },
    /// Writes that, and then a line without `data:` (Ollama).
    RawLine { after: String, line: String },
    /// Success without a byte.
    Empty200,
    /// Writes that, and breaks the connection.
    ClosedMidStream { after: String },
    /// Answers as if no stream had been asked for.
    PlainJson(String),
    /// Success with these bytes.
    Raw {
        content_type: &'static str,
        body: Vec<u8>,
    },
}

impl Reply {
    /// Writes that, in tokens, and stops.
    pub(crate) fn text(text: &str) -> Self {
        Self::Text(text.to_owned())
    }

    /// Refuses with a body as llama.cpp has it.
    pub(crate) fn status(status: u16) -> Self {
        let said = json!({ "error": { "code": status, "message": "no", "type": "x" } });
        Self::Status {
            status,
            headers: Vec::new(),
            body: said.to_string(),
        }
    }

    /// Refuses with that body.
    pub(crate) fn refusal(status: u16, body: &Value) -> Self {
        Self::Status {
            status,
            headers: Vec::new(),
            body: body.to_string(),
        }
    }
}

/// Whose manners the server has: how it lists its model, and how it takes to JSON being asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Flavour {
    Vllm,
    LlamaCpp,
    LlamaCppPython,
    Ollama,
    Tgi,
}

impl Flavour {
    /// What it lists.
    fn models(self) -> Value {
        let model = match self {
            Self::Vllm => json!({
                "id": "scripted", "object": "model", "created": 1, "owned_by": "vllm",
                "root": "scripted", "parent": null, "max_model_len": 2048, "permission": [],
            }),
            Self::LlamaCpp => json!({
                "id": "scripted", "object": "model", "created": 1, "owned_by": "llamacpp",
                "meta": { "n_vocab": 455, "n_ctx": 2048, "n_ctx_train": 4096 },
            }),
            Self::LlamaCppPython => json!({
                "id": "scripted", "object": "model", "owned_by": "me", "permissions": [],
            }),
            Self::Ollama => json!({
                "id": "scripted:latest", "object": "model", "created": 1, "owned_by": "library",
            }),
            Self::Tgi => json!({
                "id": "scripted", "object": "model", "created": 0, "owned_by": "scripted",
            }),
        };
        json!({ "object": "list", "data": [model] })
    }

    /// Its reply to a probe of that kind.
    fn probed(self, path: &str, kind: &str) -> Reply {
        let guided = Reply::Json(json!({ "ok": true }));
        let is_chat = path.ends_with("/chat/completions");
        match (self, kind) {
            (Self::LlamaCpp | Self::Ollama, _) if is_chat => guided,
            (Self::LlamaCpp | Self::Ollama, _) => Reply::text("안녕하세요"),
            (Self::Vllm, _) | (Self::LlamaCppPython, "json_object") => guided,
            (Self::LlamaCppPython, _) => Reply::status(500),
            (Self::Tgi, _) => Reply::refusal(422, &json!({ "error": "unknown field" })),
        }
    }
}

/// A call as the server heard it.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    pub(crate) path: String,
    pub(crate) authorization: Option<String>,
    pub(crate) body: Value,
}

/// The server; it stops when this is dropped.
pub(crate) struct ScriptedLlm {
    stage: Arc<Stage>,
    address: String,
    stop: CancellationToken,
}

struct Stage {
    script: Mutex<Script>,
    /// Something has happened.
    news: Notify,
    stop: CancellationToken,
}

struct Script {
    flavour: Flavour,
    models: Option<Value>,
    replies: VecDeque<Reply>,
    probe_replies: VecDeque<Reply>,
    last: Reply,
    asked: Vec<Asked>,
    probes: usize,
    lists: usize,
    left: usize,
}

impl ScriptedLlm {
    /// With the manners of vLLM.
    pub(crate) async fn start() -> Self {
        Self::with_manners_of(Flavour::Vllm).await
    }

    /// With such manners.
    pub(crate) async fn with_manners_of(flavour: Flavour) -> Self {
        let stop = CancellationToken::new();
        let stage = Arc::new(Stage {
            script: Mutex::new(Script {
                flavour,
                models: Some(flavour.models()),
                replies: VecDeque::new(),
                probe_replies: VecDeque::new(),
                last: Reply::text("두피가 조금 건조해 보여요."),
                asked: Vec::new(),
                probes: 0,
                lists: 0,
                left: 0,
            }),
            news: Notify::new(),
            stop: stop.clone(),
        });
        let router = Router::new()
            .route("/v1/models", get(models))
            .route("/v1/chat/completions", post(completions))
            .route("/v1/completions", post(completions))
            .with_state(stage.clone());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let stopped = stop.clone().cancelled_owned();
        // Tokens go out one by one, as those of real servers do.
        let listener = listener.tap_io(|stream| stream.set_nodelay(true).unwrap());
        let serving = axum::serve(listener, router).with_graceful_shutdown(stopped);
        tokio::spawn(async move { serving.await.unwrap() });
        Self {
            stage,
            address,
            stop,
        }
    }

    /// Where it is, as settings have it.
    pub(crate) fn base_url(&self) -> String {
        format!("{}/v1", self.address)
    }

    /// These come next, one to a call.
    pub(crate) fn replies(&self, replies: impl IntoIterator<Item = Reply>) {
        self.script(|script| script.replies.extend(replies));
    }

    /// These come next, one to a probe, before its manners decide again.
    pub(crate) fn probe_replies(&self, replies: impl IntoIterator<Item = Reply>) {
        self.script(|script| script.probe_replies.extend(replies));
    }

    /// This comes whenever nothing else is left.
    pub(crate) fn replies_always(&self, reply: Reply) {
        self.script(|script| script.last = reply);
    }

    /// Its list of models is that from now on; without one, there is no such place.
    pub(crate) fn lists(&self, models: Option<Value>) {
        self.script(|script| script.models = models);
    }

    /// The calls so far, without probes.
    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.script(|script| script.asked.clone())
    }

    /// How often it was probed.
    pub(crate) fn probes(&self) -> usize {
        self.script(|script| script.probes)
    }

    /// How often its list was asked for.
    pub(crate) fn listings(&self) -> usize {
        self.script(|script| script.lists)
    }

    /// Waits until it has heard that many calls.
    pub(crate) async fn hears(&self, calls: usize) {
        self.waits("calls", |script| script.asked.len() >= calls)
            .await;
    }

    /// Waits until that many callers have left without their answer.
    pub(crate) async fn is_left_by(&self, callers: usize) {
        self.waits("callers who leave", |script| script.left >= callers)
            .await;
    }

    async fn waits(&self, what: &str, is_enough: impl Fn(&Script) -> bool) {
        let waiting = async {
            loop {
                let news = self.stage.news.notified();
                let mut news = std::pin::pin!(news);
                news.as_mut().enable();
                if self.script(|script| is_enough(script)) {
                    return;
                }
                news.await;
            }
        };
        let waited = timeout(PATIENCE, waiting).await;
        waited.unwrap_or_else(|_| panic!("the server waits for {what} in vain"));
    }

    fn script<T>(&self, change: impl FnOnce(&mut Script) -> T) -> T {
        change(&mut self.stage.script.lock().unwrap())
    }
}

impl Drop for ScriptedLlm {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

/// An address where nobody listens.
pub(crate) async fn nobody() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    format!("http://{}/v1", listener.local_addr().unwrap())
}

async fn models(State(stage): State<Arc<Stage>>) -> Response<Body> {
    let mut script = stage.script.lock().unwrap();
    script.lists += 1;
    match &script.models {
        Some(models) => answer(200, JSON, models.to_string().into()),
        None => answer(
            404,
            JSON,
            json!({ "detail": "Not Found" }).to_string().into(),
        ),
    }
}

async fn completions(
    State(stage): State<Arc<Stage>>,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response<Body> {
    let body: Value = serde_json::from_slice(&body).unwrap();
    let path = uri.path().to_owned();
    let is_chat = path.ends_with("/chat/completions");
    let reply = {
        let mut script = stage.script.lock().unwrap();
        if let Some(kind) = probe(&body) {
            script.probes += 1;
            let scripted = script.probe_replies.pop_front();
            scripted.unwrap_or_else(|| script.flavour.probed(&path, kind))
        } else {
            let authorization = headers.get("authorization");
            let authorization = authorization.map(|value| value.to_str().unwrap().to_owned());
            script.asked.push(Asked {
                path,
                authorization,
                body,
            });
            let next = script.replies.pop_front();
            next.unwrap_or_else(|| script.last.clone())
        }
    };
    stage.news.notify_waiters();
    perform(reply, is_chat, stage).await
}

/// The kind of JSON that a probe asks for; `None` for a call that says something.
fn probe(body: &Value) -> Option<&str> {
    let format = &body["response_format"];
    let is_schema = !format["json_schema"]["schema"]["properties"]["ok"].is_null();
    let said = [&body["messages"][0]["content"], &body["prompt"]];
    let mut said = said.into_iter().filter_map(Value::as_str);
    let is_object = said.any(|said| said.contains("{\"ok\": true}"));
    format["type"].as_str().filter(|_| is_schema || is_object)
}

async fn perform(reply: Reply, is_chat: bool, stage: Arc<Stage>) -> Response<Body> {
    let writes = |text: &str| tokens(text, is_chat);
    let ends = |reason: Value| [last(&reason, is_chat), done()];
    match reply {
        Reply::Text(text) => events([writes(&text), ends(json!("stop")).into()].concat()),
        Reply::Json(value) => {
            events([writes(&value.to_string()), ends(json!("stop")).into()].concat())
        }
        Reply::Finish(text, reason) => events([writes(&text), ends(reason).into()].concat()),
        Reply::Slow {
            text,
            first,
            between,
        } => {
            let all = [writes(&text), ends(json!("stop")).into()].concat();
            let paced = stream::iter(all.into_iter().enumerate());
            streamed(paced.then(move |(number, event)| async move {
                sleep(if number == 0 { first } else { between }).await;
                Ok::<_, Infallible>(event)
            }))
        }
        Reply::Status {
            status,
            headers,
            body,
        } => {
            let mut refused = answer(status, JSON, body.into());
            for (name, value) in headers {
                refused.headers_mut().insert(name, value.parse().unwrap());
            }
            refused
        }
        Reply::HangBeforeFirstByte => {
            Patient { stage }.waits().await;
            answer(503, JSON, Body::empty())
        }
        Reply::HangMidStream { after } => falls_silent(writes(&after), stage),
        Reply::HangAfterFinish(text) => {
            let finish = last(&json!("stop"), is_chat);
            falls_silent([writes(&text), vec![finish]].concat(), stage)
        }
        Reply::CutUtf8 { after } => {
            let half = [b"data: {\"choices\":[{\"text\":\"", &"두".as_bytes()[..2]].concat();
            events([writes(&after), vec![half.into()]].concat())
        }
        Reply::InBandError { after, event } => {
            events([writes(&after), vec![data(&event), done()]].concat())
        }
        Reply::RawLine { after, line } => {
            events([writes(&after), vec![format!("{line}\n").into()]].concat())
        }
        Reply::Empty200 => answer(200, EVENTS, Body::empty()),
        Reply::ClosedMidStream { after } => {
            let written = stream::iter(writes(&after)).map(Ok);
            let breaks = stream::once(async {
                // What is written goes out first.
                tokio::task::yield_now().await;
                Err(std::io::Error::other("the server breaks off"))
            });
            streamed(written.chain(breaks))
        }
        Reply::PlainJson(text) => {
            let choice = if is_chat {
                json!({ "index": 0, "message": { "role": "assistant", "content": text },
                    "finish_reason": "stop" })
            } else {
                json!({ "index": 0, "text": text, "finish_reason": "stop" })
            };
            answer(200, JSON, json!({ "choices": [choice] }).to_string().into())
        }
        Reply::Raw { content_type, body } => answer(200, content_type, body.into()),
    }
}

/// Says that, and never goes on.
fn falls_silent(events: Vec<Bytes>, stage: Arc<Stage>) -> Response<Body> {
    let silence = stream::once(Patient { stage }.waits()).filter_map(|()| async { None });
    streamed(stream::iter(events).chain(silence).map(Ok::<_, Infallible>))
}

/// A caller who will have no answer; it is noticed when he leaves.
struct Patient {
    stage: Arc<Stage>,
}

impl Patient {
    /// Until the server stops; a caller who leaves drops this.
    async fn waits(self) {
        self.stage.stop.cancelled().await;
    }
}

impl Drop for Patient {
    fn drop(&mut self) {
        self.stage.script.lock().unwrap().left += 1;
        self.stage.news.notify_waiters();
    }
}

fn answer(status: u16, content_type: &str, body: Body) -> Response<Body> {
    Response::builder()
        .status(status)
        .header("content-type", content_type)
        .body(body)
        .unwrap()
}

fn events(events: Vec<Bytes>) -> Response<Body> {
    streamed(stream::iter(events).map(Ok::<_, Infallible>))
}

fn streamed<E>(events: impl Stream<Item = Result<Bytes, E>> + Send + 'static) -> Response<Body>
where
    E: std::error::Error + Send + Sync + 'static,
{
    answer(200, EVENTS, Body::from_stream(events))
}

/// The text in pieces, after what chats begin with.
fn tokens(text: &str, is_chat: bool) -> Vec<Bytes> {
    let characters: Vec<char> = text.chars().collect();
    let pieces = characters.chunks(TOKEN).map(|piece| {
        let piece: String = piece.iter().collect();
        let choice = if is_chat {
            json!({ "index": 0, "delta": { "content": piece }, "finish_reason": null })
        } else {
            json!({ "index": 0, "text": piece, "finish_reason": null })
        };
        data(&json!({ "object": "chunk", "choices": [choice] }))
    });
    let role = json!({ "role": "assistant", "content": null });
    let role = json!({ "choices": [{ "index": 0, "delta": role, "finish_reason": null }] });
    let begins = is_chat.then(|| data(&role));
    begins.into_iter().chain(pieces).collect()
}

fn last(reason: &Value, is_chat: bool) -> Bytes {
    let choice = if is_chat {
        json!({ "index": 0, "delta": {}, "finish_reason": reason })
    } else {
        json!({ "index": 0, "text": "", "finish_reason": reason })
    };
    data(&json!({ "object": "chunk", "choices": [choice] }))
}

fn data(event: &Value) -> Bytes {
    format!("data: {event}\n\n").into()
}

fn done() -> Bytes {
    Bytes::from_static(b"data: [DONE]\n\n")
}
