//! The Discord channel with the real service behind it and the stand-in for Discord before it.

mod conversations;
mod gateway;
mod places;
mod together;
mod troubles;
mod worded;

use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use dupi::advice::NoAdviceWriter;
use dupi::app::{ChannelEnd, Parts, RandomIds, Service, SystemClock};
use dupi::channels::discord::{
    DiscordChannel, DiscordError, DiscordOptions, DiscordPorts, PersonalPlace,
};
use dupi::channels::health::{ChannelHealth, ChannelState};
use dupi::channels::pace::{PaceLimits, Rate};
use dupi::domain::consultation::{Button, Language, Message, Purpose};
use dupi::domain::scalp::Region;
use dupi::ports::{
    AdviceWriter, Channel, Clock, EffectQueue as _, EffectState, GradedPhoto, GradingError,
    SeverityGrader,
};
use dupi::severity::{DecodingPhotoReader, ReaderLimits};
use dupi::storage::{Location, MasterKey, SqliteStore};
use dupi::wording::Wording;
use jiff::{SignedDuration, Timestamp};
use secrecy::SecretString;
use tempfile::TempDir;
use tokio::task::JoinHandle;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::support::discord::{DiscordStandIn, Given, Guild, Person, Place, Sight};
use crate::support::examples::judgement;
use crate::support::world::BlankCardPainter;

/// After this a test that waits has failed.
const PATIENCE: Duration = Duration::from_secs(30);

const PHOTO: &[u8] = include_bytes!("../../fixtures/photos/close_up_mixed.jpg");

/// Sees the same on every photo.
struct SameForAll;

#[async_trait]
impl SeverityGrader for SameForAll {
    async fn grade(&self, _photo: Vec<u8>) -> Result<GradedPhoto, GradingError> {
        Ok(GradedPhoto {
            judgement: judgement([0, 1, 0, 0, 2, 0]),
            heatmaps: None,
        })
    }
}

/// The real time, and more where the test says so.
#[derive(Default)]
struct ShiftedClock(Mutex<SignedDuration>);

impl Clock for ShiftedClock {
    fn now(&self) -> Timestamp {
        SystemClock.now() + *self.0.lock().expect("it works in tests")
    }
}

/// The bot, running in this process.
struct Bot {
    discord: DiscordStandIn,
    store: SqliteStore,
    wording: Wording,
    clock: Arc<ShiftedClock>,
    health: ChannelHealth,
    shutdown: CancellationToken,
    serving: JoinHandle<Result<(), DiscordError>>,
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
        ..PaceLimits::discord()
    }
}

/// What differs from bot to bot.
struct Setup {
    personal: PersonalPlace,
    /// Who words texts.
    writer: Arc<dyn AdviceWriter>,
}

impl From<PersonalPlace> for Setup {
    fn from(personal: PersonalPlace) -> Self {
        Self {
            personal,
            writer: Arc::new(NoAdviceWriter),
        }
    }
}

/// The service and the channel, as one process has them.
struct Process {
    store: SqliteStore,
    health: ChannelHealth,
    shutdown: CancellationToken,
    serving: JoinHandle<Result<(), DiscordError>>,
    running: JoinHandle<()>,
}

impl Process {
    /// Over the store at that location, with its files in that folder.
    async fn start(
        discord: &DiscordStandIn,
        setup: Setup,
        clock: &Arc<ShiftedClock>,
        (location, folder): (&Location, &Path),
    ) -> Self {
        let Setup { personal, writer } = setup;
        let ids = Arc::new(RandomIds);
        let key = MasterKey::new([7; 32]);
        let store = SqliteStore::open(location, &key, folder, ids.clone());
        let store = store.await.expect("it works in tests");
        let wording = Wording::embedded().expect("it works in tests");
        let shutdown = CancellationToken::new();
        let health = ChannelHealth::new("discord", Duration::from_secs(90), Instant::now());
        let options = DiscordOptions {
            token: SecretString::from(discord.token()),
            api_url: Some(discord.api_url().to_owned()),
            personal,
            shards: None,
            guide: Arc::from(*b"how to take a photo"),
        };
        let ports = DiscordPorts {
            notes: Arc::new(store.clone()),
            photos: Arc::new(store.photos()),
            wording: Arc::new(wording.clone()),
            clock: clock.clone(),
        };
        let (healthy, ending) = (health.clone(), shutdown.clone());
        let channel = DiscordChannel::paced(options, ports, healthy, ending, limits())
            .expect("it works in tests");
        let parts = Parts {
            conversations: Arc::new(store.clone()),
            effects: Arc::new(store.clone()),
            transcript: Arc::new(store.clone()),
            photos: Arc::new(store.photos()),
            reader: Arc::new(DecodingPhotoReader::new(ReaderLimits::default())),
            grader: Arc::new(SameForAll),
            painter: Arc::new(BlankCardPainter),
            writer,
            ratings: Arc::new(store.clone()),
            clock: clock.clone(),
            ids,
            wording,
        };
        let end = ChannelEnd {
            sender: channel.sender(),
            fetcher: Some(channel.fetcher()),
        };
        let service = Service::new(parts, [(Channel::Discord, end)]);
        let running = tokio::spawn({
            let (runner, shutdown) = (service.runner.clone(), shutdown.clone());
            async move { runner.run(shutdown).await }
        });
        let serving = tokio::spawn(channel.serve(Arc::new(service.driver.clone())));
        Self {
            store,
            health,
            shutdown,
            serving,
            running,
        }
    }
}

impl Bot {
    async fn start(setup: impl Into<Setup>) -> Self {
        let discord = DiscordStandIn::start().await;
        discord.lifts_limits();
        let bot = Self::start_at(discord, setup).await;
        bot.discord
            .waits_until("a session", |all| all.iter().any(|one| one.shard.is_some()))
            .await;
        bot
    }

    /// On a stand-in that is prepared already; nothing is waited for.
    async fn start_at(discord: DiscordStandIn, setup: impl Into<Setup>) -> Self {
        let folder = TempDir::new().expect("it works in tests");
        let clock = Arc::new(ShiftedClock::default());
        let house = (&Location::Memory, folder.path());
        let process = Process::start(&discord, setup.into(), &clock, house).await;
        Self {
            discord,
            wording: Wording::embedded().expect("it works in tests"),
            clock,
            store: process.store,
            health: process.health,
            shutdown: process.shutdown,
            serving: process.serving,
            running: process.running,
            _folder: folder,
        }
    }

    /// Ends as the service does; everything that was begun is joined.
    async fn stop(self) {
        self.shutdown.cancel();
        let ended = tokio::time::timeout(PATIENCE, async {
            self.running.await.expect("it works in tests");
            self.serving.await.expect("it works in tests")
        });
        ended.await.expect("it ends in time").expect("it ends well");
    }

    /// Time passes for us and for Discord.
    fn advance(&self, by: Duration) {
        self.discord.advance(by);
        let by = SignedDuration::try_from(by).expect("it works in tests");
        *self.clock.0.lock().expect("it works in tests") += by;
    }

    /// Our clock is wrong by so much more, and nobody else's.
    fn jumps(&self, by: SignedDuration) {
        *self.clock.0.lock().expect("it works in tests") += by;
    }

    fn phrase(&self, language: Language, key: &str) -> String {
        self.wording.phrases().phrase(language, key, &[])
    }

    fn button(&self, button: Button, language: Language) -> String {
        self.wording.button(button, language)
    }

    /// Waits until nothing is left to do.
    async fn settles(&self) {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let effects = self.store.overview(1_000).await.expect("it works in tests");
            let is_done = |state| matches!(state, EffectState::Done | EffectState::Failed);
            if effects.iter().all(|effect| is_done(effect.state)) {
                return;
            }
            assert!(Instant::now() < deadline, "still to do: {effects:?}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    async fn becomes_healthy(&self) {
        let deadline = Instant::now() + PATIENCE;
        while self.health.state(Instant::now()) != ChannelState::Working {
            assert!(Instant::now() < deadline, "{:?}", self.health);
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Waits until nothing is only promised to the person any more.
    async fn leaves_nobody_waiting(&self, person: &Person) {
        let deadline = Instant::now() + PATIENCE;
        while person.hears().iter().any(|sight| sight.thinking) {
            assert!(Instant::now() < deadline, "{}", person.transcript());
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// From the first greeting until the second consent is asked for.
    async fn arrives_at_the_consent(&self, person: &Person, language: Language) {
        for (message, button) in [
            (Message::Hello, Button::Speak(language)),
            (Message::AskAge, Button::OldEnough),
            (
                Message::AskConsent(Purpose::Basic),
                Button::Agree(Purpose::Basic),
            ),
        ] {
            self.answers(person, &message, button, language).await;
        }
        let consent = Message::AskConsent(Purpose::Sensitive);
        let worded = self.wording.words(&consent, language);
        self.hears(person, &worded.paragraphs[0]).await;
    }

    /// From the first greeting until a photo is asked for.
    async fn arrives_at_the_photo(&self, person: &Person, language: Language) {
        self.arrives_at_the_consent(person, language).await;
        let consent = Message::AskConsent(Purpose::Sensitive);
        let agree = Button::Agree(Purpose::Sensitive);
        self.answers(person, &consent, agree, language).await;
        let region = Button::ShowRegion(Region::Crown);
        self.answers(person, &Message::PhotoGuide, region, language)
            .await;
        let wanted = self.button(Button::ChangeRegion, language);
        person
            .waits_for("the wish for a photo", |sight| offers(sight, &wanted))
            .await;
    }

    /// Waits for the message and presses one of its buttons.
    async fn answers(&self, person: &Person, asked: &Message, button: Button, language: Language) {
        let worded = self.wording.words(asked, language);
        self.hears(person, &worded.paragraphs[0]).await;
        self.presses(person, &self.button(button, language)).await;
    }

    /// Waits for the button and presses it.
    async fn presses(&self, person: &Person, label: &str) {
        person
            .waits_for(label, |sight| offers(sight, label) && !sight.thinking)
            .await;
        let taken = person.clicks(label).await;
        assert!(taken.acknowledged(), "`{label}` was not acknowledged");
    }

    /// Waits until something is said.
    async fn hears(&self, person: &Person, text: &str) -> Sight {
        person.waits_for(text, |sight| says(sight, text)).await
    }
}

fn offers(sight: &Sight, label: &str) -> bool {
    sight.components.iter().any(|part| part.label == label)
}

fn says(sight: &Sight, text: &str) -> bool {
    let framed = sight.embeds.iter().map(|embed| &embed.description);
    [&sight.content]
        .into_iter()
        .chain(framed)
        .any(|said| said.contains(text))
}

fn photo(name: &str) -> (&str, Given) {
    (name, Given::File("scalp.jpg".to_owned(), PHOTO.to_vec()))
}

/// What the person sees, whether something was edited before anybody looked or not.
fn transcript(person: &Person) -> String {
    person.transcript().replace(", edited", "")
}

/// A command's name as the person reads it.
fn consult(language: Language) -> &'static str {
    match language {
        Language::Korean => "상담",
        Language::English => "consult",
    }
}

fn reader(bot: &Bot, name: &str, language: Language) -> Person {
    let person = bot.discord.person(name);
    match language {
        Language::Korean => person.speaks_korean(),
        Language::English => person,
    }
}

async fn begins(bot: &Bot, person: &Person, place: Place, language: Language) {
    let taken = person.slash(place, consult(language), &[]).await;
    assert!(taken.acknowledged());
    let speak = bot.button(Button::Speak(language), language);
    person
        .waits_for("the greeting", |sight| offers(sight, &speak))
        .await;
}

/// A bot, and somebody whom it has greeted on a server.
async fn with_newcomer() -> (Bot, Guild, Person) {
    let bot = Bot::start(PersonalPlace::Ephemeral).await;
    let guild = bot.discord.guild("Clinic");
    let anna = bot.discord.person("Anna");
    begins(&bot, &anna, guild.place(), Language::English).await;
    bot.settles().await;
    (bot, guild, anna)
}
