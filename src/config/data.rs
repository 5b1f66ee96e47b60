//! `[data]`: where Dupi keeps what it knows.

use std::path::PathBuf;

use super::effective::path_value;
use super::reader::{Key, Reader};
use super::{ConfigError, environment};

const FOLDER: Key = Key::or_variable("data.folder", environment::DATA_DIR);

/// Where Dupi keeps what it knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DataSettings {
    /// Database, photos and, unless it is in the environment, the master key. Made when absent.
    pub folder: PathBuf,
}

impl Default for DataSettings {
    fn default() -> Self {
        Self {
            folder: "data".into(),
        }
    }
}

impl DataSettings {
    pub(super) const KEYS: [&'static Key; 1] = [&FOLDER];

    pub(super) fn read(reader: &mut Reader<'_>) -> Result<Self, ConfigError> {
        let folder = reader.path(&FOLDER)?;
        Ok(folder.map_or_else(Self::default, |folder| Self { folder }))
    }

    pub(super) fn values(&self) -> [Option<toml::Value>; 1] {
        [Some(path_value(&self.folder))]
    }
}
