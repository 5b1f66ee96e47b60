//! What a model is trained to answer: what the rules say, to the prompt that it will be asked.

use super::data::{Pair, PairWriter, Record, seed_survey};
use super::prompt::{Extent, Form, Prompts, Wrap};
use crate::advice::call::{Mode, Prompt};
use crate::domain::consultation::Language;
use crate::domain::guidance::{AdviceBrief, RedFlags, advise};
use crate::domain::scalp::{Grade, Grades, Severity};

/// Words the records of the dataset by the rules, in Korean, for `KoAlpaca`.
#[derive(Debug, Clone)]
pub struct RulePairWriter(Prompts);

impl RulePairWriter {
    /// With those prompts.
    pub const fn new(prompts: Prompts) -> Self {
        Self(prompts)
    }
}

impl PairWriter for RulePairWriter {
    fn pair(&self, record: &Record) -> Pair {
        let grades = Grades::new(record.severities.map(certain));
        let guidance = advise(Some(&grades), &record.answers, &RedFlags::new(), false);
        let brief = AdviceBrief {
            guidance,
            grades: Some(grades),
            answers: record.answers.clone(),
        };
        let language = Language::Korean;
        let written = self
            .0
            .advice(&brief, language, Form::Prose, Extent::Everything);
        let completion = written
            .ground
            .evidence
            .iter()
            .map(|evidence| evidence.text.as_str())
            .collect::<Vec<_>>()
            .join(" ");
        let wrapped = self.0.wrapped(&written, Mode::Completions, Wrap::KoAlpaca);
        let prompt = match wrapped {
            Prompt::Text(text) => text,
            Prompt::Chat { system, user } => format!("{system}\n\n{user}"),
        };
        Pair {
            instruction: written.ask,
            input: format!("{}\n{}", written.context, seed_survey(&record.answers)),
            output: completion.clone(),
            prompt,
            completion,
        }
    }
}

/// What a person labelled is taken as it is.
fn certain(severity: Severity) -> Grade {
    let mut probabilities = [0.0; 4];
    probabilities[usize::from(severity.number())] = 1.0;
    Grade {
        severity,
        probabilities,
        confidence: 1.0,
        is_certain: true,
    }
}
