//! Many persons at once.

use std::time::Duration;

use tokio::time::sleep;

use super::scene::Scene;
use super::seen::{assert_same, cut_off_in, shown};
use crate::support::telegram::Person;

const PERSONS: usize = 200;
/// How many messages the program has under way at most.
const UNDER_WAY: usize = 32;

/// Waits until so many of them were answered.
async fn answered(persons: &[Person], count: usize, by: impl Fn(&Person) -> bool) {
    while persons.iter().filter(|person| by(person)).count() < count {
        sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_hundred_persons_at_once_lose_nothing_when_the_program_is_killed() {
    let mut scene = Scene::open().await;
    let first = scene.telegram.person(1, "Bora", Some("ko"));
    first.says("/start");
    scene.settled().await;
    first.presses("한국어로 시작").expect("the hello is there");
    scene.quiet().await;
    let expected = shown(&first);

    let persons: Vec<Person> = (0..PERSONS)
        .map(|number| {
            let id = 1_000 + i64::try_from(number).expect("a small number");
            scene.telegram.person(id, "Anna", Some("ko"))
        })
        .collect();
    for person in &persons {
        person.says("/start");
    }
    let has_hello = |person: &Person| person.newest().is_some();
    let is_asked = |person: &Person| {
        let newest = person.newest().and_then(|message| message.text);
        newest.is_some_and(|text| text.contains("만 14세"))
    };
    for share in [PERSONS / 4, PERSONS / 2] {
        answered(&persons, share, has_hello).await;
        scene.dies();
        scene.comes_back();
    }
    scene.settled().await;
    for person in &persons {
        person.presses("한국어로 시작").expect("the hello is there");
    }
    answered(&persons, PERSONS / 3, is_asked).await;
    scene.dies();
    scene.comes_back();
    scene.quiet().await;

    let calls = scene.telegram.calls();
    let mut doubled = 0;
    for person in &persons {
        let doubtful = cut_off_in(&calls, person);
        doubled += assert_same(&expected, &shown(person), &doubtful);
    }
    assert!(
        doubled <= UNDER_WAY * scene.kills as usize,
        "{doubled} doubled"
    );
}
