//! An upright photo to the model's input, exactly as the model was trained.
#![expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    reason = "sides of photos and bytes fit every number used here"
)]

use image::RgbImage;

use super::resize::{Part, resize};

/// How the model wants its input: RGB, one photo after the other, each channel by channel.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct InputSpec {
    pub(crate) width: u32,
    pub(crate) height: u32,
    /// What is taken from each channel's value in 0 to 1, before the division by `deviation`.
    pub(crate) mean: [f32; 3],
    pub(crate) deviation: [f32; 3],
}

impl InputSpec {
    /// Numbers in the input of one photo.
    pub(crate) const fn len(&self) -> usize {
        3 * self.width as usize * self.height as usize
    }
}

/// One photo as the model sees it, [3, height, width].
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Tensor(pub(crate) Vec<f32>);

/// The middle of the photo, as much as fits the input's shape, and where it lies: left, top, width and
/// height as fractions of the photo.
///
/// The photo is scaled to cover the input, `max(W, round(w s)) x max(H, round(h s))` with
/// `s = max(W / w, H / h)`, and cut from floor of half the excess; only the part that stays is computed.
pub(crate) fn frame(pixels: &RgbImage, input: &InputSpec) -> (RgbImage, [f32; 4]) {
    let (width, height) = (f64::from(pixels.width()), f64::from(pixels.height()));
    let (wide, high) = (f64::from(input.width), f64::from(input.height));
    let scale = (wide / width).max(high / height);
    let scaled_width = (width * scale).round_ties_even().max(wide);
    let scaled_height = (height * scale).round_ties_even().max(high);
    let left = ((scaled_width - wide) / 2.0).floor() / scaled_width;
    let top = ((scaled_height - high) / 2.0).floor() / scaled_height;
    let (across, down) = (wide / scaled_width, high / scaled_height);
    let part = Part {
        left: left * width,
        top: top * height,
        width: (across * width).min(width - left * width),
        height: (down * height).min(height - top * height),
    };
    let covers = [left, top, across, down].map(|fraction| fraction as f32);
    (resize(pixels, part, input.width, input.height), covers)
}

/// Bytes to normalised numbers and pixels to planes in one pass.
pub(crate) fn tensor(frame: &RgbImage, input: &InputSpec) -> Tensor {
    let table = |channel: usize| -> [f32; 256] {
        let (mean, deviation) = (input.mean[channel], input.deviation[channel]);
        std::array::from_fn(|value| (value as f32 / 255.0 - mean) / deviation)
    };
    let tables = [table(0), table(1), table(2)];
    let mut values = vec![0.0; input.len()];
    let (red, others) = values.split_at_mut(input.len() / 3);
    let (green, blue) = others.split_at_mut(input.len() / 3);
    for (index, pixel) in frame.pixels().enumerate() {
        red[index] = tables[0][usize::from(pixel[0])];
        green[index] = tables[1][usize::from(pixel[1])];
        blue[index] = tables[2][usize::from(pixel[2])];
    }
    Tensor(values)
}
