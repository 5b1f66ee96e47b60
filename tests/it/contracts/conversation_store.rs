//! Conversations, and the one transaction that moves them.

use dupi::domain::consultation::{
    Consent, Consultation, ConsultationNumber, Conversation, DailyCount, Effect, Language, Photo,
    PhotoState, Purpose, Stage,
};
use dupi::domain::scalp::{Answer, Answers, Question, Region};
use dupi::ports::{
    By, Commit, Committed, EntryBody, Loaded, PhotoStoreError, Room, StoredKind, Utterance,
};

use super::{
    LEASE, Stores, address, at, commit, commit_of_ben, conversation_id, on_every_store, send,
    standing_at, stored,
};
use crate::support::examples::{judgement, photo_id};

on_every_store! {
    nothing_is_there_before_the_first_commit,
    a_conversation_is_found_by_its_address_and_its_id,
    every_commit_raises_the_version_by_one,
    the_same_inbound_id_twice_changes_nothing,
    an_inbound_id_is_unique_within_its_conversation_only,
    a_commit_on_another_version_changes_nothing,
    of_two_first_commits_for_one_address_the_second_finds_it_taken,
    of_many_commits_at_once_one_is_stored,
    a_commit_completes_the_effect_whose_outcome_it_is,
    a_repeated_outcome_still_completes_its_effect,
    what_was_said_stands_in_the_history,
    an_erased_person_leaves_nothing,
    erasing_touches_nobody_else_and_twice_is_harmless,
    a_commit_for_an_erased_person_changes_nothing,
    an_erased_person_can_begin_anew,
}

async fn nothing_is_there_before_the_first_commit(stores: Stores) {
    let store = &stores.conversations;
    assert_eq!(store.load(&address("anna")).await.unwrap(), None);
    assert_eq!(store.load_by_id(conversation_id(1)).await.unwrap(), None);
    store.erase_person(conversation_id(1)).await.unwrap();
}

async fn a_conversation_is_found_by_its_address_and_its_id(stores: Stores) {
    let photo = Photo {
        id: photo_id(1),
        region: Region::Crown,
        state: PhotoState::Judged(Box::new(judgement([0, 1, 2, 3, 0, 1]))),
        album: None,
    };
    let answer = Answer::Words("간지러워요".to_owned());
    let conversation = Conversation {
        language: Language::English,
        consents: vec![Consent {
            purpose: Purpose::Sensitive,
            version: 1,
            given_at: at(5),
        }],
        consultations: 2,
        texts: 3,
        rateable: Vec::new(),
        questions: DailyCount::default(),
        stage: Stage::AwaitingWish {
            consultation: Consultation {
                photos: vec![photo],
                answers: Answers::default().with(Question::FreeLine, answer),
                ..Consultation::new(ConsultationNumber(2))
            },
            region: Region::Crown,
        },
    };
    let first = Commit {
        conversation: conversation.clone(),
        ..commit(0, "a")
    };
    stored(&stores, first).await;

    let expected = Some(Loaded {
        id: conversation_id(1),
        address: address("anna"),
        conversation,
        version: 1,
    });
    let store = &stores.conversations;
    assert_eq!(store.load(&address("anna")).await.unwrap(), expected);
    let by_id = store.load_by_id(conversation_id(1)).await.unwrap();
    assert_eq!(by_id, expected);
    assert_eq!(store.load(&address("ben")).await.unwrap(), None);
}

async fn version(stores: &Stores) -> u64 {
    let loaded = stores.conversations.load(&address("anna")).await.unwrap();
    loaded.unwrap().version
}

async fn every_commit_raises_the_version_by_one(stores: Stores) {
    for expected in 0..4 {
        stored(&stores, commit(expected, &format!("update {expected}"))).await;
        assert_eq!(version(&stores).await, expected + 1);
    }
}

/// A commit that would be seen everywhere if it were stored.
fn loud(expected_version: u64, inbound: &str) -> Commit {
    Commit {
        conversation: standing_at(Stage::Closed),
        utterance: Some(Utterance::Text("loud".to_owned())),
        effects: vec![send(1)],
        ..commit(expected_version, inbound)
    }
}

async fn assert_unchanged(stores: &Stores, version: u64) {
    let loaded = stores.conversations.load(&address("anna")).await.unwrap();
    let loaded = loaded.unwrap();
    assert_eq!(loaded.version, version);
    assert_eq!(loaded.conversation.stage, Stage::AwaitingAge);
    let history = stores.transcript.since(conversation_id(1), 0).await;
    assert_eq!(history.unwrap(), []);
    assert_eq!(stores.effects.overview(9).await.unwrap(), []);
}

async fn the_same_inbound_id_twice_changes_nothing(stores: Stores) {
    stored(&stores, commit(0, "a")).await;
    // Whatever the version: a repeat is recognised before anything else.
    for expected_version in [0, 1] {
        let repeated = stores.conversations.commit(loud(expected_version, "a"));
        assert_eq!(repeated.await.unwrap(), Committed::AlreadyHandled);
    }
    assert_unchanged(&stores, 1).await;
}

async fn an_inbound_id_is_unique_within_its_conversation_only(stores: Stores) {
    stored(&stores, commit(0, "a")).await;
    stored(&stores, commit_of_ben(0, "a")).await;
}

async fn a_commit_on_another_version_changes_nothing(stores: Stores) {
    stored(&stores, commit(0, "a")).await;
    stored(&stores, commit(1, "b")).await;
    for wrong in [0, 1, 3, u64::MAX] {
        let late = stores.conversations.commit(loud(wrong, "c")).await.unwrap();
        assert_eq!(late, Committed::Moved);
    }
    assert_unchanged(&stores, 2).await;
    // The inbound id was not used up.
    stored(&stores, loud(2, "c")).await;
}

async fn of_two_first_commits_for_one_address_the_second_finds_it_taken(stores: Stores) {
    stored(&stores, commit(0, "a")).await;
    let second = Commit {
        id: conversation_id(9),
        ..loud(0, "b")
    };
    let committed = stores.conversations.commit(second).await.unwrap();
    assert_eq!(committed, Committed::Moved);
    let by_id = stores.conversations.load_by_id(conversation_id(9)).await;
    assert_eq!(by_id.unwrap(), None);
    assert_unchanged(&stores, 1).await;
}

async fn of_many_commits_at_once_one_is_stored(stores: Stores) {
    stored(&stores, commit(0, "a")).await;
    let rivals: Vec<_> = (0..12)
        .map(|number| {
            let store = stores.conversations.clone();
            tokio::spawn(async move { store.commit(commit(1, &format!("rival {number}"))).await })
        })
        .collect();
    let mut outcomes = Vec::new();
    for rival in rivals {
        outcomes.push(rival.await.unwrap().unwrap());
    }
    let count = |wanted| {
        let such = outcomes.iter().filter(|outcome| **outcome == wanted);
        such.count()
    };
    assert_eq!(count(Committed::Stored), 1);
    assert_eq!(count(Committed::Moved), 11);
    assert_eq!(version(&stores).await, 2);
}

async fn a_commit_completes_the_effect_whose_outcome_it_is(stores: Stores) {
    let grading = Commit {
        effects: vec![Effect::GradePhoto { photo: photo_id(1) }],
        ..commit(0, "a")
    };
    stored(&stores, grading).await;
    let claimed = stores
        .effects
        .claim(&Room::of(9), at(0), LEASE)
        .await
        .unwrap();
    let outcome = |expected_version| Commit {
        by: By::Outcome(claimed[0].id),
        ..commit(expected_version, "effect")
    };
    // A commit that is not stored completes nothing.
    let moved = stores.conversations.commit(outcome(7)).await.unwrap();
    assert_eq!(moved, Committed::Moved);
    assert!(
        stores
            .effects
            .next_due(&Room::of(1))
            .await
            .unwrap()
            .is_some()
    );

    stored(&stores, outcome(1)).await;
    assert_eq!(stores.effects.next_due(&Room::of(1)).await.unwrap(), None);
}

async fn a_repeated_outcome_still_completes_its_effect(stores: Stores) {
    let grading = Commit {
        effects: vec![Effect::GradePhoto { photo: photo_id(1) }],
        ..commit(0, "a")
    };
    stored(&stores, grading).await;
    let claimed = stores
        .effects
        .claim(&Room::of(9), at(0), LEASE)
        .await
        .unwrap();
    let repeat = Commit {
        by: By::Outcome(claimed[0].id),
        ..commit(1, "a")
    };
    let committed = stores.conversations.commit(repeat).await.unwrap();
    assert_eq!(committed, Committed::AlreadyHandled);
    assert_eq!(stores.effects.next_due(&Room::of(1)).await.unwrap(), None);
}

async fn what_was_said_stands_in_the_history(stores: Stores) {
    let said = [
        Utterance::Text("네 <b>".to_owned()),
        Utterance::Photo(photo_id(3)),
    ];
    for (version, utterance) in (0..).zip(said.clone()) {
        let saying = Commit {
            utterance: Some(utterance),
            ..commit(version, &format!("update {version}"))
        };
        stored(&stores, saying).await;
    }
    let history = stores.transcript.since(conversation_id(1), 0).await;
    let bodies: Vec<EntryBody> = history
        .unwrap()
        .into_iter()
        .map(|entry| entry.body)
        .collect();
    assert_eq!(bodies, said.map(EntryBody::Person));
}

const CARD: StoredKind = StoredKind::Card(ConsultationNumber(1));

/// A person with one of everything.
async fn full_of_data(stores: &Stores, first: Commit) {
    let photo = StoredKind::Photo(photo_id(1));
    stores.photos.put(first.id, photo, b"photo").await.unwrap();
    stores.photos.put(first.id, CARD, b"card").await.unwrap();
    let first = Commit {
        utterance: Some(Utterance::Text("secret".to_owned())),
        effects: vec![send(1), send(2), Effect::ErasePerson],
        ..first
    };
    stored(stores, first).await;
}

async fn an_erased_person_leaves_nothing(stores: Stores) {
    full_of_data(&stores, commit(0, "a")).await;
    let running = stores
        .effects
        .claim(&Room::of(9), at(0), LEASE)
        .await
        .unwrap();
    assert_eq!(running.len(), 2);

    let id = conversation_id(1);
    let store = &stores.conversations;
    store.erase_person(id).await.unwrap();

    assert_eq!(store.load(&address("anna")).await.unwrap(), None);
    assert_eq!(store.load_by_id(id).await.unwrap(), None);
    assert_eq!(stores.transcript.since(id, 0).await.unwrap(), []);
    assert_eq!(stores.effects.overview(99).await.unwrap(), []);
    for kind in [StoredKind::Photo(photo_id(1)), CARD] {
        let found = stores.photos.get(id, kind).await;
        assert!(matches!(found, Err(PhotoStoreError::Absent)));
    }
    // Jobs that ran meanwhile end without an error, and bring nothing back.
    for effect in running {
        let queue = &stores.effects;
        queue.complete(effect.id, at(1)).await.unwrap();
        queue.retry(effect.id, at(0), at(1), "late").await.unwrap();
        queue.fail(effect.id, at(1), "late").await.unwrap();
    }
    assert_eq!(stores.effects.overview(99).await.unwrap(), []);
}

async fn erasing_touches_nobody_else_and_twice_is_harmless(stores: Stores) {
    full_of_data(&stores, commit(0, "a")).await;
    full_of_data(&stores, commit_of_ben(0, "a")).await;
    for _ in 0..2 {
        let erased = stores.conversations.erase_person(conversation_id(1));
        erased.await.unwrap();
    }
    let ben = conversation_id(2);
    let loaded = stores.conversations.load(&address("ben")).await.unwrap();
    assert_eq!(loaded.unwrap().id, ben);
    assert_eq!(stores.transcript.since(ben, 0).await.unwrap().len(), 1);
    assert_eq!(stores.effects.overview(99).await.unwrap().len(), 3);
    let photo = StoredKind::Photo(photo_id(1));
    assert_eq!(stores.photos.get(ben, photo).await.unwrap(), b"photo");
}

async fn a_commit_for_an_erased_person_changes_nothing(stores: Stores) {
    stored(&stores, commit(0, "a")).await;
    let store = &stores.conversations;
    store.erase_person(conversation_id(1)).await.unwrap();
    for (version, inbound) in [(0, "b"), (1, "c"), (1, "a")] {
        let late = store.commit(loud(version, inbound)).await.unwrap();
        assert_eq!(late, Committed::Erased);
    }
    assert_eq!(store.load(&address("anna")).await.unwrap(), None);
    assert_eq!(stores.effects.overview(99).await.unwrap(), []);
}

async fn an_erased_person_can_begin_anew(stores: Stores) {
    stored(&stores, commit(0, "a")).await;
    let store = &stores.conversations;
    store.erase_person(conversation_id(1)).await.unwrap();
    let anew = Commit {
        id: conversation_id(5),
        ..commit(0, "a")
    };
    stored(&stores, anew).await;
    let found = store.load(&address("anna")).await.unwrap().unwrap();
    assert_eq!(found.id, conversation_id(5));
}
