//! Entries of the history.

use serde::{Deserialize, Serialize};

use super::names::Id;
use crate::domain::scalp::PhotoId;
use crate::ports::Utterance;

/// What an entry says; the slot stands in a column beside it, where it can be looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::storage) enum EntryContent {
    Person(Utterance),
    Dupi { content: String },
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "entry", rename_all = "snake_case")]
pub(super) enum EntryRecord {
    PersonSaid { text: String },
    PersonShowed { photo: Id },
    DupiSaid { content: String },
}

impl From<&EntryContent> for EntryRecord {
    fn from(content: &EntryContent) -> Self {
        match content {
            EntryContent::Person(Utterance::Text(text)) => Self::PersonSaid { text: text.clone() },
            EntryContent::Person(Utterance::Photo(photo)) => {
                Self::PersonShowed { photo: Id(photo.0) }
            }
            EntryContent::Dupi { content } => Self::DupiSaid {
                content: content.clone(),
            },
        }
    }
}

impl From<EntryRecord> for EntryContent {
    fn from(record: EntryRecord) -> Self {
        match record {
            EntryRecord::PersonSaid { text } => Self::Person(Utterance::Text(text)),
            EntryRecord::PersonShowed { photo } => Self::Person(Utterance::Photo(PhotoId(photo.0))),
            EntryRecord::DupiSaid { content } => Self::Dupi { content },
        }
    }
}
