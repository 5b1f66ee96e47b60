//! The survey: its questions, the choices of each, and what a person answered.
//!
//! The seven questions after age and sex, and their choices, are the dataset's own
//! (`answers1` … `answers7` of its meta files); the last two are ours.

use std::collections::{BTreeMap, BTreeSet};

/// One question of the survey.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Question {
    AgeBand,
    Sex,
    /// `answers1`, 샴푸 사용 빈도.
    ShampooFrequency,
    /// `answers2`, 펌 주기.
    PermFrequency,
    /// `answers3`, 염색 주기 (자가 염색 포함).
    DyeFrequency,
    /// `answers4`, 현재 모발 상태.
    HairState,
    /// `answers5`, 현재 사용하고 있는 두피모발용 제품.
    Products,
    /// `answers6`, 맞춤두피케어 제품사용을 희망(선호)하시나요.
    CustomCare,
    /// `answers7`, 샴푸 구매시 중요시 고려하는 부분은 무엇인가요?
    ShampooPriority,
    /// Signs that belong to a doctor at once.
    RedFlags,
    /// Whatever the person wants to add, in their own words.
    FreeLine,
}

/// How a question is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Selection {
    /// Exactly one of the choices.
    One,
    /// Any number of the choices.
    Several,
    /// In the person's own words.
    Words,
}

impl Question {
    /// Every question, in the order in which they are asked.
    pub const ALL: [Self; 11] = [
        Self::AgeBand,
        Self::Sex,
        Self::ShampooFrequency,
        Self::PermFrequency,
        Self::DyeFrequency,
        Self::HairState,
        Self::Products,
        Self::CustomCare,
        Self::ShampooPriority,
        Self::RedFlags,
        Self::FreeLine,
    ];

    /// The name used in buttons, records and text keys.
    pub const fn id(self) -> &'static str {
        match self {
            Self::AgeBand => "age",
            Self::Sex => "sex",
            Self::ShampooFrequency => "shampoo-frequency",
            Self::PermFrequency => "perm",
            Self::DyeFrequency => "dye",
            Self::HairState => "hair-state",
            Self::Products => "products",
            Self::CustomCare => "custom-care",
            Self::ShampooPriority => "shampoo-priority",
            Self::RedFlags => "red-flags",
            Self::FreeLine => "free-line",
        }
    }

    /// The question of that [`id`](Self::id).
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|question| question.id() == id)
    }

    /// Where the question stands in the survey, from 1.
    pub const fn number(self) -> usize {
        self as usize + 1
    }

    /// The question asked after this one.
    pub fn next(self) -> Option<Self> {
        Self::ALL.get(self as usize + 1).copied()
    }

    /// The question asked before this one.
    pub fn previous(self) -> Option<Self> {
        (self as usize).checked_sub(1).map(|index| Self::ALL[index])
    }

    /// How the question is answered.
    pub const fn selection(self) -> Selection {
        match self {
            Self::AgeBand
            | Self::Sex
            | Self::ShampooFrequency
            | Self::PermFrequency
            | Self::DyeFrequency
            | Self::CustomCare
            | Self::ShampooPriority => Selection::One,
            Self::HairState | Self::Products | Self::RedFlags => Selection::Several,
            Self::FreeLine => Selection::Words,
        }
    }

    /// The choices offered, in order; none for [`Selection::Words`].
    pub fn choices(self) -> impl Iterator<Item = Choice> {
        Choice::ALL
            .iter()
            .copied()
            .filter(move |choice| choice.question() == self)
    }
}

/// Declares the choices with the question each belongs to and its name, in the order of asking.
macro_rules! choices {
    ($($question:ident { $($choice:ident = $id:literal),+ $(,)? })+) => {
        /// One choice of one question.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Choice { $($($choice),+),+ }

        impl Choice {
            /// Every choice of every question, in the order in which they are offered.
            pub const ALL: &[Self] = &[$($(Self::$choice),+),+];

            /// The question that this choice answers.
            pub const fn question(self) -> Question {
                match self { $($(Self::$choice)|+ => Question::$question),+ }
            }

            /// The name used in buttons, records and text keys; unique over all questions.
            pub const fn id(self) -> &'static str {
                match self { $($(Self::$choice => $id),+),+ }
            }
        }
    };
}

choices! {
    AgeBand {
        Age10s = "age-10s", Age20s = "age-20s", Age30s = "age-30s", Age40s = "age-40s",
        Age50s = "age-50s", Age60s = "age-60s", Age70s = "age-70s", Age80s = "age-80s",
        Age90s = "age-90s",
    }
    Sex { Male = "sex-male", Female = "sex-female" }
    ShampooFrequency {
        ShampooOnceADay = "shampoo-daily", ShampooTwiceADay = "shampoo-twice-daily",
        ShampooEverySecondDay = "shampoo-every-second-day",
    }
    PermFrequency {
        PermNever = "perm-never", Perm1To3 = "perm-1-3", Perm4To6 = "perm-4-6",
        Perm7OrMore = "perm-7-up",
    }
    DyeFrequency {
        DyeNever = "dye-never", Dye1To3 = "dye-1-3", Dye4To6 = "dye-4-6", Dye7OrMore = "dye-7-up",
    }
    HairState {
        HairDyed = "hair-dyed", HairWig = "hair-wig", HairTransplant = "hair-transplant",
        HairOther = "hair-other",
    }
    Products {
        ProductShampoo = "product-shampoo", ProductRinse = "product-rinse",
        ProductTreatment = "product-treatment", ProductEssence = "product-essence",
        ProductStyling = "product-styling", ProductScaler = "product-scaler",
        ProductSerum = "product-serum",
    }
    CustomCare { CustomCareYes = "custom-care-yes", CustomCareNo = "custom-care-no" }
    ShampooPriority {
        PriorityCleansing = "priority-cleansing", PriorityGentleness = "priority-gentleness",
        PriorityHairFeel = "priority-hair-feel", PriorityScent = "priority-scent",
        PriorityRinseFeel = "priority-rinse-feel", PriorityPrice = "priority-price",
    }
    RedFlags {
        FlagFeverWithPus = "flag-fever-with-pus", FlagSpreadingRedness = "flag-spreading-redness",
        FlagSuddenPatches = "flag-sudden-patches", FlagScarredPatches = "flag-scarred-patches",
        FlagTuftsWithPus = "flag-tufts-with-pus", FlagSwellingAfterDye = "flag-swelling-after-dye",
        FlagBurningAfterDye = "flag-burning-after-dye", FlagPregnancyOrMedicines = "flag-pregnancy",
        FlagFatigueOrWeight = "flag-fatigue", FlagDistress = "flag-distress",
    }
}

impl Choice {
    /// The choice of that [`id`](Self::id).
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|choice| choice.id() == id)
    }
}

/// What a person did with one question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// The choices taken; an empty set says "none of these".
    Chosen(BTreeSet<Choice>),
    /// The person's own words, already cut to what is kept.
    Words(String),
    /// Asked, and left open on purpose.
    Skipped,
}

/// The answers of one consultation.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Answers(BTreeMap<Question, Answer>);

impl Answers {
    /// The answer to a question that was asked.
    pub fn of(&self, question: Question) -> Option<&Answer> {
        self.0.get(&question)
    }

    /// Keeps an answer, in place of an earlier one.
    #[must_use]
    pub fn with(mut self, question: Question, answer: Answer) -> Self {
        self.0.insert(question, answer);
        self
    }

    /// Whether the person took that choice.
    pub fn has(&self, choice: Choice) -> bool {
        matches!(self.of(choice.question()), Some(Answer::Chosen(chosen)) if chosen.contains(&choice))
    }

    /// The person's own words, if any.
    pub fn words(&self) -> Option<&str> {
        match self.of(Question::FreeLine) {
            Some(Answer::Words(words)) => Some(words),
            Some(Answer::Chosen(_) | Answer::Skipped) | None => None,
        }
    }

    /// Every answer given or skipped, in the order of asking.
    pub fn iter(&self) -> impl Iterator<Item = (Question, &Answer)> {
        self.0.iter().map(|(question, answer)| (*question, answer))
    }
}
