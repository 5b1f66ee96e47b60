//! What a model is asked: rules, what is known of a person, and what is to be written.
//!
//! The same code writes the prompts of a conversation and those that a model is trained on. Texts come
//! from `prompts/writing/` and the knowledge base; nothing here holds a sentence. What people wrote
//! themselves passes [`clean`] first and is data in the prompt, never more.
//! Begin at [`Prompts::advice`].

mod evidence;
mod templates;

use std::sync::Arc;

use serde::Serialize;

use super::call::{self, Mode};
use super::cleaning::clean;
use super::ground::{Evidence, Ground, Task};
use crate::domain::consultation::Language;
use crate::domain::guidance::{AdviceBrief, QuestionBrief};
use crate::domain::scalp::{Answer, Answers, Question};
use crate::wording::{Argument, Wording};

pub use templates::{TemplateError, Wrap};

use templates::Templates;

/// The version of `prompts/writing/`; raise it whenever a template changes.
pub const VERSION: u32 = 1;

/// How much of a person's free line is told to a model, in characters.
const FREE_LINE_CHARACTERS: usize = 100;
/// How much of a question: one that is cut in the middle is another question, so more than of the line.
const QUESTION_CHARACTERS: usize = 200;

/// Writes prompts.
#[derive(Debug, Clone)]
pub struct Prompts {
    wording: Wording,
    templates: Arc<Templates>,
}

/// Whether the server can guide the model's output to a form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    Json,
    Prose,
}

/// A prompt in its parts, and what the answer is held to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    pub rules: String,
    pub context: String,
    pub ask: String,
    pub ground: Ground,
}

/// How much is told; each step tells less, for models that read little.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Extent {
    Everything,
    /// Without the questions before this one.
    WithoutEarlier,
    /// Also without the person's own line.
    WithoutWords,
    /// Also without the survey.
    WithoutSurvey,
}

impl Extent {
    /// From all that there is to the least.
    pub const ALL: [Self; 4] = [
        Self::Everything,
        Self::WithoutEarlier,
        Self::WithoutWords,
        Self::WithoutSurvey,
    ];
}

#[derive(Serialize)]
struct Known<'a> {
    state: Vec<String>,
    survey: Vec<String>,
    words: Option<String>,
    evidence: Vec<Item<'a>>,
    earlier: Vec<Earlier>,
}

#[derive(Serialize)]
struct Item<'a> {
    id: &'a str,
    text: &'a str,
}

#[derive(Serialize)]
struct Earlier {
    question: String,
    answer: String,
}

impl Prompts {
    /// Prompts over those texts.
    pub fn new(wording: Wording) -> Result<Self, TemplateError> {
        Ok(Self {
            wording,
            templates: Arc::new(Templates::embedded()?),
        })
    }

    /// The prompt for the guidance of one person.
    pub fn advice(
        &self,
        brief: &AdviceBrief,
        language: Language,
        form: Form,
        extent: Extent,
    ) -> Written {
        let texts = evidence::of_guidance(&self.wording, &brief.guidance, language);
        self.write(Task::Advice, brief, texts, language, form, extent, None)
    }

    /// The prompt for the answer to a question.
    pub fn answer(
        &self,
        brief: &QuestionBrief,
        language: Language,
        form: Form,
        extent: Extent,
    ) -> Written {
        let texts = evidence::of_passages(&self.wording, &brief.passages, language);
        let about = &brief.about;
        self.write(
            Task::Answer,
            about,
            texts,
            language,
            form,
            extent,
            Some(brief),
        )
    }

    #[expect(
        clippy::too_many_arguments,
        reason = "private, and called from the two functions above only"
    )]
    fn write(
        &self,
        task: Task,
        about: &AdviceBrief,
        texts: Vec<String>,
        language: Language,
        form: Form,
        extent: Extent,
        asked: Option<&QuestionBrief>,
    ) -> Written {
        let evidence: Vec<Evidence> = (1..)
            .zip(texts)
            .map(|(number, text)| Evidence {
                id: format!("K{number}"),
                text,
            })
            .collect();
        let words = about
            .answers
            .words()
            .filter(|_| extent < Extent::WithoutWords);
        let earlier = asked.into_iter().flat_map(|asked| &asked.earlier);
        let known = Known {
            state: self.state(about, language),
            survey: if extent < Extent::WithoutSurvey {
                self.survey(&about.answers, language)
            } else {
                Vec::new()
            },
            words: words
                .map(|words| clean(words, FREE_LINE_CHARACTERS))
                .filter(|words| !words.is_empty()),
            evidence: evidence
                .iter()
                .map(|one| Item {
                    id: &one.id,
                    text: &one.text,
                })
                .collect(),
            earlier: earlier
                .filter(|_| extent < Extent::WithoutEarlier)
                .map(|one| Earlier {
                    question: clean(&one.question, QUESTION_CHARACTERS),
                    answer: one.answer.clone(),
                })
                .collect(),
        };
        let question = asked.map(|asked| clean(&asked.question, QUESTION_CHARACTERS));
        let templates = self.templates.of(language);
        Written {
            rules: templates.rules(task),
            context: templates.context(&known),
            ask: templates.ask(task, form, question.as_deref().unwrap_or_default()),
            ground: Ground {
                task,
                language,
                care_level: about.guidance.care_level,
                evidence,
            },
        }
    }

    /// What was seen, in words: small models misread bare numbers.
    fn state(&self, about: &AdviceBrief, language: Language) -> Vec<String> {
        let templates = self.templates.of(language);
        let Some(grades) = &about.grades else {
            return vec![templates.state_from_afar()];
        };
        grades
            .iter()
            .map(|(condition, grade)| {
                let condition = self.wording.condition(condition, language);
                let severity = self.wording.severity(grade.severity, language);
                templates.state_line(&condition, &severity, grade.is_certain)
            })
            .collect()
    }

    /// Habits: no sign of the day, no word of the person's own, and nothing that was skipped.
    fn survey(&self, answers: &Answers, language: Language) -> Vec<String> {
        let templates = self.templates.of(language);
        answers
            .iter()
            .filter(|(question, _)| !matches!(question, Question::RedFlags | Question::FreeLine))
            .filter_map(|(question, answer)| match answer {
                Answer::Chosen(chosen) if !chosen.is_empty() => {
                    let labels: Vec<String> = chosen
                        .iter()
                        .map(|choice| self.wording.choice(*choice, language))
                        .collect();
                    let key = format!("question-short-{}", question.id());
                    let no_arguments: &[(&str, Argument<'_>)] = &[];
                    let name = self.wording.phrases().phrase(language, &key, no_arguments);
                    Some(templates.survey_line(&name, &labels.join(", ")))
                }
                Answer::Chosen(_) | Answer::Words(_) | Answer::Skipped => None,
            })
            .collect()
    }

    /// The prompt as a server takes it.
    pub fn wrapped(&self, written: &Written, mode: Mode, wrap: Wrap) -> call::Prompt {
        match mode {
            Mode::Chat => call::Prompt::Chat {
                system: written.rules.clone(),
                user: format!("{}\n\n{}", written.context, written.ask),
            },
            Mode::Completions => call::Prompt::Text(self.templates.wrap(written, wrap)),
        }
    }
}
