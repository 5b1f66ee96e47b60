//! What a server has: its model, its context, and whether it can guide its output.
//!
//! It is asked, never guessed: what servers document and what they do are two things. The probes are
//! tiny, say nothing about anybody, and are made as any other call, but for the queue.

use serde_json::{Value, json};
use tokio::time::timeout;

use super::attempt::{self, Call, Endpoint};
use super::error::{CallError, Deadline};
use super::wire::body::body;
use super::wire::transport::{Client, understood};
use super::{Completion, Deadlines, Mode, Prompt, Request};

/// Enough for the smallest JSON, even one token to a byte.
const PROBE_TOKENS: u32 = 48;
/// A model that is not guided answers this with anything but JSON.
const GREETING: &str = "Hello";
/// Some servers want the word in the prompt before they guide a model to JSON of any shape.
const REQUEST: &str = "Answer with the JSON {\"ok\": true}";

/// How a server can be made to answer in JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Guidance {
    /// By a schema.
    JsonSchema,
    /// As JSON of any shape.
    JsonObject,
    /// Not at all: the model writes what it likes.
    None,
}

/// Whether the server lists the model that the settings name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Naming {
    /// It does, or the settings name none and the server lists just one.
    Listed,
    /// It does not: a slip in the settings, even where the server overlooks it (llama.cpp answers
    /// with whatever it has).
    NotListed {
        /// What it lists.
        listed: Vec<String>,
    },
    /// It has no list.
    NoList,
}

/// What a server has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Server {
    /// As calls name it.
    pub model: String,
    /// Whether the server knows it by that name.
    pub naming: Naming,
    /// In tokens, for prompt and answer together; `None` where neither the server nor the settings
    /// tell (Ollama does not, and silently cuts what is longer).
    pub context: Option<u32>,
    /// How it can be made to answer in JSON.
    pub guidance: Guidance,
}

/// A model in a server's list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Listed {
    id: String,
    context: Option<u32>,
}

/// The model that calls name, and what the list says of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Choice {
    pub(super) model: String,
    pub(super) naming: Naming,
    pub(super) context: Option<u32>,
}

/// What the server lists; `None` where it has no list.
pub(super) async fn list(
    client: &Client,
    deadlines: &Deadlines,
) -> Result<Option<Vec<Listed>>, CallError> {
    let models = client.models();
    let listing = timeout(deadlines.first_token, models.list_byot::<Value>());
    let listed = listing.await.map_err(|_| CallError::Late {
        deadline: Deadline::FirstToken,
    })?;
    match listed.map_err(understood) {
        Ok(list) => Ok(Some(read(&list))),
        Err(CallError::Status {
            status: 404 | 405 | 501,
            ..
        }) => Ok(None),
        Err(error) => Err(error),
    }
}

/// vLLM tells `max_model_len`, llama.cpp `meta.n_ctx`; anything may be missing.
fn read(list: &Value) -> Vec<Listed> {
    let models = list["data"].as_array().map_or(&[][..], Vec::as_slice);
    models
        .iter()
        .filter_map(|model| {
            let told = [&model["max_model_len"], &model["meta"]["n_ctx"]];
            let context = told.into_iter().find_map(Value::as_u64);
            Some(Listed {
                id: model["id"].as_str()?.to_owned(),
                context: context.and_then(|tokens| u32::try_from(tokens).ok()),
            })
        })
        .collect()
}

/// Chooses among them as the settings say.
pub(super) fn choose(
    named: Option<&str>,
    context: Option<u32>,
    listed: Option<&[Listed]>,
) -> Result<Choice, CallError> {
    let models = listed.unwrap_or_default();
    let found = match named {
        // Ollama lists a model that is named without a tag as the latest.
        Some(named) => models
            .iter()
            .find(|model| model.id == named || model.id.strip_suffix(":latest") == Some(named)),
        None => match models {
            [only] => Some(only),
            several => {
                return Err(CallError::ModelNotNamed {
                    listed: several.len(),
                });
            }
        },
    };
    let told = found.and_then(|model| model.context);
    let naming = match (found, listed) {
        (Some(_), _) => Naming::Listed,
        (None, Some(models)) => Naming::NotListed {
            listed: models.iter().map(|model| model.id.clone()).collect(),
        },
        (None, None) => Naming::NoList,
    };
    let model = named.or(found.map(|model| model.id.as_str()));
    Ok(Choice {
        model: model.expect("a model is named or found").to_owned(),
        naming,
        context: [context, told].into_iter().flatten().min(),
    })
}

/// Finds out how the server can be made to answer in JSON.
pub(super) async fn guidance(
    client: &Client,
    model: &str,
    mode: Mode,
    deadlines: &Deadlines,
) -> Result<Guidance, CallError> {
    for guidance in [Guidance::JsonSchema, Guidance::JsonObject] {
        let call = probe(model, mode, guidance);
        match attempt::make(client, &call, deadlines).await {
            Ok(completion) if is_guided(&completion, guidance) => return Ok(guidance),
            Ok(_) => {}
            Err(error) if is_about_guidance(&error) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(Guidance::None)
}

fn probe(model: &str, mode: Mode, guidance: Guidance) -> Call {
    let said = match guidance {
        Guidance::JsonSchema | Guidance::None => GREETING,
        Guidance::JsonObject => REQUEST,
    };
    let (endpoint, prompt) = match mode {
        Mode::Chat => {
            let prompt = Prompt::Chat {
                system: String::new(),
                user: said.to_owned(),
            };
            (Endpoint::Chat, prompt)
        }
        Mode::Completions => (Endpoint::Completions, Prompt::Text(said.to_owned())),
    };
    let request = Request {
        prompt,
        temperature: 0.0,
        max_tokens: PROBE_TOKENS,
        stop: Vec::new(),
        schema: Some(json!({
            "type": "object",
            "properties": { "ok": { "type": "boolean" } },
            "required": ["ok"],
            "additionalProperties": false,
        })),
    };
    Call {
        endpoint,
        body: body(model, &request, guidance),
        is_guided: true,
    }
}

/// Whether the answer shows that the server did as it was asked.
fn is_guided(completion: &Completion, guidance: Guidance) -> bool {
    let text = completion.text.trim();
    match serde_json::from_str::<Value>(text) {
        Ok(json) => match guidance {
            Guidance::JsonSchema => json["ok"].is_boolean(),
            Guidance::JsonObject => json.is_object(),
            Guidance::None => false,
        },
        // JSON that was not finished in time: a small model fills it with white space or chatter.
        Err(_) => text.starts_with('{'),
    }
}

/// Whether the refusal may be about the guidance alone, so that another kind is worth a try.
fn is_about_guidance(error: &CallError) -> bool {
    match error {
        CallError::Malformed { .. } | CallError::PromptTooLong => true,
        // llama-cpp-python fails with 500 on a schema.
        CallError::Status { status, .. } => !error.is_temporary() || matches!(status, 500 | 501),
        CallError::Crowded { .. }
        | CallError::BreakerOpen
        | CallError::Connection
        | CallError::Late { .. }
        | CallError::Refused { .. }
        | CallError::UnknownModel
        | CallError::ModelNotNamed { .. }
        | CallError::NoChatTemplate
        | CallError::Settings { .. } => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(named: Option<&str>, context: Option<u32>, list: &Value) -> Choice {
        choose(named, context, Some(&read(list))).unwrap()
    }

    #[test]
    fn the_context_is_found_wherever_a_server_tells_it() {
        for (model, context) in [
            (
                json!({ "id": "m", "created": 1, "max_model_len": 2048 }),
                Some(2048),
            ),
            (
                json!({ "id": "m", "meta": { "n_ctx": 512, "n_ctx_train": 4096 } }),
                Some(512),
            ),
            // llama-cpp-python and Ollama.
            (
                json!({ "id": "m", "object": "model", "owned_by": "me" }),
                None,
            ),
            (
                json!({ "id": "m", "created": 1, "owned_by": "library" }),
                None,
            ),
            (
                json!({ "id": "m", "max_model_len": "2048", "meta": null }),
                None,
            ),
            (json!({ "id": "m", "max_model_len": u64::MAX }), None),
        ] {
            let list = json!({ "object": "list", "data": [model] });
            assert_eq!(chosen(None, None, &list).context, context, "{list}");
        }
    }

    #[test]
    fn the_smaller_context_counts() {
        let list = json!({ "data": [{ "id": "m", "max_model_len": 2048 }] });
        assert_eq!(chosen(None, Some(1024), &list).context, Some(1024));
        assert_eq!(chosen(None, Some(4096), &list).context, Some(2048));
        assert_eq!(chosen(Some("other"), Some(4096), &list).context, Some(4096));
    }

    #[test]
    fn a_model_that_is_not_named_must_be_the_only_one() {
        let one = read(&json!({ "data": [{ "id": "m" }] }));
        let choice = choose(None, None, Some(&one)).unwrap();
        assert_eq!(
            (choice.model.as_str(), choice.naming),
            ("m", Naming::Listed)
        );
        let two = read(&json!({ "data": [{ "id": "m" }, { "id": "n" }] }));
        for (list, listed) in [(Some(&two[..]), 2), (Some(&[]), 0), (None, 0)] {
            let error = choose(None, None, list).unwrap_err();
            assert_eq!(error, CallError::ModelNotNamed { listed });
        }
    }

    #[test]
    fn a_model_that_is_named_is_looked_for() {
        let list = json!({ "data": [{ "id": "kanana:latest" }, { "id": "n" }] });
        assert_eq!(chosen(Some("n"), None, &list).naming, Naming::Listed);
        let latest = chosen(Some("kanana"), None, &list);
        assert_eq!(latest.naming, Naming::Listed);
        assert_eq!(latest.model, "kanana");
        let listed = vec!["kanana:latest".to_owned(), "n".to_owned()];
        let unknown = chosen(Some("kan"), None, &list);
        assert_eq!(unknown.naming, Naming::NotListed { listed });
        let alone = choose(Some("m"), None, None).unwrap();
        assert_eq!(alone.naming, Naming::NoList);
    }

    #[test]
    fn lists_of_any_shape_are_read() {
        for list in [
            json!(null),
            json!([]),
            json!({ "data": {} }),
            json!({ "data": [null, {}] }),
        ] {
            assert_eq!(read(&list), []);
        }
    }
}
