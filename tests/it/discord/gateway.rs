//! The gateway's connection: lost, taken up again, refused.

use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::Duration;

use dupi::channels::discord::{DiscordError, DiscordOptions, PersonalPlace, inspect};
use dupi::channels::health::{ChannelState, StopReason};
use dupi::domain::consultation::{Button, Language};
use secrecy::SecretString;
use tokio::time::Instant;

use super::{Bot, PATIENCE, begins, with_newcomer};
use crate::support::discord::{Call, DiscordStandIn};

const ENGLISH: Language = Language::English;

#[tokio::test]
async fn commands_are_registered_once_and_health_is_shown() {
    let bot = Bot::start(PersonalPlace::Ephemeral).await;
    bot.becomes_healthy().await;
    let guild = bot.discord.guild("Clinic");
    let mina = bot.discord.person("Mina").speaks_korean();
    let names = mina.commands(guild.place());
    assert_eq!(
        names,
        ["상담", "삭제", "개인정보", "언어", "도움말", "취소"]
    );
    let written = bot.discord.calls();
    let puts = |calls: &[Call]| calls.iter().filter(|call| call.method == "PUT").count();
    assert_eq!(puts(&written), 1);
    let facts = inspect(&options(&bot.discord)).await.unwrap();
    assert_eq!(facts.bot_name, "dupi");
    assert_eq!(facts.application_id, bot.discord.application_id());
    assert!(facts.commands_are_current && facts.privileged_intents.is_empty());
    assert_eq!(facts.commands.len(), 6);
    assert_eq!(puts(&bot.discord.calls()), 1);
    let health = bot.health.clone();
    bot.stop().await;
    let state = health.state(Instant::now());
    assert_eq!(state, ChannelState::Stopped(StopReason::Shutdown));
}

fn options(discord: &DiscordStandIn) -> DiscordOptions {
    DiscordOptions {
        token: SecretString::from(discord.token()),
        api_url: Some(discord.api_url().to_owned()),
        personal: PersonalPlace::Ephemeral,
        shards: NonZeroUsize::new(1),
        guide: Arc::from(*b"guide"),
    }
}

/// How a new connection goes on.
#[derive(Clone, Copy, PartialEq)]
enum GoesOn {
    WithTheSession,
    Anew,
}

/// After trouble with the connection somebody is answered.
async fn answers_after(trouble: impl Fn(&DiscordStandIn), goes_on: GoesOn) {
    let (bot, _, anna) = with_newcomer().await;
    let before = bot.discord.connections().len();
    trouble(&bot.discord);
    bot.discord
        .waits_until("another connection", |all| {
            all.len() > before && all.last().is_some_and(|one| one.shard.is_some())
        })
        .await;
    let lines = bot.discord.connections();
    let is_resumed = lines.last().is_some_and(|one| one.resumed);
    assert_eq!(is_resumed, goes_on == GoesOn::WithTheSession, "{lines:?}");
    bot.presses(&anna, &bot.button(Button::Speak(ENGLISH), ENGLISH))
        .await;
    bot.hears(&anna, &bot.phrase(ENGLISH, "ask-age")).await;
    bot.stop().await;
}

#[tokio::test]
async fn a_connection_that_is_gone_is_resumed() {
    answers_after(DiscordStandIn::drops_gateway, GoesOn::WithTheSession).await;
}

#[tokio::test]
async fn a_wish_to_reconnect_is_obeyed() {
    answers_after(DiscordStandIn::asks_to_reconnect, GoesOn::WithTheSession).await;
}

#[tokio::test]
async fn an_invalid_session_is_begun_anew() {
    answers_after(DiscordStandIn::invalidates_sessions, GoesOn::Anew).await;
}

#[tokio::test]
async fn a_connection_on_which_nothing_is_acknowledged_is_given_up() {
    let discord = DiscordStandIn::start().await;
    discord.lifts_limits();
    discord.wants_heartbeats_every(Duration::from_millis(300));
    let bot = Bot::start_at(discord, PersonalPlace::Ephemeral).await;
    bot.discord
        .waits_until("heartbeats", |all| all.iter().any(|one| one.heartbeats > 2))
        .await;
    bot.becomes_healthy().await;
    bot.discord.stops_acknowledging();
    bot.discord
        .waits_until("another connection", |all| all.len() > 1)
        .await;
    bot.discord.acknowledges_again();
    let guild = bot.discord.guild("Clinic");
    let anna = bot.discord.person("Anna");
    bot.discord
        .waits_until("a session", |all| {
            all.iter().any(|one| one.open && one.shard.is_some())
        })
        .await;
    begins(&bot, &anna, guild.place(), ENGLISH).await;
    bot.stop().await;
}

#[tokio::test]
async fn a_token_that_is_refused_ends_the_channel_with_a_hint() {
    let discord = DiscordStandIn::start().await;
    discord.revoke_token();
    let bot = Bot::start_at(discord, PersonalPlace::Ephemeral).await;
    let served = tokio::time::timeout(PATIENCE, bot.serving).await;
    let error = served.unwrap().unwrap().unwrap_err();
    assert!(matches!(error, DiscordError::TokenRefused));
    assert!(error.to_string().contains("DISCORD_BOT_TOKEN"));
    let state = bot.health.state(Instant::now());
    assert_eq!(state, ChannelState::Stopped(StopReason::TokenRefused));
    let refused = inspect(&options(&bot.discord)).await.unwrap_err();
    assert!(matches!(refused, DiscordError::TokenRefused));
    bot.shutdown.cancel();
    bot.running.await.unwrap();
}

#[tokio::test]
async fn a_token_that_is_revoked_in_between_ends_the_channel() {
    let bot = Bot::start(PersonalPlace::Ephemeral).await;
    bot.discord.revoke_token();
    let served = tokio::time::timeout(Duration::from_mins(1), bot.serving).await;
    let error = served.unwrap().unwrap().unwrap_err();
    assert!(matches!(error, DiscordError::TokenRefused));
    bot.shutdown.cancel();
    bot.running.await.unwrap();
}

#[tokio::test]
async fn as_many_shards_as_discord_recommends_are_begun() {
    let discord = DiscordStandIn::start().await;
    discord.recommends_shards(2);
    let bot = Bot::start_at(discord, PersonalPlace::Ephemeral).await;
    bot.discord
        .waits_until("two shards", |all| {
            all.iter().filter(|one| one.shard.is_some()).count() == 2
        })
        .await;
    bot.becomes_healthy().await;
    bot.stop().await;
}
