//! The bytes of a successful answer, cut into events that nothing can fail on. Pure.
//!
//! What comes out is always `data: {…}` with one JSON object, and one blank line. What servers send
//! besides that is put into this form (a plain JSON answer where a stream was asked for, a raw line
//! of JSON between events) or becomes a [`Mark`]: the end, cut or broken bytes, too many of them.

use serde_json::Value;

use super::event::Mark;

/// The most that an answer may have, in bytes; 400 tokens with all their wrapping have 150,000.
const MOST_BYTES: usize = 1024 * 1024;

/// How the server says that it answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// Events, each in lines of its own.
    Lines,
    /// One JSON text.
    Whole,
}

impl Shape {
    /// By the content type. Some servers name none, or a wrong one; lines are the rule.
    pub(super) fn of(content_type: &str) -> Self {
        let essence = content_type.split(';').next().unwrap_or_default();
        if essence.trim().eq_ignore_ascii_case("application/json") {
            Self::Whole
        } else {
            Self::Lines
        }
    }
}

/// Turns bytes, however they are cut, into events.
#[derive(Debug)]
pub(super) struct Frames {
    shape: Shape,
    /// The bytes of a line, or of all, that is not complete.
    pending: Vec<u8>,
    /// The data of an event that is not complete.
    data: String,
    received: usize,
    is_heard: bool,
    is_over: bool,
}

impl Frames {
    /// Before the first byte.
    pub(super) fn new(shape: Shape) -> Self {
        Self {
            shape,
            pending: Vec::new(),
            data: String::new(),
            received: 0,
            is_heard: false,
            is_over: false,
        }
    }

    /// Nothing that comes now is of interest.
    pub(super) const fn is_over(&self) -> bool {
        self.is_over
    }

    /// More bytes.
    pub(super) fn take(&mut self, bytes: &[u8]) -> Vec<u8> {
        let mut out = Vec::new();
        if self.is_over {
            return out;
        }
        self.received = self.received.saturating_add(bytes.len());
        if self.received > MOST_BYTES {
            self.ends(Mark::TooLong, &mut out);
            return out;
        }
        self.pending.extend_from_slice(bytes);
        match self.shape {
            Shape::Whole => {}
            Shape::Lines => {
                let pending = std::mem::take(&mut self.pending);
                let mut lines = pending.split(|byte| *byte == b'\n');
                let rest = lines.next_back().unwrap_or_default();
                for line in lines {
                    self.line(line, &mut out);
                }
                self.pending = rest.to_vec();
            }
        }
        out
    }

    /// There are no more bytes.
    pub(super) fn end(&mut self) -> Vec<u8> {
        let mut out = Vec::new();
        if self.is_over {
            return out;
        }
        let pending = std::mem::take(&mut self.pending);
        match self.shape {
            Shape::Lines => {
                self.line(&pending, &mut out);
                self.line(b"", &mut out);
            }
            Shape::Whole => match serde_json::from_slice(&pending) {
                Ok(whole) => {
                    self.event(&whole, &mut out);
                    self.ends(Mark::Done, &mut out);
                }
                Err(_) if std::str::from_utf8(&pending).is_err() => {
                    self.ends(Mark::NotUtf8, &mut out);
                }
                Err(_) if !pending.trim_ascii().is_empty() => self.ends(Mark::NotJson, &mut out),
                Err(_) => {}
            },
        }
        let mark = match (self.is_heard, self.received) {
            (true, _) => Mark::CutOff,
            (false, 0) => Mark::Empty,
            (false, _) => Mark::NotJson,
        };
        self.ends(mark, &mut out);
        out
    }

    /// The connection broke.
    pub(super) fn break_off(&mut self) -> Vec<u8> {
        let mut out = Vec::new();
        self.ends(Mark::CutOff, &mut out);
        out
    }

    fn line(&mut self, line: &[u8], out: &mut Vec<u8>) {
        if self.is_over {
            return;
        }
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let Ok(line) = std::str::from_utf8(line) else {
            return self.ends(Mark::NotUtf8, out);
        };
        if line.is_empty() {
            // The event is complete, but what it has was no JSON when its last line came.
            if !std::mem::take(&mut self.data).is_empty() {
                self.ends(Mark::NotJson, out);
            }
        } else if let Some(data) = line.strip_prefix("data:") {
            self.data(data.strip_prefix(' ').unwrap_or(data), out);
        } else if line.starts_with('{')
            && let Ok(raw) = serde_json::from_str(line)
        {
            self.event(&raw, out);
        }
        // Comments, names, ids and whatever is none of these say nothing.
    }

    fn data(&mut self, data: &str, out: &mut Vec<u8>) {
        if data.trim() == "[DONE]" {
            self.is_heard = true;
            return self.ends(Mark::Done, out);
        }
        if !self.data.is_empty() {
            self.data.push('\n');
        }
        self.data.push_str(data);
        // An event may have several lines of data; nearly all have one, and need not wait.
        if let Ok(event) = serde_json::from_str(&self.data) {
            self.data.clear();
            self.event(&event, out);
        }
    }

    fn event(&mut self, event: &Value, out: &mut Vec<u8>) {
        self.is_heard = true;
        write(event, out);
    }

    fn ends(&mut self, mark: Mark, out: &mut Vec<u8>) {
        if !self.is_over {
            self.is_over = true;
            write(&mark.written(), out);
        }
    }
}

/// On one line: JSON has no line breaks but escaped ones.
fn write(event: &Value, out: &mut Vec<u8>) {
    out.extend_from_slice(format!("data: {event}\n\n").as_bytes());
}

#[cfg(test)]
mod tests;
