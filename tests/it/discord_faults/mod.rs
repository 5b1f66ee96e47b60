//! The real program on Discord's stand-in, through everything that can go wrong there: it dies, the
//! platform refuses, stammers or falls silent, and people do things twice or cannot be reached.

mod crowd;
mod deeds;
mod expired;
mod gateway;
mod killed;
mod refused;
mod repeated;
mod storms;

use std::process::{Command, Stdio};
use std::time::Duration;

use tempfile::TempDir;

use crate::support::discord::{DiscordStandIn, Guild};
use crate::support::program::Program;

/// How long a test looks for something that the program itself tells.
const PATIENCE: Duration = Duration::from_secs(20);

/// The program, its data and the platform.
struct Bot {
    /// It goes first, while its folder is there.
    program: Option<Program>,
    folder: TempDir,
    token: String,
    discord: DiscordStandIn,
}

impl Bot {
    /// Connected to a stand-in of its own that refuses nothing for coming too fast.
    async fn start() -> Self {
        let mut bot = Self::on(DiscordStandIn::start().await, "");
        bot.comes_up().await;
        bot
    }

    /// Not running yet, with these settings, on a stand-in that refuses nothing for its haste.
    fn on(discord: DiscordStandIn, settings: &str) -> Self {
        discord.lifts_limits();
        Self::within_limits_of(discord, settings)
    }

    /// Not running yet, with these settings.
    fn within_limits_of(discord: DiscordStandIn, settings: &str) -> Self {
        let bot = Self {
            token: discord.token().to_owned(),
            discord,
            folder: TempDir::new().expect("a temporary folder"),
            program: None,
        };
        bot.sets(settings);
        bot
    }

    /// For its next life.
    fn sets(&self, settings: &str) {
        let file = self.folder.path().join("dupi.toml");
        std::fs::write(file, settings).expect("the folder is ours");
    }

    /// Starts it and waits until it hears the gateway.
    async fn comes_up(&mut self) {
        let before = self.discord.connections().len();
        self.launches().await;
        self.discord
            .waits_until("the bot is logged in", |all| {
                all.iter()
                    .skip(before)
                    .any(|line| line.open && line.shard.is_some())
            })
            .await;
    }

    /// Starts it, and waits only until it answers on the web.
    async fn launches(&mut self) {
        let folder = self.folder.path().to_owned();
        let variables = [
            ("DISCORD_BOT_TOKEN", self.token.clone()),
            ("DISCORD_API_URL", self.discord.api_url().to_owned()),
        ];
        let starting = tokio::task::spawn_blocking(move || {
            let variables = variables
                .each_ref()
                .map(|(name, value)| (*name, value.as_str()));
            Program::start_with(&folder, &variables)
        });
        self.program = Some(starting.await.expect("the program starts"));
    }

    fn program(&self) -> &Program {
        self.program.as_ref().expect("it runs")
    }

    /// SIGKILL.
    fn dies(&mut self) {
        drop(self.program.take());
    }

    /// How many effects were ever stored: whatever is taken in brings some.
    fn effects(&self) -> usize {
        let asked = Command::new(env!("CARGO_BIN_EXE_dupi"))
            .args(["jobs", "--limit", "1000"])
            .current_dir(self.folder.path())
            .env("DUPI_DATA_DIR", self.folder.path().join("data"))
            .stderr(Stdio::inherit())
            .output()
            .expect("the program can be started");
        assert!(asked.status.success(), "{asked:?}");
        let told = String::from_utf8_lossy(&asked.stdout).into_owned();
        told.lines()
            .filter(|line| line.contains(" send ") || line.contains("_photo"))
            .count()
    }

    /// What `/readyz` answers.
    async fn readiness(&self) -> (u16, String) {
        let answer = reqwest::get(format!("{}/readyz", self.program().base))
            .await
            .expect("the page answers");
        let status = answer.status().as_u16();
        (status, answer.text().await.expect("the page is text"))
    }

    /// Looks at `/readyz` until it says this.
    async fn waits_until_ready_says(&self, wanted: &str) -> u16 {
        let looking = async {
            loop {
                let (status, told) = self.readiness().await;
                if told.contains(wanted) {
                    return status;
                }
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        let found = tokio::time::timeout(PATIENCE, looking).await;
        if let Ok(status) = found {
            return status;
        }
        panic!("no `{wanted}`, but {:?}", self.readiness().await)
    }

    fn clinic(&self) -> Guild {
        self.discord.guild("Clinic")
    }
}
