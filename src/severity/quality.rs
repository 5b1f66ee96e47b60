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
const WIDTH: u32 = 640;
/// A pixel from here on is clipped: there is nothing left to see in it.
const CLIPPED: f32 = 0.98;
/// The blur by which a photo is blurred once more, across and down.
const KERNEL: [f32; 5] = [1.0 / 16.0, 4.0 / 16.0, 6.0 / 16.0, 4.0 / 16.0, 1.0 / 16.0];

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
    let sum: f64 = plane.values.iter().map(|value| f64::from(*value)).sum();
    let clipped = plane
        .values
        .iter()
        .filter(|value| **value >= CLIPPED)
        .count();
    Measures {
        mean: (sum / count) as f32,
        clipped: (clipped as f64 / count) as f32,
        blur_ratio: plane.blur_ratio(),
    }
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
        let values = pixels
            .pixels()
            .map(|pixel| {
                let [red, green, blue] = pixel.0.map(f32::from);
                (0.299 * red + 0.587 * green + 0.114 * blue) / 255.0
            })
            .collect();
        Self {
            width: pixels.width() as usize,
            values,
        }
    }

    fn blur_ratio(&self) -> f32 {
        let energy = self.gradient_energy();
        if energy < 1e-7 {
            return 1.0;
        }
        (self.blurred().gradient_energy() / energy) as f32
    }

    /// Mean of the squared differences to the right and downwards.
    fn gradient_energy(&self) -> f64 {
        let rows: Vec<&[f32]> = self.values.chunks_exact(self.width).collect();
        let mut sum = 0.0_f64;
        for pair in rows.windows(2) {
            let (row, below) = (pair[0], pair[1]);
            let row_sum: f32 = row
                .windows(2)
                .zip(below)
                .map(|(here, under)| {
                    let (right, down) = (here[1] - here[0], under - here[0]);
                    right * right + down * down
                })
                .sum();
            sum += f64::from(row_sum);
        }
        let count = rows.len().saturating_sub(1) * (self.width - 1);
        if count == 0 { 0.0 } else { sum / count as f64 }
    }

    /// Blurred across, then down; pixels beyond the edge repeat the edge.
    fn blurred(&self) -> Self {
        let width = self.width;
        let height = self.values.len() / width;
        let mut across = Vec::with_capacity(self.values.len());
        for row in self.values.chunks_exact(width) {
            let at = |x: usize, tap: usize| row[(x + tap).saturating_sub(2).min(width - 1)];
            across.extend(
                (0..width).map(|x| (0..5).map(|tap| KERNEL[tap] * at(x, tap)).sum::<f32>()),
            );
        }
        let mut values = vec![0.0; self.values.len()];
        for (y, out) in values.chunks_exact_mut(width).enumerate() {
            for (tap, weight) in KERNEL.iter().enumerate() {
                let from = (y + tap).saturating_sub(2).min(height - 1) * width;
                for (value, source) in out.iter_mut().zip(&across[from..from + width]) {
                    *value += weight * source;
                }
            }
        }
        Self { width, values }
    }
}
