//! The history of a conversation.

use dupi::ports::{Commit, EffectId, Entry, EntryBody, Utterance};
use futures_util::FutureExt as _;
use uuid::Uuid;

use super::{Stores, at, commit, commit_of_ben, conversation_id, on_every_store, stored};

on_every_store! {
    what_is_said_is_appended_in_order,
    the_same_slot_holds_the_newest_message_in_the_same_place,
    the_same_effect_twice_changes_nothing,
    only_what_is_newer_is_told,
    nothing_is_said_where_nobody_is,
    a_change_wakes_everybody_who_watches,
    a_change_between_the_call_and_the_wait_is_not_missed,
    nothing_wakes_those_who_watch_another_conversation,
    erasing_wakes_whoever_watches,
}

async fn say(stores: &Stores, number: u128, slot: Option<&str>, content: &str) {
    let effect = EffectId(Uuid::from_u128(number));
    let now = at(i64::try_from(number).unwrap());
    let transcript = &stores.transcript;
    let said = transcript.say(conversation_id(1), effect, slot, content, now);
    said.await.unwrap();
}

async fn history(stores: &Stores) -> Vec<Entry> {
    let entries = stores.transcript.since(conversation_id(1), 0).await;
    entries.unwrap()
}

fn dupi(content: &str, slot: Option<&str>) -> EntryBody {
    EntryBody::Dupi {
        content: content.to_owned(),
        slot: slot.map(str::to_owned),
    }
}

fn person(words: &str) -> EntryBody {
    EntryBody::Person(Utterance::Text(words.to_owned()))
}

/// A commit in which the person said something.
fn saying(version: u64, words: &str) -> Commit {
    Commit {
        utterance: Some(Utterance::Text(words.to_owned())),
        ..commit(version, words)
    }
}

fn bodies(entries: Vec<Entry>) -> Vec<EntryBody> {
    entries.into_iter().map(|entry| entry.body).collect()
}

async fn what_is_said_is_appended_in_order(stores: Stores) {
    stored(&stores, saying(0, "hello")).await;
    say(&stores, 1, None, "{\"text\":\"안녕\"}").await;
    say(&stores, 2, Some("survey:1"), "two").await;
    stored(&stores, saying(1, "yes")).await;

    let entries = history(&stores).await;
    assert!(entries.is_sorted_by(|one, next| one.position < next.position));
    assert!(entries.is_sorted_by(|one, next| one.revision < next.revision));
    assert_eq!(entries[1].at, at(1));
    assert_eq!(
        bodies(entries),
        [
            person("hello"),
            dupi("{\"text\":\"안녕\"}", None),
            dupi("two", Some("survey:1")),
            person("yes"),
        ]
    );
}

async fn the_same_slot_holds_the_newest_message_in_the_same_place(stores: Stores) {
    stored(&stores, commit(0, "a")).await;
    say(&stores, 1, Some("survey:1"), "question 1").await;
    say(&stores, 2, None, "by the way").await;
    let before = history(&stores).await;

    say(&stores, 3, Some("survey:1"), "question 2").await;
    let after = history(&stores).await;
    assert_eq!(after.len(), 2);
    assert_eq!(after[0].position, before[0].position);
    assert!(after[0].revision > before[1].revision);
    assert_eq!(after[0].at, at(3));
    assert_eq!(after[0].body, dupi("question 2", Some("survey:1")));
    assert_eq!(after[1], before[1]);
}

async fn the_same_effect_twice_changes_nothing(stores: Stores) {
    stored(&stores, commit(0, "a")).await;
    say(&stores, 1, Some("survey:1"), "question 1").await;
    say(&stores, 2, None, "by the way").await;
    say(&stores, 3, Some("survey:1"), "question 2").await;
    let before = history(&stores).await;
    // An old one must not come back over the newer one in its slot either.
    for repeated in 1..=3 {
        say(&stores, repeated, Some("survey:1"), "again").await;
    }
    assert_eq!(history(&stores).await, before);
}

async fn only_what_is_newer_is_told(stores: Stores) {
    stored(&stores, saying(0, "hello")).await;
    say(&stores, 1, Some("survey:1"), "question 1").await;
    say(&stores, 2, None, "by the way").await;
    let seen = history(&stores).await.last().unwrap().revision;
    let since = |revision| stores.transcript.since(conversation_id(1), revision);
    assert_eq!(since(seen).await.unwrap(), []);

    say(&stores, 3, None, "news").await;
    say(&stores, 4, Some("survey:1"), "question 2").await;
    // By position, so the replaced one comes first.
    assert_eq!(
        bodies(since(seen).await.unwrap()),
        [dupi("question 2", Some("survey:1")), dupi("news", None)]
    );
    assert_eq!(since(u64::MAX).await.unwrap(), []);
}

async fn nothing_is_said_where_nobody_is(stores: Stores) {
    say(&stores, 1, None, "into the void").await;
    assert_eq!(history(&stores).await, []);
    stored(&stores, saying(0, "hello")).await;
    let erased = stores.conversations.erase_person(conversation_id(1));
    erased.await.unwrap();
    say(&stores, 2, None, "too late").await;
    assert_eq!(history(&stores).await, []);
}

async fn a_change_wakes_everybody_who_watches(stores: Stores) {
    stored(&stores, commit(0, "a")).await;
    let watch = || stores.transcript.changed(conversation_id(1));
    let (mut one, mut other) = (watch(), watch());
    assert_eq!((&mut one).now_or_never(), None);
    assert_eq!((&mut other).now_or_never(), None);
    say(&stores, 1, None, "one").await;
    assert_eq!(one.now_or_never(), Some(()));
    assert_eq!(other.now_or_never(), Some(()));

    let waiting = watch();
    stored(&stores, saying(1, "two")).await;
    waiting.await;
}

async fn a_change_between_the_call_and_the_wait_is_not_missed(stores: Stores) {
    stored(&stores, commit(0, "a")).await;
    let changed = stores.transcript.changed(conversation_id(1));
    say(&stores, 1, None, "one").await;
    assert_eq!(changed.now_or_never(), Some(()));
}

async fn nothing_wakes_those_who_watch_another_conversation(stores: Stores) {
    stored(&stores, commit(0, "a")).await;
    stored(&stores, commit_of_ben(0, "a")).await;
    let changed = stores.transcript.changed(conversation_id(2));
    say(&stores, 1, None, "one").await;
    stored(&stores, saying(1, "two")).await;
    // A commit in which nobody said anything shows nothing new.
    stored(&stores, commit_of_ben(1, "b")).await;
    assert_eq!(changed.now_or_never(), None);
}

async fn erasing_wakes_whoever_watches(stores: Stores) {
    stored(&stores, commit(0, "a")).await;
    let changed = stores.transcript.changed(conversation_id(1));
    let erased = stores.conversations.erase_person(conversation_id(1));
    erased.await.unwrap();
    assert_eq!(changed.now_or_never(), Some(()));
}
