//! Everything that is tested through the public interface, as one program.

mod engine;
mod guidance;
mod support;
mod wording;
