//! What runs a model: rten, built in, or ONNX Runtime, when its library is found; the CPU or a GPU.
//!
//! A runtime knows tensors and their names and nothing of scalps. All give the same numbers for the
//! same file, within the tolerance of its self-test. rten works on the CPU alone.

mod device;
mod library;
mod onnxruntime;
mod rten;
mod share;

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::path::PathBuf;

pub(crate) use device::{Candidate, Engine, candidates};
pub use device::{Device, DeviceChoice, Fallback};
pub use library::{LibraryError, find_library};
pub use share::{Sessions, Share};

use super::onnx_file::OnnxSummary;

type BoxedError = Box<dyn std::error::Error + Send + Sync>;

/// The newest operator set that both runtimes have been tried with. What is newer may mean something
/// else by the same operator.
pub(crate) const NEWEST_OPSET: u64 = 28;

/// Which runtime is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum RuntimeChoice {
    /// ONNX Runtime if its library is found and works, else rten.
    #[default]
    Auto,
    Rten,
    OnnxRuntime,
}

/// How a model is to be run.
#[derive(Debug, Clone)]
pub struct BackendOptions {
    pub choice: RuntimeChoice,
    /// The library of ONNX Runtime, named by the operator: if it does not work, that is an error.
    pub library: Option<PathBuf>,
    /// Roots of Python environments in which the library may lie; if none works, rten is used.
    pub python_environments: Vec<PathBuf>,
    /// How the cores are shared out among sessions.
    pub share: Share,
    pub device: DeviceChoice,
    /// Which GPU, counted from 0.
    pub device_id: u32,
    /// Most photos in one run on a GPU: TensorRT builds its engine for up to so many.
    pub max_batch: NonZeroUsize,
    /// Lets a GPU compute with fewer digits: fp16 with TensorRT, TF32 with CUDA.
    pub fp16: bool,
    /// Where TensorRT keeps the engines it has built; building takes minutes.
    pub engine_cache: Option<PathBuf>,
}

impl Default for BackendOptions {
    fn default() -> Self {
        Self {
            choice: RuntimeChoice::Auto,
            library: None,
            python_environments: Vec::new(),
            share: Share::default(),
            device: DeviceChoice::Auto,
            device_id: 0,
            max_batch: NonZeroUsize::MIN,
            fp16: false,
            engine_cache: None,
        }
    }
}

/// What is active, for whoever runs the service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BackendDescription {
    /// `rten` or `ONNX Runtime`.
    pub runtime: &'static str,
    /// The library that was loaded; none for what is built in.
    pub library: Option<PathBuf>,
    /// The library's version, where its file name tells.
    pub version: Option<String>,
    pub device: Device,
    /// This session's share of the cores, and how many there are to be.
    pub sessions: Sessions,
    /// What was better, or asked for, and could not be used.
    pub fallbacks: Vec<Fallback>,
}

impl BackendDescription {
    /// How the cores are shared out.
    pub fn sessions_told(&self) -> String {
        let Sessions { count, threads } = self.sessions;
        format!("sessions: {count}, threads: {threads}")
    }

    /// The runtime with its version and where it comes from.
    pub fn runtime_told(&self) -> String {
        let version = self.version.as_ref().map(|version| format!(" {version}"));
        let version = version.unwrap_or_default();
        match &self.library {
            Some(library) => format!("{}{version} ({})", self.runtime, library.display()),
            None => format!("{}{version} (built in)", self.runtime),
        }
    }
}

impl std::fmt::Display for BackendDescription {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            formatter,
            "{}, device: {}, {}",
            self.runtime_told(),
            self.device,
            self.sessions_told()
        )
    }
}

/// Why a model could not be loaded or run.
#[derive(Debug, thiserror::Error)]
pub enum RuntimeError {
    #[error("ONNX Runtime library {} cannot be used", path.display())]
    Library {
        path: PathBuf,
        #[source]
        source: LibraryError,
    },
    #[error(
        "no ONNX Runtime library was found; hint: name it, or install the Python package onnxruntime"
    )]
    NoLibrary,
    /// The library was built without what this device needs.
    #[error(
        "this library of ONNX Runtime has no {}; hint: {}", device.provider(), hint_for(*device)
    )]
    NoProvider { device: Device },
    #[error("{device} cannot be used")]
    Device {
        device: Device,
        #[source]
        source: BoxedError,
    },
    #[error(
        "the model uses ONNX operator set {found}, and {runtime} is known to work up to {newest}; hint: \
         export the model with `opset_version={newest}` or lower"
    )]
    NewerOpset {
        runtime: &'static str,
        found: u64,
        newest: u64,
    },
    #[error("{runtime} cannot load the model")]
    Load {
        runtime: &'static str,
        #[source]
        source: BoxedError,
    },
    #[error("{runtime} failed while running the model")]
    Run {
        runtime: &'static str,
        #[source]
        source: BoxedError,
    },
    #[error("{device} is out of memory")]
    OutOfMemory {
        device: Device,
        #[source]
        source: BoxedError,
    },
    #[error("model output `{output}` has {found} numbers, expected {expected}")]
    Length {
        output: String,
        found: usize,
        expected: usize,
    },
    #[error("model output `{output}` holds a number that is not finite")]
    NotFinite { output: String },
    #[error("the model panicked")]
    Panicked,
}

fn hint_for(device: Device) -> &'static str {
    match device {
        Device::Cpu => "use another library",
        Device::Cuda(_) => "install the Python package onnxruntime-gpu instead of onnxruntime",
        Device::TensorRt(_) => {
            "install TensorRT and the Python package onnxruntime-gpu, or set `model.device = \"cuda\"`"
        }
    }
}

/// One input or output of a graph.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Slot {
    pub(crate) name: String,
    pub(crate) is_float: bool,
    /// Sizes; `None` where any size is taken. No shape at all where the graph does not say.
    pub(crate) shape: Option<Vec<Option<usize>>>,
}

/// What a file says of itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct GraphFacts {
    pub(crate) metadata: BTreeMap<String, String>,
    pub(crate) inputs: Vec<Slot>,
    pub(crate) outputs: Vec<Slot>,
}

/// A loaded graph.
pub(crate) trait Runtime: Send {
    fn facts(&self) -> &GraphFacts;

    /// A further session on the same weights, with threads of its own, where the runtime can do that.
    fn sharing(&self, threads: NonZeroUsize) -> Option<Box<dyn Runtime>>;

    /// Runs the graph on `values` of `shape` for its input `input`, and gives the numbers of each of
    /// `outputs`, in that order.
    fn run(
        &mut self,
        input: &str,
        shape: [usize; 4],
        values: Vec<f32>,
        outputs: &[String],
    ) -> Result<Vec<Vec<f32>>, RuntimeError>;
}

/// Loads a graph as one candidate says.
pub(crate) fn load(
    model: &[u8],
    summary: &OnnxSummary,
    candidate: &Candidate,
    options: &BackendOptions,
) -> Result<(Box<dyn Runtime>, BackendDescription), RuntimeError> {
    let too_new = |runtime| RuntimeError::NewerOpset {
        runtime,
        found: summary.opset,
        newest: NEWEST_OPSET,
    };
    let is_too_new = summary.opset > NEWEST_OPSET;
    let sessions = options.share.on(candidate.device);
    match &candidate.engine {
        Engine::Rten if is_too_new => Err(too_new(rten::NAME)),
        Engine::Rten => {
            let runtime = rten::RtenRuntime::load(model, sessions.threads)?;
            let description = BackendDescription {
                runtime: rten::NAME,
                library: None,
                version: None,
                device: Device::Cpu,
                sessions,
                fallbacks: Vec::new(),
            };
            Ok((Box::new(runtime), description))
        }
        Engine::OnnxRuntime(library) => {
            let environment =
                library::environment(library).map_err(|source| RuntimeError::Library {
                    path: library.clone(),
                    source,
                })?;
            // A library that is newer than this program may well know a newer set.
            let runtime = onnxruntime::OnnxRuntime::load(
                &environment,
                model,
                summary,
                candidate.device,
                options,
            )
            .map_err(|error| match error {
                RuntimeError::Load { .. } if is_too_new => too_new(onnxruntime::NAME),
                other => other,
            })?;
            let description = BackendDescription {
                runtime: onnxruntime::NAME,
                library: Some(library.clone()),
                version: library::version(library),
                device: candidate.device,
                sessions,
                fallbacks: Vec::new(),
            };
            Ok((Box::new(runtime), description))
        }
    }
}

/// An error with its causes in one line.
pub(crate) fn told_with_causes(error: &dyn std::error::Error) -> String {
    std::iter::successors(Some(error), |error| error.source())
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join(": ")
}
