//! `[model]`: which severity model, and what runs it.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use super::effective::path_value;
use super::reader::{Key, Reader};
use super::{ConfigError, Environment, environment};

const FILE: Key = Key::new("model.file");
const RUNTIME: Key = Key::new("model.runtime");
const LIBRARY: Key = Key::or_variable("model.library", environment::ORT_DYLIB_PATH);
const SESSIONS: Key = Key::new("model.sessions");
const THREADS: Key = Key::new("model.threads");
const QUEUE: Key = Key::new("model.queue");
const DEVICE: Key = Key::new("model.device");
const DEVICE_ID: Key = Key::new("model.device_id");
const BATCH: Key = Key::new("model.batch");
const FP16: Key = Key::new("model.fp16");

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

/// What the model runs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeviceChoice {
    /// A GPU where ONNX Runtime's library offers CUDA and a device is there, else the CPU.
    Auto,
    Cpu,
    Cuda,
    TensorRt,
}

impl DeviceChoice {
    /// Every choice.
    pub const ALL: [Self; 4] = [Self::Auto, Self::Cpu, Self::Cuda, Self::TensorRt];

    /// The name used in `dupi.toml` and on the command line.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Cpu => "cpu",
            Self::Cuda => "cuda",
            Self::TensorRt => "tensorrt",
        }
    }

    /// The choice of that name.
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|choice| choice.id() == id)
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
    /// Sessions that grade at the same time; left out, they follow from the device and the cores.
    pub sessions: Option<NonZeroUsize>,
    /// Threads of each session; left out, the sessions have the machine's cores between them.
    pub threads: Option<NonZeroUsize>,
    /// How many photos may wait; one more is asked to come back in a moment.
    pub queue: NonZeroUsize,
    pub device: DeviceChoice,
    /// Which GPU, counted from 0.
    pub device_id: u32,
    /// Most photos in one run on a GPU; on a CPU it is always one.
    pub batch: NonZeroUsize,
    /// Lets a GPU compute with fewer digits.
    pub fp16: bool,
    /// Folders of active Python environments, in which ONNX Runtime may be found.
    pub python_environments: Vec<PathBuf>,
}

impl Default for ModelSettings {
    fn default() -> Self {
        Self {
            file: None,
            runtime: RuntimeChoice::Auto,
            library: None,
            sessions: None,
            threads: None,
            queue: NonZeroUsize::new(64).expect("not zero"),
            device: DeviceChoice::Auto,
            device_id: 0,
            batch: NonZeroUsize::new(16).expect("not zero"),
            fp16: false,
            python_environments: Vec::new(),
        }
    }
}

impl ModelSettings {
    pub(super) const KEYS: [&'static Key; 10] = [
        &FILE, &RUNTIME, &LIBRARY, &SESSIONS, &THREADS, &QUEUE, &DEVICE, &DEVICE_ID, &BATCH, &FP16,
    ];

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
        let device = match reader.text(&DEVICE)? {
            None => defaults.device,
            Some(found) => DeviceChoice::from_id(&found.text).ok_or_else(|| {
                let known = DeviceChoice::ALL.map(|device| format!("`{}`", device.id()));
                found.bad(format!("write one of {}", known.join(", ")))
            })?,
        };
        Ok(Self {
            file: reader.path(&FILE)?,
            runtime,
            library: reader.path(&LIBRARY)?,
            sessions: reader.number(&SESSIONS, 64)?,
            threads: reader.number(&THREADS, 64)?,
            queue: reader.number(&QUEUE, 10_000)?.unwrap_or(defaults.queue),
            device,
            device_id: reader
                .whole(&DEVICE_ID, 0, 63)?
                .and_then(|id| u32::try_from(id).ok())
                .unwrap_or(defaults.device_id),
            batch: reader.number(&BATCH, 256)?.unwrap_or(defaults.batch),
            fp16: reader.flag(&FP16)?.unwrap_or(defaults.fp16),
            python_environments: [environment::VIRTUAL_ENV, environment::CONDA_PREFIX]
                .into_iter()
                .filter_map(|name| environment.get(name))
                .map(PathBuf::from)
                .collect(),
        })
    }

    pub(super) fn values(&self) -> [Option<toml::Value>; 10] {
        let count = |number: NonZeroUsize| i64::try_from(number.get()).ok().map(toml::Value::from);
        [
            self.file.as_deref().map(path_value),
            Some(self.runtime.id().into()),
            self.library.as_deref().map(path_value),
            self.sessions.and_then(count),
            self.threads.and_then(count),
            count(self.queue),
            Some(self.device.id().into()),
            Some(i64::from(self.device_id).into()),
            count(self.batch),
            Some(self.fp16.into()),
        ]
    }
}
