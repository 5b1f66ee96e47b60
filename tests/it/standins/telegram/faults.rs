//! Planned faults: what the bot sees, and what took effect all the same.

use std::time::Duration;

use serde_json::{Value, json};

use super::{BareBot, anna, picture};
use crate::support::telegram::{Fault, Lasting, On, Outcome, TelegramStandIn};

fn hello() -> Value {
    json!({ "chat_id": 7, "text": "hello" })
}

#[tokio::test]
async fn refusals_come_as_often_as_planned_and_nothing_takes_effect() {
    let telegram = TelegramStandIn::start().await;
    let (bot, anna) = (BareBot::of(&telegram), anna(&telegram));
    let once = Lasting::Times(1);
    telegram.fail(
        On::Method("sendMessage"),
        once,
        Fault::TooMany { retry_after: 3 },
    );
    bot.does("getMe", json!({})).await;
    let (status, answer) = bot.calls("sendMessage", hello()).await;
    assert_eq!(status, 429);
    assert_eq!(answer["parameters"]["retry_after"], 3);
    assert_eq!(answer["description"], "Too Many Requests: retry after 3");
    telegram.fail(On::AnyMethod, once, Fault::Refuse400("no".to_owned()));
    assert_eq!(
        bot.is_refused("sendMessage", hello()).await,
        "Bad Request: no"
    );
    telegram.fail(On::AnyMethod, once, Fault::NotOkJson);
    let (status, answer) = bot.calls("sendMessage", hello()).await;
    assert_eq!((status, answer["ok"].is_boolean()), (200, false));
    telegram.fail(On::AnyMethod, once, Fault::Status(502));
    assert!(bot.tries("sendMessage", &hello()).await.is_err());
    assert_eq!(anna.newest(), None);
    bot.does("sendMessage", hello()).await;
    let outcomes: Vec<Outcome> = telegram
        .calls_of("sendMessage")
        .iter()
        .map(|call| call.outcome)
        .collect();
    assert_eq!(outcomes, [429, 400, 200, 502, 200].map(Outcome::Answered));
    telegram.clear_calls();
    assert!(telegram.calls().is_empty());
}

#[tokio::test]
async fn a_fault_that_lasts_ends_when_the_test_says_so() {
    let telegram = TelegramStandIn::start().await;
    let bot = BareBot::of(&telegram);
    let long = Lasting::During(Duration::from_mins(10));
    telegram.fail(On::AnyMethod, long, Fault::Status(500));
    for _ in 0..3 {
        assert!(bot.tries("getMe", &json!({})).await.is_err());
    }
    telegram.recover();
    bot.does("getMe", json!({})).await;
}

#[tokio::test]
async fn a_lost_answer_and_a_cut_one_take_effect() {
    let telegram = TelegramStandIn::start().await;
    let (bot, anna) = (BareBot::of(&telegram), anna(&telegram));
    for fault in [Fault::LoseAnswer, Fault::CutInBody] {
        telegram.fail(On::Method("sendMessage"), Lasting::Times(1), fault);
        assert!(bot.tries("sendMessage", &hello()).await.is_err());
    }
    assert_eq!(anna.transcript(), "> /start\n\nhello\n\nhello");
    let calls = telegram.calls_of("sendMessage");
    assert!(calls.iter().all(|call| call.outcome == Outcome::Lost));
    assert!(calls[0].at < calls[1].at);
}

#[tokio::test]
async fn a_call_that_hangs_is_carried_out_afterwards() {
    let telegram = TelegramStandIn::start().await;
    let (bot, anna) = (BareBot::of(&telegram), anna(&telegram));
    let while_hanging = Fault::Hang(Duration::from_millis(50));
    telegram.fail(On::AnyMethod, Lasting::Times(1), while_hanging);
    let sending = async {
        bot.does("sendMessage", hello()).await;
    };
    let looking = telegram.until_some("the call is open", |telegram| {
        let call = telegram.calls_of("sendMessage").pop()?;
        (call.outcome == Outcome::Open).then(|| anna.newest())
    });
    let ((), seen_meanwhile) = tokio::join!(sending, looking);
    assert_eq!(seen_meanwhile, None);
    assert!(anna.newest().is_some());
}

#[tokio::test]
async fn downloads_fail_twice_and_then_work() {
    let telegram = TelegramStandIn::start().await;
    let (bot, anna) = (BareBot::of(&telegram), anna(&telegram));
    let photo = picture(300);
    anna.sends_photo(photo.clone());
    let updates = bot.updates(-1).await;
    let sizes = updates[0]["message"]["photo"].as_array().expect("sizes");
    let largest = sizes.last().expect("one at least")["file_id"].clone();
    let file = bot.does("getFile", json!({ "file_id": largest })).await;
    let path = file["file_path"].as_str().expect("a path");
    let address = format!("{}/file/bot{}/{path}", bot.base, bot.token);
    telegram.fail(On::Download, Lasting::Times(1), Fault::CutInBody);
    telegram.fail(On::Download, Lasting::Times(1), Fault::Status(503));
    let fetch = async || bot.http.get(&address).send().await.expect("an answer");
    assert!(fetch().await.bytes().await.is_err());
    assert_eq!(fetch().await.status(), 503);
    assert_eq!(fetch().await.bytes().await.expect("a body"), photo);
}
