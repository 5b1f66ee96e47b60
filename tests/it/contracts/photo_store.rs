//! Photos, heatmaps and cards.

use dupi::domain::consultation::ConsultationNumber;
use dupi::domain::scalp::{Heatmap, Heatmaps, PhotoId};
use dupi::ports::{PhotoStoreError, StoredKind};
use uuid::Uuid;

use super::{Stores, address, commit, commit_of_ben, conversation_id, on_every_store, stored};

on_every_store! {
    files_come_back_as_they_were_stored,
    the_newer_file_takes_the_place_of_the_older,
    what_was_never_stored_is_absent,
    a_file_may_come_before_the_first_commit,
    files_belong_to_one_conversation,
    heatmaps_come_back_as_they_were_stored,
    heatmaps_of_a_forgotten_photo_are_not_kept,
    forgetting_a_card_takes_that_card_and_nothing_else,
    forgetting_takes_the_photo_and_its_heatmaps_and_nothing_else,
    nothing_is_stored_for_an_erased_person,
}

const SCALP: PhotoId = PhotoId(Uuid::from_u128(1));
const OTHER: PhotoId = PhotoId(Uuid::from_u128(2));
const PHOTO: StoredKind = StoredKind::Photo(SCALP);
const CARD: StoredKind = StoredKind::Card(ConsultationNumber(1));

fn heatmaps(value: u8) -> Heatmaps {
    Heatmaps {
        maps: std::array::from_fn(|_| Heatmap {
            width: 2,
            height: 3,
            values: vec![0, 1, 2, 3, 255, value],
        }),
        covers: [0.1, 0.2, 0.3, 1.0 / 3.0],
    }
}

fn unless_absent<T>(found: Result<T, PhotoStoreError>) -> Option<T> {
    match found {
        Ok(found) => Some(found),
        Err(PhotoStoreError::Absent) => None,
        Err(PhotoStoreError::Store(error)) => panic!("{error:?}"),
    }
}

async fn put(stores: &Stores, kind: StoredKind, bytes: &[u8]) {
    let put = stores.photos.put(conversation_id(1), kind, bytes).await;
    put.unwrap();
}

async fn get(stores: &Stores, kind: StoredKind) -> Option<Vec<u8>> {
    unless_absent(stores.photos.get(conversation_id(1), kind).await)
}

async fn put_heatmaps(stores: &Stores, value: u8) -> Option<()> {
    let maps = heatmaps(value);
    let photos = &stores.photos;
    unless_absent(photos.put_heatmaps(conversation_id(1), SCALP, &maps).await)
}

async fn get_heatmaps(stores: &Stores) -> Option<Heatmaps> {
    unless_absent(stores.photos.heatmaps(conversation_id(1), SCALP).await)
}

async fn files_come_back_as_they_were_stored(stores: Stores) {
    stored(&stores, commit(0, "a")).await;
    let large: Vec<u8> = (0..3_000_000_u32)
        .map(|number| number.to_le_bytes()[0])
        .collect();
    put(&stores, PHOTO, &large).await;
    put(&stores, CARD, b"").await;
    assert_eq!(get(&stores, PHOTO).await, Some(large));
    assert_eq!(get(&stores, CARD).await, Some(Vec::new()));
}

async fn the_newer_file_takes_the_place_of_the_older(stores: Stores) {
    for bytes in [b"one", b"two", b"two"] {
        put(&stores, CARD, bytes).await;
        assert_eq!(get(&stores, CARD).await.unwrap(), bytes);
    }
}

async fn what_was_never_stored_is_absent(stores: Stores) {
    assert_eq!(get(&stores, PHOTO).await, None);
    put(&stores, PHOTO, b"photo").await;
    assert_eq!(get(&stores, CARD).await, None);
    assert_eq!(get(&stores, StoredKind::Photo(OTHER)).await, None);
    assert_eq!(get_heatmaps(&stores).await, None);
}

async fn a_file_may_come_before_the_first_commit(stores: Stores) {
    put(&stores, PHOTO, b"photo").await;
    let store = &stores.conversations;
    assert_eq!(store.load_by_id(conversation_id(1)).await.unwrap(), None);
    stored(&stores, commit(0, "a")).await;
    let loaded = store.load(&address("anna")).await.unwrap().unwrap();
    assert_eq!((loaded.id, loaded.version), (conversation_id(1), 1));
    assert_eq!(get(&stores, PHOTO).await.unwrap(), b"photo");
}

async fn files_belong_to_one_conversation(stores: Stores) {
    stored(&stores, commit(0, "a")).await;
    stored(&stores, commit_of_ben(0, "a")).await;
    put(&stores, PHOTO, b"anna's").await;
    let ben = conversation_id(2);
    assert_eq!(unless_absent(stores.photos.get(ben, PHOTO).await), None);
    stores.photos.put(ben, PHOTO, b"ben's").await.unwrap();
    stores.photos.forget(ben, SCALP).await.unwrap();
    assert_eq!(get(&stores, PHOTO).await.unwrap(), b"anna's");
}

async fn heatmaps_come_back_as_they_were_stored(stores: Stores) {
    put(&stores, PHOTO, b"photo").await;
    for value in [7, 8] {
        put_heatmaps(&stores, value).await.unwrap();
        assert_eq!(get_heatmaps(&stores).await, Some(heatmaps(value)));
    }
}

async fn heatmaps_of_a_forgotten_photo_are_not_kept(stores: Stores) {
    put(&stores, PHOTO, b"photo").await;
    let forgotten = stores.photos.forget(conversation_id(1), SCALP);
    forgotten.await.unwrap();
    assert_eq!(put_heatmaps(&stores, 7).await, None);
    assert_eq!(get_heatmaps(&stores).await, None);
}

async fn forgetting_takes_the_photo_and_its_heatmaps_and_nothing_else(stores: Stores) {
    put(&stores, PHOTO, b"photo").await;
    put(&stores, StoredKind::Photo(OTHER), b"other").await;
    put(&stores, CARD, b"card").await;
    put_heatmaps(&stores, 7).await.unwrap();
    for _ in 0..2 {
        let forgotten = stores.photos.forget(conversation_id(1), SCALP);
        forgotten.await.unwrap();
        assert_eq!(get(&stores, PHOTO).await, None);
    }
    assert_eq!(get_heatmaps(&stores).await, None);
    let other = get(&stores, StoredKind::Photo(OTHER)).await;
    assert_eq!(other.unwrap(), b"other");
    assert_eq!(get(&stores, CARD).await.unwrap(), b"card");
}

async fn forgetting_a_card_takes_that_card_and_nothing_else(stores: Stores) {
    put(&stores, PHOTO, b"photo").await;
    put(&stores, CARD, b"first").await;
    let second = StoredKind::Card(ConsultationNumber(2));
    put(&stores, second, b"second").await;
    let (anna, ben) = (conversation_id(1), conversation_id(2));
    stores.photos.put(ben, CARD, b"ben's").await.unwrap();
    for _ in 0..2 {
        let forgotten = stores.photos.forget_card(anna, ConsultationNumber(1));
        forgotten.await.unwrap();
        assert_eq!(get(&stores, CARD).await, None);
    }
    assert_eq!(get(&stores, second).await.unwrap(), b"second");
    assert_eq!(get(&stores, PHOTO).await.unwrap(), b"photo");
    assert_eq!(stores.photos.get(ben, CARD).await.unwrap(), b"ben's");
}

async fn nothing_is_stored_for_an_erased_person(stores: Stores) {
    stored(&stores, commit(0, "a")).await;
    put(&stores, PHOTO, b"photo").await;
    let id = conversation_id(1);
    stores.conversations.erase_person(id).await.unwrap();
    for kind in [PHOTO, CARD] {
        let late = stores.photos.put(id, kind, b"late").await;
        assert!(unless_absent(late).is_none());
        assert_eq!(get(&stores, kind).await, None);
    }
    assert_eq!(put_heatmaps(&stores, 7).await, None);
    stores.photos.forget(id, SCALP).await.unwrap();
}
