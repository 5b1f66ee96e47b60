//! The entropy coding of a sequential JPEG: Huffman codes to coefficients.
//!
//! Half of the time of a large photo goes here, so what a small picture does not need is stepped over:
//! its value is never computed, and two short symbols are taken by one look-up. Whatever the bytes say,
//! nothing here reads or writes outside its slices.
#![expect(
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    reason = "bits are cut out of wider words on purpose"
)]

use super::{DecodeError, Format};

/// Where the n-th coefficient of the file stands in a block, row by row.
pub(super) const ZIGZAG: [u8; 64] = [
    0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48, 41, 34, 27, 20,
    13, 6, 7, 14, 21, 28, 35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59,
    52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47, 55, 62, 63,
];

/// Bits that one look-up sees.
const SEEN: u32 = 11;
/// An advance that ends every block.
const END: u8 = 64;
/// The most that one step over unneeded symbols goes on by, unless it ends the block.
const STRIDE: u8 = 16;

/// The symbol behind the next [`SEEN`] bits.
#[derive(Debug, Clone, Copy, Default)]
#[repr(align(4))]
struct Entry {
    /// Bits of the code alone; 0 where the code is longer than what was seen, or is none.
    code: u8,
    /// Bits of the value that follows.
    size: u8,
    /// Code and value together.
    whole: u8,
    /// Coefficients that this symbol goes on by; [`END`] at the end of a block.
    advance: u8,
}

/// As many symbols as are seen at once, to be stepped over together.
#[derive(Debug, Clone, Copy, Default)]
#[repr(align(2))]
struct Step {
    /// Bits of all of them; 0 where not even the first is seen.
    whole: u8,
    /// Coefficients that they go on by.
    advance: u8,
}

/// The codes of one table.
pub(super) struct Codes {
    entries: Box<[Entry; 1 << SEEN]>,
    steps: Box<[Step; 1 << SEEN]>,
    /// For codes longer than [`SEEN`]: one past the last code of each length, and from a code to its symbol.
    ends: [i32; 17],
    offsets: [i32; 17],
    symbols: Vec<u8>,
    is_ac: bool,
}

impl Codes {
    /// Reads how many codes there are of each length, and their symbols.
    pub(super) fn new(counts: &[u8; 16], symbols: &[u8], is_ac: bool) -> Result<Self, DecodeError> {
        let mut entries = Box::new([Entry::default(); 1 << SEEN]);
        let (mut ends, mut offsets) = ([0; 17], [0; 17]);
        let (mut code, mut index) = (0_u32, 0_usize);
        for (length, count) in (1_u32..).zip(counts) {
            offsets[length as usize] = index as i32 - code as i32;
            for _ in 0..*count {
                let symbol = *symbols
                    .get(index)
                    .ok_or_else(|| broken("too few symbols"))?;
                if code >= 1 << length {
                    return Err(broken("more codes than a length can have"));
                }
                if length <= SEEN {
                    let first = (code << (SEEN - length)) as usize;
                    let entry = Entry::of(symbol, length as u8, is_ac);
                    entries[first..first + (1 << (SEEN - length))].fill(entry);
                }
                code += 1;
                index += 1;
            }
            ends[length as usize] = code as i32;
            code <<= 1;
        }
        if !is_ac && symbols.iter().any(|size| *size > 11) {
            return Err(broken("a difference of more than 11 bits"));
        }
        Ok(Self {
            steps: steps(&entries),
            entries,
            ends,
            offsets,
            symbols: symbols.to_vec(),
            is_ac,
        })
    }

    /// A code that is longer than what one look-up sees.
    fn long(&self, window: u64) -> Option<Entry> {
        (SEEN + 1..=16).find_map(|length| {
            let code = (window >> (64 - length)) as i32;
            if code >= self.ends[length as usize] {
                return None;
            }
            let index = usize::try_from(code + self.offsets[length as usize]).ok()?;
            let symbol = self.symbols.get(index)?;
            Some(Entry::of(*symbol, length as u8, self.is_ac))
        })
    }
}

/// After each symbol, what is left of the seen bits may hold the whole code of the next.
fn steps(entries: &[Entry; 1 << SEEN]) -> Box<[Step; 1 << SEEN]> {
    let mut steps = Box::new([Step::default(); 1 << SEEN]);
    for (window, step) in steps.iter_mut().enumerate() {
        while step.advance < END && u32::from(step.whole) < SEEN {
            let left = (window << step.whole) & ((1 << SEEN) - 1);
            let next = entries[left];
            let is_seen = next.code > 0 && u32::from(step.whole + next.code) <= SEEN;
            let is_near = next.advance == END || step.advance + next.advance <= STRIDE;
            if !is_seen || !is_near {
                break;
            }
            step.whole += next.whole;
            step.advance += next.advance;
        }
    }
    steps
}

impl Entry {
    fn of(symbol: u8, length: u8, is_ac: bool) -> Self {
        let size = if is_ac { symbol & 15 } else { symbol };
        let advance = match symbol {
            _ if !is_ac => 1,
            0xF0 => 16,
            _ if size == 0 => END,
            _ => (symbol >> 4) + 1,
        };
        Self {
            code: length,
            size,
            whole: length + size,
            advance,
        }
    }
}

/// The bits of one restart interval, its stuffing removed.
pub(super) struct Bits<'a> {
    /// Ends with [`Self::PADDING`] zero bytes that are not part of it.
    data: &'a [u8],
    at: usize,
    buffer: u64,
    count: u32,
    /// Something was met that no coder writes. What is read from there on means nothing.
    is_broken: bool,
}

impl<'a> Bits<'a> {
    pub(super) const PADDING: usize = 16;

    pub(super) fn new(data: &'a [u8]) -> Self {
        Self {
            data,
            at: 0,
            buffer: 0,
            count: 0,
            is_broken: false,
        }
    }

    /// At least 56 bits, as long as there are any. Past the end they are zero.
    #[inline]
    fn refill(&mut self) {
        if let Some(next) = self.data.get(self.at..).and_then(<[u8]>::first_chunk::<8>) {
            self.buffer |= u64::from_be_bytes(*next) >> self.count;
            self.at += ((63 - self.count) >> 3) as usize;
            self.count |= 0b11_1000;
        } else {
            // The padding is never taken from sound data.
            self.is_broken = true;
            self.count |= 0b11_1000;
        }
    }

    #[inline]
    fn skip(&mut self, bits: u8) {
        self.buffer <<= bits;
        self.count -= u32::from(bits);
    }

    /// Whether what was read was coded pixels, and no more than there were. To be asked after each row:
    /// until then broken data costs time and nothing else.
    pub(super) fn is_sound(&self) -> bool {
        let real = self.data.len() - Self::PADDING;
        !self.is_broken && self.at <= real + self.count as usize / 8
    }

    #[inline]
    fn entry(&mut self, codes: &Codes) -> Entry {
        let entry = codes.entries[(self.buffer >> (64 - SEEN)) as usize];
        if entry.code == 0 {
            return self.long_entry(codes);
        }
        entry
    }

    #[cold]
    fn long_entry(&mut self, codes: &Codes) -> Entry {
        codes.long(self.buffer).unwrap_or_else(|| {
            self.is_broken = true;
            Entry {
                advance: END,
                ..Entry::default()
            }
        })
    }

    /// The value behind a code that has `code` bits; it stays in the buffer.
    #[inline]
    fn value(&self, entry: Entry) -> i32 {
        if entry.size == 0 {
            return 0;
        }
        let bits = (self.buffer << entry.code) >> (64 - entry.size);
        let is_negative = bits >> (entry.size - 1) == 0;
        bits as i32 - (i32::from(is_negative) * ((1 << entry.size) - 1))
    }

    #[inline]
    fn step_over_one(&mut self, ac: &Codes) -> usize {
        let entry = self.entry(ac);
        self.skip(entry.whole);
        entry.advance.into()
    }

    /// Reads a block. Of its coefficients the first `kept` of the file are written, times their
    /// quantiser, at their places in `block`, which must be zero. Says whether any but the first was.
    #[inline]
    pub(super) fn block(
        &mut self,
        dc: &Codes,
        ac: &Codes,
        previous: &mut i16,
        quantisers: &[i32; 64],
        kept: usize,
        block: &mut [i32; 64],
    ) -> bool {
        self.refill();
        let entry = self.entry(dc);
        *previous = previous.wrapping_add(self.value(entry) as i16);
        self.skip(entry.whole);
        block[0] = i32::from(*previous) * quantisers[0];
        let mut place = 1_usize;
        let mut is_drawn = false;
        while place < kept {
            self.refill();
            let entry = self.entry(ac);
            let value = self.value(entry);
            self.skip(entry.whole);
            place += usize::from(entry.advance);
            if entry.size > 0 {
                let Some(index) = ZIGZAG.get(place - 1) else {
                    self.is_broken = true;
                    break;
                };
                block[usize::from(*index)] = value * quantisers[place - 1];
                is_drawn = true;
            }
        }
        // From here on nothing is kept; no step leads out of the block but by ending it.
        while place <= usize::from(END - STRIDE) {
            self.refill();
            let step = ac.steps[(self.buffer >> (64 - SEEN)) as usize];
            if step.whole == 0 {
                place += self.step_over_one(ac);
                continue;
            }
            self.skip(step.whole);
            place += usize::from(step.advance);
        }
        while place < 64 {
            self.refill();
            place += self.step_over_one(ac);
        }
        is_drawn
    }
}

/// A reason why a JPEG is broken.
pub(super) fn broken(reason: &'static str) -> DecodeError {
    Format::Jpeg.broken(reason)
}

/// Splits coded pixels at their restart markers and removes the stuffing of each part, which is handed
/// to `part` until that fails.
pub(super) fn each_interval(
    coded: &[u8],
    mut part: impl FnMut(&[u8]) -> Result<(), DecodeError>,
) -> Result<(), DecodeError> {
    let mut clean = Vec::with_capacity(coded.len() + Bits::PADDING);
    let mut rest = coded;
    loop {
        let found = rest.iter().position(|byte| *byte == 0xFF);
        let (before, after) = rest.split_at(found.unwrap_or(rest.len()));
        clean.extend_from_slice(before);
        let marker = after.get(1).copied();
        match marker {
            Some(0x00) => clean.push(0xFF),
            Some(0xFF) => {}
            // A restart marker, or the end.
            _ => {
                clean.extend_from_slice(&[0; Bits::PADDING]);
                part(&clean)?;
                clean.clear();
            }
        }
        match marker {
            None => return Ok(()),
            Some(0xFF) => rest = &after[1..],
            Some(_) => rest = &after[2..],
        }
    }
}
