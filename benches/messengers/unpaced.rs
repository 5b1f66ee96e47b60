//! The service with Telegram alone and without Telegram's limits: what it could do, were it allowed to.

use std::num::NonZeroUsize;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use dupi::app::{ChannelEnd, Parts, RandomIds, Service, SystemClock};
use dupi::cards::{ResvgCardPainter, png_of};
use dupi::channels::health::ChannelHealth;
use dupi::channels::pace::{PaceLimits, Rate};
use dupi::channels::telegram::{TelegramChannel, TelegramOptions, TelegramPorts, Updates};
use dupi::channels::web::PHOTO_GUIDE;
use dupi::ports::Channel;
use dupi::severity::{
    BackendOptions, BatchLimits, DecodingPhotoReader, Model, ModelSource, OnnxSeverityGrader,
    ReaderLimits, RuntimeChoice, Share,
};
use dupi::storage::{Location, MasterKey, SqliteStore};
use dupi::wording::Wording;
use tokio::signal::unix::{SignalKind, signal};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::telegram::TOKEN;

/// The first argument of a process that is this service.
pub(crate) const WORD: &str = "unpaced-service";

/// As `dupi serve` draws it.
const GUIDE_WIDTH: u32 = 1_080;

/// Nothing waits.
const NO_LIMITS: PaceLimits = {
    let rate = Rate {
        burst: 1_000_000,
        every: Duration::from_nanos(1),
    };
    PaceLimits {
        overall: rate,
        private: rate,
        group: rate,
        most_waiting: 1_000_000,
        patience: Duration::from_mins(1),
    }
};

/// Serves as `dupi serve` does until it is asked to stop.
pub(crate) async fn run(arguments: &[String]) -> anyhow::Result<()> {
    let [url, folder] = arguments else {
        anyhow::bail!("the address of the stand-in and a folder");
    };
    let folder = Path::new(folder);
    let ids = Arc::new(RandomIds);
    let location = Location::File(folder.join("dupi.sqlite"));
    let key = MasterKey::new([7; 32]);
    let store = SqliteStore::open(&location, &key, folder, ids.clone()).await?;
    let wording = Wording::embedded()?;
    let grader = grader()?;
    let clock = Arc::new(SystemClock);
    let shutdown = CancellationToken::new();
    let options = TelegramOptions {
        token: TOKEN.concat().into(),
        api_url: url.clone(),
        updates: Updates::LongPolling,
        guide: png_of(PHOTO_GUIDE, GUIDE_WIDTH)?.into(),
    };
    let ports = TelegramPorts {
        notes: Arc::new(store.clone()),
        photos: Arc::new(store.photos()),
        wording: Arc::new(wording.clone()),
        clock: clock.clone(),
    };
    let health = ChannelHealth::new("telegram", Duration::from_mins(5), Instant::now());
    let channel = TelegramChannel::paced(options, ports, health, shutdown.clone(), NO_LIMITS)?;
    let end = ChannelEnd {
        sender: channel.sender(),
        fetcher: Some(channel.fetcher()),
    };
    let parts = Parts {
        conversations: Arc::new(store.clone()),
        effects: Arc::new(store.clone()),
        transcript: Arc::new(store.clone()),
        photos: Arc::new(store.photos()),
        reader: Arc::new(DecodingPhotoReader::new(ReaderLimits::default())),
        grader: Arc::new(grader.clone()),
        painter: Arc::new(ResvgCardPainter::new(wording.phrases().clone())?),
        writer: Arc::new(dupi::advice::NoAdviceWriter),
        ratings: Arc::new(store.clone()),
        clock,
        ids,
        wording,
    };
    let service = Service::new(parts, [(Channel::Telegram, end)]);
    let running = tokio::spawn({
        let (runner, shutdown) = (service.runner.clone(), shutdown.clone());
        async move { runner.run(shutdown).await }
    });
    let serving = tokio::spawn(channel.serve(Arc::new(service.driver)));
    let mut terminated = signal(SignalKind::terminate())?;
    crate::row("the service without limits", "serves");
    terminated.recv().await.context("signals go on")?;
    shutdown.cancel();
    serving.await??;
    running.await?;
    grader.shut_down().await;
    store.close().await;
    Ok(())
}

/// As the service starts it on this machine's cores.
fn grader() -> anyhow::Result<OnnxSeverityGrader> {
    let share = Share {
        cores: std::thread::available_parallelism()?,
        ..Share::default()
    };
    let options = BackendOptions {
        choice: RuntimeChoice::Rten,
        share,
        ..BackendOptions::default()
    };
    let sessions = Model::open_sessions(&ModelSource::Bundled, &options)?;
    let device = sessions[0].backend_description().device;
    let limits = BatchLimits {
        max_batch: NonZeroUsize::MIN,
        decode_at_once: share.decoders_on(device),
        ..BatchLimits::default()
    };
    Ok(OnnxSeverityGrader::start(sessions, limits)?)
}
