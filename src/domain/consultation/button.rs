//! What a person can press: each button says what it answers, so that a late or doubled press is
//! recognised for what it is.

use crate::domain::scalp::{Question, Region};

use super::Language;

/// A consent is asked for, given and withdrawn per purpose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Purpose {
    /// Holding the conversation: language, age check, messages.
    Basic,
    /// Sensitive data: photos, what is seen on them, and the answers.
    Sensitive,
}

impl Purpose {
    /// The name used in buttons, records and text keys.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Basic => "basic",
            Self::Sensitive => "sensitive",
        }
    }
}

/// Whether a text was of help.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Helpful {
    Yes,
    No,
}

/// Tells the latest texts of a conversation apart, so that a late press is not taken for a newer
/// text: their numbers, starting again after [`RatingMark::MOST`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct RatingMark(u8);

impl RatingMark {
    /// How many texts have marks of their own.
    pub const MOST: u8 = 32;

    /// The mark of the text of that number.
    pub fn of(number: u32) -> Self {
        let mark = number % u32::from(Self::MOST);
        Self(u8::try_from(mark).expect("a remainder is smaller than its divisor"))
    }

    /// What it is called; [`RatingMark::of`] leads back to it.
    pub const fn number(self) -> u32 {
        self.0 as u32
    }

    /// Every mark there is.
    pub fn all() -> impl Iterator<Item = Self> {
        (0..Self::MOST).map(Self)
    }
}

/// A button under a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Button {
    /// Speak this language from now on.
    Speak(Language),
    /// 14 or older.
    OldEnough,
    TooYoung,
    Agree(Purpose),
    Refuse(Purpose),
    /// General tips, which need no consent.
    Tips,
    /// From the beginning of the consents.
    BeginAgain,
    /// The next photo shows this region.
    ShowRegion(Region),
    /// Which region does the photo of that number show?
    RegionOf(usize),
    /// The photo of that number shows this region.
    Assign(usize, Region),
    /// Another region for the next photo.
    ChangeRegion,
    /// No more photos: on with the survey.
    PhotosDone,
    /// The choices that are marked are the answer.
    Done(Question),
    Skip(Question),
    Back(Question),
    /// Show the answers, to change one.
    ReviewAnswers,
    /// Answer this question again.
    Correct(Question),
    /// Leave the review as it is.
    KeepAnswers,
    /// A new consultation.
    NewConsultation,
    /// Take a consent back, and have erased what was kept under it.
    Withdraw(Purpose),
    /// I would like to ask something in my own words.
    AskQuestion,
    /// The text that bears this mark was of help, or was not.
    Rate(Helpful, RatingMark),
    /// Erase everything: asked once more before it is done.
    Erase,
    ConfirmErase,
    DeclineErase,
}

impl Button {
    /// The highest number of a photo that a button can name; refused photos count too.
    pub const MOST_NUMBERED: usize = 16;

    /// A short opaque name for the wire: ASCII, at most 64 bytes, the same for ever.
    pub fn token(self) -> String {
        match self {
            Self::Speak(language) => format!("speak:{}", language.id()),
            Self::OldEnough => "age:yes".to_owned(),
            Self::TooYoung => "age:no".to_owned(),
            Self::Agree(purpose) => format!("agree:{}", purpose.id()),
            Self::Refuse(purpose) => format!("refuse:{}", purpose.id()),
            Self::Tips => "tips".to_owned(),
            Self::BeginAgain => "begin-again".to_owned(),
            Self::ShowRegion(region) => format!("region:{}", region.id()),
            Self::RegionOf(number) => format!("region-of:{number}"),
            Self::Assign(number, region) => format!("assign:{number}:{}", region.id()),
            Self::ChangeRegion => "change-region".to_owned(),
            Self::PhotosDone => "photos-done".to_owned(),
            Self::Done(question) => format!("done:{}", question.id()),
            Self::Skip(question) => format!("skip:{}", question.id()),
            Self::Back(question) => format!("back:{}", question.id()),
            Self::ReviewAnswers => "review".to_owned(),
            Self::Correct(question) => format!("correct:{}", question.id()),
            Self::KeepAnswers => "keep".to_owned(),
            Self::NewConsultation => "new".to_owned(),
            Self::Withdraw(purpose) => format!("withdraw:{}", purpose.id()),
            Self::AskQuestion => "ask".to_owned(),
            Self::Rate(Helpful::Yes, RatingMark(mark)) => format!("helpful:{mark}"),
            Self::Rate(Helpful::No, RatingMark(mark)) => format!("unhelpful:{mark}"),
            Self::Erase => "erase".to_owned(),
            Self::ConfirmErase => "erase:yes".to_owned(),
            Self::DeclineErase => "erase:no".to_owned(),
        }
    }

    /// Every button there is.
    pub fn all() -> Vec<Self> {
        let mut all: Vec<Self> = Language::ALL.into_iter().map(Self::Speak).collect();
        all.extend([Self::OldEnough, Self::TooYoung]);
        for purpose in [Purpose::Basic, Purpose::Sensitive] {
            all.extend([
                Self::Agree(purpose),
                Self::Refuse(purpose),
                Self::Withdraw(purpose),
            ]);
        }
        all.extend([Self::Tips, Self::BeginAgain]);
        all.extend(Region::ALL.into_iter().map(Self::ShowRegion));
        for number in 1..=Self::MOST_NUMBERED {
            all.push(Self::RegionOf(number));
            all.extend(Region::ALL.map(|region| Self::Assign(number, region)));
        }
        all.extend([Self::ChangeRegion, Self::PhotosDone]);
        for question in Question::ALL {
            all.extend([
                Self::Done(question),
                Self::Skip(question),
                Self::Back(question),
                Self::Correct(question),
            ]);
        }
        all.extend([
            Self::ReviewAnswers,
            Self::KeepAnswers,
            Self::NewConsultation,
            Self::AskQuestion,
            Self::Erase,
            Self::ConfirmErase,
            Self::DeclineErase,
        ]);
        for mark in RatingMark::all() {
            all.extend([
                Self::Rate(Helpful::Yes, mark),
                Self::Rate(Helpful::No, mark),
            ]);
        }
        all
    }

    /// The button of that [`token`](Self::token).
    pub fn from_token(token: &str) -> Option<Self> {
        Self::all()
            .into_iter()
            .find(|button| button.token() == token)
    }
}

#[cfg(test)]
mod tests {
    use super::Button;

    #[test]
    fn every_token_is_short_and_leads_back_to_its_button() {
        for button in Button::all() {
            let token = button.token();
            assert!(token.is_ascii() && token.len() <= 64, "{token}");
            assert_eq!(Button::from_token(&token), Some(button));
        }
    }
}
