//! ONNX Runtime with nothing around it: the ceiling.
//!
//! It runs in a process of its own, this program started anew, since a process may hold the library
//! only once. For each line it reads it runs so many times, shared out among its sessions, and answers
//! with the milliseconds of the clock and of the processor.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Instant;

use anyhow::Context as _;
use dupi::severity::Device;
use ort::environment::Environment;
use ort::ep::{CUDA, ExecutionProvider as _};
use ort::session::Session;
use ort::value::{Tensor, ValueType};

use crate::measure::process_milliseconds;

/// The first argument of the other process.
pub(crate) const WORD: &str = "raw-runs";

/// Bare runs in another process. It ends with this.
pub(crate) struct Raw {
    child: Child,
    orders: ChildStdin,
    answers: BufReader<ChildStdout>,
}

/// How the bare runs are made.
#[derive(Clone, Copy)]
pub(crate) struct Setup {
    pub(crate) sessions: usize,
    /// Threads of each session.
    pub(crate) threads: usize,
    /// `spin`, as the library does unless told otherwise, or `sleep`, as Dupi tells it to: which is faster
    /// depends on what else the machine does.
    pub(crate) waiting: &'static str,
    pub(crate) device: Device,
    pub(crate) batch: usize,
}

impl Raw {
    pub(crate) fn start(library: &Path, model: &Path, setup: Setup) -> anyhow::Result<Self> {
        let gpu = match setup.device {
            Device::Cpu => "cpu".to_owned(),
            Device::Cuda(id) => id.to_string(),
            Device::TensorRt(_) => anyhow::bail!("bare runs are made with CUDA or on the CPU"),
        };
        let mut child = Command::new(std::env::current_exe()?)
            .arg(WORD)
            .args([library, model])
            .args([setup.sessions, setup.threads, setup.batch].map(|number| number.to_string()))
            .args([setup.waiting, &gpu])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let orders = child.stdin.take().context("its input is piped")?;
        let answers = child.stdout.take().context("its output is piped")?;
        Ok(Self {
            child,
            orders,
            answers: BufReader::new(answers),
        })
    }

    /// Runs so many times: milliseconds of the clock and of the processor.
    pub(crate) fn run(&mut self, times: usize) -> anyhow::Result<(f64, f64)> {
        writeln!(self.orders, "{times}")?;
        let mut line = String::new();
        self.answers.read_line(&mut line)?;
        let (waited, worked) = line
            .trim()
            .split_once(' ')
            .context("the bare runs ended early")?;
        Ok((waited.parse()?, worked.parse()?))
    }
}

impl Drop for Raw {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// One session and its input.
struct Bare {
    session: Session,
    name: String,
    input: Tensor<f32>,
}

impl Bare {
    fn open(
        environment: &Environment,
        model: &Path,
        [threads, batch]: [usize; 2],
        [waiting, gpu]: [&str; 2],
    ) -> anyhow::Result<Self> {
        let mut builder = Session::builder(environment)?
            .with_intra_threads(threads)
            .map_err(|error| anyhow::anyhow!("{error}"))?
            .with_intra_op_spinning(waiting == "spin")
            .map_err(|error| anyhow::anyhow!("{error}"))?;
        if gpu != "cpu" {
            let provider = CUDA::default().with_device_id(gpu.parse()?);
            provider.register(&mut builder)?;
        }
        let session = builder.commit_from_file(model)?;
        let outlet = session.inputs().first().context("the model has an input")?;
        let ValueType::Tensor { shape, .. } = outlet.dtype() else {
            anyhow::bail!("the input is no tensor");
        };
        let sides: Vec<usize> = shape
            .iter()
            .skip(1)
            .map(|side| usize::try_from(*side))
            .collect::<Result<_, _>>()?;
        let [channels, height, width] = sides[..] else {
            anyhow::bail!("the input has no three sides");
        };
        let name = outlet.name().to_owned();
        let values = vec![0.25_f32; batch * channels * height * width];
        Ok(Self {
            session,
            name,
            input: Tensor::from_array(([batch, channels, height, width], values))?,
        })
    }

    fn run(&mut self, times: usize) -> anyhow::Result<()> {
        for _ in 0..times {
            self.session
                .run(ort::inputs![self.name.as_str() => &self.input])?;
        }
        Ok(())
    }
}

/// The other process, by the arguments that [`Raw::start`] gives it.
pub(crate) fn obey(arguments: &[String]) -> anyhow::Result<()> {
    let [library, model, sessions, threads, batch, waiting, gpu] = arguments else {
        anyhow::bail!("bare runs need a library, a model, and how to run it");
    };
    let environment = ort::init_from(library)?.build()?;
    let numbers = [threads.parse()?, batch.parse()?];
    let mut sessions = (0..sessions.parse()?)
        .map(|_| Bare::open(&environment, Path::new(model), numbers, [waiting, gpu]))
        .collect::<anyhow::Result<Vec<_>>>()?;
    let count = sessions.len();
    let mut output = std::io::stdout();
    for line in std::io::stdin().lines() {
        let times: usize = line?.trim().parse()?;
        let (cpu, started) = (process_milliseconds(std::process::id())?, Instant::now());
        std::thread::scope(|scope| {
            let running: Vec<_> = sessions
                .iter_mut()
                .enumerate()
                .map(|(place, session)| {
                    let share = times / count + usize::from(place < times % count);
                    scope.spawn(move || session.run(share))
                })
                .collect();
            running.into_iter().try_for_each(|session| {
                session
                    .join()
                    .map_err(|_| anyhow::anyhow!("a bare run panicked"))?
            })
        })?;
        let waited = started.elapsed().as_secs_f64() * 1e3;
        writeln!(
            output,
            "{waited} {}",
            process_milliseconds(std::process::id())? - cpu
        )?;
        output.flush()?;
    }
    Ok(())
}
