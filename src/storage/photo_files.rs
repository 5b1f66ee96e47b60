//! Sealed files in one folder, each written once under a name that was never used before.
//!
//! Whether a file belongs to anybody is known to the database alone: a file is written and synced
//! first, its row comes after, and a file without a row is rubbish.

use std::collections::HashSet;
use std::fs::File;
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use super::data_dir::create_private_folder;
use crate::ports::StoreError;

/// The folder of sealed files.
#[derive(Debug, Clone)]
pub(super) struct PhotoFiles {
    folder: PathBuf,
}

impl PhotoFiles {
    /// Creates the folder if it is missing.
    pub(super) fn open(folder: PathBuf) -> std::io::Result<Self> {
        create_private_folder(&folder)?;
        Ok(Self { folder })
    }

    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Writes a file that does not exist yet; it is on disk when this returns.
    pub(super) async fn write(&self, name: &str, bytes: Vec<u8>) -> Result<(), StoreError> {
        let (folder, path) = (self.folder.clone(), self.folder.join(name));
        blocking(move || {
            let written = write_new(&path, &bytes).and_then(|()| sync_folder(&folder));
            if written.is_err() {
                // What stays behind here is swept at the next start.
                let _ = std::fs::remove_file(&path);
            }
            written
        })
        .await
    }

    /// The file's bytes; `None` if it is not there.
    pub(super) async fn read(&self, name: &str) -> Result<Option<Vec<u8>>, StoreError> {
        let path = self.folder.join(name);
        blocking(move || match std::fs::read(&path) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        })
        .await
    }

    /// Removes files whose rows are gone. What cannot be removed now is swept at the next start.
    pub(super) async fn remove(&self, names: Vec<String>) {
        if names.is_empty() {
            return;
        }
        let folder = self.folder.clone();
        let removed = blocking(move || {
            for name in &names {
                match std::fs::remove_file(folder.join(name)) {
                    Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
                    Ok(()) | Err(_) => {}
                }
            }
            sync_folder(&folder)
        })
        .await;
        if let Err(error) = removed {
            tracing::warn!(%error, "Files without a row were left behind until the next start");
        }
    }

    /// Removes every file that is not `known`; returns how many.
    pub(super) async fn sweep(&self, known: HashSet<String>) -> Result<usize, StoreError> {
        let folder = self.folder.clone();
        blocking(move || {
            let mut removed = 0;
            for entry in std::fs::read_dir(&folder)? {
                let entry = entry?;
                let is_known = entry
                    .file_name()
                    .to_str()
                    .is_some_and(|name| known.contains(name));
                if !is_known && entry.file_type()?.is_file() {
                    std::fs::remove_file(entry.path())?;
                    removed += 1;
                }
            }
            if removed > 0 {
                sync_folder(&folder)?;
            }
            Ok(removed)
        })
        .await
    }
}

fn write_new(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    let mut file = options.open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

/// Makes names in a folder survive a power cut.
pub(super) fn sync_folder(folder: &Path) -> std::io::Result<()> {
    if cfg!(unix) {
        File::open(folder)?.sync_all()?;
    }
    Ok(())
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> std::io::Result<T> + Send + 'static,
) -> Result<T, StoreError> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|error| StoreError::Broken(Box::new(error)))?
        .map_err(file_error)
}

/// What the caller can do about a failed file operation.
fn file_error(error: std::io::Error) -> StoreError {
    match error.kind() {
        ErrorKind::StorageFull
        | ErrorKind::QuotaExceeded
        | ErrorKind::ReadOnlyFilesystem
        | ErrorKind::PermissionDenied
        | ErrorKind::NotFound
        | ErrorKind::NotADirectory => StoreError::NotWritable(Box::new(error)),
        _ => StoreError::Unavailable(Box::new(error)),
    }
}
