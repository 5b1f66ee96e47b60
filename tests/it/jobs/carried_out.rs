//! When all goes well.

use std::sync::Arc;

use dupi::domain::consultation::{
    ConsultationNumber, Effect, Event, FileReference, Language, Message, SentFile, Slot, Unusable,
};
use dupi::ports::{Commit, EffectState, FetchError, PhotoStoreError, StoredKind};
use tokio_util::sync::CancellationToken;

use super::world::{World, heatmaps};
use crate::contracts::{commit, conversation_id, send, stored};
use crate::support::examples::{judgement, photo_id, summary};

const DONE_AT_ONCE: (EffectState, u32) = (EffectState::Done, 1);

async fn with_photo(world: &World) {
    let photo = StoredKind::Photo(photo_id(1));
    let put = world.stores.photos.put(conversation_id(1), photo, b"photo");
    put.await.unwrap();
}

fn draw_card() -> Effect {
    Effect::DrawCard {
        summary: Box::new(summary([0, 1, 2, 3, 2, 1])),
        photo: photo_id(1),
        language: Language::English,
    }
}

#[tokio::test]
async fn messages_are_handed_to_their_channel_in_order() {
    let world = World::with_effects(vec![
        send(1),
        Effect::Send {
            message: Box::new(Message::Hello),
            language: Language::English,
            slot: Some(Slot::Survey {
                consultation: ConsultationNumber(2),
                opening: 0,
            }),
        },
        send(3),
    ])
    .await;
    assert_eq!(world.run().await, 3);
    assert_eq!(world.states().await, [DONE_AT_ONCE; 3]);

    let sent = world.sender.sent.lock().unwrap();
    let kept = |number| Message::WordsCut { kept: number };
    assert_eq!(sent[0].message, kept(1));
    assert_eq!(sent[1].message, Message::Hello);
    assert_eq!(sent[1].language, Language::English);
    assert_eq!(
        sent[1].slot,
        Some(Slot::Survey {
            consultation: ConsultationNumber(2),
            opening: 0,
        })
    );
    assert_eq!(sent[2].message, kept(3));
    assert!(sent.iter().all(|one| one.address == commit(0, "").address));
}

#[tokio::test]
async fn a_photo_is_graded_and_reported_with_where_it_was_seen() {
    let world = World::with_effects(vec![Effect::GradePhoto { photo: photo_id(1) }]).await;
    with_photo(&world).await;
    assert_eq!(world.run().await, 1);
    assert_eq!(*world.grader.seen.lock().unwrap(), [b"photo"]);
    let reported = world.events.reported.lock().unwrap().clone();
    let judged = Event::PhotoJudged {
        photo: photo_id(1),
        judgement: Box::new(judgement([0, 1, 2, 3, 0, 1])),
    };
    assert_eq!(reported, [judged]);
    let photos = &world.stores.photos;
    let found = photos.heatmaps(conversation_id(1), photo_id(1)).await;
    assert_eq!(found.unwrap(), heatmaps());
    assert_eq!(world.states().await, [DONE_AT_ONCE]);
}

#[tokio::test]
async fn a_photo_that_was_forgotten_meanwhile_is_reported_as_not_judged() {
    let world = World::with_effects(vec![Effect::GradePhoto { photo: photo_id(1) }]).await;
    assert_eq!(world.run().await, 1);
    let reported = world.events.reported.lock().unwrap().clone();
    let failed = Event::PhotoGradingFailed { photo: photo_id(1) };
    assert_eq!(reported, [failed]);
    assert_eq!(world.states().await, [DONE_AT_ONCE]);
}

#[tokio::test]
async fn a_card_is_drawn_of_photo_and_heatmaps_and_stored() {
    let world = World::with_effects(vec![draw_card()]).await;
    with_photo(&world).await;
    let photos = &world.stores.photos;
    let maps = heatmaps();
    let put = photos.put_heatmaps(conversation_id(1), photo_id(1), &maps);
    put.await.unwrap();
    assert_eq!(world.run().await, 1);

    let requests = std::mem::take(&mut *world.painter.requests.lock().unwrap());
    assert_eq!(requests[0].summary, summary([0, 1, 2, 3, 2, 1]));
    assert_eq!(requests[0].language, Language::English);
    assert_eq!(requests[0].photo.as_deref(), Some(&b"photo"[..]));
    assert_eq!(requests[0].heatmaps, Some(heatmaps()));
    let card = StoredKind::Card(ConsultationNumber(1));
    let stored = photos.get(conversation_id(1), card).await;
    assert_eq!(stored.unwrap(), b"a card");
    let drawn = Event::CardDrawn {
        consultation: ConsultationNumber(1),
        spots: 2,
    };
    assert_eq!(*world.events.reported.lock().unwrap(), [drawn]);
}

#[tokio::test]
async fn a_card_is_drawn_without_a_photo_that_was_forgotten_meanwhile() {
    let world = World::with_effects(vec![draw_card()]).await;
    assert_eq!(world.run().await, 1);
    let requests = world.painter.requests.lock().unwrap();
    assert!(requests[0].photo.is_none() && requests[0].heatmaps.is_none());
    assert_eq!(world.events.reported.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn photos_are_forgotten_and_nobody_is_told() {
    let photos = vec![photo_id(1), photo_id(2)];
    let world = World::with_effects(vec![Effect::ForgetPhotos { photos }]).await;
    with_photo(&world).await;
    assert_eq!(world.run().await, 1);
    let photo = StoredKind::Photo(photo_id(1));
    let found = world.stores.photos.get(conversation_id(1), photo).await;
    assert!(matches!(found, Err(PhotoStoreError::Absent)));
    assert_eq!(world.states().await, [DONE_AT_ONCE]);
    assert_eq!(*world.events.reported.lock().unwrap(), []);
}

#[tokio::test]
async fn erasing_a_person_takes_the_order_to_erase_with_it() {
    let world = World::with_effects(vec![Effect::ErasePerson]).await;
    assert_eq!(world.run().await, 1);
    let store = &world.stores.conversations;
    let found = store.load_by_id(conversation_id(1)).await;
    assert_eq!(found.unwrap(), None);
    assert_eq!(world.states().await, []);
    assert_eq!(world.run().await, 0);
}

#[tokio::test]
async fn a_stored_effect_wakes_the_runner_and_a_shutdown_finishes_what_is_taken() {
    let world = World::new().await;
    let gate = Arc::new(tokio::sync::Notify::new());
    *world.sender.gate.lock().unwrap() = Some(gate.clone());
    let shutdown = CancellationToken::new();
    let running = tokio::spawn({
        let (runner, shutdown) = (world.runner.clone(), shutdown.clone());
        async move { runner.run(shutdown).await }
    });
    let first = Commit {
        effects: vec![send(1), send(2)],
        ..commit(0, "a")
    };
    stored(&world.stores, first).await;
    world.sender.arrived.notified().await;

    shutdown.cancel();
    gate.notify_one();
    running.await.unwrap();
    assert_eq!(world.sender.sent.lock().unwrap().len(), 1);
    // The second waits for the next process.
    let states = world.states().await;
    assert_eq!(states, [DONE_AT_ONCE, (EffectState::Waiting, 0)]);
}

fn fetch(files: Vec<SentFile>) -> Effect {
    Effect::FetchPhotos {
        files,
        sent_in: None,
    }
}

fn sent(number: u128, reference: &str) -> SentFile {
    SentFile {
        photo: photo_id(number),
        file: FileReference(reference.to_owned()),
    }
}

#[tokio::test]
async fn a_file_that_its_channel_keeps_is_fetched_and_stored() {
    let files = vec![sent(1, "a photo")];
    let world = World::with_effects(vec![fetch(files)]).await;
    world.run().await;
    let kind = StoredKind::Photo(photo_id(1));
    let stored = world.stores.photos.get(conversation_id(1), kind).await;
    assert_eq!(stored.unwrap(), b"a photo");
    let reported = world.events.reported.lock().unwrap().clone();
    assert_eq!(reported, [Event::PhotoArrived(photo_id(1))]);
}

#[tokio::test]
async fn of_several_files_those_that_cannot_be_used_are_turned_away() {
    let files = vec![sent(1, "one"), sent(2, "broken"), sent(3, "three")];
    let world = World::with_effects(vec![fetch(files)]).await;
    world.run().await;
    let reported = world.events.reported.lock().unwrap().clone();
    assert_eq!(
        reported,
        [Event::AlbumArrived {
            photos: vec![photo_id(1), photo_id(3)],
            turned_away: vec![Unusable::Unreadable],
        }]
    );
}

#[tokio::test]
async fn a_file_that_fails_to_be_fetched_twice_is_fetched_the_third_time() {
    let files = vec![sent(1, "a photo")];
    let world = World::with_effects(vec![fetch(files)]).await;
    let failing = [unavailable(), unavailable()];
    world.fetcher.failing.lock().unwrap().extend(failing);
    for seconds in [0, 1, 2] {
        world.clock.forward(seconds);
        assert_eq!(world.run().await, 1);
    }
    let reported = world.events.reported.lock().unwrap().clone();
    assert_eq!(reported, [Event::PhotoArrived(photo_id(1))]);
}

fn unavailable() -> FetchError {
    FetchError::Unavailable {
        after: None,
        source: "scripted".into(),
    }
}

/// More tries than are made, with the longest wait between them.
async fn until_given_up(world: &World) {
    for _ in 0..70 {
        world.run().await;
        world.clock.forward(60);
    }
}

#[tokio::test]
async fn files_that_cannot_be_fetched_for_an_hour_are_told_once() {
    let files = vec![sent(1, "one"), sent(2, "two")];
    let world = World::with_effects(vec![fetch(files)]).await;
    let failing = (0..200).map(|_| unavailable());
    world.fetcher.failing.lock().unwrap().extend(failing);
    until_given_up(&world).await;
    let reported = world.events.reported.lock().unwrap().clone();
    assert_eq!(reported, [Event::PhotoTurnedAway(Unusable::NotStored)]);
}

#[tokio::test]
async fn what_was_fetched_is_not_given_up_with_what_cannot_be() {
    let files = vec![sent(1, "one"), sent(2, "never")];
    let world = World::with_effects(vec![fetch(files)]).await;
    until_given_up(&world).await;
    let reported = world.events.reported.lock().unwrap().clone();
    assert_eq!(
        reported,
        [Event::AlbumArrived {
            photos: vec![photo_id(1)],
            turned_away: vec![Unusable::NotStored],
        }]
    );
}

#[tokio::test]
async fn files_of_a_consultation_that_is_over_are_not_even_fetched() {
    let world = World::with_effects(vec![Effect::FetchPhotos {
        files: vec![sent(1, "one")],
        sent_in: Some(ConsultationNumber(1)),
    }])
    .await;
    world.run().await;
    let kind = StoredKind::Photo(photo_id(1));
    let found = world.stores.photos.get(conversation_id(1), kind).await;
    assert!(matches!(found, Err(PhotoStoreError::Absent)));
    assert_eq!(*world.events.reported.lock().unwrap(), []);
    assert_eq!(world.states().await, [DONE_AT_ONCE]);
}
