//! Answers as a few bytes, in an order that puts the first choices first. Pure.

use crate::domain::scalp::{Answer, Answers, Choice, Question};

/// What the dataset's meta files answer.
const QUESTIONS: [Question; 9] = [
    Question::AgeBand,
    Question::Sex,
    Question::ShampooFrequency,
    Question::PermFrequency,
    Question::DyeFrequency,
    Question::HairState,
    Question::Products,
    Question::CustomCare,
    Question::ShampooPriority,
];

/// Bytes of packed answers: a bit per choice, and one per question that was skipped.
pub(super) const LENGTH: usize = 10;

const _: () = assert!(Choice::ALL.len() <= 64, "a choice is a bit of eight bytes");

/// The first choice is the highest bit, and 0 where it was taken.
const fn bit(choice: Choice) -> u64 {
    1 << (63 - choice as u64)
}

/// The answers to the dataset's questions as bytes that sort like them. Words are not kept.
pub(super) fn pack(answers: &Answers) -> [u8; LENGTH] {
    let mut not_chosen = u64::MAX;
    let mut skipped = 0_u16;
    for (at, question) in QUESTIONS.into_iter().enumerate() {
        match answers.of(question) {
            Some(Answer::Chosen(chosen)) => {
                for choice in chosen {
                    not_chosen &= !bit(*choice);
                }
            }
            Some(Answer::Words(_) | Answer::Skipped) | None => skipped |= 1 << at,
        }
    }
    let mut packed = [0; LENGTH];
    packed[..8].copy_from_slice(&not_chosen.to_be_bytes());
    packed[8..].copy_from_slice(&skipped.to_be_bytes());
    packed
}

/// The answers that were packed; one that was not there is skipped.
pub(super) fn unpack(packed: [u8; LENGTH]) -> Answers {
    let (not_chosen, skipped) = packed.split_at(8);
    let not_chosen = u64::from_be_bytes(not_chosen.try_into().expect("it was split there"));
    let skipped = u16::from_be_bytes(skipped.try_into().expect("it was split there"));
    let mut answers = Answers::default();
    for (at, question) in QUESTIONS.into_iter().enumerate() {
        let answer = if skipped & (1 << at) == 0 {
            let is_taken = |choice: &Choice| not_chosen & bit(*choice) == 0;
            Answer::Chosen(question.choices().filter(is_taken).collect())
        } else {
            Answer::Skipped
        };
        answers = answers.with(question, answer);
    }
    answers
}

#[cfg(test)]
mod tests {
    use super::{QUESTIONS, pack, unpack};
    use crate::domain::scalp::{Answer, Answers, Choice, Question, Selection};

    fn chosen(choices: &[Choice]) -> Answer {
        Answer::Chosen(choices.iter().copied().collect())
    }

    #[test]
    fn every_answer_survives() {
        for question in QUESTIONS {
            assert_ne!(question.selection(), Selection::Words);
            for choice in question.choices() {
                let answers = unpack(pack(&Answers::default().with(question, chosen(&[choice]))));
                assert_eq!(answers.of(question), Some(&chosen(&[choice])));
                let skipped = answers
                    .iter()
                    .filter(|(_, answer)| **answer == Answer::Skipped)
                    .count();
                assert_eq!(skipped, QUESTIONS.len() - 1);
            }
        }
        let several = Answers::default()
            .with(Question::HairState, chosen(&[]))
            .with(
                Question::Products,
                chosen(&[Choice::ProductRinse, Choice::ProductSerum]),
            );
        let survived = unpack(pack(&several));
        assert_eq!(survived.of(Question::HairState), Some(&chosen(&[])));
        assert_eq!(
            survived.of(Question::Products),
            several.of(Question::Products)
        );
        assert_eq!(unpack(pack(&survived)), survived);
    }

    #[test]
    fn the_young_come_before_the_old() {
        let of = |choices: &[Choice]| {
            let each = |answers: Answers, choice: &Choice| {
                answers.with(choice.question(), chosen(&[*choice]))
            };
            pack(&choices.iter().fold(Answers::default(), each))
        };
        assert!(of(&[Choice::Age10s, Choice::Female]) < of(&[Choice::Age20s, Choice::Male]));
        assert!(of(&[Choice::Age20s, Choice::Male]) < of(&[Choice::Age20s, Choice::Female]));
    }
}
