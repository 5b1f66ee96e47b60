//! Finds labels and meta files under a folder in AI Hub's layout and reads one after the other.
//!
//! The folder may be `유형별 두피 이미지` itself, one around it, or a part of it; every condition and
//! severity may be a folder or a zip. Images are passed over. Listings are not kept, so a folder may
//! hold millions of files; their order does not matter to anything that follows.

use std::collections::HashSet;
use std::fs;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use tracing::info;

use super::archive::ArchiveReader;
use super::contents::MOST_BYTES;
use super::errors::{AdviceDataError, Missing};
use super::names::{
    DATASET, Kind, compact, is_bookkeeping, is_json, is_part_of_a_zip, is_zip, kind_and_stem,
    readable,
};
use super::statistics::Statistics;

/// A label or meta file.
#[derive(Debug, Clone, Copy)]
pub(super) struct SeenFile<'a> {
    pub(super) kind: Kind,
    /// What label and meta file of the same image have in common.
    pub(super) stem: &'a str,
    /// `None` if it cannot be read, or is far too long.
    pub(super) content: Option<&'a [u8]>,
}

/// Takes one file after the other.
pub(super) type See<'a> = dyn FnMut(SeenFile<'_>) -> Result<(), AdviceDataError> + 'a;

/// Files between two lines of the log.
const FILES_BETWEEN_LINES: u64 = 250_000;

/// Shows every label and meta file below `root`, and counts them and the zips that are damaged.
pub(super) fn read(
    root: &Path,
    statistics: &mut Statistics,
    see: &mut See<'_>,
) -> Result<(), AdviceDataError> {
    if !root.is_dir() {
        let folder = root.to_owned();
        return Err(AdviceDataError::NotAFolder { folder });
    }
    let root = narrowed(root)?;
    let (mut labels, mut metas) = (0, 0);
    let mut counted = |file: SeenFile<'_>| {
        match file.kind {
            Kind::Label => labels += 1,
            Kind::Meta => metas += 1,
        }
        if (labels + metas) % FILES_BETWEEN_LINES == 0 {
            info!(
                labels,
                metas, "Read {labels} labels and {metas} meta files so far"
            );
        }
        see(file)
    };
    let mut walk = Walk {
        root: &root,
        seen: HashSet::new(),
        archives: ArchiveReader::default(),
        content: Vec::new(),
    };
    walk.everything(statistics, &mut counted)?;
    (statistics.labels, statistics.metas) = (labels, metas);
    let missing = match (labels, metas) {
        (0, 0) => Missing::Both,
        (0, _) => Missing::Labels,
        (_, 0) => Missing::Metas,
        (_, _) => return Ok(()),
    };
    Err(AdviceDataError::Incomplete {
        folder: root,
        missing,
        broken: statistics.broken_archives.examples().to_vec(),
    })
}

/// The dataset's own folder, if there is exactly one in the folder or in those directly in it;
/// otherwise the folder itself.
fn narrowed(root: &Path) -> Result<PathBuf, AdviceDataError> {
    let is_dataset = |path: &Path| compact(&own_name(path)) == DATASET;
    let canonical = fs::canonicalize(root).map_err(|source| unreadable(root, source))?;
    if is_dataset(&canonical) {
        return Ok(root.to_owned());
    }
    let children = folders_in(root)?;
    let mut grandchildren = Vec::new();
    for child in &children {
        // Whether it can be read matters only if it turns out to be part of the data.
        grandchildren.extend(folders_in(child).unwrap_or_default());
    }
    for level in [children, grandchildren] {
        let mut datasets = level.into_iter().filter(|path| is_dataset(path));
        if let (Some(dataset), None) = (datasets.next(), datasets.next()) {
            return Ok(dataset);
        }
    }
    Ok(root.to_owned())
}

fn folders_in(folder: &Path) -> Result<Vec<PathBuf>, AdviceDataError> {
    let cannot = |source| unreadable(folder, source);
    let mut folders = Vec::new();
    for entry in fs::read_dir(folder).map_err(cannot)? {
        let entry = entry.map_err(cannot)?;
        // Only a link needs another look.
        let is_folder = entry
            .file_type()
            .is_ok_and(|kind| kind.is_dir() || (kind.is_symlink() && entry.path().is_dir()));
        if is_folder {
            folders.push(entry.path());
        }
    }
    Ok(folders)
}

fn unreadable(path: &Path, source: io::Error) -> AdviceDataError {
    let path = path.to_owned();
    AdviceDataError::Unreadable { path, source }
}

fn own_name(path: &Path) -> String {
    path.file_name()
        .map_or_else(String::new, |name| readable(name.as_encoded_bytes()))
}

struct Walk<'a> {
    root: &'a Path,
    /// Real places of folders: a link back into the data set is not followed.
    seen: HashSet<PathBuf>,
    archives: ArchiveReader,
    content: Vec<u8>,
}

impl Walk<'_> {
    fn everything(
        &mut self,
        statistics: &mut Statistics,
        see: &mut See<'_>,
    ) -> Result<(), AdviceDataError> {
        let mut waiting = vec![self.root.to_owned()];
        while let Some(folder) = waiting.pop() {
            let real = fs::canonicalize(&folder).map_err(|source| unreadable(&folder, source))?;
            // What the training project prepared is no part of the download.
            if !self.seen.insert(real) || folder.join("prepared.json").exists() {
                continue;
            }
            let mut inside = self.folder(&folder, statistics, see)?;
            // So that of two links to one folder the same is always taken.
            inside.sort_unstable_by(|left, right| right.cmp(left));
            waiting.append(&mut inside);
        }
        Ok(())
    }

    /// Reads the files of one folder; gives the folders in it.
    fn folder(
        &mut self,
        folder: &Path,
        statistics: &mut Statistics,
        see: &mut See<'_>,
    ) -> Result<Vec<PathBuf>, AdviceDataError> {
        let cannot = |source| unreadable(folder, source);
        let mut inside = Vec::new();
        for entry in fs::read_dir(folder).map_err(cannot)? {
            let entry = entry.map_err(cannot)?;
            let name = entry.file_name();
            let bytes = name.as_encoded_bytes();
            let path = entry.path();
            let kind = entry.file_type().map_err(cannot)?;
            let kind = if kind.is_symlink() {
                fs::metadata(&path).map_or(kind, |meant| meant.file_type())
            } else {
                kind
            };
            if kind.is_dir() {
                if !(bytes.starts_with(b".") || bytes == b"__MACOSX") {
                    inside.push(path);
                }
                continue;
            }
            let readable_name = readable(bytes);
            if is_bookkeeping(&readable_name) {
                continue;
            }
            if is_json(bytes) {
                let (kind, stem) = kind_and_stem(&readable_name);
                let content = self.content(&path);
                see(SeenFile {
                    kind,
                    stem: &stem,
                    content,
                })?;
            } else if is_part_of_a_zip(&readable_name)
                || (is_zip(bytes) && self.archives.read(&path, see)?.is_broken())
            {
                statistics.broken_archives.add(self.place(&path));
            }
        }
        Ok(inside)
    }

    fn content(&mut self, path: &Path) -> Option<&[u8]> {
        self.content.clear();
        // A pipe would never end.
        let is_file = fs::metadata(path).is_ok_and(|about| about.is_file());
        let file = is_file.then(|| fs::File::open(path).ok())??;
        file.take(MOST_BYTES + 1)
            .read_to_end(&mut self.content)
            .ok()?;
        (self.content.len() as u64 <= MOST_BYTES).then_some(&self.content[..])
    }

    /// The path below the root, readable.
    fn place(&self, path: &Path) -> String {
        let below = path.strip_prefix(self.root).unwrap_or(path);
        let parts: Vec<String> = below
            .iter()
            .map(|part| readable(part.as_encoded_bytes()))
            .collect();
        parts.join("/")
    }
}
