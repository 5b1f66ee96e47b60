//! Photos in, judgements out: the severity model through its public interface.

mod analysis;
mod contract;
mod grader;
mod onnx_file;
mod reader;

use std::num::NonZeroUsize;
use std::path::PathBuf;

use dupi::severity::{BackendOptions, Model, ModelSource, RuntimeChoice, Share};

/// A file of `tests/fixtures`.
fn fixture(name: &str) -> Vec<u8> {
    let path = format!("{}/tests/fixtures/{name}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The sample photos, with what the training code's own reading of the service's rules says of them.
fn expected_of_photos() -> serde_json::Map<String, serde_json::Value> {
    let book: serde_json::Value =
        serde_json::from_slice(&fixture("photos/photos.json")).expect("photos.json is JSON");
    book["photos"]
        .as_object()
        .expect("photos.json has `photos`")
        .clone()
}

fn photo(name: &str) -> Vec<u8> {
    fixture(&format!("photos/{name}.jpg"))
}

/// The bundled model on the built-in runtime.
fn bundled() -> Model {
    sessions_of_bundled(None, 1).remove(0)
}

/// So many sessions of the bundled model: on a library of ONNX Runtime, or on the built-in runtime.
fn sessions_of_bundled(library: Option<PathBuf>, count: usize) -> Vec<Model> {
    let options = BackendOptions {
        choice: match library {
            Some(_) => RuntimeChoice::OnnxRuntime,
            None => RuntimeChoice::Rten,
        },
        library,
        share: Share {
            sessions: NonZeroUsize::new(count),
            ..Share::default()
        },
        ..BackendOptions::default()
    };
    Model::open_sessions(&ModelSource::Bundled, &options).expect("the bundled model opens")
}

/// The library of ONNX Runtime, where the tests are told of one; says so where they are not.
#[expect(clippy::print_stderr, reason = "a test that did not run must say so")]
fn onnx_runtime_library() -> Option<PathBuf> {
    #[expect(
        clippy::disallowed_methods,
        reason = "the tests find the library by the same variable as the program, whose configuration \
                  they do not load"
    )]
    let library = std::env::var_os("ORT_DYLIB_PATH").map(PathBuf::from);
    if library.is_none() {
        eprintln!("SKIPPED: ORT_DYLIB_PATH names no ONNX Runtime library to compare rten with");
    }
    library
}
