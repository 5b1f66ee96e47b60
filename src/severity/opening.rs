//! Which of several ways to run a model is taken, and what is said of those that were not.
//!
//! Pure but for the log: how a model is opened is the caller's affair.

use std::collections::VecDeque;

use super::model::ModelError;
use super::runtime::{BackendDescription, Candidate, Fallback, RuntimeError, told_with_causes};

/// Opens what works first of at least one way. What is wrong with the file is wrong everywhere and ends
/// the search; the last way's error is the one to tell.
pub(super) fn first_that_works<T>(
    ways: Vec<Candidate>,
    mut open: impl FnMut(&Candidate) -> Result<T, ModelError>,
) -> Result<(T, Vec<Fallback>), ModelError> {
    let mut ways = VecDeque::from(ways);
    let mut passed_over = Vec::new();
    while let Some(way) = ways.pop_front() {
        let error = match open(&way) {
            Ok(opened) => return Ok((opened, passed_over)),
            Err(error) => error,
        };
        let (wanted, why) = match &error {
            ModelError::Runtime { source, .. } => (way.told(source), told_with_causes(source)),
            // Its grades would be wrong here, and may be right elsewhere.
            ModelError::SelfTest { .. } if !way.device.is_cpu() => {
                (way.device.to_string(), told_with_causes(&error))
            }
            ModelError::SelfTest { .. }
            | ModelError::Read { .. }
            | ModelError::NotOnnx { .. }
            | ModelError::Contract(_) => return Err(error),
        };
        let cause = match &error {
            ModelError::Runtime { source, .. } => Some(source),
            _ => None,
        };
        if matches!(cause, Some(RuntimeError::Library { .. })) {
            ways.retain(|other| other.engine != way.engine);
        }
        if ways.is_empty() {
            return Err(error);
        }
        // A library that does not offer a GPU which nobody asked for is no news.
        if way.was_asked || !matches!(cause, Some(RuntimeError::NoProvider { .. })) {
            passed_over.push(Fallback {
                wanted,
                why,
                was_asked: way.was_asked,
            });
        }
    }
    unreachable!("there is one way at least, and the last one is returned, opened or not")
}

/// Says in the log what is not as it was wanted.
pub(super) fn told(fallbacks: &[Fallback], instead: &BackendDescription) {
    for Fallback {
        wanted,
        why,
        was_asked,
    } in fallbacks
    {
        if *was_asked {
            tracing::warn!("{wanted} was asked for and cannot be used, {instead} is: {why}");
        } else {
            tracing::warn!("{wanted} was found and cannot be used, {instead} is: {why}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::severity::runtime::{Device, Engine, LibraryError};

    /// A named GPU of a library, the CPU through the same library, and what is built in.
    fn ways() -> Vec<Candidate> {
        let through = |device, was_asked| Candidate {
            engine: Engine::OnnxRuntime("some.so".into()),
            device,
            was_asked,
        };
        vec![
            through(Device::Cuda(0), true),
            through(Device::Cpu, false),
            Candidate {
                engine: Engine::Rten,
                device: Device::Cpu,
                was_asked: false,
            },
        ]
    }

    fn unusable(source: RuntimeError) -> ModelError {
        ModelError::Runtime {
            file: "some.onnx".to_owned(),
            source,
        }
    }

    fn no_gpu() -> ModelError {
        unusable(RuntimeError::Device {
            device: Device::Cuda(0),
            source: "no CUDA-capable device".into(),
        })
    }

    fn self_test_fails() -> ModelError {
        ModelError::SelfTest {
            file: "some.onnx".to_owned(),
            output: "probs".to_owned(),
            found: 0.5,
            expected: 0.25,
            tolerance: 0.001,
        }
    }

    #[test]
    fn a_device_that_is_not_there_is_passed_over_and_named() {
        for error in [no_gpu, self_test_fails] {
            let (opened, passed_over) = first_that_works(ways(), |way| {
                if way.device.is_cpu() {
                    Ok(way.clone())
                } else {
                    Err(error())
                }
            })
            .unwrap();
            assert_eq!(opened, ways()[1]);
            let [fallback] = passed_over.try_into().unwrap();
            assert_eq!(fallback.wanted, "CUDA device 0");
            assert!(fallback.was_asked && !fallback.why.is_empty());
        }
    }

    #[test]
    fn a_gpu_that_nobody_asked_for_and_no_library_offers_is_no_news() {
        let mut quiet = ways();
        quiet[0].was_asked = false;
        for (ways, news) in [(quiet, 0), (ways(), 1)] {
            let ((), passed_over) = first_that_works(ways, |way| match way.device {
                Device::Cpu => Ok(()),
                device => Err(unusable(RuntimeError::NoProvider { device })),
            })
            .unwrap();
            assert_eq!(passed_over.len(), news);
        }
    }

    #[test]
    fn a_broken_library_is_tried_once_and_told_by_its_path() {
        let mut tried = Vec::new();
        let (opened, passed_over) = first_that_works(ways(), |way| {
            tried.push(way.clone());
            match way.engine {
                Engine::Rten => Ok("rten"),
                Engine::OnnxRuntime(_) => Err(unusable(RuntimeError::Library {
                    path: "some.so".into(),
                    source: LibraryError::NotOnnxRuntime,
                })),
            }
        })
        .unwrap();
        assert_eq!((opened, tried.len()), ("rten", 2));
        assert_eq!(passed_over[0].wanted, "ONNX Runtime (some.so)");
    }

    #[test]
    fn the_last_error_is_told_and_one_of_the_file_ends_the_search() {
        let mut tried = 0;
        let error = first_that_works(ways(), |way| {
            tried += 1;
            Err::<(), _>(match &way.engine {
                Engine::Rten => self_test_fails(),
                Engine::OnnxRuntime(_) => no_gpu(),
            })
        })
        .unwrap_err();
        assert!(matches!(error, ModelError::SelfTest { .. }) && tried == 3);

        let mut tried = 0;
        let error = first_that_works(ways(), |_| {
            tried += 1;
            Err::<(), _>(ModelError::NotOnnx {
                file: "some.onnx".to_owned(),
                source: crate::severity::NotOnnx::Empty,
            })
        })
        .unwrap_err();
        assert!(matches!(error, ModelError::NotOnnx { .. }) && tried == 1);
    }
}
