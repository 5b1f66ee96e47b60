//! Saying something on Discord: worded, laid out, and sent to where the person is.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use secrecy::SecretString;

use super::PersonalPlace;
use super::components::Labels;
use super::delivery::Delivery;
use super::greeting::EPHEMERAL;
use super::http::{Call, CallError, Upload};
use super::layout::{Form, Part, Pictured, lay_out};
use super::notebook::Notebook;
use super::personal::{SwitchedOff, is_always_said};
use super::place::{LONGEST_PROMISE, Pass, Reply, Way, way};
use super::press::PressIds;
use super::wire::{Counted, Wire};
use crate::domain::consultation::{Language, Message};
use crate::ports::{
    ChannelNotes, Clock, ConversationId, Farewell, Leaving, MessageSender, Outgoing, PhotoStore,
    PhotoStoreError, SendError, StoreError, StoredKind,
};
use crate::wording::{Picture, Worded, Wording};

/// What sending needs.
pub(super) struct SenderParts {
    pub(super) wire: Arc<Wire>,
    pub(super) ids: PressIds,
    pub(super) notes: Arc<dyn ChannelNotes>,
    pub(super) photos: Arc<dyn PhotoStore>,
    pub(super) wording: Arc<Wording>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) guide: Arc<[u8]>,
    /// It binds what goes out, too: what is stored may be older than the setting.
    pub(super) personal: PersonalPlace,
}

/// Sends messages on Discord.
#[derive(Clone)]
pub(super) struct DiscordSender(pub(super) Arc<SenderParts>);

impl std::fmt::Debug for DiscordSender {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("DiscordSender(…)")
    }
}

/// An address of Discord's that holds no id of a person.
#[derive(Debug, thiserror::Error)]
#[error("the address is no Discord user id")]
struct NoUserId;

impl SenderParts {
    pub(super) fn notebook(&self, conversation: ConversationId) -> Notebook<'_> {
        Notebook {
            notes: self.notes.as_ref(),
            clock: self.clock.as_ref(),
            conversation,
        }
    }

    pub(super) fn phrase(&self, language: Language, key: &str) -> String {
        self.wording.phrases().phrase(language, key, &[])
    }

    /// What of the ways to a person the setting leaves.
    fn allowed(&self, reply: Reply) -> Reply {
        match self.personal {
            PersonalPlace::Direct => reply.in_direct_messages(),
            PersonalPlace::Ephemeral | PersonalPlace::Off => reply,
        }
    }

    /// The picture that goes with a message. A card that is gone is left out: the text says the same.
    async fn picture(
        &self,
        conversation: ConversationId,
        worded: &Worded,
    ) -> Result<Option<Pictured>, SendError> {
        let (name, bytes, alternative) = match &worded.picture {
            None => return Ok(None),
            Some(Picture::PhotoGuide { alternative }) => {
                ("guide.png", self.guide.clone(), alternative)
            }
            Some(Picture::Card { card, alternative }) => {
                let kind = StoredKind::Card(card.consultation);
                match self.photos.get(conversation, kind).await {
                    Ok(bytes) => ("card.png", Arc::from(bytes), alternative),
                    Err(PhotoStoreError::Absent) => return Ok(None),
                    Err(PhotoStoreError::Store(error)) => return Err(told_of_store(error)),
                }
            }
        };
        Ok(Some(Pictured {
            file: Upload { name, bytes },
            alternative: alternative.clone(),
        }))
    }

    fn labels(&self, person: u64, language: Language, reply: &Reply) -> Labels<'_> {
        let now = self.clock.now().as_millisecond();
        // Where others read along, a photo must not be posted.
        let is_aside =
            reply.direct.is_none() && reply.pass.as_ref().is_some_and(|pass| pass.is_good(now));
        Labels {
            ids: &self.ids,
            person,
            language,
            choose: self.phrase(language, "discord-choose"),
            write: self.phrase(language, "discord-write"),
            photo_hint: is_aside.then(|| self.phrase(language, "discord-photo-by-command")),
        }
    }
}

#[async_trait]
impl MessageSender for DiscordSender {
    async fn send(&self, outgoing: Outgoing) -> Result<(), SendError> {
        let parts = &self.0;
        let person = person(&outgoing.address.key)?;
        if parts.personal == PersonalPlace::Off && !is_always_said(&outgoing.message) {
            return Err(SendError::Refused(Box::new(SwitchedOff)));
        }
        let notebook = parts.notebook(outgoing.conversation);
        let reply = notebook.reply().await.map_err(told_of_store)?;
        let reply = parts.allowed(reply);
        let worded = parts.wording.words(&outgoing.message, outgoing.language);
        let picture = parts.picture(outgoing.conversation, &worded).await?;
        let labels = parts.labels(person, outgoing.language, &reply);
        let mut delivery = Delivery::new(parts, &outgoing, person, reply).await?;
        let shown = lay_out(&worded, form(&outgoing.message), picture, &labels);
        match delivery.deliver(shown).await {
            Err(Failure::Misshapen { components }) => {
                let mut plain = lay_out(&worded, Form::Text, None, &labels);
                if components {
                    plain = plain.into_iter().map(Part::without_components).collect();
                }
                delivery.deliver(plain).await
            }
            other => other,
        }
        .map_err(Failure::told)?;
        if worded.is_working
            && let Some(channel) = delivery.direct()
        {
            show_typing(parts, channel).await;
        }
        Ok(())
    }

    async fn farewell(&self, leaving: Leaving) -> Farewell {
        let parts = self.0.clone();
        let notebook = parts.notebook(leaving.conversation);
        let reply = notebook.reply().await;
        let begun = notebook.direct().await;
        Box::pin(async move {
            let mut reply = parts.allowed(reply.map_err(told_of_store)?);
            let person = person(&leaving.address.key)?;
            let now = parts.clock.now().as_millisecond();
            let text = parts.phrase(leaving.language, "messenger-erased");
            let body = Part::text(text).body();
            let mut next = way(&reply, begun.map_err(told_of_store)?, None, now);
            if next == Way::OpenDirect {
                let channel = open_direct(&parts.wire, person).await;
                let channel = channel.map_err(|error| Failure::of(error).told())?;
                next = Way::Post { channel };
            }
            let (counted, call) = call(&next, body);
            let said = parts.wire.call(counted, call).await;
            said.map_err(|error| Failure::of(error).told())?;
            if let Way::EditOriginal(pass) = next {
                reply.fulfil(pass.interaction);
            }
            // Nothing follows any more.
            for pass in reply.forlorn(now + LONGEST_PROMISE) {
                if let Err(error) = take_away(&parts.wire, &pass).await {
                    tracing::info!(%error, "A promised reply could not be taken away");
                }
            }
            Ok(())
        })
    }
}

/// Why a part was not said.
#[derive(Debug)]
pub(super) enum Failure {
    Call(CallError),
    Store(StoreError),
    /// Discord does not take it as it is; perhaps it takes the plain text.
    Misshapen {
        components: bool,
    },
    Refused(CallError),
    PersonGone,
}

impl Failure {
    pub(super) fn of(error: CallError) -> Self {
        match error {
            CallError::Refused { status: 401, .. } => Self::Call(error),
            CallError::Refused { .. } => Self::Refused(error),
            other => Self::Call(other),
        }
    }

    fn told(self) -> SendError {
        match self {
            Self::Call(error) => SendError::Unavailable {
                after: match &error {
                    CallError::SlowDown { after, .. } | CallError::Crowded { after } => {
                        Some(*after)
                    }
                    CallError::Refused { .. }
                    | CallError::Broken { .. }
                    | CallError::Unreachable(_)
                    | CallError::Stopped => None,
                },
                source: Box::new(error),
            },
            Self::Store(error) => told_of_store(error),
            Self::Refused(error) => SendError::Refused(Box::new(error)),
            Self::Misshapen { .. } => SendError::Refused("not even the plain text is taken".into()),
            Self::PersonGone => SendError::PersonGone,
        }
    }
}

pub(super) fn told_of_store(error: StoreError) -> SendError {
    if error.is_temporary() {
        SendError::Unavailable {
            after: None,
            source: Box::new(error),
        }
    } else {
        SendError::Refused(Box::new(error))
    }
}

/// The call for one part, and what it is counted by. A direct message that is yet to begin has none.
pub(super) fn call(way: &Way, mut body: serde_json::Value) -> (Counted, Call) {
    match way {
        Way::EditOriginal(pass) => {
            let (application, token) = (pass.application, &pass.token);
            let path = format!("/webhooks/{application}/{token}/messages/@original");
            (
                Counted::Interaction(pass.interaction),
                Call::patch(path, body),
            )
        }
        Way::EditAside { pass, message } => {
            let (application, token) = (pass.application, &pass.token);
            let path = format!("/webhooks/{application}/{token}/messages/{message}");
            (
                Counted::Interaction(pass.interaction),
                Call::patch(path, body),
            )
        }
        Way::EditInChannel { channel, message } => {
            let path = format!("/channels/{channel}/messages/{message}");
            (Counted::Direct(*channel), Call::patch(path, body))
        }
        Way::FollowUp(pass) => {
            body["flags"] = EPHEMERAL.into();
            let path = format!("/webhooks/{}/{}", pass.application, pass.token);
            (
                Counted::Interaction(pass.interaction),
                Call::post(path, body),
            )
        }
        Way::Post { channel } => {
            let path = format!("/channels/{channel}/messages");
            (Counted::Direct(*channel), Call::post(path, body))
        }
        Way::OpenDirect => (
            Counted::Alone,
            Call::post("/users/@me/channels", serde_json::Value::Null),
        ),
    }
}

/// The channel for direct messages with a person, begun if there is none.
pub(super) async fn open_direct(wire: &Wire, person: u64) -> Result<u64, CallError> {
    let body = serde_json::json!({ "recipient_id": person.to_string() });
    let call = Call::post("/users/@me/channels", body);
    let channel = wire.call(Counted::Alone, call).await?;
    id(&channel).ok_or(CallError::Broken { status: 200 })
}

/// Takes away what stands as an interaction's own reply, if it is still there.
pub(super) async fn take_away(wire: &Wire, pass: &Pass) -> Result<(), CallError> {
    let (application, token) = (pass.application, &pass.token);
    let path = format!("/webhooks/{application}/{token}/messages/@original");
    let counted = Counted::Interaction(pass.interaction);
    match wire.call(counted, Call::delete(path)).await {
        Ok(_) => Ok(()),
        Err(CallError::Refused { status, .. }) if status != 401 => Ok(()),
        Err(error) => Err(error),
    }
}

/// The id of what an answer tells.
pub(super) fn id(answer: &serde_json::Value) -> Option<u64> {
    answer["id"].as_str()?.parse().ok()
}

/// Shows for ten seconds that something is under way; it does not matter whether it is seen, so the
/// next message does not wait for it.
async fn show_typing(parts: &SenderParts, channel: u64) {
    const PATIENCE: Duration = Duration::from_secs(2);
    let call = Call::post(format!("/channels/{channel}/typing"), serde_json::json!({}));
    let shown = parts.wire.call(Counted::Typing(channel), call);
    match tokio::time::timeout(PATIENCE, shown).await {
        Ok(Ok(_)) => {}
        Ok(Err(error)) => tracing::debug!(%error, "Typing could not be shown"),
        Err(_) => tracing::debug!("Typing could not be shown in time"),
    }
}

fn person(key: &str) -> Result<u64, SendError> {
    key.parse()
        .map_err(|_| SendError::Refused(Box::new(NoUserId)))
}

fn form(message: &Message) -> Form {
    match message {
        Message::Guidance { .. } => Form::Framed,
        _ => Form::Text,
    }
}

/// The ids under which a bot's token makes its presses.
pub(super) fn press_ids(token: &SecretString) -> PressIds {
    PressIds::new(token.clone())
}
