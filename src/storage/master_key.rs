//! The one key that opens all others. It never enters the database or a log.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use secrecy::{ExposeSecret, SecretBox, SecretString};

/// The master key: whoever has it and the data folder can read everything.
#[derive(Debug)]
pub struct MasterKey(SecretBox<[u8; 32]>);

/// Why there is no master key.
#[derive(Debug, thiserror::Error)]
pub enum MasterKeyError {
    /// What was found is never shown.
    #[error("the master key is not 64 hexadecimal digits; hint: `openssl rand -hex 32` makes one")]
    NotHex,
    #[error(
        "the master key file `{}` does not hold 64 hexadecimal digits; hint: put the right file back \
         in its place, without it the stored data cannot be read",
        path.display()
    )]
    Damaged { path: PathBuf },
    #[error("the master key file `{}` cannot be read or written", path.display())]
    File {
        path: PathBuf,
        #[source]
        source: std::io::Error,
    },
}

impl MasterKey {
    /// A key that is known already.
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(SecretBox::new(Box::new(bytes)))
    }

    /// The key that was given as 64 hexadecimal digits.
    pub fn from_hex(digits: &SecretString) -> Result<Self, MasterKeyError> {
        parse(digits.expose_secret()).ok_or(MasterKeyError::NotHex)
    }

    /// The key in the file at `path`; where there is none, `fresh` becomes the key and is written
    /// there, readable for its owner only, before this returns.
    pub fn load_or_create(path: &Path, fresh: [u8; 32]) -> Result<Self, MasterKeyError> {
        let file_error = |source| MasterKeyError::File {
            path: path.to_owned(),
            source,
        };
        match std::fs::read_to_string(path) {
            Ok(digits) => parse(&digits).ok_or_else(|| MasterKeyError::Damaged {
                path: path.to_owned(),
            }),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                write_new(path, &fresh).map_err(file_error)?;
                Ok(Self::new(fresh))
            }
            Err(error) if error.kind() == std::io::ErrorKind::InvalidData => {
                Err(MasterKeyError::Damaged {
                    path: path.to_owned(),
                })
            }
            Err(error) => Err(file_error(error)),
        }
    }

    pub(super) fn expose(&self) -> &[u8; 32] {
        self.0.expose_secret()
    }
}

/// Writes beside and renames: a process killed on the way leaves no half key under the real name.
fn write_new(path: &Path, key: &[u8; 32]) -> std::io::Result<()> {
    let beside = path.with_extension("key.new");
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    let mut file = options.open(&beside)?;
    writeln!(file, "{}", hex(key))?;
    file.sync_all()?;
    std::fs::rename(&beside, path)?;
    if let Some(folder) = path.parent() {
        super::photo_files::sync_folder(folder)?;
    }
    Ok(())
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut digits, byte| {
        write!(digits, "{byte:02x}").expect("a string takes everything");
        digits
    })
}

fn parse(digits: &str) -> Option<MasterKey> {
    let digits = digits.trim();
    if digits.len() != 64 || !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
        return None;
    }
    let mut bytes = [0; 32];
    for (index, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&digits[index * 2..index * 2 + 2], 16).ok()?;
    }
    Some(MasterKey::new(bytes))
}

#[cfg(test)]
mod tests {
    use super::{MasterKey, MasterKeyError};
    use secrecy::SecretString;

    #[test]
    fn a_key_is_made_once_and_found_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("master.key");
        let made = MasterKey::load_or_create(&path, [0xA7; 32]).unwrap();
        let found = MasterKey::load_or_create(&path, [1; 32]).unwrap();
        assert_eq!(made.expose(), &[0xA7; 32]);
        assert_eq!(found.expose(), &[0xA7; 32]);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = std::fs::metadata(&path).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
    }

    #[test]
    fn a_damaged_key_file_is_never_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("master.key");
        for content in [&b"abc"[..], b"", &[0xFF; 64]] {
            std::fs::write(&path, content).unwrap();
            let refused = MasterKey::load_or_create(&path, [1; 32]).unwrap_err();
            assert!(matches!(refused, MasterKeyError::Damaged { .. }));
            assert_eq!(std::fs::read(&path).unwrap(), content);
        }
    }

    #[test]
    fn only_64_hexadecimal_digits_are_a_key() {
        let from_hex = |digits: String| MasterKey::from_hex(&SecretString::from(digits));
        assert_eq!(from_hex("0F".repeat(32)).unwrap().expose(), &[15; 32]);
        for wrong in [
            "",
            "0f",
            &"0g".repeat(32),
            &"0f".repeat(33),
            &"é".repeat(32),
        ] {
            let refused = from_hex(wrong.to_owned()).unwrap_err();
            assert!(wrong.is_empty() || !refused.to_string().contains(wrong));
        }
    }
}
