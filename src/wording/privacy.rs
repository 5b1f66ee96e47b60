//! The words about Dupi itself: help, what is kept, and who runs it.

use jiff::Timestamp;
use jiff::tz::Offset;

use super::messages::Speaker;
use super::phrases::Argument::{Number, Text as Words};
use crate::domain::consultation::Consent;

/// What the operator has to say of itself; a line each where it is there.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Links {
    /// The address of the operator's privacy policy.
    pub privacy: Option<String>,
    /// The address of the operator's terms of use.
    pub terms: Option<String>,
    /// How to reach the operator.
    pub contact: Option<String>,
}

impl Speaker<'_> {
    pub(super) fn help(&self) -> Vec<String> {
        let mut paragraphs = vec![self.say("help"), self.say("help-commands")];
        paragraphs.extend(self.links());
        paragraphs
    }

    pub(super) fn privacy(&self, consents: &[Consent]) -> Vec<String> {
        let mut paragraphs = vec![
            self.say("privacy"),
            self.say("privacy-kept"),
            self.say("privacy-where"),
        ];
        if consents.is_empty() {
            paragraphs.push(self.say("privacy-no-consents"));
        } else {
            let lines: Vec<String> = [self.say("privacy-consents")]
                .into_iter()
                .chain(consents.iter().map(|consent| self.consent(consent)))
                .collect();
            paragraphs.push(lines.join("\n"));
        }
        paragraphs.extend(self.links());
        paragraphs
    }

    fn consent(&self, consent: &Consent) -> String {
        let purpose = self.say(&format!("consent-purpose-{}", consent.purpose.id()));
        self.say_with(
            "privacy-consent",
            &[
                ("purpose", Words(&purpose)),
                ("version", Number(usize::from(consent.version))),
                ("date", Words(&day(consent.given_at))),
            ],
        )
    }

    /// The operator's lines, if there are any.
    fn links(&self) -> Option<String> {
        let links = &self.wording.links;
        let lines: Vec<String> = [
            ("link-privacy", &links.privacy),
            ("link-terms", &links.terms),
            ("link-contact", &links.contact),
        ]
        .into_iter()
        .filter_map(|(key, link)| Some(self.say_with(key, &[("link", Words(link.as_ref()?))])))
        .collect();
        (!lines.is_empty()).then(|| lines.join("\n"))
    }
}

/// The day in Korea, whose law the consents are given under.
fn day(at: Timestamp) -> String {
    Offset::constant(9).to_datetime(at).date().to_string()
}
