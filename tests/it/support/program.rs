//! The real program on a data folder of its own, on loopback.

use std::fs::OpenOptions;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use dupi::app::RandomIds;
use dupi::ports::{EffectQueue as _, EffectState, IdSource as _};
use dupi::storage::{Location, MasterKey, SqliteStore};

/// How long anything that is to do may take; generous, since machines are shared.
const PATIENCE: Duration = Duration::from_mins(1);

/// A running `dupi`; killed at the end of the test at the latest.
pub(crate) struct Program {
    child: Child,
    complaints: PathBuf,
    /// Where it answers, without a slash at the end.
    pub(crate) base: String,
}

impl Program {
    /// On a free port.
    pub(crate) fn start(folder: &Path) -> Self {
        Self::start_with(folder, &[])
    }

    /// On a free port, with more in its environment.
    pub(crate) fn start_with(folder: &Path, variables: &[(&str, &str)]) -> Self {
        Self::start_at(folder, "127.0.0.1:0", variables)
    }

    /// Where it was before.
    pub(crate) fn start_again(folder: &Path, base: &str) -> Self {
        let address = base
            .strip_prefix("http://")
            .expect("the program answers over plain HTTP");
        Self::start_at(folder, address, &[])
    }

    fn start_at(folder: &Path, address: &str, variables: &[(&str, &str)]) -> Self {
        let complaints = folder.join("complaints.log");
        let errors = OpenOptions::new()
            .create(true)
            .append(true)
            .open(&complaints)
            .expect("the folder is ours");
        let mut child = Command::new(env!("CARGO_BIN_EXE_dupi"))
            .current_dir(folder)
            .env("DUPI_DATA_DIR", folder.join("data"))
            .env("DUPI_WEB_ADDR", address)
            .env("RUST_LOG", "warn")
            .envs(variables.iter().copied())
            .stdout(Stdio::piped())
            .stderr(errors)
            .spawn()
            .expect("the program starts");
        let output = child.stdout.take().expect("stdout is piped");
        let base = BufReader::new(output)
            .lines()
            .map_while(Result::ok)
            .find_map(|line| {
                let start = line.find("http://127.0.0.1:")?;
                let url = line[start..].split_whitespace().next()?;
                Some(url.trim_end_matches('/').to_owned())
            })
            .expect("the program says where it listens");
        Self {
            child,
            complaints,
            base,
        }
    }

    /// What it and those before it in this folder wrote to stderr so far.
    pub(crate) fn complaints(&self) -> String {
        std::fs::read_to_string(&self.complaints).expect("the folder is ours")
    }

    /// Asks it to stop, and tells its exit code.
    #[cfg(unix)]
    pub(crate) fn stops(mut self) -> Option<i32> {
        let asked = Command::new("kill")
            .args(["-TERM", &self.child.id().to_string()])
            .status()
            .expect("kill can be started");
        assert!(asked.success());
        self.child.wait().expect("it was started").code()
    }

    /// SIGKILL, which no program can catch.
    pub(crate) fn kill(self) {
        drop(self);
    }
}

impl Drop for Program {
    #[expect(
        clippy::print_stderr,
        reason = "whoever reads a failed test wants to know"
    )]
    fn drop(&mut self) {
        if std::thread::panicking() {
            let complaints = std::fs::read_to_string(&self.complaints);
            eprintln!("the program complained: {}", complaints.unwrap_or_default());
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The store of the program that runs on that folder.
pub(crate) async fn store_of(folder: &Path) -> SqliteStore {
    let data = folder.join("data");
    let key = MasterKey::load_or_create(&data.join("master.key"), RandomIds.secret())
        .expect("the program left its key there");
    let location = Location::File(data.join("dupi.sqlite"));
    SqliteStore::open(&location, &key, &data, Arc::new(RandomIds))
        .await
        .expect("the program left its database there")
}

/// Waits until every effect in that store was carried out or given up.
pub(crate) async fn nothing_is_left_to_do(store: &SqliteStore) {
    let is_open = |state| matches!(state, EffectState::Waiting | EffectState::Leased);
    let waiting = async {
        loop {
            let effects = store.overview(1_000).await.expect("the store works");
            if !effects.iter().any(|one| is_open(one.state)) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    let waited = tokio::time::timeout(PATIENCE, waiting).await;
    waited.expect("the program carries everything out in time");
}
