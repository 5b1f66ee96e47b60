//! Severities of the six conditions, and how sure a model is of them.

/// One of the six conditions, in the dataset's order (`value_1` … `value_6`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Condition {
    /// 미세각질: thin, whitish, cracked film.
    FineScaling,
    /// 피지과다: yellowish, wet gloss.
    ExcessSebum,
    /// 모낭사이홍반: redness between the follicles.
    InterfollicularErythema,
    /// 모낭홍반·농포: a red ring or a pustule at a follicle.
    FollicularErythemaPustules,
    /// 비듬: thick plates with crusty edges.
    Dandruff,
    /// 탈모: few openings, thin or missing hairs.
    HairLoss,
}

impl Condition {
    /// Every condition, in the dataset's order.
    pub const ALL: [Self; 6] = [
        Self::FineScaling,
        Self::ExcessSebum,
        Self::InterfollicularErythema,
        Self::FollicularErythemaPustules,
        Self::Dandruff,
        Self::HairLoss,
    ];

    /// The name used in model files, in JSON and in the knowledge base.
    pub const fn id(self) -> &'static str {
        match self {
            Self::FineScaling => "fine_scaling",
            Self::ExcessSebum => "excess_sebum",
            Self::InterfollicularErythema => "interfollicular_erythema",
            Self::FollicularErythemaPustules => "follicular_erythema_pustules",
            Self::Dandruff => "dandruff",
            Self::HairLoss => "hair_loss",
        }
    }

    /// The condition of that [`id`](Self::id).
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|condition| condition.id() == id)
    }

    const fn index(self) -> usize {
        self as usize
    }
}

/// How strongly a condition shows: the dataset's 0 to 3.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Severity {
    /// 양호, 0.
    Good,
    /// 경증, 1.
    Mild,
    /// 중등도, 2.
    Moderate,
    /// 중증, 3.
    Severe,
}

impl Severity {
    /// Every severity, weakest first.
    pub const ALL: [Self; 4] = [Self::Good, Self::Mild, Self::Moderate, Self::Severe];

    /// The dataset's number, 0 to 3.
    pub const fn number(self) -> u8 {
        self as u8
    }

    /// The severity of the dataset's number, 0 to 3.
    pub const fn from_number(number: u8) -> Option<Self> {
        match number {
            0 => Some(Self::Good),
            1 => Some(Self::Mild),
            2 => Some(Self::Moderate),
            3 => Some(Self::Severe),
            _ => None,
        }
    }
}

/// A model's opinion of one condition on one photo, or on all photos of a consultation.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Grade {
    /// The severity that the model's own decision rule chose.
    pub severity: Severity,
    /// Probability of each severity, weakest first; they sum to 1.
    pub probabilities: [f32; 4],
    /// Probability of the chosen severity, 0 to 1.
    pub confidence: f32,
    /// Whether the confidence reaches the model's own abstention threshold.
    pub is_certain: bool,
}

/// A grade for each of the six conditions.
#[derive(Debug, Clone, PartialEq)]
pub struct Grades([Grade; 6]);

impl Grades {
    /// Grades in the order of [`Condition::ALL`].
    pub const fn new(grades: [Grade; 6]) -> Self {
        Self(grades)
    }

    /// The grade of one condition.
    pub const fn of(&self, condition: Condition) -> &Grade {
        &self.0[condition.index()]
    }

    /// Every condition with its grade, in the dataset's order.
    pub fn iter(&self) -> impl Iterator<Item = (Condition, &Grade)> {
        Condition::ALL.into_iter().zip(&self.0)
    }

    /// The highest severity of all.
    pub fn worst(&self) -> Severity {
        self.0
            .iter()
            .map(|grade| grade.severity)
            .max()
            .expect("there are six grades")
    }

    /// One opinion out of several spots: per condition the worst one that the model is certain of,
    /// or, where it is certain of none, the worst one. `None` without any spot.
    pub fn worst_supported(spots: &[Self]) -> Option<Self> {
        let (first, others) = spots.split_first()?;
        Some(others.iter().fold(first.clone(), |so_far, spot| {
            Self(std::array::from_fn(|index| {
                worse_supported(so_far.0[index], spot.0[index])
            }))
        }))
    }
}

fn worse_supported(left: Grade, right: Grade) -> Grade {
    let rank = |grade: &Grade| (grade.is_certain, grade.severity);
    let is_right_worse = match rank(&right).cmp(&rank(&left)) {
        std::cmp::Ordering::Greater => true,
        std::cmp::Ordering::Less => false,
        std::cmp::Ordering::Equal => right.confidence > left.confidence,
    };
    if is_right_worse { right } else { left }
}
