//! The driver among others: presses at the same moment, and outcomes that come too late.

use dupi::domain::consultation::{
    Button, Command, ConsultationNumber, Event, Language, Purpose, Stage,
};
use dupi::domain::scalp::Region;
use dupi::ports::{
    ConversationDesk, ConversationStore, EffectId, EventSink, Inbound, InboundId, InboundWhat,
    Received,
};
use uuid::Uuid;

use crate::support::app::TestApp;
use crate::support::examples::{judgement, photo_id};
use crate::support::world::photo_of;

fn inbound(id: &str, what: InboundWhat) -> Inbound {
    Inbound {
        address: TestApp::address(),
        id: InboundId(id.to_owned()),
        what,
        notes: Vec::new(),
    }
}

async fn consenting() -> TestApp {
    let app = TestApp::start().await;
    app.opens(Language::Korean).await;
    app.presses(Button::Speak(Language::Korean)).await;
    app.presses(Button::OldEnough).await;
    app.presses(Button::Agree(Purpose::Basic)).await;
    app.presses(Button::Agree(Purpose::Sensitive)).await;
    app.presses(Button::ShowRegion(Region::Crown)).await;
    app
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn photos_that_come_at_the_same_moment_are_all_taken() {
    let app = consenting().await;
    let sending = (0..4).map(|number: u8| {
        let driver = app.service.driver.clone();
        tokio::spawn(async move {
            let photo = InboundWhat::PhotoReceived(photo_of([number % 4; 6]));
            driver
                .receive(inbound(&format!("photo-{number}"), photo))
                .await
        })
    });
    for sent in sending.collect::<Vec<_>>() {
        let received = sent
            .await
            .expect("no task panics")
            .expect("the store works");
        assert_eq!(received, Received::Accepted);
    }
    app.settle().await;
    let loaded = app.store.load(&TestApp::address()).await;
    let stage = loaded
        .expect("the store works")
        .expect("a conversation")
        .conversation
        .stage;
    let Stage::AwaitingPhoto { consultation, .. } = stage else {
        panic!("{stage:?}")
    };
    assert_eq!(consultation.photos.len(), 4);
    assert!(
        consultation
            .photos
            .iter()
            .all(|photo| photo.grades().is_some())
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_first_contacts_at_the_same_moment_make_one_conversation() {
    let app = TestApp::start().await;
    let opening = (0..2).map(|number| {
        let driver = app.service.driver.clone();
        tokio::spawn(async move {
            let opened = InboundWhat::Opened {
                language: Language::Korean,
            };
            driver
                .receive(inbound(&format!("open-{number}"), opened))
                .await
        })
    });
    for opened in opening.collect::<Vec<_>>() {
        opened
            .await
            .expect("no task panics")
            .expect("the store works");
    }
    app.settle().await;
    let loaded = app
        .store
        .load(&TestApp::address())
        .await
        .expect("the store works");
    assert_eq!(loaded.expect("one conversation").version, 2);
}

#[tokio::test]
async fn an_outcome_after_erasing_does_not_bring_the_person_back() {
    let app = consenting().await;
    let address = TestApp::address();
    let loaded = app.store.load(&address).await.expect("the store works");
    let id = loaded.expect("a conversation").id;
    app.presses(Button::Erase).await;
    app.presses(Button::ConfirmErase).await;
    let late = Event::PhotoJudged {
        photo: photo_id(1),
        judgement: Box::new(judgement([3; 6])),
    };
    app.service
        .driver
        .report(id, EffectId(Uuid::from_u128(1)), late)
        .await
        .expect("a late outcome is no error");
    assert!(
        app.store
            .load(&address)
            .await
            .expect("the store works")
            .is_none()
    );
}

/// Buttons stay on the screen after everything was erased.
#[tokio::test]
async fn a_second_tap_on_erase_does_not_begin_anew() {
    let app = consenting().await;
    app.presses(Button::Erase).await;
    app.presses(Button::ConfirmErase).await;
    for button in [Button::ConfirmErase, Button::NewConsultation] {
        let press = inbound("again", InboundWhat::Pressed(button));
        let received = app.service.driver.receive(press).await;
        assert_eq!(received.expect("the store works"), Received::Unknown);
    }
    let loaded = app.store.load(&TestApp::address()).await;
    assert_eq!(loaded.expect("the store works"), None);
}

/// A photo that its channel keeps may be fetched long after it was sent.
#[tokio::test]
async fn files_of_a_consultation_that_was_stopped_are_not_awaited() {
    let app = consenting().await;
    let conversation = async || {
        let loaded = app.store.load(&TestApp::address()).await;
        loaded
            .expect("the store works")
            .expect("it began")
            .conversation
    };
    let sent_in = Some(ConsultationNumber(1));
    assert!(conversation().await.awaits_files_of(sent_in));
    app.commands(Command::Cancel).await;
    assert!(!conversation().await.awaits_files_of(sent_in));
    assert!(conversation().await.awaits_files_of(None));
    app.commands(Command::Consult).await;
    assert!(!conversation().await.awaits_files_of(sent_in));
    app.presses(Button::Withdraw(Purpose::Sensitive)).await;
    assert!(!conversation().await.awaits_files_of(None));
}
