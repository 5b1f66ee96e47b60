//! What a person is told to do.

use serde::{Deserialize, Serialize};

use super::names::{Name, SeverityNumber};
use crate::domain::guidance::{CareLevel, Fixed, Guidance, Modifier, RedFlag, Snippet};
use crate::domain::scalp::Condition;

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct GuidanceRecord {
    care_level: Name<CareLevel>,
    red_flags: Vec<Name<RedFlag>>,
    fixed: Vec<Name<Fixed>>,
    snippets: Vec<SnippetRecord>,
    modifiers: Vec<Name<Modifier>>,
}

#[derive(Debug, Serialize, Deserialize)]
struct SnippetRecord {
    condition: Name<Condition>,
    severity: SeverityNumber,
    is_certain: bool,
}

impl From<&Guidance> for GuidanceRecord {
    fn from(guidance: &Guidance) -> Self {
        Self {
            care_level: Name(guidance.care_level),
            red_flags: guidance.red_flags.iter().copied().map(Name).collect(),
            fixed: guidance.fixed.iter().copied().map(Name).collect(),
            snippets: guidance
                .snippets
                .iter()
                .map(|snippet| SnippetRecord {
                    condition: Name(snippet.condition),
                    severity: SeverityNumber(snippet.severity),
                    is_certain: snippet.is_certain,
                })
                .collect(),
            modifiers: guidance.modifiers.iter().copied().map(Name).collect(),
        }
    }
}

impl From<GuidanceRecord> for Guidance {
    fn from(record: GuidanceRecord) -> Self {
        Self {
            care_level: record.care_level.0,
            red_flags: record.red_flags.into_iter().map(|flag| flag.0).collect(),
            fixed: record.fixed.into_iter().map(|fixed| fixed.0).collect(),
            snippets: record
                .snippets
                .into_iter()
                .map(|snippet| Snippet {
                    condition: snippet.condition.0,
                    severity: snippet.severity.0,
                    is_certain: snippet.is_certain,
                })
                .collect(),
            modifiers: record
                .modifiers
                .into_iter()
                .map(|modifier| modifier.0)
                .collect(),
        }
    }
}
