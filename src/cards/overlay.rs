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
/// An outline is drawn where a map's peak stands out from its mean by this share.
const FAINTEST_CONTRAST: f32 = 0.2;
/// The haze begins at a map's mean, but within these shares of its peak: a map that glows all over
/// still shows where it glows most, and an even one is drawn evenly.
const HAZE_FROM: [f32; 2] = [0.3, 0.6];
/// It is at its strongest from this share of the peak on.
const HAZE_FULL_AT: f32 = 0.9;
/// How often a map is blurred before its haze and its outline are drawn: an outline around every
/// cell of the grid would hide what it is to point at.
const HAZE_BLURS: usize = 1;
const OUTLINE_BLURS: usize = 3;
/// Half the width of the outline and of its dark edge, px.
const OUTLINE_RADIUS: f32 = 1.9;
const EDGE_RADIUS: f32 = 3.8;
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
    Grid::of(map, OUTLINE_BLURS)
        .is_some_and(|grid| grid.peak() - grid.mean() >= FAINTEST_CONTRAST * grid.peak())
}

/// A map with values from 0 to 1.
struct Grid {
    width: usize,
    height: usize,
    values: Vec<f32>,
}

impl Grid {
    /// `None` for a map without extent or of the wrong length.
    fn of(map: &Heatmap, blurs: usize) -> Option<Self> {
        let (width, height) = (usize::from(map.width), usize::from(map.height));
        if width == 0 || height == 0 || map.values.len() != width * height {
            return None;
        }
        let mut grid = Self {
            width,
            height,
            values: map
                .values
                .iter()
                .map(|&value| f32::from(value) / 255.0)
                .collect(),
        };
        for _ in 0..blurs {
            grid.values = grid.blurred();
        }
        Some(grid)
    }

    /// Every value mixed with its neighbours, 1 : 2 : 1 in both directions.
    fn blurred(&self) -> Vec<f32> {
        let near = |at: usize, side: usize| [at.saturating_sub(1), at, (at + 1).min(side - 1)];
        let mixed = |[before, here, after]: [f32; 3]| (before + 2.0 * here + after) / 4.0;
        (0..self.height)
            .flat_map(|y| (0..self.width).map(move |x| (x, y)))
            .map(|(x, y)| {
                mixed(
                    near(y, self.height).map(|y| {
                        mixed(near(x, self.width).map(|x| self.values[y * self.width + x]))
                    }),
                )
            })
            .collect()
    }

    fn peak(&self) -> f32 {
        self.values.iter().copied().fold(0.0, f32::max)
    }

    #[expect(clippy::cast_precision_loss, reason = "a map has some hundred values")]
    fn mean(&self) -> f32 {
        self.values.iter().sum::<f32>() / self.values.len() as f32
    }

    /// The map at the size of its area; `None` for an area without extent.
    fn enlarged(&self, area: Area) -> Option<Self> {
        let coarse = self.values.iter().copied().map(F32::new).collect();
        let (width, height) = (u32::try_from(self.width), u32::try_from(self.height));
        let coarse = TypedImage::from_pixels(width.ok()?, height.ok()?, coarse).ok()?;
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

/// How much of the photo the haze hides at its strongest.
const fn opacity(severity: Severity) -> f32 {
    match severity {
        Severity::Good => 0.0,
        Severity::Mild => 0.42,
        Severity::Moderate => 0.48,
        Severity::Severe => 0.54,
    }
}

fn draw_haze(photo: &mut RgbImage, area: Area, map: &Heatmap, severity: Severity) {
    let Some(grid) = Grid::of(map, HAZE_BLURS) else {
        return;
    };
    let Some(field) = grid.enlarged(area) else {
        return;
    };
    let (peak, strongest) = (grid.peak(), opacity(severity));
    let [lowest, highest] = HAZE_FROM.map(|share| share * peak);
    let start = grid.mean().clamp(lowest, highest);
    let [weak, strong] = HAZE;
    paint(photo, area, |x, y| {
        let value = field.at(x, y);
        let rise = smoothstep(start, HAZE_FULL_AT * peak, value);
        let colour = std::array::from_fn(|channel| mixed(weak[channel], strong[channel], value));
        (colour, strongest * rise)
    });
}

fn draw_outline(photo: &mut RgbImage, area: Area, map: &Heatmap) {
    let Some(grid) = Grid::of(map, OUTLINE_BLURS) else {
        return;
    };
    let Some(field) = grid.enlarged(area) else {
        return;
    };
    let level = f32::midpoint(grid.mean(), grid.peak());
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
