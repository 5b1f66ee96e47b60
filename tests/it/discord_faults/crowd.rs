//! Many people at once.

use futures_util::future::join_all;

use super::Bot;
use super::deeds::{Turn, does, greeting, reads, times};
use crate::support::discord::{Person, Place, Taken};

/// How many press in the same moment.
const CROWD: usize = 100;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_one_of_a_hundred_who_press_at_once_is_acknowledged_in_time_and_answered_once() {
    let bot = Bot::start().await;
    let place = bot.clinic().place();
    let people: Vec<Person> = (0..CROWD)
        .map(|number| bot.discord.person(&format!("Person {number}")))
        .collect();
    for turn in &greeting()[..3] {
        all_at_once(&people, place, turn).await;
    }
    assert_eq!(bot.discord.invalid_requests(), 0);
}

async fn all_at_once(people: &[Person], place: Place, (deed, answer): &Turn) {
    let taken = join_all(people.iter().map(|person| does(person, place, deed))).await;
    let late = taken
        .iter()
        .filter(|taken| !taken.as_ref().is_some_and(Taken::acknowledged));
    assert_eq!(late.count(), 0, "{taken:?}");
    join_all(people.iter().map(|person| reads(person, answer))).await;
    for person in people {
        assert_eq!(times(person, answer), 1, "{}", person.transcript());
    }
}
