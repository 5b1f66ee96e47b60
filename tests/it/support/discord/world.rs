//! What the stand-in knows: people, guilds, messages, interactions, and what the bot asked for.
//!
//! Plain data behind one lock that is never held across an `await`; time is its own and can be
//! moved forwards.

use std::collections::{BTreeMap, HashMap};
use std::time::{Duration, SystemTime};

use serde_json::{Value, json};
use tokio::sync::watch;
use tokio::time::Instant;

use super::faults::Fault;
use super::forms;
use super::limits::Limits;
use super::postings::Postings;
use super::sessions::{Event, Gateway, Needs};

pub(super) const APPLICATION: u64 = 1_187_654_321_098_765_432;
/// Its first part is the application's id in Base64, as in a real one.
pub(super) const TOKEN: &str =
    "MTE4NzY1NDMyMTA5ODc2NTQzMg.GbcdEF.aStandInTokenOpensNothingAnywhereElse01";
/// An interaction must be acknowledged within this time, in milliseconds.
pub(super) const ACKNOWLEDGE_WITHIN: i64 = 3_000;
/// An interaction's token is good for this time, in milliseconds.
pub(super) const TOKEN_LASTS: i64 = 15 * 60 * 1_000;
/// An interaction's token begins so; its id follows.
pub(super) const TOKEN_START: &str = "aW50ZXJhY3Rpb24";
/// The largest file that may be sent, in bytes.
pub(super) const FILE_LIMIT: usize = 10 * 1024 * 1024;
pub(super) const EPHEMERAL: u64 = 1 << 6;
pub(super) const LOADING: u64 = 1 << 7;
/// Milliseconds from 1970 to the first moment of Discord's ids.
const FIRST_MOMENT: i64 = 1_420_070_400_000;
/// Divisible by every usual number of shards, so that guild n belongs to shard n % count.
const FIRST_GUILD: u64 = 720_720 * 300_000;

/// Where people talk: alone with the bot, or in a guild's text channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    Direct,
    Channel(u64),
}

/// Who wrote a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Author {
    Bot,
    Person(String),
}

#[derive(Debug)]
pub(super) struct PersonRecord {
    pub(super) id: u64,
    pub(super) name: String,
    pub(super) locale: &'static str,
    pub(super) direct_channel: Option<u64>,
    pub(super) direct_closed: bool,
    pub(super) modal: Option<Modal>,
    /// Sent whenever there may be something new for this person.
    pub(super) word: watch::Sender<()>,
}

/// A modal that stands open before a person.
#[derive(Clone, Debug)]
pub(super) struct Modal {
    pub(super) body: Value,
    pub(super) channel: u64,
    pub(super) source: Option<u64>,
}

/// What the bot may do in a guild's channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Access {
    Open,
    /// It sees the channel, but may not write.
    NoSending,
    /// It does not even see the channel.
    Hidden,
}

#[derive(Debug)]
pub(super) struct GuildRecord {
    pub(super) id: u64,
    pub(super) name: String,
    pub(super) channel: u64,
    pub(super) access: Access,
    /// What the bot's role may do, in Discord's bits, unless it is the usual.
    pub(super) rights: Option<String>,
}

#[derive(Clone, Debug)]
pub(super) struct MessageRecord {
    pub(super) id: u64,
    pub(super) channel: u64,
    /// Nobody: the bot.
    pub(super) author: Option<u64>,
    pub(super) body: MessageBody,
    pub(super) flags: u64,
    /// The one who sees it, if it is not for everybody in the channel.
    pub(super) only_for: Option<u64>,
    pub(super) made: i64,
    pub(super) edited: Option<i64>,
    pub(super) nonce: Value,
    /// Whether it came through an interaction's token.
    pub(super) through_webhook: bool,
}

#[derive(Clone, Debug, Default)]
pub(super) struct MessageBody {
    pub(super) content: String,
    pub(super) embeds: Vec<Value>,
    pub(super) components: Vec<Value>,
    pub(super) attachments: Vec<u64>,
}

#[derive(Clone, Debug)]
pub(super) struct StoredFile {
    pub(super) id: u64,
    pub(super) channel: u64,
    pub(super) name: String,
    pub(super) kind: String,
    pub(super) bytes: Vec<u8>,
}

#[derive(Clone, Debug)]
pub(super) struct InteractionRecord {
    pub(super) id: u64,
    pub(super) token: String,
    pub(super) person: u64,
    pub(super) channel: u64,
    /// 2 command, 3 component, 5 modal.
    pub(super) kind: u64,
    pub(super) sent: i64,
    /// The callback's type and when it came.
    pub(super) answered: Option<(u64, i64)>,
    pub(super) original: Option<u64>,
    /// The message that a component or modal belongs to.
    pub(super) source: Option<u64>,
}

/// One request of the bot.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    pub(crate) method: String,
    /// As the official specification writes it, such as `/channels/{channel_id}/messages`.
    pub(crate) template: String,
    pub(crate) path: String,
    pub(crate) body: Value,
    /// Names and bytes.
    pub(crate) files: Vec<(String, Vec<u8>)>,
    /// What was answered; 0 if nothing came back.
    pub(crate) status: u16,
    /// How long after the stand-in's start it came, by a clock that nobody moves.
    pub(crate) after: Duration,
}

#[derive(Debug)]
pub(super) struct Clock {
    wall: i64,
    begun: Instant,
    advanced: Duration,
}

impl Clock {
    #[expect(
        clippy::disallowed_methods,
        reason = "ids carry a time that the bot compares with the real one"
    )]
    fn start() -> Self {
        let wall = SystemTime::now()
            .duration_since(SystemTime::UNIX_EPOCH)
            .expect("it is after 1970");
        Self {
            wall: milliseconds(wall),
            begun: Instant::now(),
            advanced: Duration::ZERO,
        }
    }

    /// Milliseconds since 1970.
    pub(super) fn now(&self) -> i64 {
        self.wall + milliseconds(self.begun.elapsed() + self.advanced)
    }

    pub(super) fn advance(&mut self, by: Duration) {
        self.advanced += by;
    }

    pub(super) fn elapsed(&self) -> Duration {
        self.begun.elapsed()
    }
}

fn milliseconds(span: Duration) -> i64 {
    i64::try_from(span.as_millis()).expect("a test is short")
}

#[derive(Debug)]
pub(super) struct World {
    pub(super) clock: Clock,
    /// Where REST and files are, without a slash at the end.
    pub(super) base: String,
    pub(super) revoked: bool,
    /// What the Developer Portal shows of the application.
    pub(super) application: Value,
    pub(super) persons: BTreeMap<u64, PersonRecord>,
    pub(super) guilds: BTreeMap<u64, GuildRecord>,
    pub(super) messages: Postings,
    pub(super) files: HashMap<u64, StoredFile>,
    /// By guild; under `None` those for everywhere.
    pub(super) commands: HashMap<Option<u64>, Vec<Value>>,
    pub(super) interactions: BTreeMap<u64, InteractionRecord>,
    pub(super) gateway: Gateway,
    pub(super) limits: Limits,
    pub(super) faults: Vec<Fault>,
    pub(super) calls: Vec<Call>,
    pub(super) violations: Vec<String>,
    pub(super) invalid_requests: usize,
    /// Whose the direct channels are.
    recipients: HashMap<u64, u64>,
    last_id: u64,
}

impl World {
    pub(super) fn new(base: String, gateway: String) -> Self {
        Self {
            clock: Clock::start(),
            base,
            revoked: false,
            application: forms::application(),
            persons: BTreeMap::new(),
            guilds: BTreeMap::new(),
            messages: Postings::default(),
            files: HashMap::new(),
            commands: HashMap::new(),
            interactions: BTreeMap::new(),
            gateway: Gateway::new(gateway),
            limits: Limits::default(),
            faults: Vec::new(),
            calls: Vec::new(),
            violations: Vec::new(),
            invalid_requests: 0,
            recipients: HashMap::new(),
            last_id: 0,
        }
    }

    /// A new id: later ones are greater and tell when they were made.
    pub(super) fn fresh_id(&mut self) -> u64 {
        let moment = u64::try_from(self.clock.now() - FIRST_MOMENT).expect("it is after 2015");
        self.last_id = (moment << 22).max(self.last_id + 1);
        self.last_id
    }

    pub(super) fn add_person(&mut self, name: &str) -> u64 {
        if let Some(known) = self.persons.values().find(|person| person.name == name) {
            return known.id;
        }
        let id = self.fresh_id();
        let person = PersonRecord {
            id,
            name: name.to_owned(),
            locale: "en-US",
            direct_channel: None,
            direct_closed: false,
            modal: None,
            word: watch::Sender::new(()),
        };
        self.persons.insert(id, person);
        id
    }

    /// A guild with one text channel; the bot's shard for it hears of it.
    pub(super) fn add_guild(&mut self, name: &str) -> (u64, u64) {
        let number = FIRST_GUILD + u64::try_from(self.guilds.len()).expect("few guilds");
        let (id, channel) = (number << 22, self.fresh_id());
        let guild = GuildRecord {
            id,
            name: name.to_owned(),
            channel,
            access: Access::Open,
            rights: None,
        };
        let data = super::forms::guild(&guild, &self.now_text());
        self.guilds.insert(id, guild);
        self.dispatch(
            Event::new("GUILD_CREATE", data)
                .in_guild(Some(id))
                .needing(Needs::GUILDS),
        );
        (id, channel)
    }

    pub(super) fn person(&self, id: u64) -> &PersonRecord {
        self.persons.get(&id).expect("a person is never removed")
    }

    pub(super) fn person_mut(&mut self, id: u64) -> &mut PersonRecord {
        self.persons
            .get_mut(&id)
            .expect("a person is never removed")
    }

    /// The channel in which a person is alone with the bot.
    pub(super) fn direct_channel(&mut self, person: u64) -> u64 {
        if let Some(channel) = self.person(person).direct_channel {
            return channel;
        }
        let channel = self.fresh_id();
        self.person_mut(person).direct_channel = Some(channel);
        self.recipients.insert(channel, person);
        channel
    }

    pub(super) fn channel_at(&mut self, place: Place, person: u64) -> u64 {
        match place {
            Place::Direct => self.direct_channel(person),
            Place::Channel(channel) => channel,
        }
    }

    pub(super) fn recipient(&self, channel: u64) -> Option<&PersonRecord> {
        self.recipients.get(&channel).map(|id| self.person(*id))
    }

    pub(super) fn guild_of(&self, channel: u64) -> Option<&GuildRecord> {
        self.guilds.values().find(|guild| guild.channel == channel)
    }

    pub(super) fn store_file(&mut self, channel: u64, file: (String, Vec<u8>)) -> u64 {
        let id = self.fresh_id();
        let (name, bytes) = file;
        let kind = match name.rsplit('.').next() {
            Some("png") => "image/png",
            Some("jpg" | "jpeg") => "image/jpeg",
            Some("webp") => "image/webp",
            Some("txt") => "text/plain; charset=utf-8",
            _ => "application/octet-stream",
        };
        let stored = StoredFile {
            id,
            channel,
            name,
            kind: kind.to_owned(),
            bytes,
        };
        self.files.insert(id, stored);
        id
    }

    pub(super) fn dispatch(&mut self, event: Event) {
        self.gateway.dispatch(event);
    }

    pub(super) fn now_text(&self) -> String {
        written(self.clock.now())
    }

    /// A new message of a person, and the event about it.
    pub(super) fn person_writes(&mut self, person: u64, channel: u64, body: MessageBody) -> u64 {
        let id = self.fresh_id();
        let message = MessageRecord {
            id,
            channel,
            author: Some(person),
            body,
            flags: 0,
            only_for: None,
            made: self.clock.now(),
            edited: None,
            nonce: Value::Null,
            through_webhook: false,
        };
        self.tell_of_message("MESSAGE_CREATE", &message);
        self.post(message);
        id
    }

    /// Tells the bot of a message that is visible to it in its channel.
    pub(super) fn tell_of_message(&mut self, event: &'static str, message: &MessageRecord) {
        let guild = self.guild_of(message.channel).map(|guild| guild.id);
        let mut data = super::forms::message(self, message);
        if let Some(guild) = guild {
            data["guild_id"] = json!(guild.to_string());
            // Without the privileged intent the bot reads only what mentions it, or is its own.
            if message.author.is_some() && !message.body.content.contains(&mention()) {
                data["content"] = json!("");
                data["embeds"] = json!([]);
                data["attachments"] = json!([]);
                data["components"] = json!([]);
            }
        }
        let needs = if guild.is_some() {
            Needs::GUILD_MESSAGES
        } else {
            Needs::DIRECT_MESSAGES
        };
        self.dispatch(Event::new(event, data).in_guild(guild).needing(needs));
    }
}

fn mention() -> String {
    format!("<@{APPLICATION}>")
}

/// A moment as Discord writes it.
pub(super) fn written(moment: i64) -> String {
    jiff::Timestamp::from_millisecond(moment)
        .expect("a moment of a test can be written")
        .strftime("%Y-%m-%dT%H:%M:%S%.6f+00:00")
        .to_string()
}
