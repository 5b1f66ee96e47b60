//! Everything that is tested through the public interface, as one program.

mod config;
mod engine;
mod guidance;
mod support;
mod wording;
