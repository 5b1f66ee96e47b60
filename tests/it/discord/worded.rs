//! A consultation whose words a language model chose.

use std::sync::Arc;

use dupi::channels::discord::PersonalPlace;
use dupi::domain::consultation::{Button, Language};

use super::conversations::answers_the_survey;
use super::{Bot, PHOTO, Setup, reader};
use crate::advice::writer::{about_dyeing, good, patient_writer_of};
use crate::support::llm::ScriptedLlm;

#[tokio::test]
async fn guidance_is_worded_in_its_place_and_a_question_is_answered() {
    let llm = ScriptedLlm::start().await;
    llm.replies([good(), about_dyeing()]);
    let bot = Bot::start(Setup {
        personal: PersonalPlace::Ephemeral,
        writer: Arc::new(patient_writer_of(&llm)),
    })
    .await;
    let language = Language::Korean;
    let anna = reader(&bot, "Anna", language);
    anna.sends_dm("hello", &[]);
    bot.arrives_at_the_photo(&anna, language).await;
    anna.sends_dm("", &[("scalp.jpg", PHOTO)]);
    bot.presses(&anna, &bot.button(Button::PhotosDone, language))
        .await;
    answers_the_survey(&bot, &anna, language).await;
    bot.hears(&anna, "비듬이 뚜렷하고 기름기가 조금 보여요")
        .await;
    bot.settles().await;
    bot.presses(&anna, &bot.button(Button::AskQuestion, language))
        .await;
    let modal = anna.modal().expect("a window stands open");
    assert_eq!(modal.title, bot.phrase(language, "discord-question-title"));
    let label = bot.phrase(language, "discord-question-label");
    let asked = anna
        .submits_modal(&[(&label, "염색은 언제 해도 되나요?")])
        .await;
    assert!(asked.acknowledged());
    bot.hears(&anna, "먼저 패치 테스트를 해 주세요").await;
    assert_eq!(llm.asked().len(), 2);
    bot.settles().await;
    bot.stop().await;
}
