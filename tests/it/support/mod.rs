//! What several tests share.

pub(crate) mod app;
pub(crate) mod browser;
pub(crate) mod chat;
pub(crate) mod discord;
pub(crate) mod examples;
pub(crate) mod llamacpp;
pub(crate) mod llm;
pub(crate) mod mortal;
pub(crate) mod program;
pub(crate) mod simcord;
pub(crate) mod telegram;
pub(crate) mod visitor;
pub(crate) mod world;
