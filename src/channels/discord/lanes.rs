//! What one person does is taken in the order in which they did it.
//!
//! serenity gives every event a task of its own, in no certain order, and acknowledging takes its
//! time. So whoever arrives enters a lane at once, and takes a turn when nothing earlier is left in it.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;

/// How long events that came together may take to enter their lane.
const LINGER: Duration = Duration::from_millis(3);

#[derive(Debug, Default)]
struct Lane {
    waiting: BTreeSet<u64>,
    moved: Arc<Notify>,
}

/// All lanes in which somebody is; clones share them.
#[derive(Debug, Clone, Default)]
pub(super) struct Lanes(Arc<Mutex<HashMap<u64, Lane>>>);

/// A place in a lane, left when it is dropped.
#[derive(Debug)]
pub(super) struct LanePlace {
    lanes: Lanes,
    person: u64,
    number: u64,
    moved: Arc<Notify>,
}

impl Lanes {
    /// Enters the person's lane under a number that grows with time; `None` if it is in there already.
    pub(super) fn enter(&self, person: u64, number: u64) -> Option<LanePlace> {
        let mut lanes = self.lock();
        let lane = lanes.entry(person).or_default();
        lane.waiting.insert(number).then(|| LanePlace {
            lanes: self.clone(),
            person,
            number,
            moved: lane.moved.clone(),
        })
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<u64, Lane>> {
        // Each change is whole by itself.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl LanePlace {
    /// Waits until nothing earlier is left.
    pub(super) async fn turn(&self) {
        tokio::time::sleep(LINGER).await;
        loop {
            let moved = self.moved.notified();
            tokio::pin!(moved);
            moved.as_mut().enable();
            if self.is_first() {
                return;
            }
            moved.await;
        }
    }

    fn is_first(&self) -> bool {
        let lanes = self.lanes.lock();
        let first = lanes
            .get(&self.person)
            .and_then(|lane| lane.waiting.first());
        first == Some(&self.number)
    }
}

impl Drop for LanePlace {
    fn drop(&mut self) {
        let mut lanes = self.lanes.lock();
        if let Some(lane) = lanes.get_mut(&self.person) {
            lane.waiting.remove(&self.number);
            if lane.waiting.is_empty() {
                lanes.remove(&self.person);
            }
        }
        drop(lanes);
        self.moved.notify_waiters();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn turns_come_in_order_and_lanes_end() {
        let lanes = Lanes::default();
        let order = Arc::new(Mutex::new(Vec::new()));
        let places: Vec<LanePlace> = [5, 3, 9, 1]
            .into_iter()
            .map(|number| lanes.enter(7, number).unwrap())
            .collect();
        assert!(lanes.enter(7, 3).is_none());
        assert!(lanes.enter(8, 3).is_some());
        let tasks: Vec<_> = places
            .into_iter()
            .map(|place| {
                let order = order.clone();
                tokio::spawn(async move {
                    place.turn().await;
                    order.lock().unwrap().push(place.number);
                })
            })
            .collect();
        for task in tasks {
            tokio::time::timeout(Duration::from_secs(10), task)
                .await
                .unwrap()
                .unwrap();
        }
        assert_eq!(*order.lock().unwrap(), [1, 3, 5, 9]);
        assert!(lanes.lock().is_empty());
    }
}
