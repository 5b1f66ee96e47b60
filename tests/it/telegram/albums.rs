//! Albums: one deed, however their parts arrive.

use dupi::domain::consultation::{Button, Language};
use dupi::domain::scalp::Region;

use super::places::by_webhook;
use super::{Bot, Someone, has_button, photo, words};
use crate::support::telegram::SeenMessage;

const NAMES: [&str; 3] = ["close_up_normal", "close_up_mixed", "close_up_severe"];

/// Somebody who may send photos, and how much the bot has said by then.
async fn ready(bot: &Bot, language: Language) -> (Someone<'_>, usize) {
    let anna = bot.person(language);
    anna.arrives().await;
    anna.presses(Button::ShowRegion(Region::Crown)).await;
    let before = anna.said().len();
    (anna, before)
}

fn shows_photos(message: &SeenMessage, numbers: std::ops::RangeInclusive<usize>) -> bool {
    numbers
        .into_iter()
        .all(|number| words(message).contains(&format!("{number}번")))
}

#[tokio::test]
async fn an_album_that_is_brought_part_by_part_is_taken_as_one() {
    let bot = Bot::start_with(by_webhook().into()).await;
    let (anna, before) = ready(&bot, Language::Korean).await;
    anna.person.sends_album(NAMES.map(photo));
    bot.settled().await;
    let new = &anna.said()[before..];
    assert_eq!(new.len(), 1, "{new:#?}");
    assert!(shows_photos(&new[0], 1..=3), "{new:#?}");
    bot.telegram.redeliver_last(3);
    bot.settled().await;
    assert_eq!(anna.said().len(), before + 1);
    bot.stop().await;
}

#[tokio::test]
async fn a_part_that_comes_late_is_taken_too_and_nothing_is_taken_twice() {
    let bot = Bot::start().await;
    let (anna, before) = ready(&bot, Language::Korean).await;
    for name in NAMES {
        anna.person.sends_part("album", photo(name));
    }
    bot.settled().await;
    anna.person.sends_part("album", photo(NAMES[0]));
    bot.settled().await;
    bot.telegram.redeliver_last(4);
    bot.settled().await;
    let new = &anna.said()[before..];
    assert_eq!(new.len(), 2, "{new:#?}");
    assert!(shows_photos(&new[0], 1..=3), "{new:#?}");
    assert!(words(&new[1]).contains("4번"), "{new:#?}");
    bot.stop().await;
}

#[tokio::test]
async fn what_is_done_after_an_album_does_not_wait_for_it() {
    let bot = Bot::start().await;
    let (anna, before) = ready(&bot, Language::Korean).await;
    bot.telegram.hold_back();
    anna.person.sends_album(NAMES.map(photo));
    anna.person.says("/help");
    bot.telegram.deliver();
    bot.settled().await;
    let new = &anna.said()[before..];
    assert_eq!(new.len(), 2, "{new:#?}");
    let albums = new.iter().filter(|one| shows_photos(one, 1..=3));
    assert_eq!(albums.count(), 1, "{new:#?}");
    assert_eq!(anna.times_said("help-commands"), 1);
    bot.stop().await;
}

#[tokio::test]
async fn which_part_a_photo_of_an_album_shows_can_be_told() {
    let bot = Bot::start().await;
    let (anna, before) = ready(&bot, Language::English).await;
    anna.person.sends_album([photo(NAMES[0]), photo(NAMES[1])]);
    bot.settled().await;
    anna.presses(Button::RegionOf(2)).await;
    let left = anna.label(Button::Assign(2, Region::Left));
    assert!(has_button(&anna.newest(), &left));
    anna.presses(Button::Assign(2, Region::Left)).await;
    let said = anna.said();
    // The question became its answer.
    assert_eq!(said.len(), before + 2, "{said:#?}");
    let noted = words(&said[before + 1]);
    assert!(
        noted.contains("photo 2") && noted.contains(&left),
        "{noted}"
    );
    bot.stop().await;
}
