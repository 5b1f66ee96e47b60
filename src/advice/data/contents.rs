//! What a label or a meta file says. Pure.

use encoding_rs::EUC_KR;
use serde_json::{Map, Value};

use crate::domain::scalp::{Answer, Answers, Question, Region, Severity};

use super::names::region_of_location;
use super::options::{age_band, answer_of};
use super::statistics::Reject;
use super::text::clean_value;

/// Bytes of a JSON file, at most: real ones have about a thousand.
pub(super) const MOST_BYTES: u64 = 1 << 20;

/// The keys of a label, in the order of the conditions.
const SEVERITY_KEYS: [&str; 6] = [
    "value_1", "value_2", "value_3", "value_4", "value_5", "value_6",
];

/// The questions whose answers stand in `answers1` … `answers7`, in that order.
const ANSWER_KEYS: [(&str, Question); 7] = [
    ("answers1", Question::ShampooFrequency),
    ("answers2", Question::PermFrequency),
    ("answers3", Question::DyeFrequency),
    ("answers4", Question::HairState),
    ("answers5", Question::Products),
    ("answers6", Question::CustomCare),
    ("answers7", Question::ShampooPriority),
];

/// What a meta file tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Meta {
    /// Age, sex and the seven questions; a question without an answer was skipped.
    pub(super) answers: Answers,
    /// What `location` names.
    pub(super) region: Option<Region>,
}

/// The joint severities of one image.
pub(super) fn label(content: &[u8]) -> Result<[Severity; 6], Reject> {
    let object = object(content).ok_or(Reject::UnreadableLabel)?;
    let mut severities = [Severity::Good; 6];
    for (severity, key) in severities.iter_mut().zip(SEVERITY_KEYS) {
        let written = match object.get(key).ok_or(Reject::MissingKey)? {
            Value::String(text) => digit(text.trim()),
            Value::Number(number) => number.as_u64().and_then(|number| number.try_into().ok()),
            Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
        };
        *severity = written
            .and_then(Severity::from_number)
            .ok_or(Reject::SeverityOutOfRange)?;
    }
    Ok(severities)
}

/// The number that one digit alone is.
fn digit(text: &str) -> Option<u8> {
    match text.as_bytes() {
        [byte @ b'0'..=b'9'] => Some(byte - b'0'),
        _ => None,
    }
}

/// Who was photographed. Without age, sex or any answer it is no meta file of the dataset.
pub(super) fn meta(content: &[u8]) -> Result<Meta, Reject> {
    let object = object(content).ok_or(Reject::UnreadableMeta)?;
    let written = |key| object.get(key).map(text);
    let age = written("age").ok_or(Reject::MissingKey)?;
    let sex = written("gender").ok_or(Reject::MissingKey)?;
    if ANSWER_KEYS
        .iter()
        .all(|(key, _)| !object.contains_key(*key))
    {
        return Err(Reject::MissingKey);
    }
    let age = age.as_deref().and_then(age_band).ok_or(Reject::JunkAge)?;
    let mut answers = Answers::default()
        .with(Question::AgeBand, Answer::Chosen([age].into()))
        .with(Question::Sex, answer(Question::Sex, sex)?);
    for (key, question) in ANSWER_KEYS {
        let given = match written(key) {
            Some(text) => answer(question, text)?,
            None => Answer::Skipped,
        };
        answers = answers.with(question, given);
    }
    let region = match object.get("location") {
        Some(Value::String(location)) => region_of_location(&clean_value(location)),
        Some(_) | None => None,
    };
    Ok(Meta { answers, region })
}

fn answer(question: Question, written: Option<String>) -> Result<Answer, Reject> {
    written
        .and_then(|text| answer_of(question, &text))
        .ok_or(Reject::UnknownOption(question))
}

/// A value as text; `None` for one that cannot be an answer.
fn text(value: &Value) -> Option<String> {
    match value {
        Value::Null => Some(String::new()),
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    }
}

/// The JSON object in these bytes, UTF-8 with or without a BOM, or CP949.
fn object(content: &[u8]) -> Option<Map<String, Value>> {
    let content = content.strip_prefix(b"\xef\xbb\xbf").unwrap_or(content);
    if std::str::from_utf8(content).is_ok() {
        return serde_json::from_slice(content).ok();
    }
    let text = EUC_KR.decode_without_bom_handling_and_without_replacement(content)?;
    serde_json::from_str(&text).ok()
}

#[cfg(test)]
mod tests {
    use super::{label, meta};
    use crate::advice::data::statistics::Reject;
    use crate::domain::scalp::{Answer, Choice, Question, Region, Severity};
    use serde_json::{Value, json};

    fn labelled(changed: &[(&str, Value)]) -> Vec<u8> {
        let mut object = json!({
            "image_id": "a", "image_file_name": "a.jpg", "value_1": "0", "value_2": "1",
            "value_3": "2", "value_4": "3", "value_5": "0", "value_6": "1",
        });
        change(&mut object, changed)
    }

    fn answered(changed: &[(&str, Value)]) -> Vec<u8> {
        let mut object = json!({
            "gender": "여", "age": "30대", "location": "정수리",
            "question1": "샴푸 사용 빈도", "answers1": "1일 1회",
            "question2": "펌 주기", "answers2": "하지않음",
            "question3": "염색 주기 (자가 염색 포함)", "answers3": "1~3회/연",
            "question4": "현재 모발 상태", "answers4": "염색 모발, 기타",
            "question5": "현재 사용하고 있는 두피모발용 제품", "answers5": "샴푸,린스",
            "question6": "맞춤두피케어 제품사용을 희망(선호)하시나요", "answers6": "예",
            "question7": "샴푸 구매시 중요시 고려하는 부분은 무엇인가요?", "answers7": "향",
        });
        change(&mut object, changed)
    }

    /// The object's bytes after the changes; `null` takes a key out.
    fn change(object: &mut Value, changed: &[(&str, Value)]) -> Vec<u8> {
        let object = object.as_object_mut().unwrap();
        for (key, value) in changed {
            if value.is_null() {
                object.remove(*key);
            } else {
                object.insert((*key).to_owned(), value.clone());
            }
        }
        serde_json::to_vec(object).unwrap()
    }

    #[test]
    fn a_label_holds_six_severities() {
        let expected = Ok([0, 1, 2, 3, 0, 1].map(|number| Severity::from_number(number).unwrap()));
        assert_eq!(label(&labelled(&[])), expected);
        assert_eq!(label(&labelled(&[("value_3", json!(2))])), expected);
        assert_eq!(label(&labelled(&[("value_3", json!(" 2 "))])), expected);
        let with_bom = [b"\xef\xbb\xbf", &labelled(&[])[..]].concat();
        assert_eq!(label(&with_bom), expected);
    }

    #[test]
    fn a_label_that_cannot_be_used_says_why() {
        for value in [
            json!("4"),
            json!("-1"),
            json!("+1"),
            json!("01"),
            json!(""),
            json!("1.0"),
            json!(1.5),
            json!(7),
            json!(-1),
            json!(true),
            json!(["1"]),
            json!("경증"),
        ] {
            let found = label(&labelled(&[("value_2", value.clone())]));
            assert_eq!(found, Err(Reject::SeverityOutOfRange), "{value}");
        }
        let found = label(&labelled(&[("value_6", Value::Null)]));
        assert_eq!(found, Err(Reject::MissingKey));
        let whole = labelled(&[]);
        let deep = "[".repeat(100_000);
        for content in [
            &whole[..40],
            b"",
            b"[]",
            b"null",
            b"\xff\xfe",
            deep.as_bytes(),
        ] {
            assert_eq!(label(content), Err(Reject::UnreadableLabel));
        }
    }

    #[test]
    fn a_meta_file_holds_age_sex_and_answers() {
        let found = meta(&answered(&[])).unwrap();
        assert_eq!(found.region, Some(Region::Crown));
        for choice in [
            Choice::Age30s,
            Choice::Female,
            Choice::ShampooOnceADay,
            Choice::PermNever,
            Choice::Dye1To3,
            Choice::HairDyed,
            Choice::HairOther,
            Choice::ProductShampoo,
            Choice::ProductRinse,
            Choice::CustomCareYes,
            Choice::PriorityScent,
        ] {
            assert!(found.answers.has(choice), "{choice:?}");
        }
        assert_eq!(found.answers.iter().count(), 9);
        let text = String::from_utf8(answered(&[])).unwrap();
        let (cp949, _, _) = encoding_rs::EUC_KR.encode(&text);
        let with_bom = [b"\xef\xbb\xbf", text.as_bytes()].concat();
        for content in [&cp949[..], &with_bom] {
            assert_eq!(meta(content), Ok(found.clone()));
        }
    }

    #[test]
    fn a_question_without_an_answer_was_skipped() {
        for value in [Value::Null, json!(""), json!(" ")] {
            let found = meta(&answered(&[("answers5", value)])).unwrap();
            assert_eq!(found.answers.of(Question::Products), Some(&Answer::Skipped));
        }
    }

    #[test]
    fn a_meta_file_that_cannot_be_used_says_why() {
        for (key, value, reject) in [
            ("age", json!("110대"), Reject::JunkAge),
            ("age", json!("0대"), Reject::JunkAge),
            ("age", json!(""), Reject::JunkAge),
            ("age", json!([]), Reject::JunkAge),
            ("age", Value::Null, Reject::MissingKey),
            ("gender", Value::Null, Reject::MissingKey),
            (
                "gender",
                json!("모름"),
                Reject::UnknownOption(Question::Sex),
            ),
            (
                "answers2",
                json!("가끔"),
                Reject::UnknownOption(Question::PermFrequency),
            ),
            (
                "answers4",
                json!("염색 모발, 비밀"),
                Reject::UnknownOption(Question::HairState),
            ),
            (
                "answers7",
                json!(["향"]),
                Reject::UnknownOption(Question::ShampooPriority),
            ),
        ] {
            assert_eq!(meta(&answered(&[(key, value)])), Err(reject), "{key}");
        }
        let without: Vec<(String, Value)> = (1..=7)
            .map(|number| (format!("answers{number}"), Value::Null))
            .collect();
        let without: Vec<(&str, Value)> = without
            .iter()
            .map(|(key, value)| (&key[..], value.clone()))
            .collect();
        assert_eq!(meta(&answered(&without)), Err(Reject::MissingKey));
        assert_eq!(meta(b"{"), Err(Reject::UnreadableMeta));
    }
}
