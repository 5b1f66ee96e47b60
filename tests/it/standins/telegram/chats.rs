//! What persons do, what they see, and what the bot can do with it.

use reqwest::multipart::{Form, Part};
use serde_json::{Value, json};

use super::{BareBot, anna, ids, one_button, picture};
use crate::support::telegram::{
    Author, Manner, NothingToPress, Notice, Seen, SeenButton, SeenFile, SeenMessage,
    TelegramStandIn,
};

#[tokio::test]
async fn a_person_sees_plain_text_and_buttons_as_they_stand_now() {
    let telegram = TelegramStandIn::start().await;
    let (bot, anna) = (BareBot::of(&telegram), anna(&telegram));
    let sent = json!({
        "chat_id": anna.id(),
        "text": "<b>1 &lt; 2</b> &amp; 두피\n",
        "parse_mode": "HTML",
        "reply_markup": one_button("네", "yes"),
    });
    let sent = bot.does("sendMessage", sent).await;
    assert_eq!(
        sent["entities"][0],
        json!({ "type": "bold", "offset": 0, "length": 5 })
    );
    let button = |label: &str, data: &str| SeenButton {
        label: label.to_owned(),
        data: Some(data.to_owned()),
        url: None,
    };
    let mut expected = SeenMessage {
        message_id: sent["message_id"].as_i64().expect("it has an id"),
        author: Author::Bot,
        text: Some("1 < 2 & 두피".to_owned()),
        caption: None,
        photo: None,
        document: None,
        is_sticker: false,
        buttons: vec![vec![button("네", "yes")]],
        thread: None,
        replies_to: None,
    };
    assert_eq!(anna.newest(), Some(expected.clone()));
    let edit = json!({
        "chat_id": anna.id(),
        "message_id": expected.message_id,
        "text": "done",
    });
    bot.does("editMessageText", edit).await;
    expected.text = Some("done".to_owned());
    expected.buttons.clear();
    assert_eq!(anna.sees().last(), Some(&Seen::Message(expected)));
}

#[tokio::test]
async fn a_press_is_answered_once_and_its_notice_is_seen() {
    let telegram = TelegramStandIn::start().await;
    let (bot, anna) = (BareBot::of(&telegram), anna(&telegram));
    assert_eq!(anna.presses("네"), Err(NothingToPress));
    let markup = one_button("네", "yes");
    let sent = json!({ "chat_id": anna.id(), "text": "?", "reply_markup": markup });
    let sent = bot.does("sendMessage", sent).await;
    let twice = anna.taps_twice("네").expect("the button is there");
    let stale = anna
        .presses_data(sent["message_id"].as_i64().expect("it has an id"), "old")
        .expect("the message is there");
    assert_eq!(telegram.unanswered().len(), 3);
    let shown = json!({ "callback_query_id": twice[0], "text": "저장했어요", "show_alert": true });
    bot.does("answerCallbackQuery", shown).await;
    assert_eq!(telegram.unanswered().len(), 2);
    for id in [&twice[1], &stale] {
        let quiet = json!({ "callback_query_id": id });
        bot.does("answerCallbackQuery", quiet).await;
        assert!(
            bot.is_refused("answerCallbackQuery", json!({ "callback_query_id": id }))
                .await
                .ends_with("query is too old and response timeout expired or query ID is invalid")
        );
    }
    let notice = Notice {
        text: "저장했어요".to_owned(),
        manner: Manner::Alert,
    };
    assert_eq!(anna.sees().last(), Some(&Seen::Notice(notice)));
    assert_eq!(
        anna.transcript(),
        "> /start\n\n?\n[네]\n\n(alert) 저장했어요"
    );
    let updates = bot.updates(0).await;
    let pressed = &updates[3]["callback_query"];
    assert_eq!(pressed["data"], "old");
    assert_eq!(pressed["message"]["text"], "?");
    assert_eq!(pressed["from"]["id"], anna.id());
}

#[tokio::test]
async fn photos_albums_and_files_arrive_byte_for_byte() {
    let telegram = TelegramStandIn::start().await;
    let (bot, anna) = (BareBot::of(&telegram), anna(&telegram));
    let (large, other) = (picture(400), picture(120));
    anna.sends_photo(large.clone());
    anna.sends_file("scalp.png", "image/png", other.clone());
    anna.sends_album([large.clone(), other.clone()]);
    anna.sends_sticker();
    let updates = bot.updates(0).await;
    let sizes = updates[1]["message"]["photo"].as_array().expect("sizes");
    let widths: Vec<i64> = sizes
        .iter()
        .filter_map(|size| size["width"].as_i64())
        .collect();
    assert_eq!(widths, [90, 320, 400]);
    assert_eq!(fetched(&bot, sizes.last().expect("one")).await, large);
    assert_ne!(fetched(&bot, &sizes[0]).await, large);
    assert_eq!(
        fetched(&bot, &updates[2]["message"]["document"]).await,
        other
    );
    assert_eq!(updates[2]["message"]["document"]["mime_type"], "image/png");
    let album = |place: usize| updates[place]["message"]["media_group_id"].clone();
    assert!(album(3).is_string());
    assert_eq!(album(3), album(4));
    assert_eq!(updates[5]["message"]["sticker"]["type"], "regular");
}

async fn fetched(bot: &BareBot, meta: &Value) -> Vec<u8> {
    let file = bot
        .does("getFile", json!({ "file_id": meta["file_id"] }))
        .await;
    let path = file["file_path"]
        .as_str()
        .expect("a path")
        .replace('/', "%2F");
    let address = format!("{}/file/bot{}/{path}", bot.base, bot.token);
    let answer = bot.http.get(address).send().await.expect("an answer");
    answer.bytes().await.expect("a body").to_vec()
}

#[tokio::test]
async fn the_bot_sends_photos_files_and_albums_and_changes_them() {
    let telegram = TelegramStandIn::start().await;
    let (bot, anna) = (BareBot::of(&telegram), anna(&telegram));
    let (card, other) = (picture(50), picture(60));
    let form = |field: &str| {
        Form::new()
            .text("chat_id", anna.id().to_string())
            .text(field.to_owned(), "attach://part")
            .part("part", Part::bytes(card.clone()).file_name("card.png"))
    };
    let (status, answer) = bot
        .uploads("SENDPHOTO", form("photo").text("caption", "before"))
        .await;
    assert_eq!(status, 200, "{answer}");
    let place = json!({ "chat_id": anna.id(), "message_id": answer["result"]["message_id"] });
    let with = |field: &str, value: Value| {
        let mut fields = place.clone();
        fields[field] = value;
        fields
    };
    bot.does("editMessageCaption", with("caption", "after".into()))
        .await;
    let markup = with("reply_markup", one_button("A", "a"));
    bot.does("editMessageReplyMarkup", markup).await;
    let seen = anna.newest().expect("the photo is there");
    assert_eq!(seen.caption.as_deref(), Some("after"));
    assert_eq!(seen.photo.as_deref(), Some(card.as_slice()));
    assert_eq!(seen.buttons[0][0].label, "A");
    let media = json!({ "type": "photo", "media": "attach://new", "caption": "swapped" });
    let form_of_edit = Form::new()
        .text("chat_id", anna.id().to_string())
        .text("message_id", seen.message_id.to_string())
        .text("media", media.to_string())
        .part("new", Part::bytes(other.clone()).file_name("new.png"));
    assert_eq!(bot.uploads("editMessageMedia", form_of_edit).await.0, 200);
    let seen = anna.newest().expect("the photo is there");
    assert_eq!(seen.photo.as_deref(), Some(other.as_slice()));
    assert_eq!(bot.uploads("sendDocument", form("document")).await.0, 200);
    let file = SeenFile {
        name: "card.png".to_owned(),
        bytes: card.clone().into(),
    };
    assert_eq!(anna.newest().and_then(|seen| seen.document), Some(file));
    let known = bot.does("sendPhoto", with_photo(&place, &answer)).await;
    let album = json!([
        { "type": "photo", "media": known["photo"][0]["file_id"] },
        { "type": "photo", "media": known["photo"][0]["file_id"] },
    ]);
    let album = json!({ "chat_id": anna.id(), "media": album });
    let album = bot.does("sendMediaGroup", album).await;
    assert_eq!(album[0]["media_group_id"], album[1]["media_group_id"]);
    bot.does("deleteMessage", place).await;
    let uploaded = telegram.calls_of("sendPhoto");
    assert_eq!(uploaded[0].files[0].bytes, card);
    assert_eq!(uploaded[0].files[0].name, "card.png");
    assert!(uploaded[0].files[0].mime.is_none());
    assert_eq!(uploaded[0].params["chat_id"], anna.id());
    assert_eq!(uploaded[0].answer["ok"], true);
}

fn with_photo(place: &Value, sent: &Value) -> Value {
    json!({ "chat_id": place["chat_id"], "photo": sent["result"]["photo"][0]["file_id"] })
}

#[tokio::test]
async fn the_profile_is_kept_by_scope_and_language() {
    let telegram = TelegramStandIn::start().await;
    let bot = BareBot::of(&telegram);
    let commands = json!([{ "command": "consult", "description": "두피 상담" }]);
    let scope = json!({ "type": "all_private_chats" });
    let korean = json!({ "scope": scope, "language_code": "ko" });
    let mut set = korean.clone();
    set["commands"] = commands.clone();
    bot.does("setMyCommands", set).await;
    assert_eq!(bot.does("getMyCommands", korean.clone()).await, commands);
    assert_eq!(bot.does("getMyCommands", json!({})).await, json!([]));
    bot.does("deleteMyCommands", korean.clone()).await;
    assert_eq!(bot.does("getMyCommands", korean).await, json!([]));
    for (what, field) in [
        ("Description", "description"),
        ("ShortDescription", "short_description"),
        ("Name", "name"),
    ] {
        bot.does(&format!("setMy{what}"), json!({ field: "Dupi!" }))
            .await;
        let korean = json!({ field: "두피", "language_code": "ko" });
        bot.does(&format!("setMy{what}"), korean).await;
        let get = format!("getMy{what}");
        assert_eq!(
            bot.does(&get, json!({ "language_code": "ko" })).await[field],
            "두피"
        );
        assert_eq!(
            bot.does(&get, json!({ "language_code": "de" })).await[field],
            "Dupi!"
        );
    }
    let button = json!({ "menu_button": { "type": "default" } });
    bot.does("setChatMenuButton", button).await;
    assert_eq!(
        bot.does("getChatMenuButton", json!({})).await["type"],
        "default"
    );
}

#[tokio::test]
async fn groups_topics_and_the_move_to_a_supergroup_are_played() {
    let telegram = TelegramStandIn::start().await;
    let (bot, anna) = (BareBot::of(&telegram), anna(&telegram));
    let group = telegram.group(-20, "Hair");
    anna.says_in(&group, "/start@dupi_stand_in_bot");
    let markup = one_button("A", "a");
    let sent = json!({ "chat_id": group.id(), "text": "hi", "reply_markup": markup });
    bot.does("sendMessage", sent).await;
    anna.presses_in(&group, "A").expect("the button is there");
    let updates = bot.updates(0).await;
    assert_eq!(updates[1]["message"]["chat"]["type"], "group");
    assert_eq!(updates[2]["callback_query"]["message"]["chat"]["id"], -20);
    let forum = telegram.forum(-30, "Topics");
    anna.says_in_topic(&forum, 5, "hello");
    let sent = json!({ "chat_id": forum.id(), "message_thread_id": 5, "text": "hi" });
    bot.does("sendMessage", sent).await;
    assert_eq!(forum.newest().and_then(|seen| seen.thread), Some(5));
    assert_eq!(forum.sees().len(), 2);
    let moved = group.migrates_to_supergroup(-40);
    let (status, answer) = bot
        .calls(
            "sendMessage",
            json!({ "chat_id": group.id(), "text": "hi" }),
        )
        .await;
    assert_eq!(status, 400);
    assert_eq!(answer["parameters"]["migrate_to_chat_id"], moved.id());
    bot.says(moved.id(), "hi again").await;
    let updates = bot.updates(ids(&updates)[2] + 1).await;
    assert_eq!(updates[1]["message"]["migrate_to_chat_id"], -40);
    assert_eq!(updates[2]["message"]["migrate_from_chat_id"], -20);
}
