//! When something goes wrong.

use std::sync::Arc;
use std::time::Duration;

use dupi::domain::consultation::{
    ConsultationNumber, Conversation, Effect, Event, Language, Message,
};
use dupi::domain::scalp::PhotoId;
use dupi::ports::{
    CardError, Commit, EffectState, GradingError, Presence, Room, SendError, Share, StoreError,
    StoredKind,
};
use jiff::SignedDuration;
use tokio_util::sync::CancellationToken;

use super::world::World;
use crate::contracts::{at, commit, conversation_id, send, stored};
use crate::support::examples::{photo_id, summary};

fn unreachable(after: Option<Duration>) -> SendError {
    SendError::Unavailable {
        after,
        source: "scripted".into(),
    }
}

fn busy() -> StoreError {
    StoreError::Unavailable("scripted".into())
}

fn model_failed() -> GradingError {
    GradingError::Model {
        batch: 1,
        source: "scripted".into(),
    }
}

/// A world in which one stored photo is to be graded.
async fn with_grading() -> World {
    let photo: PhotoId = photo_id(1);
    let world = World::with_effects(vec![Effect::GradePhoto { photo }]).await;
    let kind = StoredKind::Photo(photo);
    let put = world.stores.photos.put(conversation_id(1), kind, b"photo");
    put.await.unwrap();
    world
}

#[tokio::test]
async fn a_failed_message_is_tried_again_after_waits_that_double() {
    let world = World::with_effects(vec![send(1), send(2)]).await;
    let failing = (0..3).map(|_| unreachable(None));
    world.sender.failing.lock().unwrap().extend(failing);
    assert_eq!(world.run().await, 1);
    for wait in [1, 2] {
        world.clock.forward(wait - 1);
        assert_eq!(world.run().await, 0);
        world.clock.forward(1);
        assert_eq!(world.run().await, 1);
    }
    world.clock.forward(4);
    assert_eq!(world.run().await, 2);
    assert_eq!(world.sender.sent.lock().unwrap().len(), 2);
    let states = world.states().await;
    assert_eq!(states, [(EffectState::Done, 4), (EffectState::Done, 1)]);
}

#[tokio::test]
async fn a_channel_that_asks_for_a_pause_gets_it() {
    let world = World::with_effects(vec![send(1)]).await;
    let pause = unreachable(Some(Duration::from_secs(30)));
    world.sender.failing.lock().unwrap().push_back(pause);
    assert_eq!(world.run().await, 1);
    world.clock.forward(29);
    assert_eq!(world.run().await, 0);
    world.clock.forward(1);
    assert_eq!(world.run().await, 1);
    assert_eq!(world.sender.sent.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn a_message_is_given_up_after_most_of_a_day_and_the_next_one_passes() {
    let world = World::with_effects(vec![send(1), send(2)]).await;
    let failing = (0..1_000).map(|_| unreachable(None));
    world.sender.failing.lock().unwrap().extend(failing);
    let mut tries = 0;
    for _ in 0..1_000 {
        tries += world.run().await;
        world.clock.forward(60);
    }
    assert_eq!(tries, 1_001);
    let states = world.states().await;
    assert_eq!(
        states,
        [(EffectState::Failed, 1_000), (EffectState::Done, 1)]
    );
    assert_eq!(*world.events.reported.lock().unwrap(), []);
}

#[tokio::test]
async fn a_refused_message_is_given_up_and_those_behind_it_go_out() {
    let world = World::with_effects(vec![send(1), send(2), send(3)]).await;
    let refused = SendError::Refused("scripted".into());
    world.sender.failing.lock().unwrap().push_back(refused);
    assert_eq!(world.run().await, 3);
    assert_eq!(
        world.states().await,
        [
            (EffectState::Failed, 1),
            (EffectState::Done, 1),
            (EffectState::Done, 1)
        ]
    );
    let overview = world.stores.effects.overview(3).await.unwrap();
    let error = overview[2].last_error.as_deref();
    assert_eq!(error, Some("the channel refused the message: scripted"));
}

#[tokio::test]
async fn messages_to_somebody_who_is_gone_wait_until_they_are_back() {
    let world = World::with_effects(vec![send(1), send(2)]).await;
    let gone = SendError::PersonGone;
    world.sender.failing.lock().unwrap().push_back(gone);
    assert_eq!(world.run().await, 1);
    world.clock.forward(100_000);
    assert_eq!(world.run().await, 0);
    let conversations = &world.stores.conversations;
    conversations
        .note_presence(conversation_id(1), Presence::Here, at(100_000))
        .await
        .unwrap();
    assert_eq!(world.run().await, 2);
    assert_eq!(
        world.states().await,
        [(EffectState::Done, 2), (EffectState::Done, 1)]
    );
}

#[tokio::test]
async fn a_panic_is_a_failed_try() {
    let world = World::with_effects(vec![send(1)]).await;
    *world.sender.panics.lock().unwrap() = true;
    assert_eq!(world.run().await, 1);
    world.clock.forward(1);
    assert_eq!(world.run().await, 1);
    assert_eq!(world.sender.sent.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn a_full_queue_of_the_grader_costs_no_try() {
    let world = with_grading().await;
    let full = GradingError::QueueFull { waiting: 9 };
    world.grader.failing.lock().unwrap().push_back(full);
    assert_eq!(world.run().await, 1);
    assert_eq!(world.states().await, [(EffectState::Done, 1)]);
    assert_eq!(world.grader.seen.lock().unwrap().len(), 2);
}

#[tokio::test]
async fn grading_that_fails_four_times_is_reported_as_failed() {
    let world = with_grading().await;
    let failing = (0..4).map(|_| model_failed());
    world.grader.failing.lock().unwrap().extend(failing);
    for _ in 0..4 {
        assert_eq!(*world.events.reported.lock().unwrap(), []);
        assert_eq!(world.run().await, 1);
        world.clock.forward(60);
    }
    let failed = Event::PhotoGradingFailed { photo: photo_id(1) };
    assert_eq!(*world.events.reported.lock().unwrap(), [failed]);
    assert_eq!(world.states().await, [(EffectState::Failed, 4)]);
    assert_eq!(world.run().await, 0);
}

#[tokio::test]
async fn an_effect_that_kills_the_process_every_time_is_given_up_unseen() {
    let world = with_grading().await;
    let lease: fn(Share) -> SignedDuration = |_| SignedDuration::from_secs(1);
    for second in 0..4 {
        let queue = &world.stores.effects;
        let claimed = queue.claim(&Room::of(1), at(second), lease).await.unwrap();
        assert_eq!(claimed.len(), 1);
    }
    world.clock.forward(5);
    assert_eq!(world.run().await, 1);
    assert!(world.grader.seen.lock().unwrap().is_empty());
    let failed = Event::PhotoGradingFailed { photo: photo_id(1) };
    assert_eq!(*world.events.reported.lock().unwrap(), [failed]);
}

#[tokio::test]
async fn an_outcome_that_cannot_be_stored_now_is_found_again_later() {
    let world = with_grading().await;
    world.events.failing.lock().unwrap().push_back(busy());
    assert_eq!(world.run().await, 1);
    assert_eq!(*world.events.reported.lock().unwrap(), []);
    world.clock.forward(1);
    assert_eq!(world.run().await, 1);
    assert_eq!(world.events.reported.lock().unwrap().len(), 1);
    assert_eq!(world.states().await, [(EffectState::Done, 2)]);
}

#[tokio::test]
async fn a_failure_that_cannot_be_reported_now_is_reported_later() {
    let world = with_grading().await;
    let failing = (0..4).map(|_| model_failed());
    world.grader.failing.lock().unwrap().extend(failing);
    world.events.failing.lock().unwrap().push_back(busy());
    for _ in 0..4 {
        world.run().await;
        world.clock.forward(60);
    }
    // The lease of the last try has run out by now.
    assert_eq!(*world.events.reported.lock().unwrap(), []);
    assert_eq!(world.run().await, 1);
    let failed = Event::PhotoGradingFailed { photo: photo_id(1) };
    assert_eq!(*world.events.reported.lock().unwrap(), [failed]);
    assert_eq!(world.states().await, [(EffectState::Failed, 5)]);
}

#[tokio::test]
async fn a_card_of_a_broken_photo_is_given_up_at_once_and_reported() {
    let world = World::with_effects(vec![Effect::DrawCard {
        summary: Box::new(summary([0; 6])),
        photo: photo_id(1),
        language: Language::Korean,
    }])
    .await;
    let broken = CardError::Photo("scripted".into());
    world.painter.failing.lock().unwrap().push_back(broken);
    assert_eq!(world.run().await, 1);
    let failed = Event::CardFailed {
        consultation: ConsultationNumber(1),
        spots: 2,
    };
    assert_eq!(*world.events.reported.lock().unwrap(), [failed]);
    assert_eq!(world.states().await, [(EffectState::Failed, 1)]);
}

#[tokio::test]
async fn erasing_that_fails_eight_times_is_reported_as_failed() {
    let world = World::with_effects(vec![Effect::ErasePerson]).await;
    let failing = (0..8).map(|_| busy());
    world.eraser.failing.lock().unwrap().extend(failing);
    for _ in 0..8 {
        assert_eq!(world.run().await, 1);
        world.clock.forward(60);
    }
    let reported = world.events.reported.lock().unwrap().clone();
    assert_eq!(reported, [Event::ErasingFailed]);
    assert_eq!(world.states().await, [(EffectState::Failed, 8)]);
}

/// What tells of a person is not said once they have taken their consent back.
#[tokio::test]
async fn what_rests_on_a_consent_that_was_taken_back_is_not_said() {
    let personal = Effect::Send {
        message: Box::new(Message::AnswersKept),
        language: Language::Korean,
        slot: None,
    };
    let world = World::with_effects(vec![personal, send(2)]).await;
    let withdrawn = Commit {
        conversation: Conversation::new(Language::Korean),
        ..commit(1, "withdrawn")
    };
    stored(&world.stores, withdrawn).await;
    assert_eq!(world.run().await, 2);
    let sent = world.sender.sent.lock().unwrap();
    let said: Vec<&Message> = sent.iter().map(|one| &one.message).collect();
    assert_eq!(said, [&Message::WordsCut { kept: 2 }]);
}

/// A channel that does not answer takes no room from files, from work, or from another channel.
#[tokio::test]
async fn messages_that_hang_keep_no_work_waiting() {
    let world = World::new().await;
    let gate = Arc::new(tokio::sync::Notify::new());
    *world.sender.gate.lock().unwrap() = Some(gate.clone());
    let shutdown = CancellationToken::new();
    let running = tokio::spawn({
        let (runner, shutdown) = (world.runner.clone(), shutdown.clone());
        async move { runner.run(shutdown).await }
    });
    let mut effects = vec![send(1)];
    effects.extend((0..40).map(|number| Effect::ForgetPhotos {
        photos: vec![photo_id(number)],
    }));
    let first = Commit {
        effects,
        ..commit(0, "a")
    };
    stored(&world.stores, first).await;
    world.sender.arrived.notified().await;
    let all_is_done = async {
        let done = (EffectState::Done, 1);
        while world
            .states()
            .await
            .iter()
            .filter(|one| **one == done)
            .count()
            < 40
        {
            tokio::task::yield_now().await;
        }
    };
    let waited = tokio::time::timeout(Duration::from_secs(30), all_is_done).await;
    assert!(waited.is_ok(), "{:?}", world.states().await);
    assert_eq!(*world.sender.sent.lock().unwrap(), []);
    shutdown.cancel();
    gate.notify_one();
    running.await.unwrap();
}
