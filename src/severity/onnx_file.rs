//! A first look at an ONNX file: whether its outermost layer is whole.
//!
//! The runtimes differ in what they do with a file that is none or was cut off; one of them never
//! comes back. So nothing is given to them that does not begin and end as an ONNX file must.

/// Why a file is not taken for an ONNX model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotOnnx {
    #[error("it is no ONNX file, or it was cut off, at byte {0}")]
    Broken(usize),
    #[error("it holds no graph")]
    NoGraph,
}

/// Field numbers of the outermost message, up to which ONNX uses them.
const LAST_FIELD: u64 = 31;
const GRAPH: u64 = 7;

/// Walks over the outermost fields without looking into them.
pub(crate) fn check(bytes: &[u8]) -> Result<(), NotOnnx> {
    let mut at = 0;
    let mut has_graph = false;
    while at < bytes.len() {
        let start = at;
        let next = field(bytes, &mut at)
            .filter(|number| (1..=LAST_FIELD).contains(number) && at <= bytes.len())
            .ok_or(NotOnnx::Broken(start))?;
        has_graph |= next == GRAPH;
    }
    if has_graph {
        Ok(())
    } else {
        Err(NotOnnx::NoGraph)
    }
}

/// Steps over one field and gives its number; `at` may end behind the bytes.
fn field(bytes: &[u8], at: &mut usize) -> Option<u64> {
    let tag = varint(bytes, at)?;
    let length = match tag & 7 {
        0 => {
            varint(bytes, at)?;
            0
        }
        1 => 8,
        2 => usize::try_from(varint(bytes, at)?).ok()?,
        5 => 4,
        _ => return None,
    };
    *at = at.checked_add(length)?;
    Some(tag >> 3)
}

fn varint(bytes: &[u8], at: &mut usize) -> Option<u64> {
    let mut value = 0;
    for shift in (0..64).step_by(7) {
        let byte = *bytes.get(*at)?;
        *at += 1;
        value |= u64::from(byte & 0x7F) << shift;
        if byte & 0x80 == 0 {
            return Some(value);
        }
    }
    None
}
