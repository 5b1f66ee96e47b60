//! Ratings.

use dupi::domain::consultation::{Rated, RatedKind};
use dupi::domain::guidance::Writer;
use dupi::ports::RatingCount;

use super::{Stores, at, commit, conversation_id, on_every_store, stored};

on_every_store! {
    ratings_are_counted_by_kind_and_writer,
    the_newer_rating_of_a_text_takes_the_place_of_the_older,
    nothing_is_kept_of_a_person_who_was_erased,
}

fn rated(number: u32, kind: RatedKind, model: Option<&str>) -> Rated {
    Rated {
        number,
        kind,
        writer: model.map(|model| Writer {
            model: model.to_owned(),
            prompts: 1,
        }),
    }
}

async fn keep(stores: &Stores, rated: &Rated, is_helpful: bool) {
    let kept = stores
        .ratings
        .keep(conversation_id(1), rated, is_helpful, at(1));
    kept.await.unwrap();
}

fn count(kind: RatedKind, model: Option<&str>, helpful: u64, unhelpful: u64) -> RatingCount {
    RatingCount {
        kind,
        writer: model.map(|model| (model.to_owned(), 1)),
        helpful,
        unhelpful,
    }
}

async fn ratings_are_counted_by_kind_and_writer(stores: Stores) {
    stored(&stores, commit(0, "a")).await;
    assert_eq!(stores.ratings.counts().await.unwrap(), []);
    keep(&stores, &rated(1, RatedKind::Advice, Some("m")), true).await;
    keep(&stores, &rated(2, RatedKind::Advice, Some("m")), false).await;
    keep(&stores, &rated(3, RatedKind::Answer, None), true).await;
    assert_eq!(
        stores.ratings.counts().await.unwrap(),
        [
            count(RatedKind::Advice, Some("m"), 1, 1),
            count(RatedKind::Answer, None, 1, 0),
        ]
    );
}

async fn the_newer_rating_of_a_text_takes_the_place_of_the_older(stores: Stores) {
    stored(&stores, commit(0, "a")).await;
    let text = rated(1, RatedKind::Advice, Some("m"));
    keep(&stores, &text, true).await;
    keep(&stores, &text, false).await;
    keep(&stores, &text, false).await;
    let counts = stores.ratings.counts().await.unwrap();
    assert_eq!(counts, [count(RatedKind::Advice, Some("m"), 0, 1)]);
}

async fn nothing_is_kept_of_a_person_who_was_erased(stores: Stores) {
    stored(&stores, commit(0, "a")).await;
    keep(&stores, &rated(1, RatedKind::Answer, None), true).await;
    let erased = stores.conversations.erase_person(conversation_id(1));
    erased.await.unwrap();
    assert_eq!(stores.ratings.counts().await.unwrap(), []);
    keep(&stores, &rated(2, RatedKind::Answer, None), true).await;
    assert_eq!(stores.ratings.counts().await.unwrap(), []);
}
