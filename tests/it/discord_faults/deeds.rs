//! A whole consultation as a person goes through it, and what is seen of it.

use crate::support::discord::{Given, Person, Place, Sight, Taken};

/// One thing that a person does.
#[derive(Clone, Debug)]
pub(super) enum Deed {
    Command(&'static str),
    /// A photo: with the command on a server, as a message to the bot alone.
    Photo,
    Press(&'static str),
    /// In the menu that stands open.
    Choose(&'static [&'static str]),
    /// Opens the window for words and sends it.
    Write(&'static str),
}

/// A deed, and what is to be read when it is answered.
pub(super) type Turn = (Deed, &'static str);

/// From the first word to the guidance.
pub(super) fn consultation() -> Vec<Turn> {
    let mut turns = greeting();
    turns.extend([
        (Deed::Press("Crown"), "Please send a photo (Crown)"),
        (Deed::Photo, "Photo 1 came out well"),
        (Deed::Press("That's all, go on"), "What is your age group?"),
        (Deed::Press("30s"), "What is your sex?"),
        (Deed::Press("Female"), "How often do you shampoo?"),
        (Deed::Press("Skip"), "How often do you have a perm?"),
        (Deed::Press("Skip"), "How often do you dye your hair?"),
        (Deed::Press("Skip"), "What is true of your hair now?"),
        (
            Deed::Choose(&["Dyed hair", "Other"]),
            "Which scalp and hair products",
        ),
        (Deed::Press("Skip"), "Would you like custom"),
        (Deed::Press("Skip"), "What matters most to you"),
        (Deed::Press("Skip"), "Is any of these true"),
        (
            Deed::Press("None of these"),
            "anything you would like to add",
        ),
        (Deed::Write("it itches sometimes"), "[Change an answer]"),
    ]);
    turns
}

/// From the first word to the question which part was photographed.
pub(super) fn greeting() -> Vec<Turn> {
    vec![
        (Deed::Command("consult"), "Hello, this is Dupi"),
        (Deed::Press("Start in English"), "are you 14 or older?"),
        (
            Deed::Press("Yes, I am 14 or older"),
            "The first is about basic data",
        ),
        (Deed::Press("I agree"), "The second is about sensitive data"),
        (Deed::Press("I agree"), "Which part did you photograph?"),
    ]
}

pub(super) fn photo() -> (&'static str, Vec<u8>) {
    let bytes = include_bytes!("../../fixtures/photos/close_up_mixed.jpg");
    ("scalp.jpg", bytes.to_vec())
}

/// Does it; `None` for what needs no acknowledgement.
pub(super) async fn does(person: &Person, place: Place, deed: &Deed) -> Option<Taken> {
    Some(match deed {
        Deed::Command(name) => person.slash(place, name, &[]).await,
        Deed::Photo => {
            let (name, bytes) = photo();
            if place == Place::Direct {
                person.sends_dm("", &[(name, bytes.as_slice())]);
                return None;
            }
            let given = Given::File(name.to_owned(), bytes);
            person.slash(place, "consult", &[("photo", given)]).await
        }
        Deed::Press(label) => person.clicks(label).await,
        Deed::Choose(labels) => person.selects("Choose what applies", labels).await,
        Deed::Write(words) => {
            if person.modal().is_none() {
                person.clicks("Write").await;
            }
            person
                .submits_modal(&[("What else should we know?", words)])
                .await
        }
    })
}

/// Looks until this is to be read from the bot.
pub(super) async fn reads(person: &Person, text: &str) -> Sight {
    person
        .waits_for(text, |sight| shown(sight).contains(text))
        .await
}

/// Does everything in order, each when the one before is answered.
pub(super) async fn goes_through(person: &Person, place: Place, turns: &[Turn]) {
    for (deed, answer) in turns {
        if let Some(taken) = does(person, place, deed).await {
            assert!(taken.acknowledged(), "{deed:?} was not heard in time");
        }
        reads(person, answer).await;
    }
}

/// What the bot shows this person, without what it only promised.
pub(super) fn view(person: &Person) -> Vec<String> {
    let seen = person.hears();
    seen.iter()
        .filter(|sight| !sight.thinking)
        .map(shown)
        .collect()
}

/// How often this is to be read.
pub(super) fn times(person: &Person, text: &str) -> usize {
    view(person)
        .iter()
        .filter(|shown| shown.contains(text))
        .count()
}

/// As it is read, whether it was changed since or not.
fn shown(sight: &Sight) -> String {
    sight.to_string().replacen(", edited", "", 1)
}
