//! The real program, killed again and again in the middle of a consultation over real HTTP.

use std::time::Duration;

use serde_json::Value;
use tempfile::TempDir;

use crate::support::program::Program;
use crate::support::visitor::{Deed, Visitor};

/// How often the program is killed over one deed before that one may end in peace.
const KILLS_PER_DEED: u64 = 2;

pub(crate) fn script() -> Vec<Deed<'static>> {
    let photo = include_bytes!("../fixtures/photos/close_up_mixed.jpg").to_vec();
    vec![
        Deed::Open,
        Deed::Press("speak:ko"),
        Deed::Press("age:yes"),
        Deed::Press("agree:basic"),
        Deed::Press("agree:sensitive"),
        Deed::Press("region:crown"),
        Deed::Photo(photo),
        Deed::Press("photos-done"),
        Deed::Choose("age", &["age-30s"]),
        Deed::Choose("sex", &["sex-female"]),
        Deed::Press("skip:shampoo-frequency"),
        Deed::Press("skip:perm"),
        Deed::Press("skip:dye"),
        Deed::Choose("hair-state", &["hair-dyed", "hair-other"]),
        Deed::Press("skip:products"),
        Deed::Press("skip:custom-care"),
        Deed::Press("skip:shampoo-priority"),
        Deed::Choose("red-flags", &[]),
        Deed::Say("가끔 가려워요"),
    ]
}

/// What stands in the history, without ids and times.
pub(crate) fn shown(history: &[Value]) -> Vec<String> {
    history
        .iter()
        .map(|entry| match entry.get("content") {
            Some(content) => content["paragraphs"].to_string(),
            None => entry
                .get("text")
                .map_or_else(|| "photo".to_owned(), ToString::to_string),
        })
        .collect()
}

/// Whether a person would see the answer: nobody presses a button before it is there.
fn is_answered(deed: &Deed<'_>, history: &[Value]) -> bool {
    let newest = history
        .iter()
        .max_by_key(|entry| entry["revision"].as_u64());
    let has_spoken_last = newest.is_some_and(|entry| entry["who"] == "dupi");
    let is_judged = |entry: &Value| {
        let is_photo = entry["slot"]
            .as_str()
            .is_some_and(|slot| slot.starts_with("photo:"));
        is_photo && entry["content"]["is_working"] == false
    };
    match deed {
        Deed::Photo(_) => history.iter().any(is_judged),
        Deed::Open | Deed::Press(_) | Deed::Choose(..) | Deed::Say(_) => has_spoken_last,
    }
}

pub(crate) fn has_guidance(history: &[Value]) -> bool {
    history.iter().any(|entry| {
        entry["content"]["buttons"]
            .to_string()
            .contains("\"review\"")
    })
}

/// Does it, and waits until the answer is seen.
pub(crate) async fn plays(
    visitor: &Visitor,
    number: usize,
    deed: &Deed<'_>,
) -> reqwest::Result<()> {
    visitor.tries(&format!("deed-{number}"), deed).await?;
    visitor
        .waits_until(|history| is_answered(deed, history))
        .await?;
    Ok(())
}

async fn undisturbed(deeds: &[Deed<'_>]) -> Vec<String> {
    let folder = TempDir::new().expect("a temporary folder");
    let program = Program::start(folder.path());
    let visitor = Visitor::new(program.base.clone());
    for (number, deed) in deeds.iter().enumerate() {
        plays(&visitor, number, deed)
            .await
            .expect("the program answers");
    }
    let history = visitor
        .waits_until(has_guidance)
        .await
        .expect("the program answers");
    program.kill();
    shown(&history)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_program_killed_again_and_again_loses_and_doubles_nothing() {
    let deeds = script();
    let expected = undisturbed(&deeds).await;

    let folder = TempDir::new().expect("a temporary folder");
    let mut program = Program::start(folder.path());
    let mut visitor = Visitor::new(program.base.clone());
    let mut kills = 0;
    for (number, deed) in deeds.iter().enumerate() {
        // An effect is given up when the process dies over it too often, lest a photo that kills
        // the process kills it for ever: so no deed is disturbed more often than that.
        for _ in 0..KILLS_PER_DEED {
            let life = Duration::from_millis(5 + kills * 7 % 90);
            // Over in time or not, answered or not: the program is killed.
            let _ = tokio::time::timeout(life, plays(&visitor, number, deed)).await;
            program.kill();
            kills += 1;
            program = Program::start(folder.path());
            visitor.moves_to(program.base.clone());
        }
        plays(&visitor, number, deed)
            .await
            .expect("the program answers");
    }
    let history = visitor
        .waits_until(has_guidance)
        .await
        .expect("the program answers");
    program.kill();
    assert_eq!(shown(&history), expected, "after {kills} kills");
}
