//! The command line, for operators: which command runs, what it prints, how it ends.
//!
//! Results go to the standard output, errors and hints to the standard error. The words here are
//! for operators, in English; nothing here is ever shown to a person in a consultation.

mod advice_data;
mod analyze;
mod arguments;
mod doctor;
mod eval;
mod jobs;
mod judgement_text;
mod model_check;
mod serving;
mod telling;

use std::ffi::OsString;
use std::io::Write;
use std::process::ExitCode;

use anyhow::Context as _;
use clap::Parser as _;
use tracing::{Level, Metadata};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

use crate::config::{Origin, Settings};
use arguments::{Arguments, Command, EvalCommand, ModelCommand};

/// How a command that did not fail has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    Done,
    /// It ran, and what it found is not good: `dupi doctor`.
    FoundFaults,
    /// Some photos were not graded.
    SomeRefused,
}

impl Outcome {
    /// 0 done, 1 failed, 3 some photos refused; 2 is wrong usage.
    fn exit_code(self) -> ExitCode {
        ExitCode::from(match self {
            Self::Done => 0,
            Self::FoundFaults => 1,
            Self::SomeRefused => 3,
        })
    }
}

/// Runs the command that the arguments (with the program's name first) ask for.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let arguments = match Arguments::try_parse_from(arguments) {
        Ok(arguments) => arguments,
        Err(error) => {
            // Where nobody reads there is nobody to tell; the exit code still says it.
            let _ = error.print();
            return ExitCode::from(if error.use_stderr() { 2 } else { 0 });
        }
    };
    let mut output = std::io::stdout().lock();
    match perform(arguments.command(), &mut output) {
        Ok(outcome) => outcome.exit_code(),
        Err(error) if telling::is_closed_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = telling::tell(&error, &mut std::io::stderr().lock());
            ExitCode::FAILURE
        }
    }
}

fn perform(command: Command, output: &mut dyn Write) -> anyhow::Result<Outcome> {
    let mut settings = match (Settings::load(), &command) {
        (Ok(settings), _) => settings,
        (Err(error), Command::Doctor(_)) => return doctor::settings_refused(&error, output),
        (Err(error), _) => return Err(error.into()),
    };
    if let Some(device) = command.device() {
        settings.model.device = device;
    }
    log_to_standard_error(&settings, &command)?;
    match command {
        Command::Serve(serve) => in_runtime(serving::run(&settings, &serve, output)),
        Command::Analyze(analyze) => analyze::run(&settings, &analyze, output),
        Command::Doctor(_) => in_runtime(doctor::run(&settings, output)),
        Command::Config => {
            output.write_all(settings.effective().as_bytes())?;
            Ok(Outcome::Done)
        }
        Command::Model(ModelCommand::Check { file, .. }) => {
            model_check::run(&settings, &file, output)
        }
        Command::AdviceData { folder, out } => advice_data::run(&folder, &out, output),
        Command::Eval(EvalCommand::Advice { texts }) => {
            in_runtime(eval::advice(&settings, usize::from(texts), output))
        }
        Command::Eval(EvalCommand::Ratings) => in_runtime(eval::ratings(&settings, output)),
        Command::Jobs { limit } => in_runtime(jobs::run(&settings, limit, output)),
    }
}

fn in_runtime<T>(work: impl Future<Output = anyhow::Result<T>>) -> anyhow::Result<T> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .context("the threads of the service cannot be started")?
        .block_on(work)
}

/// The service logs as it is set; the other commands keep quiet unless they are asked to speak.
fn log_to_standard_error(settings: &Settings, command: &Command) -> anyhow::Result<()> {
    use std::io::IsTerminal as _;
    let is_asked = settings.origin("log.filter") != Origin::Default;
    let filter = match command {
        Command::Serve(_) => &settings.log.filter,
        _ if is_asked => &settings.log.filter,
        _ => "error",
    };
    tracing_subscriber::fmt()
        .with_env_filter(EnvFilter::try_new(filter)?)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .finish()
        .with(filter_fn(says_nothing_personal))
        .try_init()
        .map_err(|error| anyhow::anyhow!(error))
}

/// Libraries log what people and models write, and tokens, at levels that an operator may ask for; that is left out
/// whatever the filter says.
fn says_nothing_personal(metadata: &Metadata<'_>) -> bool {
    let target = metadata.target();
    if target.starts_with("serenity::gateway::ws") || target.starts_with("async_openai") {
        return false;
    }
    !target.starts_with("serenity") || *metadata.level() <= Level::ERROR
}
