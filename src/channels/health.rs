//! Whether each channel still hears its platform.
//!
//! A poll loop or a gateway that dies silently leaves people without an answer and nobody the
//! wiser, so each of them shows life by a beat, and a channel without one for too long is stalled.
//! Nothing here restarts anything, and the time is an argument.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// What is known of one channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChannelState {
    /// It has shown no life yet, and still has time to.
    Starting,
    Working,
    /// It has shown no life for longer than its limit.
    Stalled,
    /// It does not work, and hardly will again before somebody has changed something.
    Stopped(StopReason),
}

/// Why a channel has stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StopReason {
    /// The service is shutting down.
    Shutdown,
    /// The platform does not know the bot's token (any more).
    TokenRefused,
    /// Something else receives this bot's updates, or sessions, in our place.
    Displaced,
    /// The platform refuses us something else that only the operator can change.
    Forbidden,
    /// The channel's own task has failed.
    Failed,
}

impl ChannelState {
    /// The state's name on a page for operators and machines.
    pub fn id(self) -> &'static str {
        match self {
            Self::Starting => "starting",
            Self::Working => "working",
            Self::Stalled => "stalled",
            Self::Stopped(reason) => reason.id(),
        }
    }

    /// Whether people reach us on this channel.
    pub fn is_ready(self) -> bool {
        match self {
            Self::Working => true,
            Self::Starting | Self::Stalled | Self::Stopped(_) => false,
        }
    }
}

impl StopReason {
    pub fn id(self) -> &'static str {
        match self {
            Self::Shutdown => "stopped:shutdown",
            Self::TokenRefused => "stopped:token-refused",
            Self::Displaced => "stopped:displaced",
            Self::Forbidden => "stopped:forbidden",
            Self::Failed => "stopped:failed",
        }
    }
}

/// A handle on the health of one channel: the channel tells, others ask. Clones share it.
#[derive(Debug, Clone)]
pub struct ChannelHealth {
    name: &'static str,
    limit: Duration,
    signs: Arc<Mutex<Signs>>,
}

#[derive(Debug)]
struct Signs {
    /// The last sign of life, or the start if there was none.
    last: Instant,
    has_beaten: bool,
    stopped: Option<StopReason>,
}

impl ChannelHealth {
    /// A channel that starts now and is to show life at least every `limit`.
    pub fn new(name: &'static str, limit: Duration, now: Instant) -> Self {
        let signs = Signs {
            last: now,
            has_beaten: false,
            stopped: None,
        };
        Self {
            name,
            limit,
            signs: Arc::new(Mutex::new(signs)),
        }
    }

    pub fn name(&self) -> &'static str {
        self.name
    }

    /// The poll loop was answered, or the gateway showed life. It also undoes a stop, as a channel
    /// that shows life does work.
    pub fn beat(&self, now: Instant) {
        self.change(|signs| {
            signs.last = signs.last.max(now);
            signs.has_beaten = true;
            signs.stopped = None;
        });
    }

    /// The channel has given up, or was told to end.
    pub fn stop(&self, reason: StopReason) {
        self.change(|signs| signs.stopped = Some(reason));
    }

    pub fn state(&self, now: Instant) -> ChannelState {
        self.change(|signs| {
            let is_late = now.saturating_duration_since(signs.last) > self.limit;
            match (signs.stopped, is_late, signs.has_beaten) {
                (Some(reason), _, _) => ChannelState::Stopped(reason),
                (None, true, _) => ChannelState::Stalled,
                (None, false, true) => ChannelState::Working,
                (None, false, false) => ChannelState::Starting,
            }
        })
    }

    /// Whether the channel should have shown life by now and has not.
    pub fn is_stalled(&self, now: Instant) -> bool {
        self.state(now) == ChannelState::Stalled
    }

    /// How long ago the last sign of life was, or the start if there was none.
    pub fn silence(&self, now: Instant) -> Duration {
        self.change(|signs| now.saturating_duration_since(signs.last))
    }

    fn change<T>(&self, act: impl FnOnce(&mut Signs) -> T) -> T {
        // Each change is whole by itself, so a panic elsewhere leaves nothing half done.
        act(&mut self.signs.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// All channels of this process. A clone sees the same channels.
#[derive(Debug, Clone, Default)]
pub struct ChannelsHealth {
    channels: Vec<ChannelHealth>,
}

impl ChannelsHealth {
    /// In the order in which they are to be told.
    pub fn new(channels: Vec<ChannelHealth>) -> Self {
        Self { channels }
    }

    /// Every channel by name.
    pub fn states(&self, now: Instant) -> Vec<(&'static str, ChannelState)> {
        let channels = self.channels.iter();
        channels
            .map(|channel| (channel.name, channel.state(now)))
            .collect()
    }

    /// Whether people reach us on every channel; true where there is none.
    pub fn all_ready(&self, now: Instant) -> bool {
        let mut channels = self.channels.iter();
        channels.all(|channel| channel.state(now).is_ready())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMIT: Duration = Duration::from_secs(90);
    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn a_channel_works_once_it_has_shown_life_and_stalls_without() {
        let start = Instant::now();
        let health = ChannelHealth::new("telegram", LIMIT, start);
        assert_eq!(health.state(start), ChannelState::Starting);
        health.beat(start + 10 * SECOND);
        assert_eq!(health.state(start + 10 * SECOND), ChannelState::Working);
        assert_eq!(health.state(start + 100 * SECOND), ChannelState::Working);
        assert!(!health.is_stalled(start + 100 * SECOND));
        assert!(health.is_stalled(start + 101 * SECOND));
        assert_eq!(health.silence(start + 101 * SECOND), 91 * SECOND);
        health.beat(start + 102 * SECOND);
        assert_eq!(health.state(start + 102 * SECOND), ChannelState::Working);
    }

    #[test]
    fn a_channel_that_never_comes_up_is_stalled_too() {
        let start = Instant::now();
        let health = ChannelHealth::new("discord", LIMIT, start);
        assert_eq!(health.state(start + LIMIT), ChannelState::Starting);
        assert_eq!(health.state(start + LIMIT + SECOND), ChannelState::Stalled);
    }

    #[test]
    fn a_beat_from_before_does_not_turn_back_the_time() {
        let start = Instant::now();
        let health = ChannelHealth::new("discord", LIMIT, start);
        health.beat(start + 60 * SECOND);
        health.beat(start + 10 * SECOND);
        assert_eq!(health.silence(start + 61 * SECOND), SECOND);
        assert_eq!(health.silence(start), Duration::ZERO);
    }

    #[test]
    fn a_stopped_channel_tells_why_until_it_shows_life_again() {
        let start = Instant::now();
        let health = ChannelHealth::new("telegram", LIMIT, start);
        let teller = health.clone();
        teller.stop(StopReason::Displaced);
        let stopped = ChannelState::Stopped(StopReason::Displaced);
        assert_eq!(health.state(start + 10 * LIMIT), stopped);
        assert!(!health.is_stalled(start + 10 * LIMIT));
        assert_eq!(stopped.id(), "stopped:displaced");
        teller.beat(start + 10 * LIMIT);
        assert_eq!(health.state(start + 10 * LIMIT), ChannelState::Working);
    }

    #[test]
    fn all_channels_are_told_by_name_and_are_ready_only_together() {
        let start = Instant::now();
        let telegram = ChannelHealth::new("telegram", LIMIT, start);
        let discord = ChannelHealth::new("discord", LIMIT, start);
        let all = ChannelsHealth::new(vec![telegram.clone(), discord.clone()]);
        telegram.beat(start);
        assert!(!all.all_ready(start));
        discord.beat(start);
        assert!(all.all_ready(start));
        discord.stop(StopReason::TokenRefused);
        let told = all.states(start).into_iter();
        let told: Vec<_> = told.map(|(name, state)| (name, state.id())).collect();
        let expected = [
            ("telegram", "working"),
            ("discord", "stopped:token-refused"),
        ];
        assert_eq!(told, expected);
        assert!(!all.all_ready(start));
        assert!(ChannelsHealth::default().all_ready(start));
    }
}
