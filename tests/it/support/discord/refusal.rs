//! What the bot is refused, with Discord's codes and in its form.

use serde_json::{Map, Value, json};

use super::rules::Problem;

/// Whose fault a refusal is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Blame {
    /// Discord's documentation forbids it always: the bot ought to have known.
    Bot,
    /// It can happen to every bot.
    Nobody,
}

#[derive(Debug)]
pub(super) struct Refusal {
    pub(super) status: u16,
    pub(super) body: Value,
    pub(super) blame: Blame,
}

impl Refusal {
    pub(super) fn new(status: u16, code: u32, message: &str) -> Self {
        Self {
            status,
            body: json!({ "message": message, "code": code }),
            blame: Blame::Nobody,
        }
    }

    pub(super) fn blamed(status: u16, code: u32, message: &str) -> Self {
        Self {
            blame: Blame::Bot,
            ..Self::new(status, code, message)
        }
    }

    pub(super) fn unauthorized() -> Self {
        Self::new(401, 0, "401: Unauthorized")
    }

    pub(super) fn unknown_message() -> Self {
        Self::new(404, 10_008, "Unknown Message")
    }

    pub(super) fn unknown_channel() -> Self {
        Self::new(404, 10_003, "Unknown Channel")
    }

    pub(super) fn unknown_webhook() -> Self {
        Self::new(404, 10_015, "Unknown Webhook")
    }

    pub(super) fn empty_message() -> Self {
        Self::blamed(400, 50_006, "Cannot send an empty message")
    }

    pub(super) fn too_large() -> Self {
        Self::blamed(413, 40_005, "Request entity too large")
    }

    /// `Invalid Form Body`, with every problem at its path.
    pub(super) fn form(problems: &[Problem]) -> Self {
        let mut errors = Value::Object(Map::new());
        for problem in problems {
            let mut place = &mut errors;
            for step in problem.path.split('.').filter(|step| !step.is_empty()) {
                place = &mut place[step];
            }
            let entry = json!({ "code": problem.code, "message": problem.text });
            match place["_errors"].as_array_mut() {
                Some(list) => list.push(entry),
                None => place["_errors"] = json!([entry]),
            }
        }
        Self {
            status: 400,
            body: json!({ "message": "Invalid Form Body", "code": 50_035, "errors": errors }),
            blame: Blame::Bot,
        }
    }

    /// In one line, for whoever reads a failed test.
    pub(super) fn told(&self) -> String {
        format!("refused with {}: {}", self.status, self.body)
    }
}

/// `Err` with all problems, if there are any.
pub(super) fn refuse_any(problems: &[Problem]) -> Result<(), Refusal> {
    if problems.is_empty() {
        Ok(())
    } else {
        Err(Refusal::form(problems))
    }
}
