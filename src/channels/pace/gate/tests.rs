use std::collections::HashSet;

use super::super::{PlaceId, Rate};
use super::*;

const SECOND: Duration = Duration::from_secs(1);

/// A gate in a played world, where the time is moved by hand.
struct Play {
    gate: Gate,
    start: Instant,
    now: Instant,
    /// Who went and when, in order.
    gone: Vec<(u64, Duration)>,
    refused: Vec<(u64, Duration)>,
    /// Whose call ends when; nobody's if calls are ended by the test.
    ends: BTreeMap<Instant, Vec<u64>>,
    call: Option<Duration>,
}

impl Play {
    fn new(limits: PaceLimits) -> Self {
        let start = Instant::now();
        Self {
            gate: Gate::new(limits, start),
            start,
            now: start,
            gone: Vec::new(),
            refused: Vec::new(),
            ends: BTreeMap::new(),
            call: None,
        }
    }

    fn with_calls_of(mut self, call: Duration) -> Self {
        self.call = Some(call);
        self
    }

    fn arrives(&mut self, place: Place, urgency: Urgency) -> u64 {
        let ticket = self.gate.arrive(place, urgency, self.now);
        self.decide();
        ticket
    }

    /// Many arrive before anything is decided.
    fn arrive(&mut self, places: impl IntoIterator<Item = (Place, Urgency)>) -> Vec<u64> {
        let tickets = places
            .into_iter()
            .map(|(place, urgency)| self.gate.arrive(place, urgency, self.now))
            .collect();
        self.decide();
        tickets
    }

    fn ends(&mut self, ticket: u64, end: End) {
        self.gate.end(ticket, end, self.now);
        self.decide();
    }

    fn decide(&mut self) {
        for decision in self.gate.decide(self.now) {
            match decision {
                Decision::Go(ticket) => {
                    self.gone.push((ticket, self.now - self.start));
                    if let Some(call) = self.call {
                        self.ends.entry(self.now + call).or_default().push(ticket);
                    }
                }
                Decision::Refuse { ticket, after } => self.refused.push((ticket, after)),
            }
        }
    }

    /// Lets that much time pass, as the keeper would: from one wake or end of a call to the next.
    fn passes(&mut self, span: Duration) {
        let until = self.now + span;
        loop {
            let wake = self.gate.wake(self.now);
            assert!(wake.is_none_or(|wake| wake > self.now), "it would spin");
            let end = self.ends.keys().next().copied();
            let next = [wake, end].into_iter().flatten().min();
            let Some(next) = next.filter(|next| *next <= until) else {
                break;
            };
            self.now = next;
            for ticket in self.ends.remove(&next).unwrap_or_default() {
                self.gate.end(ticket, End::Succeeded, self.now);
            }
            self.decide();
        }
        self.now = until;
        self.decide();
    }

    fn tickets_gone(&self) -> Vec<u64> {
        self.gone.iter().map(|(ticket, _)| *ticket).collect()
    }
}

fn chat(id: u64) -> Place {
    Place::Private(PlaceId::from(id))
}

fn interactive(place: Place) -> (Place, Urgency) {
    (place, Urgency::Interactive)
}

fn bulk(place: Place) -> (Place, Urgency) {
    (place, Urgency::Bulk)
}

fn slow_down(scope: Scope, retry_after: Duration) -> End {
    End::SlowDown { scope, retry_after }
}

fn limits() -> PaceLimits {
    PaceLimits {
        overall: Rate {
            burst: 3,
            every: SECOND / 10,
        },
        private: Rate {
            burst: 2,
            every: SECOND,
        },
        group: Rate {
            burst: 1,
            every: 2 * SECOND,
        },
        most_waiting: 2_000,
        patience: 600 * SECOND,
    }
}

/// One at a time, as fast as it is decided.
fn only_one_at_a_time() -> PaceLimits {
    PaceLimits {
        overall: Rate {
            burst: 1,
            every: SECOND,
        },
        ..limits()
    }
}

#[test]
fn after_a_storm_of_refusals_one_of_a_thousand_is_woken_and_the_rest_follow_at_the_rate() {
    let mut play = Play::new(limits());
    let first = play.arrives(chat(0), Urgency::Interactive);
    play.ends(first, slow_down(Scope::Everything, 30 * SECOND));
    let tickets = play.arrive((1..=1_000).map(chat).map(interactive));
    play.passes(Duration::from_millis(29_999));
    assert_eq!(play.tickets_gone(), [first]);

    play.passes(60 * SECOND);
    assert_eq!(play.tickets_gone(), [first, tickets[0]], "one probe alone");
    assert_eq!(play.gone[1].1, 30 * SECOND);

    play.call = Some(Duration::from_millis(5));
    play.ends(tickets[0], End::Succeeded);
    play.passes(120 * SECOND);
    assert_eq!(play.tickets_gone()[1..], tickets);
    let rest = &play.gone[2..];
    let mut pairs = rest.windows(2);
    assert!(pairs.all(|pair| pair[1].1 == pair[0].1 + SECOND / 10));
    assert_eq!(play.refused, []);
}

#[test]
fn a_probe_that_fails_is_followed_by_another_probe() {
    let mut play = Play::new(limits());
    let first = play.arrives(chat(0), Urgency::Interactive);
    play.ends(first, slow_down(Scope::Everything, SECOND));
    let tickets = play.arrive((1..10).map(chat).map(interactive));
    play.passes(SECOND);
    play.ends(tickets[0], End::Silent);
    play.passes(10 * SECOND);
    assert_eq!(play.tickets_gone(), [first, tickets[0], tickets[1]]);
    play.ends(tickets[1], slow_down(Scope::Everything, 20 * SECOND));
    play.passes(19 * SECOND);
    assert_eq!(play.gone.len(), 3);
    play.passes(SECOND);
    assert_eq!(play.gone.len(), 4);
    assert_eq!(play.gone[3], (tickets[2], 31 * SECOND));
}

#[test]
fn a_call_from_before_the_hold_does_not_end_it_and_a_shorter_hold_does_not_shorten_it() {
    let mut play = Play::new(limits());
    let tickets = play.arrive((0..3).map(chat).map(interactive));
    play.ends(tickets[0], slow_down(Scope::Everything, 10 * SECOND));
    play.ends(tickets[1], slow_down(Scope::Everything, SECOND));
    play.ends(tickets[2], End::Succeeded);
    let late = play.arrives(chat(9), Urgency::Interactive);
    play.passes(9 * SECOND);
    assert_eq!(play.gone.len(), 3);
    play.passes(SECOND);
    assert_eq!(play.gone[3], (late, 10 * SECOND));
}

#[test]
fn a_slow_down_that_comes_late_holds_again_while_the_probe_is_under_way() {
    let mut play = Play::new(limits());
    let tickets = play.arrive([chat(0), chat(1)].map(interactive));
    play.ends(tickets[0], slow_down(Scope::Everything, SECOND));
    let others = play.arrive([chat(2), chat(3)].map(interactive));
    play.passes(SECOND);
    assert_eq!(play.gone.len(), 3);
    play.ends(tickets[1], slow_down(Scope::Everything, 5 * SECOND));
    play.ends(others[0], End::Succeeded);
    play.passes(4 * SECOND);
    assert_eq!(play.gone.len(), 3);
    play.passes(SECOND);
    assert_eq!(play.gone.len(), 4);
}

#[test]
fn the_hold_of_one_place_does_not_stop_the_others() {
    let mut play = Play::new(limits());
    let first = play.arrives(chat(1), Urgency::Interactive);
    play.ends(first, slow_down(Scope::ThisPlace, 60 * SECOND));
    play.call = Some(SECOND / 20);
    let held = play.arrive([chat(1), chat(1), chat(1)].map(interactive));
    let others = play.arrive((2..12).map(chat).map(interactive));
    play.passes(2 * SECOND);
    assert_eq!(play.tickets_gone()[1..], others);
    play.passes(58 * SECOND);
    assert_eq!(play.gone[11], (held[0], 60 * SECOND));
    play.passes(10 * SECOND);
    let (second, third) = (play.gone[12], play.gone[13]);
    assert_eq!((second.0, third.0), (held[1], held[2]));
    assert!(second.1 >= 61 * SECOND, "what was saved up is gone");
    assert_eq!(third.1, second.1 + SECOND);
}

#[test]
fn one_place_has_one_call_under_way_and_nowhere_has_several() {
    let mut play = Play::new(limits());
    let tickets = play.arrive([chat(1), chat(1)].map(interactive));
    play.passes(60 * SECOND);
    assert_eq!(play.tickets_gone(), tickets[..1]);
    play.ends(tickets[0], End::Succeeded);
    assert_eq!(play.tickets_gone(), tickets);
    let nowhere = play.arrive([Place::Nowhere; 3].map(interactive));
    play.passes(SECOND);
    assert_eq!(play.tickets_gone()[2..], nowhere);
}

#[test]
fn a_group_and_a_chat_go_at_their_own_rates() {
    let mut play = Play::new(limits()).with_calls_of(Duration::from_millis(1));
    let group = Place::Group(PlaceId::from(7_u64));
    let in_group = play.arrive([group; 3].map(interactive));
    let in_chat = play.arrive([chat(7); 4].map(interactive));
    play.passes(10 * SECOND);
    let seconds_of = |tickets: &[u64]| -> Vec<u64> {
        let gone = play.gone.iter();
        gone.filter(|(ticket, _)| tickets.contains(ticket))
            .map(|(_, when)| when.as_secs())
            .collect()
    };
    assert_eq!(seconds_of(&in_group), [0, 2, 4]);
    assert_eq!(seconds_of(&in_chat), [0, 0, 1, 2]);
}

#[test]
fn interactive_goes_before_bulk_and_bulk_goes_when_nothing_else_can() {
    let mut play = Play::new(only_one_at_a_time()).with_calls_of(Duration::from_millis(1));
    let arrived = play.arrive([
        bulk(chat(1)),
        bulk(chat(2)),
        interactive(chat(2)),
        interactive(chat(3)),
    ]);
    play.passes(10 * SECOND);
    let order = [arrived[2], arrived[3], arrived[0], arrived[1]];
    assert_eq!(play.tickets_gone(), order);

    // An interactive call that cannot go does not keep the bulk waiting.
    let mut play = Play::new(limits());
    let first = play.arrives(chat(1), Urgency::Interactive);
    play.arrives(chat(1), Urgency::Interactive);
    let patient = play.arrives(chat(2), Urgency::Bulk);
    assert_eq!(play.tickets_gone(), [first, patient]);
}

#[test]
fn a_place_where_many_wait_does_not_starve_the_others() {
    let mut play = Play::new(only_one_at_a_time()).with_calls_of(Duration::from_millis(1));
    let many = play.arrive([chat(1); 100].map(interactive));
    let few = play.arrive([chat(2), chat(3), chat(2)].map(interactive));
    play.passes(7 * SECOND);
    let order = [many[0], many[1], few[0], few[1], many[2], few[2], many[3]];
    assert_eq!(play.tickets_gone()[..7], order);
}

#[test]
fn who_would_wait_longer_than_the_patience_is_refused_at_once() {
    let patient = PaceLimits {
        patience: 5 * SECOND,
        ..limits()
    };
    let mut play = Play::new(patient).with_calls_of(Duration::from_millis(1));
    let tickets = play.arrive([chat(1); 10].map(interactive));
    assert_eq!(play.refused.len(), 3);
    assert_eq!(play.refused[0], (tickets[7], 6 * SECOND));
    play.passes(20 * SECOND);
    assert_eq!(play.tickets_gone(), tickets[..7]);
    assert_eq!(play.refused.len(), 3);
}

#[test]
fn a_hold_longer_than_the_patience_refuses_who_waits_and_who_comes() {
    let patient = PaceLimits {
        patience: 5 * SECOND,
        ..limits()
    };
    let mut play = Play::new(patient);
    let tickets = play.arrive([chat(1), chat(1), chat(1)].map(interactive));
    play.ends(tickets[0], slow_down(Scope::ThisPlace, 40 * SECOND));
    assert_eq!(play.refused[0], (tickets[1], 40 * SECOND));
    let late = play.arrives(chat(1), Urgency::Bulk);
    assert_eq!(play.refused[2], (late, 40 * SECOND));
    let elsewhere = play.arrives(chat(2), Urgency::Bulk);
    assert_eq!(play.tickets_gone(), [tickets[0], elsewhere]);
    // A hold that hardly ever ends is no reason to fall over.
    play.ends(elsewhere, slow_down(Scope::Everything, Duration::MAX));
    let refused = play.arrives(chat(3), Urgency::Interactive);
    assert_eq!(play.refused[3], (refused, LONGEST_HOLD));
}

#[test]
fn who_waits_for_a_call_that_hangs_is_refused_when_the_patience_ends() {
    let patient = PaceLimits {
        patience: 5 * SECOND,
        ..limits()
    };
    let mut play = Play::new(patient);
    let tickets = play.arrive([chat(1), chat(1)].map(interactive));
    play.passes(5 * SECOND);
    assert_eq!(play.refused, []);
    play.passes(Duration::from_millis(1));
    assert_eq!(play.refused, [(tickets[1], SECOND)]);
}

#[test]
fn a_full_gate_refuses_bulk_and_gives_its_place_to_who_is_urgent() {
    let small = PaceLimits {
        most_waiting: 2,
        ..limits()
    };
    let mut play = Play::new(small);
    let tickets = play.arrive([
        interactive(chat(1)),
        bulk(chat(2)),
        bulk(chat(3)),
        interactive(chat(4)),
        interactive(chat(5)),
    ]);
    // Before anything was decided two waited, the bulk gave way, and the last found no bulk.
    let refused: Vec<u64> = play.refused.iter().map(|(ticket, _)| *ticket).collect();
    assert_eq!(refused, [tickets[2], tickets[1], tickets[4]]);
    assert_eq!(play.tickets_gone(), [tickets[0], tickets[3]]);
}

#[test]
fn who_leaves_costs_nothing() {
    let mut play = Play::new(only_one_at_a_time()).with_calls_of(Duration::from_millis(1));
    let tickets = play.arrive([chat(1), chat(2), chat(3)].map(interactive));
    play.gate.leave(tickets[1]);
    play.gate.leave(tickets[1]);
    play.passes(SECOND);
    assert_eq!(play.tickets_gone(), [tickets[0], tickets[2]]);
    // A word about a turn that nobody has is no reason to fall over either.
    play.ends(99, End::Succeeded);
}

#[test]
fn places_that_have_come_to_rest_are_forgotten() {
    let mut play = Play::new(limits()).with_calls_of(Duration::from_millis(1));
    play.arrive((0..500).map(chat).map(interactive));
    play.passes(60 * SECOND);
    assert_eq!(play.gone.len(), 500);
    play.call = None;
    let held = play.arrives(chat(1_000), Urgency::Interactive);
    play.ends(held, slow_down(Scope::ThisPlace, 100 * SECOND));
    let under_way = play.arrives(chat(1_001), Urgency::Interactive);
    play.passes(2 * SWEEP);
    let left: HashSet<Place> = play.gate.places.keys().copied().collect();
    assert_eq!(left, HashSet::from([chat(1_000), chat(1_001)]));
    assert!(play.gate.places.capacity() < 50, "the room is given back");
    play.ends(under_way, End::Succeeded);
    play.passes(100 * SECOND + 2 * SWEEP);
    assert!(play.gate.places.is_empty());
    assert_eq!(
        play.gate.wake(play.now),
        None,
        "nothing is left to wake for"
    );
}

/// Numbers that are as good as random, and the same each time.
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit
    }
}

#[test]
fn whatever_happens_everybody_is_answered_once_and_no_rate_is_exceeded() {
    for seed in 0..40 {
        let mut dice = Dice(seed);
        let mut play = Play::new(PaceLimits {
            most_waiting: 30,
            patience: 20 * SECOND,
            ..limits()
        });
        let mut asked = HashMap::new();
        for _ in 0..600 {
            match dice.below(6) {
                0..=2 => {
                    let place = match dice.below(8) {
                        0 => Place::Nowhere,
                        1 => Place::Group(PlaceId::from(dice.below(3))),
                        _ => chat(dice.below(6)),
                    };
                    let bulk = dice.below(2) == 0;
                    let urgency = [Urgency::Interactive, Urgency::Bulk][usize::from(bulk)];
                    let ticket = play.arrives(place, urgency);
                    asked.insert(ticket, place);
                }
                3 | 4 => {
                    let mut under_way: Vec<u64> = play.gate.under_way.keys().copied().collect();
                    under_way.sort_unstable();
                    if let Some(ticket) = under_way.first() {
                        let end = match dice.below(12) {
                            0 => slow_down(Scope::Everything, SECOND * 3),
                            1 => slow_down(Scope::ThisPlace, SECOND * 4),
                            2 => End::Silent,
                            _ => End::Succeeded,
                        };
                        play.ends(*ticket, end);
                    }
                }
                _ => play.passes(Duration::from_millis(dice.below(900))),
            }
            let busy: Vec<&Place> = play.gate.under_way.values().collect();
            let busy = busy.into_iter().filter(|place| **place != Place::Nowhere);
            let busy: Vec<&Place> = busy.collect();
            let different: HashSet<&&Place> = busy.iter().collect();
            assert_eq!(different.len(), busy.len(), "two calls at one place");
        }
        // What is under way ends, and everybody who waits is answered in the end.
        play.call = Some(SECOND / 100);
        let under_way: Vec<u64> = play.gate.under_way.keys().copied().collect();
        for ticket in under_way {
            play.ends(ticket, End::Succeeded);
        }
        play.passes(30 * SECOND);
        let mut answered = play.tickets_gone();
        answered.extend(play.refused.iter().map(|(ticket, _)| ticket));
        answered.sort_unstable();
        let everybody: Vec<u64> = (0..u64::try_from(asked.len()).unwrap()).collect();
        assert_eq!(answered, everybody, "with seed {seed}");
        assert!(play.gone.len() > 50, "with seed {seed}");
        for (index, (_, first)) in play.gone.iter().enumerate() {
            let within = play.gone[index..].iter();
            let within = within.take_while(|(_, when)| *when < *first + SECOND);
            assert!(within.count() <= 3 + 9, "with seed {seed}");
        }
        for place in asked.values().filter(|place| **place != Place::Nowhere) {
            let at = play
                .gone
                .iter()
                .filter(|(ticket, _)| asked[ticket] == *place);
            let at: Vec<Duration> = at.map(|(_, when)| *when).collect();
            for three in at.windows(3) {
                assert!(three[2] >= three[0] + SECOND, "with seed {seed}");
            }
        }
    }
}
