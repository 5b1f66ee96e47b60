//! What is said of photos, good and bad.

use dupi::domain::scalp::{Condition, Grades, Heatmaps, Verdict};
use dupi::severity::{
    BackendOptions, DecodeError, Model, ModelError, ModelSource, RuntimeChoice, RuntimeError,
    decode, find_library, measure,
};
use image::{ImageFormat, Rgb, RgbImage};

use super::{bundled, expected_of_photos, fixture, onnx_runtime_library, photo};

fn jpeg(pixels: &RgbImage) -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    pixels
        .write_to(&mut bytes, ImageFormat::Jpeg)
        .expect("RGB can be coded as JPEG");
    bytes.into_inner()
}

fn number(value: &serde_json::Value) -> f32 {
    serde_json::from_value(value.clone()).expect("a number")
}

#[test]
fn every_sample_photo_is_judged_as_the_training_code_judges_it() {
    let mut model = bundled();
    for (name, expected) in expected_of_photos() {
        let bytes = photo(&name);
        let measures = measure(&decode(&bytes).unwrap().pixels);
        for (found, key) in [
            (measures.mean, "mean"),
            (measures.clipped, "clipped"),
            (measures.blur_ratio, "blur_ratio"),
        ] {
            let wanted = number(&expected["measures"][key]);
            assert!(
                (found - wanted).abs() < 0.01,
                "{name}: {key} is {found}, not {wanted}"
            );
        }
        let analysis = model.analyze(&bytes).unwrap();
        let judgement = &analysis.judgement;
        let problems: Vec<&str> = expected["quality"]
            .as_array()
            .unwrap()
            .iter()
            .filter_map(|problem| problem.as_str())
            .collect();
        let wanted = match (problems.as_slice(), expected["view"].as_str().unwrap()) {
            (["dark", ..], _) => Verdict::TooDark,
            (["overexposed", ..], _) => Verdict::Overexposed,
            (["blurred", ..], _) => Verdict::Blurred,
            (_, "close_up") => Verdict::Graded,
            (_, "from_afar") => Verdict::FromAfar,
            _ => Verdict::NotScalp,
        };
        assert_eq!(judgement.verdict, wanted, "{name}");
        let is_soft = problems
            .iter()
            .any(|problem| matches!(*problem, "soft" | "blurred"));
        assert_eq!(judgement.is_soft, is_soft, "{name}");
        let Some(view) = judgement.view else {
            assert!(!problems.is_empty() && judgement.grades.is_none(), "{name}");
            continue;
        };
        for (found, wanted) in [view.close_up, view.from_afar, view.other]
            .into_iter()
            .zip(expected["view_probabilities"].as_array().unwrap())
        {
            assert!((found - number(wanted)).abs() < 0.03, "{name}: {view:?}");
        }
        assert_eq!(
            judgement.grades.is_some(),
            wanted == Verdict::Graded,
            "{name}"
        );
        assert_eq!(
            analysis.heatmaps.is_some(),
            wanted == Verdict::Graded,
            "{name}"
        );
        for (index, (_, grade)) in judgement.grades.iter().flat_map(Grades::iter).enumerate() {
            let severity = u64::from(grade.severity.number());
            assert_eq!(
                Some(severity),
                expected["grades"][index].as_u64(),
                "{name}: {index}"
            );
            let likeliest = grade.probabilities.into_iter().fold(0.0, f32::max);
            let wanted = number(&expected["confidence"][index]);
            assert!(
                (likeliest - wanted).abs() < 0.03,
                "{name}: {likeliest} is not {wanted}"
            );
        }
    }
}

fn assert_covers(heatmaps: &Heatmaps, wanted: [f32; 4]) {
    for (found, wanted) in heatmaps.covers.into_iter().zip(wanted) {
        assert!((found - wanted).abs() < 1e-6, "{:?}", heatmaps.covers);
    }
}

#[test]
fn heatmaps_cover_what_the_model_saw() {
    let mut model = bundled();
    let analysis = model.analyze(&photo("close_up_severe")).unwrap();
    let heatmaps = analysis.heatmaps.unwrap();
    // 640x480 has the shape of the input: nothing is cut off.
    assert_covers(&heatmaps, [0.0, 0.0, 1.0, 1.0]);
    for map in &heatmaps.maps {
        assert_eq!(
            map.values.len(),
            usize::from(map.width) * usize::from(map.height)
        );
    }
    let grades = analysis.judgement.grades.unwrap();
    let worst = Condition::ALL
        .into_iter()
        .max_by_key(|condition| grades.of(*condition).severity)
        .unwrap();
    let map = &heatmaps.maps[worst as usize];
    assert!(
        map.values.iter().any(|value| *value > 128),
        "the worst condition shows somewhere"
    );

    // A wide photo loses its sides, a tall one its ends.
    let pixels = image::load_from_memory(&photo("close_up_severe"))
        .unwrap()
        .into_rgb8();
    let wide = image::imageops::crop_imm(&pixels, 0, 0, 640, 240).to_image();
    let analysis = model.analyze(&jpeg(&wide)).unwrap();
    if let Some(heatmaps) = analysis.heatmaps {
        assert_covers(&heatmaps, [0.25, 0.0, 0.5, 1.0]);
    }
}

#[test]
fn a_bad_photo_is_a_verdict() {
    let mut model = bundled();
    let flat = |value| jpeg(&RgbImage::from_pixel(640, 480, Rgb([value; 3])));
    let stripes = RgbImage::from_fn(100, 100, |x, _| Rgb([if x % 4 < 2 { 60 } else { 180 }; 3]));
    for (bytes, verdict) in [
        (flat(5), Verdict::TooDark),
        (flat(252), Verdict::Overexposed),
        (flat(120), Verdict::Blurred),
        (jpeg(&stripes), Verdict::TooSmall),
        (jpeg(&RgbImage::new(1, 1)), Verdict::TooSmall),
        (Vec::new(), Verdict::Unreadable),
        (
            b"a text that was renamed .jpg".to_vec(),
            Verdict::Unreadable,
        ),
        (
            photo("close_up_normal")[..20_000].to_vec(),
            Verdict::Unreadable,
        ),
    ] {
        let analysis = model.analyze(&bytes).unwrap();
        assert_eq!(analysis.judgement.verdict, verdict);
        assert_eq!(
            analysis.unreadable.is_some(),
            verdict == Verdict::Unreadable
        );
        assert!(analysis.judgement.grades.is_none() && analysis.judgement.view.is_none());
        assert!(analysis.heatmaps.is_none());
        assert!(analysis.timing.total >= analysis.timing.decode);
    }
    let analysis = model.analyze(&photo("close_up_normal")[..20_000]).unwrap();
    assert!(matches!(
        analysis.unreadable,
        Some(DecodeError::Truncated { .. })
    ));
}

#[test]
fn a_photo_taken_sideways_is_judged_as_one_taken_upright() {
    let mut model = bundled();
    let upright = image::load_from_memory(&photo("close_up_severe")).unwrap();
    let mut sideways = jpeg(&upright.rotate270().into_rgb8());
    // An EXIF segment that says: turn by 90 degrees to the right.
    let exif = b"\xFF\xE1\x00\x22Exif\0\0MM\0\x2A\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0";
    sideways.splice(2..2, exif.iter().copied());
    let turned = model.analyze(&sideways).unwrap().judgement.grades.unwrap();
    let upright = model
        .analyze(&jpeg(&upright.into_rgb8()))
        .unwrap()
        .judgement
        .grades
        .unwrap();
    for ((condition, turned), (_, upright)) in turned.iter().zip(upright.iter()) {
        for (turned, upright) in turned.probabilities.iter().zip(upright.probabilities) {
            assert!((turned - upright).abs() < 0.05, "{condition:?}");
        }
    }
}

#[test]
fn both_runtimes_give_the_same_grades() {
    let Some(library) = onnx_runtime_library() else {
        return;
    };
    let options = BackendOptions {
        library: Some(library.clone()),
        ..BackendOptions::default()
    };
    let mut through_library = Model::open(&ModelSource::Bundled, &options).unwrap();
    let description = through_library.backend_description();
    assert_eq!(description.runtime, "ONNX Runtime");
    assert_eq!(description.library.as_ref(), Some(&library));
    let mut built_in = bundled();
    let mut graded = 0;
    for name in expected_of_photos().keys() {
        let bytes = photo(name);
        let left = built_in.analyze(&bytes).unwrap();
        let right = through_library.analyze(&bytes).unwrap();
        assert_eq!(left.judgement.verdict, right.judgement.verdict, "{name}");
        let (Some(left_grades), Some(right_grades)) =
            (left.judgement.grades, right.judgement.grades)
        else {
            continue;
        };
        graded += 1;
        for ((condition, left), (_, right)) in left_grades.iter().zip(right_grades.iter()) {
            assert_eq!(left.severity, right.severity, "{name}: {condition:?}");
            for (left, right) in left.probabilities.iter().zip(right.probabilities) {
                assert!(
                    (left - right).abs() < 1e-4,
                    "{name}: {condition:?}: {left} {right}"
                );
            }
        }
        let (left, right) = (left.heatmaps.unwrap(), right.heatmaps.unwrap());
        for (left, right) in left.maps.iter().zip(&right.maps) {
            assert!(
                left.values
                    .iter()
                    .zip(&right.values)
                    .all(|(left, right)| left.abs_diff(*right) <= 1)
            );
        }
    }
    assert!(graded >= 3, "only {graded} photos were compared");
    // The file that breaks the contract breaks it here too: the facts come from each runtime itself.
    let bytes = super::onnx_file::bundled_with("scalp.grades", Some("3"));
    let source = ModelSource::Bytes {
        name: "some.onnx".to_owned(),
        bytes,
    };
    let error = Model::open(&source, &options).unwrap_err();
    assert!(matches!(error, ModelError::Contract(_)), "{error:?}");
}

#[test]
fn a_library_that_was_named_must_work_and_one_that_was_found_need_not() {
    let folder = tempfile::tempdir().unwrap();
    let capi = folder
        .path()
        .join("lib/python3.12/site-packages/onnxruntime/capi");
    std::fs::create_dir_all(&capi).unwrap();
    let library = capi.join("libonnxruntime.so.1.99.0");
    std::fs::write(
        capi.join("libonnxruntime_providers_shared.so"),
        "no library",
    )
    .unwrap();
    let environments = vec![folder.path().join("nothing"), folder.path().to_owned()];
    assert_eq!(find_library(&environments), None);
    std::fs::write(&library, "no library").unwrap();
    assert_eq!(find_library(&environments), Some(library.clone()));

    let found = BackendOptions {
        python_environments: environments,
        ..BackendOptions::default()
    };
    let model = Model::open(&ModelSource::Bundled, &found).unwrap();
    let description = model.backend_description();
    assert_eq!(description.runtime, "rten");
    let [fallback] = description.fallbacks.as_slice() else {
        panic!("one library was passed over: {description:?}");
    };
    let path = library.display().to_string();
    assert!(fallback.wanted.contains(&path) && !fallback.was_asked);
    assert!(
        fallback.why.contains("cannot be loaded as a library"),
        "{}",
        fallback.why
    );

    let named = BackendOptions {
        library: Some(library),
        ..BackendOptions::default()
    };
    let wanted = BackendOptions {
        choice: RuntimeChoice::OnnxRuntime,
        ..BackendOptions::default()
    };
    for options in [named, wanted] {
        let Err(ModelError::Runtime { source, .. }) = Model::open(&ModelSource::Bundled, &options)
        else {
            panic!("{options:?} must not work");
        };
        assert!(matches!(
            source,
            RuntimeError::Library { .. } | RuntimeError::NoLibrary
        ));
    }
}

#[test]
fn odd_kinds_of_pictures_are_analysed_without_complaint() {
    let mut model = bundled();
    for name in [
        "cmyk.jpg",
        "grey.png",
        "animated.webp",
        "alpha.png",
        "progressive.jpg",
    ] {
        let analysis = model.analyze(&fixture(&format!("odd/{name}"))).unwrap();
        // They are small, which is the only thing wrong with them.
        assert_eq!(analysis.judgement.verdict, Verdict::TooSmall, "{name}");
    }
}
