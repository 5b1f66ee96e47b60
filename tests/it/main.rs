//! Everything that is tested through the public interface, as one program.

mod architecture;
mod browser;
mod cards;
mod cli;
mod config;
mod contracts;
mod crash;
mod discord;
mod discord_faults;
mod doctor_messengers;
mod driver;
mod engine;
mod engine_albums;
mod engine_commands;
mod engine_marks;
mod engine_withdrawal;
mod guidance;
mod jobs;
mod killed;
mod severity;
mod standins;
mod support;
mod telegram;
mod transcripts;
mod web;
mod wording;
