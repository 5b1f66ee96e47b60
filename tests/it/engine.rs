//! The conversation engine: no runtime, no fakes.

use std::collections::BTreeSet;

use dupi::domain::consultation::{
    Button, Consent, Consultation, ConsultationNumber, Conversation, Effect, Event, Expected,
    Language, Message, Photo, PhotoState, Purpose, Slot, Stage, Step, Unusable, Writings,
};
use dupi::domain::guidance::{RedFlag, RedFlags};
use dupi::domain::scalp::{Answer, Answers, Choice, Question, Region, Verdict};
use jiff::Timestamp;

use crate::support::examples::{
    all_answers, all_events, all_stages, judgement, photo_id, refused, sent_file, words,
};

const NOW: Timestamp = Timestamp::UNIX_EPOCH;

fn at(stage: Stage) -> Conversation {
    Conversation {
        stage,
        consultations: 1,
        ..Conversation::new(Language::Korean)
    }
}

fn step(stage: Stage, event: Event) -> Step {
    at(stage).step(event, NOW)
}

fn said(step: &Step) -> Vec<&Message> {
    step.effects
        .iter()
        .filter_map(|effect| match effect {
            Effect::Send { message, .. } => Some(message.as_ref()),
            Effect::GradePhoto { .. }
            | Effect::DrawCard { .. }
            | Effect::FetchPhotos { .. }
            | Effect::ForgetPhotos { .. }
            | Effect::ForgetCards { .. }
            | Effect::WriteAdvice { .. }
            | Effect::AnswerQuestion { .. }
            | Effect::KeepRating { .. }
            | Effect::ErasePerson => None,
        })
        .collect()
}

/// The stage, and nothing said or ordered.
fn check_nothing_changes(stage: &Stage, event: Event) {
    let Step {
        conversation,
        effects,
    } = step(stage.clone(), event);
    assert_eq!(conversation.stage, *stage);
    assert_eq!(effects, vec![]);
}

fn consultation(photos: &[(u128, PhotoState)]) -> Consultation {
    Consultation {
        photos: photos
            .iter()
            .map(|(number, state)| Photo {
                id: photo_id(*number),
                region: Region::Crown,
                state: state.clone(),
                album: None,
            })
            .collect(),
        ..Consultation::new(ConsultationNumber(1))
    }
}

fn graded(numbers: [u8; 6]) -> PhotoState {
    PhotoState::Judged(Box::new(judgement(numbers)))
}

fn asked(question: Question, answers: Answers) -> Stage {
    Stage::AwaitingAnswer {
        consultation: Consultation {
            answers,
            ..consultation(&[(1, PhotoState::Waiting)])
        },
        region: Region::Crown,
        question,
        draft: BTreeSet::new(),
    }
}

/// Without the place in the conversation where a question stands.
fn wherever_it_stands(mut stage: Stage) -> Stage {
    if let Stage::AwaitingAnswer { consultation, .. }
    | Stage::AwaitingCorrection { consultation, .. } = &mut stage
    {
        consultation.openings = 0;
    }
    if let Stage::AwaitingWish { consultation, .. } = &mut stage {
        consultation.writings = Writings::default();
    }
    stage
}

#[test]
fn every_stage_answers_every_event() {
    let mut steps = 0;
    for stage in all_stages() {
        for event in all_events() {
            let first = step(stage.clone(), event.clone());
            // The same again, as a late or doubled message would come: no panic either.
            let _ = first.conversation.step(event, NOW);
            steps += 1;
        }
    }
    assert!(steps > 10_000, "{steps}");
}

#[test]
fn erasing_can_be_asked_for_from_everywhere_and_is_asked_twice() {
    for stage in all_stages() {
        if matches!(
            stage,
            Stage::AwaitingFirstContact | Stage::Closed | Stage::AwaitingEraseConfirmation { .. }
        ) {
            continue;
        }
        let asked = step(stage.clone(), Event::Pressed(Button::Erase));
        assert_eq!(said(&asked), [&Message::AskErase]);
        assert!(!asked.effects.contains(&Effect::ErasePerson));
        let confirmed = asked
            .conversation
            .clone()
            .step(Event::Pressed(Button::ConfirmErase), NOW);
        assert_eq!(confirmed.effects, [Effect::ErasePerson]);
        assert_eq!(confirmed.conversation.stage, Stage::Closed);
        let declined = asked
            .conversation
            .step(Event::Pressed(Button::DeclineErase), NOW);
        assert_eq!(
            wherever_it_stands(declined.conversation.stage.clone()),
            wherever_it_stands(stage)
        );
        assert_eq!(said(&declined).first(), Some(&&Message::EraseDeclined));
    }
}

#[test]
fn a_language_can_be_chosen_everywhere_and_what_is_waited_for_is_said_again() {
    for stage in all_stages() {
        let step = step(
            stage.clone(),
            Event::Pressed(Button::Speak(Language::English)),
        );
        match stage {
            Stage::AwaitingFirstContact | Stage::AwaitingLanguage | Stage::Closed => {}
            other => {
                assert_eq!(
                    wherever_it_stands(step.conversation.stage.clone()),
                    wherever_it_stands(other.clone())
                );
                assert_eq!(step.conversation.language, Language::English);
                assert!(!step.effects.is_empty(), "{other:?}");
            }
        }
    }
}

#[test]
fn red_flags_in_a_persons_words_are_answered_at_once_from_everywhere() {
    let flags: RedFlags = [RedFlag::FeverWithPus].into();
    for stage in all_stages() {
        if stage == Stage::Closed {
            continue;
        }
        let step = step(stage.clone(), words("열이 나요", flags.clone()));
        assert!(
            said(&step).contains(&&Message::RedFlagNotice {
                red_flags: flags.clone()
            }),
            "{stage:?}"
        );
    }
}

#[test]
fn a_photo_before_the_consent_is_not_looked_at() {
    for stage in [
        Stage::AwaitingFirstContact,
        Stage::AwaitingLanguage,
        Stage::AwaitingAge,
        Stage::AwaitingConsent {
            purpose: Purpose::Sensitive,
        },
        Stage::AwaitingChangeOfMind,
    ] {
        let step = step(stage, Event::PhotoArrived(photo_id(1)));
        assert!(step.effects.contains(&Effect::ForgetPhotos {
            photos: vec![photo_id(1)]
        }));
        assert!(
            !step
                .effects
                .iter()
                .any(|effect| matches!(effect, Effect::GradePhoto { .. }))
        );
    }
}

#[test]
fn consent_is_two_separate_dated_steps() {
    let mut conversation = at(Stage::AwaitingAge);
    for button in [
        Button::OldEnough,
        Button::Agree(Purpose::Basic),
        Button::Agree(Purpose::Sensitive),
    ] {
        assert!(!conversation.has_consent(Purpose::Sensitive));
        conversation = conversation.step(Event::Pressed(button), NOW).conversation;
    }
    assert!(conversation.has_consent(Purpose::Basic));
    assert!(conversation.has_consent(Purpose::Sensitive));
    assert!(
        conversation
            .consents
            .iter()
            .all(|consent| consent.given_at == NOW)
    );
}

#[test]
fn a_doubled_agreement_is_not_taken_for_the_next_one() {
    check_nothing_changes(
        &Stage::AwaitingConsent {
            purpose: Purpose::Sensitive,
        },
        Event::Pressed(Button::Agree(Purpose::Basic)),
    );
}

#[test]
fn refusing_leads_to_general_tips_and_keeps_no_consent() {
    let asked = at(Stage::AwaitingConsent {
        purpose: Purpose::Basic,
    })
    .step(Event::Pressed(Button::Agree(Purpose::Basic)), NOW)
    .conversation;
    let refused = asked.step(Event::Pressed(Button::Refuse(Purpose::Sensitive)), NOW);
    assert_eq!(refused.conversation.consents, vec![]);
    let tips = refused.conversation.step(Event::Pressed(Button::Tips), NOW);
    assert!(matches!(said(&tips)[..], [Message::GeneralTips { .. }]));
}

#[test]
fn a_photo_is_graded_as_soon_as_it_arrives_and_only_once() {
    let waiting = Stage::AwaitingPhoto {
        consultation: consultation(&[]),
        region: Region::Back,
    };
    let first = step(waiting, Event::PhotoArrived(photo_id(1)));
    assert!(
        first
            .effects
            .contains(&Effect::GradePhoto { photo: photo_id(1) })
    );
    let second = first
        .conversation
        .step(Event::PhotoArrived(photo_id(1)), NOW);
    assert_eq!(second.effects, vec![]);
}

#[test]
fn a_fifth_photo_is_turned_away_and_not_kept() {
    let four: Vec<(u128, PhotoState)> = (1..=4)
        .map(|number| (number, PhotoState::Waiting))
        .collect();
    let step = step(
        Stage::AwaitingPhoto {
            consultation: consultation(&four),
            region: Region::Back,
        },
        Event::PhotoArrived(photo_id(5)),
    );
    assert_eq!(said(&step), [&Message::TooManyPhotos { limit: 4 }]);
    assert!(step.effects.contains(&Effect::ForgetPhotos {
        photos: vec![photo_id(5)]
    }));
}

#[test]
fn refused_photos_do_not_use_up_a_place() {
    let state = PhotoState::Judged(Box::new(refused(Verdict::Blurred)));
    let consultation = consultation(&[
        (1, state.clone()),
        (2, state.clone()),
        (3, state.clone()),
        (4, state),
    ]);
    assert_eq!(consultation.places_left(), 4);
}

#[test]
fn a_grade_for_a_photo_of_an_earlier_consultation_is_forgotten() {
    let stage = Stage::AwaitingPhoto {
        consultation: consultation(&[(1, PhotoState::Waiting)]),
        region: Region::Crown,
    };
    let step = step(
        stage.clone(),
        Event::PhotoJudged {
            photo: photo_id(9),
            judgement: Box::new(judgement([3; 6])),
        },
    );
    assert_eq!(step.conversation.stage, stage);
    assert_eq!(
        step.effects,
        [Effect::ForgetPhotos {
            photos: vec![photo_id(9)]
        }]
    );
}

#[test]
fn a_second_grade_for_the_same_photo_changes_nothing() {
    check_nothing_changes(
        &Stage::AwaitingPhoto {
            consultation: consultation(&[(1, graded([0; 6]))]),
            region: Region::Crown,
        },
        Event::PhotoJudged {
            photo: photo_id(1),
            judgement: Box::new(judgement([3; 6])),
        },
    );
}

#[test]
fn the_survey_does_not_begin_without_a_usable_photo() {
    let none = consultation(&[(1, PhotoState::Judged(Box::new(refused(Verdict::NotScalp))))]);
    let step = step(
        Stage::AwaitingPhoto {
            consultation: none,
            region: Region::Crown,
        },
        Event::Pressed(Button::PhotosDone),
    );
    assert_eq!(said(&step), [&Message::NotUnderstood(Expected::Photo)]);
}

#[test]
fn an_answer_leads_to_the_next_question_in_the_same_place() {
    let step = step(
        asked(Question::Sex, Answers::default()),
        Event::Chosen {
            question: Question::Sex,
            choices: [Choice::Female].into(),
        },
    );
    let Stage::AwaitingAnswer {
        consultation,
        question,
        ..
    } = &step.conversation.stage
    else {
        panic!("{:?}", step.conversation.stage)
    };
    assert_eq!(*question, Question::ShampooFrequency);
    assert!(consultation.answers.has(Choice::Female));
    assert!(matches!(
        &step.effects[..],
        [Effect::Send {
            slot: Some(Slot::Survey { .. }),
            ..
        }]
    ));
}

#[test]
fn an_answer_that_does_not_fit_its_question_changes_nothing() {
    for choices in [
        BTreeSet::new(),
        [Choice::Male, Choice::Female].into(),
        [Choice::PriorityPrice].into(),
    ] {
        check_nothing_changes(
            &asked(Question::Sex, Answers::default()),
            Event::Chosen {
                question: Question::Sex,
                choices,
            },
        );
    }
}

#[test]
fn an_answer_to_an_old_question_corrects_it_and_the_present_one_stays() {
    let answers = Answers::default().with(Question::Sex, Answer::Chosen([Choice::Male].into()));
    let step = step(
        asked(Question::DyeFrequency, answers),
        Event::Chosen {
            question: Question::Sex,
            choices: [Choice::Female].into(),
        },
    );
    let Stage::AwaitingAnswer {
        consultation,
        question,
        ..
    } = &step.conversation.stage
    else {
        panic!("{:?}", step.conversation.stage)
    };
    assert_eq!(*question, Question::DyeFrequency);
    assert!(consultation.answers.has(Choice::Female));
    assert!(!consultation.answers.has(Choice::Male));
}

#[test]
fn an_answer_to_a_question_that_was_not_asked_yet_changes_nothing() {
    check_nothing_changes(
        &asked(Question::Sex, Answers::default()),
        Event::Chosen {
            question: Question::ShampooPriority,
            choices: [Choice::PriorityPrice].into(),
        },
    );
}

#[test]
fn a_doubled_skip_skips_one_question() {
    let skip = Event::Pressed(Button::Skip(Question::Sex));
    let once = step(asked(Question::Sex, Answers::default()), skip.clone());
    let twice = once.conversation.clone().step(skip, NOW);
    assert_eq!(twice.conversation, once.conversation);
}

#[test]
fn back_returns_to_the_question_before_and_keeps_its_answer() {
    let answers =
        Answers::default().with(Question::AgeBand, Answer::Chosen([Choice::Age30s].into()));
    let step = step(
        asked(Question::Sex, answers),
        Event::Pressed(Button::Back(Question::Sex)),
    );
    let [
        Message::Ask {
            question, answers, ..
        },
    ] = said(&step)[..]
    else {
        panic!("{:?}", step.effects)
    };
    assert_eq!(*question, Question::AgeBand);
    assert!(answers.has(Choice::Age30s));
}

#[test]
fn the_last_answer_waits_for_grades_that_are_still_due_and_then_draws_one_card() {
    let last = Event::Pressed(Button::Skip(Question::FreeLine));
    let waiting = step(asked(Question::FreeLine, all_answers()), last);
    assert!(matches!(
        waiting.conversation.stage,
        Stage::AwaitingGrades { .. }
    ));
    let judged = waiting.conversation.step(
        Event::PhotoJudged {
            photo: photo_id(1),
            judgement: Box::new(judgement([0, 1, 2, 3, 0, 1])),
        },
        NOW,
    );
    assert!(matches!(
        judged.conversation.stage,
        Stage::AwaitingCard { .. }
    ));
    let cards = judged
        .effects
        .iter()
        .filter(|effect| matches!(effect, Effect::DrawCard { .. }))
        .count();
    assert_eq!(cards, 1);
}

#[test]
fn the_result_comes_with_guidance_and_the_photos_are_forgotten() {
    for (event, has_card) in [
        (
            Event::CardDrawn {
                consultation: ConsultationNumber(1),
                spots: 2,
            },
            true,
        ),
        (
            Event::CardFailed {
                consultation: ConsultationNumber(1),
                spots: 2,
            },
            false,
        ),
    ] {
        let step = step(
            Stage::AwaitingCard {
                consultation: consultation(&[(1, graded([1; 6])), (2, graded([2; 6]))]),
                region: Region::Crown,
            },
            event,
        );
        let [Message::Result { card, .. }, Message::Guidance { .. }] = said(&step)[..] else {
            panic!("{:?}", step.effects)
        };
        assert_eq!(card.is_some(), has_card);
        assert!(step.effects.contains(&Effect::ForgetPhotos {
            photos: vec![photo_id(1), photo_id(2)]
        }));
    }
}

#[test]
fn a_card_that_was_overtaken_by_one_more_photo_is_passed_over() {
    let drawing = Stage::AwaitingCard {
        consultation: consultation(&[(1, graded([1; 6]))]),
        region: Region::Crown,
    };
    let more = step(drawing, Event::PhotoArrived(photo_id(2))).conversation;
    assert!(matches!(more.stage, Stage::AwaitingGrades { .. }));
    let stale = Event::CardDrawn {
        consultation: ConsultationNumber(1),
        spots: 1,
    };
    let still = more.clone().step(stale.clone(), NOW);
    assert_eq!(still.conversation, more);
    let judged = still.conversation.step(
        Event::PhotoJudged {
            photo: photo_id(2),
            judgement: Box::new(judgement([2; 6])),
        },
        NOW,
    );
    check_nothing_changes(&judged.conversation.stage, stale);
}

#[test]
fn photos_from_afar_bring_guidance_without_grades() {
    let far = PhotoState::Judged(Box::new(refused(Verdict::FromAfar)));
    let step = step(
        Stage::AwaitingAnswer {
            consultation: Consultation {
                answers: all_answers(),
                ..consultation(&[(1, far)])
            },
            region: Region::Crown,
            question: Question::FreeLine,
            draft: BTreeSet::new(),
        },
        Event::Pressed(Button::Skip(Question::FreeLine)),
    );
    assert!(matches!(
        said(&step)[..],
        [Message::SurveyDone, Message::Guidance { .. }]
    ));
}

#[test]
fn without_a_usable_photo_the_answers_are_kept_and_one_more_photo_is_asked_for() {
    let failing = asked(Question::FreeLine, all_answers());
    let waiting = step(failing, Event::Pressed(Button::Skip(Question::FreeLine)));
    let refused = waiting.conversation.step(
        Event::PhotoJudged {
            photo: photo_id(1),
            judgement: Box::new(refused(Verdict::TooDark)),
        },
        NOW,
    );
    assert!(said(&refused).contains(&&Message::NoUsablePhoto));
    let again = refused
        .conversation
        .step(Event::PhotoArrived(photo_id(2)), NOW)
        .conversation
        .step(Event::Pressed(Button::PhotosDone), NOW);
    // No question is asked twice: the result is prepared at once.
    assert_eq!(said(&again), [&Message::PreparingResult]);
}

#[test]
fn a_result_keeps_its_card_when_the_guidance_is_told_again() {
    let wish = Stage::AwaitingWish {
        consultation: consultation(&[(1, graded([0, 2, 0, 0, 0, 0]))]),
        region: Region::Crown,
    };
    let erasing = Stage::AwaitingEraseConfirmation {
        then: Box::new(wish.clone()),
    };
    for (stage, button) in [
        (wish, Button::Speak(Language::English)),
        (erasing, Button::DeclineErase),
    ] {
        let told = step(stage, Event::Pressed(button));
        let said = said(&told);
        assert!(matches!(said.last(), Some(Message::Guidance { .. })));
        assert!(
            !said.iter().any(|one| matches!(one, Message::Result { .. })),
            "it would take the place of the one with the card"
        );
    }
}

#[test]
fn a_changed_answer_changes_the_guidance() {
    let wish = Stage::AwaitingWish {
        consultation: Consultation {
            answers: all_answers(),
            ..consultation(&[(1, graded([0, 2, 0, 0, 0, 0]))])
        },
        region: Region::Crown,
    };
    let review = step(wish, Event::Pressed(Button::ReviewAnswers)).conversation;
    let question = Question::ShampooFrequency;
    let asked = review
        .step(Event::Pressed(Button::Correct(question)), NOW)
        .conversation;
    let told = asked.step(
        Event::Chosen {
            question,
            choices: [Choice::ShampooEverySecondDay].into(),
        },
        NOW,
    );
    let [Message::AnswerChanged, Message::Guidance { guidance, .. }] = said(&told)[..] else {
        panic!("{:?}", told.effects)
    };
    assert!(!guidance.modifiers.is_empty());
}

#[test]
fn a_new_photo_after_the_result_begins_a_new_consultation_with_the_habits_known() {
    let wish = Stage::AwaitingWish {
        consultation: Consultation {
            answers: all_answers(),
            ..consultation(&[(1, graded([0; 6]))])
        },
        region: Region::Crown,
    };
    let next = step(wish, Event::PhotoArrived(photo_id(2))).conversation;
    assert_eq!(next.consultations, 2);
    let survey = next.step(Event::Pressed(Button::PhotosDone), NOW);
    // Habits still hold; signs of the day are asked again.
    assert!(matches!(
        said(&survey)[..],
        [Message::Ask {
            question: Question::RedFlags,
            ..
        }]
    ));
}

#[test]
fn tips_while_a_photo_is_waited_for_end_with_the_question_for_it() {
    let stage = Stage::AwaitingPhoto {
        consultation: consultation(&[]),
        region: Region::Crown,
    };
    let told = step(stage.clone(), Event::Pressed(Button::Tips));
    assert_eq!(told.conversation.stage, stage);
    assert!(matches!(
        said(&told)[..],
        [Message::GeneralTips { .. }, Message::AskPhoto { .. }]
    ));
    let begun = told
        .conversation
        .step(Event::Pressed(Button::NewConsultation), NOW);
    assert_eq!(said(&begun), [&Message::AskRegion]);
}

#[test]
fn a_photo_turned_away_says_why_and_changes_nothing_else() {
    let stage = Stage::AwaitingPhoto {
        consultation: consultation(&[]),
        region: Region::Crown,
    };
    let step = step(stage.clone(), Event::PhotoTurnedAway(Unusable::Heic));
    assert_eq!(step.conversation.stage, stage);
    assert_eq!(said(&step), [&Message::PhotoUnusable(Unusable::Heic)]);
}

#[test]
fn nothing_is_said_after_erasing_was_ordered() {
    for event in all_events() {
        let step = step(Stage::Closed, event.clone());
        assert_eq!(step.conversation.stage, Stage::Closed);
        if event != Event::ErasingFailed {
            assert_eq!(said(&step), Vec::<&Message>::new(), "{event:?}");
        }
    }
}

#[test]
fn files_are_fetched_after_the_consent_and_left_alone_before_it() {
    let files = vec![sent_file(1)];
    let announced = Event::FilesAnnounced(files.clone());
    let mut conversation = Conversation {
        stage: Stage::AwaitingRegion {
            consultation: consultation(&[]),
        },
        ..Conversation::new(Language::Korean)
    };
    let refused = conversation
        .clone()
        .step(announced.clone(), Timestamp::UNIX_EPOCH);
    assert!(refused.effects.iter().any(|effect| matches!(
        effect,
        Effect::Send { message, .. }
            if **message == Message::PhotoUnusable(Unusable::ConsentMissing)
    )));
    let fetching = Effect::FetchPhotos {
        files,
        sent_in: Some(ConsultationNumber(1)),
    };
    assert!(!refused.effects.contains(&fetching));
    conversation.consents.push(Consent {
        purpose: Purpose::Sensitive,
        version: Consent::VERSION,
        given_at: Timestamp::UNIX_EPOCH,
    });
    let fetched = conversation.clone().step(announced, Timestamp::UNIX_EPOCH);
    assert_eq!(fetched.effects, [fetching]);
    assert_eq!(fetched.conversation, conversation);
}
