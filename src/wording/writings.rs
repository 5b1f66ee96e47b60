//! The words around texts that were worded, and around answers.

use super::messages::Speaker;
use super::phrases::Argument::Text as Words;
use crate::domain::consultation::Answered;
use crate::domain::guidance::{Fixed, PassageId, WordedAdvice};

impl Speaker<'_> {
    /// The guidance in a model's words, in place of the passages, and that a model worded it.
    pub(super) fn worded_advice(&self, advice: &WordedAdvice) -> Vec<String> {
        let mut paragraphs = vec![advice.summary.clone()];
        for (key, items) in [
            ("advice-today", &advice.today),
            ("advice-week", &advice.week),
            ("advice-avoid", &advice.avoid),
        ] {
            if !items.is_empty() {
                let lines = items
                    .iter()
                    .map(|item| self.say_with("list-item", &[("text", Words(item))]));
                let lines: Vec<String> = [self.say(key)].into_iter().chain(lines).collect();
                paragraphs.push(lines.join("\n"));
            }
        }
        paragraphs.push(self.say("worded-by-a-model"));
        paragraphs
    }

    pub(super) fn answer_to_question(
        &self,
        answer: &Answered,
        sees_dermatologist: bool,
    ) -> Vec<String> {
        let mut paragraphs = match answer {
            Answered::Worded(text) => vec![text.text.clone()],
            Answered::Prepared(passages) => self.passages(&passages.text),
        };
        if sees_dermatologist {
            paragraphs.extend(self.fixed(Fixed::SeeDermatologist));
        }
        paragraphs.push(self.say("answer-is-no-diagnosis"));
        if matches!(answer, Answered::Worded(_)) {
            paragraphs.push(self.say("worded-by-a-model"));
        }
        paragraphs
    }

    fn passages(&self, ids: &[PassageId]) -> Vec<String> {
        let texts = ids
            .iter()
            .filter_map(|id| self.wording.knowledge.passage(id));
        let texts: Vec<String> = texts
            .map(|text| text.in_language(self.language).to_owned())
            .collect();
        if texts.is_empty() {
            // Entries that were told to somebody may be gone in a later version.
            return vec![self.say("question-off-topic")];
        }
        texts
    }
}
