//! Which updates may be forgotten by Telegram: those before the first that is not done. Pure.

use std::collections::BTreeMap;

/// What became of the updates that were received and not confirmed yet.
#[derive(Debug, Default)]
pub(super) struct Confirmations {
    open: BTreeMap<u32, Progress>,
    /// Everything before it is done.
    next: Option<u32>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Progress {
    UnderWay,
    Done,
}

impl Confirmations {
    /// An update was received. One that is known already comes again only because it was not
    /// confirmed, and is left alone: `false`.
    pub(super) fn begin(&mut self, id: u32) -> bool {
        let is_new = !self.open.contains_key(&id);
        if is_new {
            self.open.insert(id, Progress::UnderWay);
        }
        is_new
    }

    /// What the update asks for is stored.
    pub(super) fn done(&mut self, id: u32) {
        if let Some(progress) = self.open.get_mut(&id) {
            *progress = Progress::Done;
        }
        while let Some(entry) = self.open.first_entry()
            && *entry.get() == Progress::Done
        {
            let next = entry.key().saturating_add(1);
            entry.remove();
            self.next = Some(self.next.map_or(next, |before| before.max(next)));
        }
    }

    /// What the next poll asks for; `None` once there is nothing to confirm: Telegram may begin to
    /// count anew after a quiet week.
    pub(super) fn offset(&self) -> Option<i32> {
        let first_open = self.open.keys().next().copied();
        let offset = match (first_open, self.next) {
            (Some(open), Some(next)) => Some(open.min(next)),
            (open, next) => next.or(open),
        };
        offset.and_then(|offset| i32::try_from(offset).ok())
    }

    /// Whether everything that was received is done.
    pub(super) fn is_settled(&self) -> bool {
        self.open.is_empty()
    }

    /// Telegram had nothing new from the offset on.
    pub(super) fn confirmed(&mut self) {
        if self.is_settled() {
            self.next = None;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_offset_moves_only_past_what_is_done_without_a_gap() {
        let mut confirmations = Confirmations::default();
        assert_eq!(confirmations.offset(), None);
        for id in [5, 6, 7] {
            assert!(confirmations.begin(id));
        }
        assert!(!confirmations.begin(6));
        confirmations.done(6);
        assert_eq!(confirmations.offset(), Some(5));
        confirmations.done(5);
        assert_eq!(confirmations.offset(), Some(7));
        assert!(!confirmations.is_settled());
        confirmations.done(7);
        assert_eq!(confirmations.offset(), Some(8));
        confirmations.confirmed();
        assert_eq!(confirmations.offset(), None);
    }

    #[test]
    fn an_old_update_that_comes_again_does_not_move_the_offset_back() {
        let mut confirmations = Confirmations::default();
        confirmations.begin(9);
        confirmations.done(9);
        assert!(confirmations.begin(3));
        confirmations.done(3);
        assert_eq!(confirmations.offset(), Some(10));
    }
}
