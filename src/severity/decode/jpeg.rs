//! JPEG to RGB, scaled while decoding when less than the whole is wanted.

use image::RgbImage;
use zune_jpeg::JpegDecoder;
use zune_jpeg::zune_core::bytestream::ZCursor;
use zune_jpeg::zune_core::colorspace::ColorSpace;
use zune_jpeg::zune_core::options::DecoderOptions;

use super::jpeg_segments::{Coding, JpegSegments};
use super::{DecodeError, Format, OTHER_MEGAPIXELS, Stored, Wanted, jpeg_reduced};

/// Most memory for the coefficients of a progressive JPEG, which must all be held at once.
const COEFFICIENT_BYTES: u64 = 512 << 20;

pub(super) fn decode(bytes: &[u8], wanted: Wanted) -> Result<Stored, DecodeError> {
    let segments = JpegSegments::read(bytes)?;
    let frame = segments.frame;
    let (width, height) = (u32::from(frame.width), u32::from(frame.height));
    Format::Jpeg.check_pixels(width, height)?;
    let eighths = wanted.eighths(width, height, segments.orientation);
    let reduced = (eighths < 8)
        .then(|| jpeg_reduced::decode(&segments, eighths))
        .flatten();
    let pixels = match reduced {
        Some(pixels) => pixels?,
        None => whole(&segments)?,
    };
    Ok(Stored {
        pixels,
        width,
        height,
        orientation: segments.orientation,
    })
}

/// Every pixel of a JPEG of any kind.
fn whole(segments: &JpegSegments<'_>) -> Result<RgbImage, DecodeError> {
    let frame = segments.frame;
    let (width, height) = (u32::from(frame.width), u32::from(frame.height));
    let pixels = u64::from(width) * u64::from(height);
    if pixels > u64::from(OTHER_MEGAPIXELS) * 1_000_000
        || frame.coding == Coding::Progressive && frame.coefficient_bytes() > COEFFICIENT_BYTES
    {
        return Err(DecodeError::TooManyPixels {
            format: Format::Jpeg,
            width,
            height,
            limit_megapixels: OTHER_MEGAPIXELS,
        });
    }
    // Strict, so that broken pixels are an error. Stray bytes around the picture are not: they are
    // taken out before.
    let options = DecoderOptions::new_fast()
        .set_strict_mode(true)
        .set_max_width(frame.width.into())
        .set_max_height(frame.height.into())
        .jpeg_set_out_colorspace(ColorSpace::RGB);
    let bytes = segments.without_metadata();
    let rgb = JpegDecoder::new_with_options(ZCursor::new(bytes.as_slice()), options)
        .decode()
        .map_err(|error| Format::Jpeg.broken(error))?;
    RgbImage::from_raw(width, height, rgb)
        .ok_or_else(|| Format::Jpeg.broken("the decoded size is not the announced one"))
}
