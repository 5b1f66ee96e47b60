//! Several processes over one store.

use std::sync::Arc;

use jiff::SignedDuration;
use tempfile::TempDir;

use super::house::House;
use super::scene::PATIENCE;
use super::seen::shown;
use crate::support::telegram::{Fault, Lasting, On, Outcome, Person, TelegramStandIn};
use crate::support::world::HandClock;

/// Longer than any lease.
const LATER: SignedDuration = SignedDuration::from_secs(61);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_processes_over_one_store_send_everything_once() {
    let folder = TempDir::new().expect("a temporary folder");
    let telegram = TelegramStandIn::start().await;
    let clock = Arc::new(HandClock::new());
    let mut one = House::open(folder.path(), &telegram, &clock, 0).await;
    let other = House::open(folder.path(), &telegram, &clock, 1 << 32).await;
    one.receives();
    let persons: Vec<Person> = (0..100)
        .map(|number| telegram.person(1_000 + number, "Anna", Some("ko")))
        .collect();
    for person in &persons {
        person.says("/start");
    }
    let taken_in = |telegram: &TelegramStandIn| telegram.waiting_updates() == 0;
    telegram.until("everything is taken in", taken_in).await;
    let (first, second) = tokio::join!(
        one.service.runner.run_until_idle(),
        other.service.runner.run_until_idle(),
    );
    let tries = [first, second].map(|tries| tries.expect("the store works"));
    assert!(tries.iter().all(|tries| *tries > 0), "{tries:?}");
    assert_eq!(tries.iter().sum::<usize>(), persons.len());
    for person in &persons {
        assert_eq!(shown(person).len(), 2, "{}", person.transcript());
    }

    // One of them dies over a message; the other takes it over when the lease is over.
    let anna = &persons[0];
    anna.says("/help");
    telegram.until("it is taken in", taken_in).await;
    let hang = Fault::Hang(PATIENCE);
    telegram.fail(On::Method("sendMessage"), Lasting::Times(1), hang);
    tokio::select! {
        _ = one.service.runner.run_until_idle() => panic!("the message cannot have been sent"),
        () = telegram.until("the message is on its way", |telegram| {
            let calls = telegram.calls_of("sendMessage");
            calls.iter().any(|call| call.outcome == Outcome::Open)
        }) => {}
    }
    let next = async || {
        other
            .service
            .runner
            .run_until_idle()
            .await
            .expect("the store works")
    };
    assert_eq!(next().await, 0);
    clock.advance(LATER);
    assert_eq!(next().await, 1);
    assert_eq!(shown(anna).len(), 4, "{}", anna.transcript());
    one.stops().await;
    other.stops().await;
}
