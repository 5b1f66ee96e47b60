//! `dupi doctor` on the bots: the real program asks the stand-ins, and says what to change.

use std::path::Path;
use std::process::Command;

use serde_json::json;

use crate::support::discord::DiscordStandIn;
use crate::support::telegram::{Fault, Lasting, On, TelegramStandIn};

/// How the doctor ended, and what it said.
struct Ended {
    code: i32,
    output: String,
}

impl Ended {
    /// Whether a line begins like this.
    fn says(&self, start: &str) -> bool {
        self.output.lines().any(|line| line.starts_with(start))
    }

    #[track_caller]
    fn must_say(&self, start: &str) {
        assert!(
            self.says(start),
            "{start:?} begins no line of:\n{}",
            self.output
        );
    }
}

/// What the doctor is started with.
#[derive(Default)]
struct Patient {
    variables: Vec<(&'static str, String)>,
    settings: &'static str,
}

const NAMED: &str = "[operator]
privacy_url = 'https://example.com/privacy'
terms_url = 'https://example.com/terms'
";

impl Patient {
    fn named() -> Self {
        Self {
            settings: NAMED,
            ..Self::default()
        }
    }

    fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.variables.push((name, value.into()));
        self
    }

    fn on_telegram(self, telegram: &TelegramStandIn) -> Self {
        self.with("TELEGRAM_BOT_TOKEN", telegram.token())
            .with("TELEGRAM_API_URL", telegram.base())
    }

    fn on_discord(self, discord: &DiscordStandIn) -> Self {
        self.with("DISCORD_BOT_TOKEN", discord.token())
            .with("DISCORD_API_URL", discord.api_url())
    }

    async fn is_examined(&self) -> Ended {
        let folder = tempfile::tempdir().expect("a folder can be made");
        let (settings, variables) = (self.settings, self.variables.clone());
        let examining =
            tokio::task::spawn_blocking(move || examine(folder.path(), settings, &variables));
        examining.await.expect("the program can be started")
    }
}

fn examine(folder: &Path, settings: &str, variables: &[(&str, String)]) -> Ended {
    std::fs::write(folder.join("dupi.toml"), settings).expect("the folder is ours");
    let ended = Command::new(env!("CARGO_BIN_EXE_dupi"))
        .arg("doctor")
        .current_dir(folder)
        .env_clear()
        .env("DUPI_WEB_ADDR", "127.0.0.1:0")
        .envs(variables.iter().map(|(name, value)| (name, value)))
        .output()
        .expect("the program can be started");
    let text = |bytes| String::from_utf8(bytes).expect("it writes text");
    let (output, errors) = (text(ended.stdout), text(ended.stderr));
    for (name, value) in variables {
        assert!(
            !name.ends_with("TOKEN") || !(output.contains(value) || errors.contains(value)),
            "a token was told"
        );
    }
    Ended {
        code: ended.status.code().expect("it ended by itself"),
        output,
    }
}

#[tokio::test]
async fn without_tokens_no_bot_is_set_up_and_that_is_fine() {
    let ended = Patient::default().is_examined().await;
    ended.must_say("ok    telegram     not set up: TELEGRAM_BOT_TOKEN is not set");
    ended.must_say("ok    discord      not set up: DISCORD_BOT_TOKEN is not set");
    assert!(!ended.output.contains("operator"), "{}", ended.output);
    assert!(ended.output.ends_with("everything is fine\n"));
    assert_eq!(ended.code, 0);
}

#[tokio::test]
async fn two_good_bots_are_told_as_they_are_and_nothing_is_changed() {
    let (telegram, discord) = (
        TelegramStandIn::start().await,
        DiscordStandIn::start().await,
    );
    let patient = Patient::named().on_telegram(&telegram).on_discord(&discord);
    let ended = patient.is_examined().await;
    ended.must_say("ok    telegram     @");
    ended.must_say("ok    discord      ");
    ended.must_say("ok    operator     privacy policy and terms of use are named");
    assert!(
        ended
            .output
            .contains("the token is good, updates are fetched")
    );
    assert!(
        ended
            .output
            .contains("personal replies are for the person only")
    );
    assert!(
        ended.output.ends_with("everything is fine\n"),
        "{}",
        ended.output
    );
    assert_eq!(ended.code, 0);
    assert!(
        telegram
            .calls()
            .iter()
            .all(|call| call.method.starts_with("get"))
    );
    assert!(discord.calls().iter().all(|call| call.method == "GET"));
    assert!(discord.connections().is_empty());
}

#[tokio::test]
async fn a_refused_token_is_a_fault_and_the_hint_says_where_a_new_one_is() {
    let (telegram, discord) = (
        TelegramStandIn::start().await,
        DiscordStandIn::start().await,
    );
    telegram.revoke_token();
    discord.revoke_token();
    let patient = Patient::named().on_telegram(&telegram).on_discord(&discord);
    let ended = patient.is_examined().await;
    ended.must_say("FAIL  telegram     Telegram does not know the bot's token");
    ended.must_say("FAIL  discord      Discord does not know ");
    assert!(ended.output.contains("@BotFather"), "{}", ended.output);
    assert!(
        ended.output.contains("Developer Portal"),
        "{}",
        ended.output
    );
    assert!(ended.output.contains("it does not work; faults: 2"));
    assert_eq!(ended.code, 1);
}

#[tokio::test]
async fn a_platform_that_cannot_be_reached_is_a_fault_and_the_hint_names_the_address() {
    // Nothing listens where something listened a moment ago.
    let nowhere = {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("loopback has a port");
        format!("http://{}", listener.local_addr().expect("it is bound"))
    };
    let telegram = format!("7:{}", "x".repeat(35));
    let patient = Patient::named()
        .with("TELEGRAM_BOT_TOKEN", telegram)
        .with("TELEGRAM_API_URL", &nowhere)
        .with("DISCORD_BOT_TOKEN", "y".repeat(60))
        .with("DISCORD_API_URL", &nowhere);
    let ended = patient.is_examined().await;
    ended.must_say("FAIL  telegram     Telegram does not answer");
    ended.must_say("FAIL  discord      Discord cannot be");
    for key in ["`telegram.api_url`", "`discord.api_url`"] {
        let hint = ended.output.lines().find(|line| line.contains(key));
        assert!(
            hint.is_some_and(|hint| hint.contains(&nowhere)),
            "{}",
            ended.output
        );
    }
    assert_eq!(ended.code, 1);
}

#[tokio::test]
async fn a_platform_with_an_error_of_its_own_is_no_fault_of_the_token() {
    let telegram = TelegramStandIn::start().await;
    telegram.fail(On::AnyMethod, Lasting::Times(9), Fault::NotOkJson);
    let ended = Patient::named().on_telegram(&telegram).is_examined().await;
    ended.must_say("FAIL  telegram     Telegram does not answer");
    assert!(!ended.output.contains("@BotFather"), "{}", ended.output);
    assert_eq!(ended.code, 1);
}

#[tokio::test]
async fn telegram_settings_that_should_be_changed_are_warned_of() {
    let telegram = TelegramStandIn::start().await;
    telegram.switch_privacy_mode_off();
    let elsewhere = "https://127.0.0.1:9/other";
    set_webhook(&telegram, elsewhere).await;
    let person = telegram.person(7, "Anna", Some("en"));
    person.says("/start");
    let has_failed = |telegram: &TelegramStandIn| telegram.webhook_error().is_some();
    telegram
        .until("the webhook was called in vain", has_failed)
        .await;

    let ended = Patient::named().on_telegram(&telegram).is_examined().await;
    ended.must_say("warn  telegram     privacy mode is off");
    ended.must_say("warn  telegram     a webhook leads to 127.0.0.1");
    ended.must_say("                   hint: Dupi removes it when it starts");
    ended.must_say("warn  telegram     the last call to the webhook failed: ");
    ended.must_say("ok    telegram     updates that wait to be received: 1");
    assert!(ended.output.ends_with("it works; warnings: 3\n"));
    assert_eq!(ended.code, 0);

    let own = Patient {
        settings: "[telegram]
webhook_url = 'https://127.0.0.1:9/own'
[operator]
privacy_url = 'https://example.com/privacy'
terms_url = 'https://example.com/terms'
",
        ..Patient::default()
    };
    let ended = own.on_telegram(&telegram).is_examined().await;
    ended.must_say("                   hint: Dupi sets `telegram.webhook_url` in its place");
}

#[tokio::test]
async fn discord_settings_that_should_be_changed_are_warned_of() {
    let discord = DiscordStandIn::start().await;
    discord.changes_application("flags", json!(1 << 19 | 1 << 15));
    discord.changes_application("integration_types_config", json!({ "0": {} }));
    discord.leaves_sessions(3);
    discord.recommends_shards(4);
    let patient = Patient {
        settings: "[discord]
personal = 'off'
shards = 2
",
        ..Patient::default()
    };
    let ended = patient.on_discord(&discord).is_examined().await;
    for warning in [
        "privileged intents are switched on that Dupi does not need: server members, message content",
        "installation contexts that are off: User Install",
        "sessions that may still be begun today: 3",
    ] {
        ended.must_say(&format!("warn  discord      {warning}"));
    }
    // The service refuses to serve like that.
    ended.must_say("FAIL  discord      `discord.shards` is 2, Discord wants 4");
    ended.must_say("warn  operator     `operator.privacy_url` is not set");
    ended.must_say("warn  operator     `operator.terms_url` is not set");
    assert!(ended.output.contains("`discord.personal` is \"off\""));
    let end = "it does not work; faults: 1, warnings: 5\n";
    assert!(ended.output.ends_with(end), "{}", ended.output);
    assert_eq!(ended.code, 1);
}

#[tokio::test]
async fn rights_on_discords_servers_that_are_too_few_or_too_many_are_warned_of() {
    let discord = DiscordStandIn::start().await;
    let install = |permissions: &str| {
        json!({ "1": {}, "0": { "oauth2_install_params": {
            "scopes": ["applications.commands", "bot"], "permissions": permissions,
        } } })
    };
    discord.changes_application("integration_types_config", install("3072"));
    discord.guild("Good");
    discord.guild("Mute").grants(1 << 10);
    discord.guild("Lavish").grants(1 << 3);
    let ended = Patient::named().on_discord(&discord).is_examined().await;
    for warning in [
        "the install link does not ask for: Send Messages in Threads, Embed Links, Attach Files, ",
        "servers on which the bot may do too little: 1 of 3, lacking Send Messages, ",
        "servers on which the bot is an administrator: 1",
    ] {
        ended.must_say(&format!("warn  discord      {warning}"));
    }
    assert!(
        ended.output.ends_with("it works; warnings: 3\n"),
        "{}",
        ended.output
    );

    discord.changes_application("integration_types_config", install("8"));
    let ended = Patient::named().on_discord(&discord).is_examined().await;
    ended.must_say("warn  discord      the install link asks for Administrator");
    // What docs/messengers.md names is enough.
    discord.changes_application("integration_types_config", install("277025442816"));
    let ended = Patient::named().on_discord(&discord).is_examined().await;
    assert!(
        !ended.output.contains("the install link"),
        "{}",
        ended.output
    );
}

#[tokio::test]
async fn an_address_that_takes_discords_interactions_away_is_a_fault() {
    let discord = DiscordStandIn::start().await;
    let address = json!("https://example.com/interactions");
    discord.changes_application("interactions_endpoint_url", address);
    let ended = Patient::named().on_discord(&discord).is_examined().await;
    ended.must_say("FAIL  discord      an Interactions Endpoint URL is set");
    assert_eq!(ended.code, 1);
}

/// As another program does.
async fn set_webhook(telegram: &TelegramStandIn, url: &str) {
    let address = format!("{}/bot{}/setWebhook", telegram.base(), telegram.token());
    let answer = reqwest::Client::new()
        .post(address)
        .json(&json!({ "url": url }))
        .send()
        .await
        .expect("the stand-in answers");
    assert!(answer.status().is_success());
}
