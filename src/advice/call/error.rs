//! Why a call brought nothing. Never a word of what was sent or received.

use std::time::Duration;

/// Which deadline has passed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deadline {
    /// There was no turn in time; the server was not asked.
    Queue,
    /// No connection.
    Connect,
    /// Nothing of the text.
    FirstToken,
    /// The text stopped growing.
    Gap,
    /// The text grew too slowly, or for too long.
    Total,
}

impl Deadline {
    /// As operators know it.
    const fn name(self) -> &'static str {
        match self {
            Self::Queue => "a turn in the queue",
            Self::Connect => "a connection",
            Self::FirstToken => "the first token",
            Self::Gap => "the next token",
            Self::Total => "the whole text",
        }
    }
}

/// What is wrong with an answer that was no refusal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Malformation {
    /// The server told of an error after it had begun to answer.
    ErrorInside,
    /// There is no text in it.
    Empty,
    /// It ended before the text did.
    CutOff,
    /// Some bytes of it are no UTF-8.
    NotUtf8,
    /// Something in it is no JSON.
    NotJson,
    /// It goes on and on.
    TooLong,
}

impl Malformation {
    /// As operators read it.
    const fn reason(self) -> &'static str {
        match self {
            Self::ErrorInside => "the server reported an error inside its answer",
            Self::Empty => "the answer has no text",
            Self::CutOff => "the answer ended before the text did",
            Self::NotUtf8 => "the answer is no UTF-8",
            Self::NotJson => "the answer is no JSON",
            Self::TooLong => "the answer is too long",
        }
    }
}

/// Which setting cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SettingsProblem {
    /// It is no http or https address without a query.
    Address,
    /// It holds characters that no header may have.
    Key,
    /// The HTTP client does not start.
    Client,
}

impl SettingsProblem {
    /// As operators read it.
    const fn reason(self) -> &'static str {
        match self {
            Self::Address => "the address is no http or https URL, or it has a query",
            Self::Key => "the key holds characters that no header may have",
            Self::Client => "the HTTP client does not start",
        }
    }
}

/// Why a call brought nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CallError {
    /// Too many wait already; the server was not asked.
    #[error("{waiting} calls to the language model wait already")]
    Crowded {
        /// Those that wait.
        waiting: usize,
    },
    /// The server has failed again and again, and is left alone for a while.
    #[error("the language model is left alone after failing repeatedly")]
    BreakerOpen,
    /// The server cannot be reached, or hung up before it answered.
    #[error("the language model's server cannot be reached")]
    Connection,
    /// The server was too slow, or the queue too long.
    #[error("the language model was too late with {}", deadline.name())]
    Late {
        /// What was waited for.
        deadline: Deadline,
    },
    /// The key is wrong or missing: for the operator.
    #[error("the language model's server refuses the key with status {status}")]
    Refused {
        /// 401 or 403.
        status: u16,
    },
    /// The server has no model of that name: for the operator.
    #[error("the language model's server does not know the model")]
    UnknownModel,
    /// No model is named in the settings, and the server does not list exactly one.
    #[error("no language model is named, and its server lists {listed}")]
    ModelNotNamed {
        /// As many as the server lists.
        listed: usize,
    },
    /// The model has no chat template: it must be asked by completions.
    #[error("the language model has no chat template")]
    NoChatTemplate,
    /// Prompt and answer together do not fit into the context; a shorter prompt may.
    #[error("the prompt is too long for the language model")]
    PromptTooLong,
    /// Any other refusal.
    #[error("the language model's server answered with status {status}")]
    Status {
        /// As it was.
        status: u16,
        /// What the server asked for, 5 s at most.
        retry_after: Option<Duration>,
    },
    /// The answer cannot be used.
    #[error("{} after {received} bytes of text", reason.reason())]
    Malformed {
        /// What is wrong.
        reason: Malformation,
        /// Bytes of text before that.
        received: usize,
    },
    /// The settings cannot be used.
    #[error("the language model's settings cannot be used: {}", problem.reason())]
    Settings {
        /// Which one.
        problem: SettingsProblem,
    },
}

impl CallError {
    /// Whether the same call may succeed later, without anybody changing anything.
    pub const fn is_temporary(&self) -> bool {
        match self {
            Self::Crowded { .. }
            | Self::BreakerOpen
            | Self::Connection
            | Self::Late { .. }
            | Self::Malformed { .. } => true,
            Self::Status { status, .. } => *status >= 500 || *status == 408 || *status == 429,
            Self::Refused { .. }
            | Self::UnknownModel
            | Self::ModelNotNamed { .. }
            | Self::NoChatTemplate
            | Self::PromptTooLong
            | Self::Settings { .. } => false,
        }
    }

    /// Whether a shorter prompt may help: some servers tell that one is too long, some answer it with
    /// nothing.
    pub const fn may_be_of_length(&self) -> bool {
        matches!(
            self,
            Self::PromptTooLong
                | Self::Malformed {
                    reason: Malformation::Empty,
                    ..
                }
        )
    }

    /// What this says about the server's health.
    pub(super) const fn blame(&self) -> Blame {
        match self {
            // So some servers answer a prompt that is too long.
            Self::Malformed {
                reason: Malformation::Empty,
                ..
            } => Blame::Request,
            Self::Connection | Self::Malformed { .. } => Blame::Server,
            Self::Late { deadline } => match deadline {
                Deadline::Queue => Blame::Nobody,
                Deadline::Connect | Deadline::FirstToken | Deadline::Gap | Deadline::Total => {
                    Blame::Server
                }
            },
            Self::Status { status, .. } if *status >= 500 => Blame::Server,
            // A server that refuses is a server that answers.
            Self::Status { .. }
            | Self::Refused { .. }
            | Self::UnknownModel
            | Self::ModelNotNamed { .. }
            | Self::NoChatTemplate
            | Self::PromptTooLong => Blame::Request,
            Self::Crowded { .. } | Self::BreakerOpen | Self::Settings { .. } => Blame::Nobody,
        }
    }

    /// Whether a second attempt at once may help, if the first came to nothing before its answer.
    /// Whoever was late already has had the time that there is.
    pub(super) const fn is_worth_a_retry(&self) -> bool {
        match self {
            Self::Connection => true,
            Self::Status { status, .. } => matches!(status, 408 | 429 | 502 | 503 | 504),
            Self::Crowded { .. }
            | Self::BreakerOpen
            | Self::Late { .. }
            | Self::Refused { .. }
            | Self::UnknownModel
            | Self::ModelNotNamed { .. }
            | Self::NoChatTemplate
            | Self::PromptTooLong
            | Self::Malformed { .. }
            | Self::Settings { .. } => false,
        }
    }
}

/// Whose fault a failure is, as far as the breaker cares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Blame {
    /// Counts towards opening.
    Server,
    /// The server is well: it answered, though it refused.
    Request,
    /// The server was not asked.
    Nobody,
}
