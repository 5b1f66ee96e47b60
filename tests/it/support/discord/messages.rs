//! Messages in channels: sent, read, edited and deleted by the bot.

use serde_json::{Value, json};

use super::refusal::{Refusal, refuse_any};
use super::rest::{Incoming, Reply};
use super::sessions::{Event, Needs};
use super::world::{EPHEMERAL, MessageBody, MessageRecord, World};
use super::{forms, rules};

/// How long a nonce keeps a message from being sent again, in milliseconds.
const NONCE_LASTS: i64 = 5 * 60 * 1_000;

pub(super) fn create(world: &mut World, incoming: &Incoming) -> Result<Reply, Refusal> {
    let channel = incoming.id(0);
    world.may_write(channel)?;
    let nonce = incoming.body["nonce"].clone();
    if incoming.body["enforce_nonce"] == true && !nonce.is_null() {
        let since = world.clock.now() - NONCE_LASTS;
        let mut there = world.messages.of_channel(channel);
        let earlier = there.find(|message| message.nonce == nonce && message.made >= since);
        if let Some(earlier) = earlier {
            return Ok((200, forms::message(world, earlier)));
        }
    }
    let body = world.written_body(&incoming.body, &incoming.files, channel)?;
    let flags = incoming.body["flags"].as_u64().unwrap_or(0) & !EPHEMERAL;
    let message = MessageRecord {
        flags,
        nonce,
        ..world.bot_message(channel, body)
    };
    world.tell_of_message("MESSAGE_CREATE", &message);
    let form = forms::message(world, &message);
    world.post(message);
    Ok((200, form))
}

/// A message that is in this channel and can be fetched from it.
fn known(world: &World, incoming: &Incoming) -> Result<MessageRecord, Refusal> {
    world.reach(incoming.id(0))?;
    world
        .messages
        .get(incoming.id(1))
        .filter(|message| message.channel == incoming.id(0) && message.only_for.is_none())
        .cloned()
        .ok_or_else(Refusal::unknown_message)
}

pub(super) fn read(world: &mut World, incoming: &Incoming) -> Result<Reply, Refusal> {
    let message = known(world, incoming)?;
    Ok((200, forms::message(world, &message)))
}

pub(super) fn edit(world: &mut World, incoming: &Incoming) -> Result<Reply, Refusal> {
    let message = known(world, incoming)?;
    if message.author.is_some() {
        let told = "Cannot edit a message authored by another user";
        return Err(Refusal::new(403, 50_005, told));
    }
    let edited = world.edited(message, &incoming.body, &incoming.files)?;
    world.tell_of_message("MESSAGE_UPDATE", &edited);
    let form = forms::message(world, &edited);
    world.post(edited);
    Ok((200, form))
}

pub(super) fn delete(world: &mut World, incoming: &Incoming) -> Result<Reply, Refusal> {
    let message = known(world, incoming)?;
    let direct = world.recipient(message.channel).is_some();
    if message.author.is_some() && direct {
        let told = "Cannot execute action on a DM channel";
        return Err(Refusal::new(403, 50_003, told));
    }
    world.take_down(message.id);
    let guild = world.guild_of(message.channel).map(|guild| guild.id);
    let mut data =
        json!({ "id": message.id.to_string(), "channel_id": message.channel.to_string() });
    if let Some(guild) = guild {
        data["guild_id"] = json!(guild.to_string());
    }
    let needs = if direct {
        Needs::DIRECT_MESSAGES
    } else {
        Needs::GUILD_MESSAGES
    };
    world.dispatch(
        Event::new("MESSAGE_DELETE", data)
            .in_guild(guild)
            .needing(needs),
    );
    Ok((204, Value::Null))
}

type Files = [(u64, String, Vec<u8>)];

impl World {
    pub(super) fn bot_message(&mut self, channel: u64, body: MessageBody) -> MessageRecord {
        MessageRecord {
            id: self.fresh_id(),
            channel,
            author: None,
            body,
            flags: 0,
            only_for: None,
            made: self.clock.now(),
            edited: None,
            nonce: Value::Null,
            through_webhook: false,
        }
    }

    /// A new message's body, or why it is refused.
    pub(super) fn written_body(
        &mut self,
        body: &Value,
        files: &Files,
        channel: u64,
    ) -> Result<MessageBody, Refusal> {
        self.merged(MessageBody::default(), body, files, channel)
    }

    /// A message as it is after an edit.
    pub(super) fn edited(
        &mut self,
        mut message: MessageRecord,
        body: &Value,
        files: &Files,
    ) -> Result<MessageRecord, Refusal> {
        let before = std::mem::take(&mut message.body);
        message.body = self.merged(before, body, files, message.channel)?;
        message.edited = Some(self.clock.now());
        Ok(message)
    }

    /// What is given replaces what was; what is not given stays.
    fn merged(
        &mut self,
        before: MessageBody,
        body: &Value,
        files: &Files,
        channel: u64,
    ) -> Result<MessageBody, Refusal> {
        let kept = kept(&before.attachments, &body["attachments"]);
        let mut names: Vec<String> = kept.iter().map(|id| self.files[id].name.clone()).collect();
        names.extend(files.iter().map(|(_, name, _)| name.clone()));
        refuse_any(&rules::message(body, &names))?;
        let fields = body.as_object();
        let listed =
            |name: &str, before: Vec<Value>| match fields.and_then(|fields| fields.get(name)) {
                Some(given) => given.as_array().cloned().unwrap_or_default(),
                None => before,
            };
        let content = match fields.and_then(|fields| fields.get("content")) {
            Some(given) => given.as_str().unwrap_or_default().to_owned(),
            None => before.content,
        };
        let mut after = MessageBody {
            content,
            embeds: listed("embeds", before.embeds),
            components: listed("components", before.components),
            attachments: kept,
        };
        let nothing = after.content.trim().is_empty() && after.embeds.is_empty();
        if nothing && names.is_empty() && after.components.is_empty() {
            return Err(Refusal::empty_message());
        }
        for (_, name, bytes) in files {
            let id = self.store_file(channel, (name.clone(), bytes.clone()));
            after.attachments.push(id);
        }
        self.point_at_files(&mut after);
        Ok(after)
    }

    /// Pictures named `attachment://` get their address.
    fn point_at_files(&self, body: &mut MessageBody) {
        for embed in &mut body.embeds {
            embed["type"] = json!("rich");
            for picture in ["image", "thumbnail"] {
                let named = embed[picture]["url"]
                    .as_str()
                    .and_then(|url| url.strip_prefix("attachment://"));
                let file = named.and_then(|name| {
                    let files = body.attachments.iter().rev().map(|id| &self.files[id]);
                    files.into_iter().find(|file| file.name == name)
                });
                if let Some(file) = file {
                    embed[picture]["url"] = json!(forms::file_address(self, file));
                }
            }
        }
        let mut numbers = 1_u64..;
        for row in &mut body.components {
            give_number(row, &mut numbers);
            for part in row["components"].as_array_mut().into_iter().flatten() {
                give_number(part, &mut numbers);
            }
        }
    }
}

/// Which earlier files stay: all, or those that are listed.
fn kept(before: &[u64], listed: &Value) -> Vec<u64> {
    let Some(listed) = listed.as_array() else {
        return before.to_vec();
    };
    let named = |id: u64| {
        listed.iter().any(|entry| {
            entry["id"].as_u64() == Some(id) || entry["id"].as_str() == Some(&id.to_string())
        })
    };
    before.iter().copied().filter(|id| named(*id)).collect()
}

/// Every component has a number, its own or the next one.
fn give_number(component: &mut Value, numbers: &mut impl Iterator<Item = u64>) {
    if component["id"].is_null() {
        component["id"] = json!(numbers.next());
    }
}
