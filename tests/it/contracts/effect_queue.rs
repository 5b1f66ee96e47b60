//! The queue of stored effects.

use std::collections::HashSet;

use dupi::domain::consultation::{Effect, Language, Message, Slot};
use dupi::ports::{
    By, Channel, ChannelNote, ClaimedEffect, Commit, EffectId, EffectState, Presence, Room, Share,
    sent_note,
};
use futures_util::FutureExt as _;
use uuid::Uuid;

use super::{
    LEASE, Stores, address, at, commit, commit_of_ben, conversation_id, on_every_store, send,
    stored,
};
use crate::support::examples::{photo_id, summary};

on_every_store! {
    effects_come_out_as_they_were_stored,
    no_more_are_claimed_than_asked_for,
    a_leased_effect_is_claimed_again_when_its_lease_has_run_out,
    messages_of_one_conversation_leave_in_order_and_one_at_a_time,
    everything_but_messages_runs_side_by_side,
    a_message_that_is_tried_again_holds_back_those_behind_it,
    a_message_that_failed_for_good_lets_the_next_one_pass,
    an_effect_that_is_tried_again_waits_for_its_time,
    what_waits_is_due_when_the_clock_was_put_back_and_what_is_under_way_is_not,
    what_waits_is_due_when_the_clock_was_put_back_by_less_than_it_waits,
    what_is_done_is_never_claimed_again,
    an_effect_that_is_not_there_can_be_settled,
    released_leases_are_claimed_at_once,
    the_next_due_time_counts_what_can_be_claimed,
    the_overview_tells_the_newest_first_and_no_content,
    a_failure_that_was_reported_is_still_a_failure,
    ended_effects_are_forgotten_in_time,
    whoever_waits_is_woken_by_a_stored_effect_only,
    claims_at_once_share_nothing,
    every_share_has_room_of_its_own,
    what_is_held_costs_the_others_nothing,
    a_message_is_passed_over_when_a_newer_one_waits_for_its_place,
    a_message_that_was_tried_in_vain_is_passed_over_too,
    a_message_of_which_something_was_sent_is_never_passed_over,
    those_behind_what_is_passed_over_are_claimed_at_once,
    nothing_is_said_to_somebody_who_is_gone_until_they_are_back,
    whoever_does_something_is_back,
    whoever_did_something_since_is_not_gone,
}

/// A message for a place.
fn send_to(slot: Slot, number: usize) -> Effect {
    match send(number) {
        Effect::Send {
            message, language, ..
        } => Effect::Send {
            message,
            language,
            slot: Some(slot),
        },
        other => other,
    }
}

async fn every_share_has_room_of_its_own(stores: Stores) {
    let mut many = vec![send(1)];
    many.extend(gradings(2));
    with_effects(&stores, many).await;
    let room = Room::default().with(Share::Messages(Channel::Web), 1);
    let claimed = stores.effects.claim(&room, at(1), LEASE).await.unwrap();
    assert_eq!(effects(&claimed), [&send(1)]);
    assert_eq!(
        stores.effects.next_due(&room).await.unwrap(),
        Some(at(61)),
        "the lease of the message"
    );
    let room = Room::default().with(Share::Work, 1);
    assert_eq!(stores.effects.next_due(&room).await.unwrap(), Some(at(0)));
    let claimed = stores.effects.claim(&room, at(1), LEASE).await.unwrap();
    assert_eq!(claimed.len(), 1);
    assert_eq!(claimed[0].effect, gradings(1)[0]);
}

async fn a_message_is_passed_over_when_a_newer_one_waits_for_its_place(stores: Stores) {
    let (here, there) = (Slot::Photo(photo_id(1)), Slot::Photo(photo_id(2)));
    with_effects(
        &stores,
        vec![
            send_to(here, 1),
            send_to(there, 2),
            send(3),
            send_to(here, 4),
        ],
    )
    .await;
    let mut said = Vec::new();
    for _ in 0..4 {
        for claimed in claim(&stores, 1).await {
            said.push(claimed.effect.clone());
            stores.effects.complete(claimed.id, at(1)).await.unwrap();
        }
    }
    assert_eq!(said, [send_to(there, 2), send(3), send_to(here, 4)]);
    let overview = stores.effects.overview(9).await.unwrap();
    assert!(overview.iter().all(|one| one.state == EffectState::Done));
}

async fn those_behind_what_is_passed_over_are_claimed_at_once(stores: Stores) {
    let here = Slot::Photo(photo_id(1));
    with_effects(
        &stores,
        (1..=4).map(|number| send_to(here, number)).collect(),
    )
    .await;
    assert_eq!(effects(&claim(&stores, 1).await), [&send_to(here, 4)]);
}

/// What `notes` has to say of it between the first try and the newer message.
async fn tried_before_a_newer_one(stores: &Stores, is_noted: bool) -> Vec<Effect> {
    let here = Slot::Photo(photo_id(1));
    with_effects(stores, vec![send_to(here, 1)]).await;
    let first = claim(stores, 1).await;
    if is_noted {
        let note = ChannelNote::new(sent_note(first[0].id), "its first part");
        let kept = stores.notes.keep(conversation_id(1), vec![note], at(1));
        kept.await.unwrap();
    }
    let retried = stores.effects.retry(first[0].id, at(1), at(2), "busy");
    retried.await.unwrap();
    let newer = Commit {
        effects: vec![send_to(here, 2)],
        ..commit(1, "b")
    };
    stored(stores, newer).await;
    let claimed = claim(stores, 2).await;
    claimed.into_iter().map(|claimed| claimed.effect).collect()
}

async fn a_message_that_was_tried_in_vain_is_passed_over_too(stores: Stores) {
    let said = tried_before_a_newer_one(&stores, false).await;
    assert_eq!(said, [send_to(Slot::Photo(photo_id(1)), 2)]);
}

async fn a_message_of_which_something_was_sent_is_never_passed_over(stores: Stores) {
    // It may stand there already: what replaces it must know.
    let said = tried_before_a_newer_one(&stores, true).await;
    assert_eq!(said, [send_to(Slot::Photo(photo_id(1)), 1)]);
}

async fn nothing_is_said_to_somebody_who_is_gone_until_they_are_back(stores: Stores) {
    let mut many = vec![send(1)];
    many.extend(gradings(1));
    with_effects(&stores, many).await;
    let conversations = &stores.conversations;
    let id = conversation_id(1);
    let gone = conversations.note_presence(id, Presence::Gone, at(1));
    gone.await.unwrap();
    assert_eq!(effects(&claim(&stores, 1).await), [&gradings(1)[0]]);
    let room = Room::default().with(Share::Messages(Channel::Web), 1);
    assert_eq!(stores.effects.next_due(&room).await.unwrap(), None);
    let here = conversations.note_presence(id, Presence::Here, at(2));
    here.await.unwrap();
    assert_eq!(effects(&claim(&stores, 2).await), [&send(1)]);
    let nobody = conversations.note_presence(conversation_id(7), Presence::Gone, at(2));
    nobody.await.unwrap();
}

async fn whoever_does_something_is_back(stores: Stores) {
    let mut many = vec![send(1)];
    many.extend(gradings(1));
    with_effects(&stores, many).await;
    let id = conversation_id(1);
    let gone = stores
        .conversations
        .note_presence(id, Presence::Gone, at(1));
    gone.await.unwrap();
    let grading = claim(&stores, 1).await;
    let outcome = Commit {
        by: By::Outcome(grading[0].id),
        ..commit(1, "an outcome")
    };
    stored(&stores, outcome).await;
    assert_eq!(claim(&stores, 1).await, [], "an outcome is no deed");
    stored(&stores, commit(2, "a deed")).await;
    assert_eq!(effects(&claim(&stores, 1).await), [&send(1)]);
}

async fn whoever_did_something_since_is_not_gone(stores: Stores) {
    with_effects(&stores, vec![send(1)]).await;
    let deeds = claim(&stores, 1).await[0].deeds;
    let deed = Commit {
        // The clock was put back meanwhile: it does not count.
        now: at(-5),
        ..commit(1, "a deed")
    };
    stored(&stores, deed).await;
    let id = conversation_id(1);
    let gone = |deeds| {
        let presence = Presence::GoneSince { deeds };
        stores.conversations.note_presence(id, presence, at(4))
    };
    gone(deeds).await.unwrap();
    assert_eq!(effects(&claim(&stores, 99).await), [&send(1)]);
    gone(deeds + 1).await.unwrap();
    let room = Room::default().with(Share::Messages(Channel::Web), 1);
    assert_eq!(stores.effects.next_due(&room).await.unwrap(), None);
}

async fn what_is_held_costs_the_others_nothing(stores: Stores) {
    with_effects(&stores, vec![send(1)]).await;
    let ben = Commit {
        effects: vec![send(2)],
        ..commit_of_ben(0, "b")
    };
    stored(&stores, ben).await;
    let id = conversation_id(1);
    let gone = stores
        .conversations
        .note_presence(id, Presence::Gone, at(1));
    gone.await.unwrap();
    // What is said to somebody who is gone is held from the beginning, too.
    let outcome = Commit {
        effects: vec![send(3)],
        by: By::Outcome(EffectId(Uuid::from_u128(404))),
        ..commit(1, "an outcome")
    };
    stored(&stores, outcome).await;
    assert_eq!(effects(&claim(&stores, 1).await), [&send(2)]);
    let here = stores
        .conversations
        .note_presence(id, Presence::Here, at(2));
    here.await.unwrap();
    assert_eq!(effects(&claim(&stores, 2).await), [&send(1)]);
}

async fn with_effects(stores: &Stores, effects: Vec<Effect>) {
    let commit = Commit {
        effects,
        ..commit(0, "a")
    };
    stored(stores, commit).await;
}

fn gradings(count: u128) -> Vec<Effect> {
    let grading = |number| Effect::GradePhoto {
        photo: photo_id(number),
    };
    (0..count).map(grading).collect()
}

async fn claim(stores: &Stores, seconds: i64) -> Vec<ClaimedEffect> {
    let claimed = stores
        .effects
        .claim(&Room::of(99), at(seconds), LEASE)
        .await;
    claimed.unwrap()
}

fn effects(claimed: &[ClaimedEffect]) -> Vec<&Effect> {
    claimed.iter().map(|claimed| &claimed.effect).collect()
}

fn one_of_each() -> Vec<Effect> {
    vec![
        Effect::Send {
            message: Box::new(Message::Hello),
            language: Language::English,
            slot: Some(Slot::Photo(photo_id(4))),
        },
        Effect::GradePhoto { photo: photo_id(1) },
        Effect::DrawCard {
            summary: Box::new(summary([0, 1, 2, 3, 2, 1])),
            photo: photo_id(1),
            language: Language::Korean,
        },
        Effect::ForgetPhotos {
            photos: vec![photo_id(1), photo_id(2)],
        },
        Effect::ErasePerson,
    ]
}

async fn effects_come_out_as_they_were_stored(stores: Stores) {
    with_effects(&stores, one_of_each()).await;
    let claimed = claim(&stores, 3).await;
    assert_eq!(effects(&claimed), one_of_each().iter().collect::<Vec<_>>());
    let ids: HashSet<EffectId> = claimed.iter().map(|claimed| claimed.id).collect();
    assert_eq!(ids.len(), 5);
    for effect in claimed {
        assert_eq!(effect.conversation, conversation_id(1));
        assert_eq!(effect.address, address("anna"));
        assert_eq!(effect.attempt, 1);
        assert_eq!(effect.lease_until, at(63));
    }
}

async fn no_more_are_claimed_than_asked_for(stores: Stores) {
    with_effects(&stores, gradings(5)).await;
    for expected in [2, 2, 1, 0] {
        let claimed = stores
            .effects
            .claim(&Room::of(2), at(0), LEASE)
            .await
            .unwrap();
        assert_eq!(claimed.len(), expected);
    }
}

async fn a_leased_effect_is_claimed_again_when_its_lease_has_run_out(stores: Stores) {
    with_effects(&stores, vec![send(1)]).await;
    let first = claim(&stores, 0).await;
    assert_eq!(claim(&stores, 59).await, []);
    let second = claim(&stores, 60).await;
    assert_eq!(second.len(), 1);
    assert_eq!(second[0].id, first[0].id);
    assert_eq!(second[0].attempt, 2);
    assert_eq!(second[0].lease_until, at(120));
}

async fn messages_of_one_conversation_leave_in_order_and_one_at_a_time(stores: Stores) {
    with_effects(&stores, vec![send(1), send(2)]).await;
    let later = Commit {
        effects: vec![send(3)],
        ..commit(1, "b")
    };
    stored(&stores, later).await;
    let of_ben = Commit {
        effects: vec![send(11), send(12)],
        ..commit_of_ben(0, "a")
    };
    stored(&stores, of_ben).await;
    for (anna, ben) in [
        (Some(send(1)), Some(send(11))),
        (Some(send(2)), Some(send(12))),
        (Some(send(3)), None),
        (None, None),
    ] {
        let claimed = claim(&stores, 1).await;
        assert_eq!(claim(&stores, 1).await, []);
        for (number, expected) in [(1, anna), (2, ben)] {
            let of_one: Vec<&Effect> = claimed
                .iter()
                .filter(|claimed| claimed.conversation == conversation_id(number))
                .map(|claimed| &claimed.effect)
                .collect();
            assert_eq!(of_one, expected.iter().collect::<Vec<_>>());
        }
        for effect in claimed {
            stores.effects.complete(effect.id, at(1)).await.unwrap();
        }
    }
}

async fn everything_but_messages_runs_side_by_side(stores: Stores) {
    let mut many = vec![send(1), send(2)];
    many.extend(gradings(3));
    with_effects(&stores, many).await;
    assert_eq!(claim(&stores, 0).await.len(), 4);
}

async fn a_message_that_is_tried_again_holds_back_those_behind_it(stores: Stores) {
    with_effects(&stores, vec![send(1), send(2)]).await;
    let first = claim(&stores, 0).await;
    let retried = stores.effects.retry(first[0].id, at(0), at(10), "busy");
    retried.await.unwrap();
    assert_eq!(claim(&stores, 9).await, []);
    assert_eq!(effects(&claim(&stores, 10).await), [&send(1)]);
}

async fn a_message_that_failed_for_good_lets_the_next_one_pass(stores: Stores) {
    with_effects(&stores, vec![send(1), send(2)]).await;
    let first = claim(&stores, 0).await;
    let failed = stores.effects.fail(first[0].id, at(0), "gone");
    failed.await.unwrap();
    assert_eq!(effects(&claim(&stores, 0).await), [&send(2)]);
}

async fn an_effect_that_is_tried_again_waits_for_its_time(stores: Stores) {
    with_effects(&stores, vec![Effect::ErasePerson]).await;
    for (now, run_at, attempt) in [(0, 5, 1), (5, 12, 2), (12, 13, 3)] {
        if attempt > 1 {
            assert_eq!(claim(&stores, now - 1).await, []);
        }
        let claimed = claim(&stores, now).await;
        assert_eq!(claimed[0].attempt, attempt);
        let retried = stores
            .effects
            .retry(claimed[0].id, at(now), at(run_at), "busy");
        retried.await.unwrap();
    }
}

async fn what_waits_is_due_when_the_clock_was_put_back_and_what_is_under_way_is_not(
    stores: Stores,
) {
    const A_DAY: i64 = 24 * 60 * 60;
    with_effects(&stores, gradings(2)).await;
    let claimed = claim(&stores, A_DAY).await;
    let waiting = claimed[0].id;
    let later = at(A_DAY + 5);
    stores
        .effects
        .retry(waiting, at(A_DAY), later, "no")
        .await
        .unwrap();
    let claimed = claim(&stores, 0).await;
    let ids: Vec<EffectId> = claimed.iter().map(|effect| effect.id).collect();
    assert_eq!(ids, [waiting]);
}

async fn what_waits_is_due_when_the_clock_was_put_back_by_less_than_it_waits(stores: Stores) {
    const AN_HOUR: i64 = 60 * 60;
    with_effects(&stores, gradings(1)).await;
    let claimed = claim(&stores, AN_HOUR).await;
    let retried = stores
        .effects
        .retry(claimed[0].id, at(AN_HOUR), at(AN_HOUR + 60), "no");
    retried.await.unwrap();
    assert_eq!(claim(&stores, AN_HOUR).await, [], "it waits for its minute");
    assert_eq!(claim(&stores, AN_HOUR - 1).await.len(), 1);
}

async fn what_is_done_is_never_claimed_again(stores: Stores) {
    with_effects(&stores, vec![send(1), Effect::ErasePerson]).await;
    for effect in claim(&stores, 0).await {
        let queue = &stores.effects;
        queue.complete(effect.id, at(1)).await.unwrap();
        queue.complete(effect.id, at(2)).await.unwrap();
        // Too late to change its mind.
        queue.retry(effect.id, at(3), at(3), "no").await.unwrap();
    }
    assert_eq!(stores.effects.release_leases().await.unwrap(), 0);
    assert_eq!(claim(&stores, 9999).await, []);
}

async fn an_effect_that_is_not_there_can_be_settled(stores: Stores) {
    let nowhere = EffectId(Uuid::from_u128(404));
    stores.effects.complete(nowhere, at(0)).await.unwrap();
    stores
        .effects
        .retry(nowhere, at(0), at(0), "x")
        .await
        .unwrap();
    stores.effects.fail(nowhere, at(0), "x").await.unwrap();
    assert_eq!(stores.effects.overview(9).await.unwrap(), []);
}

async fn released_leases_are_claimed_at_once(stores: Stores) {
    with_effects(&stores, vec![send(1), send(2), Effect::ErasePerson]).await;
    let leased = claim(&stores, 0).await;
    assert_eq!(leased.len(), 2);
    assert_eq!(stores.effects.release_leases().await.unwrap(), 2);
    let again = claim(&stores, 0).await;
    assert_eq!(effects(&again), effects(&leased));
    // No message is lost however often a process is stopped; other tries are counted.
    assert_eq!(again[0].attempt, 1);
    assert_eq!(again[1].attempt, 2);
}

async fn the_next_due_time_counts_what_can_be_claimed(stores: Stores) {
    let queue = &stores.effects;
    assert_eq!(queue.next_due(&Room::of(1)).await.unwrap(), None);
    with_effects(&stores, vec![send(1), send(2)]).await;
    assert_eq!(queue.next_due(&Room::of(1)).await.unwrap(), Some(at(0)));
    // The second message is due, but waits for the first, whose lease ends a minute later.
    let first = claim(&stores, 3).await;
    assert_eq!(queue.next_due(&Room::of(1)).await.unwrap(), Some(at(63)));
    queue
        .retry(first[0].id, at(3), at(7), "busy")
        .await
        .unwrap();
    assert_eq!(queue.next_due(&Room::of(1)).await.unwrap(), Some(at(7)));
    let first = claim(&stores, 7).await;
    queue.complete(first[0].id, at(7)).await.unwrap();
    assert_eq!(queue.next_due(&Room::of(1)).await.unwrap(), Some(at(0)));
    let second = claim(&stores, 7).await;
    queue.fail(second[0].id, at(7), "gone").await.unwrap();
    assert_eq!(queue.next_due(&Room::of(1)).await.unwrap(), None);
}

async fn the_overview_tells_the_newest_first_and_no_content(stores: Stores) {
    with_effects(&stores, one_of_each()).await;
    let claimed = claim(&stores, 1).await;
    let queue = &stores.effects;
    queue.complete(claimed[0].id, at(2)).await.unwrap();
    let retried = queue.retry(claimed[1].id, at(0), at(9), "queue is full");
    retried.await.unwrap();
    queue.fail(claimed[2].id, at(2), "no ink").await.unwrap();

    let overview = queue.overview(99).await.unwrap();
    let told: Vec<_> = overview
        .iter()
        .map(|effect| {
            let error = effect.last_error.as_deref();
            (effect.kind.as_str(), effect.state, effect.attempts, error)
        })
        .collect();
    assert_eq!(
        told,
        [
            ("erase_person", EffectState::Leased, 1, None),
            ("forget_photos", EffectState::Leased, 1, None),
            ("draw_card", EffectState::Failed, 1, Some("no ink")),
            (
                "grade_photo",
                EffectState::Waiting,
                1,
                Some("queue is full")
            ),
            ("send", EffectState::Done, 1, None),
        ]
    );
    assert_eq!(overview[3].run_at, at(9));
    assert!(overview.iter().all(|effect| effect.created_at == at(0)));
    assert_eq!(queue.overview(2).await.unwrap(), overview[..2]);
}

async fn a_failure_that_was_reported_is_still_a_failure(stores: Stores) {
    with_effects(&stores, vec![Effect::ErasePerson]).await;
    let claimed = claim(&stores, 0).await;
    let reported = Commit {
        by: By::Outcome(claimed[0].id),
        ..commit(1, "failure")
    };
    stored(&stores, reported).await;
    let queue = &stores.effects;
    queue.fail(claimed[0].id, at(1), "no use").await.unwrap();
    let overview = queue.overview(9).await.unwrap();
    assert_eq!(overview[0].state, EffectState::Failed);
    assert_eq!(overview[0].last_error.as_deref(), Some("no use"));
}

async fn ended_effects_are_forgotten_in_time(stores: Stores) {
    with_effects(&stores, gradings(4)).await;
    let claimed = claim(&stores, 0).await;
    let queue = &stores.effects;
    queue.complete(claimed[0].id, at(10)).await.unwrap();
    queue.complete(claimed[1].id, at(20)).await.unwrap();
    queue.fail(claimed[2].id, at(10), "x").await.unwrap();

    assert_eq!(queue.purge_ended(at(15), at(5)).await.unwrap(), 1);
    assert_eq!(queue.purge_ended(at(15), at(10)).await.unwrap(), 0);
    let left = queue.overview(9).await.unwrap();
    assert_eq!(left.len(), 3);
    assert!(left.iter().all(|effect| effect.id != claimed[0].id));
    assert_eq!(queue.purge_ended(at(15), at(11)).await.unwrap(), 1);
    let left = queue.overview(9).await.unwrap();
    assert!(left.iter().all(|effect| effect.id != claimed[2].id));
}

async fn whoever_waits_is_woken_by_a_stored_effect_only(stores: Stores) {
    let queue = &stores.effects;
    assert_eq!(queue.stored().now_or_never(), None);
    stored(&stores, commit(0, "a")).await;
    assert_eq!(queue.stored().now_or_never(), None);
    // Stored before anybody waits: the next one to wait is told, once.
    let sending = |version, inbound| Commit {
        effects: vec![send(1)],
        ..commit(version, inbound)
    };
    stored(&stores, sending(1, "b")).await;
    assert_eq!(queue.stored().now_or_never(), Some(()));
    assert_eq!(queue.stored().now_or_never(), None);
    // Stored while somebody waits.
    let waiting = tokio::spawn({
        let queue = queue.clone();
        async move { queue.stored().await }
    });
    stored(&stores, sending(2, "c")).await;
    waiting.await.unwrap();
}

async fn claims_at_once_share_nothing(stores: Stores) {
    with_effects(&stores, gradings(40)).await;
    let claims: Vec<_> = (0..8)
        .map(|_| {
            let queue = stores.effects.clone();
            tokio::spawn(async move { queue.claim(&Room::of(10), at(0), LEASE).await.unwrap() })
        })
        .collect();
    let mut ids = Vec::new();
    for claim in claims {
        ids.extend(claim.await.unwrap().into_iter().map(|claimed| claimed.id));
    }
    assert_eq!(ids.len(), 40);
    assert_eq!(ids.iter().collect::<HashSet<_>>().len(), 40);
}
