//! What Discord says of the bot, for an operator.

use serde_json::Value;
use tokio_util::sync::CancellationToken;

use super::http::{Call, CallError, DiscordHttp};
use super::wire::{Counted, Wire};
use super::{DiscordError, DiscordOptions, commands};
use crate::channels::pace::{PaceLimits, Pacer};
use crate::wording::Wording;

/// Bits of an application's flags: a privileged intent, full or for few servers.
const PRESENCES: u64 = 1 << 12 | 1 << 13;
const MEMBERS: u64 = 1 << 14 | 1 << 15;
const MESSAGE_CONTENT: u64 = 1 << 18 | 1 << 19;

/// Rights on a server that answers and hints need, by Discord's bits and names.
const RIGHTS: [(u64, &str); 6] = [
    (1 << 10, "View Channels"),
    (1 << 11, "Send Messages"),
    (1 << 38, "Send Messages in Threads"),
    (1 << 14, "Embed Links"),
    (1 << 15, "Attach Files"),
    (1 << 31, "Use Slash Commands"),
];
const ADMINISTRATOR: u64 = 1 << 3;
/// Servers are looked at up to this many: one page of Discord's.
const SERVERS: usize = 200;

/// What a bot may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DiscordRights(pub u64);

impl DiscordRights {
    pub fn administers(self) -> bool {
        self.0 & ADMINISTRATOR != 0
    }

    /// What is needed and not among them.
    pub fn missing(self) -> Vec<&'static str> {
        let missing = RIGHTS.into_iter().filter(|(bit, _)| {
            // An administrator may do everything.
            self.0 & bit == 0 && !self.administers()
        });
        missing.map(|(_, name)| name).collect()
    }

    fn told(value: &Value) -> Option<Self> {
        value.as_str()?.parse().ok().map(Self)
    }
}

/// What is known of the bot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DiscordFacts {
    pub bot_name: String,
    pub application_id: u64,
    pub flags: u64,
    /// Privileged intents that are switched on; we need none.
    pub privileged_intents: Vec<&'static str>,
    /// Whether it can be installed on servers and by people for themselves; `None` if not told.
    pub guild_install: Option<bool>,
    pub user_install: Option<bool>,
    /// Whether a server install asks for the scopes that commands need; `None` without defaults.
    pub default_install_has_commands: Option<bool>,
    /// What a server install asks for; `None` if not told, or where no bot is installed.
    pub install_rights: Option<DiscordRights>,
    /// What the bot may do on each of its servers, as far as they were looked at.
    pub server_rights: Vec<DiscordRights>,
    pub is_public: bool,
    /// Interactions go to an address instead of the gateway: then we never see them.
    pub interactions_endpoint: bool,
    /// How many sessions may still be begun today.
    pub sessions_left: u64,
    pub recommended_shards: u64,
    /// Names of the commands that Discord knows.
    pub commands: Vec<String>,
    /// They are just those of this version.
    pub commands_are_current: bool,
}

/// Asks Discord about the bot.
pub async fn inspect(options: &DiscordOptions) -> Result<DiscordFacts, DiscordError> {
    let http = DiscordHttp::new(&options.token, options.api_url.as_deref())
        .map_err(DiscordError::client)?;
    let wording = Wording::embedded()?;
    let end = CancellationToken::new();
    let (pacer, keeper) = Pacer::start(PaceLimits::discord(), end.clone());
    let asked = ask(&Wire::new(http, pacer), &wording).await;
    end.cancel();
    // The gate's task has nothing left to tell.
    let _ = keeper.await;
    asked.map_err(DiscordError::of_call)
}

async fn ask(wire: &Wire, wording: &Wording) -> Result<DiscordFacts, CallError> {
    let get = |path: &'static str| wire.call(Counted::Alone, Call::get(path));
    let bot = get("/users/@me").await?;
    let application = get("/applications/@me").await?;
    let gateway = get("/gateway/bot").await?;
    let id = super::sender::id(&application).unwrap_or(0);
    let known = commands::known(wire, id).await?;
    let servers = format!("/users/@me/guilds?limit={SERVERS}");
    let servers = wire.call(Counted::Alone, Call::get(servers)).await?;
    let servers = servers.as_array().into_iter().flatten();
    let rights = servers.filter_map(|server| DiscordRights::told(&server["permissions"]));
    Ok(DiscordFacts {
        server_rights: rights.collect(),
        ..facts(&bot, &application, &gateway, (&known, wording))
    })
}

fn facts(
    bot: &Value,
    application: &Value,
    gateway: &Value,
    (known, wording): (&Value, &Wording),
) -> DiscordFacts {
    let flags = application["flags"].as_u64().unwrap_or(0);
    let privileged = [
        (PRESENCES, "presences"),
        (MEMBERS, "server members"),
        (MESSAGE_CONTENT, "message content"),
    ];
    let installs = application["integration_types_config"].as_object();
    let install = installs
        .and_then(|installs| installs.get("0"))
        .map(|guild| &guild["oauth2_install_params"]);
    let scopes = install.and_then(|install| install["scopes"].as_array());
    let has_bot = scopes.is_some_and(|scopes| scopes.iter().any(|scope| scope == "bot"));
    let install_rights = install.filter(|_| has_bot);
    let names = known.as_array().into_iter().flatten();
    DiscordFacts {
        bot_name: bot["username"].as_str().unwrap_or_default().to_owned(),
        application_id: super::sender::id(application).unwrap_or(0),
        flags,
        privileged_intents: privileged
            .into_iter()
            .filter(|(bits, _)| flags & bits != 0)
            .map(|(_, name)| name)
            .collect(),
        guild_install: installs.map(|installs| installs.contains_key("0")),
        user_install: installs.map(|installs| installs.contains_key("1")),
        default_install_has_commands: scopes.map(|scopes| {
            scopes
                .iter()
                .any(|scope| scope == "applications.commands" || scope == "bot")
        }),
        install_rights: install_rights
            .and_then(|install| DiscordRights::told(&install["permissions"])),
        server_rights: Vec::new(),
        is_public: application["bot_public"] == true,
        interactions_endpoint: application["interactions_endpoint_url"].is_string(),
        sessions_left: gateway["session_start_limit"]["remaining"]
            .as_u64()
            .unwrap_or(0),
        recommended_shards: gateway["shards"].as_u64().unwrap_or(1),
        commands: names
            .filter_map(|command| command["name"].as_str().map(str::to_owned))
            .collect(),
        commands_are_current: commands::are_known(known, &commands::wanted(wording)),
    }
}
