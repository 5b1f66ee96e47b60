//! From the last answer to the result, and what may be wished then.

use super::super::step::Turn;
use super::super::{
    AfterTips, Button, Card, Consultation, Effect, Event, Expected, Message, PhotoState,
    ResultSummary, Slot, Stage,
};
use super::photos::Offer;
use super::{survey, writing};
use crate::domain::guidance::{AdviceBrief, advise};
use crate::domain::scalp::{
    Answers, Grades, Judgement, PhotoId, Region, ScalpType, Severity, Verdict,
};

/// The survey is done: waits for photos that are still being looked at, draws the card, or says
/// that nothing could be used.
pub(in super::super) fn conclude(
    turn: &mut Turn,
    mut consultation: Consultation,
    region: Region,
) -> Stage {
    if consultation.is_grading() {
        prepare(turn, &consultation);
        return Stage::AwaitingGrades {
            consultation,
            region,
        };
    }
    if let Some((summary, photo)) = consultation.summary() {
        prepare(turn, &consultation);
        turn.order(Effect::DrawCard {
            summary: Box::new(summary),
            photo,
            language: turn.language,
        });
        return Stage::AwaitingCard {
            consultation,
            region,
        };
    }
    if consultation.has_usable_photo() {
        writing::tell_guidance(turn, &mut consultation);
        return Stage::AwaitingWish {
            consultation,
            region,
        };
    }
    turn.say(Message::NoUsablePhoto);
    Stage::AwaitingPhoto {
        consultation,
        region,
    }
}

pub(in super::super) fn awaiting_grades(
    turn: &mut Turn,
    mut consultation: Consultation,
    region: Region,
    event: Event,
) -> Stage {
    match event {
        Event::PhotoJudged { photo, judgement } => {
            consultation.settle(turn, photo, PhotoState::Judged(judgement), Offer::Nothing);
        }
        Event::PhotoGradingFailed { photo } => {
            consultation.settle(turn, photo, PhotoState::Failed, Offer::Nothing);
        }
        // The card is not being drawn yet: it will tell the region.
        Event::Pressed(Button::RegionOf(number)) => {
            consultation.ask_region_of(turn, number);
            return Stage::AwaitingGrades {
                consultation,
                region,
            };
        }
        Event::Pressed(Button::Assign(number, shown)) => {
            consultation.assign(turn, number, shown, Offer::Nothing);
            return Stage::AwaitingGrades {
                consultation,
                region,
            };
        }
        other => {
            while_preparing(turn, &mut consultation, region, other);
            return Stage::AwaitingGrades {
                consultation,
                region,
            };
        }
    }
    if consultation.is_grading() {
        Stage::AwaitingGrades {
            consultation,
            region,
        }
    } else {
        conclude(turn, consultation, region)
    }
}

pub(in super::super) fn awaiting_card(
    turn: &mut Turn,
    mut consultation: Consultation,
    region: Region,
    event: Event,
) -> Stage {
    let current = (consultation.number, consultation.graded().count());
    match event {
        Event::CardDrawn {
            consultation: number,
            spots,
        } if (number, spots) == current => finish(
            turn,
            consultation,
            region,
            Some(Card {
                consultation: number,
            }),
        ),
        Event::CardFailed {
            consultation: number,
            spots,
        } if (number, spots) == current => finish(turn, consultation, region, None),
        Event::PhotoJudged { photo, judgement } => {
            consultation.settle(turn, photo, PhotoState::Judged(judgement), Offer::Nothing);
            Stage::AwaitingCard {
                consultation,
                region,
            }
        }
        Event::PhotoGradingFailed { photo } => {
            consultation.settle(turn, photo, PhotoState::Failed, Offer::Nothing);
            Stage::AwaitingCard {
                consultation,
                region,
            }
        }
        other => {
            while_preparing(turn, &mut consultation, region, other);
            if consultation.is_grading() {
                // One more spot: its card will follow, and the one under way is passed over.
                Stage::AwaitingGrades {
                    consultation,
                    region,
                }
            } else {
                Stage::AwaitingCard {
                    consultation,
                    region,
                }
            }
        }
    }
}

pub(in super::super) fn awaiting_wish(
    turn: &mut Turn,
    mut consultation: Consultation,
    region: Region,
    event: Event,
) -> Stage {
    match event {
        Event::Pressed(Button::NewConsultation) => {
            writing::leave(turn, &mut consultation);
            return begin_anew(turn, consultation.answers.habits());
        }
        // A new photo needs no button: it begins the next consultation at the same place.
        Event::PhotoArrived(photo) => {
            writing::leave(turn, &mut consultation);
            let mut next = turn.next_consultation(consultation.answers.habits());
            next.receive(turn, photo, region, Offer::More);
            return Stage::AwaitingPhoto {
                consultation: next,
                region,
            };
        }
        Event::AlbumArrived { photos, .. } => {
            writing::leave(turn, &mut consultation);
            let mut next = turn.next_consultation(consultation.answers.habits());
            next.receive_album(turn, photos, region, Offer::More);
            return Stage::AwaitingPhoto {
                consultation: next,
                region,
            };
        }
        Event::Pressed(Button::ReviewAnswers) => {
            consultation.openings += 1;
            return survey::correct(turn, consultation, region, None);
        }
        Event::Pressed(Button::Correct(question)) => {
            consultation.openings += 1;
            return survey::correct(turn, consultation, region, Some(question));
        }
        Event::Pressed(Button::Tips) => give_tips(turn, AfterTips::OfferConsultation),
        Event::PhotoTurnedAway(unusable) => turn.say(Message::PhotoUnusable(unusable)),
        Event::Pressed(Button::AskQuestion) => turn.say(Message::InviteQuestion),
        Event::Said(words) => writing::ask(turn, &mut consultation, &words),
        Event::PhotoJudged { photo, judgement } => {
            consultation.settle(turn, photo, PhotoState::Judged(judgement), Offer::Nothing);
        }
        Event::PhotoGradingFailed { photo } => {
            consultation.settle(turn, photo, PhotoState::Failed, Offer::Nothing);
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
    Stage::AwaitingWish {
        consultation,
        region,
    }
}

/// A consultation was stopped; nothing of it is left.
pub(in super::super) fn awaiting_return(turn: &mut Turn, habits: Answers, event: Event) -> Stage {
    match event {
        Event::Pressed(Button::NewConsultation) => return begin_anew(turn, habits),
        Event::PhotoArrived(photo) => {
            let mut next = turn.next_consultation(habits);
            next.receive(turn, photo, Region::Unknown, Offer::More);
            return Stage::AwaitingPhoto {
                consultation: next,
                region: Region::Unknown,
            };
        }
        Event::AlbumArrived { photos, .. } => {
            let mut next = turn.next_consultation(habits);
            next.receive_album(turn, photos, Region::Unknown, Offer::More);
            return Stage::AwaitingPhoto {
                consultation: next,
                region: Region::Unknown,
            };
        }
        Event::Pressed(Button::Tips) => give_tips(turn, AfterTips::OfferNewConsultation),
        Event::PhotoTurnedAway(unusable) => turn.say(Message::PhotoUnusable(unusable)),
        Event::Said(words) => turn.answer_words(&words, Expected::Button),
        Event::PhotoJudged { photo, .. } | Event::PhotoGradingFailed { photo } => {
            turn.order(Effect::ForgetPhotos {
                photos: vec![photo],
            });
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
    Stage::AwaitingReturn { habits }
}

/// The next consultation, from its first question.
pub(in super::super) fn begin_anew(turn: &mut Turn, habits: Answers) -> Stage {
    turn.say(Message::PhotoGuide);
    Stage::AwaitingRegion {
        consultation: turn.next_consultation(habits),
    }
}

/// What may happen while the result is being prepared, besides the outcomes.
fn while_preparing(turn: &mut Turn, consultation: &mut Consultation, region: Region, event: Event) {
    match event {
        Event::PhotoArrived(photo) => consultation.receive(turn, photo, region, Offer::Nothing),
        Event::AlbumArrived { photos, .. } => {
            consultation.receive_album(turn, photos, region, Offer::Nothing);
        }
        Event::PhotoTurnedAway(unusable) => turn.say(Message::PhotoUnusable(unusable)),
        Event::Said(words) => {
            consultation.hear(turn, &words, Expected::Patience);
        }
        Event::Opened { .. }
        | Event::FilesAnnounced(_)
        | Event::Pressed(_)
        | Event::Chosen { .. }
        | Event::Marked { .. }
        | Event::Commanded(_)
        | Event::PhotoJudged { .. }
        | Event::PhotoGradingFailed { .. }
        | Event::CardDrawn { .. }
        | Event::CardFailed { .. }
        | Event::ErasingFailed
        | Event::Written(_) => {}
    }
}

/// Says that the result is on its way.
pub(in super::super) fn prepare(turn: &mut Turn, consultation: &Consultation) {
    turn.say_in(
        Some(Slot::Result(consultation.number)),
        Message::PreparingResult,
    );
}

fn finish(
    turn: &mut Turn,
    mut consultation: Consultation,
    region: Region,
    card: Option<Card>,
) -> Stage {
    tell(turn, &mut consultation, card);
    turn.order(Effect::ForgetPhotos {
        photos: consultation.graded().map(|(id, ..)| id).collect(),
    });
    Stage::AwaitingWish {
        consultation,
        region,
    }
}

/// Tells the result, if there is one, and the guidance.
fn tell(turn: &mut Turn, consultation: &mut Consultation, card: Option<Card>) {
    if let Some((summary, _)) = consultation.summary() {
        turn.say_in(
            Some(Slot::Result(consultation.number)),
            Message::Result { summary, card },
        );
    }
    writing::tell_guidance(turn, consultation);
}

/// Tells the guidance once more, after an answer was changed.
pub(in super::super) fn tell_again(
    turn: &mut Turn,
    mut consultation: Consultation,
    region: Region,
) -> Stage {
    writing::leave(turn, &mut consultation);
    writing::outdate_advice(&mut consultation);
    writing::tell_guidance(turn, &mut consultation);
    Stage::AwaitingWish {
        consultation,
        region,
    }
}

/// General tips for somebody who has consented.
pub(in super::super) fn give_tips(turn: &mut Turn, then: AfterTips) {
    turn.say(Message::GeneralTips { then });
}

impl Consultation {
    /// What is told to the person, and all that a text for them may rest on.
    pub(in super::super) fn brief(&self) -> AdviceBrief {
        let summary = self.summary().map(|(summary, _)| summary);
        let guidance = advise(
            summary.as_ref().map(|summary| &summary.grades),
            &self.answers,
            &self.red_flags.union(&self.heard).copied().collect(),
            summary
                .as_ref()
                .is_some_and(|summary| summary.model.is_demonstration),
        );
        AdviceBrief {
            guidance,
            grades: summary.map(|summary| summary.grades),
            answers: self.answers.clone(),
        }
    }

    /// The graded photos.
    fn graded(&self) -> impl Iterator<Item = (PhotoId, Region, &Judgement, &Grades)> {
        self.photos.iter().filter_map(|photo| match &photo.state {
            PhotoState::Judged(judgement) => judgement
                .grades
                .as_ref()
                .filter(|_| judgement.verdict == Verdict::Graded)
                .map(|grades| (photo.id, photo.region, judgement.as_ref(), grades)),
            PhotoState::Waiting | PhotoState::Failed => None,
        })
    }

    /// The result over all graded photos, and the photo that shows the most.
    fn summary(&self) -> Option<(ResultSummary, PhotoId)> {
        let spots: Vec<Grades> = self.graded().map(|(.., grades)| grades.clone()).collect();
        let grades = Grades::worst_supported(&spots)?;
        let (photo, _, judgement, _) = self
            .graded()
            .max_by_key(|(.., grades)| (grades.worst(), total(grades)))?;
        let mut regions: Vec<Region> = self.graded().map(|(_, region, ..)| region).collect();
        regions.sort_unstable();
        regions.dedup();
        let summary = ResultSummary {
            consultation: self.number,
            scalp_type: ScalpType::of(&grades),
            grades,
            regions,
            spots: spots.len(),
            model: judgement.model.clone(),
        };
        Some((summary, photo))
    }
}

fn total(grades: &Grades) -> u32 {
    grades
        .iter()
        .map(|(_, grade)| u32::from(Severity::number(grade.severity)))
        .sum()
}
