//! What a person can ask for at any time with a command, where a channel has commands.

/// A command; `crate::wording` knows its name and description in every language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Command {
    /// Goes on where the person is, or begins a new consultation.
    Consult,
    /// Erases everything: asked once more before it is done.
    Delete,
    /// What is kept, and the consents that hold.
    Privacy,
    /// Another language.
    Language,
    /// What Dupi is and is not, and how to go on.
    Help,
    /// Stops the consultation under way; nothing of it is kept.
    Cancel,
}

impl Command {
    /// Every command, in the order in which they are shown.
    pub const ALL: [Self; 6] = [
        Self::Consult,
        Self::Delete,
        Self::Privacy,
        Self::Language,
        Self::Help,
        Self::Cancel,
    ];

    /// The name used in records, text keys and on channels that know only ASCII.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Consult => "consult",
            Self::Delete => "delete",
            Self::Privacy => "privacy",
            Self::Language => "language",
            Self::Help => "help",
            Self::Cancel => "cancel",
        }
    }

    /// The command of that [`id`](Self::id).
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|command| command.id() == id)
    }
}
