//! The programs that talk to the stand-in, each a process of its own.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use anyhow::Context as _;

use crate::discord::{self, Discord};
use crate::measure;
use crate::telegram::{self, Telegram};

/// A running program; killed at the latest when it is dropped.
pub(crate) struct Program {
    child: Child,
}

impl Program {
    /// The service as an operator starts it, with Telegram's own pace. It grades with the built-in
    /// runtime, whatever else is installed here.
    pub(crate) fn service(folder: &Path, telegram: &Telegram) -> anyhow::Result<Self> {
        let mut command = service(folder)?;
        command
            .env("TELEGRAM_BOT_TOKEN", telegram::TOKEN.concat())
            .env("TELEGRAM_API_URL", telegram.url());
        Self::start(command)
    }

    /// The same, on Discord.
    pub(crate) fn service_on_discord(folder: &Path, discord: &Discord) -> anyhow::Result<Self> {
        let mut command = service(folder)?;
        command
            .env("DISCORD_BOT_TOKEN", discord::TOKEN.concat())
            .env("DISCORD_API_URL", &discord.url);
        Self::start(command)
    }

    /// One of the bots of this program.
    pub(crate) fn own(word: &str, folder: &Path, telegram: &Telegram) -> anyhow::Result<Self> {
        let mut command = Command::new(std::env::current_exe()?);
        command.arg(word).arg(telegram.url()).arg(folder);
        Self::start(command)
    }

    /// Waits until it says something: then it serves.
    fn start(mut command: Command) -> anyhow::Result<Self> {
        let mut child = command
            .env("RUST_LOG", "error")
            .stdout(Stdio::piped())
            .spawn()?;
        let output = child.stdout.take().context("its output is piped")?;
        let program = Self { child };
        let mut line = String::new();
        BufReader::new(output).read_line(&mut line)?;
        anyhow::ensure!(!line.is_empty(), "the program ended before it served");
        Ok(program)
    }

    pub(crate) fn megabytes(&self, line: &str) -> anyhow::Result<f64> {
        measure::megabytes(self.child.id(), line)
    }

    /// Processor time since it was started.
    pub(crate) fn milliseconds(&self) -> anyhow::Result<f64> {
        measure::process_milliseconds(self.child.id())
    }

    /// Asks it to stop and waits for it.
    pub(crate) fn stop(mut self) -> anyhow::Result<()> {
        let id = self.child.id().to_string();
        Command::new("kill").args(["-TERM", &id]).status()?;
        let status = self.child.wait()?;
        anyhow::ensure!(status.success(), "the program ended with {status}");
        Ok(())
    }
}

/// The service in a folder of its own, with the web chat.
fn service(folder: &Path) -> anyhow::Result<Command> {
    std::fs::write(folder.join("dupi.toml"), "[model]\nruntime = \"rten\"\n")?;
    let mut command = Command::new(env!("CARGO_BIN_EXE_dupi"));
    command
        .current_dir(folder)
        .env("DUPI_CONFIG", folder.join("dupi.toml"))
        .env("DUPI_DATA_DIR", folder.join("data"))
        .env("DUPI_WEB_ADDR", "127.0.0.1:0");
    Ok(command)
}

impl Drop for Program {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
