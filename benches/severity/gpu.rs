//! JPEG bytes to grades on a GPU by CUDA, next to bare runs of the same library on the same GPU.

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::time::Instant;

use dupi::severity::{
    BackendOptions, BatchLimits, Device, DeviceChoice, Model, ModelSource, OnnxSeverityGrader,
};

use crate::measure::median;
use crate::raw::{Raw, Setup};
use crate::{BUNDLED, Bench, row};

const COMMAND: &str =
    "ORT_DYLIB_PATH=LIBRARY DUPI_BENCH_PYTHON=INTERPRETER cargo bench --bench severity -- gpu";
const DEVICE: Device = Device::Cuda(0);
const ROUNDS: usize = 5;

pub(crate) fn measure(bench: &Bench) -> anyhow::Result<()> {
    anyhow::ensure!(
        Path::new("/dev/nvidia0").exists(),
        "there is no GPU of NVIDIA on this machine; on one with it: `{COMMAND}`"
    );
    let library = bench.library()?;
    for (name, file, batches) in [
        ("demonstration model", Ok(PathBuf::from(BUNDLED)), 64),
        ("EfficientNet-B0 at 380", bench.efficientnet("b0", 380), 32),
        ("EfficientNet-B7 at 600", bench.efficientnet("b7", 600), 8),
    ] {
        let file = file?;
        for batch in [1, 8, 32] {
            one(bench, library, (name, &file), batch, batches)?;
        }
    }
    Ok(())
}

/// One model with one size of batches, so many of them in each round.
fn one(
    bench: &Bench,
    library: &Path,
    (name, file): (&str, &Path),
    batch: usize,
    batches: usize,
) -> anyhow::Result<()> {
    let max_batch = NonZeroUsize::new(batch).expect("a batch is not empty");
    let options = BackendOptions {
        device: DeviceChoice::Cuda,
        max_batch,
        ..bench.options(Some(library))
    };
    let sessions = Model::open_sessions(&ModelSource::File(file.to_owned()), &options)?;
    let backend = sessions[0].backend_description();
    let why = backend.fallbacks.first().map(|fallback| &fallback.why);
    anyhow::ensure!(
        backend.device == DEVICE,
        "{DEVICE} cannot be used: {}; once it can: `{COMMAND}`",
        why.map_or("for no known reason", String::as_str)
    );
    // While one batch runs, the next one and the one after it are got ready.
    let at_once = 3 * batch;
    let limits = BatchLimits {
        max_batch,
        capacity: NonZeroUsize::new(4 * batch).expect("a batch is not empty"),
        decode_at_once: options.share.decoders_on(DEVICE),
        ..BatchLimits::default()
    };
    let grader = OnnxSeverityGrader::start(sessions, limits)?;
    let setup = Setup {
        sessions: 1,
        threads: bench.cores.get(),
        waiting: "sleep",
        device: DEVICE,
        batch,
    };
    let mut bare_runs = Raw::start(library, file, setup)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().build()?;
    let (mut own, mut raw, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
    #[expect(clippy::cast_precision_loss, reason = "a few thousand photos")]
    let photos = (batch * batches) as f64;
    for round in 0..=ROUNDS {
        let (raw_time, _) = bare_runs.run(batches)?;
        let started = Instant::now();
        runtime.block_on(bench.grade_all(&grader, batch * batches, at_once))?;
        let time = crate::measure::milliseconds(started.elapsed());
        // The first round warms up.
        if round > 0 {
            own.push(photos / time * 1e3);
            raw.push(photos / raw_time * 1e3);
            ratios.push(raw_time / time);
        }
    }
    runtime.block_on(grader.shut_down());
    row(
        "gpu",
        &format!("{name} by batches of {batch} on {DEVICE}, JPEG to grades, against bare runs"),
        &format!(
            "{:.0} photos/s, {:.2} of {:.0}",
            median(&mut own),
            median(&mut ratios),
            median(&mut raw)
        ),
    );
    Ok(())
}
