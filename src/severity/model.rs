//! A model file, opened: contract checked, self-test run, ready to be asked.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use super::contract::{Contract, ContractError};
use super::decode::DecodeError;
use super::grade::{Prepared, RawOutput, Timing, judge, prepare};
use super::onnx_file::{self, NotOnnx};
use super::preprocess::Tensor;
use super::runtime::{self, BackendDescription, BackendOptions, Runtime, RuntimeError};
use crate::domain::scalp::{Heatmaps, Judgement, ModelIdentity};

/// The model that ships with the program.
const BUNDLED: &[u8] = include_bytes!("../../models/dupi-demo.onnx");

/// Where a model comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ModelSource {
    /// The one within the program.
    Bundled,
    File(PathBuf),
    /// A file's content, with a name for errors.
    Bytes {
        name: String,
        bytes: Vec<u8>,
    },
}

/// Why a model file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ModelError {
    #[error("cannot read model {file}")]
    Read {
        file: String,
        #[source]
        source: std::io::Error,
    },
    #[error("model {file} is not what it should be")]
    NotOnnx {
        file: String,
        #[source]
        source: NotOnnx,
    },
    #[error("model {file} cannot be used")]
    Runtime {
        file: String,
        #[source]
        source: RuntimeError,
    },
    #[error(transparent)]
    Contract(#[from] ContractError),
    /// Another provider, another channel order or a corrupt file: its grades would be wrong.
    #[error(
        "model {file} fails its self-test: output `{output}` gives {found}, expected {expected} within {tolerance}"
    )]
    SelfTest {
        file: String,
        output: String,
        found: f32,
        expected: f32,
        tolerance: f32,
    },
}

/// What became of one photo, and how long it took.
#[derive(Debug)]
pub struct Analysis {
    pub judgement: Judgement,
    /// `Some` exactly for graded photos.
    pub heatmaps: Option<Heatmaps>,
    pub timing: Timing,
    /// `Some` exactly for unreadable photos.
    pub unreadable: Option<DecodeError>,
}

/// An open model. It is asked by one thread at a time.
pub struct Model {
    contract: Arc<Contract>,
    runtime: Box<dyn Runtime>,
    backend: BackendDescription,
}

impl std::fmt::Debug for Model {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            formatter,
            "Model({}, {})",
            self.contract.identity.id, self.backend
        )
    }
}

impl Model {
    /// Loads a model, checks its contract and runs its self-test, which also warms it up.
    pub fn open(source: &ModelSource, options: &BackendOptions) -> Result<Self, ModelError> {
        let read;
        let (file, bytes) = match source {
            ModelSource::Bundled => ("dupi-demo.onnx (bundled)".to_owned(), BUNDLED),
            ModelSource::Bytes { name, bytes } => (name.clone(), bytes.as_slice()),
            ModelSource::File(path) => {
                let file = path.display().to_string();
                read = match std::fs::read(path) {
                    Ok(bytes) => bytes,
                    Err(source) => return Err(ModelError::Read { file, source }),
                };
                (file, read.as_slice())
            }
        };
        if let Err(source) = onnx_file::check(bytes) {
            return Err(ModelError::NotOnnx { file, source });
        }
        let unusable = |source| ModelError::Runtime {
            file: file.clone(),
            source,
        };
        let (runtime, backend) = runtime::load(bytes, options).map_err(unusable)?;
        let contract = Contract::read(runtime.facts(), &file)?;
        let mut model = Self {
            contract: Arc::new(contract),
            runtime,
            backend,
        };
        model.test_itself(&file)?;
        Ok(model)
    }

    pub fn identity(&self) -> &ModelIdentity {
        &self.contract.identity
    }

    /// One sentence of the model's maker on what it is for.
    pub fn intended_use(&self) -> &str {
        &self.contract.intended_use
    }

    /// Which runtime is active.
    pub fn backend_description(&self) -> &BackendDescription {
        &self.backend
    }

    /// Every `scalp.` entry of the file, by key.
    pub fn metadata(&self) -> impl Iterator<Item = (&str, &str)> {
        self.runtime
            .facts()
            .metadata
            .iter()
            .map(|(key, value)| (key.as_str(), value.as_str()))
            .filter(|(key, _)| key.starts_with("scalp."))
    }

    /// Judges one photo, as it was sent or as it was stored. A bad photo is a verdict, not an error.
    pub fn analyze(&mut self, photo: &[u8]) -> Result<Analysis, RuntimeError> {
        let started = Instant::now();
        let mut timing = Timing::default();
        let (judgement, heatmaps, unreadable) = match prepare(photo, &self.contract, &mut timing) {
            Prepared::Refused {
                judgement,
                unreadable,
            } => (judgement, None, unreadable),
            Prepared::Ready(ready) => {
                let asked = Instant::now();
                let answers = self.run(&[ready.input])?;
                timing.inference = asked.elapsed();
                let graded = judge(&answers[0], &ready.seen, &self.contract);
                (graded.judgement, graded.heatmaps, None)
            }
        };
        timing.total = started.elapsed();
        Ok(Analysis {
            judgement,
            heatmaps,
            timing,
            unreadable,
        })
    }

    /// Does all that comes before the model is asked, and tells how long that took.
    pub fn prepare_only(&self, photo: &[u8]) -> Timing {
        let mut timing = Timing::default();
        prepare(photo, &self.contract, &mut timing);
        timing
    }

    pub(crate) fn contract(&self) -> Arc<Contract> {
        Arc::clone(&self.contract)
    }

    /// One answer for each photo, in order.
    pub(crate) fn run(&mut self, batch: &[Tensor]) -> Result<Vec<RawOutput>, RuntimeError> {
        let (input, outputs) = (&self.contract.input, &self.contract.outputs);
        let shape = [batch.len(), 3, input.height as usize, input.width as usize];
        let values = match batch {
            [only] => only.0.clone(),
            several => several
                .iter()
                .flat_map(|tensor| &tensor.0)
                .copied()
                .collect(),
        };
        let numbers = self
            .runtime
            .run(&self.contract.input_name, shape, values, &outputs.names)?;
        let map_len = 6 * outputs.map_width * outputs.map_height;
        let lengths = [24, 6, map_len, 3];
        for ((name, numbers), length) in outputs.names.iter().zip(&numbers).zip(lengths) {
            let expected = length * batch.len();
            if numbers.len() != expected {
                return Err(RuntimeError::Length {
                    output: name.clone(),
                    found: numbers.len(),
                    expected,
                });
            }
            if !numbers.iter().all(|number| number.is_finite()) {
                return Err(RuntimeError::NotFinite {
                    output: name.clone(),
                });
            }
        }
        let [probabilities, severities, maps, view] = numbers.as_slice() else {
            unreachable!("a runtime gives the numbers of each output that it was asked for");
        };
        Ok((0..batch.len())
            .map(|photo| RawOutput {
                probabilities: std::array::from_fn(|condition| {
                    std::array::from_fn(|grade| probabilities[photo * 24 + condition * 4 + grade])
                }),
                severities: std::array::from_fn(|condition| severities[photo * 6 + condition]),
                maps: maps[photo * map_len..][..map_len].to_vec(),
                view: std::array::from_fn(|kind| view[photo * 3 + kind]),
            })
            .collect())
    }

    /// Asks about two made-up inputs at once, which also shows that a batch works.
    fn test_itself(&mut self, file: &str) -> Result<(), ModelError> {
        let contract = Arc::clone(&self.contract);
        let seed = contract.self_test.as_ref().map_or(1, |test| test.seed);
        let count = contract.input.len();
        let batch = [made_up(seed, count), made_up(seed.wrapping_add(1), count)];
        let answers = self.run(&batch).map_err(|source| ModelError::Runtime {
            file: file.to_owned(),
            source,
        })?;
        let [probs, _, _, view] = &contract.outputs.names;
        let near = |output: &str, found: f32, expected: f32, tolerance: f32| {
            if (found - expected).abs() <= tolerance {
                return Ok(());
            }
            Err(ModelError::SelfTest {
                file: file.to_owned(),
                output: output.to_owned(),
                found,
                expected,
                tolerance,
            })
        };
        for answer in &answers {
            for row in &answer.probabilities {
                near(probs, row.iter().sum(), 1.0, SUM_TOLERANCE)?;
            }
            near(view, answer.view.iter().sum(), 1.0, SUM_TOLERANCE)?;
        }
        if let Some(test) = &contract.self_test {
            let answer = &answers[0];
            for (found, expected) in answer.probabilities.iter().zip(&test.probs) {
                for (found, expected) in found.iter().zip(expected) {
                    near(probs, *found, *expected, test.tolerance)?;
                }
            }
            for (found, expected) in answer.view.iter().zip(&test.view) {
                near(view, *found, *expected, test.tolerance)?;
            }
        }
        Ok(())
    }
}

/// How far probabilities may be from 1 in sum.
const SUM_TOLERANCE: f32 = 1e-3;

/// The input `lcg-v1`: numbers from -1 to 1 of a linear congruential generator, already in the model's
/// own range and order.
fn made_up(seed: u32, count: usize) -> Tensor {
    let mut state = seed;
    let values = (0..count)
        .map(|_| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            // The upper 24 bits: exact in the 24 bits of an f32's mantissa.
            #[expect(clippy::cast_precision_loss, reason = "24 bits are exact in an f32")]
            let fraction = (state >> 8) as f32 / 16_777_216.0;
            fraction * 2.0 - 1.0
        })
        .collect();
    Tensor(values)
}
