//! From a brief to a text that may be shown: prompt, call, gates, once more if that may help.

use async_trait::async_trait;
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::call::{
    self, CallError, Completion, Guidance as Guiding, LlmServer, Mode, Request, Server, budget,
};
use super::gates::{Draft, Gates, Refusal};
use super::ground::Task;
use super::prompt::{Extent, Form, Prompts, VERSION, Wrap, Written};
use crate::domain::consultation::Language;
use crate::domain::guidance::{AdviceBrief, QuestionBrief, WordedAdvice, WordedAnswer, Writer};
use crate::ports::{AdviceWriter, WritingError};

/// How the model is asked.
#[derive(Debug, Clone)]
pub struct WriterOptions {
    pub mode: Mode,
    pub wrap: Wrap,
    /// The languages that the model speaks well enough.
    pub languages: Vec<Language>,
    /// The most that it may write, in tokens.
    pub max_tokens: u32,
    /// For a text with all its calls, in the queue as well.
    pub deadline: Duration,
}

/// Of the first try; the second is made at 0, where the model says what it is surest of.
const TEMPERATURE: f32 = 0.3;

/// Has texts worded by a model behind an OpenAI-compatible server.
#[derive(Debug, Clone)]
pub struct OpenAiAdviceWriter {
    server: LlmServer,
    prompts: Prompts,
    gates: Arc<Gates>,
    options: WriterOptions,
}

impl OpenAiAdviceWriter {
    /// A writer that asks that server.
    pub const fn new(
        server: LlmServer,
        prompts: Prompts,
        gates: Arc<Gates>,
        options: WriterOptions,
    ) -> Self {
        Self {
            server,
            prompts,
            gates,
            options,
        }
    }

    async fn in_time<T>(
        &self,
        language: Language,
        writing: impl Future<Output = Result<T, WritingError>>,
    ) -> Result<T, WritingError> {
        if !self.options.languages.contains(&language) {
            return Err(WritingError::NotSetUp);
        }
        match tokio::time::timeout(self.options.deadline, writing).await {
            Ok(written) => written,
            Err(elapsed) => Err(WritingError::Unanswered(Box::new(elapsed))),
        }
    }

    /// Asks, and once more if a gate that another try may pass refused what came. What is logged are
    /// sizes, times and reasons.
    async fn word(
        &self,
        write: impl Fn(Form, Extent) -> Written,
    ) -> Result<(Draft, Writer), WritingError> {
        let server = self.server.server().await.map_err(unanswered)?;
        let form = match server.guidance {
            Guiding::JsonSchema | Guiding::JsonObject => Form::Json,
            Guiding::None => Form::Prose,
        };
        let write = |extent| write(form, extent);
        let mut extents = Extent::ALL.into_iter();
        let (mut written, mut prompt) = self.fitting(&server, &mut extents, write)?;
        let task = written.ground.task;
        let request = |prompt: &call::Prompt, temperature| Request {
            prompt: prompt.clone(),
            temperature,
            max_tokens: self.options.max_tokens,
            stop: match self.options.mode {
                Mode::Chat => Vec::new(),
                Mode::Completions => self.options.wrap.stops(),
            },
            schema: (form == Form::Json).then(|| schema(task)),
        };
        let mut refused: Option<Refusal> = None;
        for temperature in [TEMPERATURE, 0.0] {
            let began = Instant::now();
            let mut completion = self.server.complete(request(&prompt, temperature)).await;
            // A server that does not tell how much it reads is given less, once.
            if completion.as_ref().is_err_and(CallError::may_be_of_length)
                && let Some(shorter) = self.shorter(&server, &mut extents, write, &prompt)
            {
                (written, prompt) = shorter;
                completion = self.server.complete(request(&prompt, temperature)).await;
            }
            let completion = completion.map_err(unanswered)?;
            let Completion { text, finish, .. } = &completion;
            let checked = self.gates.check(text, *finish, &written.ground);
            tracing::info!(
                task = task.id(),
                model = server.model,
                prompts = VERSION,
                characters = text.chars().count(),
                first_token_ms = completion.first_token.as_millis(),
                total_ms = began.elapsed().as_millis(),
                refused = checked.as_ref().err().map(tracing::field::display),
                "A text was worded"
            );
            match checked {
                Ok(draft) => {
                    let writer = Writer {
                        model: server.model,
                        prompts: VERSION,
                    };
                    return Ok((draft, writer));
                }
                Err(refusal) if refusal.earns_retry() => refused = Some(refusal),
                Err(refusal) => return Err(refusal_of(refusal)),
            }
        }
        Err(refusal_of(refused.expect("two tries were refused")))
    }

    /// The next prompt that is not the same.
    fn shorter(
        &self,
        server: &Server,
        extents: &mut impl Iterator<Item = Extent>,
        write: impl Fn(Extent) -> Written,
        than: &call::Prompt,
    ) -> Option<(Written, call::Prompt)> {
        loop {
            let next = self.fitting(server, extents, &write).ok()?;
            if next.1 != *than {
                return Some(next);
            }
        }
    }

    /// The fullest prompt of those extents that leaves room for an answer.
    fn fitting(
        &self,
        server: &Server,
        extents: &mut impl Iterator<Item = Extent>,
        write: impl Fn(Extent) -> Written,
    ) -> Result<(Written, call::Prompt), WritingError> {
        let mut needed = 0;
        for extent in extents {
            let written = write(extent);
            let prompt = self
                .prompts
                .wrapped(&written, self.options.mode, self.options.wrap);
            let Some(context) = server.context else {
                return Ok((written, prompt));
            };
            if budget::fits(&prompt, self.options.max_tokens, context) {
                return Ok((written, prompt));
            }
            needed = budget::prompt_tokens(&prompt);
        }
        Err(WritingError::TooLong {
            needed,
            context: server.context.unwrap_or(0),
        })
    }
}

fn unanswered(error: CallError) -> WritingError {
    WritingError::Unanswered(Box::new(error))
}

fn refusal_of(refusal: Refusal) -> WritingError {
    WritingError::Refused {
        gate: refusal.to_string(),
    }
}

/// The form of a text, for servers that can hold a model to it.
fn schema(task: Task) -> Value {
    let list = json!({ "type": "array", "items": { "type": "string" }, "maxItems": 4 });
    let text = json!({ "type": "string" });
    match task {
        Task::Advice => json!({
            "type": "object",
            "properties": { "summary": text, "today": list, "week": list, "avoid": list, "used": list },
            "required": ["summary", "today", "week", "avoid", "used"],
            "additionalProperties": false,
        }),
        Task::Answer => json!({
            "type": "object",
            "properties": { "answer": text, "used": list },
            "required": ["answer", "used"],
            "additionalProperties": false,
        }),
    }
}

#[async_trait]
impl AdviceWriter for OpenAiAdviceWriter {
    async fn advise(
        &self,
        brief: &AdviceBrief,
        language: Language,
    ) -> Result<WordedAdvice, WritingError> {
        let write = |form, extent| self.prompts.advice(brief, language, form, extent);
        let (draft, writer) = self.in_time(language, self.word(write)).await?;
        Ok(WordedAdvice {
            summary: draft.summary,
            today: draft.today,
            week: draft.week,
            avoid: draft.avoid,
            writer,
        })
    }

    async fn answer(
        &self,
        brief: &QuestionBrief,
        language: Language,
    ) -> Result<WordedAnswer, WritingError> {
        let write = |form, extent| self.prompts.answer(brief, language, form, extent);
        let (draft, writer) = self.in_time(language, self.word(write)).await?;
        Ok(WordedAnswer {
            text: draft.summary,
            writer,
        })
    }

    fn ahead(&self) -> usize {
        self.server.ahead()
    }
}

/// Words nothing, because no server is set up: the prepared sentences stand.
#[derive(Debug, Clone, Copy)]
pub struct NoAdviceWriter;

#[async_trait]
impl AdviceWriter for NoAdviceWriter {
    async fn advise(
        &self,
        _brief: &AdviceBrief,
        _language: Language,
    ) -> Result<WordedAdvice, WritingError> {
        Err(WritingError::NotSetUp)
    }

    async fn answer(
        &self,
        _brief: &QuestionBrief,
        _language: Language,
    ) -> Result<WordedAnswer, WritingError> {
        Err(WritingError::NotSetUp)
    }

    fn ahead(&self) -> usize {
        0
    }
}
