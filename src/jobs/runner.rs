//! The executor: claims what is due, runs it side by side, settles what comes out.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::FutureExt as _;
use jiff::SignedDuration;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::outcome::{Outcome, backoff, told};
use super::{JobPorts, register};
use crate::domain::consultation::Event;
use crate::ports::{ClaimedEffect, EffectId, LONGEST_WAIT, Room, Share, StoreError};

/// How many effects of a share run at once in one process. Messages mostly wait for a messenger to answer;
/// files take memory.
const fn most_at_once(share: Share) -> u32 {
    match share {
        Share::Messages(_) => 32,
        Share::Fetching(_) => 4,
        // The writer has a queue of its own, and says when it is full.
        Share::Writing => 64,
        Share::Work => 8,
    }
}
/// Longer than any job's deadline; see the test in `register`.
pub(super) fn lease(share: Share) -> SignedDuration {
    SignedDuration::from_secs(match share {
        Share::Messages(_) | Share::Fetching(_) | Share::Work => 60,
        Share::Writing => 180,
    })
}
/// How long to sleep when nothing is due: a safety net, as new effects wake us at once.
const SLOW_POLL: Duration = Duration::from_secs(30);
/// How long to wait when the queue itself cannot be asked.
const TROUBLE_WAIT: Duration = Duration::from_secs(1);

/// What is under way.
#[derive(Default)]
struct Running {
    tasks: JoinSet<()>,
    effects: Effects,
    /// Ends what would take long and can be begun anew.
    shutdown: CancellationToken,
}

/// The effects that are under way in this process. A clock that jumps forward ends their leases
/// before their time, and they must not be carried out twice at once.
#[derive(Clone, Default)]
struct Effects(Arc<Mutex<HashMap<EffectId, Share>>>);

impl Effects {
    /// `None` if it is under way already.
    fn enter(&self, id: EffectId, share: Share) -> Option<UnderWay> {
        let is_new = self.change(|effects| match effects.entry(id) {
            Entry::Occupied(_) => false,
            Entry::Vacant(place) => {
                place.insert(share);
                true
            }
        });
        is_new.then(|| UnderWay {
            id,
            effects: self.clone(),
        })
    }

    /// How many more of each share may be started.
    fn room(&self) -> Room {
        self.change(|effects| {
            Share::ALL.into_iter().fold(Room::default(), |room, share| {
                let running = effects.values().filter(|one| **one == share).count();
                let running = u32::try_from(running).unwrap_or(u32::MAX);
                room.with(share, most_at_once(share).saturating_sub(running))
            })
        })
    }

    fn change<T>(&self, act: impl FnOnce(&mut HashMap<EffectId, Share>) -> T) -> T {
        // Each change is whole by itself, so a panic elsewhere leaves nothing half done.
        act(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Is under way until it is dropped.
struct UnderWay {
    id: EffectId,
    effects: Effects,
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.effects.change(|effects| effects.remove(&self.id));
    }
}

/// Carries out stored effects. A clone is a handle on the same ports.
#[derive(Debug, Clone)]
pub struct EffectRunner {
    ports: Arc<JobPorts>,
}

impl EffectRunner {
    /// A runner over those ports; nothing runs yet.
    pub fn new(ports: JobPorts) -> Self {
        Self {
            ports: Arc::new(ports),
        }
    }

    /// Carries out effects as they fall due, until `shutdown`: then no more are taken, and those
    /// that are taken are finished, but for texts, which nobody should wait for: they are written
    /// after the next start.
    pub async fn run(&self, shutdown: CancellationToken) {
        let mut running = Running {
            shutdown: shutdown.clone(),
            ..Running::default()
        };
        loop {
            let nap = match self.start_due(&mut running).await {
                Ok(_) => self.nap(&running).await,
                Err(error) => {
                    tracing::warn!(error = %told(&error), "Effects cannot be claimed");
                    TROUBLE_WAIT
                }
            };
            tokio::select! {
                biased;
                () = shutdown.cancelled() => break,
                Some(_) = running.tasks.join_next() => {}
                () = self.ports.queue.stored() => {}
                () = tokio::time::sleep(nap) => {}
            }
            while running.tasks.try_join_next().is_some() {}
        }
        while running.tasks.join_next().await.is_some() {}
    }

    /// Carries out everything that is due now, and all that follows from it, without waiting for
    /// anything that falls due later. Returns how many tries were made.
    pub async fn run_until_idle(&self) -> Result<usize, StoreError> {
        let mut running = Running::default();
        let mut tries = 0;
        loop {
            tries += self.start_due(&mut running).await?;
            if running.tasks.join_next().await.is_none() {
                return Ok(tries);
            }
        }
    }

    /// Claims what is due, as far as there is room, and starts it; returns how many.
    async fn start_due(&self, running: &mut Running) -> Result<usize, StoreError> {
        let room = running.effects.room();
        if room.shares().next().is_none() {
            return Ok(0);
        }
        let now = self.ports.clock.now();
        let claimed = self.ports.queue.claim(&room, now, lease).await?;
        let mut started = 0;
        for effect in claimed {
            let share = Share::of(&effect.effect, effect.address.channel);
            let Some(under_way) = running.effects.enter(effect.id, share) else {
                continue;
            };
            started += 1;
            let (runner, shutdown) = (self.clone(), running.shutdown.clone());
            running.tasks.spawn(async move {
                match share {
                    Share::Writing => {
                        // Whatever is dropped, its lease is given back at the next start.
                        let carrying = runner.carry_out(effect);
                        let _ = shutdown.run_until_cancelled(carrying).await;
                    }
                    Share::Messages(_) | Share::Fetching(_) | Share::Work => {
                        runner.carry_out(effect).await;
                    }
                }
                drop(under_way);
            });
        }
        Ok(started)
    }

    /// How long nothing will fall due that there is room for; the end of a job wakes us anyway.
    async fn nap(&self, running: &Running) -> Duration {
        match self.ports.queue.next_due(&running.effects.room()).await {
            Ok(None) => SLOW_POLL,
            Ok(Some(due)) => {
                let wait = due.duration_since(self.ports.clock.now());
                // Already due: it was stored since the claim.
                Duration::try_from(wait)
                    .unwrap_or(Duration::ZERO)
                    .min(SLOW_POLL)
            }
            Err(error) => {
                tracing::warn!(error = %told(&error), "The queue of effects cannot be read");
                TROUBLE_WAIT
            }
        }
    }

    async fn carry_out(&self, claimed: ClaimedEffect) {
        let outcome = self.attempt(&claimed).await;
        if let Err(error) = self.settle(&claimed, outcome).await {
            // The lease runs out, and the effect is tried again: twice is harmless.
            tracing::warn!(
                effect.id = %claimed.id.0,
                effect.kind = claimed.effect.name(),
                error = %told(&error),
                "What became of an effect cannot be noted",
            );
        }
    }

    /// One try, within its deadline; a panic is a failed try.
    async fn attempt(&self, claimed: &ClaimedEffect) -> Outcome {
        let limits = register::limits(&claimed.effect);
        if claimed.attempt > limits.most_tries {
            // Only a process that died at the last try leaves it at that.
            return Outcome::Hopeless {
                error: "it was never finished".to_owned(),
            };
        }
        let job = AssertUnwindSafe(register::run(&self.ports, claimed)).catch_unwind();
        match tokio::time::timeout(limits.deadline, job).await {
            Ok(Ok(outcome)) => outcome,
            Ok(Err(_panic)) => Outcome::TryAgain {
                error: "it panicked".to_owned(),
                after: None,
            },
            Err(_elapsed) => Outcome::TryAgain {
                error: format!("it took longer than {} s", limits.deadline.as_secs()),
                after: None,
            },
        }
    }

    async fn settle(&self, claimed: &ClaimedEffect, outcome: Outcome) -> Result<(), StoreError> {
        match outcome {
            Outcome::Done => {
                let now = self.ports.clock.now();
                self.ports.queue.complete(claimed.id, now).await
            }
            Outcome::Happened(event) => match self.report(claimed, event).await {
                Ok(()) => Ok(()),
                Err(error) if error.is_temporary() => {
                    self.try_again(claimed, &told(&error), None).await
                }
                Err(error) => self.give_up(claimed, &told(&error)).await,
            },
            Outcome::TryAgain { error, after } => self.try_again(claimed, &error, after).await,
            Outcome::Hopeless { error } => self.give_up(claimed, &error).await,
        }
    }

    async fn report(&self, claimed: &ClaimedEffect, event: Event) -> Result<(), StoreError> {
        let events = &self.ports.events;
        events.report(claimed.conversation, claimed.id, event).await
    }

    async fn try_again(
        &self,
        claimed: &ClaimedEffect,
        error: &str,
        after: Option<Duration>,
    ) -> Result<(), StoreError> {
        if claimed.attempt >= register::limits(&claimed.effect).most_tries {
            return self.give_up(claimed, error).await;
        }
        let wait = backoff(claimed.attempt).max(after.unwrap_or_default());
        tracing::warn!(
            effect.id = %claimed.id.0,
            effect.kind = claimed.effect.name(),
            attempt = claimed.attempt,
            wait_s = wait.as_secs(),
            error,
            "An effect failed and is tried again",
        );
        let wait =
            SignedDuration::try_from(wait).map_or(LONGEST_WAIT, |wait| wait.min(LONGEST_WAIT));
        let now = self.ports.clock.now();
        let run_at = now
            .saturating_add(wait)
            .expect("a signed duration has no calendar units");
        self.ports.queue.retry(claimed.id, now, run_at, error).await
    }

    /// The person is told first: dying in between then costs a note, not an answer.
    async fn give_up(&self, claimed: &ClaimedEffect, error: &str) -> Result<(), StoreError> {
        tracing::error!(
            effect.id = %claimed.id.0,
            effect.kind = claimed.effect.name(),
            attempt = claimed.attempt,
            error,
            "An effect failed for good",
        );
        if let Some(event) = register::failure(&claimed.effect)
            && let Err(unreported) = self.report(claimed, event).await
        {
            if unreported.is_temporary() {
                return Err(unreported);
            }
            tracing::error!(
                effect.id = %claimed.id.0,
                error = %told(&unreported),
                "The failure of an effect cannot be reported",
            );
        }
        let now = self.ports.clock.now();
        self.ports.queue.fail(claimed.id, now, error).await
    }
}
