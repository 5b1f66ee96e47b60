//! What is stored, as versioned records of this module's own.
//!
//! The engine's types are not `Serialize`: a record is written from one and turned back into one, so
//! that either side can change. A record is a JSON object with its version in `v`. A version that
//! was ever released stays readable; one written by a newer Dupi is refused by name, never guessed.
//! Fixtures of every version lie in `tests/fixtures/records/`.

mod conversation;
mod effect;
mod entry;
mod guidance;
mod message;
mod names;
mod photo;
mod scalp;
mod slot;
mod writing;

use serde::{Deserialize, Serialize};

use crate::domain::consultation::{Conversation, Effect};
use crate::domain::scalp::Heatmaps;
use crate::ports::StoreError;

pub(super) use entry::EntryContent;
pub(super) use names::channel_of_id;

/// The version that is written now, of every record.
const VERSION: u32 = 1;

/// A type that is stored as a record of its own.
pub(super) trait Stored: Sized {
    /// What it is called in errors and in the label it is sealed under.
    const KIND: &'static str;

    /// The record in the version that is written now.
    fn to_json(&self) -> Vec<u8>;

    /// Out of a record of version 1.
    fn from_json_v1(json: &[u8]) -> serde_json::Result<Self>;
}

macro_rules! stored {
    ($($value:ty, $kind:literal, $record:ty;)+) => {
        $(impl Stored for $value {
            const KIND: &'static str = $kind;

            fn to_json(&self) -> Vec<u8> {
                let versioned = Versioned { v: VERSION, record: <$record>::from(self) };
                serde_json::to_vec(&versioned)
                    .expect("records have string keys and nothing that can fail")
            }

            fn from_json_v1(json: &[u8]) -> serde_json::Result<Self> {
                serde_json::from_slice::<$record>(json).map(Into::into)
            }
        })+
    };
}

stored! {
    Conversation, "conversation", conversation::ConversationRecord;
    Effect, "effect", effect::EffectRecord;
    EntryContent, "history entry", entry::EntryRecord;
    Heatmaps, "heatmaps", scalp::HeatmapsRecord;
}

#[derive(Serialize)]
struct Versioned<T> {
    v: u32,
    #[serde(flatten)]
    record: T,
}

#[derive(Deserialize)]
struct VersionOnly {
    v: u32,
}

/// The bytes of a record.
pub(super) fn write<T: Stored>(value: &T) -> Vec<u8> {
    value.to_json()
}

/// The value of a record's bytes.
pub(super) fn read<T: Stored>(bytes: &[u8]) -> Result<T, StoreError> {
    let unreadable = |reason: String| StoreError::Unreadable {
        record: T::KIND,
        reason,
    };
    // The words of serde's error may quote what a person wrote, so only the place is told.
    let not_understood = |error: serde_json::Error| {
        unreadable(format!(
            "its content is not understood at byte {}",
            error.column()
        ))
    };
    let version: VersionOnly = serde_json::from_slice(bytes).map_err(not_understood)?;
    match version.v {
        1 => T::from_json_v1(bytes).map_err(not_understood),
        newer => Err(unreadable(format!(
            "it has version {newer}, this dupi reads up to {VERSION}"
        ))),
    }
}

#[cfg(test)]
mod added;
#[cfg(test)]
mod samples;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod written;
