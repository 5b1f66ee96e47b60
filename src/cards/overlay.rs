//! Where a condition shows, drawn over a photo. Pure: pixels in, pixels out.
//!
//! One colour and one outline, instead of six colours that nobody can tell apart: the most severe
//! condition is a smooth violet-blue haze (skin and hair hold no blue, and every kind of colour
//! vision sees it against them), the second one a white line with a dark edge. Nothing is ever
//! drawn for a condition at severity 0, nor where the map itself says less than half a severity.

use fast_image_resize::images::TypedImage;
use fast_image_resize::pixels::F32;
use fast_image_resize::{FilterType, ResizeAlg, ResizeOptions, Resizer};
use image::{Rgb, RgbImage};

use crate::domain::scalp::{Condition, Grades, Heatmap, Heatmaps, Severity};

/// The haze where a map says severity 0, and where it says severity 3.
pub(super) const HAZE: [[u8; 3]; 2] = [[129, 140, 248], [67, 40, 214]];

/// Half a severity on a map's scale of 0 to 1: what peaks below is not shown.
const FAINTEST_PEAK: f32 = 0.5 / 3.0;
/// The haze begins at this share of a map's peak, and the outline runs at the other one.
const HAZE_FROM: f32 = 0.35;
const OUTLINE_AT: f32 = 0.6;
/// Half the width of the outline and of its dark edge, px.
const OUTLINE_RADIUS: f32 = 2.2;
const EDGE_RADIUS: f32 = 4.4;
const OUTLINE_COLOUR: [u8; 3] = [255, 255, 255];
const EDGE_COLOUR: [u8; 3] = [17, 24, 39];
const EDGE_OPACITY: f32 = 0.65;

/// The conditions that are drawn on a photo.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Marks {
    /// Drawn as a haze.
    pub filled: Option<Condition>,
    /// Drawn as an outline.
    pub outlined: Option<Condition>,
}

impl Marks {
    /// The two most severe conditions that have a place on the photo. Between equals the one that
    /// the model is surer of comes first, then the dataset's order.
    pub fn choose(grades: &Grades, heatmaps: &Heatmaps) -> Self {
        let mut visible: Vec<Condition> = grades
            .iter()
            .filter(|(_, grade)| grade.severity > Severity::Good)
            .map(|(condition, _)| condition)
            .filter(|&condition| peak(map_of(heatmaps, condition)) >= FAINTEST_PEAK)
            .collect();
        visible.sort_by(|&left, &right| {
            let (left, right) = (grades.of(left), grades.of(right));
            (right.severity, right.is_certain)
                .cmp(&(left.severity, left.is_certain))
                .then(right.confidence.total_cmp(&left.confidence))
        });
        let mut visible = visible.into_iter();
        Self {
            filled: visible.next(),
            outlined: visible.find(|&condition| has_outline(map_of(heatmaps, condition))),
        }
    }
}

/// Draws the marks over the whole, upright photo, at whatever size it is shown.
pub fn draw_marks(photo: &mut RgbImage, marks: Marks, grades: &Grades, heatmaps: &Heatmaps) {
    let area = Area::of(photo, heatmaps.covers);
    if let Some(condition) = marks.filled {
        let severity = grades.of(condition).severity;
        draw_haze(photo, area, map_of(heatmaps, condition), severity);
    }
    if let Some(condition) = marks.outlined {
        draw_outline(photo, area, map_of(heatmaps, condition));
    }
}

fn map_of(heatmaps: &Heatmaps, condition: Condition) -> &Heatmap {
    let index = Condition::ALL
        .iter()
        .position(|&other| other == condition)
        .expect("ALL holds every condition");
    &heatmaps.maps[index]
}

/// The highest value of a map, 0 to 1.
fn peak(map: &Heatmap) -> f32 {
    f32::from(map.values.iter().copied().max().unwrap_or(0)) / 255.0
}

/// Whether the outline's level is crossed anywhere: an even map has a haze but no outline.
fn has_outline(map: &Heatmap) -> bool {
    let level = peak(map) * OUTLINE_AT;
    map.values
        .iter()
        .any(|&value| f32::from(value) / 255.0 < level)
}

/// The part of the photo that the maps cover, px.
#[derive(Debug, Clone, Copy)]
struct Area {
    left: u32,
    top: u32,
    width: u32,
    height: u32,
}

impl Area {
    fn of(photo: &RgbImage, covers: [f32; 4]) -> Self {
        let [left, top, width, height] = covers;
        let (left, width) = Self::span(left, width, photo.width());
        let (top, height) = Self::span(top, height, photo.height());
        Self {
            left,
            top,
            width,
            height,
        }
    }

    /// Start and length in px of a part that is given in fractions.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "a fraction of a picture's side is a small whole number"
    )]
    fn span(start: f32, length: f32, side: u32) -> (u32, u32) {
        let at = |fraction: f32| (fraction.clamp(0.0, 1.0) * side as f32).round() as u32;
        let first = at(start);
        (first, at(start + length).saturating_sub(first))
    }
}

/// A map at the size of its area, with values from 0 to 1.
struct Field {
    width: usize,
    height: usize,
    values: Vec<f32>,
}

impl Field {
    /// `None` for a map or an area without extent, or a map of the wrong length.
    fn smooth(map: &Heatmap, area: Area) -> Option<Self> {
        let coarse: Vec<F32> = map
            .values
            .iter()
            .map(|&value| F32::new(f32::from(value) / 255.0))
            .collect();
        if coarse.len() != usize::from(map.width) * usize::from(map.height) {
            return None;
        }
        let coarse =
            TypedImage::from_pixels(u32::from(map.width), u32::from(map.height), coarse).ok()?;
        let mut fine = TypedImage::<F32>::new(area.width, area.height);
        // Softer than bilinear: outlines are round instead of following the grid.
        let options = ResizeOptions::new().resize_alg(ResizeAlg::Convolution(FilterType::Gaussian));
        Resizer::new()
            .resize_typed(&coarse, &mut fine, &options)
            .ok()?;
        Some(Self {
            width: area.width as usize,
            height: area.height as usize,
            values: fine
                .pixels()
                .iter()
                .map(|pixel| pixel.0.clamp(0.0, 1.0))
                .collect(),
        })
    }

    fn at(&self, x: usize, y: usize) -> f32 {
        self.values[y * self.width + x]
    }

    /// How fast the values change at a place, per px.
    fn slope(&self, x: usize, y: usize) -> f32 {
        let (left, right) = (x.saturating_sub(1), (x + 1).min(self.width - 1));
        let (above, below) = (y.saturating_sub(1), (y + 1).min(self.height - 1));
        let across = self.at(right, y) - self.at(left, y);
        let down = self.at(x, below) - self.at(x, above);
        across.hypot(down) / 2.0
    }
}

/// How much of the photo the haze hides at its strongest.
const fn opacity(severity: Severity) -> f32 {
    match severity {
        Severity::Good => 0.0,
        Severity::Mild => 0.42,
        Severity::Moderate => 0.55,
        Severity::Severe => 0.66,
    }
}

fn draw_haze(photo: &mut RgbImage, area: Area, map: &Heatmap, severity: Severity) {
    let Some(field) = Field::smooth(map, area) else {
        return;
    };
    let (peak, strongest) = (peak(map), opacity(severity));
    let [weak, strong] = HAZE;
    paint(photo, area, |x, y| {
        let value = field.at(x, y);
        let rise = smoothstep(HAZE_FROM * peak, peak, value);
        let colour = std::array::from_fn(|channel| mixed(weak[channel], strong[channel], value));
        (colour, strongest * rise)
    });
}

fn draw_outline(photo: &mut RgbImage, area: Area, map: &Heatmap) {
    let Some(field) = Field::smooth(map, area) else {
        return;
    };
    let level = peak(map) * OUTLINE_AT;
    // The distance to the line of that level, px, as far as the slope tells.
    let distance = |x, y| {
        let slope = field.slope(x, y);
        if slope > 1e-5 {
            (field.at(x, y) - level).abs() / slope
        } else {
            f32::INFINITY
        }
    };
    let covered = |distance: f32, radius: f32| (radius + 0.5 - distance).clamp(0.0, 1.0);
    paint(photo, area, |x, y| {
        let edge = covered(distance(x, y), EDGE_RADIUS) * EDGE_OPACITY;
        (EDGE_COLOUR, edge)
    });
    paint(photo, area, |x, y| {
        (OUTLINE_COLOUR, covered(distance(x, y), OUTLINE_RADIUS))
    });
}

/// Lays a colour with an opacity over every pixel of the area.
fn paint(photo: &mut RgbImage, area: Area, ink: impl Fn(usize, usize) -> ([u8; 3], f32)) {
    for y in 0..area.height {
        for x in 0..area.width {
            let (colour, opacity) = ink(x as usize, y as usize);
            if opacity > 0.0 {
                let Rgb(below) = photo.get_pixel_mut(area.left + x, area.top + y);
                for (channel, value) in below.iter_mut().enumerate() {
                    *value = mixed(*value, colour[channel], opacity);
                }
            }
        }
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a mixture of two bytes is a byte"
)]
fn mixed(from: u8, to: u8, share: f32) -> u8 {
    (f32::from(from) + (f32::from(to) - f32::from(from)) * share).round() as u8
}

fn smoothstep(from: f32, to: f32, value: f32) -> f32 {
    let share = ((value - from) / (to - from)).clamp(0.0, 1.0);
    share * share * (3.0 - 2.0 * share)
}
