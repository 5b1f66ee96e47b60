//! The whole service with fakes at the ports, and one verb for each thing that a person does.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use dupi::advice::NoAdviceWriter;
use dupi::app::{ChannelEnd, Parts, Service};
use dupi::domain::consultation::{Button, Command, Language, Mark, Slot};
use dupi::domain::scalp::{Choice, Question};
use dupi::ports::{
    Address, AdviceWriter, Channel, ConversationDesk, EffectId, EffectQueue, EffectState, Inbound,
    InboundId, InboundWhat, MessageSender, Outgoing, Received, Room, SendError,
};
use dupi::storage::{Location, MasterKey, SqliteStore};
use dupi::wording::{Picture, Worded, Wording};
use jiff::SignedDuration;
use tempfile::TempDir;

use super::world::{
    BlankCardPainter, CountingIds, HandClock, ReadingSeverityGrader, TrustingPhotoReader,
};

/// Keeps what was said as a person would see it: a message in a slot takes the place of the older.
#[derive(Debug, Default)]
pub(crate) struct RecordingSender {
    seen: Mutex<Vec<Seen>>,
}

#[derive(Debug)]
enum Seen {
    Person(String),
    Dupi {
        id: EffectId,
        slot: Option<Slot>,
        worded: Worded,
    },
}

impl RecordingSender {
    fn person(&self, what: String) {
        self.lock().push(Seen::Person(what));
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Seen>> {
        self.seen
            .lock()
            .expect("no test panics while it holds this")
    }

    /// The conversation as it looks now.
    fn transcript(&self) -> String {
        let seen = self.lock();
        let entries: Vec<String> = seen.iter().map(shown).collect();
        entries.join("\n\n")
    }
}

fn shown(seen: &Seen) -> String {
    match seen {
        Seen::Person(what) => format!("> {what}"),
        Seen::Dupi { worded, .. } => {
            let mut lines = worded.paragraphs.clone();
            match &worded.picture {
                Some(Picture::PhotoGuide { .. }) => lines.insert(0, "<photo guide>".to_owned()),
                Some(Picture::Card { card, .. }) => {
                    lines.insert(0, format!("<card {}>", card.consultation.0));
                }
                None => {}
            }
            if let Some(choices) = &worded.choices {
                let labels: Vec<String> = choices
                    .offered
                    .iter()
                    .map(|choice| {
                        let mark = if choice.is_chosen { "x" } else { " " };
                        format!("({mark}) {}", choice.label)
                    })
                    .collect();
                lines.push(labels.join("  "));
            }
            for row in &worded.buttons {
                let labels: Vec<String> =
                    row.iter().map(|(_, label)| format!("[{label}]")).collect();
                lines.push(labels.join(" "));
            }
            if worded.is_working {
                lines.push("...".to_owned());
            }
            lines.join("\n")
        }
    }
}

#[async_trait]
impl MessageSender for RecordingSender {
    async fn send(&self, outgoing: Outgoing) -> Result<(), SendError> {
        let wording = Wording::embedded().expect("the embedded texts are valid");
        let worded = wording.words(&outgoing.message, outgoing.language);
        let mut seen = self.lock();
        let is_known = |one: &Seen| matches!(one, Seen::Dupi { id, .. } if *id == outgoing.id);
        if seen.iter().any(is_known) {
            return Ok(());
        }
        let newer = Seen::Dupi {
            id: outgoing.id,
            slot: outgoing.slot,
            worded,
        };
        let older = seen.iter().position(|one| {
            matches!(one, Seen::Dupi { slot: Some(slot), .. } if Some(*slot) == outgoing.slot)
        });
        match older {
            Some(older) => seen[older] = newer,
            None => seen.push(newer),
        }
        Ok(())
    }
}

/// The service, in memory, with time moved by hand.
pub(crate) struct TestApp {
    pub(crate) service: Service,
    pub(crate) store: SqliteStore,
    pub(crate) grader: Arc<ReadingSeverityGrader>,
    pub(crate) clock: Arc<HandClock>,
    sender: Arc<RecordingSender>,
    wording: Wording,
    deeds: Mutex<u64>,
    _folder: TempDir,
}

impl TestApp {
    pub(crate) async fn start() -> Self {
        Self::start_with(Arc::new(NoAdviceWriter)).await
    }

    /// With somebody who words texts.
    pub(crate) async fn start_with(writer: Arc<dyn AdviceWriter>) -> Self {
        let folder = TempDir::new().expect("a temporary folder");
        let clock = Arc::new(HandClock::new());
        let ids = Arc::new(CountingIds::default());
        let store = SqliteStore::open(
            &Location::Memory,
            &MasterKey::new([7; 32]),
            folder.path(),
            ids.clone(),
        )
        .await
        .expect("a database in memory opens");
        let grader = Arc::new(ReadingSeverityGrader::default());
        let sender = Arc::new(RecordingSender::default());
        let wording = Wording::embedded().expect("the embedded texts are valid");
        let parts = Parts {
            conversations: Arc::new(store.clone()),
            effects: Arc::new(store.clone()),
            transcript: Arc::new(store.clone()),
            photos: Arc::new(store.photos()),
            reader: Arc::new(TrustingPhotoReader),
            grader: grader.clone(),
            painter: Arc::new(BlankCardPainter),
            writer,
            ratings: Arc::new(store.clone()),
            clock: clock.clone(),
            ids,
            wording: wording.clone(),
        };
        let service = Service::new(
            parts,
            [(
                Channel::Web,
                ChannelEnd {
                    sender: sender.clone(),
                    fetcher: None,
                },
            )],
        );
        Self {
            service,
            store,
            grader,
            clock,
            sender,
            wording,
            deeds: Mutex::new(0),
            _folder: folder,
        }
    }

    /// The one person of most tests.
    pub(crate) fn address() -> Address {
        Address {
            channel: Channel::Web,
            key: "anna".to_owned(),
        }
    }

    /// Hands in what a person did and lets everything that follows run.
    pub(crate) async fn does(&self, what: InboundWhat) -> Received {
        let number = {
            let mut deeds = self
                .deeds
                .lock()
                .expect("no test panics while it holds this");
            *deeds += 1;
            *deeds
        };
        self.does_again(number, what).await
    }

    /// The same with the number of an earlier deed: a redelivery.
    pub(crate) async fn does_again(&self, number: u64, what: InboundWhat) -> Received {
        let received = self
            .service
            .driver
            .receive(Inbound {
                address: Self::address(),
                id: InboundId(format!("deed-{number}")),
                what,
                notes: Vec::new(),
            })
            .await
            .expect("the store works");
        self.settle().await;
        received
    }

    /// Runs everything that is due, now and after every wait for another try.
    pub(crate) async fn settle(&self) {
        loop {
            self.service
                .runner
                .run_until_idle()
                .await
                .expect("the store works");
            let due = self
                .store
                .next_due(&Room::of(1))
                .await
                .expect("the store works");
            if due.is_none() {
                return;
            }
            self.clock.advance(SignedDuration::from_secs(1));
        }
    }

    pub(crate) async fn opens(&self, language: Language) {
        self.does(InboundWhat::Opened { language }).await;
    }

    pub(crate) async fn presses(&self, button: Button) {
        let label = self.wording.button(button, Language::English);
        self.sender.person(format!("[{label}]"));
        self.does(InboundWhat::Pressed(button)).await;
    }

    pub(crate) async fn chooses(&self, choices: &[Choice]) {
        let question = choices.first().expect("a choice is made").question();
        self.answers(question, choices).await;
    }

    pub(crate) async fn answers(&self, question: Question, choices: &[Choice]) {
        let labels: Vec<String> = choices
            .iter()
            .map(|choice| self.wording.choice(*choice, Language::English))
            .collect();
        self.sender.person(format!("({})", labels.join(", ")));
        self.does(InboundWhat::Chosen {
            question,
            choices: choices.iter().copied().collect(),
        })
        .await;
    }

    pub(crate) async fn marks(&self, choice: Choice, mark: Mark) {
        let label = self.wording.choice(choice, Language::English);
        let sign = match mark {
            Mark::On => '+',
            Mark::Off => '-',
        };
        self.sender.person(format!("({sign}{label})"));
        self.does(InboundWhat::Marked {
            question: choice.question(),
            choice,
            mark,
        })
        .await;
    }

    pub(crate) async fn commands(&self, command: Command) {
        self.sender.person(format!("/{}", command.id()));
        self.does(InboundWhat::Commanded(command)).await;
    }

    pub(crate) async fn says(&self, words: &str) {
        self.sender.person(words.to_owned());
        self.does(InboundWhat::Said(words.to_owned())).await;
    }

    pub(crate) async fn sends(&self, photo: Vec<u8>) -> Received {
        self.sender.person("<photo>".to_owned());
        self.does(InboundWhat::PhotoReceived(photo)).await
    }

    pub(crate) async fn sends_album(&self, photos: Vec<Vec<u8>>) -> Received {
        self.sender.person(format!("<{} photos>", photos.len()));
        self.does(InboundWhat::AlbumReceived(photos)).await
    }

    /// What the person sees now. Fails when an effect is left or was given up.
    pub(crate) async fn transcript(&self) -> String {
        let effects = self.store.overview(1000).await.expect("the store works");
        for effect in effects {
            assert_eq!(effect.state, EffectState::Done, "{effect:?}");
        }
        self.sender.transcript()
    }

    /// What the person sees now, where something was given up on purpose.
    pub(crate) fn transcript_with_failures(&self) -> String {
        self.sender.transcript()
    }
}
