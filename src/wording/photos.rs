//! The words about photos: what was found of them, and why a file was turned away.

use super::messages::Speaker;
use super::phrases::Argument::{Number, Text as Words};
use crate::domain::consultation::{AfterPhoto, AlbumPhoto, Found, Unusable};
use crate::domain::scalp::{Region, Verdict};

impl Speaker<'_> {
    pub(super) fn photo_judged(
        &self,
        number: usize,
        verdict: Verdict,
        is_soft: bool,
        then: AfterPhoto,
    ) -> Vec<String> {
        let key = format!("photo-{}", verdict.id().replace('_', "-"));
        let mut paragraphs = vec![self.say_with(&key, &[("number", Number(number))])];
        if is_soft && verdict == Verdict::Graded {
            paragraphs.push(self.say("photo-soft"));
        }
        paragraphs.extend(self.offer(then));
        paragraphs
    }

    pub(super) fn unusable(&self, unusable: Unusable) -> String {
        let number = |number: u32| Number(usize::try_from(number).unwrap_or(usize::MAX));
        match unusable {
            Unusable::ConsentMissing => self.say("unusable-consent-missing"),
            Unusable::Unreadable => self.say("unusable-unreadable"),
            Unusable::Empty => self.say("unusable-empty"),
            Unusable::Heic => self.say("unusable-heic"),
            Unusable::TooManyBytes { limit_megabytes } => self.say_with(
                "unusable-too-many-bytes",
                &[("limit", number(limit_megabytes))],
            ),
            Unusable::TooManyPixels { limit_megapixels } => self.say_with(
                "unusable-too-many-pixels",
                &[("limit", number(limit_megapixels))],
            ),
            Unusable::TooSmall { needed_pixels } => {
                self.say_with("unusable-too-small", &[("needed", number(needed_pixels))])
            }
            Unusable::NotStored => self.say("unusable-not-stored"),
        }
    }

    /// The photos that came together: how far they are, a line for each, and what comes next.
    pub(super) fn album(&self, photos: &[AlbumPhoto], then: AfterPhoto) -> Vec<String> {
        let is_waiting = photos.iter().any(|photo| photo.found == Found::Waiting);
        let key = if is_waiting {
            "album-received"
        } else {
            "album-judged"
        };
        let lines: Vec<String> = photos.iter().map(|photo| self.album_line(*photo)).collect();
        let mut paragraphs = vec![
            self.say_with(key, &[("count", Number(photos.len()))]),
            lines.join("\n"),
        ];
        if !is_waiting {
            paragraphs.extend(self.offer(then));
        }
        paragraphs
    }

    fn album_line(&self, photo: AlbumPhoto) -> String {
        let found = match photo.found {
            Found::Waiting => self.say("album-photo-waiting"),
            Found::Judged {
                verdict: Verdict::Graded,
                is_soft: true,
            } => self.say("album-photo-soft"),
            Found::Judged { verdict, .. } => {
                self.say(&format!("album-photo-{}", verdict.id().replace('_', "-")))
            }
            Found::Failed => self.say("album-photo-failed"),
        };
        let (number, found) = (("number", Number(photo.number)), ("found", Words(&found)));
        if photo.region == Region::Unknown {
            return self.say_with("album-line-without-region", &[number, found]);
        }
        let region = self.region(photo.region);
        self.say_with("album-line", &[number, ("region", Words(&region)), found])
    }

    /// The label of a region.
    pub(super) fn region(&self, region: Region) -> String {
        self.say(&format!("region-{}", region.id()))
    }

    /// More photos, or on with the survey.
    fn offer(&self, then: AfterPhoto) -> Option<String> {
        let (key, left) = match then {
            AfterPhoto::OfferMore {
                left: 0,
                can_go_on: true,
            } => ("photos-complete", 0),
            AfterPhoto::OfferMore {
                left,
                can_go_on: true,
            } => ("photo-more", left),
            AfterPhoto::OfferMore {
                can_go_on: false, ..
            }
            | AfterPhoto::Nothing => return None,
        };
        Some(self.say_with(key, &[("left", Number(left))]))
    }
}
