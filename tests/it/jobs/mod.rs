//! Stored effects are carried out, tried again, given up and reported.
//!
//! The store is the real one in memory; everything that the jobs reach for in the world is scripted.

mod carried_out;
mod failing;
mod world;
