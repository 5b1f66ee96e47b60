//! What is said to a person, without a single sentence: `crate::wording` finds the words.

use super::{Consent, Purpose, RatingMark};
use crate::domain::guidance::{Guidance, PassageId, RedFlags, WordedAdvice};
use crate::domain::scalp::{Answers, Grades, ModelIdentity, Question, Region, ScalpType, Verdict};

/// Counts the consultations of one conversation from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ConsultationNumber(pub u32);

/// Why a file was turned away at the door, before it became a photo.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Unusable {
    /// It came before the consent to look at it, and was not looked at.
    ConsentMissing,
    /// No picture format that we read, or a broken file.
    Unreadable,
    Empty,
    /// HEIC/HEIF: please send it as JPEG.
    Heic,
    /// More bytes than we take.
    TooManyBytes {
        limit_megabytes: u32,
    },
    /// More pixels than we decode.
    TooManyPixels {
        limit_megapixels: u32,
    },
    /// Fewer pixels on the shorter side than can be judged.
    TooSmall {
        needed_pixels: u32,
    },
    /// It could not be stored at the moment; nothing is wrong with it.
    NotStored,
}

/// A result in words; the card shows the same.
#[derive(Debug, Clone, PartialEq)]
pub struct ResultSummary {
    pub consultation: ConsultationNumber,
    /// The worst well-supported opinion over all graded photos.
    pub grades: Grades,
    pub scalp_type: ScalpType,
    /// The regions of the graded photos, without repeats.
    pub regions: Vec<Region>,
    /// How many photos were graded.
    pub spots: usize,
    pub model: ModelIdentity,
}

/// One thing said to a person.
#[derive(Debug, Clone, PartialEq)]
pub enum Message {
    /// What Dupi does and does not do, in both languages, with the choice of one.
    Hello,
    AskAge,
    /// Purpose, items, retention, and what refusing means.
    AskConsent(Purpose),
    /// Under 14: only with a guardian; general tips.
    TooYoung,
    /// No consent: general tips still work.
    ConsentRefused(Purpose),
    GeneralTips {
        /// Offer to begin the consultation.
        then: AfterTips,
    },
    /// How to take the photo, with the guide picture, and the question for the region.
    PhotoGuide,
    /// Another region for the next photo.
    AskRegion,
    /// Waiting for photos of a region; up to `left` more.
    AskPhoto {
        region: Region,
        left: usize,
    },
    /// The photo is here and is being looked at.
    PhotoReceived {
        number: usize,
        /// The person has not said which region it shows.
        is_region_open: bool,
        then: AfterPhoto,
    },
    /// What was found of one photo, before the result.
    PhotoJudged {
        number: usize,
        verdict: Verdict,
        /// Usable, but a sharper one would help.
        is_soft: bool,
        /// As while it was looked at; only for a photo that is of use.
        is_region_open: bool,
        then: AfterPhoto,
    },
    /// What is known of the photos that came together, one line for each.
    Album {
        photos: Vec<AlbumPhoto>,
        then: AfterPhoto,
    },
    /// Which region does that photo show?
    AskRegionOf {
        number: usize,
    },
    /// The region was noted.
    RegionAssigned {
        number: usize,
        region: Region,
    },
    /// The photo could not be judged after several tries; the person may send it again.
    PhotoFailed {
        number: usize,
        then: AfterPhoto,
    },
    /// Turned away at the door.
    PhotoUnusable(Unusable),
    /// Four are here already.
    TooManyPhotos {
        limit: usize,
    },
    /// One question of the survey.
    Ask {
        question: Question,
        answers: Answers,
        asking: Asking,
    },
    /// The answers so far, to change one.
    AnswersReview {
        answers: Answers,
    },
    /// The review was left as it was.
    AnswersKept,
    /// An answer was changed; the guidance follows.
    AnswerChanged,
    SurveyDone,
    /// The words were longer than what is kept.
    WordsCut {
        kept: usize,
    },
    /// Survey done, photos still being looked at, or the card being drawn.
    PreparingResult,
    /// None of the photos could be used.
    NoUsablePhoto,
    /// The result, with the card if it could be drawn.
    Result {
        summary: ResultSummary,
        card: Option<Card>,
    },
    Guidance {
        guidance: Guidance,
        /// Numbers the advice with the result it belongs to.
        consultation: ConsultationNumber,
        /// In a model's words in place of the passages, once there are any.
        advice: Option<Box<Rateable<WordedAdvice>>>,
    },
    /// Questions are welcome.
    InviteQuestion,
    /// The question is being answered.
    Answering,
    /// So many are asking that the answer will take a while.
    ManyAreAsking,
    Answer {
        answer: Answered,
        /// The result, or what was written, belongs to a dermatologist.
        sees_dermatologist: bool,
    },
    /// Dupi talks about scalp care only.
    OffTopic,
    /// The question before it is being answered still.
    OneQuestionAtATime,
    /// No more questions today.
    QuestionsUsedUp {
        limit: u32,
    },
    /// What was thought of a text is noted.
    RatingKept,
    /// Red flags found in what the person wrote, told at once.
    RedFlagNotice {
        red_flags: RedFlags,
    },
    AskErase,
    EraseDeclined,
    /// We wait for a press or a photo, and something else came.
    NotUnderstood(Expected),
    /// Erasing failed after several tries; it can be asked for again.
    CouldNotErase,
    /// The languages, to choose one.
    ChooseLanguage,
    /// What Dupi is and is not, how to go on, and the commands.
    Help,
    /// What is kept, why, how long and where, and how to have it erased.
    Privacy {
        /// Those that hold now.
        consents: Vec<Consent>,
    },
    /// The consent was taken back, and what was kept under it is erased.
    ConsentWithdrawn(Purpose),
    /// The consultation under way was stopped; nothing of it is kept.
    ConsultationCancelled,
    /// Stands in the survey's place after the consultation was stopped.
    SurveyStopped,
    /// There is no consultation under way that could be stopped.
    NothingToCancel,
}

/// A text, and the mark under which it can be told whether it was of help.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rateable<T> {
    pub text: T,
    pub mark: RatingMark,
}

/// What a question was answered with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answered {
    /// In a model's words.
    Worded(Rateable<String>),
    /// With passages of the knowledge base as they stand.
    Prepared(Rateable<Vec<PassageId>>),
}

impl Message {
    /// The consent without which it is not said any more: it tells what was seen or answered.
    pub const fn rests_on(&self) -> Option<Purpose> {
        match self {
            Self::PhotoReceived { .. }
            | Self::PhotoJudged { .. }
            | Self::Album { .. }
            | Self::AskRegionOf { .. }
            | Self::RegionAssigned { .. }
            | Self::PhotoFailed { .. }
            | Self::Ask { .. }
            | Self::AnswersReview { .. }
            | Self::AnswersKept
            | Self::AnswerChanged
            | Self::SurveyDone
            | Self::PreparingResult
            | Self::NoUsablePhoto
            | Self::Result { .. }
            | Self::Guidance { .. }
            | Self::Answering
            | Self::ManyAreAsking
            | Self::Answer { .. } => Some(Purpose::Sensitive),
            Self::Hello
            | Self::AskAge
            | Self::AskConsent(_)
            | Self::TooYoung
            | Self::ConsentRefused(_)
            | Self::GeneralTips { .. }
            | Self::PhotoGuide
            | Self::AskRegion
            | Self::AskPhoto { .. }
            | Self::PhotoUnusable(_)
            | Self::TooManyPhotos { .. }
            | Self::WordsCut { .. }
            | Self::RedFlagNotice { .. }
            | Self::AskErase
            | Self::EraseDeclined
            | Self::NotUnderstood(_)
            | Self::CouldNotErase
            | Self::ChooseLanguage
            | Self::Help
            | Self::Privacy { .. }
            | Self::ConsentWithdrawn(_)
            | Self::ConsultationCancelled
            | Self::SurveyStopped
            | Self::NothingToCancel
            | Self::InviteQuestion
            | Self::OffTopic
            | Self::OneQuestionAtATime
            | Self::QuestionsUsedUp { .. }
            | Self::RatingKept => None,
        }
    }
}

/// One photo of an album, as far as it is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AlbumPhoto {
    pub number: usize,
    pub region: Region,
    pub found: Found,
}

/// What was found of a photo.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Found {
    /// It is being looked at.
    Waiting,
    Judged {
        verdict: Verdict,
        /// Usable, but a sharper one would help.
        is_soft: bool,
    },
    /// It could not be judged after several tries.
    Failed,
}

impl Found {
    /// Whether the photo is, or may yet be, of use.
    pub const fn is_usable(self) -> bool {
        match self {
            Self::Waiting => true,
            Self::Judged { verdict, .. } => verdict.is_usable(),
            Self::Failed => false,
        }
    }
}

/// What a message about a photo offers next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AfterPhoto {
    /// More photos, up to `left`, or on with the survey where `can_go_on`.
    OfferMore { left: usize, can_go_on: bool },
    /// The survey or the result is under way.
    Nothing,
}

/// What general tips offer next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AfterTips {
    OfferConsent,
    OfferConsultation,
    /// There is no consultation at all.
    OfferNewConsultation,
}

/// Whether a question is asked in its turn or again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asking {
    InTurn,
    Again,
}

/// What would have been understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Expected {
    Button,
    Region,
    Photo,
    /// Grading is under way; nothing is needed.
    Patience,
}

/// A card that was drawn and stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Card {
    pub consultation: ConsultationNumber,
}
