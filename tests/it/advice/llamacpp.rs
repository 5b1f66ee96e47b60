//! Calls to a real model server: llama.cpp's, with a tiny model whose answers are known.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on ends where it stands"
)]

use dupi::advice::call::{
    CallError, Finish, Guidance, LlmServer, Mode, Naming, Prompt, Request, Server, ServerSettings,
};
use serde_json::{Value, json};

use super::call::{LONG, chat, continuation, settings};
use crate::support::llamacpp::{ALIAS, CONTEXT, LlamaCpp};

/// All that the model knows.
const KNOWN: &str = "두피가 조금 기름진 편으로 보여요. 미지근한 물로 하루 한 번 감고, 통증이나 \
    고름이 있으면 피부과에서 확인해 보세요。";

fn server(llama: &LlamaCpp, model: Option<&str>, mode: Mode) -> LlmServer {
    let settings = ServerSettings {
        model: model.map(str::to_owned),
        mode,
        ..settings(llama.base_url())
    };
    LlmServer::new(settings).unwrap()
}

fn schema() -> Value {
    let text = json!({ "type": "string" });
    json!({
        "type": "object",
        "properties": { "answer": text, "used": { "type": "array", "items": text, "maxItems": 1 } },
        "required": ["answer", "used"],
        "additionalProperties": false,
    })
}

#[tokio::test]
async fn a_model_with_a_template_chats_continues_and_is_guided() {
    let Some(llama) = LlamaCpp::start(&[]) else {
        return;
    };
    let server = server(&llama, None, Mode::Chat);
    let found = server.inspect().await.unwrap();
    let expected = Server {
        model: ALIAS.to_owned(),
        naming: Naming::Listed,
        context: Some(CONTEXT),
        guidance: Guidance::JsonSchema,
    };
    assert_eq!(found, expected);

    for request in [chat(), continuation()] {
        let written = server.complete(request).await.unwrap();
        assert_eq!(
            (written.text.as_str(), written.finish),
            (KNOWN, Finish::Stop)
        );
        assert!(written.first_token <= written.total && written.total < LONG);
    }

    let stopped = Request {
        stop: vec!["미지근한".to_owned()],
        ..chat()
    };
    let written = server.complete(stopped).await.unwrap();
    assert_eq!(written.text.trim(), "두피가 조금 기름진 편으로 보여요.");
    assert_eq!(written.finish, Finish::Stop);

    let guided = Request {
        schema: Some(schema()),
        temperature: 0.0,
        max_tokens: 200,
        ..chat()
    };
    let written = server.complete(guided).await.unwrap();
    assert_eq!(written.finish, Finish::Stop, "{}", written.text);
    let json: Value = serde_json::from_str(&written.text).unwrap();
    assert!(json["answer"].as_str().unwrap().starts_with("두피가"));
    assert!(json["used"].is_array());

    let short = Request {
        max_tokens: 5,
        ..chat()
    };
    let written = server.complete(short).await.unwrap();
    assert_eq!(written.text, "두피가 조금 기름진 편");
    assert_eq!(written.finish, Finish::Length);

    // Two fit at the same time, more wait in our queue.
    let crowd: Vec<_> = (0..8).map(|_| server.complete(chat())).collect();
    for written in futures_util::future::join_all(crowd).await {
        assert_eq!(written.unwrap().text, KNOWN);
    }

    let long = Request {
        prompt: Prompt::Chat {
            system: String::new(),
            user: "가려움".repeat(400),
        },
        ..chat()
    };
    let error = server.complete(long).await.unwrap_err();
    assert_eq!(error, CallError::PromptTooLong);
    let long = Request {
        prompt: Prompt::Text("가려움".repeat(400)),
        ..chat()
    };
    let error = server.complete(long).await.unwrap_err();
    assert_eq!(error, CallError::PromptTooLong);
    assert!(server.complete(chat()).await.is_ok());
}

#[tokio::test]
async fn a_wrong_name_is_found_out_where_the_server_overlooks_it() {
    let Some(llama) = LlamaCpp::start(&[]) else {
        return;
    };
    let server = server(&llama, Some("slip"), Mode::Chat);
    let found = server.inspect().await.unwrap();
    let listed = vec![ALIAS.to_owned()];
    assert_eq!(found.naming, Naming::NotListed { listed });
    assert_eq!(found.context, None);
    assert_eq!(server.complete(chat()).await.unwrap().text, KNOWN);
    let elsewhere = ServerSettings {
        base_url: llama.base_url().replace("/v1", "/v7"),
        ..settings(llama.base_url())
    };
    let error = LlmServer::new(elsewhere).unwrap().complete(chat()).await;
    let status = error.unwrap_err();
    assert!(
        matches!(status, CallError::Status { status: 404, .. }),
        "{status}"
    );
}

#[tokio::test]
async fn a_model_that_never_stops_is_cut() {
    let Some(llama) = LlamaCpp::start(&["--loop"]) else {
        return;
    };
    let server = server(&llama, None, Mode::Chat);
    for request in [chat(), continuation()] {
        let request = Request {
            max_tokens: 100,
            stop: Vec::new(),
            ..request
        };
        let written = server.complete(request).await.unwrap();
        assert_eq!(written.finish, Finish::Length);
        assert!(
            written.text.matches("두피가").count() > 1,
            "{}",
            written.text
        );
    }
}

#[tokio::test]
async fn a_model_without_a_template_continues_what_it_is_given() {
    let Some(llama) = LlamaCpp::start(&["--no-template"]) else {
        return;
    };
    let server = server(&llama, None, Mode::Completions);
    let found = server.inspect().await.unwrap();
    assert_eq!(found.naming, Naming::Listed);
    assert_eq!(found.context, Some(CONTEXT));
    let written = server.complete(continuation()).await.unwrap();
    assert_eq!(
        (written.text.as_str(), written.finish),
        (KNOWN, Finish::Stop)
    );
    // Its server wraps a chat in a template of its own liking, and says nothing.
    assert!(server.complete(chat()).await.is_ok());
}
