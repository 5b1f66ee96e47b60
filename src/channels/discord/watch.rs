//! Which shards show life. Pure: the time is an argument.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// A shard that is silent for longer is begun anew: about two heartbeats of Discord's.
pub(super) const STALL: Duration = Duration::from_secs(90);

#[derive(Debug)]
struct Sign {
    at: Instant,
    latency: Option<Duration>,
}

/// The last sign of life of every shard; clones share it.
#[derive(Debug, Clone, Default)]
pub(super) struct ShardSigns(Arc<Mutex<HashMap<u32, Sign>>>);

impl ShardSigns {
    /// Nothing of the connections before counts any more.
    pub(super) fn begin(&self) {
        self.lock().clear();
    }

    /// A shard was begun, or an event came from it.
    pub(super) fn lives(&self, shard: u32, now: Instant) {
        let mut signs = self.lock();
        let latency = signs.get(&shard).and_then(|sign| sign.latency);
        signs.insert(shard, Sign { at: now, latency });
    }

    /// What was measured at its last heartbeat: a new time is a new heartbeat that was answered.
    pub(super) fn measured(&self, shard: u32, latency: Option<Duration>, now: Instant) {
        let mut signs = self.lock();
        let sign = signs.entry(shard).or_insert(Sign {
            at: now,
            latency: None,
        });
        if latency.is_some() && latency != sign.latency {
            *sign = Sign { at: now, latency };
        }
    }

    /// Shards that were silent for too long.
    pub(super) fn stalled(&self, now: Instant) -> Vec<u32> {
        let signs = self.lock();
        let silent = signs
            .iter()
            .filter(|(_, sign)| now.saturating_duration_since(sign.at) > STALL);
        silent.map(|(shard, _)| *shard).collect()
    }

    /// When the most silent of all shards showed life, once all of them have.
    pub(super) fn oldest(&self, shards: usize) -> Option<Instant> {
        let signs = self.lock();
        let oldest = signs.values().map(|sign| sign.at).min();
        oldest.filter(|_| signs.len() >= shards)
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<u32, Sign>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn only_a_new_measurement_is_a_sign_of_life() {
        let (signs, start) = (ShardSigns::default(), Instant::now());
        signs.lives(0, start);
        let latency = Some(Duration::from_millis(12));
        signs.measured(0, latency, start + 40 * SECOND);
        assert_eq!(signs.oldest(1), Some(start + 40 * SECOND));
        signs.measured(0, latency, start + 41 * SECOND);
        signs.measured(0, None, start + 42 * SECOND);
        assert_eq!(signs.oldest(1), Some(start + 40 * SECOND));
        assert_eq!(signs.stalled(start + 130 * SECOND), [0; 0]);
        assert_eq!(signs.stalled(start + 131 * SECOND), [0]);
    }

    #[test]
    fn the_most_silent_shard_counts_and_all_must_have_come() {
        let (signs, start) = (ShardSigns::default(), Instant::now());
        signs.lives(0, start + 5 * SECOND);
        assert_eq!(signs.oldest(2), None);
        signs.lives(1, start + 9 * SECOND);
        assert_eq!(signs.oldest(2), Some(start + 5 * SECOND));
        signs.begin();
        assert_eq!(signs.oldest(1), None);
    }
}
