//! One message on its way: part after part, along whichever way is open, once each.

use serde_json::{Value, json};

use super::PersonalPlace;
use super::http::CallError;
use super::layout::Part;
use super::notebook::{Notebook, Sent, language_note, said_note, sent_note, slot_note};
use super::place::{Original, Pass, Reply, Spot, Standing, Way, way};
use super::sender::{Failure, SenderParts, call, id, open_direct, take_away, told_of_store};
use super::wire::Counted;
use crate::ports::{Outgoing, SendError};
use crate::wording::Argument;

/// How many ways are tried for one part before it is put back.
const MOST_TRIES: usize = 6;

/// Discord's codes that lead to another way.
const UNKNOWN_CHANNEL: i64 = 10_003;
const UNKNOWN_MESSAGE: i64 = 10_008;
const UNKNOWN_WEBHOOK: i64 = 10_015;
const UNKNOWN_INTERACTION: i64 = 10_062;
const INVALID_TOKEN: i64 = 50_027;
/// An ephemeral message of an interaction that is over, or of somebody else's.
const NOT_EDITABLE: i64 = 50_005;
/// The person takes no direct messages from us.
const CLOSED: [i64; 3] = [50_007, 50_278, 50_033];
/// There is no such person any more.
const UNKNOWN_USER: i64 = 10_013;
/// The picture is not shown to this person: the words may be.
const EXPLICIT_CONTENT: i64 = 20_009;

/// One message on its way to one person.
pub(super) struct Delivery<'a> {
    parts: &'a SenderParts,
    outgoing: &'a Outgoing,
    notebook: Notebook<'a>,
    person: u64,
    reply: Reply,
    /// The direct-message channel that we once began.
    begun: Option<u64>,
    standing: Option<Standing>,
    sent: Sent,
}

impl<'a> Delivery<'a> {
    pub(super) async fn new(
        parts: &'a SenderParts,
        outgoing: &'a Outgoing,
        person: u64,
        reply: Reply,
    ) -> Result<Self, SendError> {
        let notebook = parts.notebook(outgoing.conversation);
        let standing = match outgoing.slot {
            Some(slot) => notebook.standing(slot).await.map_err(told_of_store)?,
            None => None,
        };
        let is_allowed = |standing: &Standing| match (parts.personal, &standing.spot) {
            (PersonalPlace::Direct, Spot::Aside(_)) => false,
            (PersonalPlace::Direct, Spot::Channel(_))
            | (PersonalPlace::Ephemeral | PersonalPlace::Off, _) => true,
        };
        let standing = standing.filter(is_allowed);
        let sent = notebook.sent(outgoing.id).await.map_err(told_of_store)?;
        let begun = notebook.direct().await.map_err(told_of_store)?;
        Ok(Self {
            parts,
            outgoing,
            notebook,
            person,
            reply,
            begun,
            standing,
            sent,
        })
    }

    /// The direct-message channel in which the person is.
    pub(super) fn direct(&self) -> Option<u64> {
        self.reply.direct
    }

    /// Says what was not said yet.
    pub(super) async fn deliver(&mut self, shown: Vec<Part>) -> Result<(), Failure> {
        for (number, part) in shown.iter().enumerate().skip(self.sent.parts) {
            let (way, message) = self.say(number, part).await?;
            self.keep(number, &way, message).await?;
        }
        self.take_away_what_is_forlorn().await
    }

    /// Takes "thinking" away where nothing will take its place.
    async fn take_away_what_is_forlorn(&mut self) -> Result<(), Failure> {
        for pass in self.reply.forlorn(self.parts.clock.now().as_millisecond()) {
            if let Err(error) = take_away(&self.parts.wire, &pass).await {
                // The next message tries it again.
                tracing::info!(%error, "A promised reply could not be taken away");
                return Ok(());
            }
            self.reply.fulfil(pass.interaction);
            let kept = self.notebook.keep(vec![said_note(pass.interaction)]).await;
            kept.map_err(Failure::Store)?;
        }
        Ok(())
    }

    /// Says one part; tells by which way, and as which message, if that is known.
    async fn say(&mut self, number: usize, part: &Part) -> Result<(Way, Option<u64>), Failure> {
        let mut last = CallError::Broken { status: 0 };
        for _ in 0..MOST_TRIES {
            let now = self.parts.clock.now().as_millisecond();
            let standing = self.standing.as_ref().and_then(|standing| {
                let message = standing.messages.get(number).copied().flatten()?;
                Some((&standing.spot, message))
            });
            let way = way(&self.reply, self.begun, standing, now);
            let error = match self.go(&way, number, part).await {
                Ok(answer) => {
                    let message = id(&answer).or_else(|| edited(&way));
                    let is_said_once = !matches!(way, Way::Post { .. } | Way::OpenDirect);
                    if message.is_none() && !is_said_once {
                        // Said again it is the same by its nonce, and tells which it is.
                        return Err(Failure::Call(CallError::Broken { status: 200 }));
                    }
                    return Ok((way, message));
                }
                Err(Failure::Refused(error)) => error,
                Err(Failure::Call(error)) if error.is_unauthorized() => error,
                Err(other) => return Err(other),
            };
            self.turn_back(&way, &error).await?;
            last = error;
        }
        Err(Failure::Call(last))
    }

    /// Makes the call of that way.
    async fn go(&mut self, way: &Way, number: usize, part: &Part) -> Result<Value, Failure> {
        let mut body = part.body();
        let way = match way {
            Way::OpenDirect => &Way::Post {
                channel: self.begin_direct().await?,
            },
            other => other,
        };
        if matches!(way, Way::Post { .. }) {
            body["nonce"] = self.parts.ids.nonce(self.outgoing.id, number).into();
            body["enforce_nonce"] = true.into();
        }
        let (counted, call) = call(way, body);
        let call = call.with_files(part.files());
        let answered = self.parts.wire.call(counted, call).await;
        answered.map_err(Failure::of)
    }

    /// A direct message is begun, where none is known.
    async fn begin_direct(&mut self) -> Result<u64, Failure> {
        let begun = open_direct(&self.parts.wire, self.person).await;
        let channel = begun.map_err(Failure::of)?;
        let kept = self.notebook.keep_direct(channel).await;
        kept.map_err(Failure::Store)?;
        self.begun = Some(channel);
        self.reply.direct = Some(channel);
        Ok(channel)
    }

    fn spot(&self, way: &Way) -> Spot {
        match (way, self.reply.direct) {
            (Way::EditInChannel { channel, .. } | Way::Post { channel }, _) => {
                Spot::Channel(*channel)
            }
            (_, Some(channel)) => Spot::Channel(channel),
            (Way::EditAside { pass, .. } | Way::EditOriginal(pass) | Way::FollowUp(pass), None) => {
                Spot::Aside(pass.clone())
            }
            (Way::OpenDirect, None) => unreachable!("a direct message that was sent has a channel"),
        }
    }

    /// Remembers that a part was said, where it stands, and that nobody waits for it any more.
    async fn keep(
        &mut self,
        number: usize,
        way: &Way,
        message: Option<u64>,
    ) -> Result<(), Failure> {
        self.sent = Sent { parts: number + 1 };
        let mut notes = vec![
            sent_note(self.outgoing.id, self.sent),
            language_note(self.outgoing.language),
        ];
        let spot = self.spot(way);
        if let Way::EditOriginal(pass) | Way::FollowUp(pass) = way
            && pass.original == Original::Awaited
        {
            self.reply.fulfil(pass.interaction);
            notes.push(said_note(pass.interaction));
        }
        if let Some(slot) = self.outgoing.slot {
            // What stands elsewhere is left behind as soon as the first part is not there any more.
            let is_there = |standing: &Standing| match (&standing.spot, &spot) {
                (Spot::Channel(before), Spot::Channel(now)) => before == now,
                (Spot::Aside(_), Spot::Aside(_)) => true,
                (Spot::Channel(_), Spot::Aside(_)) | (Spot::Aside(_), Spot::Channel(_)) => false,
            };
            let standing = self.standing.take();
            let mut messages = match standing.filter(|one| number > 0 || is_there(one)) {
                Some(standing) => standing.messages,
                None => Vec::new(),
            };
            match messages.get_mut(number) {
                Some(before) => *before = message,
                None => messages.push(message),
            }
            let standing = Standing { messages, spot };
            notes.push(slot_note(slot, &standing));
            self.standing = Some(standing);
        }
        self.notebook.keep(notes).await.map_err(Failure::Store)
    }

    /// After a refusal: closes the way that led nowhere, or tells that there is none.
    async fn turn_back(&mut self, way: &Way, error: &CallError) -> Result<(), Failure> {
        let code = error.code().unwrap_or(0);
        let is_by_pass = matches!(
            way,
            Way::EditOriginal(_) | Way::EditAside { .. } | Way::FollowUp(_)
        );
        match code {
            _ if CLOSED.contains(&code) => {
                self.hint().await?;
                Err(Failure::PersonGone)
            }
            UNKNOWN_USER if *way == Way::OpenDirect => Err(Failure::PersonGone),
            EXPLICIT_CONTENT => {
                tracing::warn!(
                    effect.id = %self.outgoing.id.0,
                    "Discord takes a picture for explicit, the words go out alone"
                );
                Err(Failure::Misshapen { components: false })
            }
            UNKNOWN_WEBHOOK | INVALID_TOKEN | UNKNOWN_INTERACTION if is_by_pass => {
                self.give_up_pass(way);
                Ok(())
            }
            _ if is_by_pass && error.is_unauthorized() => {
                self.give_up_pass(way);
                Ok(())
            }
            UNKNOWN_MESSAGE | NOT_EDITABLE => {
                self.give_up_message(way);
                Ok(())
            }
            // The place is gone, or closed to us by now: the person is not.
            _ if is_by_pass && error.is_about_the_place() => {
                self.give_up_pass(way);
                Ok(())
            }
            UNKNOWN_CHANNEL if !is_by_pass => {
                self.reply.direct = None;
                self.reply.pass = None;
                self.begun = None;
                self.standing = None;
                self.notebook.forget_direct().await.map_err(Failure::Store)
            }
            _ => {
                let CallError::Refused {
                    status,
                    code,
                    reason,
                } = error
                else {
                    return Ok(());
                };
                tracing::warn!(
                    effect.id = %self.outgoing.id.0, status, code, reason,
                    "Discord refused a message"
                );
                if *status == 400 || *status == 413 {
                    let components = reason.starts_with("components");
                    return Err(Failure::Misshapen { components });
                }
                if *status == 401 {
                    return Err(Failure::Call(CallError::Broken { status: 401 }));
                }
                Err(Failure::Refused(CallError::Refused {
                    status: *status,
                    code: *code,
                    reason: reason.clone(),
                }))
            }
        }
    }

    fn give_up_pass(&mut self, way: &Way) {
        let (Way::EditOriginal(spent) | Way::EditAside { pass: spent, .. } | Way::FollowUp(spent)) =
            way
        else {
            return;
        };
        self.reply.give_up(spent);
        if let Some(Standing {
            spot: Spot::Aside(pass),
            ..
        }) = &self.standing
            && pass.token == spent.token
        {
            self.standing = None;
        }
    }

    /// A message that is not there (any more) is said anew.
    fn give_up_message(&mut self, way: &Way) {
        match way {
            Way::EditOriginal(pass) => {
                self.reply.fulfil(pass.interaction);
                self.standing = None;
            }
            Way::EditAside { .. } | Way::EditInChannel { .. } => self.standing = None,
            Way::FollowUp(_) | Way::Post { .. } | Way::OpenDirect => self.reply.pass = None,
        }
    }

    /// Tells a person who takes no direct messages that something waits, once, and nothing of what.
    async fn hint(&mut self) -> Result<(), Failure> {
        let after = match (&self.reply.aside, &self.reply.pass) {
            (Some(pass), _) | (None, Some(pass)) => pass.interaction,
            (None, None) => 0,
        };
        if self.notebook.hinted().await.map_err(Failure::Store)? == Some(after) {
            return Ok(());
        }
        let now = self.parts.clock.now().as_millisecond();
        let language = self.outgoing.language;
        let aside = self.reply.aside.as_ref().filter(|pass| pass.is_good(now));
        let (counted, call) = match (aside, self.reply.guild_channel) {
            (Some(pass), _) => {
                let text = self.parts.phrase(language, "discord-direct-closed");
                let way = Way::FollowUp(pass.clone());
                call(&way, Part::text(text).body())
            }
            (None, Some(channel)) => {
                let mention = format!("<@{}>", self.person);
                let text = self.parts.wording.phrases().phrase(
                    language,
                    "discord-something-waits",
                    &[("person", Argument::Text(&mention))],
                );
                let mut body = Part::text(text).body();
                body["allowed_mentions"] =
                    json!({ "parse": [], "users": [self.person.to_string()] });
                body["nonce"] = self.parts.ids.hint_nonce(self.person, after).into();
                body["enforce_nonce"] = true.into();
                let (_, call) = call(&Way::Post { channel }, body);
                (Counted::Guild(channel), call)
            }
            (None, None) => return Ok(()),
        };
        match self.parts.wire.call(counted, call).await {
            Ok(_) => {}
            // We may not write there: the person finds out when they come back.
            Err(error @ CallError::Refused { .. }) => {
                tracing::info!(code = error.code(), "A hint could not be given");
            }
            Err(error) => return Err(Failure::of(error)),
        }
        self.notebook
            .keep_hinted(after)
            .await
            .map_err(Failure::Store)
    }
}

/// The message that is edited that way.
fn edited(way: &Way) -> Option<u64> {
    match way {
        Way::EditOriginal(Pass {
            original: Original::Standing(message),
            ..
        })
        | Way::EditAside { message, .. }
        | Way::EditInChannel { message, .. } => Some(*message),
        Way::EditOriginal(_) | Way::FollowUp(_) | Way::Post { .. } | Way::OpenDirect => None,
    }
}
