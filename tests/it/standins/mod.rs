//! The stand-ins for the messengers, tested by themselves.

mod telegram;
