//! Clocks, and what the system tells of a process (Linux).

use std::time::Duration;

use anyhow::Context as _;

pub(crate) fn milliseconds(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e3
}

/// The `share` (0 to 1) of the values that is at most the result.
pub(crate) fn percentile(values: &mut [f64], share: f64) -> f64 {
    values.sort_by(f64::total_cmp);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_precision_loss,
        clippy::cast_sign_loss,
        reason = "an index of a short list"
    )]
    let index = ((values.len() - 1) as f64 * share).round() as usize;
    values[index]
}

pub(crate) fn median(values: &mut [f64]) -> f64 {
    percentile(values, 0.5)
}

/// Milliseconds of a processor that something takes in the calling thread.
pub(crate) fn thread_time<T>(work: impl FnOnce() -> T) -> anyhow::Result<f64> {
    let before = thread_milliseconds()?;
    std::hint::black_box(work());
    Ok(thread_milliseconds()? - before)
}

/// Processor time of the calling thread.
fn thread_milliseconds() -> anyhow::Result<f64> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat")?;
    let nanoseconds: f64 = text
        .split_whitespace()
        .next()
        .context("the system tells the time of a thread")?
        .parse()?;
    Ok(nanoseconds / 1e6)
}

/// Processor time of a process and all its threads, also those that ended; in steps of 10 ms.
pub(crate) fn process_milliseconds(process: u32) -> anyhow::Result<f64> {
    let text = std::fs::read_to_string(format!("/proc/{process}/stat"))?;
    let (_, fields) = text.rsplit_once(')').context("a name in brackets")?;
    let ticks = |field: usize| -> anyhow::Result<f64> {
        let text = fields.split_whitespace().nth(field);
        Ok(text.context("the system tells the time")?.parse()?)
    };
    Ok((ticks(11)? + ticks(12)?) * 10.0)
}

/// Megabytes of one of the lines that tell of a process's memory: `VmRSS` now, `VmHWM` at most.
pub(crate) fn megabytes(process: u32, line: &str) -> anyhow::Result<f64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status"))?;
    let kilobytes: f64 = status
        .lines()
        .find_map(|text| text.strip_prefix(line)?.strip_prefix(':'))
        .and_then(|rest| rest.split_whitespace().next())
        .context("the system tells the memory")?
        .parse()?;
    Ok(kilobytes / 1e3)
}
