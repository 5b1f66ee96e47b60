//! Choosing a region, and one to four photos; each is looked at as soon as it is here.

use super::super::step::Turn;
use super::super::{
    AfterPhoto, AfterTips, Button, Consultation, Effect, Event, Expected, Message, Photo,
    PhotoState, Slot, Stage,
};
use super::{result, survey};
use crate::domain::scalp::{PhotoId, Region};

pub(in super::super) fn awaiting_region(
    turn: &mut Turn,
    mut consultation: Consultation,
    event: Event,
) -> Stage {
    match event {
        Event::Pressed(Button::ShowRegion(region)) => {
            if consultation.places_left() == 0 {
                turn.say(Message::TooManyPhotos {
                    limit: Consultation::MOST_PHOTOS,
                });
                return Stage::AwaitingRegion { consultation };
            }
            turn.say(Message::AskPhoto {
                region,
                left: consultation.places_left(),
            });
            Stage::AwaitingPhoto {
                consultation,
                region,
            }
        }
        // People send first and read later: the photo counts, its region is unknown.
        Event::PhotoArrived(photo) => {
            consultation.receive(turn, photo, Region::Unknown, Offer::More);
            Stage::AwaitingPhoto {
                consultation,
                region: Region::Unknown,
            }
        }
        Event::AlbumArrived { photos, .. } => {
            consultation.receive_album(turn, photos, Region::Unknown, Offer::More);
            Stage::AwaitingPhoto {
                consultation,
                region: Region::Unknown,
            }
        }
        Event::Pressed(Button::RegionOf(number)) => {
            consultation.ask_region_of(turn, number);
            Stage::AwaitingRegion { consultation }
        }
        Event::Pressed(Button::Assign(number, region)) => {
            consultation.assign(turn, number, region, Offer::More);
            Stage::AwaitingRegion { consultation }
        }
        Event::PhotoJudged { photo, judgement } => {
            consultation.settle(turn, photo, PhotoState::Judged(judgement), Offer::More);
            Stage::AwaitingRegion { consultation }
        }
        Event::PhotoGradingFailed { photo } => {
            consultation.settle(turn, photo, PhotoState::Failed, Offer::More);
            Stage::AwaitingRegion { consultation }
        }
        Event::PhotoTurnedAway(unusable) => {
            turn.say(Message::PhotoUnusable(unusable));
            Stage::AwaitingRegion { consultation }
        }
        Event::Said(words) => {
            consultation.hear(turn, &words, Expected::Region);
            Stage::AwaitingRegion { consultation }
        }
        Event::Pressed(Button::PhotosDone) if consultation.has_usable_photo() => {
            after_photos(turn, consultation, Region::Unknown)
        }
        Event::Opened { .. }
        | Event::FilesAnnounced(_)
        | Event::Pressed(_)
        | Event::Chosen { .. }
        | Event::Marked { .. }
        | Event::Commanded(_)
        | Event::CardDrawn { .. }
        | Event::CardFailed { .. }
        | Event::ErasingFailed
        | Event::Written(_) => Stage::AwaitingRegion { consultation },
    }
}

pub(in super::super) fn awaiting_photo(
    turn: &mut Turn,
    mut consultation: Consultation,
    region: Region,
    event: Event,
) -> Stage {
    match event {
        Event::PhotoArrived(photo) => consultation.receive(turn, photo, region, Offer::More),
        Event::AlbumArrived { photos, .. } => {
            consultation.receive_album(turn, photos, region, Offer::More);
        }
        Event::Pressed(Button::RegionOf(number)) => consultation.ask_region_of(turn, number),
        Event::Pressed(Button::Assign(number, shown)) => {
            consultation.assign(turn, number, shown, Offer::More);
        }
        Event::PhotoJudged { photo, judgement } => {
            consultation.settle(turn, photo, PhotoState::Judged(judgement), Offer::More);
        }
        Event::PhotoGradingFailed { photo } => {
            consultation.settle(turn, photo, PhotoState::Failed, Offer::More);
        }
        Event::PhotoTurnedAway(unusable) => turn.say(Message::PhotoUnusable(unusable)),
        Event::Pressed(Button::PhotosDone) => {
            if consultation.has_usable_photo() {
                return after_photos(turn, consultation, region);
            }
            turn.say(Message::NotUnderstood(Expected::Photo));
        }
        // A new consultation has hardly begun here; it goes on with the question that begins one.
        Event::Pressed(Button::ChangeRegion | Button::NewConsultation) => {
            turn.say(Message::AskRegion);
            return Stage::AwaitingRegion { consultation };
        }
        Event::Pressed(Button::ShowRegion(newer)) if newer != region => {
            turn.say(Message::AskPhoto {
                region: newer,
                left: consultation.places_left(),
            });
            return Stage::AwaitingPhoto {
                consultation,
                region: newer,
            };
        }
        Event::Pressed(Button::Tips) => {
            result::give_tips(turn, AfterTips::OfferConsultation);
            turn.say(Message::AskPhoto {
                region,
                left: consultation.places_left(),
            });
        }
        Event::Said(words) => {
            consultation.hear(turn, &words, Expected::Photo);
        }
        Event::Opened { .. }
        | Event::FilesAnnounced(_)
        | Event::Pressed(_)
        | Event::Chosen { .. }
        | Event::Marked { .. }
        | Event::Commanded(_)
        | Event::CardDrawn { .. }
        | Event::CardFailed { .. }
        | Event::ErasingFailed
        | Event::Written(_) => {}
    }
    Stage::AwaitingPhoto {
        consultation,
        region,
    }
}

/// On to the first question without an answer, or to the result where there is none.
pub(in super::super) fn after_photos(
    turn: &mut Turn,
    consultation: Consultation,
    region: Region,
) -> Stage {
    match consultation.answers.first_open() {
        Some(question) => survey::begin(turn, consultation, region, question),
        None => result::conclude(turn, consultation, region),
    }
}

/// Whether a message about a photo invites more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum Offer {
    More,
    Nothing,
}

impl Consultation {
    /// How many more photos are taken; refused and failed ones do not count.
    pub fn places_left(&self) -> usize {
        Self::MOST_PHOTOS.saturating_sub(self.usable_photos().count())
    }

    /// Whether there is a photo that is, or may yet be, of use.
    pub fn has_usable_photo(&self) -> bool {
        self.usable_photos().next().is_some()
    }

    /// Whether some photo is still being looked at.
    pub fn is_grading(&self) -> bool {
        self.photos
            .iter()
            .any(|photo| photo.state == PhotoState::Waiting)
    }

    fn usable_photos(&self) -> impl Iterator<Item = &Photo> {
        self.photos.iter().filter(|photo| match &photo.state {
            PhotoState::Waiting => true,
            PhotoState::Judged(judgement) => judgement.verdict.is_usable(),
            PhotoState::Failed => false,
        })
    }

    /// Takes a photo in and orders its grading. A photo that is here already changes nothing.
    pub(in super::super) fn receive(
        &mut self,
        turn: &mut Turn,
        photo: PhotoId,
        region: Region,
        offer: Offer,
    ) {
        if self.photos.iter().any(|known| known.id == photo) {
            return;
        }
        if self.places_left() == 0 {
            turn.order(Effect::ForgetPhotos {
                photos: vec![photo],
            });
            turn.say(Message::TooManyPhotos {
                limit: Self::MOST_PHOTOS,
            });
            return;
        }
        self.photos.push(Photo {
            id: photo,
            region,
            state: PhotoState::Waiting,
            album: None,
        });
        self.tell_photo(turn, self.photos.len(), offer);
        turn.order(Effect::GradePhoto { photo });
    }

    /// Keeps what was found of a photo and tells it, once. Photos that are of no more use are
    /// forgotten at once; a graded one is needed for the card.
    pub(in super::super) fn settle(
        &mut self,
        turn: &mut Turn,
        photo: PhotoId,
        found: PhotoState,
        offer: Offer,
    ) {
        let waiting = self
            .photos
            .iter()
            .position(|known| known.id == photo && known.state == PhotoState::Waiting);
        let Some(index) = waiting else {
            if !self.photos.iter().any(|known| known.id == photo) {
                // Of an earlier consultation: nobody waits for it any more.
                turn.order(Effect::ForgetPhotos {
                    photos: vec![photo],
                });
            }
            return;
        };
        self.photos[index].state = found;
        self.tell_photo(turn, index + 1, offer);
        if self.photos[index].grades().is_none() {
            turn.order(Effect::ForgetPhotos {
                photos: vec![photo],
            });
        }
    }

    /// Tells what is known of the photo of that number, in its own place or its album's.
    pub(in super::super) fn tell_photo(&self, turn: &mut Turn, number: usize, offer: Offer) {
        let Some(photo) = number
            .checked_sub(1)
            .and_then(|index| self.photos.get(index))
        else {
            return;
        };
        if let Some(first) = photo.album {
            self.tell_album(turn, first, offer);
            return;
        }
        let then = self.after_photo(offer);
        let is_region_open = photo.region == Region::Unknown && number <= Button::MOST_NUMBERED;
        let message = match &photo.state {
            PhotoState::Waiting => Message::PhotoReceived {
                number,
                is_region_open,
                then,
            },
            PhotoState::Judged(judgement) => Message::PhotoJudged {
                number,
                verdict: judgement.verdict,
                is_soft: judgement.is_soft,
                is_region_open: is_region_open && judgement.verdict.is_usable(),
                then,
            },
            PhotoState::Failed => Message::PhotoFailed { number, then },
        };
        turn.say_in(Some(Slot::Photo(photo.id)), message);
    }

    pub(super) fn after_photo(&self, offer: Offer) -> AfterPhoto {
        match offer {
            Offer::More => AfterPhoto::OfferMore {
                left: self.places_left(),
                can_go_on: self.has_usable_photo(),
            },
            Offer::Nothing => AfterPhoto::Nothing,
        }
    }
}
