//! Whole consultations, as a person sees them in the end.

use dupi::channels::discord::PersonalPlace;
use dupi::domain::consultation::{Button, Language};
use dupi::domain::scalp::{Choice, Question};
use insta::assert_snapshot;

use super::{Bot, PHOTO, begins, consult, offers, photo, reader, says, transcript};
use crate::support::discord::{Person, Place};

/// From the first question of the survey to the guidance.
pub(super) async fn answers_the_survey(bot: &Bot, person: &Person, language: Language) {
    let asked = |question: Question| bot.phrase(language, &format!("question-{}", question.id()));
    for choice in [
        Choice::Age30s,
        Choice::Female,
        Choice::ShampooOnceADay,
        Choice::Perm1To3,
        Choice::DyeNever,
    ] {
        bot.hears(person, &asked(choice.question())).await;
        bot.presses(person, &bot.wording.choice(choice, language))
            .await;
    }
    bot.hears(person, &asked(Question::HairState)).await;
    let menu = bot.phrase(language, "discord-choose");
    let dyed = bot.wording.choice(Choice::HairDyed, language);
    let other = bot.wording.choice(Choice::HairOther, language);
    assert!(person.selects(&menu, &[&dyed, &other]).await.acknowledged());
    bot.hears(person, &asked(Question::Products)).await;
    let shampoo = bot.wording.choice(Choice::ProductShampoo, language);
    assert!(person.selects(&menu, &[&shampoo]).await.acknowledged());
    for choice in [Choice::CustomCareYes, Choice::PriorityGentleness] {
        bot.hears(person, &asked(choice.question())).await;
        bot.presses(person, &bot.wording.choice(choice, language))
            .await;
    }
    bot.hears(person, &asked(Question::RedFlags)).await;
    bot.presses(person, &bot.phrase(language, "choices-none"))
        .await;
    let write = bot.phrase(language, "discord-write");
    bot.presses(person, &write).await;
    let modal = person.modal().expect("a window stands open");
    assert_eq!(modal.title, bot.phrase(language, "discord-words-title"));
    let label = bot.phrase(language, "discord-words-label");
    let taken = person
        .submits_modal(&[(&label, "It itches after work.")])
        .await;
    assert!(taken.acknowledged());
}

/// The result with its card, and the guidance.
async fn sees_the_result(bot: &Bot, person: &Person, language: Language) {
    let result = bot.phrase(language, "result");
    let sight = bot.hears(person, &result).await;
    assert_eq!(sight.files.len(), 1);
    assert_eq!(sight.files[0].1, b"a blank card");
    assert_eq!(
        sight.embeds[0].image.as_deref(),
        Some(b"a blank card".as_slice())
    );
    let again = bot.button(Button::NewConsultation, language);
    person
        .waits_for("the guidance", |sight| offers(sight, &again))
        .await;
    bot.settles().await;
}

async fn on_a_server(name: &str, language: Language) {
    let bot = Bot::start(PersonalPlace::Ephemeral).await;
    let guild = bot.discord.guild("Clinic");
    let (anna, paul) = (reader(&bot, "Anna", language), bot.discord.person("Paul"));
    begins(&bot, &anna, guild.place(), language).await;
    bot.arrives_at_the_photo(&anna, language).await;
    let option = bot.phrase(language, "discord-option-photo");
    let taken = anna
        .slash(guild.place(), consult(language), &[photo(&option)])
        .await;
    assert!(taken.acknowledged());
    let done = bot.button(Button::PhotosDone, language);
    anna.waits_for("the judgement", |sight| {
        offers(sight, &done) && !says(sight, "살펴보고") && !says(sight, "Looking")
    })
    .await;
    bot.settles().await;
    bot.presses(&anna, &done).await;
    answers_the_survey(&bot, &anna, language).await;
    sees_the_result(&bot, &anna, language).await;
    assert!(
        anna.hears()
            .iter()
            .all(|sight| sight.ephemeral && !sight.thinking)
    );
    assert!(paul.sees().is_empty());
    assert!(
        anna.hears()
            .iter()
            .all(|sight| sight.place == guild.place())
    );
    assert_snapshot!(name, transcript(&anna));
    bot.stop().await;
}

#[tokio::test]
async fn a_whole_consultation_on_a_server_in_korean() {
    on_a_server("on_a_server_in_korean", Language::Korean).await;
}

#[tokio::test]
async fn a_whole_consultation_on_a_server_in_english() {
    on_a_server("on_a_server_in_english", Language::English).await;
}

async fn in_direct_messages(name: &str, language: Language) {
    let bot = Bot::start(PersonalPlace::Ephemeral).await;
    let anna = reader(&bot, "Anna", language);
    anna.sends_dm("hello", &[]);
    bot.arrives_at_the_photo(&anna, language).await;
    anna.sends_dm("", &[("scalp.jpg", PHOTO)]);
    bot.presses(&anna, &bot.button(Button::PhotosDone, language))
        .await;
    answers_the_survey(&bot, &anna, language).await;
    sees_the_result(&bot, &anna, language).await;
    assert!(
        anna.hears()
            .iter()
            .all(|sight| sight.place == Place::Direct)
    );
    assert_snapshot!(name, transcript(&anna));
    bot.stop().await;
}

#[tokio::test]
async fn a_whole_consultation_in_direct_messages_in_korean() {
    in_direct_messages("in_direct_messages_in_korean", Language::Korean).await;
}

#[tokio::test]
async fn a_whole_consultation_in_direct_messages_in_english() {
    in_direct_messages("in_direct_messages_in_english", Language::English).await;
}
