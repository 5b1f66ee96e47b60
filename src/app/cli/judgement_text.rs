//! A judgement as an operator reads it: one line of JSON, or a small table.
//!
//! Pure. The JSON is a promise to scripts: names and order of its keys do not change.

use std::fmt::Write as _;
use std::time::Duration;

use serde::ser::SerializeMap as _;
use serde::{Serialize, Serializer};

use super::telling::printable;
use crate::domain::scalp::{Condition, Grade, Grades, Judgement, Severity, Verdict, View};
use crate::severity::Timing;

/// What became of one photo.
#[derive(Debug, Clone, Copy)]
pub(super) struct Judged<'a> {
    /// The path as it was written.
    pub(super) photo: &'a str,
    pub(super) judgement: &'a Judgement,
    pub(super) timing: Timing,
}

/// One line of JSON, without the line's end.
pub(super) fn json_line(judged: &Judged<'_>) -> String {
    let judgement = judged.judgement;
    let line = JsonLine {
        photo: judged.photo,
        verdict: judgement.verdict.id(),
        view: judgement.view.map(JsonView::from),
        grades: judgement.grades.as_ref().map(JsonGrades),
        scalp_type: judgement
            .scalp_type()
            .map(crate::domain::scalp::ScalpType::id),
        model: JsonModel {
            id: &judgement.model.id,
            demonstration: judgement.model.is_demonstration,
            trained_on: &judgement.model.trained_on,
        },
        timing_ms: JsonTiming {
            decode: milliseconds(judged.timing.decode),
            preprocess: milliseconds(judged.timing.preprocess),
            inference: milliseconds(judged.timing.inference),
            total: milliseconds(judged.timing.total),
        },
    };
    serde_json::to_string(&line).expect("numbers and text are JSON")
}

#[derive(Serialize)]
struct JsonLine<'a> {
    photo: &'a str,
    verdict: &'static str,
    view: Option<JsonView>,
    grades: Option<JsonGrades<'a>>,
    scalp_type: Option<&'static str>,
    model: JsonModel<'a>,
    timing_ms: JsonTiming,
}

#[derive(Serialize)]
struct JsonView {
    close_up: f32,
    from_afar: f32,
    other: f32,
}

impl From<View> for JsonView {
    fn from(view: View) -> Self {
        Self {
            close_up: view.close_up,
            from_afar: view.from_afar,
            other: view.other,
        }
    }
}

/// A map by condition, in the dataset's order.
struct JsonGrades<'a>(&'a Grades);

impl Serialize for JsonGrades<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(Condition::ALL.len()))?;
        for (condition, grade) in self.0.iter() {
            map.serialize_entry(
                condition.id(),
                &JsonGrade {
                    severity: grade.severity.number(),
                    probabilities: grade.probabilities,
                    confidence: grade.confidence,
                },
            )?;
        }
        map.end()
    }
}

#[derive(Serialize)]
struct JsonGrade {
    severity: u8,
    probabilities: [f32; 4],
    confidence: f32,
}

#[derive(Serialize)]
struct JsonModel<'a> {
    id: &'a str,
    demonstration: bool,
    trained_on: &'a str,
}

#[derive(Serialize)]
struct JsonTiming {
    decode: f64,
    preprocess: f64,
    inference: f64,
    total: f64,
}

/// Milliseconds to the microsecond.
fn milliseconds(duration: Duration) -> f64 {
    (duration.as_secs_f64() * 1_000_000.0).round() / 1_000.0
}

/// Some lines, the last one empty.
pub(super) fn table(judged: &Judged<'_>) -> String {
    let judgement = judged.judgement;
    let timing = judged.timing;
    let mut text = format!(
        "{}: {}\n",
        printable(judged.photo),
        judgement.verdict.id().replace('_', " ")
    );
    let mut line = |name: &str, value: &str| {
        writeln!(text, "  {name:<30}{value}").expect("a string takes everything");
    };
    if let Some(view) = judgement.view {
        line(
            "view",
            &format!(
                "close-up {}, from afar {}, other {}",
                percent(view.close_up),
                percent(view.from_afar),
                percent(view.other)
            ),
        );
    }
    for (condition, grade) in judgement.grades.iter().flat_map(Grades::iter) {
        line(&condition.id().replace('_', " "), &in_words(grade));
    }
    if let Some(scalp_type) = judgement.scalp_type() {
        line("scalp type", &scalp_type.id().replace('_', " "));
    }
    if judgement.is_soft {
        line("sharpness", "soft: a sharper photo would be judged better");
    }
    if let Some(hint) = what_to_do(judgement.verdict) {
        line("what to do", hint);
    }
    line(
        "time",
        &format!(
            "{:.1} ms (decode {:.1}, preprocess {:.1}, inference {:.1})",
            milliseconds(timing.total),
            milliseconds(timing.decode),
            milliseconds(timing.preprocess),
            milliseconds(timing.inference)
        ),
    );
    text
}

fn in_words(grade: &Grade) -> String {
    let name = match grade.severity {
        Severity::Good => "good",
        Severity::Mild => "mild",
        Severity::Moderate => "moderate",
        Severity::Severe => "severe",
    };
    let number = grade.severity.number();
    let doubt = if grade.is_certain {
        ""
    } else {
        ", not certain"
    };
    format!("{number} {name:<10}{}{doubt}", percent(grade.confidence))
}

fn percent(share: f32) -> String {
    format!("{:.0} %", share * 100.0)
}

/// What would make a photo of that verdict one that can be graded.
pub(super) fn what_to_do(verdict: Verdict) -> Option<&'static str> {
    match verdict {
        Verdict::Graded => None,
        Verdict::FromAfar => Some("take it from close by, with a scalp camera if there is one"),
        Verdict::NotScalp => Some("photograph the scalp itself, from close by"),
        Verdict::TooDark => Some("take it in more light"),
        Verdict::Overexposed => Some("take it with less light, without reflections"),
        Verdict::Blurred => Some("hold still and focus on the scalp"),
        Verdict::TooSmall => Some("use a photo with more pixels"),
        Verdict::Unreadable => Some("save it as an ordinary JPEG"),
    }
}

/// What stands below the tables of all photos.
pub(super) fn footer(judgement: &Judgement) -> String {
    let model = &judgement.model;
    let kind = if model.is_demonstration {
        ", a demonstration model"
    } else {
        ""
    };
    format!(
        "model: {}{kind}; trained on: {}\nThis is everyday-care information, not a diagnosis.\n",
        printable(&model.id),
        printable(&model.trained_on)
    )
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Judged, json_line, table};
    use crate::domain::scalp::{Grade, Grades, Judgement, ModelIdentity, Severity, Verdict, View};
    use crate::severity::Timing;

    fn judgement(verdict: Verdict) -> Judgement {
        let grades = Grades::new(std::array::from_fn(|index| Grade {
            severity: Severity::ALL[index % 4],
            probabilities: [0.125, 0.5, 0.25, 0.125],
            confidence: 0.5,
            is_certain: index != 0,
        }));
        Judgement {
            verdict,
            view: (verdict != Verdict::TooDark).then_some(View {
                close_up: 0.75,
                from_afar: 0.25,
                other: 0.0,
            }),
            grades: (verdict == Verdict::Graded).then_some(grades),
            is_soft: false,
            model: ModelIdentity {
                id: "demo/1".to_owned(),
                is_demonstration: true,
                trained_on: "images".to_owned(),
            },
        }
    }

    const TIMING: Timing = Timing {
        decode: Duration::from_micros(1_500),
        preprocess: Duration::from_micros(250),
        inference: Duration::from_millis(20),
        total: Duration::from_nanos(21_750_400),
    };

    fn judged<'a>(photo: &'a str, judgement: &'a Judgement) -> Judged<'a> {
        Judged {
            photo,
            judgement,
            timing: TIMING,
        }
    }

    #[test]
    fn a_graded_photo_is_one_line_of_json_with_keys_in_their_promised_order() {
        let judgement = judgement(Verdict::Graded);
        let grade = |severity: u8| {
            format!(
                r#"{{"severity":{severity},"probabilities":[0.125,0.5,0.25,0.125],"confidence":0.5}}"#
            )
        };
        let expected = [
            r#"{"photo":"a \"b\".jpg","verdict":"graded","#,
            r#""view":{"close_up":0.75,"from_afar":0.25,"other":0.0},"#,
            r#""grades":{"fine_scaling":"#,
            &grade(0),
            r#","excess_sebum":"#,
            &grade(1),
            r#","interfollicular_erythema":"#,
            &grade(2),
            r#","follicular_erythema_pustules":"#,
            &grade(3),
            r#","dandruff":"#,
            &grade(0),
            r#","hair_loss":"#,
            &grade(1),
            r#"},"scalp_type":"mixed","#,
            r#""model":{"id":"demo/1","demonstration":true,"trained_on":"images"},"#,
            r#""timing_ms":{"decode":1.5,"preprocess":0.25,"inference":20.0,"total":21.75}}"#,
        ]
        .concat();
        assert_eq!(json_line(&judged("a \"b\".jpg", &judgement)), expected);
    }

    #[test]
    fn what_is_not_known_of_a_refused_photo_is_null() {
        let line = json_line(&judged("a.jpg", &judgement(Verdict::TooDark)));
        assert!(
            line.starts_with(
                r#"{"photo":"a.jpg","verdict":"too_dark","view":null,"grades":null,"scalp_type":null,"#
            ),
            "{line}"
        );
    }

    #[test]
    fn the_table_can_be_read() {
        let graded = table(&judged("a.jpg", &judgement(Verdict::Graded)));
        let expected = "\
a.jpg: graded
  view                          close-up 75 %, from afar 25 %, other 0 %
  fine scaling                  0 good      50 %, not certain
  excess sebum                  1 mild      50 %
  interfollicular erythema      2 moderate  50 %
  follicular erythema pustules  3 severe    50 %
  dandruff                      0 good      50 %
  hair loss                     1 mild      50 %
  scalp type                    mixed
  time                          21.8 ms (decode 1.5, preprocess 0.2, inference 20.0)
";
        assert_eq!(graded, expected);
        let refused = table(&judged("a.jpg", &judgement(Verdict::TooDark)));
        assert!(refused.contains("  what to do                    take it in more light\n"));
    }
}
