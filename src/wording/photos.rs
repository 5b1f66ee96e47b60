//! The words about photos: what was found of them, and why a file was turned away.

use super::messages::Speaker;
use super::phrases::Argument::Number;
use crate::domain::consultation::{AfterPhoto, Unusable};
use crate::domain::scalp::Verdict;

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
        if let AfterPhoto::OfferMore { left, can_go_on } = then {
            let offer = match (can_go_on, left) {
                (true, 0) => Some("photos-complete"),
                (true, _) => Some("photo-more"),
                (false, _) => None,
            };
            paragraphs.extend(offer.map(|offer| self.say_with(offer, &[("left", Number(left))])));
        }
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
}
