//! Photo to grades: reading what was sent, measuring it, asking the model, judging the answer.
//!
//! The only user of `ort`, `rten` and the picture decoders. Whatever a person sends ends as a
//! refusal, a verdict or grades, never as a panic; the bounds of a photo are checked in its header,
//! before any pixel is decoded. Nothing here reads the environment, keeps a photo or logs one.
//!
//! Begin at [`Model::open`] and [`Model::analyze`]; [`OnnxSeverityGrader`] puts a queue before them.

#[cfg(test)]
mod agreement;
mod attempts;
mod contract;
mod decode;
mod file_kind;
mod grade;
mod model;
mod onnx_file;
mod opening;
mod preprocess;
mod quality;
mod reader;
mod resize;
mod runtime;
mod source;
mod worker;

pub use contract::{ContractError, MANDATORY_KEYS};
pub use decode::{DecodeError, Format, Picture, decode};
pub use file_kind::FileKind;
pub use grade::Timing;
pub use model::{Analysis, Model, ModelError, Trial};
pub use onnx_file::{GraphSlot, NotOnnx, OnnxSummary};
pub use quality::{Measures, QualityLimits, measure};
pub use reader::{DecodingPhotoReader, ReaderLimits};
pub use runtime::{
    BackendDescription, BackendOptions, Device, DeviceChoice, Fallback, LibraryError,
    RuntimeChoice, RuntimeError, Sessions, Share, find_library,
};
pub use source::ModelSource;
pub use worker::{BatchLimits, OnnxSeverityGrader};
