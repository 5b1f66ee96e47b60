//! What people do reaches the bot, and what the bot does reaches their eyes.

use std::time::Duration;

use serde_json::{Value, json};

use super::{PICTURE, PlayedBot, button, consult, consulting, row};
use crate::support::discord::{Author, DiscordStandIn, Given, Place};

#[tokio::test]
async fn a_deferred_command_with_a_photo_is_answered_for_one_person_only() {
    let discord = DiscordStandIn::start().await;
    let guild = discord.guild("Clinic");
    let (bot, mut line) = consulting(&discord).await;
    let (mina, paul) = (
        discord.person("Mina").speaks_korean(),
        discord.person("Paul"),
    );
    assert_eq!(mina.commands(guild.place()), ["상담"]);
    assert_eq!(paul.commands(Place::Direct), ["consult"]);

    let photo = [
        (
            "사진",
            Given::File("scalp.jpg".to_owned(), PICTURE.to_vec()),
        ),
        ("note", Given::Text("it itches".to_owned())),
    ];
    let asked = mina.slash(guild.place(), "상담", &photo);
    let served = async {
        let event = line.event("INTERACTION_CREATE").await;
        let deferred = json!({ "type": 5, "data": { "flags": 64 } });
        assert_eq!(bot.answers(&event, deferred.clone()).await.0, 204);
        let (status, again) = bot.answers(&event, deferred).await;
        assert_eq!((status, &again["code"]), (400, &json!(40_060)));
        event
    };
    let (taken, event) = tokio::join!(asked, served);
    assert!(taken.acknowledged() && taken.after < Duration::from_secs(3));
    assert_eq!(taken.callback, Some(5));
    assert_eq!(event["id"], taken.id.to_string());
    assert_eq!(event["locale"], "ko");
    assert_eq!(event["guild_id"], guild.id().to_string());
    assert_eq!(event["member"]["user"]["id"], mina.id().to_string());
    assert_eq!(event["data"]["options"][1]["value"], "it itches");
    let id = event["data"]["options"][0]["value"].as_str().unwrap();
    let url = event["data"]["resolved"]["attachments"][id]["url"]
        .as_str()
        .unwrap();
    let bytes = bot
        .http
        .get(url)
        .send()
        .await
        .unwrap()
        .bytes()
        .await
        .unwrap();
    assert_eq!(bytes, PICTURE);
    assert!(mina.hears()[0].thinking && paul.hears().is_empty());

    let edit = json!({
        "content": "", "embeds": [{
            "title": "Result", "description": "Looks calm", "image": { "url": "attachment://card.png" },
            "fields": [{ "name": "Dryness", "value": "mild" }], "footer": { "text": "No diagnosis" },
        }],
        "components": row(&[button("Again", "again"), button("Stop", "stop")]),
        "attachments": [{ "id": 0, "filename": "card.png" }],
    });
    let original = format!("{}/messages/@original", bot.replies(&event));
    let (status, body) = bot
        .uploads("PATCH", &original, &edit, ("card.png", b"card"))
        .await;
    assert_eq!(status, 200, "{body}");
    let sight = mina
        .waits_for("the result", |sight| !sight.embeds.is_empty())
        .await;
    assert_eq!(sight.embeds[0].image.as_deref(), Some(b"card".as_slice()));
    assert!(sight.ephemeral && !sight.thinking && !sight.edited);
    assert_eq!(sight.author, Author::Bot);
    assert!(paul.sees().is_empty());
    assert_eq!(
        mina.transcript(),
        "[bot, in a guild, ephemeral] \n  | Result\n  | Looks calm\n  | Dryness: mild\n  \
         | (picture)\n  | _No diagnosis_\n  @ card.png\n  [Again] [Stop] \n"
    );
    let call = discord
        .waits_for_call(
            "PATCH",
            "/webhooks/{webhook_id}/{webhook_token}/messages/@original",
        )
        .await;
    assert_eq!(call.files, [("card.png".to_owned(), b"card".to_vec())]);
    assert_eq!(
        (call.status, &call.body["embeds"][0]["title"]),
        (200, &json!("Result"))
    );
    assert!(call.path.ends_with("/messages/@original"));
}

#[tokio::test]
async fn buttons_menus_and_modals_lead_on() {
    let discord = DiscordStandIn::start().await;
    let (bot, mut line) = consulting(&discord).await;
    let ann = discord.person("Ann");
    let begun = async {
        let event = line.event("INTERACTION_CREATE").await;
        let menu = json!({
            "type": 3, "custom_id": "m", "placeholder": "Where?", "min_values": 1, "max_values": 2,
            "options": [
                { "label": "Crown", "value": "c" }, { "label": "Front", "value": "f", "default": true },
            ],
        });
        let data = json!({ "content": "Tell me", "components": row(&[menu]) });
        bot.answers(&event, json!({ "type": 4, "data": data }))
            .await
    };
    let (taken, begun) = tokio::join!(ann.slash(Place::Direct, "consult", &[]), begun);
    assert_eq!((taken.callback, begun.0), (Some(4), 204));
    assert!(
        ann.transcript().contains("<Where?: Crown / *Front>"),
        "{}",
        ann.transcript()
    );

    let chosen = async {
        let event = line.event("INTERACTION_CREATE").await;
        assert_eq!(event["data"]["values"], json!(["f", "c"]));
        assert_eq!(event["message"]["content"], "Tell me");
        let components = row(&[button("Write", "w")]);
        let data = json!({ "content": "And then?", "components": components });
        bot.answers(&event, json!({ "type": 7, "data": data }))
            .await
    };
    let (taken, _) = tokio::join!(ann.selects("Where?", &["Front", "Crown"]), chosen);
    assert_eq!(taken.callback, Some(7));
    let sights = ann.hears();
    assert_eq!(
        (sights.len(), sights[0].content.as_str(), sights[0].edited),
        (1, "And then?", true)
    );

    let opened = async {
        let event = line.event("INTERACTION_CREATE").await;
        let input = json!({
            "type": 4, "custom_id": "t", "style": 2, "label": "Since when?", "max_length": 20,
        });
        let data = json!({ "custom_id": "modal", "title": "Details", "components": row(&[input]) });
        bot.answers(&event, json!({ "type": 9, "data": data }))
            .await
    };
    let (taken, opened) = tokio::join!(ann.clicks("Write"), opened);
    assert_eq!((taken.callback, opened.0), (Some(9), 204));
    let modal = ann.modal().unwrap();
    assert_eq!(
        (modal.title.as_str(), modal.labels),
        ("Details", vec!["Since when?".to_owned()])
    );

    let submitted = async {
        let event = line.event("INTERACTION_CREATE").await;
        assert_eq!(event["type"], 5);
        assert_eq!(
            event["data"]["components"][0]["components"][0]["value"],
            "spring"
        );
        assert_eq!(bot.answers(&event, json!({ "type": 6 })).await.0, 204);
        let follow = json!({ "content": "Thank you" });
        assert_eq!(bot.asks("POST", &bot.replies(&event), follow).await.0, 200);
    };
    tokio::join!(ann.submits_modal(&[("Since when?", "spring")]), submitted);
    assert!(ann.modal().is_none());
    assert_eq!(ann.hears().last().unwrap().content, "Thank you");
}

#[tokio::test]
async fn direct_messages_go_both_ways_and_are_edited_and_deleted() {
    let discord = DiscordStandIn::start().await;
    let (bot, mut line) = consulting(&discord).await;
    let ann = discord.person("Ann");
    let sent = ann.sends_dm("hello", &[("me.png", PICTURE)]);
    let event = line.event("MESSAGE_CREATE").await;
    assert_eq!(
        (&event["content"], &event["id"]),
        (&json!("hello"), &json!(sent.to_string()))
    );
    let url = event["attachments"][0]["url"].as_str().unwrap();
    assert_eq!(
        bot.http
            .get(url)
            .send()
            .await
            .unwrap()
            .bytes()
            .await
            .unwrap(),
        PICTURE
    );

    let open = json!({ "recipient_id": ann.id().to_string() });
    let (_, channel) = bot.asks("POST", "/users/@me/channels", open).await;
    let path = format!("/channels/{}", channel["id"].as_str().unwrap());
    assert_eq!(channel["id"], event["channel_id"]);
    assert_eq!(bot.asks("GET", &path, Value::Null).await.1["type"], 1);
    assert_eq!(
        bot.asks("POST", &format!("{path}/typing"), Value::Null)
            .await
            .0,
        204
    );
    let messages = format!("{path}/messages");
    let once = json!({ "content": "good day", "nonce": "7", "enforce_nonce": true });
    let (_, first) = bot.asks("POST", &messages, once.clone()).await;
    let (_, second) = bot.asks("POST", &messages, once).await;
    assert_eq!(
        first["id"], second["id"],
        "a nonce keeps it from being sent twice"
    );
    assert_eq!(line.event("MESSAGE_CREATE").await["author"]["bot"], true);
    let one = format!("{messages}/{}", first["id"].as_str().unwrap());
    assert_eq!(
        bot.asks("PATCH", &one, json!({ "content": "good evening" }))
            .await
            .0,
        200
    );
    assert_eq!(
        bot.asks("GET", &one, Value::Null).await.1["content"],
        "good evening"
    );
    assert!(
        ann.transcript().ends_with("[bot, edited] good evening\n"),
        "{}",
        ann.transcript()
    );
    let theirs = format!("{messages}/{sent}");
    let (status, refused) = bot.asks("PATCH", &theirs, json!({ "content": "x" })).await;
    assert_eq!((status, &refused["code"]), (403, &json!(50_005)));
    assert_eq!(bot.asks("DELETE", &one, Value::Null).await.0, 204);
    assert_eq!(line.event("MESSAGE_DELETE").await["id"], first["id"]);
    assert!(ann.hears().is_empty());
}

#[tokio::test]
async fn what_is_said_in_a_guild_is_not_read_unless_it_mentions_the_bot() {
    let discord = DiscordStandIn::start().await;
    let guild = discord.guild("Clinic");
    let (_, mut line) = consulting(&discord).await;
    let ann = discord.person("Ann");
    ann.sends(guild.place(), "a secret", &[]);
    assert_eq!(line.event("MESSAGE_CREATE").await["content"], "");
    ann.sends(
        guild.place(),
        &format!("<@{}> hi", discord.application_id()),
        &[],
    );
    assert!(
        line.event("MESSAGE_CREATE").await["content"]
            .as_str()
            .unwrap()
            .ends_with("hi")
    );
}

#[tokio::test]
async fn an_answer_after_three_seconds_is_too_late() {
    let discord = DiscordStandIn::start().await;
    let (bot, mut line) = consulting(&discord).await;
    let ann = discord.person("Ann");
    let served = async {
        let event = line.event("INTERACTION_CREATE").await;
        discord.advance(Duration::from_millis(3_100));
        bot.answers(&event, json!({ "type": 5 })).await
    };
    let (taken, (status, body)) = tokio::join!(ann.slash(Place::Direct, "consult", &[]), served);
    assert!(!taken.acknowledged());
    assert_eq!((status, &body["code"]), (404, &json!(10_062)));
}

#[tokio::test]
async fn a_reply_can_be_changed_for_fifteen_minutes_and_then_no_more() {
    let discord = DiscordStandIn::start().await;
    let (bot, mut line) = consulting(&discord).await;
    let ann = discord.person("Ann");
    let served = async {
        let event = line.event("INTERACTION_CREATE").await;
        let early = bot
            .asks("POST", &bot.replies(&event), json!({ "content": "early" }))
            .await;
        assert_eq!((early.0, &early.1["code"]), (404, &json!(10_015)));
        assert_eq!(bot.answers(&event, json!({ "type": 5 })).await.0, 204);
        event
    };
    let (_, event) = tokio::join!(ann.slash(Place::Direct, "consult", &[]), served);
    discord.advance(Duration::from_mins(14));
    let replies = bot.replies(&event);
    // The first follow-up fills the reply that was promised.
    let (_, filled) = bot
        .asks("POST", &replies, json!({ "content": "here" }))
        .await;
    assert_eq!(ann.hears().len(), 1);
    let (_, more) = bot
        .asks("POST", &replies, json!({ "content": "more" }))
        .await;
    let (_, read) = bot
        .asks("GET", &format!("{replies}/messages/@original"), Value::Null)
        .await;
    assert_eq!(
        (&read["id"], &read["content"]),
        (&filled["id"], &json!("here"))
    );
    let second = format!("{replies}/messages/{}", more["id"].as_str().unwrap());
    assert_eq!(
        bot.asks("PATCH", &second, json!({ "content": "less" }))
            .await
            .0,
        200
    );
    assert_eq!(
        bot.asks("GET", &second, Value::Null).await.1["content"],
        "less"
    );
    assert_eq!(bot.asks("DELETE", &second, Value::Null).await.0, 204);
    assert_eq!(
        bot.asks("GET", &second, Value::Null).await.1["code"],
        10_008
    );
    discord.advance(Duration::from_secs(61));
    let (status, body) = bot
        .asks("POST", &replies, json!({ "content": "late" }))
        .await;
    assert_eq!((status, &body["code"]), (401, &json!(50_027)));
}

#[tokio::test]
async fn an_old_button_can_still_be_pressed_and_a_file_stays_only_if_it_is_listed() {
    let discord = DiscordStandIn::start().await;
    let (bot, mut line) = consulting(&discord).await;
    let ann = discord.person("Ann");
    ann.sends_dm("hello", &[]);
    let channel = line.event("MESSAGE_CREATE").await["channel_id"].clone();
    let path = format!("/channels/{}/messages", channel.as_str().unwrap());
    let body = json!({ "content": "old", "components": row(&[button("Go", "1")]) });
    let (_, old) = bot.uploads("POST", &path, &body, ("a.png", b"a")).await;
    bot.asks(
        "POST",
        &path,
        json!({ "content": "new", "components": row(&[button("Go", "2")]) }),
    )
    .await;
    let old_id: u64 = old["id"].as_str().unwrap().parse().unwrap();
    let served = async {
        let event = line.event("INTERACTION_CREATE").await;
        assert_eq!(event["data"]["custom_id"], "1");
        bot.answers(&event, json!({ "type": 6 })).await
    };
    tokio::join!(ann.clicks_in(old_id, "Go"), served);
    let one = format!("{path}/{old_id}");
    let (_, kept) = bot.asks("PATCH", &one, json!({ "content": "still" })).await;
    assert_eq!(kept["attachments"][0]["filename"], "a.png");
    let (_, bare) = bot.asks("PATCH", &one, json!({ "attachments": [] })).await;
    assert_eq!(bare["attachments"], json!([]));
    assert!(ann.hears()[0].files.is_empty());
}

#[tokio::test]
async fn commands_are_remembered_and_translations_are_told_on_request() {
    let discord = DiscordStandIn::start().await;
    let bot = PlayedBot::of(&discord);
    bot.registers(consult()).await;
    let path = format!("/applications/{}/commands", discord.application_id());
    let (_, plain) = bot.asks("GET", &path, Value::Null).await;
    assert!(plain[0]["name_localizations"].is_null());
    let (_, full) = bot
        .asks(
            "GET",
            &format!("{path}?with_localizations=true"),
            Value::Null,
        )
        .await;
    assert_eq!(full[0]["name_localizations"]["ko"], "상담");
    bot.registers(consult()).await;
    let (_, after) = bot.asks("GET", &path, Value::Null).await;
    assert_eq!(
        after[0]["id"], plain[0]["id"],
        "the same command keeps its id"
    );
    assert_ne!(after[0]["version"], plain[0]["version"]);
    let guild = discord.guild("Clinic");
    let local = format!(
        "/applications/{}/guilds/{}/commands",
        discord.application_id(),
        guild.id()
    );
    let only = json!([{ "name": "here", "description": "Only here", "contexts": [0] }]);
    assert_eq!(bot.asks("PUT", &local, only).await.0, 200);
    assert_eq!(
        bot.asks("GET", &local, Value::Null).await.1[0]["name"],
        "here"
    );
    let ann = discord.person("Ann");
    assert_eq!(ann.commands(guild.place()), ["consult", "here"]);
    assert_eq!(ann.commands(Place::Direct), ["consult"]);
}

#[tokio::test]
async fn the_stand_in_itself_answers_as_the_specification_says() {
    let discord = DiscordStandIn::start().await;
    let (bot, mut line) = consulting(&discord).await;
    let ann = discord.person("Ann");
    let served = async {
        let event = line.event("INTERACTION_CREATE").await;
        bot.answers(&event, json!({ "type": 5 })).await;
        event
    };
    let (_, event) = tokio::join!(ann.slash(Place::Direct, "consult", &[]), served);
    let channel = format!("/channels/{}", event["channel_id"].as_str().unwrap());
    let messages = format!("{channel}/messages");
    let original = format!("{}/messages/@original", bot.replies(&event));
    let commands = format!("/applications/{}/commands", discord.application_id());
    let open = json!({ "recipient_id": ann.id().to_string() });
    let rich = json!({
        "content": "x", "embeds": [{ "title": "t", "image": { "url": "attachment://a.png" } }],
        "components": row(&[button("b", "1")]),
    });
    let mut flaws = Vec::new();
    for (method, path, body) in [
        ("GET", "/gateway", Value::Null),
        ("GET", "/gateway/bot", Value::Null),
        ("GET", "/users/@me", Value::Null),
        ("GET", "/users/@me/guilds", Value::Null),
        ("GET", "/applications/@me", Value::Null),
        ("GET", &commands, Value::Null),
        ("PUT", &commands, consult()),
        ("POST", "/users/@me/channels", open),
        ("GET", &channel, Value::Null),
        ("POST", &messages, json!({ "content": "x" })),
        ("POST", &messages, rich.clone()),
        ("PATCH", &original, rich),
        ("GET", &original, Value::Null),
    ] {
        let answer = if body["embeds"].is_array() {
            bot.uploads(method, path, &body, ("a.png", PICTURE)).await
        } else {
            bot.asks(method, path, body).await
        };
        for flaw in discord.flaws((method, path), &answer) {
            flaws.push(format!("{method} {path} {}: {flaw}", answer.0));
        }
    }
    assert!(flaws.is_empty(), "{}", flaws.join("\n"));
}
