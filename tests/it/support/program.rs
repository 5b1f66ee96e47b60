//! The real program on a data folder of its own, on loopback.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// A running `dupi`; killed at the end of the test at the latest.
pub(crate) struct Program {
    child: Child,
    /// Where it answers, without a slash at the end.
    pub(crate) base: String,
}

impl Program {
    /// On a free port.
    pub(crate) fn start(folder: &Path) -> Self {
        Self::start_at(folder, "127.0.0.1:0")
    }

    /// Where it was before.
    pub(crate) fn start_again(folder: &Path, base: &str) -> Self {
        let address = base
            .strip_prefix("http://")
            .expect("the program answers over plain HTTP");
        Self::start_at(folder, address)
    }

    fn start_at(folder: &Path, address: &str) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_dupi"))
            .current_dir(folder)
            .env("DUPI_DATA_DIR", folder.join("data"))
            .env("DUPI_WEB_ADDR", address)
            .env("RUST_LOG", "warn")
            .stdout(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let output = child.stdout.take().expect("stdout is piped");
        let base = BufReader::new(output)
            .lines()
            .map_while(Result::ok)
            .find_map(|line| {
                let start = line.find("http://127.0.0.1:")?;
                let url = line[start..].split_whitespace().next()?;
                Some(url.trim_end_matches('/').to_owned())
            })
            .expect("the program says where it listens");
        Self { child, base }
    }

    /// SIGKILL, which no program can catch.
    pub(crate) fn kill(self) {
        drop(self);
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
