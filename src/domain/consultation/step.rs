//! One step: an event meets a stage, and a new stage and orders come out.

use jiff::Timestamp;

use super::stages::{arrival, commands, erasing, photos, result, survey, withdrawal, writing};
use super::{
    Button, Consent, Consultation, ConsultationNumber, Conversation, DailyCount, Effect, Event,
    Expected, Language, Message, Purpose, Rated, RatingMark, SentFile, Slot, Stage, Unusable,
    Words,
};
use crate::domain::scalp::{Answers, PhotoId};

/// What comes out of a step.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    pub conversation: Conversation,
    /// In the order in which they are to be stored.
    pub effects: Vec<Effect>,
}

impl Conversation {
    /// Moves the conversation by one event. Every stage answers every event; what is late, doubled
    /// or out of place changes nothing or gets a kind word.
    pub fn step(self, event: Event, now: Timestamp) -> Step {
        let mut turn = Turn {
            language: self.language,
            consents: self.consents,
            consultations: self.consultations,
            texts: self.texts,
            rateable: self.rateable,
            questions: self.questions,
            now,
            effects: Vec::new(),
        };
        let stage = turn.take(self.stage, event);
        Step {
            conversation: Conversation {
                language: turn.language,
                consents: turn.consents,
                consultations: turn.consultations,
                texts: turn.texts,
                rateable: turn.rateable,
                questions: turn.questions,
                stage,
            },
            effects: turn.effects,
        }
    }
}

/// A step under way: what holds for the whole conversation, and the orders so far.
#[derive(Debug)]
pub(super) struct Turn {
    pub(super) language: Language,
    consents: Vec<Consent>,
    consultations: u32,
    texts: u32,
    rateable: Vec<Rated>,
    questions: DailyCount,
    now: Timestamp,
    effects: Vec<Effect>,
}

impl Turn {
    /// The stage after the event. Language, erasing and commands mean the same everywhere.
    pub(super) fn take(&mut self, mut stage: Stage, event: Event) -> Stage {
        let is_open = !matches!(stage, Stage::AwaitingFirstContact | Stage::Closed);
        match event {
            Event::Pressed(Button::Speak(language))
                if is_open && stage != Stage::AwaitingLanguage =>
            {
                if self.language != language {
                    self.language = language;
                    writing::translate(self, &mut stage);
                }
                self.ask_again(&mut stage);
                stage
            }
            Event::Pressed(Button::Erase)
                if is_open && !matches!(stage, Stage::AwaitingEraseConfirmation { .. }) =>
            {
                self.say(Message::AskErase);
                Stage::AwaitingEraseConfirmation {
                    then: Box::new(stage),
                }
            }
            Event::Opened { .. } if is_open => self.ask_anew(stage),
            Event::Commanded(command) if is_open => commands::obey(self, stage, command),
            Event::Pressed(Button::Withdraw(purpose)) if is_open => {
                withdrawal::withdraw(self, stage, purpose)
            }
            // Of a consultation that was stopped or withdrawn while its card was drawn.
            Event::CardDrawn { consultation, .. }
                if is_open
                    && stage.consultation().map(|present| present.number) != Some(consultation) =>
            {
                self.order(Effect::ForgetCards {
                    consultations: vec![consultation],
                });
                stage
            }
            Event::Pressed(Button::Rate(helpful, mark)) if is_open => {
                writing::rate(self, helpful, mark);
                stage
            }
            Event::Written(written) => writing::settle(self, stage, written),
            Event::FilesAnnounced(files) => self.fetch(stage, files),
            Event::AlbumArrived {
                photos,
                turned_away,
            } => self.take_album(stage, photos, turned_away),
            event => self.meet(stage, event),
        }
    }

    /// Has files fetched. Without the consent to look at them they stay where they are.
    fn fetch(&mut self, stage: Stage, mut files: Vec<SentFile>) -> Stage {
        let may_look = self
            .consents
            .iter()
            .any(|consent| consent.purpose == Purpose::Sensitive);
        if may_look && stage != Stage::Closed {
            let sent_in = stage.consultation().map(|consultation| consultation.number);
            // More than one consultation takes are not even fetched.
            let are_too_many = files.len() > Consultation::MOST_PHOTOS;
            files.truncate(Consultation::MOST_PHOTOS);
            self.order(Effect::FetchPhotos { files, sent_in });
            if are_too_many {
                self.say(Message::TooManyPhotos {
                    limit: Consultation::MOST_PHOTOS,
                });
            }
            stage
        } else {
            self.take(stage, Event::PhotoTurnedAway(Unusable::ConsentMissing))
        }
    }

    /// The photos of an album, and then what was turned away, each reason once.
    fn take_album(
        &mut self,
        stage: Stage,
        photos: Vec<PhotoId>,
        turned_away: Vec<Unusable>,
    ) -> Stage {
        let mut reasons: Vec<Unusable> = Vec::new();
        for reason in turned_away {
            if !reasons.contains(&reason) {
                reasons.push(reason);
            }
        }
        let stage = match photos[..] {
            [] => stage,
            [photo] => self.meet(stage, Event::PhotoArrived(photo)),
            [..] => {
                let turned_away = Vec::new();
                self.meet(
                    stage,
                    Event::AlbumArrived {
                        photos,
                        turned_away,
                    },
                )
            }
        };
        reasons.into_iter().fold(stage, |stage, reason| {
            self.take(stage, Event::PhotoTurnedAway(reason))
        })
    }

    fn meet(&mut self, stage: Stage, event: Event) -> Stage {
        match stage {
            Stage::AwaitingFirstContact => arrival::awaiting_first_contact(self, event),
            Stage::AwaitingLanguage => arrival::awaiting_language(self, event),
            Stage::AwaitingAge => arrival::awaiting_age(self, event),
            Stage::AwaitingConsent { purpose } => arrival::awaiting_consent(self, purpose, event),
            Stage::AwaitingChangeOfMind => arrival::awaiting_change_of_mind(self, event),
            Stage::AwaitingRegion { consultation } => {
                photos::awaiting_region(self, consultation, event)
            }
            Stage::AwaitingPhoto {
                consultation,
                region,
            } => photos::awaiting_photo(self, consultation, region, event),
            Stage::AwaitingAnswer {
                consultation,
                region,
                question,
                draft,
            } => {
                let asked = survey::Asked { question, draft };
                survey::awaiting_answer(self, consultation, region, asked, event)
            }
            Stage::AwaitingGrades {
                consultation,
                region,
            } => result::awaiting_grades(self, consultation, region, event),
            Stage::AwaitingCard {
                consultation,
                region,
            } => result::awaiting_card(self, consultation, region, event),
            Stage::AwaitingWish {
                consultation,
                region,
            } => result::awaiting_wish(self, consultation, region, event),
            Stage::AwaitingCorrection {
                consultation,
                region,
                question,
                draft,
            } => {
                let asked = question.map(|question| survey::Asked { question, draft });
                survey::awaiting_correction(self, consultation, region, asked, event)
            }
            Stage::AwaitingReturn { habits } => result::awaiting_return(self, habits, event),
            Stage::AwaitingEraseConfirmation { then } => {
                erasing::awaiting_erase_confirmation(self, *then, event)
            }
            Stage::Closed => erasing::closed(self, event),
        }
    }

    /// Says something after everything that was said before.
    pub(super) fn say(&mut self, message: Message) {
        self.say_in(None, message);
    }

    /// Says something in place of what stood in the slot.
    pub(super) fn say_in(&mut self, slot: Option<Slot>, message: Message) {
        self.effects.push(Effect::Send {
            message: Box::new(message),
            language: self.language,
            slot,
        });
    }

    pub(super) fn order(&mut self, effect: Effect) {
        self.effects.push(effect);
    }

    /// Answers words where a press or a photo is waited for: what is dangerous first.
    pub(super) fn answer_words(&mut self, words: &Words, expected: Expected) {
        if words.red_flags.is_empty() {
            self.say(Message::NotUnderstood(expected));
        } else {
            self.warn(words);
        }
    }

    /// Tells at once what red flags in a person's words ask for.
    pub(super) fn warn(&mut self, words: &Words) {
        if !words.red_flags.is_empty() {
            self.say(Message::RedFlagNotice {
                red_flags: words.red_flags.clone(),
            });
        }
    }

    pub(super) fn keep_consent(&mut self, purpose: Purpose) {
        self.consents.retain(|consent| consent.purpose != purpose);
        self.consents.push(Consent {
            purpose,
            version: Consent::VERSION,
            given_at: self.now,
        });
    }

    /// The consents that hold now.
    pub(super) fn consents(&self) -> &[Consent] {
        &self.consents
    }

    /// Ends the consent for that purpose and for those that rest on it; whether it held.
    pub(super) fn withdraw_consent(&mut self, purpose: Purpose) -> bool {
        let held = self.consents.len();
        match purpose {
            Purpose::Basic => self.consents.clear(),
            Purpose::Sensitive => self
                .consents
                .retain(|consent| consent.purpose != Purpose::Sensitive),
        }
        self.consents.len() < held
    }

    /// Every consultation that was begun, in order.
    pub(super) fn every_consultation(&self) -> Vec<ConsultationNumber> {
        (1..=self.consultations).map(ConsultationNumber).collect()
    }

    pub(super) fn withdraw_all_consents(&mut self) {
        self.consents.clear();
    }

    /// The number of the next text that may be rated.
    pub(super) const fn next_text(&mut self) -> u32 {
        self.texts += 1;
        self.texts
    }

    /// The texts that may be rated.
    pub(super) const fn rateables(&mut self) -> &mut Vec<Rated> {
        &mut self.rateable
    }

    /// The text that bears that mark, if it is remembered.
    pub(super) fn rated(&self, mark: RatingMark) -> Option<Rated> {
        let mut latest_first = self.rateable.iter().rev();
        latest_first.find(|rated| rated.mark() == mark).cloned()
    }

    /// Whether the person may ask one more question today.
    pub(super) fn may_ask(&self) -> bool {
        self.questions.has_room(self.now)
    }

    /// Counts a question, and numbers its answer.
    pub(super) fn count_question(&mut self) -> u32 {
        self.questions = self.questions.one_more(self.now);
        self.next_text()
    }

    /// Begins the next consultation; habits told before still hold, signs and words do not.
    pub(super) fn next_consultation(&mut self, habits: Answers) -> Consultation {
        self.consultations += 1;
        Consultation {
            known: habits.clone(),
            answers: habits,
            ..Consultation::new(ConsultationNumber(self.consultations))
        }
    }

    /// Says what the stage waits for after everything that was said before, where it is seen.
    pub(super) fn ask_anew(&mut self, mut stage: Stage) -> Stage {
        match &mut stage {
            Stage::AwaitingAnswer { consultation, .. }
            | Stage::AwaitingCorrection { consultation, .. } => consultation.openings += 1,
            // The result will come to its own place.
            Stage::AwaitingGrades { .. } | Stage::AwaitingCard { .. } => {
                self.say(Message::NotUnderstood(Expected::Patience));
                return stage;
            }
            Stage::AwaitingFirstContact
            | Stage::AwaitingLanguage
            | Stage::AwaitingAge
            | Stage::AwaitingConsent { .. }
            | Stage::AwaitingChangeOfMind
            | Stage::AwaitingRegion { .. }
            | Stage::AwaitingPhoto { .. }
            | Stage::AwaitingWish { .. }
            | Stage::AwaitingReturn { .. }
            | Stage::AwaitingEraseConfirmation { .. }
            | Stage::Closed => {}
        }
        self.ask_again(&mut stage);
        stage
    }

    /// Says again what the stage waits for.
    pub(super) fn ask_again(&mut self, stage: &mut Stage) {
        match stage {
            Stage::AwaitingFirstContact | Stage::Closed => {}
            Stage::AwaitingLanguage => self.say(Message::Hello),
            Stage::AwaitingAge => self.say(Message::AskAge),
            Stage::AwaitingConsent { purpose } => self.say(Message::AskConsent(*purpose)),
            Stage::AwaitingChangeOfMind => self.say(Message::ConsentRefused(Purpose::Basic)),
            Stage::AwaitingRegion { consultation } if consultation.photos.is_empty() => {
                self.say(Message::PhotoGuide);
            }
            Stage::AwaitingRegion { .. } => self.say(Message::AskRegion),
            Stage::AwaitingPhoto {
                consultation,
                region,
            } => self.say(Message::AskPhoto {
                region: *region,
                left: consultation.places_left(),
            }),
            Stage::AwaitingAnswer {
                consultation,
                question,
                draft,
                ..
            } => survey::ask(self, consultation, *question, draft),
            Stage::AwaitingGrades { consultation, .. }
            | Stage::AwaitingCard { consultation, .. } => result::prepare(self, consultation),
            // The result stands where it is, with its card.
            Stage::AwaitingWish { consultation, .. } => writing::tell_guidance(self, consultation),
            Stage::AwaitingCorrection {
                consultation,
                question: Some(question),
                draft,
                ..
            } => survey::ask_correction(self, consultation, *question, draft),
            Stage::AwaitingCorrection {
                consultation,
                question: None,
                ..
            } => survey::review(self, consultation),
            Stage::AwaitingReturn { .. } => self.say(Message::ConsultationCancelled),
            Stage::AwaitingEraseConfirmation { .. } => self.say(Message::AskErase),
        }
    }
}
