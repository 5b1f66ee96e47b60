//! What a model file promises about itself, read from its metadata and compared with its graph.
//!
//! The whole contract `scalp-grader/1` is in the file; there is no side file. A file that breaks it is
//! refused with the key, what was found and what was expected.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::preprocess::InputSpec;
use super::quality::QualityLimits;
use super::runtime::{GraphFacts, Slot};
use crate::domain::scalp::{Condition, ModelIdentity};

/// The contract that is understood.
const CONTRACT: &str = "scalp-grader/1";

/// The entries that every file must have.
pub const MANDATORY_KEYS: [&str; 12] = [
    "scalp.contract",
    "scalp.model_id",
    "scalp.model_version",
    "scalp.conditions",
    "scalp.grades",
    "scalp.head",
    "scalp.outputs",
    "scalp.input",
    "scalp.decision",
    "scalp.training_data",
    "scalp.synthetic_only",
    "scalp.intended_use",
];

/// Where a file breaks the contract.
#[derive(Debug, thiserror::Error)]
#[error("model {file}: metadata `{key}` is {found}; expected {expected}")]
pub struct ContractError {
    pub file: String,
    pub key: String,
    pub found: String,
    pub expected: String,
}

/// How a grade follows from what the model gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Rule {
    /// The expected grade, rounded half up.
    ExpectedRound,
    /// The likeliest grade.
    Argmax,
}

/// What counts as a close-up, and as no scalp at all.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
pub(crate) struct ViewThresholds {
    pub(crate) close_up_min: f32,
    pub(crate) other_min: f32,
}

#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
pub(crate) struct Decision {
    pub(crate) rule: Rule,
    /// A grade less sure than this is called uncertain.
    pub(crate) abstain_below: f32,
    pub(crate) view: ViewThresholds,
}

/// Whether photos that are no close-up are refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Gate {
    Enforce,
    Advisory,
}

/// Names of the graph's outputs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct OutputNames {
    /// Probabilities [N, 6, 4], expected grades [N, 6], maps [N, 6, h, w], view [N, 3], in that order.
    pub(crate) names: [String; 4],
    pub(crate) map_width: usize,
    pub(crate) map_height: usize,
}

/// An input made by rule, and what the model must say of it.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub(crate) struct SelfTest {
    /// The rule: `lcg-v1` alone is known.
    input: String,
    pub(crate) seed: u32,
    pub(crate) probs: [[f32; 4]; 6],
    pub(crate) view: [f32; 3],
    pub(crate) tolerance: f32,
}

/// All that a model file says that matters to its use.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Contract {
    pub(crate) identity: ModelIdentity,
    pub(crate) intended_use: String,
    pub(crate) input_name: String,
    pub(crate) input: InputSpec,
    pub(crate) outputs: OutputNames,
    /// Where each condition of [`Condition::ALL`] stands in the outputs.
    pub(crate) order: [usize; 6],
    pub(crate) decision: Decision,
    pub(crate) gate: Gate,
    pub(crate) quality: QualityLimits,
    /// The value of a map that means severity 3.
    pub(crate) map_full: f32,
    pub(crate) self_test: Option<SelfTest>,
}

impl Contract {
    /// Reads and checks everything; `file` is named in errors.
    pub(crate) fn read(facts: &GraphFacts, file: &str) -> Result<Self, ContractError> {
        let metadata = Metadata {
            entries: &facts.metadata,
            file,
        };
        metadata.one_of("scalp.contract", &[CONTRACT])?;
        metadata.one_of("scalp.grades", &["4"])?;
        metadata.one_of("scalp.head", &["coral", "softmax"])?;
        let is_demonstration =
            metadata.one_of("scalp.synthetic_only", &["true", "false"])? == "true";
        let id = metadata.text("scalp.model_id")?;
        let version = metadata.text("scalp.model_version")?;
        let input: InputText = metadata.json("scalp.input", "the input as a JSON object")?;
        // First: where its batch is fixed, a runtime may infer the same of the outputs.
        let input_spec = read_input(&metadata, &input, &facts.inputs)?;
        let outputs = read_outputs(&metadata, &facts.outputs)?;
        let contract = Self {
            identity: ModelIdentity {
                id: format!("{id}/{version}"),
                is_demonstration,
                trained_on: metadata.text("scalp.training_data")?.to_owned(),
            },
            intended_use: metadata.text("scalp.intended_use")?.to_owned(),
            input: input_spec,
            input_name: input.name,
            outputs,
            order: read_order(&metadata)?,
            decision: read_decision(&metadata)?,
            gate: read_gate(&metadata)?,
            quality: metadata
                .optional_json("scalp.quality", "quality thresholds as a JSON object")?
                .unwrap_or_default(),
            map_full: metadata
                .optional_json::<MapText>("scalp.cam", "{\"range\": [0, number above 0]}")?
                .map_or(3.0, |maps| maps.range[1]),
            self_test: metadata
                .optional_json("scalp.selftest", "the self-test as a JSON object")?,
        };
        metadata.require(
            contract.map_full > 0.0,
            "scalp.cam",
            "a range that ends above 0",
        )?;
        metadata.require(
            contract
                .self_test
                .as_ref()
                .is_none_or(|test| test.input == "lcg-v1"),
            "scalp.selftest",
            "an input by the rule `lcg-v1`",
        )?;
        Ok(contract)
    }
}

/// The metadata with the file's name for errors.
struct Metadata<'a> {
    entries: &'a BTreeMap<String, String>,
    file: &'a str,
}

impl<'a> Metadata<'a> {
    fn error(&self, key: &str, found: String, expected: &str) -> ContractError {
        ContractError {
            file: self.file.to_owned(),
            key: key.to_owned(),
            found,
            expected: expected.to_owned(),
        }
    }

    fn optional(&self, key: &str) -> Option<&'a str> {
        self.entries.get(key).map(String::as_str)
    }

    fn text_as(&self, key: &str, expected: &str) -> Result<&'a str, ContractError> {
        match self.optional(key) {
            Some(text) if !text.trim().is_empty() => Ok(text),
            Some(_) => Err(self.error(key, "empty".to_owned(), expected)),
            None => Err(self.error(key, "missing".to_owned(), expected)),
        }
    }

    fn text(&self, key: &str) -> Result<&'a str, ContractError> {
        self.text_as(key, "a text")
    }

    fn one_of(&self, key: &str, allowed: &[&str]) -> Result<&'a str, ContractError> {
        let expected = format!("`{}`", allowed.join("` or `"));
        let text = self.text_as(key, &expected)?;
        self.require(allowed.contains(&text), key, &expected)?;
        Ok(text)
    }

    fn json<T: DeserializeOwned>(&self, key: &str, expected: &str) -> Result<T, ContractError> {
        let text = self.text_as(key, expected)?;
        serde_json::from_str(text)
            .map_err(|error| self.error(key, quoted(text), &format!("{expected} ({error})")))
    }

    fn optional_json<T: DeserializeOwned>(
        &self,
        key: &str,
        expected: &str,
    ) -> Result<Option<T>, ContractError> {
        self.optional(key)
            .map(|_| self.json(key, expected))
            .transpose()
    }

    fn require(&self, holds: bool, key: &str, expected: &str) -> Result<(), ContractError> {
        if holds {
            return Ok(());
        }
        let found = self
            .optional(key)
            .map_or_else(|| "missing".to_owned(), quoted);
        Err(self.error(key, found, expected))
    }
}

/// The beginning of a text in backticks.
fn quoted(text: &str) -> String {
    const SHOWN: usize = 200;
    let shown: String = text.chars().take(SHOWN).collect();
    let rest = if shown.len() < text.len() { "…" } else { "" };
    format!("`{shown}{rest}`")
}

#[derive(Deserialize)]
struct InputText {
    name: String,
    layout: String,
    dtype: String,
    height: u32,
    width: u32,
    color: String,
    range: [f32; 2],
    mean: [f32; 3],
    std: [f32; 3],
    resize: String,
    crop: String,
    interpolation: String,
    exif: String,
}

#[derive(Deserialize)]
struct OutputText {
    name: String,
    classes: Option<[String; 3]>,
}

#[derive(Deserialize)]
struct OutputsText {
    probs: OutputText,
    severity: OutputText,
    cam: OutputText,
    view: OutputText,
}

#[derive(Deserialize)]
struct MapText {
    range: [f32; 2],
}

fn read_order(metadata: &Metadata<'_>) -> Result<[usize; 6], ContractError> {
    const KEY: &str = "scalp.conditions";
    let expected = format!("a list of {}", Condition::ALL.map(Condition::id).join(", "));
    let names: Vec<String> = metadata.json(KEY, &expected)?;
    let mut order = [0; 6];
    for (place, condition) in order.iter_mut().zip(Condition::ALL) {
        let found = names.iter().position(|name| name == condition.id());
        metadata.require(found.is_some() && names.len() == 6, KEY, &expected)?;
        *place = found.unwrap_or_default();
    }
    Ok(order)
}

fn read_gate(metadata: &Metadata<'_>) -> Result<Gate, ContractError> {
    const KEY: &str = "scalp.gate";
    if metadata.optional(KEY).is_none() {
        return Ok(Gate::Enforce);
    }
    Ok(match metadata.one_of(KEY, &["enforce", "advisory"])? {
        "advisory" => Gate::Advisory,
        _ => Gate::Enforce,
    })
}

fn read_decision(metadata: &Metadata<'_>) -> Result<Decision, ContractError> {
    const KEY: &str = "scalp.decision";
    const EXPECTED: &str = "rule `expected-round` or `argmax`, and abstain_below, view.close_up_min \
                            and view.other_min from 0 to 1";
    let decision: Decision = metadata.json(KEY, EXPECTED)?;
    let thresholds = [
        decision.abstain_below,
        decision.view.close_up_min,
        decision.view.other_min,
    ];
    metadata.require(
        thresholds.iter().all(|value| (0.0..=1.0).contains(value)),
        KEY,
        EXPECTED,
    )?;
    Ok(decision)
}

fn read_input(
    metadata: &Metadata<'_>,
    text: &InputText,
    graph: &[Slot],
) -> Result<InputSpec, ContractError> {
    const KEY: &str = "scalp.input";
    for (field, found, known) in [
        ("layout", &text.layout, "NCHW"),
        ("dtype", &text.dtype, "float32"),
        ("color", &text.color, "RGB"),
        ("resize", &text.resize, "cover"),
        ("crop", &text.crop, "center"),
        ("interpolation", &text.interpolation, "triangle"),
        ("exif", &text.exif, "apply"),
    ] {
        metadata.require(found == known, KEY, &format!("{field} `{known}`"))?;
    }
    let is_unit = text.range[0].abs() < f32::EPSILON && (text.range[1] - 1.0).abs() < f32::EPSILON;
    metadata.require(is_unit, KEY, "range [0, 1]")?;
    metadata.require(
        text.std.iter().all(|value| *value > 0.0) && text.mean.iter().all(|mean| mean.is_finite()),
        KEY,
        "a mean and a std above 0 for each channel",
    )?;
    let sides = 16..=2048;
    metadata.require(
        sides.contains(&text.width) && sides.contains(&text.height),
        KEY,
        "a height and a width from 16 to 2048",
    )?;
    let (height, width) = (text.height as usize, text.width as usize);
    let wanted = [None, Some(3), Some(height), Some(width)];
    check_slot(metadata, KEY, &text.name, &wanted, graph)?;
    metadata.require(graph.len() == 1, KEY, "the graph's only input")?;
    Ok(InputSpec {
        width: text.width,
        height: text.height,
        mean: text.mean,
        deviation: text.std,
    })
}

fn read_outputs(metadata: &Metadata<'_>, graph: &[Slot]) -> Result<OutputNames, ContractError> {
    const KEY: &str = "scalp.outputs";
    let text: OutputsText =
        metadata.json(KEY, "probs, severity, cam and view, each with its name")?;
    check_slot(
        metadata,
        KEY,
        &text.probs.name,
        &[None, Some(6), Some(4)],
        graph,
    )?;
    check_slot(metadata, KEY, &text.severity.name, &[None, Some(6)], graph)?;
    check_slot(metadata, KEY, &text.view.name, &[None, Some(3)], graph)?;
    let map = graph.iter().find(|slot| slot.name == text.cam.name);
    let sizes = match map.and_then(|slot| slot.shape.as_deref()) {
        Some(&[_, _, Some(height), Some(width)]) if height.max(width) <= 1024 => {
            Some((height, width))
        }
        _ => None,
    };
    let expected = format!(
        "a graph output `{}` [N, 6, h, w] with h and w up to 1024",
        text.cam.name
    );
    metadata.require(sizes.is_some_and(|(h, w)| h * w > 0), KEY, &expected)?;
    let (map_height, map_width) = sizes.unwrap_or_default();
    let wanted = [None, Some(6), Some(map_height), Some(map_width)];
    check_slot(metadata, KEY, &text.cam.name, &wanted, graph)?;
    if let Some(classes) = &text.view.classes {
        metadata.require(
            *classes == ["close_up", "from_afar", "other"],
            KEY,
            "view classes close_up, from_afar, other in this order",
        )?;
    }
    Ok(OutputNames {
        names: [
            text.probs.name,
            text.severity.name,
            text.cam.name,
            text.view.name,
        ],
        map_width,
        map_height,
    })
}

/// Compares what the metadata names with what the graph has. The batch axis, the first, must be open.
fn check_slot(
    metadata: &Metadata<'_>,
    key: &str,
    name: &str,
    wanted: &[Option<usize>],
    graph: &[Slot],
) -> Result<(), ContractError> {
    let told = |shape: &[Option<usize>]| {
        let sizes: Vec<String> = shape
            .iter()
            .map(|size| size.map_or_else(|| "N".to_owned(), |size| size.to_string()))
            .collect();
        format!("`{name}` of float32 [{}]", sizes.join(", "))
    };
    let expected = format!("the graph's {}", told(wanted));
    let Some(slot) = graph.iter().find(|slot| slot.name == name) else {
        let names: Vec<&str> = graph.iter().map(|slot| slot.name.as_str()).collect();
        let found = format!(
            "naming `{name}`, where the graph has `{}`",
            names.join("`, `")
        );
        return Err(metadata.error(key, found, &expected));
    };
    let shape = slot.shape.as_deref().unwrap_or_default();
    if slot.is_float && shape == wanted {
        return Ok(());
    }
    let found = if slot.is_float {
        format!("naming {}", told(shape))
    } else {
        format!("naming `{name}`, which is not of float32")
    };
    Err(metadata.error(key, found, &expected))
}

#[cfg(test)]
mod tests {
    use super::{Contract, GraphFacts, Slot};
    use crate::severity::OnnxSummary;

    /// The bundled model's metadata with a graph that gives so many conditions.
    fn facts(conditions: usize) -> GraphFacts {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/models/dupi-demo.onnx");
        let summary = OnnxSummary::read(&std::fs::read(path).unwrap()).unwrap();
        let slot = |name: &str, sizes: &[usize]| Slot {
            name: name.to_owned(),
            is_float: true,
            shape: Some(
                [None]
                    .into_iter()
                    .chain(sizes.iter().copied().map(Some))
                    .collect(),
            ),
        };
        GraphFacts {
            metadata: summary.metadata,
            inputs: vec![slot("image", &[3, 240, 320])],
            outputs: vec![
                slot("probs", &[conditions, 4]),
                slot("severity", &[conditions]),
                slot("cam", &[conditions, 15, 20]),
                slot("view", &[3]),
            ],
        }
    }

    #[test]
    fn a_graph_of_seven_conditions_is_refused_with_its_shape() {
        Contract::read(&facts(6), "six.onnx").unwrap();
        let error = Contract::read(&facts(7), "seven.onnx").unwrap_err();
        assert_eq!(
            (error.key.as_str(), error.file.as_str()),
            ("scalp.outputs", "seven.onnx")
        );
        assert!(error.found.contains("[N, 7, 4]"), "{error}");
        assert!(error.expected.contains("[N, 6, 4]"), "{error}");
    }
}
