//! The survey as the project's first training text noted it: Hangul, Latin letters and digits. Pure.

use crate::domain::scalp::{Answer, Answers, Choice, Question};

use super::options::spelling;
use super::text::seed_notation;

/// A choice in the seed's notation: `30-` for the thirties, `1-3회 연` for `1~3회/연`; `None` for
/// what the dataset does not ask.
pub fn seed_value(choice: Choice) -> Option<String> {
    match choice.question() {
        Question::AgeBand => {
            let at = Question::AgeBand.choices().position(|age| age == choice)?;
            Some(format!("{}-", (at + 1) * 10))
        }
        Question::Sex
        | Question::ShampooFrequency
        | Question::PermFrequency
        | Question::DyeFrequency
        | Question::HairState
        | Question::Products
        | Question::CustomCare
        | Question::ShampooPriority => spelling(choice).map(seed_notation),
        Question::RedFlags | Question::FreeLine => None,
    }
}

/// Age, sex and the seven questions in the seed's notation, each question before its answers, one a
/// line (`나이 30-`); what was skipped, or is not of the dataset, is not there.
pub fn seed_survey(answers: &Answers) -> String {
    let lines: Vec<String> = answers
        .iter()
        .filter_map(|(question, answer)| {
            let name = seed_name(question)?;
            let values: Vec<String> = match answer {
                Answer::Chosen(chosen) => chosen.iter().copied().filter_map(seed_value).collect(),
                Answer::Words(_) | Answer::Skipped => return None,
            };
            let values = if values.is_empty() {
                NONE.to_owned()
            } else {
                values.join(" ")
            };
            Some(format!("{name} {values}"))
        })
        .collect();
    lines.join("\n")
}

/// The answer "none of these".
const NONE: &str = "없음";

/// The dataset's words for a question, without punctuation.
const fn seed_name(question: Question) -> Option<&'static str> {
    match question {
        Question::AgeBand => Some("나이"),
        Question::Sex => Some("성별"),
        Question::ShampooFrequency => Some("샴푸 사용 빈도"),
        Question::PermFrequency => Some("펌 주기"),
        Question::DyeFrequency => Some("염색 주기"),
        Question::HairState => Some("현재 모발 상태"),
        Question::Products => Some("사용 제품"),
        Question::CustomCare => Some("맞춤 두피케어 희망"),
        Question::ShampooPriority => Some("샴푸 구매 고려"),
        Question::RedFlags | Question::FreeLine => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{seed_survey, seed_value};
    use crate::domain::scalp::{Answer, Answers, Choice, Question};

    #[test]
    fn choices_are_noted_as_the_seed_did() {
        for (choice, noted) in [
            (Choice::Age10s, Some("10-")),
            (Choice::Age30s, Some("30-")),
            (Choice::Age90s, Some("90-")),
            (Choice::Female, Some("여")),
            (Choice::Perm1To3, Some("1-3회 연")),
            (Choice::DyeNever, Some("하지않음")),
            (Choice::HairWig, Some("가발 사용 붙임머리 포함")),
            (Choice::FlagDistress, None),
        ] {
            assert_eq!(seed_value(choice).as_deref(), noted, "{choice:?}");
        }
    }

    #[test]
    fn a_survey_has_a_line_for_each_answer() {
        let chosen = |choices: &[Choice]| Answer::Chosen(choices.iter().copied().collect());
        let answers = Answers::default()
            .with(
                Question::HairState,
                chosen(&[Choice::HairOther, Choice::HairDyed]),
            )
            .with(Question::AgeBand, chosen(&[Choice::Age30s]))
            .with(Question::Products, chosen(&[]))
            .with(Question::CustomCare, Answer::Skipped)
            .with(Question::FreeLine, Answer::Words("비밀".to_owned()));
        let expected = "나이 30-\n현재 모발 상태 염색 모발 기타\n사용 제품 없음";
        assert_eq!(seed_survey(&answers), expected);
    }
}
