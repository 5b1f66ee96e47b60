//! A stand-in for Telegram's Bot API that answers at once and refuses nothing.
//!
//! It notes when each update was handed out and when each reply came in, and tells the persons what
//! appears in their chats. It checks nothing: that is the tests' affair.

mod answers;

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, FromRequest as _, Multipart, Path, Request, State};
use axum::http::header::CONTENT_TYPE;
use axum::routing::{any, get};
use serde_json::{Value, json};
use tokio::sync::{Notify, mpsc};

use crate::person::Person;

/// A token that nobody could take for a real one, in pieces.
pub(crate) const TOKEN: [&str; 3] = ["4242", ":", "instant-stand-in"];
/// What a person may not have looked at yet.
const MOST_UNSEEN: usize = 256;

/// The running stand-in; clones are handles.
#[derive(Clone)]
pub(crate) struct Telegram {
    shared: Arc<Shared>,
}

struct Shared {
    url: String,
    photo: Vec<u8>,
    book: Mutex<Book>,
    brought: Notify,
}

#[derive(Default)]
struct Book {
    updates: VecDeque<(i64, String)>,
    last_update: i64,
    last_message: i64,
    handed_out: HashMap<i64, Instant>,
    chats: HashMap<i64, Chat>,
    calls: BTreeMap<String, usize>,
    /// From an update to the answer of its press.
    answers: Vec<Duration>,
    unanswered: usize,
}

/// One person's chat as it stands.
struct Chat {
    seen: mpsc::Sender<Seen>,
    standing: BTreeMap<i64, Standing>,
}

/// A message in a chat.
#[derive(Debug, Clone)]
pub(crate) struct Standing {
    pub(crate) is_photo: bool,
    pub(crate) words: String,
}

/// A message that appeared or changed.
#[derive(Debug)]
pub(crate) struct Seen {
    pub(crate) at: Instant,
    pub(crate) message: i64,
    /// Labels and what is sent when they are pressed.
    pub(crate) keys: Vec<(String, String)>,
}

/// Something that a person did.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Deed {
    pub(crate) update: i64,
    pub(crate) at: Instant,
}

/// What happened since the last look.
#[derive(Debug)]
pub(crate) struct Counts {
    pub(crate) calls: BTreeMap<String, usize>,
    /// From an update to the answer of its press.
    pub(crate) answers: Vec<Duration>,
    pub(crate) unanswered: usize,
}

impl Counts {
    /// Messages that were said or changed, and keyboards taken away.
    pub(crate) fn messages(&self) -> usize {
        let is_said = |method: &&String| {
            method.starts_with("send") && *method != "sendchataction"
                || method.starts_with("edit")
                || method.starts_with("delete")
        };
        self.calls
            .iter()
            .filter(|(method, _)| is_said(method))
            .map(|(_, count)| count)
            .sum()
    }

    pub(crate) fn of(&self, method: &str) -> usize {
        self.calls.get(method).copied().unwrap_or_default()
    }
}

impl Telegram {
    /// Listens on a free port until the program ends.
    pub(crate) async fn start(photo: Vec<u8>) -> anyhow::Result<Self> {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
        let telegram = Self {
            shared: Arc::new(Shared {
                url: format!("http://{}", listener.local_addr()?),
                photo,
                book: Mutex::default(),
                brought: Notify::new(),
            }),
        };
        let router = Router::new()
            .route("/{bot}/{method}", any(call))
            .route("/file/{bot}/{*path}", get(download))
            .layer(DefaultBodyLimit::disable())
            .with_state(telegram.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Ok(telegram)
    }

    pub(crate) fn url(&self) -> &str {
        &self.shared.url
    }

    /// A person who has not written to the bot yet.
    pub(crate) fn person(&self, chat: i64) -> Person {
        let (seen, to_see) = mpsc::channel(MOST_UNSEEN);
        let standing = BTreeMap::new();
        self.book().chats.insert(chat, Chat { seen, standing });
        Person::new(self.clone(), chat, to_see)
    }

    /// The photo that every person sends.
    pub(crate) fn photo_size(&self) -> usize {
        self.shared.photo.len()
    }

    /// Brings an update for the bot. `content` makes it of its number.
    pub(crate) fn bring(&self, content: impl FnOnce(i64) -> (&'static str, Value)) -> Deed {
        let at = Instant::now();
        let mut book = self.book();
        book.last_update += 1;
        let update = book.last_update;
        let (kind, content) = content(update);
        if kind == "callback_query" {
            book.unanswered += 1;
        }
        let text = json!({ "update_id": update, kind: content }).to_string();
        book.updates.push_back((update, text));
        drop(book);
        self.shared.brought.notify_one();
        Deed { update, at }
    }

    /// When that update was first handed out.
    pub(crate) fn handed_out(&self, update: i64) -> Option<Instant> {
        self.book().handed_out.get(&update).copied()
    }

    pub(crate) fn standing(&self, chat: i64) -> Vec<Standing> {
        let book = self.book();
        let chat = book.chats.get(&chat);
        chat.map(|chat| chat.standing.values().cloned().collect())
            .unwrap_or_default()
    }

    /// What happened since the last call of this.
    pub(crate) fn take_counts(&self) -> Counts {
        let mut book = self.book();
        Counts {
            calls: std::mem::take(&mut book.calls),
            answers: std::mem::take(&mut book.answers),
            unanswered: std::mem::take(&mut book.unanswered),
        }
    }

    /// How many calls there were since the counts were taken.
    pub(crate) fn calls_so_far(&self) -> usize {
        let polls = |method: &String| method == "getupdates";
        let book = self.book();
        let calls = book.calls.iter().filter(|(method, _)| !polls(method));
        calls.map(|(_, count)| count).sum()
    }

    fn book(&self) -> MutexGuard<'_, Book> {
        let book = self.shared.book.lock();
        book.unwrap_or_else(PoisonError::into_inner)
    }

    async fn updates(&self, asked: &Value) -> String {
        let offset = asked["offset"].as_i64();
        let limit = asked["limit"].as_u64().unwrap_or(100);
        let patience = Duration::from_secs(asked["timeout"].as_u64().unwrap_or_default());
        let until = tokio::time::Instant::now() + patience;
        loop {
            let found = self.book().hand_out(offset, limit);
            if !found.is_empty() {
                return format!(r#"{{"ok":true,"result":[{}]}}"#, found.join(","));
            }
            let brought = self.shared.brought.notified();
            if tokio::time::timeout_at(until, brought).await.is_err() {
                return r#"{"ok":true,"result":[]}"#.to_owned();
            }
        }
    }
}

impl Book {
    fn hand_out(&mut self, offset: Option<i64>, limit: u64) -> Vec<String> {
        while let (Some(offset), Some((first, _))) = (offset, self.updates.front())
            && *first < offset
        {
            self.updates.pop_front();
        }
        let now = Instant::now();
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let mut found = Vec::new();
        for (update, text) in self.updates.iter().take(limit) {
            self.handed_out.entry(*update).or_insert(now);
            found.push(text.clone());
        }
        found
    }

    /// Notes a message; the person is told, unless there is none.
    fn show(&mut self, message: i64, arrived: &Arrived, is_photo: bool) {
        let Some(chat) = self.chats.get_mut(&arrived.chat()) else {
            return;
        };
        let words = arrived.words().to_owned();
        let standing = Standing { is_photo, words };
        chat.standing.insert(message, standing);
        // A person who looks at nothing any more has finished.
        let _ = chat.seen.try_send(Seen {
            at: arrived.at,
            message,
            keys: arrived.keys(),
        });
    }
}

/// A call of the bot with its fields.
struct Arrived {
    at: Instant,
    fields: Value,
}

impl Arrived {
    async fn read(request: Request) -> Option<Self> {
        let kind = request.headers().get(CONTENT_TYPE);
        let is_form = kind.is_some_and(|kind| kind.as_bytes().starts_with(b"multipart/"));
        let fields = if is_form {
            let mut form = Multipart::from_request(request, &()).await.ok()?;
            let mut fields = serde_json::Map::new();
            while let Some(field) = form.next_field().await.ok()? {
                let name = field.name()?.to_owned();
                let bytes = field.bytes().await.ok()?;
                let text = std::str::from_utf8(&bytes).unwrap_or_default();
                let value = serde_json::from_str(text).unwrap_or_else(|_| text.into());
                fields.insert(name, value);
            }
            fields.into()
        } else {
            let bytes = Bytes::from_request(request, &()).await.ok()?;
            serde_json::from_slice(&bytes).unwrap_or_default()
        };
        let at = Instant::now();
        Some(Self { at, fields })
    }

    fn chat(&self) -> i64 {
        self.fields["chat_id"].as_i64().unwrap_or_default()
    }

    fn words(&self) -> &str {
        let words = [&self.fields["text"], &self.fields["caption"]];
        words.iter().find_map(|words| words.as_str()).unwrap_or("")
    }

    fn keys(&self) -> Vec<(String, String)> {
        let rows = self.fields["reply_markup"]["inline_keyboard"].as_array();
        let keys = rows.into_iter().flatten().filter_map(Value::as_array);
        keys.flatten()
            .map(|key| {
                let text = |name: &str| key[name].as_str().unwrap_or_default().to_owned();
                (text("text"), text("callback_data"))
            })
            .collect()
    }
}

async fn call(
    State(telegram): State<Telegram>,
    Path((_, method)): Path<(String, String)>,
    request: Request,
) -> String {
    let method = method.to_ascii_lowercase();
    let Some(arrived) = Arrived::read(request).await else {
        return r#"{"ok":false,"error_code":400,"description":"Bad Request: unreadable"}"#.into();
    };
    if method == "getupdates" {
        return telegram.updates(&arrived.fields).await;
    }
    let result = answers::carry_out(&telegram, &method, &arrived);
    *telegram.book().calls.entry(method).or_default() += 1;
    json!({ "ok": true, "result": result }).to_string()
}

async fn download(State(telegram): State<Telegram>) -> Vec<u8> {
    telegram.shared.photo.clone()
}
