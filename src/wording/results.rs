//! The words of a result and of its guidance.

use super::messages::Speaker;
use super::phrases::Argument::{Number, Text as Words};
use crate::domain::consultation::ResultSummary;
use crate::domain::guidance::{Fixed, Guidance, RedFlags, WordedAdvice};
use crate::domain::scalp::{Region, Severity};

impl Speaker<'_> {
    pub(super) fn result(&self, summary: &ResultSummary, has_card: bool) -> Vec<String> {
        let mut paragraphs = vec![self.say("result")];
        if summary.model.is_demonstration {
            paragraphs.extend(self.fixed(Fixed::Demonstration));
        }
        let lines: Vec<String> = summary
            .grades
            .iter()
            .map(|(condition, grade)| {
                let condition = self.say(&format!("condition-{}", dashed(condition.id())));
                let severity = self.say(severity_key(grade.severity));
                let key = if grade.is_certain {
                    "result-line"
                } else {
                    "result-line-uncertain"
                };
                self.say_with(
                    key,
                    &[
                        ("condition", Words(&condition)),
                        ("severity", Words(&severity)),
                    ],
                )
            })
            .collect();
        paragraphs.push(lines.join("\n"));
        let scalp_type = self.say(&format!("scalp-type-{}", dashed(summary.scalp_type.id())));
        let regions: Vec<String> = summary
            .regions
            .iter()
            .map(|region| match region {
                Region::Unknown => self.say("result-region-unknown"),
                told => self.region(*told),
            })
            .collect();
        paragraphs.push(self.say_with(
            "result-scalp-type",
            &[
                ("type", Words(&scalp_type)),
                ("regions", Words(&regions.join(", "))),
                ("spots", Number(summary.spots)),
            ],
        ));
        if !has_card {
            paragraphs.push(self.say("result-without-card"));
        }
        paragraphs
    }

    /// What to do: the passages that the rules chose, or what a model made of them.
    pub(super) fn guidance(
        &self,
        guidance: &Guidance,
        advice: Option<&WordedAdvice>,
    ) -> Vec<String> {
        let knowledge = &self.wording.knowledge;
        let words = |text: Option<&super::Text>, id: &str| {
            text.map_or_else(
                || format!("⟨{id}⟩"),
                |text| text.in_language(self.language).to_owned(),
            )
        };
        let mut paragraphs: Vec<String> = self.fixed(Fixed::Header).into_iter().collect();
        paragraphs.extend(
            guidance
                .red_flags
                .iter()
                .map(|flag| words(knowledge.red_flag(flag.id()), flag.id())),
        );
        paragraphs.push(self.say(&format!("care-level-{}", guidance.care_level.id())));
        // The header stands above; the demonstration line stands with the grades, in the result.
        paragraphs.extend(
            guidance
                .fixed
                .iter()
                .filter(|fixed| !matches!(fixed, Fixed::Header | Fixed::Demonstration))
                .filter_map(|fixed| self.fixed(*fixed)),
        );
        if let Some(advice) = advice {
            paragraphs.extend(self.worded_advice(advice));
            return paragraphs;
        }
        paragraphs.extend(guidance.snippets.iter().map(|snippet| {
            let id = snippet.id();
            let condition = self.say(&format!("condition-{}", dashed(snippet.condition.id())));
            let key = if snippet.is_certain {
                "guidance-snippet"
            } else {
                "guidance-snippet-uncertain"
            };
            self.say_with(
                key,
                &[
                    ("condition", Words(&condition)),
                    ("text", Words(&words(knowledge.snippet(&id), &id))),
                ],
            )
        }));
        let modifiers: Vec<String> = guidance
            .modifiers
            .iter()
            .map(|modifier| {
                let text = words(knowledge.modifier(modifier.id()), modifier.id());
                self.say_with("list-item", &[("text", Words(&text))])
            })
            .collect();
        if !modifiers.is_empty() {
            paragraphs.push(self.say("guidance-habits"));
            paragraphs.push(modifiers.join("\n"));
        }
        paragraphs
    }

    pub(super) fn red_flag_notice(&self, red_flags: &RedFlags) -> Vec<String> {
        red_flags
            .iter()
            .filter_map(|flag| self.wording.knowledge.red_flag(flag.id()))
            .map(|text| text.in_language(self.language).to_owned())
            .collect()
    }

    pub(super) fn fixed(&self, fixed: Fixed) -> Option<String> {
        self.wording
            .knowledge
            .fixed(fixed.id())
            .map(|text| text.in_language(self.language).to_owned())
    }
}

pub(super) const fn severity_key(severity: Severity) -> &'static str {
    match severity {
        Severity::Good => "severity-good",
        Severity::Mild => "severity-mild",
        Severity::Moderate => "severity-moderate",
        Severity::Severe => "severity-severe",
    }
}

fn dashed(id: &str) -> String {
    id.replace('_', "-")
}
