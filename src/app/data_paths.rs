//! What lies where in the data folder.

use std::path::PathBuf;

use crate::config::Settings;

/// Paths within the data folder; nothing says that anything is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DataPaths {
    pub(crate) database: PathBuf,
    /// Used where the environment gives no key.
    pub(crate) master_key: PathBuf,
    /// What TensorRT has built; safe to delete.
    pub(crate) engines: PathBuf,
}

impl DataPaths {
    /// The paths that the settings lead to.
    pub(crate) fn of(settings: &Settings) -> Self {
        let folder = &settings.data.folder;
        Self {
            database: folder.join("dupi.sqlite"),
            master_key: folder.join("master.key"),
            engines: folder.join("tensorrt"),
        }
    }
}
