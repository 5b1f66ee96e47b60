//! A model file is believed only as far as it keeps its contract.

use dupi::severity::{
    BackendOptions, ContractError, Model, ModelError, ModelSource, RuntimeChoice,
};

use super::onnx_file::{bundled_value, bundled_with};

fn open(bytes: Vec<u8>) -> Result<Model, ModelError> {
    let options = BackendOptions {
        choice: RuntimeChoice::Rten,
        ..BackendOptions::default()
    };
    let name = "some.onnx".to_owned();
    Model::open(&ModelSource::Bytes { name, bytes }, &options)
}

/// The error for the bundled model with one entry changed.
fn refusal(key: &str, value: Option<&str>) -> ContractError {
    match open(bundled_with(key, value)) {
        Err(ModelError::Contract(error)) => error,
        other => panic!("{key} = {value:?} gives {other:?}"),
    }
}

#[test]
fn the_bundled_model_says_that_it_is_a_demonstration() {
    let model = super::bundled();
    assert!(model.identity().is_demonstration);
    assert!(
        model.identity().id.starts_with("dupi-demo/"),
        "{}",
        model.identity().id
    );
    assert!(!model.identity().trained_on.is_empty());
    assert!(!model.intended_use().is_empty());
    assert!(model.metadata().any(|(key, _)| key == "scalp.contract"));
    assert_eq!(
        model.backend_description().to_string(),
        "rten (built in), threads: 1"
    );
}

#[test]
fn every_mandatory_entry_is_missed_by_name() {
    for key in [
        "scalp.contract",
        "scalp.model_id",
        "scalp.model_version",
        "scalp.conditions",
        "scalp.grades",
        "scalp.head",
        "scalp.outputs",
        "scalp.input",
        "scalp.decision",
        "scalp.training_data",
        "scalp.synthetic_only",
        "scalp.intended_use",
    ] {
        let error = refusal(key, None);
        assert_eq!((error.key.as_str(), error.found.as_str()), (key, "missing"));
        let told = error.to_string();
        assert!(told.contains("some.onnx") && told.contains(key), "{told}");
    }
}

#[test]
fn a_wrong_entry_is_told_with_what_was_found_and_expected() {
    let changed = |key: &str, from: &str, to: &str| {
        let value = bundled_value(key);
        assert!(value.contains(from), "{key} holds no {from}");
        value.replacen(from, to, 1)
    };
    for (key, value, expected) in [
        (
            "scalp.contract",
            "scalp-grader/2".to_owned(),
            "`scalp-grader/1`",
        ),
        ("scalp.grades", "5".to_owned(), "`4`"),
        (
            "scalp.synthetic_only",
            "maybe".to_owned(),
            "`true` or `false`",
        ),
        ("scalp.head", "linear".to_owned(), "`coral` or `softmax`"),
        ("scalp.gate", "open".to_owned(), "`enforce` or `advisory`"),
        (
            "scalp.conditions",
            changed("scalp.conditions", "dandruff", "freckles"),
            "dandruff",
        ),
        ("scalp.input", "not json".to_owned(), "JSON"),
        (
            "scalp.input",
            changed("scalp.input", "\"RGB\"", "\"BGR\""),
            "color `RGB`",
        ),
        (
            "scalp.input",
            changed("scalp.input", "\"cover\"", "\"stretch\""),
            "resize `cover`",
        ),
        (
            "scalp.input",
            changed("scalp.input", "320", "321"),
            "[N, 3, 240, 321]",
        ),
        (
            "scalp.input",
            changed("scalp.input", "\"image\"", "\"picture\""),
            "`picture`",
        ),
        (
            "scalp.outputs",
            changed("scalp.outputs", "\"name\": \"cam\"", "\"name\": \"map\""),
            "`map`",
        ),
        (
            "scalp.outputs",
            changed(
                "scalp.outputs",
                "\"name\": \"view\"",
                "\"name\": \"severity\"",
            ),
            "[N, 3]",
        ),
        (
            "scalp.decision",
            changed(
                "scalp.decision",
                "\"close_up_min\": 0",
                "\"close_up_min\": 7",
            ),
            "from 0 to 1",
        ),
        (
            "scalp.quality",
            "{\"min_side\": \"big\"}".to_owned(),
            "JSON",
        ),
        ("scalp.cam", "{\"range\": [0, 0]}".to_owned(), "above 0"),
        (
            "scalp.selftest",
            changed("scalp.selftest", "lcg-v1", "lcg-v9"),
            "`lcg-v1`",
        ),
    ] {
        let error = refusal(key, Some(&value));
        assert_eq!(error.key, key);
        assert!(error.expected.contains(expected), "{error}");
        assert!(!error.found.is_empty(), "{error}");
    }
}

#[test]
fn a_model_that_does_not_say_what_it_should_fails_its_self_test() {
    for (part, output) in [("probs", "probs"), ("view", "view")] {
        let mut test: serde_json::Value =
            serde_json::from_str(&bundled_value("scalp.selftest")).unwrap();
        let mut number = &mut test[part][2];
        if number.is_array() {
            number = &mut number[1];
        }
        *number = (number.as_f64().unwrap() + 0.1).into();
        let error = open(bundled_with("scalp.selftest", Some(&test.to_string()))).unwrap_err();
        assert!(
            matches!(&error, ModelError::SelfTest { output: named, .. } if named == output),
            "{error:?}"
        );
    }
}

#[test]
fn conditions_are_mapped_by_name_and_not_by_place() {
    let mut names: Vec<String> = serde_json::from_str(&bundled_value("scalp.conditions")).unwrap();
    names.swap(0, 2);
    let swapped = serde_json::to_string(&names).unwrap();
    let mut model = open(bundled_with("scalp.conditions", Some(&swapped))).unwrap();
    let photo = super::photo("close_up_severe");
    let given = model.analyze(&photo).unwrap().judgement.grades.unwrap();
    let usual = super::bundled()
        .analyze(&photo)
        .unwrap()
        .judgement
        .grades
        .unwrap();
    let of = |grades: &dupi::domain::scalp::Grades| -> Vec<_> {
        grades
            .iter()
            .map(|(_, grade)| grade.probabilities)
            .collect()
    };
    let (given, usual) = (of(&given), of(&usual));
    assert_eq!((given[0], given[2]), (usual[2], usual[0]));
    assert_eq!(given[3..], usual[3..]);
}

#[test]
fn what_is_no_model_is_refused() {
    for bytes in [Vec::new(), b"hello".to_vec(), vec![0xFF; 4000]] {
        let error = open(bytes).unwrap_err();
        assert!(matches!(error, ModelError::NotOnnx { .. }), "{error:?}");
    }
    let whole = bundled_with("scalp.gate", None);
    for length in [10, 1_000, whole.len() / 2, whole.len() - 1] {
        let error = open(whole[..length].to_vec()).unwrap_err();
        assert!(
            matches!(error, ModelError::NotOnnx { .. }),
            "{length}: {error:?}"
        );
    }
    let missing = ModelSource::File("does/not/exist.onnx".into());
    let error = Model::open(&missing, &BackendOptions::default()).unwrap_err();
    assert!(error.to_string().contains("does/not/exist.onnx"), "{error}");
}
