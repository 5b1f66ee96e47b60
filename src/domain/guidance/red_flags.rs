//! Signs that end self-care advice: chosen by button, or found in what a person writes.

use std::collections::BTreeSet;

use super::CareLevel;
use crate::domain::scalp::Choice;

/// A rule that overrides every row of the knowledge base.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum RedFlag {
    FeverWithPus,
    SpreadingRedness,
    SuddenPatches,
    ScarredPatches,
    TuftsWithPus,
    SwellingAfterDye,
    BurningAfterDye,
    ChildWithPatches,
    PregnancyOrMedicines,
    FatigueOrWeight,
    Distress,
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
/// Upper and lower case and white space do not matter: people write `열이나요` and `열이 나요`.
#[derive(Debug, Clone, Default)]
pub struct Triggers(Vec<(RedFlag, TriggerWords)>);

impl Triggers {
    /// Triggers out of the knowledge base's words.
    pub fn new(words: impl IntoIterator<Item = (RedFlag, TriggerWords)>) -> Self {
        let folded = |words: Vec<String>| -> Vec<String> {
            words
                .iter()
                .map(|word| fold(word))
                .filter(|word| !word.is_empty())
                .collect()
        };
        Self(
            words
                .into_iter()
                .map(|(flag, words)| {
                    let words = TriggerWords {
                        triggers: folded(words.triggers),
                        excludes: folded(words.excludes),
                    };
                    (flag, words)
                })
                .collect(),
        )
    }

    /// The red flags that the words ask for.
    pub fn found_in(&self, words: &str) -> RedFlags {
        let folded = fold(words);
        self.0
            .iter()
            .filter(|(_, words)| {
                // An innocent phrase hides only itself: "열심히 … 열이 나요" still counts.
                let rest = words
                    .excludes
                    .iter()
                    .fold(folded.clone(), |text, exclude| text.replace(exclude, "\n"));
                words.triggers.iter().any(|word| rest.contains(word))
            })
            .map(|(flag, _)| *flag)
            .collect()
    }
}

fn fold(text: &str) -> String {
    text.chars()
        .filter(|character| !character.is_whitespace())
        .flat_map(char::to_lowercase)
        .collect()
}
