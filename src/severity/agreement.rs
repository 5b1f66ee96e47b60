//! Whether the model is given here what the training code gives it: the same photos, number by number.
//!
//! `tests/fixtures/preprocess` holds pictures of many sizes, shapes, formats and orientations and, as
//! `python -m dupi_training agreement` has written them, samples of what Python makes of each.

use serde::Deserialize;

use super::grade::{Prepared, Timing, prepare};
use super::quality::QualityLimits;
use super::{BackendOptions, Model, ModelSource, RuntimeChoice};

/// Most that one number may differ by, of 255, and a little for the rounding of floats.
const MOST: f32 = 2.001;
/// Where a JPEG of half the colours is made larger, nothing averages out what two decoders make of its
/// blue, which weighs a step of colour by 1.8: one in thousands is off by one more.
const MOST_OF_ENLARGED: f32 = 3.001;
const ENLARGED: [&str; 3] = ["tall.jpeg", "turned_left.jpeg", "wide.jpeg"];
/// Most that the mean of a channel may differ by, of 255.
const MOST_OF_MEANS: f32 = 0.5;

#[derive(Deserialize)]
struct Book {
    width: u32,
    height: u32,
    step: usize,
    pictures: std::collections::BTreeMap<String, Expected>,
}

/// Channel by channel.
#[derive(Deserialize)]
struct Expected {
    means: [f32; 3],
    every: [Vec<f32>; 3],
}

#[test]
fn the_model_is_given_what_the_training_code_gives_it() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/preprocess");
    let read = |name: &str| std::fs::read(format!("{folder}/{name}")).unwrap();
    let book: Book = serde_json::from_slice(&read("agreement.json")).unwrap();
    let options = BackendOptions {
        choice: RuntimeChoice::Rten,
        ..BackendOptions::default()
    };
    let model = Model::open(&ModelSource::Bundled, &options).unwrap();
    let mut contract = (*model.contract()).clone();
    // What matters here is what a picture becomes, not whether it is a good one.
    contract.quality = QualityLimits {
        min_side: 0,
        dark_mean: -1.0,
        bright_mean: 2.0,
        clipped_fraction: 2.0,
        blur_ratio_warn: 2.0,
        blur_ratio_refuse: 2.0,
    };
    contract.input.width = book.width;
    contract.input.height = book.height;
    assert!(book.pictures.len() >= 20);
    for (name, expected) in &book.pictures {
        let Prepared::Ready(ready) = prepare(&read(name), &contract, &mut Timing::default()) else {
            panic!("{name} is refused");
        };
        let plane_len = ready.input.0.len() / 3;
        for (channel, plane) in ready.input.0.chunks(plane_len).enumerate() {
            let (mean, deviation) = (
                contract.input.mean[channel],
                contract.input.deviation[channel],
            );
            let bytes: Vec<f32> = plane
                .iter()
                .map(|value| (value * deviation + mean) * 255.0)
                .collect();
            let samples: Vec<f32> = bytes.iter().copied().step_by(book.step).collect();
            assert_eq!(samples.len(), expected.every[channel].len(), "{name}");
            let largest = samples
                .iter()
                .zip(&expected.every[channel])
                .map(|(found, wanted)| (found - wanted).abs())
                .fold(0.0, f32::max);
            #[expect(
                clippy::cast_precision_loss,
                reason = "a picture has few enough pixels"
            )]
            let of_means =
                (bytes.iter().sum::<f32>() / plane_len as f32 - expected.means[channel]).abs();
            let most = if ENLARGED.contains(&name.as_str()) {
                MOST_OF_ENLARGED
            } else {
                MOST
            };
            assert!(
                largest <= most && of_means <= MOST_OF_MEANS,
                "{name}, channel {channel}: a number differs by {largest}, the mean by {of_means}, of 255"
            );
        }
    }
}
