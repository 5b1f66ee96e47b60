//! The real program on Telegram while something goes wrong: it is killed, Telegram is ill, a person
//! blocks the bot, the operator makes a mistake.
//!
//! Nobody may lose a message, and nobody may be shown one twice, unless Telegram had taken it and
//! the process died before it could note so.

mod clock;
mod crowd;
mod house;
mod illness;
mod killed;
mod leaving;
mod operators;
mod repeated;
mod scene;
mod script;
mod seen;
mod together;
mod webhook;
