//! The service in this process, with the real channel and a clock moved by hand.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use dupi::app::{ChannelEnd, Parts, Service};
use dupi::channels::health::ChannelHealth;
use dupi::channels::pace::{PaceLimits, Rate};
use dupi::channels::telegram::{TelegramChannel, TelegramOptions, TelegramPorts, Updates};
use dupi::ports::{Channel, ChannelNotes as _, EffectQueue as _, EffectState};
use dupi::storage::{Location, MasterKey, SqliteStore};
use dupi::wording::Wording;
use secrecy::SecretString;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;

use super::scene::PATIENCE;
use super::script::photo;
use crate::support::telegram::TelegramStandIn;
use crate::support::world::{
    BlankCardPainter, CountingIds, HandClock, ReadingSeverityGrader, TrustingPhotoReader,
};

const AT_ONCE: Rate = Rate {
    burst: 1_000,
    every: Duration::from_millis(1),
};
const NO_LIMITS: PaceLimits = PaceLimits {
    overall: AT_ONCE,
    private: AT_ONCE,
    group: AT_ONCE,
    most_waiting: 1_000,
    patience: Duration::from_secs(8),
};

pub(super) struct House {
    pub(super) service: Service,
    store: SqliteStore,
    channel: Option<TelegramChannel>,
    shutdown: CancellationToken,
    tasks: Vec<JoinHandle<()>>,
}

impl House {
    /// Over the store in that folder; `first_id` keeps the ids of several apart.
    pub(super) async fn open(
        folder: &Path,
        telegram: &TelegramStandIn,
        clock: &Arc<HandClock>,
        first_id: u64,
    ) -> Self {
        let ids = Arc::new(CountingIds::beginning_at(first_id));
        let location = Location::File(folder.join("dupi.sqlite"));
        let store = SqliteStore::open(&location, &MasterKey::new([7; 32]), folder, ids.clone())
            .await
            .expect("a database in a folder of its own opens");
        let wording = Wording::embedded().expect("the embedded texts are valid");
        let shutdown = CancellationToken::new();
        let options = TelegramOptions {
            token: SecretString::from(telegram.token()),
            api_url: telegram.base(),
            updates: Updates::LongPolling,
            guide: photo().into(),
        };
        let ports = TelegramPorts {
            notes: Arc::new(store.clone()),
            photos: Arc::new(store.photos()),
            wording: Arc::new(wording.clone()),
            clock: clock.clone(),
        };
        let health = ChannelHealth::new("telegram", PATIENCE, Instant::now());
        let channel = TelegramChannel::paced(options, ports, health, shutdown.clone(), NO_LIMITS)
            .expect("the stand-in has a good address");
        let parts = Parts {
            conversations: Arc::new(store.clone()),
            effects: Arc::new(store.clone()),
            transcript: Arc::new(store.clone()),
            photos: Arc::new(store.photos()),
            reader: Arc::new(TrustingPhotoReader),
            grader: Arc::new(ReadingSeverityGrader::default()),
            painter: Arc::new(BlankCardPainter),
            writer: Arc::new(dupi::advice::NoAdviceWriter),
            ratings: Arc::new(store.clone()),
            clock: clock.clone(),
            ids,
            wording,
        };
        let end = ChannelEnd {
            sender: channel.sender(),
            fetcher: Some(channel.fetcher()),
        };
        Self {
            service: Service::new(parts, [(Channel::Telegram, end)]),
            store,
            channel: Some(channel),
            shutdown,
            tasks: Vec::new(),
        }
    }

    /// From now on updates are taken in.
    pub(super) fn receives(&mut self) {
        let channel = self.channel.take().expect("it receives once");
        let desk = Arc::new(self.service.driver.clone());
        self.tasks.push(tokio::spawn(async move {
            channel.serve(desk).await.expect("the token is good");
        }));
    }

    /// From now on effects are carried out.
    pub(super) fn carries_out(&mut self) {
        let (runner, shutdown) = (self.service.runner.clone(), self.shutdown.clone());
        self.tasks
            .push(tokio::spawn(async move { runner.run(shutdown).await }));
    }

    /// Where each effect stands.
    async fn states(&self) -> Vec<EffectState> {
        let effects = self.store.overview(1_000).await.expect("the store works");
        effects.into_iter().map(|effect| effect.state).collect()
    }

    /// Waits until every effect stands at one of those.
    pub(super) async fn until_every_effect(&self, wanted: &[EffectState]) {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let states = self.states().await;
            if states.iter().all(|state| wanted.contains(state)) {
                return;
            }
            assert!(Instant::now() < deadline, "effects stand at {states:?}");
            sleep(Duration::from_millis(10)).await;
        }
    }

    /// Waits until everything was taken in and carried out, however the clock stands.
    pub(super) async fn settled(&self, telegram: &TelegramStandIn) {
        let deadline = Instant::now() + PATIENCE;
        loop {
            // In this order: what is confirmed has left its effects behind.
            let updates = telegram.waiting_updates();
            let albums = self.store.beginning_with("album:").await;
            let albums = albums.expect("the store works").len();
            let states = self.states().await;
            let is_open = |state: &&EffectState| **state != EffectState::Done;
            let open = states.iter().filter(is_open).count();
            if updates + albums + open == 0 {
                return;
            }
            assert!(
                Instant::now() < deadline,
                "{updates} updates are not confirmed, and effects stand at {states:?}"
            );
            sleep(Duration::from_millis(10)).await;
        }
    }

    pub(super) async fn stops(self) {
        self.shutdown.cancel();
        for task in self.tasks {
            task.await.expect("it ends in peace");
        }
        self.store.close().await;
    }
}
