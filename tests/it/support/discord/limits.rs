//! Rate limits: a bucket for each route and what it is about, and one for everything.

use std::collections::HashMap;

/// How many requests pass in how many milliseconds.
#[derive(Clone, Copy, Debug)]
struct Allowance {
    count: u32,
    per: i64,
}

#[derive(Clone, Copy, Debug)]
struct Window {
    ends: i64,
    used: u32,
}

/// What the headers tell about a bucket.
#[derive(Clone, Debug)]
pub(super) struct Standing {
    pub(super) bucket: String,
    pub(super) limit: u32,
    pub(super) remaining: u32,
    /// When it is full again, in milliseconds since 1970.
    pub(super) resets: i64,
    pub(super) counted_at: i64,
}

#[derive(Debug)]
pub(super) struct Limits {
    routes: bool,
    /// Routes that begin so share one bucket for each thing that they are about.
    tight: Option<(&'static str, Allowance)>,
    overall: u32,
    windows: HashMap<String, Window>,
    everything: Window,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            routes: true,
            tight: None,
            overall: 50,
            windows: HashMap::new(),
            everything: Window { ends: 0, used: 0 },
        }
    }
}

impl Limits {
    /// No more limits, for tests that measure or storm.
    pub(super) fn lift(&mut self) {
        self.routes = false;
        self.overall = u32::MAX;
    }

    /// What begins so passes only once in so many milliseconds, for each thing that it is about.
    pub(super) fn tighten(&mut self, start: &'static str, per: i64) {
        self.tight = Some((start, Allowance { count: 1, per }));
    }

    /// Counts a request; `Err` with the wait in milliseconds and whether everything has to wait.
    pub(super) fn take(
        &mut self,
        method: &str,
        template: &str,
        major: &str,
        now: i64,
    ) -> Result<Standing, (i64, bool, Standing)> {
        let allowance = if self.routes {
            allowance(method, template)
        } else {
            Allowance {
                count: 1_000,
                per: 1,
            }
        };
        let tight = self.tight.filter(|(start, _)| template.starts_with(start));
        let (allowance, key) = match tight {
            Some((start, allowance)) => (allowance, format!("{start} {major}")),
            None => (allowance, format!("{method} {template} {major}")),
        };
        let window = self
            .windows
            .entry(key)
            .or_insert(Window { ends: 0, used: 0 });
        renew(window, now, allowance.per);
        let standing = |used: u32, ends: i64| Standing {
            bucket: bucket_name(method, template),
            limit: allowance.count,
            remaining: allowance.count.saturating_sub(used),
            resets: ends,
            counted_at: now,
        };
        if window.used >= allowance.count && self.routes {
            return Err((window.ends - now, false, standing(window.used, window.ends)));
        }
        // Answers to interactions are not counted among everything.
        if !template.starts_with("/interactions/") && !template.starts_with("/webhooks/") {
            renew(&mut self.everything, now, 1_000);
            if self.everything.used >= self.overall {
                let wait = self.everything.ends - now;
                return Err((wait, true, standing(window.used, window.ends)));
            }
            self.everything.used += 1;
        }
        window.used += 1;
        Ok(standing(window.used, window.ends))
    }
}

fn renew(window: &mut Window, now: i64, per: i64) {
    if now >= window.ends {
        *window = Window {
            ends: now + per,
            used: 0,
        };
    }
}

fn allowance(method: &str, template: &str) -> Allowance {
    match (method, template) {
        ("POST" | "PATCH", "/channels/{channel_id}/messages")
        | (_, "/channels/{channel_id}/messages/{message_id}")
        | ("POST", "/channels/{channel_id}/typing") => Allowance {
            count: 5,
            per: 5_000,
        },
        (_, path) if path.starts_with("/webhooks/") => Allowance {
            count: 5,
            per: 2_000,
        },
        ("POST", "/users/@me/channels") => Allowance {
            count: 10,
            per: 1_000,
        },
        _ => Allowance {
            count: 50,
            per: 1_000,
        },
    }
}

/// Opaque, and the same for the same route.
fn bucket_name(method: &str, template: &str) -> String {
    let mixed = format!("{method} {template}")
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
    format!("{mixed:016x}")
}
