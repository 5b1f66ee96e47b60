//! Reads numbers: in digits, in Korean and in English words.

/// A number and how long it is in the text.
#[derive(Debug, Clone, Copy)]
pub(super) struct Number {
    /// In thousandths.
    pub(super) low: u64,
    pub(super) high: u64,
    pub(super) bytes: usize,
}

/// A telephone number at the beginning: groups of digits, seven or more in all.
pub(super) fn telephone(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let (mut at, mut digits, mut groups) = (0, 0, 0);
    loop {
        let run = bytes[at..]
            .iter()
            .take_while(|byte| byte.is_ascii_digit())
            .count();
        digits += run;
        groups += 1;
        at += run;
        let is_joined = matches!(bytes.get(at), Some(b'-' | b'.' | b')'))
            || (bytes.get(at) == Some(&b' ') && run >= 3);
        let skipped =
            1 + usize::from(bytes.get(at) == Some(&b')') && bytes.get(at + 1) == Some(&b' '));
        if !is_joined || !bytes.get(at + skipped).is_some_and(u8::is_ascii_digit) {
            break;
        }
        at += skipped;
    }
    let is_amount = text[at..].trim_start().starts_with(['원', '만']);
    (digits >= 7 && (groups > 1 || !is_amount)).then_some(at)
}

/// A number in digits, or a range of two, with 만 and 천.
pub(super) fn number(text: &str) -> Number {
    let (low, bytes) = single(text);
    let rest = &text[bytes..];
    for joint in [
        "-", "~", " - ", " ~ ", "~ ", "- ", "에서 ", " to ", " or ", " 내지 ",
    ] {
        if let Some(second) = rest.strip_prefix(joint)
            && second.starts_with(|next: char| next.is_ascii_digit())
        {
            let (high, second_bytes) = single(second);
            return Number {
                low: low.min(high),
                high: low.max(high),
                bytes: bytes + joint.len() + second_bytes,
            };
        }
    }
    Number {
        low,
        high: low,
        bytes,
    }
}

/// One number in thousandths, and its length.
fn single(text: &str) -> (u64, usize) {
    let mut at = 0;
    let mut total: u64 = 0;
    loop {
        let (value, bytes) = decimal(&text[at..]);
        at += bytes;
        let multiplier = match text[at..].chars().next() {
            Some('억') => 100_000_000,
            Some('만') => 10_000,
            Some('천') => 1_000,
            Some('백') => 100,
            Some(_) | None => return (total.saturating_add(value), at),
        };
        total = total.saturating_add(value.saturating_mul(multiplier));
        at += '만'.len_utf8();
        if !text[at..].starts_with(|next: char| next.is_ascii_digit()) {
            return (total, at);
        }
    }
}

/// Digits with commas and a fraction, in thousandths; what is finer is lost.
fn decimal(text: &str) -> (u64, usize) {
    let bytes = text.as_bytes();
    let is_digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
    let mut value: u64 = 0;
    let mut at = 0;
    while is_digit(at) || (bytes.get(at) == Some(&b',') && is_digit(at + 1)) {
        if is_digit(at) {
            value = value
                .saturating_mul(10)
                .saturating_add(u64::from(bytes[at] - b'0'));
        }
        at += 1;
    }
    value = value.saturating_mul(1_000);
    if bytes.get(at) == Some(&b'.') && is_digit(at + 1) {
        at += 1;
        let mut weight = 100;
        while is_digit(at) {
            value = value.saturating_add(u64::from(bytes[at] - b'0') * weight);
            weight /= 10;
            at += 1;
        }
    }
    (value, at)
}

/// A Korean number in words.
pub(super) struct KoreanNumber {
    pub(super) value: Number,
    pub(super) bytes: usize,
    /// Of Chinese origin (일, 이, 삼): those are parts of many other words.
    pub(super) is_sino: bool,
}

pub(super) fn korean_number(text: &str) -> Option<KoreanNumber> {
    if let Some((low, high, bytes)) = native_number(text) {
        return Some(KoreanNumber {
            value: Number { low, high, bytes },
            bytes,
            is_sino: false,
        });
    }
    let (value, bytes) = sino_number(text)?;
    Some(KoreanNumber {
        value: Number {
            low: value,
            high: value,
            bytes,
        },
        bytes,
        is_sino: true,
    })
}

/// A count in digits or in words.
pub(super) fn count(text: &str) -> Option<Number> {
    if text.starts_with(|next: char| next.is_ascii_digit()) {
        return Some(number(text));
    }
    korean_number(text).map(|number| number.value)
}

const ENGLISH_NUMBERS: &[(&str, u64)] = &[
    ("a couple of ", 2),
    ("half a ", 1),
    ("a ", 1),
    ("an ", 1),
    ("one ", 1),
    ("two ", 2),
    ("three ", 3),
    ("four ", 4),
    ("five ", 5),
    ("six ", 6),
    ("seven ", 7),
    ("eight ", 8),
    ("nine ", 9),
    ("ten ", 10),
    ("twelve ", 12),
    ("fifteen ", 15),
    ("twenty ", 20),
    ("thirty ", 30),
];

/// A number in English words, or a range of two (`two or three`), in thousandths. Its blank is left
/// for the measure.
pub(super) fn english_number(text: &str) -> Option<(u64, u64, usize)> {
    let single = |text: &str| {
        ENGLISH_NUMBERS
            .iter()
            .find(|(name, _)| text.starts_with(name))
            .map(|(name, value)| (value * 1_000, name.len()))
    };
    let (low, bytes) = single(text)?;
    let rest = &text[bytes..];
    for joint in ["or ", "to "] {
        if let Some((high, second)) = rest.strip_prefix(joint).and_then(single) {
            return Some((low, high, bytes + joint.len() + second - 1));
        }
    }
    Some((low, low, bytes - 1))
}

const NATIVE: &[(&str, u64, u64)] = &[
    ("한두", 1, 2),
    ("두서너", 2, 4),
    ("두세", 2, 3),
    ("서너", 3, 4),
    ("네댓", 4, 5),
    ("네다섯", 4, 5),
    ("대여섯", 5, 6),
    ("예닐곱", 6, 7),
    ("열두", 12, 12),
    ("한", 1, 1),
    ("두", 2, 2),
    ("세", 3, 3),
    ("석", 3, 3),
    ("네", 4, 4),
    ("넉", 4, 4),
    ("다섯", 5, 5),
    ("여섯", 6, 6),
    ("일곱", 7, 7),
    ("여덟", 8, 8),
    ("아홉", 9, 9),
    ("열", 10, 10),
    ("스무", 20, 20),
    ("반", 1, 1),
];

/// A native Korean number in thousandths: lowest, highest, length.
fn native_number(text: &str) -> Option<(u64, u64, usize)> {
    NATIVE
        .iter()
        .find(|(name, ..)| text.starts_with(name))
        .map(|(name, low, high)| (low * 1_000, high * 1_000, name.len()))
}

/// A number of Chinese origin (이십오, 삼만) in thousandths, and its length.
fn sino_number(text: &str) -> Option<(u64, usize)> {
    let (mut total, mut digit, mut bytes): (u64, u64, usize) = (0, 0, 0);
    for letter in text.chars().take(8) {
        match letter {
            '십' => total += digit.max(1) * 10,
            '백' => total += digit.max(1) * 100,
            '천' => total += digit.max(1) * 1_000,
            '만' => total = (total + digit).max(1) * 10_000,
            _ => {
                let Some(value) = "영일이삼사오육칠팔구"
                    .chars()
                    .position(|name| name == letter)
                else {
                    break;
                };
                digit = value as u64;
                bytes += letter.len_utf8();
                continue;
            }
        }
        digit = 0;
        bytes += letter.len_utf8();
    }
    (bytes > 0).then_some(((total + digit) * 1_000, bytes))
}
