//! The gateway: logging in, staying in, and coming back.

use std::time::Duration;

use serde_json::{Value, json};

use super::{INTENTS, Line, PlayedBot, consulting};
use crate::support::discord::{Connection, DiscordStandIn, Place};

#[tokio::test]
async fn a_login_is_refused_with_the_code_that_says_why() {
    let discord = DiscordStandIn::start().await;
    let bot = PlayedBot::of(&discord);
    for (shard, intents, code) in [
        (json!([1, 1]), INTENTS, 4_010),
        (json!([0]), INTENTS, 4_010),
        (json!([0, 1]), INTENTS | (1 << 15), 4_014),
        (json!([0, 1]), 1 << 40, 4_013),
    ] {
        let mut line = Line::open(&bot).await;
        line.identifies(shard, intents).await;
        assert_eq!(line.end().await, code);
    }
    let mut line = Line::open(&bot).await;
    line.token = "wrong".to_owned();
    line.identifies(Value::Null, INTENTS).await;
    assert_eq!(line.end().await, 4_004);
    let mut line = Line::open(&bot).await;
    line.says(99, Value::Null).await;
    assert_eq!(line.end().await, 4_001);
    let (mut line, _) = Line::login(&bot).await;
    line.identifies(Value::Null, INTENTS).await;
    assert_eq!(line.end().await, 4_005);
    let closed: Vec<_> = discord
        .connections()
        .iter()
        .filter_map(|one| one.closed_with)
        .collect();
    assert_eq!(closed, [4_010, 4_010, 4_014, 4_013, 4_004, 4_001, 4_005]);
}

#[tokio::test]
async fn every_shard_has_its_own_guilds_and_the_first_the_direct_messages() {
    let discord = DiscordStandIn::start().await;
    discord.recommends_shards(2);
    let guilds = [discord.guild("First"), discord.guild("Second")];
    let bot = PlayedBot::of(&discord);
    let (_, told) = bot.asks("GET", "/gateway/bot", Value::Null).await;
    assert_eq!(
        (
            &told["shards"],
            &told["session_start_limit"]["max_concurrency"]
        ),
        (&json!(2), &json!(1))
    );
    let (mut one, ready_one) = Line::login_on(&bot, (0, 2)).await;
    let (mut two, ready_two) = Line::login_on(&bot, (1, 2)).await;
    for (ready, guild) in [(&ready_one, &guilds[0]), (&ready_two, &guilds[1])] {
        let listed = json!([{ "id": guild.id().to_string(), "unavailable": true }]);
        assert_eq!(ready["guilds"], listed);
    }
    assert_eq!(one.event("GUILD_CREATE").await["name"], "First");
    assert_eq!(two.event("GUILD_CREATE").await["name"], "Second");
    let ann = discord.person("Ann");
    ann.sends(guilds[1].place(), "there", &[]);
    ann.sends_dm("here", &[]);
    assert_eq!(one.event("MESSAGE_CREATE").await["content"], "here");
    assert_eq!(
        two.event("MESSAGE_CREATE").await["guild_id"],
        guilds[1].id().to_string()
    );
    let (_, told) = bot.asks("GET", "/gateway/bot", Value::Null).await;
    assert_eq!(told["session_start_limit"]["remaining"], 998);
    let shards: Vec<_> = discord
        .connections()
        .iter()
        .map(|one| (one.shard, one.intents))
        .collect();
    assert_eq!(shards, [(Some((0, 2)), INTENTS), (Some((1, 2)), INTENTS)]);
    let left = discord.guild("Third");
    assert_eq!(one.event("GUILD_CREATE").await["id"], left.id().to_string());
}

#[tokio::test]
async fn what_was_missed_is_told_again_after_a_resume() {
    let discord = DiscordStandIn::start().await;
    let bot = PlayedBot::of(&discord);
    let (mut line, ready) = Line::login(&bot).await;
    let ann = discord.person("Ann");
    ann.sends_dm("one", &[]);
    line.event("MESSAGE_CREATE").await;
    let seen = line.sequence;
    discord.drops_gateway();
    assert_eq!(line.end().await, 0);
    let gone = |all: &[Connection]| all.iter().all(|one| !one.open);
    discord.waits_until("the connection ends", gone).await;
    ann.sends_dm("two", &[]);
    ann.sends_dm("three", &[]);

    let mut line = Line::open(&bot).await;
    line.resumes(&ready["session_id"], seen).await;
    assert_eq!(line.event("MESSAGE_CREATE").await["content"], "two");
    assert_eq!(line.event("MESSAGE_CREATE").await["content"], "three");
    line.event("RESUMED").await;
    ann.sends_dm("four", &[]);
    assert_eq!(line.event("MESSAGE_CREATE").await["content"], "four");
    assert!(discord.connections()[1].resumed);

    discord.refuses_next_resume();
    discord.drops_gateway();
    for session in [&ready["session_id"], &json!("never heard of")] {
        let mut line = Line::open(&bot).await;
        line.resumes(session, 1).await;
        let refused = line.hears().await.unwrap();
        assert_eq!((&refused["op"], &refused["d"]), (&json!(9), &json!(false)));
    }
}

#[tokio::test]
async fn a_sequence_from_the_future_is_refused() {
    let discord = DiscordStandIn::start().await;
    let bot = PlayedBot::of(&discord);
    let (line, ready) = Line::login(&bot).await;
    drop(line);
    let mut line = Line::open(&bot).await;
    line.resumes(&ready["session_id"], 1_000).await;
    assert_eq!(line.end().await, 4_007);
}

#[tokio::test]
async fn a_bot_is_asked_to_come_again_or_to_begin_anew() {
    let discord = DiscordStandIn::start().await;
    let bot = PlayedBot::of(&discord);
    let (mut line, ready) = Line::login(&bot).await;
    discord.asks_to_reconnect();
    assert_eq!(line.hears().await.unwrap()["op"], 7);
    discord.invalidates_sessions();
    assert_eq!(line.hears().await.unwrap()["op"], 9);
    let mut line = Line::open(&bot).await;
    line.resumes(&ready["session_id"], 1).await;
    assert_eq!(line.hears().await.unwrap()["op"], 9);
}

#[tokio::test]
async fn heartbeats_are_acknowledged_until_they_are_not() {
    let discord = DiscordStandIn::start().await;
    let bot = PlayedBot::of(&discord);
    let (mut line, _) = Line::login(&bot).await;
    line.says(1, json!(1)).await;
    assert_eq!(line.hears().await.unwrap()["op"], 11);
    discord.stops_acknowledging();
    line.says(1, json!(1)).await;
    discord
        .waits_until("the beat is heard", |all| all[0].heartbeats == 2)
        .await;
    discord.acknowledges_again();
    line.says(1, json!(1)).await;
    assert_eq!(line.hears().await.unwrap()["op"], 11);
    assert_eq!(discord.connections()[0].heartbeats, 3);
}

#[tokio::test]
async fn a_silent_bot_is_dropped() {
    let discord = DiscordStandIn::start().await;
    discord.wants_heartbeats_every(Duration::from_millis(100));
    let bot = PlayedBot::of(&discord);
    let (mut line, _) = Line::login(&bot).await;
    assert_eq!(line.end().await, 4_009);
}

#[tokio::test]
async fn a_revoked_token_ends_everything() {
    let discord = DiscordStandIn::start().await;
    let bot = PlayedBot::of(&discord);
    let (mut line, _) = Line::login(&bot).await;
    discord.revoke_token();
    assert_eq!(line.end().await, 4_004);
    assert_eq!(bot.asks("GET", "/users/@me", Value::Null).await.0, 401);
    assert_eq!(discord.invalid_requests(), 1);
}

#[tokio::test]
async fn events_come_twice_or_in_the_wrong_order_when_a_test_wishes() {
    let discord = DiscordStandIn::start().await;
    let (_, mut line) = consulting(&discord).await;
    let ann = discord.person("Ann");
    discord.doubles_events(1);
    for text in ["one", "two"] {
        ann.sends_dm(text, &[]);
    }
    for text in ["one", "one", "two"] {
        assert_eq!(line.event("MESSAGE_CREATE").await["content"], text);
    }
    discord.holds_events();
    ann.sends_dm("three", &[]);
    ann.sends_dm("four", &[]);
    assert_eq!(discord.held_events(), 2);
    discord.releases_events_backwards();
    for text in ["four", "three"] {
        assert_eq!(line.event("MESSAGE_CREATE").await["content"], text);
    }
    discord.push_event(
        "SOMETHING_NEW",
        json!({ "guild_id": discord.guild("G").id().to_string() }),
    );
    assert!(line.event("SOMETHING_NEW").await["guild_id"].is_string());
    assert!(ann.commands(Place::Direct).contains(&"consult".to_owned()));
}
