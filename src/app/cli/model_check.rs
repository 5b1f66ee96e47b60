//! `dupi model check`: whether a model file keeps the contract, and what it says of itself.

use std::io::Write;
use std::path::PathBuf;

use super::Outcome;
use super::telling::printable;
use crate::app::open_model;
use crate::config::Settings;

/// Longer metadata is cut: some entries hold whole tables.
const MOST_CHARACTERS: usize = 100;

/// Opens the file as the service would and prints its contract.
pub(super) fn run(
    mut settings: Settings,
    file: PathBuf,
    output: &mut dyn Write,
) -> anyhow::Result<Outcome> {
    let name = printable(&file.display().to_string());
    settings.model.file = Some(file);
    let model = open_model(&settings)?;
    let identity = model.identity();
    let demonstration = if identity.is_demonstration {
        "yes: every card made with it says so"
    } else {
        "no"
    };
    writeln!(output, "{name}: contract kept, self-test passed")?;
    for (what, value) in [
        ("model", identity.id.as_str()),
        ("demonstration", demonstration),
        ("trained on", &identity.trained_on),
        ("intended use", model.intended_use()),
        ("runtime", &model.backend_description().to_string()),
    ] {
        writeln!(output, "{what:<15}{}", printable(value))?;
    }
    writeln!(output)?;
    for (key, value) in model.metadata() {
        writeln!(output, "{key} = {}", cut(&printable(value)))?;
    }
    Ok(Outcome::Done)
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(MOST_CHARACTERS) {
        None => text.to_owned(),
        Some((end, _)) => format!("{}…", &text[..end]),
    }
}
