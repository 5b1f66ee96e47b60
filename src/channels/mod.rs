//! The messengers people already use, one folder each.
//!
//! A channel turns what a person does into a [`crate::ports::Inbound`], and a worded message into
//! the channel's own form. It decides nothing about the consultation, keeps no state of its own
//! besides what the wire needs, and never uses another module of the outer ring.

pub mod discord;
mod ending;
pub mod health;
pub mod pace;
pub mod telegram;
pub mod text;
pub mod web;

pub use ending::Ending;
