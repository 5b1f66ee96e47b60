//! The dataset's options in all spellings that were found, and the choice of the survey that each
//! one is. Pure.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use crate::domain::scalp::{Answer, Choice, Question, Selection};

use super::text::{clean_value, key};

/// Every option but the ages: the dataset's own spelling first, then others for the same. What only
/// differs in blanks, punctuation or width need not be listed.
const SPELLINGS: &[(Choice, &[&str])] = &[
    (Choice::Male, &["남", "남성", "남자"]),
    (Choice::Female, &["여", "여성", "여자"]),
    (
        Choice::ShampooOnceADay,
        &["1일 1회", "하루 1회", "하루 한 번"],
    ),
    (
        Choice::ShampooTwiceADay,
        &["1일 2회", "하루 2회", "하루 두 번"],
    ),
    (
        Choice::ShampooEverySecondDay,
        &[
            "2일 1회",
            "2일에 1회",
            "이틀 1회",
            "이틀에 1회",
            "이틀에 한 번",
        ],
    ),
    (Choice::PermNever, NEVER),
    (Choice::Perm1To3, ONE_TO_THREE),
    (Choice::Perm4To6, FOUR_TO_SIX),
    (Choice::Perm7OrMore, SEVEN_OR_MORE),
    (Choice::DyeNever, NEVER),
    (Choice::Dye1To3, ONE_TO_THREE),
    (Choice::Dye4To6, FOUR_TO_SIX),
    (Choice::Dye7OrMore, SEVEN_OR_MORE),
    (Choice::HairDyed, &["염색 모발", "염색", "염색모"]),
    (
        Choice::HairWig,
        &["가발 사용(붙임머리 포함)", "가발 사용", "가발", "붙임머리"],
    ),
    (Choice::HairTransplant, &["모발이식/시술", "모발이식"]),
    (Choice::HairOther, &["기타"]),
    (Choice::ProductShampoo, &["샴푸"]),
    (Choice::ProductRinse, &["린스"]),
    (Choice::ProductTreatment, &["트리트먼트", "헤어 트리트먼트"]),
    (Choice::ProductEssence, &["헤어 에센스", "에센스"]),
    (Choice::ProductStyling, &["헤어 스타일링제", "스타일링제"]),
    (Choice::ProductScaler, &["두피 스케일링제", "스케일링제"]),
    (Choice::ProductSerum, &["두피 세럼", "세럼"]),
    (Choice::CustomCareYes, &["예", "네"]),
    (Choice::CustomCareNo, &["아니오", "아니요"]),
    (Choice::PriorityCleansing, &["세정력"]),
    (Choice::PriorityGentleness, &["두피자극"]),
    (Choice::PriorityHairFeel, &["머리결", "머릿결"]),
    (Choice::PriorityScent, &["향"]),
    (Choice::PriorityRinseFeel, &["헹굼후느낌"]),
    (Choice::PriorityPrice, &["가격"]),
];

const NEVER: &[&str] = &["하지않음", "안함", "없음"];
const ONE_TO_THREE: &[&str] = &["1~3회/연", "1~3회/년", "연 1~3회", "1회~3회/연", "1~3회"];
const FOUR_TO_SIX: &[&str] = &["4~6회/연", "4~6회/년", "연 4~6회", "4회~6회/연", "4~6회"];
const SEVEN_OR_MORE: &[&str] = &["7회 이상/연", "7회 이상/년", "연 7회 이상", "7회 이상"];

/// Said of a question with several choices: none of these.
const NONE_OF_THESE: &[&str] = &[
    "없음",
    "해당없음",
    "해당사항없음",
    "사용안함",
    "안함",
    "하지않음",
];

/// What parts the choices of one answer. A slash also stands inside an option.
const BETWEEN_CHOICES: [char; 7] = [',', '/', ';', '|', '·', '&', '+'];

/// Every spelling's key with its choice, in the order of [`SPELLINGS`].
static KEYS: LazyLock<Vec<(String, Choice)>> = LazyLock::new(|| {
    SPELLINGS
        .iter()
        .flat_map(|(choice, spellings)| spellings.iter().map(|spelling| (key(spelling), *choice)))
        .collect()
});

static NONE_KEYS: LazyLock<Vec<String>> =
    LazyLock::new(|| NONE_OF_THESE.iter().map(|spelling| key(spelling)).collect());

/// The dataset's own spelling of a choice; `None` for ages and for what the dataset does not ask.
pub fn spelling(choice: Choice) -> Option<&'static str> {
    SPELLINGS
        .iter()
        .find(|(known, _)| *known == choice)
        .map(|(_, spellings)| spellings[0])
}

/// The age band of `30대`, `30-` or `30`; `None` for junk such as `0대`, `110대` or `35세`.
pub fn age_band(raw: &str) -> Option<Choice> {
    let written = key(raw);
    let digits = written.strip_suffix(['대', '-']).unwrap_or(&written);
    let age: usize = digits.parse().ok()?;
    if !age.is_multiple_of(10) {
        return None;
    }
    Question::AgeBand.choices().nth((age / 10).checked_sub(1)?)
}

/// The option of a question with one choice, in any of its spellings; `None` if it is none of them.
pub fn choice_of(question: Question, raw: &str) -> Option<Choice> {
    match question {
        Question::AgeBand => age_band(raw),
        Question::Sex
        | Question::ShampooFrequency
        | Question::PermFrequency
        | Question::DyeFrequency
        | Question::HairState
        | Question::Products
        | Question::CustomCare
        | Question::ShampooPriority
        | Question::RedFlags
        | Question::FreeLine => of_key(question, &key(raw)),
    }
}

/// The options of a question with several choices, however they are joined; an empty set for
/// `해당없음` and the like, `None` if one of them is no option.
pub fn choices_of(question: Question, raw: &str) -> Option<BTreeSet<Choice>> {
    if NONE_KEYS.contains(&key(raw)) {
        return Some(BTreeSet::new());
    }
    let cleaned = clean_value(raw);
    let parts: Vec<String> = cleaned
        .split(BETWEEN_CHOICES)
        .map(key)
        .filter(|part| !part.is_empty())
        .collect();
    let mut chosen = BTreeSet::new();
    let mut rest = &parts[..];
    while !rest.is_empty() {
        // The most parts that make one option together: `모발이식/시술` is one.
        let (taken, choice) = (1..=rest.len().min(MOST_PARTS))
            .rev()
            .find_map(|taken| Some((taken, of_key(question, &rest[..taken].concat())?)))?;
        chosen.insert(choice);
        rest = &rest[taken..];
    }
    Some(chosen)
}

/// Parts of an option that holds a separator itself.
const MOST_PARTS: usize = 2;

/// What was answered to a question: nothing, one option or several; `None` if it is no option.
pub(super) fn answer_of(question: Question, raw: &str) -> Option<Answer> {
    if key(raw).is_empty() {
        return Some(Answer::Skipped);
    }
    match question.selection() {
        Selection::One => choice_of(question, raw).map(|choice| Answer::Chosen([choice].into())),
        Selection::Several => choices_of(question, raw).map(Answer::Chosen),
        Selection::Words => Some(Answer::Words(clean_value(raw))),
    }
}

fn of_key(question: Question, written: &str) -> Option<Choice> {
    KEYS.iter()
        .find(|(known, choice)| choice.question() == question && known == written)
        .map(|(_, choice)| *choice)
}

#[cfg(test)]
mod tests {
    use super::{KEYS, age_band, answer_of, choice_of, choices_of, spelling};
    use crate::domain::scalp::{Answer, Choice, Question};

    #[test]
    fn every_choice_of_the_dataset_has_a_spelling_and_no_two_share_one() {
        for choice in Choice::ALL {
            let is_asked = !matches!(
                choice.question(),
                Question::AgeBand | Question::RedFlags | Question::FreeLine
            );
            assert_eq!(spelling(*choice).is_some(), is_asked, "{choice:?}");
        }
        for (at, (one, choice)) in KEYS.iter().enumerate() {
            assert!(!one.is_empty(), "{choice:?}");
            for (other, another) in &KEYS[at + 1..] {
                let is_apart = choice.question() != another.question() || one != other;
                assert!(is_apart, "`{one}` is {choice:?} and {another:?}");
            }
        }
    }

    #[test]
    fn options_are_known_in_their_spellings() {
        use Choice::{
            CustomCareNo, Dye1To3, DyeNever, Male, Perm4To6, Perm7OrMore, PermNever,
            PriorityRinseFeel, ShampooEverySecondDay, ShampooOnceADay,
        };
        for (spellings, choice) in [
            (
                &[
                    "하지않음",
                    "하지 않음",
                    "안함",
                    "안 함",
                    "\u{feff}하지않음 ",
                ][..],
                PermNever,
            ),
            (&["하지않음", "안함"], DyeNever),
            (
                &[
                    "1~3회/연",
                    "1-3회/연",
                    "1~3회 / 연",
                    "１～３회／연",
                    "연 1~3회",
                ],
                Dye1To3,
            ),
            (&["4~6회/연", "4-6회 / 년"], Perm4To6),
            (&["7회 이상/연", "7회이상/연", "7회이상 / 연"], Perm7OrMore),
            (&["1일 1회", "1일1회", "1일/1회"], ShampooOnceADay),
            (&["2일 1회", "이틀에 1회"], ShampooEverySecondDay),
            (
                &["헹굼후느낌", "헹굼 후 느낌", "헹굼 후\t느낌"],
                PriorityRinseFeel,
            ),
            (&["아니오", "아니요"], CustomCareNo),
            (&["남", " 남성"], Male),
        ] {
            for spelling in spellings {
                let found = choice_of(choice.question(), spelling);
                assert_eq!(found, Some(choice), "{spelling:?}");
            }
        }
        for (question, raw) in [
            (Question::PermFrequency, "13회/연"),
            (Question::PermFrequency, "가끔"),
            (Question::ShampooPriority, "향, 가격"),
            (Question::Sex, "1일 1회"),
            (Question::CustomCare, ""),
        ] {
            assert_eq!(choice_of(question, raw), None, "{raw:?}");
        }
    }

    #[test]
    fn several_choices_may_be_joined_by_anything() {
        use Choice::{
            HairDyed, HairOther, HairTransplant, HairWig, ProductEssence, ProductSerum,
            ProductShampoo,
        };
        let hair = Question::HairState;
        for (question, raw, expected) in [
            (hair, "염색모발", vec![HairDyed]),
            (hair, "염색 모발, 기타", vec![HairDyed, HairOther]),
            (hair, "기타;염색 모발", vec![HairDyed, HairOther]),
            (hair, "모발이식/시술", vec![HairTransplant]),
            (
                hair,
                "염색 모발/모발이식/시술/기타",
                vec![HairDyed, HairTransplant, HairOther],
            ),
            (
                hair,
                "가발 사용(붙임머리 포함),염색 모발",
                vec![HairDyed, HairWig],
            ),
            (hair, "염색 모발,염색모발,", vec![HairDyed]),
            (hair, "해당 없음", vec![]),
            (
                Question::Products,
                "샴푸、헤어에센스／두피 세럼",
                vec![ProductShampoo, ProductEssence, ProductSerum],
            ),
        ] {
            let expected = Some(expected.into_iter().collect());
            assert_eq!(choices_of(question, raw), expected, "{raw:?}");
        }
        assert_eq!(choices_of(hair, "염색 모발, 비밀"), None);
        assert_eq!(choices_of(hair, "염색 모발, 없음"), None);
        assert_eq!(choices_of(Question::Products, "염색 모발"), None);
    }

    #[test]
    fn ages_are_decades_and_the_rest_is_junk() {
        for (raw, choice) in [
            ("10대", Some(Choice::Age10s)),
            ("30대", Some(Choice::Age30s)),
            (" 30 대\u{feff}", Some(Choice::Age30s)),
            ("30-", Some(Choice::Age30s)),
            ("90", Some(Choice::Age90s)),
            ("0대", None),
            ("100대", None),
            ("110대", None),
            ("35", None),
            ("35세", None),
            ("대", None),
            ("", None),
            ("99999999999999999999999대", None),
        ] {
            assert_eq!(age_band(raw), choice, "{raw:?}");
        }
    }

    #[test]
    fn an_empty_answer_was_skipped() {
        for raw in ["", " ", "-", "\u{feff}"] {
            let answer = answer_of(Question::HairState, raw);
            assert_eq!(answer, Some(Answer::Skipped), "{raw:?}");
        }
        assert_eq!(answer_of(Question::HairState, "모름"), None);
    }
}
