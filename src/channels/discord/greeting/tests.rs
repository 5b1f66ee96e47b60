use super::*;
use crate::domain::consultation::{Button, Purpose};
use crate::domain::scalp::Question;

const PERSON: u64 = 7;
const ID: u64 = 1_187_000_000_000_000_001;
/// Whatever our clock shows: it may be hours from Discord's.
const NOW: i64 = 5_000_000;

fn ids() -> PressIds {
    PressIds::new("a token".to_owned().into())
}

fn handle() -> Handle {
    Handle {
        application: 5,
        token: "secret".to_owned(),
    }
}

fn arrival(venue: Venue, deed: Deed) -> Arrival {
    Arrival {
        id: ID,
        person: PERSON,
        language: Some(Language::Korean),
        venue,
        deed,
    }
}

fn command(command: Command) -> Deed {
    Deed::Commanded {
        handle: handle(),
        command,
        files: Vec::new(),
    }
}

fn press(press: Press, values: &[Press]) -> Deed {
    Deed::Pressed {
        handle: handle(),
        message: 44,
        custom_id: ids().id(PERSON, press),
        values: values
            .iter()
            .map(|value| ids().id(PERSON, *value))
            .collect(),
    }
}

fn greeted(venue: Venue, deed: Deed, personal: PersonalPlace) -> Greeting {
    greet(&arrival(venue, deed), personal, &ids(), NOW)
}

const GUILD: Venue = Venue::Shared(60);
const DIRECT: Venue = Venue::Direct(61);

#[test]
fn a_command_in_a_guild_is_answered_where_only_the_person_sees_it() {
    let greeting = greeted(GUILD, command(Command::Consult), PersonalPlace::Ephemeral);
    assert_eq!(greeting.shown, Shown::Thinking);
    assert_eq!(greeting.wish, Wish::Command(Command::Consult, Vec::new()));
    let pass = greeting.reply.pass.unwrap();
    assert_eq!(pass.original, Original::Awaited);
    assert_eq!(pass.ends, NOW + PASS_LASTS);
    assert_eq!(greeting.reply.guild_channel, Some(60));
    let body = callback(&Shown::Thinking, GUILD, &Texts::default(), "").unwrap();
    assert_eq!(body, json!({ "type": 5, "data": { "flags": 64 } }));
}

#[test]
fn in_direct_mode_a_guild_only_shows_the_way() {
    let greeting = greeted(GUILD, command(Command::Consult), PersonalPlace::Direct);
    assert_eq!(greeting.shown, Shown::GoOnInDirect);
    assert_eq!(greeting.wish, Wish::Command(Command::Consult, Vec::new()));
    assert_eq!(greeting.reply.pass, None);
    assert!(greeting.reply.aside.is_some());
    let direct = greeted(DIRECT, command(Command::Consult), PersonalPlace::Direct);
    assert_eq!(direct.shown, Shown::Thinking);
    assert_eq!(direct.reply.direct, Some(61));
}

#[test]
fn switched_off_nothing_is_handed_in_but_what_concerns_what_is_kept() {
    for deed in [
        command(Command::Consult),
        press(Press::Choice(Choice::Age20s), &[]),
        press(Press::Write(OwnWords::FreeLine, Language::Korean), &[]),
        press(Press::Button(Button::Tips), &[]),
    ] {
        let greeting = greeted(GUILD, deed, PersonalPlace::Off);
        assert_eq!(
            (greeting.shown, greeting.wish),
            (Shown::Explanation, Wish::Nothing)
        );
    }
    let delete = greeted(GUILD, command(Command::Delete), PersonalPlace::Off);
    assert_eq!(delete.wish, Wish::CommandIfKnown(Command::Delete));
    for button in [
        Button::ConfirmErase,
        Button::Withdraw(Purpose::Basic),
        Button::Withdraw(Purpose::Sensitive),
    ] {
        let pressed = press(Press::Button(button), &[]);
        let pressed = greeted(GUILD, pressed, PersonalPlace::Off);
        assert_eq!(pressed.wish, Wish::Do(InboundWhat::Pressed(button)));
    }
    let wrote = Deed::Wrote {
        text: "hello".to_owned(),
        files: Vec::new(),
    };
    let wrote = greeted(DIRECT, wrote, PersonalPlace::Off);
    assert_eq!(wrote.wish, Wish::Explain { channel: 61 });
}

#[test]
fn a_menu_hands_in_everything_at_once() {
    let menu = press(
        Press::Menu(Question::Products),
        &[
            Press::Choice(Choice::ProductRinse),
            Press::Choice(Choice::ProductShampoo),
        ],
    );
    let greeting = greeted(GUILD, menu, PersonalPlace::Ephemeral);
    assert_eq!(greeting.shown, Shown::Heard);
    let Wish::Do(InboundWhat::Chosen { question, choices }) = greeting.wish else {
        panic!("nothing was chosen");
    };
    assert_eq!((question, choices.len()), (Question::Products, 2));
    assert_eq!(
        greeting.reply.pass.unwrap().original,
        Original::Standing(44)
    );
    let none = greeted(
        GUILD,
        press(Press::Menu(Question::Products), &[]),
        PersonalPlace::Ephemeral,
    );
    assert!(
        matches!(none.wish, Wish::Do(InboundWhat::Chosen { choices, .. }) if choices.is_empty())
    );
}

#[test]
fn values_of_another_question_and_presses_of_others_are_not_known() {
    let foreign = press(
        Press::Menu(Question::Products),
        &[Press::Choice(Choice::Age20s)],
    );
    let old = Deed::Pressed {
        handle: handle(),
        message: 44,
        custom_id: ids().id(8, Press::Button(Button::Tips)),
        values: Vec::new(),
    };
    for deed in [foreign, old] {
        let greeting = greeted(GUILD, deed, PersonalPlace::Ephemeral);
        assert_eq!(
            (greeting.shown, greeting.wish),
            (Shown::NothingKnown, Wish::Nothing)
        );
    }
}

#[test]
fn the_button_for_words_opens_a_window_whose_words_are_handed_in() {
    let write = press(Press::Write(OwnWords::Question, Language::English), &[]);
    let opened = greeted(GUILD, write, PersonalPlace::Ephemeral);
    assert_eq!(
        opened.shown,
        Shown::Window(OwnWords::Question, Language::English)
    );
    let texts = Texts {
        title: "a title".to_owned(),
        label: "a label".to_owned(),
        said: String::new(),
    };
    let window = callback(&opened.shown, GUILD, &texts, "abc").unwrap();
    assert_eq!(window["type"], 9);
    assert_eq!(window["data"]["components"][0]["components"][0]["type"], 4);
    let filled = Deed::Filled {
        handle: handle(),
        message: Some(44),
        custom_id: ids().id(PERSON, Press::Words),
        text: "it itches".to_owned(),
    };
    let greeting = greeted(GUILD, filled, PersonalPlace::Ephemeral);
    assert_eq!(greeting.shown, Shown::Heard);
    let said = InboundWhat::Said("it itches".to_owned());
    assert_eq!(greeting.wish, Wish::Do(said));
}
