//! Answers to interactions: the callback, the original reply, and what follows it.

use serde_json::{Value, json};

use super::refusal::{Refusal, refuse_any};
use super::rest::{Incoming, Reply};
use super::world::{
    ACKNOWLEDGE_WITHIN, APPLICATION, EPHEMERAL, InteractionRecord, LOADING, MessageBody,
    MessageRecord, Modal, TOKEN_LASTS, TOKEN_START, World,
};
use super::{forms, rules};

pub(super) fn callback(world: &mut World, incoming: &Incoming) -> Result<Reply, Refusal> {
    let now = world.clock.now();
    let found = world.interactions.get(&incoming.id(0));
    let Some(interaction) = found
        .filter(|known| known.token == incoming.given[1])
        .cloned()
    else {
        return Err(Refusal::new(404, 10_062, "Unknown interaction"));
    };
    if interaction.answered.is_some() {
        let told = "Interaction has already been acknowledged.";
        return Err(Refusal::new(400, 40_060, told));
    }
    if now - interaction.sent > ACKNOWLEDGE_WITHIN {
        return Err(Refusal::new(404, 10_062, "Unknown interaction"));
    }
    let kind = incoming.body["type"].as_u64().unwrap_or(0);
    let data = &incoming.body["data"];
    let original = match kind {
        4 => Some(world.reply(&interaction, data, incoming)?),
        5 => Some(world.defer(&interaction, data)),
        6 if interaction.source.is_some() => interaction.source,
        7 if interaction.source.is_some() => Some(world.update(&interaction, data, incoming)?),
        9 if interaction.kind != 5 => {
            refuse_any(&rules::modal(data))?;
            world.person_mut(interaction.person).modal = Some(Modal {
                body: data.clone(),
                channel: interaction.channel,
                source: interaction.source,
            });
            None
        }
        _ => return Err(Refusal::blamed(400, 50_035, "Invalid Form Body")),
    };
    let entry = world
        .interactions
        .get_mut(&interaction.id)
        .expect("it was found above");
    entry.answered = Some((kind, now));
    entry.original = original;
    world.person(interaction.person).word.send_replace(());
    if !incoming.query.contains("with_response=true") {
        return Ok((204, Value::Null));
    }
    let mut body = json!({ "interaction": {
        "id": interaction.id.to_string(), "type": interaction.kind,
        "response_message_ephemeral": false, "response_message_loading": kind == 5,
    } });
    if let Some(message) = original.and_then(|id| world.messages.get(id)) {
        body["interaction"]["response_message_id"] = json!(message.id.to_string());
        body["interaction"]["response_message_ephemeral"] = json!(message.flags & EPHEMERAL != 0);
        body["resource"] = json!({ "type": kind, "message": forms::message(world, message) });
    }
    Ok((200, body))
}

/// Whose token this is, if it is still good.
fn owner(world: &World, incoming: &Incoming) -> Result<InteractionRecord, Refusal> {
    let id = incoming.given[1]
        .strip_prefix(TOKEN_START)
        .and_then(|id| id.parse().ok());
    let known = id.and_then(|id: u64| world.interactions.get(&id)).cloned();
    let interaction = known
        .filter(|_| incoming.id(0) == APPLICATION)
        .ok_or_else(Refusal::unknown_webhook)?;
    if world.clock.now() - interaction.sent > TOKEN_LASTS {
        return Err(Refusal::new(401, 50_027, "Invalid Webhook Token"));
    }
    if interaction.answered.is_none() {
        return Err(Refusal::unknown_webhook());
    }
    Ok(interaction)
}

fn addressed(world: &World, incoming: &Incoming) -> Result<MessageRecord, Refusal> {
    let interaction = owner(world, incoming)?;
    let id = if incoming.given.len() == 2 {
        interaction.original
    } else {
        Some(incoming.id(2))
    };
    id.and_then(|id| world.messages.get(id))
        .filter(|message| message.author.is_none() && message.channel == interaction.channel)
        .cloned()
        .ok_or_else(Refusal::unknown_message)
}

pub(super) fn read(world: &mut World, incoming: &Incoming) -> Result<Reply, Refusal> {
    let message = addressed(world, incoming)?;
    Ok((200, forms::message(world, &message)))
}

pub(super) fn edit(world: &mut World, incoming: &Incoming) -> Result<Reply, Refusal> {
    let message = addressed(world, incoming)?;
    let form = world.rewrite(message, &incoming.body, incoming)?;
    Ok((200, form))
}

pub(super) fn delete(world: &mut World, incoming: &Incoming) -> Result<Reply, Refusal> {
    let message = addressed(world, incoming)?;
    world.take_down(message.id);
    Ok((204, Value::Null))
}

pub(super) fn follow_up(world: &mut World, incoming: &Incoming) -> Result<Reply, Refusal> {
    let interaction = owner(world, incoming)?;
    // A deferred reply that still waits takes the first follow-up in.
    let waiting = interaction.original.and_then(|id| world.messages.get(id));
    if let Some(message) = waiting
        .filter(|message| message.flags & LOADING != 0)
        .cloned()
    {
        let form = world.rewrite(message, &incoming.body, incoming)?;
        return Ok((200, form));
    }
    let id = world.reply(&interaction, &incoming.body, incoming)?;
    Ok((200, world.message_form(id)))
}

impl World {
    fn message_form(&self, id: u64) -> Value {
        let message = self.messages.get(id).expect("it was just posted");
        forms::message(self, message)
    }

    fn reply(
        &mut self,
        interaction: &InteractionRecord,
        data: &Value,
        incoming: &Incoming,
    ) -> Result<u64, Refusal> {
        let body = self.written_body(data, &incoming.files, interaction.channel)?;
        let flags = data["flags"].as_u64().unwrap_or(0);
        Ok(self.put_reply(interaction, body, flags))
    }

    fn defer(&mut self, interaction: &InteractionRecord, data: &Value) -> u64 {
        let flags = data["flags"].as_u64().unwrap_or(0) & EPHEMERAL;
        self.put_reply(interaction, MessageBody::default(), flags | LOADING)
    }

    fn put_reply(&mut self, interaction: &InteractionRecord, body: MessageBody, flags: u64) -> u64 {
        let private = flags & EPHEMERAL != 0;
        let message = MessageRecord {
            flags,
            only_for: private.then_some(interaction.person),
            through_webhook: true,
            ..self.bot_message(interaction.channel, body)
        };
        let id = message.id;
        if !private {
            self.tell_of_message("MESSAGE_CREATE", &message);
        }
        self.post(message);
        id
    }

    fn update(
        &mut self,
        interaction: &InteractionRecord,
        data: &Value,
        incoming: &Incoming,
    ) -> Result<u64, Refusal> {
        let source = interaction
            .source
            .and_then(|id| self.messages.get(id))
            .cloned();
        let message = source.ok_or_else(Refusal::unknown_message)?;
        let id = message.id;
        self.rewrite(message, data, incoming)?;
        Ok(id)
    }

    /// Edits a reply; one that was only deferred becomes an ordinary message.
    fn rewrite(
        &mut self,
        message: MessageRecord,
        data: &Value,
        incoming: &Incoming,
    ) -> Result<Value, Refusal> {
        let waited = message.flags & LOADING != 0;
        let mut edited = self.edited(message, data, &incoming.files)?;
        if waited {
            edited.flags &= !LOADING;
            edited.edited = None;
        }
        if edited.only_for.is_none() {
            self.tell_of_message("MESSAGE_UPDATE", &edited);
        }
        let form = forms::message(self, &edited);
        self.post(edited);
        Ok(form)
    }
}
