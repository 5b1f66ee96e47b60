//! Training pairs for the text model, out of AI Hub's dataset of scalp images by type: labels and
//! meta files in, one JSON object a line out.
//!
//! A million images pass through in constant memory: what was read is sorted by image in temporary
//! files beside the output, joined, sorted again by what a row says, and written under a temporary
//! name that becomes the output's at the very end. The same files give the same bytes, whatever
//! order a folder lists them in and whether they lie in folders or in zips. The rules of reading are
//! those of the training project's `dupi_training.aihub`.
//!
//! Nothing here opens an image, writes a sentence (that is the [`PairWriter`]'s) or logs what a file
//! says. Begin at [`write_pairs`].

mod archive;
mod beside;
mod contents;
mod errors;
mod folder;
mod join;
mod names;
mod options;
mod packed;
mod seed;
mod sorter;
mod statistics;
mod text;

use std::path::Path;

use serde::Serialize;

use crate::domain::scalp::{Answers, Region, Severity};

use beside::Beside;
use join::Row;
use sorter::{Memory, Sorter};

pub use errors::{AdviceDataError, Missing};
pub use options::{age_band, choice_of, choices_of, spelling};
pub use seed::{seed_survey, seed_value};
pub use statistics::{Reject, Statistics, Tally};
pub use text::{clean_value, seed_notation};

/// One image of the dataset, as the advice is written for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// In the order of [`crate::domain::scalp::Condition::ALL`].
    pub severities: [Severity; 6],
    /// Age, sex and the seven questions of the dataset; what nobody answered is skipped.
    pub answers: Answers,
    /// Where the image was taken, if its name or its meta file says so.
    pub region: Option<Region>,
}

/// One row of the output: the `KoAlpaca` format, and the same as the model gets it at run time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Pair {
    /// What is asked.
    pub instruction: String,
    /// What it is asked about.
    pub input: String,
    /// What should be answered.
    pub output: String,
    /// The whole prompt, rendered as at run time.
    pub prompt: String,
    /// What should follow the prompt.
    pub completion: String,
}

/// Words a record. The same record must always give the same pair.
pub trait PairWriter {
    /// The pair of one record.
    fn pair(&self, record: &Record) -> Pair;
}

/// Reads AI Hub's folder, or one around it, and writes the pairs of all usable images to `out`,
/// sorted by severities and answers, each combination once.
///
/// An earlier `out` is replaced when everything has been written, and left alone after an error; no
/// temporary file stays behind. While this runs, the folder of `out` needs room for about 100 bytes
/// per file read, besides the output.
pub fn write_pairs(
    folder: &Path,
    out: &Path,
    writer: &dyn PairWriter,
) -> Result<Statistics, AdviceDataError> {
    write_within(Memory::USUAL, folder, out, writer)
}

fn write_within(
    memory: Memory,
    folder: &Path,
    out: &Path,
    writer: &dyn PairWriter,
) -> Result<Statistics, AdviceDataError> {
    let beside = Beside::of(out)?;
    let scratch = |source| beside.scratch_error(source);
    let mut statistics = Statistics::default();

    let mut files = Sorter::new(&beside, memory);
    let mut record = Vec::new();
    folder::read(folder, &mut statistics, &mut |file| {
        join::encode(&file, &mut record);
        files.push(&record).map_err(scratch)
    })?;

    let mut rows = Sorter::new(&beside, memory);
    let mut sorted = files.finish().map_err(scratch)?;
    let mut images = join::Images::default();
    while let Some(record) = sorted.next().map_err(scratch)? {
        if let Some(image) = images.see(record) {
            keep(&image, &mut statistics, &mut rows).map_err(scratch)?;
        }
    }
    if let Some(image) = images.last() {
        keep(&image, &mut statistics, &mut rows).map_err(scratch)?;
    }
    // Its temporary files are not needed any more, their room may be.
    drop(sorted);

    let mut output = beside.output()?;
    let mut sorted = rows.finish().map_err(scratch)?;
    let mut latest = None;
    while let Some(row) = sorted.next().map_err(scratch)? {
        let row = Row::decode(row);
        if latest == Some(row.key) {
            statistics.duplicates += 1;
            continue;
        }
        latest = Some(row.key);
        let record = row.record();
        statistics.keep(&record);
        output.write(&writer.pair(&record))?;
    }
    output.finish()?;
    Ok(statistics)
}

/// Puts an image among the rows, or counts why it cannot be there.
fn keep(
    image: &join::Image,
    statistics: &mut Statistics,
    rows: &mut Sorter<'_>,
) -> std::io::Result<()> {
    statistics.images += 1;
    match image.row() {
        Ok(row) => rows.push(&row),
        Err(reject) => {
            statistics.reject(reject, image.stem());
            Ok(())
        }
    }
}

#[cfg(test)]
mod tests;
