//! `dupi analyze`: photos in, grades and perhaps a card out, without a conversation.

use std::io::{Read as _, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context as _;

use super::arguments::AnalyzeArguments;
use super::judgement_text::{Judged, footer, json_line, table, what_to_do};
use super::{Outcome, in_runtime, telling};
use crate::app::open_only_session;
use crate::cards::ResvgCardPainter;
use crate::config::Settings;
use crate::domain::consultation::{ConsultationNumber, ResultSummary};
use crate::domain::scalp::{Grades, Judgement, Region, ScalpType, Severity};
use crate::ports::{CardPainter as _, CardRequest, PhotoReader as _};
use crate::severity::{Analysis, DecodingPhotoReader, ReaderLimits};
use crate::wording::Phrases;

/// More than any camera makes; a device or an endless pipe is not read to its end.
const MOST_MEGABYTES: u32 = 256;

/// Grades each photo; an unreadable path is told and the others go on.
pub(super) fn run(
    settings: &Settings,
    arguments: &AnalyzeArguments,
    output: &mut dyn Write,
) -> anyhow::Result<Outcome> {
    let mut model = open_only_session(settings)?;
    let mut graded = Vec::new();
    let mut outcome = Outcome::Done;
    let mut last = None;
    for path in &arguments.photos {
        let bytes = match read(path) {
            Ok(bytes) => bytes,
            Err(error) => {
                telling::tell(&error, &mut std::io::stderr().lock())?;
                outcome = Outcome::FoundFaults;
                continue;
            }
        };
        let analysis = model
            .analyze(&bytes)
            .with_context(|| format!("photo `{}` cannot be judged", path.display()))?;
        print(path, &analysis, arguments, output)?;
        last = Some(analysis.judgement.clone());
        match analysis.judgement.grades.clone() {
            Some(grades) => graded.push(GradedFile {
                bytes,
                grades,
                analysis,
            }),
            None if outcome == Outcome::Done => outcome = Outcome::SomeRefused,
            None => {}
        }
    }
    if let (false, Some(judgement)) = (arguments.json, &last) {
        write!(output, "\n{}", footer(judgement))?;
    }
    if let Some(card) = &arguments.card {
        match summary(&graded) {
            Some((summary, shown)) => draw(summary, shown, arguments, card)?,
            None => writeln!(
                std::io::stderr().lock(),
                "no card: no photo was graded, `{}` is not written",
                telling::printable(&card.display().to_string())
            )?,
        }
    }
    Ok(outcome)
}

/// A photo that was graded, kept for the card.
struct GradedFile {
    bytes: Vec<u8>,
    grades: Grades,
    analysis: Analysis,
}

fn read(path: &Path) -> anyhow::Result<Vec<u8>> {
    let cannot = || format!("photo `{}` cannot be read", path.display());
    let file = std::fs::File::open(path).with_context(cannot)?;
    let limit = u64::from(MOST_MEGABYTES) << 20;
    let mut bytes = Vec::new();
    file.take(limit + 1)
        .read_to_end(&mut bytes)
        .with_context(cannot)?;
    anyhow::ensure!(
        bytes.len() as u64 <= limit,
        "photo `{}` is larger than {MOST_MEGABYTES} MB; hint: name a photo",
        path.display()
    );
    Ok(bytes)
}

fn print(
    path: &Path,
    analysis: &Analysis,
    arguments: &AnalyzeArguments,
    output: &mut dyn Write,
) -> anyhow::Result<()> {
    let photo = path.to_string_lossy();
    let judged = Judged {
        photo: &photo,
        judgement: &analysis.judgement,
        timing: analysis.timing,
    };
    if arguments.json {
        writeln!(output, "{}", json_line(&judged))?;
    } else {
        write!(output, "{}", table(&judged))?;
    }
    // Before anything on the standard error, where both go to the same terminal.
    output.flush()?;
    if let Some(reason) = &analysis.unreadable {
        let (what, _) = telling::what_and_hints(reason);
        let mut errors = std::io::stderr().lock();
        writeln!(errors, "note: {}: {what}", telling::printable(&photo))?;
        // The table has said it already.
        if let (true, Some(hint)) = (arguments.json, what_to_do(analysis.judgement.verdict)) {
            writeln!(errors, "hint: {hint}")?;
        }
    }
    Ok(())
}

/// All graded photos as one result, and the photo that shows the most.
fn summary(graded: &[GradedFile]) -> Option<(ResultSummary, &GradedFile)> {
    let spots: Vec<Grades> = graded.iter().map(|file| file.grades.clone()).collect();
    let grades = Grades::worst_supported(&spots)?;
    let shown = graded.iter().max_by_key(|file| {
        let total: u32 = file
            .grades
            .iter()
            .map(|(_, grade)| u32::from(Severity::number(grade.severity)))
            .sum();
        (file.grades.worst(), total)
    })?;
    let Judgement { model, .. } = shown.analysis.judgement.clone();
    let summary = ResultSummary {
        consultation: ConsultationNumber(1),
        scalp_type: ScalpType::of(&grades),
        grades,
        regions: vec![Region::Unknown],
        spots: spots.len(),
        model,
    };
    Some((summary, shown))
}

fn draw(
    summary: ResultSummary,
    shown: &GradedFile,
    arguments: &AnalyzeArguments,
    card: &PathBuf,
) -> anyhow::Result<()> {
    let painter = ResvgCardPainter::new(Arc::new(Phrases::embedded()?))?;
    let reader = DecodingPhotoReader::new(ReaderLimits {
        megabytes: MOST_MEGABYTES,
        ..ReaderLimits::default()
    });
    let png = in_runtime(async {
        // Upright, as the model saw it. It was decoded before, so it can be decoded again.
        let photo = reader.read(shown.bytes.clone()).await.ok();
        let request = CardRequest {
            summary,
            language: arguments.language,
            photo: photo.map(|photo| photo.bytes),
            heatmaps: shown.analysis.heatmaps.clone(),
        };
        Ok(painter.paint(request).await?)
    })?;
    std::fs::write(card, png)
        .with_context(|| format!("card `{}` cannot be written", card.display()))
}
