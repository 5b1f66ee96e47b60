//! Headless Chromium through its own driver, by the few `WebDriver` commands that are needed.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on ends where it stands"
)]

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use reqwest::Client;
use serde_json::{Value, json};
use tempfile::TempDir;

/// How long anything on the page may take; generous, since machines are shared.
const PATIENCE: Duration = Duration::from_mins(1);

/// The name under which `WebDriver` hands out elements.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

pub(crate) const TAB: &str = "\u{E004}";
pub(crate) const ENTER: &str = "\u{E007}";
pub(crate) const SPACE: &str = " ";

/// A screen, and how the person has set up the device.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Screen {
    /// The browser's language, which the page's first visit follows.
    pub(crate) language: &'static str,
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) is_phone: bool,
    pub(crate) is_dark: bool,
}

/// A running chromedriver; ends with this.
pub(crate) struct WebDriver {
    child: Child,
    base: String,
}

impl WebDriver {
    /// `None` where there is no chromedriver or no Chromium.
    pub(crate) fn start() -> Option<Self> {
        let is_there = |program| {
            let version = Command::new(program).arg("--version").output();
            version.is_ok_and(|output| output.status.success())
        };
        if !is_there("chromedriver") || !is_there("chromium") {
            return None;
        }
        let mut child = Command::new("chromedriver")
            .arg("--port=0")
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let port: u16 = BufReader::new(child.stdout.take().unwrap())
            .lines()
            .map_while(Result::ok)
            .find_map(|line| {
                let (_, port) = line.split_once("successfully on port ")?;
                port.trim_end_matches('.').parse().ok()
            })
            .expect("chromedriver says where it listens");
        Some(Self {
            child,
            base: format!("http://127.0.0.1:{port}"),
        })
    }
}

impl Drop for WebDriver {
    fn drop(&mut self) {
        // Asked to end, it also ends the browsers that a failed test left behind.
        let id = self.child.id().to_string();
        let asked = Command::new("kill").args(["-TERM", &id]).status();
        if !asked.is_ok_and(|status| status.success()) {
            let _ = self.child.kill();
        }
        let _ = self.child.wait();
    }
}

/// One browser with a profile of its own.
pub(crate) struct Browser {
    http: Client,
    session: String,
    _profile: TempDir,
}

impl Browser {
    pub(crate) async fn open(driver: &WebDriver, screen: Screen) -> Self {
        let http = Client::new();
        let profile = TempDir::new().unwrap();
        let mut options = json!({
            "args": [
                "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
                "--disable-background-networking", "--disable-component-update", "--disable-sync",
                format!("--user-data-dir={}", profile.path().display()),
                format!("--window-size={},{}", screen.width, screen.height),
            ],
            "prefs": {"intl.accept_languages": screen.language},
        });
        if screen.is_phone {
            options["mobileEmulation"] = json!({"deviceMetrics": {
                "width": screen.width, "height": screen.height, "pixelRatio": 2, "touch": true,
            }});
        }
        let capabilities = json!({"capabilities": {"alwaysMatch": {
            "goog:chromeOptions": options,
            "goog:loggingPrefs": {"browser": "ALL"},
        }}});
        let made = command(&http, &format!("{}/session", driver.base), capabilities).await;
        let id = made["sessionId"].as_str().expect("the browser starts");
        let browser = Self {
            session: format!("{}/session/{id}", driver.base),
            http,
            _profile: profile,
        };
        let scheme = if screen.is_dark { "dark" } else { "light" };
        // Without motion, a picture of the page shows where it comes to rest.
        let media = json!({"cmd": "Emulation.setEmulatedMedia", "params": {"features": [
            {"name": "prefers-color-scheme", "value": scheme},
            {"name": "prefers-reduced-motion", "value": "reduce"},
        ]}});
        browser.command("goog/cdp/execute", media).await;
        browser
    }

    pub(crate) async fn goes_to(&self, url: &str) {
        self.command("url", json!({ "url": url })).await;
    }

    pub(crate) async fn reloads(&self) {
        self.command("refresh", json!({})).await;
    }

    /// Runs a script on the page.
    pub(crate) async fn asks(&self, script: &str) -> Value {
        let body = json!({"script": script, "args": []});
        self.command("execute/sync", body).await
    }

    /// Waits until an expression holds on the page.
    pub(crate) async fn waits_until(&self, expression: &str) {
        let begun = Instant::now();
        while self.asks(&format!("return Boolean({expression})")).await != true {
            if begun.elapsed() > PATIENCE {
                let page = self.asks("return document.body.innerText").await;
                panic!("never on the page: {expression}\n{page}");
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Waits until something is shown.
    pub(crate) async fn waits_for(&self, selector: &str) {
        self.waits_until(&shown(selector)).await;
    }

    pub(crate) async fn clicks(&self, selector: &str) {
        self.waits_for(selector).await;
        let found = self.asks(&format!("return {}", shown(selector))).await;
        let element = found[ELEMENT].as_str().unwrap();
        self.command(&format!("element/{element}/click"), json!({}))
            .await;
    }

    /// Types into an element; for a file input, the paths of files.
    pub(crate) async fn types_into(&self, selector: &str, text: &str) {
        let found = json!({"using": "css selector", "value": selector});
        let found = self.command("element", found).await;
        let element = found[ELEMENT].as_str().unwrap();
        self.command(&format!("element/{element}/value"), json!({ "text": text }))
            .await;
    }

    /// Presses one key, wherever the focus is.
    pub(crate) async fn presses_key(&self, key: &str) {
        let actions = json!({"actions": [{"type": "key", "id": "keyboard", "actions": [
            {"type": "keyDown", "value": key}, {"type": "keyUp", "value": key},
        ]}]});
        self.command("actions", actions).await;
    }

    /// What is seen now, as PNG.
    pub(crate) async fn picture(&self) -> Vec<u8> {
        let answer = self.http.get(format!("{}/screenshot", self.session));
        let answer: Value = answer.send().await.unwrap().json().await.unwrap();
        from_base64(answer["value"].as_str().unwrap())
    }

    /// What the page complained of since the last look.
    pub(crate) async fn complaints(&self) -> Vec<String> {
        let log = self.command("se/log", json!({"type": "browser"})).await;
        let entries = log.as_array().cloned().unwrap_or_default();
        entries
            .iter()
            .filter_map(|entry| entry["message"].as_str())
            .map(str::to_owned)
            .collect()
    }

    async fn command(&self, path: &str, body: Value) -> Value {
        command(&self.http, &format!("{}/{path}", self.session), body).await
    }
}

/// An expression for the first element that is shown.
fn shown(selector: &str) -> String {
    let selector = json!(selector);
    format!("[...document.querySelectorAll({selector})].find((found) => found.checkVisibility())")
}

impl Drop for Browser {
    /// Ends the browser, also when the test has failed and nothing can be awaited any more.
    fn drop(&mut self) {
        let (host, path) = self.session["http://".len()..]
            .split_once('/')
            .expect("a session has a path");
        let goodbye =
            format!("DELETE /{path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
        if let Ok(mut wire) = TcpStream::connect(host) {
            let _ = wire.write_all(goodbye.as_bytes());
            let _ = wire.set_read_timeout(Some(Duration::from_secs(10)));
            // The answer comes when the browser has ended; the connection may stay.
            let _ = wire.read(&mut [0; 64]);
        }
    }
}

async fn command(http: &Client, url: &str, body: Value) -> Value {
    let answer = http.post(url).json(&body).send().await.unwrap();
    let status = answer.status();
    let mut answer: Value = answer.json().await.unwrap();
    assert!(status.is_success(), "{url} {body}: {}", answer["value"]);
    answer["value"].take()
}

/// The bytes behind standard base64.
fn from_base64(text: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3);
    let mut held: u32 = 0;
    let mut bits = 0;
    for character in text.bytes() {
        let value = match character {
            b'A'..=b'Z' => character - b'A',
            b'a'..=b'z' => character - b'a' + 26,
            b'0'..=b'9' => character - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => break,
        };
        held = (held << 6) | u32::from(value);
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            bytes.push(u8::try_from((held >> bits) & 0xFF).unwrap());
        }
    }
    bytes
}
