//! What our side of a worded text costs: a call against the bare call, and the gates by themselves.
//!
//! `cargo bench --bench advice`. The server is in this process and answers at once, so what is measured is
//! what we add.
#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a bench prints, and ends where it cannot go on"
)]

#[path = "../measure.rs"]
#[expect(dead_code, reason = "only the other measurements ask for the rest")]
mod measure;

use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::routing::{get, post};
use dupi::advice::call::{Deadlines, Finish, LlmServer, Mode, ServerSettings};
use dupi::advice::gates::Gates;
use dupi::advice::ground::{Evidence, Ground, Task};
use dupi::advice::prompt::{Prompts, Wrap};
use dupi::advice::{OpenAiAdviceWriter, WriterOptions};
use dupi::domain::consultation::Language;
use dupi::domain::guidance::{AdviceBrief, CareLevel, RedFlags, advise};
use dupi::domain::scalp::{Answers, Grade, Grades, Severity};
use dupi::ports::AdviceWriter as _;
use dupi::wording::Wording;
use measure::{milliseconds, percentile, thread_time};
use serde_json::json;

const CALLS: usize = 500;
const GATED: usize = 20_000;
const TEXT: &str = "사진에서 비듬이 뚜렷하고 기름기가 조금 보여요. 기름이 올라오는 만큼 두피를 감아 주세요. 비듬용 샴푸를 라벨에 적힌 대로 써 보세요.";

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    println!("| what | measured |\n| --- | --- |");
    runtime.block_on(calls());
    gates();
}

/// The answer as a stream, one token for each three characters.
fn answer() -> String {
    let words = json!({ "summary": TEXT, "today": [], "week": [], "avoid": [], "used": ["K1"] });
    let characters: Vec<char> = words.to_string().chars().collect();
    let mut events: Vec<String> = characters
        .chunks(3)
        .map(|token| {
            let token: String = token.iter().collect();
            let chunk = json!({ "choices": [{ "index": 0, "delta": { "content": token }, "finish_reason": null }] });
            format!("data: {chunk}\n\n")
        })
        .collect();
    let end = json!({ "choices": [{ "index": 0, "delta": {}, "finish_reason": "stop" }] });
    events.push(format!("data: {end}\n\ndata: [DONE]\n\n"));
    events.concat()
}

async fn calls() {
    let listed = json!({ "object": "list", "data": [{ "id": "instant", "max_model_len": 4096 }] });
    let body = answer();
    let events = move || {
        let body = body.clone();
        async move { ([("content-type", "text/event-stream")], body) }
    };
    let router = Router::new()
        .route("/v1/models", get(move || async move { listed.to_string() }))
        .route("/v1/chat/completions", post(events));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base_url = format!("http://{}/v1", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });

    let bare = reqwest::Client::new();
    let address = format!("{base_url}/chat/completions");
    let writer = writer(base_url);
    let brief = brief();
    writer.advise(&brief, Language::Korean).await.unwrap();
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for _ in 0..CALLS {
        let began = Instant::now();
        let answered = bare.post(&address).body("{}").send().await.unwrap();
        answered.bytes().await.unwrap();
        theirs.push(milliseconds(began.elapsed()));
        let began = Instant::now();
        writer.advise(&brief, Language::Korean).await.unwrap();
        ours.push(milliseconds(began.elapsed()));
    }
    for (name, share) in [("p50", 0.5), ("p95", 0.95)] {
        let (ours, theirs) = (percentile(&mut ours, share), percentile(&mut theirs, share));
        println!(
            "| a worded text (prompt, call, gates) against the bare call, {name} | {ours:.1} ms against {theirs:.1} ms: {:.1} ms on top |",
            ours - theirs,
        );
    }
}

fn writer(base_url: String) -> OpenAiAdviceWriter {
    let server = LlmServer::new(ServerSettings {
        base_url,
        api_key: None,
        model: None,
        mode: Mode::Chat,
        context: None,
        deadlines: Deadlines::default(),
        at_once: NonZeroUsize::MIN,
        queue: 1,
    });
    let prompts = Prompts::new(Wording::embedded().unwrap()).unwrap();
    let options = WriterOptions {
        mode: Mode::Chat,
        wrap: Wrap::Plain,
        languages: vec![Language::Korean],
        max_tokens: 400,
        deadline: Duration::from_mins(1),
    };
    OpenAiAdviceWriter::new(
        server.unwrap(),
        prompts,
        Arc::new(Gates::embedded().unwrap()),
        options,
    )
}

fn brief() -> AdviceBrief {
    let severities = [
        Severity::Good,
        Severity::Mild,
        Severity::Good,
        Severity::Good,
        Severity::Moderate,
        Severity::Good,
    ];
    let grades = Grades::new(severities.map(|severity| Grade {
        severity,
        probabilities: [0.25; 4],
        confidence: 0.9,
        is_certain: true,
    }));
    let answers = Answers::default();
    AdviceBrief {
        guidance: advise(Some(&grades), &answers, &RedFlags::new(), true),
        grades: Some(grades),
        answers,
    }
}

fn gates() {
    let gates = Gates::embedded().unwrap();
    let wording = Wording::embedded().unwrap();
    let evidence = ["dandruff-2", "excess_sebum-1"].into_iter().zip(1..);
    let evidence = evidence.map(|(id, number)| Evidence {
        id: format!("K{number}"),
        text: wording
            .knowledge()
            .entry(id)
            .unwrap()
            .in_language(Language::Korean)
            .to_owned(),
    });
    let ground = Ground {
        task: Task::Advice,
        language: Language::Korean,
        care_level: CareLevel::HomeCareThenDoctor,
        evidence: evidence.collect(),
    };
    let taken = thread_time(|| {
        for _ in 0..GATED {
            gates.check(TEXT, Finish::Stop, &ground).unwrap();
        }
    });
    let seconds = taken.unwrap() / 1e3;
    let count = f64::from(u32::try_from(GATED).unwrap());
    println!(
        "| texts of {} characters through the gates, of one core | {:.0} per second |",
        TEXT.chars().count(),
        count / seconds
    );
}
