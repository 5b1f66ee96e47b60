//! Texts that are worded for a person: the guidance, and answers to their own questions.
//!
//! The rules choose what may be said, before anybody is asked to word it. Nothing here waits for a
//! text: the guidance stands at once, a question is answered with passages when nothing better
//! comes, and whatever comes too late changes nothing.

use super::super::step::Turn;
use super::super::{
    Advice, Answered, AwaitedAnswer, Consultation, ConsultationNumber, Conversation, DailyCount,
    Effect, Expected, Helpful, Message, Rateable, Rated, RatedKind, RatingMark, Slot, Stage, Words,
    Writings, Written,
};
use crate::domain::guidance::{
    AdviceBrief, CareLevel, Exchange, Guidance, PassageId, QuestionBrief, WordedAdvice,
    WordedAnswer, Writer,
};

/// How many passages an answer may be taken from.
const MOST_PASSAGES: usize = 4;

/// Tells the guidance in a new place, in the words that were found for it in this language, and has
/// it worded if there are none.
pub(in super::super) fn tell_guidance(turn: &mut Turn, consultation: &mut Consultation) {
    let brief = consultation.brief();
    consultation.writings.tellings += 1;
    let may_be_worded = brief.guidance.may_be_worded();
    match &consultation.writings.advice {
        Advice::Worded { language, .. } | Advice::Awaited { language }
            if *language == turn.language && may_be_worded => {}
        Advice::Unworded | Advice::Worded { .. } | Advice::Awaited { .. } => {
            consultation.writings.advice = Advice::Unworded;
            order_advice(turn, consultation, &brief);
        }
    }
    show_guidance(turn, consultation, brief.guidance);
}

/// The answers changed: what was worded before does not hold any more.
pub(in super::super) fn outdate_advice(consultation: &mut Consultation) {
    consultation.writings.advice = Advice::Unworded;
}

/// Something was learnt that the guidance has to heed: what was worded or asked before it does not hold
/// any more, and where the guidance was told, it is told anew in its place.
pub(in super::super) fn renew(turn: &mut Turn, consultation: &mut Consultation) {
    leave(turn, consultation);
    outdate_advice(consultation);
    if consultation.writings.tellings > 0 {
        let brief = consultation.brief();
        order_advice(turn, consultation, &brief);
        show_guidance(turn, consultation, brief.guidance);
    }
}

/// The person speaks another language from now on: no text in the one before is waited for.
pub(in super::super) fn translate(turn: &mut Turn, stage: &mut Stage) {
    if let Some(consultation) = stage.consultation_mut() {
        leave(turn, consultation);
        consultation.writings.earlier.clear();
    }
}

/// Has the guidance worded, where a model may word it and did not do so too often.
fn order_advice(turn: &mut Turn, consultation: &mut Consultation, brief: &AdviceBrief) {
    let writings = &mut consultation.writings;
    if !brief.guidance.may_be_worded() || writings.orders >= Writings::MOST_ORDERS {
        return;
    }
    writings.orders += 1;
    writings.advice = Advice::Awaited {
        language: turn.language,
    };
    turn.order(Effect::WriteAdvice {
        consultation: consultation.number,
        order: consultation.writings.orders,
        brief: Box::new(brief.clone()),
        language: turn.language,
    });
}

/// Shows the guidance in its present place.
fn show_guidance(turn: &mut Turn, consultation: &Consultation, guidance: Guidance) {
    let advice = match &consultation.writings.advice {
        Advice::Worded { number, advice, .. } => Some(Box::new(Rateable {
            text: (**advice).clone(),
            mark: RatingMark::of(*number),
        })),
        Advice::Unworded | Advice::Awaited { .. } => None,
    };
    turn.say_in(
        Some(Slot::Guidance {
            consultation: consultation.number,
            telling: consultation.writings.tellings,
        }),
        Message::Guidance {
            guidance,
            consultation: consultation.number,
            advice,
        },
    );
}

/// Takes what came of a text, in whichever stage the person is by now.
pub(in super::super) fn settle(turn: &mut Turn, mut stage: Stage, written: Written) -> Stage {
    let Some(consultation) = stage.consultation_mut() else {
        return stage;
    };
    match written {
        Written::Advice {
            consultation: number,
            order,
            advice,
        } => {
            if consultation.awaits_advice(number, order) {
                keep_advice(turn, consultation, advice);
            }
        }
        Written::NoAdvice {
            consultation: number,
            order,
        } => {
            if consultation.awaits_advice(number, order) {
                consultation.writings.advice = Advice::Unworded;
            }
        }
        Written::Answer { question, answer } => {
            if let Some(awaited) = consultation.take_awaited(question) {
                answer_in_words(turn, consultation, awaited, *answer);
            }
        }
        Written::NoAnswer { question } => {
            if let Some(awaited) = consultation.take_awaited(question) {
                answer_with_passages(turn, consultation, awaited);
            }
        }
        Written::AnswerQueued { question } => {
            let awaited = &consultation.writings.awaited;
            if awaited.as_ref().is_some_and(|one| one.number == question) {
                turn.say_in(Some(Slot::Answer(question)), Message::ManyAreAsking);
            }
        }
    }
    stage
}

fn keep_advice(turn: &mut Turn, consultation: &mut Consultation, advice: Box<WordedAdvice>) {
    let Advice::Awaited { language } = consultation.writings.advice else {
        return;
    };
    let guidance = consultation.brief().guidance;
    // The person speaks another language meanwhile, in a stage where the guidance was not told again.
    if language != turn.language || !guidance.may_be_worded() {
        outdate_advice(consultation);
        return;
    }
    let number = turn.rateable(RatedKind::Advice, Some(advice.writer.clone()));
    consultation.writings.advice = Advice::Worded {
        language,
        number,
        advice,
    };
    show_guidance(turn, consultation, guidance);
}

/// A person asks something in their own words. Red flags override everything; what the knowledge base
/// holds nothing about is not answered.
pub(in super::super) fn ask(turn: &mut Turn, consultation: &mut Consultation, words: &Words) {
    if !words.red_flags.is_empty() || words.text.is_empty() {
        consultation.hear(turn, words, Expected::Button);
        return;
    }
    if consultation.writings.awaited.is_some() {
        turn.say(Message::OneQuestionAtATime);
        return;
    }
    let about = consultation.brief();
    let mut passages: Vec<PassageId> = Vec::new();
    let earlier = &consultation.writings.last_passages;
    for passage in words
        .topics
        .iter()
        .flat_map(|topic| topic.passages(about.grades.as_ref(), earlier))
    {
        if !passages.contains(&passage) && passages.len() < MOST_PASSAGES {
            passages.push(passage);
        }
    }
    if passages.is_empty() {
        turn.say(Message::OffTopic);
        return;
    }
    if !turn.may_ask() {
        turn.say(Message::QuestionsUsedUp {
            limit: DailyCount::LIMIT,
        });
        return;
    }
    consultation.writings.last_passages.clone_from(&passages);
    let number = turn.count_question();
    let awaited = AwaitedAnswer {
        number,
        question: words.text.clone(),
        passages: passages.clone(),
    };
    // Somebody who has to be seen today gets no worded answer, as they get no worded guidance.
    if !about.guidance.may_be_worded() {
        answer_with_passages(turn, consultation, awaited);
        return;
    }
    consultation.writings.awaited = Some(awaited);
    turn.say_in(Some(Slot::Answer(number)), Message::Answering);
    turn.order(Effect::AnswerQuestion {
        question: number,
        brief: Box::new(QuestionBrief {
            question: words.text.clone(),
            passages,
            about,
            earlier: consultation.writings.earlier.clone(),
        }),
        language: turn.language,
    });
}

/// The person goes on to something else: a question that is still open is answered with what is here.
pub(in super::super) fn leave(turn: &mut Turn, consultation: &mut Consultation) {
    if let Some(awaited) = consultation.writings.awaited.take() {
        answer_with_passages(turn, consultation, awaited);
    }
}

fn answer_in_words(
    turn: &mut Turn,
    consultation: &mut Consultation,
    awaited: AwaitedAnswer,
    answer: WordedAnswer,
) {
    if !consultation.brief().guidance.may_be_worded() {
        answer_with_passages(turn, consultation, awaited);
        return;
    }
    turn.remember_rateable(awaited.number, RatedKind::Answer, Some(answer.writer));
    consultation.remember(Exchange {
        question: awaited.question,
        answer: answer.text.clone(),
    });
    let answer = Answered::Worded(Rateable {
        text: answer.text,
        mark: RatingMark::of(awaited.number),
    });
    say_answer(turn, consultation, awaited.number, answer);
}

fn answer_with_passages(turn: &mut Turn, consultation: &Consultation, awaited: AwaitedAnswer) {
    turn.remember_rateable(awaited.number, RatedKind::Answer, None);
    let answer = Answered::Prepared(Rateable {
        text: awaited.passages,
        mark: RatingMark::of(awaited.number),
    });
    say_answer(turn, consultation, awaited.number, answer);
}

fn say_answer(turn: &mut Turn, consultation: &Consultation, number: u32, answer: Answered) {
    let care_level = consultation.brief().guidance.care_level;
    turn.say_in(
        Some(Slot::Answer(number)),
        Message::Answer {
            answer,
            sees_dermatologist: care_level >= CareLevel::SeeDermatologist,
        },
    );
}

/// What a person thinks of a text; of one that nobody remembers, nothing can be kept.
pub(in super::super) fn rate(turn: &mut Turn, helpful: Helpful, mark: RatingMark) {
    if let Some(rated) = turn.rated(mark) {
        turn.order(Effect::KeepRating {
            rated,
            is_helpful: helpful == Helpful::Yes,
        });
        turn.say(Message::RatingKept);
    }
}

impl Conversation {
    /// Whether the wording that was ordered so is still waited for.
    pub fn awaits_advice(&self, consultation: ConsultationNumber, order: u32) -> bool {
        let present = self.stage.consultation();
        present.is_some_and(|present| present.awaits_advice(consultation, order))
    }

    /// Whether the answer to that question is still waited for.
    pub fn awaits_answer(&self, question: u32) -> bool {
        let awaited = |present: &Consultation| {
            let awaited = present.writings.awaited.as_ref();
            awaited.is_some_and(|one| one.number == question)
        };
        self.stage.consultation().is_some_and(awaited)
    }
}

impl Consultation {
    fn awaits_advice(&self, number: ConsultationNumber, order: u32) -> bool {
        self.number == number
            && self.writings.orders == order
            && matches!(self.writings.advice, Advice::Awaited { .. })
    }

    fn take_awaited(&mut self, question: u32) -> Option<AwaitedAnswer> {
        self.writings.awaited.take_if(|one| one.number == question)
    }

    fn remember(&mut self, mut exchange: Exchange) {
        let most = Writings::REMEMBERED_CHARACTERS;
        exchange.answer = exchange.answer.chars().take(most).collect();
        let earlier = &mut self.writings.earlier;
        if earlier.len() >= Writings::REMEMBERED {
            earlier.remove(0);
        }
        earlier.push(exchange);
    }
}

impl Turn {
    /// The number of a text that may be rated from now on.
    fn rateable(&mut self, kind: RatedKind, writer: Option<Writer>) -> u32 {
        let number = self.next_text();
        self.remember_rateable(number, kind, writer);
        number
    }

    fn remember_rateable(&mut self, number: u32, kind: RatedKind, writer: Option<Writer>) {
        let rateable = self.rateables();
        if rateable.len() >= Rated::REMEMBERED {
            rateable.remove(0);
        }
        rateable.push(Rated {
            number,
            kind,
            writer,
        });
    }
}
