//! What people do beside the consultation, and what they may expect.

use std::sync::Arc;

use dupi::domain::consultation::{Button, Language};
use dupi::domain::scalp::{Question, Region};
use dupi::ports::{
    Address, Channel, ConversationDesk as _, Inbound, InboundId, InboundWhat, Received,
};
use serde_json::json;
use tokio::sync::Notify;

use super::{Bot, Grading, Someone, has_button, photo, words};
use crate::support::telegram::{Fault, Lasting, On};

/// A message that the stand-in has no hand for.
fn sends_something_else(anna: &Someone<'_>, what: &str, content: &serde_json::Value) {
    let person = json!({ "id": anna.person.id(), "first_name": "Anna" });
    let mut message =
        json!({ "message_id": 9_000, "date": 1_795_000_000, "from": person, "chat": person });
    message["from"]["is_bot"] = false.into();
    message["chat"]["type"] = "private".into();
    message[what] = content.clone();
    anna.bot.telegram.push_update(json!({ "message": message }));
}

#[tokio::test]
async fn the_language_can_be_changed_and_a_consultation_stopped() {
    let bot = Bot::start().await;
    let mut anna = bot.person(Language::Korean);
    anna.arrives().await;
    anna.says("/language").await;
    anna.presses(Button::Speak(Language::English)).await;
    anna.language = Language::English;
    anna.says("/Cancel").await;
    assert_eq!(anna.times_said("consultation-cancelled"), 1);
    anna.says("/cancel").await;
    assert_eq!(anna.times_said("nothing-to-cancel"), 1);
    bot.stop().await;
}

#[tokio::test]
async fn a_hello_that_was_stored_before_a_death_does_not_swallow_the_command_with_it() {
    let bot = Bot::start().await;
    let anna = bot.person(Language::English);
    anna.says("/start").await;
    // The first of the two commits, as it would stand there after a death in between.
    let opened = Inbound {
        address: Address {
            channel: Channel::Telegram,
            key: anna.person.id().to_string(),
        },
        id: InboundId("telegram:20000".to_owned()),
        what: InboundWhat::Opened {
            language: Language::English,
        },
        notes: Vec::new(),
    };
    let received = bot.driver.receive(opened).await.unwrap();
    assert_eq!(received, Received::Accepted);
    let person = json!({ "id": anna.person.id(), "is_bot": false, "first_name": "Anna" });
    let chat = json!({ "id": anna.person.id(), "type": "private", "first_name": "Anna" });
    bot.settled().await;
    let before = anna.said().len();
    bot.telegram
        .push_update(json!({ "update_id": 20_000, "message": {
            "message_id": 9_000, "date": 1_795_000_000, "from": person, "chat": chat,
            "text": "/start help",
        }}));
    bot.settled().await;
    assert_eq!(anna.times_said("help-commands"), 1);
    assert_eq!(anna.said().len(), before + 1);
    bot.telegram.redeliver_last(1);
    bot.settled().await;
    assert_eq!(anna.said().len(), before + 1);
    bot.stop().await;
}

#[tokio::test]
async fn what_is_no_photo_at_all_is_answered_too() {
    let bot = Bot::start().await;
    let anna = bot.person(Language::English);
    anna.arrives().await;
    let somewhere = json!({ "latitude": 37.5, "longitude": 127.0 });
    sends_something_else(&anna, "location", &somewhere);
    bot.settled().await;
    assert_eq!(anna.times_said("unusable-unreadable"), 1);
    let contact = json!({ "phone_number": "1", "first_name": "Bora" });
    sends_something_else(&anna, "contact", &contact);
    bot.settled().await;
    assert_eq!(anna.times_said("unusable-unreadable"), 2);
    bot.stop().await;
}

#[tokio::test]
async fn a_person_is_shown_that_something_is_under_way_for_as_long_as_it_is() {
    let told = Arc::new(Notify::new());
    let grading = Grading::WhenTold(told.clone());
    let bot = Bot::start_with(grading.into()).await;
    let anna = bot.person(Language::English);
    anna.arrives().await;
    anna.presses(Button::ShowRegion(Region::Crown)).await;
    anna.person.sends_photo(photo("close_up_normal"));
    bot.telegram
        .until("it was shown twice", |_| {
            bot.succeeded("sendChatAction") == 2
        })
        .await;
    told.notify_one();
    bot.settled().await;
    let actions = bot.telegram.calls_of("sendChatAction");
    assert!(actions.iter().all(|call| {
        call.params["chat_id"] == anna.person.id() && call.params["action"] == "typing"
    }));
    let between = actions[1].at - actions[0].at;
    assert!(between.as_secs() < 5, "it was not to be seen for a while");
    let done = anna.label(Button::PhotosDone);
    assert!(has_button(&anna.newest(), &done));
    bot.stop().await;
}

#[tokio::test]
async fn what_a_person_wrote_is_shown_as_they_wrote_it() {
    const WRITTEN: &str = "itchy <b>sometimes</b> & \"warm\" <3 &amp;";
    let bot = Bot::start().await;
    let anna = bot.person(Language::English);
    anna.arrives().await;
    anna.presses(Button::ShowRegion(Region::Crown)).await;
    anna.sends(photo("close_up_normal")).await;
    anna.presses(Button::PhotosDone).await;
    while !anna.newest_has_free_line() {
        anna.presses_label(&anna.skip_or_none()).await;
    }
    anna.says(WRITTEN).await;
    anna.presses(Button::ReviewAnswers).await;
    let review = words(&anna.newest());
    assert!(review.contains(WRITTEN), "{review}");
    bot.stop().await;
}

/// The last update that the bot was handed.
fn newest_update(bot: &Bot) -> serde_json::Value {
    let polls = bot.telegram.calls_of("getUpdates").into_iter().rev();
    let mut updates = polls.filter_map(|poll| poll.answer["result"].as_array()?.last().cloned());
    updates.next().expect("the bot was handed an update")
}

impl Someone<'_> {
    /// Whether the survey has come to its last question.
    fn newest_has_free_line(&self) -> bool {
        words(&self.newest()).contains(&self.phrase("question-free-line"))
    }

    fn skip_or_none(&self) -> String {
        let skip = self.label(Button::Skip(Question::Sex));
        if has_button(&self.newest(), &skip) {
            skip
        } else {
            self.phrase("choices-none")
        }
    }
}

#[tokio::test]
async fn somebody_whose_account_is_no_more_is_left_in_peace() {
    let bot = Bot::start().await;
    let anna = bot.person(Language::English);
    anna.arrives().await;
    bot.telegram.hold_back();
    anna.person.says("/help");
    anna.person.says("/privacy");
    anna.person.deactivates();
    bot.telegram.deliver();
    let refused = || {
        let calls = bot.telegram.calls_of("sendMessage");
        let refused = |call: &&crate::support::telegram::Call| call.answer["error_code"] == 403;
        calls.iter().filter(refused).count()
    };
    bot.telegram
        .until("it is refused", |_| refused() == 1)
        .await;
    // Somebody else is served as before, and nothing more is tried in between.
    let bora = bot.telegram.person(8, "Bora", Some("en"));
    bora.says("/start");
    bot.telegram
        .until("the other one is answered", |_| bora.newest().is_some())
        .await;
    assert_eq!(refused(), 1);
    bot.stop().await;
}

#[tokio::test]
async fn plain_words_keep_the_buttons_unless_those_are_what_is_wrong() {
    let bot = Bot::start().await;
    let anna = bot.person(Language::English);
    let refused = |why: &str| {
        let fault = Fault::Refuse400(why.to_owned());
        bot.telegram
            .fail(On::Method("sendMessage"), Lasting::Times(1), fault);
    };
    refused("can't parse entities: unexpected end tag");
    anna.says("/start").await;
    let hello = anna.label(Button::Speak(Language::English));
    assert!(has_button(&anna.newest(), &hello));
    refused("BUTTON_DATA_INVALID");
    anna.says("/language").await;
    assert_eq!(anna.times_said("choose-language"), 1);
    assert!(anna.newest().buttons.is_empty());
    bot.stop().await;
}

#[tokio::test]
async fn a_picture_that_is_refused_takes_nothing_else_away() {
    let bot = Bot::start().await;
    let anna = bot.person(Language::English);
    anna.arrives().await;
    let fault = Fault::Refuse400("PHOTO_INVALID_DIMENSIONS".to_owned());
    bot.telegram
        .fail(On::Method("sendPhoto"), Lasting::Times(1), fault);
    anna.presses(Button::ShowRegion(Region::Crown)).await;
    let newest = anna.newest();
    assert!(newest.photo.is_none() && newest.text.is_some());
    bot.stop().await;
}

#[tokio::test]
async fn a_group_is_answered_once_however_often_telegram_brings_it() {
    let bot = Bot::start().await;
    let anna = bot.person(Language::Korean);
    let group = bot.telegram.group(-20, "두피");
    anna.person.says_in(&group, "/help");
    bot.telegram
        .until("the group is answered", |_| group.newest().is_some())
        .await;
    bot.telegram.redeliver_last(1);
    bot.settled().await;
    anna.says("/start").await;
    assert_eq!(bot.succeeded("sendMessage"), 2);
    bot.stop().await;
}

#[tokio::test]
async fn a_farewell_that_telegram_brings_again_does_not_make_anybody_leave_again() {
    let told = Arc::new(Notify::new());
    let grading = Grading::WhenTold(told.clone());
    let bot = Bot::start_with(grading.into()).await;
    let anna = bot.person(Language::English);
    anna.arrives().await;
    anna.presses(Button::ShowRegion(Region::Crown)).await;
    anna.person.sends_photo(photo("close_up_normal"));
    bot.telegram
        .until("the photo is looked at", |_| {
            bot.succeeded("sendChatAction") > 0
        })
        .await;
    anna.person.blocks();
    bot.telegram
        .until("she is gone", |telegram| telegram.waiting_updates() == 0)
        .await;
    let farewell = newest_update(&bot);
    anna.person.unblocks();
    bot.telegram
        .until("she is back", |telegram| telegram.waiting_updates() == 0)
        .await;
    bot.telegram.push_update(farewell.clone());
    bot.telegram
        .until("it came again", |telegram| {
            newest_update(&bot) == farewell && telegram.waiting_updates() == 0
        })
        .await;
    // By then it has been seen to.
    let bora = bot.telegram.person(8, "Bora", Some("en"));
    bora.says("/start");
    bot.telegram
        .until("the other one is answered", |_| bora.newest().is_some())
        .await;
    let edits = bot.succeeded("editMessageText");
    told.notify_one();
    bot.telegram
        .until("she is told of her photo", |_| {
            bot.succeeded("editMessageText") > edits
        })
        .await;
    bot.stop().await;
}
