//! What our side of a worded text costs: a call against the bare call, and the gates by themselves.
//!
//! `cargo bench --bench advice`. The server is in this process and answers at once, so what is measured is
//! what we add.
#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a bench prints, and ends where it cannot go on"
)]

#[path = "../numbers/browser.rs"]
#[expect(dead_code, reason = "only the other measurements ask for the rest")]
mod browser;
#[path = "../measure.rs"]
#[expect(dead_code, reason = "only the other measurements ask for the rest")]
mod measure;
#[path = "../numbers/program.rs"]
#[expect(dead_code, reason = "only the other measurements ask for the rest")]
mod program;

use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::routing::{get, post};
use browser::Browser;
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
use program::Program;
use serde_json::json;

const CALLS: usize = 500;
const GATED: usize = 20_000;
const TEXT: &str = "사진에서 비듬이 뚜렷하고 기름기가 조금 보여요. 기름이 올라오는 만큼 두피를 감아 주세요. 비듬용 샴푸를 라벨에 적힌 대로 써 보세요.";

/// For the photo of the consultations, which shows sebum and redness.
const SUMMARY: &str =
    "사진에서 기름기와 붉은 기가 뚜렷하게 보여요. 기름이 올라오는 만큼 두피를 감아 주세요.";
const PHOTO: &[u8] = include_bytes!("../../tests/fixtures/photos/close_up_mixed.jpg");
const CONSULTATIONS: usize = 50;
/// How long the server thinks in them.
const THINKING: Duration = Duration::from_millis(100);

/// As much as is asked for: every field filled.
fn whole() -> String {
    json!({
        "summary": TEXT,
        "today": [
            "오늘은 두피 중심으로 거품을 내어 감고, 라벨에 적힌 시간만큼 둔 뒤 충분히 헹궈 주세요.",
            "린스와 트리트먼트는 모발 끝에만 발라 주세요.",
        ],
        "week": [
            "비듬용 샴푸를 라벨에 적힌 대로 한 달쯤 써 보세요.",
            "나아지지 않으면 다른 성분으로 바꿔 보고, 그래도 그대로면 피부과에 가 보세요.",
        ],
        "avoid": [
            "손톱으로 두피를 긁지 말아 주세요.",
            "왁스나 오일은 두피에 닿지 않게 해 주세요.",
        ],
        "used": ["K1", "K2"],
    })
    .to_string()
}

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    println!("| what | measured |\n| --- | --- |");
    runtime.block_on(calls());
    runtime.block_on(consultations());
    gates();
}

/// The answer as a stream, one token for each three characters.
fn answer(summary: &str) -> String {
    let words = json!({ "summary": summary, "today": [], "week": [], "avoid": [], "used": ["K1"] });
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

/// A server that answers every call with that summary, after some time; its base URL.
async fn server(summary: &str, after: Duration) -> String {
    let listed = json!({ "object": "list", "data": [{ "id": "instant", "max_model_len": 4096 }] });
    let body = answer(summary);
    let events = move || {
        let body = body.clone();
        async move {
            tokio::time::sleep(after).await;
            ([("content-type", "text/event-stream")], body)
        }
    };
    let router = Router::new()
        .route("/v1/models", get(move || async move { listed.to_string() }))
        .route("/v1/chat/completions", post(events));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base_url = format!("http://{}/v1", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    base_url
}

async fn calls() {
    let base_url = server(TEXT, Duration::ZERO).await;
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

/// Whole consultations with the program, of which the one waits for the next.
async fn consultations() {
    let base_url = server(SUMMARY, THINKING).await;
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let variables = [("LLM_BASE_URL", base_url.as_str())];
    let program = Program::start_with(folder.path(), &variables).unwrap();
    let (mut guidance, mut worded) = (Vec::new(), Vec::new());
    for _ in 0..CONSULTATIONS {
        let mut browser = Browser::new(&program.url).unwrap();
        let waits = browser.consults_worded(PHOTO).await.unwrap();
        guidance.push(milliseconds(waits.guidance));
        worded.push(milliseconds(waits.worded.unwrap()));
    }
    program.stop().unwrap();
    for (what, times) in [
        ("guidance", &mut guidance),
        (
            "worded advice, with a server that thinks for 100 ms",
            &mut worded,
        ),
    ] {
        println!(
            "| from the result card to {what}, web chat, of {CONSULTATIONS} | p50 {:.1} ms, p95 {:.1} ms |",
            percentile(times, 0.5),
            percentile(times, 0.95),
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
    for (what, text) in [("a summary", TEXT.to_owned()), ("a whole text", whole())] {
        let taken = thread_time(|| {
            for _ in 0..GATED {
                gates.check(&text, Finish::Stop, &ground).unwrap();
            }
        });
        let seconds = taken.unwrap() / 1e3;
        let count = f64::from(u32::try_from(GATED).unwrap());
        println!(
            "| {what} of {} characters through the gates, of one core | {:.0} per second |",
            text.chars().count(),
            count / seconds
        );
    }
}
