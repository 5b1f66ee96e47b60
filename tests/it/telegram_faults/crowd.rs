//! Many persons at once.

use super::scene::Scene;
use super::seen::{assert_same, cut_off_in, shown};
use crate::support::telegram::Person;

const PERSONS: usize = 200;
/// How many messages the program has under way at most.
const UNDER_WAY: usize = 32;

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
        scene
            .until("some of them are answered", async |_| {
                persons.iter().filter(|person| has_hello(person)).count() >= share
            })
            .await;
        scene.dies();
        scene.comes_back();
    }
    scene.settled().await;
    for person in &persons {
        person.presses("한국어로 시작").expect("the hello is there");
    }
    scene
        .until("some of them are answered", async |_| {
            persons.iter().filter(|person| is_asked(person)).count() >= PERSONS / 3
        })
        .await;
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
