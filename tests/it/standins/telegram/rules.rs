//! Broken rules of the Bot API are found, whether Telegram would have refused or not.

use reqwest::multipart::{Form, Part};
use serde_json::{Value, json};

use super::{BareBot, anna, picture};
use crate::support::telegram::TelegramStandIn;

async fn violations(method: &str, fields: Value) -> Vec<String> {
    let telegram = TelegramStandIn::start().await;
    let bot = BareBot::of(&telegram);
    anna(&telegram);
    bot.calls(method, fields).await;
    telegram.take_violations()
}

async fn button(button: Value) -> Vec<String> {
    let markup = json!({ "inline_keyboard": [[button]] });
    let fields = json!({ "chat_id": 7, "text": "?", "reply_markup": markup });
    violations("sendMessage", fields).await
}

#[tokio::test]
async fn limits_that_stand_in_words_only_are_checked() {
    let long = |count: usize| "가".repeat(count);
    let command =
        |name: &str, text: &str| json!({ "commands": [{ "command": name, "description": text }] });
    let link = |payload: &str| format!("see https://t.me/dupi_bot?start={payload} now");
    for (method, fields, expected) in [
        (
            "sendMessage",
            json!({ "chat_id": 7, "text": long(4097) }),
            "text has 4097 UTF-16 units, 1 to 4096 are allowed",
        ),
        (
            "answerCallbackQuery",
            json!({ "callback_query_id": "1", "text": long(201) }),
            "text has 201 characters, 200 are allowed",
        ),
        (
            "setMyDescription",
            json!({ "description": long(513) }),
            "description has 513 characters, 512 are allowed",
        ),
        (
            "setMyShortDescription",
            json!({ "short_description": long(121) }),
            "short_description has 121 characters, 120 are allowed",
        ),
        (
            "setMyCommands",
            command("Consult", "x"),
            "`Consult` is no name for a command",
        ),
        (
            "setMyCommands",
            command("consult", ""),
            "the description of `consult` has 0 characters, 1 to 256 are allowed",
        ),
        (
            "getUpdates",
            json!({ "limit": 101 }),
            "limit is 101, 1 to 100 are allowed",
        ),
        (
            "setWebhook",
            json!({ "url": "https://a.example", "secret_token": "no space" }),
            "secret_token is not 1 to 256 of A-Z, a-z, 0-9, _ and -",
        ),
        (
            "sendMessage",
            json!({ "chat_id": 7, "text": link("a.b") }),
            "`a.b` cannot be the payload of a deep link",
        ),
    ] {
        let found = violations(method, fields).await;
        assert_eq!(found, [format!("{method}: {expected}")]);
    }
    let fits = json!({ "chat_id": 7, "text": link("a_B-9") });
    assert!(violations("sendMessage", fits).await.is_empty());
    let data = button(json!({ "text": "A", "callback_data": "a".repeat(65) })).await;
    assert!(data[0].ends_with("has 65 bytes, 1 to 64 are allowed"));
    let both = button(json!({ "text": "A", "callback_data": "a", "url": "https://a.b" })).await;
    assert!(both[0].ends_with("has 2 actions instead of one"));
}

#[tokio::test]
async fn requests_are_held_against_the_official_description_where_it_is_at_hand() {
    if !TelegramStandIn::has_specification() {
        println!("the description of the Bot API is not at hand: not run");
        return;
    }
    let message = |field: &str, value: Value| {
        let mut fields = json!({ "chat_id": 7, "text": "x" });
        fields[field] = value;
        fields
    };
    let keyboard =
        |keyboard: Value| message("reply_markup", json!({ "inline_keyboard": keyboard }));
    for (method, fields, expected) in [
        (
            "sendMessage",
            message("colour", "red".into()),
            "colour is unknown",
        ),
        ("sendMessage", json!({ "chat_id": 7 }), "text is missing"),
        (
            "sendMessage",
            message("text", 5.into()),
            "text is no String",
        ),
        (
            "sendMessage",
            message("disable_notification", "yes".into()),
            "disable_notification is no Boolean",
        ),
        (
            "sendMessage",
            message("message_thread_id", Value::Null),
            "message_thread_id is no Integer",
        ),
        (
            "sendMessage",
            keyboard(json!([{ "text": "A", "url": "https://a.b" }])),
            "reply_markup.inline_keyboard[0] is no array",
        ),
        (
            "sendMessage",
            keyboard(json!([[{ "text": "A", "url": "https://a.b", "color": 1 }]])),
            "reply_markup.inline_keyboard[0][0].color is unknown",
        ),
        (
            "setMyCommands",
            json!({ "commands": [], "scope": { "type": "chat" } }),
            "scope.chat_id is missing",
        ),
        (
            "setMyCommands",
            json!({ "commands": [], "scope": { "type": "everybody" } }),
            "scope.type is not default",
        ),
        (
            "setMyCommands",
            json!({ "commands": [{ "command": "a", "description": "b", "emoji": "c" }] }),
            "commands[0].emoji is unknown",
        ),
        (
            "getUpdates",
            json!({ "allowed_updates": ["message", 5] }),
            "allowed_updates[1] is no String",
        ),
    ] {
        let found = violations(method, fields).await;
        let expected = format!("{method}: {expected}");
        assert!(found.contains(&expected), "{expected} is not in {found:?}");
    }
}

#[tokio::test]
async fn forms_are_held_against_it_too() {
    if !TelegramStandIn::has_specification() {
        println!("the description of the Bot API is not at hand: not run");
        return;
    }
    let telegram = TelegramStandIn::start().await;
    let bot = BareBot::of(&telegram);
    anna(&telegram);
    let file = || Part::bytes(picture(30)).file_name("a.png");
    let fits = Form::new()
        .text("chat_id", "7")
        .text("photo", "attach://here")
        .text("has_spoiler", "true")
        .text("reply_markup", super::one_button("A", "a").to_string())
        .part("here", file());
    assert_eq!(bot.uploads("sendPhoto", fits).await.0, 200);
    assert_eq!(telegram.take_violations(), [] as [String; 0]);
    let broken = Form::new()
        .text("chat_id", "7")
        .text("photo", "attach://gone")
        .text("has_spoiler", "perhaps")
        .text(
            "reply_markup",
            r#"{"inline_keyboard":[[{"callback_data":"a"}]]}"#,
        )
        .part("left", file());
    bot.uploads("sendPhoto", broken).await;
    let found = telegram.take_violations();
    for expected in [
        "sendPhoto: has_spoiler is no Boolean",
        "sendPhoto: reply_markup.inline_keyboard[0][0].text is missing",
        "sendPhoto: attach://gone has no part in the form",
        "sendPhoto: nothing means the file left",
    ] {
        let is_found = found.iter().any(|violation| violation == expected);
        assert!(is_found, "{expected} is not in {found:?}");
    }
}

#[tokio::test]
async fn what_the_stand_in_itself_says_is_as_described() {
    let telegram = TelegramStandIn::start().await;
    let (bot, anna) = (BareBot::of(&telegram), anna(&telegram));
    anna.sends_photo_saying(picture(400), "here");
    anna.sends_file("a.png", "image/png", picture(30));
    anna.sends_album([picture(30)]);
    anna.sends_sticker();
    anna.edits_message(anna.says("ok"), "okay");
    let markup = super::one_button("A", "a");
    let sent = json!({ "chat_id": 7, "text": "?", "reply_markup": markup });
    let sent = bot.does("sendMessage", sent).await;
    let reply = json!({ "message_id": sent["message_id"] });
    let reply = json!({ "chat_id": 7, "text": "!", "reply_parameters": reply });
    let reply = bot.does("sendMessage", reply).await;
    assert_eq!(reply["reply_to_message"]["text"], "?");
    anna.presses("A").expect("the button is there");
    anna.blocks();
    anna.says("back again");
    let group = telegram.group(-20, "Hair");
    group.migrates_to_supergroup(-40);
    anna.says_in_topic(&telegram.forum(-30, "Topics"), 5, "hello");
    let updates = bot.updates(0).await;
    assert_eq!(updates.len(), 14);
    assert_eq!(updates[1]["message"]["caption"], "here");
    assert_eq!(
        updates[9]["my_chat_member"]["new_chat_member"]["status"],
        "member"
    );
    let mut said: Vec<(&str, Value)> = updates.into_iter().map(|said| ("Update", said)).collect();
    said.extend([("Message", sent), ("Message", reply)]);
    for (kind, method) in [
        ("User", "getMe"),
        ("WebhookInfo", "getWebhookInfo"),
        ("BotDescription", "getMyDescription"),
        ("BotShortDescription", "getMyShortDescription"),
        ("BotName", "getMyName"),
        ("MenuButton", "getChatMenuButton"),
    ] {
        said.push((kind, bot.does(method, json!({})).await));
    }
    let chat = bot.does("getChat", json!({ "chat_id": 7 })).await;
    said.push(("ChatFullInfo", chat));
    for (kind, value) in said {
        let misfits = TelegramStandIn::misfits(kind, &value);
        assert_eq!(misfits, [] as [String; 0], "{value}");
    }
    if TelegramStandIn::has_specification() {
        assert!(!TelegramStandIn::misfits("User", &json!({ "id": "7" })).is_empty());
    }
}

#[tokio::test]
#[should_panic(expected = "the bot broke the rules of the Bot API")]
async fn a_violation_that_nobody_took_fails_the_test() {
    let telegram = TelegramStandIn::start().await;
    let bot = BareBot::of(&telegram);
    bot.calls("setMyName", json!({ "name": "x".repeat(65) }))
        .await;
    assert_eq!(telegram.violations().len(), 1);
}
