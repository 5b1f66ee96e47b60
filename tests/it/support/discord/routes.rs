//! Which requests are modelled, and the answers about the bot, its commands and its channels.

use serde_json::{Value, json};

use super::refusal::{Refusal, refuse_any};
use super::rest::{Incoming, Reply};
use super::world::{APPLICATION, Access, World};
use super::{forms, interactions, messages, rules};

pub(super) type Handler = fn(&mut World, &Incoming) -> Result<Reply, Refusal>;

/// A route that fits a request.
pub(super) struct Found {
    pub(super) template: &'static str,
    pub(super) given: Vec<String>,
    pub(super) handler: Handler,
}

const ORIGINAL: &str = "/webhooks/{webhook_id}/{webhook_token}/messages/@original";
const FOLLOWUP: &str = "/webhooks/{webhook_id}/{webhook_token}/messages/{message_id}";
const MESSAGE: &str = "/channels/{channel_id}/messages/{message_id}";
const COMMANDS: &str = "/applications/{application_id}/commands";
const GUILD_COMMANDS: &str = "/applications/{application_id}/guilds/{guild_id}/commands";

const ROUTES: &[(&str, &str, Handler)] = &[
    ("GET", "/gateway", gateway),
    ("GET", "/gateway/bot", gateway_bot),
    ("GET", "/users/@me", |_, _| Ok((200, forms::bot()))),
    ("GET", "/users/@me/guilds", list_guilds),
    ("GET", "/applications/@me", |world, _| {
        Ok((200, world.application.clone()))
    }),
    ("GET", "/oauth2/applications/@me", |world, _| {
        Ok((200, world.application.clone()))
    }),
    ("GET", COMMANDS, list_commands),
    ("PUT", COMMANDS, put_commands),
    ("GET", GUILD_COMMANDS, list_commands),
    ("PUT", GUILD_COMMANDS, put_commands),
    (
        "POST",
        "/interactions/{interaction_id}/{interaction_token}/callback",
        interactions::callback,
    ),
    (
        "POST",
        "/webhooks/{webhook_id}/{webhook_token}",
        interactions::follow_up,
    ),
    ("GET", ORIGINAL, interactions::read),
    ("PATCH", ORIGINAL, interactions::edit),
    ("DELETE", ORIGINAL, interactions::delete),
    ("GET", FOLLOWUP, interactions::read),
    ("PATCH", FOLLOWUP, interactions::edit),
    ("DELETE", FOLLOWUP, interactions::delete),
    ("POST", "/users/@me/channels", open_direct),
    ("GET", "/channels/{channel_id}", channel),
    ("POST", "/channels/{channel_id}/messages", messages::create),
    ("GET", MESSAGE, messages::read),
    ("PATCH", MESSAGE, messages::edit),
    ("DELETE", MESSAGE, messages::delete),
    ("POST", "/channels/{channel_id}/typing", typing),
];

pub(super) fn find(method: &str, path: &str) -> Option<Found> {
    ROUTES.iter().find_map(|(wanted, template, handler)| {
        let given = fits(template, path).filter(|_| *wanted == method)?;
        Some(Found {
            template,
            given,
            handler: *handler,
        })
    })
}

/// What stands for the names of a template, if a path fits it.
pub(super) fn fits(template: &str, path: &str) -> Option<Vec<String>> {
    let (wanted, steps) = (template.split('/'), path.split('/'));
    if wanted.clone().count() != steps.clone().count() {
        return None;
    }
    let mut given = Vec::new();
    for (wanted, step) in wanted.zip(steps) {
        if wanted.starts_with('{') && !step.is_empty() {
            given.push(step.to_owned());
        } else if wanted != step {
            return None;
        }
    }
    Some(given)
}

#[expect(clippy::unnecessary_wraps, reason = "every handler has this type")]
fn gateway(world: &mut World, _: &Incoming) -> Result<Reply, Refusal> {
    Ok((200, json!({ "url": world.gateway.url })))
}

#[expect(clippy::unnecessary_wraps, reason = "every handler has this type")]
fn gateway_bot(world: &mut World, _: &Incoming) -> Result<Reply, Refusal> {
    let left = world.gateway.identifies_left;
    let body = json!({
        "url": world.gateway.url, "shards": world.gateway.shards,
        "session_start_limit": {
            "total": 1_000, "remaining": left, "reset_after": world.gateway.reset_after,
            "max_concurrency": 1,
        },
    });
    Ok((200, body))
}

#[expect(clippy::unnecessary_wraps, reason = "every handler has this type")]
fn list_guilds(world: &mut World, _: &Incoming) -> Result<Reply, Refusal> {
    let guilds = world.guilds.values().map(forms::own_guild);
    Ok((200, Value::Array(guilds.collect())))
}

fn scope(world: &World, incoming: &Incoming) -> Result<Option<u64>, Refusal> {
    if incoming.id(0) != APPLICATION {
        return Err(Refusal::new(404, 10_002, "Unknown Application"));
    }
    if incoming.given.len() == 1 {
        return Ok(None);
    }
    let guild = incoming.id(1);
    if world.guilds.contains_key(&guild) {
        Ok(Some(guild))
    } else {
        Err(Refusal::new(403, 50_001, "Missing Access"))
    }
}

fn list_commands(world: &mut World, incoming: &Incoming) -> Result<Reply, Refusal> {
    let scope = scope(world, incoming)?;
    let mut commands = world.commands.get(&scope).cloned().unwrap_or_default();
    if !incoming.query.contains("with_localizations=true") {
        for command in &mut commands {
            hide_translations(command);
        }
    }
    Ok((200, Value::Array(commands)))
}

fn hide_translations(command: &mut Value) {
    if let Some(fields) = command.as_object_mut() {
        fields.remove("name_localizations");
        fields.remove("description_localizations");
    }
    for option in command["options"].as_array_mut().into_iter().flatten() {
        hide_translations(option);
    }
}

fn put_commands(world: &mut World, incoming: &Incoming) -> Result<Reply, Refusal> {
    let scope = scope(world, incoming)?;
    let wanted = incoming.body.as_array().cloned().unwrap_or_default();
    refuse_any(&rules::commands(&wanted))?;
    let before = world.commands.remove(&scope).unwrap_or_default();
    let mut after = Vec::new();
    for command in wanted {
        let known = before
            .iter()
            .find(|known| known["name"] == command["name"] && known["type"] == kind(&command));
        let id = known.map_or_else(
            || json!(world.fresh_id().to_string()),
            |known| known["id"].clone(),
        );
        let mut form = json!({
            "id": id, "application_id": APPLICATION.to_string(), "type": 1, "description": "",
            "version": world.fresh_id().to_string(), "default_member_permissions": null,
            "dm_permission": true, "nsfw": false, "integration_types": [0], "contexts": null,
            "name_localizations": null, "description_localizations": null,
        });
        for (name, value) in command.as_object().into_iter().flatten() {
            form[name] = value.clone();
        }
        if let Some(guild) = scope {
            form["guild_id"] = json!(guild.to_string());
        }
        after.push(form);
    }
    world.commands.insert(scope, after.clone());
    Ok((200, Value::Array(after)))
}

fn kind(command: &Value) -> Value {
    json!(command["type"].as_u64().unwrap_or(1))
}

fn open_direct(world: &mut World, incoming: &Incoming) -> Result<Reply, Refusal> {
    let recipient = &incoming.body["recipient_id"];
    let id = recipient
        .as_u64()
        .or_else(|| recipient.as_str()?.parse().ok())
        .unwrap_or(0);
    if !world.persons.contains_key(&id) {
        return Err(Refusal::new(400, 50_033, "Invalid Recipient(s)"));
    }
    let channel = world.direct_channel(id);
    Ok((200, forms::direct_channel(channel, world.person(id))))
}

fn channel(world: &mut World, incoming: &Incoming) -> Result<Reply, Refusal> {
    world.reach(incoming.id(0))?;
    let id = incoming.id(0);
    let form = match (world.guild_of(id), world.recipient(id)) {
        (Some(guild), _) => forms::guild_channel(guild),
        (None, Some(person)) => forms::direct_channel(id, person),
        (None, None) => return Err(Refusal::unknown_channel()),
    };
    Ok((200, form))
}

fn typing(world: &mut World, incoming: &Incoming) -> Result<Reply, Refusal> {
    world.may_write(incoming.id(0))?;
    Ok((204, Value::Null))
}

impl World {
    /// The channel exists and the bot sees it.
    pub(super) fn reach(&self, channel: u64) -> Result<(), Refusal> {
        match (self.guild_of(channel), self.recipient(channel)) {
            (Some(guild), _) if guild.access == Access::Hidden => {
                Err(Refusal::new(403, 50_001, "Missing Access"))
            }
            (Some(_), _) | (None, Some(_)) => Ok(()),
            (None, None) => Err(Refusal::unknown_channel()),
        }
    }

    pub(super) fn may_write(&self, channel: u64) -> Result<(), Refusal> {
        self.reach(channel)?;
        if self
            .guild_of(channel)
            .is_some_and(|guild| guild.access == Access::NoSending)
        {
            return Err(Refusal::new(403, 50_013, "Missing Permissions"));
        }
        if self
            .recipient(channel)
            .is_some_and(|person| person.direct_closed)
        {
            return Err(Refusal::new(
                403,
                50_007,
                "Cannot send messages to this user",
            ));
        }
        Ok(())
    }
}
