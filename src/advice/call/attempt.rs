//! One request, from the connection to the last token, under its deadlines.
//!
//! A second one is made only if the first brought a refusal or no connection: as soon as the server
//! has begun to answer, there is no way back. Dropping the future drops the connection.

use std::time::Duration;

use async_openai::types::stream::StreamResponse;
use futures_util::StreamExt as _;
use serde::de::IgnoredAny;
use serde_json::Value;
use tokio::time::{Instant, sleep, timeout_at};

use super::error::{CallError, Deadline, Malformation};
use super::wire::event::{self, Event};
use super::wire::transport::{Client, understood};
use super::{Completion, Deadlines, Finish};

/// Before a second attempt, where the server does not say how long.
const BREATH: Duration = Duration::from_millis(250);
/// How long the formal end of an answer is waited for whose text is complete.
const FAREWELL: Duration = Duration::from_millis(500);

/// Which endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Endpoint {
    Chat,
    Completions,
}

/// What is to be sent.
#[derive(Debug)]
pub(super) struct Call {
    pub(super) endpoint: Endpoint,
    pub(super) body: Value,
    /// The server was asked for JSON: the text ends where that is complete, since grammars let a
    /// model go on with white space until all its tokens are spent.
    pub(super) is_guided: bool,
}

type Events = StreamResponse<Value>;

/// Makes the call, twice if that may help.
pub(super) async fn make(
    client: &Client,
    call: &Call,
    deadlines: &Deadlines,
) -> Result<Completion, CallError> {
    let begun = Instant::now();
    let mut sent = begun;
    let mut events = open(client, call, sent + deadlines.first_token).await;
    if let Err(error) = &events
        && error.is_worth_a_retry()
    {
        sleep(pause(error)).await;
        sent = Instant::now();
        events = open(client, call, sent + deadlines.first_token).await;
    }
    let mut reading = Reading::new(call.is_guided, begun, sent + deadlines.first_token);
    reading.read(&mut events?, deadlines.gap).await?;
    reading.completion()
}

/// Sends it and waits for the head of the answer.
async fn open(client: &Client, call: &Call, until: Instant) -> Result<Events, CallError> {
    let body = call.body.clone();
    let opened = async {
        match call.endpoint {
            Endpoint::Chat => client.chat().create_stream_byot(body).await,
            Endpoint::Completions => client.completions().create_stream_byot(body).await,
        }
    };
    match timeout_at(until, opened).await {
        Ok(opened) => opened.map_err(understood),
        Err(_) => Err(CallError::Late {
            deadline: Deadline::FirstToken,
        }),
    }
}

/// As long as the server asks for, if it does.
fn pause(error: &CallError) -> Duration {
    let CallError::Status { retry_after, .. } = error else {
        return BREATH;
    };
    retry_after.unwrap_or(BREATH)
}

/// What has been read of an answer.
struct Reading {
    is_guided: bool,
    begun: Instant,
    text: String,
    first: Option<Instant>,
    finish: Option<Finish>,
    /// The server said that it was done.
    is_done: bool,
    /// When the next token must be there.
    due: Instant,
}

impl Reading {
    fn new(is_guided: bool, begun: Instant, due: Instant) -> Self {
        Self {
            is_guided,
            begun,
            text: String::new(),
            first: None,
            finish: None,
            is_done: false,
            due,
        }
    }

    /// Reads to the end of the text.
    async fn read(&mut self, events: &mut Events, gap: Duration) -> Result<(), CallError> {
        loop {
            let event = match timeout_at(self.due, events.next()).await {
                Ok(Some(event)) => event::read(&event.map_err(understood)?),
                Ok(None) => return Ok(()),
                Err(_) if self.finish.is_some() => return Ok(()),
                Err(_) => return Err(self.late()),
            };
            match event {
                Event::Token(text) if self.finish.is_none() => {
                    self.token(&text, gap);
                    if self.is_complete(&text) {
                        self.finish = Some(Finish::Stop);
                        return Ok(());
                    }
                }
                Event::Last(text, finish) if self.finish.is_none() => {
                    self.token(&text, gap);
                    let is_complete = self.is_complete(&text);
                    self.finish = Some(if is_complete { Finish::Stop } else { finish });
                    self.due = Instant::now() + FAREWELL;
                }
                Event::Done => {
                    self.is_done = true;
                    return Ok(());
                }
                // The text is complete, whatever became of its formal end.
                Event::Refused(_) | Event::Broken(_) if self.finish.is_some() => return Ok(()),
                Event::Refused(error) => return Err(error),
                Event::Broken(reason) => return Err(self.malformed(reason)),
                Event::Token(_) | Event::Last(..) | Event::Nothing => {}
            }
        }
    }

    fn token(&mut self, text: &str, gap: Duration) {
        let now = Instant::now();
        self.due = now + gap;
        if !text.is_empty() {
            self.first.get_or_insert(now);
            self.text.push_str(text);
        }
    }

    /// Whether guided output can only go on with white space.
    fn is_complete(&self, newest: &str) -> bool {
        self.is_guided
            && newest.contains('}')
            && serde_json::from_str::<IgnoredAny>(&self.text).is_ok()
    }

    fn late(&self) -> CallError {
        let deadline = if self.first.is_some() {
            Deadline::Gap
        } else {
            Deadline::FirstToken
        };
        CallError::Late { deadline }
    }

    fn malformed(&self, reason: Malformation) -> CallError {
        CallError::Malformed {
            reason,
            received: self.text.len(),
        }
    }

    fn completion(self) -> Result<Completion, CallError> {
        let finish = match self.finish {
            Some(finish) => finish,
            None if self.is_done => Finish::Other,
            None => return Err(self.malformed(Malformation::CutOff)),
        };
        let Some(first) = self.first else {
            return Err(self.malformed(Malformation::Empty));
        };
        Ok(Completion {
            first_token: first - self.begun,
            total: self.begun.elapsed(),
            finish,
            text: self.text,
        })
    }
}
