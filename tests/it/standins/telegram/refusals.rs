//! What Telegram refuses, in its own words.

use reqwest::multipart::{Form, Part};
use serde_json::{Value, json};

use super::{BareBot, anna, one_button, picture};
use crate::support::telegram::TelegramStandIn;

async fn refused(method: &str, fields: Value) -> String {
    let telegram = TelegramStandIn::start().await;
    let bot = BareBot::of(&telegram);
    anna(&telegram);
    let why = bot.is_refused(method, fields).await;
    telegram.take_violations();
    why
}

async fn refused_text(text: &str, parse_mode: &str) -> String {
    let fields = json!({ "chat_id": 7, "text": text, "parse_mode": parse_mode });
    refused("sendMessage", fields).await
}

async fn refused_button(button: Value) -> String {
    let markup = json!({ "inline_keyboard": [[button]] });
    let fields = json!({ "chat_id": 7, "text": "?", "reply_markup": markup });
    refused("sendMessage", fields).await
}

#[tokio::test]
async fn text_is_measured_in_utf16_units_after_its_entities_are_parsed() {
    let telegram = TelegramStandIn::start().await;
    let bot = BareBot::of(&telegram);
    anna(&telegram);
    // Two units each, and the tags do not count.
    let fits = format!("<b>{}</b>", "🙂".repeat(2048));
    let fields = json!({ "chat_id": 7, "text": fits, "parse_mode": "HTML" });
    bot.does("sendMessage", fields).await;
    let long = format!("{}a", "🙂".repeat(2048));
    assert_eq!(
        refused_text(&long, "HTML").await,
        "Bad Request: message is too long"
    );
    assert_eq!(
        refused_text(" \n", "").await,
        "Bad Request: message text is empty"
    );
    assert_eq!(
        refused_text("<b> </b>", "HTML").await,
        "Bad Request: message text is empty"
    );
}

#[tokio::test]
async fn html_that_does_not_parse_is_refused_with_its_place() {
    for (text, why) in [
        (
            "<b>x",
            "Can't find end tag corresponding to start tag \"b\"",
        ),
        ("가<p>x</p>", "Unsupported start tag \"p\" at byte offset 3"),
        ("1 < 2", "Unclosed start tag at byte offset 2"),
        ("x</b>", "Unexpected end tag at byte offset 1"),
        (
            "<b><i>x</b></i>",
            "Unmatched end tag at byte offset 7, expected \"</i>\", found \"</b>\"",
        ),
    ] {
        let expected = format!("Bad Request: can't parse entities: {why}");
        assert_eq!(refused_text(text, "HTML").await, expected);
    }
}

#[tokio::test]
async fn buttons_without_text_action_or_short_data_are_refused() {
    let long = refused_button(json!({ "text": "A", "callback_data": "가".repeat(22) })).await;
    assert_eq!(long, "Bad Request: BUTTON_DATA_INVALID");
    let idle = refused_button(json!({ "text": "A" })).await;
    assert_eq!(
        idle,
        "Bad Request: can't parse inline keyboard button: Text buttons are unallowed in the \
         inline keyboard"
    );
    let blank = refused_button(json!({ "text": " ", "callback_data": "a" })).await;
    assert!(blank.starts_with("Bad Request: can't parse inline keyboard button"));
    let nowhere = refused_button(json!({ "text": "A", "url": "nowhere" })).await;
    assert_eq!(nowhere, "Bad Request: BUTTON_URL_INVALID");
}

#[tokio::test]
async fn what_is_not_there_cannot_be_edited_deleted_answered_or_replied_to() {
    let edit = json!({ "chat_id": 7, "message_id": 9, "text": "x" });
    assert_eq!(
        refused("editMessageText", edit).await,
        "Bad Request: message to edit not found"
    );
    let delete = json!({ "chat_id": 7, "message_id": 9 });
    assert_eq!(
        refused("deleteMessage", delete).await,
        "Bad Request: message to delete not found"
    );
    let reply = json!({ "chat_id": 7, "text": "x", "reply_parameters": { "message_id": 9 } });
    assert_eq!(
        refused("sendMessage", reply).await,
        "Bad Request: message to be replied not found"
    );
    let answer = json!({ "callback_query_id": "9" });
    assert_eq!(
        refused("answerCallbackQuery", answer).await,
        "Bad Request: query is too old and response timeout expired or query ID is invalid"
    );
    let stranger = json!({ "chat_id": 8, "text": "x" });
    assert_eq!(
        refused("sendMessage", stranger).await,
        "Bad Request: chat not found"
    );
    let topic = json!({ "chat_id": 7, "text": "x", "message_thread_id": 3 });
    assert_eq!(
        refused("sendMessage", topic).await,
        "Bad Request: message thread not found"
    );
    let file = json!({ "file_id": "none" });
    assert_eq!(
        refused("getFile", file).await,
        "Bad Request: invalid file_id"
    );
}

#[tokio::test]
async fn an_edit_must_change_something_of_the_bots_own() {
    let telegram = TelegramStandIn::start().await;
    let (bot, anna) = (BareBot::of(&telegram), anna(&telegram));
    let markup = one_button("A", "a");
    let sent = json!({ "chat_id": 7, "text": "same", "reply_markup": markup });
    let sent = bot.does("sendMessage", sent.clone()).await;
    let same = json!({
        "chat_id": 7,
        "message_id": sent["message_id"],
        "text": "<i></i>same ",
        "parse_mode": "HTML",
        "reply_markup": markup,
    });
    assert_eq!(
        bot.is_refused("editMessageText", same).await,
        "Bad Request: message is not modified: specified new message content and reply markup \
         are exactly the same as a current content and reply markup of the message"
    );
    let caption = json!({ "chat_id": 7, "message_id": sent["message_id"], "caption": "x" });
    assert_eq!(
        bot.is_refused("editMessageCaption", caption).await,
        "Bad Request: there is no caption in the message to edit"
    );
    let hers = anna.says("mine");
    let foreign = json!({ "chat_id": 7, "message_id": hers, "text": "x" });
    assert_eq!(
        bot.is_refused("editMessageText", foreign).await,
        "Bad Request: message can't be edited"
    );
    anna.edits_message(hers, "mine, better");
    let updates = bot.updates(-1).await;
    assert_eq!(updates[0]["edited_message"]["text"], "mine, better");
}

#[tokio::test]
async fn photos_must_be_pictures_of_at_most_ten_megabytes() {
    let telegram = TelegramStandIn::start().await;
    let bot = BareBot::of(&telegram);
    anna(&telegram);
    let photo = |bytes: Vec<u8>| {
        Form::new()
            .text("chat_id", "7")
            .part("photo", Part::bytes(bytes).file_name("a.png"))
    };
    assert_eq!(bot.uploads("sendPhoto", photo(picture(30))).await.0, 200);
    let (_, answer) = bot.uploads("sendPhoto", photo(b"text".to_vec())).await;
    assert_eq!(answer["description"], "Bad Request: IMAGE_PROCESS_FAILED");
    let (_, answer) = bot.uploads("sendPhoto", photo(vec![0; 10_485_761])).await;
    assert_eq!(
        answer["description"],
        "Bad Request: file of size 10485761 bytes is too big for a photo; the maximum size is \
         10485760 bytes"
    );
    let caption = photo(picture(30)).text("caption", "가".repeat(1025));
    let (_, answer) = bot.uploads("sendPhoto", caption).await;
    assert_eq!(
        answer["description"],
        "Bad Request: message caption is too long"
    );
    assert_eq!(telegram.take_violations().len(), 1);
}

#[tokio::test]
async fn who_blocked_the_bot_or_left_is_out_of_its_reach() {
    let telegram = TelegramStandIn::start().await;
    let (bot, anna) = (BareBot::of(&telegram), anna(&telegram));
    let hello = json!({ "chat_id": 7, "text": "hello" });
    anna.blocks();
    let (status, answer) = bot.calls("sendMessage", hello.clone()).await;
    assert_eq!(status, 403);
    assert_eq!(
        answer["description"],
        "Forbidden: bot was blocked by the user"
    );
    anna.unblocks();
    bot.does("sendMessage", hello.clone()).await;
    let updates = bot.updates(0).await;
    let statuses: Vec<&Value> = updates[1..]
        .iter()
        .map(|update| &update["my_chat_member"]["new_chat_member"]["status"])
        .collect();
    assert_eq!(statuses, ["kicked", "member"]);
    let group = telegram.group(-20, "Hair");
    group.throws_bot_out(&anna);
    assert_eq!(
        bot.is_refused("sendMessage", json!({ "chat_id": -20, "text": "x" }))
            .await,
        "Forbidden: bot was kicked from the group chat"
    );
    group.takes_bot_in(&anna);
    bot.says(-20, "thanks").await;
    bot.does("leaveChat", json!({ "chat_id": -20 })).await;
    assert_eq!(
        group.newest().and_then(|seen| seen.text).as_deref(),
        Some("thanks")
    );
    anna.deactivates();
    assert_eq!(
        bot.is_refused("sendMessage", hello).await,
        "Forbidden: user is deactivated"
    );
}

#[tokio::test]
async fn wrong_tokens_and_unknown_methods_are_refused() {
    let telegram = TelegramStandIn::start().await;
    let mut bot = BareBot::of(&telegram);
    assert_eq!(
        bot.is_refused("getMoney", json!({})).await,
        "Not Found: method not found"
    );
    assert!(!telegram.take_violations().is_empty());
    bot.token = "1:wrong".to_owned();
    let (status, answer) = bot.calls("getMe", json!({})).await;
    assert_eq!(
        (status, &answer["description"]),
        (401, &"Unauthorized".into())
    );
    bot.token = telegram.token().to_owned();
    bot.does("getMe", json!({})).await;
    telegram.revoke_token();
    assert_eq!(bot.is_refused("getMe", json!({})).await, "Unauthorized");
}
