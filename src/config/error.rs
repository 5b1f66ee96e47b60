//! Why the settings were refused.

use std::path::PathBuf;

use strsim::normalized_damerau_levenshtein;

/// One reason why Dupi does not start with these settings.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    #[error("cannot read the settings file {}; hint: {hint}", path.display())]
    Unreadable {
        path: PathBuf,
        hint: &'static str,
        #[source]
        source: std::io::Error,
    },
    /// The line itself is not shown: it may hold a secret.
    #[error("{} line {line} is not valid TOML: {reason}", path.display())]
    Syntax {
        path: PathBuf,
        /// Counted from 1.
        line: usize,
        reason: String,
    },
    #[error("{} has the unknown key `{key}`; hint: did you mean `{nearest}`?", path.display())]
    UnknownKey {
        path: PathBuf,
        key: String,
        nearest: &'static str,
    },
    #[error("unknown environment variable {name}; hint: did you mean {nearest}?")]
    UnknownVariable { name: String, nearest: &'static str },
    #[error("environment variable {name} is not valid UTF-8; hint: use plain text")]
    NotText { name: &'static str },
    #[error("{key} is `{value}`; hint: {hint}")]
    Bad {
        /// The key in the file, or the environment variable.
        key: &'static str,
        value: String,
        hint: String,
    },
    /// Like [`ConfigError::Bad`], for values that are never shown.
    #[error("{key} is not usable; hint: {hint}")]
    BadSecret {
        key: &'static str,
        hint: &'static str,
    },
}

/// The known name that is most like `name`, as a whole and by the parts of both: a key in the wrong
/// table should still find its home.
pub(super) fn nearest(name: &str, known: impl IntoIterator<Item = &'static str>) -> &'static str {
    let likeness = |known: &str| {
        let of_parts = name
            .split('.')
            .flat_map(|part| known.split('.').map(move |other| (part, other)))
            .map(|(part, other)| normalized_damerau_levenshtein(part, other))
            .fold(0.0, f64::max);
        of_parts + normalized_damerau_levenshtein(known, name)
    };
    known
        .into_iter()
        .max_by(|left, right| likeness(left).total_cmp(&likeness(right)))
        .expect("there are known names")
}
