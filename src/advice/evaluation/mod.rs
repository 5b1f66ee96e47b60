//! How good the advice is, without a judge: what can be counted, over the rules, over the gates, and over
//! a live model.
//!
//! `dupi eval advice` prints it, and the tests hold the same numbers to their goals. Nothing here shows or
//! keeps a text of a model.

mod corpora;
mod live;
mod rules;

pub use corpora::{
    gates_stop_the_bad, good_texts_pass, injections_are_silenced, red_flags_are_seen,
};
pub use live::{LiveReport, live};
pub use rules::{rules_hold, sample_briefs};

/// One check: how many of how many.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// `a` to `e`, as the documentation names them.
    pub part: char,
    pub what: &'static str,
    pub held: usize,
    pub of: usize,
    /// The least share that is asked for, in percent.
    pub goal_percent: usize,
    /// Names of cases that did not hold; a few, and never a person's words.
    pub failures: Vec<String>,
}

impl Check {
    fn new(part: char, what: &'static str, goal_percent: usize) -> Self {
        Self {
            part,
            what,
            held: 0,
            of: 0,
            goal_percent,
            failures: Vec::new(),
        }
    }

    /// Counts one case.
    fn count(&mut self, held: bool, name: impl FnOnce() -> String) {
        const MOST_NAMED: usize = 8;
        self.of += 1;
        if held {
            self.held += 1;
        } else if self.failures.len() < MOST_NAMED {
            self.failures.push(name());
        }
    }

    /// Whether the goal is reached.
    pub const fn is_met(&self) -> bool {
        self.held * 100 >= self.of * self.goal_percent
    }
}
