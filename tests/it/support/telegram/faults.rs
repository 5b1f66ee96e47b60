//! What can go wrong between the bot and Telegram, ordered beforehand by a test.

use std::time::Duration;

use tokio::time::Instant;

/// How it goes wrong.
#[derive(Clone, Debug)]
pub(crate) enum Fault {
    /// 429, and nothing is done.
    TooMany { retry_after: u32 },
    /// Something before Telegram answers with this status and a page.
    Status(u16),
    /// The call is carried out; the connection ends in the middle of the answer.
    CutInBody,
    /// The call is carried out; the connection ends without an answer.
    LoseAnswer,
    /// The call waits, then goes its way.
    Hang(Duration),
    /// 400 with this text, without its heading.
    Refuse400(String),
    /// 200 with JSON that is no answer.
    NotOkJson,
}

/// Where it goes wrong.
#[derive(Clone, Debug)]
pub(crate) enum On {
    AnyMethod,
    Method(&'static str),
    Download,
}

/// How often it goes wrong.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Lasting {
    Times(u32),
    During(Duration),
}

/// What is called now.
#[derive(Clone, Copy, Debug)]
pub(super) enum Called<'a> {
    Method(&'a str),
    Download,
}

#[derive(Debug)]
enum Left {
    Times(u32),
    Until(Instant),
}

#[derive(Debug)]
struct Planned {
    on: On,
    left: Left,
    fault: Fault,
}

#[derive(Debug, Default)]
pub(super) struct Faults(Vec<Planned>);

impl Faults {
    pub(super) fn plan(&mut self, on: On, lasting: Lasting, fault: Fault) {
        let left = match lasting {
            Lasting::Times(times) => Left::Times(times),
            Lasting::During(duration) => Left::Until(Instant::now() + duration),
        };
        self.0.push(Planned { on, left, fault });
    }

    pub(super) fn forget(&mut self) {
        self.0.clear();
    }

    /// The fault that meets this call, the one planned first if there are several.
    pub(super) fn meet(&mut self, called: Called<'_>) -> Option<Fault> {
        let now = Instant::now();
        self.0.retain(|planned| match planned.left {
            Left::Times(times) => times > 0,
            Left::Until(end) => now < end,
        });
        let met = self
            .0
            .iter_mut()
            .find(|planned| match (&planned.on, called) {
                (On::AnyMethod, Called::Method(_)) | (On::Download, Called::Download) => true,
                (On::Method(wanted), Called::Method(method)) => wanted.eq_ignore_ascii_case(method),
                (On::AnyMethod | On::Method(_), Called::Download)
                | (On::Download, Called::Method(_)) => false,
            })?;
        if let Left::Times(times) = &mut met.left {
            *times -= 1;
        }
        Some(met.fault.clone())
    }
}
