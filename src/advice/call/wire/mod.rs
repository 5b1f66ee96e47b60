//! What goes over the wire, as servers really speak: vLLM, llama.cpp, llama-cpp-python, Ollama, TGI.
//!
//! `body` writes a request, `transport` sends it beneath async-openai, `refusal` understands an
//! answer that is no success, `frames` turns the bytes of a success into clean events, and `event`
//! reads one of those. Nothing here waits for a turn, tries again, or keeps what it has read.

pub(super) mod body;
pub(super) mod event;
mod frames;
mod refusal;
pub(super) mod transport;
