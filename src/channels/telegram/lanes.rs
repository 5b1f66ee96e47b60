//! One lane for each chat: what happens in one chat is taken in order, chats side by side. Pure: the
//! time is an argument.
//!
//! A lane may have a time at which to look at its chat again though nothing has come: an album says
//! of none of its parts that it is the last.

use std::collections::{HashMap, VecDeque};

use tokio::time::Instant;

/// What waits for its turn.
#[derive(Debug)]
pub(super) struct Lanes<T> {
    lanes: HashMap<i64, Lane<T>>,
}

#[derive(Debug)]
struct Lane<T> {
    /// With the time since when it waits.
    waiting: VecDeque<(Instant, T)>,
    due: Option<Instant>,
    is_busy: bool,
}

/// What has its turn.
#[derive(Debug, PartialEq)]
pub(super) enum Turn<T> {
    Arrived(T),
    /// Nothing came, and the time to look again is there.
    Due,
}

impl<T> Default for Lane<T> {
    fn default() -> Self {
        Self {
            waiting: VecDeque::new(),
            due: None,
            is_busy: false,
        }
    }
}

impl<T> Default for Lanes<T> {
    fn default() -> Self {
        Self {
            lanes: HashMap::new(),
        }
    }
}

impl<T> Lane<T> {
    /// When what is first may go; `None` if nothing may.
    fn ripe_at(&self) -> Option<Instant> {
        if self.is_busy {
            return None;
        }
        let first = self.waiting.front().map(|(since, _)| *since);
        first.or(self.due)
    }

    fn take(&mut self) -> Turn<T> {
        self.is_busy = true;
        self.due = None;
        match self.waiting.pop_front() {
            Some((_, load)) => Turn::Arrived(load),
            None => Turn::Due,
        }
    }
}

impl<T> Lanes<T> {
    pub(super) fn put(&mut self, chat: i64, load: T, now: Instant) {
        let lane = self.lanes.entry(chat).or_default();
        lane.waiting.push_back((now, load));
    }

    /// The chat is looked at again then, unless something comes before.
    pub(super) fn look_again(&mut self, chat: i64, at: Instant) {
        self.lanes.entry(chat).or_default().due = Some(at);
    }

    /// What may go now, from any chat where nothing is under way.
    pub(super) fn take(&mut self, now: Instant) -> Option<(i64, Turn<T>)> {
        let ripe = |(chat, lane): (&i64, &Lane<T>)| Some((lane.ripe_at()?, *chat));
        let (at, chat) = self.lanes.iter().filter_map(ripe).min()?;
        if at > now {
            return None;
        }
        let lane = self.lanes.get_mut(&chat)?;
        Some((chat, lane.take()))
    }

    /// What was taken from that chat is done; the chat is looked at again when it is due.
    pub(super) fn finish(&mut self, chat: i64, due: Option<Instant>) {
        if let Some(lane) = self.lanes.get_mut(&chat) {
            lane.is_busy = false;
            lane.due = due;
            if lane.waiting.is_empty() && due.is_none() {
                self.lanes.remove(&chat);
            }
        }
    }

    /// When something may be taken that may not be taken yet.
    pub(super) fn next(&self) -> Option<Instant> {
        self.lanes.values().filter_map(Lane::ripe_at).min()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    const MOMENT: Duration = Duration::from_millis(400);

    #[test]
    fn one_chat_goes_in_order_and_others_beside_it() {
        let (mut lanes, now) = (Lanes::default(), Instant::now());
        lanes.put(1, "a", now);
        lanes.put(1, "b", now + MOMENT);
        lanes.put(2, "c", now + MOMENT);
        let now = now + MOMENT;
        assert_eq!(lanes.take(now), Some((1, Turn::Arrived("a"))));
        assert_eq!(lanes.take(now), Some((2, Turn::Arrived("c"))));
        assert_eq!(lanes.take(now), None);
        lanes.finish(1, None);
        assert_eq!(lanes.take(now), Some((1, Turn::Arrived("b"))));
        lanes.finish(1, None);
        lanes.finish(2, None);
        assert!(lanes.lanes.is_empty());
    }

    #[test]
    fn a_chat_is_looked_at_again_when_it_is_due_unless_something_comes_before() {
        let (mut lanes, now) = (Lanes::default(), Instant::now());
        lanes.put(1, "a", now);
        assert_eq!(lanes.take(now), Some((1, Turn::Arrived("a"))));
        lanes.finish(1, Some(now + 3 * MOMENT));
        assert_eq!(lanes.next(), Some(now + 3 * MOMENT));
        assert_eq!(lanes.take(now + MOMENT), None);
        lanes.put(1, "b", now + MOMENT);
        assert_eq!(lanes.take(now + MOMENT), Some((1, Turn::Arrived("b"))));
        lanes.finish(1, Some(now + 4 * MOMENT));
        assert_eq!(lanes.take(now + 3 * MOMENT), None);
        assert_eq!(lanes.take(now + 4 * MOMENT), Some((1, Turn::Due)));
        lanes.finish(1, None);
        assert!(lanes.lanes.is_empty());
        lanes.look_again(2, now);
        assert_eq!(lanes.take(now), Some((2, Turn::Due)));
    }
}
