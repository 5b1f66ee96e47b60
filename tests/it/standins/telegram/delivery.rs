//! How updates reach the bot: by polling and by webhook.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use super::{BareBot, anna, ids, one_button};
use crate::support::telegram::{Fault, Lasting, On, TelegramStandIn};

#[tokio::test]
async fn unconfirmed_updates_come_again_and_confirmed_ones_do_not() {
    let telegram = TelegramStandIn::start().await;
    let (bot, anna) = (BareBot::of(&telegram), anna(&telegram));
    anna.says("hello");
    let first = bot.updates(0).await;
    assert_eq!(first.len(), 2);
    assert_eq!(first[0]["message"]["entities"][0]["type"], "bot_command");
    assert_eq!(first[0]["message"]["entities"][0]["length"], 6);
    assert_eq!(first[0]["message"]["from"]["language_code"], "ko");
    assert_eq!(bot.updates(0).await, first);
    let second = bot.updates(ids(&first)[1]).await;
    assert_eq!(second, first[1..]);
    assert_eq!(telegram.waiting_updates(), 1);
    assert_eq!(bot.updates(ids(&first)[1] + 1).await, [] as [Value; 0]);
    assert_eq!(telegram.waiting_updates(), 0);
}

#[tokio::test]
async fn a_limit_and_a_negative_offset_are_kept() {
    let telegram = TelegramStandIn::start().await;
    let (bot, anna) = (BareBot::of(&telegram), anna(&telegram));
    anna.says("one");
    anna.says("two");
    let limited = bot.does("getUpdates", json!({ "limit": 1 })).await;
    assert_eq!(limited.as_array().map(Vec::len), Some(1));
    let last = bot.updates(-1).await;
    assert_eq!(last[0]["message"]["text"], "two");
    assert_eq!(telegram.waiting_updates(), 1);
}

#[tokio::test]
async fn a_long_poll_waits_for_what_is_said_meanwhile() {
    let telegram = TelegramStandIn::start().await;
    let bot = BareBot::of(&telegram);
    let polled = async { bot.does("getUpdates", json!({ "timeout": 20 })).await };
    let spoken = async {
        telegram
            .until("a poll waits", |telegram| !telegram.calls().is_empty())
            .await;
        anna(&telegram);
    };
    let (updates, ()) = tokio::join!(polled, spoken);
    assert_eq!(updates[0]["message"]["text"], "/start");
}

#[tokio::test]
async fn of_two_polls_the_older_one_is_ended() {
    let telegram = TelegramStandIn::start().await;
    let bot = BareBot::of(&telegram);
    let older = async { bot.is_refused("getUpdates", json!({ "timeout": 20 })).await };
    let newer = async {
        telegram
            .until("a poll waits", |telegram| !telegram.calls().is_empty())
            .await;
        bot.updates(0).await
    };
    let (why, updates) = tokio::join!(older, newer);
    assert_eq!(
        why,
        "Conflict: terminated by other getUpdates request; make sure that only one bot instance \
         is running"
    );
    assert!(updates.is_empty());
}

#[tokio::test]
async fn only_the_kinds_that_the_bot_asked_for_come_and_that_is_remembered() {
    let telegram = TelegramStandIn::start().await;
    let (bot, anna) = (BareBot::of(&telegram), anna(&telegram));
    let asked = json!({ "allowed_updates": ["callback_query"], "offset": -1 });
    bot.does("getUpdates", asked).await;
    let sent = json!({ "chat_id": anna.id(), "text": "?", "reply_markup": one_button("A", "a") });
    bot.does("sendMessage", sent).await;
    anna.says("not wanted");
    anna.presses("A").expect("the button is there");
    let updates = bot.updates(0).await;
    let last = updates.last().expect("the press is there");
    assert_eq!(last["callback_query"]["data"], "a");
    assert_eq!(updates.len(), 2, "the first one came before the wish");
}

#[tokio::test]
async fn updates_come_twice_and_out_of_order_when_a_test_wants_it() {
    let telegram = TelegramStandIn::start().await;
    let (bot, anna) = (BareBot::of(&telegram), anna(&telegram));
    let seen = ids(&bot.updates(0).await);
    assert!(bot.updates(seen[0] + 1).await.is_empty());
    telegram.redeliver_last(1);
    assert_eq!(ids(&bot.updates(seen[0] + 1).await), seen);
    telegram.hold_back();
    anna.says("one");
    anna.says("two");
    assert!(bot.updates(0).await.is_empty());
    telegram.deliver_out_of_order();
    let texts: Vec<Value> = bot.updates(0).await;
    assert_eq!(texts[0]["message"]["text"], "two");
    assert_eq!(texts[1]["message"]["text"], "one");
    telegram.hold_back();
    telegram.deliver();
    telegram.push_update(json!({ "update_id": 99_999, "poll": {} }));
    assert_eq!(ids(&bot.updates(99_999).await), [99_999]);
}

type Delivered = Arc<Mutex<Vec<(Option<String>, Value)>>>;

/// Takes updates, but not at the first attempt.
async fn taking(
    State(delivered): State<Delivered>,
    headers: HeaderMap,
    axum::Json(update): axum::Json<Value>,
) -> StatusCode {
    let secret = headers
        .get("X-Telegram-Bot-Api-Secret-Token")
        .and_then(|value| value.to_str().ok())
        .map(str::to_owned);
    let mut delivered = delivered.lock().expect("nobody panics here");
    delivered.push((secret, update));
    if delivered.len() == 1 {
        StatusCode::SERVICE_UNAVAILABLE
    } else {
        StatusCode::OK
    }
}

#[tokio::test]
async fn a_webhook_gets_each_update_with_the_secret_until_it_takes_it() {
    let telegram = TelegramStandIn::start().await;
    let (bot, anna) = (BareBot::of(&telegram), anna(&telegram));
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("it has an address");
    let delivered = Delivered::default();
    let router = Router::new()
        .route("/hook", post(taking))
        .with_state(delivered.clone());
    let serving = tokio::spawn(async move { axum::serve(listener, router).await });
    let hook = json!({ "url": format!("http://{address}/hook"), "secret_token": "S3cret_" });
    bot.does("setWebhook", hook).await;
    anna.says("hello");
    telegram
        .until("both were taken", |telegram| {
            telegram.waiting_updates() == 0
        })
        .await;
    let delivered = delivered.lock().expect("nobody panics here").clone();
    let texts: Vec<&Value> = delivered
        .iter()
        .map(|(_, update)| &update["message"]["text"])
        .collect();
    assert_eq!(texts, ["/start", "/start", "hello"]);
    let is_signed = |(secret, _): &(Option<String>, Value)| secret.as_deref() == Some("S3cret_");
    assert!(delivered.iter().all(is_signed));
    assert_eq!(
        bot.is_refused("getUpdates", json!({})).await,
        "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to \
         delete the webhook first"
    );
    let info = bot.does("getWebhookInfo", json!({})).await;
    assert_eq!(info["pending_update_count"], 0);
    assert!(info["last_error_message"].is_string());
    bot.does("deleteWebhook", json!({})).await;
    assert!(bot.updates(0).await.is_empty());
    serving.abort();
}

#[tokio::test]
async fn a_stand_in_that_is_dropped_answers_nobody() {
    let telegram = TelegramStandIn::start().await;
    let bot = BareBot::of(&telegram);
    let hung = Lasting::Times(1);
    telegram.fail(
        On::Method("getMe"),
        hung,
        Fault::Hang(Duration::from_mins(1)),
    );
    let fields = json!({});
    let waiting = bot.tries("getMe", &fields);
    let leaving = async {
        telegram
            .until("somebody waits", |telegram| !telegram.calls().is_empty())
            .await;
        drop(telegram);
    };
    let (answer, ()) = tokio::join!(waiting, leaving);
    assert!(answer.is_err());
    assert!(bot.tries("getMe", &fields).await.is_err());
}
