//! One consultation at home in the web chat, on Telegram and on Discord, with one program that serves
//! them all: after every deed each person reads the same words and finds the same to press, but for
//! what a platform shows in a way of its own, which stands here and nowhere else.

use std::path::Path;
use std::time::Duration;

use dupi::domain::consultation::{Button, Language, Purpose};
use dupi::domain::scalp::{Choice, Question, Region, Selection};
use dupi::storage::SqliteStore;
use dupi::wording::Wording;
use serde_json::Value;
use tempfile::TempDir;
use tokio::time::{Instant, sleep};

use crate::support::discord::{self, DiscordStandIn, Given, Place};
use crate::support::program::{Program, nothing_is_left_to_do, store_of};
use crate::support::telegram::{self, Author, Seen, TelegramStandIn};
use crate::support::visitor::{self, Visitor};

const PHOTO: &[u8] = include_bytes!("../fixtures/photos/close_up_mixed.jpg");

/// How long a person waits for the others to have read the same.
const PATIENCE: Duration = Duration::from_secs(50);
const LOOK: Duration = Duration::from_millis(20);

/// What a person does, whatever it takes on the platform.
#[derive(Debug, Clone, Copy)]
enum Deed {
    Begin,
    Press(Button),
    /// All of these and no other.
    Choose(Question, &'static [Choice]),
    SendPhoto,
    Say(&'static str),
    /// After the result, without being invited to.
    Ask(&'static str),
}

/// From the hello to the guidance, with steps back, a question, and an answer that is corrected.
fn consultation(language: Language) -> Vec<Deed> {
    vec![
        Deed::Begin,
        Deed::Press(Button::Speak(language)),
        Deed::Press(Button::OldEnough),
        Deed::Press(Button::Agree(Purpose::Basic)),
        Deed::Press(Button::Agree(Purpose::Sensitive)),
        Deed::Press(Button::ShowRegion(Region::Crown)),
        Deed::SendPhoto,
        Deed::Press(Button::PhotosDone),
        Deed::Choose(Question::AgeBand, &[Choice::Age30s]),
        Deed::Choose(Question::Sex, &[Choice::Female]),
        Deed::Press(Button::Back(Question::ShampooFrequency)),
        Deed::Choose(Question::Sex, &[Choice::Male]),
        Deed::Choose(Question::ShampooFrequency, &[Choice::ShampooEverySecondDay]),
        Deed::Press(Button::Skip(Question::PermFrequency)),
        Deed::Choose(Question::DyeFrequency, &[Choice::Dye4To6]),
        Deed::Choose(Question::HairState, &[Choice::HairDyed, Choice::HairWig]),
        Deed::Choose(Question::Products, &[Choice::ProductShampoo]),
        Deed::Choose(Question::CustomCare, &[Choice::CustomCareYes]),
        Deed::Choose(Question::ShampooPriority, &[Choice::PriorityGentleness]),
        Deed::Choose(Question::RedFlags, &[]),
        Deed::Say("가끔 <b>가려워요</b> & *따가워요*"),
        Deed::Ask("염색은 언제 해도 되나요?"),
        Deed::Press(Button::ReviewAnswers),
        Deed::Press(Button::Correct(Question::ShampooFrequency)),
        Deed::Choose(Question::ShampooFrequency, &[Choice::ShampooOnceADay]),
        Deed::Press(Button::NewConsultation),
    ]
}

/// What a person reads and can press.
#[derive(Debug, Clone, PartialEq)]
struct View {
    /// Everything that Dupi says, paragraph by paragraph.
    paragraphs: Vec<String>,
    /// Pictures that Dupi shows.
    pictures: usize,
    /// On the newest message: choices first, then buttons.
    offered: Vec<String>,
}

impl View {
    fn of(messages: impl IntoIterator<Item = Self>) -> Self {
        let empty = Self {
            paragraphs: Vec::new(),
            pictures: 0,
            offered: Vec::new(),
        };
        messages.into_iter().fold(empty, |mut all, message| {
            all.paragraphs.extend(message.paragraphs);
            all.pictures += message.pictures;
            all.offered = message.offered;
            all
        })
    }
}

/// Without the blank lines between them.
fn paragraphs(text: &str) -> impl Iterator<Item = String> {
    let paragraphs = text.split("\n\n").filter(|text| !text.is_empty());
    paragraphs.map(str::to_owned)
}

/// One person, in one place.
enum Home {
    Web(Visitor),
    Telegram(telegram::Person),
    Discord(discord::Person, Place),
}

/// Where the person is, and what is said there.
struct Guest {
    home: Home,
    language: Language,
    wording: Wording,
}

impl Guest {
    fn phrase(&self, key: &str) -> String {
        self.wording.phrases().phrase(self.language, key, &[])
    }

    fn label(&self, button: Button) -> String {
        self.wording.button(button, self.language)
    }

    fn choice(&self, choice: Choice) -> String {
        self.wording.choice(choice, self.language)
    }

    async fn does(&self, number: usize, deed: Deed) {
        match &self.home {
            Home::Web(visitor) => does_on_the_web(visitor, number, deed).await,
            Home::Telegram(person) => self.does_on_telegram(person, deed).await,
            Home::Discord(person, place) => self.does_on_discord(person, *place, deed).await,
        }
    }

    /// Telegram has no list to mark in, so each mark is a press, which changes the message.
    async fn does_on_telegram(&self, person: &telegram::Person, deed: Deed) {
        let presses = |label: &str| {
            let pressed = person.presses(label);
            assert!(pressed.is_ok(), "no [{label}] in {}", person.transcript());
        };
        match deed {
            Deed::Begin => {
                person.says("/start");
            }
            Deed::Press(button) => presses(&self.label(button)),
            Deed::Choose(question, choices) if question.selection() == Selection::Several => {
                for choice in choices {
                    let label = self.choice(*choice);
                    presses(&format!("☐ {label}"));
                    let marked = format!("☑ {label}");
                    until("the mark is seen", async || {
                        let newest = person.newest().expect("a question is asked");
                        let mut buttons = newest.buttons.iter().flatten();
                        buttons.any(|button| button.label == marked)
                    })
                    .await;
                }
                presses(&self.done(choices));
            }
            Deed::Choose(_, choices) => choices.iter().for_each(|one| presses(&self.choice(*one))),
            Deed::SendPhoto => {
                person.sends_photo(PHOTO);
            }
            Deed::Say(text) | Deed::Ask(text) => {
                person.says(text);
            }
        }
    }

    /// On a server everything is said by commands, controls and windows, since messages there are not
    /// read; alone with the bot it can be written.
    async fn does_on_discord(&self, person: &discord::Person, place: Place, deed: Deed) {
        let is_alone = place == Place::Direct;
        let written = match deed {
            Deed::Begin => Some("hello"),
            Deed::Say(text) | Deed::Ask(text) => Some(text),
            Deed::SendPhoto => Some(""),
            Deed::Press(_) | Deed::Choose(..) => None,
        };
        if let (true, Some(text)) = (is_alone, written) {
            let photo = ("scalp.jpg", PHOTO);
            let photos = matches!(deed, Deed::SendPhoto).then_some(photo);
            person.sends_dm(text, photos.as_slice());
            return;
        }
        let command = self.phrase("messenger-command-name-consult");
        let taken = match deed {
            Deed::Begin => person.slash(place, &command, &[]).await,
            Deed::Press(button) => person.clicks(&self.label(button)).await,
            Deed::Choose(question, choices)
                if question.selection() == Selection::Several && !choices.is_empty() =>
            {
                let labels: Vec<String> = choices.iter().map(|one| self.choice(*one)).collect();
                let labels: Vec<&str> = labels.iter().map(String::as_str).collect();
                person
                    .selects(&self.phrase("discord-choose"), &labels)
                    .await
            }
            Deed::Choose(_, []) => person.clicks(&self.done(&[])).await,
            Deed::Choose(_, choices) => person.clicks(&self.choice(choices[0])).await,
            Deed::SendPhoto => {
                let option = self.phrase("discord-option-photo");
                let photo = Given::File("scalp.jpg".to_owned(), PHOTO.to_vec());
                person.slash(place, &command, &[(&option, photo)]).await
            }
            Deed::Say(text) => {
                let write = self.phrase("discord-write");
                self.writes_on_discord(person, &write, "discord-words-label", text)
                    .await
            }
            Deed::Ask(text) => {
                let ask = self.label(Button::AskQuestion);
                self.writes_on_discord(person, &ask, "discord-question-label", text)
                    .await
            }
        };
        assert!(taken.acknowledged(), "{deed:?} was not acknowledged");
    }

    /// In the window that this button opens.
    async fn writes_on_discord(
        &self,
        person: &discord::Person,
        button: &str,
        label: &str,
        text: &str,
    ) -> discord::Taken {
        let opened = person.clicks(button).await;
        assert!(opened.acknowledged(), "[{button}] opened nothing");
        person.submits_modal(&[(&self.phrase(label), text)]).await
    }

    /// What ends the marking.
    fn done(&self, choices: &[Choice]) -> String {
        self.phrase(match choices {
            [] => "choices-none",
            _ => "choices-done",
        })
    }
}

/// The browser says with one post what was marked.
async fn does_on_the_web(visitor: &Visitor, number: usize, deed: Deed) {
    let token;
    let ids: Vec<&str>;
    let deed = match deed {
        Deed::Begin => visitor::Deed::Open,
        Deed::Press(button) => {
            token = button.token();
            visitor::Deed::Press(&token)
        }
        Deed::Choose(question, choices) => {
            ids = choices.iter().map(|choice| choice.id()).collect();
            visitor::Deed::Choose(question.id(), &ids)
        }
        Deed::SendPhoto => visitor::Deed::Photo(PHOTO.to_vec()),
        Deed::Say(text) | Deed::Ask(text) => visitor::Deed::Say(text),
    };
    let taken = visitor.tries(&format!("deed-{number}"), &deed).await;
    taken.expect("the program answers");
}

/// The page has a button of its own under what can be marked.
async fn on_the_web(visitor: &Visitor) -> View {
    let history = visitor.history().await.expect("the program answers");
    let said = history.iter().filter(|entry| entry["who"] == "dupi");
    View::of(said.map(|entry| {
        let content = &entry["content"];
        let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let choices = &content["choices"];
        let offered = list(&choices["offered"]);
        let mut labels: Vec<String> = offered.iter().map(|one| text(&one["label"])).collect();
        if choices["selection"] == "several" {
            let is_marked = offered.iter().any(|one| one["is_chosen"] == true);
            labels.push(text(&choices[if is_marked { "done" } else { "none" }]));
        }
        let rows = list(&content["buttons"]);
        let buttons = rows.iter().flat_map(list);
        labels.extend(buttons.map(|button| text(&button["label"])));
        View {
            paragraphs: list(&content["paragraphs"])
                .iter()
                .flat_map(|one| paragraphs(&text(one)).collect::<Vec<_>>())
                .collect(),
            pictures: usize::from(!content["picture"].is_null()),
            offered: labels,
        }
    }))
}

/// What is marked and what is not bears a sign there.
fn on_telegram(person: &telegram::Person) -> View {
    let seen = person.sees().into_iter();
    View::of(seen.filter_map(|seen| match seen {
        Seen::Message(message) if message.author == Author::Bot => {
            let texts = message.text.iter().chain(&message.caption);
            let buttons = message.buttons.iter().flatten();
            let plain = |label: &str| label.trim_start_matches(['☐', '☑', ' ']).to_owned();
            Some(View {
                paragraphs: texts.flat_map(|text| paragraphs(text)).collect(),
                pictures: usize::from(message.photo.is_some()),
                offered: buttons.map(|button| plain(&button.label)).collect(),
            })
        }
        Seen::Message(_) | Seen::Notice(_) => None,
    }))
}

/// Words are given by a button that opens a window; on a server a line more tells how to send a photo.
fn on_discord(person: &discord::Person, guest: &Guest) -> View {
    let (write, hint) = (
        guest.phrase("discord-write"),
        guest.phrase("discord-photo-by-command"),
    );
    View::of(person.hears().into_iter().map(|sight| {
        let framed = sight.embeds.iter().map(|embed| &embed.description);
        let texts = [&sight.content].into_iter().chain(framed);
        let labels = sight.components.iter().flat_map(|part| {
            if part.options.is_empty() {
                vec![part.label.clone()]
            } else {
                part.options.clone()
            }
        });
        View {
            paragraphs: texts
                .flat_map(|text| paragraphs(text))
                .filter(|text| *text != hint)
                .collect(),
            pictures: sight.files.len(),
            offered: labels
                .filter(|label| *label != write)
                .map(|label| label.trim_start_matches('*').to_owned())
                .collect(),
        }
    }))
}

impl Guest {
    async fn sees(&self) -> View {
        match &self.home {
            Home::Web(visitor) => on_the_web(visitor).await,
            Home::Telegram(person) => on_telegram(person),
            Home::Discord(person, _) => on_discord(person, self),
        }
    }
}

async fn until(what: &str, holds: impl AsyncFn() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !holds().await {
        assert!(Instant::now() < deadline, "waited in vain until {what}");
        sleep(LOOK).await;
    }
}

/// The program and all the places where it serves.
struct House {
    program: Program,
    store: SqliteStore,
    telegram: TelegramStandIn,
    discord: DiscordStandIn,
    _folder: TempDir,
}

impl House {
    async fn open() -> Self {
        let (telegram, discord) = (
            TelegramStandIn::start().await,
            DiscordStandIn::start().await,
        );
        discord.lifts_limits();
        let folder = TempDir::new().expect("a temporary folder");
        let program = Self::program(folder.path(), &telegram, &discord);
        discord
            .waits_until("a session", |all| all.iter().any(|one| one.shard.is_some()))
            .await;
        Self {
            program,
            store: store_of(folder.path()).await,
            telegram,
            discord,
            _folder: folder,
        }
    }

    fn program(folder: &Path, telegram: &TelegramStandIn, discord: &DiscordStandIn) -> Program {
        let base = telegram.base();
        let variables = [
            ("TELEGRAM_BOT_TOKEN", telegram.token()),
            ("TELEGRAM_API_URL", base.as_str()),
            ("DISCORD_BOT_TOKEN", discord.token()),
            ("DISCORD_API_URL", discord.api_url()),
        ];
        Program::start_with(folder, &variables)
    }

    /// The web chat first: the others are compared with it.
    fn homes(&self, language: Language) -> [Home; 4] {
        let reader = |name: &str| {
            let person = self.discord.person(name);
            match language {
                Language::Korean => person.speaks_korean(),
                Language::English => person,
            }
        };
        let clinic = self.discord.guild("Clinic").place();
        [
            Home::Web(Visitor::new(self.program.base.clone())),
            Home::Telegram(self.telegram.person(7, "Anna", Some(language.id()))),
            Home::Discord(reader("Bora"), Place::Direct),
            Home::Discord(reader("Cho"), clinic),
        ]
    }
}

async fn is_the_same_everywhere(language: Language) {
    let house = House::open().await;
    let wording = Wording::embedded().expect("it works in tests");
    let [first, others @ ..] = house.homes(language).map(|home| Guest {
        home,
        language,
        wording: wording.clone(),
    });
    for (number, deed) in consultation(language).into_iter().enumerate() {
        first.does(number, deed).await;
        nothing_is_left_to_do(&house.store).await;
        let expected = first.sees().await;
        for guest in &others {
            guest.does(number, deed).await;
        }
        for guest in &others {
            let deadline = Instant::now() + PATIENCE;
            while guest.sees().await != expected && Instant::now() < deadline {
                sleep(LOOK).await;
            }
            assert_eq!(guest.sees().await, expected, "after {deed:?}");
        }
    }
    nothing_is_left_to_do(&house.store).await;
    let expected = first.sees().await;
    for guest in &others {
        assert_eq!(guest.sees().await, expected, "in the end");
    }
    assert_eq!(house.program.stops(), Some(0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_consultation_is_the_same_everywhere_in_korean() {
    is_the_same_everywhere(Language::Korean).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_consultation_is_the_same_everywhere_in_english() {
    is_the_same_everywhere(Language::English).await;
}
