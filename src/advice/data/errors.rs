//! Why no pairs could be written; faults of single files are counted, not told here.

use std::io;
use std::path::PathBuf;

/// Why there is no output. An earlier output is as it was.
#[derive(Debug, thiserror::Error)]
pub enum AdviceDataError {
    /// Another folder must be named.
    #[error(
        "{} is not a folder; hint: name the folder `유형별 두피 이미지` of the download, or one around it",
        folder.display()
    )]
    NotAFolder {
        /// What was named.
        folder: PathBuf,
    },
    /// The rest of the download must be put beside what is there.
    #[error(
        "{} holds {missing} that can be read{}; hint: labels lie in `[라벨]…` folders or zips of \
         Training and Validation, meta files (`…_META.json`) in Meta",
        folder.display(),
        example(broken)
    )]
    Incomplete {
        /// What was named.
        folder: PathBuf,
        /// What was looked for.
        missing: Missing,
        /// Zips that are damaged, or a part of one: a few, by name.
        broken: Vec<String>,
    },
    /// The folder must be made readable, or its disk looked at.
    #[error("folder {} cannot be read", path.display())]
    Unreadable {
        /// The folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// Another output must be named.
    #[error("{} is not a file that can be replaced; hint: name a new file", path.display())]
    NotAFile {
        /// What was named as the output.
        path: PathBuf,
    },
    /// The output's folder must be made writable, or get more room.
    #[error("{} cannot be written", path.display())]
    Unwritable {
        /// The output.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The output's folder must be made writable, or get more room.
    #[error(
        "temporary files beside {} cannot be kept; hint: about 100 bytes are needed for each \
         label and meta file, besides the output itself",
        path.display()
    )]
    Scratch {
        /// The output.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

/// What a folder lacks altogether.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Missing {
    /// Not one label.
    Labels,
    /// Not one meta file.
    Metas,
    /// Neither of the two.
    Both,
}

impl std::fmt::Display for Missing {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(match self {
            Self::Labels => "no label",
            Self::Metas => "no meta file",
            Self::Both => "neither a label nor a meta file",
        })
    }
}

fn example(broken: &[String]) -> String {
    broken.first().map_or_else(String::new, |name| {
        format!(" (`{name}` is damaged or a part of a zip: join the parts or download it again)")
    })
}
