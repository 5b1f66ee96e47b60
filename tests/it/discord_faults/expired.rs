//! People who cannot be answered where they spoke: the token is over, or direct messages are closed.

use std::time::Duration;

use super::Bot;
use super::deeds::{Deed, does, goes_through, greeting, reads, times, view};
use crate::support::discord::{Author, Call, DiscordStandIn, Person, Place, Sight, Trouble};

/// An interaction can be answered for fifteen minutes.
const TOO_LONG: Duration = Duration::from_mins(16);
const HINT: &str = "I have something to tell you and could not send you a direct message";

/// What everybody on the server reads.
fn in_public(person: &Person) -> Vec<Sight> {
    let public = |sight: &Sight| sight.place != Place::Direct && !sight.ephemeral;
    person.hears().into_iter().filter(public).collect()
}

/// Somebody pressed; the answer does not go out before the token is over.
async fn waits_too_long(bot: &Bot, person: &Person, place: Place) {
    let turns = greeting();
    goes_through(person, place, &turns[..1]).await;
    bot.discord.clear_calls();
    bot.discord.orders(Trouble::Status(503), "/webhooks/*", 1);
    does(person, place, &turns[1].0).await;
    let failed = |calls: &[Call]| {
        calls
            .iter()
            .any(|call| call.template.starts_with("/webhooks/"))
    };
    bot.discord
        .waits_until_called("the first try fails", failed)
        .await;
    bot.discord.advance(TOO_LONG);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_whose_token_is_over_goes_to_a_direct_message_once() {
    let bot = Bot::start().await;
    let person = bot.discord.person("Ann");
    let place = bot.clinic().place();
    waits_too_long(&bot, &person, place).await;
    let answer = greeting()[1].1;
    let sight = reads(&person, answer).await;
    assert_eq!(sight.place, Place::Direct);
    assert_eq!(times(&person, answer), 1);
    assert!(in_public(&person).is_empty());
    // There it goes on.
    let taken = person.clicks("Yes, I am 14 or older").await;
    assert!(taken.acknowledged());
    let sight = reads(&person, greeting()[2].1).await;
    assert_eq!(sight.place, Place::Direct);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_takes_no_direct_messages_gets_one_hint_and_later_everything_in_order() {
    let mut bot = Bot::start().await;
    let person = bot.discord.person("Ann");
    let place = bot.clinic().place();
    person.closes_dms();
    waits_too_long(&bot, &person, place).await;
    let hint = person
        .waits_for("a hint", |sight| sight.content.contains(HINT))
        .await;
    assert_eq!((hint.place, hint.ephemeral), (place, false));
    assert!(hint.content.contains(&format!("<@{}>", person.id())));
    assert!(hint.components.is_empty() && hint.embeds.is_empty());
    assert_eq!(in_public(&person).len(), 1, "{}", person.transcript());

    // Not even a new life of the program repeats it.
    bot.dies();
    bot.comes_up().await;
    person.opens_dms();
    does(&person, place, &Deed::Command("help")).await;
    reads(&person, "These are the commands").await;
    let seen = view(&person);
    let position = |text: &str| seen.iter().position(|shown| shown.contains(text));
    let (held, help) = (
        position(greeting()[1].1),
        position("These are the commands"),
    );
    assert!(held.is_some() && held < help, "{}", person.transcript());
    assert_eq!(times(&person, greeting()[1].1), 1);
    assert_eq!(in_public(&person).len(), 1, "{}", person.transcript());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_stored_before_the_program_died_comes_as_a_direct_message_after_the_token_is_over()
 {
    let mut bot = Bot::start().await;
    let person = bot.discord.person("Ann");
    let place = bot.clinic().place();
    let turns = greeting();
    goes_through(&person, place, &turns[..2]).await;
    bot.discord.clear_calls();
    bot.discord.orders(Trouble::Hang, "/webhooks/*", 1);
    does(&person, place, &turns[2].0).await;
    bot.discord
        .waits_for_call("POST", "/webhooks/{webhook_id}/{webhook_token}")
        .await;
    bot.dies();
    bot.discord.advance(TOO_LONG);
    bot.comes_up().await;
    let sight = reads(&person, turns[2].1).await;
    assert_eq!(sight.place, Place::Direct);
    assert_eq!(times(&person, turns[2].1), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn with_personal_replies_in_direct_messages_a_closed_door_is_told_once_and_only_to_the_person()
 {
    let settings = "[discord]\npersonal = \"dm\"\n";
    let mut bot = Bot::on(DiscordStandIn::start().await, settings);
    bot.comes_up().await;
    let (person, other) = (bot.discord.person("Ann"), bot.discord.person("Bob"));
    let place = bot.clinic().place();
    let turns = greeting();
    goes_through(&person, place, &turns[..2]).await;
    assert_eq!(reads(&person, turns[1].1).await.place, Place::Direct);

    person.closes_dms();
    does(&person, Place::Direct, &turns[2].0).await;
    bot.discord
        .waits_until_called("a direct message is refused", |calls| {
            calls.iter().any(|call| call.status == 403)
        })
        .await;
    // Somewhere else they ask what is going on, and are told.
    does(&person, place, &Deed::Command("help")).await;
    let hint = reads(&person, "I could not send you a direct message").await;
    assert!(hint.ephemeral);

    person.opens_dms();
    does(&person, place, &Deed::Command("consult")).await;
    reads(&person, "These are the commands").await;
    let seen = view(&person);
    let position = |text: &str| seen.iter().position(|shown| shown.contains(text));
    let (held, help) = (position(turns[2].1), position("These are the commands"));
    assert!(held.is_some() && held < help, "{}", person.transcript());
    assert_eq!(times(&person, "These are the commands"), 1);
    assert_eq!(times(&person, "I could not send you a direct message"), 1);
    let bots = |sight: &Sight| sight.author == Author::Bot;
    assert_eq!(other.sees().iter().filter(|sight| bots(sight)).count(), 0);
}

/// Somebody has pressed, the answer did not go out, and the operator changes the setting meanwhile.
async fn is_answered_after_a_change(personal: &str) -> (Bot, Person, Place) {
    let mut bot = Bot::start().await;
    let person = bot.discord.person("Ann");
    let place = bot.clinic().place();
    let turns = greeting();
    goes_through(&person, place, &turns[..3]).await;
    bot.discord.clear_calls();
    bot.discord.orders(Trouble::Hang, "/webhooks/*", 1);
    does(&person, place, &turns[3].0).await;
    bot.discord
        .waits_for_call("POST", "/webhooks/{webhook_id}/{webhook_token}")
        .await;
    bot.dies();
    bot.sets(&format!("[discord]\npersonal = \"{personal}\"\n"));
    bot.comes_up().await;
    (bot, person, place)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_stored_when_direct_messages_are_chosen_goes_there() {
    let (_bot, person, _) = is_answered_after_a_change("dm").await;
    let sight = reads(&person, greeting()[3].1).await;
    assert_eq!(sight.place, Place::Direct);
    assert_eq!(times(&person, greeting()[3].1), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_stored_when_personal_replies_are_switched_off_stays_unsaid() {
    let (_bot, person, place) = is_answered_after_a_change("off").await;
    // What is kept, and the end of it, may be asked for always.
    does(&person, place, &Deed::Command("privacy")).await;
    reads(&person, "This is what is kept").await;
    assert_eq!(
        times(&person, greeting()[3].1),
        0,
        "{}",
        person.transcript()
    );
    let withdraw = Deed::Press("Withdraw all consents");
    does(&person, place, &withdraw).await;
    reads(&person, "All your consents are withdrawn").await;
    let shown = person.sees();
    let place_of = |sight: &Sight| sight.place;
    assert!(
        shown.iter().all(|sight| place_of(sight) == place),
        "{}",
        person.transcript()
    );
}
