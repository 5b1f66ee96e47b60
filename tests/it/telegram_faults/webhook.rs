//! The webhook: Telegram calls the program, here through a proxy that speaks https in its place.

use std::net::{SocketAddr, TcpListener};

use serde_json::json;
use tempfile::TempDir;

use super::scene::Scene;
use super::script::{TO_THE_PHOTO, photo};
use super::seen::{assert_same, cut_off, shown, texts};

const PATH: &str = "/telegram/updates";

/// An address that nobody listens on at the moment.
fn free_address() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("loopback has a free port");
    listener.local_addr().expect("a listener has an address")
}

/// A scene in which Telegram brings updates, and where.
async fn scene_with_webhook() -> (Scene, SocketAddr) {
    let folder = TempDir::new().expect("a temporary folder");
    let address = free_address();
    let settings = format!(
        "[telegram]\nwebhook_url = \"https://dupi.example{PATH}\"\n\
         webhook_address = \"{address}\"\n"
    );
    std::fs::write(folder.path().join("dupi.toml"), settings).expect("the folder is ours");
    let scene = Scene::open_in(folder).await;
    scene.telegram.reach_webhook_at(address);
    (scene, address)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn updates_that_telegram_brings_itself_are_taken_in_once_and_only_with_the_secret() {
    let (mut scene, address) = scene_with_webhook().await;
    let (calm, anna) = (
        scene.telegram.person(6, "Cho", Some("ko")),
        scene.telegram.person(7, "Anna", Some("ko")),
    );
    for deed in &TO_THE_PHOTO[..4] {
        deed.is_done_by(&calm);
        scene.settled().await;
    }
    assert!(scene.telegram.calls_of("getUpdates").is_empty());

    // Whoever does not know the secret achieves nothing.
    let before = scene.telegram.calls().len();
    let forged = json!({ "update_id": 1, "message": {
        "message_id": 1, "date": 1_700_000_000, "text": "/help",
        "chat": { "id": calm.id(), "type": "private", "first_name": "Cho" },
        "from": { "id": calm.id(), "is_bot": false, "first_name": "Cho" },
    }});
    let http = reqwest::Client::new();
    for secret in [None, Some("guessed")] {
        let mut post = http.post(format!("http://{address}{PATH}")).json(&forged);
        if let Some(secret) = secret {
            post = post.header("X-Telegram-Bot-Api-Secret-Token", secret);
        }
        let answer = post.send().await.expect("the program answers");
        assert!(
            [401, 403].contains(&answer.status().as_u16()),
            "{}",
            answer.status()
        );
    }

    // Killed over each deed, and brought again what it did not take.
    for deed in &TO_THE_PHOTO[..4] {
        deed.is_done_by(&anna);
        scene.dies();
        scene.comes_back();
        scene.settled().await;
        scene.telegram.redeliver_last(2);
        scene.settled().await;
    }
    scene.quiet().await;
    let says = |call: &crate::support::telegram::Call| call.params["chat_id"] == calm.id();
    let calls = scene.telegram.calls();
    assert_eq!(calls[before..].iter().filter(|call| says(call)).count(), 0);
    let expected = shown(&calm);
    assert_eq!(texts(&expected).len(), 5, "{}", calm.transcript());
    let doubtful = cut_off(&scene.telegram, &anna);
    assert_same(&expected, &shown(&anna), &doubtful);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_photo_of_an_album_that_is_brought_is_lost_or_doubled_when_the_program_dies_over_it() {
    dies_over_an_album(scene_with_webhook().await.0).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_photo_of_an_album_that_is_fetched_is_lost_or_doubled_when_the_program_dies_over_it() {
    dies_over_an_album(Scene::open().await).await;
}

async fn dies_over_an_album(mut scene: Scene) {
    let anna = scene.telegram.person(7, "Anna", Some("ko"));
    for deed in TO_THE_PHOTO {
        deed.is_done_by(&anna);
        scene.settled().await;
    }
    let before = shown(&anna).len();
    anna.sends_album([photo(), photo(), photo()]);
    // When Telegram has forgotten one part or more, and when it has forgotten all of them.
    for waiting in [2, 0] {
        scene
            .telegram
            .until("parts are taken in", |telegram| {
                telegram.waiting_updates() <= waiting
            })
            .await;
        scene.dies();
        scene.comes_back();
    }
    scene.quiet().await;
    scene.telegram.redeliver_last(3);
    scene.quiet().await;
    let seen = shown(&anna);
    let new = &texts(&seen)[before..];
    for number in 1..=3 {
        let number = format!("{number}번");
        let lines = new.iter().filter(|line| line.contains(&number));
        assert_eq!(lines.count(), 1, "{new:#?}");
    }
    assert!(!new.iter().any(|line| line.contains("4번")), "{new:#?}");
}
