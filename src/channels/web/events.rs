//! The history as a stream of server-sent events: what is there, and then whatever is new.
//!
//! Every entry is one event whose id is its revision, sent in the order of revisions, so that a
//! stream that breaks anywhere is taken up again without a gap. After each round of entries comes
//! `settled`; when the conversation was erased comes `erased`, and the stream ends.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Query, State};
use axum::http::HeaderMap;
use axum::response::sse::{Event, Sse};
use futures_util::future::FutureExt as _;
use futures_util::stream::{Stream, unfold};
use serde::{Deserialize, Serialize};

use super::Web;
use super::inbound::own;
use super::refusal::Refusal;
use crate::ports::{Address, ConversationId, Entry, EntryBody, StoreError, Utterance};

/// How often a quiet stream says that it is alive, and looks for what it may have missed.
const HEARTBEAT: Duration = Duration::from_secs(15);

/// How soon the browser tries again after the stream broke.
const RETRY: Duration = Duration::from_secs(1);

#[derive(Deserialize)]
pub(super) struct Since {
    #[serde(default)]
    since: u64,
}

/// The event stream of the request's own conversation.
pub(super) async fn events(
    State(web): State<Arc<Web>>,
    headers: HeaderMap,
    Query(query): Query<Since>,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, Refusal> {
    let own = match own(&web, &headers).await {
        Ok(own) => Some(own),
        Err(Refusal::NoConversation) => None,
        Err(other) => return Err(other),
    };
    let resumed = headers
        .get("last-event-id")
        .and_then(|id| id.to_str().ok()?.parse().ok());
    let mut ready = VecDeque::from([Event::default().retry(RETRY)]);
    if own.is_none() {
        ready.push_back(bare("erased"));
    }
    let stream = EventStream {
        web,
        own,
        revision: resumed.unwrap_or(query.since),
        has_settled: false,
        ready,
    };
    Ok(Sse::new(unfold(stream, |mut stream| async move {
        let event = stream.next().await?;
        Some((Ok(event), stream))
    })))
}

/// Where one page stands in the history.
struct EventStream {
    web: Arc<Web>,
    /// `None` once there is nothing more to tell.
    own: Option<(ConversationId, Address)>,
    /// Everything up to here was told.
    revision: u64,
    /// `settled` was sent since the last entry.
    has_settled: bool,
    /// Waiting to be sent.
    ready: VecDeque<Event>,
}

impl EventStream {
    /// The next event; `None` at the end of the stream.
    async fn next(&mut self) -> Option<Event> {
        loop {
            if let Some(event) = self.ready.pop_front() {
                return Some(event);
            }
            let (conversation, address) = self.own.clone()?;
            let web = self.web.clone();
            // The waiting begins before the looking, so that nothing slips in between.
            let mut changed = web.channel.transcript.changed(conversation);
            let has_changed = (&mut changed).now_or_never().is_some();
            if let Err(error) = self.look(conversation, &address).await {
                // The page comes back in a moment, by itself.
                tracing::warn!(
                    error = &error as &(dyn std::error::Error + 'static),
                    "The event stream of a conversation ended: {error}"
                );
                return None;
            }
            if !self.ready.is_empty() || has_changed {
                continue;
            }
            tokio::select! {
                () = changed => {}
                () = web.shutdown.cancelled() => return None,
                () = tokio::time::sleep(HEARTBEAT) => {
                    self.ready.push_back(Event::default().comment(""));
                }
            }
        }
    }

    /// Makes events of what is new.
    async fn look(
        &mut self,
        conversation: ConversationId,
        address: &Address,
    ) -> Result<(), StoreError> {
        let channel = &self.web.channel;
        if channel.desk.conversation(address).await? != Some(conversation) {
            self.own = None;
            self.ready.push_back(bare("erased"));
            return Ok(());
        }
        let mut entries = channel
            .transcript
            .since(conversation, self.revision)
            .await?;
        entries.sort_by_key(|entry| entry.revision);
        if let Some(last) = entries.last() {
            self.revision = last.revision;
            self.has_settled = false;
        }
        self.ready.extend(entries.into_iter().filter_map(told));
        if !self.has_settled {
            self.has_settled = true;
            self.ready.push_back(bare("settled"));
        }
        Ok(())
    }
}

/// An event that says all with its name. Browsers pass over events without data.
fn bare(name: &'static str) -> Event {
    Event::default().event(name).data("-")
}

/// An entry as the page gets it.
#[derive(Serialize)]
struct EntryTold {
    position: u64,
    revision: u64,
    /// RFC 3339, UTC.
    at: String,
    #[serde(flatten)]
    body: BodyTold,
}

#[derive(Serialize)]
#[serde(tag = "who", rename_all = "snake_case")]
enum BodyTold {
    Person {
        #[serde(skip_serializing_if = "Option::is_none")]
        text: Option<String>,
        /// On this server.
        #[serde(skip_serializing_if = "Option::is_none")]
        photo: Option<String>,
    },
    Dupi {
        slot: Option<String>,
        content: serde_json::Value,
    },
}

/// The event for an entry; `None` for one that cannot be read, so that the others are still shown.
fn told(entry: Entry) -> Option<Event> {
    let body = match entry.body {
        EntryBody::Person(Utterance::Text(text)) => BodyTold::Person {
            text: Some(text),
            photo: None,
        },
        EntryBody::Person(Utterance::Photo(id)) => BodyTold::Person {
            text: None,
            photo: Some(format!("/photos/{}", id.0)),
        },
        EntryBody::Dupi { content, slot } => match serde_json::from_str(&content) {
            Ok(content) => BodyTold::Dupi { slot, content },
            Err(error) => {
                tracing::warn!(%error, "A history entry is no JSON: {error}");
                return None;
            }
        },
    };
    let told = EntryTold {
        position: entry.position,
        revision: entry.revision,
        at: entry.at.to_string(),
        body,
    };
    let data = serde_json::to_string(&told).expect("an entry without maps is JSON");
    Some(
        Event::default()
            .event("entry")
            .id(entry.revision.to_string())
            .data(data),
    )
}
