//! Which sentences of the knowledge base a text may rest on.

use crate::domain::consultation::Language;
use crate::domain::guidance::{Guidance, PassageId};
use crate::wording::Wording;

/// Fewer rows than this are joined by tips for everybody, so that there is something to word.
const FEW: usize = 2;
/// How many of those tips.
const TIPS: usize = 3;

/// The rows and modifiers that the rules chose, the most severe first.
pub(super) fn of_guidance(
    wording: &Wording,
    guidance: &Guidance,
    language: Language,
) -> Vec<String> {
    let knowledge = wording.knowledge();
    let rows = guidance
        .snippets
        .iter()
        .filter_map(|snippet| knowledge.snippet(&snippet.id()));
    let modifiers = guidance
        .modifiers
        .iter()
        .filter_map(|modifier| knowledge.modifier(modifier.id()));
    let mut texts: Vec<String> = rows
        .chain(modifiers)
        .map(|text| text.in_language(language).to_owned())
        .collect();
    if texts.len() < FEW {
        let tips = knowledge.tips().iter().take(TIPS);
        texts.extend(tips.map(|tip| tip.in_language(language).to_owned()));
    }
    texts
}

/// The passages that were found for a question.
pub(super) fn of_passages(
    wording: &Wording,
    passages: &[PassageId],
    language: Language,
) -> Vec<String> {
    passages
        .iter()
        .filter_map(|id| wording.knowledge().passage(id))
        .map(|text| text.in_language(language).to_owned())
        .collect()
}
