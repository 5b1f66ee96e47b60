//! How a channel ends: it stops hearing first, and speaks until everything under way is said.

use tokio_util::sync::CancellationToken;

/// The two moments at which a channel ends.
#[derive(Debug, Clone)]
pub struct Ending {
    /// Nothing more is taken in.
    pub hearing: CancellationToken,
    /// Nothing more is said, not before `hearing`.
    pub speaking: CancellationToken,
}

/// Both at once.
impl From<CancellationToken> for Ending {
    fn from(token: CancellationToken) -> Self {
        Self {
            hearing: token.clone(),
            speaking: token,
        }
    }
}
