//! The photo on the card: fitted into its tile, marked, and laid on its own blurred reflection.

use fast_image_resize::images::{Image, ImageRef};
use fast_image_resize::{FilterType, PixelType, ResizeAlg, ResizeOptions, Resizer};
use image::RgbImage;
use image::imageops::replace;

use crate::domain::scalp::{Grades, Heatmaps};

use super::overlay::{Marks, draw_marks};

/// The colour that the margins beside a photo are washed with, and how strongly.
const WASH: [u8; 3] = [236, 232, 224];
const WASH_SHARE: u16 = 150;

/// Why a photo could not be put on a card.
#[derive(Debug, thiserror::Error)]
pub(super) enum PhotoTileError {
    #[error("the photo cannot be decoded")]
    Decoding(#[from] image::ImageError),
    #[error("the photo cannot be read")]
    Reading(#[from] std::io::Error),
    #[error("the photo cannot be resized")]
    Resizing(#[from] fast_image_resize::ResizeError),
}

/// What is drawn over the photo.
pub(super) struct Overlay<'a> {
    pub marks: Marks,
    pub grades: &'a Grades,
    pub heatmaps: &'a Heatmaps,
}

/// The photo in a tile of `width` x `height` px, whole and undistorted.
pub(super) fn photo_tile(
    bytes: &[u8],
    overlay: Option<&Overlay<'_>>,
    (width, height): (u32, u32),
) -> Result<RgbImage, PhotoTileError> {
    // The photo was bounded at the door; the reader's own limits stand behind that.
    let photo = image::ImageReader::new(std::io::Cursor::new(bytes))
        .with_guessed_format()?
        .decode()?
        .into_rgb8();
    let (fitted_width, fitted_height) = fitted(photo.dimensions(), (width, height));
    let mut shown = resized(&photo, fitted_width, fitted_height, FilterType::Lanczos3)?;
    if let Some(overlay) = overlay {
        draw_marks(&mut shown, overlay.marks, overlay.grades, overlay.heatmaps);
    }
    if shown.dimensions() == (width, height) {
        return Ok(shown);
    }
    let mut tile = backdrop(&photo, width, height)?;
    let left = i64::from((width - fitted_width) / 2);
    let top = i64::from((height - fitted_height) / 2);
    replace(&mut tile, &shown, left, top);
    Ok(tile)
}

/// The largest size of the photo's shape within the tile; within a few px of the tile's shape, the
/// tile itself.
fn fitted((width, height): (u32, u32), (tile_width, tile_height): (u32, u32)) -> (u32, u32) {
    let scaled = |side: u32, from: u32, to: u32| {
        let exact = u64::from(side) * u64::from(to) / u64::from(from.max(1));
        u32::try_from(exact).unwrap_or(u32::MAX).max(1)
    };
    let (width, height) =
        if u64::from(width) * u64::from(tile_height) >= u64::from(height) * u64::from(tile_width) {
            (
                tile_width,
                scaled(height, width, tile_width).min(tile_height),
            )
        } else {
            (
                scaled(width, height, tile_height).min(tile_width),
                tile_height,
            )
        };
    let snapped = |side: u32, tile: u32| if side + 4 >= tile { tile } else { side };
    (snapped(width, tile_width), snapped(height, tile_height))
}

fn resized(
    photo: &RgbImage,
    width: u32,
    height: u32,
    filter: FilterType,
) -> Result<RgbImage, PhotoTileError> {
    let source = ImageRef::new(
        photo.width(),
        photo.height(),
        photo.as_raw(),
        PixelType::U8x3,
    )
    .expect("three bytes per pixel");
    let mut target = Image::new(width, height, PixelType::U8x3);
    let options = ResizeOptions::new().resize_alg(ResizeAlg::Convolution(filter));
    Resizer::new().resize(&source, &mut target, &options)?;
    Ok(RgbImage::from_raw(width, height, target.into_vec()).expect("three bytes per pixel"))
}

/// A few pixels of the photo drawn large, washed out: it fills the margins without drawing the eye.
fn backdrop(photo: &RgbImage, width: u32, height: u32) -> Result<RgbImage, PhotoTileError> {
    let speck = resized(photo, 6, 6, FilterType::Box)?;
    let mut large = resized(&speck, width, height, FilterType::Gaussian)?;
    for pixel in large.pixels_mut() {
        for (channel, value) in pixel.0.iter_mut().enumerate() {
            let washed =
                u16::from(*value) * (255 - WASH_SHARE) + u16::from(WASH[channel]) * WASH_SHARE;
            *value = u8::try_from(washed / 255).expect("a mixture of two bytes is a byte");
        }
    }
    Ok(large)
}
