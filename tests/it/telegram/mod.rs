//! The Telegram channel with the real service behind it and the stand-in for Telegram before it.
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on ends where it stands"
)]

mod albums;
mod conversations;
mod faults;
mod haste;
mod manners;
mod places;
mod worded;

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use dupi::advice::NoAdviceWriter;
use dupi::app::{ChannelEnd, Parts, RandomIds, Service, SystemClock};
use dupi::cards::ResvgCardPainter;
use dupi::channels::health::{ChannelHealth, ChannelState};
use dupi::channels::pace::{PaceLimits, Rate};
use dupi::channels::telegram::{
    TelegramChannel, TelegramError, TelegramOptions, TelegramPorts, Updates,
};
use dupi::domain::consultation::{Button, Language, Purpose};
use dupi::domain::scalp::Choice;
use dupi::driver::Driver;
use dupi::ports::{
    AdviceWriter, Channel, ChannelNotes as _, EffectQueue as _, EffectState, GradedPhoto,
    GradingError, SeverityGrader,
};
use dupi::severity::{
    BackendOptions, BatchLimits, DecodingPhotoReader, Model, ModelSource, OnnxSeverityGrader,
    ReaderLimits, RuntimeChoice,
};
use dupi::storage::{Location, MasterKey, SqliteStore};
use dupi::wording::Wording;
use image::{ImageFormat, RgbImage};
use secrecy::SecretString;
use tempfile::TempDir;
use tokio::sync::Notify;
use tokio::task::JoinHandle;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::support::examples::judgement;
use crate::support::telegram::{Author, Outcome, Person, Seen, SeenMessage, TelegramStandIn};

/// After this a test that waits has failed.
const PATIENCE: Duration = Duration::from_secs(30);

/// Who looks at the photos.
enum Grading {
    /// The bundled model.
    Real,
    /// Somebody who sees the same on every photo.
    Same,
    /// The same, each time that this is told.
    WhenTold(Arc<Notify>),
}

/// Sees the same on every photo, at once or when told.
struct SameForAll(Option<Arc<Notify>>);

#[async_trait]
impl SeverityGrader for SameForAll {
    async fn grade(&self, _photo: Vec<u8>) -> Result<GradedPhoto, GradingError> {
        if let Some(told) = &self.0 {
            told.notified().await;
        }
        Ok(GradedPhoto {
            judgement: judgement([0, 1, 0, 0, 2, 0]),
            heatmaps: None,
        })
    }
}

/// What differs from bot to bot.
struct Setup {
    grading: Grading,
    updates: Updates,
    /// Who words texts.
    writer: Arc<dyn AdviceWriter>,
}

impl Default for Setup {
    fn default() -> Self {
        Self {
            grading: Grading::Same,
            updates: Updates::LongPolling,
            writer: Arc::new(NoAdviceWriter),
        }
    }
}

impl From<Grading> for Setup {
    fn from(grading: Grading) -> Self {
        Self {
            grading,
            ..Self::default()
        }
    }
}

impl From<Updates> for Setup {
    fn from(updates: Updates) -> Self {
        Self {
            updates,
            ..Self::default()
        }
    }
}

/// The bot, running in this process.
struct Bot {
    telegram: TelegramStandIn,
    store: SqliteStore,
    driver: Driver,
    wording: Wording,
    health: ChannelHealth,
    shutdown: CancellationToken,
    serving: JoinHandle<Result<(), TelegramError>>,
    running: JoinHandle<()>,
    _folder: TempDir,
}

/// Fast enough for tests, and still a pace.
fn limits() -> PaceLimits {
    let rate = Rate {
        burst: 1_000,
        every: Duration::from_millis(1),
    };
    PaceLimits {
        overall: rate,
        private: rate,
        group: rate,
        ..PaceLimits::telegram()
    }
}

impl Bot {
    async fn start() -> Self {
        Self::start_with(Setup::default()).await
    }

    async fn start_with(setup: Setup) -> Self {
        Self::start_on(TelegramStandIn::start().await, setup).await
    }

    /// On a stand-in that is prepared already.
    async fn start_on(telegram: TelegramStandIn, setup: Setup) -> Self {
        let Setup {
            grading,
            updates,
            writer,
        } = setup;
        let folder = TempDir::new().unwrap();
        let ids = Arc::new(RandomIds);
        let key = MasterKey::new([7; 32]);
        let store = SqliteStore::open(&Location::Memory, &key, folder.path(), ids.clone());
        let store = store.await.unwrap();
        let wording = Wording::embedded().unwrap();
        let clock = Arc::new(SystemClock);
        let shutdown = CancellationToken::new();
        let health = ChannelHealth::new("telegram", Duration::from_secs(90), Instant::now());
        let options = TelegramOptions {
            token: SecretString::from(telegram.token()),
            api_url: telegram.base(),
            updates,
            guide: picture().into(),
        };
        let ports = TelegramPorts {
            notes: Arc::new(store.clone()),
            photos: Arc::new(store.photos()),
            wording: Arc::new(wording.clone()),
            clock: clock.clone(),
        };
        let (healthy, ending) = (health.clone(), shutdown.clone());
        let channel = TelegramChannel::paced(options, ports, healthy, ending, limits()).unwrap();
        let parts = Parts {
            conversations: Arc::new(store.clone()),
            effects: Arc::new(store.clone()),
            transcript: Arc::new(store.clone()),
            photos: Arc::new(store.photos()),
            reader: Arc::new(DecodingPhotoReader::new(ReaderLimits::default())),
            grader: grader(&grading),
            painter: Arc::new(ResvgCardPainter::new(wording.phrases().clone()).unwrap()),
            writer,
            ratings: Arc::new(store.clone()),
            clock,
            ids,
            wording: wording.clone(),
        };
        let end = ChannelEnd {
            sender: channel.sender(),
            fetcher: Some(channel.fetcher()),
        };
        let service = Service::new(parts, [(Channel::Telegram, end)]);
        let (runner, ending) = (service.runner.clone(), shutdown.clone());
        let running = tokio::spawn(async move { runner.run(ending).await });
        let serving = tokio::spawn(channel.serve(Arc::new(service.driver.clone())));
        Self {
            telegram,
            store,
            driver: service.driver,
            wording,
            health,
            shutdown,
            serving,
            running,
            _folder: folder,
        }
    }

    /// Someone who speaks that language, in the private chat.
    fn person(&self, language: Language) -> Someone<'_> {
        Someone {
            bot: self,
            person: self.telegram.person(7, "Anna", Some(language.id())),
            language,
        }
    }

    /// Waits until everything that was done is taken in, answered, and has had its effects.
    async fn settled(&self) {
        let deadline = Instant::now() + PATIENCE;
        while !self.is_settled().await {
            assert!(
                Instant::now() < deadline,
                "nothing settles: {:#?}",
                self.telegram.calls()
            );
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    async fn is_settled(&self) -> bool {
        self.telegram.waiting_updates() == 0
            && self.telegram.unanswered().is_empty()
            && self
                .store
                .beginning_with("album:")
                .await
                .unwrap()
                .is_empty()
            && self.open_effects().await == 0
    }

    async fn open_effects(&self) -> usize {
        let newest = self.store.overview(200).await.unwrap();
        let is_open = |state| matches!(state, EffectState::Waiting | EffectState::Leased);
        newest.iter().filter(|one| is_open(one.state)).count()
    }

    /// How many calls of that method were answered with 200.
    fn succeeded(&self, method: &str) -> usize {
        let calls = self.telegram.calls_of(method);
        let succeeded = calls
            .iter()
            .filter(|call| call.outcome == Outcome::Answered(200));
        succeeded.count()
    }

    /// Orders the end and sees that everything ends well.
    async fn stop(self) {
        self.shutdown.cancel();
        self.serving.await.unwrap().unwrap();
        self.running.await.unwrap();
        let state = self.health.state(Instant::now());
        assert!(matches!(state, ChannelState::Stopped(_)), "{state:?}");
    }
}

fn grader(grading: &Grading) -> Arc<dyn SeverityGrader> {
    match grading {
        Grading::Same => Arc::new(SameForAll(None)),
        Grading::WhenTold(told) => Arc::new(SameForAll(Some(told.clone()))),
        Grading::Real => {
            let options = BackendOptions {
                choice: RuntimeChoice::Rten,
                ..BackendOptions::default()
            };
            let sessions = Model::open_sessions(&ModelSource::Bundled, &options).unwrap();
            Arc::new(OnnxSeverityGrader::start(sessions, BatchLimits::default()).unwrap())
        }
    }
}

/// A small picture, PNG.
fn picture() -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    let image = RgbImage::from_pixel(480, 320, image::Rgb([200, 160, 140]));
    image.write_to(&mut bytes, ImageFormat::Png).unwrap();
    bytes.into_inner()
}

/// A photo of `tests/fixtures`.
fn photo(name: &str) -> Vec<u8> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/photos");
    std::fs::read(format!("{folder}/{name}.jpg")).unwrap()
}

/// A person with the bot, doing one thing after the other.
struct Someone<'a> {
    bot: &'a Bot,
    person: Person,
    language: Language,
}

impl Someone<'_> {
    async fn says(&self, text: &str) {
        self.person.says(text);
        self.bot.settled().await;
    }

    async fn sends(&self, photo: Vec<u8>) {
        self.person.sends_photo(photo);
        self.bot.settled().await;
    }

    fn label(&self, button: Button) -> String {
        self.bot.wording.button(button, self.language)
    }

    async fn presses(&self, button: Button) {
        self.presses_label(&self.label(button)).await;
    }

    async fn chooses(&self, choice: Choice) {
        let label = self.bot.wording.choice(choice, self.language);
        self.presses_label(&label).await;
    }

    /// Marks what is not marked, and clears what is.
    async fn marks(&self, choice: Choice) {
        let label = self.bot.wording.choice(choice, self.language);
        let newest = self.newest();
        let signs = ["☐", "☑"].map(|sign| format!("{sign} {label}"));
        let shown = signs.iter().find(|label| has_button(&newest, label));
        self.presses_label(shown.expect("the choice is offered"))
            .await;
    }

    async fn presses_label(&self, label: &str) {
        let pressed = self.person.presses(label);
        pressed.unwrap_or_else(|_| panic!("no [{label}] in\n{}", self.person.transcript()));
        self.bot.settled().await;
    }

    /// From hello to the question for the region.
    async fn arrives(&self) {
        self.says("/start").await;
        self.presses(Button::Speak(self.language)).await;
        self.presses(Button::OldEnough).await;
        self.presses(Button::Agree(Purpose::Basic)).await;
        self.presses(Button::Agree(Purpose::Sensitive)).await;
    }

    fn newest(&self) -> SeenMessage {
        self.person.newest().expect("the bot said something")
    }

    /// Everything that the bot says in the chat now.
    fn said(&self) -> Vec<SeenMessage> {
        let seen = self.person.sees().into_iter();
        let messages = seen.filter_map(|seen| match seen {
            Seen::Message(message) if message.author == Author::Bot => Some(message),
            Seen::Message(_) | Seen::Notice(_) => None,
        });
        messages.collect()
    }

    /// How many messages of the bot hold that phrase now.
    fn times_said(&self, key: &str) -> usize {
        let phrase = self.phrase(key);
        let holds = |message: &SeenMessage| words(message).contains(&phrase);
        self.said().iter().filter(|message| holds(message)).count()
    }

    fn phrase(&self, key: &str) -> String {
        let phrases = self.bot.wording.phrases();
        phrases.phrase(self.language, key, &[])
    }
}

fn words(message: &SeenMessage) -> String {
    let words = message.text.iter().chain(&message.caption);
    words.cloned().collect()
}

fn has_button(message: &SeenMessage, label: &str) -> bool {
    message
        .buttons
        .iter()
        .flatten()
        .any(|button| button.label == label)
}
