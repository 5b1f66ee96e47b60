//! Calls to a model, against a scripted server: whatever it does, the caller is told in time.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on ends where it stands"
)]

use std::num::NonZeroUsize;
use std::time::Duration;

use dupi::advice::call::{
    CallError, Completion, Deadline, Deadlines, Finish, LlmServer, Malformation, Mode, Prompt,
    Request, ServerSettings, SettingsProblem,
};
use serde_json::{Value, json};
use tokio::time::{Instant, timeout};

use crate::support::llm::{Reply, ScriptedLlm, nobody};

/// Longer than anything here takes, also on a machine that is busy.
pub(super) const LONG: Duration = Duration::from_secs(20);
const HOUR: Duration = Duration::from_hours(1);
/// Short enough to wait for in a test.
pub(super) const SHORT: Duration = Duration::from_millis(50);
pub(super) const TEXT: &str = "두피가 조금 기름진 편으로 보여요.";

/// Nothing is late that is not meant to be.
pub(super) const UNHURRIED: Deadlines = Deadlines {
    connect: HOUR,
    first_token: HOUR,
    gap: HOUR,
    total: HOUR,
};

pub(super) fn settings(base_url: String) -> ServerSettings {
    ServerSettings {
        base_url,
        api_key: None,
        model: Some("scripted".to_owned()),
        mode: Mode::Chat,
        context: None,
        deadlines: UNHURRIED,
        at_once: NonZeroUsize::new(4).unwrap(),
        queue: 16,
    }
}

pub(super) fn server(llm: &ScriptedLlm) -> LlmServer {
    LlmServer::new(settings(llm.base_url())).unwrap()
}

pub(super) fn hurried(llm: &ScriptedLlm, deadlines: Deadlines) -> LlmServer {
    LlmServer::new(ServerSettings {
        deadlines,
        ..settings(llm.base_url())
    })
    .unwrap()
}

pub(super) fn chat() -> Request {
    Request {
        prompt: Prompt::Chat {
            system: "규칙".to_owned(),
            user: "<상태>양호</상태>".to_owned(),
        },
        temperature: 0.3,
        max_tokens: 400,
        stop: Vec::new(),
        schema: None,
    }
}

pub(super) fn continuation() -> Request {
    Request {
        prompt: Prompt::Text("### 질문: 두피가 어때요?\n\n### 답변:".to_owned()),
        stop: vec!["###".to_owned()],
        ..chat()
    }
}

pub(super) async fn soon<T>(future: impl Future<Output = T>) -> T {
    timeout(LONG, future).await.expect("it comes soon")
}

/// What becomes of one call that the server takes so.
async fn outcome(reply: Reply) -> Result<Completion, CallError> {
    let llm = ScriptedLlm::start().await;
    llm.replies_always(reply);
    soon(server(&llm).complete(chat())).await
}

async fn malformed(reply: Reply, expected: Malformation) {
    let shown = format!("{reply:?}");
    let error = outcome(reply).await.expect_err(&shown);
    let CallError::Malformed { reason, .. } = error else {
        panic!("{shown}: {error}");
    };
    assert_eq!(reason, expected, "{shown}");
    assert!(error.is_temporary());
}

#[tokio::test]
async fn a_chat_brings_the_whole_text() {
    let llm = ScriptedLlm::start().await;
    llm.replies([Reply::text(TEXT)]);
    let completion = server(&llm).complete(chat()).await.unwrap();
    assert_eq!(completion.text, TEXT);
    assert_eq!(completion.finish, Finish::Stop);
    assert!(completion.first_token <= completion.total);
    let [asked] = &llm.asked()[..] else {
        panic!("one call is made");
    };
    assert_eq!(asked.path, "/v1/chat/completions");
    assert_eq!(asked.authorization, None);
    assert_eq!(asked.body["model"], "scripted");
    assert_eq!(asked.body["stream"], true);
    assert_eq!(asked.body["messages"][1]["content"], "<상태>양호</상태>");
    // Nothing was asked that the call does not need.
    assert_eq!((llm.listings(), llm.probes()), (0, 0));
}

#[tokio::test]
async fn a_text_is_continued() {
    let llm = ScriptedLlm::start().await;
    llm.replies([Reply::text(TEXT)]);
    let completion = server(&llm).complete(continuation()).await.unwrap();
    assert_eq!(completion.text, TEXT);
    let asked = &llm.asked()[0];
    assert_eq!(asked.path, "/v1/completions");
    assert_eq!(asked.body["stop"], json!(["###"]));
}

#[tokio::test]
async fn the_key_is_sent_and_never_shown() {
    let llm = ScriptedLlm::start().await;
    let settings = ServerSettings {
        api_key: Some("geheim-7".into()),
        ..settings(llm.base_url())
    };
    assert!(!format!("{settings:?}").contains("geheim"));
    let server = LlmServer::new(settings).unwrap();
    assert!(!format!("{server:?}").contains("geheim"));
    server.complete(chat()).await.unwrap();
    let authorization = llm.asked()[0].authorization.clone();
    assert_eq!(authorization.as_deref(), Some("Bearer geheim-7"));
}

#[tokio::test]
async fn settings_that_cannot_be_used_are_refused() {
    for base_url in [
        "",
        "localhost:8000/v1",
        "ftp://a/v1",
        "http://",
        "http://a/v1?x=1",
    ] {
        let problem = SettingsProblem::Address;
        let refused = LlmServer::new(settings(base_url.to_owned())).unwrap_err();
        assert_eq!(refused, CallError::Settings { problem }, "{base_url}");
        assert!(!refused.is_temporary());
    }
    let settings = ServerSettings {
        api_key: Some("a\nb".into()),
        ..settings("https://a/v1/".to_owned())
    };
    let problem = SettingsProblem::Key;
    let refused = LlmServer::new(settings).unwrap_err();
    assert_eq!(refused, CallError::Settings { problem });
}

#[tokio::test]
async fn a_server_that_is_busy_is_asked_once_more() {
    for busy in [Reply::status(503), Reply::status(429), Reply::status(502)] {
        let llm = ScriptedLlm::start().await;
        llm.replies([busy, Reply::text(TEXT)]);
        let completion = server(&llm).complete(chat()).await.unwrap();
        assert_eq!(completion.text, TEXT);
        assert_eq!(llm.asked().len(), 2);
    }
}

#[tokio::test]
async fn a_server_that_stays_busy_is_left_alone_after_two_attempts() {
    let llm = ScriptedLlm::start().await;
    llm.replies_always(Reply::Status {
        status: 429,
        headers: vec![("retry-after", "0".to_owned())],
        // Plain text, as TGI has it in front of a proxy.
        body: "Model is overloaded".to_owned(),
    });
    let error = server(&llm).complete(chat()).await.unwrap_err();
    let expected = CallError::Status {
        status: 429,
        retry_after: Some(Duration::ZERO),
    };
    assert_eq!(error, expected);
    assert!(error.is_temporary());
    assert_eq!(llm.asked().len(), 2);
}

#[tokio::test]
async fn a_pause_that_the_server_asks_for_is_kept() {
    let llm = ScriptedLlm::start().await;
    llm.replies([
        Reply::Status {
            status: 429,
            headers: vec![("retry-after", "1".to_owned())],
            body: String::new(),
        },
        Reply::text(TEXT),
    ]);
    let begun = Instant::now();
    let completion = server(&llm).complete(chat()).await.unwrap();
    assert!(begun.elapsed() >= Duration::from_secs(1));
    // The person waited for both attempts.
    assert!(completion.first_token >= Duration::from_secs(1));
    assert_eq!(llm.asked().len(), 2);
}

async fn is_given_up_at_the_end_of_the_whole_time(llm: &ScriptedLlm) {
    let deadlines = Deadlines {
        total: SHORT * 4,
        ..UNHURRIED
    };
    let error = soon(hurried(llm, deadlines).complete(chat())).await;
    let deadline = Deadline::Total;
    assert_eq!(error.unwrap_err(), CallError::Late { deadline });
}

#[tokio::test]
async fn a_pause_is_part_of_the_whole_time() {
    let llm = ScriptedLlm::start().await;
    llm.replies_always(Reply::Status {
        status: 503,
        headers: vec![("retry-after", "3600".to_owned())],
        body: String::new(),
    });
    is_given_up_at_the_end_of_the_whole_time(&llm).await;
}

#[tokio::test]
async fn a_refusal_that_will_not_change_is_not_asked_for_again() {
    let model = json!({ "error": { "message": "The model `x` does not exist.", "code": 404 } });
    let long = json!({ "error": { "message": "maximum context length is 2048", "code": 400 } });
    let template = json!({ "error": { "message": "you must provide a chat template" } });
    for (reply, expected) in [
        (Reply::refusal(404, &model), CallError::UnknownModel),
        (Reply::refusal(400, &long), CallError::PromptTooLong),
        (
            Reply::refusal(
                422,
                &json!({ "error": "`inputs` must have less than 1024 tokens" }),
            ),
            CallError::PromptTooLong,
        ),
        (Reply::refusal(400, &template), CallError::NoChatTemplate),
        (Reply::status(401), CallError::Refused { status: 401 }),
        (Reply::status(403), CallError::Refused { status: 403 }),
        (
            Reply::status(400),
            CallError::Status {
                status: 400,
                retry_after: None,
            },
        ),
        (
            Reply::refusal(400, &json!({ "error": { "code": "bad" } })),
            CallError::Status {
                status: 400,
                retry_after: None,
            },
        ),
        (
            Reply::status(404),
            CallError::Status {
                status: 404,
                retry_after: None,
            },
        ),
    ] {
        let llm = ScriptedLlm::start().await;
        llm.replies_always(reply);
        let error = server(&llm).complete(chat()).await.unwrap_err();
        assert_eq!(error, expected);
        assert!(!error.is_temporary());
        assert_eq!(llm.asked().len(), 1, "{expected}");
    }
}

#[tokio::test]
async fn a_server_that_fails_is_not_hammered() {
    let llm = ScriptedLlm::start().await;
    llm.replies_always(Reply::status(500));
    let error = server(&llm).complete(chat()).await.unwrap_err();
    assert!(matches!(error, CallError::Status { status: 500, .. }));
    assert!(error.is_temporary());
    assert_eq!(llm.asked().len(), 1);
}

#[tokio::test]
async fn nobody_is_sent_elsewhere() {
    let other = ScriptedLlm::start().await;
    let llm = ScriptedLlm::start().await;
    llm.replies_always(Reply::Status {
        status: 307,
        headers: vec![("location", format!("{}/chat/completions", other.base_url()))],
        body: String::new(),
    });
    let error = server(&llm).complete(chat()).await.unwrap_err();
    assert!(matches!(error, CallError::Status { status: 307, .. }));
    assert!(other.asked().is_empty());
}

#[tokio::test]
async fn a_server_that_hangs_before_its_first_byte_is_given_up() {
    let llm = ScriptedLlm::start().await;
    llm.replies_always(Reply::HangBeforeFirstByte);
    let server = hurried(
        &llm,
        Deadlines {
            first_token: SHORT,
            ..UNHURRIED
        },
    );
    let error = soon(server.complete(chat())).await.unwrap_err();
    let deadline = Deadline::FirstToken;
    assert_eq!(error, CallError::Late { deadline });
    assert!(error.is_temporary());
    // Whoever was late once is not waited for twice.
    llm.hears(1).await;
    llm.is_left_by(1).await;
    assert_eq!(llm.asked().len(), 1);
}

#[tokio::test]
async fn a_role_without_a_token_is_no_first_token() {
    let llm = ScriptedLlm::start().await;
    llm.replies_always(Reply::HangMidStream {
        after: String::new(),
    });
    let server = hurried(
        &llm,
        Deadlines {
            first_token: SHORT,
            ..UNHURRIED
        },
    );
    let error = soon(server.complete(chat())).await.unwrap_err();
    let deadline = Deadline::FirstToken;
    assert_eq!(error, CallError::Late { deadline });
}

#[tokio::test]
async fn a_server_that_hangs_in_mid_stream_is_given_up() {
    let llm = ScriptedLlm::start().await;
    llm.replies_always(Reply::HangMidStream {
        after: TEXT.to_owned(),
    });
    let server = hurried(
        &llm,
        Deadlines {
            gap: SHORT,
            ..UNHURRIED
        },
    );
    let error = soon(server.complete(chat())).await.unwrap_err();
    let deadline = Deadline::Gap;
    assert_eq!(error, CallError::Late { deadline });
    llm.is_left_by(1).await;
    assert_eq!(
        llm.asked().len(),
        1,
        "there is no way back after the first byte"
    );
}

#[tokio::test]
async fn a_server_that_babbles_for_too_long_is_given_up() {
    let llm = ScriptedLlm::start().await;
    llm.replies_always(Reply::Slow {
        text: TEXT.repeat(1000),
        first: Duration::ZERO,
        between: Duration::from_millis(2),
    });
    is_given_up_at_the_end_of_the_whole_time(&llm).await;
}

#[tokio::test]
async fn a_slow_server_has_its_time() {
    let llm = ScriptedLlm::start().await;
    llm.replies_always(Reply::Slow {
        text: TEXT.to_owned(),
        first: SHORT,
        between: Duration::from_millis(5),
    });
    let completion = server(&llm).complete(chat()).await.unwrap();
    assert_eq!(completion.text, TEXT);
    assert!(completion.first_token >= SHORT);
    assert!(completion.total > completion.first_token);
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_server_that_does_not_take_connections_is_given_up() {
    // Nobody accepts here, and there is room for one or two connections to wait.
    let socket = tokio::net::TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let listener = socket.listen(1).unwrap();
    let address = listener.local_addr().unwrap();
    let mut waiting = Vec::new();
    while let Ok(connected) = timeout(SHORT, tokio::net::TcpStream::connect(address)).await {
        waiting.push(connected.unwrap());
    }
    let settings = ServerSettings {
        deadlines: Deadlines {
            connect: SHORT,
            ..UNHURRIED
        },
        ..settings(format!("http://{address}/v1"))
    };
    let error = soon(LlmServer::new(settings).unwrap().complete(chat())).await;
    let deadline = Deadline::Connect;
    assert_eq!(error.unwrap_err(), CallError::Late { deadline });
}

#[tokio::test]
async fn a_server_that_is_not_there_is_told_at_once() {
    let server = LlmServer::new(settings(nobody().await)).unwrap();
    let error = soon(server.complete(chat())).await.unwrap_err();
    assert_eq!(error, CallError::Connection);
    assert!(error.is_temporary());
}

#[tokio::test]
async fn an_error_inside_an_answer_is_one_whatever_its_shape() {
    let after = TEXT.to_owned();
    for event in [
        json!({ "error": { "message": "boom", "type": "InternalServerError", "code": 500 } }),
        json!({ "error": { "message": "boom", "type": "server_error", "code": "500" } }),
        json!({ "error": { "message": "boom", "code": null } }),
        json!({ "error": "boom", "error_type": "generation" }),
        json!({ "object": "error", "message": "boom", "code": 400 }),
    ] {
        let after = after.clone();
        malformed(
            Reply::InBandError { after, event },
            Malformation::ErrorInside,
        )
        .await;
    }
    let line = json!({ "error": "model runner has unexpectedly stopped" }).to_string();
    let raw = Reply::RawLine { after, line };
    malformed(raw, Malformation::ErrorInside).await;
}

#[tokio::test]
async fn an_answer_that_cannot_be_used_is_told_with_its_reason() {
    let after = || TEXT.to_owned();
    let raw = |content_type, body: &str| Reply::Raw {
        content_type,
        body: body.as_bytes().to_vec(),
    };
    for (reply, reason) in [
        (Reply::Empty200, Malformation::Empty),
        (Reply::text(""), Malformation::Empty),
        (Reply::PlainJson(String::new()), Malformation::Empty),
        (
            Reply::Finish(String::new(), json!("load")),
            Malformation::Empty,
        ),
        (Reply::CutUtf8 { after: after() }, Malformation::NotUtf8),
        (
            Reply::ClosedMidStream { after: after() },
            Malformation::CutOff,
        ),
        (
            raw(
                "text/event-stream",
                "data: {\"choices\":[{\"text\":\"두\"}]}\n\n",
            ),
            Malformation::CutOff,
        ),
        (
            raw("text/event-stream", "data: {\"choices\":[{\"te\n\n"),
            Malformation::NotJson,
        ),
        (
            raw("text/html", "<html>\n<body>Sign in</body>\n</html>"),
            Malformation::NotJson,
        ),
        (raw("application/json", "<html>"), Malformation::NotJson),
        (raw("application/json", "{}"), Malformation::Empty),
        (
            raw("text/event-stream", &": ping\n\n".repeat(200_000)),
            Malformation::TooLong,
        ),
    ] {
        malformed(reply, reason).await;
    }
}

#[tokio::test]
async fn every_reason_to_finish_is_understood() {
    for (reason, finish) in [
        (json!("stop"), Finish::Stop),
        (json!("eos_token"), Finish::Stop),
        (json!("stop_sequence"), Finish::Stop),
        (json!("length"), Finish::Length),
        (json!("abort"), Finish::Other),
        (json!("load"), Finish::Other),
        (json!("unload"), Finish::Other),
        (json!(7), Finish::Other),
        // The server only says that it is done.
        (Value::Null, Finish::Other),
    ] {
        let completion = outcome(Reply::Finish(TEXT.to_owned(), reason.clone())).await;
        assert_eq!(completion.unwrap().finish, finish, "{reason}");
    }
}

#[tokio::test]
async fn a_text_that_is_complete_needs_no_farewell() {
    let completion = outcome(Reply::HangAfterFinish(TEXT.to_owned())).await;
    let completion = completion.unwrap();
    assert_eq!(
        (completion.text.as_str(), completion.finish),
        (TEXT, Finish::Stop)
    );
}

#[tokio::test]
async fn a_plain_answer_is_understood_where_a_stream_was_asked_for() {
    let completion = outcome(Reply::PlainJson(TEXT.to_owned())).await.unwrap();
    assert_eq!(completion.text, TEXT);
    assert_eq!(completion.finish, Finish::Stop);
    let llm = ScriptedLlm::start().await;
    llm.replies_always(Reply::PlainJson(TEXT.to_owned()));
    let completion = server(&llm).complete(continuation()).await.unwrap();
    assert_eq!(completion.text, TEXT);
}

#[tokio::test]
async fn thoughts_are_no_part_of_the_text() {
    let thought = json!({ "choices": [{ "delta": { "reasoning_content": "Hmm." } }] });
    let said = json!({ "choices": [{ "delta": { "content": TEXT }, "finish_reason": "stop" }] });
    let numbers = json!({ "choices": [], "usage": { "total_tokens": 7 } });
    let body = format!(": ping\n\ndata: {thought}\n\ndata: {said}\n\ndata: {numbers}\n\n");
    let completion = outcome(Reply::Raw {
        content_type: "text/event-stream",
        body: body.into_bytes(),
    });
    assert_eq!(completion.await.unwrap().text, TEXT);
}
