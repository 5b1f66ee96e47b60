//! What was read, what was kept, and why the rest was not.

use std::collections::BTreeMap;

use crate::domain::scalp::{Answer, Choice, Condition, Question, Severity};

use super::Record;
use super::names::Kind;

/// Why an image has no row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reject {
    /// The label is no JSON object, or cannot be read at all.
    UnreadableLabel,
    /// The meta file is no JSON object, or cannot be read at all.
    UnreadableMeta,
    /// A severity, the age, the sex or every answer is not there.
    MissingKey,
    /// A severity is not one of 0, 1, 2, 3.
    SeverityOutOfRange,
    /// The age is no decade from 10 to 90.
    JunkAge,
    /// The answer to this question is none of its options.
    UnknownOption(Question),
    /// Two labels of the same image disagree.
    ConflictingLabels,
    /// Two meta files of the same image disagree.
    ConflictingMetas,
    /// No meta file belongs to the label.
    LabelWithoutMeta,
    /// No label belongs to the meta file.
    MetaWithoutLabel,
}

impl Reject {
    /// Every reason, in the order of a report.
    pub const ALL: [Self; 17] = [
        Self::UnreadableLabel,
        Self::UnreadableMeta,
        Self::MissingKey,
        Self::SeverityOutOfRange,
        Self::JunkAge,
        Self::UnknownOption(Question::Sex),
        Self::UnknownOption(Question::ShampooFrequency),
        Self::UnknownOption(Question::PermFrequency),
        Self::UnknownOption(Question::DyeFrequency),
        Self::UnknownOption(Question::HairState),
        Self::UnknownOption(Question::Products),
        Self::UnknownOption(Question::CustomCare),
        Self::UnknownOption(Question::ShampooPriority),
        Self::ConflictingLabels,
        Self::ConflictingMetas,
        Self::LabelWithoutMeta,
        Self::MetaWithoutLabel,
    ];

    /// The name used in reports; the question of [`Self::UnknownOption`] has its own.
    pub const fn id(self) -> &'static str {
        match self {
            Self::UnreadableLabel => "unreadable-label",
            Self::UnreadableMeta => "unreadable-meta",
            Self::MissingKey => "missing-key",
            Self::SeverityOutOfRange => "severity-out-of-range",
            Self::JunkAge => "junk-age",
            Self::UnknownOption(_) => "unknown-option",
            Self::ConflictingLabels => "conflicting-labels",
            Self::ConflictingMetas => "conflicting-metas",
            Self::LabelWithoutMeta => "label-without-meta",
            Self::MetaWithoutLabel => "meta-without-label",
        }
    }

    /// Where it stands in [`Self::ALL`].
    pub(super) fn code(self) -> u8 {
        Self::ALL
            .iter()
            .position(|known| *known == self)
            .and_then(|at| u8::try_from(at).ok())
            .expect("every reason is listed")
    }

    pub(super) fn from_code(code: u8) -> Option<Self> {
        Self::ALL.get(usize::from(code)).copied()
    }

    /// Whether the file says something that cannot be right, so that no other file of the same image
    /// is believed either; a file that says nothing leaves the word to the others.
    pub(super) const fn is_of_content(self) -> bool {
        match self {
            Self::SeverityOutOfRange
            | Self::JunkAge
            | Self::UnknownOption(_)
            | Self::ConflictingLabels
            | Self::ConflictingMetas => true,
            Self::UnreadableLabel
            | Self::UnreadableMeta
            | Self::MissingKey
            | Self::LabelWithoutMeta
            | Self::MetaWithoutLabel => false,
        }
    }
}

/// How often something happened, with the names of a few files that it happened to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Tally {
    count: u64,
    examples: Vec<String>,
}

impl Tally {
    /// Names kept.
    const EXAMPLES: usize = 3;

    /// How often.
    pub const fn count(&self) -> u64 {
        self.count
    }

    /// The first names in alphabetical order, three at most.
    pub fn examples(&self) -> &[String] {
        &self.examples
    }

    pub(super) fn add(&mut self, name: String) {
        self.count += 1;
        let at = self.examples.partition_point(|known| *known < name);
        if at < Self::EXAMPLES {
            self.examples.truncate(Self::EXAMPLES - 1);
            self.examples.insert(at, name);
        }
    }
}

/// What became of everything that was read:
/// `images = kept + duplicates + the sum of all rejects`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Statistics {
    /// Label files read; one image has several where it lies in several folders.
    pub labels: u64,
    /// Meta files read.
    pub metas: u64,
    /// Zips that are damaged, or a part of one.
    pub broken_archives: Tally,
    /// Images that a label or a meta file names.
    pub images: u64,
    /// Rows written.
    pub kept: u64,
    /// Images left out because one with the same severities and answers was kept.
    pub duplicates: u64,
    rejects: BTreeMap<Reject, Tally>,
    severities: BTreeMap<(Condition, Severity), u64>,
    choices: BTreeMap<Choice, u64>,
    skipped: BTreeMap<Question, u64>,
}

impl Statistics {
    /// The reasons for which images were left out, each with its number and a few file names.
    pub fn rejects(&self) -> impl Iterator<Item = (Reject, &Tally)> {
        self.rejects.iter().map(|(reject, tally)| (*reject, tally))
    }

    /// Images left out for any reason but being a duplicate.
    pub fn rejected(&self) -> u64 {
        self.rejects.values().map(Tally::count).sum()
    }

    /// Rows in which the condition has that severity.
    pub fn of_severity(&self, condition: Condition, severity: Severity) -> u64 {
        count(&self.severities, &(condition, severity))
    }

    /// Rows in which that choice was taken.
    pub fn of_choice(&self, choice: Choice) -> u64 {
        count(&self.choices, &choice)
    }

    /// Rows in which the question has no answer.
    pub fn skipped(&self, question: Question) -> u64 {
        count(&self.skipped, &question)
    }

    pub(super) fn reject(&mut self, (reject, kind): (Reject, Kind), stem: &str) {
        let name = format!("{stem}{}", kind.ending());
        self.rejects.entry(reject).or_default().add(name);
    }

    pub(super) fn keep(&mut self, record: &Record) {
        self.kept += 1;
        for pair in Condition::ALL.into_iter().zip(record.severities) {
            *self.severities.entry(pair).or_default() += 1;
        }
        for (question, answer) in record.answers.iter() {
            match answer {
                Answer::Chosen(chosen) => {
                    for choice in chosen {
                        *self.choices.entry(*choice).or_default() += 1;
                    }
                }
                Answer::Skipped => *self.skipped.entry(question).or_default() += 1,
                Answer::Words(_) => {}
            }
        }
    }
}

fn count<Key: Ord>(counts: &BTreeMap<Key, u64>, key: &Key) -> u64 {
    counts.get(key).copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::{Reject, Tally};
    use std::collections::BTreeSet;

    #[test]
    fn every_reason_has_a_code_of_its_own() {
        for reject in Reject::ALL {
            assert_eq!(Reject::from_code(reject.code()), Some(reject));
        }
        assert_eq!(Reject::from_code(17), None);
        let ids: BTreeSet<&str> = Reject::ALL.into_iter().map(Reject::id).collect();
        assert_eq!(ids.len(), 10);
    }

    #[test]
    fn a_tally_keeps_the_first_names_whatever_their_order() {
        let mut tally = Tally::default();
        for name in ["d", "b", "e", "a", "c", "f"] {
            tally.add(name.to_owned());
        }
        assert_eq!(tally.count(), 6);
        assert_eq!(tally.examples(), ["a", "b", "c"]);
    }
}
