//! Leaves a server alone that fails again and again. Pure: the time is an argument.

use std::time::Duration;

use tokio::time::Instant;

/// Failures in a row that open it.
const MOST_FAILURES: u32 = 3;
/// How long nothing is asked after that.
const PAUSE: Duration = Duration::from_secs(30);

/// Closed: calls go. Open: none goes. Then a single call finds out which it shall be.
#[derive(Debug)]
pub(super) struct Breaker {
    state: State,
    /// Changes with the state's kind, so that a call from before is told apart.
    period: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Closed { failures: u32 },
    Open { until: Instant },
    Probing,
}

/// The right to make one call. What comes of it is to be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Pass {
    period: u64,
}

impl Breaker {
    /// Closed.
    pub(super) const fn new() -> Self {
        Self {
            state: State::Closed { failures: 0 },
            period: 0,
        }
    }

    /// Whether a call would go now.
    pub(super) fn admits(&self, now: Instant) -> bool {
        match self.state {
            State::Closed { .. } => true,
            State::Open { until } => until <= now,
            State::Probing => false,
        }
    }

    /// A call goes, if it may.
    pub(super) fn admit(&mut self, now: Instant) -> Option<Pass> {
        if !self.admits(now) {
            return None;
        }
        if matches!(self.state, State::Open { .. }) {
            self.turn(State::Probing);
        }
        Some(Pass {
            period: self.period,
        })
    }

    /// The server answered.
    pub(super) fn succeed(&mut self, pass: Pass) {
        if pass.period != self.period {
            return;
        }
        match self.state {
            State::Closed { .. } => self.state = State::Closed { failures: 0 },
            State::Probing => self.turn(State::Closed { failures: 0 }),
            // No call begins in such a period.
            State::Open { .. } => {}
        }
    }

    /// The server failed.
    pub(super) fn fail(&mut self, pass: Pass, now: Instant) {
        if pass.period != self.period {
            return;
        }
        match self.state {
            State::Closed { failures } if failures + 1 < MOST_FAILURES => {
                self.state = State::Closed {
                    failures: failures + 1,
                };
            }
            State::Closed { .. } | State::Probing => self.turn(State::Open { until: now + PAUSE }),
            State::Open { .. } => {}
        }
    }

    /// The caller left, or the server was not asked: nothing is known. If that was the probe, there
    /// must be another.
    pub(super) fn abandon(&mut self, pass: Pass, now: Instant) {
        if pass.period == self.period && self.state == State::Probing {
            self.turn(State::Open { until: now });
        }
    }

    fn turn(&mut self, state: State) {
        self.state = state;
        self.period += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fails(breaker: &mut Breaker, now: Instant) {
        let pass = breaker.admit(now).unwrap();
        breaker.fail(pass, now);
    }

    fn open(now: Instant) -> Breaker {
        let mut breaker = Breaker::new();
        for _ in 0..MOST_FAILURES {
            fails(&mut breaker, now);
        }
        breaker
    }

    #[test]
    fn three_failures_in_a_row_open_it_for_thirty_seconds() {
        let now = Instant::now();
        let mut breaker = open(now);
        assert!(!breaker.admits(now));
        let almost = now + PAUSE - Duration::from_millis(1);
        assert_eq!(breaker.admit(almost), None);
        assert!(breaker.admits(now + PAUSE));
    }

    #[test]
    fn a_success_between_failures_keeps_it_closed() {
        let now = Instant::now();
        let mut breaker = Breaker::new();
        for _ in 0..10 {
            fails(&mut breaker, now);
            fails(&mut breaker, now);
            let pass = breaker.admit(now).unwrap();
            breaker.succeed(pass);
        }
        assert!(breaker.admits(now));
    }

    #[test]
    fn one_call_alone_finds_out_and_closes_it() {
        let now = Instant::now();
        let later = now + PAUSE;
        let mut breaker = open(now);
        let probe = breaker.admit(later).unwrap();
        assert_eq!(breaker.admit(later), None);
        breaker.succeed(probe);
        fails(&mut breaker, later);
        fails(&mut breaker, later);
        assert!(breaker.admits(later), "counting began anew");
    }

    #[test]
    fn a_probe_that_fails_opens_it_again_for_the_whole_pause() {
        let now = Instant::now();
        let later = now + PAUSE;
        let mut breaker = open(now);
        fails(&mut breaker, later);
        assert!(!breaker.admits(later + PAUSE / 2));
        assert!(breaker.admits(later + PAUSE));
    }

    #[test]
    fn a_probe_whose_caller_left_is_followed_by_another_at_once() {
        let now = Instant::now();
        let later = now + PAUSE;
        let mut breaker = open(now);
        let probe = breaker.admit(later).unwrap();
        breaker.abandon(probe, later);
        assert!(breaker.admit(later).is_some());
    }

    #[test]
    fn who_leaves_while_it_is_closed_changes_nothing() {
        let now = Instant::now();
        let mut breaker = Breaker::new();
        fails(&mut breaker, now);
        fails(&mut breaker, now);
        let pass = breaker.admit(now).unwrap();
        breaker.abandon(pass, now);
        assert!(breaker.admits(now));
        fails(&mut breaker, now);
        assert!(!breaker.admits(now), "the two failures still count");
    }

    #[test]
    fn calls_from_before_say_nothing_about_now() {
        let now = Instant::now();
        let later = now + PAUSE;
        let mut breaker = Breaker::new();
        let [early, late] = [(); 2].map(|()| breaker.admit(now).unwrap());
        for _ in 0..MOST_FAILURES {
            fails(&mut breaker, now);
        }
        breaker.succeed(early);
        assert!(!breaker.admits(now), "an old success does not close it");
        let probe = breaker.admit(later).unwrap();
        breaker.fail(late, later);
        breaker.abandon(late, later);
        assert_eq!(breaker.admit(later), None, "the probe is still under way");
        breaker.succeed(probe);
        assert!(breaker.admits(later));
    }
}
