//! Photos that came together, and which region each photo shows.

use super::super::step::Turn;
use super::super::{
    AlbumPhoto, Button, Consultation, Effect, Found, Message, Photo, PhotoState, Slot,
};
use super::photos::Offer;
use crate::domain::scalp::{PhotoId, Region};

impl Photo {
    fn found(&self) -> Found {
        match &self.state {
            PhotoState::Waiting => Found::Waiting,
            PhotoState::Judged(judgement) => Found::Judged {
                verdict: judgement.verdict,
                is_soft: judgement.is_soft,
            },
            PhotoState::Failed => Found::Failed,
        }
    }
}

impl Consultation {
    /// Takes in as many photos as there are places and orders their grading; the others are told
    /// once and forgotten. Photos that are here already change nothing.
    pub(in super::super) fn receive_album(
        &mut self,
        turn: &mut Turn,
        photos: Vec<PhotoId>,
        region: Region,
        offer: Offer,
    ) {
        let mut taken: Vec<PhotoId> = photos
            .into_iter()
            .filter(|photo| self.photos.iter().all(|known| known.id != *photo))
            .collect();
        let beyond = taken.split_off(taken.len().min(self.places_left()));
        if let Some(first) = taken.first().copied() {
            self.photos.extend(taken.iter().map(|photo| Photo {
                id: *photo,
                region,
                state: PhotoState::Waiting,
                album: Some(first),
            }));
            self.tell_album(turn, first, offer);
        }
        if !beyond.is_empty() {
            turn.order(Effect::ForgetPhotos { photos: beyond });
            turn.say(Message::TooManyPhotos {
                limit: Self::MOST_PHOTOS,
            });
        }
        for photo in taken {
            turn.order(Effect::GradePhoto { photo });
        }
    }

    /// Tells what is known of an album, in its own place.
    pub(super) fn tell_album(&self, turn: &mut Turn, first: PhotoId, offer: Offer) {
        let photos = (1..)
            .zip(&self.photos)
            .filter(|(_, photo)| photo.album == Some(first))
            .map(|(number, photo)| AlbumPhoto {
                number,
                region: photo.region,
                found: photo.found(),
            })
            .collect();
        let then = self.after_photo(offer);
        turn.say_in(Some(Slot::Album(first)), Message::Album { photos, then });
    }

    /// Asks which region a photo shows; one that is of no use is not asked for.
    pub(in super::super) fn ask_region_of(&self, turn: &mut Turn, number: usize) {
        if let Some(photo) = self.usable(number) {
            turn.say_in(
                Some(Slot::Region(photo.id)),
                Message::AskRegionOf { number },
            );
        }
    }

    /// Notes which region a photo shows.
    pub(in super::super) fn assign(
        &mut self,
        turn: &mut Turn,
        number: usize,
        region: Region,
        offer: Offer,
    ) {
        let Some(photo) = self.usable(number) else {
            return;
        };
        let (slot, is_new) = (Slot::Region(photo.id), photo.region != region);
        self.photos[number - 1].region = region;
        if is_new {
            self.tell_photo(turn, number, offer);
        }
        turn.say_in(Some(slot), Message::RegionAssigned { number, region });
    }

    /// The photo of that number, if a button can name it and it is of use.
    fn usable(&self, number: usize) -> Option<&Photo> {
        let index = number.checked_sub(1)?;
        self.photos
            .get(index)
            .filter(|photo| number <= Button::MOST_NUMBERED && photo.found().is_usable())
    }
}
