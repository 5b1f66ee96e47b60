//! `dupi doctor` on the language model: whether its server answers, and what it has.

use super::finding::Finding;
use crate::advice::call::{CallError, Guidance, Naming, Server};
use crate::app::Advice;
use crate::app::cli::telling::printable;
use crate::config::Settings;
use crate::wording::Wording;

const SUBJECT: &str = "language model";
/// A model that reads less has no room for prompt and answer.
const LEAST_CONTEXT: u32 = 1_500;

/// Asks the server, if one is set up. Texts come without one, too: nothing here is a fault.
pub(super) async fn findings(settings: &Settings) -> Vec<Finding> {
    let opened = Wording::embedded()
        .map_err(Into::into)
        .and_then(|wording| Advice::open(&settings.advice, &wording));
    let advice = match opened {
        Ok(advice) => advice,
        Err(error) => return vec![Finding::failed(SUBJECT, format!("{error:#}"))],
    };
    let Some(server) = advice.server() else {
        return vec![Finding::good(
            SUBJECT,
            "none is set (LLM_BASE_URL): the prepared sentences are shown",
        )];
    };
    match server.inspect().await {
        Ok(found) => of_server(&found),
        Err(error) => {
            let finding = Finding::warning(
                SUBJECT,
                format!("{error}; the prepared sentences are shown until it answers"),
            );
            vec![finding.hint(hint(&error))]
        }
    }
}

fn of_server(found: &Server) -> Vec<Finding> {
    let model = printable(&found.model);
    let context = found.context.map_or_else(
        || "of unknown context".to_owned(),
        |context| format!("reads {context} tokens"),
    );
    let form = match found.guidance {
        Guidance::JsonSchema => "can be held to a JSON schema",
        Guidance::JsonObject => "can be held to JSON",
        Guidance::None => "writes plain sentences",
    };
    let mut findings = vec![Finding::good(
        SUBJECT,
        format!("{model}: {context}, {form}"),
    )];
    if let Naming::NotListed { listed } = &found.naming {
        let listed: Vec<String> = listed.iter().map(|name| printable(name)).collect();
        findings.push(
            Finding::warning(SUBJECT, format!("the server does not list `{model}`"))
                .hint(format!("set LLM_MODEL to one of: {}", listed.join(", "))),
        );
    }
    match found.context {
        Some(context) if context < LEAST_CONTEXT => findings.push(
            Finding::warning(SUBJECT, format!("{context} tokens leave little room"))
                .hint("serve the model with a context of 2,048 or more"),
        ),
        None => findings.push(
            Finding::warning(SUBJECT, "the server does not say how much the model reads")
                .hint("set advice.context; Ollama cuts what is longer without a word (num_ctx)"),
        ),
        Some(_) => {}
    }
    findings
}

const fn hint(error: &CallError) -> &'static str {
    match error {
        CallError::Connection | CallError::Late { .. } => {
            "start the server, or mend LLM_BASE_URL; a model that is still being loaded needs a minute"
        }
        CallError::Refused { .. } => "set LLM_API_KEY to the key that the server was started with",
        CallError::UnknownModel | CallError::ModelNotNamed { .. } => {
            "set LLM_MODEL to a name from the server's /v1/models"
        }
        CallError::NoChatTemplate => {
            "set advice.mode = \"completions\", and advice.template for KoAlpaca"
        }
        CallError::Status { .. } | CallError::Malformed { .. } => {
            "LLM_BASE_URL must lead to an OpenAI-compatible API, mostly with /v1 at its end"
        }
        CallError::PromptTooLong => "serve the model with a context of 2,048 or more",
        CallError::Settings { .. } => "docs/advice.md has every setting",
        CallError::Crowded { .. } | CallError::BreakerOpen => "try again in a moment",
    }
}
