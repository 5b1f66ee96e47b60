//! Gateway sessions: who is logged in on which shard, what each was sent, and what it missed.
//!
//! Pure bookkeeping; `gateway` moves the bytes.

use serde_json::{Value, json};
use tokio::sync::mpsc::UnboundedSender;

use super::forms;
use super::world::{APPLICATION, TOKEN, World};

/// What an event is withheld from, unless the session asked for it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Needs(u64);

impl Needs {
    pub(super) const NOTHING: Self = Self(0);
    pub(super) const GUILDS: Self = Self(1);
    pub(super) const GUILD_MESSAGES: Self = Self(1 << 9);
    pub(super) const DIRECT_MESSAGES: Self = Self(1 << 12);
}

/// Members, presences and message content: not granted to this application.
const PRIVILEGED: u64 = (1 << 1) | (1 << 8) | (1 << 15);
const KNOWN_INTENTS: u64 = ((1 << 17) - 1) | (1 << 20) | (1 << 21) | (1 << 24) | (1 << 25);

#[derive(Clone, Debug)]
pub(super) struct Event {
    name: String,
    data: Value,
    guild: Option<u64>,
    needs: Needs,
}

impl Event {
    pub(super) fn new(name: &str, data: Value) -> Self {
        Self {
            name: name.to_owned(),
            data,
            guild: None,
            needs: Needs::NOTHING,
        }
    }

    pub(super) fn in_guild(self, guild: Option<u64>) -> Self {
        Self { guild, ..self }
    }

    pub(super) fn needing(self, needs: Needs) -> Self {
        Self { needs, ..self }
    }
}

/// What a connection is told to do.
#[derive(Debug)]
pub(super) enum Order {
    Say(String),
    Close(u16, &'static str),
    /// Gone without a word.
    Drop,
}

/// One gateway connection, as a test sees it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Connection {
    /// Its shard and how many there are, once logged in.
    pub(crate) shard: Option<(u64, u64)>,
    pub(crate) intents: u64,
    /// It went on with an earlier session.
    pub(crate) resumed: bool,
    pub(crate) heartbeats: u32,
    pub(crate) open: bool,
    /// The code with which the stand-in closed it.
    pub(crate) closed_with: Option<u16>,
    /// The code with which the bot closed it.
    pub(crate) farewell: Option<u16>,
}

#[derive(Debug)]
struct Session {
    id: String,
    shard: (u64, u64),
    intents: u64,
    sequence: u64,
    sent: Vec<(u64, String)>,
    connection: Option<usize>,
}

#[derive(Debug)]
pub(super) struct Gateway {
    pub(super) url: String,
    /// In milliseconds.
    pub(super) heartbeat: u64,
    pub(super) acknowledging: bool,
    pub(super) shards: u64,
    /// With fewer shards than this nobody is let in.
    pub(super) fewest_shards: u64,
    pub(super) identifies_left: u64,
    /// When there are sessions again, in milliseconds.
    pub(super) reset_after: u64,
    pub(super) refuse_resume: bool,
    pub(super) disallows_intents: bool,
    pub(super) connections: Vec<Connection>,
    wires: Vec<Option<UnboundedSender<Order>>>,
    sessions: Vec<Session>,
    /// Events that wait for `release`.
    held: Option<Vec<Event>>,
    /// How many of the next events come twice.
    pub(super) twice: u32,
    made: u64,
}

impl Gateway {
    pub(super) fn new(url: String) -> Self {
        Self {
            url,
            heartbeat: 41_250,
            acknowledging: true,
            shards: 1,
            fewest_shards: 1,
            identifies_left: 1_000,
            reset_after: 14_400_000,
            refuse_resume: false,
            disallows_intents: false,
            connections: Vec::new(),
            wires: Vec::new(),
            sessions: Vec::new(),
            held: None,
            twice: 0,
            made: 0,
        }
    }

    pub(super) fn connected(&mut self, wire: UnboundedSender<Order>) -> usize {
        self.connections.push(Connection {
            open: true,
            ..Connection::default()
        });
        self.wires.push(Some(wire));
        self.connections.len() - 1
    }

    /// The connection is gone; its session stays for a resume unless the bot said goodbye.
    pub(super) fn disconnected(&mut self, connection: usize, farewell: Option<u16>) {
        self.connections[connection].open = false;
        self.connections[connection].farewell = farewell;
        self.wires[connection] = None;
        let over = matches!(farewell, Some(1_000 | 1_001));
        self.sessions.retain_mut(|session| {
            let here = session.connection == Some(connection);
            if here {
                session.connection = None;
            }
            !(here && over)
        });
    }

    pub(super) fn tell_all(&mut self, order: impl Fn() -> Order) {
        for (wire, connection) in self.wires.iter().zip(&mut self.connections) {
            if let Some(wire) = wire {
                let order = order();
                if let Order::Close(code, _) = order {
                    connection.closed_with = Some(code);
                }
                // A connection that just ended needs no order.
                let _ = wire.send(order);
            }
        }
    }

    pub(super) fn forget_sessions(&mut self) {
        self.sessions.clear();
    }

    pub(super) fn hold(&mut self) {
        self.held.get_or_insert_default();
    }

    pub(super) fn held(&self) -> usize {
        self.held.as_ref().map_or(0, Vec::len)
    }

    /// Lets the held events go in their order.
    pub(super) fn release(&mut self) {
        for event in self.held.take().unwrap_or_default() {
            self.deliver(&event);
        }
    }

    /// Lets the held events go, the newest first.
    pub(super) fn release_backwards(&mut self) {
        for event in self.held.take().unwrap_or_default().into_iter().rev() {
            self.deliver(&event);
        }
    }

    pub(super) fn dispatch(&mut self, event: Event) {
        if let Some(held) = &mut self.held {
            held.push(event);
            return;
        }
        self.deliver(&event);
        if self.twice > 0 {
            self.twice -= 1;
            self.deliver(&event);
        }
    }

    fn deliver(&mut self, event: &Event) {
        for session in &mut self.sessions {
            let (index, count) = session.shard;
            let here = event.guild.map_or(0, |guild| (guild >> 22) % count) == index;
            if here && session.intents & event.needs.0 == event.needs.0 {
                let text = session.write(&event.name, &event.data);
                if let Some(wire) = session.connection.and_then(|at| self.wires[at].as_ref()) {
                    let _ = wire.send(Order::Say(text));
                }
            }
        }
    }
}

impl Session {
    /// An event as it goes out, kept for a resume.
    fn write(&mut self, name: &str, data: &Value) -> String {
        self.sequence += 1;
        let text = json!({ "op": 0, "s": self.sequence, "t": name, "d": data }).to_string();
        self.sent.push((self.sequence, text.clone()));
        text
    }
}

fn say(op: u8, data: &Value) -> Order {
    Order::Say(json!({ "op": op, "d": data, "s": null, "t": null }).to_string())
}

pub(super) fn hello(interval: u64) -> Order {
    say(10, &json!({ "heartbeat_interval": interval, "_trace": [] }))
}

pub(super) fn reconnect() -> Order {
    say(7, &Value::Null)
}

pub(super) fn invalid_session() -> Order {
    say(9, &json!(false))
}

pub(super) fn shaken_session() -> Order {
    say(9, &json!(true))
}

impl World {
    /// What the bot said on a connection, and what is said to it.
    pub(super) fn hears(&mut self, connection: usize, text: &str) -> Vec<Order> {
        let Ok(said) = serde_json::from_str::<Value>(text) else {
            return self.close(connection, 4_002, "Error while decoding payload.");
        };
        let known = self.gateway.connections[connection].shard.is_some();
        match said["op"].as_u64() {
            Some(1) => {
                self.gateway.connections[connection].heartbeats += 1;
                if self.gateway.acknowledging {
                    vec![say(11, &Value::Null)]
                } else {
                    Vec::new()
                }
            }
            Some(2 | 6) if known => self.close(connection, 4_005, "Already authenticated."),
            Some(2) => self.identify(connection, &said["d"]),
            Some(6) => self.resume(connection, &said["d"]),
            Some(3 | 4 | 8) if known => Vec::new(),
            Some(3 | 4 | 8) => self.close(connection, 4_003, "Not authenticated."),
            _ => self.close(connection, 4_001, "Unknown opcode."),
        }
    }

    fn close(&mut self, connection: usize, code: u16, reason: &'static str) -> Vec<Order> {
        self.gateway.connections[connection].closed_with = Some(code);
        vec![Order::Close(code, reason)]
    }

    fn admits(&self, token: &Value) -> bool {
        !self.revoked && token.as_str().map(|token| token.trim_start_matches("Bot ")) == Some(TOKEN)
    }

    fn identify(&mut self, connection: usize, data: &Value) -> Vec<Order> {
        if !self.admits(&data["token"]) {
            return self.close(connection, 4_004, "Authentication failed.");
        }
        let shard = match &data["shard"] {
            Value::Null => Some((0, 1)),
            pair => pair[0].as_u64().zip(pair[1].as_u64()),
        };
        let Some((index, count)) = shard.filter(|(index, count)| index < count) else {
            return self.close(connection, 4_010, "Invalid shard.");
        };
        if count < self.gateway.fewest_shards {
            return self.close(connection, 4_011, "Sharding required.");
        }
        let Some(intents) = data["intents"]
            .as_u64()
            .filter(|asked| asked & !KNOWN_INTENTS == 0)
        else {
            return self.close(connection, 4_013, "Invalid intent(s).");
        };
        if intents & PRIVILEGED != 0 || self.gateway.disallows_intents {
            return self.close(connection, 4_014, "Disallowed intent(s).");
        }
        if !data["properties"].is_object() {
            return self.close(connection, 4_002, "Error while decoding payload.");
        }
        self.gateway.identifies_left = self.gateway.identifies_left.saturating_sub(1);
        self.gateway.made += 1;
        let mut session = Session {
            id: format!("{:032x}", self.gateway.made),
            shard: (index, count),
            intents,
            sequence: 0,
            sent: Vec::new(),
            connection: Some(connection),
        };
        let entry = &mut self.gateway.connections[connection];
        entry.shard = Some((index, count));
        entry.intents = intents;
        let now = self.now_text();
        let here: Vec<_> = self
            .guilds
            .values()
            .filter(|guild| (guild.id >> 22) % count == index)
            .collect();
        let absent = |id: u64| json!({ "id": id.to_string(), "unavailable": true });
        let ready = json!({
            "v": 10, "user": forms::bot(), "session_id": session.id, "shard": [index, count],
            "guilds": here.iter().map(|guild| absent(guild.id)).collect::<Vec<_>>(),
            "resume_gateway_url": self.gateway.url, "session_type": "normal",
            "application": { "id": APPLICATION.to_string(), "flags": 0 },
            "private_channels": [], "relationships": [], "presences": [], "_trace": [],
            "user_settings": {},
        });
        let mut said = vec![Order::Say(session.write("READY", &ready))];
        if intents & Needs::GUILDS.0 != 0 {
            for guild in here {
                let form = forms::guild(guild, &now);
                said.push(Order::Say(session.write("GUILD_CREATE", &form)));
            }
        }
        self.gateway.sessions.push(session);
        said
    }

    fn resume(&mut self, connection: usize, data: &Value) -> Vec<Order> {
        if !self.admits(&data["token"]) {
            return self.close(connection, 4_004, "Authentication failed.");
        }
        if std::mem::take(&mut self.gateway.refuse_resume) {
            let id = data["session_id"].as_str().unwrap_or_default();
            self.gateway.sessions.retain(|session| session.id != id);
            return vec![invalid_session()];
        }
        let gateway = &mut self.gateway;
        let wanted = data["session_id"].as_str();
        let Some(session) = gateway
            .sessions
            .iter_mut()
            .find(|session| Some(session.id.as_str()) == wanted)
        else {
            return vec![invalid_session()];
        };
        let Some(seen) = data["seq"]
            .as_u64()
            .filter(|seen| *seen <= session.sequence)
        else {
            return self.close(connection, 4_007, "Invalid seq.");
        };
        session.connection = Some(connection);
        let mut said: Vec<_> = session
            .sent
            .iter()
            .filter(|(number, _)| *number > seen)
            .map(|(_, text)| Order::Say(text.clone()))
            .collect();
        said.push(Order::Say(
            session.write("RESUMED", &json!({ "_trace": [] })),
        ));
        let entry = &mut gateway.connections[connection];
        entry.shard = Some(session.shard);
        entry.intents = session.intents;
        entry.resumed = true;
        said
    }
}
