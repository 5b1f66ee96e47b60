//! Puts the parts together, and keeps the only real clock and dice.
//!
//! Nothing is decided here: what is built, in which order, and how it stops. [`serve()`] is the
//! service as an operator starts it; [`Service`] is what moves conversations, over any ports.

mod advice;
pub mod cli;
mod data_paths;
mod messengers;
mod serve;
mod service;
mod world;

pub(crate) use advice::Advice;
pub(crate) use data_paths::DataPaths;
pub(crate) use messengers::{discord_options, telegram_options};
pub(crate) use serve::{open_first_session, open_only_session, options_for_one};
pub use serve::{open_store, serve};
pub use service::{ChannelEnd, Parts, Service};
pub use world::{RandomIds, SystemClock};
