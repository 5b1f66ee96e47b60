//! What may be written on the command line.

use std::path::PathBuf;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, Parser, Subcommand};

use crate::config::DeviceChoice;
use crate::domain::consultation::Language;

/// The whole command line.
#[derive(Debug, Parser)]
#[command(
    name = "dupi",
    version,
    about = "Dupi: a scalp consultation in the browser, on Telegram and on Discord. Without a command it serves them.",
    after_help = "Exit codes: 0 done, 1 failed, 2 wrong usage, 3 some photos were not graded.\n\
                  Settings: dupi.toml and the environment; `dupi config` shows them.",
    args_conflicts_with_subcommands = true
)]
pub(super) struct Arguments {
    #[command(flatten)]
    serve: ServeArguments,
    #[command(subcommand)]
    command: Option<Command>,
}

impl Arguments {
    /// The command that was asked for; serving where none was.
    pub(super) fn command(self) -> Command {
        self.command.unwrap_or(Command::Serve(self.serve))
    }
}

/// What Dupi can be asked to do.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Serve the web chat, and the bots whose tokens are set, until Ctrl-C (the same as no command)
    Serve(ServeArguments),
    /// Grade photos of a scalp
    Analyze(AnalyzeArguments),
    /// Check everything that serving needs, and say what to do
    Doctor(DeviceArguments),
    /// Print the settings in force and where each came from; secrets are hidden
    Config,
    /// Severity models
    #[command(subcommand)]
    Model(ModelCommand),
    /// Make training data for the language model out of AI Hub's dataset of scalp images
    AdviceData {
        /// AI Hub's folder, with its zips or unpacked, or one around it
        #[arg(value_name = "AIHUB_DIR")]
        folder: PathBuf,
        /// Where the pairs go, one line of JSON each
        #[arg(value_name = "OUT.jsonl")]
        out: PathBuf,
    },
    /// Measure how good the advice is
    #[command(subcommand)]
    Eval(EvalCommand),
    /// List the newest stored effects: what waits, runs, is done or has failed
    Jobs {
        /// How many to list
        #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=10_000))]
        limit: u32,
    },
}

/// What the model runs on; left out, the settings say.
#[derive(Debug, Clone, Copy, Args)]
pub(super) struct DeviceArguments {
    /// What the model runs on, whatever the settings say
    #[arg(long, value_parser = device())]
    pub(super) device: Option<DeviceChoice>,
}

impl Command {
    /// The device that was asked for.
    pub(super) fn device(&self) -> Option<DeviceChoice> {
        let arguments = match self {
            Self::Serve(serve) => serve.device,
            Self::Analyze(analyze) => analyze.device,
            Self::Doctor(device) | Self::Model(ModelCommand::Check { device, .. }) => *device,
            Self::Config | Self::Jobs { .. } | Self::AdviceData { .. } | Self::Eval(_) => {
                return None;
            }
        };
        arguments.device
    }
}

#[derive(Debug, Args)]
pub(super) struct ServeArguments {
    #[command(flatten)]
    pub(super) device: DeviceArguments,
    /// Open the page in the browser
    #[arg(long)]
    pub(super) open: bool,
}

#[derive(Debug, Args)]
pub(super) struct AnalyzeArguments {
    /// JPEG, PNG or WebP files
    #[arg(required = true, value_name = "PHOTO")]
    pub(super) photos: Vec<PathBuf>,
    /// Print one line of JSON for each photo
    #[arg(long)]
    pub(super) json: bool,
    /// Draw one result card for all graded photos
    #[arg(long, value_name = "OUT.png")]
    pub(super) card: Option<PathBuf>,
    /// The language of the card
    #[arg(long, requires = "card", value_parser = language(), default_value = "ko")]
    pub(super) language: Language,
    #[command(flatten)]
    pub(super) device: DeviceArguments,
}

#[derive(Debug, Subcommand)]
pub(super) enum ModelCommand {
    /// Say what a file is; of a severity model, whether it is usable and how well it runs
    Check {
        /// Any file
        file: PathBuf,
        #[command(flatten)]
        device: DeviceArguments,
    },
}

#[derive(Debug, Clone, Subcommand)]
pub(super) enum EvalCommand {
    /// The rules, the gates, injections and red flags; and the language model that is set up, if any
    Advice {
        /// How many texts the language model words
        #[arg(long, default_value_t = 24, value_parser = clap::value_parser!(u16).range(..=4_096))]
        texts: u16,
    },
    /// What people think of what was written for them
    Ratings,
}

fn device() -> impl TypedValueParser<Value = DeviceChoice> {
    PossibleValuesParser::new(DeviceChoice::ALL.map(DeviceChoice::id))
        .map(|id| DeviceChoice::from_id(&id).expect("only known names are let through"))
}

fn language() -> impl TypedValueParser<Value = Language> {
    PossibleValuesParser::new(Language::ALL.map(Language::id))
        .map(|tag| Language::from_tag(&tag).expect("only known tags are let through"))
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::{Arguments, Command};
    use crate::config::DeviceChoice;
    use crate::domain::consultation::Language;

    fn command(line: &str) -> Result<Command, clap::Error> {
        Arguments::try_parse_from(line.split(' ')).map(Arguments::command)
    }

    #[test]
    fn the_arguments_fit_together() {
        <Arguments as clap::CommandFactory>::command().debug_assert();
    }

    #[test]
    fn serving_needs_no_command() {
        for line in ["dupi --open", "dupi serve --open"] {
            let command = command(line).unwrap();
            assert!(
                matches!(command, Command::Serve(serve) if serve.open),
                "{line}"
            );
        }
        assert!(matches!(command("dupi").unwrap(), Command::Serve(serve) if !serve.open));
    }

    #[test]
    fn the_device_can_be_named_wherever_a_model_runs() {
        for line in [
            "dupi --device cuda",
            "dupi serve --device cuda",
            "dupi analyze a.jpg --device cuda",
            "dupi doctor --device cuda",
            "dupi model check a.onnx --device cuda",
        ] {
            assert_eq!(
                command(line).unwrap().device(),
                Some(DeviceChoice::Cuda),
                "{line}"
            );
        }
        assert_eq!(command("dupi doctor").unwrap().device(), None);
        assert!(command("dupi --device gpu").is_err());
    }

    #[test]
    fn the_language_of_a_card_needs_a_card() {
        let Command::Analyze(analyze) =
            command("dupi analyze a.jpg b.jpg --card c.png --language en").unwrap()
        else {
            panic!("analyze was asked for");
        };
        assert_eq!(analyze.photos.len(), 2);
        assert_eq!(analyze.language, Language::English);
        for line in [
            "dupi analyze a.jpg --language en",
            "dupi analyze a.jpg --card c.png --language fr",
            "dupi analyze",
            "dupi --open doctor",
            "dupi jobs --limit 0",
            "dupi model",
        ] {
            assert!(command(line).is_err(), "{line}");
        }
    }
}
