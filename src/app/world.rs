//! The real clock and the real dice: the only place where either is read.

use jiff::Timestamp;
use uuid::Uuid;

use crate::ports::{Clock, IdSource};

/// The system's clock.
#[derive(Debug, Clone, Copy)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the clock that others are given"
    )]
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}

/// Ids and secrets from the operating system's random source.
#[derive(Debug, Clone, Copy)]
pub struct RandomIds;

impl IdSource for RandomIds {
    #[expect(
        clippy::disallowed_methods,
        reason = "these are the ids that others are given"
    )]
    fn ordered(&self) -> Uuid {
        Uuid::now_v7()
    }

    fn secret(&self) -> [u8; 32] {
        let mut secret = [0; 32];
        getrandom::fill(&mut secret).expect("the operating system gives random bytes");
        secret
    }
}
