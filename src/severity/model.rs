//! A model file, opened: contract checked, self-test run, ready to be asked.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::attempts::{BatchRunner, PhotoOutcome, run_all};
use super::contract::{Contract, ContractError};
use super::decode::DecodeError;
use super::grade::{Prepared, RawOutput, Timing, judge, prepare};
use super::onnx_file::{NotOnnx, OnnxSummary};
use super::opening::{first_that_works, told};
use super::preprocess::Tensor;
use super::runtime::{
    self, BackendDescription, BackendOptions, Candidate, DeviceChoice, Fallback, Runtime,
    RuntimeChoice, RuntimeError, Share, find_library, told_with_causes,
};
use super::source::{ModelSource, Opening};
use crate::domain::scalp::{Heatmaps, Judgement, ModelIdentity};

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

/// What a model gives for its own self-test's input, and how fast.
#[derive(Debug, Clone, PartialEq)]
pub struct Trial {
    /// All probabilities: 24 of the conditions, three of the view.
    pub probabilities: Vec<f32>,
    /// The median of a few runs on one photo, ready as the model wants it.
    pub run: Duration,
}

/// An open model. It is asked by one thread at a time.
pub struct Model {
    contract: Arc<Contract>,
    runtime: Box<dyn Runtime>,
    backend: BackendDescription,
    /// What it takes to open it anew on the CPU; kept while it runs elsewhere.
    anew: Option<Arc<Opening>>,
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
    /// Loads a model on the best device that works, checks its contract and runs its self-test, which
    /// also warms it up. What was passed over on the way is in the description, and in the log. This is
    /// one session, with its share of the cores.
    pub fn open(source: &ModelSource, options: &BackendOptions) -> Result<Self, ModelError> {
        let (model, _) = Self::open_read(&Opening::read(source, options)?)?;
        Ok(model)
    }

    /// As [`Self::open`], and the further sessions that belong on the device: the file is read and tested
    /// once. A further one that cannot be had is missed aloud, as where a GPU's memory is full.
    pub fn open_sessions(
        source: &ModelSource,
        options: &BackendOptions,
    ) -> Result<Vec<Self>, ModelError> {
        let opening = Opening::read(source, options)?;
        let (first, way) = Self::open_read(&opening)?;
        let wanted = first.backend.sessions.count.get();
        let mut sessions = vec![first];
        while sessions.len() < wanted {
            match sessions[0].another(&way, &opening) {
                Ok(session) => sessions.push(session),
                Err(error) => {
                    let (opened, why) = (sessions.len(), told_with_causes(&error));
                    tracing::warn!("Only {opened} of {wanted} sessions could be opened: {why}");
                    break;
                }
            }
        }
        Ok(sessions)
    }

    /// One more session of this model, opened in the same way.
    fn another(&self, way: &Candidate, opening: &Opening) -> Result<Self, ModelError> {
        let runtime = match self.runtime.sharing(self.backend.sessions.threads) {
            Some(runtime) => runtime,
            None => opening.load(way, &opening.summary()?)?.0,
        };
        Ok(Self {
            contract: Arc::clone(&self.contract),
            runtime,
            backend: self.backend.clone(),
            anew: self.anew.clone(),
        })
    }

    fn open_read(opening: &Arc<Opening>) -> Result<(Self, Candidate), ModelError> {
        let Opening { file, options, .. } = &**opening;
        let summary = opening.summary()?;
        let is_sought = options.library.is_none() && options.choice != RuntimeChoice::Rten;
        let found = is_sought
            .then(|| find_library(&options.python_environments))
            .flatten();
        let (ways, mut fallbacks) =
            runtime::candidates(options, found).map_err(|source| ModelError::Runtime {
                file: file.clone(),
                source,
            })?;
        let ((mut model, way), passed_over) = first_that_works(ways, |way| {
            Ok((Self::open_on(way, opening, &summary)?, way.clone()))
        })?;
        fallbacks.extend(passed_over);
        told(&fallbacks, &model.backend);
        model.backend.fallbacks = fallbacks;
        if !model.backend.device.is_cpu() {
            model.anew = Some(Arc::clone(opening));
        }
        Ok((model, way))
    }

    fn open_on(
        way: &Candidate,
        opening: &Opening,
        summary: &OnnxSummary,
    ) -> Result<Self, ModelError> {
        let Opening { file, options, .. } = opening;
        let (runtime, backend) = opening.load(way, summary)?;
        let contract = Contract::read(runtime.facts(), file)?;
        let mut model = Self {
            contract: Arc::new(contract),
            runtime,
            backend,
            anew: None,
        };
        let loosest = if options.fp16 && !way.device.is_cpu() {
            HALF_PRECISION_TOLERANCE
        } else {
            0.0
        };
        model.test_itself(file, loosest)?;
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
                let input = ready.input;
                let answer = run_all(self, std::slice::from_ref(&input))
                    .outcomes
                    .remove(0)?;
                timing.inference = asked.elapsed();
                let graded = judge(&answer, &ready.seen, &self.contract);
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

    /// Runs the model on made-up photos, so that the first real one need not wait for what a device
    /// prepares once. Gives the largest batch that should be asked for, and the time of the run.
    pub(crate) fn warm_up(&mut self, batch: usize) -> (usize, Duration) {
        let started = Instant::now();
        let photos: Vec<Tensor> = (1..)
            .take(batch)
            .map(|seed| made_up(seed, self.contract.input.len()))
            .collect();
        let fits = run_all(self, &photos).fits.unwrap_or(batch);
        (fits, started.elapsed())
    }

    /// What the model says of its self-test's input, and how long it takes for that.
    pub fn try_out(&mut self) -> Result<Trial, RuntimeError> {
        const RUNS: usize = 9;
        let seed = self.contract.self_test.as_ref().map_or(1, |test| test.seed);
        let input = [made_up(seed, self.contract.input.len())];
        let mut times = [Duration::ZERO; RUNS];
        let mut last = None;
        for time in &mut times {
            let started = Instant::now();
            last = Some(self.run(&input)?.remove(0)?);
            *time = started.elapsed();
        }
        times.sort();
        let answer = last.expect("it ran at least once");
        let probabilities = answer.probabilities.iter().flatten().chain(&answer.view);
        Ok(Trial {
            probabilities: probabilities.copied().collect(),
            run: times[RUNS / 2],
        })
    }

    /// One outcome for each photo, in order. A number that is not finite fails only its photo.
    fn run(&mut self, batch: &[Tensor]) -> Result<Vec<PhotoOutcome>, RuntimeError> {
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
        }
        let [probabilities, severities, maps, view] = numbers.as_slice() else {
            unreachable!("a runtime gives the numbers of each output that it was asked for");
        };
        let of_photo = |photo: usize| {
            for ((name, numbers), length) in outputs.names.iter().zip(&numbers).zip(lengths) {
                let of_photo = &numbers[photo * length..][..length];
                if !of_photo.iter().all(|number| number.is_finite()) {
                    let output = name.clone();
                    return Err(RuntimeError::NotFinite { output });
                }
            }
            Ok(RawOutput {
                probabilities: std::array::from_fn(|condition| {
                    std::array::from_fn(|grade| probabilities[photo * 24 + condition * 4 + grade])
                }),
                severities: std::array::from_fn(|condition| severities[photo * 6 + condition]),
                maps: maps[photo * map_len..][..map_len].to_vec(),
                view: std::array::from_fn(|kind| view[photo * 3 + kind]),
            })
        };
        Ok((0..batch.len()).map(of_photo).collect())
    }

    /// Asks about two made-up inputs at once, which also shows that a batch works.
    fn test_itself(&mut self, file: &str, loosest: f32) -> Result<(), ModelError> {
        let contract = Arc::clone(&self.contract);
        let seed = contract.self_test.as_ref().map_or(1, |test| test.seed);
        let count = contract.input.len();
        let batch = [made_up(seed, count), made_up(seed.wrapping_add(1), count)];
        let failed = |source| ModelError::Runtime {
            file: file.to_owned(),
            source,
        };
        let answers: Vec<RawOutput> = self
            .run(&batch)
            .and_then(|outcomes| outcomes.into_iter().collect())
            .map_err(failed)?;
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
            let tolerance = test.tolerance.max(loosest);
            for (found, expected) in answer.probabilities.iter().zip(&test.probs) {
                for (found, expected) in found.iter().zip(expected) {
                    near(probs, *found, *expected, tolerance)?;
                }
            }
            for (found, expected) in answer.view.iter().zip(&test.view) {
                near(view, *found, *expected, tolerance)?;
            }
        }
        Ok(())
    }
}

impl BatchRunner for Model {
    fn is_on_cpu(&self) -> bool {
        self.backend.device.is_cpu()
    }

    fn run(&mut self, batch: &[Tensor]) -> Result<Vec<PhotoOutcome>, RuntimeError> {
        Self::run(self, batch)
    }

    fn on_cpu(
        &self,
        because: &RuntimeError,
    ) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        let opening = self.anew.as_ref().ok_or("it runs on the CPU already")?;
        let (mut model, _) = Self::open_read(&Arc::new(Opening {
            file: opening.file.clone(),
            bytes: opening.bytes.clone(),
            options: BackendOptions {
                // A process holds one library, and it is loaded.
                library: self.backend.library.clone(),
                device: DeviceChoice::Cpu,
                share: Share {
                    // There are as many as before, and each is alone responsible for itself.
                    sessions: Some(self.backend.sessions.count),
                    ..opening.options.share
                },
                ..opening.options.clone()
            },
        }))?;
        model.backend.fallbacks.clone_from(&self.backend.fallbacks);
        model.backend.fallbacks.push(Fallback {
            wanted: self.backend.device.to_string(),
            why: told_with_causes(because),
            was_asked: true,
        });
        Ok(model)
    }
}

/// How far an answer of a GPU that computes with fewer digits may be from the self-test's.
const HALF_PRECISION_TOLERANCE: f32 = 0.02;

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
