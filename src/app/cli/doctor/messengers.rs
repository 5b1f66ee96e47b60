//! `dupi doctor` on messengers: what the platforms say of the bots, and what to change there.
//!
//! It asks, and changes nothing. A messenger without a token is not set up, which is as it may be.

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use super::finding::Finding;
use crate::app::cli::telling::printable;
use crate::app::{discord_options, telegram_options};
use crate::channels::discord::{
    self, DiscordError, DiscordFacts, DiscordOptions, DiscordRights, PersonalPlace,
};
use crate::channels::telegram::{self, TelegramError, TelegramFacts, TelegramOptions, Updates};
use crate::config::{DiscordSettings, OperatorSettings, Settings, TelegramSettings};

/// How long a platform may take to tell all that is asked.
const PATIENCE: Duration = Duration::from_secs(30);
/// So many updates wait only where nobody has received any for a while.
const MANY_UPDATES: u32 = 100;
/// Discord lets a bot begin about a thousand sessions a day, and then takes its token away.
const FEW_SESSIONS: u64 = 50;
const TELEGRAM: &str = "telegram";
const DISCORD: &str = "discord";
const OPERATOR: &str = "operator";

/// A platform that says nothing.
#[derive(Debug, thiserror::Error)]
#[error("no answer within {} s", PATIENCE.as_secs())]
struct NoAnswer;

/// Asks each platform whose bot is set up.
pub(super) async fn findings(settings: &Settings) -> Vec<Finding> {
    let (telegram, discord) =
        tokio::join!(telegram(&settings.telegram), discord(&settings.discord));
    let mut findings = telegram;
    findings.extend(discord);
    let is_any_set_up = settings.telegram.token.is_some() || settings.discord.token.is_some();
    if is_any_set_up {
        findings.extend(operator(&settings.operator));
    }
    findings
}

async fn telegram(settings: &TelegramSettings) -> Vec<Finding> {
    let Some(options) = telegram_options(settings, &no_guide()) else {
        return vec![not_set_up(TELEGRAM, "TELEGRAM_BOT_TOKEN")];
    };
    let asked = tokio::time::timeout(PATIENCE, telegram::inspect(&options)).await;
    match asked {
        Ok(Ok(facts)) => of_telegram(&facts, &options),
        Ok(Err(error @ TelegramError::Unreachable(_))) => {
            vec![unreachable(
                TELEGRAM,
                &error,
                "telegram.api_url",
                &options.api_url,
            )]
        }
        Ok(Err(error)) => vec![Finding::fault(TELEGRAM, &error)],
        Err(_) => vec![unreachable(
            TELEGRAM,
            &NoAnswer,
            "telegram.api_url",
            &options.api_url,
        )],
    }
}

fn of_telegram(facts: &TelegramFacts, options: &TelegramOptions) -> Vec<Finding> {
    let name = printable(&facts.user_name);
    let (means, has_own_webhook) = match &options.updates {
        Updates::LongPolling => ("updates are fetched", false),
        Updates::Webhook { .. } => ("updates come to the webhook", true),
    };
    let groups = if facts.can_join_groups {
        "may be added to groups"
    } else {
        "cannot be added to groups"
    };
    let mut findings = vec![Finding::good(
        TELEGRAM,
        format!("@{name}: the token is good, {means}, {groups}"),
    )];
    if facts.can_read_all_group_messages {
        findings.push(
            Finding::warning(
                TELEGRAM,
                "privacy mode is off: groups' messages are all sent here",
            )
            .hint("@BotFather, /setprivacy, Enable: nothing more is needed"),
        );
    }
    if let Some(host) = &facts.webhook_elsewhere {
        let host = printable(host);
        let finding = Finding::warning(TELEGRAM, format!("a webhook leads to {host}"));
        findings.push(if has_own_webhook {
            finding.hint("Dupi sets `telegram.webhook_url` in its place when it starts")
        } else {
            finding.hint(
                "Dupi removes it when it starts; whoever set it is not told anything any more",
            )
        });
    }
    if let Some(error) = &facts.last_webhook_error {
        findings.push(
            Finding::warning(
                TELEGRAM,
                format!("the last call to the webhook failed: {}", printable(error)),
            )
            .hint(
                "look at the proxy, its certificate and the path; docs/messengers.md has the ports",
            ),
        );
    }
    let waiting = facts.pending_updates;
    findings.extend((waiting > 0).then(|| {
        let what = format!("updates that wait to be received: {waiting}");
        if waiting < MANY_UPDATES {
            Finding::good(TELEGRAM, what)
        } else {
            Finding::warning(TELEGRAM, what).hint("start Dupi: Telegram keeps them for 24 hours")
        }
    }));
    findings
}

async fn discord(settings: &DiscordSettings) -> Vec<Finding> {
    let Some(options) = discord_options(settings, &no_guide()) else {
        return vec![not_set_up(DISCORD, "DISCORD_BOT_TOKEN")];
    };
    let address = options.api_url.as_deref().unwrap_or("https://discord.com");
    let asked = tokio::time::timeout(PATIENCE, discord::inspect(&options)).await;
    match asked {
        Ok(Ok(facts)) => of_discord(&facts, &options),
        Ok(Err(error @ DiscordError::Unavailable(_))) => {
            vec![unreachable(DISCORD, &error, "discord.api_url", address)]
        }
        Ok(Err(error)) => vec![Finding::fault(DISCORD, &error)],
        Err(_) => vec![unreachable(DISCORD, &NoAnswer, "discord.api_url", address)],
    }
}

fn of_discord(facts: &DiscordFacts, options: &DiscordOptions) -> Vec<Finding> {
    let name = printable(&facts.bot_name);
    let personal = match options.personal {
        PersonalPlace::Off => "no personal consultations (`discord.personal` is \"off\")",
        PersonalPlace::Ephemeral => "personal replies are for the person only",
        PersonalPlace::Direct => "personal replies go to direct messages",
    };
    let open = if facts.is_public {
        "anybody may add it"
    } else {
        "only its owner may add it"
    };
    let commands = if facts.commands_are_current {
        "commands are registered"
    } else {
        "commands are registered at the next start"
    };
    let mut findings = vec![Finding::good(
        DISCORD,
        format!("{name}: the token is good, {personal}, {open}, {commands}"),
    )];
    if facts.interactions_endpoint {
        findings.push(
            Finding::failed(
                DISCORD,
                "an Interactions Endpoint URL is set: Dupi never sees a command",
            )
            .hint("Developer Portal, General Information: empty Interactions Endpoint URL"),
        );
    }
    if !facts.privileged_intents.is_empty() {
        let switched_on = facts.privileged_intents.join(", ");
        findings.push(
            Finding::warning(
                DISCORD,
                format!(
                    "privileged intents are switched on that Dupi does not need: {switched_on}"
                ),
            )
            .hint("Developer Portal, Bot, Privileged Gateway Intents: switch all three off"),
        );
    }
    findings.extend(install_findings(facts));
    findings.extend(right_findings(facts));
    findings.extend(session_findings(facts, options));
    findings
}

fn install_findings(facts: &DiscordFacts) -> Vec<Finding> {
    let mut findings = Vec::new();
    let missing: Vec<&str> = [
        ("User Install", facts.user_install),
        ("Guild Install", facts.guild_install),
    ]
    .into_iter()
    .filter_map(|(context, is_on)| (is_on == Some(false)).then_some(context))
    .collect();
    if !missing.is_empty() {
        findings.push(
            Finding::warning(
                DISCORD,
                format!("installation contexts that are off: {}", missing.join(", ")),
            )
            .hint("Developer Portal, Installation: User Install and Guild Install, both on"),
        );
    }
    if facts.default_install_has_commands == Some(false) {
        findings.push(
            Finding::warning(DISCORD, "the install link brings no commands to a server").hint(
                "Developer Portal, Installation, Default Install Settings, Guild Install: the scopes \
                 applications.commands and bot",
            ),
        );
    }
    findings
}

/// What the bot may do on servers, asked for and granted.
fn right_findings(facts: &DiscordFacts) -> Vec<Finding> {
    const PORTAL: &str = "Developer Portal, Installation, Default Install Settings, Guild Install, \
                          Permissions";
    let mut findings = Vec::new();
    let asked = facts.install_rights.map(DiscordRights::missing);
    if let Some(missing) = asked.filter(|missing| !missing.is_empty()) {
        let missing = missing.join(", ");
        findings.push(
            Finding::warning(
                DISCORD,
                format!("the install link does not ask for: {missing}"),
            )
            .hint(format!("{PORTAL}: add them")),
        );
    }
    if facts.install_rights.is_some_and(DiscordRights::administers) {
        findings.push(
            Finding::warning(
                DISCORD,
                "the install link asks for Administrator, which Dupi does not need",
            )
            .hint(format!("{PORTAL}: take it out")),
        );
    }
    let servers = &facts.server_rights;
    let lacking: Vec<_> = servers
        .iter()
        .map(|rights| rights.missing())
        .filter(|missing| !missing.is_empty())
        .collect();
    if let Some(missing) = lacking.iter().max_by_key(|missing| missing.len()) {
        findings.push(
            Finding::warning(
                DISCORD,
                format!(
                    "servers on which the bot may do too little: {} of {}, lacking {}",
                    lacking.len(),
                    servers.len(),
                    missing.join(", ")
                ),
            )
            .hint("Server Settings, Roles, the bot's role: allow it there; replies for one person work without"),
        );
    }
    let administering = servers.iter().filter(|rights| rights.administers()).count();
    if administering > 0 {
        findings.push(
            Finding::warning(
                DISCORD,
                format!("servers on which the bot is an administrator: {administering}"),
            )
            .hint("Server Settings, Roles, the bot's role: switch Administrator off"),
        );
    }
    findings
}

fn session_findings(facts: &DiscordFacts, options: &DiscordOptions) -> Vec<Finding> {
    let mut findings = Vec::new();
    let (left, recommended) = (facts.sessions_left, facts.recommended_shards);
    if left < FEW_SESSIONS {
        findings.push(
            Finding::warning(
                DISCORD,
                format!("sessions that may still be begun today: {left}"),
            )
            .hint("find what starts Dupi over and over, or who else uses the token"),
        );
    }
    if let Some(shards) = options.shards
        && u64::try_from(shards.get()).is_ok_and(|shards| shards < recommended)
    {
        findings.push(
            Finding::failed(
                DISCORD,
                format!("`discord.shards` is {shards}, Discord wants {recommended}"),
            )
            .hint("leave `discord.shards` out, or raise it"),
        );
    }
    findings
}

/// Who runs this, as the platforms want it to be told.
fn operator(settings: &OperatorSettings) -> Vec<Finding> {
    let missing: Vec<&str> = [
        ("operator.privacy_url", &settings.privacy_url),
        ("operator.terms_url", &settings.terms_url),
    ]
    .into_iter()
    .filter_map(|(key, value)| value.is_none().then_some(key))
    .collect();
    if missing.is_empty() {
        return vec![Finding::good(
            OPERATOR,
            "privacy policy and terms of use are named",
        )];
    }
    missing
        .into_iter()
        .map(|key| {
            Finding::warning(OPERATOR, format!("`{key}` is not set"))
                .hint("messengers want it, and people are shown it under /privacy")
        })
        .collect()
}

/// Nothing is sent here.
fn no_guide() -> Arc<[u8]> {
    Arc::from([])
}

fn not_set_up(subject: &'static str, variable: &str) -> Finding {
    Finding::good(subject, format!("not set up: {variable} is not set"))
}

fn unreachable(
    subject: &'static str,
    error: &(dyn Error + 'static),
    key: &str,
    address: &str,
) -> Finding {
    Finding::fault(subject, error).hint(format!(
        "is there a way out to {} from this machine? `{key}` says where to ask",
        printable(address)
    ))
}
