//! Several processes with one token over one store.

use std::sync::Arc;

use dupi::channels::discord::PersonalPlace;
use dupi::domain::consultation::{Button, Language};
use dupi::storage::Location;
use dupi::wording::Wording;
use futures_util::future::join_all;
use tempfile::TempDir;

use super::{PATIENCE, Process, ShiftedClock, offers};
use crate::support::discord::{DiscordStandIn, Person, Place};

const ENGLISH: Language = Language::English;
/// How many people speak to the bot at once, on a server and alone with it.
const PEOPLE: usize = 20;

/// Discord tells every event to both: one of them acknowledges and takes it in, and either may answer.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_processes_over_one_store_answer_everything_once() {
    let folder = TempDir::new().unwrap();
    let discord = DiscordStandIn::start().await;
    discord.lifts_limits();
    let guild = discord.guild("Clinic");
    let location = Location::File(folder.path().join("dupi.sqlite"));
    let clock = Arc::new(ShiftedClock::default());
    let mut processes = Vec::new();
    for number in 1..=2 {
        let house = (&location, folder.path());
        let process =
            Process::start(&discord, PersonalPlace::Ephemeral.into(), &clock, house).await;
        processes.push(process);
        discord
            .waits_until("another session", |all| {
                all.iter().filter(|one| one.shard.is_some()).count() == number
            })
            .await;
    }

    let wording = Wording::embedded().unwrap();
    let person = |place: &str, number: usize| discord.person(&format!("{place} {number}"));
    let there: Vec<Person> = (0..PEOPLE).map(|one| person("Guest", one)).collect();
    let alone: Vec<Person> = (0..PEOPLE).map(|one| person("Friend", one)).collect();
    let speak = wording.button(Button::Speak(ENGLISH), ENGLISH);
    let age = wording.phrases().phrase(ENGLISH, "ask-age", &[]);
    for friend in &alone {
        friend.sends_dm("hello", &[]);
    }
    let begin = there
        .iter()
        .map(|one| one.slash(guild.place(), "consult", &[]));
    for taken in join_all(begin).await {
        assert!(taken.acknowledged(), "{taken:?}");
    }
    let press = there.iter().chain(&alone).map(async |one| {
        let is_ready = |sight: &_| offers(sight, &speak);
        one.waits_for("hello", is_ready).await;
        let taken = one.clicks(&speak).await;
        assert!(taken.acknowledged(), "{taken:?}");
        one.waits_for("the next question", |sight| super::says(sight, &age))
            .await;
    });
    join_all(press).await;
    for (person, place) in there
        .iter()
        .map(|one| (one, guild.place()))
        .chain(alone.iter().map(|one| (one, Place::Direct)))
    {
        let seen = person.hears();
        assert_eq!(seen.len(), 2, "{}", person.transcript());
        assert!(seen.iter().all(|one| one.place == place && !one.thinking));
    }
    for process in processes {
        process.shutdown.cancel();
        let ended = tokio::time::timeout(PATIENCE, async {
            process.running.await.unwrap();
            process.serving.await.unwrap()
        });
        ended.await.unwrap().unwrap();
    }
}
