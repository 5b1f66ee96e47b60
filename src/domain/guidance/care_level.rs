//! How soon, and by whom, a scalp should be looked at.

use crate::domain::scalp::Severity;

/// Ordered from the least to the most urgent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum CareLevel {
    /// Nothing particular is seen: keep the routine.
    KeepRoutine,
    /// Small changes at home.
    HomeCare,
    /// Care at home for about a month; a dermatologist if it does not help.
    HomeCareThenDoctor,
    /// Make an appointment with a dermatologist.
    SeeDermatologist,
    /// Be seen today.
    CareToday,
    /// Call 119 now.
    Emergency,
}

impl CareLevel {
    /// Every level, least urgent first.
    pub const ALL: [Self; 6] = [
        Self::KeepRoutine,
        Self::HomeCare,
        Self::HomeCareThenDoctor,
        Self::SeeDermatologist,
        Self::CareToday,
        Self::Emergency,
    ];

    /// The name used in text keys.
    pub const fn id(self) -> &'static str {
        match self {
            Self::KeepRoutine => "keep-routine",
            Self::HomeCare => "home-care",
            Self::HomeCareThenDoctor => "home-care-then-doctor",
            Self::SeeDermatologist => "see-dermatologist",
            Self::CareToday => "care-today",
            Self::Emergency => "emergency",
        }
    }

    /// The level that one severity alone asks for.
    pub const fn of_severity(severity: Severity) -> Self {
        match severity {
            Severity::Good => Self::KeepRoutine,
            Severity::Mild => Self::HomeCare,
            Severity::Moderate => Self::HomeCareThenDoctor,
            Severity::Severe => Self::SeeDermatologist,
        }
    }
}
