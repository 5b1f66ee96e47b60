//! llama.cpp's own HTTP server with a tiny model that is made on the spot, without a download.
//!
//! It is a program of its own, for which a Python with gguf, numpy and xllamacpp is needed, and the
//! two scripts in `../shared/tools/llm`; nothing here knows how llama.cpp works.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on ends where it stands"
)]

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

/// The name under which the server lists its model.
pub(crate) const ALIAS: &str = "tiny-ko";
/// The model's context, in tokens.
pub(crate) const CONTEXT: u32 = 512;

/// A running server; ends with this, also when the test failed.
pub(crate) struct LlamaCpp {
    child: Child,
    base: String,
    _folder: TempDir,
}

impl LlamaCpp {
    /// With a model that is made with these options; `None` where it is not at hand, and why is told.
    pub(crate) fn start(options: &[&str]) -> Option<Self> {
        Self::start_reading(CONTEXT, options)
    }

    /// The same, with a model that reads so many tokens.
    #[expect(
        clippy::print_stderr,
        reason = "whoever runs the tests is told what was not run"
    )]
    pub(crate) fn start_reading(context: u32, options: &[&str]) -> Option<Self> {
        let tools = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/tools/llm");
        let make = tools.join("make_tiny.py");
        let serve = tools.join("serve_xllama.py");
        let (Some(python), true) = (python(), make.is_file() && serve.is_file()) else {
            eprintln!(
                "SKIPPED: this test needs a Python with gguf, numpy and xllamacpp in \
                 LLAMACPP_PYTHON, and ../shared/tools/llm"
            );
            return None;
        };
        let folder = TempDir::new().unwrap();
        let made = Command::new(&python)
            .arg(make)
            .arg(folder.path())
            .args(["--ctx", &context.to_string()])
            .args(options)
            .output()
            .expect("the Python in LLAMACPP_PYTHON starts");
        let complaints = String::from_utf8_lossy(&made.stderr);
        assert!(made.status.success(), "no model was made: {complaints}");
        let mut child = Command::new(python)
            .arg(serve)
            .arg(folder.path().join("tiny.gguf"))
            .args(["0", "--alias", ALIAS, "--ctx", &context.to_string()])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the Python in LLAMACPP_PYTHON starts");
        let output = BufReader::new(child.stdout.take().expect("stdout is piped"));
        let mut server = Self {
            child,
            base: String::new(),
            _folder: folder,
        };
        server.base = output
            .lines()
            .map_while(Result::ok)
            .find_map(|line| line.strip_prefix("LISTENING ").map(str::to_owned))
            .expect("the server says where it listens");
        Some(server)
    }

    /// Where it is, as settings have it.
    pub(crate) fn base_url(&self) -> String {
        format!("{}/v1", self.base.trim_end_matches('/'))
    }
}

impl Drop for LlamaCpp {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "only the surroundings know where a Python with xllamacpp is"
)]
fn python() -> Option<PathBuf> {
    std::env::var_os("LLAMACPP_PYTHON").map(PathBuf::from)
}
