//! Dupi (두피): a scalp consultation in the messenger people already use.
//!
//! The modules in reading order; arrows point inwards:
//! `main → app → {jobs channels severity advice cards storage} → {driver wording} → ports → domain`.

pub mod advice;
pub mod app;
pub mod cards;
pub mod channels;
pub mod config;
pub mod domain;
pub mod driver;
pub mod jobs;
pub mod ports;
pub mod severity;
pub mod storage;
pub mod wording;
