//! The gateway drops, asks to come again, forgets sessions, or falls silent.

use std::time::Duration;

use super::Bot;
use super::deeds::{does, goes_through, greeting, reads, times};
use crate::support::discord::{Connection, DiscordStandIn, Person, Place};

/// Somebody who has been greeted, on a server.
async fn greeted(bot: &Bot) -> (Person, Place) {
    let (person, place) = (bot.discord.person("Ann"), bot.clinic().place());
    goes_through(&person, place, &greeting()[..1]).await;
    (person, place)
}

fn newest(all: &[Connection]) -> &Connection {
    all.last().expect("the bot was connected before")
}

/// Everything that was answered so far was answered once.
fn is_once(person: &Person, count: usize) {
    for (_, answer) in &greeting()[..count] {
        assert_eq!(times(person, answer), 1, "{}", person.transcript());
    }
}

/// What a person does right after the trouble is answered once, on a line that goes on.
async fn goes_on_after(trouble: impl Fn(&DiscordStandIn)) {
    let bot = Bot::start().await;
    let (person, place) = greeted(&bot).await;
    for (number, (deed, answer)) in greeting().iter().enumerate().skip(1).take(2) {
        let before = bot.discord.connections().len();
        trouble(&bot.discord);
        let taken = does(&person, place, deed).await.expect("it is a press");
        assert!(taken.acknowledged(), "{deed:?}: {taken:?}");
        reads(&person, answer).await;
        bot.discord
            .waits_until("the session goes on", |all| {
                all.len() > before && newest(all).resumed && newest(all).open
            })
            .await;
        is_once(&person, number + 1);
    }
    assert!(
        bot.discord
            .connections()
            .iter()
            .skip(1)
            .all(|line| line.resumed),
        "{:?}",
        bot.discord.connections()
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_done_while_the_line_is_cut_is_answered_once() {
    goes_on_after(DiscordStandIn::drops_gateway).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_bot_that_is_asked_to_reconnect_misses_nothing() {
    goes_on_after(DiscordStandIn::asks_to_reconnect).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_session_that_is_invalid_for_a_moment_is_resumed() {
    goes_on_after(DiscordStandIn::shakes_sessions).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_session_that_is_over_is_begun_anew() {
    let bot = Bot::start().await;
    let (person, place) = greeted(&bot).await;
    let turns = greeting();
    let anew = |before: usize| {
        move |all: &[Connection]| {
            let newer = &all[before.min(all.len())..];
            let last = newer.last();
            last.is_some_and(|line| line.open && line.shard.is_some() && !line.resumed)
        }
    };
    let before = bot.discord.connections().len();
    bot.discord.invalidates_sessions();
    bot.discord
        .waits_until("it begins anew", anew(before))
        .await;
    answers_soon(&bot, &person, place, 1).await;

    let before = bot.discord.connections().len();
    bot.discord.refuses_next_resume();
    bot.discord.drops_gateway();
    bot.discord
        .waits_until("it begins anew", anew(before))
        .await;
    let taken = does(&person, place, &turns[2].0).await.expect("a press");
    assert!(taken.acknowledged(), "{taken:?}");
    reads(&person, turns[2].1).await;
    is_once(&person, 3);
}

/// Somebody presses until it is heard: what nobody hears is lost, and seen to be lost.
async fn answers_soon(bot: &Bot, person: &Person, place: Place, number: usize) {
    let (deed, answer) = &greeting()[number];
    let mut tries = 0;
    loop {
        let taken = does(person, place, deed).await.expect("it is a press");
        if taken.acknowledged() {
            break;
        }
        tries += 1;
        assert!(tries < 5, "never heard: {:?}", bot.discord.connections());
    }
    reads(person, answer).await;
    is_once(person, number + 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_line_that_no_longer_acknowledges_heartbeats_is_left_for_a_new_one() {
    let discord = DiscordStandIn::start().await;
    discord.wants_heartbeats_every(Duration::from_millis(400));
    let mut bot = Bot::on(discord, "");
    bot.comes_up().await;
    let (person, place) = greeted(&bot).await;
    let before = bot.discord.connections().len();
    bot.discord.stops_acknowledging();
    bot.discord
        .waits_until("the silent line is left", |all| {
            all.len() > before && newest(all).shard.is_some()
        })
        .await;
    bot.discord.acknowledges_again();
    answers_soon(&bot, &person, place, 1).await;
    bot.waits_until_ready_says("discord working").await;
    bot.discord
        .waits_until("the new line lives", |all| {
            newest(all).open && newest(all).heartbeats >= 3
        })
        .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_shard_serves_its_own_servers() {
    let discord = DiscordStandIn::start().await;
    discord.recommends_shards(2);
    let places = [
        discord.guild("First").place(),
        discord.guild("Second").place(),
        Place::Direct,
    ];
    let mut bot = Bot::on(discord, "");
    bot.launches().await;
    bot.discord
        .waits_until("both shards are logged in", |all| {
            [0, 1].iter().all(|shard| {
                all.iter()
                    .any(|line| line.open && line.shard == Some((*shard, 2)))
            })
        })
        .await;
    for (number, place) in places.into_iter().enumerate() {
        let person = bot.discord.person(&format!("Ann {number}"));
        goes_through(&person, place, &greeting()[..2]).await;
        is_once(&person, 2);
    }
    // One of them falls, the other does not notice.
    bot.waits_until_ready_says("discord working").await;
    bot.discord.drops_gateway();
    let person = bot.discord.person("Ann 1");
    let taken = does(&person, places[1], &greeting()[2].0).await;
    assert!(taken.is_some_and(|taken| taken.acknowledged()));
    reads(&person, greeting()[2].1).await;
    is_once(&person, 3);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn as_many_shards_as_are_set_serve_the_servers_among_them() {
    let discord = DiscordStandIn::start().await;
    let places = [
        discord.guild("First").place(),
        discord.guild("Second").place(),
    ];
    let mut bot = Bot::on(discord, "[discord]\nshards = 2\n");
    bot.launches().await;
    bot.discord
        .waits_until("both shards are logged in", |all| {
            [0, 1].iter().all(|shard| {
                all.iter()
                    .any(|line| line.open && line.shard == Some((*shard, 2)))
            })
        })
        .await;
    for (number, place) in places.into_iter().enumerate() {
        let person = bot.discord.person(&format!("Ann {number}"));
        goes_through(&person, place, &greeting()[..2]).await;
    }
    bot.waits_until_ready_says("discord working").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_sessions_left_it_waits_until_there_are_some() {
    let discord = DiscordStandIn::start().await;
    discord.lets_no_session_begin_for(Duration::from_secs(2));
    let mut bot = Bot::on(discord, "");
    bot.launches().await;
    bot.discord
        .waits_for_call("GET", "/applications/{application_id}/commands")
        .await;
    tokio::time::sleep(Duration::from_millis(1_500)).await;
    assert!(bot.discord.connections().is_empty());
    bot.discord.leaves_sessions(10);
    let (person, place) = (bot.discord.person("Ann"), bot.clinic().place());
    bot.discord
        .waits_until("it begins", |all| {
            all.iter().any(|line| line.open && line.shard.is_some())
        })
        .await;
    goes_through(&person, place, &greeting()[..1]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn at_the_end_discord_is_told_goodbye() {
    let mut bot = Bot::start().await;
    let program = bot.program.take().expect("it runs");
    let ended = tokio::task::spawn_blocking(move || program.stops());
    assert_eq!(ended.await.expect("it ends"), Some(0));
    bot.discord
        .waits_until("the line is closed", |all| all.iter().all(|one| !one.open))
        .await;
    let all = bot.discord.connections();
    assert_eq!(newest(&all).farewell, Some(1_000), "{all:?}");
}
