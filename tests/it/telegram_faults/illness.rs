//! Telegram is ill: too busy, broken, cut off, or without the file.

use std::collections::HashMap;
use std::time::Duration;

use super::scene::Scene;
use super::script::{Deed, TO_THE_PHOTO};
use super::seen::{assert_same, cut_off, made_message, shown, texts};
use crate::support::telegram::{Fault, Lasting, On, Outcome, Person};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_storm_of_429s_is_waited_out_and_everybody_is_answered_once() {
    const PERSONS: i64 = 20;
    let scene = Scene::open().await;
    let wait = Duration::from_secs(1);
    let storm = Lasting::During(3 * wait);
    let fault = Fault::TooMany { retry_after: 1 };
    scene.telegram.fail(On::Method("sendMessage"), storm, fault);
    let persons: Vec<Person> = (0..PERSONS)
        .map(|id| scene.telegram.person(100 + id, "Anna", Some("ko")))
        .collect();
    for person in &persons {
        person.says("/start");
    }
    scene.quiet().await;
    for person in &persons {
        assert_eq!(shown(person).len(), 2, "{}", person.transcript());
    }
    let mut refused = HashMap::new();
    let mut refusals = 0;
    for call in scene.telegram.calls_of("sendMessage") {
        let chat = call.params["chat_id"].to_string();
        if let Some(before) = refused.remove(&chat) {
            assert!(call.at >= before + wait, "asked again before it was time");
        }
        if call.outcome == Outcome::Answered(429) {
            refusals += 1;
            refused.insert(chat, call.at);
        }
    }
    // Whoever waits is not let go all at once.
    assert!((1..=PERSONS).contains(&refusals), "{refusals} refusals");
}

/// Nobody is there for some seconds: the connection is refused.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_done_while_telegram_was_away_is_answered_afterwards() {
    let scene = Scene::open().await;
    let (anna, bora) = (
        scene.telegram.person(7, "Anna", Some("ko")),
        scene.telegram.person(8, "Bora", Some("ko")),
    );
    anna.says("/start");
    scene.settled().await;
    // The press has been taken in, and its answer finds nobody.
    let slow = Fault::Hang(Duration::from_millis(500));
    let once = Lasting::Times(1);
    scene.telegram.fail(On::Method("sendMessage"), once, slow);
    anna.presses("한국어로 시작").expect("the hello is there");
    scene
        .telegram
        .until("the answer is on its way", |telegram| {
            let calls = telegram.calls_of("sendMessage");
            calls.iter().any(|call| call.outcome == Outcome::Open)
        })
        .await;
    scene.telegram.goes_away();
    bora.says("/start");
    scene.told("no connection").await;
    tokio::time::sleep(Duration::from_secs(3)).await;
    scene.telegram.comes_back().await;
    scene.quiet().await;
    let newest = anna.newest().and_then(|message| message.text);
    assert!(newest.is_some_and(|text| text.contains("만 14세")));
    assert_eq!(shown(&anna).len(), 3, "{}", anna.transcript());
    assert_eq!(shown(&bora).len(), 2, "{}", bora.transcript());
}

/// Telegram answers with errors of its own for so long; what was done meanwhile is answered afterwards.
async fn is_broken_for(outage: Duration) -> Scene {
    let scene = Scene::open().await;
    let (anna, bora) = (
        scene.telegram.person(7, "Anna", Some("ko")),
        scene.telegram.person(8, "Bora", Some("ko")),
    );
    anna.says("/start");
    scene.settled().await;
    let lasting = Lasting::During(outage);
    scene
        .telegram
        .fail(On::AnyMethod, lasting, Fault::Status(502));
    anna.presses("한국어로 시작").expect("the hello is there");
    bora.says("/start");
    tokio::time::sleep(outage).await;
    scene.quiet().await;
    let newest = anna.newest().and_then(|message| message.text);
    assert!(newest.is_some_and(|text| text.contains("만 14세")));
    assert_eq!(shown(&anna).len(), 3, "{}", anna.transcript());
    assert_eq!(shown(&bora).len(), 2, "{}", bora.transcript());
    scene
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn some_seconds_of_errors_cost_nothing() {
    let scene = is_broken_for(Duration::from_secs(4)).await;
    assert_eq!(scene.telegram.unanswered().len(), 0);
}

/// The waiting sign on a button that was pressed has ended by itself by then.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_minute_of_errors_costs_no_message() {
    let scene = is_broken_for(Duration::from_mins(1)).await;
    let calls = scene.telegram.calls().into_iter();
    let broken = calls.filter(|call| call.outcome == Outcome::Answered(502));
    let broken = broken.count();
    // Tried again and again, and ever more seldom.
    assert!((10..=60).contains(&broken), "{broken} calls in vain");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn answers_that_are_cut_or_lost_or_senseless_cost_no_message() {
    let scene = Scene::open().await;
    let calm = scene.telegram.person(6, "Cho", Some("ko"));
    let deeds = &TO_THE_PHOTO[..4];
    for deed in deeds {
        deed.is_done_by(&calm);
        scene.settled().await;
    }
    let anna = scene.telegram.person(7, "Anna", Some("ko"));
    let faults = [
        ("getUpdates", Fault::CutInBody),
        ("sendMessage", Fault::CutInBody),
        ("getUpdates", Fault::LoseAnswer),
        ("sendMessage", Fault::NotOkJson),
    ];
    for (deed, (method, fault)) in deeds.iter().zip(faults) {
        let once = Lasting::Times(1);
        scene.telegram.fail(On::Method(method), once, fault);
        deed.is_done_by(&anna);
        scene.settled().await;
    }
    scene.quiet().await;
    let doubtful = cut_off(&scene.telegram, &anna);
    let lost = scene
        .telegram
        .calls()
        .iter()
        .filter(|call| call.outcome == Outcome::Lost && made_message(call).is_some())
        .count();
    let doubled = assert_same(&shown(&calm), &shown(&anna), &doubtful);
    assert_eq!((lost, doubled), (1, 1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_photo_that_cannot_be_fetched_twice_is_fetched_at_the_third_try() {
    let scene = Scene::open().await;
    let anna = scene.telegram.person(7, "Anna", Some("ko"));
    for deed in TO_THE_PHOTO {
        deed.is_done_by(&anna);
        scene.settled().await;
    }
    let before = shown(&anna).len();
    for fault in [Fault::CutInBody, Fault::Status(503)] {
        scene.telegram.fail(On::Download, Lasting::Times(1), fault);
    }
    Deed::SendPhoto.is_done_by(&anna);
    scene.quiet().await;
    let seen = shown(&anna);
    let new = &texts(&seen)[before..];
    assert_eq!(new.len(), 2, "{new:#?}");
    assert!(new[1].contains("살펴보기를 마쳤어요"), "{new:#?}");
    assert_eq!(scene.telegram.calls_of("getFile").len(), 3);
}
