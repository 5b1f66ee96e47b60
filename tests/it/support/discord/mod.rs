//! A stand-in for Discord: REST v10 and the gateway on loopback, with people who use the bot.
//!
//! It answers and refuses as Discord does, and checks every request against the official
//! specification where that is at hand. A test that ends with violations fails.

mod faults;
mod forms;
mod gateway;
mod interactions;
mod limits;
mod messages;
mod person;
mod postings;
mod refusal;
mod rest;
mod routes;
mod rules;
mod sessions;
mod sight;
mod specification;
mod world;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

pub(crate) use faults::Trouble;
pub(crate) use person::{Given, Person, Taken};
pub(crate) use sessions::Connection;
pub(crate) use sight::Sight;
pub(crate) use world::{Access, Author, Call, Place};

use faults::{Doorway, Fault, Wire};
use sessions::{Event, Order};
use world::World;

/// How long a test waits for a request.
const PATIENCE: Duration = Duration::from_secs(20);

/// The world behind its lock, and word of every change.
#[derive(Debug)]
struct Shared {
    world: Mutex<World>,
    changes: watch::Sender<()>,
}

impl Shared {
    fn change<Told>(&self, act: impl FnOnce(&mut World) -> Told) -> Told {
        let told = act(&mut self
            .world
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner));
        self.changes.send_replace(());
        told
    }

    /// Looks after every change until there is something, or time is up.
    async fn wait<Told>(
        &self,
        mut changes: watch::Receiver<()>,
        bound: Duration,
        look: impl Fn(&mut World) -> Option<Told>,
    ) -> Option<Told> {
        let looking = async {
            loop {
                changes.mark_unchanged();
                let seen = look(
                    &mut self
                        .world
                        .lock()
                        .unwrap_or_else(std::sync::PoisonError::into_inner),
                );
                if let Some(told) = seen {
                    return told;
                }
                changes.changed().await.expect("the sender is in the world");
            }
        };
        tokio::time::timeout(bound, looking).await.ok()
    }
}

/// A guild with one text channel.
#[derive(Clone, Debug)]
pub(crate) struct Guild {
    shared: Arc<Shared>,
    id: u64,
    channel: u64,
}

impl Guild {
    pub(crate) fn id(&self) -> u64 {
        self.id
    }

    pub(crate) fn place(&self) -> Place {
        Place::Channel(self.channel)
    }

    /// What the bot's role may do, in Discord's bits.
    pub(crate) fn grants(&self, rights: u64) {
        self.shared.change(|world| {
            let guild = world.guilds.get_mut(&self.id);
            guild.expect("a guild stays").rights = Some(rights.to_string());
        });
    }

    /// Changes what the bot may do in the channel.
    pub(crate) fn allows(&self, access: Access) {
        self.shared.change(|world| {
            world
                .guilds
                .get_mut(&self.id)
                .expect("a guild stays")
                .access = access;
        });
    }
}

/// Discord, on loopback; it stops when it is dropped.
#[derive(Debug)]
pub(crate) struct DiscordStandIn {
    shared: Arc<Shared>,
    api: String,
    wires: Arc<Mutex<Vec<Wire>>>,
    end: CancellationToken,
    server: JoinHandle<()>,
}

impl DiscordStandIn {
    pub(crate) async fn start() -> Self {
        let rest = TcpListener::bind("127.0.0.1:0")
            .await
            .expect("loopback has a free port");
        let socket = TcpListener::bind("127.0.0.1:0")
            .await
            .expect("loopback has a free port");
        let address = |listener: &TcpListener| listener.local_addr().expect("it is bound");
        let api = format!("http://{}", address(&rest));
        let world = World::new(api.clone(), format!("ws://{}", address(&socket)));
        let shared = Arc::new(Shared {
            world: Mutex::new(world),
            changes: watch::Sender::new(()),
        });
        let end = CancellationToken::new();
        tokio::spawn(gateway::listen(socket, Arc::clone(&shared), end.clone()));
        let wires = Arc::<Mutex<Vec<Wire>>>::default();
        let doorway = Doorway {
            listener: rest,
            wires: Arc::clone(&wires),
        };
        let service = Router::new()
            .fallback(rest::receive)
            .layer(DefaultBodyLimit::disable())
            .with_state(Arc::clone(&shared))
            .into_make_service_with_connect_info::<Wire>();
        let server = tokio::spawn(async move {
            axum::serve(doorway, service)
                .await
                .expect("serving ends only with the test");
        });
        Self {
            shared,
            api,
            wires,
            end,
            server,
        }
    }

    /// To be given to the bot instead of Discord's address.
    pub(crate) fn api_url(&self) -> &str {
        &self.api
    }

    #[expect(clippy::unused_self, reason = "all stand-ins know one application")]
    pub(crate) fn token(&self) -> &'static str {
        world::TOKEN
    }

    #[expect(clippy::unused_self, reason = "all stand-ins know one application")]
    pub(crate) fn application_id(&self) -> u64 {
        world::APPLICATION
    }

    /// The person of this name, new or known, speaking English unless told otherwise.
    pub(crate) fn person(&self, name: &str) -> Person {
        let id = self.shared.change(|world| world.add_person(name));
        Person {
            shared: Arc::clone(&self.shared),
            id,
        }
    }

    /// A new guild that the bot is in: the n-th, from 0, belongs to shard n % count.
    pub(crate) fn guild(&self, name: &str) -> Guild {
        let (id, channel) = self.shared.change(|world| world.add_guild(name));
        Guild {
            shared: Arc::clone(&self.shared),
            id,
            channel,
        }
    }

    /// Moves the stand-in's clock.
    pub(crate) fn advance(&self, by: Duration) {
        self.shared.change(|world| {
            world.clock.advance(by);
            world.catch_all_eyes();
        });
    }

    /// Orders trouble for the next requests that fit `GET /gateway/bot`, `/webhooks/*` or the like.
    pub(crate) fn orders(&self, trouble: Trouble, pattern: &str, times: u32) {
        let fault = Fault {
            pattern: pattern.to_owned(),
            left: times,
            trouble,
        };
        self.shared.change(|world| world.faults.push(fault));
    }

    /// Whatever was ordered and did not come yet comes no more.
    pub(crate) fn calls_off_troubles(&self) {
        self.shared.change(|world| world.faults.clear());
    }

    /// No rate limits any more, except ordered ones.
    pub(crate) fn lifts_limits(&self) {
        self.shared.change(|world| world.limits.lift());
    }

    /// What begins so passes only once in this time, for each channel or token.
    pub(crate) fn tightens_limit(&self, start: &'static str, per: Duration) {
        let per = i64::try_from(per.as_millis()).expect("a short time");
        self.shared.change(|world| world.limits.tighten(start, per));
    }

    /// Changes a field of the application, as its owner does in the Developer Portal.
    pub(crate) fn changes_application(&self, field: &str, value: Value) {
        self.shared.change(|world| world.application[field] = value);
    }

    /// So many sessions may still be begun today.
    pub(crate) fn leaves_sessions(&self, count: u64) {
        self.shared
            .change(|world| world.gateway.identifies_left = count);
    }

    /// No session may be begun before so much time has passed.
    pub(crate) fn lets_no_session_begin_for(&self, wait: Duration) {
        self.shared.change(|world| {
            world.gateway.identifies_left = 0;
            world.gateway.reset_after = u64::try_from(wait.as_millis()).expect("a short time");
        });
    }

    /// Whoever logs in with fewer shards than this is closed with 4011, and more are recommended.
    pub(crate) fn wants_shards(&self, count: u64) {
        self.shared.change(|world| {
            world.gateway.shards = count;
            world.gateway.fewest_shards = count;
        });
    }

    /// The token is good for nothing from now on.
    pub(crate) fn revoke_token(&self) {
        self.shared.change(|world| {
            world.revoked = true;
            world
                .gateway
                .tell_all(|| Order::Close(4_004, "Authentication failed."));
        });
    }

    /// How often the bot has to show that it is alive, for connections made from now on.
    pub(crate) fn wants_heartbeats_every(&self, interval: Duration) {
        let interval = u64::try_from(interval.as_millis()).expect("a short interval");
        self.shared
            .change(|world| world.gateway.heartbeat = interval);
    }

    /// Heartbeats are heard, but no longer acknowledged.
    pub(crate) fn stops_acknowledging(&self) {
        self.shared
            .change(|world| world.gateway.acknowledging = false);
    }

    pub(crate) fn acknowledges_again(&self) {
        self.shared
            .change(|world| world.gateway.acknowledging = true);
    }

    /// Every button that stands before this person has this id, as one from another time.
    pub(crate) fn forges_components(&self, person: &Person, id: &str) {
        self.shared.change(|world| world.forge(person.id, id));
    }

    /// What `/gateway/bot` recommends.
    pub(crate) fn recommends_shards(&self, count: u64) {
        self.shared.change(|world| world.gateway.shards = count);
    }

    /// All gateway connections are gone without a word; sessions stay.
    pub(crate) fn drops_gateway(&self) {
        self.shared
            .change(|world| world.gateway.tell_all(|| Order::Drop));
    }

    /// Asks every connection to come again (op 7).
    pub(crate) fn asks_to_reconnect(&self) {
        self.shared
            .change(|world| world.gateway.tell_all(sessions::reconnect));
    }

    /// Forgets every session and says so (op 9).
    pub(crate) fn invalidates_sessions(&self) {
        self.shared.change(|world| {
            world.gateway.forget_sessions();
            world.gateway.tell_all(sessions::invalid_session);
        });
    }

    /// Says that sessions are invalid for the moment, and may be resumed (op 9).
    pub(crate) fn shakes_sessions(&self) {
        self.shared
            .change(|world| world.gateway.tell_all(sessions::shaken_session));
    }

    /// Whatever intents the bot asks for, it is told that they are not allowed.
    pub(crate) fn disallows_intents(&self) {
        self.shared
            .change(|world| world.gateway.disallows_intents = true);
    }

    /// The next resume is answered with `INVALID_SESSION`.
    pub(crate) fn refuses_next_resume(&self) {
        self.shared
            .change(|world| world.gateway.refuse_resume = true);
    }

    /// Keeps events back until they are released.
    pub(crate) fn holds_events(&self) {
        self.shared.change(|world| world.gateway.hold());
    }

    pub(crate) fn held_events(&self) -> usize {
        self.shared.change(|world| world.gateway.held())
    }

    /// Lets the held events go in their order.
    pub(crate) fn releases_events(&self) {
        self.shared.change(|world| world.gateway.release());
    }

    /// Lets the held events go, the newest first.
    pub(crate) fn releases_events_backwards(&self) {
        self.shared
            .change(|world| world.gateway.release_backwards());
    }

    /// The next events come twice each.
    pub(crate) fn doubles_events(&self, count: u32) {
        self.shared.change(|world| world.gateway.twice = count);
    }

    /// Any event with any data, to the shard that it belongs to.
    pub(crate) fn push_event(&self, name: &str, data: Value) {
        let guild = data["guild_id"].as_str().and_then(|id| id.parse().ok());
        self.shared
            .change(|world| world.dispatch(Event::new(name, data).in_guild(guild)));
    }

    /// All requests so far, downloads of files included.
    pub(crate) fn calls(&self) -> Vec<Call> {
        self.shared.change(|world| world.calls.clone())
    }

    pub(crate) fn clear_calls(&self) {
        self.shared.change(|world| world.calls.clear());
    }

    /// All gateway connections so far, the oldest first.
    pub(crate) fn connections(&self) -> Vec<Connection> {
        self.shared
            .change(|world| world.gateway.connections.clone())
    }

    /// Waits until the connections are as wished.
    pub(crate) async fn waits_until(&self, what: &str, are: impl Fn(&[Connection]) -> bool) {
        let look = |world: &mut World| are(&world.gateway.connections).then_some(());
        let met = self
            .shared
            .wait(
                self.shared.changes.subscribe(),
                Duration::from_secs(30),
                look,
            )
            .await;
        assert!(met.is_some(), "{what}: never, but {:?}", self.connections());
    }

    /// Waits for a request of this method and template; tells the newest.
    pub(crate) async fn waits_for_call(&self, method: &str, template: &str) -> Call {
        let fits = |call: &&Call| call.method == method && call.template == template;
        let look = |world: &mut World| world.calls.iter().rev().find(fits).cloned();
        match self
            .shared
            .wait(self.shared.changes.subscribe(), PATIENCE, look)
            .await
        {
            Some(call) => call,
            None => panic!("{method} {template} never came, but {:?}", self.calls()),
        }
    }

    /// Waits until the requests are as wished.
    pub(crate) async fn waits_until_called(&self, what: &str, are: impl Fn(&[Call]) -> bool) {
        let look = |world: &mut World| are(&world.calls).then_some(());
        let changes = self.shared.changes.subscribe();
        let met = self.shared.wait(changes, PATIENCE, look).await;
        assert!(met.is_some(), "{what}: never, but {:?}", self.calls());
    }

    /// Answers with 401, 403 or 429 so far: ten thousand in ten minutes ban a host.
    pub(crate) fn invalid_requests(&self) -> usize {
        self.shared.change(|world| world.invalid_requests)
    }

    /// What the bot did that it must never do.
    pub(crate) fn violations(&self) -> Vec<String> {
        self.shared.change(|world| world.violations.clone())
    }

    /// Whether requests are checked against the official specification.
    #[expect(
        clippy::unused_self,
        reason = "it is asked of a stand-in like everything else"
    )]
    pub(crate) fn knows_the_specification(&self) -> bool {
        specification::Specification::official().is_some()
    }

    /// What is wrong with an answer of the stand-in itself, by the official specification.
    #[expect(
        clippy::unused_self,
        reason = "it is asked of a stand-in like everything else"
    )]
    pub(crate) fn flaws(&self, asked: (&str, &str), answer: &(u16, Value)) -> Vec<String> {
        let template = routes::find(asked.0, asked.1)
            .expect("it is modelled")
            .template;
        specification::Specification::official()
            .map(|official| official.flaws((asked.0, template), answer))
            .unwrap_or_default()
    }

    /// As `violations`, which are then forgiven.
    pub(crate) fn forgives(&self) -> Vec<String> {
        self.shared
            .change(|world| std::mem::take(&mut world.violations))
    }
}

impl Drop for DiscordStandIn {
    fn drop(&mut self) {
        self.end.cancel();
        self.server.abort();
        let wires = self
            .wires
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        wires.iter().for_each(Wire::cut);
        drop(wires);
        let violations = self.violations();
        assert!(
            std::thread::panicking() || violations.is_empty(),
            "the bot broke Discord's rules:\n{}",
            violations.join("\n")
        );
    }
}
