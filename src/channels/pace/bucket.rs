//! A bucket of tokens, and a hold with its probe. Pure: the time is an argument.

use std::time::Duration;

use tokio::time::Instant;

use super::limits::Rate;

/// Tokens, kept as the instant at which the bucket is full again.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bucket {
    rate: Rate,
    full_at: Instant,
}

impl Bucket {
    pub(super) fn full(rate: Rate, now: Instant) -> Self {
        Self { rate, full_at: now }
    }

    pub(super) fn is_full(&self, now: Instant) -> bool {
        self.full_at <= now
    }

    /// Whether there is a token.
    pub(super) fn allows(&self, now: Instant) -> bool {
        self.full_at <= now + self.saved_up()
    }

    /// Takes a token that [`Self::allows`] has promised.
    pub(super) fn take(&mut self, now: Instant) {
        self.full_at = self.full_at.max(now) + self.rate.every;
    }

    /// When there will be a token; this may be past.
    pub(super) fn next(&self) -> Instant {
        self.full_at
            .checked_sub(self.saved_up())
            .unwrap_or(self.full_at)
    }

    /// When there will be a token for somebody before whom `ahead` others go.
    pub(super) fn next_after(&self, ahead: usize, now: Instant) -> Instant {
        let ahead = u32::try_from(ahead).unwrap_or(u32::MAX);
        let from = self.full_at.max(now) + self.rate.every.saturating_mul(ahead).min(LONGEST_HOLD);
        from.checked_sub(self.saved_up()).unwrap_or(now).max(now)
    }

    /// Leaves nothing that was saved up: there is one token at `then`, and no more but at the rate.
    pub(super) fn drain_until(&mut self, then: Instant) {
        self.full_at = self.full_at.max(then + self.saved_up());
    }

    pub(super) fn every(&self) -> Duration {
        self.rate.every
    }

    fn saved_up(&self) -> Duration {
        self.rate
            .every
            .saturating_mul(self.rate.burst.saturating_sub(1))
    }
}

/// A longer hold is asked for again by the platform, when the probe comes.
pub(super) const LONGEST_HOLD: Duration = Duration::from_hours(24);

/// Whether calls flow, and what stops them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Flow {
    Free,
    /// The platform asked for a pause.
    Held {
        until: Instant,
    },
    /// After a hold one call finds out whether the platform is content.
    Probing {
        ticket: u64,
    },
}

impl Flow {
    pub(super) fn allows(self, now: Instant) -> bool {
        match self {
            Self::Free => true,
            Self::Held { until } => until <= now,
            Self::Probing { .. } => false,
        }
    }

    /// A call goes, which [`Self::allows`] has allowed.
    pub(super) fn begin(&mut self, ticket: u64) {
        if matches!(self, Self::Held { .. }) {
            *self = Self::Probing { ticket };
        }
    }

    /// A call came out well; tells whether it was the probe.
    pub(super) fn succeed(&mut self, ticket: u64) -> bool {
        let was_probe = *self == Self::Probing { ticket };
        if was_probe {
            *self = Self::Free;
        }
        was_probe
    }

    /// A call came out as nothing in particular: if it was the probe, there must be another.
    pub(super) fn fall_silent(&mut self, ticket: u64, now: Instant) {
        if *self == (Self::Probing { ticket }) {
            *self = Self::Held { until: now };
        }
    }

    /// The platform asks for a pause. A shorter one does not shorten a longer one.
    pub(super) fn hold(&mut self, until: Instant) {
        let until = match *self {
            Self::Held { until: before } => before.max(until),
            Self::Free | Self::Probing { .. } => until,
        };
        *self = Self::Held { until };
    }

    /// When a call may go, as far as that is known: a probe ends when it ends.
    pub(super) fn next(self, now: Instant) -> Option<Instant> {
        match self {
            Self::Free => Some(now),
            Self::Held { until } => Some(until.max(now)),
            Self::Probing { .. } => None,
        }
    }
}
