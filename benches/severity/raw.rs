//! ONNX Runtime with nothing around it: the ceiling.
//!
//! It runs in a process of its own, this program started anew, since a process may hold the library
//! only once. For each line it reads it runs so many times, and answers with the seconds of the clock
//! and of the processor.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Instant;

use anyhow::Context as _;
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

impl Raw {
    /// `waiting` is `spin`, as the library does unless told otherwise, or `sleep`, as Dupi tells it to:
    /// which is faster depends on what else the machine does.
    pub(crate) fn start(
        library: &Path,
        model: &Path,
        threads: usize,
        waiting: &str,
    ) -> anyhow::Result<Self> {
        let mut child = Command::new(std::env::current_exe()?)
            .arg(WORD)
            .args([library, model])
            .args([&threads.to_string(), waiting])
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

/// The other process: its arguments are library, model, threads, and how these wait.
pub(crate) fn obey(arguments: &[String]) -> anyhow::Result<()> {
    let [library, model, threads, waiting] = arguments else {
        anyhow::bail!("bare runs need a library, a model, threads and how these wait");
    };
    let environment = ort::init_from(library)?.build()?;
    let mut builder = Session::builder(&environment)?
        .with_intra_threads(threads.parse()?)
        .map_err(|error| anyhow::anyhow!("{error}"))?
        .with_intra_op_spinning(waiting == "spin")
        .map_err(|error| anyhow::anyhow!("{error}"))?;
    let mut session = builder.commit_from_file(model)?;
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
    let input = outlet.name().to_owned();
    let values = vec![0.25_f32; channels * height * width];
    let tensor = Tensor::from_array(([1, channels, height, width], values))?;
    let mut output = std::io::stdout();
    for line in std::io::stdin().lines() {
        let times: usize = line?.trim().parse()?;
        let (cpu, started) = (process_milliseconds()?, Instant::now());
        for _ in 0..times {
            session.run(ort::inputs![input.as_str() => &tensor])?;
        }
        let waited = started.elapsed().as_secs_f64() * 1e3;
        writeln!(output, "{waited} {}", process_milliseconds()? - cpu)?;
        output.flush()?;
    }
    Ok(())
}
