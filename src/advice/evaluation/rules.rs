//! (a) Every severity vector with many surveys, through the rules.

use std::collections::BTreeSet;

use super::Check;
use crate::domain::consultation::{ConsultationNumber, Language, Message};
use crate::domain::guidance::{AdviceBrief, CareLevel, Fixed, Guidance, RedFlags, advise};
use crate::domain::scalp::{
    Answer, Answers, Choice, Condition, Grade, Grades, Question, Selection, Severity,
};
use crate::wording::Wording;

/// All combinations of four severities of six conditions.
const VECTORS: usize = 4_096;
/// Surveys that each of them is tried with.
const PROFILES: usize = 30;
/// The longest message on Telegram, in UTF-16 code units.
const TELEGRAM_UNITS: usize = 4_096;
/// The longest framed message on Discord (an embed's description), in characters; guidance is framed there.
const DISCORD_CHARACTERS: usize = 4_096;

/// Runs all of them: raising a severity never lowers the care level, any severity 3 names the
/// dermatologist, nothing is empty, and every text fits into one message of either messenger.
pub fn rules_hold(wording: &Wording) -> Vec<Check> {
    let mut levels = Check::new('a', "raising a severity never lowers the care level", 100);
    let mut clinic = Check::new('a', "any severity 3 names the dermatologist", 100);
    let mut empty = Check::new('a', "no guidance is empty", 100);
    let mut telegram = Check::new('a', "guidance fits into one message of Telegram", 100);
    let mut discord = Check::new('a', "guidance fits into one framed message of Discord", 100);
    let profiles: Vec<Answers> = (0..PROFILES).map(profile).collect();
    for vector in 0..VECTORS {
        let severities = severities_of(vector);
        for (number, answers) in profiles.iter().enumerate() {
            let name = || format!("vector {vector}, survey {number}");
            let guidance = guided(severities, answers);
            let is_monotone = (0..6)
                .filter_map(|index| raised(severities, index))
                .all(|higher| guided(higher, answers).care_level >= guidance.care_level);
            levels.count(is_monotone, name);
            if severities.contains(&Severity::Severe) {
                let is_told = guidance.care_level >= CareLevel::SeeDermatologist
                    && guidance.fixed.contains(&Fixed::SeeDermatologist);
                clinic.count(is_told, name);
            }
            for language in Language::ALL {
                let text = told(wording, &guidance, language);
                empty.count(!text.trim().is_empty(), name);
                telegram.count(text.encode_utf16().count() <= TELEGRAM_UNITS, name);
                discord.count(text.chars().count() <= DISCORD_CHARACTERS, name);
            }
        }
    }
    vec![levels, clinic, empty, telegram, discord]
}

/// So many briefs, spread over severities and surveys, the same every time.
pub fn sample_briefs(count: usize) -> Vec<AdviceBrief> {
    // A step that has no divisor in common with the number of vectors visits each of them once.
    const STEP: usize = 1_117;
    (0..count)
        .map(|number| {
            let severities = severities_of(number * STEP % VECTORS);
            let answers = profile(number % PROFILES);
            AdviceBrief {
                guidance: guided(severities, &answers),
                grades: Some(grades(severities)),
                answers,
            }
        })
        .collect()
}

fn told(wording: &Wording, guidance: &Guidance, language: Language) -> String {
    let message = Message::Guidance {
        guidance: guidance.clone(),
        consultation: ConsultationNumber(1),
        advice: None,
    };
    wording.words(&message, language).paragraphs.join("\n\n")
}

fn guided(severities: [Severity; 6], answers: &Answers) -> Guidance {
    advise(Some(&grades(severities)), answers, &RedFlags::new(), true)
}

fn grades(severities: [Severity; 6]) -> Grades {
    Grades::new(severities.map(|severity| Grade {
        severity,
        probabilities: [0.25; 4],
        confidence: 0.9,
        is_certain: true,
    }))
}

fn severities_of(vector: usize) -> [Severity; 6] {
    std::array::from_fn(|index| Severity::ALL[vector / 4_usize.pow(position(index)) % 4])
}

fn position(index: usize) -> u32 {
    u32::try_from(index).expect("there are six conditions")
}

fn raised(severities: [Severity; 6], index: usize) -> Option<[Severity; 6]> {
    let higher = Severity::from_number(severities[index].number() + 1)?;
    let mut raised = severities;
    raised[index] = higher;
    Some(raised)
}

/// A survey of that number: each question answered in turn in each of its ways, some skipped.
fn profile(number: usize) -> Answers {
    debug_assert_eq!(Condition::ALL.len(), 6);
    Question::ALL
        .into_iter()
        .filter(|question| !matches!(question, Question::RedFlags | Question::FreeLine))
        .enumerate()
        .fold(Answers::default(), |answers, (index, question)| {
            let choices: Vec<Choice> = question.choices().collect();
            let turn = number * (index + 1) + index;
            let answer = match question.selection() {
                Selection::Words => Answer::Skipped,
                Selection::One if turn % 7 == 6 => Answer::Skipped,
                Selection::One => Answer::Chosen([choices[turn % choices.len()]].into()),
                Selection::Several => {
                    let chosen: BTreeSet<Choice> = choices
                        .iter()
                        .enumerate()
                        .filter(|(bit, _)| turn >> bit & 1 == 1)
                        .map(|(_, choice)| *choice)
                        .collect();
                    Answer::Chosen(chosen)
                }
            };
            answers.with(question, answer)
        })
}
