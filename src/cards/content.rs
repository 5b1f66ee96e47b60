//! What a card says: a result in the words of one language, without places or sizes.

use crate::domain::consultation::{Language, ResultSummary};
use crate::domain::scalp::{Condition, Grade, ScalpType, Severity};
use crate::wording::{Argument, Phrases};

use super::overlay::Marks;
use super::typesetting::Typesetter;

/// From this confidence on, a grade that the model is certain of is called sure, not fairly sure.
const SURE_FROM: f32 = 0.75;

/// Everything that is written on a card.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Content {
    pub title: String,
    pub type_label: String,
    pub scalp_type: String,
    /// Empty where no region is known of.
    pub regions: String,
    pub spots: String,
    pub photo: PhotoWords,
    pub gauges_title: String,
    pub sureness_title: String,
    pub gauges: Vec<Gauge>,
    pub demonstration: Option<Demonstration>,
    pub not_a_diagnosis: String,
    pub model: String,
}

/// What is said about the photo.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum PhotoWords {
    /// There is no photo to show.
    Absent { words: String, detail: String },
    /// There is a photo, and nothing is known of where.
    Unmarked,
    /// There is a photo, and nothing on it to mark.
    NothingToMark(String),
    Marked {
        title: String,
        filled: String,
        outlined: Option<String>,
    },
}

/// One condition.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Gauge {
    pub condition: String,
    pub severity: Severity,
    pub severity_word: String,
    pub is_certain: bool,
    pub sureness: String,
}

/// The banner of a model that was trained on generated images only.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Demonstration {
    pub title: String,
    pub text: String,
}

/// What is known of the photo when the words are chosen.
#[derive(Debug, Clone, Copy)]
pub(super) enum Shown {
    NoPhoto,
    PhotoWithoutHeatmaps,
    Photo(Marks),
}

/// Words for one card.
pub(super) struct Speaker<'a> {
    pub phrases: &'a Phrases,
    pub typesetter: &'a Typesetter,
    pub language: Language,
}

impl Speaker<'_> {
    fn say(&self, key: &str) -> String {
        self.say_with(key, &[])
    }

    fn say_with(&self, key: &str, arguments: &[(&str, Argument<'_>)]) -> String {
        let phrase = self.phrases.phrase(self.language, key, arguments);
        self.typesetter.drawable(&phrase)
    }

    /// The words for a result.
    pub(super) fn content(&self, summary: &ResultSummary, shown: Shown) -> Content {
        Content {
            title: self.say("card-title"),
            type_label: self.say("card-type-label"),
            scalp_type: self.scalp_type(summary.scalp_type),
            regions: self.regions(summary),
            spots: self.say_with("card-spots", &[("count", Argument::Number(summary.spots))]),
            photo: self.photo(shown),
            gauges_title: self.say("card-gauges-title"),
            sureness_title: self.say("card-sureness-title"),
            gauges: summary
                .grades
                .iter()
                .map(|(condition, grade)| self.gauge(condition, grade))
                .collect(),
            demonstration: summary.model.is_demonstration.then(|| Demonstration {
                title: self.say("card-demonstration-title"),
                text: self.say("card-demonstration-text"),
            }),
            not_a_diagnosis: self.say("card-not-a-diagnosis"),
            model: self.say_with(
                "card-model",
                &[("model", Argument::Text(&summary.model.id))],
            ),
        }
    }

    fn scalp_type(&self, scalp_type: ScalpType) -> String {
        self.say(&format!("card-type-{}", scalp_type.id()))
    }

    /// The card says what the messages say: these words are theirs.
    fn condition(&self, condition: Condition) -> String {
        self.say(&format!("condition-{}", condition.id().replace('_', "-")))
    }

    fn severity(&self, severity: Severity) -> String {
        self.say(match severity {
            Severity::Good => "severity-good",
            Severity::Mild => "severity-mild",
            Severity::Moderate => "severity-moderate",
            Severity::Severe => "severity-severe",
        })
    }

    fn regions(&self, summary: &ResultSummary) -> String {
        let separator = self
            .phrases
            .phrase(self.language, "card-region-separator", &[]);
        summary
            .regions
            .iter()
            .map(|region| self.say(&format!("card-region-{}", region.id())))
            // A line breaks between regions, not within one.
            .map(|region| region.replace(' ', "\u{A0}"))
            .collect::<Vec<_>>()
            .join(&separator)
    }

    fn photo(&self, shown: Shown) -> PhotoWords {
        match shown {
            Shown::NoPhoto => PhotoWords::Absent {
                words: self.say("card-photo-absent"),
                detail: self.say("card-photo-absent-detail"),
            },
            Shown::PhotoWithoutHeatmaps => PhotoWords::Unmarked,
            Shown::Photo(marks) => match marks.filled {
                None => PhotoWords::NothingToMark(self.say("card-legend-none")),
                Some(filled) => PhotoWords::Marked {
                    title: self.say("card-legend-title"),
                    filled: self.condition(filled),
                    outlined: marks.outlined.map(|outlined| self.condition(outlined)),
                },
            },
        }
    }

    fn gauge(&self, condition: Condition, grade: &Grade) -> Gauge {
        let sureness = if !grade.is_certain {
            "card-sureness-unsure"
        } else if grade.confidence >= SURE_FROM {
            "card-sureness-sure"
        } else {
            "card-sureness-fair"
        };
        Gauge {
            condition: self.condition(condition),
            severity: grade.severity,
            severity_word: self.severity(grade.severity),
            is_certain: grade.is_certain,
            sureness: self.say(sureness),
        }
    }
}
