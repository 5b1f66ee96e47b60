//! Many calls at once, callers who leave, a server that fails again and again, and what is told of
//! all that to operators.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on ends where it stands"
)]

use std::io::{Result as IoResult, Write};
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use dupi::advice::call::{CallError, Deadline, Deadlines, LlmServer, ServerSettings};
use futures_util::future::join_all;
use serde_json::json;
use tokio::time::timeout;
use tracing::level_filters::LevelFilter;
use tracing::subscriber::DefaultGuard;
use tracing_subscriber::fmt::MakeWriter;

use super::call::{SHORT, TEXT, UNHURRIED, chat, hurried, server, settings, soon};
use crate::support::llm::{Reply, ScriptedLlm, nobody};

/// Takes one call after the other, and lets that many wait.
fn narrow(llm: &ScriptedLlm, queue: usize) -> LlmServer {
    let settings = ServerSettings {
        at_once: NonZeroUsize::MIN,
        queue,
        ..settings(llm.base_url())
    };
    LlmServer::new(settings).unwrap()
}

/// A call that goes on by itself until it is aborted.
fn called(
    server: &LlmServer,
) -> tokio::task::JoinHandle<Result<dupi::advice::call::Completion, CallError>> {
    let server = server.clone();
    tokio::spawn(async move { server.complete(chat()).await })
}

#[tokio::test]
async fn no_more_calls_are_under_way_than_agreed() {
    let llm = ScriptedLlm::start().await;
    llm.replies([
        Reply::HangBeforeFirstByte,
        Reply::text("둘"),
        Reply::text("셋"),
    ]);
    let server = narrow(&llm, 2);
    assert_eq!(server.ahead(), 0);
    let first = called(&server);
    llm.hears(1).await;
    assert_eq!(server.ahead(), 1);
    let mut second = Box::pin(server.complete(chat()));
    assert!(timeout(Duration::ZERO, &mut second).await.is_err());
    let mut third = Box::pin(server.complete(chat()));
    assert!(timeout(Duration::ZERO, &mut third).await.is_err());
    assert_eq!(server.ahead(), 3);
    let refused = soon(server.complete(chat())).await.unwrap_err();
    assert_eq!(refused, CallError::Crowded { waiting: 2 });
    assert!(refused.is_temporary());
    assert_eq!(llm.asked().len(), 1, "the server knows of one only");

    // Whoever leaves makes room at once, and the server is told.
    first.abort();
    let (second, third) = soon(async { tokio::join!(second, third) }).await;
    llm.is_left_by(1).await;
    assert_eq!(second.unwrap().text, "둘");
    assert_eq!(third.unwrap().text, "셋");
    assert_eq!(server.ahead(), 0);
}

#[tokio::test]
async fn what_one_caller_learnt_of_the_server_nobody_asks_again() {
    let llm = ScriptedLlm::start().await;
    let server = narrow(&llm, 2);
    let asked = soon(join_all((0..3).map(|_| server.server()))).await;
    assert!(asked.iter().all(Result::is_ok), "{asked:?}");
    assert_eq!(llm.listings(), 1);
}

#[tokio::test]
async fn who_leaves_in_mid_stream_frees_the_place_and_the_server() {
    let llm = ScriptedLlm::start().await;
    llm.replies([Reply::HangMidStream {
        after: TEXT.to_owned(),
    }]);
    let server = narrow(&llm, 0);
    let call = called(&server);
    llm.hears(1).await;
    call.abort();
    llm.is_left_by(1).await;
    assert_eq!(server.ahead(), 0);
    assert!(soon(server.complete(chat())).await.is_ok());
}

#[tokio::test]
async fn the_wait_for_a_turn_has_its_own_end_and_is_nobodys_fault() {
    let llm = ScriptedLlm::start().await;
    let first = Reply::Slow {
        text: TEXT.to_owned(),
        first: SHORT * 6,
        between: Duration::ZERO,
    };
    llm.replies([first, Reply::HangBeforeFirstByte]);
    let settings = ServerSettings {
        at_once: NonZeroUsize::MIN,
        deadlines: Deadlines {
            total: SHORT * 12,
            ..UNHURRIED
        },
        ..settings(llm.base_url())
    };
    let server = LlmServer::new(settings).unwrap();
    let first = called(&server);
    llm.hears(1).await;
    let mut second = Box::pin(server.complete(chat()));
    assert!(timeout(Duration::ZERO, &mut second).await.is_err());
    // The second has its turn in time, and keeps it for longer than the others wait.
    let others: Vec<_> = (0..3).map(|_| called(&server)).collect();
    let deadline = Deadline::Total;
    let late = soon(second).await.unwrap_err();
    assert_eq!(late, CallError::Late { deadline });
    assert!(soon(first).await.unwrap().is_ok());
    for other in others {
        let deadline = Deadline::Queue;
        let late = soon(other).await.unwrap().unwrap_err();
        assert_eq!(late, CallError::Late { deadline });
    }
    assert_eq!(llm.asked().len(), 2);
    assert!(soon(server.complete(chat())).await.is_ok());
}

#[tokio::test]
async fn a_server_that_is_down_costs_three_calls_and_then_no_time() {
    let server = LlmServer::new(settings(nobody().await)).unwrap();
    for _ in 0..3 {
        let error = soon(server.complete(chat())).await.unwrap_err();
        assert_eq!(error, CallError::Connection);
    }
    let error = soon(server.complete(chat())).await.unwrap_err();
    assert_eq!(error, CallError::BreakerOpen);
    assert!(error.is_temporary());
    let error = soon(server.server()).await.unwrap_err();
    assert_eq!(error, CallError::BreakerOpen);
    // Operators are told what it really is.
    let error = soon(server.inspect()).await.unwrap_err();
    assert_eq!(error, CallError::Connection);
}

#[tokio::test]
async fn whatever_is_the_servers_fault_opens_the_breaker() {
    let after = TEXT.to_owned();
    for reply in [
        Reply::status(500),
        Reply::CutUtf8 {
            after: after.clone(),
        },
        Reply::InBandError {
            after: after.clone(),
            event: json!({ "error": "boom" }),
        },
        Reply::HangMidStream { after },
        Reply::HangBeforeFirstByte,
    ] {
        let llm = ScriptedLlm::start().await;
        llm.replies_always(reply.clone());
        let server = hurried(
            &llm,
            Deadlines {
                first_token: SHORT * 4,
                gap: SHORT,
                ..UNHURRIED
            },
        );
        for _ in 0..3 {
            let error = soon(server.complete(chat())).await.unwrap_err();
            assert_ne!(error, CallError::BreakerOpen, "{reply:?}");
        }
        let error = soon(server.complete(chat())).await.unwrap_err();
        assert_eq!(error, CallError::BreakerOpen, "{reply:?}");
        assert_eq!(llm.asked().len(), 3, "{reply:?}");
    }
}

#[tokio::test]
async fn whatever_is_about_the_request_does_not() {
    let long = json!({ "error": { "message": "maximum context length is 2048", "code": 400 } });
    for reply in [
        Reply::status(400),
        Reply::refusal(400, &long),
        Reply::refusal(404, &json!({ "error": { "message": "no such model" } })),
        Reply::status(401),
        Reply::status(422),
        // So some servers answer a prompt that is too long.
        Reply::Empty200,
    ] {
        let llm = ScriptedLlm::start().await;
        llm.replies_always(reply);
        let server = server(&llm);
        for calls in 1..=5 {
            soon(server.complete(chat())).await.unwrap_err();
            assert_eq!(llm.asked().len(), calls);
        }
    }
}

#[tokio::test]
async fn callers_who_leave_do_not_open_it() {
    let llm = ScriptedLlm::start().await;
    llm.replies(vec![Reply::HangBeforeFirstByte; 5]);
    let server = server(&llm);
    for calls in 1..=5 {
        let call = called(&server);
        llm.hears(calls).await;
        call.abort();
        llm.is_left_by(calls).await;
    }
    assert!(soon(server.complete(chat())).await.is_ok());
}

/// Everything that is logged on this thread, at every level.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    fn listen(&self) -> DefaultGuard {
        let subscriber = tracing_subscriber::fmt()
            .with_max_level(LevelFilter::TRACE)
            .with_writer(self.clone())
            .finish();
        tracing::subscriber::set_default(subscriber)
    }

    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> IoResult<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> IoResult<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

#[tokio::test]
async fn not_a_word_of_what_is_sent_or_received_is_logged_or_told() {
    const SECRET: &str = "kanarienvogel";
    let log = Log::default();
    let guard = log.listen();
    tracing::info!("listening");
    let event = json!({ "error": { "message": SECRET, "code": 500 } });
    let body = |content_type| Reply::Raw {
        content_type,
        body: format!("data: {SECRET}\n\n{SECRET}").into_bytes(),
    };
    let after = SECRET.to_owned();
    let replies = [
        Reply::refusal(400, &event),
        Reply::refusal(401, &event),
        Reply::refusal(404, &event),
        Reply::refusal(500, &event),
        Reply::refusal(503, &event),
        Reply::Status {
            status: 429,
            headers: vec![("retry-after", SECRET.to_owned())],
            body: SECRET.to_owned(),
        },
        Reply::InBandError {
            after: after.clone(),
            event,
        },
        Reply::RawLine {
            after: after.clone(),
            line: format!("{{\"error\":\"{SECRET}\"}}"),
        },
        Reply::CutUtf8 {
            after: after.clone(),
        },
        Reply::ClosedMidStream {
            after: after.clone(),
        },
        Reply::HangMidStream { after },
        body("text/event-stream"),
        body("application/json"),
        body("text/plain"),
    ];
    for reply in replies {
        let llm = ScriptedLlm::start().await;
        llm.replies_always(reply);
        let server = hurried(
            &llm,
            Deadlines {
                gap: SHORT,
                ..UNHURRIED
            },
        );
        let mut request = chat();
        request.stop = vec![SECRET.to_owned()];
        let error = soon(server.complete(request)).await.unwrap_err();
        assert!(!format!("{error} {error:?}").contains(SECRET));
    }
    let llm = ScriptedLlm::start().await;
    llm.lists(Some(json!(SECRET)));
    let unnamed = ServerSettings {
        model: None,
        ..settings(llm.base_url())
    };
    let server = LlmServer::new(unnamed).unwrap();
    let error = soon(server.inspect()).await.unwrap_err();
    assert!(!format!("{error} {error:?}").contains(SECRET));
    drop(guard);
    let logged = log.text();
    assert!(logged.contains("listening"), "nothing was heard");
    assert!(!logged.contains(SECRET), "{logged}");
}
