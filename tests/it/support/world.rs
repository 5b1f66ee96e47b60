//! Fakes at the ports, named for what they do: a clock moved by hand, ids that count, a grader whose
//! answer stands in the photo.

use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use async_trait::async_trait;
use dupi::domain::consultation::Unusable;
use dupi::domain::scalp::{Heatmap, Heatmaps, Verdict};
use dupi::ports::{
    CardError, CardPainter, CardRequest, Clock, GradedPhoto, GradingError, IdSource, PhotoReader,
    ReadPhoto, SeverityGrader,
};
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use super::examples::{judgement, refused};

/// Moves only by hand.
#[derive(Debug)]
pub(crate) struct HandClock(Mutex<Timestamp>);

impl HandClock {
    pub(crate) fn new() -> Self {
        let start = "2026-03-02T09:00:00Z".parse().expect("a valid time");
        Self(Mutex::new(start))
    }

    pub(crate) fn advance(&self, by: SignedDuration) {
        let mut now = self
            .0
            .lock()
            .expect("no test panics while it holds the clock");
        *now += by;
    }
}

impl Clock for HandClock {
    fn now(&self) -> Timestamp {
        *self
            .0
            .lock()
            .expect("no test panics while it holds the clock")
    }
}

/// Counts up. Not secret at all.
#[derive(Debug, Default)]
pub(crate) struct CountingIds(AtomicU64);

impl CountingIds {
    /// Ids that never meet those of another source, as those of another process would.
    pub(crate) fn beginning_at(first: u64) -> Self {
        Self(AtomicU64::new(first))
    }

    fn next(&self) -> u64 {
        self.0.fetch_add(1, Ordering::Relaxed) + 1
    }
}

impl IdSource for CountingIds {
    fn ordered(&self) -> Uuid {
        Uuid::from_u128(u128::from(self.next()))
    }

    fn secret(&self) -> [u8; 32] {
        let mut secret = [0; 32];
        secret[..8].copy_from_slice(&self.next().to_le_bytes());
        secret
    }
}

/// Takes every file that does not begin with `broken` for a photo of 640x480.
#[derive(Debug)]
pub(crate) struct TrustingPhotoReader;

#[async_trait]
impl PhotoReader for TrustingPhotoReader {
    async fn read(&self, bytes: Vec<u8>) -> Result<ReadPhoto, Unusable> {
        if bytes.is_empty() {
            return Err(Unusable::Empty);
        }
        if bytes.starts_with(b"broken") {
            return Err(Unusable::Unreadable);
        }
        Ok(ReadPhoto {
            bytes,
            width: 640,
            height: 480,
        })
    }
}

/// A photo for [`ReadingSeverityGrader`] with those severities.
pub(crate) fn photo_of(severities: [u8; 6]) -> Vec<u8> {
    let digits: String = severities.iter().map(u8::to_string).collect();
    format!("graded {digits}").into_bytes()
}

/// A photo for [`ReadingSeverityGrader`] that is refused.
pub(crate) fn photo_refused(verdict: Verdict) -> Vec<u8> {
    format!("refused {}", verdict.id()).into_bytes()
}

/// A photo that [`ReadingSeverityGrader`] never manages.
pub(crate) fn photo_that_fails() -> Vec<u8> {
    b"failing".to_vec()
}

/// Reads the grades off the photo's own bytes.
#[derive(Debug, Default)]
pub(crate) struct ReadingSeverityGrader {
    asked: AtomicUsize,
}

impl ReadingSeverityGrader {
    /// How often it was asked.
    pub(crate) fn asked(&self) -> usize {
        self.asked.load(Ordering::Relaxed)
    }
}

#[async_trait]
impl SeverityGrader for ReadingSeverityGrader {
    async fn grade(&self, photo: Vec<u8>) -> Result<GradedPhoto, GradingError> {
        self.asked.fetch_add(1, Ordering::Relaxed);
        let text = String::from_utf8(photo).expect("test photos are text");
        let Some((kind, rest)) = text.split_once(' ') else {
            return Err(GradingError::Model {
                batch: 1,
                source: "this photo always fails".into(),
            });
        };
        Ok(match kind {
            "graded" => {
                let digits: Vec<u8> = rest.bytes().map(|digit| digit - b'0').collect();
                let map = Heatmap {
                    width: 2,
                    height: 1,
                    values: vec![0, 255],
                };
                GradedPhoto {
                    judgement: judgement(digits.try_into().expect("six digits")),
                    heatmaps: Some(Heatmaps {
                        maps: std::array::from_fn(|_| map.clone()),
                        covers: [0.0, 0.0, 1.0, 1.0],
                    }),
                }
            }
            _ => GradedPhoto {
                judgement: refused(Verdict::from_id(rest).expect("a verdict")),
                heatmaps: None,
            },
        })
    }
}

/// Paints nothing, quickly.
#[derive(Debug)]
pub(crate) struct BlankCardPainter;

#[async_trait]
impl CardPainter for BlankCardPainter {
    async fn paint(&self, _request: CardRequest) -> Result<Vec<u8>, CardError> {
        Ok(b"a blank card".to_vec())
    }
}
