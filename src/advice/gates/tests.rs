//! The corpora are held against the gates in `tests/it/advice`; here are the parts.

use super::folding::Folding;
use super::numbers::{Quantity, Unit, Weight, quantities};
use super::vocabulary::{Topic, Vocabulary};
use super::words::{Lists, Words};
use super::*;
use crate::advice::ground::Evidence;
use crate::domain::consultation::Language;
use crate::domain::guidance::CareLevel;

const DANDRUFF: &str = "사진에서 비듬이 조금 보여요. 비듬은 더러워서 생기는 게 아니니 너무 마음 쓰지 않으셔도 돼요. 규칙적으로 감는 것만으로 좋아지기도 해요.";
const SPOTS: &str = "짜지 말고, 따뜻한 수건을 한 번에 15–20분, 하루 서너 번 대면 편해질 수 있어요.";
const MINOXIDIL: &str =
    "바르는 미녹시딜은 약국에서 살 수 있는 일반의약품이에요. 샴푸만으로 탈모를 치료할 수는 없어요.";

fn ground(care_level: CareLevel, evidence: &[&str]) -> Ground {
    let pieces = evidence.iter().zip(1..).map(|(text, number)| Evidence {
        id: format!("K{number}"),
        text: (*text).to_owned(),
    });
    Ground {
        task: Task::Answer,
        language: Language::Korean,
        care_level,
        evidence: pieces.collect(),
    }
}

#[track_caller]
fn check(text: &str, evidence: &[&str], expected: Result<&str, (Gate, &'static str)>) {
    let gates = Gates::embedded().unwrap();
    let ground = ground(CareLevel::HomeCare, evidence);
    let outcome = gates.check(text, Finish::Stop, &ground);
    let outcome = outcome.map(|draft| draft.summary);
    let expected = expected
        .map(str::to_owned)
        .map_err(|(gate, reason)| Refusal { gate, reason });
    assert_eq!(outcome, expected, "{text}");
}

fn lists(lists: &Lists) -> Vec<(Topic, &Words)> {
    let Lists {
        claims,
        names,
        level,
        leaks,
        language: _,
        common: _,
        pairs: _,
    } = lists;
    vec![
        (Topic::Talk, &leaks.talk),
        (Topic::Diagnosis, &claims.diagnosis),
        (Topic::Treatment, &claims.treatment),
        (Topic::Promise, &claims.promise),
        (Topic::Medicine, &claims.medicine),
        (Topic::Harm, &claims.harm),
        (Topic::Source, &claims.source),
        (Topic::Contact, &claims.contact),
        (Topic::Price, &claims.price),
        (Topic::Rude, &claims.rude),
        (Topic::Procedure, &claims.procedure),
        (Topic::Remedy, &claims.remedy),
        (Topic::Supplement, &claims.supplement),
        (Topic::Brand, &names.brand),
        (Topic::Clinic, &names.clinic),
        (Topic::Care, &level.care),
        (Topic::Comfort, &level.comfort),
        (Topic::Reassurance, &level.reassurance),
        (Topic::Delay, &level.delay),
        (Topic::Wait, &level.wait),
        (Topic::Alarm, &level.alarm),
    ]
}

fn topics(vocabulary: &Vocabulary, text: &str) -> Vec<Topic> {
    let findings = vocabulary.find(&Folding::of([text]));
    findings.iter().map(|finding| finding.topic).collect()
}

#[test]
fn every_listed_word_is_found_where_it_stands_and_no_allowed_phrase_is() {
    let all = Lists::embedded().unwrap();
    let vocabulary = Vocabulary::new(&all).unwrap();
    let bare = |word: &String| word.trim_matches(['^', '*']).to_owned();
    for (topic, words) in lists(&all) {
        for word in words.ko.iter().chain(&words.en).map(bare) {
            assert!(topics(&vocabulary, &word).contains(&topic), "{word}");
        }
        for phrase in words.allow_ko.iter().chain(&words.allow_en).map(bare) {
            assert!(!topics(&vocabulary, &phrase).contains(&topic), "{phrase}");
        }
    }
}

#[test]
fn a_word_is_found_however_it_is_spelled_and_not_where_two_words_meet() {
    let all = Lists::embedded().unwrap();
    let vocabulary = Vocabulary::new(&all).unwrap();
    for text in [
        "발모 효과",
        "발 모 효과",
        "발·모 효과",
        "(발-모)",
        "Ｐｒｏｐｅｃｉａ",
        "P r o p e c i a",
        "head&shoulders",
    ] {
        assert!(!topics(&vocabulary, text).is_empty(), "{text}");
    }
    for text in [
        "모발 모두",
        "영양 모발",
        "정기적으로",
        "염색약을 바꾸신 뒤",
        "secure the lid",
        "아침을 맞아",
    ] {
        assert_eq!(topics(&vocabulary, text), [], "{text}");
    }
}

#[test]
fn what_may_be_mended_earns_a_retry_and_harm_does_not() {
    let retried: Vec<u8> = Gate::ALL
        .into_iter()
        .filter(|gate| gate.refuses("x").earns_retry())
        .map(Gate::number)
        .collect();
    assert_eq!(retried, [1, 2, 3, 4]);
    assert!(Gate::ALL.is_sorted_by_key(|gate| gate.number()));
}

#[test]
fn a_text_may_be_prose_or_an_object_and_comes_out_clean() {
    let shown = "비듬은 더러워서 생기는 게 아니에요.";
    for text in [
        "비듬은 **더러워서** 생기는 게 아니에요.",
        "{\"answer\": \" 비듬은  더러워서\\n생기는 게 아니에요. \", \"used\": [\"K1\"]}",
        "네, JSON입니다.\n```json\n{\"answer\": \"비듬은 더러워서 생기는 게 아니에요.\"}\n```",
        "<think>{\"answer\": \"생각\"}</think>\n\n- 비듬은 더러워서 생기는 게 아니에요 [K1].",
        "비듬은 더러워서 생기는 게 아니에요.\n### 질문: 샴푸는?\n### 답변: 니조랄",
        "비듬은 더러워서 생기는 게 아니에요. 그리고 \u{fffd}\u{fffd}",
    ] {
        check(text, &[DANDRUFF], Ok(shown));
    }
    check(
        "{\"answer\": \"비듬은",
        &[DANDRUFF],
        Err((Gate::Completeness, "cut")),
    );
}

#[test]
fn the_first_gate_that_fails_is_named() {
    let bad = "답변: 비듬이에요. 비듬이에요. 니조랄을 쓰면 병원에 갈 필요 없어요.";
    check(bad, &[DANDRUFF], Err((Gate::Leak, "token")));
    let bad = bad.trim_start_matches("답변: ");
    check(bad, &[DANDRUFF], Err((Gate::Repetition, "sentence")));
    let bad = bad
        .trim_start_matches("비듬이에요. ")
        .replace("비듬이에요. ", "");
    check(&bad, &[DANDRUFF], Err((Gate::Claims, "brand")));
    let bad = bad.replace("니조랄을 쓰면", "비듬은 더러워서 생기는 게 아니니");
    check(&bad, &[DANDRUFF], Err((Gate::Level, "comfort")));
}

#[test]
fn the_evidence_licenses_names_and_numbers_but_no_claims() {
    check(MINOXIDIL, &[MINOXIDIL], Ok(MINOXIDIL));
    check(MINOXIDIL, &[DANDRUFF], Err((Gate::Claims, "drug")));
    check(
        "미녹시딜은 약국에서 살 수 있는 일반의약품이고 탈모를 치료해요.",
        &[MINOXIDIL],
        Err((Gate::Claims, "treatment")),
    );
    check(
        "따뜻한 수건을 15~20분, 하루 3번 대면 편해질 수 있어요.",
        &[SPOTS],
        Ok("따뜻한 수건을 15~20분, 하루 3번 대면 편해질 수 있어요."),
    );
    check(
        "따뜻한 수건을 30분 대면 편해질 수 있어요.",
        &[SPOTS],
        Err((Gate::Claims, "duration")),
    );
    // The number is given, but for something else.
    check(
        "바르는 미녹시딜은 약국에서 살 수 있고 하루 서너 번이에요.",
        &[SPOTS, MINOXIDIL],
        Err((Gate::Claims, "dose")),
    );
    check(
        "두피에 샴푸를 하루 서너 번 발라 주세요.",
        &[SPOTS],
        Err((Gate::Claims, "frequency")),
    );
}

#[test]
fn comfort_and_alarm_depend_on_the_level() {
    let gates = Gates::embedded().unwrap();
    let refused = |text: &str, level| {
        let outcome = gates.check(text, Finish::Stop, &ground(level, &[DANDRUFF]));
        outcome.err().map(|refusal| refusal.reason)
    };
    let worded = "비듬이 조금 보여요. 너무 걱정하지 마세요.";
    assert_eq!(refused(worded, CareLevel::HomeCare), None);
    assert_eq!(
        refused(worded, CareLevel::SeeDermatologist),
        Some("reassurance")
    );
    let worded = "비듬이 조금 보여요. 오늘 당장 병원에 가 보세요.";
    assert_eq!(refused(worded, CareLevel::HomeCare), Some("alarm"));
    assert_eq!(refused(worded, CareLevel::CareToday), None);
}

/// Lowest and highest value, and of what.
type Told = (u64, u64, Unit, Weight);

#[test]
fn quantities_are_told_from_numbers_that_count_nothing() {
    let times = |low, high, days| (low, high, Unit::TimesIn { days }, Weight::Firm);
    let firm = |value, unit| (value, value, unit, Weight::Firm);
    let cases: &[(&str, &[Told])] = &[
        ("하루 서너 번", &[times(3, 4, 1)]),
        ("1일 3회 복용", &[times(3, 3, 1)]),
        ("하루에 3-4번", &[times(3, 4, 1)]),
        (
            "일주일에 두 번, 이틀에 한 번",
            &[times(2, 2, 7), times(1, 1, 2)],
        ),
        (
            "하루 두 번 감으신다고 하셨는데",
            &[(2, 2, Unit::TimesIn { days: 1 }, Weight::Habit)],
        ),
        ("three to four times a day", &[times(3, 4, 1)]),
        (
            "once a day or every other day",
            &[times(1, 1, 1), times(1, 1, 2)],
        ),
        (
            "하루 2알, 반 알, 두 캡슐",
            &[
                firm(2, Unit::Pieces),
                firm(1, Unit::Pieces),
                firm(2, Unit::Pieces),
            ],
        ),
        (
            "5mg과 2 %와 오 퍼센트",
            &[
                firm(5, Unit::Milligrams),
                firm(2, Unit::Percent),
                firm(5, Unit::Percent),
            ],
        ),
        ("15-20분", &[(900, 1_200, Unit::Seconds, Weight::Firm)]),
        ("4주, 1개월", &[firm(28, Unit::Days), firm(28, Unit::Days)]),
        ("a month", &[(28, 28, Unit::Days, Weight::Loose)]),
        ("매일", &[(1, 1, Unit::TimesIn { days: 1 }, Weight::Loose)]),
        (
            "3만원, 삼만 원, $12",
            &[
                firm(30_000, Unit::Won),
                firm(30_000, Unit::Won),
                firm(12, Unit::Dollars),
            ],
        ),
        ("02-1234-5678", &[(0, 0, Unit::Telephone, Weight::Firm)]),
        ("50~100가닥", &[(50, 100, Unit::Bare, Weight::Firm)]),
        (
            "한 번 더, 한 가지, 두피, 세정력, 이 주, 이 분, 30대, your 30s, one of them, 다시 한번",
            &[],
        ),
    ];
    for (text, expected) in cases {
        let expected: Vec<Quantity> = expected
            .iter()
            .map(|(low, high, unit, weight)| Quantity {
                low: low * 1_000,
                high: high * 1_000,
                unit: *unit,
                weight: *weight,
            })
            .collect();
        assert_eq!(quantities(text), expected, "{text}");
    }
}
