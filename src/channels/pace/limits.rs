//! What the platforms allow.

use std::time::Duration;

/// A token each `every`, of which at most `burst` are saved up: in any span of time at most
/// `burst + span / every` calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// How many calls may follow each other at once; 0 counts as 1.
    pub burst: u32,
    pub every: Duration,
}

/// The limits of one platform, and how long anybody waits for them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PaceLimits {
    pub overall: Rate,
    /// Of one private chat.
    pub private: Rate,
    /// Of one group.
    pub group: Rate,
    /// How many may wait; an interactive call then takes the place of the newest bulk call.
    pub most_waiting: usize,
    /// Nobody waits longer than this.
    pub patience: Duration,
}

impl PaceLimits {
    /// Telegram's, as told in <https://core.telegram.org/bots/faq#broadcasting-to-users>: about one
    /// message a second in one chat, where short bursts are suffered (a consultation answers with
    /// several messages); 20 a minute in one group; 30 a second over all. The last two hold in any
    /// such span, however it begins.
    pub const fn telegram() -> Self {
        Self {
            overall: Rate {
                burst: 6,
                every: Duration::from_millis(42),
            },
            private: Rate {
                burst: 4,
                every: Duration::from_secs(1),
            },
            group: Rate {
                burst: 5,
                every: Duration::from_secs(4),
            },
            most_waiting: 1_000,
            patience: Duration::from_secs(8),
        }
    }

    /// Discord's, as told in <https://discord.com/developers/docs/topics/rate-limits>: 50 requests
    /// a second over all. What a channel bears is told only in headers, which have the last word;
    /// five messages in five seconds is what they have said for long. Both hold in any such span,
    /// however it begins. Answers to interactions are not counted per channel, but each by its own
    /// token: they go to [`super::Place::Apart`].
    pub const fn discord() -> Self {
        let channel = Rate {
            burst: 3,
            every: Duration::from_millis(2_500),
        };
        Self {
            overall: Rate {
                burst: 10,
                every: Duration::from_millis(25),
            },
            private: channel,
            group: channel,
            most_waiting: 1_000,
            patience: Duration::from_secs(8),
        }
    }
}

#[cfg(test)]
mod tests {
    use tokio::time::Instant;

    use super::super::bucket::Bucket;
    use super::*;

    /// The most calls that fit into any span of that length, for somebody who calls whenever he may.
    fn most_within(span: Duration, rate: Rate) -> usize {
        let start = Instant::now();
        let mut bucket = Bucket::full(rate, start);
        let mut calls = Vec::new();
        let mut now = start;
        for _ in 0..400 {
            now = now.max(bucket.next());
            assert!(bucket.allows(now));
            bucket.take(now);
            calls.push(now);
        }
        calls
            .iter()
            .enumerate()
            .map(|(index, first)| {
                let later = &calls[index..];
                later
                    .iter()
                    .take_while(|call| **call < *first + span)
                    .count()
            })
            .max()
            .unwrap()
    }

    #[test]
    fn no_span_of_time_holds_more_calls_than_the_platform_allows() {
        let second = Duration::from_secs(1);
        let telegram = PaceLimits::telegram();
        assert_eq!(most_within(second, telegram.overall), 29);
        assert_eq!(most_within(60 * second, telegram.group), 19);
        assert_eq!(most_within(second, telegram.private), 4);
        let discord = PaceLimits::discord();
        assert_eq!(most_within(second, discord.overall), 49);
        assert_eq!(most_within(5 * second, discord.group), 4);
        assert_eq!(discord.private, discord.group);
    }
}
