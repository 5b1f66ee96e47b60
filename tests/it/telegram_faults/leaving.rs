//! A person blocks the bot in the middle, and comes back.

use super::scene::Scene;
use super::script::TO_THE_PHOTO;
use super::seen::{assert_same, cut_off, shown, texts};
use crate::support::telegram::Person;

/// What is answered with a message each.
const ASKED: [&str; 3] = ["/help", "/privacy", "/consult"];

/// Asks while updates are held back, and is gone when they are delivered.
async fn asks_and_blocks(scene: &Scene, person: &Person) {
    scene.telegram.hold_back();
    for text in ASKED {
        person.says(text);
    }
    person.blocks();
    scene.telegram.deliver();
    scene
        .telegram
        .until("everything is taken in", |telegram| {
            telegram.waiting_updates() == 0
        })
        .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_held_for_a_person_who_blocked_the_bot_goes_out_in_order_and_once() {
    let mut scene = Scene::open().await;
    let (anna, bora, calm) = (
        scene.telegram.person(7, "Anna", Some("ko")),
        scene.telegram.person(8, "Bora", Some("ko")),
        scene.telegram.person(9, "Cho", Some("ko")),
    );
    for deed in &TO_THE_PHOTO[..4] {
        for person in [&anna, &bora, &calm] {
            deed.is_done_by(person);
        }
        scene.settled().await;
    }
    asks_and_blocks(&scene, &anna).await;
    asks_and_blocks(&scene, &bora).await;
    // It is remembered over a death.
    scene.dies();
    scene.comes_back();
    for text in ASKED {
        calm.says(text);
    }
    let answered = |person: &Person| shown(person).len();
    let held = [answered(&anna), answered(&bora)];
    scene
        .until("the one who is there is answered", async |_| {
            texts(&shown(&calm))
                .iter()
                .filter(|line| !line.starts_with('>'))
                .count()
                >= 4 + ASKED.len()
        })
        .await;
    assert_eq!([answered(&anna), answered(&bora)], held);

    anna.unblocks();
    scene
        .until("the one who came back is answered", async |_| {
            answered(&anna) >= answered(&calm)
        })
        .await;
    assert_eq!(answered(&bora), held[1]);
    // Writing is coming back as well.
    bora.says("/help");
    scene.quiet().await;
    calm.says("/help");
    anna.says("/help");
    scene.quiet().await;
    for person in [&anna, &bora] {
        assert_answered_like(&scene, person, &calm);
    }
}

/// The same was said to both, in the same order, wherever their own words stand.
fn assert_answered_like(scene: &Scene, person: &Person, calm: &Person) {
    let of_the_bot = |person| {
        let mut lines = shown(person);
        lines.retain(|line| !texts(std::slice::from_ref(line))[0].starts_with('>'));
        lines
    };
    let doubtful = cut_off(&scene.telegram, person);
    assert_same(&of_the_bot(calm), &of_the_bot(person), &doubtful);
}
