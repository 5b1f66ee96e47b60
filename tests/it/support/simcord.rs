//! `SimCord`, a third party's model of Discord, on real HTTP and a real gateway, with its people.
//!
//! It is a program of its own, for which a Python that has it is needed; nothing here knows how
//! Discord works. `simcord_people.py` starts it.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on ends where it stands"
)]

use std::collections::HashMap;
use std::fmt::Write as _;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::time::{Duration, Instant};

use dupi::domain::consultation::{Consent, Language};
use dupi::wording::{Argument, Phrases};
use serde_json::{Value, json};

use super::program::Program;

/// How long anything may take; generous, since machines are shared.
const PATIENCE: Duration = Duration::from_mins(1);
const BETWEEN_LOOKS: Duration = Duration::from_millis(50);

/// For one person only.
const EPHEMERAL: u64 = 1 << 6;
/// "Thinking".
const LOADING: u64 = 1 << 7;

/// A running `SimCord`; ends with this, also when the test failed or was killed.
pub(crate) struct Simcord {
    child: Child,
    /// It ends when this does.
    _input: Option<ChildStdin>,
    http: reqwest::Client,
    base: String,
    token: String,
    phrases: Phrases,
    /// Who hears of everything besides the bot.
    listeners: u64,
}

/// A call of the bot, as `SimCord` saw and answered it.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) body: Value,
    pub(crate) status: u64,
}

impl Simcord {
    /// `None` where it is not at hand; the reason is told.
    #[expect(
        clippy::print_stderr,
        reason = "whoever runs the tests is told what was not run"
    )]
    pub(crate) async fn start() -> Option<Self> {
        let bridge =
            Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/tools/discord/simcord_net.py");
        let (Some(python), true) = (python(), bridge.is_file()) else {
            eprintln!(
                "skipped: this test needs a Python with SimCord in SIMCORD_PYTHON, \
                 and ../shared/tools/discord/simcord_net.py"
            );
            return None;
        };
        let people =
            Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/support/simcord_people.py");
        let mut child = Command::new(python)
            .arg(people)
            .arg(bridge)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the Python in SIMCORD_PYTHON starts");
        let input = child.stdin.take();
        let output = BufReader::new(child.stdout.take().expect("stdout is piped"));
        let mut simcord = Self {
            child,
            _input: input,
            http: reqwest::Client::new(),
            base: String::new(),
            token: String::new(),
            phrases: Phrases::embedded().unwrap(),
            listeners: 0,
        };
        let port = output
            .lines()
            .map_while(Result::ok)
            .find_map(|line| line.strip_prefix("up ")?.parse::<u16>().ok())
            .expect("SimCord says where it listens");
        simcord.base = format!("http://127.0.0.1:{port}");
        let ids = simcord.plays("ids", json!({})).await;
        simcord.token = String::from(ids["token"].as_str().unwrap());
        simcord.listeners = simcord.plays("listeners", json!({})).await["now"]
            .as_u64()
            .unwrap();
        Some(simcord)
    }

    /// The real program as a bot here, once it hears what people do.
    pub(crate) async fn starts_program(&self, folder: &Path) -> Program {
        let before = self.plays("listeners", json!({})).await;
        let variables = [
            ("DISCORD_BOT_TOKEN", self.token.as_str()),
            ("DISCORD_API_URL", self.base.as_str()),
        ];
        let program = Program::start_with(folder, &variables);
        let deadline = Instant::now() + PATIENCE;
        loop {
            let listeners = self.plays("listeners", json!({})).await;
            let has_come = listeners["ever"].as_u64() > before["ever"].as_u64();
            if has_come && listeners["now"].as_u64() > Some(self.listeners) {
                return program;
            }
            assert!(Instant::now() < deadline, "the program did not connect");
            tokio::time::sleep(BETWEEN_LOOKS).await;
        }
    }

    /// Somebody in the guild's channel.
    pub(crate) fn person(&self, name: &'static str) -> Person<'_> {
        Person {
            simcord: self,
            name,
            is_alone: false,
        }
    }

    /// All calls since the beginning, in order.
    pub(crate) async fn calls(&self) -> Vec<Call> {
        let calls = self.plays("calls", json!({})).await;
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let read = |call: &Value| Call {
            method: text(&call["method"]),
            path: text(&call["path"]),
            body: call["body"].clone(),
            // While it is being answered there is none.
            status: call["status"].as_u64().unwrap_or(0),
        };
        calls.as_array().unwrap().iter().map(read).collect()
    }

    /// Waits for a call that is answered already.
    pub(crate) async fn waits_for_call(&self, what: &str, wanted: impl Fn(&Call) -> bool) -> Call {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let calls = self.calls().await;
            let mut answered = calls.iter().filter(|call| call.status != 0);
            if let Some(call) = answered.find(|call| wanted(call)) {
                return call.clone();
            }
            assert!(Instant::now() < deadline, "no {what} among {calls:#?}");
            tokio::time::sleep(BETWEEN_LOOKS).await;
        }
    }

    /// The next calls of that kind fail with that status and code; a `*` stands for anything.
    pub(crate) async fn fails(&self, method: &str, path: &str, refusal: (u16, u32), times: u32) {
        let (status, code) = refusal;
        let fault = json!({
            "method": method, "path": path, "status": status, "code": code, "times": times,
        });
        self.plays("fault", fault).await;
    }

    /// Moves `SimCord`'s clock, not the service's.
    pub(crate) async fn advances(&self, time: Duration) {
        self.plays("advance", json!({ "s": time.as_secs() })).await;
    }

    /// What the bot says for that key, up to its first line's end.
    pub(crate) fn phrase(&self, key: &str) -> String {
        let known = [
            ("version", Argument::Number(Consent::VERSION.into())),
            ("number", Argument::Number(1)),
        ];
        let phrase = self.phrases.phrase(Language::Korean, key, &known);
        phrase.lines().next().unwrap_or_default().to_owned()
    }

    async fn plays(&self, deed: &str, told: Value) -> Value {
        let sent = self
            .http
            .post(format!("{}/sim/{deed}", self.base))
            .json(&told);
        let answer = sent.timeout(PATIENCE).send().await.unwrap();
        let status = answer.status();
        let done: Value = answer.json().await.unwrap();
        assert!(status.is_success(), "{deed} is impossible: {done:#}");
        done
    }
}

impl Drop for Simcord {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "only the surroundings know where a Python with SimCord is"
)]
fn python() -> Option<PathBuf> {
    std::env::var_os("SIMCORD_PYTHON").map(PathBuf::from)
}

/// Someone whose Discord speaks Korean.
#[derive(Clone, Copy)]
pub(crate) struct Person<'a> {
    simcord: &'a Simcord,
    name: &'static str,
    /// In direct messages with the bot, otherwise in the guild's channel.
    is_alone: bool,
}

/// A message as the person sees it.
#[derive(Debug, Clone)]
pub(crate) struct Seen {
    id: String,
    /// With the texts in frames.
    pub(crate) text: String,
    pub(crate) is_from_bot: bool,
    pub(crate) is_for_one_only: bool,
    pub(crate) is_thinking: bool,
    pub(crate) files: Vec<String>,
    controls: Vec<Value>,
}

impl Seen {
    fn read(message: &Value) -> Self {
        let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
        let flags = message["flags"].as_u64().unwrap_or(0);
        let mut text = message["content"].as_str().unwrap_or_default().to_owned();
        for embed in list(&message["embeds"]) {
            let framed = embed["description"].as_str().unwrap_or_default();
            write!(text, "\n{framed}").unwrap();
        }
        let files = list(&message["attachments"]).into_iter();
        let rows = list(&message["components"]).into_iter();
        Self {
            id: message["id"].as_str().unwrap().to_owned(),
            text,
            is_from_bot: message["author"]["bot"] == true,
            is_for_one_only: flags & EPHEMERAL != 0,
            is_thinking: flags & LOADING != 0,
            files: files
                .filter_map(|file| file["filename"].as_str().map(str::to_owned))
                .collect(),
            controls: rows.flat_map(|row| list(&row["components"])).collect(),
        }
    }

    fn button(&self, label: &str) -> Option<&Value> {
        let mut controls = self.controls.iter();
        controls.find(|control| control["label"] == label)
    }

    fn menu(&self) -> Option<&Value> {
        let mut controls = self.controls.iter();
        controls.find(|control| control["options"].is_array())
    }
}

impl Person<'_> {
    /// The same person in direct messages with the bot.
    pub(crate) fn alone(self) -> Self {
        Self {
            is_alone: true,
            ..self
        }
    }

    async fn does(&self, deed: &str, mut told: Value) -> Value {
        told["as"] = json!(self.name);
        told["dm"] = json!(self.is_alone);
        self.simcord.plays(deed, told).await
    }

    /// Does it, and waits until the bot has acknowledged it; tells how.
    async fn interacts(&self, deed: &str, told: Value) -> Value {
        let done = self.does(deed, told).await;
        let id = done["interaction"].as_str().unwrap();
        let start = format!("/interactions/{id}/");
        let wanted = |call: &Call| call.path.starts_with(&start);
        let call = self.simcord.waits_for_call(deed, wanted).await;
        // SimCord does not know an interaction any more after three seconds, as Discord does not.
        assert!(call.status < 300, "{deed} was not acknowledged: {call:#?}");
        call.body
    }

    /// Types a command by the name that Korean clients show, with files for its options.
    pub(crate) async fn types(&self, command: &str, files: &[(&str, &str, &[u8])]) {
        let registered = self
            .simcord
            .waits_for_call("registration", |call| {
                call.method == "PUT" && call.path.ends_with("/commands") && call.status == 200
            })
            .await;
        let shown = |one: &Value| one["name_localizations"]["ko"].as_str().map(str::to_owned);
        let commands = registered.body.as_array().unwrap();
        let named = commands
            .iter()
            .find(|one| shown(one).as_deref() == Some(command));
        let named = named.expect("the command is registered");
        let given: HashMap<String, Value> = files
            .iter()
            .map(|(option, name, bytes)| {
                let mut options = named["options"].as_array().unwrap().iter();
                let named = options.find(|one| shown(one).as_deref() == Some(*option));
                let named = named.expect("the option is registered")["name"].as_str();
                (
                    named.unwrap().to_owned(),
                    json!({ "name": name, "hex": hex(bytes) }),
                )
            })
            .collect();
        let told = json!({ "name": named["name"], "files": given });
        self.interacts("slash", told).await;
    }

    /// Sends a message, which only the bot alone reads without a privileged intent.
    pub(crate) async fn writes(&self, text: &str, files: &[(&str, &[u8])]) {
        let files: Vec<Value> = files
            .iter()
            .map(|(name, bytes)| json!({ "name": name, "hex": hex(bytes) }))
            .collect();
        let told = json!({ "text": text, "files": files });
        self.does("send", told).await;
    }

    /// Presses a button under the newest message that says that.
    pub(crate) async fn presses(&self, said: &str, button: &str) {
        self.opens(said, button).await;
    }

    /// Chooses in whichever way the newest message that says that offers it.
    pub(crate) async fn chooses(&self, said: &str, choices: &[&str]) {
        let message = self.sees(said).await;
        let labels: Vec<String> = choices.iter().map(|key| self.simcord.phrase(key)).collect();
        let Some(menu) = message.menu() else {
            let [choice] = choices else {
                panic!("there is no menu for {choices:?} in {message:#?}");
            };
            return self.presses(said, choice).await;
        };
        let options = menu["options"].as_array().unwrap();
        let value = |label: &String| {
            let mut options = options.iter();
            let found = options.find(|option| option["label"] == label.as_str());
            found.unwrap_or_else(|| panic!("no {label} in {menu:#}"))["value"].clone()
        };
        let values: Vec<Value> = labels.iter().map(value).collect();
        let told = json!({
            "message_id": message.id, "custom_id": menu["custom_id"], "values": values,
        });
        self.interacts("select", told).await;
    }

    /// Writes into the window that the button opens.
    pub(crate) async fn fills_in(&self, said: &str, button: &str, text: &str) {
        let shown = self.opens(said, button).await;
        assert_eq!(shown["type"], 9, "no window opened: {shown:#}");
        let rows = shown["data"]["components"].as_array().unwrap();
        let row = rows.iter().find(|row| row["type"] != 10).unwrap();
        let field = [&row["components"][0], &row["component"]]
            .into_iter()
            .find_map(|field| field["custom_id"].as_str())
            .unwrap();
        self.interacts("modal", json!({ "values": { field: text } }))
            .await;
    }

    async fn opens(&self, said: &str, button: &str) -> Value {
        let label = self.simcord.phrase(button);
        let said = self.simcord.phrase(said);
        let message = self
            .looks_for(&format!("{said} [{label}]"), |seen| {
                seen.text.contains(&said) && seen.button(&label).is_some()
            })
            .await;
        let button = message.button(&label).unwrap();
        let told = json!({ "message_id": message.id, "custom_id": button["custom_id"] });
        self.interacts("click", told).await
    }

    /// Waits for a button.
    pub(crate) async fn is_offered(&self, button: &str) {
        let label = self.simcord.phrase(button);
        self.looks_for(&label, |seen| seen.button(&label).is_some())
            .await;
    }

    /// The newest message of the bot that says that, once there is one.
    pub(crate) async fn sees(&self, said: &str) -> Seen {
        let said = self.simcord.phrase(said);
        self.looks_for(&said, |seen| seen.text.contains(&said))
            .await
    }

    pub(crate) async fn looks_for(&self, what: &str, wanted: impl Fn(&Seen) -> bool) -> Seen {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let history = self.history().await;
            let mut newest = history.iter().rev().filter(|seen| seen.is_from_bot);
            if let Some(seen) = newest.find(|seen| wanted(seen)) {
                return seen.clone();
            }
            if Instant::now() >= deadline {
                let calls = self.simcord.calls().await;
                panic!("no {what} in {history:#?} after {calls:#?}");
            }
            tokio::time::sleep(BETWEEN_LOOKS).await;
        }
    }

    /// Everything that stands in the channel, also what others only see, oldest first.
    pub(crate) async fn history(&self) -> Vec<Seen> {
        let history = self.does("history", json!({})).await;
        history.as_array().unwrap().iter().map(Seen::read).collect()
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").expect("text takes everything");
        text
    })
}
