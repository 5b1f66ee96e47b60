//! The segments of a JPEG file, read without decoding: its size, its orientation, whether it is whole,
//! and the same picture without anything around it.

use image::metadata::Orientation;

use super::{DecodeError, Format};

const SOI: u8 = 0xD8;
const EOI: u8 = 0xD9;
const SOS: u8 = 0xDA;
const APP1: u8 = 0xE1;
const APP14: u8 = 0xEE;

/// How a frame is coded; other ways are not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Coding {
    Sequential,
    Progressive,
}

/// What the frame header says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Frame {
    pub(crate) coding: Coding,
    pub(crate) width: u16,
    pub(crate) height: u16,
    /// Number of components: 1, 3 or 4.
    components: usize,
    ids: [u8; 4],
    /// Horizontal and vertical sampling factor of each component.
    sampling: [(u8, u8); 4],
    /// Number of the quantisation table of each component.
    tables: [u8; 4],
}

impl Frame {
    /// Memory for all coefficients at two bytes each, as a progressive decoder needs it.
    pub(crate) fn coefficient_bytes(&self) -> u64 {
        let sampling = &self.sampling[..self.components];
        let most = |side: fn(&(u8, u8)) -> u8| sampling.iter().map(side).max().unwrap_or(1).max(1);
        let whole = u64::from(most(|factors| factors.0)) * u64::from(most(|factors| factors.1));
        let pixels = u64::from(self.width) * u64::from(self.height);
        sampling
            .iter()
            .map(|&(across, down)| pixels * u64::from(across) * u64::from(down) * 2 / whole)
            .sum()
    }

    pub(crate) fn ids(&self) -> &[u8] {
        &self.ids[..self.components]
    }

    pub(crate) fn sampling(&self) -> &[(u8, u8)] {
        &self.sampling[..self.components]
    }

    pub(crate) fn tables(&self) -> &[u8] {
        &self.tables[..self.components]
    }

    /// Three components that every reader takes for luma and two colours without being told.
    fn is_plainly_coloured(&self) -> bool {
        self.components == 3 && self.ids[..3] == [1, 2, 3]
    }
}

/// A whole JPEG file, taken apart.
#[derive(Debug)]
pub(crate) struct JpegSegments<'a> {
    pub(crate) frame: Frame,
    pub(crate) orientation: Orientation,
    /// Everything that is needed to draw the picture, in order, from SOI up to but without EOI.
    needed: Vec<&'a [u8]>,
}

impl<'a> JpegSegments<'a> {
    /// Walks over the file up to the end of its first picture. Whatever follows that is not looked at.
    pub(crate) fn read(bytes: &'a [u8]) -> Result<Self, DecodeError> {
        let mut walk = Walk { bytes, at: 0 };
        let start = walk.segment()?;
        if start.marker != SOI {
            return Err(Format::Jpeg.broken("it does not begin with SOI"));
        }
        let mut needed = vec![start.whole];
        let mut frame = None;
        let mut orientation = None;
        let mut scans = 0_u32;
        loop {
            let segment = walk.segment()?;
            match segment.marker {
                EOI => break,
                0xC0..=0xC2 if frame.is_none() => {
                    frame = Some(read_frame(segment.marker, segment.content)?);
                }
                0xC0..=0xCF if !matches!(segment.marker, 0xC4 | 0xC8) => {
                    return Err(Format::Jpeg.broken("a second frame, or an unusual coding"));
                }
                SOS => scans += 1,
                APP1 if orientation.is_none() => {
                    orientation = segment
                        .content
                        .strip_prefix(b"Exif\0\0")
                        .and_then(Orientation::from_exif_chunk);
                }
                _ => {}
            }
            let is_metadata = matches!(segment.marker, 0xE0..=0xEF | 0xFE);
            if !is_metadata || is_adobe(&segment) {
                needed.push(segment.whole);
            }
            if segment.marker == SOS {
                needed.push(walk.scan()?);
            }
        }
        match frame {
            Some(frame) if scans > 0 => Ok(Self {
                frame,
                orientation: orientation.unwrap_or(Orientation::NoTransforms),
                needed,
            }),
            _ => Err(Format::Jpeg.broken("there is no picture in it")),
        }
    }

    /// Whether the file, without its metadata, is a photo that every reader shows the same way.
    pub(crate) fn can_be_kept(&self) -> bool {
        self.orientation == Orientation::NoTransforms && self.frame.is_plainly_coloured()
    }

    /// Grey, or luma and two colours beyond doubt, in a single scan.
    pub(crate) fn is_plain(&self) -> bool {
        let is_known = self.frame.components == 1 || self.frame.is_plainly_coloured();
        let mut scans = 0;
        let mut pieces = self.pieces();
        let mut is_usual = true;
        while let Some((marker, content)) = pieces.next() {
            if marker == SOS {
                scans += 1;
                pieces.coded();
            }
            // Adobe's last byte: 1 for luma and colours.
            is_usual &= marker != APP14 || content.last() == Some(&1);
        }
        is_known && is_usual && scans == 1
    }

    /// What is needed to draw the picture, one after the other.
    pub(crate) fn pieces(&self) -> Pieces<'_, 'a> {
        Pieces(self.needed.iter())
    }

    /// The file without metadata and without anything after the picture; every pixel stays the same.
    pub(crate) fn without_metadata(&self) -> Vec<u8> {
        let mut bytes = self.needed.concat();
        bytes.extend([0xFF, EOI]);
        bytes
    }
}

/// The needed segments of a file, by marker and content. After a scan's header come its coded pixels.
pub(crate) struct Pieces<'s, 'a>(std::slice::Iter<'s, &'a [u8]>);

impl<'a> Pieces<'_, 'a> {
    pub(crate) fn next(&mut self) -> Option<(u8, &'a [u8])> {
        let whole = self.0.next()?;
        Some((*whole.get(1)?, whole.get(4..).unwrap_or_default()))
    }

    /// The coded pixels after the header of a scan, which must be what was taken last.
    pub(crate) fn coded(&mut self) -> &'a [u8] {
        self.0.next().copied().unwrap_or_default()
    }
}

/// Adobe's segment says how colours are coded, so it is part of the picture.
fn is_adobe(segment: &Segment<'_>) -> bool {
    segment.marker == APP14 && segment.content.len() == 12 && segment.content.starts_with(b"Adobe")
}

fn read_frame(marker: u8, content: &[u8]) -> Result<Frame, DecodeError> {
    let &[
        precision,
        high,
        low,
        wide,
        narrow,
        count,
        ref components @ ..,
    ] = content
    else {
        return Err(Format::Jpeg.broken("its frame header is too short"));
    };
    let count = usize::from(count);
    if precision != 8 || !matches!(count, 1 | 3 | 4) || components.len() != count * 3 {
        return Err(Format::Jpeg.broken("its frame is not of 8 bits and 1, 3 or 4 components"));
    }
    let (width, height) = (
        u16::from_be_bytes([wide, narrow]),
        u16::from_be_bytes([high, low]),
    );
    if width == 0 || height == 0 {
        return Err(Format::Jpeg.broken("its frame has no size"));
    }
    let mut ids = [0; 4];
    let mut sampling = [(1, 1); 4];
    let mut tables = [0; 4];
    for (index, component) in components.chunks_exact(3).enumerate() {
        ids[index] = component[0];
        sampling[index] = (component[1] >> 4, component[1] & 15);
        tables[index] = component[2];
    }
    Ok(Frame {
        coding: if marker == 0xC2 {
            Coding::Progressive
        } else {
            Coding::Sequential
        },
        width,
        height,
        components: count,
        ids,
        sampling,
        tables,
    })
}

struct Segment<'a> {
    marker: u8,
    /// Without marker and length.
    content: &'a [u8],
    /// With marker and length.
    whole: &'a [u8],
}

struct Walk<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Walk<'a> {
    fn truncated() -> DecodeError {
        DecodeError::Truncated {
            format: Format::Jpeg,
        }
    }

    fn byte(&self, at: usize) -> Result<u8, DecodeError> {
        self.bytes.get(at).copied().ok_or_else(Self::truncated)
    }

    /// The next segment. Stray bytes before it belong to none; they are not allowed, but they occur.
    fn segment(&mut self) -> Result<Segment<'a>, DecodeError> {
        while self.byte(self.at)? != 0xFF || matches!(self.byte(self.at + 1)?, 0x00 | 0xFF) {
            self.at += 1;
        }
        let start = self.at;
        let marker = self.byte(start + 1)?;
        let content_start = start + 4;
        // These stand alone; all others carry their length, itself included.
        let end = if matches!(marker, SOI | EOI | 0x01 | 0xD0..=0xD7) {
            start + 2
        } else {
            let length = u16::from_be_bytes([self.byte(start + 2)?, self.byte(start + 3)?]);
            if length < 2 {
                return Err(Format::Jpeg.broken("a segment without a length"));
            }
            start + 2 + usize::from(length)
        };
        let whole = self.bytes.get(start..end).ok_or_else(Self::truncated)?;
        self.at = end;
        Ok(Segment {
            marker,
            content: self.bytes.get(content_start..end).unwrap_or_default(),
            whole,
        })
    }

    /// The coded pixels after a scan header, up to the next marker that is not part of them.
    fn scan(&mut self) -> Result<&'a [u8], DecodeError> {
        let start = self.at;
        loop {
            let rest = self.bytes.get(self.at..).ok_or_else(Self::truncated)?;
            self.at += rest
                .iter()
                .position(|byte| *byte == 0xFF)
                .ok_or_else(Self::truncated)?;
            match self.byte(self.at + 1)? {
                0x00 | 0xD0..=0xD7 => self.at += 2,
                0xFF => self.at += 1,
                _ => return Ok(&self.bytes[start..self.at]),
            }
        }
    }
}
