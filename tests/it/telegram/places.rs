//! Where updates come from: the webhook, groups, topics; and what is shown before anybody writes.

use std::net::{SocketAddr, TcpListener};

use dupi::channels::telegram::{TelegramOptions, Updates, inspect};
use dupi::domain::consultation::{Button, Language};
use secrecy::SecretString;
use tokio::time::Instant;

use super::{Bot, has_button, picture, words};
use crate::support::telegram::{Fault, Lasting, On, TelegramStandIn};

/// An address that nobody uses at the moment.
fn free_address() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap()
}

/// Telegram brings updates itself.
pub(super) fn by_webhook() -> Updates {
    let address = free_address();
    let url = format!("http://{address}/telegram/updates");
    Updates::Webhook { url, address }
}

#[tokio::test]
async fn a_webhook_that_is_refused_for_a_moment_is_set_afterwards() {
    let telegram = TelegramStandIn::start().await;
    let unknown = "bad webhook: Failed to resolve host: Name or service not known";
    let fault = Fault::Refuse400(unknown.to_owned());
    telegram.fail(On::Method("setWebhook"), Lasting::Times(2), fault);
    let bot = Bot::start_on(telegram, by_webhook().into()).await;
    let state = || bot.health.state(Instant::now()).id();
    bot.telegram
        .until("it is refused", |telegram| {
            telegram.calls_of("setWebhook").len() == 2
        })
        .await;
    assert_eq!(state(), "stopped:forbidden");
    let anna = bot.person(Language::English);
    anna.person.says("/start");
    bot.telegram
        .until("she is answered", |_| anna.person.newest().is_some())
        .await;
    assert_eq!(state(), "working");
    bot.stop().await;
}

#[tokio::test]
async fn updates_come_by_webhook_and_only_from_those_who_know_the_secret() {
    let updates = by_webhook();
    let Updates::Webhook { url, .. } = updates.clone() else {
        panic!("Telegram brings updates itself");
    };
    let bot = Bot::start_with(updates.into()).await;
    let anna = bot.person(Language::English);
    anna.arrives().await;
    assert_eq!(anna.times_said("ask-region"), 1);
    assert!(bot.telegram.calls_of("getUpdates").is_empty());
    let http = reqwest::Client::new();
    let update = serde_json::json!({ "update_id": 1, "message": {} });
    for secret in [None, Some("0".repeat(64))] {
        let mut post = http.post(&url).json(&update);
        if let Some(secret) = secret {
            post = post.header("X-Telegram-Bot-Api-Secret-Token", secret);
        }
        assert_eq!(post.send().await.unwrap().status(), 401);
    }
    bot.stop().await;
}

#[tokio::test]
async fn a_group_is_shown_the_way_to_the_private_chat_and_nothing_else() {
    let bot = Bot::start().await;
    let anna = bot.person(Language::Korean);
    let group = bot.telegram.forum(-100_500, "두피");
    anna.person.says_in(&group, "안녕하세요");
    anna.person.says_in_topic(&group, 5, "/consult");
    let hint = bot
        .telegram
        .until_some("the group is answered", |_| group.newest())
        .await;
    bot.settled().await;
    assert_eq!(words(&hint), anna.phrase("messenger-group-hint"));
    assert_eq!(hint.thread, Some(5));
    let link = hint.buttons[0][0].url.clone().unwrap();
    assert!(
        link.starts_with("https://t.me/") && link.ends_with("?start=consult"),
        "{link}"
    );
    assert!(anna.said().is_empty());
    assert_eq!(bot.succeeded("sendMessage"), 1);
    bot.stop().await;
}

#[tokio::test]
async fn an_answer_follows_a_group_that_has_moved() {
    let bot = Bot::start().await;
    let anna = bot.person(Language::Korean);
    let group = bot.telegram.group(-20, "두피");
    bot.telegram.hold_back();
    anna.person.says_in(&group, "/help");
    let moved = group.migrates_to_supergroup(-100_600);
    bot.telegram.deliver();
    let hint = bot
        .telegram
        .until_some("the group is answered where it is now", |_| moved.newest())
        .await;
    assert_eq!(words(&hint), anna.phrase("messenger-group-hint"));
    bot.stop().await;
}

#[tokio::test]
async fn an_old_button_or_one_of_somebody_else_is_answered_with_a_word() {
    let bot = Bot::start().await;
    let anna = bot.person(Language::English);
    anna.says("/start").await;
    let hello = anna.newest();
    anna.person
        .presses_data(hello.message_id, "0123456789abcdef")
        .unwrap();
    bot.settled().await;
    let gone = anna.phrase("messenger-button-gone");
    assert!(anna.person.transcript().contains(&gone));
    assert_eq!(anna.said().len(), 1);
    bot.stop().await;
}

#[tokio::test]
async fn commands_and_descriptions_are_set_in_each_language_and_only_where_they_differ() {
    let bot = Bot::start().await;
    let anna = bot.person(Language::Korean);
    let looked_up = || bot.succeeded("getMyShortDescription");
    let set = || {
        let all = ["setMyCommands", "setMyDescription", "setMyShortDescription"];
        all.map(|method| bot.succeeded(method))
    };
    bot.telegram
        .until("the profile is looked up", |_| looked_up() == 3)
        .await;
    // Where Telegram shows the default one anyway, there is nothing to set.
    bot.telegram
        .until("the last line is set", |_| set() == [6, 2, 2])
        .await;
    let commands = bot.telegram.calls_of("setMyCommands");
    let counts: Vec<usize> = commands
        .iter()
        .map(|call| call.params["commands"].as_array().unwrap().len())
        .collect();
    assert_eq!(counts, [6, 3, 6, 3, 6, 3]);
    // After an outage it is looked up once more.
    let fault = Fault::NotOkJson;
    bot.telegram
        .fail(On::Method("getUpdates"), Lasting::Times(1), fault);
    anna.says("/start").await;
    bot.telegram
        .until("it is looked up again", |_| looked_up() == 6)
        .await;
    assert_eq!(set(), [6, 2, 2]);
    bot.stop().await;
}

#[tokio::test]
async fn a_doctor_is_told_of_the_bot() {
    let telegram = TelegramStandIn::start().await;
    let options = |token: &str| TelegramOptions {
        token: SecretString::from(token),
        api_url: telegram.base(),
        updates: Updates::LongPolling,
        guide: picture().into(),
    };
    let facts = inspect(&options(telegram.token())).await.unwrap();
    assert_eq!(facts.user_name, "dupi_stand_in_bot");
    assert!(facts.can_join_groups);
    assert!(!facts.can_read_all_group_messages);
    assert_eq!(facts.webhook_elsewhere, None);
    let error = inspect(&options("12:wrong")).await.unwrap_err();
    assert!(error.to_string().contains("TELEGRAM_BOT_TOKEN"), "{error}");
}

#[tokio::test]
async fn the_keyboard_of_an_answered_question_goes_away() {
    let bot = Bot::start().await;
    let anna = bot.person(Language::English);
    anna.says("/start").await;
    let hello = anna.newest();
    anna.presses(Button::Speak(Language::English)).await;
    bot.telegram
        .until("the buttons of the hello are gone", |_| {
            let said = anna.said();
            let hello = said.iter().find(|one| one.message_id == hello.message_id);
            hello.is_some_and(|hello| hello.buttons.is_empty())
        })
        .await;
    let yes = anna.label(Button::OldEnough);
    assert!(has_button(&anna.newest(), &yes));
    bot.stop().await;
}
