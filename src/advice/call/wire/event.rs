//! One event of an answer, read so leniently that no JSON can make it fail. Pure.

use serde_json::{Map, Value, json};

use super::refusal;
use crate::advice::call::{CallError, Finish, Malformation};

/// The key of events that are ours: what [`super::frames`] found in the bytes.
const OURS: &str = "dupi";

/// What an event says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::advice::call) enum Event {
    /// A part of the text; empty for a token that is none, such as one of a thought.
    Token(String),
    /// The last part, and why it is the last.
    Last(String, Finish),
    /// The server says that this was all.
    Done,
    /// The server reports an error that says more than that there was one.
    Refused(CallError),
    /// It cannot go on.
    Broken(Malformation),
    /// Nothing of interest: a role, numbers, whatever a server adds.
    Nothing,
}

/// What the bytes of an answer say besides its events.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mark {
    Done,
    Empty,
    CutOff,
    NotUtf8,
    NotJson,
    TooLong,
}

impl Mark {
    const ALL: [Self; 6] = [
        Self::Done,
        Self::Empty,
        Self::CutOff,
        Self::NotUtf8,
        Self::NotJson,
        Self::TooLong,
    ];

    const fn word(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Empty => "empty",
            Self::CutOff => "cut_off",
            Self::NotUtf8 => "not_utf8",
            Self::NotJson => "not_json",
            Self::TooLong => "too_long",
        }
    }

    /// As an event among the server's.
    pub(super) fn written(self) -> Value {
        json!({ OURS: self.word() })
    }

    const fn event(self) -> Event {
        match self {
            Self::Done => Event::Done,
            Self::Empty => Event::Broken(Malformation::Empty),
            Self::CutOff => Event::Broken(Malformation::CutOff),
            Self::NotUtf8 => Event::Broken(Malformation::NotUtf8),
            Self::NotJson => Event::Broken(Malformation::NotJson),
            Self::TooLong => Event::Broken(Malformation::TooLong),
        }
    }
}

/// Reads an event.
pub(in crate::advice::call) fn read(event: &Value) -> Event {
    let Value::Object(event) = event else {
        return Event::Nothing;
    };
    if let Some(word) = event.get(OURS) {
        let mark = Mark::ALL.into_iter().find(|mark| mark.word() == word);
        return mark.map_or(Event::Nothing, Mark::event);
    }
    match choice(event) {
        Some(choice) => token(choice),
        None if is_error(event) => error(event),
        None => Event::Nothing,
    }
}

/// The first of what the server offers; we ask for one.
fn choice(event: &Map<String, Value>) -> Option<&Map<String, Value>> {
    event.get("choices")?.as_array()?.first()?.as_object()
}

fn token(choice: &Map<String, Value>) -> Event {
    let part = |key: &str| choice.get(key).and_then(Value::as_object);
    let parts = [part("delta"), part("message")];
    let said = |key: &str| {
        let inside = parts.iter().flatten().find_map(|part| part.get(key));
        inside.and_then(Value::as_str)
    };
    let text = said("content").or_else(|| choice.get("text").and_then(Value::as_str));
    let text = text.unwrap_or_default().to_owned();
    match choice.get("finish_reason").and_then(Value::as_str) {
        Some(reason) => Event::Last(text, finish(reason)),
        None if !text.is_empty() => Event::Token(text),
        // A thought is never shown, but a model that thinks is not one that hangs.
        None if ["reasoning_content", "reasoning"]
            .into_iter()
            .any(|key| said(key).is_some_and(|thought| !thought.is_empty())) =>
        {
            Event::Token(text)
        }
        None => Event::Nothing,
    }
}

/// vLLM and llama.cpp say `stop` and `length`, vLLM `abort` as well; TGI says `eos_token` and
/// `stop_sequence`; Ollama also says `load` and `unload`, which are about the model.
fn finish(reason: &str) -> Finish {
    match reason {
        "stop" | "eos_token" | "stop_sequence" => Finish::Stop,
        "length" => Finish::Length,
        _ => Finish::Other,
    }
}

/// `{"error": …}` of whatever kind, or the flat one of older vLLM.
fn is_error(event: &Map<String, Value>) -> bool {
    event.get("error").is_some_and(|error| !error.is_null())
        || event.get("object").is_some_and(|object| object == "error")
}

fn error(event: &Map<String, Value>) -> Event {
    refusal::known(&Value::Object(event.clone()))
        .map_or(Event::Broken(Malformation::ErrorInside), Event::Refused)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Event {
        Event::Token(text.to_owned())
    }

    #[test]
    fn the_text_is_found_wherever_a_server_puts_it() {
        for event in [
            json!({ "choices": [{ "delta": { "content": "두" }, "finish_reason": null }] }),
            json!({ "choices": [{ "text": "두", "logprobs": null }] }),
            json!({ "choices": [{ "message": { "content": "두", "role": "assistant" } }] }),
            json!({ "choices": [{ "delta": {}, "text": "두", "finish_reason": 7 }] }),
            json!({ "choices": [{ "delta": { "content": "두" } }], "error": null }),
        ] {
            assert_eq!(read(&event), text("두"), "{event}");
        }
    }

    #[test]
    fn a_thought_is_a_token_without_text() {
        for key in ["reasoning_content", "reasoning"] {
            let event = json!({ "choices": [{ "delta": { key: "…", "content": null } }] });
            assert_eq!(read(&event), text(""));
        }
    }

    #[test]
    fn every_reason_to_finish_is_understood() {
        for (reason, finish) in [
            ("stop", Finish::Stop),
            ("eos_token", Finish::Stop),
            ("stop_sequence", Finish::Stop),
            ("length", Finish::Length),
            ("abort", Finish::Other),
            ("load", Finish::Other),
            ("unload", Finish::Other),
            ("content_filter", Finish::Other),
        ] {
            let event = json!({ "choices": [{ "delta": {}, "finish_reason": reason }] });
            assert_eq!(read(&event), Event::Last(String::new(), finish));
        }
        let event = json!({ "choices": [{ "text": "끝", "finish_reason": "stop" }] });
        assert_eq!(read(&event), Event::Last("끝".to_owned(), Finish::Stop));
    }

    #[test]
    fn an_error_is_one_whatever_its_shape() {
        let broken = Event::Broken(Malformation::ErrorInside);
        for event in [
            json!({ "error": { "message": "boom", "code": 500 } }),
            json!({ "error": { "message": "boom", "code": "internal" } }),
            json!({ "error": { "message": "boom", "code": null } }),
            json!({ "error": "boom", "error_type": "generation" }),
            json!({ "error": ["boom"] }),
            json!({ "object": "error", "message": "boom", "code": 500 }),
        ] {
            assert_eq!(read(&event), broken, "{event}");
        }
        let long = json!({ "error": { "message": "exceeds the available context size" } });
        assert_eq!(read(&long), Event::Refused(CallError::PromptTooLong));
    }

    #[test]
    fn no_json_makes_it_fail() {
        for event in [
            json!(null),
            json!([]),
            json!("text"),
            json!(7),
            json!({}),
            json!({ "choices": [] }),
            json!({ "choices": null }),
            json!({ "choices": [null] }),
            json!({ "choices": [{ "delta": "text" }] }),
            json!({ "choices": [{ "delta": { "content": ["text"] } }] }),
            json!({ "choices": [{ "delta": { "role": "assistant", "content": null } }] }),
            json!({ "choices": [], "usage": { "total_tokens": 7 } }),
            json!({ "dupi": "?" }),
            json!({ "dupi": 7 }),
        ] {
            assert_eq!(read(&event), Event::Nothing, "{event}");
        }
    }

    #[test]
    fn marks_are_read_as_they_were_written() {
        for mark in Mark::ALL {
            assert_eq!(read(&mark.written()), mark.event());
        }
    }
}
