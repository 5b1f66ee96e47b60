//! The operator's mistakes: a token that is not valid any more, and one that is used twice.

use tempfile::TempDir;

use super::scene::{Scene, start};
use super::seen::shown;
use crate::support::telegram::Outcome;
use crate::support::visitor::{Deed, Visitor};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_revoked_token_is_told_and_the_web_chat_goes_on() {
    let mut scene = Scene::open().await;
    let anna = scene.telegram.person(7, "Anna", Some("ko"));
    anna.says("/start");
    scene.settled().await;
    let visitor = Visitor::new(scene.program().base.clone());
    let working = visitor.gets("/readyz").await.expect("the program answers");
    assert_eq!(working.status(), 200);

    scene.telegram.revoke_token();
    // The poll that is open ends with this, and the next one is refused.
    anna.says("/help");
    scene.told("TELEGRAM_BOT_TOKEN").await;
    scene
        .until("the state of the channels tells it", async |_| {
            let state = visitor.gets("/readyz").await.expect("the program answers");
            state.status() == 503
                && state
                    .text()
                    .await
                    .is_ok_and(|text| text.contains("telegram stopped:token-refused"))
        })
        .await;
    let opened = visitor.tries("deed-1", &Deed::Open).await;
    opened.expect("the web chat goes on");
    visitor
        .waits_until(|history| history.iter().any(|entry| entry["who"] == "dupi"))
        .await
        .expect("the web chat goes on");
    let secret = scene.telegram.token().split_once(':').expect("a token").1;
    assert!(!scene.program().complaints().contains(secret));
    assert_eq!(scene.stops(), Some(1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_second_program_with_the_same_token_is_told_and_doubles_nothing() {
    let scene = Scene::open().await;
    let anna = scene.telegram.person(7, "Anna", Some("ko"));
    anna.says("/start");
    scene.settled().await;
    let other_folder = TempDir::new().expect("a temporary folder");
    let other = start(&scene.telegram, other_folder.path());
    let was_refused = |telegram: &crate::support::telegram::TelegramStandIn| {
        let polls = telegram.calls_of("getUpdates");
        let refused = polls
            .iter()
            .filter(|call| call.outcome == Outcome::Answered(409));
        refused.count() > 0
    };
    // Whoever was refused waits for a while, so the other one is alone now.
    scene
        .telegram
        .until("one of the two is turned away", was_refused)
        .await;
    let bora = scene.telegram.person(8, "Bora", Some("ko"));
    bora.says("/start");
    scene
        .telegram
        .until("she is answered", |_| bora.newest().is_some())
        .await;
    scene
        .until("one of the two tells what is wrong", async |scene| {
            let told = [scene.program().complaints(), other.complaints()];
            told.iter()
                .any(|text| text.contains("Another program receives this bot's updates"))
        })
        .await;
    other.kill();
    scene.quiet().await;
    assert_eq!(shown(&bora).len(), 2, "{}", bora.transcript());
    // Once it is alone again it goes on.
    anna.says("/help");
    scene
        .until("she is answered", async |_| shown(&anna).len() == 4)
        .await;
}
