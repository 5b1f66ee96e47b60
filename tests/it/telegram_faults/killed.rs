//! A whole consultation while the program is killed again and again.

use std::time::Duration;

use tokio::time::timeout;

use super::scene::{PATIENCE, Scene};
use super::script::{Deed, consultation};
use super::seen::{Line, assert_same, cut_off, shown};
use crate::support::telegram::{Call, Fault, Lasting, On, Outcome, Person, TelegramStandIn};

/// The calls by which something is said.
const SAYING: [&str; 4] = [
    "sendMessage",
    "sendPhoto",
    "editMessageText",
    "editMessageCaption",
];

/// How often the program is killed over one deed: less often over what comes again and again. Work is
/// given up when the process dies over it too often, lest a photo that kills the process kills it
/// for ever: it is tried four times at least.
fn kills_over(deed: Deed) -> usize {
    match deed {
        Deed::Press("건너뛰기") => 1,
        Deed::Say(_) | Deed::Press(_) | Deed::SendPhoto => 2,
    }
}

/// Where exactly the program is killed.
#[derive(Debug, Clone, Copy)]
enum Boundary {
    /// What the person did was handed to the program.
    Fetched,
    /// Telegram has a call before it and has not carried it out.
    Received,
    /// Telegram has carried out a call, and its answer will not arrive.
    Unanswered,
    /// Telegram has answered a call.
    Answered,
}

impl Boundary {
    const ALL: [Self; 4] = [
        Self::Fetched,
        Self::Received,
        Self::Unanswered,
        Self::Answered,
    ];

    /// Sees to it that the program comes there at its next call.
    fn prepare(self, telegram: &TelegramStandIn) {
        let fault = match self {
            Self::Fetched | Self::Answered => return,
            Self::Received => Fault::Hang(PATIENCE),
            Self::Unanswered => Fault::LoseAnswer,
        };
        for method in SAYING {
            telegram.fail(On::Method(method), Lasting::Times(1), fault.clone());
        }
    }

    fn is_where(self, call: &Call) -> bool {
        let says = SAYING.contains(&call.method.as_str());
        match self {
            Self::Fetched => {
                let updates = call.answer["result"].as_array();
                call.method == "getUpdates" && updates.is_some_and(|list| !list.is_empty())
            }
            Self::Received => says && call.outcome == Outcome::Open,
            Self::Unanswered => says && call.outcome == Outcome::Lost,
            Self::Answered => says && call.outcome == Outcome::Answered(200),
        }
    }

    /// How often the program was there.
    fn visits(self, telegram: &TelegramStandIn) -> usize {
        let calls = telegram.calls();
        calls.iter().filter(|call| self.is_where(call)).count()
    }
}

fn anna(scene: &Scene) -> Person {
    scene.telegram.person(7, "Anna", Some("ko"))
}

async fn undisturbed(deeds: &[Deed]) -> Vec<Line> {
    let scene = Scene::open().await;
    let anna = anna(&scene);
    for deed in deeds {
        deed.is_done_by(&anna);
        scene.settled().await;
    }
    scene.quiet().await;
    shown(&anna)
}

/// Killed after ever other times, whatever it is doing.
async fn killed_at_any_time(deeds: &[Deed]) -> (Scene, Person) {
    let mut scene = Scene::open().await;
    let anna = anna(&scene);
    for deed in deeds {
        deed.is_done_by(&anna);
        for _ in 0..kills_over(*deed) {
            let life = Duration::from_millis(2 + u64::from(scene.kills) * 37 % 230);
            // Over in time or not: the program is killed.
            let _ = timeout(life, scene.settled()).await;
            scene.dies();
            scene.comes_back();
        }
        scene.settled().await;
    }
    scene.quiet().await;
    (scene, anna)
}

/// Killed exactly where it hurts.
async fn killed_at_boundaries(deeds: &[Deed]) -> (Scene, Person) {
    let mut scene = Scene::open().await;
    let anna = anna(&scene);
    let mut killed_at = [0; Boundary::ALL.len()];
    for (number, deed) in deeds.iter().enumerate() {
        let boundaries = Boundary::ALL.iter().cycle().skip(number);
        for (turn, boundary) in boundaries.take(kills_over(*deed)).enumerate() {
            let before = boundary.visits(&scene.telegram);
            boundary.prepare(&scene.telegram);
            if turn == 0 {
                deed.is_done_by(&anna);
            } else {
                scene.comes_back();
            }
            tokio::select! {
                () = scene.telegram.until("the program is where it is killed", |telegram| {
                    boundary.visits(telegram) > before
                }) => killed_at[*boundary as usize] += 1,
                // It had nothing left to do.
                () = scene.settled() => {}
            }
            scene.dies();
            scene.telegram.recover();
        }
        scene.comes_back();
        scene.settled().await;
    }
    assert!(killed_at.iter().all(|kills| *kills > 0), "{killed_at:?}");
    scene.quiet().await;
    (scene, anna)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_consultation_goes_on_however_often_and_wherever_the_program_is_killed() {
    let deeds = consultation();
    let (expected, at_any_time, at_boundaries) = tokio::join!(
        undisturbed(&deeds),
        killed_at_any_time(&deeds),
        killed_at_boundaries(&deeds),
    );
    let doubled = [at_any_time, at_boundaries].map(|(scene, anna)| {
        let doubtful = cut_off(&scene.telegram, &anna);
        let doubled = assert_same(&expected, &shown(&anna), &doubtful);
        assert!(doubled <= scene.kills as usize);
        doubled
    });
    // Answers were lost on purpose at the boundaries, so this test must see what it looks for.
    assert!(doubled[1] > 0, "{doubled:?}");
}
