//! The plan itself: which sentences of the knowledge base apply to this person.

use super::{CareLevel, RedFlag, RedFlags};
use crate::domain::scalp::{Answers, Choice, Condition, Grades, Severity};

/// One row of the knowledge base: a condition at a severity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Snippet {
    pub condition: Condition,
    pub severity: Severity,
    /// The model is sure enough to say it plainly.
    pub is_certain: bool,
}

impl Snippet {
    /// The id in `prompts/knowledge/snippets.toml`.
    pub fn id(self) -> String {
        format!("{}-{}", self.condition.id(), self.severity.number())
    }
}

/// A sentence that an answer adds to the rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Modifier {
    WashMoreOften,
    WashLessOften,
    PauseChemicalTreatment,
    DiscolouringCaution,
    DamagedHair,
    NotForWomenFinasteride,
    NoBrands,
    StopProductOnReaction,
    PregnancyAskFirst,
}

impl Modifier {
    /// Every modifier, in the order in which they are told.
    pub const ALL: [Self; 9] = [
        Self::WashMoreOften,
        Self::WashLessOften,
        Self::PauseChemicalTreatment,
        Self::DiscolouringCaution,
        Self::DamagedHair,
        Self::NotForWomenFinasteride,
        Self::PregnancyAskFirst,
        Self::StopProductOnReaction,
        Self::NoBrands,
    ];

    /// The id in `prompts/knowledge/modifiers.toml`.
    pub const fn id(self) -> &'static str {
        match self {
            Self::WashMoreOften => "wash_more_often",
            Self::WashLessOften => "wash_less_often",
            Self::PauseChemicalTreatment => "pause_chemical_treatment",
            Self::DiscolouringCaution => "discolouring_caution",
            Self::DamagedHair => "damaged_hair",
            Self::NotForWomenFinasteride => "not_for_women_finasteride",
            Self::NoBrands => "no_brands",
            Self::StopProductOnReaction => "stop_product_on_reaction",
            Self::PregnancyAskFirst => "pregnancy_ask_first",
        }
    }

    /// Whether the answers and severities ask for it (knowledge base, survey modifiers).
    fn applies(self, grades: &Grades, answers: &Answers, red_flags: &RedFlags) -> bool {
        let at_least = |condition, severity| grades.of(condition).severity >= severity;
        let perms_or_dyes_often = [
            Choice::Perm4To6,
            Choice::Perm7OrMore,
            Choice::Dye4To6,
            Choice::Dye7OrMore,
        ]
        .into_iter()
        .any(|choice| answers.has(choice));
        let treated = answers.has(Choice::HairDyed)
            || perms_or_dyes_often
            || answers.has(Choice::Perm1To3)
            || answers.has(Choice::Dye1To3);
        let medicated_shampoo_named = at_least(Condition::Dandruff, Severity::Moderate)
            || at_least(Condition::FineScaling, Severity::Moderate)
            || at_least(Condition::ExcessSebum, Severity::Moderate)
            || at_least(Condition::InterfollicularErythema, Severity::Moderate);
        match self {
            Self::WashMoreOften => {
                answers.has(Choice::ShampooEverySecondDay)
                    && (at_least(Condition::ExcessSebum, Severity::Moderate)
                        || at_least(Condition::Dandruff, Severity::Mild))
            }
            Self::WashLessOften => {
                answers.has(Choice::ShampooTwiceADay)
                    && (at_least(Condition::FineScaling, Severity::Mild)
                        || at_least(Condition::InterfollicularErythema, Severity::Mild))
            }
            Self::PauseChemicalTreatment => {
                treated
                    && (at_least(Condition::InterfollicularErythema, Severity::Mild)
                        || at_least(Condition::FollicularErythemaPustules, Severity::Mild))
            }
            Self::DiscolouringCaution => {
                (answers.has(Choice::HairDyed)
                    || answers.has(Choice::Dye1To3)
                    || answers.has(Choice::Dye4To6)
                    || answers.has(Choice::Dye7OrMore))
                    && medicated_shampoo_named
            }
            Self::DamagedHair => perms_or_dyes_often,
            Self::NotForWomenFinasteride => {
                answers.has(Choice::Female) && at_least(Condition::HairLoss, Severity::Moderate)
            }
            Self::PregnancyAskFirst => red_flags.contains(&RedFlag::PregnancyOrMedicines),
            Self::StopProductOnReaction => {
                at_least(Condition::InterfollicularErythema, Severity::Mild)
                    || medicated_shampoo_named
            }
            Self::NoBrands => answers.has(Choice::CustomCareYes),
        }
    }
}

/// A sentence that stands for itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Fixed {
    /// Everyday-care information, not a diagnosis: above everything.
    Header,
    SeeDermatologist,
    /// All severities 0, without over-reassuring.
    AllClear,
    /// A grade is not certain.
    Uncertain,
    /// The photo was taken from afar: a record, no grades.
    FromAfar,
    /// The model was trained on generated images.
    Demonstration,
}

impl Fixed {
    /// Every fixed sentence that the rules use.
    pub const ALL: [Self; 6] = [
        Self::Header,
        Self::SeeDermatologist,
        Self::AllClear,
        Self::Uncertain,
        Self::FromAfar,
        Self::Demonstration,
    ];

    /// The id in `prompts/knowledge/fixed.toml`.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Header => "header",
            Self::SeeDermatologist => "see_dermatologist",
            Self::AllClear => "all_clear",
            Self::Uncertain => "uncertain",
            Self::FromAfar => "from_afar",
            Self::Demonstration => "demonstration",
        }
    }
}

/// What applies to this person now. Told in the order: header, red flags, fixed sentences,
/// snippets from the most severe down, modifiers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Guidance {
    pub care_level: CareLevel,
    pub red_flags: RedFlags,
    pub fixed: Vec<Fixed>,
    pub snippets: Vec<Snippet>,
    pub modifiers: Vec<Modifier>,
}

/// Chooses what a person is told.
///
/// `grades` is `None` where every usable photo was taken from afar. `words_flags` are the red flags
/// found in the person's own words; those chosen by button are read from the answers.
pub fn advise(
    grades: Option<&Grades>,
    answers: &Answers,
    words_flags: &RedFlags,
    is_demonstration: bool,
) -> Guidance {
    let red_flags: RedFlags = Choice::ALL
        .iter()
        .filter(|choice| answers.has(**choice))
        .filter_map(|choice| RedFlag::of_choice(*choice))
        .chain(words_flags.iter().copied())
        .collect();
    let from_grades = grades.map_or(CareLevel::KeepRoutine, |grades| {
        CareLevel::of_severity(grades.worst())
    });
    let care_level = red_flags
        .iter()
        .map(|flag| flag.care_level())
        .fold(from_grades, CareLevel::max);

    let mut snippets: Vec<Snippet> = grades
        .into_iter()
        .flat_map(Grades::iter)
        .filter(|(_, grade)| grade.severity > Severity::Good)
        .map(|(condition, grade)| Snippet {
            condition,
            severity: grade.severity,
            is_certain: grade.is_certain,
        })
        .collect();
    snippets.sort_by_key(|snippet| std::cmp::Reverse(snippet.severity));

    let modifiers = grades.map_or_else(Vec::new, |grades| {
        Modifier::ALL
            .into_iter()
            .filter(|modifier| modifier.applies(grades, answers, &red_flags))
            .collect()
    });

    let mut fixed = vec![Fixed::Header];
    if is_demonstration && grades.is_some() {
        fixed.push(Fixed::Demonstration);
    }
    if care_level >= CareLevel::SeeDermatologist {
        fixed.push(Fixed::SeeDermatologist);
    }
    match grades {
        None => fixed.push(Fixed::FromAfar),
        Some(grades) => {
            let is_uncertain = grades.iter().any(|(_, grade)| !grade.is_certain);
            if is_uncertain {
                fixed.push(Fixed::Uncertain);
            }
            if grades.worst() == Severity::Good && red_flags.is_empty() && !is_uncertain {
                fixed.push(Fixed::AllClear);
            }
        }
    }
    Guidance {
        care_level,
        red_flags,
        fixed,
        snippets,
        modifiers,
    }
}
