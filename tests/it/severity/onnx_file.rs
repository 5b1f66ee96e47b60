//! The metadata of an ONNX file, changed without a library: just enough of its coding.

#![expect(clippy::cast_possible_truncation, reason = "seven bits fit a byte")]

/// The field of a model that holds one metadata entry.
const METADATA: u64 = 14;

/// The bundled model.
pub(super) fn bundled() -> Vec<u8> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/models/dupi-demo.onnx");
    std::fs::read(path).expect("the bundled model")
}

/// A message with some of its inmost fields replaced. `path` leads through nested messages; `change`
/// is told each field there, number and content, and gives its new coding, or nothing to keep it. A
/// number's content is its coding.
pub(super) fn changed(
    message: &[u8],
    path: &[u64],
    change: &mut impl FnMut(u64, &[u8]) -> Option<Vec<u8>>,
) -> Vec<u8> {
    let mut result = Vec::with_capacity(message.len());
    for (number, whole, content) in fields(message) {
        match path.split_first() {
            None => match change(number, content) {
                Some(field) => result.extend(field),
                None => result.extend(whole),
            },
            Some((step, rest)) if *step == number => {
                put(&mut result, number, &changed(content, rest, change));
            }
            Some(_) => result.extend(whole),
        }
    }
    result
}

/// The bundled model with one metadata entry replaced, or left out.
pub(super) fn bundled_with(key: &str, value: Option<&str>) -> Vec<u8> {
    let model = bundled();
    let mut changed: Vec<u8> = fields(&model)
        .filter(|(number, _, content)| *number != METADATA || entry(content).0 != key)
        .flat_map(|(_, whole, _)| whole.to_vec())
        .collect();
    if let Some(value) = value {
        let mut content = Vec::new();
        put(&mut content, 1, key.as_bytes());
        put(&mut content, 2, value.as_bytes());
        put(&mut changed, METADATA, &content);
    }
    changed
}

/// The value of one metadata entry of the bundled model.
pub(super) fn bundled_value(key: &str) -> String {
    let model = bundled();
    fields(&model)
        .filter(|(number, ..)| *number == METADATA)
        .map(|(.., content)| entry(content))
        .find(|(found, _)| found == key)
        .unwrap_or_else(|| panic!("the bundled model has no {key}"))
        .1
}

fn entry(content: &[u8]) -> (String, String) {
    let text = |wanted| {
        fields(content)
            .find(|(number, ..)| *number == wanted)
            .map(|(.., text)| String::from_utf8(text.to_vec()).expect("metadata is text"))
            .unwrap_or_default()
    };
    (text(1), text(2))
}

/// Number, whole coding and content of each field; of a number the content is its coding.
fn fields(mut bytes: &[u8]) -> impl Iterator<Item = (u64, &[u8], &[u8])> {
    std::iter::from_fn(move || {
        let start = bytes;
        let tag = take_varint(&mut bytes)?;
        let before = bytes;
        let length = match tag & 7 {
            0 => {
                take_varint(&mut bytes)?;
                let length = before.len() - bytes.len();
                bytes = before;
                length
            }
            1 => 8,
            2 => usize::try_from(take_varint(&mut bytes)?).expect("a length"),
            5 => 4,
            other => panic!("an ONNX file has no field of wire type {other}"),
        };
        let (content, rest) = bytes.split_at(length);
        bytes = rest;
        Some((tag >> 3, &start[..start.len() - rest.len()], content))
    })
}

fn take_varint(bytes: &mut &[u8]) -> Option<u64> {
    let mut value = 0;
    for shift in (0..64).step_by(7) {
        let (byte, rest) = bytes.split_first()?;
        *bytes = rest;
        value |= u64::from(byte & 0x7F) << shift;
        if byte & 0x80 == 0 {
            return Some(value);
        }
    }
    None
}

/// Appends a field that holds bytes.
pub(super) fn put(bytes: &mut Vec<u8>, number: u64, content: &[u8]) {
    put_varint(bytes, number << 3 | 2);
    put_varint(bytes, content.len() as u64);
    bytes.extend(content);
}

/// Appends a field that holds a number.
pub(super) fn put_number(bytes: &mut Vec<u8>, number: u64, value: u64) {
    put_varint(bytes, number << 3);
    put_varint(bytes, value);
}

fn put_varint(bytes: &mut Vec<u8>, mut value: u64) {
    while value > 0x7F {
        bytes.push((value & 0x7F) as u8 | 0x80);
        value >>= 7;
    }
    bytes.push(value as u8);
}
