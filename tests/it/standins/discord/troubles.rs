//! Rate limits, and everything that goes wrong on the way because a test ordered it.

use std::time::Duration;

use serde_json::{Value, json};

use super::{PICTURE, PlayedBot, consulting};
use crate::support::discord::{DiscordStandIn, Trouble};

async fn direct_messages(bot: &PlayedBot, discord: &DiscordStandIn, name: &str) -> String {
    let open = json!({ "recipient_id": discord.person(name).id().to_string() });
    let (_, channel) = bot.asks("POST", "/users/@me/channels", open).await;
    format!("/channels/{}/messages", channel["id"].as_str().unwrap())
}

fn header(response: &reqwest::Response, name: &str) -> String {
    let value = response.headers().get(name);
    value
        .map(|value| value.to_str().unwrap().to_owned())
        .unwrap_or_default()
}

#[tokio::test]
async fn a_full_bucket_answers_429_until_its_time_is_over() {
    let discord = DiscordStandIn::start().await;
    let bot = PlayedBot::of(&discord);
    let path = direct_messages(&bot, &discord, "Ann").await;
    let hello = json!({ "content": "hello" });
    for left in (0..5).rev() {
        let response = bot
            .request("POST", &path)
            .json(&hello)
            .send()
            .await
            .unwrap();
        assert_eq!(response.status(), 200);
        assert_eq!(header(&response, "x-ratelimit-limit"), "5");
        assert_eq!(header(&response, "x-ratelimit-remaining"), left.to_string());
        assert!(
            header(&response, "x-ratelimit-reset-after")
                .parse::<f64>()
                .unwrap()
                <= 5.0
        );
        assert!(!header(&response, "x-ratelimit-bucket").is_empty());
    }
    let response = bot
        .request("POST", &path)
        .json(&hello)
        .send()
        .await
        .unwrap();
    assert_eq!(response.status(), 429);
    let wait: u64 = header(&response, "retry-after").parse().unwrap();
    assert_eq!(header(&response, "x-ratelimit-scope"), "user");
    let body: Value = response.json().await.unwrap();
    assert_eq!(body["global"], false);
    assert!(body["retry_after"].as_f64().unwrap() > 0.0);
    let other = direct_messages(&bot, &discord, "Bob").await;
    assert_eq!(
        bot.asks("POST", &other, hello.clone()).await.0,
        200,
        "another channel is free"
    );
    discord.advance(Duration::from_secs(wait));
    assert_eq!(bot.asks("POST", &path, hello).await.0, 200);
    assert_eq!(discord.invalid_requests(), 1);
}

#[tokio::test]
async fn more_than_fifty_requests_in_a_second_are_too_many_for_everything() {
    let discord = DiscordStandIn::start().await;
    let bot = PlayedBot::of(&discord);
    // Two routes, so that neither bucket of its own is full first; all at once, so that they come
    // within a second on a busy machine as well.
    let paths = ["/users/@me", "/applications/@me"].into_iter().cycle();
    let all = paths.take(90).map(|path| bot.request("GET", path).send());
    let answers = futures_util::future::join_all(all).await;
    let refused = answers
        .into_iter()
        .map(Result::unwrap)
        .find(|answer| answer.status() == 429);
    let refused = refused.expect("ninety at once are more than fifty a second");
    assert_eq!(header(&refused, "x-ratelimit-global"), "true");
    assert_eq!(refused.json::<Value>().await.unwrap()["global"], true);
}

#[tokio::test]
async fn ordered_trouble_comes_as_often_as_it_was_ordered() {
    let discord = DiscordStandIn::start().await;
    let bot = PlayedBot::of(&discord);
    discord.orders(Trouble::Status(503), "GET /users/@me", 2);
    discord.orders(Trouble::RateLimited(1.5), "/users/*", 1);
    discord.orders(Trouble::GloballyRateLimited(0.25), "/users/@me", 1);
    let mut statuses = Vec::new();
    for _ in 0..5 {
        statuses.push(bot.asks("GET", "/users/@me", Value::Null).await);
    }
    assert_eq!(
        statuses
            .iter()
            .map(|(status, _)| *status)
            .collect::<Vec<_>>(),
        [503, 503, 429, 429, 200]
    );
    assert_eq!(
        (&statuses[2].1["retry_after"], &statuses[2].1["global"]),
        (&json!(1.5), &json!(false))
    );
    assert_eq!(
        (&statuses[3].1["retry_after"], &statuses[3].1["global"]),
        (&json!(0.25), &json!(true))
    );
    assert_eq!(discord.invalid_requests(), 2);
}

#[tokio::test]
async fn a_lost_answer_took_effect() {
    let discord = DiscordStandIn::start().await;
    let bot = PlayedBot::of(&discord);
    let path = direct_messages(&bot, &discord, "Ann").await;
    discord.clear_calls();
    discord.orders(
        Trouble::LoseAnswer,
        "POST /channels/{channel_id}/messages",
        1,
    );
    let once = json!({ "content": "only once", "nonce": "n1", "enforce_nonce": true });
    assert!(bot.request("POST", &path).json(&once).send().await.is_err());
    assert_eq!(discord.person("Ann").hears().len(), 1);
    assert_eq!(bot.asks("POST", &path, once).await.0, 200);
    assert_eq!(discord.person("Ann").hears().len(), 1);
    let statuses: Vec<_> = discord.calls().iter().map(|call| call.status).collect();
    assert_eq!(statuses, [0, 200]);
}

#[tokio::test]
async fn an_answer_can_end_in_its_middle_or_never_come() {
    let discord = DiscordStandIn::start().await;
    let bot = PlayedBot::of(&discord);
    discord.orders(Trouble::CutInBody, "GET /users/@me", 1);
    let cut = bot.request("GET", "/users/@me").send().await.unwrap();
    assert_eq!(cut.status(), 200);
    assert!(cut.bytes().await.is_err());
    discord.orders(Trouble::Hang, "GET /users/@me", 1);
    let request = bot
        .request("GET", "/users/@me")
        .timeout(Duration::from_millis(200));
    assert!(request.send().await.unwrap_err().is_timeout());
    assert_eq!(bot.asks("GET", "/users/@me", Value::Null).await.0, 200);
}

#[tokio::test]
async fn a_download_can_fail_and_then_work() {
    let discord = DiscordStandIn::start().await;
    let (bot, mut line) = consulting(&discord).await;
    discord.person("Ann").sends_dm("", &[("me.jpg", PICTURE)]);
    let event = line.event("MESSAGE_CREATE").await;
    let url = event["attachments"][0]["url"].as_str().unwrap();
    let get = async || {
        bot.http
            .get(url)
            .timeout(Duration::from_secs(1))
            .send()
            .await
    };
    discord.orders(Trouble::Status(500), "/attachments/*", 1);
    assert_eq!(get().await.unwrap().status(), 500);
    discord.orders(Trouble::CutInBody, "/attachments/*", 1);
    assert!(get().await.unwrap().bytes().await.is_err());
    discord.orders(Trouble::LoseAnswer, "/attachments/*", 1);
    assert!(get().await.is_err());
    discord.orders(Trouble::RateLimited(1.0), "/attachments/*", 1);
    assert_eq!(get().await.unwrap().status(), 429);
    discord.orders(Trouble::Hang, "/attachments/*", 1);
    assert!(get().await.is_err());
    assert_eq!(get().await.unwrap().bytes().await.unwrap(), PICTURE);
    let absent = format!("{}/attachments/1/2/no.jpg", discord.api_url());
    assert_eq!(bot.http.get(absent).send().await.unwrap().status(), 404);
}
