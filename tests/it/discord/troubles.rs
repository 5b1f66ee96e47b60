//! What goes wrong between us and Discord, and what people see of it: nothing twice, nothing lost.

use std::time::Duration;

use dupi::channels::discord::PersonalPlace;
use dupi::domain::consultation::{Button, Expected, Language, Message, Purpose};
use dupi::domain::scalp::Region;
use dupi::ports::{EffectQueue as _, EffectState};

use super::{Bot, begins, offers, says, with_newcomer};
use crate::support::discord::{Place, Trouble};

const ENGLISH: Language = Language::English;
const FOLLOW_UP: &str = "POST /webhooks/{webhook_id}/{webhook_token}";
const POST: &str = "POST /channels/{channel_id}/messages";

async fn asked_for_the_age(trouble: Trouble, times: u32) {
    let (bot, _, anna) = with_newcomer().await;
    bot.discord.orders(trouble, FOLLOW_UP, times);
    bot.presses(&anna, &bot.button(Button::Speak(ENGLISH), ENGLISH))
        .await;
    let age = bot.phrase(ENGLISH, "ask-age");
    bot.hears(&anna, &age).await;
    bot.settles().await;
    let count = anna
        .hears()
        .iter()
        .filter(|sight| says(sight, &age))
        .count();
    assert_eq!(count, 1);
    bot.stop().await;
}

#[tokio::test]
async fn a_limit_is_waited_for() {
    asked_for_the_age(Trouble::RateLimited(0.3), 2).await;
}

#[tokio::test]
async fn a_limit_on_everything_is_waited_for() {
    asked_for_the_age(Trouble::GloballyRateLimited(0.3), 1).await;
}

/// What is not answered by Discord itself bars the host: nobody is answered until it is over.
#[tokio::test]
async fn whoever_is_barred_before_discord_calls_nobody_for_so_long() {
    let bot = Bot::start(PersonalPlace::Ephemeral).await;
    let guild = bot.discord.guild("Clinic");
    let (anna, paul) = (bot.discord.person("Anna"), bot.discord.person("Paul"));
    for person in [&anna, &paul] {
        begins(&bot, person, guild.place(), ENGLISH).await;
    }
    bot.settles().await;
    bot.discord.clear_calls();
    bot.discord.orders(Trouble::Barred(1.0), FOLLOW_UP, 1);
    let speak = bot.button(Button::Speak(ENGLISH), ENGLISH);
    bot.presses(&anna, &speak).await;
    bot.discord
        .waits_until_called("it is barred", |calls| {
            calls.iter().any(|call| call.status == 429)
        })
        .await;
    bot.presses(&paul, &speak).await;
    for person in [&anna, &paul] {
        bot.hears(person, &bot.phrase(ENGLISH, "ask-age")).await;
    }
    let calls = bot.discord.calls();
    let paced = calls
        .iter()
        .filter(|call| call.template.starts_with("/webhooks/"));
    let came: Vec<Duration> = paced.map(|call| call.after).collect();
    let almost = Duration::from_millis(950);
    assert!(
        came[1..].iter().all(|at| *at >= came[0] + almost),
        "{came:?}"
    );
    bot.stop().await;
}

#[tokio::test]
async fn a_server_that_fails_is_asked_again() {
    asked_for_the_age(Trouble::Status(502), 2).await;
}

#[tokio::test]
async fn a_direct_message_whose_answer_was_lost_is_seen_once() {
    let bot = Bot::start(PersonalPlace::Ephemeral).await;
    let anna = bot.discord.person("Anna");
    bot.discord.orders(Trouble::LoseAnswer, POST, 1);
    bot.discord.orders(Trouble::CutInBody, POST, 1);
    anna.sends_dm("hello", &[]);
    let speak = bot.button(Button::Speak(ENGLISH), ENGLISH);
    anna.waits_for("hello", |sight| offers(sight, &speak)).await;
    bot.settles().await;
    let count = anna
        .hears()
        .iter()
        .filter(|sight| offers(sight, &speak))
        .count();
    assert_eq!(count, 1);
    bot.stop().await;
}

/// A reply on a server has no nonce: said again it would be there twice.
#[tokio::test]
async fn a_reply_on_a_server_whose_answer_is_cut_in_its_body_is_seen_once() {
    let (bot, _, anna) = with_newcomer().await;
    bot.discord.orders(Trouble::CutInBody, FOLLOW_UP, 1);
    bot.presses(&anna, &bot.button(Button::Speak(ENGLISH), ENGLISH))
        .await;
    bot.presses(&anna, &bot.button(Button::OldEnough, ENGLISH))
        .await;
    let agree = bot.button(Button::Agree(Purpose::Basic), ENGLISH);
    anna.waits_for("the consent", |sight| offers(sight, &agree))
        .await;
    bot.settles().await;
    let age = bot.phrase(ENGLISH, "ask-age");
    let asked = anna.hears().into_iter().filter(|sight| says(sight, &age));
    assert_eq!(asked.count(), 1, "{}", anna.transcript());
    bot.stop().await;
}

#[tokio::test]
async fn an_interaction_that_comes_twice_is_answered_once() {
    let (bot, _, anna) = with_newcomer().await;
    bot.discord.doubles_events(2);
    bot.presses(&anna, &bot.button(Button::Speak(ENGLISH), ENGLISH))
        .await;
    bot.presses(&anna, &bot.button(Button::OldEnough, ENGLISH))
        .await;
    let agree = bot.button(Button::Agree(Purpose::Basic), ENGLISH);
    anna.waits_for("the consent", |sight| offers(sight, &agree))
        .await;
    bot.settles().await;
    let sights = anna.hears();
    assert_eq!(sights.len(), 3, "{}", anna.transcript());
    bot.stop().await;
}

#[tokio::test]
async fn an_acknowledgement_whose_answer_was_lost_still_counts() {
    let bot = Bot::start(PersonalPlace::Ephemeral).await;
    let guild = bot.discord.guild("Clinic");
    let anna = bot.discord.person("Anna");
    let callback = "POST /interactions/*";
    bot.discord.orders(Trouble::LoseAnswer, callback, 1);
    begins(&bot, &anna, guild.place(), ENGLISH).await;
    bot.discord.orders(Trouble::Status(500), callback, 1);
    bot.presses(&anna, &bot.button(Button::Speak(ENGLISH), ENGLISH))
        .await;
    bot.hears(&anna, &bot.phrase(ENGLISH, "ask-age")).await;
    // A gateway on the way gives up on what Discord has taken.
    for status in [502, 504] {
        bot.discord.orders(Trouble::DoneThen(status), callback, 1);
        assert!(anna.slash(guild.place(), "help", &[]).await.acknowledged());
        bot.leaves_nobody_waiting(&anna).await;
    }
    bot.stop().await;
}

#[tokio::test]
async fn what_could_not_be_acknowledged_in_time_is_answered_by_a_direct_message() {
    let bot = Bot::start(PersonalPlace::Ephemeral).await;
    let guild = bot.discord.guild("Clinic");
    let anna = bot.discord.person("Anna");
    bot.discord
        .orders(Trouble::Status(500), "POST /interactions/*", 1_000);
    let taken = anna.slash(guild.place(), "consult", &[]).await;
    assert!(!taken.acknowledged());
    let speak = bot.button(Button::Speak(ENGLISH), ENGLISH);
    let hello = anna.waits_for("hello", |sight| offers(sight, &speak)).await;
    assert_eq!(hello.place, Place::Direct);
    bot.stop().await;
}

#[tokio::test]
async fn a_photo_that_cannot_be_fetched_at_first_is_fetched_later() {
    let bot = Bot::start(PersonalPlace::Ephemeral).await;
    let anna = bot.discord.person("Anna");
    anna.sends_dm("hello", &[]);
    bot.arrives_at_the_photo(&anna, ENGLISH).await;
    bot.discord
        .orders(Trouble::Status(503), "GET /attachments/*", 1);
    anna.sends_dm("", &[("scalp.jpg", super::PHOTO)]);
    let done = bot.button(Button::PhotosDone, ENGLISH);
    anna.waits_for("the photo", |sight| offers(sight, &done))
        .await;
    bot.stop().await;
}

/// Somebody presses and writes in one breath, and Discord tells of it backwards.
#[tokio::test]
async fn what_is_done_in_a_hurry_is_taken_in_order() {
    let bot = Bot::start(PersonalPlace::Ephemeral).await;
    let anna = bot.discord.person("Anna");
    anna.sends_dm("hello", &[]);
    bot.answers(&anna, &Message::Hello, Button::Speak(ENGLISH), ENGLISH)
        .await;
    bot.hears(&anna, &bot.phrase(ENGLISH, "ask-age")).await;
    bot.settles().await;
    bot.discord.holds_events();
    let old_enough = bot.button(Button::OldEnough, ENGLISH);
    let writes = async {
        while bot.discord.held_events() < 1 {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        anna.sends_dm("is anybody there?", &[]);
        bot.discord.releases_events_backwards();
    };
    let (taken, ()) = tokio::join!(anna.clicks(&old_enough), writes);
    assert!(taken.acknowledged());
    let words = |message: &Message| bot.wording.words(message, ENGLISH).paragraphs[0].clone();
    let consent = words(&Message::AskConsent(Purpose::Basic));
    let not_understood = words(&Message::NotUnderstood(Expected::Button));
    bot.hears(&anna, &not_understood).await;
    bot.hears(&anna, &consent).await;
    let seen = anna.hears();
    let position = |text: &str| seen.iter().position(|sight| says(sight, text));
    assert!(
        position(&consent) < position(&not_understood),
        "{}",
        anna.transcript()
    );
    bot.stop().await;
}

#[tokio::test]
async fn a_message_that_is_refused_is_said_in_plain_text() {
    let bot = Bot::start(PersonalPlace::Ephemeral).await;
    let anna = bot.discord.person("Anna");
    anna.sends_dm("hello", &[]);
    bot.arrives_at_the_consent(&anna, ENGLISH).await;
    bot.settles().await;
    bot.discord.orders(Trouble::Status(400), POST, 1);
    bot.presses(
        &anna,
        &bot.button(Button::Agree(Purpose::Sensitive), ENGLISH),
    )
    .await;
    let guide = bot.phrase(ENGLISH, "photo-guide");
    let said = bot.hears(&anna, guide.lines().next().unwrap()).await;
    assert!(said.files.is_empty() && said.embeds.is_empty());
    assert!(offers(
        &said,
        &bot.button(Button::ShowRegion(Region::Crown), ENGLISH)
    ));
    bot.stop().await;
}

#[tokio::test]
async fn a_message_that_is_refused_for_good_blocks_nobody() {
    let bot = Bot::start(PersonalPlace::Ephemeral).await;
    let anna = bot.discord.person("Anna");
    bot.discord.orders(Trouble::Status(400), POST, 2);
    anna.sends_dm("hello", &[]);
    bot.discord
        .waits_for_call("POST", "/channels/{channel_id}/messages")
        .await;
    bot.settles().await;
    assert!(anna.hears().is_empty());
    assert!(anna.slash(Place::Direct, "help", &[]).await.acknowledged());
    let help = bot.phrase(ENGLISH, "help");
    let korean = bot.phrase(Language::Korean, "help");
    anna.waits_for("help", |sight| {
        let first = |text: &str| text.lines().next().unwrap().to_owned();
        says(sight, &first(&help)) || says(sight, &first(&korean))
    })
    .await;
    bot.stop().await;
}

#[tokio::test]
async fn a_picture_that_is_taken_for_explicit_is_left_out_and_the_person_is_not_gone() {
    let bot = Bot::start(PersonalPlace::Ephemeral).await;
    let anna = bot.discord.person("Anna");
    anna.sends_dm("hello", &[]);
    bot.arrives_at_the_consent(&anna, ENGLISH).await;
    bot.settles().await;
    bot.discord.orders(Trouble::Refused(400, 20_009), POST, 1);
    let agree = bot.button(Button::Agree(Purpose::Sensitive), ENGLISH);
    bot.presses(&anna, &agree).await;
    let guide = bot.phrase(ENGLISH, "photo-guide");
    let said = bot.hears(&anna, guide.lines().next().unwrap()).await;
    assert!(said.files.is_empty() && said.embeds.is_empty());
    bot.presses(
        &anna,
        &bot.button(Button::ShowRegion(Region::Crown), ENGLISH),
    )
    .await;
    let change = bot.button(Button::ChangeRegion, ENGLISH);
    anna.waits_for("what comes next", |sight| offers(sight, &change))
        .await;
    bot.stop().await;
}

/// Whoever has no account any more is gone, and is not called out to in public.
#[tokio::test]
async fn somebody_without_an_account_is_gone_and_nothing_is_tried_over_and_over() {
    let bot = Bot::start(PersonalPlace::Direct).await;
    let guild = bot.discord.guild("Clinic");
    let anna = bot.discord.person("Anna");
    let open = "POST /users/@me/channels";
    bot.discord
        .orders(Trouble::Refused(404, 10_013), open, 1_000);
    assert!(
        anna.slash(guild.place(), "consult", &[])
            .await
            .acknowledged()
    );
    bot.discord
        .waits_for_call("POST", "/users/@me/channels")
        .await;
    let deadline = tokio::time::Instant::now() + super::PATIENCE;
    let waiting = async || {
        let effects = bot.store.overview(10).await.unwrap();
        effects
            .iter()
            .any(|effect| effect.state == EffectState::Waiting)
    };
    while !waiting().await {
        assert!(tokio::time::Instant::now() < deadline, "nothing is kept");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let mention = format!("<@{}>", anna.id());
    assert!(!anna.hears().iter().any(|sight| says(sight, &mention)));
    // They come back, and what waited is said.
    bot.discord.calls_off_troubles();
    assert!(anna.slash(guild.place(), "help", &[]).await.acknowledged());
    let speak = bot.button(Button::Speak(ENGLISH), ENGLISH);
    anna.waits_for("hello", |sight| offers(sight, &speak)).await;
    bot.stop().await;
}

/// A hint whose answer was lost is not given a second time, where everybody reads it.
#[tokio::test]
async fn a_hint_in_public_whose_answer_was_lost_is_seen_once() {
    let (bot, _, anna) = with_newcomer().await;
    bot.discord.orders(Trouble::Status(503), "/webhooks/*", 1);
    anna.closes_dms();
    assert!(
        anna.clicks(&bot.button(Button::Speak(ENGLISH), ENGLISH))
            .await
            .acknowledged()
    );
    bot.discord
        .waits_for_call("POST", "/webhooks/{webhook_id}/{webhook_token}")
        .await;
    bot.discord.clear_calls();
    let mention = format!("<@{}>", anna.id());
    bot.advance(Duration::from_mins(16));
    // First the direct message is refused, then the hint is given.
    bot.discord.orders(Trouble::Late(0.0), POST, 1);
    bot.discord.orders(Trouble::LoseAnswer, POST, 1);
    bot.hears(&anna, &mention).await;
    bot.discord
        .waits_until_called("it is tried again", |calls| {
            let hints = calls
                .iter()
                .filter(|call| call.body.to_string().contains(&mention));
            hints.count() >= 2
        })
        .await;
    let hints = anna
        .hears()
        .into_iter()
        .filter(|sight| says(sight, &mention));
    assert_eq!(hints.count(), 1, "{}", anna.transcript());
    bot.stop().await;
}
