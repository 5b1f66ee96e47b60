//! Events that come twice or in the wrong order.

use std::time::Duration;

use super::deeds::{consultation, does, goes_through, greeting, reads, view};
use super::{Bot, PATIENCE};
use crate::support::discord::Place;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_consultation_in_which_everything_comes_twice_looks_like_any_other() {
    let once = async {
        let bot = Bot::start().await;
        let person = bot.discord.person("Ann");
        goes_through(&person, bot.clinic().place(), &consultation()).await;
        view(&person)
    };
    let twice = async {
        let bot = Bot::start().await;
        let person = bot.discord.person("Ann");
        let place = bot.clinic().place();
        bot.discord.doubles_events(u32::MAX);
        goes_through(&person, place, &consultation()).await;
        view(&person)
    };
    let (once, twice) = tokio::join!(once, twice);
    assert_eq!(twice, once);
}

/// In which order the gateway tells of what was done at once.
#[derive(Clone, Copy, PartialEq)]
enum Told {
    Forwards,
    Backwards,
}

/// Somebody names the region and sends the photo in one breath.
async fn in_one_breath(told: Told) -> Vec<String> {
    let bot = Bot::start().await;
    let person = bot.discord.person("Ann");
    let turns = consultation();
    let (before, after) = (greeting().len(), greeting().len() + 2);
    goes_through(&person, Place::Direct, &turns[..before]).await;
    bot.discord.holds_events();
    let presses = does(&person, Place::Direct, &turns[before].0);
    let goes_on = async {
        while bot.discord.held_events() < 1 {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        does(&person, Place::Direct, &turns[before + 1].0).await;
        match told {
            Told::Forwards => bot.discord.releases_events(),
            Told::Backwards => bot.discord.releases_events_backwards(),
        }
    };
    let goes_on = tokio::time::timeout(PATIENCE, goes_on);
    let (taken, held) = tokio::join!(presses, goes_on);
    held.expect("the press is told of in time");
    assert!(taken.is_some_and(|taken| taken.acknowledged()));
    reads(&person, turns[after - 1].1).await;
    goes_through(&person, Place::Direct, &turns[after..]).await;
    view(&person)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_told_in_the_wrong_order_is_taken_in_the_order_in_which_it_was_done() {
    let (forwards, backwards) = tokio::join!(
        in_one_breath(Told::Forwards),
        in_one_breath(Told::Backwards)
    );
    assert_eq!(backwards, forwards);
    assert!(forwards.iter().any(|shown| shown.contains("region: Crown")));
}
