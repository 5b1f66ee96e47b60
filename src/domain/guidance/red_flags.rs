//! Signs that end self-care advice: chosen by button, or found in what a person writes.

use std::collections::BTreeSet;

use super::CareLevel;
use crate::domain::scalp::Choice;

/// A rule that overrides every row of the knowledge base; what is most urgent is told first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum RedFlag {
    SwellingAfterDye,
    Distress,
    FeverWithPus,
    SpreadingRedness,
    BurningAfterDye,
    SuddenPatches,
    ScarredPatches,
    TuftsWithPus,
    ChildWithPatches,
    FatigueOrWeight,
    PregnancyOrMedicines,
}

/// The red flags that apply to one person now.
pub type RedFlags = BTreeSet<RedFlag>;

impl RedFlag {
    /// Every red flag, in the order of the knowledge base.
    pub const ALL: [Self; 11] = [
        Self::FeverWithPus,
        Self::SpreadingRedness,
        Self::SuddenPatches,
        Self::ScarredPatches,
        Self::TuftsWithPus,
        Self::SwellingAfterDye,
        Self::BurningAfterDye,
        Self::ChildWithPatches,
        Self::PregnancyOrMedicines,
        Self::FatigueOrWeight,
        Self::Distress,
    ];

    /// The id in `prompts/knowledge/red_flags.toml`.
    pub const fn id(self) -> &'static str {
        match self {
            Self::FeverWithPus => "RF1",
            Self::SpreadingRedness => "RF2",
            Self::SuddenPatches => "RF3",
            Self::ScarredPatches => "RF4",
            Self::TuftsWithPus => "RF5",
            Self::SwellingAfterDye => "RF6",
            Self::BurningAfterDye => "RF7",
            Self::ChildWithPatches => "RF8",
            Self::PregnancyOrMedicines => "RF9",
            Self::FatigueOrWeight => "RF10",
            Self::Distress => "RF11",
        }
    }

    /// The red flag of that [`id`](Self::id).
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|flag| flag.id() == id)
    }

    /// The red flag that a choice of the survey stands for.
    pub const fn of_choice(choice: Choice) -> Option<Self> {
        match choice {
            Choice::FlagFeverWithPus => Some(Self::FeverWithPus),
            Choice::FlagSpreadingRedness => Some(Self::SpreadingRedness),
            Choice::FlagSuddenPatches => Some(Self::SuddenPatches),
            Choice::FlagScarredPatches => Some(Self::ScarredPatches),
            Choice::FlagTuftsWithPus => Some(Self::TuftsWithPus),
            Choice::FlagSwellingAfterDye => Some(Self::SwellingAfterDye),
            Choice::FlagBurningAfterDye => Some(Self::BurningAfterDye),
            Choice::FlagPregnancyOrMedicines => Some(Self::PregnancyOrMedicines),
            Choice::FlagFatigueOrWeight => Some(Self::FatigueOrWeight),
            Choice::FlagDistress => Some(Self::Distress),
            _ => None,
        }
    }

    /// The least care level that goes with it.
    pub const fn care_level(self) -> CareLevel {
        match self {
            Self::SwellingAfterDye => CareLevel::Emergency,
            Self::FeverWithPus | Self::SpreadingRedness | Self::BurningAfterDye => {
                CareLevel::CareToday
            }
            Self::SuddenPatches
            | Self::ScarredPatches
            | Self::TuftsWithPus
            | Self::ChildWithPatches
            | Self::PregnancyOrMedicines
            | Self::FatigueOrWeight
            | Self::Distress => CareLevel::SeeDermatologist,
        }
    }
}

/// The words that betray one red flag in one language, and the innocent phrases that contain them.
#[derive(Debug, Clone, Default)]
pub struct TriggerWords {
    pub triggers: Vec<String>,
    pub excludes: Vec<String>,
}

/// Finds red flags in a person's own words, in every language at once.
///
/// Upper and lower case never matter. White space does not matter in Korean, where people write
/// `열이나요` and `열이 나요`; in phrases of Latin letters it parts words, so that `if every` holds no
/// fever.
#[derive(Debug, Clone, Default)]
pub struct Triggers(Vec<(RedFlag, Phrases, Phrases)>);

/// Phrases by how they are looked for.
#[derive(Debug, Clone, Default)]
struct Phrases {
    /// Looked for in the text without white space.
    squeezed: Vec<String>,
    /// Looked for in the text with single blanks.
    spaced: Vec<String>,
}

impl Phrases {
    /// Longest first, so that no phrase is hidden by a part of it.
    fn new(mut phrases: Vec<String>) -> Self {
        phrases.retain(|phrase| !phrase.trim().is_empty());
        phrases.sort_by_key(|phrase| std::cmp::Reverse(phrase.chars().count()));
        let (spaced, squeezed): (Vec<String>, Vec<String>) =
            phrases.into_iter().partition(|phrase| phrase.is_ascii());
        Self {
            squeezed: squeezed.iter().map(|phrase| squeeze(phrase)).collect(),
            spaced: spaced.iter().map(|phrase| phrase.to_lowercase()).collect(),
        }
    }
}

impl Triggers {
    /// Triggers out of the knowledge base's words.
    pub fn new(words: impl IntoIterator<Item = (RedFlag, TriggerWords)>) -> Self {
        Self(
            words
                .into_iter()
                .map(|(flag, words)| {
                    (
                        flag,
                        Phrases::new(words.triggers),
                        Phrases::new(words.excludes),
                    )
                })
                .collect(),
        )
    }

    /// The red flags that the words ask for.
    pub fn found_in(&self, words: &str) -> RedFlags {
        let squeezed = squeeze(words);
        let spaced = space(words);
        self.0
            .iter()
            .filter(|(_, triggers, excludes)| {
                is_found(&squeezed, &triggers.squeezed, &excludes.squeezed)
                    || is_found(&spaced, &triggers.spaced, &excludes.spaced)
            })
            .map(|(flag, ..)| *flag)
            .collect()
    }
}

/// Whether a trigger stands in the text outside of every innocent phrase: such a phrase hides only
/// itself, so "열심히 … 열이 나요" still counts.
fn is_found(text: &str, triggers: &[String], excludes: &[String]) -> bool {
    let rest = excludes
        .iter()
        .fold(text.to_owned(), |text, exclude| text.replace(exclude, "\n"));
    triggers.iter().any(|trigger| rest.contains(trigger))
}

fn squeeze(text: &str) -> String {
    text.chars()
        .filter(|character| !character.is_whitespace())
        .flat_map(char::to_lowercase)
        .collect()
}

fn space(text: &str) -> String {
    let words: Vec<String> = text.split_whitespace().map(str::to_lowercase).collect();
    words.join(" ")
}
