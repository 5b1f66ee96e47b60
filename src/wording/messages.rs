//! The words of every message.

use std::sync::Arc;

use super::phrases::Argument::{Number, Text as Words};
use super::{
    Argument, Knowledge, KnowledgeError, Phrases, PhrasesError, Picture, Worded, WordedChoice,
    WordedChoices,
};
use crate::domain::consultation::{
    AfterPhoto, Asking, Button, Card, Choices, Consent, Controls, Expected, Language, Message,
    Purpose, ResultSummary, Unusable,
};
use crate::domain::guidance::{Fixed, Guidance, RedFlags};
use crate::domain::scalp::{Answer, Answers, Choice, Question, Severity, Verdict};

/// Finds the words of messages, buttons and choices.
#[derive(Debug, Clone)]
pub struct Wording {
    phrases: Arc<Phrases>,
    knowledge: Arc<Knowledge>,
}

/// Why the embedded texts cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum WordingError {
    #[error(transparent)]
    Phrases(#[from] PhrasesError),
    #[error(transparent)]
    Knowledge(#[from] KnowledgeError),
}

impl Wording {
    /// The texts embedded in the binary.
    pub fn embedded() -> Result<Self, WordingError> {
        Ok(Self {
            phrases: Arc::new(Phrases::embedded()?),
            knowledge: Arc::new(Knowledge::embedded()?),
        })
    }

    /// The Fluent texts, for what is no message: page furniture, cards.
    pub const fn phrases(&self) -> &Arc<Phrases> {
        &self.phrases
    }

    /// The knowledge base.
    pub const fn knowledge(&self) -> &Arc<Knowledge> {
        &self.knowledge
    }

    /// A message in words, with its controls.
    pub fn words(&self, message: &Message, language: Language) -> Worded {
        let speaker = Speaker {
            wording: self,
            language,
        };
        let controls = message.controls();
        Worded {
            paragraphs: speaker.paragraphs(message),
            picture: speaker.picture(message),
            buttons: controls
                .buttons
                .iter()
                .map(|row| {
                    row.iter()
                        .map(|button| (*button, speaker.label(*button, &controls)))
                        .collect()
                })
                .collect(),
            wants_photo: controls.wants_photo,
            wants_words: controls.wants_words,
            is_working: message.is_working(),
            choices: speaker.choices(controls),
        }
    }

    /// The label of a button.
    pub fn button(&self, button: Button, language: Language) -> String {
        let phrase = |key: &str| self.phrases.phrase(language, key, &[]);
        match button {
            Button::Speak(spoken) => phrase(&format!("button-speak-{}", spoken.id())),
            Button::OldEnough => phrase("button-old-enough"),
            Button::TooYoung => phrase("button-too-young"),
            Button::Agree(_) => phrase("button-agree"),
            Button::Refuse(_) => phrase("button-refuse"),
            Button::Tips => phrase("button-tips"),
            Button::BeginAgain => phrase("button-begin-again"),
            Button::ShowRegion(region) => phrase(&format!("region-{}", region.id())),
            Button::ChangeRegion => phrase("button-change-region"),
            Button::PhotosDone => phrase("button-photos-done"),
            Button::Done(_) => phrase("choices-done"),
            Button::Skip(_) => phrase("button-skip"),
            Button::Back(_) => phrase("button-back"),
            Button::ReviewAnswers => phrase("button-review-answers"),
            Button::Correct(question) => phrase(&format!("question-short-{}", question.id())),
            Button::KeepAnswers => phrase("button-keep-answers"),
            Button::NewConsultation => phrase("button-new-consultation"),
            Button::Erase => phrase("button-erase"),
            Button::ConfirmErase => phrase("button-confirm-erase"),
            Button::DeclineErase => phrase("button-decline-erase"),
        }
    }

    /// The label of a choice.
    pub fn choice(&self, choice: Choice, language: Language) -> String {
        self.phrases
            .phrase(language, &format!("choice-{}", choice.id()), &[])
    }
}

/// Words of one language.
struct Speaker<'a> {
    wording: &'a Wording,
    language: Language,
}

impl Speaker<'_> {
    fn say(&self, key: &str) -> String {
        self.say_with(key, &[])
    }

    fn say_with(&self, key: &str, arguments: &[(&str, Argument<'_>)]) -> String {
        self.wording.phrases.phrase(self.language, key, arguments)
    }

    /// Taking nothing for an answer is called what it means.
    fn label(&self, button: Button, controls: &Controls) -> String {
        let is_none = |choices: &Choices| choices.chosen.is_empty();
        match button {
            Button::Done(_) if controls.choices.as_ref().is_some_and(is_none) => {
                self.say("choices-none")
            }
            other => self.wording.button(other, self.language),
        }
    }

    fn paragraphs(&self, message: &Message) -> Vec<String> {
        match message {
            // Nobody knows the person's language for sure yet: every language says hello.
            Message::Hello => Language::ALL
                .into_iter()
                .map(|language| self.wording.phrases.phrase(language, "hello", &[]))
                .collect(),
            Message::AskAge => vec![self.say("ask-age")],
            Message::AskConsent(purpose) => vec![self.say_with(
                match purpose {
                    Purpose::Basic => "ask-consent-basic",
                    Purpose::Sensitive => "ask-consent-sensitive",
                },
                &[("version", Number(usize::from(Consent::VERSION)))],
            )],
            Message::TooYoung => vec![self.say("too-young")],
            Message::ConsentRefused(Purpose::Basic) => vec![self.say("consent-refused-basic")],
            Message::ConsentRefused(Purpose::Sensitive) => {
                vec![self.say("consent-refused-sensitive")]
            }
            Message::GeneralTips { .. } => self.general_tips(),
            Message::PhotoGuide => vec![self.say("photo-guide"), self.say("ask-region")],
            Message::AskRegion => vec![self.say("ask-region")],
            Message::AskPhoto { region, left } => vec![self.say_with(
                "ask-photo",
                &[
                    (
                        "region",
                        Words(&self.say(&format!("region-{}", region.id()))),
                    ),
                    ("left", Number(*left)),
                ],
            )],
            Message::PhotoReceived { number, .. } => {
                vec![self.say_with("photo-received", &[("number", Number(*number))])]
            }
            Message::PhotoJudged {
                number,
                verdict,
                is_soft,
                then,
            } => self.photo_judged(*number, *verdict, *is_soft, *then),
            Message::PhotoFailed { number, .. } => {
                vec![self.say_with("photo-failed", &[("number", Number(*number))])]
            }
            Message::PhotoUnusable(unusable) => vec![self.unusable(*unusable)],
            Message::TooManyPhotos { limit } => {
                vec![self.say_with("too-many-photos", &[("limit", Number(*limit))])]
            }
            Message::Ask {
                question, asking, ..
            } => self.ask(*question, *asking),
            Message::AnswersReview { answers } => {
                vec![self.say("answers-review"), self.answers(answers)]
            }
            Message::AnswersKept => vec![self.say("answers-kept")],
            Message::AnswerChanged => vec![self.say("answer-changed")],
            Message::SurveyDone => vec![self.say("survey-done")],
            Message::WordsCut { kept } => {
                vec![self.say_with("words-cut", &[("kept", Number(*kept))])]
            }
            Message::PreparingResult => vec![self.say("preparing-result")],
            Message::NoUsablePhoto => vec![self.say("no-usable-photo")],
            Message::Result { summary, card } => self.result(summary, card.is_some()),
            Message::Guidance { guidance, .. } => self.guidance(guidance),
            Message::RedFlagNotice { red_flags } => self.red_flag_notice(red_flags),
            Message::AskErase => vec![self.say("ask-erase")],
            Message::EraseDeclined => vec![self.say("erase-declined")],
            Message::NotUnderstood(expected) => vec![self.say(match expected {
                Expected::Button => "not-understood-button",
                Expected::Region => "not-understood-region",
                Expected::Photo => "not-understood-photo",
                Expected::Patience => "not-understood-patience",
            })],
            Message::CouldNotErase => vec![self.say("could-not-erase")],
            Message::ChooseLanguage => vec![self.say("choose-language")],
            Message::Help => vec![self.say("help"), self.say("help-commands")],
            Message::Privacy => vec![self.say("privacy")],
            Message::ConsultationCancelled => vec![self.say("consultation-cancelled")],
            Message::SurveyStopped => vec![self.say("survey-stopped")],
            Message::NothingToCancel => vec![self.say("nothing-to-cancel")],
        }
    }

    fn general_tips(&self) -> Vec<String> {
        let tips: Vec<String> = self
            .wording
            .knowledge
            .tips()
            .iter()
            .map(|tip| {
                self.say_with(
                    "list-item",
                    &[("text", Words(tip.in_language(self.language)))],
                )
            })
            .collect();
        vec![
            self.say("general-tips"),
            tips.join("\n"),
            self.say("general-tips-end"),
        ]
    }

    fn photo_judged(
        &self,
        number: usize,
        verdict: Verdict,
        is_soft: bool,
        then: AfterPhoto,
    ) -> Vec<String> {
        let key = format!("photo-{}", verdict.id().replace('_', "-"));
        let mut paragraphs = vec![self.say_with(&key, &[("number", Number(number))])];
        if is_soft && verdict == Verdict::Graded {
            paragraphs.push(self.say("photo-soft"));
        }
        if let AfterPhoto::OfferMore { left, can_go_on } = then {
            let offer = match (can_go_on, left) {
                (true, 0) => Some("photos-complete"),
                (true, _) => Some("photo-more"),
                (false, _) => None,
            };
            paragraphs.extend(offer.map(|offer| self.say_with(offer, &[("left", Number(left))])));
        }
        paragraphs
    }

    fn unusable(&self, unusable: Unusable) -> String {
        let number = |number: u32| Number(usize::try_from(number).unwrap_or(usize::MAX));
        match unusable {
            Unusable::ConsentMissing => self.say("unusable-consent-missing"),
            Unusable::Unreadable => self.say("unusable-unreadable"),
            Unusable::Empty => self.say("unusable-empty"),
            Unusable::Heic => self.say("unusable-heic"),
            Unusable::TooManyBytes { limit_megabytes } => self.say_with(
                "unusable-too-many-bytes",
                &[("limit", number(limit_megabytes))],
            ),
            Unusable::TooManyPixels { limit_megapixels } => self.say_with(
                "unusable-too-many-pixels",
                &[("limit", number(limit_megapixels))],
            ),
            Unusable::TooSmall { needed_pixels } => {
                self.say_with("unusable-too-small", &[("needed", number(needed_pixels))])
            }
            Unusable::NotStored => self.say("unusable-not-stored"),
        }
    }

    fn ask(&self, question: Question, asking: Asking) -> Vec<String> {
        let progress = match asking {
            Asking::InTurn => Some(self.say_with(
                "survey-progress",
                &[
                    ("number", Number(question.number())),
                    ("of", Number(Question::ALL.len())),
                ],
            )),
            Asking::Again => None,
        };
        let key = format!("question-{}", question.id());
        progress.into_iter().chain([self.say(&key)]).collect()
    }

    fn answers(&self, answers: &Answers) -> String {
        let lines: Vec<String> = answers
            .iter()
            .map(|(question, answer)| {
                let label = self.say(&format!("question-short-{}", question.id()));
                self.say_with(
                    "answer-line",
                    &[
                        ("question", Words(&label)),
                        ("answer", Words(&self.answer(answer))),
                    ],
                )
            })
            .collect();
        lines.join("\n")
    }

    fn answer(&self, answer: &Answer) -> String {
        match answer {
            Answer::Chosen(chosen) if chosen.is_empty() => self.say("answer-none"),
            Answer::Chosen(chosen) => {
                let labels: Vec<String> = chosen
                    .iter()
                    .map(|choice| self.wording.choice(*choice, self.language))
                    .collect();
                labels.join(", ")
            }
            Answer::Words(words) => words.clone(),
            Answer::Skipped => self.say("answer-skipped"),
        }
    }

    fn result(&self, summary: &ResultSummary, has_card: bool) -> Vec<String> {
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
            .map(|region| self.say(&format!("region-{}", region.id())))
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

    fn guidance(&self, guidance: &Guidance) -> Vec<String> {
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

    fn red_flag_notice(&self, red_flags: &RedFlags) -> Vec<String> {
        red_flags
            .iter()
            .filter_map(|flag| self.wording.knowledge.red_flag(flag.id()))
            .map(|text| text.in_language(self.language).to_owned())
            .collect()
    }

    fn fixed(&self, fixed: Fixed) -> Option<String> {
        self.wording
            .knowledge
            .fixed(fixed.id())
            .map(|text| text.in_language(self.language).to_owned())
    }

    fn picture(&self, message: &Message) -> Option<Picture> {
        match message {
            Message::PhotoGuide => Some(Picture::PhotoGuide {
                alternative: self.say("photo-guide-alternative"),
            }),
            Message::Result {
                card: Some(card), ..
            } => Some(self.card(*card)),
            _ => None,
        }
    }

    fn card(&self, card: Card) -> Picture {
        Picture::Card {
            card,
            alternative: self.say("result-card-alternative"),
        }
    }

    fn choices(&self, controls: Controls) -> Option<WordedChoices> {
        let choices = controls.choices?;
        Some(WordedChoices {
            question: choices.question,
            selection: choices.selection,
            offered: choices
                .offered
                .into_iter()
                .map(|choice| WordedChoice {
                    choice,
                    label: self.wording.choice(choice, self.language),
                    is_chosen: choices.chosen.contains(&choice),
                })
                .collect(),
            done: self.say("choices-done"),
            none: self.say("choices-none"),
        })
    }
}

const fn severity_key(severity: Severity) -> &'static str {
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
