//! Where an answer goes: what is remembered of it, and how it is decided. Pure.

use serde::{Deserialize, Serialize};

/// How long an interaction's token is good, in milliseconds.
pub(super) const PASS_LASTS: i64 = 15 * 60 * 1_000;
/// Nothing is begun with a token this near to its end.
const MARGIN: i64 = 5_000;
/// After this a reply that is only promised is taken away when another message goes out, in
/// milliseconds: what it waits for can follow by itself.
pub(super) const LONGEST_PROMISE: i64 = 60_000;
/// How many promised replies may wait for messages.
const MOST_WAITING: usize = 8;

/// The right to answer one interaction, for a while.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Pass {
    pub(super) interaction: u64,
    pub(super) application: u64,
    pub(super) token: String,
    /// In milliseconds of Unix time.
    pub(super) ends: i64,
    pub(super) original: Original,
}

/// What stands as an interaction's own reply.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Original {
    /// "Thinking": the first message takes its place.
    Awaited,
    /// The message under which something was pressed.
    Standing(u64),
    /// Said already.
    Said,
}

impl Pass {
    pub(super) fn is_good(&self, now: i64) -> bool {
        now + MARGIN < self.ends
    }

    /// "Thinking" stands there.
    fn is_awaited(&self) -> bool {
        self.original == Original::Awaited
    }
}

impl std::fmt::Debug for Pass {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Pass(…)")
    }
}

/// How a person is answered now: the note `reply`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(super) struct Reply {
    /// The direct-message channel, when that is where the person is.
    pub(super) direct: Option<u64>,
    pub(super) pass: Option<Pass>,
    /// Good for a word to the person, not for what is personal.
    pub(super) aside: Option<Pass>,
    /// The channel of a server in which they spoke to us.
    pub(super) guild_channel: Option<u64>,
    /// Of earlier interactions there, the oldest first: "thinking" waits for a message.
    #[serde(default)]
    pub(super) waiting: Vec<Pass>,
    /// Of earlier interactions elsewhere: "thinking" is to be taken away.
    #[serde(default)]
    pub(super) left: Vec<Pass>,
}

impl Reply {
    /// Takes over what is still owed to the person from before.
    pub(super) fn after(mut self, before: Self, now: i64) -> Self {
        let place = |reply: &Self| (reply.direct, reply.guild_channel);
        let is_there = place(&self) == place(&before);
        let own = self.pass.as_ref().map(|pass| pass.interaction);
        let is_owed =
            |pass: &Pass| pass.is_awaited() && pass.is_good(now) && Some(pass.interaction) != own;
        self.left.extend(before.left.into_iter().filter(is_owed));
        let owed = before.waiting.into_iter().chain(before.pass);
        let owed: Vec<Pass> = owed.filter(is_owed).collect();
        if is_there {
            self.waiting = owed;
            let too_many = self.waiting.len().saturating_sub(MOST_WAITING);
            self.left.extend(self.waiting.drain(..too_many));
        } else {
            self.left.extend(owed);
        }
        self
    }

    /// Without what leads to the person on a server, which is good for a word there and no more.
    pub(super) fn in_direct_messages(mut self) -> Self {
        if self.direct.is_some() {
            return self;
        }
        self.left.append(&mut self.waiting);
        if let Some(pass) = self.pass.take() {
            self.aside.get_or_insert_with(|| Pass {
                original: Original::Said,
                ..pass.clone()
            });
            self.left.push(pass);
        }
        self
    }

    /// A message has taken the place of "thinking", or it was taken away.
    pub(super) fn fulfil(&mut self, interaction: u64) {
        let pass = self.pass.as_mut();
        if let Some(pass) = pass.filter(|pass| pass.interaction == interaction) {
            pass.original = Original::Said;
        }
        self.waiting.retain(|pass| pass.interaction != interaction);
        self.left.retain(|pass| pass.interaction != interaction);
    }

    /// A token that is refused leads nowhere any more.
    pub(super) fn give_up(&mut self, spent: &Pass) {
        if self
            .pass
            .as_ref()
            .is_some_and(|pass| pass.token == spent.token)
        {
            self.pass = None;
        }
        self.waiting.retain(|pass| pass.token != spent.token);
    }

    /// Where "thinking" stands that nothing will take the place of.
    pub(super) fn forlorn(&self, now: i64) -> Vec<Pass> {
        let is_old = |pass: &&Pass| now > pass.ends - PASS_LASTS + LONGEST_PROMISE;
        let waiting = self.waiting.iter().chain(&self.pass).filter(is_old);
        let forlorn = self.left.iter().chain(waiting);
        forlorn
            .filter(|pass| pass.is_awaited() && pass.is_good(now))
            .cloned()
            .collect()
    }
}

/// Where messages stand that may be edited: the note `slot:<id>`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Standing {
    /// One that was said without telling us which it is cannot be edited.
    pub(super) messages: Vec<Option<u64>>,
    pub(super) spot: Spot,
}

/// How a message that stands somewhere is reached.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Spot {
    Channel(u64),
    /// Only the person sees it; its interaction's token reaches it.
    Aside(Pass),
}

/// The next call for one part of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Way {
    EditOriginal(Pass),
    EditAside {
        pass: Pass,
        message: u64,
    },
    EditInChannel {
        channel: u64,
        message: u64,
    },
    FollowUp(Pass),
    Post {
        channel: u64,
    },
    /// A direct message has to be begun.
    OpenDirect,
}

/// Which way one part goes. `begun` is the direct-message channel that we once began, `standing` the
/// message that the part takes the place of.
pub(super) fn way(
    reply: &Reply,
    begun: Option<u64>,
    standing: Option<(&Spot, u64)>,
    now: i64,
) -> Way {
    let pass = reply.pass.as_ref().filter(|pass| pass.is_good(now));
    let direct = reply.direct.or(begun.filter(|_| pass.is_none()));
    if let Some((spot, message)) = standing {
        if let Some(pass) = pass
            && pass.original == Original::Standing(message)
        {
            return Way::EditOriginal(pass.clone());
        }
        match spot {
            Spot::Channel(channel) if direct == Some(*channel) => {
                return Way::EditInChannel {
                    channel: *channel,
                    message,
                };
            }
            Spot::Aside(aside) if reply.direct.is_none() && aside.is_good(now) => {
                return Way::EditAside {
                    pass: aside.clone(),
                    message,
                };
            }
            // The person is elsewhere by now, or it cannot be reached any more.
            Spot::Channel(_) | Spot::Aside(_) => {}
        }
    }
    let mut awaited = reply.waiting.iter().chain(&reply.pass);
    if let Some(awaited) = awaited.find(|pass| pass.is_awaited() && pass.is_good(now)) {
        return Way::EditOriginal(awaited.clone());
    }
    match (pass, direct) {
        (_, Some(channel)) => Way::Post { channel },
        (Some(pass), None) => Way::FollowUp(pass.clone()),
        (None, None) => Way::OpenDirect,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_000_000;

    fn pass(number: u64, original: Original) -> Pass {
        Pass {
            interaction: number,
            application: 1,
            token: format!("token {number}"),
            ends: NOW + 60_000,
            original,
        }
    }

    fn in_guild(original: Original) -> Reply {
        Reply {
            pass: Some(pass(1, original)),
            guild_channel: Some(50),
            ..Reply::default()
        }
    }

    fn in_direct(original: Original) -> Reply {
        Reply {
            direct: Some(7),
            pass: Some(pass(1, original)),
            ..Reply::default()
        }
    }

    #[test]
    fn the_first_message_takes_the_place_of_thinking_and_the_next_follow() {
        let awaited = in_guild(Original::Awaited);
        assert_eq!(
            way(&awaited, None, None, NOW),
            Way::EditOriginal(awaited.pass.clone().unwrap())
        );
        let said = in_guild(Original::Said);
        assert_eq!(
            way(&said, None, None, NOW),
            Way::FollowUp(said.pass.clone().unwrap())
        );
        let pressed = in_guild(Original::Standing(3));
        assert_eq!(
            way(&pressed, None, None, NOW),
            Way::FollowUp(pressed.pass.clone().unwrap())
        );
    }

    #[test]
    fn in_a_direct_message_channel_messages_are_posted() {
        let awaited = in_direct(Original::Awaited);
        assert_eq!(
            way(&awaited, None, None, NOW),
            Way::EditOriginal(awaited.pass.clone().unwrap())
        );
        assert_eq!(
            way(&in_direct(Original::Said), None, None, NOW),
            Way::Post { channel: 7 }
        );
        let written = Reply {
            direct: Some(7),
            ..Reply::default()
        };
        assert_eq!(way(&written, None, None, NOW), Way::Post { channel: 7 });
    }

    #[test]
    fn a_slot_is_edited_by_the_newest_press_on_it_else_where_it_stands() {
        let pressed = in_guild(Original::Standing(3));
        let older = pass(9, Original::Said);
        let spot = Spot::Aside(older.clone());
        assert_eq!(
            way(&pressed, None, Some((&spot, 3)), NOW),
            Way::EditOriginal(pressed.pass.clone().unwrap())
        );
        assert_eq!(
            way(&pressed, None, Some((&spot, 4)), NOW),
            Way::EditAside {
                pass: older,
                message: 4
            }
        );
        assert_eq!(
            way(
                &in_direct(Original::Said),
                None,
                Some((&Spot::Channel(7), 4)),
                NOW
            ),
            Way::EditInChannel {
                channel: 7,
                message: 4
            }
        );
        assert_eq!(
            way(
                &in_direct(Original::Standing(4)),
                None,
                Some((&Spot::Channel(7), 4)),
                NOW
            ),
            Way::EditOriginal(pass(1, Original::Standing(4)))
        );
    }

    #[test]
    fn a_slot_elsewhere_is_left_and_said_where_the_person_is() {
        let spot = Spot::Aside(pass(9, Original::Said));
        assert_eq!(
            way(&in_direct(Original::Said), None, Some((&spot, 4)), NOW),
            Way::Post { channel: 7 }
        );
        let said = in_guild(Original::Said);
        assert_eq!(
            way(&said, None, Some((&Spot::Channel(7), 4)), NOW),
            Way::FollowUp(said.pass.clone().unwrap())
        );
    }

    #[test]
    fn with_an_expired_token_it_goes_to_a_direct_message() {
        let later = NOW + 60_000;
        let spot = Spot::Aside(pass(9, Original::Said));
        for original in [Original::Awaited, Original::Standing(4), Original::Said] {
            assert_eq!(
                way(&in_guild(original), None, Some((&spot, 4)), later),
                Way::OpenDirect
            );
            assert_eq!(
                way(&in_direct(original), None, None, later),
                Way::Post { channel: 7 }
            );
        }
        assert_eq!(way(&Reply::default(), None, None, NOW), Way::OpenDirect);
        let almost = way(&in_guild(Original::Said), None, None, NOW + 56_000);
        assert_eq!(almost, Way::OpenDirect);
    }

    #[test]
    fn a_direct_message_that_was_begun_is_gone_on_with_where_no_token_leads_to_the_person() {
        let (elsewhere, later) = (in_guild(Original::Said), NOW + 60_000);
        let spot = Spot::Channel(7);
        let edit = Way::EditInChannel {
            channel: 7,
            message: 4,
        };
        assert_eq!(way(&elsewhere, Some(7), Some((&spot, 4)), later), edit);
        let post = Way::Post { channel: 7 };
        assert_eq!(way(&elsewhere, Some(7), None, later), post);
        let follow_up = Way::FollowUp(pass(1, Original::Said));
        assert_eq!(way(&elsewhere, Some(7), Some((&spot, 4)), NOW), follow_up);
    }

    #[test]
    fn what_was_promised_earlier_is_fulfilled_first_or_taken_away_where_the_person_left() {
        let first = in_guild(Original::Awaited);
        let second = Reply {
            pass: Some(pass(2, Original::Awaited)),
            ..in_guild(Original::Awaited)
        };
        let mut reply = second.after(first, NOW);
        for number in [1, 2] {
            let next = Way::EditOriginal(pass(number, Original::Awaited));
            assert_eq!(way(&reply, None, None, NOW), next);
            reply.fulfil(number);
        }
        let next = Way::FollowUp(pass(2, Original::Said));
        assert_eq!(way(&reply, None, None, NOW), next);

        let elsewhere = in_direct(Original::Said).after(
            Reply {
                pass: Some(pass(2, Original::Awaited)),
                ..in_guild(Original::Awaited)
            },
            NOW,
        );
        assert_eq!(way(&elsewhere, None, None, NOW), Way::Post { channel: 7 });
        assert_eq!(elsewhere.forlorn(NOW), [pass(2, Original::Awaited)]);
        // The same deed handed in again owes nothing to itself.
        let again = in_guild(Original::Awaited).after(in_guild(Original::Awaited), NOW);
        assert_eq!(again, in_guild(Original::Awaited));
    }

    #[test]
    fn where_only_direct_messages_are_allowed_a_token_of_a_server_is_good_for_a_word_alone() {
        let reply = in_guild(Original::Awaited).in_direct_messages();
        assert_eq!(way(&reply, None, None, NOW), Way::OpenDirect);
        assert_eq!(way(&reply, Some(7), None, NOW), Way::Post { channel: 7 });
        assert_eq!(reply.aside, Some(pass(1, Original::Said)));
        assert_eq!(reply.forlorn(NOW), [pass(1, Original::Awaited)]);
        let direct = in_direct(Original::Awaited);
        assert_eq!(direct.clone().in_direct_messages(), direct);
    }

    #[test]
    fn a_promise_that_nothing_fulfils_is_taken_away_after_a_while() {
        let promised = Reply {
            pass: Some(Pass {
                ends: NOW + PASS_LASTS,
                ..pass(1, Original::Awaited)
            }),
            ..Reply::default()
        };
        assert!(promised.forlorn(NOW + LONGEST_PROMISE).is_empty());
        assert_eq!(promised.forlorn(NOW + LONGEST_PROMISE + 1).len(), 1);
        assert!(promised.forlorn(NOW + PASS_LASTS).is_empty());
    }

    #[test]
    fn notes_come_back_as_they_were_written() {
        let reply = Reply {
            aside: Some(pass(2, Original::Standing(4))),
            waiting: vec![pass(3, Original::Awaited)],
            ..in_guild(Original::Awaited)
        };
        let text = serde_json::to_string(&reply).unwrap();
        assert_eq!(serde_json::from_str::<Reply>(&text).unwrap(), reply);
        let standing = Standing {
            messages: vec![Some(1), None],
            spot: Spot::Aside(pass(3, Original::Said)),
        };
        let text = serde_json::to_string(&standing).unwrap();
        assert_eq!(serde_json::from_str::<Standing>(&text).unwrap(), standing);
    }
}
