//! Bytes to pixels: JPEG, PNG and WebP, upright, in RGB, within bounds.
//!
//! What a file claims about its size is checked in its header, before any pixel is decoded. Of the
//! metadata only the orientation is used; colour profiles are not applied. What cannot be read is an
//! error: never a panic, and never half a picture.

mod jpeg;
mod jpeg_segments;
mod png_webp;

use std::panic::{AssertUnwindSafe, catch_unwind};

use image::RgbImage;
use image::metadata::Orientation;

use super::resize::{Part, resize};
pub(crate) use jpeg_segments::JpegSegments;

/// No decoded picture is longer than this on its longer side, in pixels.
pub(crate) const LONGEST_SIDE: u32 = 2048;
/// Most pixels of a JPEG, in millions. Large ones are decoded scaled, so they cost little memory.
pub(crate) const JPEG_MEGAPIXELS: u32 = 120;
/// Most pixels of any other picture, in millions.
pub(crate) const OTHER_MEGAPIXELS: u32 = 50;

/// An upright picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    /// At most 2048 on the longer side.
    pub pixels: RgbImage,
    /// Upright width of what was sent, before it was scaled down.
    pub sent_width: u32,
    /// Upright height of what was sent, before it was scaled down.
    pub sent_height: u32,
}

/// Why bytes did not become a picture.
#[derive(Debug, thiserror::Error)]
pub enum DecodeError {
    #[error("photo is empty")]
    Empty,
    #[error("photo is HEIC or HEIF, which is not read")]
    Heic,
    #[error("photo begins like none of JPEG, PNG, WebP")]
    UnknownFormat,
    #[error("{format} photo ends before its picture does")]
    Truncated { format: Format },
    #[error("{format} photo is broken or of a kind that is not read")]
    Broken {
        format: Format,
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    #[error("{format} photo is {width}x{height} px, the most is {limit_megapixels} megapixels")]
    TooManyPixels {
        format: Format,
        width: u32,
        height: u32,
        limit_megapixels: u32,
    },
}

/// A format that is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    Jpeg,
    Png,
    WebP,
}

impl std::fmt::Display for Format {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(match self {
            Self::Jpeg => "JPEG",
            Self::Png => "PNG",
            Self::WebP => "WebP",
        })
    }
}

impl Format {
    /// Most pixels that are decoded, in millions.
    const fn megapixels(self) -> u32 {
        match self {
            Self::Jpeg => JPEG_MEGAPIXELS,
            Self::Png | Self::WebP => OTHER_MEGAPIXELS,
        }
    }

    /// Recognises the format by its first bytes; names and declared types are not believed.
    pub(crate) fn of(bytes: &[u8]) -> Result<Self, DecodeError> {
        if bytes.is_empty() {
            Err(DecodeError::Empty)
        } else if bytes.starts_with(&[0xFF, 0xD8, 0xFF]) {
            Ok(Self::Jpeg)
        } else if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
            Ok(Self::Png)
        } else if bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP") {
            Ok(Self::WebP)
        } else if is_heic(bytes) {
            Err(DecodeError::Heic)
        } else {
            Err(DecodeError::UnknownFormat)
        }
    }

    fn check_pixels(self, width: u32, height: u32) -> Result<(), DecodeError> {
        let limit_megapixels = self.megapixels();
        if u64::from(width) * u64::from(height) > u64::from(limit_megapixels) * 1_000_000 {
            return Err(DecodeError::TooManyPixels {
                format: self,
                width,
                height,
                limit_megapixels,
            });
        }
        Ok(())
    }

    fn broken(self, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> DecodeError {
        DecodeError::Broken {
            format: self,
            source: source.into(),
        }
    }
}

/// The file-type box of HEIC and HEIF, by its main and its compatible brands. AVIF is none of them.
fn is_heic(bytes: &[u8]) -> bool {
    const BRANDS: [&[u8]; 10] = [
        b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs", b"mif1", b"msf1",
    ];
    if bytes.get(4..8) != Some(b"ftyp") {
        return false;
    }
    let length = bytes[..4]
        .iter()
        .fold(0, |sum, byte| sum << 8 | usize::from(*byte));
    let brands = &bytes[8..length.clamp(12, 256).min(bytes.len()).max(8)];
    let mut brands = brands.chunks_exact(4);
    brands.next().is_some_and(|main| BRANDS.contains(&main))
        || brands.any(|compatible| BRANDS[..8].contains(&compatible))
}

/// Pixels as they are stored in the file, perhaps scaled, and how to turn them.
struct Stored {
    pixels: RgbImage,
    width: u32,
    height: u32,
    orientation: Orientation,
}

const PANICKED: &str = "its decoder panicked";

/// Decodes a photo.
pub fn decode(bytes: &[u8]) -> Result<Picture, DecodeError> {
    let format = Format::of(bytes)?;
    // The decoders are other people's code fed with a stranger's bytes: a panic of theirs is a broken
    // photo. They keep no state beyond the call.
    let stored = catch_unwind(AssertUnwindSafe(|| match format {
        Format::Jpeg => jpeg::decode(bytes),
        Format::Png => png_webp::decode_png(bytes),
        Format::WebP => png_webp::decode_webp(bytes),
    }))
    .unwrap_or_else(|_| Err(format.broken(PANICKED)))?;
    Ok(upright(stored))
}

/// Scales down first and turns last: turning costs by the pixel.
fn upright(stored: Stored) -> Picture {
    let (width, height) = bounded(stored.pixels.width(), stored.pixels.height());
    let mut pixels = stored.pixels;
    if (width, height) != pixels.dimensions() {
        pixels = resize(&pixels, Part::whole(&pixels), width, height);
    }
    let is_turned = matches!(
        stored.orientation,
        Orientation::Rotate90
            | Orientation::Rotate270
            | Orientation::Rotate90FlipH
            | Orientation::Rotate270FlipH
    );
    let (sent_width, sent_height) = if is_turned {
        (stored.height, stored.width)
    } else {
        (stored.width, stored.height)
    };
    if stored.orientation != Orientation::NoTransforms {
        let mut turned = image::DynamicImage::ImageRgb8(pixels);
        turned.apply_orientation(stored.orientation);
        pixels = turned.into_rgb8();
    }
    Picture {
        pixels,
        sent_width,
        sent_height,
    }
}

/// The size within [`LONGEST_SIDE`], at least one pixel each way.
fn bounded(width: u32, height: u32) -> (u32, u32) {
    let longer = width.max(height);
    if longer <= LONGEST_SIDE {
        return (width, height);
    }
    let scaled = |side: u32| {
        let side = u64::from(side) * u64::from(LONGEST_SIDE) * 2 + u64::from(longer);
        u32::try_from(side / (u64::from(longer) * 2))
            .expect("no side grows")
            .max(1)
    };
    (scaled(width), scaled(height))
}

#[cfg(test)]
mod tests;
