//! Where Python's package `onnxruntime` keeps the shared library.

use std::path::{Path, PathBuf};

/// The shared library in a Python environment, if the package is installed there.
pub(super) fn library_in(environment: &Path) -> Option<PathBuf> {
    let unix = entries_of(&environment.join("lib"))
        .into_iter()
        .map(|python| python.join("site-packages"));
    let windows = environment.join("Lib").join("site-packages");
    unix.chain([windows])
        .map(|packages| packages.join("onnxruntime").join("capi"))
        .find_map(|folder| {
            entries_of(&folder)
                .into_iter()
                .find(|file| file.file_name().is_some_and(is_library))
        })
}

/// `libonnxruntime.so.1.32.0`, `libonnxruntime.1.32.0.dylib` or `onnxruntime.dll`, but not the
/// `…_providers_shared` beside it.
fn is_library(name: &std::ffi::OsStr) -> bool {
    name.to_str().is_some_and(|name| {
        name == "onnxruntime.dll"
            || name.starts_with("libonnxruntime.so")
            || (name.starts_with("libonnxruntime.")
                && Path::new(name)
                    .extension()
                    .is_some_and(|extension| extension == "dylib"))
    })
}

/// What is in a folder, by name; nothing where it cannot be read.
fn entries_of(folder: &Path) -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = std::fs::read_dir(folder)
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path())
        .collect();
    found.sort();
    found
}

#[cfg(test)]
mod tests {
    use super::library_in;

    #[test]
    fn the_library_is_found_among_its_neighbours() {
        let environment = tempfile::tempdir().unwrap();
        assert_eq!(library_in(environment.path()), None);

        let folder = environment
            .path()
            .join("lib/python3.13/site-packages/onnxruntime/capi");
        std::fs::create_dir_all(&folder).unwrap();
        for name in [
            "libonnxruntime_providers_shared.so",
            "onnxruntime_pybind11_state.so",
        ] {
            std::fs::write(folder.join(name), "").unwrap();
        }
        assert_eq!(library_in(environment.path()), None);

        let library = folder.join("libonnxruntime.so.1.32.0");
        std::fs::write(&library, "").unwrap();
        assert_eq!(library_in(environment.path()), Some(library));
    }
}
