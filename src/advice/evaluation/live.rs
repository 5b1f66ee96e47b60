//! (e) A live model: how often its texts pass, why not, and how long it takes.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use super::rules::sample_briefs;
use crate::domain::consultation::Language;
use crate::domain::guidance::WordedAdvice;
use crate::ports::{AdviceWriter, WritingError};

/// What came of a number of texts.
#[derive(Debug, Clone, Default)]
pub struct LiveReport {
    pub asked: usize,
    pub worded: usize,
    /// Why prepared sentences would have been shown, and how often.
    pub reasons: BTreeMap<String, usize>,
    /// Of all, sorted.
    pub times: Vec<Duration>,
    /// Hangul among the letters of what was worded, in percent.
    pub hangul_percent: usize,
    /// Characters of a worded text in the mean.
    pub characters: usize,
}

impl LiveReport {
    /// The time that so many percent of the texts took at most.
    pub fn percentile(&self, percent: usize) -> Option<Duration> {
        let last = self.times.len().checked_sub(1)?;
        self.times.get(last * percent / 100).copied()
    }
}

/// Has so many texts worded in Korean, one after the other.
pub async fn live(writer: &dyn AdviceWriter, count: usize) -> LiveReport {
    let mut report = LiveReport::default();
    let (mut hangul, mut letters, mut characters) = (0, 0, 0);
    for brief in sample_briefs(count) {
        report.asked += 1;
        let began = Instant::now();
        let worded = writer.advise(&brief, Language::Korean).await;
        report.times.push(began.elapsed());
        match worded {
            Ok(advice) => {
                report.worded += 1;
                let text = text_of(&advice);
                characters += text.chars().count();
                letters += text.chars().filter(|one| one.is_alphabetic()).count();
                hangul += text
                    .chars()
                    .filter(|one| ('가'..='힣').contains(one))
                    .count();
            }
            Err(error) => *report.reasons.entry(reason(&error)).or_default() += 1,
        }
    }
    report.times.sort_unstable();
    report.hangul_percent = (hangul * 100).checked_div(letters).unwrap_or(0);
    report.characters = characters.checked_div(report.worded).unwrap_or(0);
    report
}

fn reason(error: &WritingError) -> String {
    match error {
        WritingError::Refused { gate } => format!("gate {gate}"),
        WritingError::Unanswered(cause) => cause.to_string(),
        WritingError::NotSetUp | WritingError::TooLong { .. } => error.to_string(),
    }
}

fn text_of(advice: &WordedAdvice) -> String {
    let lists = [&advice.today, &advice.week, &advice.avoid];
    let items = lists.into_iter().flatten();
    let texts: Vec<&str> = std::iter::once(&advice.summary)
        .chain(items)
        .map(String::as_str)
        .collect();
    texts.join("\n")
}
