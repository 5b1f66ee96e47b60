//! PNG and WebP to RGB; of an animation the first frame.

use std::io::Cursor;

use image::codecs::png::PngDecoder;
use image::codecs::webp::WebPDecoder;
use image::{DynamicImage, ImageDecoder, Limits, RgbImage};

use super::{DecodeError, Format, Stored};

/// What shows through transparent places. Neither white nor black: they must not make a photo
/// overexposed or dark, and not look like scales or hair.
const BEHIND: u8 = 128;

pub(super) fn decode_png(bytes: &[u8]) -> Result<Stored, DecodeError> {
    // The first chunk is always the header with the size. Checked before the decoder is built, which
    // unpacks whatever else stands before the pixels.
    let side = |at: usize| {
        bytes
            .get(at..at + 4)
            .map(|side| u32::from_be_bytes([side[0], side[1], side[2], side[3]]))
            .ok_or(DecodeError::Truncated {
                format: Format::Png,
            })
    };
    Format::Png.check_pixels(side(16)?, side(20)?)?;
    let decoder = PngDecoder::with_limits(Cursor::new(bytes), Limits::default())
        .map_err(|error| Format::Png.broken(error))?;
    decode_with(decoder, Format::Png)
}

pub(super) fn decode_webp(bytes: &[u8]) -> Result<Stored, DecodeError> {
    let decoder =
        WebPDecoder::new(Cursor::new(bytes)).map_err(|error| Format::WebP.broken(error))?;
    decode_with(decoder, Format::WebP)
}

fn decode_with(mut decoder: impl ImageDecoder, format: Format) -> Result<Stored, DecodeError> {
    let (width, height) = decoder.dimensions();
    format.check_pixels(width, height)?;
    if width == 0 || height == 0 {
        return Err(format.broken("it has no size"));
    }
    let orientation = decoder
        .orientation()
        .map_err(|error| format.broken(error))?;
    let picture = DynamicImage::from_decoder(decoder).map_err(|error| format.broken(error))?;
    Ok(Stored {
        pixels: opaque(picture),
        width,
        height,
        orientation,
    })
}

/// RGB of eight bits, with [`BEHIND`] behind whatever is transparent.
fn opaque(picture: DynamicImage) -> RgbImage {
    if !picture.color().has_alpha() {
        return picture.into_rgb8();
    }
    let picture = picture.into_rgba8();
    let (width, height) = picture.dimensions();
    let over = |value: u8, alpha: u8| {
        let alpha = u32::from(alpha);
        let sum = u32::from(value) * alpha + u32::from(BEHIND) * (255 - alpha);
        u8::try_from((sum + 127) / 255).expect("a mean of two bytes is a byte")
    };
    let rgb = picture
        .pixels()
        .flat_map(|pixel| [0, 1, 2].map(|channel| over(pixel[channel], pixel[3])))
        .collect();
    RgbImage::from_raw(width, height, rgb).expect("three bytes for each pixel")
}
