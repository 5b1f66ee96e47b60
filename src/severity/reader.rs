//! What a person sent, as it may be stored: upright, bounded, without metadata.
//!
//! A JPEG that is already so keeps its pixels bit by bit and only loses its metadata; everything else
//! is coded anew. Nothing of the original file survives but its picture.

use std::sync::Arc;

use async_trait::async_trait;
use image::codecs::jpeg::JpegEncoder;
use tokio::sync::Semaphore;

use super::decode::{DecodeError, Format, JpegSegments, LONGEST_SIDE, Picture, decode};
use crate::domain::consultation::Unusable;
use crate::ports::{PhotoReader, ReadPhoto};

/// JPEG quality of what is coded anew: no visible loss, and none that a grade would notice.
const QUALITY: u8 = 95;

/// What a reader takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReaderLimits {
    /// Most megabytes (of 2^20 bytes) of one file.
    pub megabytes: u32,
    /// Fewest pixels on the shorter side.
    pub shorter_side: u32,
    /// Photos decoded at the same time; each may need a few hundred megabytes of memory.
    pub at_once: usize,
}

impl Default for ReaderLimits {
    fn default() -> Self {
        Self {
            megabytes: 20,
            shorter_side: 64,
            at_once: 2,
        }
    }
}

/// Reads photos on blocking threads, a few at a time.
#[derive(Debug, Clone)]
pub struct DecodingPhotoReader {
    limits: ReaderLimits,
    permits: Arc<Semaphore>,
}

impl DecodingPhotoReader {
    pub fn new(limits: ReaderLimits) -> Self {
        Self {
            limits,
            permits: Arc::new(Semaphore::new(limits.at_once.max(1))),
        }
    }
}

#[async_trait]
impl PhotoReader for DecodingPhotoReader {
    async fn read(&self, bytes: Vec<u8>) -> Result<ReadPhoto, Unusable> {
        let limits = self.limits;
        if bytes.len() as u64 > u64::from(limits.megabytes) << 20 {
            return Err(Unusable::TooManyBytes {
                limit_megabytes: limits.megabytes,
            });
        }
        let permit = Arc::clone(&self.permits)
            .acquire_owned()
            .await
            .expect("the semaphore is never closed");
        // The permit goes along: a caller who leaves does not free a place that is still taken.
        let reading = tokio::task::spawn_blocking(move || {
            let _permit = permit;
            read(&bytes, limits)
        });
        match reading.await {
            Ok(outcome) => outcome,
            Err(error) => {
                tracing::error!(%error, "Reading a photo ended early: {error}");
                Err(Unusable::Unreadable)
            }
        }
    }
}

fn read(bytes: &[u8], limits: ReaderLimits) -> Result<ReadPhoto, Unusable> {
    let picture = decode(bytes).map_err(|error| turned_away(&error))?;
    let sent = picture.sent_width.min(picture.sent_height);
    let kept = picture.pixels.width().min(picture.pixels.height());
    if sent.min(kept) < limits.shorter_side {
        return Err(Unusable::TooSmall {
            needed_pixels: limits.shorter_side,
        });
    }
    let bytes = match kept_as_sent(bytes, &picture) {
        Some(bytes) => bytes,
        None => coded_anew(&picture)?,
    };
    Ok(ReadPhoto {
        bytes,
        width: picture.pixels.width(),
        height: picture.pixels.height(),
    })
}

/// The same JPEG without metadata, if it is upright, small enough and of an ordinary kind.
fn kept_as_sent(bytes: &[u8], picture: &Picture) -> Option<Vec<u8>> {
    if picture.sent_width.max(picture.sent_height) > LONGEST_SIDE
        || !matches!(Format::of(bytes), Ok(Format::Jpeg))
    {
        return None;
    }
    let segments = JpegSegments::read(bytes).ok()?;
    segments.can_be_kept().then(|| segments.without_metadata())
}

fn coded_anew(picture: &Picture) -> Result<Vec<u8>, Unusable> {
    let mut bytes = Vec::new();
    JpegEncoder::new_with_quality(&mut bytes, QUALITY)
        .encode_image(&picture.pixels)
        .map_err(|error| {
            tracing::error!(%error, "Could not code a photo of {}x{} px: {error}",
                picture.pixels.width(), picture.pixels.height());
            Unusable::Unreadable
        })?;
    Ok(bytes)
}

fn turned_away(error: &DecodeError) -> Unusable {
    match error {
        DecodeError::Empty => Unusable::Empty,
        DecodeError::Heic => Unusable::Heic,
        DecodeError::TooManyPixels {
            limit_megapixels, ..
        } => Unusable::TooManyPixels {
            limit_megapixels: *limit_megapixels,
        },
        DecodeError::UnknownFormat | DecodeError::Truncated { .. } | DecodeError::Broken { .. } => {
            Unusable::Unreadable
        }
    }
}
