//! Requests against the official description of the Bot API, where it lies beside the repository.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::LazyLock;

use serde_json::{Map, Value};

use super::request::{Encoding, Request};

const FILE: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../shared/specs/telegram/api.min.json"
);

static SPECIFICATION: LazyLock<Option<Value>> = LazyLock::new(|| {
    let source = std::fs::read(Path::new(FILE)).ok()?;
    Some(serde_json::from_slice(&source).expect("the description of the Bot API is JSON"))
});

/// Whether requests are held against it here.
pub(super) fn is_at_hand() -> bool {
    SPECIFICATION.is_some()
}

/// What is wrong with the request; nothing where the description is not at hand.
pub(super) fn violations(method: &str, request: &Request) -> Vec<String> {
    let Some(specification) = SPECIFICATION.as_ref() else {
        return Vec::new();
    };
    let described = &specification["methods"][method];
    if described.is_null() {
        return vec!["the Bot API has no such method".to_owned()];
    }
    let checker = Checker {
        types: &specification["types"],
        request,
    };
    let mut found = Vec::new();
    checker.check_fields(&request.raw, described, &mut found);
    checker.check_uploads(&mut found);
    found
}

/// What is wrong with something that is to be of this type, such as `Update`.
pub(super) fn misfits(kind: &str, value: &Value) -> Vec<String> {
    let Some(specification) = SPECIFICATION.as_ref() else {
        return Vec::new();
    };
    let request = Request {
        encoding: Encoding::Json,
        raw: Map::new(),
        fields: Map::new(),
        uploads: Vec::new(),
    };
    let checker = Checker {
        types: &specification["types"],
        request: &request,
    };
    checker.problems(kind, value, kind)
}

struct Checker<'a> {
    types: &'a Value,
    request: &'a Request,
}

impl Checker<'_> {
    fn check_fields(&self, fields: &Map<String, Value>, method: &Value, found: &mut Vec<String>) {
        for field in described_fields(method) {
            let name = name_of(field);
            match fields.get(name) {
                Some(value) => self.check_top(name, value, field, found),
                None if self.has_part(name) && takes_file(field) => {}
                None if self.has_part(name) => {
                    found.push(format!("{name} is a file, which it cannot be"));
                }
                None if field["required"] == true => found.push(format!("{name} is missing")),
                None => {}
            }
        }
        for name in fields.keys() {
            if !described_fields(method).any(|field| name_of(field) == name) {
                found.push(format!("{name} is unknown"));
            }
        }
    }

    /// In a form everything is text, and what is no text is JSON in it.
    fn check_top(&self, name: &str, value: &Value, field: &Value, found: &mut Vec<String>) {
        let text = value
            .as_str()
            .filter(|_| self.request.encoding == Encoding::Form);
        let Some(text) = text else {
            return self.check_union(name, value, field, found);
        };
        let read = serde_json::from_str::<Value>(text).ok();
        let as_text = Value::String(text.to_owned());
        let candidates = [Some(as_text), read];
        let problems = candidates.iter().flatten().map(|candidate| {
            let mut problems = Vec::new();
            self.check_union(name, candidate, field, &mut problems);
            problems
        });
        // The reading as JSON says more than that it is no text.
        let mut fewest = problems.collect::<Vec<_>>();
        let best = match fewest.iter().position(Vec::is_empty) {
            Some(place) => fewest.swap_remove(place),
            None => fewest.pop().unwrap_or_default(),
        };
        found.extend(best);
    }

    /// The value must be of one of the types; of the others the nearest one speaks.
    fn check_union(&self, path: &str, value: &Value, field: &Value, found: &mut Vec<String>) {
        let nearest = types_of(field)
            .map(|kind| self.problems(path, value, kind))
            .min_by_key(Vec::len);
        found.extend(nearest.unwrap_or_default());
        if let Some(only) = only_value(field)
            && value.as_str().is_some_and(|value| value != only)
        {
            found.push(format!("{path} is not {only}"));
        }
    }

    fn check_type(&self, path: &str, value: &Value, kind: &str, found: &mut Vec<String>) {
        if let Some(element) = kind.strip_prefix("Array of ") {
            let Some(elements) = value.as_array() else {
                return found.push(format!("{path} is no array"));
            };
            for (place, value) in elements.iter().enumerate() {
                self.check_type(&format!("{path}[{place}]"), value, element, found);
            }
            return;
        }
        let fits = match kind {
            "Integer" => value.is_i64() || value.is_u64(),
            "Float" => value.is_number(),
            "Boolean" => value.is_boolean(),
            "True" => value == true,
            "String" => value.is_string(),
            "InputFile" => value.as_str().is_some_and(|text| self.is_upload(text)),
            _ => return self.check_object(path, value, kind, found),
        };
        if !fits {
            found.push(format!("{path} is no {kind}"));
        }
    }

    fn check_object(&self, path: &str, value: &Value, kind: &str, found: &mut Vec<String>) {
        let described = &self.types[kind];
        if let Some(subtypes) = described["subtypes"].as_array() {
            let subtypes = || subtypes.iter().filter_map(Value::as_str);
            let named = subtypes().find(|subtype| self.calls_itself(value, subtype));
            let nearest = match named {
                Some(subtype) => Some(self.problems(path, value, subtype)),
                None => subtypes()
                    .map(|subtype| self.problems(path, value, subtype))
                    .min_by_key(Vec::len),
            };
            return found.extend(nearest.unwrap_or_default());
        }
        let Some(object) = value.as_object() else {
            return found.push(format!("{path} is no {kind}"));
        };
        for field in described_fields(described) {
            let inner = format!("{path}.{}", name_of(field));
            match object.get(name_of(field)) {
                Some(value) => self.check_union(&inner, value, field, found),
                None if field["required"] == true => found.push(format!("{inner} is missing")),
                None => {}
            }
        }
        for name in object.keys() {
            if !described_fields(described).any(|field| name_of(field) == name) {
                found.push(format!("{path}.{name} is unknown"));
            }
        }
    }

    fn problems(&self, path: &str, value: &Value, kind: &str) -> Vec<String> {
        let mut problems = Vec::new();
        self.check_type(path, value, kind, &mut problems);
        problems
    }

    /// Whether the value says of itself that it is of this variant.
    fn calls_itself(&self, value: &Value, kind: &str) -> bool {
        described_fields(&self.types[kind])
            .filter_map(|field| only_value(field).zip(value[name_of(field)].as_str()))
            .any(|(only, value)| only == value)
    }

    /// Every file is meant by something, and everything that means a file has one.
    fn check_uploads(&self, found: &mut Vec<String>) {
        let mut meant = BTreeSet::new();
        for (name, value) in &self.request.fields {
            attachments(value, &mut meant);
            if self.has_part(name) {
                found.push(format!("{name} is both a file and a value"));
            }
        }
        for part in &meant {
            if !self.has_part(part) {
                found.push(format!("attach://{part} has no part in the form"));
            }
        }
        for upload in &self.request.uploads {
            let is_field = ["photo", "document", "certificate"].contains(&upload.part.as_str());
            if !is_field && !meant.contains(upload.part.as_str()) {
                found.push(format!("nothing means the file {}", upload.part));
            }
        }
    }

    fn is_upload(&self, text: &str) -> bool {
        text.strip_prefix("attach://")
            .is_some_and(|part| self.has_part(part))
    }

    fn has_part(&self, name: &str) -> bool {
        self.request
            .uploads
            .iter()
            .any(|upload| upload.part == name)
    }
}

fn attachments<'a>(value: &'a Value, meant: &mut BTreeSet<&'a str>) {
    match value {
        Value::String(text) => meant.extend(text.strip_prefix("attach://")),
        Value::Array(values) => values.iter().for_each(|value| attachments(value, meant)),
        Value::Object(fields) => fields.values().for_each(|value| attachments(value, meant)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

fn described_fields(described: &Value) -> impl Iterator<Item = &Value> {
    described["fields"].as_array().into_iter().flatten()
}

fn name_of(field: &Value) -> &str {
    field["name"].as_str().unwrap_or_default()
}

fn types_of(field: &Value) -> impl Iterator<Item = &str> {
    field["types"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
}

fn takes_file(field: &Value) -> bool {
    types_of(field).any(|kind| kind == "InputFile")
}

/// What tells the variants of a type apart stands in the description, at its end.
fn only_value(field: &Value) -> Option<&str> {
    let (_, value) = field["description"].as_str()?.rsplit_once(", must be ")?;
    let is_word = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    value.bytes().all(is_word).then_some(value)
}
