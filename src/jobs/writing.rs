//! Having texts worded: the guidance, and answers to questions.
//!
//! A model that is not there, slow or babbling is no failed job: the prepared sentences stand, and the
//! conversation is told so. Whoever left, asked for something else or was erased is not written for any
//! longer: the call is dropped, which cancels the request.

use std::time::Duration;

use super::JobPorts;
use super::outcome::{Limits, Outcome, told};
use crate::domain::consultation::{ConsultationNumber, Conversation, Event, Language, Written};
use crate::domain::guidance::{AdviceBrief, QuestionBrief};
use crate::ports::{ConversationId, WritingError};

pub(super) const LIMITS: Limits = Limits {
    // A try that failed is answered, not repeated; more than one is for a process that was killed.
    most_tries: 3,
    deadline: Duration::from_secs(170),
};

/// How often it is looked whether the person still waits for the text.
const LOOK: Duration = Duration::from_secs(2);

pub(super) async fn write_advice(
    ports: &JobPorts,
    conversation: ConversationId,
    (consultation, order): (ConsultationNumber, u32),
    brief: &AdviceBrief,
    language: Language,
) -> Outcome {
    let awaits = |conversation: &Conversation| conversation.awaits_advice(consultation, order);
    let writing = ports.writer.advise(brief, language);
    match while_awaited(ports, conversation, awaits, writing).await {
        None => Outcome::Done,
        Some(Ok(advice)) => Outcome::Happened(Event::Written(Written::Advice {
            consultation,
            order,
            advice: Box::new(advice),
        })),
        Some(Err(error)) => {
            tell(&error);
            Outcome::Happened(advice_failure(consultation, order))
        }
    }
}

pub(super) async fn answer_question(
    ports: &JobPorts,
    conversation: ConversationId,
    question: u32,
    brief: &QuestionBrief,
    language: Language,
) -> Outcome {
    if ports.writer.ahead() > 0 {
        // They wait no longer for being told so; if it cannot be told, they wait all the same.
        let queued = Event::Written(Written::AnswerQueued { question });
        let noted = format!("queued:{question}");
        if let Err(error) = ports.events.note(conversation, &noted, queued).await {
            tracing::warn!(error = %told(&error), "A person cannot be told that many are asking");
        }
    }
    let awaits = |conversation: &Conversation| conversation.awaits_answer(question);
    let writing = ports.writer.answer(brief, language);
    match while_awaited(ports, conversation, awaits, writing).await {
        None => Outcome::Done,
        Some(Ok(answer)) => Outcome::Happened(Event::Written(Written::Answer {
            question,
            answer: Box::new(answer),
        })),
        Some(Err(error)) => {
            tell(&error);
            Outcome::Happened(answer_failure(question))
        }
    }
}

/// The guidance stays as it is.
pub(super) const fn advice_failure(consultation: ConsultationNumber, order: u32) -> Event {
    Event::Written(Written::NoAdvice {
        consultation,
        order,
    })
}

/// The passages are the answer.
pub(super) const fn answer_failure(question: u32) -> Event {
    Event::Written(Written::NoAnswer { question })
}

/// Without a model nothing is wrong; everything else is for the operator to know.
fn tell(error: &WritingError) {
    match error {
        WritingError::NotSetUp => {}
        WritingError::Unanswered(_)
        | WritingError::Refused { .. }
        | WritingError::TooLong { .. } => {
            tracing::info!(error = %told(error), "Prepared sentences are shown instead of a text");
        }
    }
}

/// What comes of the writing, or `None` as soon as nobody waits for it.
async fn while_awaited<T>(
    ports: &JobPorts,
    conversation: ConversationId,
    awaits: impl Fn(&Conversation) -> bool,
    writing: impl Future<Output = Result<T, WritingError>>,
) -> Option<Result<T, WritingError>> {
    let is_awaited = async || match ports.conversations.load_by_id(conversation).await {
        Ok(loaded) => loaded.is_some_and(|loaded| awaits(&loaded.conversation)),
        // Whether somebody waits will be seen when the outcome is reported.
        Err(_) => true,
    };
    if !is_awaited().await {
        return None;
    }
    let mut writing = std::pin::pin!(writing);
    loop {
        tokio::select! {
            biased;
            written = &mut writing => return Some(written),
            () = tokio::time::sleep(LOOK) => {
                if !is_awaited().await {
                    return None;
                }
            }
        }
    }
}
