//! What the service costs while nothing happens.

use std::time::{Duration, Instant};

use crate::discord::Discord;
use crate::measure::milliseconds;
use crate::program::Program;
use crate::telegram::Telegram;

const SETTLING: Duration = Duration::from_secs(10);
const MEASURED: Duration = Duration::from_mins(1);

pub(crate) async fn measure() -> anyhow::Result<()> {
    let folder = crate::folder()?;
    let telegram = Telegram::start(Vec::new()).await?;
    let program = Program::service(folder.path(), &telegram)?;
    // The profile is set, and what a start brings with it is over.
    tokio::time::sleep(SETTLING).await;
    let calls = telegram.take_counts();
    anyhow::ensure!(calls.of("getme") > 0, "the service talks to Telegram");
    doing_nothing("Telegram (long polling)", program).await?;

    let folder = crate::folder()?;
    let discord = Discord::start().await?;
    let program = Program::service_on_discord(folder.path(), &discord)?;
    tokio::time::sleep(SETTLING).await;
    anyhow::ensure!(discord.has_login.is_cancelled(), "the service logs in");
    doing_nothing("Discord (gateway)", program).await
}

async fn doing_nothing(messenger: &str, program: Program) -> anyhow::Result<()> {
    let (before, started) = (program.milliseconds()?, Instant::now());
    tokio::time::sleep(MEASURED).await;
    let share = (program.milliseconds()? - before) / milliseconds(started.elapsed());
    let resident = program.megabytes("VmRSS")?;
    program.stop()?;
    crate::row(
        &format!("idle for a minute with {messenger} and the web chat"),
        &format!(
            "{:.2} % of one core, {resident:.0} MB resident",
            share * 100.0
        ),
    );
    Ok(())
}
