//! What is done when the model fails on a batch: fewer photos at once, then one alone, then the CPU.
//!
//! One bad photo must not fail its neighbours, and a GPU that is out of memory or gone must not end the
//! service. So a failing batch is asked again in parts, down to single photos; a photo that fails alone
//! on a GPU is tried on the CPU, and if that works the rest stays there, which is said aloud. A photo
//! that fails there too was the photo's own fault, and the GPU is kept.

use std::panic::{AssertUnwindSafe, catch_unwind};

use super::grade::RawOutput;
use super::preprocess::Tensor;
use super::runtime::{RuntimeError, told_with_causes};

/// What became of one photo.
pub(crate) type PhotoOutcome = Result<RawOutput, RuntimeError>;

/// A model on some device.
pub(crate) trait BatchRunner: Sized {
    fn is_on_cpu(&self) -> bool;

    /// One outcome for each photo, in order, or the error of all.
    fn run(&mut self, batch: &[Tensor]) -> Result<Vec<PhotoOutcome>, RuntimeError>;

    /// The same model on the CPU, because of this error.
    fn on_cpu(
        &self,
        because: &RuntimeError,
    ) -> Result<Self, Box<dyn std::error::Error + Send + Sync>>;
}

/// What became of all photos.
pub(crate) struct Attempts {
    pub(crate) outcomes: Vec<PhotoOutcome>,
    /// The largest batch that should be tried next time, where this one has shown that.
    pub(crate) fits: Option<usize>,
}

/// How many photos of a batch that failed are asked about at once; none if it was one alone. On a GPU
/// fewer may fit into its memory; a CPU has shown that one of them is bad.
const fn smaller(batch: usize, is_on_cpu: bool) -> Option<usize> {
    match batch {
        0 | 1 => None,
        _ if is_on_cpu => Some(1),
        _ => Some(batch / 2),
    }
}

/// Asks about all photos, again and again where it fails.
pub(crate) fn run_all<R: BatchRunner>(runner: &mut R, photos: &[Tensor]) -> Attempts {
    let was_on_cpu = runner.is_on_cpu();
    let mut attempts = Attempts {
        outcomes: Vec::with_capacity(photos.len()),
        fits: None,
    };
    attempts.ask(runner, photos);
    if runner.is_on_cpu() && !was_on_cpu {
        // More than one gains nothing there.
        attempts.fits = Some(1);
    }
    attempts
}

impl Attempts {
    fn ask<R: BatchRunner>(&mut self, runner: &mut R, photos: &[Tensor]) {
        let error = match caught(runner, photos) {
            Ok(outcomes) => {
                self.outcomes.extend(outcomes);
                return;
            }
            Err(error) => error,
        };
        let Some(size) = smaller(photos.len(), runner.is_on_cpu()) else {
            // None, or one alone.
            let outcome = photos.first().map(|photo| elsewhere(runner, photo, &error));
            self.outcomes
                .extend(outcome.map(|found| found.unwrap_or(Err(error))));
            return;
        };
        if matches!(error, RuntimeError::OutOfMemory { .. }) {
            self.fits = Some(self.fits.map_or(size, |fits| fits.min(size)));
        }
        tracing::warn!(
            batch = photos.len(),
            "A batch of {} failed and is tried again in parts: {}",
            photos.len(),
            told_with_causes(&error)
        );
        for part in photos.chunks(size) {
            self.ask(runner, part);
        }
    }
}

/// A photo that failed alone, tried on the CPU. Nothing if it was there already or cannot be had.
fn elsewhere<R: BatchRunner>(
    runner: &mut R,
    photo: &Tensor,
    error: &RuntimeError,
) -> Option<PhotoOutcome> {
    if runner.is_on_cpu() {
        return None;
    }
    let because = told_with_causes(error);
    let mut other = runner
        .on_cpu(error)
        .inspect_err(|failed| {
            let failed = told_with_causes(failed.as_ref());
            tracing::error!("The device failed ({because}), and so does the CPU: {failed}");
        })
        .ok()?;
    match caught(&mut other, std::slice::from_ref(photo)) {
        Ok(outcomes) => {
            tracing::warn!("The device failed, the CPU goes on from here: {because}");
            *runner = other;
            outcomes.into_iter().next()
        }
        Err(error) => Some(Err(error)),
    }
}

fn caught<R: BatchRunner>(
    runner: &mut R,
    photos: &[Tensor],
) -> Result<Vec<PhotoOutcome>, RuntimeError> {
    let outcomes = catch_unwind(AssertUnwindSafe(|| runner.run(photos)))
        .unwrap_or(Err(RuntimeError::Panicked))?;
    if outcomes.len() == photos.len() {
        Ok(outcomes)
    } else {
        Err(RuntimeError::Length {
            output: "batch".to_owned(),
            found: outcomes.len(),
            expected: photos.len(),
        })
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;
    use std::rc::Rc;

    use super::*;
    use crate::severity::runtime::Device;

    /// A device that takes so many photos at once and no photo marked as bad.
    #[derive(Clone)]
    struct FakeDevice {
        is_on_cpu: bool,
        holds: usize,
        /// Whether the CPU can be had.
        has_cpu: bool,
        /// Sizes of all runs, those on the CPU below zero.
        runs: Rc<RefCell<Vec<i32>>>,
    }

    const BAD: f32 = -1.0;
    const PANICS: f32 = -2.0;
    const NOT_FINITE: f32 = -3.0;

    impl FakeDevice {
        fn new(is_on_cpu: bool, holds: usize) -> Self {
            Self {
                is_on_cpu,
                holds,
                has_cpu: true,
                runs: Rc::default(),
            }
        }

        /// Runs a batch and tells each photo's answer, its error, and what was learned.
        fn asked(&mut self, photos: &[f32]) -> (Vec<Result<f32, String>>, Option<usize>) {
            let photos: Vec<Tensor> = photos.iter().map(|mark| Tensor(vec![*mark])).collect();
            let attempts = run_all(self, &photos);
            let told = |outcome: PhotoOutcome| {
                outcome
                    .map(|answer| answer.severities[0])
                    .map_err(|error| error.to_string())
            };
            (
                attempts.outcomes.into_iter().map(told).collect(),
                attempts.fits,
            )
        }

        fn runs(&self) -> Vec<i32> {
            self.runs.take()
        }
    }

    fn answer(mark: f32) -> RawOutput {
        RawOutput {
            probabilities: [[0.25; 4]; 6],
            severities: [mark; 6],
            maps: vec![],
            view: [1.0, 0.0, 0.0],
        }
    }

    impl BatchRunner for FakeDevice {
        fn is_on_cpu(&self) -> bool {
            self.is_on_cpu
        }

        fn run(&mut self, batch: &[Tensor]) -> Result<Vec<PhotoOutcome>, RuntimeError> {
            let size = i32::try_from(batch.len()).unwrap();
            let size = if self.is_on_cpu { -size } else { size };
            self.runs.borrow_mut().push(size);
            if batch.len() > self.holds {
                return Err(RuntimeError::OutOfMemory {
                    device: Device::Cuda(0),
                    source: "no more".into(),
                });
            }
            assert!(batch.iter().all(|photo| photo.0 != [PANICS]), "a panic");
            if batch.iter().any(|photo| photo.0 == [BAD]) {
                return Err(RuntimeError::Run {
                    runtime: "fake",
                    source: "a bad photo".into(),
                });
            }
            let outcome = |photo: &Tensor| {
                if photo.0 == [NOT_FINITE] {
                    let output = "probs".to_owned();
                    return Err(RuntimeError::NotFinite { output });
                }
                Ok(answer(photo.0[0]))
            };
            Ok(batch.iter().map(outcome).collect())
        }

        fn on_cpu(
            &self,
            _because: &RuntimeError,
        ) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
            if !self.has_cpu {
                return Err("no CPU either".into());
            }
            Ok(Self {
                is_on_cpu: true,
                holds: usize::MAX,
                ..self.clone()
            })
        }
    }

    const EIGHT: [f32; 8] = [0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0];

    #[test]
    fn a_gpu_without_room_is_given_half_and_what_fits_is_learned() {
        let mut device = FakeDevice::new(false, 3);
        let (answers, fits) = device.asked(&EIGHT);
        assert_eq!(answers, EIGHT.map(Ok));
        assert_eq!(fits, Some(2));
        assert_eq!(device.runs(), [8, 4, 2, 2, 4, 2, 2]);
        assert!(!device.is_on_cpu);
    }

    #[test]
    fn a_gpu_without_room_for_one_is_left_for_the_cpu() {
        let mut device = FakeDevice::new(false, 0);
        let (answers, fits) = device.asked(&EIGHT[..3]);
        assert_eq!(answers, [0.0, 1.0, 2.0].map(Ok));
        assert_eq!(fits, Some(1));
        assert_eq!(device.runs(), [3, 1, -1, -1, -1]);
        assert!(device.is_on_cpu);
        // It stays there.
        assert_eq!(device.asked(&[9.0]).0, [Ok(9.0)]);
        assert_eq!(device.runs(), [-1]);
    }

    #[test]
    fn where_there_is_no_cpu_either_the_first_error_is_told() {
        let mut device = FakeDevice::new(false, 0);
        device.has_cpu = false;
        let (answers, _) = device.asked(&[4.0]);
        assert_eq!(answers, [Err("CUDA device 0 is out of memory".to_owned())]);
        assert!(!device.is_on_cpu);
    }

    #[test]
    fn one_bad_photo_fails_alone_on_the_cpu() {
        let mut device = FakeDevice::new(true, usize::MAX);
        let (answers, fits) = device.asked(&[0.0, BAD, 2.0]);
        assert_eq!((&answers[0], &answers[2]), (&Ok(0.0), &Ok(2.0)));
        assert!(
            answers[1]
                .as_ref()
                .is_err_and(|told| told.contains("fake failed"))
        );
        assert_eq!((device.runs(), fits), (vec![-3, -1, -1, -1], None));
    }

    #[test]
    fn one_bad_photo_fails_alone_on_a_gpu_which_is_kept() {
        let mut device = FakeDevice::new(false, usize::MAX);
        let (answers, fits) = device.asked(&[0.0, 1.0, BAD, 3.0]);
        let good: Vec<bool> = answers.iter().map(Result::is_ok).collect();
        assert_eq!(good, [true, true, false, true]);
        assert!(!device.is_on_cpu);
        assert_eq!((device.runs(), fits), (vec![4, 2, 2, 1, -1, 1], None));
    }

    #[test]
    fn a_panic_is_a_failure_like_another() {
        let mut device = FakeDevice::new(true, usize::MAX);
        let (answers, _) = device.asked(&[PANICS, 1.0]);
        assert_eq!(answers, [Err("the model panicked".to_owned()), Ok(1.0)]);
    }

    #[test]
    fn numbers_that_are_not_finite_fail_their_photo_without_another_run() {
        let mut device = FakeDevice::new(true, usize::MAX);
        let (answers, _) = device.asked(&[0.0, NOT_FINITE, 2.0]);
        assert_eq!((&answers[0], &answers[2]), (&Ok(0.0), &Ok(2.0)));
        assert!(
            answers[1]
                .as_ref()
                .is_err_and(|told| told.contains("not finite"))
        );
        assert_eq!(device.runs(), [-3]);
    }
}
