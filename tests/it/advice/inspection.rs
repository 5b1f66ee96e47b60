//! What a server has, as five kinds of them tell it, and what becomes of it in calls.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on ends where it stands"
)]

use dupi::advice::call::{
    CallError, Finish, Guidance, LlmServer, Mode, Naming, Request, Server, ServerSettings, budget,
};
use serde_json::{Value, json};

use super::call::{TEXT, chat, continuation, server, settings, soon};
use crate::support::llm::{Flavour, Reply, ScriptedLlm};

fn unnamed(llm: &ScriptedLlm, mode: Mode) -> LlmServer {
    let settings = ServerSettings {
        model: None,
        mode,
        ..settings(llm.base_url())
    };
    LlmServer::new(settings).unwrap()
}

fn guided(request: Request) -> Request {
    Request {
        schema: Some(json!({ "type": "object", "properties": { "answer": { "type": "string" } } })),
        ..request
    }
}

fn formats(llm: &ScriptedLlm) -> Vec<Value> {
    let asked = llm.asked();
    let formats = asked
        .iter()
        .map(|asked| &asked.body["response_format"]["type"]);
    formats.cloned().collect()
}

#[tokio::test]
async fn every_kind_of_server_tells_what_it_has() {
    let large = Some(2048);
    for (flavour, model, context, chat, completions) in [
        (
            Flavour::Vllm,
            "scripted",
            large,
            Guidance::JsonSchema,
            Guidance::JsonSchema,
        ),
        (
            Flavour::LlamaCpp,
            "scripted",
            large,
            Guidance::JsonSchema,
            Guidance::None,
        ),
        (
            Flavour::LlamaCppPython,
            "scripted",
            None,
            Guidance::JsonObject,
            Guidance::JsonObject,
        ),
        (
            Flavour::Ollama,
            "scripted:latest",
            None,
            Guidance::JsonSchema,
            Guidance::None,
        ),
        (
            Flavour::Tgi,
            "scripted",
            None,
            Guidance::None,
            Guidance::None,
        ),
    ] {
        let llm = ScriptedLlm::with_manners_of(flavour).await;
        for (mode, guidance) in [(Mode::Chat, chat), (Mode::Completions, completions)] {
            let server = unnamed(&llm, mode);
            assert_eq!(server.known(), None);
            let found = soon(server.inspect()).await.unwrap();
            let expected = Server {
                model: model.to_owned(),
                naming: Naming::Listed,
                context,
                guidance,
            };
            assert_eq!(found, expected, "{flavour:?} {mode:?}");
            assert_eq!(server.known(), Some(expected));
        }
        assert!(llm.asked().is_empty(), "only probes were sent");
    }
}

#[tokio::test]
async fn what_a_server_told_is_remembered() {
    let llm = ScriptedLlm::start().await;
    let server = unnamed(&llm, Mode::Chat);
    for _ in 0..3 {
        soon(server.complete(guided(chat()))).await.unwrap();
        soon(server.server()).await.unwrap();
    }
    assert_eq!((llm.listings(), llm.probes()), (1, 1));
    assert_eq!(llm.asked()[0].body["model"], "scripted");
    soon(server.inspect()).await.unwrap();
    assert_eq!((llm.listings(), llm.probes()), (2, 2));
}

#[tokio::test]
async fn a_schema_is_asked_for_as_the_server_can() {
    for (flavour, format) in [
        (Flavour::Vllm, json!("json_schema")),
        (Flavour::LlamaCppPython, json!("json_object")),
        (Flavour::Tgi, Value::Null),
    ] {
        let llm = ScriptedLlm::with_manners_of(flavour).await;
        let server = server(&llm);
        soon(server.complete(guided(chat()))).await.unwrap();
        // One without a schema is never guided.
        soon(server.complete(chat())).await.unwrap();
        assert_eq!(formats(&llm), [format, Value::Null], "{flavour:?}");
    }
}

#[tokio::test]
async fn guided_output_ends_with_its_json_however_long_the_server_goes_on() {
    let written = json!({ "answer": "두피가 {조금} 건조해요" }).to_string();
    let llm = ScriptedLlm::start().await;
    let endless = [
        Reply::HangMidStream {
            after: format!("{written}\n\n \n"),
        },
        Reply::Finish(format!("{written}\n\n\n"), json!("length")),
    ];
    llm.replies(endless);
    let server = server(&llm);
    for _ in 0..2 {
        let completion = soon(server.complete(guided(chat()))).await.unwrap();
        assert_eq!(completion.text.trim_end(), written);
        assert_eq!(completion.finish, Finish::Stop);
    }
    // What is not guided may well have braces.
    llm.replies([Reply::Finish("{}\n".to_owned(), json!("length"))]);
    let completion = soon(server.complete(chat())).await.unwrap();
    assert_eq!(
        (completion.text.as_str(), completion.finish),
        ("{}\n", Finish::Length)
    );
}

#[tokio::test]
async fn guided_output_that_is_cut_is_incomplete() {
    let llm = ScriptedLlm::start().await;
    llm.replies([Reply::Finish(
        "{\"answer\": \"두피가".to_owned(),
        json!("length"),
    )]);
    let completion = soon(server(&llm).complete(guided(chat()))).await.unwrap();
    assert_eq!(completion.finish, Finish::Length);
}

#[tokio::test]
async fn a_model_that_is_named_wrongly_is_found_out() {
    let named = |llm: &ScriptedLlm| {
        let settings = ServerSettings {
            model: Some("slip".to_owned()),
            ..settings(llm.base_url())
        };
        LlmServer::new(settings).unwrap()
    };
    let llm = ScriptedLlm::with_manners_of(Flavour::LlamaCpp).await;
    let found = soon(named(&llm).inspect()).await.unwrap();
    let listed = vec!["scripted".to_owned()];
    assert_eq!(found.naming, Naming::NotListed { listed });
    assert_eq!(found.model, "slip");
    llm.lists(None);
    let found = soon(named(&llm).inspect()).await.unwrap();
    assert_eq!(found.naming, Naming::NoList);
}

#[tokio::test]
async fn a_server_without_exactly_one_model_wants_it_named() {
    let llm = ScriptedLlm::start().await;
    let several = json!({ "data": [{ "id": "a" }, { "id": "b" }] });
    for (list, listed) in [
        (Some(several), 2),
        (Some(json!({ "data": [] })), 0),
        (None, 0),
    ] {
        llm.lists(list);
        let server = unnamed(&llm, Mode::Chat);
        let expected = CallError::ModelNotNamed { listed };
        assert!(!expected.is_temporary());
        assert_eq!(soon(server.inspect()).await.unwrap_err(), expected);
        assert_eq!(soon(server.complete(chat())).await.unwrap_err(), expected);
    }
    assert!(llm.asked().is_empty());
}

#[tokio::test]
async fn a_server_that_has_changed_is_asked_again() {
    let llm = ScriptedLlm::start().await;
    let server = unnamed(&llm, Mode::Chat);
    soon(server.complete(chat())).await.unwrap();
    let gone = json!({ "error": { "message": "The model `scripted` does not exist." } });
    llm.replies([Reply::refusal(404, &gone)]);
    llm.lists(Some(json!({ "data": [{ "id": "newer" }] })));
    let error = soon(server.complete(chat())).await.unwrap_err();
    assert_eq!(error, CallError::UnknownModel);
    soon(server.complete(chat())).await.unwrap();
    assert_eq!(llm.asked()[2].body["model"], "newer");
}

#[tokio::test]
async fn a_model_that_thinks_aloud_is_told_not_to() {
    let llm = ScriptedLlm::start().await;
    llm.lists(Some(json!({ "data": [{ "id": "Qwen/Qwen3-8B" }] })));
    let server = unnamed(&llm, Mode::Chat);
    soon(server.complete(chat())).await.unwrap();
    soon(server.complete(continuation())).await.unwrap();
    let told = |call: usize| llm.asked()[call].body["chat_template_kwargs"].clone();
    assert_eq!(told(0), json!({ "enable_thinking": false }));
    assert_eq!(told(1), Value::Null, "there is no template to tell");
}

#[tokio::test]
async fn a_server_that_fails_while_it_is_asked_is_not_judged() {
    let llm = ScriptedLlm::start().await;
    let refused = ServerSettings {
        api_key: Some("falsch".into()),
        ..settings(llm.base_url())
    };
    let server = LlmServer::new(refused).unwrap();
    llm.probe_replies([Reply::status(401)]);
    let error = soon(server.inspect()).await.unwrap_err();
    assert_eq!(error, CallError::Refused { status: 401 });
    llm.probe_replies([Reply::status(503), Reply::status(503)]);
    let error = soon(server.inspect()).await.unwrap_err();
    assert!(matches!(error, CallError::Status { status: 503, .. }));
    assert_eq!(
        server.known(),
        None,
        "nothing is remembered that was not found out"
    );
    assert_eq!(
        soon(server.server()).await.unwrap().guidance,
        Guidance::JsonSchema
    );
}

#[test]
fn a_budget_is_kept_by_estimate() {
    let request = chat();
    assert!(budget::fits(&request.prompt, 400, 2048));
    assert!(!budget::fits(&request.prompt, 400, 420));
    let long = Request {
        prompt: dupi::advice::call::Prompt::Text(TEXT.repeat(100)),
        ..chat()
    };
    assert!(!budget::fits(&long.prompt, 400, 2048));
}
