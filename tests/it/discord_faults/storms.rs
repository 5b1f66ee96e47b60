//! The platform asks to slow down, fails, or cuts answers off.

use std::time::Duration;

use futures_util::future::join_all;

use super::Bot;
use super::deeds::{Deed, Turn, does, goes_through, greeting, reads, times, view};
use crate::support::discord::{Call, DiscordStandIn, Person, Place, Trouble};

const POST: &str = "POST /channels/{channel_id}/messages";
/// How far a machine with much to do may be from the time that was told.
const SLACK: Duration = Duration::from_millis(40);
/// A call that was under way when another was told to wait may still arrive.
const UNDER_WAY: Duration = Duration::from_millis(120);

/// Whether everything goes through one gate: acknowledgements must not wait for it.
fn is_gated(call: &Call) -> bool {
    let template = call.template.as_str();
    !template.starts_with("/interactions/")
        && !template.ends_with("/typing")
        && !template.starts_with("/attachments/")
}

async fn people(bot: &Bot, count: usize, place: Place) -> Vec<Person> {
    let people: Vec<Person> = (0..count)
        .map(|number| bot.discord.person(&format!("Person {number}")))
        .collect();
    let greeting = greeting();
    join_all(
        people
            .iter()
            .map(|one| goes_through(one, place, &greeting[..1])),
    )
    .await;
    people
}

async fn all_do(people: &[Person], place: Place, (deed, answer): &Turn) {
    let one = async |person: &Person| {
        let taken = does(person, place, deed).await.expect("it is a press");
        assert!(taken.acknowledged(), "{taken:?}");
        reads(person, answer).await;
        assert_eq!(times(person, answer), 1);
    };
    join_all(people.iter().map(one)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_a_global_hold_one_call_goes_first_and_the_rest_wait_for_it() {
    let bot = Bot::start().await;
    let place = bot.clinic().place();
    let people = people(&bot, 12, place).await;
    bot.discord.clear_calls();
    // More than are under way at once, so that the last ones meet calls that go first, and alone.
    let (holds, hold, late) = (15, Duration::from_millis(400), Duration::from_millis(500));
    let wait = hold.as_secs_f64();
    bot.discord
        .orders(Trouble::GloballyRateLimited(wait), "/webhooks/*", holds);
    bot.discord
        .orders(Trouble::Late(late.as_secs_f64()), "/webhooks/*", 1);
    all_do(&people, place, &greeting()[1]).await;

    let all = bot.discord.calls();
    let came: Vec<Duration> = all
        .iter()
        .filter(|call| is_gated(call))
        .map(|call| call.after)
        .collect();
    let refused = all.iter().filter(|call| call.status == 429);
    let refused: Vec<Duration> = refused.map(|call| call.after).collect();
    assert_eq!(refused.len(), holds as usize);
    let first = refused[0];
    let later: Vec<Duration> = refused
        .iter()
        .copied()
        .filter(|at| *at > first + UNDER_WAY)
        .collect();
    assert!(later.len() >= 3, "{refused:?}");
    for pair in later.windows(2) {
        assert!(pair[1] + SLACK >= pair[0] + hold, "{refused:?}");
    }
    let last = refused[refused.len() - 1];
    let quiet =
        |from: Duration, to: Duration| !came.iter().any(|at| *at > from && *at + SLACK < to);
    assert!(quiet(last, last + hold), "{last:?}: {came:?}");
    let probe = came.iter().copied().find(|at| *at > last);
    let probe = probe.expect("it goes on");
    let alone = quiet(probe, probe + late);
    assert!(alone, "after {probe:?} one goes alone: {came:?}");
    assert_eq!(bot.discord.invalid_requests(), holds as usize);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_channel_that_is_held_keeps_its_order_and_holds_nobody_else() {
    let bot = Bot::start().await;
    let people = people(&bot, 2, Place::Direct).await;
    let (held, free) = (&people[0], &people[1]);
    bot.discord.clear_calls();
    bot.discord.orders(Trouble::RateLimited(1.0), POST, 3);
    let (deed, answer) = &greeting()[1];
    does(held, Place::Direct, deed).await;
    bot.discord
        .waits_until_called("the first is refused", |calls| {
            calls.iter().any(|call| call.status == 429)
        })
        .await;
    // What is left of the trouble meets the channel that is held, and it alone.
    goes_through(
        held,
        Place::Direct,
        &[(Deed::Command("help"), "These are the commands")],
    )
    .await;
    reads(held, answer).await;
    let ordered = is_read_before(held, answer, "These are the commands");
    assert!(ordered, "{}", held.transcript());
    assert_eq!(times(held, answer), 1);
    goes_through(free, Place::Direct, &greeting()[1..2]).await;
    let all = bot.discord.calls();
    let refused: Vec<Duration> = all
        .iter()
        .filter(|call| call.status == 429)
        .map(|call| call.after)
        .collect();
    assert_eq!(refused.len(), 3);
    for pair in refused.windows(2) {
        assert!(
            pair[1] + SLACK >= pair[0] + Duration::from_secs(1),
            "{refused:?}"
        );
    }
    assert_eq!(bot.discord.invalid_requests(), 3);
}

/// Whether the one is read before the other.
fn is_read_before(person: &Person, first: &str, second: &str) -> bool {
    let seen = view(person);
    let position = |text: &str| seen.iter().position(|shown| shown.contains(text));
    position(first).is_some() && position(first) < position(second)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn while_the_platform_fails_nothing_is_lost_and_nothing_floods() {
    let mut bot = Bot::on(DiscordStandIn::start().await, "");
    bot.discord
        .orders(Trouble::Status(503), "GET /gateway/bot", 2);
    bot.discord
        .orders(Trouble::Status(500), "GET /applications/*", 1);
    bot.comes_up().await;
    let place = bot.clinic().place();
    let people = people(&bot, 4, place).await;
    bot.discord.clear_calls();
    // For a while nothing works at all. Everybody is tried again after 1, 2 and 4 seconds.
    let outage = Duration::from_secs(5);
    bot.discord
        .orders(Trouble::Status(502), "/webhooks/*", u32::MAX);
    let ends = async {
        tokio::time::sleep(outage).await;
        bot.discord.calls_off_troubles();
    };
    let turns = greeting();
    tokio::join!(all_do(&people, place, &turns[1]), ends);
    let calls = bot.discord.calls();
    let failed = calls.iter().filter(|call| call.status == 502).count();
    let fewest_and_most = people.len() * 2..=people.len() * 4;
    assert!(fewest_and_most.contains(&failed), "{failed}");
    assert_eq!(bot.discord.invalid_requests(), 0);

    // Alone with the bot likewise, and an answer that took effect is not said again.
    let person = bot.discord.person("Person 0");
    for trouble in [
        Trouble::Status(500),
        Trouble::LoseAnswer,
        Trouble::CutInBody,
    ] {
        bot.discord.orders(trouble, POST, 1);
    }
    goes_through(&person, Place::Direct, &greeting()[2..4]).await;
    for (_, answer) in &greeting()[2..4] {
        assert_eq!(times(&person, answer), 1, "{}", person.transcript());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_minute_of_errors_costs_no_message() {
    let bot = Bot::start().await;
    let people = [
        (bot.discord.person("Ann"), bot.clinic().place()),
        (bot.discord.person("Bob"), Place::Direct),
    ];
    let turns = greeting();
    for (person, place) in &people {
        goes_through(person, *place, &turns[..1]).await;
    }
    bot.discord.clear_calls();
    for what in ["/webhooks/*", "/channels/*"] {
        bot.discord.orders(Trouble::Status(502), what, u32::MAX);
    }
    let (deed, answer) = &turns[1];
    for (person, place) in &people {
        let taken = does(person, *place, deed).await.expect("it is a press");
        assert!(taken.acknowledged(), "{taken:?}");
    }
    tokio::time::sleep(Duration::from_mins(1)).await;
    for (person, _) in &people {
        assert_eq!(times(person, answer), 0, "{}", person.transcript());
    }
    bot.discord.calls_off_troubles();
    for (person, _) in &people {
        reads(person, answer).await;
        assert_eq!(times(person, answer), 1, "{}", person.transcript());
    }
    let calls = bot.discord.calls().into_iter();
    let failed = calls.filter(|call| call.status == 502).count();
    // Tried again and again, and ever more seldom.
    assert!((8..=40).contains(&failed), "{failed} calls in vain");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_acknowledgement_whose_answer_is_cut_off_still_counts() {
    let bot = Bot::start().await;
    let place = bot.clinic().place();
    let person = bot.discord.person("Ann");
    let troubles = [
        Trouble::LoseAnswer,
        Trouble::CutInBody,
        Trouble::Status(503),
    ];
    for ((deed, answer), trouble) in greeting().iter().zip(troubles) {
        bot.discord.orders(trouble, "/interactions/*", 1);
        let taken = does(&person, place, deed).await.expect("it is pressed");
        assert!(taken.acknowledged(), "{trouble:?}");
        reads(&person, answer).await;
        assert_eq!(times(&person, answer), 1, "{}", person.transcript());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_photo_that_cannot_be_fetched_twice_is_fetched_at_the_third_try() {
    let bot = Bot::start().await;
    let person = bot.discord.person("Ann");
    let place = bot.clinic().place();
    goes_through(&person, place, &greeting()).await;
    bot.discord
        .orders(Trouble::Status(500), "/attachments/*", 1);
    bot.discord.orders(Trouble::CutInBody, "/attachments/*", 1);
    goes_through(&person, place, &[(Deed::Photo, "Photo 1 came out well")]).await;
    assert_eq!(times(&person, "Photo 1"), 1, "{}", person.transcript());
    let calls = bot.discord.calls();
    let fetched = calls
        .iter()
        .filter(|call| call.template.starts_with("/attachments/"));
    assert_eq!(fetched.count(), 3);
}

/// Nothing of the pace is switched off here: what Discord allows is told by the headers alone.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_headers_allow_is_kept_to_and_nothing_is_ever_refused_for_haste() {
    let discord = DiscordStandIn::start().await;
    discord.tightens_limit("/webhooks/", Duration::from_secs(1));
    let mut bot = Bot::within_limits_of(discord, "");
    bot.comes_up().await;
    let place = bot.clinic().place();
    let people: Vec<Person> = ["Ann", "Bob", "Cho"]
        .map(|name| bot.discord.person(name))
        .into();
    // Whoever asks for help first is greeted, too: two answers through one token.
    let help = (Deed::Command("help"), "These are the commands");
    all_do(&people, place, &help).await;
    all_do(
        &people,
        Place::Direct,
        &(Deed::Command("privacy"), "This is what is kept"),
    )
    .await;
    for person in &people {
        assert_eq!(times(person, greeting()[0].1), 1, "{}", person.transcript());
    }
    all_do(&people, place, &greeting()[1]).await;
    let haste = bot.discord.calls().into_iter();
    let haste: Vec<Call> = haste.filter(|call| call.status == 429).collect();
    assert!(haste.is_empty(), "{haste:?}");
    assert_eq!(bot.discord.invalid_requests(), 0);
}
