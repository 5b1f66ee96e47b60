//! What is said about photos, in the messages that wait to be sent.

use serde::{Deserialize, Serialize};

use super::names::Name;
use crate::domain::consultation::{AfterPhoto, AlbumPhoto, Found, Unusable};
use crate::domain::scalp::{Region, Verdict};

#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "offer", rename_all = "snake_case")]
pub(super) enum AfterPhotoRecord {
    More { left: usize, can_go_on: bool },
    Nothing,
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct AlbumPhotoRecord {
    number: usize,
    region: Name<Region>,
    #[serde(flatten)]
    found: FoundRecord,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "found", rename_all = "snake_case")]
enum FoundRecord {
    Waiting,
    Judged {
        verdict: Name<Verdict>,
        is_soft: bool,
    },
    Failed,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "unusable", rename_all = "snake_case")]
pub(super) enum UnusableRecord {
    Unreadable,
    Empty,
    Heic,
    TooManyBytes { limit_megabytes: u32 },
    TooManyPixels { limit_megapixels: u32 },
    TooSmall { needed_pixels: u32 },
    NotStored,
    ConsentMissing,
}

impl From<AlbumPhoto> for AlbumPhotoRecord {
    fn from(photo: AlbumPhoto) -> Self {
        Self {
            number: photo.number,
            region: Name(photo.region),
            found: match photo.found {
                Found::Waiting => FoundRecord::Waiting,
                Found::Judged { verdict, is_soft } => FoundRecord::Judged {
                    verdict: Name(verdict),
                    is_soft,
                },
                Found::Failed => FoundRecord::Failed,
            },
        }
    }
}

impl From<AlbumPhotoRecord> for AlbumPhoto {
    fn from(record: AlbumPhotoRecord) -> Self {
        Self {
            number: record.number,
            region: record.region.0,
            found: match record.found {
                FoundRecord::Waiting => Found::Waiting,
                FoundRecord::Judged { verdict, is_soft } => Found::Judged {
                    verdict: verdict.0,
                    is_soft,
                },
                FoundRecord::Failed => Found::Failed,
            },
        }
    }
}

impl From<AfterPhoto> for AfterPhotoRecord {
    fn from(then: AfterPhoto) -> Self {
        match then {
            AfterPhoto::OfferMore { left, can_go_on } => Self::More { left, can_go_on },
            AfterPhoto::Nothing => Self::Nothing,
        }
    }
}

impl From<AfterPhotoRecord> for AfterPhoto {
    fn from(record: AfterPhotoRecord) -> Self {
        match record {
            AfterPhotoRecord::More { left, can_go_on } => Self::OfferMore { left, can_go_on },
            AfterPhotoRecord::Nothing => Self::Nothing,
        }
    }
}

impl From<Unusable> for UnusableRecord {
    fn from(reason: Unusable) -> Self {
        match reason {
            Unusable::Unreadable => Self::Unreadable,
            Unusable::Empty => Self::Empty,
            Unusable::Heic => Self::Heic,
            Unusable::TooManyBytes { limit_megabytes } => Self::TooManyBytes { limit_megabytes },
            Unusable::TooManyPixels { limit_megapixels } => {
                Self::TooManyPixels { limit_megapixels }
            }
            Unusable::TooSmall { needed_pixels } => Self::TooSmall { needed_pixels },
            Unusable::NotStored => Self::NotStored,
            Unusable::ConsentMissing => Self::ConsentMissing,
        }
    }
}

impl From<UnusableRecord> for Unusable {
    fn from(record: UnusableRecord) -> Self {
        match record {
            UnusableRecord::Unreadable => Self::Unreadable,
            UnusableRecord::Empty => Self::Empty,
            UnusableRecord::Heic => Self::Heic,
            UnusableRecord::TooManyBytes { limit_megabytes } => {
                Self::TooManyBytes { limit_megabytes }
            }
            UnusableRecord::TooManyPixels { limit_megapixels } => {
                Self::TooManyPixels { limit_megapixels }
            }
            UnusableRecord::TooSmall { needed_pixels } => Self::TooSmall { needed_pixels },
            UnusableRecord::NotStored => Self::NotStored,
            UnusableRecord::ConsentMissing => Self::ConsentMissing,
        }
    }
}
