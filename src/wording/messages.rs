//! The words of every message.

use std::sync::Arc;

use super::phrases::Argument::{Number, Text as Words};
use super::results;
use super::{
    Argument, Knowledge, KnowledgeError, Links, Phrases, PhrasesError, Picture, Worded,
    WordedChoice, WordedChoices,
};
use crate::domain::consultation::{
    Asking, Button, Card, Choices, Consent, Controls, Expected, Helpful, Language, Message, Purpose,
};
use crate::domain::scalp::{Answer, Answers, Choice, Condition, Question, Region, Severity};

/// Finds the words of messages, buttons and choices.
#[derive(Debug, Clone)]
pub struct Wording {
    phrases: Arc<Phrases>,
    pub(super) knowledge: Arc<Knowledge>,
    pub(super) links: Arc<Links>,
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
            links: Arc::default(),
        })
    }

    /// The same, with what the operator has to say of itself.
    #[must_use]
    pub fn with_links(self, links: Links) -> Self {
        Self {
            links: Arc::new(links),
            ..self
        }
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
            Button::ShowRegion(region) | Button::Assign(_, region) => {
                phrase(&format!("region-{}", region.id()))
            }
            Button::RegionOf(number) => {
                let number = [("number", Number(number))];
                self.phrases.phrase(language, "button-region-of", &number)
            }
            Button::ChangeRegion => phrase("button-change-region"),
            Button::PhotosDone => phrase("button-photos-done"),
            Button::Done(_) => phrase("choices-done"),
            Button::Skip(_) => phrase("button-skip"),
            Button::Back(_) => phrase("button-back"),
            Button::ReviewAnswers => phrase("button-review-answers"),
            Button::Correct(question) => phrase(&format!("question-short-{}", question.id())),
            Button::KeepAnswers => phrase("button-keep-answers"),
            Button::NewConsultation => phrase("button-new-consultation"),
            Button::Withdraw(purpose) => phrase(&format!("button-withdraw-{}", purpose.id())),
            Button::AskQuestion => phrase("button-ask-question"),
            Button::Rate(Helpful::Yes, _) => phrase("button-helpful"),
            Button::Rate(Helpful::No, _) => phrase("button-unhelpful"),
            Button::Erase => phrase("button-erase"),
            Button::ConfirmErase => phrase("button-confirm-erase"),
            Button::DeclineErase => phrase("button-decline-erase"),
        }
    }

    /// The name of a condition.
    pub fn condition(&self, condition: Condition, language: Language) -> String {
        let key = format!("condition-{}", condition.id().replace('_', "-"));
        self.phrases.phrase(language, &key, &[])
    }

    /// The word for a severity.
    pub fn severity(&self, severity: Severity, language: Language) -> String {
        self.phrases
            .phrase(language, results::severity_key(severity), &[])
    }

    /// The label of a choice.
    pub fn choice(&self, choice: Choice, language: Language) -> String {
        self.phrases
            .phrase(language, &format!("choice-{}", choice.id()), &[])
    }
}

/// Words of one language.
pub(super) struct Speaker<'a> {
    pub(super) wording: &'a Wording,
    pub(super) language: Language,
}

impl Speaker<'_> {
    pub(super) fn say(&self, key: &str) -> String {
        self.say_with(key, &[])
    }

    pub(super) fn say_with(&self, key: &str, arguments: &[(&str, Argument<'_>)]) -> String {
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

    #[expect(
        clippy::too_many_lines,
        reason = "one arm a message: a look-up table, which the compiler keeps complete"
    )]
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
            Message::AskPhoto {
                region: Region::Unknown,
                left,
            } => vec![self.say_with("ask-photo-anywhere", &[("left", Number(*left))])],
            Message::AskPhoto { region, left } => vec![self.say_with(
                "ask-photo",
                &[
                    ("region", Words(&self.region(*region))),
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
                ..
            } => self.photo_judged(*number, *verdict, *is_soft, *then),
            Message::Album { photos, then } => self.album(photos, *then),
            Message::AskRegionOf { number } => {
                vec![self.say_with("ask-region-of", &[("number", Number(*number))])]
            }
            Message::RegionAssigned {
                number,
                region: Region::Unknown,
            } => vec![self.say_with("region-assigned-unknown", &[("number", Number(*number))])],
            Message::RegionAssigned { number, region } => vec![self.say_with(
                "region-assigned",
                &[
                    ("number", Number(*number)),
                    ("region", Words(&self.region(*region))),
                ],
            )],
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
            Message::Guidance {
                guidance, advice, ..
            } => self.guidance(guidance, advice.as_ref().map(|advice| &advice.text)),
            Message::InviteQuestion => vec![self.say("invite-question")],
            Message::Answering => vec![self.say("answering")],
            Message::ManyAreAsking => vec![self.say("many-are-asking")],
            Message::Answer {
                answer,
                sees_dermatologist,
            } => self.answer_to_question(answer, *sees_dermatologist),
            Message::OffTopic => vec![self.say("question-off-topic")],
            Message::OneQuestionAtATime => vec![self.say("one-question-at-a-time")],
            Message::QuestionsUsedUp { limit } => {
                let limit = usize::try_from(*limit).unwrap_or(usize::MAX);
                vec![self.say_with("questions-used-up", &[("limit", Number(limit))])]
            }
            Message::RatingKept => vec![self.say("rating-kept")],
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
            Message::Help => self.help(),
            Message::Privacy { consents } => self.privacy(consents),
            Message::ConsentWithdrawn(purpose) => {
                vec![self.say(&format!("consent-withdrawn-{}", purpose.id()))]
            }
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
