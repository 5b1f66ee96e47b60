//! The domain's small values under the names they are stored by.

use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};
use uuid::Uuid;

use crate::domain::consultation::{AfterTips, Asking, Expected, Language, Purpose, RatedKind};
use crate::domain::guidance::{CareLevel, Fixed, Modifier, RedFlag};
use crate::domain::scalp::{Choice, Condition, Question, Region, ScalpType, Severity, Verdict};
use crate::ports::Channel;

/// A value with a fixed name.
pub(super) trait Named: Copy + 'static {
    fn every() -> &'static [Self];
    fn name(self) -> &'static str;
}

/// A named value as it is stored; an unknown name is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Name<T>(pub(super) T);

impl<T: Named> Serialize for Name<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0.name())
    }
}

impl<'de, T: Named> Deserialize<'de> for Name<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        of_name(&name)
            .map(Self)
            .ok_or_else(|| D::Error::custom("unknown name"))
    }
}

fn of_name<T: Named>(name: &str) -> Option<T> {
    T::every()
        .iter()
        .copied()
        .find(|value| value.name() == name)
}

/// Whether a flag is left out of its record.
#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde hands in a reference"
)]
pub(super) const fn is_false(flag: &bool) -> bool {
    !*flag
}

/// Whether a count is left out of its record.
#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde hands in a reference"
)]
pub(super) const fn is_zero(count: &u32) -> bool {
    *count == 0
}

/// The channel of a stored id.
pub(in crate::storage) fn channel_of_id(id: &str) -> Option<Channel> {
    of_name(id)
}

/// Values that the domain names itself.
macro_rules! named_by_id {
    ($($value:ty: $every:expr),+ $(,)?) => {
        $(impl Named for $value {
            fn every() -> &'static [Self] {
                $every
            }

            fn name(self) -> &'static str {
                self.id()
            }
        })+
    };
}

named_by_id! {
    CareLevel: &Self::ALL,
    Channel: &Self::ALL,
    Choice: Self::ALL,
    Condition: &Self::ALL,
    Fixed: &Self::ALL,
    Language: &Self::ALL,
    Modifier: &Self::ALL,
    Purpose: &[Self::Basic, Self::Sensitive],
    Question: &Self::ALL,
    RatedKind: &Self::ALL,
    RedFlag: &Self::ALL,
    Region: &Self::ALL,
    ScalpType: &Self::ALL,
    Verdict: &Self::ALL,
}

/// Values that have a name only here.
macro_rules! named_here {
    ($($value:ident { $($variant:ident = $name:literal),+ $(,)? })+) => {
        $(impl Named for $value {
            fn every() -> &'static [Self] {
                &[$(Self::$variant),+]
            }

            fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),+ }
            }
        })+
    };
}

named_here! {
    AfterTips { OfferConsent = "offer_consent", OfferConsultation = "offer_consultation", OfferNewConsultation = "offer_new_consultation" }
    Asking { InTurn = "in_turn", Again = "again" }
    Expected { Button = "button", Region = "region", Photo = "photo", Patience = "patience" }
}

/// A severity, stored as the dataset's number.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(into = "u8", try_from = "u8")]
pub(super) struct SeverityNumber(pub(super) Severity);

impl From<SeverityNumber> for u8 {
    fn from(severity: SeverityNumber) -> Self {
        severity.0.number()
    }
}

impl TryFrom<u8> for SeverityNumber {
    type Error = &'static str;

    fn try_from(number: u8) -> Result<Self, Self::Error> {
        Severity::from_number(number)
            .map(Self)
            .ok_or("a severity is 0 to 3")
    }
}

/// An id, stored with hyphens.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub(super) struct Id(pub(super) Uuid);

impl From<Id> for String {
    fn from(id: Id) -> Self {
        id.0.to_string()
    }
}

impl TryFrom<String> for Id {
    type Error = uuid::Error;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse().map(Self)
    }
}

/// A point in time, stored as RFC 3339 to the nanosecond.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub(super) struct At(pub(super) Timestamp);

impl From<At> for String {
    fn from(at: At) -> Self {
        at.0.to_string()
    }
}

impl TryFrom<String> for At {
    type Error = jiff::Error;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse().map(Self)
    }
}
