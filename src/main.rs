//! Arguments in, exit code out.

use std::process::ExitCode;

fn main() -> ExitCode {
    dupi::app::cli::run(std::env::args_os())
}
