//! The scalp type that follows from six severities.

use super::{Condition, Grades, Severity};

/// AI Hub's eight scalp types, and one for what fits none of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ScalpType {
    /// 양호.
    Good,
    /// 건성.
    Dry,
    /// 지성.
    Oily,
    /// 민감성.
    Sensitive,
    /// 지루성.
    Seborrheic,
    /// 염증성.
    Inflamed,
    /// 비듬성.
    Dandruff,
    /// 탈모성.
    HairLoss,
    /// 복합성: no rule fits.
    Mixed,
}

impl ScalpType {
    /// Every type.
    pub const ALL: [Self; 9] = [
        Self::Good,
        Self::Dry,
        Self::Oily,
        Self::Sensitive,
        Self::Seborrheic,
        Self::Inflamed,
        Self::Dandruff,
        Self::HairLoss,
        Self::Mixed,
    ];

    /// The name used in JSON and text keys.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Dry => "dry",
            Self::Oily => "oily",
            Self::Sensitive => "sensitive",
            Self::Seborrheic => "seborrheic",
            Self::Inflamed => "inflamed",
            Self::Dandruff => "dandruff",
            Self::HairLoss => "hair_loss",
            Self::Mixed => "mixed",
        }
    }

    /// AI Hub's own rule, counting a condition as present from severity 1: 양호 none · 건성 only
    /// fine scaling · 지성 only sebum · 민감성 interfollicular erythema (scaling allowed) · 지루성
    /// sebum and interfollicular erythema (scaling, dandruff allowed) · 염증성 follicular erythema
    /// (scaling, sebum, dandruff allowed) · 비듬성 dandruff (scaling, sebum allowed) · 탈모성 only
    /// hair loss.
    pub fn of(grades: &Grades) -> Self {
        let present: Vec<Condition> = grades
            .iter()
            .filter(|(_, grade)| grade.severity > Severity::Good)
            .map(|(condition, _)| condition)
            .collect();
        Self::of_present(&present)
    }

    fn of_present(present: &[Condition]) -> Self {
        use Condition::{
            Dandruff, ExcessSebum, FineScaling, FollicularErythemaPustules, HairLoss,
            InterfollicularErythema,
        };
        let fits = |needed: &[Condition], allowed: &[Condition]| {
            needed.iter().all(|condition| present.contains(condition))
                && present
                    .iter()
                    .all(|condition| needed.contains(condition) || allowed.contains(condition))
        };
        if present.is_empty() {
            Self::Good
        } else if fits(&[FineScaling], &[]) {
            Self::Dry
        } else if fits(&[ExcessSebum], &[]) {
            Self::Oily
        } else if fits(&[InterfollicularErythema], &[FineScaling]) {
            Self::Sensitive
        } else if fits(
            &[ExcessSebum, InterfollicularErythema],
            &[FineScaling, Dandruff],
        ) {
            Self::Seborrheic
        } else if fits(
            &[FollicularErythemaPustules],
            &[FineScaling, ExcessSebum, Dandruff],
        ) {
            Self::Inflamed
        } else if fits(&[Dandruff], &[FineScaling, ExcessSebum]) {
            Self::Dandruff
        } else if fits(&[HairLoss], &[]) {
            Self::HairLoss
        } else {
            Self::Mixed
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Condition, ScalpType};

    #[test]
    fn the_published_rule_decides_and_the_rest_is_mixed() {
        use Condition::{
            Dandruff, ExcessSebum, FineScaling, FollicularErythemaPustules, HairLoss,
            InterfollicularErythema,
        };
        for (present, expected) in [
            (vec![], ScalpType::Good),
            (vec![FineScaling], ScalpType::Dry),
            (vec![ExcessSebum], ScalpType::Oily),
            (
                vec![FineScaling, InterfollicularErythema],
                ScalpType::Sensitive,
            ),
            (
                vec![ExcessSebum, InterfollicularErythema, Dandruff],
                ScalpType::Seborrheic,
            ),
            (
                vec![ExcessSebum, FollicularErythemaPustules],
                ScalpType::Inflamed,
            ),
            (vec![FineScaling, Dandruff], ScalpType::Dandruff),
            (vec![HairLoss], ScalpType::HairLoss),
            (vec![HairLoss, ExcessSebum], ScalpType::Mixed),
            (
                vec![InterfollicularErythema, FollicularErythemaPustules],
                ScalpType::Mixed,
            ),
        ] {
            assert_eq!(ScalpType::of_present(&present), expected, "{present:?}");
        }
    }
}
