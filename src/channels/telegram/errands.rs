//! Small calls that nobody waits for: bounded in number, over at shutdown, and joined.

use std::sync::Arc;

use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// How many may be under way at once.
const MOST: usize = 256;

/// Runs errands. Clones share the room.
#[derive(Debug, Clone)]
pub(super) struct Errands {
    tracker: TaskTracker,
    room: Arc<Semaphore>,
    shutdown: CancellationToken,
}

impl Errands {
    pub(super) fn new(shutdown: CancellationToken) -> Self {
        Self {
            tracker: TaskTracker::new(),
            room: Arc::new(Semaphore::new(MOST)),
            shutdown,
        }
    }

    /// The same with room of its own: however many there are of one kind, the other goes on.
    pub(super) fn with_own_room(&self) -> Self {
        Self {
            room: Arc::new(Semaphore::new(MOST)),
            ..self.clone()
        }
    }

    /// Runs it, unless there is no room: then it is left out.
    pub(super) fn run(
        &self,
        what: &'static str,
        errand: impl Future<Output = ()> + Send + 'static,
    ) {
        let Ok(room) = self.room.clone().try_acquire_owned() else {
            tracing::debug!(what, "No room for an errand; it is left out");
            return;
        };
        let shutdown = self.shutdown.clone();
        self.tracker.spawn(async move {
            let _room = room;
            tokio::select! {
                biased;
                () = shutdown.cancelled() => {}
                () = errand => {}
            }
        });
    }

    /// Waits for the last one, once the shutdown has begun.
    pub(super) async fn join(&self) {
        self.tracker.close();
        self.tracker.wait().await;
    }
}
