//! What a model may run on, and in which order that is tried.
//!
//! Pure: nothing is loaded here. A device that was asked for and cannot be used is passed over for the
//! next best one, and that is always said: in the log, by `dupi doctor`, in the description.

use std::path::PathBuf;

use super::{BackendOptions, RuntimeChoice, RuntimeError};

/// Which device is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum DeviceChoice {
    /// CUDA where ONNX Runtime's library offers it and a device is there, else the CPU.
    #[default]
    Auto,
    Cpu,
    Cuda,
    TensorRt,
}

/// What a model runs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Device {
    Cpu,
    /// A GPU by its number.
    Cuda(u32),
    /// A GPU by its number, through engines that TensorRT builds for the model.
    TensorRt(u32),
}

impl Device {
    pub const fn is_cpu(self) -> bool {
        matches!(self, Self::Cpu)
    }

    /// ONNX Runtime's name for what runs the graph there.
    pub const fn provider(self) -> &'static str {
        match self {
            Self::Cpu => "CPUExecutionProvider",
            Self::Cuda(_) => "CUDAExecutionProvider",
            Self::TensorRt(_) => "TensorrtExecutionProvider",
        }
    }
}

impl std::fmt::Display for Device {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Cpu => formatter.write_str("CPU"),
            Self::Cuda(id) => write!(formatter, "CUDA device {id}"),
            Self::TensorRt(id) => write!(formatter, "TensorRT on CUDA device {id}"),
        }
    }
}

/// What was better, or asked for, and could not be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fallback {
    pub wanted: String,
    /// With its hint, if there is one.
    pub why: String,
    /// Whether an operator asked for it; else it was tried because it was there.
    pub was_asked: bool,
}

/// What runs the graph.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Engine {
    Rten,
    OnnxRuntime(PathBuf),
}

/// One way to run a model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Candidate {
    pub(crate) engine: Engine,
    pub(crate) device: Device,
    /// Whether an operator named this device.
    pub(crate) was_asked: bool,
}

impl Candidate {
    /// What it is called when it is passed over.
    pub(crate) fn told(&self, error: &RuntimeError) -> String {
        match (&self.engine, error) {
            (Engine::OnnxRuntime(path), RuntimeError::Library { .. }) => {
                format!("ONNX Runtime ({})", path.display())
            }
            (Engine::OnnxRuntime(_), _) if !self.device.is_cpu() => self.device.to_string(),
            (Engine::OnnxRuntime(path), _) => format!("ONNX Runtime ({})", path.display()),
            (Engine::Rten, _) => "rten".to_owned(),
        }
    }
}

/// The ways to run a model, the best first, and what is out of the question from the start. `found` is
/// a library that nobody named. There is always one way at least.
pub(crate) fn candidates(
    options: &BackendOptions,
    found: Option<PathBuf>,
) -> Result<(Vec<Candidate>, Vec<Fallback>), RuntimeError> {
    let was_asked = !matches!(options.device, DeviceChoice::Auto | DeviceChoice::Cpu);
    let gpus = match options.device {
        DeviceChoice::Cpu => vec![],
        DeviceChoice::Auto | DeviceChoice::Cuda => vec![Device::Cuda(options.device_id)],
        DeviceChoice::TensorRt => vec![
            Device::TensorRt(options.device_id),
            Device::Cuda(options.device_id),
        ],
    };
    let through = |library: PathBuf| -> Vec<Candidate> {
        gpus.iter()
            .copied()
            .chain([Device::Cpu])
            .map(|device| Candidate {
                engine: Engine::OnnxRuntime(library.clone()),
                device,
                was_asked: was_asked && !device.is_cpu(),
            })
            .collect()
    };
    let built_in = Candidate {
        engine: Engine::Rten,
        device: Device::Cpu,
        was_asked: false,
    };
    let without_gpu = |why: &str| -> Vec<Fallback> {
        let wanted = gpus.first().filter(|_| was_asked);
        wanted
            .map(|device| Fallback {
                wanted: device.to_string(),
                why: why.to_owned(),
                was_asked: true,
            })
            .into_iter()
            .collect()
    };
    Ok(match (options.choice, &options.library, found) {
        (RuntimeChoice::Rten, _, _) => (
            vec![built_in],
            without_gpu(
                "the runtime `rten` works on the CPU only; hint: set `model.runtime = \"auto\"`",
            ),
        ),
        (_, Some(library), _) => (through(library.clone()), vec![]),
        (RuntimeChoice::OnnxRuntime, None, found) => {
            (through(found.ok_or(RuntimeError::NoLibrary)?), vec![])
        }
        (RuntimeChoice::Auto, None, Some(library)) => {
            // Found by chance, not asked for: what is built in does the same work. A broken model
            // fails there again, and that error is the one to tell.
            let mut all = through(library);
            all.push(built_in);
            (all, vec![])
        }
        (RuntimeChoice::Auto, None, None) => (
            vec![built_in],
            without_gpu(
                "a GPU needs the library of ONNX Runtime, and none was found; hint: install the Python \
                 package onnxruntime-gpu, or name its library in ORT_DYLIB_PATH",
            ),
        ),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order(
        choice: RuntimeChoice,
        device: DeviceChoice,
        named: Option<&str>,
        found: Option<&str>,
    ) -> (Vec<String>, Vec<Fallback>) {
        let options = BackendOptions {
            choice,
            device,
            device_id: 1,
            library: named.map(PathBuf::from),
            ..BackendOptions::default()
        };
        let (ways, fallbacks) = candidates(&options, found.map(PathBuf::from)).unwrap();
        let told = |way: &Candidate| match &way.engine {
            Engine::Rten => format!("rten {}", way.device),
            Engine::OnnxRuntime(path) => format!("{} {}", path.display(), way.device),
        };
        (ways.iter().map(told).collect(), fallbacks)
    }

    #[test]
    fn what_is_there_is_tried_from_the_best_to_what_always_works() {
        use DeviceChoice::{Auto, Cpu, Cuda, TensorRt};
        for (choice, device, named, found, expected) in [
            (RuntimeChoice::Auto, Auto, None, None, &["rten CPU"][..]),
            (RuntimeChoice::Rten, Auto, Some("a.so"), None, &["rten CPU"]),
            (
                RuntimeChoice::Auto,
                Auto,
                None,
                Some("b.so"),
                &["b.so CUDA device 1", "b.so CPU", "rten CPU"],
            ),
            (
                RuntimeChoice::Auto,
                Cpu,
                None,
                Some("b.so"),
                &["b.so CPU", "rten CPU"],
            ),
            (
                RuntimeChoice::OnnxRuntime,
                Cuda,
                Some("a.so"),
                Some("b.so"),
                &["a.so CUDA device 1", "a.so CPU"],
            ),
            (
                RuntimeChoice::Auto,
                TensorRt,
                Some("a.so"),
                None,
                &[
                    "a.so TensorRT on CUDA device 1",
                    "a.so CUDA device 1",
                    "a.so CPU",
                ],
            ),
        ] {
            let (ways, fallbacks) = order(choice, device, named, found);
            assert_eq!(ways, expected);
            assert_eq!(fallbacks, []);
        }
        let options = BackendOptions {
            choice: RuntimeChoice::OnnxRuntime,
            ..BackendOptions::default()
        };
        assert!(matches!(
            candidates(&options, None),
            Err(RuntimeError::NoLibrary)
        ));
    }

    #[test]
    fn a_gpu_that_was_asked_for_without_a_library_is_missed_aloud() {
        for (choice, why) in [
            (RuntimeChoice::Auto, "needs the library of ONNX Runtime"),
            (RuntimeChoice::Rten, "works on the CPU only"),
        ] {
            let (ways, fallbacks) = order(choice, DeviceChoice::Cuda, None, None);
            assert_eq!(ways, ["rten CPU"]);
            let [fallback] = fallbacks.try_into().unwrap();
            assert_eq!(fallback.wanted, "CUDA device 1");
            assert!(fallback.was_asked && fallback.why.contains(why));
        }
    }
}
