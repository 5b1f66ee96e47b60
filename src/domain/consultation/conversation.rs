//! Where a conversation stands: what it waits for, and what was gathered so far.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::{ConsultationNumber, DailyCount, Purpose, Rated, Writings};
use crate::domain::guidance::RedFlags;
use crate::domain::scalp::{
    Answers, Choice, Grades, Judgement, PhotoId, Question, Region, Verdict,
};

/// A language that Dupi speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub enum Language {
    #[default]
    Korean,
    English,
}

impl Language {
    /// Every language, the default first.
    pub const ALL: [Self; 2] = [Self::Korean, Self::English];

    /// The BCP 47 tag.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Korean => "ko",
            Self::English => "en",
        }
    }

    /// The language of a BCP 47 tag, by its first part: `en-GB` is English.
    pub fn from_tag(tag: &str) -> Option<Self> {
        let first = tag.split(['-', '_']).next()?;
        Self::ALL
            .into_iter()
            .find(|language| language.id().eq_ignore_ascii_case(first))
    }
}

/// A consent that was given: for what, to which text, and when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Consent {
    pub purpose: Purpose,
    /// The version of the text that was shown, [`Consent::VERSION`] at the time.
    pub version: u16,
    pub given_at: Timestamp,
}

impl Consent {
    /// The version of the consent texts in `locales/`; raise it when their meaning changes.
    pub const VERSION: u16 = 2;
}

/// What became of a photo so far.
#[derive(Debug, Clone, PartialEq)]
pub enum PhotoState {
    /// Being looked at.
    Waiting,
    /// Looked at.
    Judged(Box<Judgement>),
    /// Could not be judged, for good.
    Failed,
}

/// A photo of the present consultation.
#[derive(Debug, Clone, PartialEq)]
pub struct Photo {
    pub id: PhotoId,
    pub region: Region,
    pub state: PhotoState,
    /// The first photo of those that it came with; `None` for a photo that came alone.
    pub album: Option<PhotoId>,
}

impl Photo {
    /// The grades, if the photo could be graded.
    pub fn grades(&self) -> Option<&Grades> {
        match &self.state {
            PhotoState::Judged(judgement) => judgement.grades.as_ref(),
            PhotoState::Waiting | PhotoState::Failed => None,
        }
    }

    /// The verdict, once there is one.
    pub fn verdict(&self) -> Option<Verdict> {
        match &self.state {
            PhotoState::Judged(judgement) => Some(judgement.verdict),
            PhotoState::Waiting | PhotoState::Failed => None,
        }
    }
}

/// One consultation: photos, answers, result.
#[derive(Debug, Clone, PartialEq)]
pub struct Consultation {
    pub number: ConsultationNumber,
    /// In the order of arrival; at most [`Consultation::MOST_PHOTOS`] that are not refused.
    pub photos: Vec<Photo>,
    pub answers: Answers,
    /// Those of the answers that were told before this consultation began.
    pub known: Answers,
    /// Found in the free line of the survey.
    pub red_flags: RedFlags,
    /// Found in whatever else the person wrote: they hold whichever answer is changed.
    pub heard: RedFlags,
    /// Counts how often the survey moved to a new place, or the review was opened.
    pub openings: u32,
    /// What was worded and asked after the result.
    pub writings: Writings,
}

impl Consultation {
    /// How many photos one consultation takes.
    pub const MOST_PHOTOS: usize = 4;

    /// A consultation without photos and answers.
    pub fn new(number: ConsultationNumber) -> Self {
        Self {
            number,
            photos: Vec::new(),
            answers: Answers::default(),
            known: Answers::default(),
            red_flags: RedFlags::new(),
            heard: RedFlags::new(),
            openings: 0,
            writings: Writings::default(),
        }
    }
}

/// What the conversation waits for, with what that wait needs.
#[derive(Debug, Clone, PartialEq)]
pub enum Stage {
    /// Nobody has said anything yet.
    AwaitingFirstContact,
    AwaitingLanguage,
    AwaitingAge,
    AwaitingConsent {
        purpose: Purpose,
    },
    /// Under 14 or a consent refused: general tips, and the way back.
    AwaitingChangeOfMind,
    AwaitingRegion {
        consultation: Consultation,
    },
    AwaitingPhoto {
        consultation: Consultation,
        region: Region,
    },
    /// The survey; photos may still come and be judged.
    AwaitingAnswer {
        consultation: Consultation,
        region: Region,
        question: Question,
        /// What is marked of a question of several choices, until it is taken as the answer.
        draft: BTreeSet<Choice>,
    },
    /// The survey is done, photos are still being judged.
    AwaitingGrades {
        consultation: Consultation,
        region: Region,
    },
    /// All photos are judged; the card is being drawn.
    AwaitingCard {
        consultation: Consultation,
        region: Region,
    },
    /// The result was told; what would the person like next?
    AwaitingWish {
        consultation: Consultation,
        region: Region,
    },
    /// One answer is given again after the result, or the review waits for a choice.
    AwaitingCorrection {
        consultation: Consultation,
        region: Region,
        /// `None` while the person looks at the review.
        question: Option<Question>,
        /// As in the survey; empty while the person looks at the review.
        draft: BTreeSet<Choice>,
    },
    /// A consultation was stopped before its result; would the person like to begin anew?
    AwaitingReturn {
        /// Told before the stopped consultation began.
        habits: Answers,
    },
    /// Really erase everything? `then` is where "no" leads back to.
    AwaitingEraseConfirmation {
        then: Box<Stage>,
    },
    /// Erasing was ordered: nothing is kept, nothing more is said.
    Closed,
}

impl Stage {
    /// The consultation that the person is in, or was in last.
    pub fn consultation(&self) -> Option<&Consultation> {
        match self {
            Self::AwaitingRegion { consultation }
            | Self::AwaitingPhoto { consultation, .. }
            | Self::AwaitingAnswer { consultation, .. }
            | Self::AwaitingGrades { consultation, .. }
            | Self::AwaitingCard { consultation, .. }
            | Self::AwaitingWish { consultation, .. }
            | Self::AwaitingCorrection { consultation, .. } => Some(consultation),
            Self::AwaitingEraseConfirmation { then } => then.consultation(),
            Self::AwaitingFirstContact
            | Self::AwaitingLanguage
            | Self::AwaitingAge
            | Self::AwaitingConsent { .. }
            | Self::AwaitingChangeOfMind
            | Self::AwaitingReturn { .. }
            | Self::Closed => None,
        }
    }

    /// The same, to be changed.
    pub(super) fn consultation_mut(&mut self) -> Option<&mut Consultation> {
        match self {
            Self::AwaitingRegion { consultation }
            | Self::AwaitingPhoto { consultation, .. }
            | Self::AwaitingAnswer { consultation, .. }
            | Self::AwaitingGrades { consultation, .. }
            | Self::AwaitingCard { consultation, .. }
            | Self::AwaitingWish { consultation, .. }
            | Self::AwaitingCorrection { consultation, .. } => Some(consultation),
            Self::AwaitingEraseConfirmation { then } => then.consultation_mut(),
            Self::AwaitingFirstContact
            | Self::AwaitingLanguage
            | Self::AwaitingAge
            | Self::AwaitingConsent { .. }
            | Self::AwaitingChangeOfMind
            | Self::AwaitingReturn { .. }
            | Self::Closed => None,
        }
    }
}

/// A private conversation: one person, one channel.
#[derive(Debug, Clone, PartialEq)]
pub struct Conversation {
    pub language: Language,
    /// Consents that hold now; at most one per purpose.
    pub consents: Vec<Consent>,
    /// The number of the last consultation that was begun, 0 before the first.
    pub consultations: u32,
    /// The number of the last text that may be rated, 0 before the first.
    pub texts: u32,
    /// The latest texts that may be rated, oldest first; at most [`Rated::REMEMBERED`].
    pub rateable: Vec<Rated>,
    /// The questions of the day.
    pub questions: DailyCount,
    pub stage: Stage,
}

impl Conversation {
    /// A conversation in which nothing was said.
    pub fn new(language: Language) -> Self {
        Self {
            language,
            consents: Vec::new(),
            consultations: 0,
            texts: 0,
            rateable: Vec::new(),
            questions: DailyCount::default(),
            stage: Stage::AwaitingFirstContact,
        }
    }

    /// Whether files that were sent in that consultation are still to be looked at: the person consents,
    /// and has not stopped it since.
    pub fn awaits_files_of(&self, sent_in: Option<ConsultationNumber>) -> bool {
        let present = self.stage.consultation().map(|present| present.number);
        self.has_consent(Purpose::Sensitive) && (sent_in.is_none() || sent_in == present)
    }

    /// Whether the consent for that purpose was given and holds.
    pub fn has_consent(&self, purpose: Purpose) -> bool {
        self.consents
            .iter()
            .any(|consent| consent.purpose == purpose)
    }
}
