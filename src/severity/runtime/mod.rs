//! What runs a model: rten, built in, or ONNX Runtime, when its library is found.
//!
//! A runtime knows tensors and their names and nothing of scalps. Both give the same numbers for the
//! same file. CUDA is not asked for; it would be one more setting of [`onnxruntime`].

mod onnxruntime;
mod rten;

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::path::PathBuf;

pub use onnxruntime::find_library;

type BoxedError = Box<dyn std::error::Error + Send + Sync>;

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
    /// Threads within one run. One is the fastest for small models on a busy machine.
    pub threads: NonZeroUsize,
}

impl Default for BackendOptions {
    fn default() -> Self {
        Self {
            choice: RuntimeChoice::Auto,
            library: None,
            python_environments: Vec::new(),
            threads: NonZeroUsize::MIN,
        }
    }
}

/// Which runtime is active, for whoever runs the service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BackendDescription {
    /// `rten` or `ONNX Runtime`.
    pub runtime: &'static str,
    /// The library that was loaded; none for what is built in.
    pub library: Option<PathBuf>,
    pub threads: NonZeroUsize,
    /// A library that was found but did not work, and why.
    pub passed_over: Option<(PathBuf, String)>,
}

impl std::fmt::Display for BackendDescription {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.library {
            Some(library) => write!(formatter, "{} ({})", self.runtime, library.display())?,
            None => write!(formatter, "{} (built in)", self.runtime)?,
        }
        write!(formatter, ", threads: {}", self.threads)
    }
}

/// Why a model could not be loaded or run.
#[derive(Debug, thiserror::Error)]
pub enum RuntimeError {
    #[error("ONNX Runtime library {} cannot be used", path.display())]
    Library {
        path: PathBuf,
        #[source]
        source: BoxedError,
    },
    #[error(
        "no ONNX Runtime library was found; hint: name it, or install the Python package onnxruntime"
    )]
    NoLibrary,
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

/// Loads a graph into the runtime that the options lead to.
pub(crate) fn load(
    model: &[u8],
    options: &BackendOptions,
) -> Result<(Box<dyn Runtime>, BackendDescription), RuntimeError> {
    let built_in = |passed_over| -> Result<(Box<dyn Runtime>, BackendDescription), RuntimeError> {
        let runtime = rten::RtenRuntime::load(model, options.threads)?;
        let description = BackendDescription {
            runtime: rten::NAME,
            library: None,
            threads: options.threads,
            passed_over,
        };
        Ok((Box::new(runtime), description))
    };
    let through_library =
        |library: PathBuf| -> Result<(Box<dyn Runtime>, BackendDescription), RuntimeError> {
            let runtime = onnxruntime::OnnxRuntime::load(model, &library, options.threads)?;
            let description = BackendDescription {
                runtime: onnxruntime::NAME,
                library: Some(library),
                threads: options.threads,
                passed_over: None,
            };
            Ok((Box::new(runtime), description))
        };
    let found = || find_library(&options.python_environments);
    match (options.choice, &options.library) {
        (RuntimeChoice::Rten, _) => built_in(None),
        (RuntimeChoice::Auto | RuntimeChoice::OnnxRuntime, Some(library)) => {
            through_library(library.clone())
        }
        (RuntimeChoice::OnnxRuntime, None) => {
            through_library(found().ok_or(RuntimeError::NoLibrary)?)
        }
        (RuntimeChoice::Auto, None) => match found() {
            None => built_in(None),
            // Found by chance, not asked for: what is built in does the same work. A broken model
            // fails there again, and that error is the one to tell.
            Some(library) => through_library(library.clone())
                .or_else(|error| built_in(Some((library, told_with_causes(&error))))),
        },
    }
}

fn told_with_causes(error: &dyn std::error::Error) -> String {
    std::iter::successors(Some(error), |error| error.source())
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join(": ")
}
