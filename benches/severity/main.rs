//! How fast the severity model is run, always as a ratio to something else in the same run.
//!
//! `cargo bench --bench severity` measures everything and prints rows of tables; a word after `--` only
//! what is named so: `photo`, `rten`, `ceiling`, `peer`, `memory`, `gpu`. `ORT_DYLIB_PATH` names the
//! library of ONNX Runtime, `DUPI_BENCH_PYTHON` an interpreter with `benches/peer/requirements.txt`;
//! what needs one that is not there is told to be "not run". `DUPI_BENCH_CORES` are the cores that
//! either side may use, all unless set. Linux only.
#![expect(clippy::print_stdout, reason = "its output is the tables")]
#![expect(
    clippy::disallowed_methods,
    reason = "it is no part of the program, and its settings come from the environment"
)]

mod gpu;
#[path = "../measure.rs"]
mod measure;
mod peer;
mod raw;

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use anyhow::Context as _;
use dupi::ports::SeverityGrader as _;
use dupi::severity::{
    BackendOptions, BatchLimits, Device, DeviceChoice, Model, ModelSource, OnnxSeverityGrader,
    RuntimeChoice, Share,
};
use image::{Rgb, RgbImage};

use measure::{median, process_milliseconds, thread_time};
use raw::{Raw, Setup};

/// A close-up of 640x480 px that is graded.
const PHOTO: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/tests/fixtures/photos/close_up_mixed.jpg"
);
const BUNDLED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/models/dupi-demo.onnx");

/// What the measurements need, as far as it is there.
struct Bench {
    library: Option<PathBuf>,
    python: Option<PathBuf>,
    cores: NonZeroUsize,
    folder: tempfile::TempDir,
    photo: Vec<u8>,
}

/// The first argument of a process that measures what one large photo needs.
const PEAK: &str = "peak-of-one";

type Part = fn(&Bench) -> anyhow::Result<()>;

fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if arguments.first().is_some_and(|word| word == raw::WORD) {
        return raw::obey(&arguments[1..]);
    }
    if arguments.first().is_some_and(|word| word == PEAK) {
        return peak(&arguments[1..]);
    }
    let wanted: Vec<String> = arguments
        .into_iter()
        .filter(|argument| !argument.starts_with("--"))
        .collect();
    let is_wanted = |name: &str| wanted.is_empty() || wanted.iter().any(|word| word == name);
    let path = |name: &str| std::env::var_os(name).map(PathBuf::from);
    let cores = match std::env::var("DUPI_BENCH_CORES") {
        Ok(cores) => cores.parse()?,
        Err(_) => std::thread::available_parallelism()?,
    };
    let bench = Bench {
        library: path("ORT_DYLIB_PATH"),
        python: path("DUPI_BENCH_PYTHON"),
        cores,
        folder: tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))?,
        photo: std::fs::read(PHOTO)?,
    };
    println!("{cores} cores\n\n| what | measured | word |\n| --- | --- | --- |");
    let parts: [(&str, Part); 6] = [
        ("photo", Bench::photo),
        ("rten", Bench::rten),
        ("ceiling", Bench::ceiling),
        ("peer", Bench::peer),
        ("memory", Bench::memory),
        ("gpu", gpu::measure),
    ];
    for (word, part) in parts {
        if !is_wanted(word) {
            continue;
        }
        if let Err(error) = part(&bench) {
            println!("| {word} | not run: {error:#} | `{word}` |");
        }
    }
    Ok(())
}

fn row(word: &str, what: &str, measured: &str) {
    println!("| {what} | {measured} | `{word}` |");
}

impl Bench {
    fn library(&self) -> anyhow::Result<&Path> {
        self.library
            .as_deref()
            .context("`ORT_DYLIB_PATH` names no library of ONNX Runtime")
    }

    fn python(&self) -> anyhow::Result<&Path> {
        self.python
            .as_deref()
            .context("`DUPI_BENCH_PYTHON` names no interpreter")
    }

    fn share(&self) -> Share {
        Share {
            cores: self.cores,
            ..Share::default()
        }
    }

    /// How Dupi runs a model on the CPU: in ONNX Runtime if there is a library for it, else in rten.
    fn options(&self, library: Option<&Path>) -> BackendOptions {
        BackendOptions {
            choice: match library {
                Some(_) => RuntimeChoice::OnnxRuntime,
                None => RuntimeChoice::Rten,
            },
            library: library.map(Path::to_owned),
            share: self.share(),
            device: DeviceChoice::Cpu,
            ..BackendOptions::default()
        }
    }

    /// One session of a model with all cores.
    fn model(&self, file: &Path, library: Option<&Path>) -> anyhow::Result<Model> {
        let options = BackendOptions {
            share: self.share().for_one_session(),
            ..self.options(library)
        };
        Ok(Model::open(&ModelSource::File(file.to_owned()), &options)?)
    }

    /// Dupi's worker as the service starts it on this many cores without a GPU.
    fn worker(&self, file: &Path, library: Option<&Path>) -> anyhow::Result<OnnxSeverityGrader> {
        let source = ModelSource::File(file.to_owned());
        let sessions = Model::open_sessions(&source, &self.options(library))?;
        let limits = BatchLimits {
            decode_at_once: self.share().decoders_on(Device::Cpu),
            ..BatchLimits::default()
        };
        Ok(OnnxSeverityGrader::start(sessions, limits)?)
    }

    /// An `EfficientNet` with random weights, made by the training code.
    fn efficientnet(&self, kind: &str, side: u32) -> anyhow::Result<PathBuf> {
        let name = format!("efficientnet_{kind}");
        let path = self.folder.path().join(format!("{name}_{side}.onnx"));
        if !path.exists() {
            let output = Command::new(self.python()?)
                .arg(format!("{}/make_models.py", peer::FOLDER))
                .args([&name, &side.to_string()])
                .arg(&path)
                .output()?;
            let errors = String::from_utf8_lossy(&output.stderr).replace('\n', " ");
            anyhow::ensure!(output.status.success(), "no EfficientNet: {errors}");
        }
        Ok(path)
    }

    /// JPEG bytes to the model's input, in one thread, next to what others take for it.
    fn photo(&self) -> anyhow::Result<()> {
        let model = self.model(Path::new(BUNDLED), None)?;
        let large = enlarged(&self.photo)?;
        for (name, photo, runs) in [
            ("12-megapixel JPEG", &large, 15),
            ("640x480 JPEG", &self.photo, 100),
        ] {
            let mut others = Vec::new();
            let mut own = Vec::new();
            // Before and after the others: whatever the machine does besides hits all of them.
            own_photo_times(&model, photo, runs, &mut own)?;
            if let Ok(python) = self.python() {
                let file = self.folder.path().join("photo.jpg");
                std::fs::write(&file, photo)?;
                let output = Command::new(python)
                    .arg(format!("{}/preprocess.py", peer::FOLDER))
                    .args(["320", "240", &runs.to_string()])
                    .arg(&file)
                    .output()?;
                let told: serde_json::Value = serde_json::from_slice(&output.stdout)
                    .context("benches/peer/preprocess.py prints numbers")?;
                for (other, key) in [
                    ("Pillow + torchvision", "pillow_torchvision"),
                    ("OpenCV", "opencv"),
                    ("OpenCV, reduced decode", "opencv_reduced"),
                ] {
                    others.push((other, told[key].as_f64().context("a number of each")?));
                }
            }
            own_photo_times(&model, photo, runs, &mut own)?;
            let own = median(&mut own);
            let ratios: Vec<String> = others
                .iter()
                .map(|(other, time)| format!("{:.2}x of {other} ({time:.1})", own / time))
                .collect();
            let ratios = if ratios.is_empty() {
                "others not run: `DUPI_BENCH_PYTHON` names no interpreter".to_owned()
            } else {
                ratios.join(", ")
            };
            row(
                "photo",
                &format!("{name} to input with quality measures, CPU ms"),
                &format!("{own:.1}: {ratios}"),
            );
        }
        Ok(())
    }

    fn rten(&self) -> anyhow::Result<()> {
        let library = self.library()?;
        let mut built_in = self.model(Path::new(BUNDLED), None)?;
        let mut through_library = self.model(Path::new(BUNDLED), Some(library))?;
        let (mut slow, mut fast) = (Vec::new(), Vec::new());
        for _ in 0..60 {
            for (model, times) in [
                (&mut built_in, &mut slow),
                (&mut through_library, &mut fast),
            ] {
                let timing = model.analyze(&self.photo)?.timing;
                times.push(measure::milliseconds(timing.inference));
            }
        }
        let (slow, fast) = (median(&mut slow), median(&mut fast));
        row(
            "rten",
            "demonstration model, one run, built-in rten and ONNX Runtime, ms",
            &format!("{slow:.1} and {fast:.1}: {:.1}x", slow / fast),
        );
        Ok(())
    }

    /// JPEG bytes to grades through the worker, next to bare runs on a ready tensor.
    fn ceiling(&self) -> anyhow::Result<()> {
        let library = self.library()?.to_owned();
        self.against_raw("demonstration model", Path::new(BUNDLED), &library, 60, 7)?;
        let large = self.efficientnet("b0", 380)?;
        self.against_raw("EfficientNet-B0 at 380", &large, &library, 20, 5)
    }

    fn against_raw(
        &self,
        name: &str,
        file: &Path,
        library: &Path,
        photos: usize,
        rounds: usize,
    ) -> anyhow::Result<()> {
        // One session with all cores, and as many with as few threads as Dupi has.
        let own = self.share().on(Device::Cpu);
        let all = self.share().for_one_session().on(Device::Cpu);
        let mut bare_runs = [(all, "spin"), (all, "sleep"), (own, "sleep")]
            .map(|(sessions, waiting)| Setup {
                sessions: sessions.count.get(),
                threads: sessions.threads.get(),
                waiting,
                device: Device::Cpu,
                batch: 1,
            })
            .into_iter()
            .map(|setup| Raw::start(library, file, setup))
            .collect::<anyhow::Result<Vec<_>>>()?;
        let runtime = tokio::runtime::Builder::new_multi_thread().build()?;
        let grader = self.worker(file, Some(library))?;
        let (mut ratios, mut extra, mut bare) = (Vec::new(), Vec::new(), Vec::new());
        #[expect(clippy::cast_precision_loss, reason = "a few dozen photos")]
        let count = photos as f64;
        for round in 0..=rounds {
            // The ceiling is the fastest; processor time is only comparable with the same sessions.
            let (mut raw_time, mut raw_cpu) = (f64::INFINITY, 0.0);
            for bare_run in &mut bare_runs {
                let (time, cpu) = bare_run.run(photos)?;
                (raw_time, raw_cpu) = (raw_time.min(time), cpu);
            }
            let (cpu, started) = (process_milliseconds(std::process::id())?, Instant::now());
            runtime.block_on(self.grade_all(&grader, photos, 4))?;
            let time = measure::milliseconds(started.elapsed());
            let own_cpu = process_milliseconds(std::process::id())? - cpu;
            // The first round warms up.
            if round > 0 {
                ratios.push(raw_time / time);
                extra.push((own_cpu - raw_cpu) / count);
                bare.push(raw_time / count);
            }
        }
        runtime.block_on(grader.shut_down());
        row(
            "ceiling",
            &format!("{name}, JPEG to grades, against bare runs of ONNX Runtime"),
            &format!(
                "{:.2} of their throughput ({:.1} ms a run), {:.1} ms of CPU on top of each",
                median(&mut ratios),
                median(&mut bare),
                median(&mut extra)
            ),
        );
        Ok(())
    }

    /// Grades the photo so many times, so many at a time.
    async fn grade_all(
        &self,
        grader: &OnnxSeverityGrader,
        photos: usize,
        at_once: usize,
    ) -> anyhow::Result<()> {
        let callers: Vec<_> = (0..at_once)
            .map(|caller| {
                let (grader, photo) = (grader.clone(), self.photo.clone());
                let share = photos / at_once + usize::from(caller < photos % at_once);
                tokio::spawn(async move {
                    for _ in 0..share {
                        grader.grade(photo.clone()).await?;
                    }
                    anyhow::Ok(())
                })
            })
            .collect();
        for caller in callers {
            caller.await??;
        }
        Ok(())
    }

    fn peer(&self) -> anyhow::Result<()> {
        let (python, library) = (self.python()?, self.library()?);
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .enable_all()
            .build()?;
        let peer = peer::Peer::start(python, Path::new(BUNDLED), self.cores.get())?;
        let grader = self.worker(Path::new(BUNDLED), Some(library))?;
        let own = runtime.block_on(peer::serve(grader.clone()))?;
        let photo = axum::body::Bytes::from(self.photo.clone());
        for clients in [1, 4, 16] {
            let (mut gains, mut delays) = (Vec::new(), Vec::new());
            let mut last = Vec::new();
            for round in 0..4 {
                let photos = if round == 0 { 16 } else { 200 };
                let theirs = runtime.block_on(peer::crowd(&peer.url, &photo, clients, photos))?;
                let ours = runtime.block_on(peer::crowd(&own, &photo, clients, photos))?;
                if round > 0 {
                    gains.push(ours.per_second / theirs.per_second);
                    delays.push(ours.p95 / theirs.p95);
                    last = vec![ours, theirs];
                }
            }
            let told: Vec<String> = last
                .iter()
                .map(|seen| {
                    format!(
                        "{:.0} photos/s, p50 {:.0} ms, p95 {:.0} ms",
                        seen.per_second, seen.p50, seen.p95
                    )
                })
                .collect();
            row(
                "peer",
                &format!("Dupi's worker behind HTTP against the Python service, {clients} clients"),
                &format!(
                    "{:.2}x the throughput, {:.2}x the p95 ({} against {})",
                    median(&mut gains),
                    median(&mut delays),
                    told[0],
                    told[1]
                ),
            );
        }
        let started = Instant::now();
        runtime.block_on(self.grade_all(&grader, 200, 4))?;
        row(
            "peer",
            "Dupi's worker called directly, four callers",
            &format!("{:.0} photos/s", 200.0 / started.elapsed().as_secs_f64()),
        );
        runtime.block_on(grader.shut_down());
        Ok(())
    }

    fn memory(&self) -> anyhow::Result<()> {
        let large = self.folder.path().join("large.jpg");
        std::fs::write(&large, enlarged(&self.photo)?)?;
        // In a process of its own, in which nothing large was freed before.
        let output = Command::new(std::env::current_exe()?)
            .arg(PEAK)
            .arg(&large)
            .output()?;
        row(
            "memory",
            "peak of a process that judges a 12-megapixel photo",
            String::from_utf8_lossy(&output.stdout).trim(),
        );
        let library = self.library.as_deref();
        let runtime = tokio::runtime::Builder::new_multi_thread().build()?;
        let grader = self.worker(Path::new(BUNDLED), library)?;
        row(
            "memory",
            "resident memory with all sessions of the demonstration model open",
            &format!("{:.0} MB", measure::megabytes(std::process::id(), "VmRSS")?),
        );
        runtime.block_on(self.grade_all(&grader, 1_000, 4))?;
        let early = measure::megabytes(std::process::id(), "VmRSS")?;
        runtime.block_on(self.grade_all(&grader, 9_000, 4))?;
        let late = measure::megabytes(std::process::id(), "VmRSS")?;
        row(
            "memory",
            "resident memory after 1,000 and after 10,000 photos",
            &format!("{early:.0} MB and {late:.0} MB"),
        );
        runtime.block_on(grader.shut_down());
        Ok(())
    }
}

/// Opens the model, judges the small photo, then the large one of the arguments: how much more memory
/// that took.
fn peak(arguments: &[String]) -> anyhow::Result<()> {
    let [large] = arguments else {
        anyhow::bail!("the peak of one photo is measured");
    };
    let large = std::fs::read(large)?;
    let options = BackendOptions {
        choice: RuntimeChoice::Rten,
        ..BackendOptions::default()
    };
    let mut model = Model::open(&ModelSource::Bundled, &options)?;
    model.analyze(&std::fs::read(PHOTO)?)?;
    let small_peak = measure::megabytes(std::process::id(), "VmHWM")?;
    model.analyze(&large)?;
    let peak = measure::megabytes(std::process::id(), "VmHWM")?;
    println!(
        "{peak:.0} MB, {:.0} MB more than for opening the model and a photo of 640x480",
        peak - small_peak
    );
    Ok(())
}

/// Processor time of everything before the model is asked.
fn own_photo_times(
    model: &Model,
    photo: &[u8],
    runs: usize,
    times: &mut Vec<f64>,
) -> anyhow::Result<()> {
    // The clock of a thread moves in steps of some milliseconds: a block of runs is timed, not each.
    const BLOCKS: usize = 5;
    model.prepare_only(photo);
    let runs = u32::try_from(runs.div_ceil(BLOCKS))?;
    for _ in 0..BLOCKS {
        let block = thread_time(|| {
            for _ in 0..runs {
                std::hint::black_box(model.prepare_only(photo));
            }
        })?;
        times.push(block / f64::from(runs));
    }
    Ok(())
}

/// The photo as a phone of 12 megapixels might have taken it: enlarged, with the noise of a sensor.
fn enlarged(photo: &[u8]) -> anyhow::Result<Vec<u8>> {
    let small = image::load_from_memory(photo)?.into_rgb8();
    let mut large: RgbImage =
        image::imageops::resize(&small, 4032, 3024, image::imageops::FilterType::CatmullRom);
    let mut state = 1_u32;
    for Rgb(channels) in large.pixels_mut() {
        // The sum of four even draws is nearly normal; a deviation of about 6 of 255.
        let mut noise = 0;
        for _ in 0..4 {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            noise += i16::from((state >> 24) as u8 % 21) - 10;
        }
        for channel in channels {
            let value = (i16::from(*channel) + noise / 2).clamp(0, 255);
            *channel = u8::try_from(value)?;
        }
    }
    let mut bytes = std::io::Cursor::new(Vec::new());
    let encoder = image::codecs::jpeg::JpegEncoder::new_with_quality(&mut bytes, 90);
    large.write_with_encoder(encoder)?;
    Ok(bytes.into_inner())
}
