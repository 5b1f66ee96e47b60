//! Stored effects are carried out, tried again, given up and reported.
//!
//! The store is the real one in memory; everything that the jobs reach for in the world is scripted.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on ends there")]

mod carried_out;
mod failing;
mod world;
