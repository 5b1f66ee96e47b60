//! What happened, and what is asked of the world.

use std::collections::BTreeSet;

use super::Rated;
use super::{
    Button, Command, ConsultationNumber, Language, Message, ResultSummary, Slot, Unusable,
};
use crate::domain::guidance::{
    AdviceBrief, QuestionBrief, RedFlags, Topic, WordedAdvice, WordedAnswer,
};
use crate::domain::scalp::{Choice, Judgement, PhotoId, Question};

/// What a person wrote, cut to what is kept, with what was found in all of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Words {
    /// At most [`Words::KEPT`] characters, without control characters, trimmed.
    pub text: String,
    pub red_flags: RedFlags,
    /// What the knowledge base holds about it, the best first; empty where it holds nothing.
    pub topics: Vec<Topic>,
    /// More was written than is kept.
    pub was_cut: bool,
}

impl Words {
    /// How many characters of one message are kept.
    pub const KEPT: usize = 500;

    /// Cleans and cuts what was written. The red flags are looked for in all of it.
    pub fn new(raw: &str, triggers: &crate::domain::guidance::Triggers) -> Self {
        let clean: String = raw
            .chars()
            .map(|character| match character {
                '\n' | '\t' => ' ',
                other => other,
            })
            .filter(|character| !character.is_control() && !is_invisible(*character))
            .collect();
        let clean = clean.trim();
        Self {
            text: clean.chars().take(Self::KEPT).collect(),
            red_flags: triggers.found_in(clean),
            topics: Vec::new(),
            was_cut: clean.chars().count() > Self::KEPT,
        }
    }

    /// The same, with what the knowledge base holds about it.
    #[must_use]
    pub fn about(self, topics: Vec<Topic>) -> Self {
        Self { topics, ..self }
    }
}

/// Characters that show nothing but can turn, hide or break what stands around them.
const fn is_invisible(character: char) -> bool {
    matches!(
        character,
        '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2069}' | '\u{FEFF}'
    )
}

/// What a person did with one choice of several.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Mark {
    On,
    Off,
}

/// How a channel that keeps files itself finds one of them again; never shown.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct FileReference(pub String);

impl std::fmt::Debug for FileReference {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("FileReference(…)")
    }
}

/// A file that a person sent, and the photo that it becomes once it is fetched.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct SentFile {
    pub photo: PhotoId,
    pub file: FileReference,
}

/// Something that happened, in the past tense. Outcomes carry what they answer.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// The page was opened, or `/start` was sent.
    Opened { language: Language },
    /// A button was pressed; it may stand under an old message.
    Pressed(Button),
    /// A question was answered with choices; none is "none of these".
    Chosen {
        question: Question,
        choices: BTreeSet<Choice>,
    },
    /// One choice of a question of several was marked or cleared; the answer is taken later.
    Marked {
        question: Question,
        choice: Choice,
        mark: Mark,
    },
    /// A command was given.
    Commanded(Command),
    /// The person wrote something.
    Said(Words),
    /// Files were sent together; they are with the channel, and are fetched from there.
    FilesAnnounced(Vec<SentFile>),
    /// A photo was received and stored.
    PhotoArrived(PhotoId),
    /// Several files were sent together: those that were received and stored, and why the others were
    /// turned away.
    AlbumArrived {
        photos: Vec<PhotoId>,
        turned_away: Vec<Unusable>,
    },
    /// A file was turned away at the door.
    PhotoTurnedAway(Unusable),
    /// A photo was looked at.
    PhotoJudged {
        photo: PhotoId,
        judgement: Box<Judgement>,
    },
    /// A photo could not be judged, for good.
    PhotoGradingFailed { photo: PhotoId },
    /// The card of that many graded photos was drawn and stored.
    CardDrawn {
        consultation: ConsultationNumber,
        spots: usize,
    },
    /// A card could not be drawn, for good.
    CardFailed {
        consultation: ConsultationNumber,
        spots: usize,
    },
    /// Everything of the person could not be erased, for good.
    ErasingFailed,
    /// Something came of a text that was to be worded.
    Written(Written),
}

/// What came of a text that was to be worded.
#[derive(Debug, Clone, PartialEq)]
pub enum Written {
    /// The guidance, in the words of the `order`th try of that consultation.
    Advice {
        consultation: ConsultationNumber,
        order: u32,
        advice: Box<WordedAdvice>,
    },
    /// The guidance stays as it was told.
    NoAdvice {
        consultation: ConsultationNumber,
        order: u32,
    },
    Answer {
        question: u32,
        answer: Box<WordedAnswer>,
    },
    /// The passages themselves are the answer.
    NoAnswer { question: u32 },
    /// Many are asking: the answer will take a while.
    AnswerQueued { question: u32 },
}

impl Event {
    /// The photos that came with it.
    pub fn photos_taken_in(&self) -> &[PhotoId] {
        match self {
            Self::PhotoArrived(photo) => std::slice::from_ref(photo),
            Self::AlbumArrived { photos, .. } => photos,
            Self::Opened { .. }
            | Self::Pressed(_)
            | Self::Chosen { .. }
            | Self::Marked { .. }
            | Self::Commanded(_)
            | Self::Said(_)
            | Self::FilesAnnounced(_)
            | Self::PhotoTurnedAway(_)
            | Self::PhotoJudged { .. }
            | Self::PhotoGradingFailed { .. }
            | Self::CardDrawn { .. }
            | Self::CardFailed { .. }
            | Self::ErasingFailed
            | Self::Written(_) => &[],
        }
    }
}

/// An order to the world. It may be carried out twice, and twice is harmless.
#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    /// Say something; with a slot, in place of what stood there.
    Send {
        message: Box<Message>,
        language: Language,
        slot: Option<Slot>,
    },
    /// Look at a photo; answered by `PhotoJudged` or `PhotoGradingFailed`.
    GradePhoto { photo: PhotoId },
    /// Draw the result card; answered by `CardDrawn` or `CardFailed`.
    DrawCard {
        summary: Box<ResultSummary>,
        /// The graded photo that shows the most; its overlay goes on the card.
        photo: PhotoId,
        language: Language,
    },
    /// Fetch files from the channel and store them; answered by `PhotoArrived` or `PhotoTurnedAway`
    /// for one, by `AlbumArrived` for several.
    FetchPhotos {
        files: Vec<SentFile>,
        /// The consultation under way, or last, when they were sent: they belong to it or to the one
        /// after it. `None` where there was none.
        sent_in: Option<ConsultationNumber>,
    },
    /// Erase photos and what was seen where on them; the grades stay.
    ForgetPhotos { photos: Vec<PhotoId> },
    /// Erase result cards.
    ForgetCards {
        consultations: Vec<ConsultationNumber>,
    },
    /// Have the guidance worded; answered by `Written::Advice` or `Written::NoAdvice`.
    WriteAdvice {
        consultation: ConsultationNumber,
        /// Counts how often this consultation's guidance was to be worded.
        order: u32,
        brief: Box<AdviceBrief>,
        language: Language,
    },
    /// Have a question answered; answered by `Written::Answer` or `Written::NoAnswer`.
    AnswerQuestion {
        /// Counts the questions of the conversation.
        question: u32,
        brief: Box<QuestionBrief>,
        language: Language,
    },
    /// Keep what a person thinks of a text.
    KeepRating { rated: Rated, is_helpful: bool },
    /// Erase the person and all that belongs to them.
    ErasePerson,
}

impl Effect {
    /// The fixed name, for logs and operators.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Send { .. } => "send",
            Self::GradePhoto { .. } => "grade_photo",
            Self::DrawCard { .. } => "draw_card",
            Self::FetchPhotos { .. } => "fetch_photos",
            Self::ForgetPhotos { .. } => "forget_photos",
            Self::ForgetCards { .. } => "forget_cards",
            Self::WriteAdvice { .. } => "write_advice",
            Self::AnswerQuestion { .. } => "answer_question",
            Self::KeepRating { .. } => "keep_rating",
            Self::ErasePerson => "erase_person",
        }
    }
}
