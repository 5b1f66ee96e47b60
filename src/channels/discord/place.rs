//! Where an answer goes: what is remembered of it, and how it is decided. Pure.

use serde::{Deserialize, Serialize};

/// How long an interaction's token is good, in milliseconds.
pub(super) const PASS_LASTS: i64 = 15 * 60 * 1_000;
/// Nothing is begun with a token this near to its end.
const MARGIN: i64 = 5_000;

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

/// Which way one part goes. `standing` is the message that it takes the place of.
pub(super) fn way(reply: &Reply, standing: Option<(&Spot, u64)>, now: i64) -> Way {
    let pass = reply.pass.as_ref().filter(|pass| pass.is_good(now));
    if let Some((spot, message)) = standing {
        if let Some(pass) = pass
            && pass.original == Original::Standing(message)
        {
            return Way::EditOriginal(pass.clone());
        }
        match spot {
            Spot::Channel(channel) if reply.direct == Some(*channel) => {
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
    match (pass, reply.direct) {
        (Some(pass), _) if pass.original == Original::Awaited => Way::EditOriginal(pass.clone()),
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
            way(&awaited, None, NOW),
            Way::EditOriginal(awaited.pass.clone().unwrap())
        );
        let said = in_guild(Original::Said);
        assert_eq!(
            way(&said, None, NOW),
            Way::FollowUp(said.pass.clone().unwrap())
        );
        let pressed = in_guild(Original::Standing(3));
        assert_eq!(
            way(&pressed, None, NOW),
            Way::FollowUp(pressed.pass.clone().unwrap())
        );
    }

    #[test]
    fn in_a_direct_message_channel_messages_are_posted() {
        let awaited = in_direct(Original::Awaited);
        assert_eq!(
            way(&awaited, None, NOW),
            Way::EditOriginal(awaited.pass.clone().unwrap())
        );
        assert_eq!(
            way(&in_direct(Original::Said), None, NOW),
            Way::Post { channel: 7 }
        );
        let written = Reply {
            direct: Some(7),
            ..Reply::default()
        };
        assert_eq!(way(&written, None, NOW), Way::Post { channel: 7 });
    }

    #[test]
    fn a_slot_is_edited_by_the_newest_press_on_it_else_where_it_stands() {
        let pressed = in_guild(Original::Standing(3));
        let older = pass(9, Original::Said);
        let spot = Spot::Aside(older.clone());
        assert_eq!(
            way(&pressed, Some((&spot, 3)), NOW),
            Way::EditOriginal(pressed.pass.clone().unwrap())
        );
        assert_eq!(
            way(&pressed, Some((&spot, 4)), NOW),
            Way::EditAside {
                pass: older,
                message: 4
            }
        );
        assert_eq!(
            way(
                &in_direct(Original::Said),
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
            way(&in_direct(Original::Said), Some((&spot, 4)), NOW),
            Way::Post { channel: 7 }
        );
        let said = in_guild(Original::Said);
        assert_eq!(
            way(&said, Some((&Spot::Channel(7), 4)), NOW),
            Way::FollowUp(said.pass.clone().unwrap())
        );
    }

    #[test]
    fn with_an_expired_token_it_goes_to_a_direct_message() {
        let later = NOW + 60_000;
        let spot = Spot::Aside(pass(9, Original::Said));
        for original in [Original::Awaited, Original::Standing(4), Original::Said] {
            assert_eq!(
                way(&in_guild(original), Some((&spot, 4)), later),
                Way::OpenDirect
            );
            assert_eq!(
                way(&in_direct(original), None, later),
                Way::Post { channel: 7 }
            );
        }
        assert_eq!(way(&Reply::default(), None, NOW), Way::OpenDirect);
        let almost = way(&in_guild(Original::Said), None, NOW + 56_000);
        assert_eq!(almost, Way::OpenDirect);
    }

    #[test]
    fn notes_come_back_as_they_were_written() {
        let reply = Reply {
            aside: Some(pass(2, Original::Standing(4))),
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
