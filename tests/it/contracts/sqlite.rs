//! What only concerns SQLite and the files beside it.

use std::path::Path;
use std::sync::Arc;

use dupi::domain::consultation::{
    Consultation, ConsultationNumber, Effect, Language, Message, Stage,
};
use dupi::domain::scalp::{Answer, Answers, Question, Region};
use dupi::ports::{
    Commit, Committed, ConversationStore as _, EffectId, EffectQueue as _, PhotoStore as _,
    PhotoStoreError, Room, StoredKind, Transcript as _, Utterance,
};
use dupi::storage::{Location, MasterKey, OpenError, SqliteStore};
use uuid::Uuid;

use super::{
    CountedIds, LEASE, address, at, commit, conversation_id, database, master_key, open,
    standing_at,
};
use crate::support::examples::photo_id;

const SECRET: &str = "kimchi-and-garlic";

/// A commit with a secret wherever one can be.
fn commit_with_secrets() -> Commit {
    let answers = Answers::default().with(Question::FreeLine, Answer::Words(SECRET.to_owned()));
    Commit {
        address: address(SECRET),
        utterance: Some(Utterance::Text(SECRET.to_owned())),
        photos: vec![photo_id(1)],
        conversation: standing_at(Stage::AwaitingWish {
            consultation: Consultation {
                answers: answers.clone(),
                ..Consultation::new(ConsultationNumber(1))
            },
            region: Region::Crown,
        }),
        effects: vec![
            Effect::Send {
                message: Box::new(Message::AnswersReview { answers }),
                language: Language::Korean,
                slot: None,
            },
            Effect::ErasePerson,
        ],
        ..commit(0, "a")
    }
}

async fn store_with_secrets(folder: &Path) -> SqliteStore {
    let store = open(&database(folder), folder).await;
    let id = conversation_id(1);
    let photo = StoredKind::Photo(photo_id(1));
    let put = store.photos().put(id, photo, SECRET.as_bytes()).await;
    put.unwrap();
    let committed = store.commit(commit_with_secrets()).await.unwrap();
    assert_eq!(committed, Committed::Stored);
    let effect = EffectId(Uuid::from_u128(1));
    let said = store.say(id, effect, Some("survey:1"), SECRET, at(0)).await;
    said.unwrap();
    store
}

/// The bytes of every file below the folder.
fn files_below(folder: &Path) -> Vec<(std::path::PathBuf, Vec<u8>)> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(files_below(&path));
        } else {
            let bytes = std::fs::read(&path).unwrap();
            files.push((path, bytes));
        }
    }
    files
}

fn stands_anywhere(folder: &Path, wanted: &[u8]) -> bool {
    files_below(folder)
        .iter()
        .any(|(_, bytes)| bytes.windows(wanted.len()).any(|window| window == wanted))
}

fn photos_in(folder: &Path) -> usize {
    std::fs::read_dir(folder.join("photos")).unwrap().count()
}

#[tokio::test]
async fn nothing_personal_reaches_the_disk_unsealed() {
    let folder = tempfile::tempdir().unwrap();
    let store = store_with_secrets(folder.path()).await;
    assert!(!stands_anywhere(folder.path(), SECRET.as_bytes()));
    assert!(!stands_anywhere(folder.path(), b"free-line"));
    // It is there all the same, and the search would find what is not sealed.
    let entries = store.since(conversation_id(1), 0).await.unwrap();
    assert_eq!(entries.len(), 2);
    assert!(stands_anywhere(folder.path(), b"erase_person"));
}

#[tokio::test]
async fn what_an_erased_person_left_is_overwritten() {
    let folder = tempfile::tempdir().unwrap();
    let store = store_with_secrets(folder.path()).await;
    let id = conversation_id(1);
    let person = id.0.to_string();
    assert_eq!(photos_in(folder.path()), 1);
    assert!(stands_anywhere(folder.path(), b"survey:1"));

    store.erase_person(id).await.unwrap();
    assert_eq!(photos_in(folder.path()), 0);
    // Neither in free pages nor in the log.
    assert!(!stands_anywhere(folder.path(), b"survey:1"));
    assert!(!stands_anywhere(folder.path(), b"erase_person"));
    // That this id is not to come back is all that is known.
    assert!(stands_anywhere(folder.path(), person.as_bytes()));
}

#[tokio::test]
async fn everything_is_there_after_a_process_died() {
    let folder = tempfile::tempdir().unwrap();
    // Never closed: what the operating system was given is all that the next one finds.
    let dead = store_with_secrets(folder.path()).await;
    let leased = dead.claim(&Room::of(9), at(0), LEASE).await.unwrap();
    assert_eq!(leased.len(), 2);
    let before = dead.load(&address(SECRET)).await.unwrap();
    let history = dead.since(conversation_id(1), 0).await.unwrap();

    let store = open(&database(folder.path()), folder.path()).await;
    assert!(before.is_some());
    assert_eq!(store.load(&address(SECRET)).await.unwrap(), before);
    let entries = store.since(conversation_id(1), 0).await.unwrap();
    assert_eq!(entries, history);
    let photo = StoredKind::Photo(photo_id(1));
    let bytes = store.photos().get(conversation_id(1), photo).await;
    assert_eq!(bytes.unwrap(), SECRET.as_bytes());
    assert_eq!(store.release_leases().await.unwrap(), 2);
    let again = store.claim(&Room::of(9), at(0), LEASE).await.unwrap();
    assert_eq!(again.len(), 2);
    assert_eq!(again[0].effect, leased[0].effect);
}

#[tokio::test]
async fn the_start_sweeps_what_belongs_to_nobody_and_keeps_the_rest() {
    let folder = tempfile::tempdir().unwrap();
    let store = store_with_secrets(folder.path()).await;
    // A file that a killed process had not noted yet, and a conversation that never began.
    std::fs::write(folder.path().join("photos/half"), "half a file").unwrap();
    let photo = StoredKind::Photo(photo_id(1));
    let photos = store.photos();
    let never = photos.put(conversation_id(3), photo, b"early");
    never.await.unwrap();
    // A photo whose arrival was never committed.
    let loose = StoredKind::Photo(photo_id(2));
    photos.put(conversation_id(1), loose, b"x").await.unwrap();
    assert_eq!(photos_in(folder.path()), 4);

    let cleaned = store.clean_up().await.unwrap();
    assert_eq!((cleaned.conversations, cleaned.files), (1, 3));
    let found = photos.get(conversation_id(1), loose).await;
    assert!(matches!(found, Err(PhotoStoreError::Absent)));
    assert_eq!(photos_in(folder.path()), 1);
    let kept = store.photos().get(conversation_id(1), photo).await;
    assert_eq!(kept.unwrap(), SECRET.as_bytes());
    assert_eq!(store.clean_up().await.unwrap().files, 0);
}

#[tokio::test]
async fn a_wrong_master_key_is_told_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let store = store_with_secrets(folder.path()).await;
    store.close().await;
    let wrong = MasterKey::new([8; 32]);
    let location = database(folder.path());
    let refused = SqliteStore::open(&location, &wrong, folder.path(), Arc::new(CountedIds)).await;
    assert!(matches!(refused, Err(OpenError::WrongMasterKey)));
    // It did not spoil anything for the right one.
    let store = open(&location, folder.path()).await;
    assert!(store.load(&address(SECRET)).await.unwrap().is_some());
}

#[tokio::test]
async fn a_file_that_was_changed_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let store = store_with_secrets(folder.path()).await;
    let photo = StoredKind::Photo(photo_id(1));
    let (path, mut bytes) = files_below(&folder.path().join("photos")).remove(0);
    let last = bytes.len() - 1;
    bytes[last] ^= 1;
    for spoilt in [&bytes[..], &bytes[..10], b"", b"\x02future"] {
        std::fs::write(&path, spoilt).unwrap();
        let found = store.photos().get(conversation_id(1), photo).await;
        let error = found.unwrap_err().to_string();
        assert!(
            error.starts_with("a stored photo cannot be read"),
            "{error}"
        );
    }
}

#[tokio::test]
async fn updates_handled_long_ago_are_forgotten() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(&Location::Memory, folder.path()).await;
    store.commit(commit(0, "a")).await.unwrap();
    assert_eq!(store.purge_handled(at(0)).await.unwrap(), 0);
    assert_eq!(store.purge_handled(at(1)).await.unwrap(), 1);
    let again = store.commit(commit(1, "a")).await.unwrap();
    assert_eq!(again, Committed::Stored);
}

#[tokio::test]
async fn a_folder_that_cannot_be_used_is_named() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("photos"), "a file in the way").unwrap();
    let location = database(folder.path());
    let key = master_key();
    let refused = SqliteStore::open(&location, &key, folder.path(), Arc::new(CountedIds)).await;
    let error = refused.unwrap_err().to_string();
    assert!(error.contains("photos"), "{error}");
}
