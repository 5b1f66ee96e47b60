//! The one thread that owns the model, and the queue in front of it.
//!
//! Photos are decoded on other threads, then wait here. A batch forms while the model is busy; a caller
//! who left is dropped before the model is asked; a full queue is an answer, not a wait. A batch that
//! fails, or panics, is asked again in parts: see [`super::attempts`].

use std::collections::VecDeque;
use std::num::NonZeroUsize;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, TryAcquireError, oneshot};

use super::attempts::{BatchRunner, run_all};
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

impl BatchLimits {
    fn shrink_to(&mut self, fits: usize) {
        let fits = NonZeroUsize::new(fits).unwrap_or(NonZeroUsize::MIN);
        self.max_batch = self.max_batch.min(fits);
    }
}

type Answer = Result<RawOutput, RuntimeError>;

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
    /// Warms the model up, starts the thread and gives it the model.
    pub fn start(mut model: Model, mut limits: BatchLimits) -> std::io::Result<Self> {
        let (fits, took) = model.warm_up(limits.max_batch.get());
        limits.shrink_to(fits);
        tracing::info!(
            model = model.identity().id,
            backend = %model.backend_description(),
            max_batch = limits.max_batch,
            warm_up_ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX),
            "The severity model is warm"
        );
        let contract = model.contract();
        let capacity = limits.capacity.get();
        // One more than there are places, so that the order to stop always finds room.
        let (orders, received) = sync_channel(capacity + 1);
        let thread = std::thread::Builder::new()
            .name("severity".to_owned())
            .spawn(move || work(model, limits, &received))?;
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
            // It was asked alone before it was given up.
            Ok(Err(error)) => Err(GradingError::Model {
                batch: 1,
                source: Box::new(error),
            }),
            Err(_) => Err(GradingError::Stopped),
        }
    }
}

/// The thread's life: until it is told to stop and has answered everyone before that.
fn work(mut runner: impl BatchRunner, mut limits: BatchLimits, orders: &Receiver<Order>) {
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
            if let Some(fits) = answer(batch, &mut runner) {
                limits.shrink_to(fits);
                tracing::warn!(
                    max_batch = fits,
                    "Batches hold at most {fits} photos from now on"
                );
            }
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

/// Asks the model and answers everyone; gives the largest batch for next time, if that was learned.
fn answer(batch: Vec<Waiting>, runner: &mut impl BatchRunner) -> Option<usize> {
    let (inputs, answers): (Vec<_>, Vec<_>) = batch
        .into_iter()
        .map(|waiting| (waiting.input, (waiting.answer, waiting.place)))
        .unzip();
    let attempts = run_all(runner, &inputs);
    // A caller who left meanwhile misses nothing; one who hears the answer finds the place free.
    for ((answer, place), outcome) in answers.into_iter().zip(attempts.outcomes) {
        drop(place);
        let _ = answer.send(outcome);
    }
    attempts.fits
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
    use crate::severity::runtime::Device;

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

    /// A GPU with room for so many photos; it panics over the photo that is marked 0.
    struct SmallGpu {
        holds: usize,
        runs: std::sync::mpsc::Sender<usize>,
    }

    impl BatchRunner for SmallGpu {
        fn is_on_cpu(&self) -> bool {
            false
        }

        fn run(&mut self, batch: &[Tensor]) -> Result<Vec<Answer>, RuntimeError> {
            self.runs.send(batch.len()).unwrap();
            if batch.len() > self.holds {
                return Err(RuntimeError::OutOfMemory {
                    device: Device::Cuda(0),
                    source: "no more".into(),
                });
            }
            assert!(batch[0].0[0] > 0.5, "the first photo makes it panic");
            let outcome = |photo: &Tensor| {
                Ok(RawOutput {
                    probabilities: [[0.25; 4]; 6],
                    severities: [photo.0[0]; 6],
                    maps: vec![],
                    view: [1.0, 0.0, 0.0],
                })
            };
            Ok(batch.iter().map(outcome).collect())
        }

        fn on_cpu(
            &self,
            _because: &RuntimeError,
        ) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
            Err("there is none".into())
        }
    }

    #[test]
    fn a_bad_photo_and_a_small_gpu_fail_nobody_else_and_the_size_is_kept() {
        let (orders, received) = sync_channel(16);
        let mut queue = Queue::of(&[0; 9]);
        for waiting in queue.waiting.drain(..) {
            orders.send(Order::Grade(waiting)).unwrap();
        }
        orders.send(Order::Stop).unwrap();
        let (runs, sizes) = std::sync::mpsc::channel();
        let limits = BatchLimits {
            max_batch: NonZeroUsize::new(4).unwrap(),
            ..BatchLimits::default()
        };
        work(SmallGpu { holds: 2, runs }, limits, &received);
        let answers = queue.callers.iter_mut().map(|caller| {
            let answer = caller.try_recv().unwrap();
            answer
                .map(|answer| answer.severities[0])
                .map_err(|error| error.to_string())
        });
        let mut expected: Vec<Result<f32, String>> =
            (0..9_u8).map(|mark| Ok(mark.into())).collect();
        expected[0] = Err(RuntimeError::Panicked.to_string());
        assert_eq!(answers.collect::<Vec<_>>(), expected);
        // Four are too many, and of two one is bad; from then on two at a time.
        let sizes: Vec<usize> = sizes.iter().collect();
        assert_eq!(sizes, [4, 2, 1, 1, 2, 2, 2, 1]);
        assert_eq!(queue.places.available_permits(), 9);
    }
}
