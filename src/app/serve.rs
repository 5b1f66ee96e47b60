//! The service as an operator starts it: opened in order, announced in one line, stopped in order.

use std::net::SocketAddr;
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::Duration;

use jiff::SignedDuration;
use tokio::signal;
use tokio_util::sync::CancellationToken;

use super::messengers::Messengers;
use super::{Advice, ChannelEnd, DataPaths, Parts, RandomIds, Service, SystemClock};
use crate::cards::ResvgCardPainter;
use crate::channels::Ending;
use crate::channels::web::{self, Admission, Pages, WebChannel, WebSender};
use crate::config::{DeviceChoice as ChosenDevice, RuntimeChoice as ChosenRuntime, Settings};
use crate::ports::{Channel, Clock as _, ConversationDesk, EffectQueue as _, IdSource as _};
use crate::severity::{
    BackendOptions, BatchLimits, DecodingPhotoReader, DeviceChoice, Model, ModelSource,
    OnnxSeverityGrader, ReaderLimits, RuntimeChoice, Share,
};
use crate::storage::{DataDirLock, Location, MasterKey, SqliteStore};
use crate::wording::{Links, Wording};

/// How often what is no longer needed is swept out.
const HOUSEKEEPING: Duration = Duration::from_hours(1);
/// Effects that were done are kept this long, so that an operator can look back.
const KEEP_DONE: SignedDuration = SignedDuration::from_hours(24);
/// Effects that were given up hold what was to be said, and are kept this long.
const KEEP_FAILED: SignedDuration = SignedDuration::from_hours(14 * 24);
/// No channel repeats an update after this long.
const KEEP_HANDLED: SignedDuration = SignedDuration::from_hours(30 * 24);

/// Serves until the process is asked to stop. `announce` is given the address once the page can be
/// opened.
pub async fn serve(settings: &Settings, announce: impl FnOnce(SocketAddr)) -> anyhow::Result<()> {
    // Held until the end: two processes on one folder would hand out the same effects.
    let _lock = DataDirLock::acquire(&settings.data.folder)?;
    let store = open_store(settings).await?;
    let freed = store.release_leases().await?;
    let cleaned = store.clean_up().await?;
    if freed > 0 || cleaned.files > 0 {
        tracing::info!(
            freed,
            files = cleaned.files,
            "Went on after a stop in the middle"
        );
    }
    let wording = Wording::embedded()?.with_links(Links {
        privacy: settings.operator.privacy_url.clone(),
        terms: settings.operator.terms_url.clone(),
        contact: settings.operator.contact.clone(),
    });
    let reader = DecodingPhotoReader::new(ReaderLimits::default());
    let grader = start_grader(settings)?;
    let painter = ResvgCardPainter::new(wording.phrases().clone())?;
    let advice = Advice::open(&settings.advice, &wording)?;
    let clock = Arc::new(SystemClock);
    let ids = Arc::new(RandomIds);
    let shared_wording = Arc::new(wording.clone());
    let sender = WebSender::new(
        Arc::new(store.clone()),
        shared_wording.clone(),
        clock.clone(),
    );
    let parts = Parts {
        conversations: Arc::new(store.clone()),
        effects: Arc::new(store.clone()),
        transcript: Arc::new(store.clone()),
        photos: Arc::new(store.photos()),
        reader: Arc::new(reader),
        grader: Arc::new(grader.clone()),
        painter: Arc::new(painter),
        writer: advice.writer(),
        ratings: Arc::new(store.clone()),
        clock,
        ids: ids.clone(),
        wording,
    };
    let shutdown = CancellationToken::new();
    // What is under way is said before the messengers fall silent.
    let ending = Ending {
        hearing: shutdown.clone(),
        speaking: CancellationToken::new(),
    };
    let messengers = Messengers::open(settings, &store, &shared_wording, &ending)?;
    let web_end = ChannelEnd {
        sender: Arc::new(sender),
        fetcher: None,
    };
    let ends = messengers
        .ends()
        .into_iter()
        .chain([(Channel::Web, web_end)]);
    let service = Service::new(parts, ends);
    let desk: Arc<dyn ConversationDesk> = Arc::new(service.driver.clone());

    let listener = web::listen(settings.web.address, settings.web.allow_public).await?;
    let address = listener.local_addr()?;
    let channel = WebChannel {
        desk: desk.clone(),
        transcript: Arc::new(store.clone()),
        photos: Arc::new(store.photos()),
        ids,
        pages: Arc::new(Pages::embedded(shared_wording.phrases())?),
        wording: shared_wording,
        admission: if settings.web.allow_public {
            Admission::AnyName
        } else {
            Admission::OwnNames
        },
        messengers: messengers.health(),
    };

    let running = tokio::spawn({
        let (runner, shutdown) = (service.runner.clone(), shutdown.clone());
        async move { runner.run(shutdown).await }
    });
    let inspecting = tokio::spawn(advice.inspect(shutdown.clone()));
    let housekeeping = tokio::spawn(keep_house(store.clone(), shutdown.clone()));
    let serving = tokio::spawn(web::serve(listener, channel, shutdown.clone()));
    let messengers = messengers.serve(&desk);
    announce(address);

    asked_to_stop().await;
    tracing::info!("Stopping: finishing what is under way");
    shutdown.cancel();
    serving.await??;
    running.await?;
    ending.speaking.cancel();
    let messengers = messengers.ended().await;
    housekeeping.await?;
    inspecting.await?;
    grader.shut_down().await;
    store.close().await;
    messengers
}

/// Opens the severity model as often as the settings ask for, and starts grading with it.
fn start_grader(settings: &Settings) -> anyhow::Result<OnnxSeverityGrader> {
    let options = backend_options(settings);
    let sessions = Model::open_sessions(&model_source(settings), &options)?;
    let device = sessions[0].backend_description().device;
    let max_batch = if device.is_cpu() {
        NonZeroUsize::MIN
    } else {
        settings.model.batch
    };
    Ok(OnnxSeverityGrader::start(
        sessions,
        BatchLimits {
            max_batch,
            capacity: settings.model.queue,
            decode_at_once: options.share.decoders_on(device),
            ..BatchLimits::default()
        },
    )?)
}

/// Opens the database and the photo store of the data folder, making what is missing.
pub async fn open_store(settings: &Settings) -> anyhow::Result<SqliteStore> {
    let folder = &settings.data.folder;
    let paths = DataPaths::of(settings);
    let master = match &settings.master_key {
        Some(digits) => MasterKey::from_hex(digits)?,
        // A fresh key would open nothing, and stand in the way of the one that is missing.
        None if paths.database.exists() && !paths.master_key.exists() => anyhow::bail!(
            "the master key file `{}` is missing, and the database needs it; hint: put it back, or \
             set DUPI_MASTER_KEY",
            paths.master_key.display()
        ),
        None => MasterKey::load_or_create(&paths.master_key, RandomIds.secret())?,
    };
    let location = Location::File(paths.database);
    Ok(SqliteStore::open(&location, &master, folder, Arc::new(RandomIds)).await?)
}

/// Opens the severity model with the runtime and on the device that the settings ask for, and tries it
/// out. It is the first of the sessions that the service would open.
pub(crate) fn open_first_session(settings: &Settings) -> anyhow::Result<Model> {
    Ok(Model::open(
        &model_source(settings),
        &backend_options(settings),
    )?)
}

/// As [`open_first_session`], for one photo at a time: a single session with all cores.
pub(crate) fn open_only_session(settings: &Settings) -> anyhow::Result<Model> {
    Ok(Model::open(
        &model_source(settings),
        &options_for_one(settings),
    )?)
}

fn model_source(settings: &Settings) -> ModelSource {
    match &settings.model.file {
        Some(file) => ModelSource::File(file.clone()),
        None => ModelSource::Bundled,
    }
}

/// How the settings want a model to be run for one photo at a time.
pub(crate) fn options_for_one(settings: &Settings) -> BackendOptions {
    let options = backend_options(settings);
    BackendOptions {
        share: options.share.for_one_session(),
        ..options
    }
}

/// How the settings want a model to be run by the service.
fn backend_options(settings: &Settings) -> BackendOptions {
    let model = &settings.model;
    BackendOptions {
        choice: match model.runtime {
            ChosenRuntime::Auto => RuntimeChoice::Auto,
            ChosenRuntime::Rten => RuntimeChoice::Rten,
            ChosenRuntime::OnnxRuntime => RuntimeChoice::OnnxRuntime,
        },
        library: model.library.clone(),
        python_environments: model.python_environments.clone(),
        share: Share {
            cores: std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN),
            sessions: model.sessions,
            threads: model.threads,
        },
        device: match model.device {
            ChosenDevice::Auto => DeviceChoice::Auto,
            ChosenDevice::Cpu => DeviceChoice::Cpu,
            ChosenDevice::Cuda => DeviceChoice::Cuda,
            ChosenDevice::TensorRt => DeviceChoice::TensorRt,
        },
        device_id: model.device_id,
        max_batch: model.batch,
        fp16: model.fp16,
        engine_cache: Some(DataPaths::of(settings).engines),
    }
}

/// Sweeps out, now and then, what nobody will ask for any more.
async fn keep_house(store: SqliteStore, shutdown: CancellationToken) {
    loop {
        let now = SystemClock.now();
        let swept = async {
            let done = store
                .purge_ended(now - KEEP_DONE, now - KEEP_FAILED)
                .await?;
            let handled = store.purge_handled(now - KEEP_HANDLED).await?;
            Ok::<_, crate::ports::StoreError>((done, handled))
        };
        match swept.await {
            Ok((done, handled)) => tracing::debug!(done, handled, "Swept out old rows"),
            Err(error) => tracing::warn!(%error, "Old rows could not be swept out"),
        }
        tokio::select! {
            () = tokio::time::sleep(HOUSEKEEPING) => {}
            () = shutdown.cancelled() => return,
        }
    }
}

/// Resolves at Ctrl-C or, where there is one, at SIGTERM.
async fn asked_to_stop() {
    let interrupted = async {
        if let Err(error) = signal::ctrl_c().await {
            tracing::warn!(%error, "Ctrl-C cannot be heard");
            std::future::pending::<()>().await;
        }
    };
    #[cfg(unix)]
    let terminated = async {
        match signal::unix::signal(signal::unix::SignalKind::terminate()) {
            Ok(mut terminate) => {
                terminate.recv().await;
            }
            Err(error) => {
                tracing::warn!(%error, "SIGTERM cannot be heard");
                std::future::pending::<()>().await;
            }
        }
    };
    #[cfg(not(unix))]
    let terminated = std::future::pending::<()>();
    tokio::select! {
        () = interrupted => {}
        () = terminated => {}
    }
}
