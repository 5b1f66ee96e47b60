//! JPEG to RGB, scaled while decoding when the photo is large.

use image::RgbImage;
use jpeg_decoder::{Decoder, PixelFormat};

use super::jpeg_segments::{Coding, JpegSegments};
use super::{DecodeError, Format, Stored};

/// A scaled picture must keep this many pixels on its longer side, so that a usual 12-megapixel photo
/// (4032 px) is decoded at half its size rather than whole.
const ENOUGH: u32 = 1600;
/// Most memory for the coefficients of a progressive JPEG, which must all be held at once.
const COEFFICIENT_BYTES: u64 = 512 << 20;

pub(super) fn decode(bytes: &[u8]) -> Result<Stored, DecodeError> {
    let segments = JpegSegments::read(bytes)?;
    let frame = segments.frame;
    let (width, height) = (u32::from(frame.width), u32::from(frame.height));
    Format::Jpeg.check_pixels(width, height)?;
    if frame.coding == Coding::Progressive && frame.coefficient_bytes() > COEFFICIENT_BYTES {
        return Err(DecodeError::TooManyPixels {
            format: Format::Jpeg,
            width,
            height,
            limit_megapixels: super::OTHER_MEGAPIXELS,
        });
    }

    let mut decoder = Decoder::new(bytes);
    let broken = |error| Format::Jpeg.broken(error);
    let (enough_wide, enough_high) = enough(frame.width, frame.height);
    let (scaled_width, scaled_height) = decoder.scale(enough_wide, enough_high).map_err(broken)?;
    let data = decoder.decode().map_err(broken)?;
    let format = decoder
        .info()
        .map(|info| info.pixel_format)
        .ok_or_else(|| Format::Jpeg.broken("no frame was decoded"))?;
    let rgb = match format {
        PixelFormat::RGB24 => data,
        PixelFormat::L8 => data.into_iter().flat_map(|grey| [grey; 3]).collect(),
        PixelFormat::CMYK32 => inks_to_rgb(&data),
        PixelFormat::L16 => return Err(Format::Jpeg.broken("16-bit lossless coding")),
    };
    let pixels = RgbImage::from_raw(scaled_width.into(), scaled_height.into(), rgb)
        .ok_or_else(|| Format::Jpeg.broken("the decoded size is not the announced one"))?;
    Ok(Stored {
        pixels,
        width,
        height,
        orientation: segments.orientation,
    })
}

/// What to ask of the decoder, which takes the smallest scale that reaches one of the two sides.
fn enough(width: u16, height: u16) -> (u16, u16) {
    let enough = u16::try_from(ENOUGH).expect("a constant within 16 bits");
    if width >= height {
        (enough, u16::MAX)
    } else {
        (u16::MAX, enough)
    }
}

/// Amounts of cyan, magenta, yellow and black ink to light. Photos carry no press profile worth using.
fn inks_to_rgb(inks: &[u8]) -> Vec<u8> {
    let light = |ink: u8, black: u8| {
        let product = u16::from(255 - ink) * u16::from(255 - black);
        u8::try_from((product + 127) / 255).expect("a product of two fractions is one")
    };
    inks.chunks_exact(4)
        .flat_map(|pixel| [0, 1, 2].map(|channel| light(pixel[channel], pixel[3])))
        .collect()
}
