//! What the checks of `dupi doctor` have found, and how it is told.

use std::io::Write;

use crate::app::cli::Outcome;
use crate::app::cli::telling::what_and_hints;

/// How good a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Health {
    Good,
    /// It works, but somebody should know.
    Warning,
    /// Serving does not work like this.
    Fault,
}

/// What one check has found.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Finding {
    health: Health,
    subject: &'static str,
    what: String,
    /// What to do about it.
    hints: Vec<String>,
}

impl Finding {
    pub(super) fn good(subject: &'static str, what: impl Into<String>) -> Self {
        Self {
            health: Health::Good,
            subject,
            what: what.into(),
            hints: Vec::new(),
        }
    }

    pub(super) fn warning(subject: &'static str, what: impl Into<String>) -> Self {
        Self {
            health: Health::Warning,
            ..Self::good(subject, what)
        }
    }

    pub(super) fn failed(subject: &'static str, what: impl Into<String>) -> Self {
        Self {
            health: Health::Fault,
            ..Self::good(subject, what)
        }
    }

    pub(super) fn fault(subject: &'static str, error: &dyn std::error::Error) -> Self {
        let (what, hints) = what_and_hints(error);
        Self {
            health: Health::Fault,
            subject,
            what,
            hints,
        }
    }

    pub(super) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }
}

/// Writes the findings; says whether there is a fault among them.
pub(super) fn tell(findings: &[Finding], output: &mut dyn Write) -> anyhow::Result<Outcome> {
    write!(output, "{}", told(findings))?;
    let is_faulty = findings
        .iter()
        .any(|finding| finding.health == Health::Fault);
    Ok(if is_faulty {
        Outcome::FoundFaults
    } else {
        Outcome::Done
    })
}

pub(super) fn told(findings: &[Finding]) -> String {
    let mut lines = Vec::new();
    for finding in findings {
        let health = match finding.health {
            Health::Good => "ok",
            Health::Warning => "warn",
            Health::Fault => "FAIL",
        };
        lines.push(format!(
            "{health:<6}{:<13}{}",
            finding.subject, finding.what
        ));
        lines.extend(
            finding
                .hints
                .iter()
                .map(|hint| format!("{:<19}hint: {hint}", "")),
        );
    }
    let count = |health| {
        findings
            .iter()
            .filter(|finding| finding.health == health)
            .count()
    };
    lines.push(match (count(Health::Fault), count(Health::Warning)) {
        (0, 0) => "everything is fine\n".to_owned(),
        (0, warnings) => format!("it works; warnings: {warnings}\n"),
        (faults, warnings) => format!("it does not work; faults: {faults}, warnings: {warnings}\n"),
    });
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_says_how_good_it_is_and_what_to_do() {
        let fault = std::io::Error::other("broken; hint: mend it");
        let text = told(&[
            Finding::good("model", "demo/1"),
            Finding::warning("master key", "open").hint("chmod"),
            Finding::fault("database", &fault),
        ]);
        assert_eq!(
            text,
            "\
ok    model        demo/1
warn  master key   open
                   hint: chmod
FAIL  database     broken
                   hint: mend it
it does not work; faults: 1, warnings: 1
"
        );
        assert!(told(&[Finding::good("model", "demo/1")]).ends_with("everything is fine\n"));
        assert!(Health::Fault > Health::Warning && Health::Warning > Health::Good);
    }
}
