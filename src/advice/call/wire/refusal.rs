//! What a refusal means. Pure. The body is looked at once, and nothing of it is kept.
//!
//! Servers have no common code for what matters here, so two things are found out from words. The
//! words are those of the servers' own sources; where they change, the call still ends in a
//! [`CallError::Status`].

use std::time::Duration;

use serde_json::Value;

use crate::advice::call::CallError;

/// The longest pause that a server may ask for.
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// vLLM ("maximum context length", `context_length_exceeded`), llama.cpp ("available
/// context size", `exceed_context_size_error`), llama-cpp-python ("exceed context window"), newer
/// vLLM ("longer than the maximum model length"), TGI ("`inputs` must have less than 1024 tokens",
/// "`inputs` tokens + `max_new_tokens` must be <= 2048").
const TOO_LONG: [&str; 8] = [
    "context length",
    "context_length",
    "context size",
    "context_size",
    "context window",
    "maximum model length",
    "must have less than",
    "max_new_tokens` must be",
];
/// vLLM, in the words of `transformers`.
const NO_TEMPLATE: &str = "chat template";
/// The keys under which servers say what is wrong, at the top or inside `error`.
const WORDS: [&str; 5] = ["message", "type", "code", "error_type", "detail"];

/// What an answer says that is no success.
pub(super) fn read(status: u16, retry_after: Option<&str>, body: &[u8]) -> CallError {
    let said = serde_json::from_slice(body).unwrap_or(Value::Null);
    let other = CallError::Status {
        status,
        retry_after: retry_after.and_then(pause),
    };
    match status {
        401 | 403 => CallError::Refused { status },
        // A wrong path is a 404, too, but no server speaks of a model then.
        404 if words(&said).contains("model") => CallError::UnknownModel,
        400 | 413 | 422 | 500 => known(&said).unwrap_or(other),
        _ => other,
    }
}

/// What is understood of an error's words.
pub(super) fn known(said: &Value) -> Option<CallError> {
    let words = words(said);
    if TOO_LONG.iter().any(|sign| words.contains(sign)) {
        return Some(CallError::PromptTooLong);
    }
    words
        .contains(NO_TEMPLATE)
        .then_some(CallError::NoChatTemplate)
}

/// All that an error says, in small letters.
fn words(said: &Value) -> String {
    let error = &said["error"];
    let inside = WORDS.iter().flat_map(|key| [&said[*key], &error[*key]]);
    let all: Vec<&str> = inside.chain([error]).filter_map(Value::as_str).collect();
    all.join(" ").to_lowercase()
}

/// In seconds, as all servers say it; a date would need a clock that agrees with the server's.
fn pause(retry_after: &str) -> Option<Duration> {
    let seconds: u64 = retry_after.trim().parse().ok()?;
    Some(Duration::from_secs(seconds).min(LONGEST_PAUSE))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(status: u16, body: &str) -> CallError {
        read(status, None, body.as_bytes())
    }

    fn other(status: u16) -> CallError {
        CallError::Status {
            status,
            retry_after: None,
        }
    }

    #[test]
    fn every_server_says_in_its_own_way_that_a_prompt_is_too_long() {
        for (status, body) in [
            // vLLM, now and before.
            (
                400,
                r#"{"error":{"message":"This model's maximum context length is 2048 tokens. However, you requested 3000 tokens.","type":"BadRequestError","param":null,"code":400}}"#,
            ),
            (
                400,
                r#"{"object":"error","message":"The decoder prompt (length 3000) is longer than the maximum model length of 2048.","type":"BadRequestError","param":null,"code":400}"#,
            ),
            // llama.cpp.
            (
                400,
                r#"{"error":{"code":400,"message":"request (718 tokens) exceeds the available context size (512 tokens), try increasing it","type":"exceed_context_size_error","n_prompt_tokens":718,"n_ctx":512}}"#,
            ),
            // llama-cpp-python.
            (
                400,
                r#"{"error":{"message":"This model's maximum context length is 512 tokens","type":"invalid_request_error","param":"messages","code":"context_length_exceeded"}}"#,
            ),
            (
                500,
                r#"{"error":{"message":"Requested tokens (718) exceed context window of 512","type":"internal_server_error","param":null,"code":null}}"#,
            ),
            // TGI.
            (
                422,
                r#"{"error":"Input validation error: `inputs` must have less than 1024 tokens. Given: 1500","error_type":"validation"}"#,
            ),
            (
                422,
                r#"{"error":"Input validation error: `inputs` tokens + `max_new_tokens` must be <= 2048. Given: 1900 `inputs` tokens and 400 `max_new_tokens`","error_type":"validation"}"#,
            ),
        ] {
            assert_eq!(said(status, body), CallError::PromptTooLong, "{body}");
        }
    }

    #[test]
    fn an_unknown_model_is_told_apart_from_a_wrong_path() {
        for body in [
            r#"{"error":{"message":"The model `x` does not exist.","type":"NotFoundError","param":"model","code":404}}"#,
            r#"{"object":"error","message":"The model `x` does not exist.","type":"NotFoundError","param":null,"code":404}"#,
            r#"{"error":{"message":"model \"x\" not found, try pulling it first","type":"api_error","param":null,"code":null}}"#,
        ] {
            assert_eq!(said(404, body), CallError::UnknownModel, "{body}");
        }
        for body in [
            r#"{"detail":"Not Found"}"#,
            r#"{"error":{"message":"File Not Found","type":"not_found_error","code":404}}"#,
            "404 page not found",
            "",
        ] {
            assert_eq!(said(404, body), other(404), "{body}");
        }
    }

    #[test]
    fn a_model_without_a_template_is_told_apart() {
        let body = r#"{"error":{"message":"As of transformers v4.44, default chat template is no longer allowed, so you must provide a chat template if the tokenizer does not define one.","type":"BadRequestError","param":null,"code":400}}"#;
        assert_eq!(said(400, body), CallError::NoChatTemplate);
    }

    #[test]
    fn a_refused_key_is_told_apart() {
        for status in [401, 403] {
            assert_eq!(said(status, "{}"), CallError::Refused { status });
        }
    }

    #[test]
    fn anything_else_keeps_its_status() {
        for (status, body) in [
            (400, r#"{"error":{"message":"bad","code":"x"}}"#),
            (400, r#"{"error":null}"#),
            (400, "[[[["),
            (
                429,
                r#"{"error":"Model is overloaded","error_type":"overloaded"}"#,
            ),
            (
                503,
                r#"{"error":{"message":"Loading model","type":"unavailable_error","code":503}}"#,
            ),
            (
                503,
                r#"{"error":{"message":"server busy, please try again.","type":"api_error"}}"#,
            ),
            (302, "<html>"),
        ] {
            assert_eq!(said(status, body), other(status), "{body}");
        }
        assert_eq!(read(500, None, &[0xff, 0xfe]), other(500));
    }

    #[test]
    fn a_pause_is_taken_from_seconds_and_never_long() {
        let pause = |asked| match read(429, Some(asked), b"") {
            CallError::Status { retry_after, .. } => retry_after,
            error => panic!("{error}"),
        };
        assert_eq!(pause("2"), Some(Duration::from_secs(2)));
        assert_eq!(pause(" 0 "), Some(Duration::ZERO));
        assert_eq!(pause("86400"), Some(LONGEST_PAUSE));
        assert_eq!(pause("99999999999999999999999"), None);
        assert_eq!(pause("-1"), None);
        assert_eq!(pause("Wed, 21 Oct 2026 07:28:00 GMT"), None);
    }
}
