//! The survey: in its turn, with back and skip, and again after the result.

use std::collections::BTreeSet;

use super::super::step::Turn;
use super::super::{
    Asking, Button, Consultation, Event, Expected, Mark, Message, PhotoState, Slot, Stage, Words,
};
use super::photos::Offer;
use super::{result, writing};
use crate::domain::scalp::{Answer, Answers, Choice, Question, Region, Selection};

/// A question that waits for its answer, and what is marked of it so far.
pub(in super::super) struct Asked {
    pub(in super::super) question: Question,
    pub(in super::super) draft: BTreeSet<Choice>,
}

pub(in super::super) fn awaiting_answer(
    turn: &mut Turn,
    mut consultation: Consultation,
    region: Region,
    asked: Asked,
    event: Event,
) -> Stage {
    let Asked {
        question,
        mut draft,
    } = asked;
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
        Event::Marked {
            question: marked,
            choice,
            mark,
        } if marked == question => {
            if changes(&mut draft, question, choice, mark) {
                ask(turn, &consultation, question, &draft);
            }
        }
        Event::Pressed(Button::Done(done)) if done == question && takes_marks(question) => {
            consultation.answers = consultation.answers.with(question, Answer::Chosen(draft));
            return go_on(turn, consultation, region, question);
        }
        Event::Pressed(Button::Skip(skipped)) if skipped == question => {
            consultation.answers = consultation.answers.with(question, Answer::Skipped);
            return go_on(turn, consultation, region, question);
        }
        Event::Pressed(Button::Back(from)) if from == question => {
            if let Some(previous) = question.previous() {
                return begin(turn, consultation, region, previous);
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
        Event::AlbumArrived { photos, .. } => {
            consultation.receive_album(turn, photos, region, Offer::Nothing);
        }
        Event::Pressed(Button::RegionOf(number)) => consultation.ask_region_of(turn, number),
        Event::Pressed(Button::Assign(number, shown)) => {
            consultation.assign(turn, number, shown, Offer::Nothing);
        }
        Event::PhotoTurnedAway(unusable) => turn.say(Message::PhotoUnusable(unusable)),
        Event::PhotoJudged { photo, judgement } => {
            consultation.settle(turn, photo, PhotoState::Judged(judgement), Offer::Nothing);
        }
        Event::PhotoGradingFailed { photo } => {
            consultation.settle(turn, photo, PhotoState::Failed, Offer::Nothing);
        }
        Event::Opened { .. }
        | Event::FilesAnnounced(_)
        | Event::Pressed(_)
        | Event::Marked { .. }
        | Event::Commanded(_)
        | Event::CardDrawn { .. }
        | Event::CardFailed { .. }
        | Event::ErasingFailed
        | Event::Written(_) => {}
    }
    Stage::AwaitingAnswer {
        consultation,
        region,
        question,
        draft,
    }
}

pub(in super::super) fn awaiting_correction(
    turn: &mut Turn,
    mut consultation: Consultation,
    region: Region,
    asked: Option<Asked>,
    event: Event,
) -> Stage {
    let question = asked.as_ref().map(|asked| asked.question);
    let mut draft = asked.map(|asked| asked.draft).unwrap_or_default();
    match event {
        Event::Pressed(Button::Correct(chosen)) => {
            return correct(turn, consultation, region, Some(chosen));
        }
        Event::Marked {
            question: marked,
            choice,
            mark,
        } if question == Some(marked) => {
            if changes(&mut draft, marked, choice, mark) {
                ask_correction(turn, &consultation, marked, &draft);
            }
        }
        Event::Pressed(Button::Done(done)) if question == Some(done) && takes_marks(done) => {
            consultation.answers = consultation.answers.with(done, Answer::Chosen(draft));
            return corrected(turn, consultation, region);
        }
        Event::Chosen {
            question: answered,
            choices,
        } if question == Some(answered) => {
            if let Some(answer) = answer_of(answered, choices) {
                consultation.answers = consultation.answers.with(answered, answer);
                return corrected(turn, consultation, region);
            }
        }
        Event::Pressed(Button::Skip(skipped)) if question == Some(skipped) => {
            consultation.answers = consultation.answers.with(skipped, Answer::Skipped);
            return corrected(turn, consultation, region);
        }
        Event::Pressed(Button::Back(from)) if question == Some(from) => {
            return correct(turn, consultation, region, None);
        }
        Event::Said(words) if question.map(Question::selection) == Some(Selection::Words) => {
            consultation.red_flags.clear();
            consultation.keep_words(turn, &words);
            return corrected(turn, consultation, region);
        }
        Event::Pressed(Button::KeepAnswers) => {
            turn.say_in(Some(consultation.review_slot()), Message::AnswersKept);
            return Stage::AwaitingWish {
                consultation,
                region,
            };
        }
        // A question is no answer: it ends the review.
        asks @ Event::Pressed(Button::AskQuestion) => {
            return result::awaiting_wish(turn, consultation, region, asks);
        }
        // Whatever else is wished leaves the review as it is.
        other @ (Event::Pressed(_)
        | Event::PhotoArrived(_)
        | Event::AlbumArrived { .. }
        | Event::PhotoTurnedAway(_)) => {
            let wish = result::awaiting_wish(turn, consultation, region, other);
            return match wish {
                Stage::AwaitingWish {
                    consultation,
                    region,
                } => Stage::AwaitingCorrection {
                    consultation,
                    region,
                    question,
                    draft,
                },
                moved => moved,
            };
        }
        Event::Said(words) if !words.topics.is_empty() => {
            writing::ask(turn, &mut consultation, &words);
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
        | Event::FilesAnnounced(_)
        | Event::Chosen { .. }
        | Event::Marked { .. }
        | Event::Commanded(_)
        | Event::CardDrawn { .. }
        | Event::CardFailed { .. }
        | Event::ErasingFailed
        | Event::Written(_) => {}
    }
    Stage::AwaitingCorrection {
        consultation,
        region,
        question,
        draft,
    }
}

/// Waits for the answer to a question; what was answered before is marked.
pub(in super::super) fn begin(
    turn: &mut Turn,
    consultation: Consultation,
    region: Region,
    question: Question,
) -> Stage {
    let draft = consultation.answers.marked(question);
    ask(turn, &consultation, question, &draft);
    Stage::AwaitingAnswer {
        consultation,
        region,
        question,
        draft,
    }
}

/// Asks a question in its turn, in the survey's own place.
pub(in super::super) fn ask(
    turn: &mut Turn,
    consultation: &Consultation,
    question: Question,
    draft: &BTreeSet<Choice>,
) {
    turn.say_in(
        Some(consultation.survey_slot()),
        Message::Ask {
            question,
            answers: consultation.answers.with_draft(question, draft),
            asking: Asking::InTurn,
        },
    );
}

/// Shows the answers, or waits for one of them again.
pub(in super::super) fn correct(
    turn: &mut Turn,
    consultation: Consultation,
    region: Region,
    question: Option<Question>,
) -> Stage {
    let draft = question
        .map(|question| consultation.answers.marked(question))
        .unwrap_or_default();
    match question {
        Some(question) => ask_correction(turn, &consultation, question, &draft),
        None => review(turn, &consultation),
    }
    Stage::AwaitingCorrection {
        consultation,
        region,
        question,
        draft,
    }
}

/// Asks one question again, in the review's own place.
pub(in super::super) fn ask_correction(
    turn: &mut Turn,
    consultation: &Consultation,
    question: Question,
    draft: &BTreeSet<Choice>,
) {
    turn.say_in(
        Some(consultation.review_slot()),
        Message::Ask {
            question,
            answers: consultation.answers.with_draft(question, draft),
            asking: Asking::Again,
        },
    );
}

/// Shows the answers so far.
pub(in super::super) fn review(turn: &mut Turn, consultation: &Consultation) {
    turn.say_in(
        Some(consultation.review_slot()),
        Message::AnswersReview {
            answers: consultation.answers.clone(),
        },
    );
}

/// An answer was changed: what it changes is told at once.
fn corrected(turn: &mut Turn, consultation: Consultation, region: Region) -> Stage {
    turn.say_in(Some(consultation.review_slot()), Message::AnswerChanged);
    result::tell_again(turn, consultation, region)
}

/// On to the next question that is open, or to the result.
fn go_on(turn: &mut Turn, consultation: Consultation, region: Region, answered: Question) -> Stage {
    if let Some(question) = answered.next() {
        return begin(turn, consultation, region, question);
    }
    turn.say_in(Some(consultation.survey_slot()), Message::SurveyDone);
    result::conclude(turn, consultation, region)
}

/// Marks or clears a choice of a question; whether anything changed by it.
fn changes(draft: &mut BTreeSet<Choice>, question: Question, choice: Choice, mark: Mark) -> bool {
    takes_marks(question)
        && choice.question() == question
        && match mark {
            Mark::On => draft.insert(choice),
            Mark::Off => draft.remove(&choice),
        }
}

/// Whether choices of that question are marked one by one.
const fn takes_marks(question: Question) -> bool {
    match question.selection() {
        Selection::Several => true,
        Selection::One | Selection::Words => false,
    }
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
    /// Where the survey stands.
    pub(in super::super) const fn survey_slot(&self) -> Slot {
        Slot::Survey {
            consultation: self.number,
            opening: self.openings,
        }
    }

    /// Where the review stands.
    const fn review_slot(&self) -> Slot {
        Slot::Review {
            consultation: self.number,
            opening: self.openings,
        }
    }

    /// Answers words where none are waited for; what is dangerous in them counts for the guidance, also
    /// where it was told already.
    pub(in super::super) fn hear(&mut self, turn: &mut Turn, words: &Words, expected: Expected) {
        turn.answer_words(words, expected);
        let known = self.heard.union(&self.red_flags).count();
        self.heard.extend(&words.red_flags);
        if self.heard.union(&self.red_flags).count() > known {
            writing::renew(turn, self);
        }
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

    /// What is marked of a question when it is asked: what was answered before.
    fn marked(&self, question: Question) -> BTreeSet<Choice> {
        match self.of(question) {
            Some(Answer::Chosen(chosen)) if takes_marks(question) => chosen.clone(),
            Some(Answer::Chosen(_) | Answer::Words(_) | Answer::Skipped) | None => BTreeSet::new(),
        }
    }

    /// The answers as they are shown while a question is asked.
    fn with_draft(&self, question: Question, draft: &BTreeSet<Choice>) -> Self {
        if takes_marks(question) {
            self.clone().with(question, Answer::Chosen(draft.clone()))
        } else {
            self.clone()
        }
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
