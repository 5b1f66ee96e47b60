//! The shared library of ONNX Runtime: where it lies, and whether it is one that can be used.

use std::panic::catch_unwind;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use ort::LoadDynamicError;
use ort::environment::Environment;

/// A process can hold one library and one environment; whoever comes later shares them.
static LOADED: Mutex<Option<(PathBuf, Environment)>> = Mutex::new(None);

/// Why a file is no library that can be used.
#[derive(Debug, thiserror::Error)]
pub enum LibraryError {
    #[error("it cannot be loaded as a library: {0}")]
    NotLoaded(String),
    #[error("it is a library, but not of ONNX Runtime: it has no `OrtGetApiBase`")]
    NotOnnxRuntime,
    #[error(
        "it is ONNX Runtime {found}, expected 1.{expected} or newer; hint: `pip install --upgrade \
         onnxruntime`, or name a newer library in ORT_DYLIB_PATH"
    )]
    TooOld { found: String, expected: u32 },
    #[error("it does not tell its version as text")]
    NoVersion,
    #[error("{} is loaded already, and a process can hold one", .0.display())]
    Another(PathBuf),
    #[error("it could not be set up: {0}")]
    NotSetUp(String),
    #[error("loading it panicked")]
    Panicked,
}

impl From<LoadDynamicError> for LibraryError {
    fn from(error: LoadDynamicError) -> Self {
        match error {
            LoadDynamicError::Dlopen { error, .. } => Self::NotLoaded(error.to_string()),
            LoadDynamicError::MissingApi { .. } => Self::NotOnnxRuntime,
            LoadDynamicError::InvalidVersionString => Self::NoVersion,
            LoadDynamicError::BadVersion { version_str, .. } => Self::TooOld {
                found: version_str,
                expected: ort::MINOR_VERSION,
            },
        }
    }
}

/// Loads a library, or takes the one that is loaded.
pub(super) fn environment(library: &Path) -> Result<Environment, LibraryError> {
    let mut loaded = LOADED.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some((path, environment)) = loaded.as_ref() {
        if path == library {
            return Ok(environment.clone());
        }
        return Err(LibraryError::Another(path.clone()));
    }
    // A file that is no such library is refused by an error in all ways that were tried; should one
    // of its checks be an assertion instead, it is an error here as well.
    let environment = catch_unwind(|| -> Result<Environment, LibraryError> {
        ort::init_from(library)?
            .build()
            .map_err(|error| LibraryError::NotSetUp(error.to_string()))
    })
    .map_err(|_| LibraryError::Panicked)??;
    *loaded = Some((library.to_owned(), environment.clone()));
    Ok(environment)
}

/// The version that a library's file name tells, as in `libonnxruntime.so.1.24.1`; links are followed.
pub(super) fn version(library: &Path) -> Option<String> {
    let real = std::fs::canonicalize(library).ok()?;
    let digits = name(&real)
        .trim_end_matches(".dylib")
        .trim_start_matches(|character: char| !character.is_ascii_digit())
        .to_owned();
    let is_version = digits
        .chars()
        .all(|character| character.is_ascii_digit() || character == '.');
    (is_version && digits.contains('.')).then_some(digits)
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
