//! The updates that wait for the bot, and the two ways in which they reach it.

use std::collections::{BTreeSet, VecDeque};
use std::net::SocketAddr;
use std::sync::Arc;

use serde_json::{Value, json};
use tokio::time::{Duration, Instant};

use super::Shared;
use super::refusal::{Answer, Refusal};
use super::request::Request;

/// Kinds that come only when they are asked for by name.
const ONLY_WHEN_ASKED: [&str; 3] = ["chat_member", "message_reaction", "message_reaction_count"];
const WEBHOOK_IS_SET: &str = "can't use getUpdates method while webhook is active; \
    use deleteWebhook to delete the webhook first";
const OTHER_POLL: &str =
    "terminated by other getUpdates request; make sure that only one bot instance is running";
const WEBHOOK_WAS_SET: &str = "terminated by setWebhook request";

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Webhook {
    pub(super) url: String,
    pub(super) secret: Option<String>,
    max_connections: i64,
}

#[derive(Clone, Copy, Debug, Default, PartialEq)]
enum Flow {
    #[default]
    Open,
    HeldBack,
}

#[derive(Debug, Default)]
pub(super) struct Mailbox {
    waiting: VecDeque<(i64, Value)>,
    /// Delivered whatever the offset says, once.
    again: VecDeque<Value>,
    /// In the order in which the bot saw them first.
    delivered: Vec<Value>,
    seen: BTreeSet<i64>,
    last_id: i64,
    allowed: Vec<String>,
    webhook: Option<Webhook>,
    /// A proxy in the place of the webhook's host.
    proxy: Option<SocketAddr>,
    last_error: Option<(u64, String)>,
    poll: u64,
    flow: Flow,
}

impl Mailbox {
    /// A new update of this kind, unless the bot does not want such.
    pub(super) fn put(&mut self, kind: &str, content: &Value) {
        let is_wanted = if self.allowed.is_empty() {
            !ONLY_WHEN_ASKED.contains(&kind)
        } else {
            self.allowed.iter().any(|allowed| allowed == kind)
        };
        if is_wanted {
            self.put_raw(json!({ kind: content }));
        }
    }

    /// Whatever it is; it is given an id unless it brings one.
    pub(super) fn put_raw(&mut self, mut update: Value) {
        let id = update["update_id"]
            .as_i64()
            .unwrap_or(self.last_id.max(10_000) + 1);
        self.last_id = self.last_id.max(id);
        update["update_id"] = id.into();
        self.waiting.push_back((id, update));
    }

    pub(super) fn repeat_last(&mut self, count: usize) {
        let start = self.delivered.len().saturating_sub(count);
        self.again.extend(self.delivered[start..].iter().cloned());
    }

    pub(super) fn hold_back(&mut self) {
        self.flow = Flow::HeldBack;
    }

    pub(super) fn release(&mut self) {
        self.flow = Flow::Open;
    }

    pub(super) fn turn_around(&mut self) {
        self.waiting.make_contiguous().reverse();
    }

    pub(super) fn count(&self) -> usize {
        self.waiting.len() + self.again.len()
    }

    pub(super) fn reach_webhook_at(&mut self, proxy: SocketAddr) {
        self.proxy = Some(proxy);
    }

    pub(super) fn next_for_webhook(&self) -> Option<(Webhook, Value)> {
        let mut webhook = self.webhook.clone()?;
        if let Some(proxy) = self.proxy {
            let path = webhook.url.splitn(4, '/').nth(3).unwrap_or_default();
            webhook.url = format!("http://{proxy}/{path}");
        }
        if self.flow == Flow::HeldBack {
            return None;
        }
        let update = self
            .again
            .front()
            .or_else(|| self.waiting.front().map(|(_, update)| update))?;
        Some((webhook, update.clone()))
    }

    /// The webhook took this update.
    pub(super) fn taken(&mut self, update: &Value) {
        if self.again.front() == Some(update) {
            self.again.pop_front();
            return;
        }
        let taken = update["update_id"].as_i64().unwrap_or_default();
        self.waiting.retain(|(id, _)| *id != taken);
        if self.seen.insert(taken) {
            self.delivered.push(update.clone());
        }
    }

    pub(super) fn not_taken(&mut self, now: u64, why: &str) {
        self.last_error = Some((now, why.to_owned()));
    }

    pub(super) fn last_error(&self) -> Option<String> {
        self.last_error.as_ref().map(|(_, why)| why.clone())
    }

    fn confirm(&mut self, offset: i64) {
        if offset >= 0 {
            self.waiting.retain(|(id, _)| *id >= offset);
        } else {
            let kept = usize::try_from(-offset).unwrap_or(usize::MAX);
            let forgotten = self.waiting.len().saturating_sub(kept);
            self.waiting.drain(..forgotten);
        }
    }

    fn batch(&mut self, limit: usize) -> Vec<Value> {
        if self.flow == Flow::HeldBack {
            return Vec::new();
        }
        let repeated = self.again.len().min(limit);
        let mut batch: Vec<Value> = self.again.drain(..repeated).collect();
        for (id, update) in self.waiting.iter().take(limit - repeated) {
            batch.push(update.clone());
            if self.seen.insert(*id) {
                self.delivered.push(update.clone());
            }
        }
        batch
    }

    fn remember_allowed(&mut self, request: &Request) {
        if let Some(kinds) = request
            .structured("allowed_updates")
            .and_then(Value::as_array)
        {
            self.allowed = kinds
                .iter()
                .filter_map(|kind| kind.as_str().map(str::to_owned))
                .collect();
        }
    }

    pub(super) fn set_webhook(&mut self, request: &Request) -> Answer {
        let url = request.text("url").unwrap_or_default();
        if url.is_empty() {
            return Ok(self.delete_webhook(request));
        }
        if !url.starts_with("https://") && !url.starts_with("http://127.0.0.1") {
            return Err(Refusal::bad_request(
                "bad webhook: An HTTPS URL must be provided for webhook",
            ));
        }
        let secret = request.text("secret_token").map(str::to_owned);
        if let Some(secret) = &secret {
            if secret.len() > 256 {
                return Err(Refusal::bad_request("secret token is too long"));
            }
            let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"_-".contains(&byte);
            if !secret.bytes().all(is_allowed) {
                return Err(Refusal::bad_request(
                    "secret token contains unallowed characters",
                ));
            }
        }
        if request.flag("drop_pending_updates") {
            self.waiting.clear();
        }
        self.remember_allowed(request);
        self.last_error = None;
        self.webhook = Some(Webhook {
            url: url.to_owned(),
            secret,
            max_connections: request.integer("max_connections").unwrap_or(40),
        });
        Ok(true.into())
    }

    pub(super) fn delete_webhook(&mut self, request: &Request) -> Value {
        if request.flag("drop_pending_updates") {
            self.waiting.clear();
        }
        self.webhook = None;
        true.into()
    }

    pub(super) fn webhook_info(&self) -> Value {
        let mut info = json!({
            "url": "",
            "has_custom_certificate": false,
            "pending_update_count": self.count(),
        });
        if !self.allowed.is_empty() {
            info["allowed_updates"] = self.allowed.clone().into();
        }
        if let Some(webhook) = &self.webhook {
            info["url"] = webhook.url.clone().into();
            info["max_connections"] = webhook.max_connections.into();
            info["ip_address"] = "127.0.0.1".into();
        }
        if let Some((date, message)) = &self.last_error {
            info["last_error_date"] = (*date).into();
            info["last_error_message"] = message.clone().into();
        }
        info
    }
}

/// Long polling: the newest poll is the only one that goes on.
pub(super) async fn get_updates(shared: &Shared, request: &Request) -> Answer {
    let seconds = request.integer("timeout").unwrap_or(0).clamp(0, 50);
    let limit = request.integer("limit").unwrap_or(100).clamp(1, 100);
    let limit = usize::try_from(limit).expect("the limit is between 1 and 100");
    let deadline = Instant::now() + Duration::from_secs(seconds.unsigned_abs());
    let mut changes = shared.changes();
    let mine = shared.change(|state| {
        let mailbox = &mut state.mailbox;
        if mailbox.webhook.is_some() {
            return Err(Refusal::conflict(WEBHOOK_IS_SET));
        }
        mailbox.remember_allowed(request);
        if let Some(offset) = request.integer("offset").filter(|offset| *offset != 0) {
            mailbox.confirm(offset);
        }
        mailbox.poll += 1;
        Ok(mailbox.poll)
    })?;
    loop {
        changes.mark_unchanged();
        let batch = shared.look(|state| {
            let mailbox = &mut state.mailbox;
            if mailbox.webhook.is_some() {
                Err(Refusal::conflict(WEBHOOK_WAS_SET))
            } else if mailbox.poll == mine {
                Ok(mailbox.batch(limit))
            } else {
                Err(Refusal::conflict(OTHER_POLL))
            }
        })?;
        if !batch.is_empty() || Instant::now() >= deadline {
            return Ok(batch.into());
        }
        // Either outcome leads to another look.
        let _ = tokio::time::timeout_at(deadline, changes.changed()).await;
    }
}

/// Brings updates to the webhook, one after the other, each until it is taken.
pub(super) async fn deliver_to_webhook(shared: Arc<Shared>) {
    let http = reqwest::Client::new();
    let mut changes = shared.changes();
    let mut pause = Duration::from_millis(20);
    loop {
        changes.mark_unchanged();
        let Some((webhook, update)) = shared.look(|state| state.mailbox.next_for_webhook()) else {
            if changes.changed().await.is_err() {
                return;
            }
            continue;
        };
        let mut post = http
            .post(&webhook.url)
            .timeout(Duration::from_secs(10))
            .json(&update);
        if let Some(secret) = &webhook.secret {
            post = post.header("X-Telegram-Bot-Api-Secret-Token", secret);
        }
        let why = match post.send().await {
            Ok(answer) if answer.status().is_success() => {
                shared.change(|state| state.mailbox.taken(&update));
                pause = Duration::from_millis(20);
                continue;
            }
            Ok(answer) => format!("Wrong response from the webhook: {}", answer.status()),
            Err(_) => "Connection refused".to_owned(),
        };
        shared.change(|state| {
            let now = state.now();
            state.mailbox.not_taken(now, &why);
        });
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(Duration::from_secs(1));
    }
}
