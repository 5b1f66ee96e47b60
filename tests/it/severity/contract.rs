//! A model file is believed only as far as it keeps its contract.

use dupi::severity::{
    BackendOptions, ContractError, MANDATORY_KEYS, Model, ModelError, ModelSource, NotOnnx,
    RuntimeChoice, RuntimeError,
};

use super::onnx_file::{bundled, bundled_value, bundled_with, changed};

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
        "rten (built in), device: CPU, sessions: 1, threads: 1"
    );
}

#[test]
fn every_mandatory_entry_is_missed_by_name() {
    for key in MANDATORY_KEYS {
        let error = refusal(key, None);
        assert_eq!((error.key.as_str(), error.found.as_str()), (key, "missing"));
        let told = error.to_string();
        assert!(told.contains("some.onnx") && told.contains(key), "{told}");
    }
}

#[test]
fn a_wrong_entry_is_told_with_what_was_found_and_expected() {
    let replaced = |key: &str, from: &str, to: &str| {
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
            replaced("scalp.conditions", "dandruff", "freckles"),
            "dandruff",
        ),
        (
            "scalp.conditions",
            replaced("scalp.conditions", "[", "[\"itching\", "),
            "a list of fine_scaling, ",
        ),
        ("scalp.input", "not json".to_owned(), "JSON"),
        (
            "scalp.input",
            replaced("scalp.input", "\"RGB\"", "\"BGR\""),
            "color `RGB`",
        ),
        (
            "scalp.input",
            replaced("scalp.input", "\"cover\"", "\"stretch\""),
            "resize `cover`",
        ),
        (
            "scalp.input",
            replaced("scalp.input", "320", "321"),
            "[N, 3, 240, 321]",
        ),
        (
            "scalp.input",
            replaced("scalp.input", "\"image\"", "\"picture\""),
            "`picture`",
        ),
        (
            "scalp.outputs",
            replaced("scalp.outputs", "\"name\": \"cam\"", "\"name\": \"map\""),
            "`map`",
        ),
        (
            "scalp.outputs",
            replaced(
                "scalp.outputs",
                "\"name\": \"view\"",
                "\"name\": \"severity\"",
            ),
            "[N, 3]",
        ),
        (
            "scalp.decision",
            replaced(
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
            replaced("scalp.selftest", "lcg-v1", "lcg-v9"),
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
    let error = open(Vec::new()).unwrap_err();
    assert!(
        matches!(
            error,
            ModelError::NotOnnx {
                source: NotOnnx::Empty,
                ..
            }
        ),
        "{error:?}"
    );
    for bytes in [b"hello".to_vec(), vec![0xFF; 4000]] {
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

/// Fields of an ONNX file on the way to what a test changes.
mod field {
    pub(super) const OPSET: &[u64] = &[8];
    pub(super) const VERSION: u64 = 2;
    pub(super) const WEIGHTS: &[u64] = &[7, 5];
    pub(super) const RAW_DATA: u64 = 9;
    /// Graph, input, type, tensor, shape, size.
    pub(super) const INPUT_SIZE: &[u64] = &[7, 11, 2, 1, 2, 1];
    pub(super) const SIZE: u64 = 1;
    pub(super) const SIZE_NAME: u64 = 2;
}

#[test]
fn a_fixed_batch_is_refused_with_the_shape_that_was_found() {
    use super::onnx_file::put_number;
    // A name stands where any size is taken: the batch.
    let fixed = changed(&bundled(), field::INPUT_SIZE, &mut |number, content| {
        (number == field::SIZE_NAME && content == b"batch").then(|| {
            let mut size = Vec::new();
            put_number(&mut size, field::SIZE, 1);
            size
        })
    });
    let Err(ModelError::Contract(error)) = open(fixed) else {
        panic!("a fixed batch must be refused");
    };
    assert_eq!(error.key, "scalp.input");
    assert!(
        error.found.contains("[1, 3, 240, 320]") && error.expected.contains("[N, 3, 240, 320]"),
        "{error}"
    );

    // An untouched file goes through the same hands unharmed.
    let same = changed(&bundled(), field::INPUT_SIZE, &mut |_, _| None);
    assert_eq!(same, bundled());
}

#[test]
fn a_newer_operator_set_is_told_by_its_number() {
    let newer = changed(&bundled(), field::OPSET, &mut |number, _| {
        (number == field::VERSION).then(|| {
            let mut version = Vec::new();
            super::onnx_file::put_number(&mut version, field::VERSION, 99);
            version
        })
    });
    let mut ways = vec![BackendOptions {
        choice: RuntimeChoice::Rten,
        ..BackendOptions::default()
    }];
    ways.extend(super::onnx_runtime_library().map(|library| BackendOptions {
        library: Some(library),
        ..BackendOptions::default()
    }));
    for options in ways {
        let source = ModelSource::Bytes {
            name: "new.onnx".to_owned(),
            bytes: newer.clone(),
        };
        let Err(ModelError::Runtime { file, source }) = Model::open(&source, &options) else {
            panic!("operator set 99 must be refused");
        };
        assert_eq!(file, "new.onnx");
        assert!(
            matches!(source, RuntimeError::NewerOpset { found: 99, newest, .. } if newest < 99),
            "{source:?}"
        );
    }
}

#[test]
fn weights_that_are_no_numbers_are_found_by_the_self_test() {
    for options in [Some(RuntimeChoice::Rten), None] {
        let broken = changed(&bundled(), field::WEIGHTS, &mut |number, content| {
            (number == field::RAW_DATA && content.len() > 100).then(|| {
                let mut data = Vec::new();
                let nan = f32::NAN.to_le_bytes().repeat(content.len() / 4);
                super::onnx_file::put(&mut data, field::RAW_DATA, &nan);
                data
            })
        });
        let library = super::onnx_runtime_library();
        let options = match (options, library) {
            (Some(choice), _) => BackendOptions {
                choice,
                ..BackendOptions::default()
            },
            (None, Some(library)) => BackendOptions {
                library: Some(library),
                ..BackendOptions::default()
            },
            (None, None) => return,
        };
        let source = ModelSource::Bytes {
            name: "nan.onnx".to_owned(),
            bytes: broken,
        };
        let error = Model::open(&source, &options).unwrap_err();
        let ModelError::Runtime { source, .. } = &error else {
            panic!("{error:?}");
        };
        assert!(
            source.to_string().contains("not finite"),
            "{options:?}: {source:?}"
        );
    }
}
