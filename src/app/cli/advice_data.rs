//! `dupi advice-data`: what the text model is trained on, out of AI Hub's dataset.

use std::io::Write;
use std::path::Path;

use super::Outcome;
use super::telling::printable;
use crate::advice::RulePairWriter;
use crate::advice::data::{Statistics, Tally, write_pairs};
use crate::advice::prompt::Prompts;
use crate::domain::scalp::{Condition, Question, Severity};
use crate::wording::Wording;

/// Writes the pairs and says what they were made of.
pub(super) fn run(folder: &Path, out: &Path, output: &mut dyn Write) -> anyhow::Result<Outcome> {
    let prompts = Prompts::new(Wording::embedded()?)?;
    let statistics = write_pairs(folder, out, &RulePairWriter::new(prompts))?;
    write!(output, "{}", told(&statistics, out))?;
    Ok(if statistics.kept == 0 {
        Outcome::FoundFaults
    } else {
        Outcome::Done
    })
}

fn told(statistics: &Statistics, out: &Path) -> String {
    let mut lines = vec![
        format!(
            "{} images of {} labels and {} meta files: {} pairs in {}, {} repeated, {} rejected",
            statistics.images,
            statistics.labels,
            statistics.metas,
            statistics.kept,
            printable(&out.display().to_string()),
            statistics.duplicates,
            statistics.rejected(),
        ),
        String::new(),
        format!("{:<32}{:>10}{:>10}{:>10}{:>10}", "CONDITION", 0, 1, 2, 3),
    ];
    for condition in Condition::ALL {
        let counts: Vec<String> = Severity::ALL
            .into_iter()
            .map(|severity| format!("{:>10}", statistics.of_severity(condition, severity)))
            .collect();
        lines.push(format!("{:<32}{}", condition.id(), counts.concat()));
    }
    lines.extend([String::new(), format!("{:<32}{:>10}", "ANSWER", "PAIRS")]);
    for question in Question::ALL {
        for choice in question.choices() {
            let count = statistics.of_choice(choice);
            if count > 0 {
                lines.push(format!("{:<32}{count:>10}", choice.id()));
            }
        }
        let skipped = statistics.skipped(question);
        if skipped > 0 {
            lines.push(format!(
                "{:<32}{skipped:>10}",
                format!("{} skipped", question.id())
            ));
        }
    }
    lines.extend([
        String::new(),
        format!("{:<32}{:>10}  EXAMPLES", "REJECTED", "IMAGES"),
    ]);
    for (reject, tally) in statistics.rejects() {
        lines.push(rejected(reject.id(), tally));
    }
    if statistics.broken_archives.count() > 0 {
        lines.push(rejected("broken archives", &statistics.broken_archives));
    }
    if statistics.kept == 0 {
        lines.extend([
            String::new(),
            "nothing could be used; the examples above say where to look".to_owned(),
        ]);
    }
    lines.push(String::new());
    lines.join("\n")
}

fn rejected(what: &str, tally: &Tally) -> String {
    let examples: Vec<String> = tally
        .examples()
        .iter()
        .map(|name| printable(name))
        .collect();
    format!("{what:<32}{:>10}  {}", tally.count(), examples.join(", "))
}
