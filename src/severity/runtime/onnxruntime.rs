//! ONNX Runtime, loaded while running, from a library that is on the machine.
//!
//! The library is always named: the implicit search of `ort` panics where it finds nothing. GPUs are
//! asked for by provider, with nothing linked; a provider that cannot be had is an error here, never
//! a silent step back to the CPU.

use std::num::NonZeroUsize;
use std::path::Path;

use ort::environment::Environment;
use ort::ep::{CUDA, ExecutionProvider, TensorRT};
use ort::session::Session;
use ort::session::builder::SessionBuilder;
use ort::value::{Outlet, Tensor, TensorElementType, ValueType};

use super::{BackendOptions, Device, GraphFacts, OnnxSummary, Runtime, RuntimeError, Slot};

pub(super) const NAME: &str = "ONNX Runtime";

pub(super) struct OnnxRuntime {
    session: Session,
    facts: GraphFacts,
    device: Device,
}

impl OnnxRuntime {
    pub(super) fn load(
        environment: &Environment,
        model: &[u8],
        summary: &OnnxSummary,
        device: Device,
        options: &BackendOptions,
    ) -> Result<Self, RuntimeError> {
        let not_loaded = |error: ort::Error| {
            if tells_of_lacking_memory(error.message()) {
                RuntimeError::OutOfMemory {
                    device,
                    source: error.into(),
                }
            } else if device.is_cpu() {
                RuntimeError::Load {
                    runtime: NAME,
                    source: error.into(),
                }
            } else {
                RuntimeError::Device {
                    device,
                    source: error.into(),
                }
            }
        };
        let is_offered = match device {
            Device::Cpu => Ok(true),
            Device::Cuda(_) => CUDA::is_available(),
            Device::TensorRt(_) => TensorRT::is_available(),
        };
        if !is_offered.map_err(not_loaded)? {
            return Err(RuntimeError::NoProvider { device });
        }
        let build = || -> ort::Result<(Session, GraphFacts)> {
            let threads = options.share.on(device).threads;
            let mut builder = Session::builder(environment)?
                .with_intra_threads(threads.get())?
                .with_intra_op_spinning(false)?;
            register(&mut builder, device, summary, options)?;
            let session = builder.commit_from_memory(model)?;
            let facts = facts(&session)?;
            Ok((session, facts))
        };
        let (session, facts) = build().map_err(not_loaded)?;
        Ok(Self {
            session,
            facts,
            device,
        })
    }
}

/// Adds the providers of a device, the best first; ONNX Runtime itself adds the CPU for what they leave.
fn register(
    builder: &mut SessionBuilder,
    device: Device,
    summary: &OnnxSummary,
    options: &BackendOptions,
) -> ort::Result<()> {
    let cuda = |id: u32| {
        CUDA::default()
            .with_device_id(number(id))
            .with_tf32(options.fp16)
    };
    match device {
        Device::Cpu => Ok(()),
        Device::Cuda(id) => cuda(id).register(builder),
        Device::TensorRt(id) => {
            let mut tensorrt = TensorRT::default()
                .with_device_id(number(id))
                .with_fp16(options.fp16);
            if let Some(folder) = &options.engine_cache {
                std::fs::create_dir_all(folder).map_err(ort::Error::wrap)?;
                let folder = path_text(folder)?;
                tensorrt = tensorrt
                    .with_engine_cache(true)
                    .with_engine_cache_path(folder)
                    .with_timing_cache(true)
                    .with_timing_cache_path(folder);
            }
            // One engine for all batches, instead of a new one, minutes long, for each first size.
            if let Some((name, sides)) = summary.photo_input() {
                let shape = |batch: usize| format!("{name}:{batch}x{sides}");
                let most = options.max_batch.get().max(2);
                tensorrt = tensorrt
                    .with_profile_min_shapes(shape(1))
                    .with_profile_opt_shapes(shape(most))
                    .with_profile_max_shapes(shape(most));
            }
            tensorrt.register(builder)?;
            cuda(id).register(builder)
        }
    }
}

fn number(id: u32) -> i32 {
    i32::try_from(id).unwrap_or(i32::MAX)
}

fn path_text(path: &Path) -> ort::Result<&str> {
    path.to_str().ok_or_else(|| {
        ort::Error::new(format!(
            "the engine cache {} is no path of text",
            path.display()
        ))
    })
}

/// Whether an error tells that memory could not be had. There is no code for it: CUDA, cuDNN, cuBLAS,
/// TensorRT and ONNX Runtime's own allocator each have words of their own.
fn tells_of_lacking_memory(message: &str) -> bool {
    const WORDS: [&str; 6] = [
        "out of memory",
        "outofmemory",
        "memory_allocation",
        "alloc_failed",
        "failed to allocate memory",
        "bad_alloc",
    ];
    let message = message
        .to_ascii_lowercase()
        .replace("out_of_memory", "out of memory");
    WORDS.iter().any(|words| message.contains(words))
}

fn facts(session: &Session) -> ort::Result<GraphFacts> {
    let metadata = session.metadata()?;
    Ok(GraphFacts {
        metadata: metadata
            .custom_keys()?
            .into_iter()
            .filter_map(|key| metadata.custom(&key).map(|value| (key, value)))
            .collect(),
        inputs: session.inputs().iter().map(slot).collect(),
        outputs: session.outputs().iter().map(slot).collect(),
    })
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

    fn sharing(&self, _threads: NonZeroUsize) -> Option<Box<dyn Runtime>> {
        // Each of its sessions holds weights of its own.
        None
    }

    fn run(
        &mut self,
        input: &str,
        shape: [usize; 4],
        values: Vec<f32>,
        outputs: &[String],
    ) -> Result<Vec<Vec<f32>>, RuntimeError> {
        let device = self.device;
        let failed = |error: ort::Error| {
            if tells_of_lacking_memory(error.message()) {
                RuntimeError::OutOfMemory {
                    device,
                    source: error.into(),
                }
            } else {
                RuntimeError::Run {
                    runtime: NAME,
                    source: error.into(),
                }
            }
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

#[cfg(test)]
mod tests {
    use super::tells_of_lacking_memory;

    #[test]
    fn lacking_memory_is_known_by_its_words() {
        for message in [
            "CUDA failure 2: out of memory ; GPU=0 ; expr=cudaMalloc((void**)&p, size)",
            "CUDNN_STATUS_ALLOC_FAILED",
            "BFCArena::AllocateRawInternal Failed to allocate memory for requested buffer of size 9",
            "CUDA_ERROR_OUT_OF_MEMORY",
            "std::bad_alloc",
            "[TRT] Requested amount of GPU memory, error code 2: OutOfMemory",
        ] {
            assert!(tells_of_lacking_memory(message), "{message}");
        }
        for message in [
            "Non-zero status code returned",
            "no CUDA-capable device",
            "",
        ] {
            assert!(!tells_of_lacking_memory(message), "{message}");
        }
    }
}
