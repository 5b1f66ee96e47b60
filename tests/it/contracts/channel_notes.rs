//! What channels remember of conversations.

use dupi::ports::{ChannelNote, Commit};

use super::{Stores, at, commit, commit_of_ben, conversation_id, on_every_store, stored};

on_every_store! {
    a_note_is_recalled_as_it_was_kept,
    a_newer_note_takes_the_place_of_the_older,
    notes_belong_to_their_conversation,
    notes_come_with_a_deed_or_not_at_all,
    notes_are_found_by_how_their_names_begin,
    a_forgotten_note_is_gone,
    nothing_is_kept_of_a_person_who_was_erased,
}

async fn recall(stores: &Stores, name: &str) -> Option<String> {
    let recalled = stores.notes.recall(conversation_id(1), name).await;
    recalled.unwrap()
}

async fn keep(stores: &Stores, name: &str, text: &str) {
    let notes = vec![ChannelNote::new(name, text)];
    let kept = stores.notes.keep(conversation_id(1), notes, at(1)).await;
    kept.unwrap();
}

async fn a_note_is_recalled_as_it_was_kept(stores: Stores) {
    stored(&stores, commit(0, "a")).await;
    assert_eq!(recall(&stores, "slot").await, None);
    keep(&stores, "slot", "메시지 17").await;
    assert_eq!(recall(&stores, "slot").await.as_deref(), Some("메시지 17"));
}

async fn a_newer_note_takes_the_place_of_the_older(stores: Stores) {
    stored(&stores, commit(0, "a")).await;
    keep(&stores, "slot", "1").await;
    keep(&stores, "slot", "2").await;
    assert_eq!(recall(&stores, "slot").await.as_deref(), Some("2"));
}

async fn notes_belong_to_their_conversation(stores: Stores) {
    stored(&stores, commit(0, "a")).await;
    stored(&stores, commit_of_ben(0, "a")).await;
    keep(&stores, "slot", "1").await;
    let of_ben = stores.notes.recall(conversation_id(2), "slot").await;
    assert_eq!(of_ben.unwrap(), None);
}

async fn notes_come_with_a_deed_or_not_at_all(stores: Stores) {
    let with_note = |version, inbound: &str, text: &str| Commit {
        notes: vec![ChannelNote::new("reply", text)],
        ..commit(version, inbound)
    };
    stored(&stores, with_note(0, "a", "first")).await;
    assert_eq!(recall(&stores, "reply").await.as_deref(), Some("first"));
    let repeated = stores.conversations.commit(with_note(1, "a", "again"));
    repeated.await.unwrap();
    let moved = stores.conversations.commit(with_note(0, "b", "late"));
    moved.await.unwrap();
    assert_eq!(recall(&stores, "reply").await.as_deref(), Some("first"));
}

async fn notes_are_found_by_how_their_names_begin(stores: Stores) {
    stored(&stores, commit(0, "a")).await;
    stored(&stores, commit_of_ben(0, "a")).await;
    for (conversation, name, text, second) in [
        (2, "album:9", "of ben", 3),
        (1, "album:10", "of anna", 2),
        (1, "album", "no part", 1),
        (1, "albums:1", "no part", 1),
    ] {
        let notes = vec![ChannelNote::new(name, text)];
        let kept = stores
            .notes
            .keep(conversation_id(conversation), notes, at(second));
        kept.await.unwrap();
    }
    let found = stores.notes.beginning_with("album:").await.unwrap();
    let expected = [
        (conversation_id(1), ChannelNote::new("album:10", "of anna")),
        (conversation_id(2), ChannelNote::new("album:9", "of ben")),
    ];
    assert_eq!(found, expected);
}

async fn a_forgotten_note_is_gone(stores: Stores) {
    stored(&stores, commit(0, "a")).await;
    keep(&stores, "slot", "1").await;
    for _ in 0..2 {
        let forgotten = stores.notes.forget(conversation_id(1), "slot").await;
        forgotten.unwrap();
        assert_eq!(recall(&stores, "slot").await, None);
    }
}

async fn nothing_is_kept_of_a_person_who_was_erased(stores: Stores) {
    stored(&stores, commit(0, "a")).await;
    keep(&stores, "slot", "1").await;
    let erased = stores.conversations.erase_person(conversation_id(1)).await;
    erased.unwrap();
    keep(&stores, "slot", "2").await;
    assert_eq!(recall(&stores, "slot").await, None);
}
