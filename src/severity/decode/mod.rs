//! Bytes to pixels: JPEG, PNG and WebP, upright, in RGB, within bounds.
//!
//! What a file claims about its size is checked in its header, before any pixel is decoded. Of the
//! metadata only the orientation is used; colour profiles are not applied. What cannot be read is an
//! error: never a panic, and never half a picture.

mod jpeg;
mod jpeg_entropy;
mod jpeg_reduced;
mod jpeg_segments;
mod jpeg_transform;
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

/// How large a picture is wanted. Only JPEG can be had smaller than it is; the others come whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// To be kept: at least 1600 px on the longer side, so that a usual 12-megapixel photo (4032 px) is
    /// decoded at half its size rather than whole.
    ToKeep,
    /// At least this wide and this high once it is upright, if the photo is.
    AtLeast { width: u32, height: u32 },
}

impl Wanted {
    const ENOUGH_TO_KEEP: u32 = 1600;

    /// The smallest of 1/8, 1/4, 1/2 and 8/8 that gives what is wanted of a photo stored as `width` x
    /// `height`, in eighths.
    fn eighths(self, width: u32, height: u32, orientation: Orientation) -> usize {
        let (width, height) = if is_turned(orientation) {
            (height, width)
        } else {
            (width, height)
        };
        let fits = |eighths: &u32| {
            let (wide, high) = (width * eighths / 8, height * eighths / 8);
            match self {
                Self::ToKeep => wide.max(high) >= Self::ENOUGH_TO_KEEP,
                Self::AtLeast { width, height } => wide >= width && high >= height,
            }
        };
        [1, 2, 4].into_iter().find(fits).unwrap_or(8) as usize
    }
}

/// Decodes a photo to be kept.
pub fn decode(bytes: &[u8]) -> Result<Picture, DecodeError> {
    decode_to(bytes, Wanted::ToKeep)
}

/// Decodes a photo.
pub(crate) fn decode_to(bytes: &[u8], wanted: Wanted) -> Result<Picture, DecodeError> {
    let format = Format::of(bytes)?;
    // The decoders are mostly other people's code, fed with a stranger's bytes: a panic of theirs is a
    // broken photo. They keep no state beyond the call.
    let stored = catch_unwind(AssertUnwindSafe(|| match format {
        Format::Jpeg => jpeg::decode(bytes, wanted),
        Format::Png => png_webp::decode_png(bytes),
        Format::WebP => png_webp::decode_webp(bytes),
    }))
    .unwrap_or_else(|_| Err(format.broken(PANICKED)))?;
    Ok(upright(stored))
}

fn is_turned(orientation: Orientation) -> bool {
    matches!(
        orientation,
        Orientation::Rotate90
            | Orientation::Rotate270
            | Orientation::Rotate90FlipH
            | Orientation::Rotate270FlipH
    )
}

/// Scales down first and turns last: turning costs by the pixel.
fn upright(stored: Stored) -> Picture {
    let (width, height) = bounded(stored.pixels.width(), stored.pixels.height());
    let mut pixels = stored.pixels;
    if (width, height) != pixels.dimensions() {
        pixels = resize(&pixels, Part::whole(&pixels), width, height);
    }
    let (sent_width, sent_height) = if is_turned(stored.orientation) {
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
