//! Whose turn it is: first come, first served, and no more than agreed at the same time.
//!
//! The servers never refuse (they queue without limit, and everybody gets slow together), so this
//! does. It never asks anybody to wait who could go at once, and keeps no place for one who left.

use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::timeout;

use super::error::{CallError, Deadline};

/// A waiting line before a few places.
#[derive(Debug)]
pub(super) struct Queue {
    /// Fair: a place that becomes free goes to whoever has waited longest.
    places: Semaphore,
    at_once: usize,
    most_waiting: usize,
    waiting: AtomicUsize,
}

/// A place, free again when this is dropped.
#[derive(Debug)]
#[must_use = "the place is free again when this is dropped"]
pub(super) struct Place<'a> {
    _permit: SemaphorePermit<'a>,
}

impl Queue {
    /// With nobody in it.
    pub(super) fn new(at_once: NonZeroUsize, most_waiting: usize) -> Self {
        // More than a semaphore can hold is more than anybody can use.
        let at_once = at_once.get().min(Semaphore::MAX_PERMITS);
        Self {
            places: Semaphore::new(at_once),
            at_once,
            most_waiting,
            waiting: AtomicUsize::new(0),
        }
    }

    /// Waits for a place, that long at most. Whoever drops this future leaves the line at once.
    pub(super) async fn place(&self, patience: Duration) -> Result<Place<'_>, CallError> {
        // A place that is free while others wait is already theirs, so nobody is overtaken here.
        if let Ok(permit) = self.places.try_acquire() {
            return Ok(Place { _permit: permit });
        }
        let _waiting = Waiting::join(&self.waiting, self.most_waiting)?;
        match timeout(patience, self.places.acquire()).await {
            Ok(permit) => Ok(Place {
                _permit: permit.expect("nobody closes the semaphore"),
            }),
            Err(_) => Err(CallError::Late {
                deadline: Deadline::Queue,
            }),
        }
    }

    /// Calls that are under way or waiting before one that comes now; 0 where it would go at once.
    pub(super) fn ahead(&self) -> usize {
        if self.places.available_permits() > 0 {
            return 0;
        }
        self.at_once + self.waiting.load(Ordering::Relaxed)
    }
}

/// Somebody in the line, as long as this lives.
struct Waiting<'a> {
    count: &'a AtomicUsize,
}

impl<'a> Waiting<'a> {
    fn join(count: &'a AtomicUsize, most: usize) -> Result<Self, CallError> {
        let joined = count.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |waiting| {
            (waiting < most).then_some(waiting + 1)
        });
        match joined {
            Ok(_) => Ok(Self { count }),
            Err(waiting) => Err(CallError::Crowded { waiting }),
        }
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.count.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use std::future::Future;
    use std::pin::Pin;
    use std::task::{Context, Poll, Waker};

    use super::*;

    /// Longer than any test takes.
    const PATIENCE: Duration = Duration::from_mins(1);

    fn queue(at_once: usize, most_waiting: usize) -> Queue {
        Queue::new(NonZeroUsize::new(at_once).unwrap(), most_waiting)
    }

    /// Looks once whether it is done.
    fn look<T>(future: &mut Pin<Box<impl Future<Output = T>>>) -> Poll<T> {
        future
            .as_mut()
            .poll(&mut Context::from_waker(Waker::noop()))
    }

    /// One who has just come.
    fn comes(queue: &Queue) -> Pin<Box<impl Future<Output = Result<Place<'_>, CallError>>>> {
        let mut turn = Box::pin(queue.place(PATIENCE));
        assert!(look(&mut turn).is_pending(), "there is nothing free");
        turn
    }

    #[tokio::test]
    async fn places_go_to_those_who_wait_in_the_order_of_their_coming() {
        let queue = queue(1, 3);
        let mut held = queue.place(PATIENCE).await.unwrap();
        let mut line: Vec<_> = (0..3).map(|_| comes(&queue)).collect();
        while !line.is_empty() {
            drop(held);
            for others in &mut line[1..] {
                assert!(look(others).is_pending(), "nobody overtakes");
            }
            let Poll::Ready(Ok(place)) = look(&mut line[0]) else {
                panic!("the first in the line has the place");
            };
            held = place;
            drop(line.remove(0));
        }
    }

    #[tokio::test]
    async fn nobody_who_comes_takes_a_place_that_is_meant_for_one_who_waits() {
        let queue = queue(1, 3);
        let held = queue.place(PATIENCE).await.unwrap();
        let mut first = comes(&queue);
        drop(held);
        let mut late = comes(&queue);
        assert!(look(&mut first).is_ready());
        drop(first);
        assert!(look(&mut late).is_ready());
    }

    #[tokio::test]
    async fn a_full_line_is_an_answer() {
        let queue = queue(2, 1);
        let places = [
            queue.place(PATIENCE).await.unwrap(),
            queue.place(PATIENCE).await.unwrap(),
        ];
        let waits = comes(&queue);
        let refused = queue.place(PATIENCE).await.unwrap_err();
        assert_eq!(refused, CallError::Crowded { waiting: 1 });
        drop(waits);
        drop(comes(&queue));
        drop(places);
    }

    #[tokio::test]
    async fn without_a_line_only_those_go_who_need_not_wait() {
        let queue = queue(1, 0);
        let place = queue.place(PATIENCE).await.unwrap();
        let refused = queue.place(PATIENCE).await.unwrap_err();
        assert_eq!(refused, CallError::Crowded { waiting: 0 });
        drop(place);
        drop(queue.place(PATIENCE).await.unwrap());
    }

    #[tokio::test]
    async fn who_leaves_the_line_frees_it_for_those_behind() {
        let queue = queue(1, 2);
        let held = queue.place(PATIENCE).await.unwrap();
        let first = comes(&queue);
        let mut second = comes(&queue);
        assert_eq!(queue.ahead(), 3);
        drop(first);
        assert_eq!(queue.ahead(), 2);
        drop(held);
        assert!(look(&mut second).is_ready());
    }

    #[tokio::test]
    async fn who_waits_too_long_is_told_so() {
        let queue = queue(1, 1);
        let held = queue.place(PATIENCE).await.unwrap();
        let late = queue.place(Duration::from_millis(1)).await.unwrap_err();
        let deadline = Deadline::Queue;
        assert_eq!(late, CallError::Late { deadline });
        drop(held);
        assert_eq!(queue.ahead(), 0);
    }
}
