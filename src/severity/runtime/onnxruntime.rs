//! ONNX Runtime, loaded while running, from a library that is on the machine.
//!
//! The library is always named: the implicit search of `ort` panics where it finds nothing.

use std::num::NonZeroUsize;
use std::panic::catch_unwind;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use ort::environment::Environment;
use ort::session::Session;
use ort::value::{Outlet, Tensor, TensorElementType, ValueType};

use super::{BoxedError, GraphFacts, Runtime, RuntimeError, Slot};

pub(super) const NAME: &str = "ONNX Runtime";

/// A process can hold one library and one environment; whoever comes later shares them.
static LOADED: Mutex<Option<(PathBuf, Environment)>> = Mutex::new(None);

pub(super) struct OnnxRuntime {
    session: Session,
    facts: GraphFacts,
}

impl OnnxRuntime {
    pub(super) fn load(
        model: &[u8],
        library: &Path,
        threads: NonZeroUsize,
    ) -> Result<Self, RuntimeError> {
        let environment = environment(library).map_err(|source| RuntimeError::Library {
            path: library.to_owned(),
            source,
        })?;
        Self::with(&environment, model, threads).map_err(|error| RuntimeError::Load {
            runtime: NAME,
            source: error.into(),
        })
    }

    fn with(environment: &Environment, model: &[u8], threads: NonZeroUsize) -> ort::Result<Self> {
        let session = Session::builder(environment)?
            .with_intra_threads(threads.get())?
            .with_intra_op_spinning(false)?
            .commit_from_memory(model)?;
        let metadata = session.metadata()?;
        let facts = GraphFacts {
            metadata: metadata
                .custom_keys()?
                .into_iter()
                .filter_map(|key| metadata.custom(&key).map(|value| (key, value)))
                .collect(),
            inputs: session.inputs().iter().map(slot).collect(),
            outputs: session.outputs().iter().map(slot).collect(),
        };
        drop(metadata);
        Ok(Self { session, facts })
    }
}

fn environment(library: &Path) -> Result<Environment, BoxedError> {
    let mut loaded = LOADED.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some((path, environment)) = loaded.as_ref() {
        if path == library {
            return Ok(environment.clone());
        }
        return Err(format!("{} is loaded already", path.display()).into());
    }
    // A file that is no such library is refused by an error in all ways that were tried; should one
    // of its checks be an assertion instead, it is an error here as well.
    let environment = catch_unwind(|| -> Result<Environment, BoxedError> {
        Ok(ort::init_from(library)?.build()?)
    })
    .map_err(|_| "loading it panicked")??;
    *loaded = Some((library.to_owned(), environment.clone()));
    Ok(environment)
}

fn slot(outlet: &Outlet) -> Slot {
    let (is_float, shape) = match outlet.dtype() {
        ValueType::Tensor { ty, shape, .. } => (
            *ty == TensorElementType::Float32,
            Some(
                shape
                    .iter()
                    .map(|size| usize::try_from(*size).ok())
                    .collect(),
            ),
        ),
        _ => (false, None),
    };
    Slot {
        name: outlet.name().to_owned(),
        is_float,
        shape,
    }
}

impl Runtime for OnnxRuntime {
    fn facts(&self) -> &GraphFacts {
        &self.facts
    }

    fn run(
        &mut self,
        input: &str,
        shape: [usize; 4],
        values: Vec<f32>,
        outputs: &[String],
    ) -> Result<Vec<Vec<f32>>, RuntimeError> {
        let failed = |error: ort::Error| RuntimeError::Run {
            runtime: NAME,
            source: error.into(),
        };
        let tensor = Tensor::from_array((shape, values)).map_err(failed)?;
        let found = self
            .session
            .run(ort::inputs![input => tensor])
            .map_err(failed)?;
        outputs
            .iter()
            .map(|name| {
                let value = found.get(name).ok_or_else(|| RuntimeError::Run {
                    runtime: NAME,
                    source: format!("there is no output `{name}`").into(),
                })?;
                let (_, numbers) = value.try_extract_tensor::<f32>().map_err(failed)?;
                Ok(numbers.to_vec())
            })
            .collect()
    }
}

/// The library of ONNX Runtime within one of these Python environments, as `pip` puts it there.
pub fn find_library(environments: &[PathBuf]) -> Option<PathBuf> {
    environments
        .iter()
        .flat_map(|root| site_packages(root))
        .map(|packages| packages.join("onnxruntime").join("capi"))
        .find_map(|folder| entries(&folder).into_iter().find(|path| is_library(path)))
}

fn site_packages(root: &Path) -> Vec<PathBuf> {
    let unix = ["lib", "lib64"]
        .into_iter()
        .flat_map(|lib| entries(&root.join(lib)))
        .filter(|path| name(path).starts_with("python3"));
    unix.chain([root.join("Lib")])
        .map(|path| path.join("site-packages"))
        .collect()
}

/// The shared library itself, not the provider libraries that lie next to it.
fn is_library(path: &Path) -> bool {
    let name = name(path);
    name == "onnxruntime.dll"
        || name.starts_with("libonnxruntime.so")
        || (name.starts_with("libonnxruntime.") && path.extension() == Some("dylib".as_ref()))
}

fn name(path: &Path) -> &str {
    path.file_name()
        .and_then(|name| name.to_str())
        .unwrap_or_default()
}

/// What lies in a folder, by name; nothing if it cannot be read.
fn entries(folder: &Path) -> Vec<PathBuf> {
    let mut paths: Vec<PathBuf> = std::fs::read_dir(folder)
        .into_iter()
        .flatten()
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .collect();
    paths.sort();
    paths
}
