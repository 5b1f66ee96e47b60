//! What only the operator can mend: the platform does not know the token, or refuses what is asked.

use super::Bot;
use super::deeds::{goes_through, greeting};
use crate::support::discord::{DiscordStandIn, Place};
use crate::support::visitor::{Deed, Visitor};

/// Members, presences and message content.
const PRIVILEGED: u64 = (1 << 1) | (1 << 8) | (1 << 15);

/// The web chat goes on, the operator is told, and the end is no success.
async fn tells_the_operator_and_goes_on(mut bot: Bot, state: &str, told: &[&str]) {
    assert_eq!(bot.waits_until_ready_says(state).await, 503);
    let visitor = Visitor::new(bot.program().base.clone());
    visitor
        .tries("open", &Deed::Open)
        .await
        .expect("the web chat goes on");
    let history = visitor
        .waits_until(|history| !history.is_empty())
        .await
        .expect("the web chat goes on");
    assert_eq!(history[0]["who"], "dupi");
    let complaints = bot.program().complaints();
    for text in told {
        assert!(complaints.contains(text), "no `{text}` in:\n{complaints}");
    }
    assert!(!complaints.contains(&bot.token), "{complaints}");
    assert!(bot.discord.invalid_requests() < 20);
    let program = bot.program.take().expect("it runs");
    assert_eq!(program.stops(), Some(1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_token_that_is_revoked_ends_discord_alone_with_a_clear_error() {
    let bot = Bot::start().await;
    let person = bot.discord.person("Ann");
    goes_through(&person, Place::Direct, &greeting()[..1]).await;
    assert_eq!(bot.waits_until_ready_says("discord working").await, 200);
    bot.discord.revoke_token();
    let told = ["DISCORD_BOT_TOKEN", "Developer Portal", "reset"];
    tells_the_operator_and_goes_on(bot, "discord stopped:token-refused", &told).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_token_that_was_never_good_is_told_at_the_start() {
    let mut bot = Bot::on(DiscordStandIn::start().await, "");
    bot.token =
        "MTE4NzY1NDMyMTA5ODc2NTQzMg.GbcdEF.anotherTokenThatIsNotTheRightOne00001".to_owned();
    bot.launches().await;
    let told = ["DISCORD_BOT_TOKEN", "Developer Portal"];
    tells_the_operator_and_goes_on(bot, "discord stopped:token-refused", &told).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn intents_that_are_refused_are_told_and_no_privileged_one_is_asked_for() {
    let mut bot = Bot::on(DiscordStandIn::start().await, "");
    bot.discord.disallows_intents();
    bot.launches().await;
    bot.discord
        .waits_until("the login is refused", |all| {
            all.iter().any(|line| line.closed_with == Some(4_014))
        })
        .await;
    tells_the_operator_and_goes_on(bot, "discord stopped:forbidden", &["intents", "hint"]).await;

    let bot = Bot::start().await;
    let intents: Vec<u64> = bot
        .discord
        .connections()
        .iter()
        .map(|line| line.intents)
        .collect();
    assert!(
        intents.iter().all(|asked| asked & PRIVILEGED == 0),
        "{intents:?}"
    );
    let program = bot.program.expect("it runs");
    assert_eq!(program.stops(), Some(0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn too_few_shards_are_told_with_the_name_of_the_setting_before_anything_is_begun() {
    let discord = DiscordStandIn::start().await;
    discord.wants_shards(2);
    let mut bot = Bot::on(discord, "[discord]\nshards = 1\n");
    bot.launches().await;
    let told = ["`discord.shards` is `1`", "hint"];
    assert_eq!(
        bot.waits_until_ready_says("discord stopped:forbidden")
            .await,
        503
    );
    assert!(bot.discord.connections().is_empty());
    tells_the_operator_and_goes_on(bot, "discord stopped:forbidden", &told).await;
}
