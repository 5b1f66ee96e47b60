//! A consultation whose words a language model chose.

use std::sync::Arc;

use dupi::domain::consultation::{Button, Language};
use dupi::domain::scalp::{Question, Region};

use super::{Bot, Setup, photo, words};
use crate::advice::writer::{about_dyeing, good, patient_writer_of};
use crate::support::llm::ScriptedLlm;

#[tokio::test]
async fn guidance_is_worded_in_its_place_and_a_question_is_answered() {
    let llm = ScriptedLlm::start().await;
    llm.replies([good(), about_dyeing()]);
    let bot = Bot::start_with(Setup {
        writer: Arc::new(patient_writer_of(&llm)),
        ..Setup::default()
    })
    .await;
    let anna = bot.person(Language::Korean);
    anna.arrives().await;
    anna.presses(Button::ShowRegion(Region::Crown)).await;
    anna.sends(photo("close_up_mixed")).await;
    anna.presses(Button::PhotosDone).await;
    for question in Question::ALL {
        anna.presses(Button::Skip(question)).await;
    }
    let holding = |text: &str| {
        let said = anna.said();
        said.iter().filter(|one| words(one).contains(text)).count()
    };
    assert_eq!(holding("비듬이 뚜렷하고 기름기가 조금 보여요"), 1);
    anna.presses(Button::AskQuestion).await;
    anna.says("염색은 언제 해도 되나요?").await;
    assert_eq!(holding("먼저 패치 테스트를 해 주세요"), 1);
    assert_eq!(llm.asked().len(), 2);
    bot.stop().await;
}
