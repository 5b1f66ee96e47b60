//! Whole conversations of the real program with people on a third party's model of Discord, which
//! knows the rules by itself: see `support::simcord`.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on ends where it stands"
)]

use std::path::Path;
use std::time::Duration;

use tempfile::TempDir;

use crate::support::simcord::{Call, Person, Simcord};

/// As long as an interaction's token is good, and a little more.
const TOO_LATE: Duration = Duration::from_secs(15 * 60 + 1);

fn photo() -> Vec<u8> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/photos");
    std::fs::read(folder.join("close_up_mixed.jpg")).unwrap()
}

/// From the hello to the photo.
async fn begins(person: Person<'_>) {
    person.presses("hello", "button-speak-ko").await;
    person.presses("ask-age", "button-old-enough").await;
    person.presses("ask-consent-basic", "button-agree").await;
    person
        .presses("ask-consent-sensitive", "button-agree")
        .await;
    person.presses("ask-region", "region-crown").await;
    person.is_offered("button-change-region").await;
}

/// From the graded photo to the guidance.
async fn answers(person: Person<'_>) {
    person.presses("photo-graded", "button-photos-done").await;
    person.chooses("question-age", &["choice-age-30s"]).await;
    person.chooses("question-sex", &["choice-sex-male"]).await;
    person
        .presses("question-shampoo-frequency", "button-back")
        .await;
    person.chooses("question-sex", &["choice-sex-female"]).await;
    let frequency = ["choice-shampoo-daily"];
    person
        .chooses("question-shampoo-frequency", &frequency)
        .await;
    person.presses("question-perm", "button-skip").await;
    person.chooses("question-dye", &["choice-dye-never"]).await;
    let hair = ["choice-hair-dyed", "choice-hair-other"];
    person.chooses("question-hair-state", &hair).await;
    let products = ["choice-product-shampoo"];
    person.chooses("question-products", &products).await;
    let care = ["choice-custom-care-yes"];
    person.chooses("question-custom-care", &care).await;
    let priority = ["choice-priority-price"];
    person.chooses("question-shampoo-priority", &priority).await;
    person.presses("question-red-flags", "choices-none").await;
    person
        .fills_in("question-free-line", "discord-write", "가끔 가려워요")
        .await;

    let result = person.sees("result").await;
    assert_eq!(result.files.len(), 1, "{result:#?}");
    person
        .looks_for("guidance", |seen| seen.text.contains('【'))
        .await;
}

fn is_refused(call: &Call) -> bool {
    call.status >= 400
}

/// All that the bot did was understood, besides what failed on purpose.
async fn nothing_else_was_refused(simcord: &Simcord, on_purpose: &[u64]) {
    let calls = simcord.calls().await;
    let refused: Vec<&Call> = calls
        .iter()
        .filter(|call| is_refused(call) && !on_purpose.contains(&call.status))
        .collect();
    assert!(refused.is_empty(), "{refused:#?}");
}

#[tokio::test]
async fn simcord_sees_a_whole_consultation_in_a_guild_that_others_do_not_see() {
    let Some(simcord) = Simcord::start().await else {
        return;
    };
    let data = TempDir::new().unwrap();
    let program = simcord.starts_program(data.path()).await;
    let alice = simcord.person("alice");

    alice.types("상담", &[]).await;
    // One failure in between changes nothing for her.
    alice.sees("hello").await;
    simcord.fails("*", "/webhooks/*", (500, 0), 1).await;
    begins(alice).await;
    simcord
        .waits_for_call("failure", |call| call.status == 500)
        .await;
    let photo = photo();
    let file = ("사진", "scalp.jpg", photo.as_slice());
    alice.types("상담", &[file]).await;
    answers(alice).await;

    for seen in alice.history().await {
        assert!(seen.is_for_one_only && !seen.is_thinking, "{seen:#?}");
    }
    assert_eq!(alice.alone().history().await.len(), 0);
    nothing_else_was_refused(&simcord, &[500]).await;
    program.kill();
}

#[tokio::test]
async fn simcord_sees_a_whole_consultation_in_direct_messages() {
    let Some(simcord) = Simcord::start().await else {
        return;
    };
    let data = TempDir::new().unwrap();
    let program = simcord.starts_program(data.path()).await;
    let bob = simcord.person("bob").alone();

    bob.types("상담", &[]).await;
    begins(bob).await;
    bob.writes("", &[("scalp.jpg", &photo())]).await;
    answers(bob).await;

    let thinking = bob
        .history()
        .await
        .into_iter()
        .find(|seen| seen.is_thinking);
    assert!(thinking.is_none(), "{thinking:#?}");
    nothing_else_was_refused(&simcord, &[]).await;
    program.kill();
}

#[tokio::test]
async fn simcord_sees_a_late_answer_go_to_direct_messages() {
    let Some(simcord) = Simcord::start().await else {
        return;
    };
    let data = TempDir::new().unwrap();
    let program = simcord.starts_program(data.path()).await;
    let alice = simcord.person("alice");

    alice.types("상담", &[]).await;
    alice.presses("hello", "button-speak-ko").await;
    alice.sees("ask-age").await;
    // The answer cannot go out until the right to answer has ended, which only Discord knows.
    simcord.fails("*", "/webhooks/*", (503, 0), 2).await;
    alice.presses("ask-age", "button-old-enough").await;
    simcord
        .waits_for_call("failure", |call| call.status == 503)
        .await;
    simcord.advances(TOO_LATE).await;

    let alone = alice.alone();
    alone.presses("ask-consent-basic", "button-agree").await;
    alone.sees("ask-consent-sensitive").await;
    simcord
        .waits_for_call("refusal", |call| {
            call.path.starts_with("/webhooks/") && call.status == 404
        })
        .await;
    nothing_else_was_refused(&simcord, &[503, 404]).await;
    program.kill();
}

#[tokio::test]
async fn simcord_takes_all_commands_with_korean_names() {
    let Some(simcord) = Simcord::start().await else {
        return;
    };
    let data = TempDir::new().unwrap();
    let program = simcord.starts_program(data.path()).await;
    let is_registration = |call: &Call| call.method == "PUT" && call.path.ends_with("/commands");
    let registration = simcord
        .waits_for_call("registration", is_registration)
        .await;
    assert_eq!(registration.status, 200, "{registration:#?}");
    let commands = registration.body.as_array().unwrap();
    let named = |language: &str| -> Vec<&str> {
        let names = commands
            .iter()
            .map(|one| &one["name_localizations"][language]);
        names.filter_map(|name| name.as_str()).collect()
    };
    let keys = ["consult", "delete", "privacy", "language", "help", "cancel"];
    let mut wanted = keys.map(|key| simcord.phrase(&format!("messenger-command-name-{key}")));
    wanted.sort();
    let mut korean = named("ko");
    korean.sort_unstable();
    assert_eq!(korean, wanted);
    for command in commands {
        assert!(
            command["description_localizations"]["ko"].is_string(),
            "{command:#}"
        );
        assert_eq!(
            command["integration_types"],
            serde_json::json!([0, 1]),
            "{command:#}"
        );
    }
    program.kill();

    // Nothing changed, so they are not registered again.
    let again = simcord.starts_program(data.path()).await;
    let bob = simcord.person("bob").alone();
    bob.types("도움말", &[]).await;
    bob.sees("help").await;
    let calls = simcord.calls().await;
    assert_eq!(calls.iter().filter(|call| is_registration(call)).count(), 1);
    again.kill();
}
