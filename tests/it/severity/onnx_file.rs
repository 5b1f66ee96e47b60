//! The metadata of an ONNX file, changed without a library: just enough of its coding.

#![expect(clippy::cast_possible_truncation, reason = "seven bits fit a byte")]

/// The field of a model that holds one metadata entry.
const METADATA: u64 = 14;

/// The bundled model with one metadata entry replaced, or left out.
pub(super) fn bundled_with(key: &str, value: Option<&str>) -> Vec<u8> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/models/dupi-demo.onnx");
    let model = std::fs::read(path).expect("the bundled model");
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
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/models/dupi-demo.onnx");
    let model = std::fs::read(path).expect("the bundled model");
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

/// Number, whole coding and content of each field.
fn fields(mut bytes: &[u8]) -> impl Iterator<Item = (u64, &[u8], &[u8])> {
    std::iter::from_fn(move || {
        let start = bytes;
        let tag = take_varint(&mut bytes)?;
        let length = match tag & 7 {
            0 => {
                take_varint(&mut bytes)?;
                0
            }
            2 => usize::try_from(take_varint(&mut bytes)?).expect("a length"),
            other => panic!("a model has no top field of wire type {other}"),
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

fn put(bytes: &mut Vec<u8>, number: u64, content: &[u8]) {
    put_varint(bytes, number << 3 | 2);
    put_varint(bytes, content.len() as u64);
    bytes.extend(content);
}

fn put_varint(bytes: &mut Vec<u8>, mut value: u64) {
    while value > 0x7F {
        bytes.push((value & 0x7F) as u8 | 0x80);
        value >>= 7;
    }
    bytes.push(value as u8);
}
