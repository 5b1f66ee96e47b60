//! SQLite's errors by what the caller can do about them.

use std::path::PathBuf;

use sqlx::migrate::MigrateError;

use crate::ports::StoreError;

/// Primary result codes, <https://sqlite.org/rescode.html>; the low byte of an extended code.
mod code {
    pub(super) const BUSY: u32 = 5;
    pub(super) const LOCKED: u32 = 6;
    pub(super) const READONLY: u32 = 8;
    pub(super) const IOERR: u32 = 10;
    pub(super) const FULL: u32 = 13;
    pub(super) const CANTOPEN: u32 = 14;
}

/// Why the store cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    #[error(
        "the master key is not the one that the database was made with; hint: put the right \
         `master.key` back or set DUPI_MASTER_KEY to the right key, or move the data folder away to \
         begin anew"
    )]
    WrongMasterKey,
    #[error(
        "the database was written by a newer dupi (its migration {version} is unknown to this one); \
         hint: run that version, or restore a backup from before the update"
    )]
    Newer { version: i64 },
    #[error(
        "the folder `{}` cannot be written; hint: check that the disk is not full and that you own \
         the folder",
        folder.display()
    )]
    FolderNotWritable {
        folder: PathBuf,
        #[source]
        source: std::io::Error,
    },
    #[error("a migration cannot be applied to the database")]
    Migration(#[source] Box<dyn std::error::Error + Send + Sync>),
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<sqlx::Error> for OpenError {
    fn from(error: sqlx::Error) -> Self {
        Self::Store(store_error(error))
    }
}

impl From<MigrateError> for OpenError {
    fn from(error: MigrateError) -> Self {
        match error {
            MigrateError::VersionMissing(version) => Self::Newer { version },
            MigrateError::Execute(error) => error.into(),
            MigrateError::ExecuteMigration(error, _)
                if primary_code(&error).is_some_and(is_disk) =>
            {
                error.into()
            }
            other => Self::Migration(Box::new(other)),
        }
    }
}

/// What the caller can do about a failed statement.
pub(super) fn store_error(error: sqlx::Error) -> StoreError {
    match primary_code(&error) {
        Some(code::BUSY | code::LOCKED) => StoreError::Unavailable(Box::new(error)),
        Some(code) if is_disk(code) => StoreError::NotWritable(Box::new(error)),
        Some(_) => StoreError::Broken(Box::new(error)),
        None => match error {
            sqlx::Error::PoolTimedOut
            | sqlx::Error::PoolClosed
            | sqlx::Error::WorkerCrashed
            | sqlx::Error::Io(_) => StoreError::Unavailable(Box::new(error)),
            other => StoreError::Broken(Box::new(other)),
        },
    }
}

const fn is_disk(code: u32) -> bool {
    matches!(
        code,
        code::READONLY | code::IOERR | code::FULL | code::CANTOPEN
    )
}

fn primary_code(error: &sqlx::Error) -> Option<u32> {
    let extended: u32 = error.as_database_error()?.code()?.parse().ok()?;
    Some(extended & 0xFF)
}

#[cfg(test)]
mod tests {
    use super::store_error;
    use crate::ports::StoreError;
    use sqlx::SqlitePool;
    use sqlx::sqlite::{SqliteConnectOptions, SqlitePoolOptions};

    async fn database(options: SqliteConnectOptions) -> SqlitePool {
        let pool = SqlitePoolOptions::new().max_connections(1);
        pool.connect_with(options).await.unwrap()
    }

    async fn refusal(pool: &SqlitePool, statement: &'static str) -> StoreError {
        store_error(sqlx::query(statement).execute(pool).await.unwrap_err())
    }

    #[tokio::test]
    async fn a_full_disk_is_told_apart_from_a_broken_statement() {
        let pool = database(SqliteConnectOptions::new().in_memory(true)).await;
        for statement in ["CREATE TABLE t (x BLOB)", "PRAGMA max_page_count = 2"] {
            sqlx::query(statement).execute(&pool).await.unwrap();
        }
        let full = refusal(&pool, "INSERT INTO t VALUES (zeroblob(100000))").await;
        assert!(matches!(full, StoreError::NotWritable(_)), "{full:?}");
        let broken = refusal(&pool, "INSERT INTO nowhere VALUES (1)").await;
        assert!(matches!(broken, StoreError::Broken(_)), "{broken:?}");
    }

    #[tokio::test]
    async fn a_read_only_and_a_locked_database_are_told_apart() {
        let folder = tempfile::tempdir().unwrap();
        let options = SqliteConnectOptions::new()
            .filename(folder.path().join("test.sqlite"))
            .create_if_missing(true)
            .busy_timeout(std::time::Duration::ZERO);
        let pool = database(options.clone()).await;
        let create = "CREATE TABLE t (x BLOB)";
        sqlx::query(create).execute(&pool).await.unwrap();

        let reader = database(options.clone().read_only(true)).await;
        let refused = refusal(&reader, "INSERT INTO t VALUES (1)").await;
        assert!(matches!(refused, StoreError::NotWritable(_)), "{refused:?}");
        reader.close().await;

        let other = database(options).await;
        let _writing = pool.begin_with("BEGIN EXCLUSIVE").await.unwrap();
        let refused = refusal(&other, "INSERT INTO t VALUES (1)").await;
        assert!(matches!(refused, StoreError::Unavailable(_)), "{refused:?}");
    }
}
