//! A model's file: where it comes from, its bytes in memory, and loading them in one of the ways.
//!
//! The bytes are read once, however many sessions are opened on them.

use std::borrow::Cow;
use std::path::PathBuf;
use std::sync::Arc;

use super::model::ModelError;
use super::onnx_file::OnnxSummary;
use super::runtime::{self, BackendDescription, BackendOptions, Candidate, Runtime};

/// The model that ships with the program.
const BUNDLED: &[u8] = include_bytes!("../../models/dupi-demo.onnx");

/// Where a model comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ModelSource {
    /// The one within the program.
    Bundled,
    File(PathBuf),
    /// A file's content, with a name for errors.
    Bytes {
        name: String,
        bytes: Vec<u8>,
    },
}

/// A model file in memory, and how it is to be run.
pub(super) struct Opening {
    pub(super) file: String,
    pub(super) bytes: Cow<'static, [u8]>,
    pub(super) options: BackendOptions,
}

impl ModelSource {
    /// The file's name for errors, and its content.
    fn read(&self) -> Result<(String, Cow<'static, [u8]>), ModelError> {
        match self {
            Self::Bundled => Ok(("dupi-demo.onnx (bundled)".to_owned(), BUNDLED.into())),
            Self::Bytes { name, bytes } => Ok((name.clone(), bytes.clone().into())),
            Self::File(path) => {
                let file = path.display().to_string();
                match std::fs::read(path) {
                    Ok(bytes) => Ok((file, bytes.into())),
                    Err(source) => Err(ModelError::Read { file, source }),
                }
            }
        }
    }
}

impl Opening {
    pub(super) fn read(
        source: &ModelSource,
        options: &BackendOptions,
    ) -> Result<Arc<Self>, ModelError> {
        let (file, bytes) = source.read()?;
        Ok(Arc::new(Self {
            file,
            bytes,
            options: options.clone(),
        }))
    }

    pub(super) fn summary(&self) -> Result<OnnxSummary, ModelError> {
        OnnxSummary::read(&self.bytes).map_err(|source| ModelError::NotOnnx {
            file: self.file.clone(),
            source,
        })
    }

    pub(super) fn load(
        &self,
        way: &Candidate,
        summary: &OnnxSummary,
    ) -> Result<(Box<dyn Runtime>, BackendDescription), ModelError> {
        runtime::load(&self.bytes, summary, way, &self.options).map_err(|source| {
            ModelError::Runtime {
                file: self.file.clone(),
                source,
            }
        })
    }
}
