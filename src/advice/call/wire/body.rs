//! The body of a request. Pure.

use serde_json::{Map, Value, json};

use crate::advice::call::{Guidance, Prompt, Request};

/// Of the probability's mass.
const TOP_P: f64 = 0.9;
/// Against repetition.
const FREQUENCY_PENALTY: f64 = 0.3;
/// Models of this family think aloud unless they are told not to.
const THINKS_ALOUD: &str = "qwen3";
/// What the text is called in the server's logs and grammar.
const SCHEMA_NAME: &str = "text";

/// What is sent to one of the two endpoints.
pub(in crate::advice::call) fn body(model: &str, request: &Request, guidance: Guidance) -> Value {
    let mut body = Map::new();
    body.insert("model".to_owned(), json!(model));
    match &request.prompt {
        Prompt::Chat { system, user } => {
            let mut messages = Vec::new();
            if !system.is_empty() {
                messages.push(json!({ "role": "system", "content": system }));
            }
            messages.push(json!({ "role": "user", "content": user }));
            body.insert("messages".to_owned(), Value::Array(messages));
            if model.to_lowercase().contains(THINKS_ALOUD) {
                let quiet = json!({ "enable_thinking": false });
                body.insert("chat_template_kwargs".to_owned(), quiet);
            }
        }
        Prompt::Text(text) => {
            body.insert("prompt".to_owned(), json!(text));
        }
    }
    // Nobody else sets this: without it the server sends plain JSON when all is written.
    body.insert("stream".to_owned(), json!(true));
    body.insert("temperature".to_owned(), json!(short(request.temperature)));
    body.insert("top_p".to_owned(), json!(TOP_P));
    body.insert("max_tokens".to_owned(), json!(request.max_tokens));
    body.insert("frequency_penalty".to_owned(), json!(FREQUENCY_PENALTY));
    if !request.stop.is_empty() {
        body.insert("stop".to_owned(), json!(request.stop));
    }
    if let Some(format) = format(request.schema.as_ref(), guidance) {
        body.insert("response_format".to_owned(), format);
    }
    Value::Object(body)
}

/// How the server is asked to guide the output, where it can.
fn format(schema: Option<&Value>, guidance: Guidance) -> Option<Value> {
    let schema = schema?;
    match guidance {
        Guidance::JsonSchema => Some(json!({
            "type": "json_schema",
            "json_schema": { "name": SCHEMA_NAME, "strict": true, "schema": schema },
        })),
        Guidance::JsonObject => Some(json!({ "type": "json_object" })),
        Guidance::None => None,
    }
}

/// `0.3` as `0.3`, which it is not any more as a longer float.
fn short(number: f32) -> f64 {
    (f64::from(number) * 1000.0).round() / 1000.0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(prompt: Prompt) -> Request {
        Request {
            prompt,
            temperature: 0.3,
            max_tokens: 400,
            stop: Vec::new(),
            schema: Some(json!({ "type": "object" })),
        }
    }

    fn chat() -> Request {
        request(Prompt::Chat {
            system: "S".to_owned(),
            user: "U".to_owned(),
        })
    }

    #[test]
    fn a_chat_says_everything_that_is_asked_for() {
        let sent = body("m", &chat(), Guidance::JsonSchema);
        let expected = json!({
            "model": "m",
            "messages": [
                { "role": "system", "content": "S" },
                { "role": "user", "content": "U" },
            ],
            "stream": true,
            "temperature": 0.3,
            "top_p": 0.9,
            "max_tokens": 400,
            "frequency_penalty": 0.3,
            "response_format": {
                "type": "json_schema",
                "json_schema": { "name": "text", "strict": true, "schema": { "type": "object" } },
            },
        });
        assert_eq!(sent, expected);
    }

    #[test]
    fn a_text_goes_as_it_is_with_its_stop_strings() {
        let mut request = request(Prompt::Text("### 질문: ?\n\n### 답변:".to_owned()));
        request.stop = vec!["###".to_owned()];
        request.schema = None;
        let expected = json!({
            "model": "m",
            "prompt": "### 질문: ?\n\n### 답변:",
            "stream": true,
            "temperature": 0.3,
            "top_p": 0.9,
            "max_tokens": 400,
            "frequency_penalty": 0.3,
            "stop": ["###"],
        });
        assert_eq!(body("m", &request, Guidance::JsonSchema), expected);
    }

    #[test]
    fn output_is_guided_only_as_the_server_can() {
        let format = |guidance| body("m", &chat(), guidance)["response_format"].clone();
        let object = json!({ "type": "json_object" });
        assert_eq!(format(Guidance::JsonObject), object);
        assert_eq!(format(Guidance::None), Value::Null);
    }

    #[test]
    fn only_models_that_think_aloud_are_told_not_to() {
        let told = |model| body(model, &chat(), Guidance::None)["chat_template_kwargs"].clone();
        let quiet = json!({ "enable_thinking": false });
        assert_eq!(told("Qwen/Qwen3-8B-AWQ"), quiet);
        assert_eq!(told("qwen2.5"), Value::Null);
        assert_eq!(told("kanana-1.5"), Value::Null);
    }
}
