//! The language model that is set up, if any: opened before the service, asked what it has beside it.

use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use tokio_util::sync::CancellationToken;

use crate::advice::call::{Deadlines, Guidance, LlmServer, Mode, Naming, ServerSettings};
use crate::advice::gates::Gates;
use crate::advice::prompt::{Prompts, Wrap};
use crate::advice::{NoAdviceWriter, OpenAiAdviceWriter, WriterOptions};
use crate::config::{AdviceLanguage, AdviceMode, AdviceSettings, AdviceTemplate};
use crate::domain::consultation::Language;
use crate::ports::AdviceWriter;
use crate::wording::Wording;

/// For a text with both of its tries, in the queue as well: this many times the deadline of one.
const TRIES: u32 = 2;
/// The longest that a text may take with both: a little less than a job may.
const MOST_TIME: Duration = Duration::from_secs(150);

/// The language model, or none.
pub(crate) struct Advice(Option<(LlmServer, OpenAiAdviceWriter)>);

impl Advice {
    /// Opens it; nothing is asked of the network yet.
    pub(crate) fn open(settings: &AdviceSettings, wording: &Wording) -> anyhow::Result<Self> {
        let Some(base_url) = &settings.base_url else {
            return Ok(Self(None));
        };
        let count = |number: NonZeroUsize| u32::try_from(number.get());
        let mode = match settings.mode {
            AdviceMode::Chat => Mode::Chat,
            AdviceMode::Completions => Mode::Completions,
        };
        let server = LlmServer::new(ServerSettings {
            base_url: base_url.clone(),
            api_key: settings.api_key.clone(),
            model: settings.model.clone(),
            mode,
            context: settings.context.and_then(|context| count(context).ok()),
            deadlines: Deadlines {
                connect: settings.connect,
                first_token: settings.first_token,
                gap: settings.gap,
                total: settings.total,
            },
            at_once: settings.at_once,
            queue: settings.queue.get(),
        })
        .context("the language model cannot be used")?;
        let options = WriterOptions {
            mode,
            wrap: match settings.template {
                AdviceTemplate::None => Wrap::Plain,
                AdviceTemplate::KoAlpaca => Wrap::KoAlpaca,
                AdviceTemplate::AlpacaKo => Wrap::AlpacaKo,
            },
            languages: settings.languages.iter().copied().map(language).collect(),
            max_tokens: count(settings.max_tokens)?,
            deadline: (settings.total * TRIES).min(MOST_TIME),
        };
        let prompts = Prompts::new(wording.clone())?;
        let gates = Arc::new(Gates::embedded()?);
        let writer = OpenAiAdviceWriter::new(server.clone(), prompts, gates, options);
        Ok(Self(Some((server, writer))))
    }

    /// Who words texts.
    pub(crate) fn writer(&self) -> Arc<dyn AdviceWriter> {
        match &self.0 {
            Some((_, writer)) => Arc::new(writer.clone()),
            None => Arc::new(NoAdviceWriter),
        }
    }

    /// The server, if one is set up.
    pub(crate) fn server(&self) -> Option<&LlmServer> {
        self.0.as_ref().map(|(server, _)| server)
    }

    /// Asks the server what it has, and logs it for the operator. A server that is away now may come
    /// later, so nothing ends because of it.
    pub(crate) async fn inspect(self, shutdown: CancellationToken) {
        let Some((server, _)) = self.0 else { return };
        let found = tokio::select! {
            () = shutdown.cancelled() => return,
            found = server.inspect() => found,
        };
        let found = match found {
            Ok(found) => found,
            Err(error) => {
                tracing::warn!(
                    %error,
                    "The language model cannot be asked; prepared sentences are shown until it can"
                );
                return;
            }
        };
        let form = guided(found.guidance);
        let (model, context) = (&found.model, found.context);
        tracing::info!(model, context, form, "A language model words advice");
        if let Naming::NotListed { listed } = &found.naming {
            let listed = listed.join(", ");
            tracing::warn!(
                model,
                listed,
                "The server does not list the language model of that name"
            );
        }
    }
}

/// How a model is held to its form, in a word.
pub(crate) const fn guided(guidance: Guidance) -> &'static str {
    match guidance {
        Guidance::JsonSchema => "JSON by schema",
        Guidance::JsonObject => "JSON",
        Guidance::None => "plain sentences",
    }
}

const fn language(language: AdviceLanguage) -> Language {
    match language {
        AdviceLanguage::Korean => Language::Korean,
        AdviceLanguage::English => Language::English,
    }
}
