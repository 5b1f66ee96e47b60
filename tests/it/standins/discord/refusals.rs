//! What Discord refuses, the stand-in refuses, and it tells whose fault that was.

use serde_json::{Value, json};

use super::{Line, PlayedBot, button, consulting, row};
use crate::support::discord::{Access, DiscordStandIn, Place};

/// A bot and the path of a person's messages.
async fn writing(discord: &DiscordStandIn) -> (PlayedBot, String) {
    discord.lifts_limits();
    let bot = PlayedBot::of(discord);
    let ann = discord.person("Ann");
    let open = json!({ "recipient_id": ann.id().to_string() });
    let (_, channel) = bot.asks("POST", "/users/@me/channels", open).await;
    let path = format!("/channels/{}/messages", channel["id"].as_str().unwrap());
    (bot, path)
}

#[tokio::test]
async fn a_message_beyond_a_limit_is_refused_and_held_against_the_bot() {
    let discord = DiscordStandIn::start().await;
    let (bot, path) = writing(&discord).await;
    let long = |count: usize| "가".repeat(count);
    let embed = |count: usize| json!({ "description": long(count) });
    let buttons = |count: usize| {
        (0..count)
            .map(|id| button("b", &id.to_string()))
            .collect::<Vec<_>>()
    };
    let menu = |count: usize, most: usize| {
        let option = |id: usize| json!({ "label": "o", "value": id.to_string() });
        let options: Vec<_> = (0..count).map(option).collect();
        row(&[json!({ "type": 3, "custom_id": "m", "options": options, "max_values": most })])
    };
    let rows: Vec<_> = (0..6)
        .map(|id| row(&[button("b", &id.to_string())])[0].clone())
        .collect();
    let bodies = [
        (json!({ "content": long(2_001) }), "content"),
        (json!({ "embeds": [embed(4_097)] }), "embeds"),
        (json!({ "embeds": [embed(3_001), embed(3_000)] }), "embeds"),
        (json!({ "embeds": vec![embed(1); 11] }), "embeds"),
        (
            json!({ "embeds": [{ "image": { "url": "attachment://absent.png" } }] }),
            "embeds",
        ),
        (json!({ "components": rows }), "components"),
        (json!({ "components": row(&buttons(6)) }), "components"),
        (
            json!({ "components": row(&[button("b", "1"), button("c", "1")]) }),
            "components",
        ),
        (
            json!({ "components": row(&[button(&long(81), "1")]) }),
            "components",
        ),
        (
            json!({ "components": row(&[button("b", &long(101))]) }),
            "components",
        ),
        (json!({ "components": menu(26, 1) }), "components"),
        (json!({ "components": menu(2, 3) }), "components"),
    ];
    for (body, place) in bodies {
        let (status, refused) = bot.asks("POST", &path, body).await;
        assert_eq!(
            (status, &refused["code"]),
            (400, &json!(50_035)),
            "{refused}"
        );
        assert!(refused["errors"][place].is_object(), "{refused}");
        assert!(!discord.forgives().is_empty());
    }
    let (status, refused) = bot.asks("POST", &path, json!({ "content": "" })).await;
    assert_eq!((status, &refused["code"]), (400, &json!(50_006)));
    assert_eq!(discord.forgives().len(), 1);
    let (status, refused) = bot
        .uploads(
            "POST",
            &path,
            &json!({}),
            ("big.bin", &vec![0; 10 * 1024 * 1024 + 1]),
        )
        .await;
    assert_eq!((status, &refused["code"]), (413, &json!(40_005)));
    assert_eq!(discord.forgives().len(), 1);
    assert!(discord.person("Ann").hears().is_empty());
    let fits = json!({ "content": long(2_000), "components": row(&buttons(5)) });
    assert_eq!(bot.asks("POST", &path, fits).await.0, 200);
}

#[tokio::test]
async fn a_modal_or_command_beyond_a_limit_is_refused() {
    let discord = DiscordStandIn::start().await;
    let (bot, mut line) = consulting(&discord).await;
    let ann = discord.person("Ann");
    let served = async {
        let event = line.event("INTERACTION_CREATE").await;
        let input = json!({ "type": 4, "custom_id": "t", "style": 1, "label": "L" });
        let data =
            json!({ "custom_id": "m", "title": "t".repeat(46), "components": row(&[input]) });
        bot.answers(&event, json!({ "type": 9, "data": data }))
            .await
    };
    let (_, (status, refused)) = tokio::join!(ann.slash(Place::Direct, "consult", &[]), served);
    assert_eq!(status, 400);
    assert!(refused["errors"]["data"]["title"].is_object(), "{refused}");
    assert!(!discord.forgives().is_empty());
    let path = format!("/applications/{}/commands", discord.application_id());
    for name in ["Consult", "two words", ""] {
        let commands = json!([{ "name": name, "description": "d" }]);
        assert_eq!(bot.asks("PUT", &path, commands).await.0, 400);
        assert!(!discord.forgives().is_empty());
    }
}

#[tokio::test]
async fn who_may_not_write_or_look_is_told_so() {
    let discord = DiscordStandIn::start().await;
    let (bot, direct) = writing(&discord).await;
    let guild = discord.guild("Clinic");
    let Place::Channel(channel) = guild.place() else {
        panic!("a guild has a channel")
    };
    let there = format!("/channels/{channel}/messages");
    let hello = json!({ "content": "hello" });
    let code = async |path: &str| {
        let (status, body) = bot.asks("POST", path, hello.clone()).await;
        (status, body["code"].as_u64().unwrap_or(0))
    };
    discord.person("Ann").closes_dms();
    assert_eq!(code(&direct).await, (403, 50_007));
    discord.person("Ann").opens_dms();
    assert_eq!(code(&direct).await, (200, 0));
    guild.allows(Access::NoSending);
    assert_eq!(code(&there).await, (403, 50_013));
    guild.allows(Access::Hidden);
    assert_eq!(code(&there).await, (403, 50_001));
    guild.allows(Access::Open);
    assert_eq!(code(&there).await, (200, 0));
    assert_eq!(code("/channels/1/messages").await, (404, 10_003));
    let (status, body) = bot.asks("GET", &format!("{direct}/1"), Value::Null).await;
    assert_eq!((status, &body["code"]), (404, &json!(10_008)));
    let unknown = format!("/webhooks/{}/nonsense", discord.application_id());
    assert_eq!(code(&unknown).await, (404, 10_015));
    assert_eq!(discord.invalid_requests(), 3);
}

#[tokio::test]
async fn a_wrong_token_opens_nothing() {
    let discord = DiscordStandIn::start().await;
    let mut bot = PlayedBot::of(&discord);
    for path in [
        "/users/@me",
        "/applications/@me",
        "/oauth2/applications/@me",
        "/gateway",
    ] {
        assert_eq!(bot.asks("GET", path, Value::Null).await.0, 200);
    }
    bot.token = "Bot wrong".to_owned();
    let (status, body) = bot.asks("GET", "/users/@me", Value::Null).await;
    assert_eq!(
        (status, &body["message"]),
        (401, &json!("401: Unauthorized"))
    );
}

#[tokio::test]
async fn what_is_not_modelled_and_what_has_a_wrong_base_is_told() {
    let discord = DiscordStandIn::start().await;
    let bot = PlayedBot::of(&discord);
    assert_eq!(
        bot.asks("GET", "/users/@me/connections", Value::Null)
            .await
            .0,
        501
    );
    assert_eq!(discord.forgives().len(), 1);
    let address = format!("{}/api/v9/gateway", discord.api_url());
    bot.http.get(address).send().await.unwrap();
    assert!(
        discord
            .forgives()
            .iter()
            .any(|told| told.contains("/api/v10"))
    );
}

#[tokio::test]
async fn the_official_specification_finds_what_it_does_not_allow() {
    let discord = DiscordStandIn::start().await;
    let (bot, path) = writing(&discord).await;
    if !discord.knows_the_specification() {
        println!("not run: the official specification is not at hand");
        return;
    }
    let numbers = json!({ "content": "x", "attachments": [{ "id": 0, "filename": "a.txt" }] });
    assert_eq!(
        bot.uploads("POST", &path, &numbers, ("a.txt", b"a"))
            .await
            .0,
        200
    );
    assert_eq!(
        discord.violations(),
        Vec::<String>::new(),
        "a number as id is the known gap"
    );

    bot.asks("POST", &path, json!({ "content": "x", "tts": "perhaps" }))
        .await;
    let told = discord.forgives();
    assert!(told.len() == 1 && told[0].contains("/tts"), "{told:?}");
    bot.asks("POST", &path, json!({ "content": "x", "embeds": 7 }))
        .await;
    assert!(discord.forgives()[0].contains("/embeds"));
    bot.asks("POST", "/users/@me/nonsense", json!({})).await;
    assert!(
        discord
            .forgives()
            .iter()
            .any(|told| told.contains("not in the specification"))
    );
}

#[tokio::test]
async fn a_stand_in_that_saw_a_violation_fails_its_test() {
    let discord = DiscordStandIn::start().await;
    let (bot, path) = writing(&discord).await;
    bot.asks("POST", &path, json!({ "content": "" })).await;
    let seen = tokio::spawn(async move { drop(discord) }).await;
    let told = seen.unwrap_err().into_panic();
    let told = told.downcast_ref::<String>().unwrap();
    assert!(told.contains("50006"), "{told}");
}

#[tokio::test]
async fn what_follows_the_login_stops_with_the_stand_in() {
    let discord = DiscordStandIn::start().await;
    let bot = PlayedBot::of(&discord);
    let (mut line, _) = Line::login(&bot).await;
    drop(discord);
    assert_eq!(line.end().await, 0);
    assert!(bot.request("GET", "/gateway").send().await.is_err());
}
