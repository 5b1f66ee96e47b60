//! One function per stage; every event is listed in each.

pub(super) mod album;
pub(super) mod arrival;
pub(super) mod commands;
pub(super) mod erasing;
pub(super) mod photos;
pub(super) mod result;
pub(super) mod survey;
pub(super) mod withdrawal;
pub(super) mod writing;
