//! The stand-ins for the messengers, tested by themselves.

mod discord;
mod telegram;
