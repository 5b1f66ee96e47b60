//! What a person can do with a message besides reading it.

use std::collections::BTreeSet;

use super::{
    AfterPhoto, AfterTips, AlbumPhoto, Answered, Asking, Button, Consent, Consultation, Found,
    Helpful, Language, Message, Purpose, RatingMark,
};
use crate::domain::scalp::{Answer, Choice, Question, Region, Selection};

/// The controls under one message.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Controls {
    /// Choices of a question: one press for [`Selection::One`], boxes for [`Selection::Several`].
    pub choices: Option<Choices>,
    /// Buttons, in rows from the top.
    pub buttons: Vec<Vec<Button>>,
    /// A photo is expected.
    pub wants_photo: bool,
    /// The person's own words are expected.
    pub wants_words: Option<OwnWords>,
}

/// What a person is asked to write in their own words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum OwnWords {
    /// The free line of the survey.
    FreeLine,
    /// A question after the result.
    Question,
}

/// The choices of one question.
#[derive(Debug, Clone, PartialEq)]
pub struct Choices {
    pub question: Question,
    pub selection: Selection,
    pub offered: Vec<Choice>,
    /// Taken before, when the question is asked again.
    pub chosen: BTreeSet<Choice>,
}

impl Controls {
    /// A row for each button.
    fn column(buttons: impl IntoIterator<Item = Button>) -> Self {
        Self::of_buttons(buttons.into_iter().map(|button| vec![button]).collect())
    }

    fn of_buttons(buttons: Vec<Vec<Button>>) -> Self {
        Self {
            buttons,
            ..Self::default()
        }
    }
}

impl Message {
    /// What can be done with this message.
    #[expect(
        clippy::too_many_lines,
        reason = "one arm a message: a look-up table, which the compiler keeps complete"
    )]
    pub fn controls(&self) -> Controls {
        match self {
            Self::Hello | Self::ChooseLanguage => {
                Controls::column(Language::ALL.map(Button::Speak))
            }
            Self::AskAge => Controls::column([Button::OldEnough, Button::TooYoung]),
            Self::AskConsent(purpose) => {
                Controls::column([Button::Agree(*purpose), Button::Refuse(*purpose)])
            }
            Self::TooYoung | Self::ConsentRefused(Purpose::Basic | Purpose::Sensitive) => {
                Controls::column([Button::Tips, Button::BeginAgain])
            }
            Self::GeneralTips { then } => Controls::of_buttons(match then {
                AfterTips::OfferConsent => vec![vec![Button::BeginAgain]],
                AfterTips::OfferNewConsultation => vec![vec![Button::NewConsultation]],
                AfterTips::OfferConsultation => {
                    vec![vec![Button::NewConsultation], vec![Button::ReviewAnswers]]
                }
            }),
            Self::PhotoGuide | Self::AskRegion => regions(Button::ShowRegion),
            Self::AskPhoto { left, .. } => {
                let mut buttons = vec![vec![Button::ChangeRegion]];
                if *left < Consultation::MOST_PHOTOS {
                    buttons.insert(0, vec![Button::PhotosDone]);
                }
                Controls {
                    wants_photo: true,
                    ..Controls::of_buttons(buttons)
                }
            }
            Self::PhotoReceived {
                number,
                is_region_open,
                then,
            }
            | Self::PhotoJudged {
                number,
                is_region_open,
                then,
                ..
            } => after_photos(*then, is_region_open.then_some(*number).into_iter()),
            Self::PhotoFailed { then, .. } => after_photos(*then, std::iter::empty()),
            Self::Album { photos, then } => {
                let usable = |photo: &AlbumPhoto| {
                    (photo.found.is_usable() && photo.number <= Button::MOST_NUMBERED)
                        .then_some(photo.number)
                };
                after_photos(*then, photos.iter().filter_map(usable))
            }
            Self::AskRegionOf { number } => regions(|region| Button::Assign(*number, region)),
            Self::Ask {
                question,
                answers,
                asking,
            } => asked(*question, answers.of(*question), *asking),
            Self::AnswersReview { .. } => Controls::of_buttons(
                Question::ALL
                    .into_iter()
                    .map(|question| vec![Button::Correct(question)])
                    .chain([vec![Button::KeepAnswers]])
                    .collect(),
            ),
            Self::NoUsablePhoto => Controls {
                wants_photo: true,
                ..Controls::column([Button::ChangeRegion, Button::Tips])
            },
            Self::Guidance { advice, .. } => after_guidance(advice.as_ref().map(|one| one.mark)),
            Self::AnswersKept => after_guidance(None),
            Self::Answer { answer, .. } => Controls {
                wants_words: Some(OwnWords::Question),
                ..Controls::of_buttons(vec![rating(match answer {
                    Answered::Worded(text) => text.mark,
                    Answered::Prepared(passages) => passages.mark,
                })])
            },
            Self::InviteQuestion | Self::OffTopic => Controls {
                wants_words: Some(OwnWords::Question),
                ..Controls::default()
            },
            Self::AskErase => Controls::column([Button::ConfirmErase, Button::DeclineErase]),
            Self::Privacy { consents } => {
                let withdraw = |consent: &Consent| Button::Withdraw(consent.purpose);
                Controls::column(consents.iter().rev().map(withdraw).chain([Button::Erase]))
            }
            Self::ConsentWithdrawn(Purpose::Basic | Purpose::Sensitive) => {
                Controls::column([Button::Tips, Button::BeginAgain, Button::Erase])
            }
            Self::ConsultationCancelled => {
                Controls::column([Button::NewConsultation, Button::Tips])
            }
            Self::CouldNotErase => Controls::column([Button::ConfirmErase]),
            Self::PhotoUnusable(_)
            | Self::TooManyPhotos { .. }
            | Self::RegionAssigned { .. }
            | Self::SurveyDone
            | Self::WordsCut { .. }
            | Self::PreparingResult
            | Self::Result { .. }
            | Self::RedFlagNotice { .. }
            | Self::EraseDeclined
            | Self::AnswerChanged
            | Self::Help
            | Self::SurveyStopped
            | Self::NothingToCancel
            | Self::Answering
            | Self::ManyAreAsking
            | Self::OneQuestionAtATime
            | Self::QuestionsUsedUp { .. }
            | Self::RatingKept
            | Self::NotUnderstood(_) => Controls::default(),
        }
    }

    /// Something is under way while this message is the newest.
    pub fn is_working(&self) -> bool {
        if let Self::Album { photos, .. } = self {
            return photos.iter().any(|photo| photo.found == Found::Waiting);
        }
        matches!(
            self,
            Self::PhotoReceived { .. }
                | Self::PreparingResult
                | Self::Answering
                | Self::ManyAreAsking
        )
    }
}

/// What may be wished after the guidance; a text that was worded can be rated.
fn after_guidance(mark: Option<RatingMark>) -> Controls {
    let wishes = [
        Button::AskQuestion,
        Button::NewConsultation,
        Button::ReviewAnswers,
        Button::Tips,
    ];
    let rows = mark.map(rating).into_iter();
    Controls::of_buttons(rows.chain(wishes.map(|wish| vec![wish])).collect())
}

fn rating(mark: RatingMark) -> Vec<Button> {
    [Helpful::Yes, Helpful::No]
        .map(|helpful| Button::Rate(helpful, mark))
        .to_vec()
}

/// The regions, as buttons.
fn regions(button: impl Fn(Region) -> Button) -> Controls {
    Controls::of_buttons(
        Region::ALL
            .chunks(3)
            .map(|row| row.iter().copied().map(&button).collect())
            .collect(),
    )
}

/// What photos offer, and a button for each of them whose region can be told.
fn after_photos(then: AfterPhoto, numbers: impl Iterator<Item = usize>) -> Controls {
    let numbers: Vec<Button> = numbers.map(Button::RegionOf).collect();
    let mut controls = after_photo(then);
    controls
        .buttons
        .extend(numbers.chunks(2).map(<[_]>::to_vec));
    controls
}

fn after_photo(then: AfterPhoto) -> Controls {
    match then {
        AfterPhoto::OfferMore { left, can_go_on } => {
            let mut buttons = Vec::new();
            if can_go_on {
                buttons.push(vec![Button::PhotosDone]);
            }
            if left > 0 {
                buttons.push(vec![Button::ChangeRegion]);
            }
            Controls {
                wants_photo: left > 0,
                ..Controls::of_buttons(buttons)
            }
        }
        AfterPhoto::Nothing => Controls::default(),
    }
}

fn asked(question: Question, answer: Option<&Answer>, asking: Asking) -> Controls {
    let chosen = match answer {
        Some(Answer::Chosen(chosen)) => chosen.clone(),
        Some(Answer::Words(_) | Answer::Skipped) | None => BTreeSet::new(),
    };
    let choices = match question.selection() {
        Selection::Words => None,
        selection @ (Selection::One | Selection::Several) => Some(Choices {
            question,
            selection,
            offered: question.choices().collect(),
            chosen,
        }),
    };
    let can_go_back = asking == Asking::Again || question.previous().is_some();
    let mut rows = Vec::new();
    if question.selection() == Selection::Several {
        rows.push(vec![Button::Done(question)]);
    }
    let mut row = Vec::new();
    if can_go_back {
        row.push(Button::Back(question));
    }
    row.push(Button::Skip(question));
    rows.push(row);
    Controls {
        wants_words: choices.is_none().then_some(OwnWords::FreeLine),
        choices,
        ..Controls::of_buttons(rows)
    }
}
