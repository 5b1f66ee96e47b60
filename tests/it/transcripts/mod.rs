//! Conversations as a person sees them, as reviewed snapshots. What the person did stands behind
//! `>`, with English labels in every language.

use dupi::domain::consultation::{Button, Command, Language, Mark, Purpose};
use dupi::domain::scalp::{Choice, Question, Region, Verdict};
use dupi::ports::Received;

use crate::support::app::TestApp;
use crate::support::world::{photo_of, photo_refused, photo_that_fails};

/// Up to the question for the region.
async fn arrived(language: Language) -> TestApp {
    let app = TestApp::start().await;
    app.opens(language).await;
    app.presses(Button::Speak(language)).await;
    app.presses(Button::OldEnough).await;
    app.presses(Button::Agree(Purpose::Basic)).await;
    app.presses(Button::Agree(Purpose::Sensitive)).await;
    app
}

/// The survey from its first question to the free line, which is left open.
async fn answers_the_survey(app: &TestApp) {
    app.presses(Button::PhotosDone).await;
    app.chooses(&[Choice::Age30s]).await;
    app.chooses(&[Choice::Female]).await;
    app.chooses(&[Choice::ShampooEverySecondDay]).await;
    app.presses(Button::Skip(Question::PermFrequency)).await;
    app.chooses(&[Choice::Dye4To6]).await;
    app.chooses(&[Choice::HairDyed, Choice::HairOther]).await;
    app.chooses(&[Choice::ProductShampoo, Choice::ProductRinse])
        .await;
    app.chooses(&[Choice::CustomCareYes]).await;
    app.presses(Button::Back(Question::ShampooPriority)).await;
    app.chooses(&[Choice::CustomCareNo]).await;
    app.chooses(&[Choice::PriorityGentleness]).await;
    app.answers(Question::RedFlags, &[]).await;
}

async fn whole_consultation(language: Language) -> String {
    let app = arrived(language).await;
    app.presses(Button::ShowRegion(Region::Crown)).await;
    app.sends(photo_of([1, 2, 0, 0, 3, 0])).await;
    answers_the_survey(&app).await;
    app.says("가끔 가려워요").await;
    app.presses(Button::ReviewAnswers).await;
    app.presses(Button::Correct(Question::ShampooFrequency))
        .await;
    app.chooses(&[Choice::ShampooOnceADay]).await;
    app.transcript().await
}

#[tokio::test]
async fn a_whole_consultation_in_korean() {
    insta::assert_snapshot!(whole_consultation(Language::Korean).await);
}

#[tokio::test]
async fn a_whole_consultation_in_english() {
    insta::assert_snapshot!(whole_consultation(Language::English).await);
}

#[tokio::test]
async fn a_survey_with_marks_and_a_consultation_that_is_stopped() {
    let app = arrived(Language::Korean).await;
    app.commands(Command::Help).await;
    app.sends(photo_of([1, 2, 0, 0, 3, 0])).await;
    app.presses(Button::PhotosDone).await;
    for question in [
        Question::AgeBand,
        Question::Sex,
        Question::ShampooFrequency,
        Question::PermFrequency,
        Question::DyeFrequency,
    ] {
        app.presses(Button::Skip(question)).await;
    }
    app.marks(Choice::HairDyed, Mark::On).await;
    app.marks(Choice::HairWig, Mark::On).await;
    app.marks(Choice::HairWig, Mark::Off).await;
    app.commands(Command::Consult).await;
    app.presses(Button::Done(Question::HairState)).await;
    app.commands(Command::Language).await;
    app.commands(Command::Cancel).await;
    app.commands(Command::Cancel).await;
    app.commands(Command::Consult).await;
    insta::assert_snapshot!(app.transcript().await);
}

#[tokio::test]
async fn privacy_is_told_and_a_consent_withdrawn_after_the_result() {
    use dupi::domain::consultation::ConsultationNumber;
    use dupi::ports::{ConversationStore as _, PhotoStore as _, PhotoStoreError, StoredKind};

    let app = arrived(Language::Korean).await;
    app.sends(photo_of([1, 2, 0, 0, 3, 0])).await;
    answers_the_survey(&app).await;
    app.presses(Button::Skip(Question::FreeLine)).await;
    let loaded = app.store.load(&TestApp::address()).await;
    let id = loaded.expect("the store works").expect("a conversation").id;
    let card = StoredKind::Card(ConsultationNumber(1));
    app.store.photos().get(id, card).await.expect("a card");
    let before = app.transcript().await;
    app.commands(Command::Privacy).await;
    app.presses(Button::Withdraw(Purpose::Sensitive)).await;
    let gone = app.store.photos().get(id, card).await;
    assert!(matches!(gone, Err(PhotoStoreError::Absent)));
    let after = app.transcript().await;
    insta::assert_snapshot!(after.strip_prefix(&before).unwrap_or(&after));
}

#[tokio::test]
async fn an_album_of_several_regions() {
    let app = arrived(Language::Korean).await;
    app.sends_album(vec![
        photo_of([0, 0, 1, 0, 0, 2]),
        photo_refused(Verdict::Blurred),
        b"broken".to_vec(),
        photo_of([0, 2, 0, 0, 0, 0]),
    ])
    .await;
    app.presses(Button::RegionOf(1)).await;
    app.presses(Button::Assign(1, Region::Crown)).await;
    app.presses(Button::RegionOf(2)).await;
    app.presses(Button::RegionOf(3)).await;
    app.presses(Button::Assign(3, Region::Back)).await;
    app.sends(photo_of([0; 6])).await;
    app.presses(Button::Assign(4, Region::Left)).await;
    app.presses(Button::PhotosDone).await;
    for question in Question::ALL {
        app.presses(Button::Skip(question)).await;
    }
    let transcript = app.transcript().await;
    let (_, album) = transcript.split_once("> <4 photos>").expect("an album");
    insta::assert_snapshot!(album);
}

#[tokio::test]
async fn an_album_is_one_deed_and_its_second_delivery_changes_nothing() {
    let app = arrived(Language::Korean).await;
    let album = || dupi::ports::InboundWhat::AlbumReceived(vec![photo_of([1; 6]); 3]);
    assert_eq!(app.does_again(90, album()).await, Received::Accepted);
    let before = app.transcript().await;
    assert_eq!(app.does_again(90, album()).await, Received::Repeated);
    assert_eq!(app.transcript().await, before);
    assert_eq!(app.grader.asked(), 3);
    let nothing_usable = dupi::ports::InboundWhat::AlbumReceived(vec![Vec::new(); 2]);
    assert!(matches!(
        app.does_again(91, nothing_usable).await,
        Received::PhotoTurnedAway(_)
    ));
}

#[tokio::test]
async fn several_photos_refused_and_usable_ones() {
    let app = arrived(Language::Korean).await;
    app.presses(Button::ShowRegion(Region::Left)).await;
    app.sends(Vec::new()).await;
    app.sends(b"broken".to_vec()).await;
    app.sends(photo_refused(Verdict::TooDark)).await;
    app.presses(Button::PhotosDone).await;
    app.sends(photo_refused(Verdict::FromAfar)).await;
    app.sends(photo_of([0, 0, 1, 0, 0, 2])).await;
    app.presses(Button::ChangeRegion).await;
    app.presses(Button::ShowRegion(Region::Back)).await;
    app.sends(photo_of([0, 0, 0, 0, 0, 0])).await;
    app.sends(photo_of([0, 0, 2, 0, 0, 0])).await;
    app.sends(photo_of([3, 3, 3, 3, 3, 3])).await;
    answers_the_survey(&app).await;
    app.presses(Button::Skip(Question::FreeLine)).await;
    insta::assert_snapshot!(app.transcript().await);
}

#[tokio::test]
async fn refusing_consent_still_gives_general_tips() {
    let app = TestApp::start().await;
    app.opens(Language::Korean).await;
    app.sends(photo_of([0; 6])).await;
    app.presses(Button::Speak(Language::Korean)).await;
    app.presses(Button::TooYoung).await;
    app.presses(Button::BeginAgain).await;
    app.presses(Button::OldEnough).await;
    app.presses(Button::Agree(Purpose::Basic)).await;
    app.presses(Button::Refuse(Purpose::Sensitive)).await;
    app.presses(Button::Tips).await;
    insta::assert_snapshot!(app.transcript().await);
}

#[tokio::test]
async fn red_flags_in_words_and_a_photo_from_afar() {
    let app = arrived(Language::Korean).await;
    app.sends(photo_refused(Verdict::FromAfar)).await;
    app.says("열이 나고 고름이 줄줄 흘러요").await;
    answers_the_survey(&app).await;
    app.says(&format!(
        "<b>{}</b>\u{0}\u{202e}",
        "가렵고 따가워요 ".repeat(1000)
    ))
    .await;
    insta::assert_snapshot!(app.transcript().await);
}

#[tokio::test]
async fn all_good_is_told_without_over_reassuring() {
    let app = arrived(Language::Korean).await;
    app.presses(Button::ShowRegion(Region::Crown)).await;
    app.sends(photo_of([0; 6])).await;
    answers_the_survey(&app).await;
    app.presses(Button::Skip(Question::FreeLine)).await;
    let transcript = app.transcript().await;
    let result = transcript
        .rsplit("\n\n")
        .take(2)
        .collect::<Vec<_>>()
        .join("\n\n");
    insta::assert_snapshot!(result);
}

#[tokio::test]
async fn grading_that_fails_for_good_is_told_and_the_photo_is_asked_for_again() {
    let app = arrived(Language::English).await;
    app.presses(Button::ShowRegion(Region::Crown)).await;
    app.sends(photo_that_fails()).await;
    assert_eq!(app.grader.asked(), 4);
    let transcript = app.transcript_with_failures();
    insta::assert_snapshot!(transcript.rsplit("\n\n").next().unwrap_or_default());
}

#[tokio::test]
async fn the_same_deed_twice_is_done_once() {
    let app = arrived(Language::Korean).await;
    let before = app.transcript().await;
    let again = app
        .does_again(2, dupi::ports::InboundWhat::Pressed(Button::OldEnough))
        .await;
    assert_eq!(again, Received::Repeated);
    assert_eq!(app.transcript().await, before);
}

#[tokio::test]
async fn erasing_leaves_nothing_and_the_next_hello_is_a_first_one() {
    use dupi::ports::{ConversationDesk as _, ConversationStore as _};

    let app = arrived(Language::Korean).await;
    app.presses(Button::ShowRegion(Region::Crown)).await;
    app.sends(photo_of([1; 6])).await;
    app.presses(Button::Erase).await;
    app.presses(Button::ConfirmErase).await;
    let address = TestApp::address();
    let found = app.service.driver.conversation(&address).await;
    assert_eq!(found.expect("the store works"), None);
    assert!(
        app.store
            .load(&address)
            .await
            .expect("the store works")
            .is_none()
    );
    app.opens(Language::English).await;
    assert!(
        app.store
            .load(&address)
            .await
            .expect("the store works")
            .is_some()
    );
}
