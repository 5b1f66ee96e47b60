//! The storage ports on SQLite, with files beside it.
//!
//! One connection writes, a few read. `synchronous` is FULL: a commit is on disk before anybody is
//! answered, so neither a killed process nor a power cut loses what was acknowledged. Content never
//! leaves this module's hands unsealed, and deleted rows are overwritten.

mod channel_notes;
mod conversations;
mod effects;
mod errors;
mod photos;
mod ratings;
mod rows;
mod transcript;

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use sqlx::SqlitePool;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use tokio::sync::Notify;

use super::changes::Changes;
use super::master_key::MasterKey;
use super::photo_files::PhotoFiles;
use super::sealing::Keys;
use crate::ports::{IdSource, StoreError};
use errors::store_error;
use rows::{Transaction, milliseconds};

pub use errors::OpenError;
pub use photos::DiskPhotoStore;

/// How long a statement waits for another process's write before it is given up.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
/// How long a call waits for a free connection.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(20);
const READERS: u32 = 4;

/// Where the database is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Location {
    File(PathBuf),
    /// Gone with the store; for tests.
    Memory,
}

/// The storage ports on SQLite; a clone is a handle on the same store.
#[derive(Clone)]
pub struct SqliteStore(Arc<Shared>);

struct Shared {
    writer: SqlitePool,
    readers: SqlitePool,
    keys: Keys,
    ids: Arc<dyn IdSource>,
    files: PhotoFiles,
    effect_stored: Notify,
    changes: Changes,
}

impl std::fmt::Debug for SqliteStore {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            formatter,
            "SqliteStore({})",
            self.0.files.folder().display()
        )
    }
}

/// What the start-up cleaning removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Cleaned {
    /// Conversations that got a file but never a first commit.
    pub conversations: u64,
    /// Files that belong to nobody.
    pub files: usize,
}

impl SqliteStore {
    /// Opens the database, creating or migrating it; files go to `photos/` in `data_dir`.
    pub async fn open(
        location: &Location,
        master: &MasterKey,
        data_dir: &Path,
        ids: Arc<dyn IdSource>,
    ) -> Result<Self, OpenError> {
        let files = PhotoFiles::open(data_dir.join("photos")).map_err(|source| {
            OpenError::FolderNotWritable {
                folder: data_dir.join("photos"),
                source,
            }
        })?;
        let (writer, readers) = connect(location).await?;
        sqlx::migrate!("migrations/sqlite")
            .run(&writer)
            .await
            .map_err(OpenError::from)?;
        let keys = Keys::new(master);
        check_master_key(&writer, &keys).await?;
        Ok(Self(Arc::new(Shared {
            writer,
            readers,
            keys,
            ids,
            files,
            effect_stored: Notify::new(),
            changes: Changes::default(),
        })))
    }

    /// The photo store that belongs to this database.
    pub fn photos(&self) -> DiskPhotoStore {
        DiskPhotoStore::new(self.clone())
    }

    /// Removes what a killed process left behind. Only for a process that knows itself to be the
    /// only one, at its start: the file of an upload under way looks just like rubbish.
    pub async fn clean_up(&self) -> Result<Cleaned, StoreError> {
        let mut transaction = self.begin().await?;
        let conversations = sqlx::query(
            "DELETE FROM persons WHERE NOT EXISTS (
                 SELECT 1 FROM conversations
                 WHERE conversations.person_id = persons.id AND conversations.version > 0
             )",
        )
        .execute(&mut *transaction)
        .await
        .map_err(store_error)?
        .rows_affected();
        // Photos that were stored for a deed which was not; what a stored order fetches comes again.
        sqlx::query("DELETE FROM files WHERE is_loose = 1")
            .execute(&mut *transaction)
            .await
            .map_err(store_error)?;
        let known: Vec<(String,)> = sqlx::query_as("SELECT file FROM files")
            .fetch_all(&mut *transaction)
            .await
            .map_err(store_error)?;
        transaction.commit().await.map_err(store_error)?;
        let known: HashSet<String> = known.into_iter().map(|(file,)| file).collect();
        let files = self.0.files.sweep(known).await?;
        Ok(Cleaned {
            conversations,
            files,
        })
    }

    /// Forgets which updates were handled, and what channels noted, before `before`: no channel
    /// repeats an update that late, or looks for a message that old.
    /// Returns how many.
    pub async fn purge_handled(&self, before: jiff::Timestamp) -> Result<u64, StoreError> {
        let mut transaction = self.begin().await?;
        let mut purged = 0;
        for statement in [
            "DELETE FROM inbound WHERE handled_at < $1",
            "DELETE FROM said WHERE said_at < $1",
            "DELETE FROM channel_notes WHERE written_at < $1",
        ] {
            purged += sqlx::query(statement)
                .bind(milliseconds(before))
                .execute(&mut *transaction)
                .await
                .map_err(store_error)?
                .rows_affected();
        }
        transaction.commit().await.map_err(store_error)?;
        Ok(purged)
    }

    /// Waits for running statements and closes the database.
    pub async fn close(&self) {
        self.0.readers.close().await;
        self.0.writer.close().await;
    }

    /// A transaction that may write. It takes SQLite's write lock at once: taking it later can fail
    /// half-way where another process writes.
    async fn begin(&self) -> Result<Transaction, StoreError> {
        self.0
            .writer
            .begin_with("BEGIN IMMEDIATE")
            .await
            .map_err(store_error)
    }
}

async fn connect(location: &Location) -> Result<(SqlitePool, SqlitePool), OpenError> {
    let pool = |connections: u32| {
        SqlitePoolOptions::new()
            .max_connections(connections)
            .min_connections(1)
            .acquire_timeout(ACQUIRE_TIMEOUT)
            .idle_timeout(None)
            .max_lifetime(None)
            .test_before_acquire(false)
    };
    let options = SqliteConnectOptions::new()
        .foreign_keys(true)
        .busy_timeout(BUSY_TIMEOUT)
        // Erased means overwritten, not only unlinked.
        .pragma("secure_delete", "ON");
    match location {
        Location::Memory => {
            let only = pool(1)
                .connect_with(options.in_memory(true))
                .await
                .map_err(OpenError::from)?;
            Ok((only.clone(), only))
        }
        Location::File(path) => {
            let options = options
                .filename(path)
                .create_if_missing(true)
                .journal_mode(SqliteJournalMode::Wal)
                .synchronous(SqliteSynchronous::Full);
            let writer = pool(1).connect_with(options.clone()).await?;
            let readers = pool(READERS)
                .connect_with(options.create_if_missing(false).pragma("query_only", "ON"))
                .await?;
            Ok((writer, readers))
        }
    }
}

/// Remembers the master key's check value in a new database, and compares it in an old one.
async fn check_master_key(writer: &SqlitePool, keys: &Keys) -> Result<(), OpenError> {
    sqlx::query(
        "INSERT INTO meta (name, value) VALUES ('master_key_check', $1)
         ON CONFLICT (name) DO NOTHING",
    )
    .bind(&keys.check()[..])
    .execute(writer)
    .await?;
    let (stored,): (Vec<u8>,) =
        sqlx::query_as("SELECT value FROM meta WHERE name = 'master_key_check'")
            .fetch_one(writer)
            .await?;
    if stored == keys.check() {
        Ok(())
    } else {
        Err(OpenError::WrongMasterKey)
    }
}
