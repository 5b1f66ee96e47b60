//! `dupi eval`: how good the advice is, in numbers.

use std::io::Write;

use super::Outcome;
use crate::advice::evaluation::{
    Check, LiveReport, gates_stop_the_bad, good_texts_pass, injections_are_silenced, live,
    red_flags_are_seen, rules_hold,
};
use crate::advice::gates::Gates;
use crate::app::{Advice, DataPaths, open_store};
use crate::config::Settings;
use crate::ports::RatingStore as _;
use crate::wording::Wording;

/// Counts what can be counted without a model, and, where one is set up and `texts` is not 0, has so many
/// texts worded by it.
pub(super) async fn advice(
    settings: &Settings,
    texts: usize,
    output: &mut dyn Write,
) -> anyhow::Result<Outcome> {
    let wording = Wording::embedded()?;
    let gates = Gates::embedded()?;
    let mut checks = rules_hold(&wording);
    checks.extend([
        gates_stop_the_bad(&gates, &wording),
        good_texts_pass(&gates, &wording),
    ]);
    checks.extend(injections_are_silenced(&gates, &wording));
    checks.extend(red_flags_are_seen(&wording));
    writeln!(output, "{}", table(&checks))?;
    let advice = Advice::open(&settings.advice, &wording)?;
    match advice.server() {
        None => writeln!(
            output,
            "(e) not run: no language model is set (LLM_BASE_URL)"
        )?,
        Some(_) if texts == 0 => writeln!(output, "(e) not run: --texts 0")?,
        Some(server) => {
            match server.inspect().await {
                Ok(found) => writeln!(output, "(e) {texts} texts by {}", found.model)?,
                Err(error) => writeln!(output, "(e) the server cannot be asked: {error}")?,
            }
            let report = live(advice.writer().as_ref(), texts).await;
            writeln!(output, "{}", live_table(&report))?;
        }
    }
    Ok(if checks.iter().all(Check::is_met) {
        Outcome::Done
    } else {
        Outcome::FoundFaults
    })
}

/// What people think of what was written for them.
pub(super) async fn ratings(
    settings: &Settings,
    output: &mut dyn Write,
) -> anyhow::Result<Outcome> {
    if !DataPaths::of(settings).database.exists() {
        writeln!(output, "no database yet: nothing was ever rated")?;
        return Ok(Outcome::Done);
    }
    let store = open_store(settings).await?;
    let counts = store.counts().await?;
    store.close().await;
    writeln!(
        output,
        "{:<10}{:<40}{:>8}{:>10}{:>12}",
        "TEXT", "MODEL", "PROMPTS", "HELPFUL", "UNHELPFUL"
    )?;
    for count in counts {
        let (model, prompts) = count.writer.map_or_else(
            || ("prepared sentences".to_owned(), "-".to_owned()),
            |(model, prompts)| (model, prompts.to_string()),
        );
        writeln!(
            output,
            "{:<10}{model:<40}{prompts:>8}{:>10}{:>12}",
            count.kind.id(),
            count.helpful,
            count.unhelpful
        )?;
    }
    Ok(Outcome::Done)
}

fn table(checks: &[Check]) -> String {
    let mut lines = vec![
        "| part | what | held | goal |".to_owned(),
        "| --- | --- | --- | --- |".to_owned(),
    ];
    for check in checks {
        let met = if check.is_met() { "met" } else { "**missed**" };
        lines.push(format!(
            "| {} | {} | {} of {} | {} %: {met} |",
            check.part, check.what, check.held, check.of, check.goal_percent
        ));
    }
    for check in checks.iter().filter(|check| !check.failures.is_empty()) {
        lines.push(format!("{}: {}", check.what, check.failures.join("; ")));
    }
    lines.join("\n")
}

fn live_table(report: &LiveReport) -> String {
    let seconds = |percent| {
        let time = report.percentile(percent).unwrap_or_default();
        format!("{:.2} s", time.as_secs_f64())
    };
    let mut lines = vec![
        "| what | measured |".to_owned(),
        "| --- | --- |".to_owned(),
        format!("| worded | {} of {} |", report.worded, report.asked),
        format!("| time, p50 and p95 | {}, {} |", seconds(50), seconds(95)),
        format!("| Hangul among the letters | {} % |", report.hangul_percent),
        format!("| characters of a text, mean | {} |", report.characters),
    ];
    for (reason, count) in &report.reasons {
        lines.push(format!(
            "| prepared sentences instead: {reason} | {count} |"
        ));
    }
    lines.join("\n")
}
