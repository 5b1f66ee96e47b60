//! The program itself, as a newcomer starts it.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use anyhow::Context as _;

/// A running service on a free port; killed at the latest when it is dropped.
pub(crate) struct Program {
    child: Child,
    /// Without a slash at its end.
    pub(crate) url: String,
}

impl Program {
    /// Starts it and waits until it says where it listens. It grades with the built-in runtime,
    /// whatever else is installed here.
    pub(crate) fn start(folder: &Path) -> anyhow::Result<Self> {
        Self::start_with(folder, &[])
    }

    /// As [`Self::start`], with more in its environment.
    pub(crate) fn start_with(folder: &Path, variables: &[(&str, &str)]) -> anyhow::Result<Self> {
        std::fs::write(folder.join("dupi.toml"), "[model]\nruntime = \"rten\"\n")?;
        let mut child = Command::new(env!("CARGO_BIN_EXE_dupi"))
            .current_dir(folder)
            .env("DUPI_CONFIG", folder.join("dupi.toml"))
            .env("DUPI_DATA_DIR", folder.join("data"))
            .env("DUPI_WEB_ADDR", "127.0.0.1:0")
            .env("RUST_LOG", "warn")
            .envs(variables.iter().copied())
            .stdout(Stdio::piped())
            .spawn()?;
        let output = child.stdout.take().context("its output is piped")?;
        let mut line = String::new();
        BufReader::new(output).read_line(&mut line)?;
        let url = line
            .split_whitespace()
            .find(|word| word.starts_with("http://"))
            .with_context(|| format!("there is an address in {line:?}"))?
            .trim_end_matches('/')
            .to_owned();
        Ok(Self { child, url })
    }

    /// What of it is in memory, as the system tells (Linux).
    pub(crate) fn resident_megabytes(&self) -> anyhow::Result<f64> {
        crate::measure::megabytes(self.child.id(), "VmRSS")
    }

    /// Asks it to stop and waits for it.
    pub(crate) fn stop(mut self) -> anyhow::Result<()> {
        let id = self.child.id().to_string();
        Command::new("kill").args(["-TERM", &id]).status()?;
        let status = self.child.wait()?;
        anyhow::ensure!(status.success(), "the service ended with {status}");
        Ok(())
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
