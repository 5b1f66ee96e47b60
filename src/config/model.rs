//! `[model]`: which severity model, and what runs it.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use super::effective::path_value;
use super::reader::{Key, Reader};
use super::{ConfigError, Environment, environment};

const FILE: Key = Key::new("model.file");
const RUNTIME: Key = Key::new("model.runtime");
const LIBRARY: Key = Key::or_variable("model.library", environment::ORT_DYLIB_PATH);
const THREADS: Key = Key::new("model.threads");
const QUEUE: Key = Key::new("model.queue");

/// What runs the model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RuntimeChoice {
    /// ONNX Runtime where its library is found, else the built-in runtime.
    Auto,
    /// The built-in runtime.
    Rten,
    /// ONNX Runtime, or no start at all.
    OnnxRuntime,
}

impl RuntimeChoice {
    /// Every choice.
    pub const ALL: [Self; 3] = [Self::Auto, Self::Rten, Self::OnnxRuntime];

    /// The name used in `dupi.toml`.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Rten => "rten",
            Self::OnnxRuntime => "onnxruntime",
        }
    }
}

/// Which severity model, and what runs it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModelSettings {
    /// The ONNX file; `None` is the model that comes with Dupi.
    pub file: Option<PathBuf>,
    pub runtime: RuntimeChoice,
    /// ONNX Runtime's shared library, where it was named.
    pub library: Option<PathBuf>,
    /// Threads that work on one photo.
    pub threads: NonZeroUsize,
    /// How many photos may wait; one more is asked to come back in a moment.
    pub queue: NonZeroUsize,
    /// Folders of active Python environments, in which ONNX Runtime may be found.
    pub python_environments: Vec<PathBuf>,
}

impl Default for ModelSettings {
    fn default() -> Self {
        Self {
            file: None,
            runtime: RuntimeChoice::Auto,
            library: None,
            threads: NonZeroUsize::MIN,
            queue: NonZeroUsize::new(64).expect("not zero"),
            python_environments: Vec::new(),
        }
    }
}

impl ModelSettings {
    pub(super) const KEYS: [&'static Key; 5] = [&FILE, &RUNTIME, &LIBRARY, &THREADS, &QUEUE];

    pub(super) fn read(
        reader: &mut Reader<'_>,
        environment: &Environment,
    ) -> Result<Self, ConfigError> {
        let defaults = Self::default();
        let runtime = match reader.text(&RUNTIME)? {
            None => defaults.runtime,
            Some(found) => RuntimeChoice::ALL
                .into_iter()
                .find(|runtime| runtime.id() == found.text)
                .ok_or_else(|| {
                    let known = RuntimeChoice::ALL.map(|runtime| format!("`{}`", runtime.id()));
                    found.bad(format!("write one of {}", known.join(", ")))
                })?,
        };
        Ok(Self {
            file: reader.path(&FILE)?,
            runtime,
            library: reader.path(&LIBRARY)?,
            threads: reader.number(&THREADS, 64)?.unwrap_or(defaults.threads),
            queue: reader.number(&QUEUE, 10_000)?.unwrap_or(defaults.queue),
            python_environments: [environment::VIRTUAL_ENV, environment::CONDA_PREFIX]
                .into_iter()
                .filter_map(|name| environment.get(name))
                .map(PathBuf::from)
                .collect(),
        })
    }

    pub(super) fn values(&self) -> [Option<toml::Value>; 5] {
        let count = |number: NonZeroUsize| i64::try_from(number.get()).ok().map(toml::Value::from);
        [
            self.file.as_deref().map(path_value),
            Some(self.runtime.id().into()),
            self.library.as_deref().map(path_value),
            count(self.threads),
            count(self.queue),
        ]
    }
}
