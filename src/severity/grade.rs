//! From what was sent to a judgement: before the model is asked, and after it has spoken.
//!
//! Pure but for the clock that measures. The one way to a judgement: the queue and the command line
//! both come through here. Quality is judged before the model is asked, and what the model takes for
//! no close-up gets no grades.

#![expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "grades are kept within 0 to 3 and map values within 0 to 255 before they are cut"
)]

use std::time::{Duration, Instant};

use super::contract::{Contract, Gate, Rule};
use super::decode::{DecodeError, Wanted, decode_to};
use super::preprocess::{Tensor, frame, tensor};
use super::quality::{self, measure};
use crate::domain::scalp::{
    Condition, Grade, Grades, Heatmap, Heatmaps, Judgement, Severity, Verdict, View,
};
use crate::ports::GradedPhoto;

/// What the model gives for one photo, in the order of its own conditions.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct RawOutput {
    pub(crate) probabilities: [[f32; 4]; 6],
    /// Expected grades, 0 to 3.
    pub(crate) severities: [f32; 6],
    /// Six maps, one after the other, each row by row from the top left.
    pub(crate) maps: Vec<f32>,
    /// Close-up, from afar, other.
    pub(crate) view: [f32; 3],
}

/// Where the time went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Timing {
    /// Bytes to upright pixels.
    pub decode: Duration,
    /// Quality measures, resizing, normalising.
    pub preprocess: Duration,
    /// The model's run.
    pub inference: Duration,
    pub total: Duration,
}

/// A photo before the model is asked.
pub(crate) enum Prepared {
    /// It need not be asked.
    Refused {
        judgement: Judgement,
        unreadable: Option<DecodeError>,
    },
    Ready(ReadyPhoto),
}

/// A photo the model can be asked about; its input goes to the model, the rest waits for the answer.
pub(crate) struct ReadyPhoto {
    pub(crate) input: Tensor,
    pub(crate) seen: SeenPhoto,
}

/// What is known of a photo without the model.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SeenPhoto {
    /// Left, top, width, height of what the model sees, as fractions of the photo.
    covers: [f32; 4],
    is_soft: bool,
}

/// Decodes, measures and shapes a photo; the times of decoding and of the rest go into `timing`.
pub(crate) fn prepare(bytes: &[u8], contract: &Contract, timing: &mut Timing) -> Prepared {
    let started = Instant::now();
    let wanted = Wanted::AtLeast {
        width: contract.input.width.max(quality::WIDTH),
        height: contract.input.height,
    };
    let picture = decode_to(bytes, wanted);
    timing.decode = started.elapsed();
    let refused = |verdict, is_soft, unreadable| Prepared::Refused {
        judgement: Judgement {
            verdict,
            view: None,
            grades: None,
            is_soft,
            model: contract.identity.clone(),
        },
        unreadable,
    };
    let picture = match picture {
        Ok(picture) => picture,
        Err(error) => return refused(Verdict::Unreadable, false, Some(error)),
    };
    let limits = &contract.quality;
    if picture.sent_width.min(picture.sent_height) < limits.min_side {
        return refused(Verdict::TooSmall, false, None);
    }
    let started = Instant::now();
    let measures = measure(&picture.pixels);
    let is_soft = measures.is_soft(limits);
    if let Some(verdict) = measures.refusal(limits) {
        timing.preprocess = started.elapsed();
        return refused(verdict, is_soft, None);
    }
    let (frame, covers) = frame(&picture.pixels, &contract.input);
    let input = tensor(&frame, &contract.input);
    timing.preprocess = started.elapsed();
    Prepared::Ready(ReadyPhoto {
        input,
        seen: SeenPhoto { covers, is_soft },
    })
}

/// What follows from the model's answer.
pub(crate) fn judge(raw: &RawOutput, seen: &SeenPhoto, contract: &Contract) -> GradedPhoto {
    let [close_up, from_afar, other] = raw.view;
    let thresholds = contract.decision.view;
    let verdict = if contract.gate == Gate::Advisory || close_up >= thresholds.close_up_min {
        Verdict::Graded
    } else if other >= thresholds.other_min {
        Verdict::NotScalp
    } else {
        Verdict::FromAfar
    };
    let is_graded = verdict == Verdict::Graded;
    GradedPhoto {
        judgement: Judgement {
            verdict,
            view: Some(View {
                close_up,
                from_afar,
                other,
            }),
            grades: is_graded.then(|| grades(raw, contract)),
            is_soft: seen.is_soft,
            model: contract.identity.clone(),
        },
        heatmaps: is_graded.then(|| heatmaps(raw, seen, contract)),
    }
}

fn grades(raw: &RawOutput, contract: &Contract) -> Grades {
    Grades::new(contract.order.map(|place| {
        let probabilities = raw.probabilities[place];
        let number = match contract.decision.rule {
            Rule::ExpectedRound => (raw.severities[place] + 0.5).floor().clamp(0.0, 3.0) as u8,
            Rule::Argmax => likeliest(&probabilities),
        };
        let severity = Severity::from_number(number).expect("a grade from 0 to 3");
        let confidence = probabilities[usize::from(number)];
        Grade {
            severity,
            probabilities,
            confidence,
            is_certain: confidence >= contract.decision.abstain_below,
        }
    }))
}

/// The index of the largest probability, the first of equal ones.
fn likeliest(probabilities: &[f32; 4]) -> u8 {
    let best = probabilities.iter().copied().fold(f32::MIN, f32::max);
    let index = probabilities.iter().position(|value| *value >= best);
    u8::try_from(index.unwrap_or_default()).expect("an index below 4")
}

fn heatmaps(raw: &RawOutput, seen: &SeenPhoto, contract: &Contract) -> Heatmaps {
    let (width, height) = (contract.outputs.map_width, contract.outputs.map_height);
    let side = |side: usize| u16::try_from(side).expect("the contract bounds the maps");
    let map = |condition: Condition| {
        let place = contract.order[condition as usize];
        Heatmap {
            width: side(width),
            height: side(height),
            values: raw.maps[place * width * height..][..width * height]
                .iter()
                .map(|value| {
                    (value / contract.map_full * 255.0)
                        .round()
                        .clamp(0.0, 255.0) as u8
                })
                .collect(),
        }
    };
    Heatmaps {
        maps: Condition::ALL.map(map),
        covers: seen.covers,
    }
}
