//! `dupi model check`: what any file is, and of a severity model all that matters to an operator.
//!
//! The report goes to the standard output. A file that cannot be used is an error, told as errors are,
//! after what is known of it.

use std::io::Write;
use std::path::Path;
use std::time::Duration;

use anyhow::Context as _;

use super::Outcome;
use super::telling::{printable, what_and_hints};
use crate::app::options_for_one;
use crate::config::Settings;
use crate::domain::scalp::Condition;
use crate::severity::{
    BackendOptions, DeviceChoice, FileKind, GraphSlot, MANDATORY_KEYS, Model, ModelSource,
    OnnxSummary, RuntimeChoice, Trial,
};

/// Longer metadata is cut: some entries hold whole tables.
const MOST_CHARACTERS: usize = 100;

/// Says what the file is; opens a model as the service would, and in each runtime that is here.
pub(super) fn run(
    settings: &Settings,
    file: &Path,
    output: &mut dyn Write,
) -> anyhow::Result<Outcome> {
    let name = printable(&file.display().to_string());
    let bytes = std::fs::read(file).with_context(|| format!("cannot read model {name}"))?;
    let kind = FileKind::of(&bytes);
    let Ok(summary) = OnnxSummary::read(&bytes) else {
        anyhow::bail!(
            "model {name} is no ONNX model: it is {}; hint: {}",
            kind.told(),
            kind.hint()
        );
    };
    let size = bytes.len();
    let source = ModelSource::Bytes {
        name: name.clone(),
        bytes,
    };
    let options = options_for_one(settings);
    let model = match Model::open(&source, &options) {
        Ok(model) => model,
        Err(error) => {
            writeln!(output, "{name}: an ONNX file that cannot be used")?;
            describe_graph(&summary, size, output)?;
            missing_keys(&summary, output)?;
            // Before the error, where both go to the same terminal.
            output.flush()?;
            return Err(error.into());
        }
    };
    writeln!(output, "{name}: contract kept, self-test passed")?;
    describe_model(&model, &summary, output)?;
    describe_graph(&summary, size, output)?;
    runtimes(model, &source, &options, output)?;
    writeln!(output)?;
    for (key, value) in summary
        .metadata
        .iter()
        .filter(|(key, _)| key.starts_with("scalp."))
    {
        writeln!(output, "{} = {}", printable(key), cut(&printable(value)))?;
    }
    Ok(Outcome::Done)
}

fn line(output: &mut dyn Write, what: &str, value: &str) -> std::io::Result<()> {
    writeln!(output, "{what:<15}{}", printable(value))
}

/// What it is for and what it was trained on, in the words of its maker.
fn describe_model(
    model: &Model,
    summary: &OnnxSummary,
    output: &mut dyn Write,
) -> std::io::Result<()> {
    let identity = model.identity();
    line(output, "model", &identity.id)?;
    line(
        output,
        "demonstration",
        if identity.is_demonstration {
            "yes, trained on generated images alone: every card made with it says so"
        } else {
            "no"
        },
    )?;
    line(output, "trained on", &identity.trained_on)?;
    line(output, "intended use", model.intended_use())?;
    line(
        output,
        "conditions",
        &Condition::ALL.map(Condition::id).join(", "),
    )?;
    for (what, key) in [
        ("decision", "scalp.decision"),
        ("metrics", "scalp.metrics"),
        ("precision", "scalp.precision"),
        ("architecture", "scalp.arch"),
        ("licence", "scalp.licence"),
        ("made", "scalp.created"),
    ] {
        if let Some(value) = summary.metadata.get(key) {
            line(output, what, value)?;
        }
    }
    Ok(())
}

/// What the file says of its graph.
fn describe_graph(
    summary: &OnnxSummary,
    size: usize,
    output: &mut dyn Write,
) -> std::io::Result<()> {
    let slots = |slots: &[GraphSlot]| {
        let told: Vec<String> = slots.iter().map(GraphSlot::to_string).collect();
        told.join("; ")
    };
    let weights: Vec<String> = summary
        .weights
        .iter()
        .map(|(kind, count)| format!("{count} of {kind}"))
        .collect();
    let operators: Vec<&str> = summary.operators.iter().map(String::as_str).collect();
    let others: Vec<&str> = summary.other_opsets.iter().map(String::as_str).collect();
    let mut opset = format!("{}", summary.opset);
    if !others.is_empty() {
        opset = format!("{opset}, and {}", others.join(", "));
    }
    line(output, "input", &slots(&summary.inputs))?;
    line(output, "outputs", &slots(&summary.outputs))?;
    line(output, "operator set", &opset)?;
    line(output, "operators", &operators.join(", "))?;
    line(output, "weights", &weights.join(", "))?;
    if summary.has_external_data {
        line(
            output,
            "",
            "some of them in another file, which is not read",
        )?;
    }
    line(output, "file size", &format!("{size} bytes"))?;
    if !summary.producer.trim().is_empty() {
        line(output, "written by", &summary.producer)?;
    }
    Ok(())
}

/// Which entries of the contract are not there, and where they come from.
fn missing_keys(summary: &OnnxSummary, output: &mut dyn Write) -> std::io::Result<()> {
    let missing: Vec<&str> = MANDATORY_KEYS
        .into_iter()
        .filter(|key| !summary.metadata.contains_key(*key))
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    line(output, "missing keys", &missing.join(", "))?;
    line(
        output,
        "",
        "`python -m dupi_training export` in models/training writes them into the file",
    )
}

/// Which runtimes can run it, how fast, and how far they are apart.
fn runtimes(
    mut model: Model,
    source: &ModelSource,
    options: &BackendOptions,
    output: &mut dyn Write,
) -> anyhow::Result<()> {
    let first = model.try_out()?;
    let described = model.backend_description().clone();
    told(output, &described.to_string(), &first)?;
    for fallback in &described.fallbacks {
        line(
            output,
            "",
            &format!("{} cannot be used: {}", fallback.wanted, fallback.why),
        )?;
    }
    drop(model);
    // The other runtime on the CPU; and the CPU itself, where the first was a GPU.
    let mut others = vec![if described.library.is_some() {
        RuntimeChoice::Rten
    } else {
        RuntimeChoice::OnnxRuntime
    }];
    if !described.device.is_cpu() {
        others.push(RuntimeChoice::OnnxRuntime);
    }
    for choice in others {
        let other = BackendOptions {
            choice,
            device: DeviceChoice::Cpu,
            library: described
                .library
                .clone()
                .or_else(|| options.library.clone()),
            ..options.clone()
        };
        let opened = Model::open(source, &other).map_err(anyhow::Error::from);
        let tried = opened.and_then(|mut model| {
            let trial = model.try_out()?;
            Ok((model.backend_description().to_string(), trial))
        });
        match tried {
            Ok((backend, trial)) => {
                told(output, &backend, &trial)?;
                let apart = first
                    .probabilities
                    .iter()
                    .zip(&trial.probabilities)
                    .map(|(left, right)| (left - right).abs())
                    .fold(0.0, f32::max);
                line(
                    output,
                    "",
                    &format!("largest difference of a probability to the first: {apart:.1e}"),
                )?;
            }
            Err(error) => {
                let (what, hints) = what_and_hints(error.as_ref());
                line(output, "not runnable", &what)?;
                for hint in hints {
                    line(output, "", &format!("hint: {hint}"))?;
                }
            }
        }
    }
    Ok(())
}

fn told(output: &mut dyn Write, backend: &str, trial: &Trial) -> std::io::Result<()> {
    line(output, "runs in", backend)?;
    let milliseconds = |time: Duration| time.as_secs_f64() * 1e3;
    line(
        output,
        "",
        &format!(
            "{:.1} ms a photo, once it is ready",
            milliseconds(trial.run)
        ),
    )
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(MOST_CHARACTERS) {
        None => text.to_owned(),
        Some((end, _)) => format!("{}…", &text[..end]),
    }
}
