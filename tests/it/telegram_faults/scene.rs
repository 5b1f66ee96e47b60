//! A program, the stand-in that it talks to, and a look into its store.

use std::path::Path;
use std::time::Duration;

use dupi::ports::{ChannelNotes as _, EffectQueue as _, EffectState};
use dupi::storage::SqliteStore;
use tempfile::TempDir;
use tokio::time::{Instant, sleep};

use crate::support::program::{Program, store_of};
use crate::support::telegram::TelegramStandIn;

/// After this a test that waits has failed.
pub(super) const PATIENCE: Duration = Duration::from_secs(50);
/// How often a wait looks again.
const LOOK: Duration = Duration::from_millis(40);
/// More effects than any test leaves behind.
const ALL: u32 = 5_000;
/// After this without a call nothing is on its way any more: the pace of one chat is a call a second.
const QUIET: Duration = Duration::from_millis(1_800);

pub(super) struct Scene {
    program: Option<Program>,
    store: SqliteStore,
    pub(super) telegram: TelegramStandIn,
    pub(super) folder: TempDir,
    pub(super) kills: u32,
}

impl Scene {
    /// A program that fetches its updates.
    pub(super) async fn open() -> Self {
        let folder = TempDir::new().expect("a temporary folder");
        Self::open_in(folder).await
    }

    /// In a folder that may hold settings.
    pub(super) async fn open_in(folder: TempDir) -> Self {
        let telegram = TelegramStandIn::start().await;
        let program = start(&telegram, folder.path());
        let store = store_of(folder.path()).await;
        Self {
            telegram,
            folder,
            program: Some(program),
            store,
            kills: 0,
        }
    }

    pub(super) fn program(&self) -> &Program {
        self.program.as_ref().expect("the program runs")
    }

    /// SIGKILL, wherever it stands.
    pub(super) fn dies(&mut self) {
        self.kills += 1;
        self.program.take().expect("the program runs").kill();
    }

    pub(super) fn comes_back(&mut self) {
        self.program = Some(start(&self.telegram, self.folder.path()));
    }

    /// Asks the program to stop, and tells its exit code.
    pub(super) fn stops(&mut self) -> Option<i32> {
        self.program.take().expect("the program runs").stops()
    }

    /// Waits until everything that anybody did was taken in and everything that follows from it was
    /// carried out.
    pub(super) async fn settled(&self) {
        let deadline = Instant::now() + PATIENCE;
        while self.telegram.waiting_updates() > 0
            || self.open_albums().await > 0
            || self.open_effects().await > 0
        {
            assert!(
                Instant::now() < deadline,
                "{} updates are not confirmed and {} effects are open",
                self.telegram.waiting_updates(),
                self.open_effects().await,
            );
            sleep(LOOK).await;
        }
    }

    /// As [`Self::settled`], and the calls that nobody waits for are over as well.
    pub(super) async fn quiet(&self) {
        self.settled().await;
        let deadline = Instant::now() + PATIENCE;
        while let Some(newest) = self.telegram.last_call_at()
            && newest.elapsed() < QUIET
        {
            assert!(Instant::now() < deadline, "the program calls for ever");
            sleep(LOOK).await;
        }
    }

    /// Waits until this holds.
    pub(super) async fn until(&self, what: &str, holds: impl AsyncFn(&Self) -> bool) {
        let deadline = Instant::now() + PATIENCE;
        while !holds(self).await {
            assert!(Instant::now() < deadline, "waited in vain until {what}");
            sleep(LOOK).await;
        }
    }

    /// Waits until the program says so on stderr.
    pub(super) async fn told(&self, what: &str) {
        self.until(what, async |scene| {
            scene.program().complaints().contains(what)
        })
        .await;
    }

    /// How many parts of albums wait for others.
    pub(super) async fn open_albums(&self) -> usize {
        let parts = self.store.beginning_with("album:").await;
        parts.expect("the store works").len()
    }

    async fn open_effects(&self) -> usize {
        let effects = self.store.overview(ALL).await.expect("the store works");
        let is_open = |state| matches!(state, EffectState::Waiting | EffectState::Leased);
        let failed = effects.iter().find(|one| one.state == EffectState::Failed);
        assert!(failed.is_none(), "an effect was given up: {failed:?}");
        effects.iter().filter(|one| is_open(one.state)).count()
    }
}

/// A program on that folder that serves this stand-in's bot.
pub(super) fn start(telegram: &TelegramStandIn, folder: &Path) -> Program {
    let base = telegram.base();
    let variables = [
        ("TELEGRAM_BOT_TOKEN", telegram.token()),
        ("TELEGRAM_API_URL", base.as_str()),
    ];
    Program::start_with(folder, &variables)
}
