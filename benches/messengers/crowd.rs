//! Many people in consultation at once: whether each gets everything once, how long they wait, and
//! what it takes.

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use tokio::task::JoinSet;

use crate::measure::milliseconds;
use crate::program::Program;
use crate::script::{self, Labels, Reply, Until};
use crate::telegram::{Standing, Telegram};
use crate::unpaced;

const PEOPLE: usize = 1_000;
/// At Telegram's pace whole consultations of everybody would take a quarter of an hour.
const PACED_PEOPLE: usize = 100;
/// Nothing more comes after as long without a call.
const QUIET: Duration = Duration::from_secs(12);

pub(crate) async fn measure() -> anyhow::Result<()> {
    let limitless = "the service without Telegram's limits";
    crowd(limitless, Kind::Unpaced, PEOPLE, Until::Guidance).await?;
    let paced = "`dupi serve` at Telegram's pace";
    crowd(paced, Kind::Service, PEOPLE, Until::Consents).await?;
    crowd(paced, Kind::Service, PACED_PEOPLE, Until::Guidance).await
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Service,
    Unpaced,
}

async fn crowd(name: &str, kind: Kind, people: usize, until: Until) -> anyhow::Result<()> {
    let telegram = Telegram::start(std::fs::read(crate::PHOTO)?).await?;
    let folder = crate::folder()?;
    let program = match kind {
        Kind::Service => Program::service(folder.path(), &telegram)?,
        Kind::Unpaced => Program::own(unpaced::WORD, folder.path(), &telegram)?,
    };
    let labels = Arc::new(Labels::new()?);
    // One alone, by whom the others are measured.
    let mut first = telegram.person(1);
    script::play(&telegram, &mut first, &labels, until).await?;
    quiet(&telegram).await;
    let expected = Appearance::of(&telegram.standing(first.chat()));
    telegram.take_counts();
    let (cpu, resident) = (program.milliseconds()?, program.megabytes("VmRSS")?);

    let started = Instant::now();
    let (replies, stuck) = everybody(&telegram, &labels, people, until).await?;
    let taken = started.elapsed();
    quiet(&telegram).await;
    let counts = telegram.take_counts();
    let cpu = program.milliseconds()? - cpu;

    let what = match until {
        Until::Consents | Until::Survey => "hello to the question for a photo",
        Until::Guidance => "whole consultations",
    };
    let name = format!("{name}, {people} people at once, {what}");
    let seconds = taken.as_secs_f64();
    #[expect(clippy::cast_precision_loss, reason = "some thousands are exact")]
    let (deeds, messages) = (replies.len() as f64, counts.messages() as f64);
    crate::row(
        &name,
        &format!(
            "{seconds:.0} s: {:.1} updates/s, {:.1} messages/s, {:.1} ms of CPU for each message",
            deeds / seconds,
            messages / seconds,
            cpu / messages
        ),
    );
    let waits = replies.iter().map(|reply| milliseconds(reply.waited));
    crate::row("the same: deed to reply", &crate::spread(waits.collect()));
    crate::row(
        "the same: memory",
        &format!(
            "{resident:.0} MB before, {:.0} MB after, {:.0} MB at most",
            program.megabytes("VmRSS")?,
            program.megabytes("VmHWM")?
        ),
    );
    let wrong = wrong(&telegram, people, &expected)?;
    crate::row(
        "the same: people to whom a message was lost or doubled, presses unanswered",
        &format!(
            "{} and {} ({expected:?} in each chat)",
            wrong.len(),
            counts.unanswered
        ),
    );
    crate::row("the same: calls", &format!("{:?}", counts.calls));
    program.stop()?;
    if let Some(error) = stuck.into_iter().next() {
        return Err(error);
    }
    if let Some((chat, found)) = wrong.first() {
        anyhow::bail!("in chat {chat} stands {found:?} instead of {expected:?}");
    }
    Ok(())
}

/// Everybody's replies, and why somebody got no further.
async fn everybody(
    telegram: &Telegram,
    labels: &Arc<Labels>,
    people: usize,
    until: Until,
) -> anyhow::Result<(Vec<Reply>, Vec<anyhow::Error>)> {
    let mut playing = JoinSet::new();
    for number in 0..people {
        let (telegram, labels) = (telegram.clone(), labels.clone());
        let chat = chat_of(number)?;
        playing.spawn(async move {
            let mut person = telegram.person(chat);
            script::play(&telegram, &mut person, &labels, until).await
        });
    }
    let (mut replies, mut stuck) = (Vec::new(), Vec::new());
    while let Some(played) = playing.join_next().await {
        match played.context("nobody panics")? {
            Ok(played) => replies.extend(played),
            Err(error) => stuck.push(error),
        }
    }
    Ok((replies, stuck))
}

fn chat_of(number: usize) -> anyhow::Result<i64> {
    Ok(1_000 + i64::try_from(number)?)
}

/// Waits until no more calls come.
async fn quiet(telegram: &Telegram) {
    let mut calls = telegram.calls_so_far();
    let mut since = Instant::now();
    while since.elapsed() < QUIET {
        tokio::time::sleep(Duration::from_millis(200)).await;
        let now = telegram.calls_so_far();
        if now != calls {
            (calls, since) = (now, Instant::now());
        }
    }
}

/// How many messages of which kind stand in a chat in the end, and whether one says the same as
/// another.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Appearance {
    texts: usize,
    photos: usize,
    repeated: usize,
}

impl Appearance {
    fn of(standing: &[Standing]) -> Self {
        let photos = standing.iter().filter(|message| message.is_photo).count();
        let mut words: Vec<&str> = standing.iter().map(|message| &*message.words).collect();
        words.sort_unstable();
        words.dedup();
        Self {
            texts: standing.len() - photos,
            photos,
            repeated: standing.len() - words.len(),
        }
    }
}

/// The chats that do not look as the first one.
fn wrong(
    telegram: &Telegram,
    people: usize,
    expected: &Appearance,
) -> anyhow::Result<Vec<(i64, Appearance)>> {
    let mut wrong = Vec::new();
    for number in 0..people {
        let chat = chat_of(number)?;
        let found = Appearance::of(&telegram.standing(chat));
        if found != *expected {
            wrong.push((chat, found));
        }
    }
    Ok(wrong)
}
