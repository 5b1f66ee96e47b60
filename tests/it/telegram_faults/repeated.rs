//! Updates that come twice, or out of order.

use std::slice::from_ref;

use super::scene::Scene;
use super::script::TO_THE_PHOTO;
use super::seen::{assert_same, cut_off, shown, texts};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn updates_that_come_again_change_nothing() {
    let scene = Scene::open().await;
    let (calm, anna) = (
        scene.telegram.person(6, "Cho", Some("ko")),
        scene.telegram.person(7, "Anna", Some("ko")),
    );
    for deed in &TO_THE_PHOTO[..4] {
        deed.is_done_by(&calm);
        scene.settled().await;
    }
    for deed in &TO_THE_PHOTO[..4] {
        deed.is_done_by(&anna);
        scene.settled().await;
        scene.telegram.redeliver_last(3);
        scene.settled().await;
    }
    scene.quiet().await;
    let expected = shown(&calm);
    assert_eq!(texts(&shown(&anna)), texts(&expected));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn updates_from_the_newest_to_the_oldest_are_all_taken_in_once() {
    let mut scene = Scene::open().await;
    let (anna, bora) = (
        scene.telegram.person(7, "Anna", Some("ko")),
        scene.telegram.person(8, "Bora", Some("ko")),
    );
    for person in [&anna, &bora] {
        person.says("/start");
    }
    scene.settled().await;
    let before = [shown(&anna).len(), shown(&bora).len()];
    scene.telegram.hold_back();
    for person in [&anna, &bora] {
        person.says("/help");
        person.says("/privacy");
    }
    scene.telegram.deliver_out_of_order();
    // Killed over it as well: what was not confirmed comes again, the other way round still.
    scene
        .telegram
        .until("one of them is answered", |_| {
            shown(&anna).len() > before[0] + 2
        })
        .await;
    scene.dies();
    scene.comes_back();
    scene.quiet().await;
    for (person, before) in [(&anna, before[0]), (&bora, before[1])] {
        let seen = shown(person);
        let answers = &seen[before + 2..];
        let mut expected = answers.to_vec();
        expected.dedup_by(|a, b| texts(from_ref(a)) == texts(from_ref(b)));
        assert_eq!(expected.len(), 2, "{answers:#?}");
        let doubtful = cut_off(&scene.telegram, person);
        assert_same(&expected, answers, &doubtful);
    }
}
