//! How an error is told: what went wrong in one line, then each hint in a line of its own.

use std::io::Write;

/// What separates a hint from what went wrong, in every error's text.
const HINT: &str = "; hint: ";

/// Writes an error with its causes and hints.
pub(super) fn tell(error: &anyhow::Error, out: &mut dyn Write) -> std::io::Result<()> {
    let (what, hints) = what_and_hints(error.as_ref());
    writeln!(out, "error: {what}")?;
    for hint in hints {
        writeln!(out, "hint: {hint}")?;
    }
    Ok(())
}

/// What went wrong, from the outermost to the innermost cause, and the hints on the way.
pub(super) fn what_and_hints(error: &dyn std::error::Error) -> (String, Vec<String>) {
    let mut causes: Vec<String> = Vec::new();
    let mut hints = Vec::new();
    for cause in std::iter::successors(Some(error), |error| error.source()) {
        let text = printable(&cause.to_string());
        let (what, hint) = match text.split_once(HINT) {
            Some((what, hint)) => (what, Some(hint.to_owned())),
            None => (text.as_str(), None),
        };
        // Some libraries repeat their cause in their own text.
        if !causes.last().is_some_and(|above| above.contains(what)) {
            causes.push(what.to_owned());
        }
        hints.extend(hint);
    }
    (causes.join(": "), hints)
}

/// Text without control characters: file names and library messages may hold any.
pub(super) fn printable(text: &str) -> String {
    text.trim()
        .chars()
        .map(|character| match character {
            '\n' => ' ',
            other if other.is_control() => char::REPLACEMENT_CHARACTER,
            other => other,
        })
        .collect()
}

/// Whether nobody reads our output any more, as behind `| head`: no error of ours.
pub(super) fn is_closed_pipe(error: &anyhow::Error) -> bool {
    error
        .downcast_ref::<std::io::Error>()
        .is_some_and(|error| error.kind() == std::io::ErrorKind::BrokenPipe)
}

#[cfg(test)]
mod tests {
    use anyhow::Context as _;

    use super::{printable, tell};

    #[test]
    fn causes_stand_in_one_line_and_hints_below() {
        let cause = std::io::Error::other("disk on fire; hint: fetch water");
        let error = Err::<(), _>(cause)
            .context("cannot write `a`; hint: choose another folder")
            .unwrap_err();
        let mut told = Vec::new();
        tell(&error, &mut told).unwrap();
        assert_eq!(
            String::from_utf8(told).unwrap(),
            "error: cannot write `a`: disk on fire\n\
             hint: choose another folder\n\
             hint: fetch water\n"
        );
    }

    #[test]
    fn no_file_name_speaks_to_the_terminal() {
        assert_eq!(printable("a\u{1b}[31mb\nc"), "a\u{fffd}[31mb c");
    }
}
