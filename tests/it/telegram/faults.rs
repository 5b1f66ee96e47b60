//! What the platform and people do to us.

use std::time::Duration;

use dupi::channels::telegram::TelegramError;
use dupi::domain::consultation::{Button, Language, Purpose};
use dupi::domain::scalp::Region;

use super::{Bot, has_button, photo};
use crate::support::telegram::{Fault, Lasting, On};

#[tokio::test]
async fn somebody_who_blocked_us_gets_everything_on_coming_back() {
    let bot = Bot::start().await;
    let anna = bot.person(Language::Korean);
    anna.arrives().await;
    bot.telegram.hold_back();
    anna.person.says("/help");
    anna.person.blocks();
    bot.telegram.deliver();
    // The message is refused, or held because the block was heard before it was tried.
    bot.telegram
        .until("the block is taken in", |telegram| {
            telegram.waiting_updates() == 0
        })
        .await;
    assert_eq!(anna.times_said("help-commands"), 0);
    anna.person.unblocks();
    bot.telegram
        .until("the message came", |_| {
            anna.times_said("help-commands") == 1
        })
        .await;
    bot.settled().await;
    assert_eq!(anna.times_said("help-commands"), 1);
    anna.presses(Button::ShowRegion(Region::Crown)).await;
    bot.stop().await;
}

#[tokio::test]
async fn a_double_tap_is_done_once() {
    let bot = Bot::start().await;
    let anna = bot.person(Language::Korean);
    anna.says("/start").await;
    anna.presses(Button::Speak(Language::Korean)).await;
    anna.person
        .taps_twice(&anna.label(Button::OldEnough))
        .unwrap();
    bot.settled().await;
    let agree = anna.label(Button::Agree(Purpose::Basic));
    let asked = anna
        .said()
        .iter()
        .filter(|one| has_button(one, &agree))
        .count();
    assert_eq!(asked, 1);
    bot.stop().await;
}

#[tokio::test]
async fn updates_that_come_again_change_nothing() {
    let bot = Bot::start().await;
    let anna = bot.person(Language::Korean);
    anna.arrives().await;
    anna.says("/help").await;
    let before = anna.said().len();
    let polls = bot.succeeded("getUpdates");
    bot.telegram.redeliver_last(4);
    bot.telegram
        .until("they came again", |_| bot.succeeded("getUpdates") > polls)
        .await;
    bot.settled().await;
    assert_eq!(anna.said().len(), before);
    bot.stop().await;
}

#[tokio::test]
async fn what_was_too_fast_is_said_later_and_once() {
    let bot = Bot::start().await;
    let anna = bot.person(Language::Korean);
    let too_many = Fault::TooMany { retry_after: 1 };
    bot.telegram
        .fail(On::Method("sendMessage"), Lasting::Times(1), too_many);
    anna.says("/start").await;
    assert_eq!(anna.said().len(), 1);
    let calls = bot.telegram.calls_of("sendMessage");
    assert_eq!(calls.len(), 2);
    bot.stop().await;
}

#[tokio::test]
async fn an_edit_whose_answer_was_lost_is_made_again_without_harm() {
    let bot = Bot::start().await;
    let anna = bot.person(Language::Korean);
    anna.arrives().await;
    anna.presses(Button::ShowRegion(Region::Crown)).await;
    anna.sends(photo("close_up_normal")).await;
    anna.presses(Button::PhotosDone).await;
    let before = anna.said().len();
    bot.telegram.fail(
        On::Method("editMessageText"),
        Lasting::Times(1),
        Fault::LoseAnswer,
    );
    let skip = anna.phrase("button-skip");
    anna.presses_label(&skip).await;
    assert_eq!(anna.said().len(), before);
    let refused = bot.telegram.calls_of("editMessageText");
    let not_modified = refused
        .iter()
        .filter(|call| call.answer["error_code"] == 400);
    assert_eq!(not_modified.count(), 1);
    bot.stop().await;
}

#[tokio::test]
async fn a_message_that_is_refused_is_said_in_plain_words_and_holds_up_nothing() {
    let bot = Bot::start().await;
    let anna = bot.person(Language::Korean);
    anna.says("/start").await;
    let refusal = Fault::Refuse400("something about this message is wrong".to_owned());
    bot.telegram
        .fail(On::Method("sendMessage"), Lasting::Times(1), refusal);
    anna.says("/help").await;
    assert_eq!(anna.times_said("help-commands"), 1);
    let plain = bot.telegram.calls_of("sendMessage").pop().unwrap();
    assert!(plain.params.get("parse_mode").is_none());
    let refusal = Fault::Refuse400("nothing of this kind".to_owned());
    bot.telegram
        .fail(On::Method("sendMessage"), Lasting::Times(2), refusal);
    anna.says("/help").await;
    assert_eq!(anna.times_said("help-commands"), 1);
    anna.says("/help").await;
    assert_eq!(anna.times_said("help-commands"), 2);
    bot.stop().await;
}

#[tokio::test]
async fn a_download_that_fails_twice_succeeds_in_the_end() {
    let bot = Bot::start().await;
    let anna = bot.person(Language::Korean);
    anna.arrives().await;
    anna.presses(Button::ShowRegion(Region::Crown)).await;
    bot.telegram
        .fail(On::Download, Lasting::Times(2), Fault::CutInBody);
    anna.sends(photo("close_up_normal")).await;
    let done = anna.label(Button::PhotosDone);
    assert!(has_button(&anna.newest(), &done));
    bot.stop().await;
}

#[tokio::test]
async fn a_token_that_is_not_known_any_more_ends_the_channel_with_a_hint() {
    let bot = Bot::start().await;
    let anna = bot.person(Language::Korean);
    anna.says("/start").await;
    bot.telegram.revoke_token();
    anna.person.says("/help");
    let ended = tokio::time::timeout(Duration::from_mins(1), bot.serving);
    let error = ended.await.unwrap().unwrap().unwrap_err();
    assert!(matches!(error, TelegramError::TokenRefused));
    assert_eq!(
        bot.health.state(tokio::time::Instant::now()).id(),
        "stopped:token-refused"
    );
    bot.shutdown.cancel();
    bot.running.await.unwrap();
}
