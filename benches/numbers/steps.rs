//! How many steps of conversations are committed in a second, on SQLite, on this disk.

use std::sync::Arc;
use std::time::Instant;

use dupi::app::{RandomIds, SystemClock};
use dupi::domain::consultation::{Button, Language};
use dupi::driver::{Driver, DriverPorts};
use dupi::ports::{Address, Channel, ConversationDesk as _, Inbound, InboundId, InboundWhat};
use dupi::severity::{DecodingPhotoReader, ReaderLimits};
use dupi::storage::{Location, MasterKey, SqliteStore};
use dupi::wording::Wording;

/// Presses of each conversation. Each is loaded, stepped and committed with one message to send.
const PRESSES: usize = 300;

/// Measures one conversation by itself, and eight at a time.
pub(crate) async fn measure() -> anyhow::Result<()> {
    let alone = per_second(1).await?;
    let together = per_second(8).await?;
    super::row(
        "committed steps per second, SQLite, every commit on disk",
        &format!("{alone:.0} one after the other, {together:.0} with 8 conversations at a time"),
    );
    Ok(())
}

async fn per_second(conversations: usize) -> anyhow::Result<f64> {
    let folder = super::folder()?;
    let ids = Arc::new(RandomIds);
    let store = SqliteStore::open(
        &Location::File(folder.path().join("dupi.sqlite")),
        &MasterKey::new([7; 32]),
        folder.path(),
        ids.clone(),
    )
    .await?;
    let ports = DriverPorts {
        store: Arc::new(store.clone()),
        photos: Arc::new(store.photos()),
        reader: Arc::new(DecodingPhotoReader::new(ReaderLimits::default())),
        clock: Arc::new(SystemClock),
        ids,
    };
    let driver = Driver::new(ports, Wording::embedded()?);
    for number in 0..conversations {
        let opened = InboundWhat::Opened {
            language: Language::Korean,
        };
        driver.receive(inbound(number, 0, opened)).await?;
    }
    let started = Instant::now();
    let tasks: Vec<_> = (0..conversations)
        .map(|number| {
            let driver = driver.clone();
            tokio::spawn(async move {
                for press in 1..=PRESSES {
                    let button = Button::Speak(Language::ALL[press % 2]);
                    let pressed = inbound(number, press, InboundWhat::Pressed(button));
                    driver.receive(pressed).await?;
                }
                anyhow::Ok(())
            })
        })
        .collect();
    for task in tasks {
        task.await??;
    }
    let seconds = started.elapsed().as_secs_f64();
    store.close().await;
    #[expect(
        clippy::cast_precision_loss,
        reason = "a few thousand presses are exact"
    )]
    let presses = (conversations * PRESSES) as f64;
    Ok(presses / seconds)
}

fn inbound(conversation: usize, deed: usize, what: InboundWhat) -> Inbound {
    Inbound {
        address: Address {
            channel: Channel::Web,
            key: format!("conversation-{conversation}"),
        },
        id: InboundId(format!("{conversation}-{deed}")),
        notes: Vec::new(),
        what,
    }
}
