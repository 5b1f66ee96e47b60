//! The built-in runtime: pure Rust, nothing to install.

use std::num::NonZeroUsize;
use std::sync::Arc;

use rten::{
    DataType, Dimension, Model, ModelOptions, NodeId, NodeInfo, RunOptions, ThreadPool, Value,
    ValueType,
};

use super::{GraphFacts, Runtime, RuntimeError, Slot};

pub(super) const NAME: &str = "rten";

pub(super) struct RtenRuntime {
    model: Arc<Model>,
    facts: GraphFacts,
    threads: Arc<ThreadPool>,
}

impl RtenRuntime {
    pub(super) fn load(bytes: &[u8], threads: NonZeroUsize) -> Result<Self, RuntimeError> {
        let model = ModelOptions::with_all_ops()
            .prepack_weights(true)
            .load(bytes.to_vec())
            .map_err(|error| RuntimeError::Load {
                runtime: NAME,
                source: error.into(),
            })?;
        let slots = |ids: &[NodeId]| ids.iter().map(|id| slot(&model, *id)).collect();
        let facts = GraphFacts {
            metadata: model
                .metadata()
                .fields()
                .map(|(key, value)| (key.to_owned(), value.to_owned()))
                .collect(),
            inputs: slots(model.input_ids()),
            outputs: slots(model.output_ids()),
        };
        Ok(Self {
            model: Arc::new(model),
            facts,
            threads: pool(threads),
        })
    }
}

fn pool(threads: NonZeroUsize) -> Arc<ThreadPool> {
    Arc::new(ThreadPool::with_num_threads(threads.get()))
}

fn slot(model: &Model, id: NodeId) -> Slot {
    let info = model.node_info(id);
    Slot {
        name: info
            .as_ref()
            .and_then(NodeInfo::name)
            .unwrap_or_default()
            .to_owned(),
        is_float: info
            .as_ref()
            .and_then(NodeInfo::dtype)
            .is_none_or(|kind| kind == ValueType::Tensor(DataType::Float)),
        shape: info.and_then(|info| info.shape()).map(|sizes| {
            sizes
                .into_iter()
                .map(|size| match size {
                    Dimension::Fixed(size) => Some(size),
                    Dimension::Symbolic(_) => None,
                })
                .collect()
        }),
    }
}

fn failed(error: impl Into<super::BoxedError>) -> RuntimeError {
    RuntimeError::Run {
        runtime: NAME,
        source: error.into(),
    }
}

fn numbers(value: Value) -> Result<Vec<f32>, RuntimeError> {
    match value.into_tensor::<f32>() {
        Some(tensor) => Ok(tensor.into_data()),
        None => Err(failed("an output is not of float32")),
    }
}

impl Runtime for RtenRuntime {
    fn facts(&self) -> &GraphFacts {
        &self.facts
    }

    fn sharing(&self, threads: NonZeroUsize) -> Option<Box<dyn Runtime>> {
        Some(Box::new(Self {
            model: Arc::clone(&self.model),
            facts: self.facts.clone(),
            threads: pool(threads),
        }))
    }

    fn run(
        &mut self,
        input: &str,
        shape: [usize; 4],
        values: Vec<f32>,
        outputs: &[String],
    ) -> Result<Vec<Vec<f32>>, RuntimeError> {
        let node = |name: &str| self.model.node_id(name).map_err(failed);
        let input = (
            node(input)?,
            Value::from_shape(shape, values).map_err(failed)?.into(),
        );
        let outputs: Vec<NodeId> = outputs
            .iter()
            .map(|name| node(name))
            .collect::<Result<_, _>>()?;
        let options = RunOptions::default().with_thread_pool(Some(Arc::clone(&self.threads)));
        self.model
            .run(vec![input], &outputs, Some(options))
            .map_err(failed)?
            .into_iter()
            .map(numbers)
            .collect()
    }
}
