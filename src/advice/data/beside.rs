//! Files beside the output: temporary ones that nobody sees, and the output itself until it is
//! whole. Whatever happens, none of them stays.

use std::ffi::OsStr;
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Write as _};
use std::path::{Path, PathBuf};

use super::Pair;
use super::errors::AdviceDataError;

/// Bytes gathered before they are written.
const BUFFER: usize = 1 << 16;

/// Names tried before giving up: others may be left of programs that were killed.
const MOST_NAMES: u32 = 1000;

/// The place of the output.
#[derive(Debug)]
pub(super) struct Beside {
    out: PathBuf,
    folder: PathBuf,
}

impl Beside {
    /// Checks that there can be an output of that name, and that its folder is writable.
    pub(super) fn of(out: &Path) -> Result<Self, AdviceDataError> {
        // A link stays; what it leads to is replaced.
        let out = fs::canonicalize(out).unwrap_or_else(|_| out.to_owned());
        let is_replaceable = fs::metadata(&out).map_or(true, |about| about.is_file());
        if !is_replaceable || out.file_name().is_none_or(OsStr::is_empty) {
            return Err(AdviceDataError::NotAFile { path: out });
        }
        let folder = match out.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent.to_owned(),
            Some(_) | None => PathBuf::from("."),
        };
        let beside = Self { out, folder };
        // Better now than after minutes of reading.
        let tried = beside.temporary();
        tried.map_err(|source| beside.unwritable(source))?;
        Ok(beside)
    }

    /// An empty file for reading and writing.
    pub(super) fn temporary(&self) -> io::Result<Temporary> {
        let (file, mut name) = self.create()?;
        // Where the system can, the name goes at once: then nothing stays behind, even of a program
        // that is killed.
        if fs::remove_file(&name.0).is_ok() {
            name.0 = PathBuf::new();
        }
        Ok(Temporary { file, _name: name })
    }

    /// The output, under another name until it is finished.
    pub(super) fn output(&self) -> Result<Output, AdviceDataError> {
        let (file, part) = self.create().map_err(|source| self.unwritable(source))?;
        Ok(Output {
            file: BufWriter::with_capacity(BUFFER, file),
            part,
            out: self.out.clone(),
        })
    }

    /// What is told when a temporary file cannot be written or read.
    pub(super) fn scratch_error(&self, source: io::Error) -> AdviceDataError {
        let path = self.out.clone();
        AdviceDataError::Scratch { path, source }
    }

    fn unwritable(&self, source: io::Error) -> AdviceDataError {
        let path = self.out.clone();
        AdviceDataError::Unwritable { path, source }
    }

    fn create(&self) -> io::Result<(File, Name)> {
        let process = std::process::id();
        let mut options = OpenOptions::new();
        options.read(true).write(true).create_new(true);
        let mut number = 0;
        loop {
            let name = format!(".advice-data-{process}-{number}.tmp");
            let path = self.folder.join(name);
            match options.open(&path) {
                Ok(file) => return Ok((file, Name(path))),
                Err(error)
                    if error.kind() == io::ErrorKind::AlreadyExists && number < MOST_NAMES =>
                {
                    number += 1;
                }
                Err(error) => return Err(error),
            }
        }
    }
}

/// A name that is taken away in the end; empty if there is nothing to take away any more.
#[derive(Debug)]
struct Name(PathBuf);

impl Drop for Name {
    fn drop(&mut self) {
        if !self.0.as_os_str().is_empty() {
            // Somebody else may have been faster; nothing more can be done about it here.
            let _ = fs::remove_file(&self.0);
        }
    }
}

/// A file that is gone when it is dropped.
#[derive(Debug)]
pub(super) struct Temporary {
    // Closed before its name is taken away: fields are dropped in this order.
    file: File,
    _name: Name,
}

impl io::Read for Temporary {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.file.read(buffer)
    }
}

impl io::Write for Temporary {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        self.file.write(buffer)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl io::Seek for Temporary {
    fn seek(&mut self, position: io::SeekFrom) -> io::Result<u64> {
        self.file.seek(position)
    }
}

/// The output while it is written.
#[derive(Debug)]
pub(super) struct Output {
    file: BufWriter<File>,
    part: Name,
    out: PathBuf,
}

impl Output {
    /// Adds one line.
    pub(super) fn write(&mut self, pair: &Pair) -> Result<(), AdviceDataError> {
        let written = serde_json::to_writer(&mut self.file, pair).map_err(io::Error::from);
        written
            .and_then(|()| self.file.write_all(b"\n"))
            .map_err(|source| unwritable(&self.out, source))
    }

    /// Gives the output its name, once its bytes are on the disk.
    pub(super) fn finish(mut self) -> Result<(), AdviceDataError> {
        self.file
            .flush()
            .and_then(|()| self.file.get_ref().sync_all())
            .and_then(|()| fs::rename(&self.part.0, &self.out))
            .map_err(|source| unwritable(&self.out, source))?;
        self.part.0 = PathBuf::new();
        Ok(())
    }
}

fn unwritable(path: &Path, source: io::Error) -> AdviceDataError {
    let path = path.to_owned();
    AdviceDataError::Unwritable { path, source }
}

#[cfg(test)]
mod tests {
    use super::Beside;
    use crate::advice::data::{AdviceDataError, Pair};
    use std::fs;
    use std::io::Write as _;
    use std::path::Path;

    fn pair(text: &str) -> Pair {
        Pair {
            instruction: text.to_owned(),
            input: String::new(),
            output: String::new(),
            prompt: String::new(),
            completion: String::new(),
        }
    }

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<String> = fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn an_output_appears_when_it_is_finished() {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().join("out.jsonl");
        fs::write(&out, "earlier").unwrap();
        let beside = Beside::of(&out).unwrap();
        let mut output = beside.output().unwrap();
        output.write(&pair("나중")).unwrap();
        assert_eq!(fs::read_to_string(&out).unwrap(), "earlier");
        output.finish().unwrap();
        let line = r#"{"instruction":"나중","input":"","output":"","prompt":"","completion":""}"#;
        assert_eq!(fs::read_to_string(&out).unwrap(), format!("{line}\n"));
        assert_eq!(names(folder.path()), ["out.jsonl"]);
    }

    #[test]
    fn nothing_stays_of_what_is_not_finished() {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().join("out.jsonl");
        fs::write(&out, "earlier").unwrap();
        let beside = Beside::of(&out).unwrap();
        let mut output = beside.output().unwrap();
        output.write(&pair("never seen")).unwrap();
        let mut temporary = beside.temporary().unwrap();
        temporary.write_all(b"never seen").unwrap();
        drop((output, temporary));
        assert_eq!(names(folder.path()), ["out.jsonl"]);
        assert_eq!(fs::read_to_string(&out).unwrap(), "earlier");
    }

    #[test]
    fn what_is_left_of_others_is_not_touched() {
        let folder = tempfile::tempdir().unwrap();
        let foreign = format!(".advice-data-{}-0.tmp", std::process::id());
        fs::write(folder.path().join(&foreign), "foreign").unwrap();
        let beside = Beside::of(&folder.path().join("out.jsonl")).unwrap();
        beside.output().unwrap().finish().unwrap();
        assert_eq!(names(folder.path()), [foreign.as_str(), "out.jsonl"]);
    }

    #[test]
    fn a_place_that_cannot_be_written_is_refused_at_once() {
        let folder = tempfile::tempdir().unwrap();
        let found = Beside::of(folder.path()).unwrap_err();
        assert!(matches!(found, AdviceDataError::NotAFile { .. }), "{found}");
        let found = Beside::of(&folder.path().join("nowhere/out.jsonl")).unwrap_err();
        assert!(
            matches!(found, AdviceDataError::Unwritable { .. }),
            "{found}"
        );
    }

    #[cfg(unix)]
    #[test]
    fn a_device_is_no_output_and_a_link_leads_to_one() {
        let found = Beside::of(Path::new("/dev/null")).unwrap_err();
        assert!(matches!(found, AdviceDataError::NotAFile { .. }), "{found}");
        let folder = tempfile::tempdir().unwrap();
        let (link, target) = (folder.path().join("link"), folder.path().join("target"));
        fs::write(&target, "earlier").unwrap();
        std::os::unix::fs::symlink(&target, &link).unwrap();
        Beside::of(&link)
            .unwrap()
            .output()
            .unwrap()
            .finish()
            .unwrap();
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(fs::read_to_string(&target).unwrap(), "");
    }
}
