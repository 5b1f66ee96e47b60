//! The last updates that were seen to, for what is stored nowhere under the update's own id.
//!
//! It forgets with the process: what was done twice because of that does little harm.

use std::collections::{BTreeSet, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};

/// Telegram brings an update again soon or never.
const MOST: usize = 1_024;

/// A bounded memory of updates. Clones share it.
#[derive(Debug, Clone, Default)]
pub(super) struct Recent {
    seen: Arc<Mutex<Seen>>,
}

#[derive(Debug, Default)]
struct Seen {
    ids: BTreeSet<u32>,
    oldest_first: VecDeque<u32>,
}

impl Recent {
    /// Whether this update is not among the last ones; it is from now on.
    pub(super) fn is_new(&self, update: u32) -> bool {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if !seen.ids.insert(update) {
            return false;
        }
        seen.oldest_first.push_back(update);
        if seen.oldest_first.len() > MOST
            && let Some(oldest) = seen.oldest_first.pop_front()
        {
            seen.ids.remove(&oldest);
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_update_is_new_once_and_the_oldest_are_forgotten() {
        let recent = Recent::default();
        assert!(recent.is_new(0));
        assert!(!recent.clone().is_new(0));
        for update in 1..=1_024 {
            assert!(recent.is_new(update));
        }
        assert!(recent.is_new(0));
        assert_eq!(recent.seen.lock().unwrap().ids.len(), MOST);
    }
}
