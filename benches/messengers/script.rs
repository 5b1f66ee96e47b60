//! What persons do in a consultation, one deed after the other.

use std::time::Duration;

use anyhow::Context as _;
use dupi::domain::consultation::{Button, Language};
use dupi::wording::Wording;

use crate::person::Person;
use crate::telegram::{Deed, Telegram};

/// The buttons before the photo.
const HELLO: [&str; 5] = [
    "speak:ko",
    "age:yes",
    "agree:basic",
    "agree:sensitive",
    "region:crown",
];

/// The buttons from the photo to the guidance.
const SURVEY: [&str; 12] = [
    "photos-done",
    "skip:age",
    "skip:sex",
    "skip:shampoo-frequency",
    "skip:perm",
    "skip:dye",
    "skip:hair-state",
    "skip:products",
    "skip:custom-care",
    "skip:shampoo-priority",
    "skip:red-flags",
    "skip:free-line",
];

/// How far a person goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Until {
    /// Both consents are given, and a region chosen.
    Consents,
    /// The first question of the survey.
    Survey,
    Guidance,
}

/// How long a reply took.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Reply {
    /// Since the person did something.
    pub(crate) waited: Duration,
    /// Since the bot was told.
    pub(crate) answered: Duration,
}

/// The labels of the buttons, by which a person finds them.
#[derive(Debug, Clone)]
pub(crate) struct Labels {
    hello: Vec<String>,
    survey: Vec<String>,
    /// Stands where a photo is asked for.
    photo: String,
    /// Stands under the guidance.
    end: String,
    /// Stand under every question but the first and the last.
    pub(crate) skip: String,
    pub(crate) back: String,
}

impl Labels {
    pub(crate) fn new() -> anyhow::Result<Self> {
        let wording = Wording::embedded()?;
        let label = |token: &&str| {
            let button = Button::from_token(token);
            let button = button.with_context(|| format!("there is a button `{token}`"))?;
            anyhow::Ok(wording.button(button, Language::Korean))
        };
        Ok(Self {
            hello: HELLO.iter().map(label).collect::<Result<_, _>>()?,
            survey: SURVEY.iter().map(label).collect::<Result<_, _>>()?,
            photo: label(&"change-region")?,
            end: label(&"new")?,
            skip: label(&"skip:age")?,
            back: label(&"back:sex")?,
        })
    }
}

/// Plays the script; how long each reply took.
pub(crate) async fn play(
    telegram: &Telegram,
    person: &mut Person,
    labels: &Labels,
    until: Until,
) -> anyhow::Result<Vec<Reply>> {
    let mut replies = Vec::new();
    let mut deed = person.starts();
    for label in &labels.hello {
        let key = person.finds(label).await?;
        replies.push(reply(telegram, deed, key.at)?);
        deed = person.presses(&key);
    }
    let asked = person.finds(&labels.photo).await?;
    replies.push(reply(telegram, deed, asked.at)?);
    if until == Until::Consents {
        return Ok(replies);
    }
    deed = person.sends_photo();
    let survey = match until {
        Until::Consents | Until::Survey => &labels.survey[..1],
        Until::Guidance => &labels.survey[..],
    };
    for label in survey {
        let key = person.finds(label).await?;
        replies.push(reply(telegram, deed, key.at)?);
        deed = person.presses(&key);
    }
    if until == Until::Guidance {
        let end = person.finds(&labels.end).await?;
        replies.push(reply(telegram, deed, end.at)?);
    }
    Ok(replies)
}

/// How long it took from a deed to a message that came in then.
pub(crate) fn reply(
    telegram: &Telegram,
    deed: Deed,
    at: std::time::Instant,
) -> anyhow::Result<Reply> {
    let handed_out = telegram.handed_out(deed.update);
    let handed_out = handed_out.context("a reply comes after its update")?;
    Ok(Reply {
        waited: at.saturating_duration_since(deed.at),
        answered: at.saturating_duration_since(handed_out),
    })
}
