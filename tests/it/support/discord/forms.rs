//! How Discord writes people, guilds, channels and messages as JSON.

use serde_json::{Value, json};

use super::world::{
    APPLICATION, FILE_LIMIT, GuildRecord, InteractionRecord, MessageRecord, PersonRecord,
    StoredFile, World, written,
};

/// Everything that does not matter here, short of administering.
const PERMISSIONS: &str = "2248473465835073";

pub(super) fn bot() -> Value {
    json!({
        "id": APPLICATION.to_string(), "username": "dupi", "discriminator": "4821",
        "global_name": null, "avatar": null, "bot": true, "mfa_enabled": false, "verified": true,
        "email": null, "flags": 0, "public_flags": 0, "banner": null, "accent_color": null,
        "locale": "en-US", "primary_guild": null,
    })
}

pub(super) fn user(person: &PersonRecord) -> Value {
    json!({
        "id": person.id.to_string(), "username": person.name, "discriminator": "0",
        "global_name": person.name, "avatar": null, "public_flags": 0, "flags": 0,
        "avatar_decoration_data": null, "primary_guild": null, "collectibles": null,
    })
}

pub(super) fn member(user: &Value, since: &str) -> Value {
    json!({
        "user": user, "nick": null, "avatar": null, "banner": null, "roles": [],
        "joined_at": since, "premium_since": null, "deaf": false, "mute": false, "flags": 0,
        "pending": false, "communication_disabled_until": null, "permissions": PERMISSIONS,
    })
}

pub(super) fn application() -> Value {
    json!({
        "id": APPLICATION.to_string(), "name": "dupi", "icon": null, "description": "",
        "summary": "", "type": null, "bot_public": true, "bot_require_code_grant": false,
        "verify_key": "0".repeat(64), "team": null, "flags": 0, "hook": true,
        "owner": {
            "id": "1187000000000000001", "username": "owner", "discriminator": "0",
            "global_name": null, "avatar": null, "public_flags": 0, "flags": 0,
            "primary_guild": null,
        },
        "approximate_guild_count": 1, "approximate_user_install_count": 0, "redirect_uris": [],
        "interactions_endpoint_url": null, "role_connections_verification_url": null,
        "flags_new": "0", "approximate_user_authorization_count": 0, "explicit_content_filter": 0,
        "eligible_oauth2_scopes": ["bot", "applications.commands"],
        "integration_types_config": { "0": {}, "1": {} }, "bot": bot(),
    })
}

pub(super) fn guild_channel(guild: &GuildRecord) -> Value {
    json!({
        "id": guild.channel.to_string(), "type": 0, "name": "general", "position": 0,
        "guild_id": guild.id.to_string(), "permission_overwrites": [], "topic": null,
        "nsfw": false, "parent_id": null, "last_message_id": null, "rate_limit_per_user": 0,
        "flags": 0, "last_pin_timestamp": null,
    })
}

pub(super) fn direct_channel(id: u64, person: &PersonRecord) -> Value {
    json!({
        "id": id.to_string(), "type": 1, "last_message_id": null, "flags": 0,
        "last_pin_timestamp": null, "recipients": [user(person)],
    })
}

/// A guild as a list of the bot's own guilds tells it.
pub(super) fn own_guild(guild: &GuildRecord) -> Value {
    json!({
        "id": guild.id.to_string(), "name": guild.name, "icon": null, "banner": null,
        "owner": false, "permissions": guild.rights.as_deref().unwrap_or(PERMISSIONS),
        "features": [],
    })
}

pub(super) fn guild(guild: &GuildRecord, since: &str) -> Value {
    let everyone = json!({
        "id": guild.id.to_string(), "name": "@everyone", "color": 0, "hoist": false,
        "colors": { "primary_color": 0, "secondary_color": null, "tertiary_color": null },
        "managed": false, "mentionable": false, "permissions": PERMISSIONS, "position": 0,
        "flags": 0, "icon": null, "unicode_emoji": null,
    });
    let mut form = json!({
        "id": guild.id.to_string(), "name": guild.name, "icon": null, "splash": null,
        "discovery_splash": null, "owner_id": "1187000000000000001", "afk_channel_id": null,
        "afk_timeout": 300, "verification_level": 0, "default_message_notifications": 0,
        "explicit_content_filter": 0, "roles": [everyone], "emojis": [], "features": [],
        "mfa_level": 0, "application_id": null, "system_channel_id": null,
        "system_channel_flags": 0, "rules_channel_id": null, "vanity_url_code": null,
        "description": null, "banner": null, "premium_tier": 0, "premium_subscription_count": 0,
    });
    let live = json!({
        "preferred_locale": "ko", "public_updates_channel_id": null, "nsfw_level": 0,
        "stickers": [], "premium_progress_bar_enabled": false, "joined_at": since,
        "large": false, "unavailable": false, "member_count": 2, "voice_states": [],
        "members": [member(&bot(), since)], "channels": [guild_channel(guild)], "threads": [],
        "presences": [], "stage_instances": [], "guild_scheduled_events": [],
        "soundboard_sounds": [], "safety_alerts_channel_id": null, "incidents_data": null,
    });
    if let (Some(form), Value::Object(live)) = (form.as_object_mut(), live) {
        form.extend(live);
    }
    form
}

pub(super) fn file_address(world: &World, file: &StoredFile) -> String {
    format!(
        "{}/attachments/{}/{}/{}",
        world.base, file.channel, file.id, file.name
    )
}

pub(super) fn attachment(world: &World, id: u64) -> Value {
    let file = &world.files[&id];
    let address = file_address(world, file);
    let mut form = json!({
        "id": id.to_string(), "filename": file.name, "size": file.bytes.len(), "url": address,
        "proxy_url": address, "content_type": file.kind,
    });
    if let Ok(reader) =
        image::ImageReader::new(std::io::Cursor::new(&file.bytes)).with_guessed_format()
        && let Ok((width, height)) = reader.into_dimensions()
    {
        form["width"] = json!(width);
        form["height"] = json!(height);
    }
    form
}

pub(super) fn message(world: &World, message: &MessageRecord) -> Value {
    let author = message
        .author
        .map_or_else(bot, |person| user(world.person(person)));
    let attachments = message.body.attachments.iter();
    let mut form = json!({
        "id": message.id.to_string(), "channel_id": message.channel.to_string(),
        "author": author, "content": message.body.content, "timestamp": written(message.made),
        "edited_timestamp": message.edited.map(written), "tts": false, "mention_everyone": false,
        "mentions": [], "mention_roles": [], "pinned": false,
        "type": if message.through_webhook { 20 } else { 0 },
        "attachments": attachments.map(|id| attachment(world, *id)).collect::<Vec<_>>(),
        "embeds": message.body.embeds, "components": message.body.components,
        "flags": message.flags,
    });
    if !message.nonce.is_null() {
        form["nonce"] = message.nonce.clone();
    }
    if message.through_webhook {
        form["webhook_id"] = json!(APPLICATION.to_string());
        form["application_id"] = json!(APPLICATION.to_string());
    }
    form
}

/// The event about something that a person did; `data` is what they did.
pub(super) fn interaction(world: &World, interaction: &InteractionRecord, data: &Value) -> Value {
    let person = world.person(interaction.person);
    let user = user(person);
    let mut form = json!({
        "id": interaction.id.to_string(), "application_id": APPLICATION.to_string(),
        "type": interaction.kind, "token": interaction.token, "version": 1, "data": data,
        "channel_id": interaction.channel.to_string(), "locale": person.locale,
        "entitlements": [], "app_permissions": PERMISSIONS,
        "attachment_size_limit": FILE_LIMIT,
    });
    if let Some(guild) = world.guild_of(interaction.channel) {
        let mut channel = guild_channel(guild);
        channel["permissions"] = json!(PERMISSIONS);
        form["channel"] = channel;
        form["guild_id"] = json!(guild.id.to_string());
        form["guild"] = json!({ "id": guild.id.to_string(), "locale": "ko", "features": [] });
        form["guild_locale"] = json!("ko");
        form["member"] = member(&user, &world.now_text());
        form["context"] = json!(0);
        form["authorizing_integration_owners"] = json!({ "0": guild.id.to_string() });
    } else {
        form["channel"] = direct_channel(interaction.channel, person);
        form["user"] = user;
        form["context"] = json!(1);
        form["authorizing_integration_owners"] = json!({ "0": "0" });
    }
    if let Some(source) = interaction.source.and_then(|id| world.messages.get(id)) {
        form["message"] = message(world, source);
    }
    form
}
