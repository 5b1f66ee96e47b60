//! Who goes next, and who waits in vain. Pure: it reads no clock and wakes nobody.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::time::Duration;

use tokio::time::Instant;

use super::bucket::{Bucket, Flow, LONGEST_HOLD};
use super::{End, PaceLimits, Place, Scope, Urgency};

/// How often places are looked through for those that nothing is known of any more.
const SWEEP: Duration = Duration::from_secs(30);

/// What is to be told to one who waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Decision {
    Go(u64),
    Refuse { ticket: u64, after: Duration },
}

/// Everything that the decision rests on. Tickets are numbered in order of arrival.
#[derive(Debug)]
pub(super) struct Gate {
    limits: PaceLimits,
    overall: Bucket,
    flow: Flow,
    places: HashMap<Place, PlaceState>,
    waiting: BTreeMap<u64, Waiting>,
    /// Where somebody waits, in the order in which their turn comes: a place that was served goes
    /// to the end. One for each urgency.
    rings: [VecDeque<Place>; 2],
    under_way: HashMap<u64, Place>,
    refused: Vec<Decision>,
    next_ticket: u64,
    next_sweep: Instant,
}

#[derive(Debug, Clone, Copy)]
struct Waiting {
    place: Place,
    urgency: Urgency,
    since: Instant,
}

#[derive(Debug)]
struct PlaceState {
    /// None where only the rate over all counts.
    bucket: Option<Bucket>,
    flow: Flow,
    under_way: usize,
    /// One line for each urgency.
    lines: [VecDeque<u64>; 2],
}

impl PlaceState {
    /// When somebody may go here; None while that hangs on a call that is under way.
    fn next(&self, now: Instant) -> Option<Instant> {
        if self.bucket.is_some() && self.under_way > 0 {
            return None;
        }
        let token = self.bucket.map_or(now, |bucket| bucket.next());
        Some(self.flow.next(now)?.max(token))
    }

    fn is_idle(&self, now: Instant) -> bool {
        self.under_way == 0
            && self.flow.allows(now)
            && self.lines.iter().all(VecDeque::is_empty)
            && self.bucket.is_none_or(|bucket| bucket.is_full(now))
    }

    /// How many wait here who go before somebody of that urgency who arrives now.
    fn ahead(&self, urgency: Urgency) -> usize {
        self.lines[..=urgency.line()]
            .iter()
            .map(VecDeque::len)
            .sum()
    }
}

impl Urgency {
    fn line(self) -> usize {
        match self {
            Self::Interactive => 0,
            Self::Bulk => 1,
        }
    }
}

impl Gate {
    pub(super) fn new(limits: PaceLimits, now: Instant) -> Self {
        Self {
            limits,
            overall: Bucket::full(limits.overall, now),
            flow: Flow::Free,
            places: HashMap::new(),
            waiting: BTreeMap::new(),
            rings: Default::default(),
            under_way: HashMap::new(),
            refused: Vec::new(),
            next_ticket: 0,
            next_sweep: now + SWEEP,
        }
    }

    /// Somebody wants a turn. What becomes of the ticket is told by [`Self::decide`].
    pub(super) fn arrive(&mut self, place: Place, urgency: Urgency, now: Instant) -> u64 {
        let ticket = self.next_ticket;
        self.next_ticket += 1;
        self.place(place, now);
        let expected = self.expected(place, urgency, self.places[&place].ahead(urgency), now);
        let refusal = Decision::Refuse {
            ticket,
            after: self.worth_waiting(expected, now),
        };
        if expected > now + self.limits.patience {
            self.refused.push(refusal);
            return ticket;
        }
        if self.waiting.len() >= self.limits.most_waiting {
            let newest_bulk = self.waiting.iter().rev();
            let newest_bulk = newest_bulk
                .filter(|(_, waiting)| waiting.urgency == Urgency::Bulk)
                .map(|(ticket, _)| *ticket)
                .next();
            match (urgency, newest_bulk) {
                (Urgency::Interactive, Some(bulk)) => self.refuse(bulk, now),
                (Urgency::Interactive, None) | (Urgency::Bulk, _) => {
                    self.refused.push(refusal);
                    return ticket;
                }
            }
        }
        let line = urgency.line();
        let state = self.place(place, now);
        state.lines[line].push_back(ticket);
        if state.lines[line].len() == 1 {
            self.rings[line].push_back(place);
        }
        self.waiting.insert(
            ticket,
            Waiting {
                place,
                urgency,
                since: now,
            },
        );
        ticket
    }

    /// Somebody does not want the turn any more.
    pub(super) fn leave(&mut self, ticket: u64) {
        let Some(Waiting { place, urgency, .. }) = self.waiting.remove(&ticket) else {
            return;
        };
        let line = urgency.line();
        let state = self.places.get_mut(&place);
        let state = state.expect("a place where somebody waits is known");
        state.lines[line].retain(|other| *other != ticket);
        if state.lines[line].is_empty() {
            self.rings[line].retain(|other| *other != place);
        }
    }

    /// A turn has ended.
    pub(super) fn end(&mut self, ticket: u64, end: End, now: Instant) {
        let Some(place) = self.under_way.remove(&ticket) else {
            return;
        };
        let state = self.places.get_mut(&place);
        let state = state.expect("a place where a call is under way is known");
        state.under_way -= 1;
        match end {
            End::Succeeded => {
                // What was saved up while the probe was under way is not let loose at once.
                if self.flow.succeed(ticket) {
                    self.overall.drain_until(now + self.overall.every());
                }
                if state.flow.succeed(ticket)
                    && let Some(bucket) = &mut state.bucket
                {
                    bucket.drain_until(now + bucket.every());
                }
            }
            End::Silent => {
                self.flow.fall_silent(ticket, now);
                state.flow.fall_silent(ticket, now);
            }
            End::SlowDown { scope, retry_after } => {
                let until = now + retry_after.min(LONGEST_HOLD);
                match scope {
                    Scope::Everything => {
                        self.flow.hold(until);
                        self.overall.drain_until(until);
                        state.flow.fall_silent(ticket, now);
                    }
                    Scope::ThisPlace => {
                        state.flow.hold(until);
                        if let Some(bucket) = &mut state.bucket {
                            bucket.drain_until(until);
                        }
                        // This place was a bad one to ask for all; another may be the probe.
                        self.flow.fall_silent(ticket, now);
                    }
                }
                self.refuse_the_hopeless(now);
            }
        }
    }

    /// The platform asks for a pause at one place, without a turn having ended.
    pub(super) fn hold(&mut self, place: Place, retry_after: Duration, now: Instant) {
        let until = now + retry_after.min(LONGEST_HOLD);
        let state = self.place(place, now);
        state.flow.hold(until);
        if let Some(bucket) = &mut state.bucket {
            bucket.drain_until(until);
        }
        self.refuse_the_hopeless(now);
    }

    /// Who may go, in that order, and who is to be refused. Asked again at [`Self::wake`], and
    /// whenever something has happened.
    pub(super) fn decide(&mut self, now: Instant) -> Vec<Decision> {
        while let Some((ticket, first)) = self.waiting.first_key_value()
            && first.since + self.limits.patience < now
        {
            self.refuse(*ticket, now);
        }
        let mut decisions = std::mem::take(&mut self.refused);
        while self.flow.allows(now) && self.overall.allows(now) {
            let next = self.next_in(Urgency::Interactive, now);
            let Some(ticket) = next.or_else(|| self.next_in(Urgency::Bulk, now)) else {
                break;
            };
            self.overall.take(now);
            self.flow.begin(ticket);
            decisions.push(Decision::Go(ticket));
        }
        if self.next_sweep <= now {
            self.places.retain(|_, state| !state.is_idle(now));
            self.places.shrink_to(2 * self.places.len());
            self.next_sweep = now + SWEEP;
        }
        decisions
    }

    /// When to decide again if nothing happens before.
    pub(super) fn wake(&self, now: Instant) -> Option<Instant> {
        let sweep = (!self.places.is_empty()).then_some(self.next_sweep);
        // A millisecond later is a moment at which the patience surely is at its end.
        let patience = self
            .waiting
            .first_key_value()
            .map(|(_, first)| first.since + self.limits.patience + Duration::from_millis(1));
        let turn = self.flow.next(now).and_then(|free| {
            let somewhere = self.rings.iter().flatten();
            let somewhere = somewhere.filter_map(|place| self.places[place].next(now));
            Some(somewhere.min()?.max(free).max(self.overall.next()))
        });
        [sweep, patience, turn].into_iter().flatten().min()
    }

    /// Takes the next one of that urgency who may go, as far as their place is concerned.
    fn next_in(&mut self, urgency: Urgency, now: Instant) -> Option<u64> {
        let line = urgency.line();
        let index = self.rings[line].iter().position(|place| {
            let next = self.places[place].next(now);
            next.is_some_and(|next| next <= now)
        })?;
        let place = self.rings[line].remove(index)?;
        let state = self.place(place, now);
        let ticket = state.lines[line].pop_front();
        let ticket = ticket.expect("somebody waits at each place of a ring");
        state.under_way += 1;
        state.flow.begin(ticket);
        if let Some(bucket) = &mut state.bucket {
            bucket.take(now);
        }
        if !state.lines[line].is_empty() {
            self.rings[line].push_back(place);
        }
        self.waiting.remove(&ticket);
        self.under_way.insert(ticket, place);
        Some(ticket)
    }

    fn place(&mut self, place: Place, now: Instant) -> &mut PlaceState {
        let rate = match place {
            Place::Private(_) | Place::Aside(_) => Some(self.limits.private),
            Place::Group(_) => Some(self.limits.group),
            Place::Apart(_) | Place::Nowhere => None,
        };
        self.places.entry(place).or_insert_with(|| PlaceState {
            bucket: rate.map(|rate| Bucket::full(rate, now)),
            flow: Flow::Free,
            under_way: 0,
            lines: Default::default(),
        })
    }

    /// About when the turn comes of one before whom `ahead` others go at the same place. What is
    /// not known, such as how long a call takes, is hoped for.
    fn expected(&self, place: Place, urgency: Urgency, ahead: usize, now: Instant) -> Instant {
        let state = &self.places[&place];
        // The places take turns, so each of the others sends at most one more than this one.
        let others = self.places.iter().filter(|(other, _)| **other != place);
        let others = others.map(|(_, other)| other.ahead(urgency).min(ahead + 1));
        let overall = self.overall.next_after(others.sum::<usize>() + ahead, now);
        let here = state
            .bucket
            .map_or(now, |bucket| bucket.next_after(ahead, now));
        let held = [self.flow, state.flow].map(|flow| flow.next(now).unwrap_or(now));
        held.into_iter().fold(overall.max(here), Instant::max)
    }

    /// How long somebody who is refused should stay away: never so short that he is back at once.
    fn worth_waiting(&self, expected: Instant, now: Instant) -> Duration {
        expected
            .saturating_duration_since(now)
            .max(self.limits.private.every)
    }

    fn refuse(&mut self, ticket: u64, now: Instant) {
        if let Some(expected) = self.expected_of(ticket, now) {
            let after = self.worth_waiting(expected, now);
            self.refused.push(Decision::Refuse { ticket, after });
            self.leave(ticket);
        }
    }

    /// A new hold may be longer than anybody's patience.
    fn refuse_the_hopeless(&mut self, now: Instant) {
        // The oldest first, so that nobody is refused for the sake of one who is refused too.
        let tickets: Vec<u64> = self.waiting.keys().copied().collect();
        for ticket in tickets {
            let too_late = self.waiting[&ticket].since + self.limits.patience;
            if self
                .expected_of(ticket, now)
                .is_some_and(|expected| expected > too_late)
            {
                self.refuse(ticket, now);
            }
        }
    }

    fn expected_of(&self, ticket: u64, now: Instant) -> Option<Instant> {
        let Waiting { place, urgency, .. } = *self.waiting.get(&ticket)?;
        let state = &self.places[&place];
        let line = urgency.line();
        let before = state.lines[line]
            .iter()
            .position(|other| *other == ticket)?;
        let more_urgent: usize = state.lines[..line].iter().map(VecDeque::len).sum();
        Some(self.expected(place, urgency, more_urgent + before, now))
    }
}

#[cfg(test)]
mod tests;
