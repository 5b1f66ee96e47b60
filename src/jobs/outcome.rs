//! What became of one try at a job, and how long to wait before the next.

use std::error::Error;
use std::time::Duration;

use crate::domain::consultation::Event;
use crate::ports::{PhotoStoreError, StoreError};

/// What became of one try.
#[derive(Debug)]
pub(super) enum Outcome {
    /// Done, and the conversation is told.
    Happened(Event),
    /// Done, or nothing is left to do; nobody needs to know.
    Done,
    /// Another try may succeed, not before `after`.
    TryAgain {
        error: String,
        after: Option<Duration>,
    },
    /// No further try will help.
    Hopeless { error: String },
}

/// How often a job is tried, and how long one try may take.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    pub(super) most_tries: u32,
    pub(super) deadline: Duration,
}

/// The longest wait between two tries, unless a channel asks for a longer one.
const LONGEST_WAIT: Duration = Duration::from_mins(1);

/// The wait after the `attempt`th try (from 1): 1 s, 2 s, 4 s … 60 s.
pub(super) fn backoff(attempt: u32) -> Duration {
    let doublings = attempt.saturating_sub(1).min(6);
    Duration::from_secs(1 << doublings).min(LONGEST_WAIT)
}

/// An error with its causes, for operators. Errors name things and values, never content.
pub(super) fn told(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}

impl Outcome {
    pub(super) fn try_again(error: &dyn Error) -> Self {
        Self::TryAgain {
            error: told(error),
            after: None,
        }
    }

    pub(super) fn hopeless(error: &dyn Error) -> Self {
        Self::Hopeless { error: told(error) }
    }
}

impl From<StoreError> for Outcome {
    fn from(error: StoreError) -> Self {
        if error.is_temporary() {
            Self::try_again(&error)
        } else {
            Self::hopeless(&error)
        }
    }
}

/// For files whose absence means that there is nothing left to do.
impl From<PhotoStoreError> for Outcome {
    fn from(error: PhotoStoreError) -> Self {
        match error {
            PhotoStoreError::Absent => Self::Done,
            PhotoStoreError::Store(error) => error.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::backoff;

    #[test]
    fn waits_double_up_to_a_minute() {
        let seconds = [1, 2, 3, 4, 5, 6, 7, 8, u32::MAX].map(|attempt| backoff(attempt).as_secs());
        assert_eq!(seconds, [1, 2, 4, 8, 16, 32, 60, 60, 60]);
    }
}
