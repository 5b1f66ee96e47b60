//! Where a channel hands in what a person did.

use std::collections::BTreeSet;

use async_trait::async_trait;

use super::{Address, ChannelNote, ConversationId, InboundId, Presence, StoreError};
use crate::domain::consultation::{Button, Command, FileReference, Language, Mark, Unusable};
use crate::domain::scalp::{Choice, Question};

/// Something that a person did on a channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inbound {
    pub address: Address,
    /// The same id twice is the same deed: the second changes nothing.
    pub id: InboundId,
    pub what: InboundWhat,
    /// Stored in the same transaction: how the channel answers, where its message stands.
    pub notes: Vec<ChannelNote>,
}

/// What a person did.
#[derive(Clone, PartialEq, Eq)]
pub enum InboundWhat {
    /// The page was opened for the first time, or `/start` was sent.
    Opened { language: Language },
    /// A button was pressed; it may stand under an old message.
    Pressed(Button),
    /// A question was answered with choices; none is "none of these".
    Chosen {
        question: Question,
        choices: BTreeSet<Choice>,
    },
    /// One choice of a question of several was marked or cleared; the answer is taken by
    /// [`Button::Done`].
    Marked {
        question: Question,
        choice: Choice,
        mark: Mark,
    },
    /// A command was given.
    Commanded(Command),
    /// What was written, as it was written.
    Said(String),
    /// The bytes of a file, as they came.
    PhotoReceived(Vec<u8>),
    /// The bytes of several files that were sent together, as they came.
    AlbumReceived(Vec<Vec<u8>>),
    /// Files were sent together on a channel that keeps them: fetched when they may be looked at.
    FilesAnnounced(Vec<FileReference>),
    /// A file was sent that the channel itself knows to be of no use.
    FileRefused(Unusable),
}

impl InboundWhat {
    /// Whether it is done with something that Dupi showed before.
    pub const fn is_press(&self) -> bool {
        match self {
            Self::Pressed(_) | Self::Chosen { .. } | Self::Marked { .. } => true,
            Self::Opened { .. }
            | Self::Commanded(_)
            | Self::Said(_)
            | Self::PhotoReceived(_)
            | Self::AlbumReceived(_)
            | Self::FilesAnnounced(_)
            | Self::FileRefused(_) => false,
        }
    }
}

impl std::fmt::Debug for InboundWhat {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // What a person says, presses and sends must not reach a log.
        formatter.write_str(match self {
            Self::Opened { .. } => "Opened(…)",
            Self::Pressed(_) => "Pressed(…)",
            Self::Chosen { .. } => "Chosen(…)",
            Self::Marked { .. } => "Marked(…)",
            Self::Commanded(_) => "Commanded(…)",
            Self::Said(_) => "Said(…)",
            Self::PhotoReceived(_) => "PhotoReceived(…)",
            Self::AlbumReceived(_) => "AlbumReceived(…)",
            Self::FilesAnnounced(_) => "FilesAnnounced(…)",
            Self::FileRefused(_) => "FileRefused(…)",
        })
    }
}

/// What became of something that was handed in. All of it is stored by then.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Received {
    Accepted,
    /// It was handed in before; nothing changed.
    Repeated,
    /// The photo cannot be used; the person is told why in the conversation.
    PhotoTurnedAway(Unusable),
    /// A press by somebody whom nobody knows: on what was left standing when they were erased. It begins
    /// nothing, or a second tap on "erase" would make the person anew.
    Unknown,
}

/// Takes in what persons do, and moves their conversations.
#[async_trait]
pub trait ConversationDesk: Send + Sync {
    /// Takes it in; on `Ok` it is stored and survives a crash.
    async fn receive(&self, inbound: Inbound) -> Result<Received, StoreError>;

    /// Notes that the person at an address can be reached, or not any more. A person whom nobody
    /// knows is no error.
    async fn note_presence(&self, address: &Address, presence: Presence) -> Result<(), StoreError>;

    /// The conversation at an address, if anything was ever said there and it was not erased.
    async fn conversation(&self, address: &Address) -> Result<Option<ConversationId>, StoreError>;
}
