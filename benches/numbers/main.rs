//! Prints the numbers that a person, an operator and a newcomer would ask for, as rows of a table.
//!
//! `cargo bench --bench numbers` measures everything; a word after `--` only what is named so:
//! `analyze`, `chat`, `steps`, `memory`, `start`. Nothing here fails because something is slow.
#![expect(clippy::print_stdout, reason = "its output is the table")]

#[expect(dead_code, reason = "only the other measurements ask for the rest")]
mod browser;
#[path = "../measure.rs"]
#[expect(dead_code, reason = "only the other measurements ask for the rest")]
mod measure;
mod program;
mod steps;

use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::Context as _;
use browser::{Browser, Photos};
use measure::{milliseconds, percentile};
use program::Program;
use serde_json::Value;

/// A close-up of 640x480 px that is graded.
const PHOTO: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/tests/fixtures/photos/close_up_mixed.jpg"
);

const CONSULTATIONS: usize = 1_000;
const MEASURED: usize = 100;

fn main() -> anyhow::Result<()> {
    let wanted: Vec<String> = std::env::args()
        .skip(1)
        .filter(|argument| !argument.starts_with("--"))
        .collect();
    let is_wanted = |name: &str| wanted.is_empty() || wanted.iter().any(|word| word == name);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    println!("| what | measured |\n| --- | --- |");
    if is_wanted("analyze") {
        analyze("rten")?;
        analyze("onnxruntime")?;
    }
    if is_wanted("steps") {
        runtime.block_on(steps::measure())?;
    }
    if is_wanted("start") {
        runtime.block_on(start())?;
    }
    if is_wanted("chat") {
        runtime.block_on(chat())?;
    }
    if is_wanted("memory") {
        runtime.block_on(memory())?;
    }
    Ok(())
}

fn row(what: &str, measured: &str) {
    println!("| {what} | {measured} |");
}

/// A folder of its own for one measurement, on the disk that the build is on.
fn folder() -> anyhow::Result<tempfile::TempDir> {
    Ok(tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))?)
}

/// Each stage of `dupi analyze`, warm: the medians of 40 photos after ten.
fn analyze(runtime: &str) -> anyhow::Result<()> {
    let folder = folder()?;
    let settings = folder.path().join("dupi.toml");
    std::fs::write(&settings, format!("[model]\nruntime = \"{runtime}\"\n"))?;
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_dupi"))
        .args(["analyze", "--json"])
        .args([PHOTO; 50])
        .env("DUPI_CONFIG", &settings)
        .output()?;
    if !output.status.success() {
        let errors = String::from_utf8_lossy(&output.stderr).replace('\n', " ");
        row(
            &format!("`dupi analyze`, {runtime}"),
            &format!("not measured: {errors}"),
        );
        return Ok(());
    }
    let lines: Vec<Value> = String::from_utf8(output.stdout)?
        .lines()
        .skip(10)
        .map(serde_json::from_str)
        .collect::<Result<_, _>>()?;
    let stages: Vec<String> = ["decode", "preprocess", "inference", "total"]
        .iter()
        .map(|stage| {
            let mut times: Vec<f64> = lines
                .iter()
                .filter_map(|line| line["timing_ms"][stage].as_f64())
                .collect();
            format!("{stage} {:.1}", percentile(&mut times, 0.5))
        })
        .collect();
    row(
        &format!("`dupi analyze` on a 640x480 JPEG, {runtime}, warm, median ms"),
        &stages.join(", "),
    );
    Ok(())
}

/// From the start of the process to the first page.
async fn start() -> anyhow::Result<()> {
    let folder = folder()?;
    let mut times = Vec::new();
    for _ in 0..11 {
        let started = Instant::now();
        let program = Program::start(folder.path())?;
        Browser::new(&program.url)?.page().await?;
        times.push(milliseconds(started.elapsed()));
        program.stop()?;
    }
    // The first one made database and key.
    let first = times.remove(0);
    let again = percentile(&mut times, 0.5);
    row(
        "cold start to the first answered request",
        &format!("{first:.0} ms in a new folder, {again:.0} ms afterwards (median of 10)"),
    );
    Ok(())
}

/// The last photo comes in at the last question; the card is there when its last byte is.
async fn chat() -> anyhow::Result<()> {
    let folder = folder()?;
    let program = Program::start(folder.path())?;
    let photo = std::fs::read(PHOTO)?;
    let mut times = Vec::new();
    for _ in 0..MEASURED {
        let mut browser = Browser::new(&program.url)?;
        let taken = browser.consults(&photo, Photos::Two).await?;
        times.push(milliseconds(taken.card));
    }
    program.stop()?;
    row(
        &format!("photo in to result card out, web chat, of {MEASURED}"),
        &format!(
            "p50 {:.0} ms, p95 {:.0} ms",
            percentile(&mut times, 0.5),
            percentile(&mut times, 0.95)
        ),
    );
    Ok(())
}

/// Resident memory at rest and after many consultations, two at a time.
async fn memory() -> anyhow::Result<()> {
    let folder = folder()?;
    let program = Program::start(folder.path())?;
    Browser::new(&program.url)?.page().await?;
    let idle = program.resident_megabytes()?;
    let photo = std::fs::read(PHOTO)?;
    let started = Instant::now();
    let halves = [(); 2].map(|()| {
        let (url, photo) = (program.url.clone(), photo.clone());
        tokio::spawn(async move {
            for _ in 0..CONSULTATIONS / 2 {
                Browser::new(&url)?.consults(&photo, Photos::One).await?;
            }
            anyhow::Ok(())
        })
    });
    for half in halves {
        half.await??;
    }
    let seconds = started.elapsed().as_secs_f64();
    let busy = program.resident_megabytes()?;
    let data = size_of(&folder.path().join("data"))?;
    program.stop()?;
    row(
        "resident memory",
        &format!("{idle:.0} MB idle, {busy:.0} MB after {CONSULTATIONS} consultations"),
    );
    #[expect(
        clippy::cast_precision_loss,
        reason = "a thousand and a few megabytes are exact"
    )]
    row(
        &format!("{CONSULTATIONS} whole consultations, two at a time"),
        &format!(
            "{:.1} per second, {:.0} kB on disk each",
            CONSULTATIONS as f64 / seconds,
            data as f64 / 1e3 / CONSULTATIONS as f64
        ),
    );
    Ok(())
}

/// Bytes of all files below a folder.
fn size_of(folder: &Path) -> anyhow::Result<u64> {
    let mut bytes = 0;
    let mut folders: Vec<PathBuf> = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        let entries = std::fs::read_dir(&folder).context("the data folder is readable")?;
        for entry in entries {
            let entry = entry?;
            if entry.file_type()?.is_dir() {
                folders.push(entry.path());
            } else {
                bytes += entry.metadata()?.len();
            }
        }
    }
    Ok(bytes)
}
