//! The clock jumps. The system's own cannot be moved here, so the service runs in this process with
//! a clock moved by hand, over the real store and the real channel.

use std::sync::Arc;
use std::time::Duration;

use dupi::ports::EffectState;
use jiff::SignedDuration;
use tempfile::TempDir;

use super::house::House;
use super::script::TO_THE_PHOTO;
use super::seen::{shown, texts};
use crate::support::telegram::{Fault, Lasting, On, Outcome, TelegramStandIn};
use crate::support::world::HandClock;

const AN_HOUR_FORWARD: SignedDuration = SignedDuration::from_hours(1);
const A_DAY_BACK: SignedDuration = SignedDuration::from_hours(-24);

struct Jumping {
    telegram: TelegramStandIn,
    clock: Arc<HandClock>,
    house: House,
    _folder: TempDir,
}

async fn jumping() -> Jumping {
    let folder = TempDir::new().expect("a temporary folder");
    let telegram = TelegramStandIn::start().await;
    let clock = Arc::new(HandClock::new());
    let mut house = House::open(folder.path(), &telegram, &clock, 0).await;
    house.receives();
    house.carries_out();
    Jumping {
        telegram,
        clock,
        house,
        _folder: folder,
    }
}

#[tokio::test]
async fn a_conversation_goes_on_over_jumps_of_the_clock() {
    let at = jumping().await;
    let calm = at.telegram.person(6, "Cho", Some("ko"));
    let anna = at.telegram.person(7, "Anna", Some("ko"));
    for deed in TO_THE_PHOTO {
        deed.is_done_by(&calm);
        at.house.settled(&at.telegram).await;
    }
    let jumps = [AN_HOUR_FORWARD, A_DAY_BACK].into_iter().cycle();
    for (deed, jump) in TO_THE_PHOTO.into_iter().zip(jumps) {
        at.clock.advance(jump);
        deed.is_done_by(&anna);
        at.house.settled(&at.telegram).await;
        at.telegram.redeliver_last(2);
        at.house.settled(&at.telegram).await;
    }
    assert_eq!(texts(&shown(&anna)), texts(&shown(&calm)));
    at.house.stops().await;
}

#[tokio::test]
async fn a_message_that_waits_for_another_try_goes_out_after_any_jump() {
    let at = jumping().await;
    let anna = at.telegram.person(7, "Anna", Some("ko"));
    let bora = at.telegram.person(8, "Bora", Some("ko"));
    for person in [&anna, &bora] {
        person.says("/start");
    }
    at.house.settled(&at.telegram).await;
    for (turn, jump) in (1..).zip([AN_HOUR_FORWARD, A_DAY_BACK]) {
        let lost = Fault::TooMany { retry_after: 1 };
        let once = Lasting::Times(1);
        at.telegram.fail(On::Method("sendMessage"), once, lost);
        anna.says("/help");
        at.telegram
            .until("the answer was refused", |telegram| {
                refusals(telegram) == turn
            })
            .await;
        at.house
            .until_every_effect(&[EffectState::Done, EffectState::Waiting])
            .await;
        at.clock.advance(jump);
        // Whatever happens next wakes the service.
        bora.says("/help");
        at.house.settled(&at.telegram).await;
        assert_eq!(shown(&anna).len(), 2 + 2 * turn, "{}", anna.transcript());
        assert_eq!(shown(&bora).len(), 2 + 2 * turn, "{}", bora.transcript());
    }
    at.house.stops().await;
}

fn refusals(telegram: &TelegramStandIn) -> usize {
    let calls = telegram.calls_of("sendMessage");
    let refused = |outcome| outcome == Outcome::Answered(429);
    calls.iter().filter(|call| refused(call.outcome)).count()
}

#[tokio::test]
async fn a_message_on_its_way_is_not_sent_again_because_the_clock_jumped() {
    let at = jumping().await;
    let anna = at.telegram.person(7, "Anna", Some("ko"));
    let bora = at.telegram.person(8, "Bora", Some("ko"));
    for person in [&anna, &bora] {
        person.says("/start");
    }
    at.house.settled(&at.telegram).await;
    for (turn, jump) in (1..).zip([AN_HOUR_FORWARD, A_DAY_BACK]) {
        let slow = Fault::Hang(Duration::from_secs(1));
        let once = Lasting::Times(1);
        at.telegram.fail(On::Method("sendMessage"), once, slow);
        anna.says("/help");
        at.telegram
            .until("the answer is on its way", |telegram| {
                let calls = telegram.calls_of("sendMessage");
                calls.iter().any(|call| call.outcome == Outcome::Open)
            })
            .await;
        at.clock.advance(jump);
        bora.says("/help");
        at.house.settled(&at.telegram).await;
        assert_eq!(shown(&anna).len(), 2 + 2 * turn, "{}", anna.transcript());
    }
    at.house.stops().await;
}
