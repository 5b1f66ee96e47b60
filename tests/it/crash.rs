//! A process killed at any boundary of a consultation loses nothing and doubles nothing.

use std::path::Path;
use std::sync::Arc;

use dupi::app::{ChannelEnd, Parts, Service};
use dupi::channels::web::WebSender;
use dupi::domain::consultation::{Button, Language, Purpose};
use dupi::domain::scalp::{Choice, Question, Region};
use dupi::ports::{
    Address, Channel, ConversationDesk, EffectQueue, EntryBody, Inbound, InboundId, InboundWhat,
    Room, Transcript, Utterance,
};
use dupi::storage::{Location, MasterKey, SqliteStore};
use dupi::wording::Wording;
use jiff::SignedDuration;
use tempfile::TempDir;

use crate::support::mortal::{Life, Mortal};
use crate::support::world::{
    BlankCardPainter, CountingIds, HandClock, ReadingSeverityGrader, TrustingPhotoReader, photo_of,
};

/// From hello to the result, and a changed answer.
fn script() -> Vec<InboundWhat> {
    let mut script = vec![
        InboundWhat::Opened {
            language: Language::Korean,
        },
        InboundWhat::Pressed(Button::Speak(Language::Korean)),
        InboundWhat::Pressed(Button::OldEnough),
        InboundWhat::Pressed(Button::Agree(Purpose::Basic)),
        InboundWhat::Pressed(Button::Agree(Purpose::Sensitive)),
        InboundWhat::Pressed(Button::ShowRegion(Region::Crown)),
        InboundWhat::PhotoReceived(photo_of([0, 1, 2, 3, 0, 1])),
        InboundWhat::Pressed(Button::PhotosDone),
    ];
    script.extend(Question::ALL.map(|question| match question {
        Question::Sex => InboundWhat::Chosen {
            question,
            choices: [Choice::Female].into(),
        },
        Question::FreeLine => InboundWhat::Said("가려워요".to_owned()),
        skipped => InboundWhat::Pressed(Button::Skip(skipped)),
    }));
    script.push(InboundWhat::Pressed(Button::ReviewAnswers));
    script.push(InboundWhat::Pressed(Button::KeepAnswers));
    script
}

fn address() -> Address {
    Address {
        channel: Channel::Web,
        key: "anna".to_owned(),
    }
}

/// One process: opens the data folder, does what is left to do, and may die on the way.
struct Process {
    mortal: Mortal,
    service: Service,
    clock: Arc<HandClock>,
    grader: Arc<ReadingSeverityGrader>,
}

impl Process {
    async fn start(folder: &Path, number: u64, life: Arc<Life>) -> Self {
        let ids = Arc::new(CountingIds::beginning_at(number * 1_000_000));
        let clock = Arc::new(HandClock::new());
        let store = SqliteStore::open(
            &Location::File(folder.join("dupi.sqlite")),
            &MasterKey::new([7; 32]),
            folder,
            ids.clone(),
        )
        .await
        .expect("the database opens again");
        store.release_leases().await.expect("the store works");
        store.clean_up().await.expect("the store works");
        let mortal = Mortal {
            photos: store.photos(),
            store,
            life,
        };
        let wording = Wording::embedded().expect("the embedded texts are valid");
        let grader = Arc::new(ReadingSeverityGrader::default());
        let sender = WebSender::new(
            Arc::new(mortal.clone()),
            Arc::new(wording.clone()),
            clock.clone(),
        );
        let parts = Parts {
            conversations: Arc::new(mortal.clone()),
            effects: Arc::new(mortal.clone()),
            transcript: Arc::new(mortal.clone()),
            photos: Arc::new(mortal.clone()),
            reader: Arc::new(TrustingPhotoReader),
            grader: grader.clone(),
            painter: Arc::new(BlankCardPainter),
            writer: Arc::new(dupi::advice::NoAdviceWriter),
            ratings: Arc::new(mortal.store.clone()),
            clock: clock.clone(),
            ids,
            wording,
        };
        Self {
            service: Service::new(
                parts,
                [(
                    Channel::Web,
                    ChannelEnd {
                        sender: Arc::new(sender),
                        fetcher: None,
                    },
                )],
            ),
            mortal,
            clock,
            grader,
        }
    }

    /// Does the deeds from the first unacknowledged one on, as a patient client would.
    async fn play(&self, acknowledged: &mut usize) {
        let script = script();
        // Nobody presses a button before it is seen.
        self.settle().await;
        while let Some(what) = script.get(*acknowledged) {
            let inbound = Inbound {
                address: address(),
                id: InboundId(format!("deed-{acknowledged}")),
                what: what.clone(),
                notes: Vec::new(),
            };
            self.service
                .driver
                .receive(inbound)
                .await
                .expect("the store works");
            *acknowledged += 1;
            self.settle().await;
        }
        self.settle().await;
    }

    async fn settle(&self) {
        loop {
            self.service
                .runner
                .run_until_idle()
                .await
                .expect("the store works");
            if self
                .mortal
                .next_due(&Room::of(1))
                .await
                .expect("the store works")
                .is_none()
            {
                return;
            }
            self.clock.advance(SignedDuration::from_secs(1));
        }
    }

    /// The history as the page shows it, without the ids, which differ from life to life.
    async fn history(&self) -> Vec<String> {
        let conversation = self
            .service
            .driver
            .conversation(&address())
            .await
            .expect("the store works")
            .expect("there is a conversation");
        let entries = self
            .mortal
            .since(conversation, 0)
            .await
            .expect("the store works");
        entries
            .into_iter()
            .map(|entry| match entry.body {
                EntryBody::Person(Utterance::Text(text)) => format!("> {text}"),
                EntryBody::Person(Utterance::Photo(_)) => "> photo".to_owned(),
                EntryBody::Dupi { content, .. } => content,
            })
            .collect()
    }
}

/// A temporary folder, in memory where the system has such a place: hundreds of processes write
/// each of their commits to the disk.
fn quick_folder() -> TempDir {
    TempDir::new_in("/dev/shm")
        .or_else(|_| TempDir::new())
        .expect("a temporary folder")
}

#[tokio::test]
async fn a_process_killed_at_any_boundary_loses_nothing_and_doubles_nothing() {
    let undisturbed = {
        let folder = quick_folder();
        let process = Process::start(folder.path(), 1, Life::of(usize::MAX)).await;
        process.play(&mut 0).await;
        assert_eq!(process.grader.asked(), 1);
        process.history().await
    };
    let mut deaths = 0;
    for boundaries in 0.. {
        let folder = quick_folder();
        let mut acknowledged = 0;
        let life = Life::of(boundaries);
        let first = Process::start(folder.path(), 1, life.clone()).await;
        let died = tokio::select! {
            biased;
            () = life.over() => true,
            () = first.play(&mut acknowledged) => false,
        };
        if !died {
            break;
        }
        deaths += 1;
        first.mortal.store.close().await;
        let second = Process::start(folder.path(), 2, Life::of(usize::MAX)).await;
        second.play(&mut acknowledged).await;
        assert_eq!(
            second.history().await,
            undisturbed,
            "killed at boundary {boundaries}"
        );
    }
    assert!(deaths > 150, "only {deaths} boundaries were tried");
}
