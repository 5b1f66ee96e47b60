//! The threads that each own a session of the model, and the one queue in front of them.
//!
//! Photos are decoded on other threads, then wait here; whichever session is free takes the next ones. A
//! batch forms while all are busy; a caller who left is dropped before the model is asked; a full queue
//! is an answer, not a wait. A batch that fails, or panics, is asked again in parts: see
//! [`super::attempts`]. Only the queue is shared, and its lock is never held while a model runs.

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

/// Grades photos with sessions that their own threads hold. Clones share the threads and the queue.
#[derive(Debug, Clone)]
pub struct OnnxSeverityGrader {
    contract: Arc<Contract>,
    orders: SyncSender<Order>,
    capacity: usize,
    places: Arc<Semaphore>,
    decoding: Arc<Semaphore>,
    threads: Arc<Mutex<Vec<JoinHandle<()>>>>,
}

impl OnnxSeverityGrader {
    /// Warms the sessions of one model up, at least one, and gives each to a thread of its own.
    pub fn start(mut sessions: Vec<Model>, mut limits: BatchLimits) -> std::io::Result<Self> {
        let Some(first) = sessions.first() else {
            let error = "there is no session of a severity model to grade with";
            return Err(std::io::Error::new(std::io::ErrorKind::InvalidInput, error));
        };
        let contract = first.contract();
        for (session, model) in sessions.iter_mut().enumerate() {
            let (fits, took) = model.warm_up(limits.max_batch.get());
            limits.shrink_to(fits);
            tracing::info!(
                model = model.identity().id,
                backend = %model.backend_description(),
                session,
                max_batch = limits.max_batch,
                warm_up_ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX),
                "Session {session} of the severity model is warm"
            );
        }
        let capacity = limits.capacity.get();
        // One more than there are places, so that the order to stop always finds room.
        let (orders, received) = sync_channel(capacity + 1);
        let inbox = Arc::new(Mutex::new(Inbox::new(received)));
        let threads = (0..)
            .zip(sessions)
            .map(|(session, model)| {
                let inbox = Arc::clone(&inbox);
                std::thread::Builder::new()
                    .name(format!("severity-{session}"))
                    .spawn(move || work(model, limits, &inbox))
            })
            .collect::<std::io::Result<_>>()?;
        Ok(Self {
            contract,
            orders,
            capacity,
            places: Arc::new(Semaphore::new(capacity)),
            decoding: Arc::new(Semaphore::new(limits.decode_at_once.get())),
            threads: Arc::new(Mutex::new(threads)),
        })
    }

    /// Takes no more photos, answers those that wait, and ends the threads.
    pub async fn shut_down(&self) {
        self.places.close();
        let threads =
            std::mem::take(&mut *self.threads.lock().unwrap_or_else(PoisonError::into_inner));
        if threads.is_empty() {
            return;
        }
        let orders = self.orders.clone();
        let ending = tokio::task::spawn_blocking(move || {
            // An error means that the threads have ended already.
            let _ = orders.send(Order::Stop);
            let ends: Vec<_> = threads.into_iter().map(JoinHandle::join).collect();
            ends.iter().all(Result::is_ok)
        });
        if !matches!(ending.await, Ok(true)) {
            tracing::error!("A severity thread ended with a panic");
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
        // There is room for whoever has a place; only threads that ended refuse.
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

/// What the sessions share: orders as they come, and the photos that none has taken yet.
struct Inbox {
    orders: Receiver<Order>,
    queue: VecDeque<Waiting>,
    is_stopping: bool,
}

impl Inbox {
    const fn new(orders: Receiver<Order>) -> Self {
        Self {
            orders,
            queue: VecDeque::new(),
            is_stopping: false,
        }
    }

    /// Waits for the next batch. None is to come once the order to stop is here and everyone who came
    /// before it was taken.
    fn next_batch(&mut self, mut limits: BatchLimits) -> Option<Vec<Waiting>> {
        loop {
            while let Ok(order) = self.orders.try_recv() {
                self.accept(order);
            }
            if self.is_stopping {
                limits.linger = Duration::ZERO;
            }
            if let Some(batch) = take_batch(&mut self.queue, &limits, Instant::now()) {
                return Some(batch);
            }
            if self.is_stopping {
                return None;
            }
            let next = match self.queue.front() {
                Some(oldest) => self
                    .orders
                    .recv_timeout(limits.linger.saturating_sub(oldest.since.elapsed())),
                None => self
                    .orders
                    .recv()
                    .map_err(|_| RecvTimeoutError::Disconnected),
            };
            match next {
                Ok(order) => self.accept(order),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => self.is_stopping = true,
            }
        }
    }

    fn accept(&mut self, order: Order) {
        match order {
            Order::Grade(waiting) => self.queue.push_back(waiting),
            Order::Stop => self.is_stopping = true,
        }
    }
}

/// A thread's life: until there is nobody left to answer. While one waits for photos, the others that
/// have nothing to do wait for it.
fn work(mut runner: impl BatchRunner, mut limits: BatchLimits, inbox: &Mutex<Inbox>) {
    let next_batch = |limits| {
        let mut inbox = inbox.lock().unwrap_or_else(PoisonError::into_inner);
        inbox.next_batch(limits)
    };
    while let Some(batch) = next_batch(limits) {
        if let Some(fits) = answer(batch, &mut runner) {
            limits.shrink_to(fits);
            tracing::warn!(
                max_batch = fits,
                "Batches of this session hold at most {fits} photos from now on"
            );
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
        let inbox = Mutex::new(Inbox::new(received));
        work(SmallGpu { holds: 2, runs }, limits, &inbox);
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

    /// A session that answers the photos 1 and 2 only when the other one has been asked as well. Over
    /// photo 3 it panics.
    struct OneOfTwo {
        meets: std::sync::mpsc::Sender<()>,
        met: std::sync::mpsc::Receiver<()>,
    }

    impl BatchRunner for OneOfTwo {
        fn is_on_cpu(&self) -> bool {
            true
        }

        fn run(&mut self, batch: &[Tensor]) -> Result<Vec<Answer>, RuntimeError> {
            let mark = batch[0].0[0];
            assert!((mark - 3.0).abs() > 0.5, "photo 3 makes it panic");
            if mark < 2.5 {
                // The other may have ended already; what counts is that it is heard here.
                let _ = self.meets.send(());
                self.met
                    .recv_timeout(Duration::from_secs(20))
                    .map_err(|source| RuntimeError::Run {
                        runtime: "one of two",
                        source: source.into(),
                    })?;
            }
            let answer = RawOutput {
                probabilities: [[0.25; 4]; 6],
                severities: [mark; 6],
                maps: vec![],
                view: [1.0, 0.0, 0.0],
            };
            Ok(vec![Ok(answer)])
        }

        fn on_cpu(
            &self,
            _because: &RuntimeError,
        ) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
            Err("it is there".into())
        }
    }

    #[test]
    fn two_sessions_run_at_the_same_time_and_both_end_when_all_are_answered() {
        let (orders, received) = sync_channel(16);
        let mut queue = Queue::of(&[0; 7]);
        // The photos 1 and 2 can only be answered by two sessions at the same time.
        let mut waiting = queue.waiting.drain(..);
        for mark in [1.0, 2.0, 3.0, 4.0, 5.0, 6.0] {
            let mut photo = waiting.next().unwrap();
            photo.input = Tensor(vec![mark]);
            orders.send(Order::Grade(photo)).unwrap();
        }
        // One who left.
        let gone = waiting.next().unwrap();
        drop(waiting);
        queue.callers.pop();
        orders.send(Order::Grade(gone)).unwrap();
        orders.send(Order::Stop).unwrap();
        let inbox = Mutex::new(Inbox::new(received));
        let ((first, from_first), (second, from_second)) =
            (std::sync::mpsc::channel(), std::sync::mpsc::channel());
        let sessions = [(first, from_second), (second, from_first)]
            .map(|(meets, met)| OneOfTwo { meets, met });
        std::thread::scope(|scope| {
            for session in sessions {
                scope.spawn(|| work(session, BatchLimits::default(), &inbox));
            }
        });
        let answers = queue.callers.iter_mut().map(|caller| {
            let answer = caller.try_recv().unwrap();
            answer
                .map(|answer| answer.severities[0])
                .map_err(|error| error.to_string())
        });
        let mut expected = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0].map(Ok);
        expected[2] = Err(RuntimeError::Panicked.to_string());
        assert_eq!(answers.collect::<Vec<_>>(), expected);
        assert_eq!(queue.places.available_permits(), 7);
    }
}
