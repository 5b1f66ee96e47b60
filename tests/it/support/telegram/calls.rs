//! What the bot called, and what it was told.

use serde_json::{Map, Value};
use tokio::time::Instant;

use super::request::Upload;

/// How a call ended.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Outcome {
    /// It is still under way, or the bot hung up.
    Open,
    /// It was answered with this status.
    Answered(u16),
    /// The connection was cut by a planned fault.
    Lost,
}

#[derive(Clone, Debug)]
pub(crate) struct Call {
    /// As the documentation writes it.
    pub(crate) method: String,
    pub(crate) params: Value,
    pub(crate) files: Vec<Upload>,
    /// When it came in, for the pace of calls.
    pub(crate) at: Instant,
    pub(crate) outcome: Outcome,
    /// The whole body, `null` as long as there is none.
    pub(crate) answer: Value,
}

impl Call {
    pub(super) fn arrived(method: String, params: Map<String, Value>, files: Vec<Upload>) -> Self {
        Self {
            method,
            params: Value::Object(params),
            files,
            at: Instant::now(),
            outcome: Outcome::Open,
            answer: Value::Null,
        }
    }
}
