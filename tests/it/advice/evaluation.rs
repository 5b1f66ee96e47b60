//! What can be counted of the advice, held to its goals.

use dupi::advice::evaluation::{
    Check, gates_stop_the_bad, good_texts_pass, injections_are_silenced, red_flags_are_seen,
    rules_hold,
};
use dupi::advice::gates::Gates;
use dupi::wording::Wording;

fn check(checks: impl IntoIterator<Item = Check>) {
    for check in checks {
        assert!(check.of > 0, "{}", check.what);
        assert!(
            check.is_met(),
            "{}: {} of {}: {:?}",
            check.what,
            check.held,
            check.of,
            check.failures
        );
    }
}

#[test]
fn the_rules_hold_for_every_severity_and_many_surveys() {
    check(rules_hold(&Wording::embedded().unwrap()));
}

#[test]
fn the_gates_stop_what_is_bad_and_let_through_what_is_good() {
    let (gates, wording) = (Gates::embedded().unwrap(), Wording::embedded().unwrap());
    let bad = gates_stop_the_bad(&gates, &wording);
    assert!(bad.of >= 150);
    let good = good_texts_pass(&gates, &wording);
    assert!(good.of >= 50);
    check([bad, good]);
}

#[test]
fn injections_are_cleaned_and_not_heard() {
    let (gates, wording) = (Gates::embedded().unwrap(), Wording::embedded().unwrap());
    check(injections_are_silenced(&gates, &wording));
}

#[test]
fn red_flags_are_seen_and_innocent_words_are_left_alone() {
    check(red_flags_are_seen(&Wording::embedded().unwrap()));
}
