//! Consultations from hello to guidance, as a person sees them.

use dupi::domain::consultation::{Button, Language};
use dupi::domain::scalp::{Choice, Question, Region};

use super::{Bot, Grading, Someone, has_button, photo, words};

/// The survey from its first question to the free line, which is left open.
async fn answers_the_survey(anna: &Someone<'_>) {
    anna.presses(Button::PhotosDone).await;
    anna.chooses(Choice::Age30s).await;
    anna.chooses(Choice::Female).await;
    anna.chooses(Choice::ShampooEverySecondDay).await;
    anna.presses(Button::Skip(Question::PermFrequency)).await;
    anna.chooses(Choice::Dye4To6).await;
    anna.marks(Choice::HairDyed).await;
    anna.marks(Choice::HairWig).await;
    anna.marks(Choice::HairWig).await;
    anna.presses(Button::Done(Question::HairState)).await;
    anna.marks(Choice::ProductShampoo).await;
    anna.presses(Button::Done(Question::Products)).await;
    anna.chooses(Choice::CustomCareYes).await;
    anna.presses(Button::Back(Question::ShampooPriority)).await;
    anna.chooses(Choice::CustomCareNo).await;
    anna.chooses(Choice::PriorityGentleness).await;
    anna.presses_label(&anna.phrase("choices-none")).await;
}

async fn whole_consultation(language: Language) -> String {
    let bot = Bot::start_with(Grading::Real.into()).await;
    let anna = bot.person(language);
    anna.arrives().await;
    anna.presses(Button::ShowRegion(Region::Crown)).await;
    anna.sends(photo("close_up_mixed")).await;
    answers_the_survey(&anna).await;
    anna.says("a little itchy <b>sometimes</b> & warm").await;
    let preparing = anna.phrase("preparing-result");
    let transcript = bot
        .telegram
        .until_some("everything is tidied up", |_| {
            let transcript = anna.person.transcript();
            let is_tidy = bot.succeeded("editMessageReplyMarkup") == 4;
            (is_tidy && !transcript.contains(&preparing)).then_some(transcript)
        })
        .await;
    bot.stop().await;
    transcript
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_whole_consultation_in_korean() {
    insta::assert_snapshot!(whole_consultation(Language::Korean).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_whole_consultation_in_english() {
    insta::assert_snapshot!(whole_consultation(Language::English).await);
}

#[tokio::test]
async fn the_survey_is_one_message_in_which_marks_appear() {
    let bot = Bot::start().await;
    let anna = bot.person(Language::Korean);
    anna.arrives().await;
    anna.presses(Button::ShowRegion(Region::Crown)).await;
    anna.sends(photo("close_up_normal")).await;
    anna.presses(Button::PhotosDone).await;
    let messages = anna.said().len();
    for question in [
        Question::AgeBand,
        Question::Sex,
        Question::ShampooFrequency,
        Question::PermFrequency,
        Question::DyeFrequency,
    ] {
        anna.presses(Button::Skip(question)).await;
    }
    anna.marks(Choice::HairDyed).await;
    anna.marks(Choice::HairWig).await;
    let label = bot.wording.choice(Choice::HairDyed, Language::Korean);
    assert!(has_button(&anna.newest(), &format!("☑ {label}")));
    anna.marks(Choice::HairDyed).await;
    assert!(has_button(&anna.newest(), &format!("☐ {label}")));
    assert_eq!(anna.said().len(), messages);
    bot.stop().await;
}

#[tokio::test]
async fn an_album_is_taken_as_one() {
    let bot = Bot::start().await;
    let anna = bot.person(Language::Korean);
    anna.arrives().await;
    anna.presses(Button::ShowRegion(Region::Crown)).await;
    let before = anna.said().len();
    let names = ["close_up_normal", "close_up_mixed", "close_up_severe"];
    anna.person.sends_album(names.map(photo));
    bot.settled().await;
    let new: Vec<String> = anna.said()[before..].iter().map(words).collect();
    assert_eq!(new.len(), 1, "{new:#?}");
    for number in 1..=3 {
        assert!(new[0].contains(&format!("{number}번")), "{new:#?}");
    }
    bot.stop().await;
}

#[tokio::test]
async fn a_picture_sent_as_a_file_is_a_photo_and_other_files_are_refused_kindly() {
    let bot = Bot::start().await;
    let anna = bot.person(Language::English);
    anna.arrives().await;
    anna.presses(Button::ShowRegion(Region::Crown)).await;
    anna.person
        .sends_file("letter.pdf", "application/pdf", b"%PDF".to_vec());
    bot.settled().await;
    assert_eq!(anna.times_said("unusable-unreadable"), 1);
    anna.person
        .sends_file("a.heic", "image/heic", b"x".to_vec());
    bot.settled().await;
    assert_eq!(anna.times_said("unusable-heic"), 1);
    anna.person.sends_sticker();
    bot.settled().await;
    assert_eq!(anna.times_said("unusable-unreadable"), 2);
    anna.person
        .sends_file("crown.jpg", "image/jpeg", photo("close_up_mixed"));
    bot.settled().await;
    let done = anna.label(Button::PhotosDone);
    assert!(has_button(&anna.newest(), &done));
    bot.stop().await;
}

#[tokio::test]
async fn links_lead_to_what_they_name_for_somebody_new_and_for_others() {
    let bot = Bot::start().await;
    let anna = bot.person(Language::English);
    anna.says("/start help").await;
    assert_eq!(anna.said().len(), 2);
    assert_eq!(anna.times_said("help-commands"), 1);
    anna.says("/start help").await;
    assert_eq!(anna.times_said("help-commands"), 2);
    anna.says("/start somewhere-else").await;
    assert_eq!(anna.times_said("help-commands"), 2);
    bot.stop().await;
}

/// The farewell is no stored effect, so it is not waited for with the others.
async fn is_told_goodbye(bot: &Bot, anna: &Someone<'_>) {
    bot.telegram
        .until("the farewell is there", |_| {
            anna.times_said("messenger-erased") == 1
        })
        .await;
}

#[tokio::test]
async fn whoever_erases_everything_is_told_goodbye() {
    let bot = Bot::start().await;
    let anna = bot.person(Language::English);
    anna.arrives().await;
    anna.says("/delete").await;
    anna.presses(Button::ConfirmErase).await;
    is_told_goodbye(&bot, &anna).await;
    anna.says("/start").await;
    let hello = anna.label(Button::Speak(Language::English));
    assert!(has_button(&anna.newest(), &hello));
    bot.stop().await;
}

#[tokio::test]
async fn words_beside_a_photo_are_heard_only_where_they_belong_to_a_doctor() {
    let bot = Bot::start().await;
    let anna = bot.person(Language::Korean);
    anna.arrives().await;
    anna.presses(Button::ShowRegion(Region::Crown)).await;
    anna.person
        .sends_photo_saying(photo("close_up_normal"), "가끔 가려워요");
    bot.settled().await;
    assert_eq!(anna.times_said("not-understood-photo"), 0);
    anna.person
        .sends_photo_saying(photo("close_up_normal"), "열이 나고 고름이 줄줄 나와요");
    bot.settled().await;
    let today = bot.wording.knowledge().red_flag("RF1").unwrap();
    let notice = today.in_language(Language::Korean);
    let said = anna.said();
    assert!(said.iter().any(|message| words(message).contains(notice)));
    bot.stop().await;
}

#[tokio::test]
async fn what_stands_there_after_everything_was_erased_begins_nothing() {
    let bot = Bot::start().await;
    let anna = bot.person(Language::Korean);
    anna.arrives().await;
    anna.says("/delete").await;
    anna.presses(Button::ConfirmErase).await;
    is_told_goodbye(&bot, &anna).await;
    let confirm = anna.label(Button::ConfirmErase);
    let said = anna.said().len();
    anna.person.presses(&confirm).unwrap();
    bot.settled().await;
    assert_eq!(anna.said().len(), said);
    anna.presses(Button::ShowRegion(Region::Crown)).await;
    assert_eq!(anna.times_said("messenger-button-gone"), 1);
    assert_eq!(anna.times_said("hello"), 1);
    bot.stop().await;
}
