//! Reads one key after the other and remembers where each value came from.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use super::error::nearest;
use super::{ConfigError, Environment};

/// A key of `dupi.toml`, and the environment variable that overrides it.
#[derive(Debug)]
pub(super) struct Key {
    /// Dotted, as `web.address`.
    pub(super) name: &'static str,
    pub(super) variable: Option<&'static str>,
}

impl Key {
    pub(super) const fn new(name: &'static str) -> Self {
        Self {
            name,
            variable: None,
        }
    }

    pub(super) const fn or_variable(name: &'static str, variable: &'static str) -> Self {
        Self {
            name,
            variable: Some(variable),
        }
    }
}

/// Where a value came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    Default,
    File,
    /// The environment variable of that name.
    Environment(&'static str),
}

/// A text with the name under which the person who set it knows it.
pub(super) struct Found {
    pub(super) text: String,
    name: &'static str,
}

impl Found {
    /// The error for this value.
    pub(super) fn bad(self, hint: impl Into<String>) -> ConfigError {
        ConfigError::Bad {
            key: self.name,
            value: self.text,
            hint: hint.into(),
        }
    }
}

/// The values of one file and one environment.
pub(super) struct Reader<'a> {
    /// Leaves of the file by dotted name.
    file: BTreeMap<String, toml::Value>,
    environment: &'a Environment,
    origins: BTreeMap<&'static str, Origin>,
}

impl<'a> Reader<'a> {
    /// Reads the file's text; refuses what is no TOML or no key of `known`.
    pub(super) fn new(
        file: Option<(&Path, &str)>,
        environment: &'a Environment,
        known: &[&'static str],
    ) -> Result<Self, ConfigError> {
        let mut leaves = BTreeMap::new();
        if let Some((path, text)) = file {
            let table: toml::Table = toml::from_str(text).map_err(|error| ConfigError::Syntax {
                path: path.to_owned(),
                line: line_of(text, error.span()),
                reason: error.message().to_owned(),
            })?;
            flatten(None, table, &mut leaves);
            for (key, value) in &leaves {
                let is_known = if value.is_table() {
                    known
                        .iter()
                        .any(|known| known.starts_with(&format!("{key}.")))
                } else {
                    known.contains(&key.as_str())
                };
                if !is_known {
                    return Err(ConfigError::UnknownKey {
                        path: path.to_owned(),
                        key: key.clone(),
                        nearest: nearest(key, known.iter().copied()),
                    });
                }
            }
        }
        Ok(Self {
            file: leaves,
            environment,
            origins: BTreeMap::new(),
        })
    }

    /// A text, from the environment or the file.
    pub(super) fn text(&mut self, key: &Key) -> Result<Option<Found>, ConfigError> {
        if let Some((name, value)) = key
            .variable
            .and_then(|name| Some((name, self.environment.get(name)?)))
        {
            self.origins.insert(key.name, Origin::Environment(name));
            return Ok(Some(Found {
                text: value.to_owned(),
                name,
            }));
        }
        match self.value(key) {
            None => Ok(None),
            Some(toml::Value::String(text)) => Ok(Some(Found {
                text,
                name: key.name,
            })),
            Some(other) => Err(bad(key, &other, "write it as text in \"quotation marks\"")),
        }
    }

    /// A path, from the environment or the file.
    pub(super) fn path(&mut self, key: &Key) -> Result<Option<PathBuf>, ConfigError> {
        match self.text(key)? {
            Some(found) if found.text.is_empty() => {
                Err(found.bad("name a path, or leave the key out"))
            }
            Some(found) => Ok(Some(found.text.into())),
            None => Ok(None),
        }
    }

    /// A flag, from the file.
    pub(super) fn flag(&mut self, key: &Key) -> Result<Option<bool>, ConfigError> {
        match self.value(key) {
            None => Ok(None),
            Some(toml::Value::Boolean(flag)) => Ok(Some(flag)),
            Some(other) => Err(bad(key, &other, "write true or false")),
        }
    }

    /// A whole number from 1 to `most`, from the file.
    pub(super) fn number(
        &mut self,
        key: &Key,
        most: usize,
    ) -> Result<Option<NonZeroUsize>, ConfigError> {
        Ok(self.whole(key, 1, most)?.and_then(NonZeroUsize::new))
    }

    /// A whole number from `least` to `most`, from the file.
    pub(super) fn whole(
        &mut self,
        key: &Key,
        least: usize,
        most: usize,
    ) -> Result<Option<usize>, ConfigError> {
        let Some(value) = self.value(key) else {
            return Ok(None);
        };
        value
            .as_integer()
            .and_then(|number| usize::try_from(number).ok())
            .filter(|number| (least..=most).contains(number))
            .map(Some)
            .ok_or_else(|| {
                bad(
                    key,
                    &value,
                    &format!("write a whole number from {least} to {most}"),
                )
            })
    }

    /// Where the values came from that did not stay at their defaults.
    pub(super) fn into_origins(self) -> BTreeMap<&'static str, Origin> {
        self.origins
    }

    fn value(&mut self, key: &Key) -> Option<toml::Value> {
        let value = self.file.get(key.name)?.clone();
        self.origins.insert(key.name, Origin::File);
        Some(value)
    }
}

fn bad(key: &Key, value: &toml::Value, hint: &str) -> ConfigError {
    ConfigError::Bad {
        key: key.name,
        value: value.to_string(),
        hint: hint.to_owned(),
    }
}

/// The leaves of nested tables under dotted names; an empty table is a leaf.
fn flatten(prefix: Option<&str>, table: toml::Table, leaves: &mut BTreeMap<String, toml::Value>) {
    for (name, value) in table {
        let dotted = prefix.map_or_else(|| name.clone(), |prefix| format!("{prefix}.{name}"));
        match value {
            toml::Value::Table(inner) if !inner.is_empty() => flatten(Some(&dotted), inner, leaves),
            leaf => {
                leaves.insert(dotted, leaf);
            }
        }
    }
}

fn line_of(text: &str, span: Option<std::ops::Range<usize>>) -> usize {
    let end = span.map_or(0, |span| span.start);
    text.get(..end)
        .map_or(1, |before| before.matches('\n').count() + 1)
}
