//! Whether a photo is good enough to be judged, measured before any model looks at it.
//!
//! Pure. The same measures as the training code takes, so that the thresholds a model file carries
//! mean the same here. All use the coded luma Y = 0.299 R + 0.587 G + 0.114 B in 0 to 1.
#![expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "sides of photos and bytes fit every number used here"
)]

use image::RgbImage;
use serde::Deserialize;

use super::resize::{Part, resize};
use crate::domain::scalp::Verdict;

/// Photos are measured at this width, so that sharpness does not depend on their size.
pub(crate) const WIDTH: u32 = 640;
/// A pixel from here on is clipped: there is nothing left to see in it.
const CLIPPED: f32 = 0.98;
/// The blur by which a photo is blurred once more, across and down: from its ends to its middle.
const KERNEL: [f32; 3] = [1.0 / 16.0, 4.0 / 16.0, 6.0 / 16.0];

/// From where on a photo is refused. A model file may carry its own.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(default)]
pub struct QualityLimits {
    /// Fewest pixels on the shorter side of what was sent.
    pub min_side: u32,
    /// Mean luma below which a photo is too dark.
    pub dark_mean: f32,
    /// Mean luma above which a photo is overexposed.
    pub bright_mean: f32,
    /// Share of clipped pixels above which a photo is overexposed.
    pub clipped_fraction: f32,
    /// Blur ratio above which a photo is called soft.
    pub blur_ratio_warn: f32,
    /// Blur ratio above which a photo is refused. Real frames measure blurrier than rendered ones, so
    /// this stands well above the warning.
    pub blur_ratio_refuse: f32,
}

impl Default for QualityLimits {
    fn default() -> Self {
        Self {
            min_side: 240,
            dark_mean: 0.15,
            bright_mean: 0.90,
            clipped_fraction: 0.35,
            blur_ratio_warn: 0.80,
            blur_ratio_refuse: 0.95,
        }
    }
}

/// What was measured on a photo.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Measures {
    /// Mean luma, 0 to 1.
    pub mean: f32,
    /// Share of clipped pixels, 0 to 1.
    pub clipped: f32,
    /// About 0.2 when sharp, near 1 when blurred: blurring once more changes a blurred photo little.
    pub blur_ratio: f32,
}

impl Measures {
    /// Why a photo cannot be judged. Light is looked at before sharpness: a black photo is not blurred.
    pub fn refusal(&self, limits: &QualityLimits) -> Option<Verdict> {
        if self.mean < limits.dark_mean {
            Some(Verdict::TooDark)
        } else if self.mean > limits.bright_mean || self.clipped > limits.clipped_fraction {
            Some(Verdict::Overexposed)
        } else if self.blur_ratio > limits.blur_ratio_refuse {
            Some(Verdict::Blurred)
        } else {
            None
        }
    }

    /// Whether a photo that can be judged is less sharp than it might be.
    pub fn is_soft(&self, limits: &QualityLimits) -> bool {
        self.blur_ratio > limits.blur_ratio_warn
    }
}

/// Measures an upright photo of at least one pixel.
pub fn measure(pixels: &RgbImage) -> Measures {
    let plane = Plane::luma(pixels);
    let count = plane.values.len() as f64;
    let (mut sum, mut clipped) = (0.0_f64, 0_u32);
    for row in plane.values.chunks_exact(plane.width) {
        sum += f64::from(lane_sum(row.len(), |x| row[x]));
        clipped += row
            .iter()
            .map(|value| u32::from(*value >= CLIPPED))
            .sum::<u32>();
    }
    Measures {
        mean: (sum / count) as f32,
        clipped: (f64::from(clipped) / count) as f32,
        blur_ratio: plane.blur_ratio(),
    }
}

/// Sums in eight lanes, which a compiler may add at once; it must keep the order of a plain sum.
#[inline]
fn lane_sum(length: usize, term: impl Fn(usize) -> f32) -> f32 {
    let mut lanes = [0.0_f32; 8];
    let whole = length - length % 8;
    for start in (0..whole).step_by(8) {
        for (lane, sum) in lanes.iter_mut().enumerate() {
            *sum += term(start + lane);
        }
    }
    (whole..length).map(term).sum::<f32>() + lanes.iter().sum::<f32>()
}

/// Luma, row by row from the top left, 0 to 1.
struct Plane {
    width: usize,
    values: Vec<f32>,
}

impl Plane {
    fn luma(pixels: &RgbImage) -> Self {
        let height = f64::from(pixels.height()) * f64::from(WIDTH) / f64::from(pixels.width());
        let height = (height.round_ties_even() as u32).max(1);
        let resized;
        let pixels = if pixels.width() == WIDTH {
            pixels
        } else {
            resized = resize(pixels, Part::whole(pixels), WIDTH, height);
            &resized
        };
        let (triples, _) = pixels.as_raw().as_chunks::<3>();
        let values = triples
            .iter()
            .map(|&[red, green, blue]| {
                let sum = 0.299 * f32::from(red) + 0.587 * f32::from(green);
                (sum + 0.114 * f32::from(blue)) / 255.0
            })
            .collect();
        Self {
            width: pixels.width() as usize,
            values,
        }
    }

    fn row(&self, y: usize) -> &[f32] {
        &self.values[y * self.width..][..self.width]
    }

    /// How much of the differences between neighbours is left when the plane is blurred once more.
    fn blur_ratio(&self) -> f32 {
        let height = self.values.len() / self.width;
        let (mut energy, mut energy_left) = (0.0_f64, 0.0_f64);
        let mut column = vec![0.0; self.width + 4];
        let mut blurred = self.blurred_row(0, &mut column);
        for y in 1..height {
            energy += differences(self.row(y - 1), self.row(y));
            let below = self.blurred_row(y, &mut column);
            energy_left += differences(&blurred, &below);
            blurred = below;
        }
        let count = height.saturating_sub(1) * (self.width - 1);
        if count == 0 || energy / (count as f64) < 1e-7 {
            return 1.0;
        }
        (energy_left / energy) as f32
    }

    /// One row, blurred down, then across; pixels beyond the edge repeat the edge. `padded` is a row
    /// with room for two more pixels on either side.
    fn blurred_row(&self, y: usize, padded: &mut [f32]) -> Vec<f32> {
        let last = self.values.len() / self.width - 1;
        let row = |tap: usize| self.row((y + tap).saturating_sub(2).min(last));
        let (far_above, above, here, below, far_below) = (row(0), row(1), row(2), row(3), row(4));
        let width = self.width;
        let inner = &mut padded[2..2 + width];
        for x in 0..width {
            inner[x] = KERNEL[0] * (far_above[x] + far_below[x])
                + KERNEL[1] * (above[x] + below[x])
                + KERNEL[2] * here[x];
        }
        let (first, end) = (padded[2], padded[1 + width]);
        padded[..2].fill(first);
        padded[2 + width..].fill(end);
        let tap = |tap: usize| &padded[tap..][..width];
        let (far_left, left, here, right, far_right) = (tap(0), tap(1), tap(2), tap(3), tap(4));
        (0..width)
            .map(|x| {
                KERNEL[0] * (far_left[x] + far_right[x])
                    + KERNEL[1] * (left[x] + right[x])
                    + KERNEL[2] * here[x]
            })
            .collect()
    }
}

/// Sum of the squared differences of a row to the right and to the row below.
fn differences(row: &[f32], below: &[f32]) -> f64 {
    let length = row.len() - 1;
    let (here, right, below) = (&row[..length], &row[1..], &below[..length]);
    f64::from(lane_sum(length, |x| {
        let (across, down) = (right[x] - here[x], below[x] - here[x]);
        across * across + down * down
    }))
}
