//! The real program with the bundled model, the web chat, and a language model's address.

use std::time::Instant;

use dupi::advice::call::Deadlines;
use serde_json::json;
use tempfile::TempDir;

use super::writer::about_dyeing;
use crate::killed::{has_guidance, plays, script, shown};
use crate::support::llm::{Reply, ScriptedLlm};
use crate::support::program::{Program, nothing_is_left_to_do, store_of};
use crate::support::visitor::{Deed, Visitor};

/// For the photo of the script, which shows sebum and redness.
const SUMMARY: &str = "사진에서 기름기와 붉은 기가 뚜렷하게 보여요. 차근차근 살펴보면 좋아요.";

/// Advice for that photo that passes every gate.
pub(crate) fn worded() -> Reply {
    Reply::Json(json!({
        "summary": SUMMARY,
        "today": ["기름이 올라오는 만큼 두피를 감아 주세요."],
        "week": [],
        "avoid": [],
        "used": ["K1"],
    }))
}

/// A whole consultation in the web chat, to the guidance.
async fn consults(program: &Program) -> (Visitor, usize) {
    let visitor = Visitor::new(program.base.clone());
    let deeds = script();
    for (number, deed) in deeds.iter().enumerate() {
        plays(&visitor, number, deed).await.unwrap();
    }
    visitor.waits_until(has_guidance).await.unwrap();
    (visitor, deeds.len())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_web_chat_ends_in_worded_advice_and_answers_a_question() {
    let llm = ScriptedLlm::start().await;
    llm.replies([worded(), about_dyeing()]);
    let folder = TempDir::new().unwrap();
    let address = llm.base_url();
    let program = Program::start_with(folder.path(), &[("LLM_BASE_URL", &address)]);
    let (visitor, deeds) = consults(&program).await;
    let says = |text: &'static str| {
        visitor.waits_until(move |history| shown(history).concat().contains(text))
    };
    says(SUMMARY).await.unwrap();
    let asked = [Deed::Press("ask"), Deed::Say("염색은 언제 해도 되나요?")];
    for (number, deed) in asked.iter().enumerate() {
        plays(&visitor, deeds + number, deed).await.unwrap();
    }
    says("먼저 패치 테스트를 해 주세요").await.unwrap();
    assert_eq!(llm.asked().len(), 2);
    assert_eq!(program.stops(), Some(0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_stops_the_program_does_not_wait_for_the_model() {
    let llm = ScriptedLlm::start().await;
    llm.replies_always(Reply::HangBeforeFirstByte);
    let folder = TempDir::new().unwrap();
    let address = llm.base_url();
    let variables = [("LLM_BASE_URL", address.as_str())];
    let program = Program::start_with(folder.path(), &variables);
    let base = program.base.clone();
    let (mut visitor, _) = consults(&program).await;
    llm.hears(1).await;
    let began = Instant::now();
    assert_eq!(program.stops(), Some(0));
    let taken = began.elapsed();
    assert!(taken < Deadlines::default().first_token / 2, "{taken:?}");

    // After the next start it is written.
    llm.replies([worded()]);
    let program = Program::start_with(folder.path(), &variables);
    assert_ne!(program.base, base);
    visitor.moves_to(program.base.clone());
    let history = visitor.waits_until(|history| shown(history).concat().contains(SUMMARY));
    history.await.unwrap();
    assert_eq!(program.stops(), Some(0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_babbling_model_leaves_the_web_chat_with_the_prepared_words() {
    let llm = ScriptedLlm::start().await;
    llm.replies_always(Reply::text("BABBLE {{ system }} 탈모가 완치됩니다."));
    let folder = TempDir::new().unwrap();
    let address = llm.base_url();
    let program = Program::start_with(folder.path(), &[("LLM_BASE_URL", &address)]);
    let (visitor, _) = consults(&program).await;
    llm.hears(2).await;
    nothing_is_left_to_do(&store_of(folder.path()).await).await;
    let history = visitor.waits_until(has_guidance).await.unwrap();
    let told = shown(&history).concat();
    assert!(told.contains("사진에서 모낭 사이에 붉은 기가"), "{told}");
    assert!(!told.contains("BABBLE") && !told.contains("완치"), "{told}");
    assert_eq!(program.stops(), Some(0));
}
