//! From an update to its reply, at a steady rate of presses in the survey.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use tokio::sync::Mutex;
use tokio::task::JoinSet;
use tokio::time::{MissedTickBehavior, interval};

use crate::measure::milliseconds;
use crate::person::{Offered, Person};
use crate::program::Program;
use crate::script::{self, Labels, Reply, Until};
use crate::telegram::Telegram;
use crate::{floor, unpaced};

/// A person presses every five seconds.
const SECONDS_PER_PRESS: usize = 5;
const SECONDS: usize = 30;
/// Questions that a person goes forward before going back.
const QUESTIONS: usize = 8;

/// Somebody in the survey, with the question that stands there.
struct Surveyed {
    person: Person,
    key: Offered,
    pressed: usize,
}

impl Surveyed {
    /// Goes a question forward, or back.
    async fn presses(&mut self, telegram: &Telegram, labels: &Labels) -> anyhow::Result<Reply> {
        let deed = self.person.presses(&self.key);
        self.pressed += 1;
        let label = if (self.pressed / QUESTIONS).is_multiple_of(2) {
            &labels.skip
        } else {
            &labels.back
        };
        self.key = self.person.finds(label).await?;
        script::reply(telegram, deed, self.key.at)
    }
}

pub(crate) async fn measure() -> anyhow::Result<()> {
    let telegram = Telegram::start(std::fs::read(crate::PHOTO)?).await?;
    let folder = crate::folder()?;
    let bot = Program::own(floor::WORD, folder.path(), &telegram)?;
    let floor = measure_one(&telegram, &bot, 50, Before::Nothing).await?;
    bot.stop()?;
    tell("a bot without a store", 50, &floor);

    let telegram = Telegram::start(std::fs::read(crate::PHOTO)?).await?;
    let folder = crate::folder()?;
    let service = Program::own(unpaced::WORD, folder.path(), &telegram)?;
    let own = measure_one(&telegram, &service, 50, Before::Hello).await?;
    service.stop()?;
    tell("the service without Telegram's limits", 50, &own);
    crate::row(
        "the service's overhead as a ratio to that bot's",
        &format!(
            "p50 {:.1}x, p95 {:.1}x, CPU {:.1}x",
            own.percentile(0.5) / floor.percentile(0.5),
            own.percentile(0.95) / floor.percentile(0.95),
            own.cpu / floor.cpu
        ),
    );

    let telegram = Telegram::start(std::fs::read(crate::PHOTO)?).await?;
    let folder = crate::folder()?;
    let service = Program::service(folder.path(), &telegram)?;
    let paced = measure_one(&telegram, &service, 20, Before::Hello).await?;
    service.stop()?;
    tell("`dupi serve` at Telegram's pace", 20, &paced);
    Ok(())
}

/// What comes before the survey.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Before {
    Nothing,
    /// Hello, consents and a photo.
    Hello,
}

struct Measured {
    /// From the update to the message that it changed.
    replies: Vec<f64>,
    waits: Vec<f64>,
    /// From the update to the answer of the press.
    answers: Vec<f64>,
    unanswered: usize,
    /// Milliseconds of a processor for each press.
    cpu: f64,
}

impl Measured {
    fn percentile(&self, share: f64) -> f64 {
        crate::measure::percentile(&mut self.replies.clone(), share)
    }
}

fn tell(who: &str, rate: usize, measured: &Measured) {
    crate::row(
        &format!("{who}, {rate} presses/s: update handed out to message changed"),
        &crate::spread(measured.replies.clone()),
    );
    crate::row(
        "the same: press to message changed, waiting for the poll included",
        &crate::spread(measured.waits.clone()),
    );
    crate::row(
        "the same: update handed out to press answered",
        &format!(
            "{}; {} unanswered; {:.1} ms of CPU for each press",
            crate::spread(measured.answers.clone()),
            measured.unanswered,
            measured.cpu
        ),
    );
}

async fn measure_one(
    telegram: &Telegram,
    program: &Program,
    rate: usize,
    before: Before,
) -> anyhow::Result<Measured> {
    let labels = Arc::new(Labels::new()?);
    let people = prepare(telegram, &labels, rate * SECONDS_PER_PRESS, before).await?;
    // What is still under way is over.
    tokio::time::sleep(Duration::from_secs(10)).await;
    telegram.take_counts();
    let cpu = program.milliseconds()?;
    let mut ticks = interval(Duration::from_secs(1) / u32::try_from(rate)?);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Burst);
    let mut presses = JoinSet::new();
    for number in 0..rate * SECONDS {
        ticks.tick().await;
        let surveyed = people[number % people.len()].clone();
        let (telegram, labels) = (telegram.clone(), labels.clone());
        presses.spawn(async move { surveyed.lock().await.presses(&telegram, &labels).await });
    }
    let (mut replies, mut waits) = (Vec::new(), Vec::new());
    while let Some(reply) = presses.join_next().await {
        let reply = reply??;
        replies.push(milliseconds(reply.answered));
        waits.push(milliseconds(reply.waited));
    }
    // The answers of the last presses may still be on their way.
    tokio::time::sleep(Duration::from_secs(1)).await;
    let counts = telegram.take_counts();
    #[expect(clippy::cast_precision_loss, reason = "a few thousand are exact")]
    let cpu = (program.milliseconds()? - cpu) / replies.len() as f64;
    Ok(Measured {
        replies,
        waits,
        answers: counts.answers.into_iter().map(milliseconds).collect(),
        unanswered: counts.unanswered,
        cpu,
    })
}

/// Brings people as far as the survey.
async fn prepare(
    telegram: &Telegram,
    labels: &Arc<Labels>,
    count: usize,
    before: Before,
) -> anyhow::Result<Vec<Arc<Mutex<Surveyed>>>> {
    let mut arriving = JoinSet::new();
    for chat in 0..count {
        let (telegram, labels) = (telegram.clone(), labels.clone());
        let chat = 1_000 + i64::try_from(chat)?;
        arriving.spawn(async move {
            let mut person = telegram.person(chat);
            match before {
                Before::Nothing => drop(person.starts()),
                Before::Hello => {
                    script::play(&telegram, &mut person, &labels, Until::Survey).await?;
                }
            }
            let key = person.finds(&labels.skip).await?;
            anyhow::Ok(Surveyed {
                person,
                key,
                pressed: 0,
            })
        });
    }
    let mut people = Vec::new();
    while let Some(surveyed) = arriving.join_next().await {
        let surveyed = surveyed.context("nobody panics")??;
        people.push(Arc::new(Mutex::new(surveyed)));
    }
    Ok(people)
}
