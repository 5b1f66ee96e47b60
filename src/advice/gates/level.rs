//! Gate 7: nothing contradicts the care level, neither by comfort nor by alarm.
//!
//! Whatever the level, doctors and their places are not among the things to avoid.

use super::reading::{Grounds, Reading};
use super::vocabulary::Topic;
use super::{Gate, Refusal};
use crate::domain::guidance::CareLevel;

pub(super) fn check(
    reading: &Reading,
    grounds: &Grounds,
    care_level: CareLevel,
) -> Result<(), Refusal> {
    let warns_of_care = reading
        .findings
        .iter()
        .any(|finding| finding.topic == Topic::Care && finding.sentence >= reading.to_avoid);
    if warns_of_care {
        return Err(Gate::Level.refuses(Topic::Care.id()));
    }
    for topic in contradictions(care_level) {
        let is_refused = reading.findings.iter().any(|finding| {
            let is_warned_of = matches!(finding.topic, Topic::Delay | Topic::Wait)
                && finding.sentence >= reading.to_avoid;
            finding.topic == *topic
                && !is_warned_of
                && !reading.is_quoted(finding.sentence, grounds)
                && (*topic == Topic::Comfort || !grounds.names(finding))
        });
        if is_refused {
            return Err(Gate::Level.refuses(topic.id()));
        }
    }
    Ok(())
}

/// What may not be said at a level. False comfort never may; the evidence may license the others.
const fn contradictions(care_level: CareLevel) -> &'static [Topic] {
    match care_level {
        CareLevel::KeepRoutine | CareLevel::HomeCare => &[Topic::Comfort, Topic::Alarm],
        CareLevel::HomeCareThenDoctor => &[Topic::Comfort, Topic::Reassurance],
        CareLevel::SeeDermatologist => &[Topic::Comfort, Topic::Reassurance, Topic::Delay],
        CareLevel::CareToday | CareLevel::Emergency => &[
            Topic::Comfort,
            Topic::Reassurance,
            Topic::Delay,
            Topic::Wait,
        ],
    }
}
