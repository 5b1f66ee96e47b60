//! Dupi (두피): a scalp consultation in the messenger people already use.
