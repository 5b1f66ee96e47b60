//! Time and ids, so that everything else can be tested with made-up ones.

use jiff::Timestamp;
use uuid::Uuid;

/// The present time.
pub trait Clock: Send + Sync {
    fn now(&self) -> Timestamp;
}

/// New ids.
pub trait IdSource: Send + Sync {
    /// An id that sorts by the time of its making; not a secret.
    fn ordered(&self) -> Uuid;

    /// 32 bytes that nobody can guess, for session cookies and keys.
    fn secret(&self) -> [u8; 32];
}
