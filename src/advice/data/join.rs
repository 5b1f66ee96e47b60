//! Labels and meta files of one image, brought together by its stem. Pure.
//!
//! Each file becomes a record of bytes that sorts by stem, labels first. All files of an image
//! count, under whatever folder: if they disagree, nobody knows which is right.

use crate::domain::scalp::{Region, Severity};

use super::Record;
use super::folder::SeenFile;
use super::names::{Kind, region_of_stem};
use super::statistics::Reject;
use super::{contents, packed};

const LABEL: u8 = 0;
const META: u8 = 1;
const USABLE: u8 = 0;
const REJECTED: u8 = 1;

/// Replaces `record` by that of a file: stem, 0, kind, whether it is usable, and what it says or
/// why it is not.
pub(super) fn encode(file: &SeenFile<'_>, record: &mut Vec<u8>) {
    record.clear();
    record.extend_from_slice(file.stem.as_bytes());
    record.push(0);
    let rejected = match file.kind {
        Kind::Label => {
            record.push(LABEL);
            let label = file
                .content
                .map_or(Err(Reject::UnreadableLabel), contents::label);
            label.map(|severities| {
                record.push(USABLE);
                record.extend(severities.map(Severity::number));
            })
        }
        Kind::Meta => {
            record.push(META);
            let meta = file
                .content
                .map_or(Err(Reject::UnreadableMeta), contents::meta);
            meta.map(|meta| {
                record.push(USABLE);
                record.extend(packed::pack(&meta.answers));
                record.push(region_code(meta.region));
            })
        }
    };
    if let Err(reject) = rejected {
        record.extend([REJECTED, reject.code()]);
    }
}

/// Gathers the records of one image after the other.
#[derive(Debug, Default)]
pub(super) struct Images {
    current: Option<Image>,
}

impl Images {
    /// Takes the next record; gives the image before it, if that is complete now.
    pub(super) fn see(&mut self, record: &[u8]) -> Option<Image> {
        let end = record
            .iter()
            .position(|byte| *byte == 0)
            .expect("a record has a stem");
        let (stem, rest) = (&record[..end], &record[end + 1..]);
        let is_next = self.current.as_ref().is_none_or(|image| image.stem != stem);
        let complete = if is_next {
            self.current.replace(Image {
                stem: stem.to_vec(),
                ..Image::default()
            })
        } else {
            None
        };
        let image = self.current.as_mut().expect("there is one by now");
        let (kind, says) = (rest[0], &rest[1..]);
        match kind {
            LABEL => image.label.see(says),
            META => image.meta.see(says),
            other => unreachable!("no record is of kind {other}"),
        }
        complete
    }

    /// The last image.
    pub(super) fn last(self) -> Option<Image> {
        self.current
    }
}

/// All that the files of one image say.
#[derive(Debug, Default)]
pub(super) struct Image {
    stem: Vec<u8>,
    label: Side,
    meta: Side,
}

impl Image {
    pub(super) fn stem(&self) -> &str {
        std::str::from_utf8(&self.stem).expect("stems are made from text")
    }

    /// The image's row, or why it has none and which of its files is to blame.
    pub(super) fn row(&self) -> Result<Vec<u8>, (Reject, Kind)> {
        let of = |kind| move |reject| (reject, kind);
        let label = self
            .label
            .verdict(Reject::ConflictingLabels)
            .map_err(of(Kind::Label))?;
        let label = label.ok_or((Reject::MetaWithoutLabel, Kind::Meta))?;
        let meta = self
            .meta
            .verdict(Reject::ConflictingMetas)
            .map_err(of(Kind::Meta))?;
        let meta = meta.ok_or((Reject::LabelWithoutMeta, Kind::Label))?;
        let (answers, location) = meta.split_at(packed::LENGTH);
        let region = match region_of_stem(self.stem()) {
            Some(region) => region_code(Some(region)),
            None => location[0],
        };
        Ok([label, answers, &self.stem, &[region]].concat())
    }
}

/// What the files of one kind say of an image.
#[derive(Debug, Default)]
struct Side {
    said: Option<Vec<u8>>,
    is_contradicted: bool,
    reject: Option<Reject>,
}

impl Side {
    fn see(&mut self, says: &[u8]) {
        if says[0] == REJECTED {
            let reject = Reject::from_code(says[1]).expect("codes are written by this program");
            let is_graver = |known: Reject| reject.is_of_content() && !known.is_of_content();
            if self.reject.is_none_or(is_graver) {
                self.reject = Some(reject);
            }
            return;
        }
        match &self.said {
            Some(said) => self.is_contradicted |= said != &says[1..],
            None => self.said = Some(says[1..].to_vec()),
        }
    }

    /// What all files say; `None` if there is no file.
    fn verdict(&self, contradiction: Reject) -> Result<Option<&[u8]>, Reject> {
        match (self.reject, &self.said) {
            (Some(reject), _) if reject.is_of_content() => Err(reject),
            (_, Some(_)) if self.is_contradicted => Err(contradiction),
            (_, Some(said)) => Ok(Some(said)),
            (Some(reject), None) => Err(reject),
            (None, None) => Ok(None),
        }
    }
}

/// A usable image, as sorted for the output.
#[derive(Debug)]
pub(super) struct Row {
    /// Severities and answers: rows with the same key are duplicates.
    pub(super) key: [u8; KEY],
    region: u8,
}

const KEY: usize = 6 + packed::LENGTH;

impl Row {
    pub(super) fn decode(row: &[u8]) -> Self {
        let (key, rest) = row.split_first_chunk().expect("a row begins with its key");
        Self {
            key: *key,
            region: *rest.last().expect("a row ends with its region"),
        }
    }

    pub(super) fn record(&self) -> Record {
        let (severities, answers) = self.key.split_first_chunk::<6>().expect("a key is longer");
        let severity = |number| Severity::from_number(number).expect("it was checked when read");
        let answers = answers.try_into().expect("a key ends with its answers");
        Record {
            severities: severities.map(severity),
            answers: packed::unpack(answers),
            region: region_of(self.region),
        }
    }
}

/// 0 for none, or where the region stands in [`Region::ALL`], from 1.
fn region_code(region: Option<Region>) -> u8 {
    let at = Region::ALL.iter().position(|known| Some(*known) == region);
    at.map_or(0, |at| u8::try_from(at + 1).expect("there are few regions"))
}

fn region_of(code: u8) -> Option<Region> {
    Region::ALL.get(usize::from(code).checked_sub(1)?).copied()
}

#[cfg(test)]
mod tests {
    use super::{Images, Row, encode};
    use crate::advice::data::folder::SeenFile;
    use crate::advice::data::names::Kind;
    use crate::advice::data::statistics::Reject;
    use crate::domain::scalp::{Choice, Region, Severity};

    const STEM: &str = "0013_A2LEBJJDE00060O_1602578303771_3_LH";

    fn label(grades: &str) -> (Kind, String) {
        let values: Vec<String> = grades
            .chars()
            .zip(1..)
            .map(|(grade, number)| format!(r#""value_{number}":"{grade}""#))
            .collect();
        (Kind::Label, format!("{{{}}}", values.join(",")))
    }

    fn meta(age: &str) -> (Kind, String) {
        let text =
            format!(r#"{{"gender":"남","age":"{age}","location":"정수리","answers1":"1일 2회"}}"#);
        (Kind::Meta, text)
    }

    /// What becomes of one image with these files, in whatever order they come.
    fn verdict(stem: &str, files: &[(Kind, String)]) -> Result<Row, (Reject, Kind)> {
        let mut records: Vec<Vec<u8>> = files
            .iter()
            .map(|(kind, content)| {
                let mut record = Vec::new();
                let content = Some(content.as_bytes());
                encode(
                    &SeenFile {
                        kind: *kind,
                        stem,
                        content,
                    },
                    &mut record,
                );
                record
            })
            .collect();
        records.sort();
        let mut images = Images::default();
        for record in &records {
            assert!(images.see(record).is_none());
        }
        let image = images.last().unwrap();
        assert_eq!(image.stem(), stem);
        image.row().map(|row| Row::decode(&row))
    }

    #[test]
    fn a_label_and_its_meta_file_become_a_record() {
        let record = verdict(STEM, &[meta("30대"), label("012300")])
            .unwrap()
            .record();
        let severities = [0, 1, 2, 3, 0, 0].map(|number| Severity::from_number(number).unwrap());
        assert_eq!(record.severities, severities);
        assert_eq!(
            record.region,
            Some(Region::Left),
            "the name goes before the location"
        );
        for choice in [Choice::Age30s, Choice::Male, Choice::ShampooTwiceADay] {
            assert!(record.answers.has(choice), "{choice:?}");
        }
        let strange = verdict("IMG_1", &[meta("30대"), label("012300")]).unwrap();
        assert_eq!(strange.record().region, Some(Region::Crown));
    }

    #[test]
    fn every_file_of_an_image_counts() {
        let cut = |kind| (kind, "{".to_owned());
        for (files, expected) in [
            (vec![label("000001"), label("000001"), meta("30대")], None),
            (vec![label("000001"), cut(Kind::Label), meta("30대")], None),
            (
                vec![label("000001"), cut(Kind::Meta), meta("30대"), meta("30대")],
                None,
            ),
            (
                vec![label("000001"), label("000002"), meta("30대")],
                Some((Reject::ConflictingLabels, Kind::Label)),
            ),
            (
                vec![
                    label("000001"),
                    label("000007"),
                    label("000002"),
                    meta("30대"),
                ],
                Some((Reject::SeverityOutOfRange, Kind::Label)),
            ),
            (
                vec![cut(Kind::Label), meta("30대")],
                Some((Reject::UnreadableLabel, Kind::Label)),
            ),
            (
                vec![label("000001"), cut(Kind::Meta)],
                Some((Reject::UnreadableMeta, Kind::Meta)),
            ),
            (
                vec![label("000001"), meta("30대"), meta("40대")],
                Some((Reject::ConflictingMetas, Kind::Meta)),
            ),
            (
                vec![label("000001"), meta("30대"), meta("110대")],
                Some((Reject::JunkAge, Kind::Meta)),
            ),
            (
                vec![label("000001")],
                Some((Reject::LabelWithoutMeta, Kind::Label)),
            ),
            (
                vec![meta("30대")],
                Some((Reject::MetaWithoutLabel, Kind::Meta)),
            ),
            (
                vec![meta("0대")],
                Some((Reject::MetaWithoutLabel, Kind::Meta)),
            ),
            (
                vec![label("000009")],
                Some((Reject::SeverityOutOfRange, Kind::Label)),
            ),
        ] {
            assert_eq!(verdict(STEM, &files).err(), expected, "{files:?}");
        }
    }
}
