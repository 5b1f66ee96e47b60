//! Taking in what persons do: acknowledged at once, then handed in at the desk in order.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use super::PersonalPlace;
use super::arrival::{Arrival, Attached, Deed, Handle, Venue};
use super::fetch::MOST_MEGABYTES;
use super::greeting::{EPHEMERAL, Greeting, Shown, Texts, Wish, callback, greet, references};
use super::http::{Call, CallError};
use super::lanes::Lanes;
use super::layout::Part;
use super::notebook::{REPLY, written};
use super::place::{Original, Reply, Way};
use super::press::Press;
use super::sender::{SenderParts, call, take_away};
use crate::channels::text;
use crate::domain::consultation::{
    AfterTips, Button, Command, Language, Message, OwnWords, Unusable,
};
use crate::ports::{
    Address, Channel, ChannelNote, ConversationDesk, Inbound, InboundId, InboundWhat, Received,
    StoreError,
};

/// Discord waits three seconds for an acknowledgement.
const ACKNOWLEDGE_WITHIN: Duration = Duration::from_millis(2_500);
/// How long of it may be spent on looking up which language the person chose.
const LOOK_UP_WITHIN: Duration = Duration::from_millis(300);
const ONE_TRY: Duration = Duration::from_millis(1_200);
/// The most characters of the title of a window, and of the label of its field.
const MOST_OF_WINDOW: usize = 45;
const UNKNOWN_INTERACTION: i64 = 10_062;
const ACKNOWLEDGED_ALREADY: i64 = 40_060;

/// How long a deed is kept in hand while the store is busy: nobody will tell us of it again.
const HOLD_ON: Duration = Duration::from_mins(2);
const LONGEST_BACKOFF: Duration = Duration::from_secs(5);

/// What became of an acknowledgement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Acknowledged {
    Yes,
    /// Too late, or not at all: the token is good for nothing.
    Late,
    /// Somebody else has done it and takes care of the rest.
    ByAnother,
}

/// Takes in arrivals.
pub(super) struct Intake {
    pub(super) parts: Arc<SenderParts>,
    pub(super) personal: PersonalPlace,
    pub(super) desk: Arc<dyn ConversationDesk>,
    pub(super) lanes: Lanes,
    /// For what is handed in at the same time.
    pub(super) room: Semaphore,
    /// For whatever is in hand, most of all while the store is down.
    pub(super) hands: Semaphore,
    pub(super) shutdown: CancellationToken,
}

impl Intake {
    /// Acknowledges, and hands in when it is this deed's turn.
    pub(super) async fn take_in(&self, arrival: Arrival) {
        let Ok(_in_hand) = self.hands.try_acquire() else {
            // Unacknowledged it is seen to have failed, which a promise would not be.
            tracing::error!("Too much is in hand already, and something that a person did is lost");
            return;
        };
        let Some(place) = self.lanes.enter(arrival.person, arrival.id) else {
            return;
        };
        let now = self.parts.clock.now().as_millisecond();
        let mut greeting = greet(&arrival, self.personal, &self.parts.ids, now);
        let language = self.language(&arrival, &greeting).await;
        match self.acknowledge(&arrival, &greeting.shown, language).await {
            Acknowledged::Yes => {}
            Acknowledged::ByAnother => return,
            Acknowledged::Late => forget_passes(&mut greeting.reply),
        }
        place.turn().await;
        // Never closed; whoever is first in a lane holds up nobody who holds a permit.
        let _permit = self.room.acquire().await;
        self.hand_in(&arrival, greeting, language).await;
    }

    /// The language of our own words to the person: what they chose, else what their client is set
    /// to. It is looked up only where there are such words, as no acknowledgement can wait for long.
    async fn language(&self, arrival: &Arrival, greeting: &Greeting) -> Language {
        let has_words = match &greeting.shown {
            Shown::GoOnInDirect | Shown::Explanation | Shown::NothingKnown => true,
            Shown::Nothing | Shown::Thinking | Shown::Heard | Shown::Window(..) => matches!(
                greeting.wish,
                Wish::Explain { .. } | Wish::CommandIfKnown(_)
            ),
        };
        let told = arrival.language.unwrap_or_default();
        if !has_words {
            return told;
        }
        let looking = async {
            let address = address(arrival.person);
            let conversation = self.desk.conversation(&address).await.ok()??;
            self.parts.notebook(conversation).language().await.ok()?
        };
        let chosen = tokio::time::timeout(LOOK_UP_WITHIN, looking).await;
        chosen.ok().flatten().unwrap_or(told)
    }

    async fn acknowledge(
        &self,
        arrival: &Arrival,
        shown: &Shown,
        language: Language,
    ) -> Acknowledged {
        let Some(handle) = handle(&arrival.deed) else {
            return Acknowledged::Yes;
        };
        let id = self.parts.ids.id(arrival.person, Press::Words);
        let texts = self.texts(shown, language);
        let Some(body) = callback(shown, arrival.venue, &texts, &id) else {
            return Acknowledged::Yes;
        };
        let path = format!("/interactions/{}/{}/callback", arrival.id, handle.token);
        let mut answer_was_lost = false;
        let trying = async {
            loop {
                let call = Call::post(path.clone(), body.clone()).within(ONE_TRY);
                // Past the gate: this is not counted, and must not wait for what is.
                let Err(error) = self.parts.wire.http.call(call).await else {
                    return Acknowledged::Yes;
                };
                match error.code() {
                    Some(ACKNOWLEDGED_ALREADY) if answer_was_lost => return Acknowledged::Yes,
                    Some(ACKNOWLEDGED_ALREADY) => return Acknowledged::ByAnother,
                    Some(UNKNOWN_INTERACTION) => return Acknowledged::Late,
                    Some(code) => {
                        tracing::warn!(code, %error, "An acknowledgement was refused");
                        return Acknowledged::Late;
                    }
                    None => {}
                }
                // A gateway that gives up tells nothing of what came of the call behind it.
                answer_was_lost |=
                    matches!(error, CallError::Unreachable(_) | CallError::Broken { .. });
                let pause = match error {
                    CallError::SlowDown { after, .. } => after,
                    _ => Duration::from_millis(100),
                };
                tokio::time::sleep(pause).await;
            }
        };
        let tried = tokio::time::timeout(ACKNOWLEDGE_WITHIN, trying).await;
        tried.unwrap_or(Acknowledged::Late)
    }

    fn texts(&self, shown: &Shown, language: Language) -> Texts {
        let phrase = |language, key| self.parts.phrase(language, key);
        match shown {
            Shown::Nothing | Shown::Thinking | Shown::Heard => Texts::default(),
            Shown::GoOnInDirect => Texts {
                said: phrase(language, "discord-go-on-in-direct"),
                ..Texts::default()
            },
            Shown::NothingKnown => Texts {
                said: phrase(language, "discord-nothing-known"),
                ..Texts::default()
            },
            Shown::Explanation => Texts {
                said: self.explanation(language).swap_remove(0),
                ..Texts::default()
            },
            Shown::Window(words, language) => {
                let (title, label) = match words {
                    OwnWords::FreeLine => ("discord-words-title", "discord-words-label"),
                    OwnWords::Question => ("discord-question-title", "discord-question-label"),
                };
                let short = |key| text::shortened(&phrase(*language, key), MOST_OF_WINDOW);
                Texts {
                    title: short(title),
                    label: short(label),
                    ..Texts::default()
                }
            }
        }
    }

    /// Why nothing personal is done here, and general tips, in as few messages as it takes.
    fn explanation(&self, language: Language) -> Vec<String> {
        let then = AfterTips::OfferConsent;
        let tips = Message::GeneralTips { then };
        let mut paragraphs = vec![self.parts.phrase(language, "discord-off")];
        paragraphs.extend(self.parts.wording.words(&tips, language).paragraphs);
        text::parts(&paragraphs, 2_000)
    }

    async fn hand_in(&self, arrival: &Arrival, greeting: Greeting, language: Language) {
        let Greeting {
            wish,
            mut reply,
            shown,
        } = greeting;
        if !matches!(wish, Wish::Nothing | Wish::Explain { .. }) {
            reply = self.with_what_is_owed(arrival, reply).await;
        }
        match wish {
            Wish::Nothing => {
                if shown == Shown::Explanation {
                    self.explain_on(arrival, language).await;
                }
            }
            Wish::Explain { channel } => self.explain_in(channel, arrival, language).await,
            Wish::Do(what) => {
                // Pressed twice: the farewell says it.
                let is_erasing = what == InboundWhat::Pressed(Button::ConfirmErase);
                let received = self.receive(arrival, "", what, &reply).await;
                if received == Some(Received::Unknown) && !is_erasing {
                    self.say_gone(&reply, language).await;
                }
            }
            Wish::CommandIfKnown(command) => {
                if self.is_known(arrival).await {
                    let what = InboundWhat::Commanded(command);
                    self.receive(arrival, "", what, &reply).await;
                } else {
                    self.explain_in_place(&reply, language).await;
                }
            }
            Wish::Command(command, files) => {
                let is_known = self.is_known(arrival).await;
                if !is_known {
                    let what = InboundWhat::Opened { language };
                    self.receive(arrival, ":opened", what, &reply).await;
                }
                let is_obeyed = match command {
                    // The photos are the wish.
                    Command::Consult => is_known && files.is_empty(),
                    Command::Help | Command::Privacy => true,
                    // There is nothing to erase, to translate or to stop.
                    Command::Delete | Command::Language | Command::Cancel => is_known,
                };
                if is_obeyed {
                    let what = InboundWhat::Commanded(command);
                    self.receive(arrival, "", what, &reply).await;
                }
                self.receive_files(arrival, &files, &reply).await;
            }
            Wish::Listen { text, files } => {
                if !self.is_known(arrival).await {
                    let what = InboundWhat::Opened { language };
                    self.receive(arrival, "", what, &reply).await;
                } else if !text.trim().is_empty() {
                    let what = InboundWhat::Said(text);
                    self.receive(arrival, "", what, &reply).await;
                }
                self.receive_files(arrival, &files, &reply).await;
            }
        }
    }

    async fn receive_files(&self, arrival: &Arrival, files: &[Attached], reply: &Reply) {
        let most = u64::from(MOST_MEGABYTES) * 1024 * 1024;
        let (fit, too_large): (Vec<Attached>, Vec<Attached>) =
            files.iter().cloned().partition(|file| file.bytes <= most);
        if !fit.is_empty() {
            let what = InboundWhat::FilesAnnounced(references(&fit));
            self.receive(arrival, ":files", what, reply).await;
        }
        if !too_large.is_empty() {
            let what = InboundWhat::FileRefused(Unusable::TooManyBytes {
                limit_megabytes: MOST_MEGABYTES,
            });
            self.receive(arrival, ":too-large", what, reply).await;
        }
    }

    /// Whether anything was ever said to that person.
    async fn is_known(&self, arrival: &Arrival) -> bool {
        let address = address(arrival.person);
        let found = self.insist(|| self.desk.conversation(&address)).await;
        matches!(found, Some(Some(_)))
    }

    /// Replies that earlier deeds were promised are not forgotten over the new one.
    async fn with_what_is_owed(&self, arrival: &Arrival, reply: Reply) -> Reply {
        let address = address(arrival.person);
        let found = self.insist(|| self.desk.conversation(&address)).await;
        let Some(Some(conversation)) = found else {
            return reply;
        };
        let notebook = self.parts.notebook(conversation);
        let before = self.insist(|| notebook.reply()).await;
        let now = self.parts.clock.now().as_millisecond();
        reply.after(before.unwrap_or_default(), now)
    }

    /// Hands it in; `None` if it could not be stored.
    async fn receive(
        &self,
        arrival: &Arrival,
        suffix: &str,
        what: InboundWhat,
        reply: &Reply,
    ) -> Option<Received> {
        let inbound = Inbound {
            address: address(arrival.person),
            id: InboundId(format!("discord:{}{suffix}", arrival.id)),
            what,
            notes: vec![ChannelNote::new(REPLY, written(reply))],
        };
        let received = self.insist(|| self.desk.receive(inbound.clone())).await;
        // Nothing will be said to it.
        if received.is_none()
            && let Some(pass) = &reply.pass
            && pass.original == Original::Awaited
            && let Err(error) = take_away(&self.parts.wire, pass).await
        {
            tracing::info!(%error, "A promised reply could not be taken away");
        }
        received
    }

    /// Tries until the store takes it, for a while.
    async fn insist<T, F: Future<Output = Result<T, StoreError>>>(
        &self,
        mut act: impl FnMut() -> F,
    ) -> Option<T> {
        let began = tokio::time::Instant::now();
        let mut backoff = Duration::from_millis(50);
        loop {
            let error = match act().await {
                Ok(done) => return Some(done),
                Err(error) => error,
            };
            let has_time = began.elapsed() < HOLD_ON && !self.shutdown.is_cancelled();
            if !error.is_temporary() || !has_time {
                tracing::error!(%error, "Something that a person did could not be stored");
                return None;
            }
            tokio::select! {
                () = tokio::time::sleep(backoff) => {}
                () = self.shutdown.cancelled() => {}
            }
            backoff = (backoff * 2).min(LONGEST_BACKOFF);
        }
    }

    /// The rest of an explanation that began with the acknowledgement.
    async fn explain_on(&self, arrival: &Arrival, language: Language) {
        let Some(handle) = handle(&arrival.deed) else {
            return;
        };
        let path = format!("/webhooks/{}/{}", handle.application, handle.token);
        for text in self.explanation(language).into_iter().skip(1) {
            let mut body = Part::text(text).body();
            if matches!(arrival.venue, Venue::Shared(_)) {
                body["flags"] = EPHEMERAL.into();
            }
            let counted = super::wire::Counted::Interaction(arrival.id);
            self.explain(counted, Call::post(path.clone(), body)).await;
        }
    }

    async fn explain_in(&self, channel: u64, arrival: &Arrival, language: Language) {
        for (number, text) in self.explanation(language).into_iter().enumerate() {
            let mut body = Part::text(text).body();
            body["nonce"] = format!("{}-{number}", arrival.id).into();
            body["enforce_nonce"] = true.into();
            let (counted, call) = call(&Way::Post { channel }, body);
            self.explain(counted, call).await;
        }
    }

    /// In place of "thinking".
    async fn explain_in_place(&self, reply: &Reply, language: Language) {
        let Some(pass) = &reply.pass else {
            return;
        };
        for (number, text) in self.explanation(language).into_iter().enumerate() {
            let way = if number == 0 {
                Way::EditOriginal(pass.clone())
            } else {
                Way::FollowUp(pass.clone())
            };
            let (counted, call) = call(&way, Part::text(text).body());
            self.explain(counted, call).await;
        }
    }

    /// The button was left standing when everything was erased; nothing is begun by it.
    async fn say_gone(&self, reply: &Reply, language: Language) {
        let way = match (&reply.direct, &reply.pass) {
            (Some(channel), _) => Way::Post { channel: *channel },
            (None, Some(pass)) => Way::FollowUp(pass.clone()),
            (None, None) => return,
        };
        let text = self.parts.phrase(language, "discord-nothing-known");
        let (counted, call) = call(&way, Part::text(text).body());
        self.explain(counted, call).await;
    }

    async fn explain(&self, counted: super::wire::Counted, call: Call) {
        if let Err(error) = self.parts.wire.call(counted, call).await {
            tracing::info!(%error, "An explanation could not be given");
        }
    }
}

fn handle(deed: &Deed) -> Option<&Handle> {
    match deed {
        Deed::Commanded { handle, .. }
        | Deed::Pressed { handle, .. }
        | Deed::Filled { handle, .. }
        | Deed::Strange { handle } => Some(handle),
        Deed::Wrote { .. } => None,
    }
}

fn address(person: u64) -> Address {
    Address {
        channel: Channel::Discord,
        key: person.to_string(),
    }
}

fn forget_passes(reply: &mut Reply) {
    reply.pass = None;
    reply.aside = None;
}
