//! Discord's own specification, where it is at hand: every request is checked against it.

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, LazyLock, Mutex};

use jsonschema::{Draft, Validator};
use serde_json::{Value, json};

use super::rest::Incoming;
use super::routes::fits;

/// The specification wants text, but Discord takes numbers as well, and serenity sends them:
/// `attachments[].id`, at these places.
const NUMBERS_ALLOWED: [&str; 2] = ["/attachments", "/data/attachments"];
/// How much of one complaint is told.
const TOLD: usize = 400;

#[derive(Debug)]
pub(super) struct Specification {
    paths: HashMap<String, Value>,
    components: Value,
    /// Compiled when first needed: the whole takes a while.
    compiled: Mutex<HashMap<String, Arc<Validator>>>,
}

static OFFICIAL: LazyLock<Option<Specification>> = LazyLock::new(|| {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/specs/discord/openapi.json");
    let text = std::fs::read(path).ok()?;
    let mut whole: Value = serde_json::from_slice(&text).expect("the specification is JSON");
    let paths = serde_json::from_value(whole["paths"].take()).expect("paths are an object");
    Some(Specification {
        paths,
        components: whole["components"].take(),
        compiled: Mutex::default(),
    })
});

impl Specification {
    /// Nothing where the file is absent.
    pub(super) fn official() -> Option<&'static Self> {
        OFFICIAL.as_ref()
    }

    pub(super) fn violations(&self, incoming: &Incoming) -> Vec<String> {
        let method = incoming.method.as_str().to_lowercase();
        // A template without names is the better fit.
        let mut templates: Vec<_> = self
            .paths
            .iter()
            .filter(|(template, item)| {
                item.get(&method).is_some() && fits(template, &incoming.path).is_some()
            })
            .collect();
        templates.sort_by_key(|(template, _)| template.matches('{').count());
        let Some((template, item)) = templates.first() else {
            return vec![format!("{} is not in the specification", incoming.path)];
        };
        let request = &item[&method]["requestBody"];
        if request.is_null() || (incoming.body.is_null() && request["required"] != true) {
            return Vec::new();
        }
        let schema = &request["content"]["application/json"]["schema"];
        let validator = self.validator(&format!("{method} {template}"), schema);
        let body = with_ids_as_text(incoming.body.clone());
        told(&validator, &body)
    }

    /// What is wrong with an answer of the stand-in itself.
    pub(super) fn flaws(&self, asked: (&str, &str), answer: &(u16, Value)) -> Vec<String> {
        let (method, template) = (asked.0.to_lowercase(), asked.1);
        let responses = &self.paths[template][&method]["responses"];
        let schema = &responses[answer.0.to_string()]["content"]["application/json"]["schema"];
        if schema.is_null() {
            return vec![format!("{} has no body of that kind", answer.0)];
        }
        let operation = format!("{method} {template} {}", answer.0);
        told(&self.validator(&operation, schema), &answer.1)
    }

    fn validator(&self, operation: &str, schema: &Value) -> Arc<Validator> {
        let mut compiled = self.compiled.lock().expect("no schema fails to compile");
        if let Some(validator) = compiled.get(operation) {
            return Arc::clone(validator);
        }
        let document = json!({ "allOf": [schema], "components": self.components });
        let validator = jsonschema::options()
            .with_draft(Draft::Draft202012)
            .build(&document)
            .expect("the specification's schemas compile");
        let validator = Arc::new(validator);
        compiled.insert(operation.to_owned(), Arc::clone(&validator));
        validator
    }
}

fn told(validator: &Validator, body: &Value) -> Vec<String> {
    validator
        .iter_errors(body)
        .take(5)
        .map(|error| {
            let told: String = error.to_string().chars().take(TOLD).collect();
            format!("specification, at `{}`: {told}", error.instance_path())
        })
        .collect()
}

fn with_ids_as_text(mut body: Value) -> Value {
    for place in NUMBERS_ALLOWED {
        let attachments = body.pointer_mut(place).and_then(Value::as_array_mut);
        for attachment in attachments.into_iter().flatten() {
            if let Some(number) = attachment["id"].as_u64() {
                attachment["id"] = json!(number.to_string());
            }
        }
    }
    body
}
