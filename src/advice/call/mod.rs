//! One call to a model behind an OpenAI-compatible server: in turn, in time, read leniently.
//!
//! It takes a finished prompt and hands back what the model wrote, or a reason that says what the
//! caller can do. It never judges a text, never falls back to another, and never keeps, logs or
//! shows a body: its errors hold numbers and fixed reasons only.
//!
//! Begin at [`LlmServer::complete`]. A call goes through the `queue` (fair, bounded), the `breaker`
//! (a dead server costs nobody's time twice) and one `attempt`, or two if the first came to nothing
//! before the server's first byte. `probe` asks the server what it has, `budget` estimates tokens,
//! and `wire` is all that is known of what servers really send.
//!
//! What would surprise about async-openai 0.43, which is used by this module alone:
//! - it retries by itself, loses the status of refusals whose `code` is a number, and logs bodies
//!   (`tracing::error!`) that it cannot deserialise. So `wire::transport` stands beneath it, answers
//!   refusals itself, and lets through nothing but valid JSON; its log target is switched off by the
//!   application nevertheless;
//! - with own types nobody sets `stream` but us;
//! - its stream is an unbounded channel, so a body is capped beneath it;
//! - dropping its stream drops the connection, which is how a call is cancelled.

mod attempt;
mod breaker;
pub mod budget;
mod client;
mod error;
mod probe;
mod queue;
mod wire;

use std::num::NonZeroUsize;
use std::time::Duration;

use secrecy::SecretString;
use serde_json::Value;

pub use client::LlmServer;
pub use error::{CallError, Deadline, Malformation, SettingsProblem};
pub use probe::{Guidance, Naming, Server};

/// Why a model stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Finish {
    /// It ended by itself, or at a stop string; or its guided JSON was complete.
    Stop,
    /// It was cut: incomplete.
    Length,
    /// Anything else the server said, or nothing at all.
    Other,
}

/// What a model wrote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Completion {
    /// As it came, never empty.
    pub text: String,
    /// Why it ends there.
    pub finish: Finish,
    /// From the moment at which the call was sent, a retry included; waiting in the queue is not.
    pub first_token: Duration,
    /// From the same moment to the end.
    pub total: Duration,
}

/// What is sent to a model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Prompt {
    /// For models with a template of their own.
    Chat {
        /// Left out if empty.
        system: String,
        /// What is asked.
        user: String,
    },
    /// For models without one: the whole text, which the model continues.
    Text(String),
}

/// One call.
#[derive(Debug, Clone, PartialEq)]
pub struct Request {
    /// Its kind chooses the endpoint.
    pub prompt: Prompt,
    /// 0 to 2.
    pub temperature: f32,
    /// The most that the model may write, in tokens.
    pub max_tokens: u32,
    /// The model stops before any of these.
    pub stop: Vec<String>,
    /// Asked for where the server can guide its output.
    pub schema: Option<Value>,
}

/// Which of the two endpoints suits the model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// `/chat/completions`: the server wraps what is said in the model's template.
    Chat,
    /// `/completions`: the prompt is the whole text.
    Completions,
}

/// How long what may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Deadlines {
    /// Until there is a connection.
    pub connect: Duration,
    /// From sending a call to its first token; a server that first loads the model needs longer.
    pub first_token: Duration,
    /// Between two tokens.
    pub gap: Duration,
    /// For a call with its retry; and, apart from that, for the wait in the queue.
    pub total: Duration,
}

impl Default for Deadlines {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(3),
            first_token: Duration::from_secs(20),
            gap: Duration::from_secs(15),
            total: Duration::from_mins(1),
        }
    }
}

/// Where the model is, and how much may be asked of it.
#[derive(Debug, Clone)]
pub struct ServerSettings {
    /// With the version: `http://127.0.0.1:8000/v1`.
    pub base_url: String,
    /// Sent as a bearer token.
    pub api_key: Option<SecretString>,
    /// `None`: the only one that the server lists.
    pub model: Option<String>,
    /// What the server is probed with; calls go where their prompt belongs.
    pub mode: Mode,
    /// In tokens; the smaller of this and what the server tells counts.
    pub context: Option<u32>,
    /// How long what may take.
    pub deadlines: Deadlines,
    /// Calls under way at the same time.
    pub at_once: NonZeroUsize,
    /// Calls that may wait besides those.
    pub queue: usize,
}
