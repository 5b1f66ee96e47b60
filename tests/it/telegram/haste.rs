//! Telegram finds that we are too fast.

use std::sync::Arc;
use std::time::Duration;

use dupi::domain::consultation::{Button, Language};
use dupi::domain::scalp::Region;
use tokio::sync::Notify;

use super::{Bot, Grading, Setup, photo};
use crate::support::telegram::{Fault, Lasting, On, Outcome, TelegramStandIn};

const AN_HOUR: Duration = Duration::from_hours(1);
const WAIT_AN_HOUR: Fault = Fault::TooMany { retry_after: 3_600 };

fn refusals(telegram: &TelegramStandIn, method: &str) -> usize {
    let calls = telegram.calls_of(method);
    let refused = |outcome| outcome == Outcome::Answered(429);
    calls.iter().filter(|call| refused(call.outcome)).count()
}

#[tokio::test]
async fn a_profile_that_may_not_be_set_now_keeps_nobody_waiting() {
    let telegram = TelegramStandIn::start().await;
    for method in ["setMyCommands", "setMyDescription"] {
        telegram.fail(On::Method(method), Lasting::During(AN_HOUR), WAIT_AN_HOUR);
    }
    let bot = Bot::start_on(telegram, Setup::default()).await;
    bot.telegram
        .until("the profile is refused", |telegram| {
            refusals(telegram, "setMyCommands") == 1
        })
        .await;
    let anna = bot.person(Language::Korean);
    anna.says("/start").await;
    anna.presses(Button::Speak(Language::Korean)).await;
    assert_eq!(anna.said().len(), 2);
    assert_eq!(refusals(&bot.telegram, "setMyCommands"), 1);
    bot.stop().await;
}

#[tokio::test]
async fn showing_that_something_is_under_way_keeps_nobody_waiting() {
    let told = Arc::new(Notify::new());
    let grading = Grading::WhenTold(told.clone());
    let bot = Bot::start_with(grading.into()).await;
    let anna = bot.person(Language::Korean);
    let method = On::Method("sendChatAction");
    bot.telegram
        .fail(method, Lasting::During(AN_HOUR), WAIT_AN_HOUR);
    anna.arrives().await;
    anna.presses(Button::ShowRegion(Region::Crown)).await;
    anna.person.sends_photo(photo("close_up_normal"));
    bot.telegram
        .until("the action is refused", |telegram| {
            refusals(telegram, "sendChatAction") > 0
        })
        .await;
    told.notify_one();
    bot.settled().await;
    anna.says("/help").await;
    assert_eq!(anna.times_said("help-commands"), 1);
    let bora = bot.telegram.person(8, "Bora", Some("ko"));
    bora.says("/start");
    bot.settled().await;
    assert!(bora.newest().is_some());
    bot.stop().await;
}

#[tokio::test]
async fn two_chats_that_have_to_wait_are_not_everybody() {
    let bot = Bot::start().await;
    let anna = bot.person(Language::Korean);
    let [bora, cho] =
        [(8, "Bora"), (9, "Cho")].map(|(id, name)| bot.telegram.person(id, name, Some("ko")));
    bot.telegram
        .fail(On::Method("sendMessage"), Lasting::Times(2), WAIT_AN_HOUR);
    anna.person.says("/start");
    bora.says("/start");
    bot.telegram
        .until("both have to wait", |telegram| {
            refusals(telegram, "sendMessage") == 2
        })
        .await;
    cho.says("/start");
    bot.telegram
        .until("the third is answered", |_| cho.newest().is_some())
        .await;
    bot.stop().await;
}

#[tokio::test]
async fn a_press_whose_answer_was_too_fast_is_answered_in_the_end() {
    let bot = Bot::start().await;
    let anna = bot.person(Language::Korean);
    anna.says("/start").await;
    let too_many = Fault::TooMany { retry_after: 1 };
    bot.telegram.fail(
        On::Method("answerCallbackQuery"),
        Lasting::Times(1),
        too_many,
    );
    anna.presses(Button::Speak(Language::Korean)).await;
    assert!(bot.telegram.unanswered().is_empty());
    assert_eq!(refusals(&bot.telegram, "answerCallbackQuery"), 1);
    assert_eq!(anna.said().len(), 2);
    bot.stop().await;
}

#[tokio::test]
async fn an_error_of_telegrams_own_is_known_at_once() {
    let bot = Bot::start().await;
    let anna = bot.person(Language::Korean);
    bot.telegram.fail(
        On::Method("sendMessage"),
        Lasting::Times(1),
        Fault::Status(502),
    );
    anna.says("/start").await;
    assert_eq!(anna.said().len(), 1);
    let calls = bot.telegram.calls_of("sendMessage");
    let [broken, sent] = &calls[..] else {
        panic!("two calls, not {calls:#?}");
    };
    assert!(sent.at - broken.at < Duration::from_secs(8));
    bot.stop().await;
}
