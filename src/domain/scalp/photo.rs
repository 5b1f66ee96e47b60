//! A photo: where it was taken, whether it can be graded, and what a model saw on it.

use super::{Grades, ScalpType};

/// A photo that a person sent; given by the channel that received it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PhotoId(pub uuid::Uuid);

/// The part of the head, by the dataset's tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Region {
    /// `TH`, 정수리.
    Crown,
    /// `LH`, 좌측두.
    Left,
    /// `RH`, 우측두.
    Right,
    /// `BH`, 후두부.
    Back,
    /// The person does not know.
    Unknown,
}

impl Region {
    /// Every region, in the order in which they are offered.
    pub const ALL: [Self; 5] = [
        Self::Crown,
        Self::Left,
        Self::Right,
        Self::Back,
        Self::Unknown,
    ];

    /// The name used in buttons, records and text keys.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Crown => "crown",
            Self::Left => "left",
            Self::Right => "right",
            Self::Back => "back",
            Self::Unknown => "unknown",
        }
    }

    /// The region of that [`id`](Self::id).
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|region| region.id() == id)
    }
}

/// What became of a photo. Only [`Verdict::Graded`] comes with grades.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Verdict {
    Graded,
    /// A scalp, but from afar: outside of what the model was made for.
    FromAfar,
    NotScalp,
    TooDark,
    Overexposed,
    Blurred,
    TooSmall,
    Unreadable,
}

impl Verdict {
    /// Every verdict.
    pub const ALL: [Self; 8] = [
        Self::Graded,
        Self::FromAfar,
        Self::NotScalp,
        Self::TooDark,
        Self::Overexposed,
        Self::Blurred,
        Self::TooSmall,
        Self::Unreadable,
    ];

    /// Whether a photo counts among those of a consultation.
    pub const fn is_usable(self) -> bool {
        match self {
            Self::Graded | Self::FromAfar => true,
            Self::NotScalp
            | Self::TooDark
            | Self::Overexposed
            | Self::Blurred
            | Self::TooSmall
            | Self::Unreadable => false,
        }
    }

    /// The name used in JSON, records and text keys.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Graded => "graded",
            Self::FromAfar => "from_afar",
            Self::NotScalp => "not_scalp",
            Self::TooDark => "too_dark",
            Self::Overexposed => "overexposed",
            Self::Blurred => "blurred",
            Self::TooSmall => "too_small",
            Self::Unreadable => "unreadable",
        }
    }

    /// The verdict of that [`id`](Self::id).
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|verdict| verdict.id() == id)
    }
}

/// What a photo shows, as probabilities that sum to 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct View {
    /// Contact-microscope or macro frame of the scalp: can be graded.
    pub close_up: f32,
    /// A head or a parting seen from a distance.
    pub from_afar: f32,
    /// Anything else.
    pub other: f32,
}

/// Where one condition shows: a coarse grid over the photo, row by row from the top left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heatmap {
    pub width: u16,
    pub height: u16,
    /// `width * height` values; 0 is severity 0 and 255 is severity 3.
    pub values: Vec<u8>,
}

/// A heatmap for each condition, in the order of [`super::Condition::ALL`]. They cover the part of
/// the photo that the model saw.
#[derive(Debug, Clone, PartialEq)]
pub struct Heatmaps {
    pub maps: [Heatmap; 6],
    /// The part of the upright photo that the maps cover: left, top, width, height, each as a
    /// fraction (0 to 1) of the photo's width or height.
    pub covers: [f32; 4],
}

/// Which model spoke.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModelIdentity {
    /// Id and version, as `dupi-demo/2026.11.1`.
    pub id: String,
    /// Trained on generated images only: every card says so.
    pub is_demonstration: bool,
    /// One sentence of the model's maker on what it was trained on.
    pub trained_on: String,
}

/// All that is known of one photo after it was looked at.
#[derive(Debug, Clone, PartialEq)]
pub struct Judgement {
    pub verdict: Verdict,
    /// `None` where the photo was refused before the model was asked.
    pub view: Option<View>,
    /// `Some` exactly for [`Verdict::Graded`].
    pub grades: Option<Grades>,
    /// The photo is usable, but not sharp: a hint, no refusal.
    pub is_soft: bool,
    pub model: ModelIdentity,
}

impl Judgement {
    /// The scalp type that follows from the grades.
    pub fn scalp_type(&self) -> Option<ScalpType> {
        self.grades.as_ref().map(ScalpType::of)
    }
}
