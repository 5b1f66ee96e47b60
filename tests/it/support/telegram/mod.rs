//! A stand-in for Telegram's Bot API over real HTTP, on a free port of loopback.
//!
//! The bot under test talks to it as to Telegram; a test plays the persons. It refuses what Telegram
//! refuses, and checks every request against the official description where that is at hand. It
//! never knows anything of the bot under test.

mod calls;
mod editing;
mod entities;
mod faults;
mod files;
mod keyboard;
mod mailbox;
mod methods;
mod persons;
mod profile;
mod prose;
mod refusal;
mod request;
mod seen;
mod sending;
mod server;
mod specification;
mod state;

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::{Duration, Instant};
use tokio_util::sync::CancellationToken;

pub(crate) use self::calls::{Call, Outcome};
pub(crate) use self::faults::{Fault, Lasting, On};
pub(crate) use self::persons::{Group, NothingToPress, Person, QueryId};
pub(crate) use self::seen::{Author, Manner, Notice, Seen, SeenButton, SeenFile, SeenMessage};
use self::state::{BOT, ChatKind, State};

/// After this a test that waits has failed.
const PATIENCE: Duration = Duration::from_secs(20);

/// Stops, and fails the test on a violation of the Bot API, when it is dropped.
pub(crate) struct TelegramStandIn {
    shared: Arc<Shared>,
    address: SocketAddr,
    serving: Mutex<JoinHandle<()>>,
    bringing: JoinHandle<()>,
}

struct Shared {
    token: String,
    state: Mutex<State>,
    changed: watch::Sender<()>,
    stopping: CancellationToken,
}

impl Shared {
    /// Without telling anybody.
    fn look<T>(&self, act: impl FnOnce(&mut State) -> T) -> T {
        act(&mut self
            .state
            .lock()
            .expect("no test panics while it holds this"))
    }

    fn change<T>(&self, act: impl FnOnce(&mut State) -> T) -> T {
        let outcome = self.look(act);
        self.changed.send_replace(());
        outcome
    }

    fn changes(&self) -> watch::Receiver<()> {
        self.changed.subscribe()
    }
}

impl TelegramStandIn {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0")
            .await
            .expect("loopback has a free port");
        let address = listener.local_addr().expect("a listener has an address");
        let shared = Arc::new(Shared {
            // Put together here, so that nobody takes it for a token that leaked.
            token: format!("{BOT}:{}", "Dp1-_".repeat(7)),
            state: Mutex::new(State::new()),
            changed: watch::Sender::new(()),
            stopping: CancellationToken::new(),
        });
        let serving = tokio::spawn(server::serve(listener, shared.clone()));
        let bringing = tokio::spawn(mailbox::deliver_to_webhook(shared.clone()));
        Self {
            shared,
            address,
            serving: Mutex::new(serving),
            bringing,
        }
    }

    /// For `TELEGRAM_API_URL`, without a slash at the end.
    pub(crate) fn base(&self) -> String {
        format!("http://{}", self.address)
    }

    pub(crate) fn token(&self) -> &str {
        &self.shared.token
    }

    /// A person who has not written to the bot yet.
    pub(crate) fn person(&self, id: i64, name: &str, language: Option<&str>) -> Person {
        Person::join(self.shared.clone(), id, name, language)
    }

    pub(crate) fn group(&self, id: i64, title: &str) -> Group {
        let title = title.to_owned();
        Group::open(self.shared.clone(), id, ChatKind::Group { title })
    }

    /// A supergroup with topics.
    pub(crate) fn forum(&self, id: i64, title: &str) -> Group {
        let title = title.to_owned();
        Group::open(self.shared.clone(), id, ChatKind::Forum { title })
    }

    /// Everything that the bot called, in the order of arrival.
    pub(crate) fn calls(&self) -> Vec<Call> {
        self.shared.look(|state| state.calls.clone())
    }

    pub(crate) fn calls_of(&self, method: &str) -> Vec<Call> {
        self.shared.look(|state| {
            let calls = state.calls.iter().filter(|call| call.method == method);
            calls.cloned().collect()
        })
    }

    /// When the bot called last, but for polls.
    pub(crate) fn last_call_at(&self) -> Option<Instant> {
        self.shared.look(|state| {
            let mut others = state
                .calls
                .iter()
                .filter(|call| call.method != "getUpdates");
            others.next_back().map(|call| call.at)
        })
    }

    pub(crate) fn clear_calls(&self) {
        self.shared.look(|state| {
            state.forgotten_calls += state.calls.len();
            state.calls.clear();
        });
    }

    /// The presses that nobody answered yet.
    pub(crate) fn unanswered(&self) -> Vec<QueryId> {
        self.shared.look(|state| {
            let open = state.queries.iter().filter(|(_, query)| !query.is_answered);
            open.map(|(id, _)| id.clone()).collect()
        })
    }

    /// The updates that the bot has not confirmed yet.
    pub(crate) fn waiting_updates(&self) -> usize {
        self.shared.look(|state| state.mailbox.count())
    }

    /// Why the last call to the webhook failed.
    pub(crate) fn webhook_error(&self) -> Option<String> {
        self.shared.look(|state| state.mailbox.last_error())
    }

    pub(crate) fn violations(&self) -> Vec<String> {
        self.shared.look(|state| state.violations.clone())
    }

    /// Whether requests are held against the official description, beside the limits in words.
    pub(crate) fn has_specification() -> bool {
        specification::is_at_hand()
    }

    /// Why something is not of this type of the Bot API, as far as the description tells.
    pub(crate) fn misfits(kind: &str, value: &Value) -> Vec<String> {
        specification::misfits(kind, value)
    }

    /// For a test that wants them: those that are taken fail nothing.
    pub(crate) fn take_violations(&self) -> Vec<String> {
        self.shared
            .look(|state| std::mem::take(&mut state.violations))
    }

    /// Waits until this holds; the test fails when it takes too long.
    pub(crate) async fn until(&self, what: &str, holds: impl Fn(&Self) -> bool) {
        self.until_some(what, |stand_in| holds(stand_in).then_some(()))
            .await;
    }

    /// Waits until there is something.
    pub(crate) async fn until_some<T>(&self, what: &str, find: impl Fn(&Self) -> Option<T>) -> T {
        let deadline = Instant::now() + PATIENCE;
        let mut changes = self.shared.changes();
        loop {
            changes.mark_unchanged();
            if let Some(found) = find(self) {
                return found;
            }
            let changed = tokio::time::timeout_at(deadline, changes.changed()).await;
            assert!(
                changed.is_ok(),
                "waited {PATIENCE:?} in vain until {what}; the newest calls: {:#?}",
                self.newest_calls()
            );
        }
    }

    /// The last updates that the bot saw come once more, whatever it confirmed.
    pub(crate) fn redeliver_last(&self, count: usize) {
        self.shared.change(|state| state.mailbox.repeat_last(count));
    }

    /// From now on updates wait, until they are delivered.
    pub(crate) fn hold_back(&self) {
        self.shared.change(|state| state.mailbox.hold_back());
    }

    pub(crate) fn deliver(&self) {
        self.shared.change(|state| state.mailbox.release());
    }

    /// What waits is delivered from the newest to the oldest.
    pub(crate) fn deliver_out_of_order(&self) {
        self.shared.change(|state| {
            state.mailbox.turn_around();
            state.mailbox.release();
        });
    }

    /// Updates for the webhook are brought there over plain HTTP, whatever its host: as by a proxy
    /// that speaks https in its place.
    pub(crate) fn reach_webhook_at(&self, proxy: SocketAddr) {
        self.shared
            .change(|state| state.mailbox.reach_webhook_at(proxy));
    }

    /// Any update at all; an `update_id` is given to it unless it has one.
    pub(crate) fn push_update(&self, update: Value) {
        self.shared.change(|state| state.mailbox.put_raw(update));
    }

    pub(crate) fn fail(&self, on: On, lasting: Lasting, fault: Fault) {
        self.shared
            .change(|state| state.faults.plan(on, lasting, fault));
    }

    /// No planned fault meets anything any more.
    pub(crate) fn recover(&self) {
        self.shared.change(|state| state.faults.forget());
    }

    /// As BotFather's /setprivacy does.
    pub(crate) fn switch_privacy_mode_off(&self) {
        self.shared.change(|state| state.has_privacy_mode = false);
    }

    /// From now on the token is a wrong one.
    pub(crate) fn revoke_token(&self) {
        self.shared.change(|state| state.is_revoked = true);
    }

    /// Connections end, and new ones are refused.
    pub(crate) fn goes_away(&self) {
        self.serving
            .lock()
            .expect("no test panics while it holds this")
            .abort();
        self.shared.change(|state| state.is_away = true);
    }

    pub(crate) async fn comes_back(&self) {
        let listener = TcpListener::bind(self.address).await;
        let listener = listener.expect("nobody has taken the port meanwhile");
        self.shared.change(|state| state.is_away = false);
        let serving = tokio::spawn(server::serve(listener, self.shared.clone()));
        *self
            .serving
            .lock()
            .expect("no test panics while it holds this") = serving;
    }

    fn newest_calls(&self) -> Vec<String> {
        let calls = self.calls();
        let newest = calls.iter().rev().take(8).rev();
        newest
            .map(|call| format!("{} {} {:?}", call.method, call.params, call.outcome))
            .collect()
    }
}

impl Drop for TelegramStandIn {
    fn drop(&mut self) {
        self.shared.stopping.cancel();
        self.bringing.abort();
        let violations = self.violations();
        assert!(
            violations.is_empty() || std::thread::panicking(),
            "the bot broke the rules of the Bot API: {violations:#?}"
        );
    }
}
