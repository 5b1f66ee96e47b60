//! `dupi jobs`: the one place to look when something is stuck.

use std::io::Write;

use jiff::Timestamp;

use super::Outcome;
use super::telling::printable;
use crate::app::{DataPaths, open_store};
use crate::config::Settings;
use crate::ports::{EffectOverview, EffectQueue as _, EffectState};

/// Lists the newest effects. Changes none, and may run beside a service.
pub(super) async fn run(
    settings: &Settings,
    limit: u32,
    output: &mut dyn Write,
) -> anyhow::Result<Outcome> {
    let paths = DataPaths::of(settings);
    if !paths.database.exists() {
        writeln!(
            output,
            "no database at {} yet: nothing was ever to do",
            printable(&paths.database.display().to_string())
        )?;
        return Ok(Outcome::Done);
    }
    let store = open_store(settings).await?;
    let effects = store.overview(limit).await?;
    store.close().await;
    write!(output, "{}", listed(&effects))?;
    Ok(Outcome::Done)
}

/// A line for each effect and one for all.
fn listed(effects: &[EffectOverview]) -> String {
    let mut text = format!(
        "{:<21}{:<15}{:<9}{:<7}{:<21}{}\n",
        "CREATED", "EFFECT", "STATE", "TRIES", "DUE", "LAST ERROR"
    );
    for effect in effects {
        let due = match effect.state {
            EffectState::Waiting | EffectState::Leased => to_the_second(effect.run_at),
            EffectState::Done | EffectState::Failed => "-".to_owned(),
        };
        let error = effect.last_error.as_deref().unwrap_or("-");
        let line = format!(
            "{:<21}{:<15}{:<9}{:<7}{due:<21}{}",
            to_the_second(effect.created_at),
            effect.kind,
            name(effect.state),
            effect.attempts,
            printable(error)
        );
        text.push_str(line.trim_end());
        text.push('\n');
    }
    let counts: Vec<String> = [
        EffectState::Waiting,
        EffectState::Leased,
        EffectState::Failed,
        EffectState::Done,
    ]
    .into_iter()
    .map(|state| {
        let count = effects
            .iter()
            .filter(|effect| effect.state == state)
            .count();
        format!("{count} {}", name(state))
    })
    .collect();
    text + &format!("the newest {}: {}\n", effects.len(), counts.join(", "))
}

const fn name(state: EffectState) -> &'static str {
    match state {
        EffectState::Waiting => "waiting",
        EffectState::Leased => "running",
        EffectState::Done => "done",
        EffectState::Failed => "failed",
    }
}

fn to_the_second(time: Timestamp) -> String {
    time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use uuid::Uuid;

    use super::listed;
    use crate::ports::{EffectId, EffectOverview, EffectState};

    #[test]
    fn what_is_stuck_is_seen_at_once() {
        let effect = |kind: &str, state, last_error: Option<&str>| EffectOverview {
            id: EffectId(Uuid::nil()),
            kind: kind.to_owned(),
            state,
            attempts: 2,
            created_at: Timestamp::UNIX_EPOCH,
            run_at: Timestamp::UNIX_EPOCH,
            last_error: last_error.map(str::to_owned),
        };
        let text = listed(&[
            effect("grade_photo", EffectState::Waiting, Some("queue is full")),
            effect("send", EffectState::Done, None),
        ]);
        assert_eq!(
            text,
            "\
CREATED              EFFECT         STATE    TRIES  DUE                  LAST ERROR
1970-01-01T00:00:00Z grade_photo    waiting  2      1970-01-01T00:00:00Z queue is full
1970-01-01T00:00:00Z send           done     2      -                    -
the newest 2: 1 waiting, 0 running, 0 failed, 1 done
"
        );
    }
}
