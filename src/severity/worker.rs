//! The one thread that owns the model, and the queue in front of it.
//!
//! Photos are decoded on other threads, then wait here. A batch forms while the model is busy; a caller
//! who left is dropped before the model is asked; a full queue is an answer, not a wait. A panic of the
//! model is an error of that batch and nothing more.

use std::collections::VecDeque;
use std::num::NonZeroUsize;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, TryAcquireError, oneshot};

use super::contract::Contract;
use super::grade::{Prepared, RawOutput, Timing, judge, prepare};
use super::model::Model;
use super::preprocess::Tensor;
use super::runtime::RuntimeError;
use crate::ports::{GradedPhoto, GradingError, SeverityGrader};

/// How many photos may wait, and how they are taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BatchLimits {
    /// Most photos in one run of the model. More than one gains nothing on a CPU.
    pub max_batch: NonZeroUsize,
    /// How long a photo waits for company while the batch is not full.
    pub linger: Duration,
    /// Most photos between arriving and being answered.
    pub capacity: NonZeroUsize,
    /// Photos decoded at the same time.
    pub decode_at_once: NonZeroUsize,
}

impl Default for BatchLimits {
    fn default() -> Self {
        Self {
            max_batch: NonZeroUsize::MIN,
            linger: Duration::ZERO,
            capacity: NonZeroUsize::new(64).expect("not zero"),
            decode_at_once: NonZeroUsize::new(2).expect("not zero"),
        }
    }
}

type Answer = Result<RawOutput, BatchFailed>;

/// What every caller of a batch is told when it fails.
#[derive(Debug, Clone)]
struct BatchFailed {
    batch: usize,
    source: Arc<RuntimeError>,
}

/// A photo that waits for the model.
#[derive(Debug)]
struct Waiting {
    input: Tensor,
    since: Instant,
    answer: oneshot::Sender<Answer>,
    /// Its place in the queue, free again when it is answered or dropped.
    place: OwnedSemaphorePermit,
}

enum Order {
    Grade(Waiting),
    Stop,
}

/// Takes the next batch, or nothing while it is worth lingering for company. Whoever stopped waiting
/// is dropped here, before the model is asked.
fn take_batch(
    queue: &mut VecDeque<Waiting>,
    limits: &BatchLimits,
    now: Instant,
) -> Option<Vec<Waiting>> {
    queue.retain(|waiting| !waiting.answer.is_closed());
    let oldest = queue.front()?;
    let is_full = queue.len() >= limits.max_batch.get();
    let has_lingered = now.saturating_duration_since(oldest.since) >= limits.linger;
    (is_full || has_lingered).then(|| {
        let count = queue.len().min(limits.max_batch.get());
        queue.drain(..count).collect()
    })
}

/// Grades photos with a model that its own thread holds. Clones share the thread and the queue.
#[derive(Debug, Clone)]
pub struct OnnxSeverityGrader {
    contract: Arc<Contract>,
    orders: SyncSender<Order>,
    capacity: usize,
    places: Arc<Semaphore>,
    decoding: Arc<Semaphore>,
    thread: Arc<Mutex<Option<JoinHandle<()>>>>,
}

impl OnnxSeverityGrader {
    /// Starts the thread and gives it the model.
    pub fn start(model: Model, limits: BatchLimits) -> std::io::Result<Self> {
        let contract = model.contract();
        let capacity = limits.capacity.get();
        // One more than there are places, so that the order to stop always finds room.
        let (orders, received) = sync_channel(capacity + 1);
        let thread = std::thread::Builder::new()
            .name("severity".to_owned())
            .spawn(move || {
                let mut model = model;
                work(|batch| model.run(batch), limits, &received);
            })?;
        Ok(Self {
            contract,
            orders,
            capacity,
            places: Arc::new(Semaphore::new(capacity)),
            decoding: Arc::new(Semaphore::new(limits.decode_at_once.get())),
            thread: Arc::new(Mutex::new(Some(thread))),
        })
    }

    /// Takes no more photos, answers those that wait, and ends the thread.
    pub async fn shut_down(&self) {
        self.places.close();
        let thread = self
            .thread
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        let Some(thread) = thread else { return };
        let orders = self.orders.clone();
        let ending = tokio::task::spawn_blocking(move || {
            // An error means that the thread has ended already.
            let _ = orders.send(Order::Stop);
            thread.join()
        });
        if !matches!(ending.await, Ok(Ok(()))) {
            tracing::error!("The severity thread ended with a panic");
        }
    }

    async fn prepare(&self, photo: Vec<u8>) -> Result<Prepared, GradingError> {
        let permit = Arc::clone(&self.decoding)
            .acquire_owned()
            .await
            .expect("this semaphore is never closed");
        let contract = Arc::clone(&self.contract);
        tokio::task::spawn_blocking(move || {
            let _permit = permit;
            prepare(&photo, &contract, &mut Timing::default())
        })
        .await
        .map_err(|error| GradingError::Model {
            batch: 1,
            source: error.into(),
        })
    }
}

#[async_trait]
impl SeverityGrader for OnnxSeverityGrader {
    async fn grade(&self, photo: Vec<u8>) -> Result<GradedPhoto, GradingError> {
        let place = Arc::clone(&self.places)
            .try_acquire_owned()
            .map_err(|error| match error {
                TryAcquireError::NoPermits => GradingError::QueueFull {
                    waiting: self.capacity,
                },
                TryAcquireError::Closed => GradingError::Stopped,
            })?;
        let ready = match self.prepare(photo).await? {
            Prepared::Refused { judgement, .. } => {
                return Ok(GradedPhoto {
                    judgement,
                    heatmaps: None,
                });
            }
            Prepared::Ready(ready) => ready,
        };
        let (answer, answered) = oneshot::channel();
        let waiting = Waiting {
            input: ready.input,
            since: Instant::now(),
            answer,
            place,
        };
        // There is room for whoever has a place; only a thread that ended refuses.
        self.orders
            .try_send(Order::Grade(waiting))
            .map_err(|_| GradingError::Stopped)?;
        match answered.await {
            Ok(Ok(raw)) => Ok(judge(&raw, &ready.seen, &self.contract)),
            Ok(Err(failed)) => Err(GradingError::Model {
                batch: failed.batch,
                source: Box::new(failed.source),
            }),
            Err(_) => Err(GradingError::Stopped),
        }
    }
}

/// The thread's life: until it is told to stop and has answered everyone before that.
fn work(
    mut run: impl FnMut(&[Tensor]) -> Result<Vec<RawOutput>, RuntimeError>,
    mut limits: BatchLimits,
    orders: &Receiver<Order>,
) {
    let mut queue = VecDeque::new();
    let mut is_stopping = false;
    loop {
        while let Ok(order) = orders.try_recv() {
            is_stopping |= accept(order, &mut queue);
        }
        if is_stopping {
            limits.linger = Duration::ZERO;
        }
        if let Some(batch) = take_batch(&mut queue, &limits, Instant::now()) {
            answer(batch, &mut run);
            continue;
        }
        if is_stopping {
            return;
        }
        let next = match queue.front() {
            Some(oldest) => {
                orders.recv_timeout(limits.linger.saturating_sub(oldest.since.elapsed()))
            }
            None => orders.recv().map_err(|_| RecvTimeoutError::Disconnected),
        };
        match next {
            Ok(order) => is_stopping |= accept(order, &mut queue),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => is_stopping = true,
        }
    }
}

fn answer(
    batch: Vec<Waiting>,
    run: &mut impl FnMut(&[Tensor]) -> Result<Vec<RawOutput>, RuntimeError>,
) {
    let (inputs, answers): (Vec<_>, Vec<_>) = batch
        .into_iter()
        .map(|waiting| (waiting.input, (waiting.answer, waiting.place)))
        .unzip();
    let outcome =
        catch_unwind(AssertUnwindSafe(|| run(&inputs))).unwrap_or(Err(RuntimeError::Panicked));
    // A caller who left meanwhile misses nothing; one who hears the answer finds the place free.
    match outcome {
        Ok(outputs) => {
            for ((answer, place), output) in answers.into_iter().zip(outputs) {
                drop(place);
                let _ = answer.send(Ok(output));
            }
        }
        Err(error) => {
            let failed = BatchFailed {
                batch: inputs.len(),
                source: Arc::new(error),
            };
            for (answer, place) in answers {
                drop(place);
                let _ = answer.send(Err(failed.clone()));
            }
        }
    }
}

/// Puts a photo into the queue; says whether the order was to stop.
fn accept(order: Order, queue: &mut VecDeque<Waiting>) -> bool {
    match order {
        Order::Grade(waiting) => {
            queue.push_back(waiting);
            false
        }
        Order::Stop => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Queue {
        places: Arc<Semaphore>,
        start: Instant,
        waiting: VecDeque<Waiting>,
        callers: Vec<oneshot::Receiver<Answer>>,
    }

    impl Queue {
        /// Photos that arrived so many milliseconds after the start, marked by their index.
        fn of(arrivals: &[u64]) -> Self {
            let mut queue = Self {
                places: Arc::new(Semaphore::new(arrivals.len())),
                start: Instant::now(),
                waiting: VecDeque::new(),
                callers: Vec::new(),
            };
            for (index, milliseconds) in (0_u8..).zip(arrivals) {
                let (answer, caller) = oneshot::channel();
                queue.waiting.push_back(Waiting {
                    input: Tensor(vec![f32::from(index)]),
                    since: queue.start + Duration::from_millis(*milliseconds),
                    answer,
                    place: Arc::clone(&queue.places).try_acquire_owned().unwrap(),
                });
                queue.callers.push(caller);
            }
            queue
        }

        fn take(&mut self, max_batch: usize, linger: u64, now: u64) -> Option<Vec<f32>> {
            let limits = BatchLimits {
                max_batch: NonZeroUsize::new(max_batch).unwrap(),
                linger: Duration::from_millis(linger),
                ..BatchLimits::default()
            };
            let now = self.start + Duration::from_millis(now);
            take_batch(&mut self.waiting, &limits, now)
                .map(|batch| batch.iter().map(|waiting| waiting.input.0[0]).collect())
        }
    }

    #[test]
    fn photos_are_taken_in_order_and_never_more_than_allowed() {
        let mut queue = Queue::of(&[0, 0, 0]);
        assert_eq!(queue.take(2, 0, 0), Some(vec![0.0, 1.0]));
        assert_eq!(queue.take(2, 0, 0), Some(vec![2.0]));
        assert_eq!(queue.take(2, 0, 0), None);
    }

    #[test]
    fn a_batch_that_is_not_full_lingers_and_a_full_one_does_not() {
        let mut queue = Queue::of(&[0, 3]);
        assert_eq!(queue.take(4, 5, 4), None);
        assert_eq!(queue.take(4, 5, 5), Some(vec![0.0, 1.0]));
        let mut queue = Queue::of(&[0, 3]);
        assert_eq!(queue.take(2, 5, 3), Some(vec![0.0, 1.0]));
    }

    #[test]
    fn whoever_left_is_dropped_and_frees_its_place() {
        let mut queue = Queue::of(&[0, 0, 0]);
        queue.callers.remove(1);
        assert_eq!(queue.take(8, 0, 0), Some(vec![0.0, 2.0]));
        assert_eq!(queue.places.available_permits(), 3);
        let mut queue = Queue::of(&[0]);
        queue.callers.clear();
        assert_eq!(queue.take(8, 0, 0), None);
        assert_eq!(queue.places.available_permits(), 1);
    }

    #[test]
    fn a_model_that_panics_answers_and_lives_on() {
        let (orders, received) = sync_channel(4);
        let mut queue = Queue::of(&[0, 0]);
        for waiting in queue.waiting.drain(..) {
            orders.send(Order::Grade(waiting)).unwrap();
        }
        orders.send(Order::Stop).unwrap();
        let mut runs = 0;
        let run = |batch: &[Tensor]| {
            runs += 1;
            assert!(batch[0].0[0] > 0.5, "the first photo makes it panic");
            Err(RuntimeError::NotFinite {
                output: "probs".to_owned(),
            })
        };
        work(run, BatchLimits::default(), &received);
        let told: Vec<String> = queue
            .callers
            .iter_mut()
            .map(|caller| caller.try_recv().unwrap().unwrap_err().source.to_string())
            .collect();
        assert_eq!(told[0], RuntimeError::Panicked.to_string());
        assert!(told[1].contains("not finite"));
        assert_eq!((runs, queue.places.available_permits()), (2, 2));
    }
}
