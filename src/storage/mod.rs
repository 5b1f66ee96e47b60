//! Keeping everything: conversations, effects, history, photos.
//!
//! The only user of sqlx. Everything personal is sealed with a key per person before it touches a
//! disk (`sealing`); what is sealed are versioned records that belong to this module (`records`), so
//! that the engine's types can change and old rows still open. Nothing in here decides what happens
//! in a conversation, reads a clock or logs content.
//!
//! SQLite (`sqlite`) is the first implementation of the storage ports. The SQL keeps to what
//! PostgreSQL understands as well: `$n` placeholders, TEXT ids, BIGINT times, `ON CONFLICT`,
//! `RETURNING`.

mod changes;
mod data_dir;
mod master_key;
mod photo_files;
mod records;
mod sealing;
mod sqlite;

pub use data_dir::{DataDirError, DataDirLock};
pub use master_key::{MasterKey, MasterKeyError};
pub use sqlite::{Cleaned, DiskPhotoStore, Location, OpenError, SqliteStore};
