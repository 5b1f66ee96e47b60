//! One lane for each chat: what happens in one chat is taken in order, chats side by side. Pure: the
//! time is an argument.
//!
//! The parts of an album come one by one and nothing says which is the last, so they wait for each
//! other a moment and leave together.

use std::collections::{HashMap, VecDeque};
use std::time::Duration;

use tokio::time::Instant;

/// How long after a part of an album another may come.
const ALBUM_PATIENCE: Duration = Duration::from_secs(1);
/// Telegram takes no more photos together.
const LARGEST_ALBUM: usize = 10;

/// What waits for its turn.
#[derive(Debug)]
pub(super) struct Lanes<T> {
    lanes: HashMap<i64, Lane<T>>,
}

#[derive(Debug)]
struct Lane<T> {
    waiting: VecDeque<Waiting<T>>,
    is_busy: bool,
}

#[derive(Debug)]
struct Waiting<T> {
    load: T,
    album: Option<String>,
    since: Instant,
}

impl<T> Default for Lane<T> {
    fn default() -> Self {
        Self {
            waiting: VecDeque::new(),
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
        let first = self.waiting.front().filter(|_| !self.is_busy)?;
        let Some(album) = &first.album else {
            return Some(first.since);
        };
        let parts = self.waiting.iter();
        let parts = parts.filter(|one| one.album.as_ref() == Some(album));
        let (count, newest) = parts.fold((0, first.since), |(count, newest), part| {
            (count + 1, newest.max(part.since))
        });
        if count >= LARGEST_ALBUM {
            Some(newest)
        } else {
            Some(newest + ALBUM_PATIENCE)
        }
    }

    fn take(&mut self) -> Vec<T> {
        self.is_busy = true;
        let Some(first) = self.waiting.pop_front() else {
            return Vec::new();
        };
        let mut taken = vec![first.load];
        if first.album.is_some() {
            let (mut parts, mut others) = (Vec::new(), VecDeque::new());
            for one in self.waiting.drain(..) {
                if one.album == first.album && parts.len() + 1 < LARGEST_ALBUM {
                    parts.push(one.load);
                } else {
                    others.push_back(one);
                }
            }
            self.waiting = others;
            taken.extend(parts);
        }
        taken
    }
}

impl<T> Lanes<T> {
    pub(super) fn put(&mut self, chat: i64, album: Option<String>, load: T, now: Instant) {
        let lane = self.lanes.entry(chat).or_default();
        lane.waiting.push_back(Waiting {
            load,
            album,
            since: now,
        });
    }

    /// The chat's next load that may go now, from any chat where nothing is under way; the parts of
    /// an album together.
    pub(super) fn take(&mut self, now: Instant) -> Option<(i64, Vec<T>)> {
        let ripe = |(chat, lane): (&i64, &Lane<T>)| Some((lane.ripe_at()?, *chat));
        let (at, chat) = self.lanes.iter().filter_map(ripe).min()?;
        if at > now {
            return None;
        }
        let lane = self.lanes.get_mut(&chat)?;
        Some((chat, lane.take()))
    }

    /// What was taken from that chat is done.
    pub(super) fn finish(&mut self, chat: i64) {
        if let Some(lane) = self.lanes.get_mut(&chat) {
            lane.is_busy = false;
            if lane.waiting.is_empty() {
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
    use super::*;

    const MOMENT: Duration = Duration::from_millis(400);

    #[test]
    fn one_chat_goes_in_order_and_others_beside_it() {
        let (mut lanes, now) = (Lanes::default(), Instant::now());
        lanes.put(1, None, "a", now);
        lanes.put(1, None, "b", now + MOMENT);
        lanes.put(2, None, "c", now + MOMENT);
        let now = now + MOMENT;
        assert_eq!(lanes.take(now), Some((1, vec!["a"])));
        assert_eq!(lanes.take(now), Some((2, vec!["c"])));
        assert_eq!(lanes.take(now), None);
        lanes.finish(1);
        assert_eq!(lanes.take(now), Some((1, vec!["b"])));
        lanes.finish(1);
        lanes.finish(2);
        assert!(lanes.lanes.is_empty());
    }

    #[test]
    fn an_album_leaves_a_second_after_its_last_part_and_before_what_came_later() {
        let (mut lanes, now) = (Lanes::default(), Instant::now());
        let album = || Some("x".to_owned());
        lanes.put(1, album(), 1, now);
        lanes.put(1, None, 9, now);
        lanes.put(1, album(), 2, now + MOMENT);
        assert_eq!(lanes.take(now + 3 * MOMENT), None);
        assert_eq!(lanes.next(), Some(now + MOMENT + ALBUM_PATIENCE));
        assert_eq!(lanes.take(now + 4 * MOMENT), Some((1, vec![1, 2])));
        lanes.finish(1);
        assert_eq!(lanes.take(now + 4 * MOMENT), Some((1, vec![9])));
    }

    #[test]
    fn a_full_album_waits_for_nothing() {
        let (mut lanes, now) = (Lanes::default(), Instant::now());
        for part in 0..12 {
            lanes.put(1, Some("x".to_owned()), part, now);
        }
        assert_eq!(lanes.take(now), Some((1, (0..10).collect())));
        lanes.finish(1);
        assert_eq!(lanes.take(now), None);
        assert_eq!(lanes.take(now + ALBUM_PATIENCE), Some((1, vec![10, 11])));
    }
}
