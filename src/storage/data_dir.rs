//! One process per data folder.

use std::fs::{File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};

/// The data folder is ours until this is dropped or the process ends, however it ends.
#[derive(Debug)]
pub struct DataDirLock {
    _file: File,
}

/// Why the data folder is not ours.
#[derive(Debug, thiserror::Error)]
pub enum DataDirError {
    #[error(
        "the data folder `{}` is in use; hint: another dupi is running on it, stop that one or set \
         DUPI_DATA_DIR to another folder",
        folder.display()
    )]
    InUse { folder: PathBuf },
    #[error(
        "the data folder `{}` cannot be written; hint: check that the disk is not full and that you \
         own the folder",
        folder.display()
    )]
    NotWritable {
        folder: PathBuf,
        #[source]
        source: std::io::Error,
    },
}

impl DataDirLock {
    /// Creates the folder if it is missing, and takes it.
    pub fn acquire(folder: &Path) -> Result<Self, DataDirError> {
        let not_writable = |source| DataDirError::NotWritable {
            folder: folder.to_owned(),
            source,
        };
        create_private_folder(folder).map_err(not_writable)?;
        let file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(folder.join("lock"))
            .map_err(not_writable)?;
        match file.try_lock() {
            Ok(()) => Ok(Self { _file: file }),
            Err(TryLockError::WouldBlock) => Err(DataDirError::InUse {
                folder: folder.to_owned(),
            }),
            Err(TryLockError::Error(source)) => Err(not_writable(source)),
        }
    }
}

/// A folder that only its owner may look into, where the system knows of owners.
pub(super) fn create_private_folder(folder: &Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt;
        builder.mode(0o700);
    }
    builder.create(folder)
}

#[cfg(test)]
mod tests {
    use super::{DataDirError, DataDirLock};

    #[test]
    fn a_second_dupi_on_the_same_folder_is_turned_away_until_the_first_has_ended() {
        let parent = tempfile::tempdir().unwrap();
        let folder = parent.path().join("new").join("data");
        let first = DataDirLock::acquire(&folder).unwrap();

        let refused = DataDirLock::acquire(&folder).unwrap_err();
        assert!(matches!(refused, DataDirError::InUse { .. }));
        assert!(refused.to_string().contains(folder.to_str().unwrap()));

        drop(first);
        DataDirLock::acquire(&folder).unwrap();
    }

    #[test]
    fn a_folder_that_cannot_be_made_is_named() {
        let parent = tempfile::tempdir().unwrap();
        let file = parent.path().join("file");
        std::fs::write(&file, "").unwrap();
        let refused = DataDirLock::acquire(&file.join("data")).unwrap_err();
        assert!(matches!(refused, DataDirError::NotWritable { .. }));
        assert!(refused.to_string().contains(file.to_str().unwrap()));
    }
}
