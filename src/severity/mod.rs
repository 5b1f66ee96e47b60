//! Photo to grades: reading what was sent, measuring it, asking the model, judging the answer.
//!
//! The only user of `ort`, `rten` and the picture decoders. Whatever a person sends ends as a
//! refusal, a verdict or grades, never as a panic; the bounds of a photo are checked in its header,
//! before any pixel is decoded. Nothing here reads the environment, keeps a photo or logs one.

mod decode;
mod preprocess;
mod quality;
mod reader;
mod resize;

pub use decode::{DecodeError, Picture, decode};
pub use quality::{Measures, QualityLimits, measure};
pub use reader::{DecodingPhotoReader, ReaderLimits};
