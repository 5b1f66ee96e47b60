//! Privacy: which consents hold, and taking them back in one step.

use dupi::domain::consultation::{
    Button, Command, ConsultationNumber, Conversation, Effect, Event, Language, Message, Purpose,
    Stage, Step, Unusable,
};
use jiff::Timestamp;

use crate::support::examples::{all_stages, consents, photo_id};

const NOW: Timestamp = Timestamp::UNIX_EPOCH;

fn consenting(stage: Stage) -> Conversation {
    Conversation {
        stage,
        consents: consents(),
        consultations: 2,
        ..Conversation::new(Language::Korean)
    }
}

fn withdrawn(stage: Stage, purpose: Purpose) -> Step {
    consenting(stage).step(Event::Pressed(Button::Withdraw(purpose)), NOW)
}

fn says(effects: &[Effect], wanted: &Message) -> bool {
    effects
        .iter()
        .any(|effect| matches!(effect, Effect::Send { message, .. } if **message == *wanted))
}

fn open_stages() -> impl Iterator<Item = Stage> {
    all_stages()
        .into_iter()
        .filter(|stage| !matches!(stage, Stage::AwaitingFirstContact | Stage::Closed))
}

#[test]
fn privacy_tells_the_consents_that_hold_and_offers_to_withdraw_each() {
    for stage in open_stages() {
        let told = consenting(stage.clone()).step(Event::Commanded(Command::Privacy), NOW);
        let message = Message::Privacy {
            consents: consents(),
        };
        assert!(says(&told.effects, &message), "{stage:?}");
        let buttons: Vec<Button> = message.controls().buttons.into_iter().flatten().collect();
        for button in [
            Button::Withdraw(Purpose::Basic),
            Button::Withdraw(Purpose::Sensitive),
            Button::Erase,
        ] {
            assert!(buttons.contains(&button), "{button:?}");
        }
    }
}

#[test]
fn withdrawing_from_everywhere_forgets_photos_cards_answers_and_grades() {
    for stage in open_stages() {
        for purpose in [Purpose::Basic, Purpose::Sensitive] {
            let photos: Vec<_> = stage
                .consultation()
                .into_iter()
                .flat_map(|consultation| &consultation.photos)
                .map(|photo| photo.id)
                .collect();
            let step = withdrawn(stage.clone(), purpose);
            let kept = &step.conversation;
            assert_eq!(kept.stage, Stage::AwaitingChangeOfMind);
            assert!(!kept.has_consent(Purpose::Sensitive));
            assert_eq!(
                kept.has_consent(Purpose::Basic),
                purpose == Purpose::Sensitive
            );
            assert!(step.effects.contains(&Effect::ForgetCards {
                consultations: vec![ConsultationNumber(1), ConsultationNumber(2)],
            }));
            assert_eq!(
                step.effects.contains(&Effect::ForgetPhotos {
                    photos: photos.clone()
                }),
                !photos.is_empty()
            );
            assert!(says(&step.effects, &Message::ConsentWithdrawn(purpose)));
        }
    }
}

#[test]
fn a_consent_that_does_not_hold_cannot_be_withdrawn_again() {
    for stage in all_stages() {
        let without = Conversation {
            consents: Vec::new(),
            ..consenting(stage.clone())
        };
        if stage == Stage::AwaitingFirstContact {
            continue;
        }
        if matches!(stage, Stage::AwaitingEraseConfirmation { .. }) {
            continue;
        }
        let step = without.step(Event::Pressed(Button::Withdraw(Purpose::Sensitive)), NOW);
        assert_eq!((step.conversation.stage, step.effects), (stage, vec![]));
    }
}

#[test]
fn after_withdrawing_tips_work_photos_do_not_and_one_can_begin_again() {
    let stage = open_stages()
        .find(|stage| matches!(stage, Stage::AwaitingWish { .. }))
        .expect("one of the stages");
    let step = withdrawn(stage, Purpose::Sensitive).conversation;
    let tips = step.clone().step(Event::Pressed(Button::Tips), NOW);
    assert!(matches!(
        &tips.effects[..],
        [Effect::Send { message, .. }] if matches!(**message, Message::GeneralTips { .. })
    ));
    let photo = step
        .clone()
        .step(Event::PhotoArrived(photo_id(9)), NOW)
        .effects;
    assert!(says(
        &photo,
        &Message::PhotoUnusable(Unusable::ConsentMissing)
    ));
    let mut again = step;
    for button in [
        Button::BeginAgain,
        Button::OldEnough,
        Button::Agree(Purpose::Basic),
        Button::Agree(Purpose::Sensitive),
    ] {
        again = again.step(Event::Pressed(button), NOW).conversation;
    }
    let begun = again.stage.consultation().expect("a new consultation");
    assert_eq!(begun.number, ConsultationNumber(3));
    assert_eq!(begun.answers.iter().count(), 0);
    assert_eq!(again.consents.len(), 2);
}

#[test]
fn a_card_that_is_drawn_after_all_was_withdrawn_or_stopped_is_forgotten() {
    let drawing = || {
        open_stages()
            .find(|stage| matches!(stage, Stage::AwaitingCard { .. }))
            .expect("one of the stages")
    };
    let late = Event::CardDrawn {
        consultation: ConsultationNumber(1),
        spots: 1,
    };
    for event in [
        Event::Pressed(Button::Withdraw(Purpose::Sensitive)),
        Event::Commanded(Command::Cancel),
    ] {
        let before = consenting(drawing()).step(event, NOW).conversation;
        let after = before.clone().step(late.clone(), NOW);
        assert_eq!(after.conversation, before);
        assert_eq!(
            after.effects,
            [Effect::ForgetCards {
                consultations: vec![ConsultationNumber(1)]
            }]
        );
    }
}
