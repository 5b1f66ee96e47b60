//! A first look at an ONNX file without any runtime: whether it is whole, and what it says of itself.
//!
//! The runtimes differ in what they do with a file that is none or was cut off; one of them never
//! comes back. So nothing is given to them that does not begin and end as an ONNX file must. Whatever
//! the bytes are, reading them here ends, and never with a panic.

use std::collections::{BTreeMap, BTreeSet};

/// Why a file is not taken for an ONNX model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotOnnx {
    #[error("it is empty")]
    Empty,
    #[error("it is no ONNX file, or it was cut off, at byte {0}")]
    Broken(usize),
    #[error("it holds no graph")]
    NoGraph,
}

/// What an ONNX file says of itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OnnxSummary {
    /// Which program wrote it, and that program's version.
    pub producer: String,
    /// The version of ONNX's own operators; 0 where the file does not say.
    pub opset: u64,
    /// Operator sets that are not ONNX's own.
    pub other_opsets: BTreeSet<String>,
    pub inputs: Vec<GraphSlot>,
    pub outputs: Vec<GraphSlot>,
    pub operators: BTreeSet<String>,
    pub metadata: BTreeMap<String, String>,
    /// How many numbers of each type the weights have.
    pub weights: BTreeMap<&'static str, u64>,
    /// Whether weights lie in another file.
    pub has_external_data: bool,
}

/// An input or output of a graph, as its file tells.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct GraphSlot {
    pub name: String,
    pub kind: &'static str,
    /// A number, a name where any size is taken, or `?`.
    pub sizes: Vec<String>,
}

impl std::fmt::Display for GraphSlot {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let sizes = self.sizes.join(", ");
        write!(formatter, "{} {} [{sizes}]", self.name, self.kind)
    }
}

impl OnnxSummary {
    /// Reads a file; a field that cannot be read is left out.
    pub fn read(bytes: &[u8]) -> Result<Self, NotOnnx> {
        check(bytes)?;
        let mut summary = Self::default();
        let (mut producer, mut version) = (String::new(), String::new());
        for (number, content) in Fields(bytes) {
            match (number, content) {
                (2, Content::Bytes(name)) => producer = text(name),
                (3, Content::Bytes(told)) => version = text(told),
                (GRAPH, Content::Bytes(graph)) => summary.read_graph(graph),
                (8, Content::Bytes(opset)) => summary.read_opset(opset),
                (14, Content::Bytes(entry)) => {
                    let mut pair = [String::new(), String::new()];
                    for (number, content) in Fields(entry) {
                        if let (1 | 2, Content::Bytes(part)) = (number, content) {
                            pair[usize::from(number == 2)] = text(part);
                        }
                    }
                    let [key, value] = pair;
                    summary.metadata.insert(key, value);
                }
                _ => {}
            }
        }
        summary.producer = [producer, version].join(" ");
        Ok(summary)
    }

    /// The name and the sizes but the first, as `3x240x320`, of the only input, if all are fixed.
    pub(crate) fn photo_input(&self) -> Option<(&str, String)> {
        let [input] = self.inputs.as_slice() else {
            return None;
        };
        let sides = input.sizes.get(1..)?;
        let is_fixed = sides.iter().all(|side| side.parse::<u64>().is_ok());
        is_fixed.then(|| (input.name.as_str(), sides.join("x")))
    }

    fn read_opset(&mut self, opset: &[u8]) {
        let (mut domain, mut version) = (String::new(), 0);
        for (number, content) in Fields(opset) {
            match (number, content) {
                (1, Content::Bytes(name)) => domain = text(name),
                (2, Content::Number(found)) => version = found,
                _ => {}
            }
        }
        if domain.is_empty() || domain == "ai.onnx" {
            self.opset = version;
        } else {
            self.other_opsets.insert(format!("{domain} {version}"));
        }
    }

    fn read_graph(&mut self, graph: &[u8]) {
        let mut weights = BTreeSet::new();
        for (number, content) in Fields(graph) {
            match (number, content) {
                (1, Content::Bytes(node)) => {
                    let kind = Fields(node).find_map(|field| match field {
                        (4, Content::Bytes(kind)) => Some(text(kind)),
                        _ => None,
                    });
                    self.operators.extend(kind);
                }
                (5, Content::Bytes(tensor)) => {
                    weights.insert(self.read_weights(tensor));
                }
                (11, Content::Bytes(value)) => self.inputs.push(slot(value)),
                (12, Content::Bytes(value)) => self.outputs.push(slot(value)),
                _ => {}
            }
        }
        // Old files name their weights among the inputs.
        self.inputs.retain(|input| !weights.contains(&input.name));
    }

    /// Counts the numbers of one tensor and gives its name.
    fn read_weights(&mut self, tensor: &[u8]) -> String {
        let (mut name, mut kind, mut count) = (String::new(), "unknown", 1_u64);
        for (number, content) in Fields(tensor) {
            match (number, content) {
                (1, Content::Number(size)) => count = count.saturating_mul(size),
                (1, Content::Bytes(packed)) => {
                    let mut at = 0;
                    while let Some(size) = varint(packed, &mut at) {
                        count = count.saturating_mul(size);
                    }
                }
                (2, Content::Number(number)) => kind = type_name(number),
                (8, Content::Bytes(found)) => name = text(found),
                (14, Content::Number(place)) => self.has_external_data |= place == 1,
                _ => {}
            }
        }
        let total = self.weights.entry(kind).or_default();
        *total = total.saturating_add(count);
        name
    }
}

fn slot(value: &[u8]) -> GraphSlot {
    let mut slot = GraphSlot {
        kind: "unknown",
        ..GraphSlot::default()
    };
    let inner = |bytes, wanted| {
        Fields(bytes).find_map(move |field| match field {
            (number, Content::Bytes(content)) if number == wanted => Some(content),
            _ => None,
        })
    };
    slot.name = inner(value, 1).map(text).unwrap_or_default();
    let Some(tensor) = inner(value, 2).and_then(|kind| inner(kind, 1)) else {
        return slot;
    };
    for (number, content) in Fields(tensor) {
        match (number, content) {
            (1, Content::Number(number)) => slot.kind = type_name(number),
            (2, Content::Bytes(shape)) => {
                slot.sizes = Fields(shape)
                    .filter_map(|(_, content)| match content {
                        Content::Bytes(size) => Some(size),
                        _ => None,
                    })
                    .map(|size| {
                        let told = Fields(size).find_map(|field| match field {
                            (1, Content::Number(size)) => Some(size.to_string()),
                            (2, Content::Bytes(name)) => Some(text(name)),
                            _ => None,
                        });
                        told.unwrap_or_else(|| "?".to_owned())
                    })
                    .collect();
            }
            _ => {}
        }
    }
    slot
}

/// The type of a tensor's numbers.
const fn type_name(number: u64) -> &'static str {
    match number {
        1 => "float32",
        2 => "uint8",
        3 => "int8",
        6 => "int32",
        7 => "int64",
        9 => "bool",
        10 => "float16",
        11 => "float64",
        16 => "bfloat16",
        _ => "another type",
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Field numbers of the outermost message, up to which ONNX uses them.
const LAST_FIELD: u64 = 31;
const GRAPH: u64 = 7;

/// Walks over the outermost fields without looking into them.
pub(crate) fn check(bytes: &[u8]) -> Result<(), NotOnnx> {
    if bytes.is_empty() {
        return Err(NotOnnx::Empty);
    }
    let mut at = 0;
    let mut has_graph = false;
    while at < bytes.len() {
        let start = at;
        let (number, _) = field(bytes, &mut at)
            .filter(|(number, _)| (1..=LAST_FIELD).contains(number))
            .ok_or(NotOnnx::Broken(start))?;
        has_graph |= number == GRAPH;
    }
    if has_graph {
        Ok(())
    } else {
        Err(NotOnnx::NoGraph)
    }
}

/// What a field holds.
#[derive(Clone, Copy)]
enum Content<'a> {
    Number(u64),
    Bytes(&'a [u8]),
    /// A number of fixed width, which is never needed here.
    Fixed,
}

/// The fields of a message, up to the first that cannot be read.
struct Fields<'a>(&'a [u8]);

impl<'a> Iterator for Fields<'a> {
    type Item = (u64, Content<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        let mut at = 0;
        let next = field(self.0, &mut at);
        self.0 = if next.is_some() { &self.0[at..] } else { &[] };
        next
    }
}

/// Reads one field and steps over it; nothing if it does not end within the bytes.
fn field<'a>(bytes: &'a [u8], at: &mut usize) -> Option<(u64, Content<'a>)> {
    let tag = varint(bytes, at)?;
    let content = match tag & 7 {
        0 => Content::Number(varint(bytes, at)?),
        1 => taken(bytes, at, 8).map(|_| Content::Fixed)?,
        2 => {
            let length = usize::try_from(varint(bytes, at)?).ok()?;
            Content::Bytes(taken(bytes, at, length)?)
        }
        5 => taken(bytes, at, 4).map(|_| Content::Fixed)?,
        _ => return None,
    };
    Some((tag >> 3, content))
}

fn taken<'a>(bytes: &'a [u8], at: &mut usize, length: usize) -> Option<&'a [u8]> {
    let content = bytes.get(*at..at.checked_add(length)?)?;
    *at += length;
    Some(content)
}

fn varint(bytes: &[u8], at: &mut usize) -> Option<u64> {
    let mut value = 0;
    for shift in (0..64).step_by(7) {
        let byte = *bytes.get(*at)?;
        *at += 1;
        value |= u64::from(byte & 0x7F) << shift;
        if byte & 0x80 == 0 {
            return Some(value);
        }
    }
    None
}
