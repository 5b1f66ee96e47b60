//! What a person is told to do.

use std::collections::BTreeSet;

use dupi::domain::guidance::{CareLevel, Fixed, Modifier, RedFlag, RedFlags, advise};
use dupi::domain::scalp::{Answer, Answers, Choice, Condition, Grades, Question, Severity};

use crate::support::examples::{all_answers, grade, grades};

fn answered(choice: Choice) -> Answers {
    Answers::default().with(choice.question(), Answer::Chosen(BTreeSet::from([choice])))
}

/// All 4,096 combinations of six severities.
fn all_grades() -> impl Iterator<Item = [u8; 6]> {
    (0..4096_u16).map(|code| std::array::from_fn(|index| ((code >> (2 * index)) & 3) as u8))
}

#[test]
fn raising_a_severity_never_lowers_the_care_level() {
    for flags in [
        RedFlags::new(),
        [RedFlag::FatigueOrWeight].into(),
        [RedFlag::SwellingAfterDye].into(),
    ] {
        for numbers in all_grades() {
            let level =
                |numbers| advise(Some(&grades(numbers)), &all_answers(), &flags, true).care_level;
            let before = level(numbers);
            for raised in 0..6 {
                if numbers[raised] < 3 {
                    let mut worse = numbers;
                    worse[raised] += 1;
                    assert!(level(worse) >= before, "{numbers:?} -> {worse:?}");
                }
            }
        }
    }
}

#[test]
fn a_severity_of_3_or_a_red_flag_always_carries_the_dermatologist_line() {
    for numbers in all_grades() {
        for flag in RedFlag::ALL.map(Some).into_iter().chain([None]) {
            let flags: RedFlags = flag.into_iter().collect();
            let guidance = advise(Some(&grades(numbers)), &Answers::default(), &flags, false);
            let must = numbers.contains(&3) || flag.is_some();
            assert_eq!(
                guidance.fixed.contains(&Fixed::SeeDermatologist),
                must,
                "{numbers:?} {flag:?}"
            );
        }
    }
}

#[test]
fn a_red_flag_counts_by_button_as_in_words_and_without_grades() {
    for choice in Question::RedFlags.choices() {
        let flag = RedFlag::of_choice(choice).expect("every such choice is a red flag");
        let by_button = advise(None, &answered(choice), &RedFlags::new(), false);
        let by_words = advise(None, &Answers::default(), &[flag].into(), false);
        assert_eq!(by_button, by_words);
        assert!(by_button.care_level >= CareLevel::SeeDermatologist);
    }
}

#[test]
fn all_good_is_said_without_false_comfort() {
    let good = grades([0; 6]);
    let clear = |grades: &Grades, flags: RedFlags| {
        advise(Some(grades), &all_answers(), &flags, false)
            .fixed
            .contains(&Fixed::AllClear)
    };
    assert!(clear(&good, RedFlags::new()));
    assert!(!clear(&good, [RedFlag::Distress].into()));
    assert!(!clear(&grades([0, 0, 1, 0, 0, 0]), RedFlags::new()));
    let unsure = Grades::new(Condition::ALL.map(|condition| {
        let mut grade = grade(Severity::Good);
        grade.is_certain = condition != Condition::HairLoss;
        grade
    }));
    assert!(!clear(&unsure, RedFlags::new()));
    assert!(
        advise(Some(&unsure), &all_answers(), &RedFlags::new(), false)
            .fixed
            .contains(&Fixed::Uncertain)
    );
}

#[test]
fn every_guidance_begins_with_what_it_is_not() {
    for grades in [None, Some(grades([3; 6])), Some(grades([0; 6]))] {
        let guidance = advise(grades.as_ref(), &all_answers(), &RedFlags::new(), true);
        assert_eq!(guidance.fixed.first(), Some(&Fixed::Header));
    }
}

#[test]
fn habits_change_what_is_told() {
    for (choice, numbers, modifier) in [
        (
            Choice::ShampooEverySecondDay,
            [0, 2, 0, 0, 0, 0],
            Modifier::WashMoreOften,
        ),
        (
            Choice::ShampooEverySecondDay,
            [0, 0, 0, 0, 1, 0],
            Modifier::WashMoreOften,
        ),
        (
            Choice::ShampooTwiceADay,
            [1, 0, 0, 0, 0, 0],
            Modifier::WashLessOften,
        ),
        (
            Choice::Perm4To6,
            [0, 0, 1, 0, 0, 0],
            Modifier::PauseChemicalTreatment,
        ),
        (
            Choice::HairDyed,
            [0, 0, 0, 0, 2, 0],
            Modifier::DiscolouringCaution,
        ),
        (
            Choice::Female,
            [0, 0, 0, 0, 0, 2],
            Modifier::NotForWomenFinasteride,
        ),
    ] {
        let told = |answers: &Answers| {
            advise(Some(&grades(numbers)), answers, &RedFlags::new(), false)
                .modifiers
                .contains(&modifier)
        };
        assert!(told(&answered(choice)), "{choice:?}");
        assert!(!told(&Answers::default()), "{choice:?}");
        let unconcerned = advise(
            Some(&grades([0; 6])),
            &answered(choice),
            &RedFlags::new(),
            false,
        );
        assert!(!unconcerned.modifiers.contains(&modifier), "{choice:?}");
    }
}

#[test]
fn of_several_spots_the_worst_one_that_is_certain_counts() {
    let mut doubtful = grade(Severity::Severe);
    doubtful.is_certain = false;
    let spot = |grade| Grades::new([grade; 6]);
    let summed = Grades::worst_supported(&[
        spot(doubtful),
        spot(grade(Severity::Mild)),
        spot(grade(Severity::Moderate)),
    ])
    .expect("there are spots");
    assert_eq!(summed.worst(), Severity::Moderate);
    assert!(summed.of(Condition::Dandruff).is_certain);
    assert_eq!(
        Grades::worst_supported(&[spot(doubtful)]).map(|grades| grades.worst()),
        Some(Severity::Severe)
    );
    assert_eq!(Grades::worst_supported(&[]), None);
}
