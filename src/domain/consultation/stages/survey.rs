//! The survey: in its turn, with back and skip, and again after the result.

use std::collections::BTreeSet;

use super::super::step::Turn;
use super::super::{
    Asking, Button, Consultation, Event, Expected, Message, PhotoState, Slot, Stage, Words,
};
use super::photos::Offer;
use super::result;
use crate::domain::scalp::{Answer, Answers, Choice, Question, Region, Selection};

pub(in super::super) fn awaiting_answer(
    turn: &mut Turn,
    mut consultation: Consultation,
    region: Region,
    question: Question,
    event: Event,
) -> Stage {
    match event {
        Event::Chosen {
            question: answered,
            choices,
        } => {
            // An answer to a question asked before corrects it; one that was not asked is nothing.
            let was_asked = consultation.answers.of(answered).is_some();
            if (answered == question || was_asked)
                && let Some(answer) = answer_of(answered, choices)
            {
                consultation.answers = consultation.answers.with(answered, answer);
                if answered == question {
                    return go_on(turn, consultation, region, question);
                }
            }
        }
        Event::Pressed(Button::Skip(skipped)) if skipped == question => {
            consultation.answers = consultation.answers.with(question, Answer::Skipped);
            return go_on(turn, consultation, region, question);
        }
        Event::Pressed(Button::Back(from)) if from == question => {
            if let Some(previous) = question.previous() {
                ask(turn, &consultation, previous);
                return Stage::AwaitingAnswer {
                    consultation,
                    region,
                    question: previous,
                };
            }
        }
        Event::Said(words) if question.selection() == Selection::Words => {
            consultation.keep_words(turn, &words);
            return go_on(turn, consultation, region, question);
        }
        Event::Said(words) => {
            consultation.hear(turn, &words, Expected::Button);
        }
        Event::PhotoArrived(photo) => consultation.receive(turn, photo, region, Offer::Nothing),
        Event::PhotoTurnedAway(unusable) => turn.say(Message::PhotoUnusable(unusable)),
        Event::PhotoJudged { photo, judgement } => {
            consultation.settle(turn, photo, PhotoState::Judged(judgement), Offer::Nothing);
        }
        Event::PhotoGradingFailed { photo } => {
            consultation.settle(turn, photo, PhotoState::Failed, Offer::Nothing);
        }
        Event::Opened { .. }
        | Event::Pressed(_)
        | Event::CardDrawn { .. }
        | Event::CardFailed { .. }
        | Event::ErasingFailed => {}
    }
    Stage::AwaitingAnswer {
        consultation,
        region,
        question,
    }
}

pub(in super::super) fn awaiting_correction(
    turn: &mut Turn,
    mut consultation: Consultation,
    region: Region,
    question: Option<Question>,
    event: Event,
) -> Stage {
    match event {
        Event::Pressed(Button::Correct(chosen)) => {
            ask_correction(turn, &consultation, Some(chosen));
            return Stage::AwaitingCorrection {
                consultation,
                region,
                question: Some(chosen),
            };
        }
        Event::Chosen {
            question: answered,
            choices,
        } if question == Some(answered) => {
            if let Some(answer) = answer_of(answered, choices) {
                consultation.answers = consultation.answers.with(answered, answer);
                return result::tell_again(turn, consultation, region);
            }
        }
        Event::Pressed(Button::Skip(skipped)) if question == Some(skipped) => {
            consultation.answers = consultation.answers.with(skipped, Answer::Skipped);
            return result::tell_again(turn, consultation, region);
        }
        Event::Pressed(Button::Back(from)) if question == Some(from) => {
            ask_correction(turn, &consultation, None);
            return Stage::AwaitingCorrection {
                consultation,
                region,
                question: None,
            };
        }
        Event::Said(words) if question.map(Question::selection) == Some(Selection::Words) => {
            consultation.red_flags.clear();
            consultation.keep_words(turn, &words);
            return result::tell_again(turn, consultation, region);
        }
        Event::Pressed(Button::KeepAnswers) => {
            turn.say(Message::AnswersKept);
            return Stage::AwaitingWish {
                consultation,
                region,
            };
        }
        // Whatever else is wished leaves the review as it is.
        other @ (Event::Pressed(_) | Event::PhotoArrived(_) | Event::PhotoTurnedAway(_)) => {
            let wish = result::awaiting_wish(turn, consultation, region, other);
            return match wish {
                Stage::AwaitingWish {
                    consultation,
                    region,
                } => Stage::AwaitingCorrection {
                    consultation,
                    region,
                    question,
                },
                moved => moved,
            };
        }
        Event::Said(words) => {
            consultation.hear(turn, &words, Expected::Button);
        }
        Event::PhotoJudged { photo, judgement } => {
            consultation.settle(turn, photo, PhotoState::Judged(judgement), Offer::Nothing);
        }
        Event::PhotoGradingFailed { photo } => {
            consultation.settle(turn, photo, PhotoState::Failed, Offer::Nothing);
        }
        Event::Opened { .. }
        | Event::Chosen { .. }
        | Event::CardDrawn { .. }
        | Event::CardFailed { .. }
        | Event::ErasingFailed => {}
    }
    Stage::AwaitingCorrection {
        consultation,
        region,
        question,
    }
}

/// Asks a question in its turn, in the survey's own place.
pub(in super::super) fn ask(turn: &mut Turn, consultation: &Consultation, question: Question) {
    turn.say_in(
        Some(Slot::Survey(consultation.number)),
        Message::Ask {
            question,
            answers: consultation.answers.clone(),
            asking: Asking::InTurn,
        },
    );
}

/// Shows the answers, or asks one question again.
pub(in super::super) fn ask_correction(
    turn: &mut Turn,
    consultation: &Consultation,
    question: Option<Question>,
) {
    let answers = consultation.answers.clone();
    turn.say(match question {
        Some(question) => Message::Ask {
            question,
            answers,
            asking: Asking::Again,
        },
        None => Message::AnswersReview { answers },
    });
}

/// On to the next question that is open, or to the result.
fn go_on(turn: &mut Turn, consultation: Consultation, region: Region, answered: Question) -> Stage {
    if let Some(question) = answered.next() {
        ask(turn, &consultation, question);
        return Stage::AwaitingAnswer {
            consultation,
            region,
            question,
        };
    }
    turn.say_in(Some(Slot::Survey(consultation.number)), Message::SurveyDone);
    result::conclude(turn, consultation, region)
}

/// The answer that the choices make, if they fit the question.
fn answer_of(question: Question, choices: BTreeSet<Choice>) -> Option<Answer> {
    let belong = choices.iter().all(|choice| choice.question() == question);
    let fits = match question.selection() {
        Selection::One => choices.len() == 1,
        Selection::Several => true,
        Selection::Words => false,
    };
    (belong && fits).then_some(Answer::Chosen(choices))
}

impl Consultation {
    /// Answers words where none are waited for; what is dangerous in them counts for the guidance.
    pub(in super::super) fn hear(&mut self, turn: &mut Turn, words: &Words, expected: Expected) {
        self.red_flags.extend(&words.red_flags);
        turn.answer_words(words, expected);
    }

    /// Keeps the free line, and says at once what red flags in it ask for.
    fn keep_words(&mut self, turn: &mut Turn, words: &Words) {
        self.red_flags.extend(&words.red_flags);
        if words.was_cut {
            turn.say(Message::WordsCut { kept: Words::KEPT });
        }
        turn.warn(words);
        let answer = if words.text.is_empty() {
            Answer::Skipped
        } else {
            Answer::Words(words.text.clone())
        };
        self.answers = std::mem::take(&mut self.answers).with(Question::FreeLine, answer);
    }
}

impl Answers {
    /// The first question that was neither answered nor skipped.
    pub fn first_open(&self) -> Option<Question> {
        Question::ALL
            .into_iter()
            .find(|question| self.of(*question).is_none())
    }

    /// What holds beyond one consultation: all but signs of the day and free words.
    #[must_use]
    pub fn habits(&self) -> Self {
        self.iter()
            .filter(|(question, _)| !matches!(question, Question::RedFlags | Question::FreeLine))
            .fold(Self::default(), |habits, (question, answer)| {
                habits.with(question, answer.clone())
            })
    }
}
