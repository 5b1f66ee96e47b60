//! How much the service adds between a messenger's update and the reply, how many people it bears at
//! once, and what it costs while nothing happens.
//!
//! `cargo bench --bench messengers` measures everything and prints rows of a table; a word after `--`
//! only what is named so: `overhead`, `crowd`, `idle`. The messenger is a stand-in of its own that
//! answers at once. Nothing here fails because something is slow, only because something is lost.
//! Linux only.
#![expect(clippy::print_stdout, reason = "its output is the table")]

mod crowd;
mod discord;
mod floor;
mod idle;
#[path = "../measure.rs"]
#[expect(dead_code, reason = "only the other measurements ask for the rest")]
mod measure;
mod overhead;
mod person;
mod program;
mod script;
mod telegram;
mod unpaced;

use std::time::Duration;

/// A close-up of 640x480 px that is graded.
const PHOTO: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/tests/fixtures/photos/close_up_mixed.jpg"
);

/// A reply that takes longer is lost.
const PATIENCE: Duration = Duration::from_mins(6);

fn main() -> anyhow::Result<()> {
    let wanted: Vec<String> = std::env::args()
        .skip(1)
        .filter(|argument| !argument.starts_with("--"))
        .collect();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    // This program is also the two bots that are compared with the service.
    match wanted.first().map(String::as_str) {
        Some(floor::WORD) => return runtime.block_on(floor::run(&wanted[1..])),
        Some(unpaced::WORD) => return runtime.block_on(unpaced::run(&wanted[1..])),
        Some(_) | None => {}
    }
    let is_wanted = |name: &str| wanted.is_empty() || wanted.iter().any(|word| word == name);
    println!("| what | measured |\n| --- | --- |");
    load("before")?;
    if is_wanted("idle") {
        runtime.block_on(idle::measure())?;
    }
    if is_wanted("overhead") {
        runtime.block_on(overhead::measure())?;
    }
    if is_wanted("crowd") {
        runtime.block_on(crowd::measure())?;
    }
    load("after")
}

fn row(what: &str, measured: &str) {
    println!("| {what} | {measured} |");
}

/// How busy the machine is with whatever else it does.
fn load(when: &str) -> anyhow::Result<()> {
    let text = std::fs::read_to_string("/proc/loadavg")?;
    let means: Vec<&str> = text.split_whitespace().take(2).collect();
    row(
        &format!("load of the machine {when} it, means of 1 and 5 minutes"),
        &means.join(" and "),
    );
    Ok(())
}

/// A folder of its own for one measurement, on the disk that the build is on.
fn folder() -> anyhow::Result<tempfile::TempDir> {
    Ok(tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))?)
}

/// The middle, the slow twentieth and the slowest, in words.
fn spread(mut milliseconds: Vec<f64>) -> String {
    if milliseconds.is_empty() {
        return "nothing".to_owned();
    }
    format!(
        "p50 {:.1} ms, p95 {:.1} ms, at most {:.0} ms of {}",
        measure::percentile(&mut milliseconds, 0.5),
        measure::percentile(&mut milliseconds, 0.95),
        measure::percentile(&mut milliseconds, 1.0),
        milliseconds.len()
    )
}
