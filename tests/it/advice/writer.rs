//! From a consultation to a text that may be shown, over a scripted server and over llama.cpp.

use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::Duration;

use dupi::advice::call::{Deadlines, LlmServer, Mode, ServerSettings};
use dupi::advice::gates::Gates;
use dupi::advice::prompt::{Prompts, Wrap};
use dupi::advice::{OpenAiAdviceWriter, WriterOptions};
use dupi::domain::consultation::{Button, Helpful, Language, Purpose, RatingMark};
use dupi::domain::guidance::{AdviceBrief, RedFlags, advise};
use dupi::domain::scalp::{Answer, Answers, Question, Region};
use dupi::ports::{AdviceWriter, RatingStore as _, WritingError};
use dupi::wording::Wording;
use insta::assert_snapshot;
use serde_json::json;

use crate::support::app::TestApp;
use crate::support::examples::grades;
use crate::support::llamacpp::LlamaCpp;
use crate::support::llm::{Reply, ScriptedLlm, nobody};
use crate::support::world::photo_of;

/// As in a hurry: nothing here takes longer than a test may.
fn deadlines() -> Deadlines {
    Deadlines {
        connect: Duration::from_millis(500),
        first_token: Duration::from_millis(300),
        gap: Duration::from_millis(300),
        total: Duration::from_secs(20),
    }
}

fn writer_at(base_url: String, mode: Mode, wrap: Wrap, deadlines: Deadlines) -> OpenAiAdviceWriter {
    let server = LlmServer::new(ServerSettings {
        base_url,
        api_key: None,
        model: None,
        mode,
        context: None,
        deadlines,
        at_once: NonZeroUsize::MIN,
        queue: 4,
    });
    let options = WriterOptions {
        mode,
        wrap,
        languages: Language::ALL.to_vec(),
        max_tokens: 200,
        deadline: Duration::from_secs(30),
    };
    let prompts = Prompts::new(Wording::embedded().unwrap()).unwrap();
    let gates = Arc::new(Gates::embedded().unwrap());
    OpenAiAdviceWriter::new(server.unwrap(), prompts, gates, options)
}

fn writer_of(llm: &ScriptedLlm) -> OpenAiAdviceWriter {
    writer_at(llm.base_url(), Mode::Chat, Wrap::Plain, deadlines())
}

/// Somebody with slightly oily skin and clear dandruff.
fn brief() -> AdviceBrief {
    let grades = grades([0, 1, 0, 0, 2, 0]);
    let answers = Answers::default();
    AdviceBrief {
        guidance: advise(Some(&grades), &answers, &RedFlags::new(), true),
        grades: Some(grades),
        answers,
    }
}

/// Over that server, without any hurry.
pub(crate) fn patient_writer_of(llm: &ScriptedLlm) -> OpenAiAdviceWriter {
    writer_at(
        llm.base_url(),
        Mode::Chat,
        Wrap::Plain,
        Deadlines::default(),
    )
}

/// Advice on slightly oily skin and clear dandruff that passes every gate.
pub(crate) fn good() -> Reply {
    Reply::Json(json!({
        "summary": "사진에서 비듬이 뚜렷하고 기름기가 조금 보여요. 차근차근 살펴보면 좋아요.",
        "today": ["기름이 올라오는 만큼 두피를 감아 주세요."],
        "week": ["비듬용 샴푸를 라벨에 적힌 대로 써 보세요."],
        "avoid": [],
        "used": ["K1", "K2"],
    }))
}

/// An answer to the question when hair may be dyed that passes every gate.
pub(crate) fn about_dyeing() -> Reply {
    Reply::Json(json!({
        "answer": "두피가 가라앉을 때까지 염색은 쉬어 주세요. 다시 할 때는 먼저 패치 테스트를 해 주세요.",
        "used": ["K1"],
    }))
}

fn with_summary(summary: &str) -> Reply {
    Reply::Json(json!({
        "summary": summary, "today": [], "week": [], "avoid": [], "used": ["K1"],
    }))
}

#[tokio::test]
async fn a_good_text_is_worded_at_once() {
    let llm = ScriptedLlm::start().await;
    llm.replies([good()]);
    let advice = writer_of(&llm)
        .advise(&brief(), Language::Korean)
        .await
        .unwrap();
    assert_eq!(advice.today.len(), 1);
    assert_eq!(advice.writer.model, "scripted");
    assert_eq!(llm.asked().len(), 1);
}

#[tokio::test]
async fn a_babbling_model_gets_a_second_try_at_temperature_0() {
    let llm = ScriptedLlm::start().await;
    llm.replies([
        with_summary("Sure! Here is some advice in English for you and your hair."),
        good(),
    ]);
    let advice = writer_of(&llm).advise(&brief(), Language::Korean).await;
    assert!(advice.is_ok(), "{advice:?}");
    let asked = llm.asked();
    assert_eq!(asked.len(), 2);
    assert_eq!(asked[1].body["temperature"], 0.0);
}

#[tokio::test]
async fn a_harmful_text_is_refused_without_another_try() {
    let llm = ScriptedLlm::start().await;
    llm.replies_always(with_summary(
        "비듬이 뚜렷하게 보여요. 케토코나졸을 하루 2알씩 드시면 바로 나아요.",
    ));
    let refused = writer_of(&llm).advise(&brief(), Language::Korean).await;
    let Err(WritingError::Refused { gate }) = refused else {
        panic!("{refused:?}");
    };
    assert!(gate.starts_with("claims"), "{gate}");
    assert_eq!(llm.asked().len(), 1);
}

#[tokio::test]
async fn a_server_that_does_not_tell_how_little_it_reads_is_given_less() {
    let long = json!({ "error": { "message": "maximum context length is 2048", "code": 400 } });
    for refusal in [Reply::Empty200, Reply::refusal(400, &long)] {
        let llm = ScriptedLlm::start().await;
        llm.replies([refusal, good()]);
        let words = Answer::Words("가끔 가려워요".to_owned());
        let brief = AdviceBrief {
            answers: Answers::default().with(Question::FreeLine, words),
            ..brief()
        };
        let advice = writer_of(&llm).advise(&brief, Language::Korean).await;
        assert!(advice.is_ok(), "{advice:?}");
        let lengths: Vec<usize> = llm
            .asked()
            .iter()
            .map(|asked| asked.body.to_string().len())
            .collect();
        assert_eq!(lengths.len(), 2);
        assert!(lengths[1] < lengths[0], "{lengths:?}");
    }
}

#[tokio::test]
async fn a_server_that_is_gone_hangs_or_refuses_is_told_in_time() {
    let gone = writer_at(nobody().await, Mode::Chat, Wrap::Plain, deadlines());
    let unanswered = gone.advise(&brief(), Language::Korean).await;
    assert!(matches!(unanswered, Err(WritingError::Unanswered(_))));
    let llm = ScriptedLlm::start().await;
    for reply in [
        Reply::HangBeforeFirstByte,
        Reply::HangMidStream {
            after: "{\"summary\": \"사진에서".to_owned(),
        },
        Reply::status(500),
        Reply::Empty200,
        Reply::CutUtf8 {
            after: "사진에서".to_owned(),
        },
    ] {
        llm.replies([reply]);
        // A writer of its own each: the breaker is not what is looked at.
        let unanswered = writer_of(&llm).advise(&brief(), Language::Korean).await;
        assert!(
            matches!(unanswered, Err(WritingError::Unanswered(_))),
            "{unanswered:?}"
        );
    }
}

#[tokio::test]
async fn after_three_failures_nobody_waits() {
    let writer = writer_at(nobody().await, Mode::Chat, Wrap::Plain, deadlines());
    for _ in 0..3 {
        let failed = writer.advise(&brief(), Language::Korean).await;
        assert!(failed.is_err());
    }
    let began = tokio::time::Instant::now();
    let open = writer.advise(&brief(), Language::Korean).await.unwrap_err();
    assert!(began.elapsed() < Duration::from_millis(100));
    let WritingError::Unanswered(cause) = open else {
        panic!("{open:?}");
    };
    assert!(cause.to_string().contains("left alone"), "{cause}");
}

/// From hello to the guidance, and what was worded of it.
async fn consults(app: &TestApp) {
    app.opens(Language::Korean).await;
    app.presses(Button::Speak(Language::Korean)).await;
    app.presses(Button::OldEnough).await;
    app.presses(Button::Agree(Purpose::Basic)).await;
    app.presses(Button::Agree(Purpose::Sensitive)).await;
    app.presses(Button::ShowRegion(Region::Crown)).await;
    app.sends(photo_of([0, 1, 0, 0, 2, 0])).await;
    app.presses(Button::PhotosDone).await;
    for question in Question::ALL {
        app.presses(Button::Skip(question)).await;
    }
}

#[tokio::test]
async fn a_consultation_ends_in_worded_advice_and_questions_are_answered() {
    let llm = ScriptedLlm::start().await;
    llm.replies([good(), about_dyeing()]);
    let app = TestApp::start_with(Arc::new(writer_of(&llm))).await;
    consults(&app).await;
    app.presses(Button::AskQuestion).await;
    app.says("염색은 언제 해도 되나요?").await;
    app.presses(Button::Rate(Helpful::Yes, RatingMark::of(1)))
        .await;
    app.presses(Button::Rate(Helpful::No, RatingMark::of(2)))
        .await;
    app.says("오늘 날씨 어때요?").await;
    app.says("이 샴푸 쓰고 열이 나고 고름이 줄줄 나요").await;
    assert_snapshot!(app.transcript().await);
    let counts = app.store.counts().await.unwrap();
    let counted: Vec<(u64, u64)> = counts
        .iter()
        .map(|one| (one.helpful, one.unhelpful))
        .collect();
    assert_eq!(counted, [(1, 0), (0, 1)]);
}

#[tokio::test]
async fn with_a_model_that_fails_the_person_notices_nothing_but_plainer_words() {
    let llm = ScriptedLlm::start().await;
    llm.replies_always(with_summary(
        "탈모가 완치됩니다. 지금 바로 이 약을 하루 3번 드세요.",
    ));
    let failing = TestApp::start_with(Arc::new(writer_of(&llm))).await;
    let without = TestApp::start().await;
    for app in [&failing, &without] {
        consults(app).await;
        app.says("비듬은 왜 생겨요?").await;
    }
    assert_eq!(failing.transcript().await, without.transcript().await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_real_model_words_a_consultation() {
    for (options, mode, wrap) in [
        (&[][..], Mode::Chat, Wrap::Plain),
        (&["--no-template"][..], Mode::Completions, Wrap::KoAlpaca),
        (&["--loop"][..], Mode::Chat, Wrap::Plain),
    ] {
        let Some(llama) = LlamaCpp::start_reading(4_096, options) else {
            return;
        };
        let patient = Deadlines::default();
        let writer = writer_at(llama.base_url(), mode, wrap, patient);
        let app = TestApp::start_with(Arc::new(writer)).await;
        consults(&app).await;
        app.says("머리는 얼마나 자주 감아야 해요?").await;
        let transcript = app.transcript().await;
        // Whatever such a model writes, the person has a whole answer.
        assert!(
            transcript.contains("진단이나 처방이 아니에요"),
            "{transcript}"
        );
        assert!(
            transcript.contains("진단이 아니라 생활 관리 정보예요"),
            "{transcript}"
        );
        assert!(!transcript.contains("답을 찾고 있어요"), "{transcript}");
    }
}
