use tokio::task::JoinSet;
use tokio::time::{Instant, timeout};

use super::*;

/// Far longer than anything here takes, also on a machine that is busy.
const DEADLINE: Duration = Duration::from_secs(20);
/// Long enough for somebody to be woken who should not be.
const A_WHILE: Duration = Duration::from_millis(60);

const FAST: Rate = Rate {
    burst: 5,
    every: Duration::from_micros(100),
};

fn fast() -> PaceLimits {
    PaceLimits {
        overall: FAST,
        private: FAST,
        group: FAST,
        most_waiting: 2_000,
        patience: DEADLINE,
    }
}

fn chat(id: u64) -> Place {
    Place::Private(PlaceId::from(id))
}

async fn soon<T>(future: impl Future<Output = T>) -> T {
    timeout(DEADLINE, future).await.expect("it comes soon")
}

#[tokio::test]
async fn the_second_call_to_a_chat_waits_until_the_first_has_ended_however_it_ended() {
    let (pacer, _keeper) = Pacer::start(fast(), CancellationToken::new());
    for how in 0..3 {
        let first = soon(pacer.turn(chat(1), Urgency::Interactive)).await;
        let first = first.unwrap();
        let mut second = Box::pin(pacer.turn(chat(1), Urgency::Interactive));
        assert!(timeout(A_WHILE, &mut second).await.is_err());
        match how {
            0 => first.succeeded(),
            1 => first.slow_down(Scope::ThisPlace, Duration::from_millis(1)),
            _ => drop(first),
        }
        soon(second).await.unwrap().succeeded();
    }
}

#[tokio::test]
async fn who_stops_waiting_gives_the_turn_back() {
    let (pacer, _keeper) = Pacer::start(fast(), CancellationToken::new());
    for _ in 0..20 {
        let first = soon(pacer.turn(chat(1), Urgency::Interactive)).await;
        let impatient = tokio::spawn({
            let pacer = pacer.clone();
            async move { pacer.turn(chat(1), Urgency::Interactive).await }
        });
        tokio::task::yield_now().await;
        first.unwrap().succeeded();
        // Now or just before the turn is given, which is just what happens in between.
        impatient.abort();
        drop(impatient.await);
        soon(pacer.turn(chat(1), Urgency::Interactive))
            .await
            .unwrap()
            .succeeded();
    }
}

#[tokio::test]
async fn who_stopped_waiting_takes_up_no_room() {
    let limits = PaceLimits {
        most_waiting: 1,
        ..fast()
    };
    let (pacer, _keeper) = Pacer::start(limits, CancellationToken::new());
    let first = soon(pacer.turn(chat(1), Urgency::Interactive)).await;
    let impatient = pacer.turn(chat(1), Urgency::Interactive);
    assert!(timeout(A_WHILE, impatient).await.is_err());
    let mut next = Box::pin(pacer.turn(chat(1), Urgency::Interactive));
    assert!(timeout(A_WHILE, &mut next).await.is_err(), "it waits");
    let refused = soon(pacer.turn(chat(1), Urgency::Interactive)).await;
    assert!(matches!(refused, Err(PaceError::TooLong { .. })));
    first.unwrap().succeeded();
    soon(next).await.unwrap().succeeded();
}

#[tokio::test]
async fn a_thousand_tasks_wait_for_one_probe() {
    let (pacer, _keeper) = Pacer::start(fast(), CancellationToken::new());
    let hold = Duration::from_millis(300);
    let first = soon(pacer.turn(Place::Nowhere, Urgency::Interactive)).await;
    let held = Instant::now();
    first.unwrap().slow_down(Scope::Everything, hold);
    let (gone, mut probes) = mpsc::channel(1_000);
    let mut tasks = JoinSet::new();
    for id in 0..1_000 {
        let (pacer, gone) = (pacer.clone(), gone.clone());
        tasks.spawn(async move {
            let turn = pacer.turn(chat(id), Urgency::Bulk).await.unwrap();
            gone.send(turn).await.unwrap();
        });
    }
    drop(gone);
    let probe = soon(probes.recv()).await.unwrap();
    assert!(held.elapsed() >= hold);
    assert!(timeout(A_WHILE, probes.recv()).await.is_err(), "one alone");
    probe.succeeded();
    for _ in 1..1_000 {
        soon(probes.recv()).await.unwrap().succeeded();
    }
    assert!(soon(probes.recv()).await.is_none());
    assert_eq!(tasks.join_all().await.len(), 1_000);
}

#[tokio::test]
async fn too_long_a_hold_is_told_at_once() {
    let (pacer, _keeper) = Pacer::start(fast(), CancellationToken::new());
    let first = soon(pacer.turn(chat(1), Urgency::Interactive)).await;
    let hour = Duration::from_hours(1);
    first.unwrap().slow_down(Scope::ThisPlace, hour);
    let refused = soon(pacer.turn(chat(1), Urgency::Interactive)).await;
    let Err(PaceError::TooLong { after }) = refused else {
        panic!("{refused:?} is no refusal");
    };
    assert!(after <= hour && after + DEADLINE > hour);
    let elsewhere = soon(pacer.turn(chat(2), Urgency::Interactive)).await;
    elsewhere.unwrap().succeeded();
}

#[tokio::test]
async fn at_the_shutdown_who_waits_is_told_and_the_task_ends() {
    let shutdown = CancellationToken::new();
    let (pacer, keeper) = Pacer::start(fast(), shutdown.clone());
    let first = soon(pacer.turn(chat(1), Urgency::Interactive)).await;
    let mut second = Box::pin(pacer.turn(chat(1), Urgency::Interactive));
    assert!(timeout(A_WHILE, &mut second).await.is_err());
    shutdown.cancel();
    assert_eq!(soon(second).await.unwrap_err(), PaceError::Stopped);
    soon(keeper).await.unwrap();
    let late = soon(pacer.turn(chat(2), Urgency::Interactive)).await;
    assert_eq!(late.unwrap_err(), PaceError::Stopped);
    // The call that was under way may still tell how it came out.
    first.unwrap().succeeded();
}

#[tokio::test]
async fn the_task_ends_with_its_last_handle() {
    let (pacer, keeper) = Pacer::start(fast(), CancellationToken::new());
    let other = pacer.clone();
    drop(pacer);
    let turn = soon(other.turn(Place::Nowhere, Urgency::Bulk)).await;
    drop(other);
    soon(keeper).await.unwrap();
    drop(turn);
}

#[test]
fn an_id_is_not_shown() {
    let place = Place::Group(PlaceId::from(-1_001_234_567_i64));
    assert_eq!(format!("{place:?}"), "Group(PlaceId(..))");
}

#[tokio::test]
async fn a_place_that_is_held_without_a_turn_is_held_alone() {
    let (pacer, _keeper) = Pacer::start(fast(), CancellationToken::new());
    pacer.hold(chat(1), 2 * DEADLINE);
    let refused = soon(pacer.turn(chat(1), Urgency::Interactive)).await;
    assert!(matches!(refused, Err(PaceError::TooLong { after }) if after > DEADLINE));
    // Neither another chat nor what is shown beside the messages of this one.
    for place in [chat(2), Place::Aside(PlaceId::from(1_u64)), Place::Nowhere] {
        let turn = soon(pacer.turn(place, Urgency::Bulk)).await;
        turn.unwrap().succeeded();
    }
}
