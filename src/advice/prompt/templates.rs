//! The templates of `prompts/writing/`.

use minijinja::value::Serde;
use minijinja::{Environment, Value, context};
use serde::{Deserialize, Serialize};

use super::{Form, Written};
use crate::advice::ground::Task;
use crate::domain::consultation::Language;

const KOREAN: &str = include_str!("../../../prompts/writing/ko.toml");
const ENGLISH: &str = include_str!("../../../prompts/writing/en.toml");
const WRAPS: &str = include_str!("../../../prompts/writing/wraps.toml");

/// How rules, context and ask become one text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Wrap {
    Plain,
    /// `KoAlpaca` on Polyglot-Ko.
    KoAlpaca,
    /// `KoAlpaca` on `LLaMA`.
    AlpacaKo,
}

impl Wrap {
    /// Every wrap.
    pub const ALL: [Self; 3] = [Self::Plain, Self::KoAlpaca, Self::AlpacaKo];

    const fn key(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::KoAlpaca => "koalpaca",
            Self::AlpacaKo => "alpaca_ko",
        }
    }

    /// What a model of that kind writes when it goes on to a next question by itself: it is stopped
    /// there. `KoAlpaca`'s own demonstration cuts at the same marks.
    pub fn stops(self) -> Vec<String> {
        let stops: &[&str] = match self {
            Self::Plain => &["<|endoftext|>"],
            Self::KoAlpaca | Self::AlpacaKo => &["###", "\n### ", "<|endoftext|>"],
        };
        stops.iter().map(|&stop| stop.to_owned()).collect()
    }
}

/// Why the embedded templates cannot be used; found by a test, never by a person.
#[derive(Debug, thiserror::Error)]
pub enum TemplateError {
    #[error("prompts/writing/{file} cannot be read")]
    Invalid {
        file: &'static str,
        #[source]
        source: Box<toml::de::Error>,
    },
    #[error("a template of prompts/writing/ is broken")]
    Broken(#[from] minijinja::Error),
}

/// The templates of every language.
#[derive(Debug)]
pub(super) struct Templates {
    korean: Set,
    english: Set,
    wraps: Environment<'static>,
}

/// The templates of one language.
#[derive(Debug)]
pub(super) struct Set(Environment<'static>);

#[derive(Deserialize)]
struct Wraps {
    plain: String,
    koalpaca: String,
    alpaca_ko: String,
}

/// Every part of a language; a part that is missing or unknown is refused.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Parts {
    advice_rules: String,
    answer_rules: String,
    context: String,
    advice_ask: String,
    answer_ask: String,
    advice_json: String,
    answer_json: String,
    advice_prose: String,
    answer_prose: String,
    state_line: String,
    state_line_uncertain: String,
    state_from_afar: String,
    survey_line: String,
}

impl Templates {
    pub(super) fn embedded() -> Result<Self, TemplateError> {
        let wraps: Wraps = parsed("wraps.toml", WRAPS)?;
        let mut environment = Environment::new();
        for (name, source) in [
            ("plain", wraps.plain),
            ("koalpaca", wraps.koalpaca),
            ("alpaca_ko", wraps.alpaca_ko),
        ] {
            environment.add_template_owned(name, source)?;
        }
        Ok(Self {
            korean: Set::new("ko.toml", KOREAN)?,
            english: Set::new("en.toml", ENGLISH)?,
            wraps: environment,
        })
    }

    pub(super) const fn of(&self, language: Language) -> &Set {
        match language {
            Language::Korean => &self.korean,
            Language::English => &self.english,
        }
    }

    pub(super) fn wrap(&self, written: &Written, wrap: Wrap) -> String {
        let Written {
            rules,
            context,
            ask,
            ..
        } = written;
        render(&self.wraps, wrap.key(), context! { rules, context, ask })
    }
}

fn parsed<T: serde::de::DeserializeOwned>(
    file: &'static str,
    content: &str,
) -> Result<T, TemplateError> {
    toml::from_str(content).map_err(|source| TemplateError::Invalid {
        file,
        source: Box::new(source),
    })
}

/// Values never fail to be written; what could fail, the template itself, a test renders.
fn render(environment: &Environment<'_>, name: &str, values: Value) -> String {
    environment
        .get_template(name)
        .and_then(|template| template.render(values))
        .expect("every embedded template is rendered by a test")
        .trim()
        .to_owned()
}

impl Set {
    fn new(file: &'static str, content: &'static str) -> Result<Self, TemplateError> {
        let parts: Parts = parsed(file, content)?;
        let mut environment = Environment::new();
        for (name, source) in [
            ("advice_rules", parts.advice_rules),
            ("answer_rules", parts.answer_rules),
            ("context", parts.context),
            ("advice_ask", parts.advice_ask),
            ("answer_ask", parts.answer_ask),
            ("advice_json", parts.advice_json),
            ("answer_json", parts.answer_json),
            ("advice_prose", parts.advice_prose),
            ("answer_prose", parts.answer_prose),
            ("state_line", parts.state_line),
            ("state_line_uncertain", parts.state_line_uncertain),
            ("state_from_afar", parts.state_from_afar),
            ("survey_line", parts.survey_line),
        ] {
            environment.add_template_owned(name, source)?;
        }
        Ok(Self(environment))
    }

    pub(super) fn rules(&self, task: Task) -> String {
        let name = match task {
            Task::Advice => "advice_rules",
            Task::Answer => "answer_rules",
        };
        render(&self.0, name, context! {})
    }

    pub(super) fn context(&self, known: &impl Serialize) -> String {
        render(&self.0, "context", Value::from(Serde(known)))
    }

    /// What is to be written, and in which form.
    pub(super) fn ask(&self, task: Task, form: Form, question: &str) -> String {
        let (ask, shape) = match (task, form) {
            (Task::Advice, Form::Json) => ("advice_ask", "advice_json"),
            (Task::Advice, Form::Prose) => ("advice_ask", "advice_prose"),
            (Task::Answer, Form::Json) => ("answer_ask", "answer_json"),
            (Task::Answer, Form::Prose) => ("answer_ask", "answer_prose"),
        };
        let ask = render(&self.0, ask, context! { question });
        format!("{ask}\n{}", render(&self.0, shape, context! {}))
    }

    pub(super) fn state_line(&self, condition: &str, severity: &str, is_certain: bool) -> String {
        let name = if is_certain {
            "state_line"
        } else {
            "state_line_uncertain"
        };
        render(&self.0, name, context! { condition, severity })
    }

    pub(super) fn state_from_afar(&self) -> String {
        render(&self.0, "state_from_afar", context! {})
    }

    pub(super) fn survey_line(&self, question: &str, answer: &str) -> String {
        render(&self.0, "survey_line", context! { question, answer })
    }
}
