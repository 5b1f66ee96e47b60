//! Photos that come together, and which region each photo shows.

use dupi::domain::consultation::{
    Button, Consultation, ConsultationNumber, Conversation, Effect, Event, Found, Language,
    Message, PhotoState, Slot, Stage, Step, Unusable,
};
use dupi::domain::scalp::{PhotoId, Region, Verdict};
use jiff::Timestamp;

use crate::support::examples::{all_stages, judgement, photo_id, refused};

const NOW: Timestamp = Timestamp::UNIX_EPOCH;

fn album(numbers: impl IntoIterator<Item = u128>) -> Event {
    Event::AlbumArrived {
        photos: numbers.into_iter().map(photo_id).collect(),
        turned_away: Vec::new(),
    }
}

fn at(stage: Stage) -> Conversation {
    Conversation {
        stage,
        consultations: 1,
        ..Conversation::new(Language::Korean)
    }
}

fn waiting_for_photos() -> Conversation {
    at(Stage::AwaitingPhoto {
        consultation: Consultation::new(ConsultationNumber(1)),
        region: Region::Unknown,
    })
}

fn after(conversation: Conversation, events: impl IntoIterator<Item = Event>) -> Step {
    let first = Step {
        conversation,
        effects: Vec::new(),
    };
    events
        .into_iter()
        .fold(first, |step, event| step.conversation.step(event, NOW))
}

fn said(step: &Step) -> Vec<(Option<Slot>, &Message)> {
    step.effects
        .iter()
        .filter_map(|effect| match effect {
            Effect::Send { message, slot, .. } => Some((*slot, message.as_ref())),
            _ => None,
        })
        .collect()
}

fn ordered(step: &Step) -> Vec<PhotoId> {
    step.effects
        .iter()
        .filter_map(|effect| match effect {
            Effect::GradePhoto { photo } => Some(*photo),
            _ => None,
        })
        .collect()
}

fn judged(number: u128, numbers: [u8; 6]) -> Event {
    Event::PhotoJudged {
        photo: photo_id(number),
        judgement: Box::new(judgement(numbers)),
    }
}

fn blurred(number: u128) -> Event {
    Event::PhotoJudged {
        photo: photo_id(number),
        judgement: Box::new(refused(Verdict::Blurred)),
    }
}

#[test]
fn all_photos_of_an_album_share_one_message_that_follows_each_of_them() {
    let arrived = after(waiting_for_photos(), [album([1, 2, 3])]);
    assert_eq!(ordered(&arrived), [photo_id(1), photo_id(2), photo_id(3)]);
    let place = Some(Slot::Album(photo_id(1)));
    let [(slot, Message::Album { photos, .. })] = said(&arrived)[..] else {
        panic!("{:?}", arrived.effects)
    };
    assert_eq!(slot, place);
    assert!(photos.iter().all(|photo| photo.found == Found::Waiting));
    let second = after(arrived.conversation, [judged(2, [1; 6])]);
    let [(slot, Message::Album { photos, .. })] = said(&second)[..] else {
        panic!("{:?}", second.effects)
    };
    let found: Vec<bool> = photos
        .iter()
        .map(|photo| photo.found == Found::Waiting)
        .collect();
    assert_eq!((slot, found), (place, vec![true, false, true]));
    let third = after(second.conversation, [blurred(1), judged(3, [0; 6])]);
    let [(slot, message)] = said(&third)[..] else {
        panic!("{:?}", third.effects)
    };
    assert_eq!(slot, place);
    assert!(!message.is_working());
    let buttons: Vec<Button> = message.controls().buttons.into_iter().flatten().collect();
    assert!(buttons.contains(&Button::PhotosDone));
    assert!(!buttons.contains(&Button::RegionOf(1)), "it is of no use");
    assert!(buttons.contains(&Button::RegionOf(2)));
    assert!(buttons.contains(&Button::RegionOf(3)));
}

#[test]
fn photos_beyond_the_fourth_usable_one_are_told_once_and_forgotten() {
    let one = after(
        waiting_for_photos(),
        [
            Event::PhotoArrived(photo_id(1)),
            blurred(1),
            Event::PhotoArrived(photo_id(2)),
        ],
    );
    let step = after(one.conversation, [album([3, 4, 5, 6, 7, 8])]);
    assert_eq!(ordered(&step), [photo_id(3), photo_id(4), photo_id(5)]);
    assert!(step.effects.contains(&Effect::ForgetPhotos {
        photos: vec![photo_id(6), photo_id(7), photo_id(8)]
    }));
    let beyond = said(&step)
        .iter()
        .filter(|(_, message)| matches!(message, Message::TooManyPhotos { limit: 4 }))
        .count();
    assert_eq!(beyond, 1);
    let full = after(step.conversation, [album([9, 10])]);
    assert_eq!(said(&full), [(None, &Message::TooManyPhotos { limit: 4 })]);
}

#[test]
fn an_album_means_in_every_stage_what_one_photo_means_there() {
    let kind = |stage: &Stage| std::mem::discriminant(stage);
    for stage in all_stages() {
        let one = after(at(stage.clone()), [Event::PhotoArrived(photo_id(80))]);
        let several = after(at(stage.clone()), [album([80, 81])]);
        assert_eq!(
            kind(&one.conversation.stage),
            kind(&several.conversation.stage),
            "{stage:?}"
        );
        assert_eq!(
            ordered(&one).is_empty(),
            ordered(&several).is_empty(),
            "{stage:?}"
        );
        assert_eq!(
            one.conversation.consultations,
            several.conversation.consultations
        );
    }
}

#[test]
fn an_album_of_one_photo_is_a_photo_and_one_of_none_is_what_was_turned_away() {
    let alone = after(waiting_for_photos(), [album([1])]);
    let photo = after(waiting_for_photos(), [Event::PhotoArrived(photo_id(1))]);
    assert_eq!(alone, photo);
    let turned_away = after(
        waiting_for_photos(),
        [Event::AlbumArrived {
            photos: Vec::new(),
            turned_away: vec![Unusable::Heic, Unusable::Heic, Unusable::Empty],
        }],
    );
    assert_eq!(turned_away.conversation, waiting_for_photos());
    let reasons = [Unusable::Heic, Unusable::Empty].map(Message::PhotoUnusable);
    assert_eq!(
        said(&turned_away),
        reasons
            .iter()
            .map(|message| (None, message))
            .collect::<Vec<_>>()
    );
}

#[test]
fn a_region_that_is_told_later_stands_with_its_photo_and_in_the_result() {
    let step = after(
        waiting_for_photos(),
        [album([1, 2]), judged(1, [1; 6]), judged(2, [2; 6])],
    );
    let asked = after(step.conversation, [Event::Pressed(Button::RegionOf(2))]);
    let place = Some(Slot::Region(photo_id(2)));
    assert_eq!(said(&asked), [(place, &Message::AskRegionOf { number: 2 })]);
    let assigned = after(
        asked.conversation,
        [Event::Pressed(Button::Assign(2, Region::Back))],
    );
    let [(_, Message::Album { photos, .. }), told] = said(&assigned)[..] else {
        panic!("{:?}", assigned.effects)
    };
    assert_eq!(
        [photos[0].region, photos[1].region],
        [Region::Unknown, Region::Back]
    );
    let noted = Message::RegionAssigned {
        number: 2,
        region: Region::Back,
    };
    assert_eq!(told, (place, &noted));
    let consultation = assigned.conversation.stage.consultation();
    assert_eq!(
        consultation.expect("under way").photos[1].region,
        Region::Back
    );
}

#[test]
fn a_region_can_be_told_until_the_card_is_drawn_and_no_longer() {
    for stage in all_stages() {
        let Some(photo) = stage
            .consultation()
            .and_then(|consultation| consultation.photos.first())
        else {
            continue;
        };
        assert!(matches!(photo.state, PhotoState::Judged(_)));
        let step = after(
            at(stage.clone()),
            [Event::Pressed(Button::Assign(1, Region::Right))],
        );
        let region = |stage: &Stage| stage.consultation().map(|one| one.photos[0].region);
        let is_open = match &stage {
            Stage::AwaitingRegion { .. }
            | Stage::AwaitingPhoto { .. }
            | Stage::AwaitingAnswer { .. }
            | Stage::AwaitingGrades { .. } => true,
            Stage::AwaitingEraseConfirmation { then } => !matches!(
                **then,
                Stage::AwaitingCard { .. }
                    | Stage::AwaitingWish { .. }
                    | Stage::AwaitingCorrection { .. }
            ),
            _ => false,
        };
        let expected = if is_open {
            Some(Region::Right)
        } else {
            region(&stage)
        };
        assert_eq!(region(&step.conversation.stage), expected, "{stage:?}");
    }
}

#[test]
fn one_photo_alone_is_asked_for_its_region_only_where_it_is_unknown() {
    for (region, is_asked) in [(Region::Unknown, true), (Region::Left, false)] {
        let stage = Stage::AwaitingPhoto {
            consultation: Consultation::new(ConsultationNumber(1)),
            region,
        };
        let step = after(at(stage), [Event::PhotoArrived(photo_id(1))]);
        let [(_, message)] = said(&step)[..] else {
            panic!("{:?}", step.effects)
        };
        let buttons: Vec<Button> = message.controls().buttons.into_iter().flatten().collect();
        assert_eq!(buttons.contains(&Button::RegionOf(1)), is_asked);
        let refused = after(step.conversation, [blurred(1)]);
        let [(_, message)] = said(&refused)[..] else {
            panic!("{:?}", refused.effects)
        };
        let buttons: Vec<Button> = message.controls().buttons.into_iter().flatten().collect();
        assert!(!buttons.contains(&Button::RegionOf(1)), "it is of no use");
    }
}

#[test]
fn a_number_without_a_photo_or_of_a_photo_of_no_use_is_nothing() {
    let step = after(
        waiting_for_photos(),
        [Event::PhotoArrived(photo_id(1)), blurred(1)],
    );
    for number in [0, 1, 2, 99] {
        for button in [
            Button::RegionOf(number),
            Button::Assign(number, Region::Crown),
        ] {
            let pressed = after(step.conversation.clone(), [Event::Pressed(button)]);
            assert_eq!(pressed.effects, vec![], "{button:?}");
        }
    }
}
