//! The gateway: kept open by serenity, watched, and begun anew for as long as that can help.

use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use secrecy::ExposeSecret as _;
use serde_json::Value;
use serenity::all::{
    Client, ClientBuilder, ConnectionStage, Context, Event, GatewayError, GatewayIntents,
    HttpBuilder, RawEventHandler, ShardId, ShardManager,
};
use tokio::sync::Semaphore;
use tokio::time::Instant;
use tokio_util::task::TaskTracker;

use super::arrival::{self, Arrival};
use super::http::Call;
use super::intake::Intake;
use super::lanes::Lanes;
use super::sender::id;
use super::watch::ShardSigns;
use super::wire::Counted;
use super::{DiscordChannel, DiscordError, commands};
use crate::ports::ConversationDesk;

const FIRST_BACKOFF: Duration = Duration::from_millis(500);
const LONGEST_BACKOFF: Duration = Duration::from_mins(1);
/// How much is handed in at the same time.
const MOST_AT_ONCE: usize = 64;
/// How much may be in hand until it is stored: some seconds of everything that Discord's rates allow.
const MOST_IN_HAND: usize = 4_096;
/// How often the shards are looked at.
const LOOK: Duration = Duration::from_millis(500);
/// How long what was taken in may take to be stored once the shutdown has begun.
const PATIENCE_AT_SHUTDOWN: Duration = Duration::from_secs(10);

/// Serves until the shutdown, or until only the operator can help.
pub(super) async fn serve(
    channel: &DiscordChannel,
    desk: Arc<dyn ConversationDesk>,
) -> Result<(), DiscordError> {
    let signs = ShardSigns::default();
    let tracker = TaskTracker::new();
    let intake = Arc::new(Intake {
        parts: channel.parts.clone(),
        personal: channel.options.personal,
        desk,
        lanes: Lanes::default(),
        room: Semaphore::new(MOST_AT_ONCE),
        hands: Semaphore::new(MOST_IN_HAND),
        shutdown: channel.shutdown.clone(),
    });
    let ears = Ears {
        intake,
        tracker: tracker.clone(),
        signs: signs.clone(),
    };
    let served = keep_connected(channel, ears, &signs).await;
    tracker.close();
    if tokio::time::timeout(PATIENCE_AT_SHUTDOWN, tracker.wait())
        .await
        .is_err()
    {
        tracing::warn!("Something that people did on Discord was not stored in time");
    }
    served
}

async fn keep_connected(
    channel: &DiscordChannel,
    ears: Ears,
    signs: &ShardSigns,
) -> Result<(), DiscordError> {
    let mut backoff = FIRST_BACKOFF;
    loop {
        let began = Instant::now();
        // It alone heeds the shutdown, so that connections are closed before they are dropped.
        let Err(error) = connect(channel, ears.clone(), signs).await else {
            return Ok(());
        };
        match error {
            DiscordError::TokenRefused
            | DiscordError::IntentsRefused
            | DiscordError::MoreShardsNeeded { .. }
            | DiscordError::Client(_)
            | DiscordError::Wording(_) => return Err(error),
            DiscordError::Unavailable(source) => {
                tracing::warn!(error = %source, retry_in_ms = backoff.as_millis(), "Discord cannot be reached");
            }
        }
        tokio::select! {
            () = channel.shutdown.cancelled() => return Ok(()),
            () = tokio::time::sleep(backoff) => {}
        }
        backoff = if began.elapsed() > LONGEST_BACKOFF {
            FIRST_BACKOFF
        } else {
            (backoff * 2).min(LONGEST_BACKOFF)
        };
    }
}

/// One life of the client; returns at the shutdown, or with an error.
async fn connect(
    channel: &DiscordChannel,
    ears: Ears,
    signs: &ShardSigns,
) -> Result<(), DiscordError> {
    let prepared = tokio::select! {
        () = channel.shutdown.cancelled() => return Ok(()),
        prepared = prepare(channel) => prepared,
    };
    let shards = prepared?;
    let mut client = client(channel, ears).await?;
    let manager = client.shard_manager.clone();
    tracing::info!(shards, "Connecting to Discord");
    let outcome = tokio::select! {
        started = client.start_shards(shards) => match started {
            Ok(()) => Err(DiscordError::Unavailable("the gateway client has ended".into())),
            Err(error) => Err(of_gateway(error)),
        },
        () = watch(channel, &manager, signs, shards) => Ok(()),
    };
    let closing = tokio::time::timeout(PATIENCE_AT_SHUTDOWN, manager.shutdown_all());
    if closing.await.is_err() {
        tracing::warn!("Not every gateway connection was closed in time");
    }
    outcome
}

/// Asks what is needed for a connection, and waits until one may be begun; tells how many shards.
async fn prepare(channel: &DiscordChannel) -> Result<u32, DiscordError> {
    let wire = &channel.parts.wire;
    let get = |path: &'static str| wire.call(Counted::Alone, Call::get(path));
    // Both tell whether the token is good, before a session is spent on it.
    let mut gateway = get("/gateway/bot").await.map_err(DiscordError::of_call)?;
    let application = get("/applications/@me")
        .await
        .map_err(DiscordError::of_call)?;
    if let Some(application) = id(&application) {
        let registered = commands::register(wire, application, &channel.parts.wording).await;
        if let Err(error) = registered {
            tracing::warn!(%error, "The commands could not be registered; what is known stays");
        }
    }
    loop {
        let shards = shards(&gateway, channel.options.shards)?;
        let Some(wait) = wait_for_sessions(&gateway, shards) else {
            return Ok(shards);
        };
        // Whoever goes on beyond the limit loses the token.
        tracing::error!(
            wait_s = wait.as_secs(),
            "Discord lets no more sessions begin; hint: find what starts Dupi over and over, or who \
             else uses the token"
        );
        tokio::time::sleep(wait).await;
        gateway = get("/gateway/bot").await.map_err(DiscordError::of_call)?;
    }
}

/// How many shards there are to be. Discord closes those that would hold too many servers, for ever.
fn shards(gateway: &Value, set: Option<NonZeroUsize>) -> Result<u32, DiscordError> {
    let recommended = gateway["shards"].as_u64().unwrap_or(1).max(1);
    let shards = match set {
        None => recommended,
        Some(set) => {
            let set = u64::try_from(set.get()).unwrap_or(u64::MAX);
            if set < recommended {
                return Err(DiscordError::MoreShardsNeeded { set, recommended });
            }
            set
        }
    };
    Ok(u32::try_from(shards).unwrap_or(u32::MAX))
}

/// How long to wait until that many sessions may be begun, if not now.
fn wait_for_sessions(gateway: &Value, shards: u32) -> Option<Duration> {
    let limit = &gateway["session_start_limit"];
    let left = limit["remaining"].as_u64()?;
    // With more shards than sessions a day those that come last wait for the next day.
    let needed = u64::from(shards)
        .min(limit["total"].as_u64().unwrap_or(u64::MAX))
        .max(1);
    let told = limit["reset_after"].as_u64().map(Duration::from_millis);
    (left < needed).then(|| told.unwrap_or(LONGEST_BACKOFF).max(FIRST_BACKOFF))
}

async fn client(channel: &DiscordChannel, ears: Ears) -> Result<Client, DiscordError> {
    let options = &channel.options;
    // Only the gateway's address is asked for through it.
    let mut http = HttpBuilder::new(options.token.expose_secret()).ratelimiter_disabled(true);
    if let Some(api_url) = &options.api_url {
        http = http.proxy(api_url);
    }
    // What people do to us arrives as interactions, for which no intent is needed.
    ClientBuilder::new_with_http(http.build(), GatewayIntents::DIRECT_MESSAGES)
        .raw_event_handler(ears)
        .await
        .map_err(of_gateway)
}

fn of_gateway(error: serenity::Error) -> DiscordError {
    match error {
        serenity::Error::Gateway(GatewayError::InvalidAuthentication) => DiscordError::TokenRefused,
        serenity::Error::Gateway(
            GatewayError::DisallowedGatewayIntents | GatewayError::InvalidGatewayIntents,
        ) => DiscordError::IntentsRefused,
        // Its addresses hold no secret, but its answers may.
        serenity::Error::Http(_) => {
            DiscordError::Unavailable("the gateway cannot be asked for".into())
        }
        other => DiscordError::Unavailable(Box::new(other)),
    }
}

/// Beats while every shard shows life, begins anew those that do not; returns at the shutdown.
async fn watch(channel: &DiscordChannel, manager: &ShardManager, signs: &ShardSigns, shards: u32) {
    let begun = Instant::now();
    signs.begin();
    for shard in 0..shards {
        signs.lives(shard, begun);
    }
    let mut told = begun;
    loop {
        tokio::select! {
            () = channel.shutdown.cancelled() => return,
            () = tokio::time::sleep(LOOK) => {}
        }
        let now = Instant::now();
        let mut connected = 0;
        for (shard, runner) in manager.runners.lock().await.iter() {
            signs.measured(shard.0, runner.latency, now);
            connected += usize::from(runner.stage == ConnectionStage::Connected);
        }
        let all = usize::try_from(shards).unwrap_or(usize::MAX);
        if let Some(oldest) = signs.oldest(all)
            && oldest > told
            && connected >= all
        {
            told = oldest;
            channel.health.beat(oldest);
        }
        for shard in signs.stalled(now) {
            signs.lives(shard, now);
            // One that is yet to be begun waits for its turn, and has its time from then on.
            if manager.has(ShardId(shard)).await {
                tracing::warn!(shard, "A shard is silent and is begun anew");
                manager.restart(ShardId(shard)).await;
            }
        }
    }
}

/// Hears what the gateway tells.
#[derive(Clone)]
struct Ears {
    intake: Arc<Intake>,
    tracker: TaskTracker,
    signs: ShardSigns,
}

#[async_trait]
impl RawEventHandler for Ears {
    async fn raw_event(&self, context: Context, event: Event) {
        self.signs.lives(context.shard_id.0, Instant::now());
        if let Some(arrival) = heard(event) {
            self.tracker
                .track_future(self.intake.take_in(arrival))
                .await;
        }
    }
}

/// What a person did, if the event tells of it.
fn heard(event: Event) -> Option<Arrival> {
    let (kind, value) = match event {
        Event::InteractionCreate(told) => {
            let kind = u8::from(told.interaction.kind());
            let mut value = serde_json::to_value(told.interaction).ok()?;
            // serenity reads it and leaves it out when it writes.
            value["type"] = kind.into();
            ("INTERACTION_CREATE".to_owned(), value)
        }
        Event::MessageCreate(told) => (
            "MESSAGE_CREATE".to_owned(),
            serde_json::to_value(told.message).ok()?,
        ),
        // serenity does not understand it; perhaps we do.
        Event::Unknown(told) => (told.kind, told.value),
        Event::Ready(_) => {
            tracing::info!("The gateway is ready");
            return None;
        }
        Event::Resumed(_) => {
            tracing::info!("The gateway has gone on where it was");
            return None;
        }
        _ => return None,
    };
    let understood = understood(&kind, &value);
    if understood.is_err() && (kind.starts_with("INTERACTION") || kind == "MESSAGE_CREATE") {
        tracing::warn!(kind, "An event cannot be understood and is lost");
    }
    understood.ok().flatten()
}

fn understood(kind: &str, value: &Value) -> Result<Option<Arrival>, serde_json::Error> {
    match kind {
        "INTERACTION_CREATE" => arrival::of_interaction(value).map(Some),
        "MESSAGE_CREATE" => arrival::of_message(value),
        _ => Ok(None),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn fewer_shards_than_discord_recommends_are_refused_with_the_name_of_the_setting() {
        let gateway = json!({ "shards": 4 });
        assert_eq!(shards(&gateway, None).unwrap(), 4);
        assert_eq!(shards(&gateway, NonZeroUsize::new(5)).unwrap(), 5);
        let refused = shards(&gateway, NonZeroUsize::new(3)).unwrap_err();
        let told = refused.to_string();
        assert!(
            told.contains("`discord.shards` is `3`") && told.contains('4'),
            "{told}"
        );
        assert_eq!(shards(&json!({}), None).unwrap(), 1);
    }

    #[test]
    fn without_sessions_left_nothing_is_begun_until_there_are_some() {
        let gateway = |left: u64| {
            json!({ "session_start_limit": {
                "total": 1_000, "remaining": left, "reset_after": 90_000,
            } })
        };
        assert_eq!(wait_for_sessions(&gateway(2), 2), None);
        let wait = Some(Duration::from_secs(90));
        assert_eq!(wait_for_sessions(&gateway(1), 2), wait);
        assert_eq!(wait_for_sessions(&gateway(0), 1), wait);
        assert_eq!(wait_for_sessions(&gateway(1_000), 2_000), None);
        assert_eq!(wait_for_sessions(&json!({}), 1), None);
    }
}
