//! Ordinary JPEG photos straight to 1/2, 1/4 or 1/8 of their size.
//!
//! Only what nearly every camera and messenger writes is taken: sequential, 8 bits, grey or YCbCr, one
//! scan of all components. Everything else is left to the general decoder. Broken data is an error.

use image::RgbImage;

use super::DecodeError;
use super::jpeg_entropy::{Bits, Codes, ZIGZAG, broken, each_interval};
use super::jpeg_segments::{Coding, JpegSegments};
use super::jpeg_transform::{flat, pixels, pixels_2x2};

/// Writes a block to pixels whose rows are so far apart.
type Draw = fn(&[i32; 64], &mut [u8], usize);

/// One component of a frame that is taken.
struct Component {
    /// Blocks in each unit, across and down.
    blocks: (usize, usize),
    /// Pixels of a block, across and down: components of less resolution are shown larger.
    shown: (usize, usize),
    /// Coefficients of the file, from the first, that `shown` needs.
    kept: usize,
    draw: Draw,
    quantisers: [i32; 64],
    dc: usize,
    ac: usize,
    previous: i16,
    /// One row of units.
    plane: Vec<u8>,
}

/// Everything that is read before the coded pixels.
struct Plan<'a> {
    components: Vec<Component>,
    dc: [Option<Codes>; 4],
    ac: [Option<Codes>; 4],
    /// Units between two restart markers; `usize::MAX` without any.
    interval: usize,
    coded: &'a [u8],
    /// Pixels of a unit as shown, and units in a row and in a column.
    unit: (usize, usize),
    units: (usize, usize),
}

/// Decodes to `eighths` (1, 2 or 4) of 8 of the size, sides rounded up; `None` for what is not taken.
pub(super) fn decode(
    segments: &JpegSegments<'_>,
    eighths: usize,
) -> Option<Result<RgbImage, DecodeError>> {
    let frame = &segments.frame;
    if frame.coding != Coding::Sequential || !segments.is_plain() {
        return None;
    }
    let plan = plan(segments, eighths)?;
    Some(plan.and_then(|plan| {
        let side = |side: u16| (usize::from(side) * eighths).div_ceil(8);
        plan.draw(side(frame.width), side(frame.height))
    }))
}

/// `None` for a frame or a scan of a kind that is not taken.
fn plan<'a>(segments: &JpegSegments<'a>, eighths: usize) -> Option<Result<Plan<'a>, DecodeError>> {
    let frame = &segments.frame;
    let sampling = frame.sampling();
    let most = sampling.iter().fold((1, 1), |most: (u8, u8), one| {
        (most.0.max(one.0), most.1.max(one.1))
    });
    let mut components = Vec::new();
    for &(across, down) in sampling {
        // A single component is never interleaved: its sampling factors mean nothing.
        let (ratio, blocks) = if sampling.len() == 1 {
            ((1, 1), (1, 1))
        } else {
            if across == 0 || down == 0 || most.0 % across != 0 || most.1 % down != 0 {
                return None;
            }
            let blocks = (usize::from(across), usize::from(down));
            ((most.0 / across, most.1 / down), blocks)
        };
        let shown = (
            eighths * usize::from(ratio.0),
            eighths * usize::from(ratio.1),
        );
        let kept = (0..64)
            .rev()
            .find(|index| {
                let place = usize::from(ZIGZAG[*index]);
                place % 8 < shown.0 && place / 8 < shown.1
            })
            .map_or(1, |last| last + 1);
        components.push(Component {
            blocks,
            shown,
            kept,
            draw: drawing(shown)?,
            quantisers: [0; 64],
            dc: 0,
            ac: 0,
            previous: 0,
            plane: Vec::new(),
        });
    }
    let most = if sampling.len() == 1 { (1, 1) } else { most };
    let unit = (eighths * usize::from(most.0), eighths * usize::from(most.1));
    let units = (
        usize::from(frame.width).div_ceil(8 * usize::from(most.0)),
        usize::from(frame.height).div_ceil(8 * usize::from(most.1)),
    );
    let mut plan = Plan {
        components,
        dc: [const { None }; 4],
        ac: [const { None }; 4],
        interval: usize::MAX,
        coded: &[],
        unit,
        units,
    };
    let read = plan.read_tables(segments);
    match read {
        Ok(true) => Some(Ok(plan)),
        Ok(false) => None,
        Err(error) => Some(Err(error)),
    }
}

fn drawing(shown: (usize, usize)) -> Option<Draw> {
    Some(match shown {
        (1, 1) => |block, out, stride| flat(block[0], 1, 1, out, stride),
        (2, 2) => pixels_2x2,
        (4, 4) => pixels::<4, 4>,
        (8, 8) => pixels::<8, 8>,
        (1, 2) => pixels::<1, 2>,
        (2, 1) => pixels::<2, 1>,
        (2, 4) => pixels::<2, 4>,
        (4, 2) => pixels::<4, 2>,
        (4, 8) => pixels::<4, 8>,
        (8, 4) => pixels::<8, 4>,
        _ => return None,
    })
}

impl<'a> Plan<'a> {
    /// Says whether the scan is one that is taken.
    fn read_tables(&mut self, segments: &JpegSegments<'a>) -> Result<bool, DecodeError> {
        let mut quantisers = [None::<[i32; 64]>; 4];
        let mut pieces = segments.pieces();
        while let Some((marker, content)) = pieces.next() {
            match marker {
                0xDB => read_quantisers(content, &mut quantisers)?,
                0xC4 => self.read_codes(content)?,
                0xDD => {
                    let &[high, low] = content else {
                        return Err(broken("a restart interval of another length"));
                    };
                    self.interval = match u16::from_be_bytes([high, low]) {
                        0 => usize::MAX,
                        units => units.into(),
                    };
                }
                0xDA => {
                    if !self.read_scan(content, segments)? {
                        return Ok(false);
                    }
                    self.coded = pieces.coded();
                    break;
                }
                _ => {}
            }
        }
        for (component, table) in self.components.iter_mut().zip(segments.frame.tables()) {
            component.quantisers = quantisers
                .get(usize::from(*table))
                .copied()
                .flatten()
                .ok_or_else(|| broken("a quantisation table is missing"))?;
            if self.dc[component.dc].is_none() || self.ac[component.ac].is_none() {
                return Err(broken("a code table is missing"));
            }
        }
        Ok(true)
    }

    fn read_codes(&mut self, mut content: &[u8]) -> Result<(), DecodeError> {
        while let Some((&head, rest)) = content.split_first() {
            let short = || broken("a code table is too short");
            let (counts, rest) = rest.split_first_chunk::<16>().ok_or_else(short)?;
            let count = counts.iter().map(|count| usize::from(*count)).sum();
            let symbols = rest.get(..count).ok_or_else(short)?;
            let is_ac = head >> 4 == 1;
            let tables = if is_ac { &mut self.ac } else { &mut self.dc };
            let place = tables
                .get_mut(usize::from(head & 15))
                .filter(|_| head >> 4 <= 1)
                .ok_or_else(|| broken("a code table of an unknown place"))?;
            *place = Some(Codes::new(counts, symbols, is_ac)?);
            content = &rest[count..];
        }
        Ok(())
    }

    fn read_scan(
        &mut self,
        content: &[u8],
        segments: &JpegSegments<'_>,
    ) -> Result<bool, DecodeError> {
        let count = self.components.len();
        if content.len() != 1 + 2 * count + 3 {
            return Err(broken("a scan header of another length"));
        }
        if usize::from(content[0]) != count {
            return Ok(false);
        }
        for (index, component) in self.components.iter_mut().enumerate() {
            let (id, tables) = (content[1 + 2 * index], content[2 + 2 * index]);
            if id != segments.frame.ids()[index] {
                return Ok(false);
            }
            (component.dc, component.ac) = (usize::from(tables >> 4), usize::from(tables & 15));
            if component.dc > 3 || component.ac > 3 {
                return Err(broken("a scan names an unknown code table"));
            }
        }
        Ok(true)
    }

    fn draw(mut self, width: usize, height: usize) -> Result<RgbImage, DecodeError> {
        let stride = self.units.0 * self.unit.0;
        for component in &mut self.components {
            component.plane = vec![0; stride * self.unit.1];
        }
        let mut rgb = vec![0; width * height * 3];
        let total = self.units.0 * self.units.1;
        let mut unit = 0;
        let (coded, interval) = (self.coded, self.interval);
        each_interval(coded, |data| {
            let mut bits = Bits::new(data);
            for component in &mut self.components {
                component.previous = 0;
            }
            let end = unit + interval.min(total - unit);
            while unit < end {
                let column = unit % self.units.0;
                let stop = (unit - column + self.units.0).min(end);
                self.read_units(&mut bits, column, stop - unit, stride)?;
                if !bits.is_sound() {
                    return Err(broken("its coded pixels are broken or end too early"));
                }
                unit = stop;
                if unit % self.units.0 == 0 {
                    let top = (unit / self.units.0 - 1) * self.unit.1;
                    let rows = self.unit.1.min(height - top);
                    let out = &mut rgb[top * width * 3..(top + rows) * width * 3];
                    self.colour(out, width, stride);
                }
            }
            Ok(())
        })?;
        if unit < total {
            return Err(broken("its coded pixels end too early"));
        }
        let (width, height) = (u32::try_from(width), u32::try_from(height));
        let (Ok(width), Ok(height)) = (width, height) else {
            return Err(broken("a side of more than 32 bits"));
        };
        RgbImage::from_raw(width, height, rgb).ok_or_else(|| broken("a size that does not fit"))
    }

    fn read_units(
        &mut self,
        bits: &mut Bits<'_>,
        first: usize,
        count: usize,
        stride: usize,
    ) -> Result<(), DecodeError> {
        let missing = || broken("a code table is missing");
        for column in first..first + count {
            for component in &mut self.components {
                let dc = self.dc[component.dc].as_ref().ok_or_else(missing)?;
                let ac = self.ac[component.ac].as_ref().ok_or_else(missing)?;
                let (wide, high) = component.shown;
                for y in 0..component.blocks.1 {
                    for x in 0..component.blocks.0 {
                        let mut block = [0; 64];
                        let is_drawn = bits.block(
                            dc,
                            ac,
                            &mut component.previous,
                            &component.quantisers,
                            component.kept,
                            &mut block,
                        );
                        let left = (column * component.blocks.0 + x) * wide;
                        let out = &mut component.plane[y * high * stride + left..];
                        if is_drawn {
                            (component.draw)(&block, out, stride);
                        } else {
                            flat(block[0], wide, high, out, stride);
                        }
                    }
                }
            }
        }
        Ok(())
    }

    /// One row of units to RGB.
    fn colour(&self, out: &mut [u8], width: usize, stride: usize) {
        for (y, row) in out.chunks_exact_mut(width * 3).enumerate() {
            let plane = |index: usize| &self.components[index].plane[y * stride..][..width];
            let luma = plane(0);
            if self.components.len() == 1 {
                for (pixel, luma) in row.as_chunks_mut::<3>().0.iter_mut().zip(luma) {
                    *pixel = [*luma; 3];
                }
                continue;
            }
            let colours = plane(1).iter().zip(plane(2));
            for ((pixel, luma), (blue, red)) in
                row.as_chunks_mut::<3>().0.iter_mut().zip(luma).zip(colours)
            {
                *pixel = rgb(*luma, *blue, *red);
            }
        }
    }
}

/// JFIF's colours, in fixed point.
#[inline]
#[expect(
    clippy::cast_sign_loss,
    reason = "kept within 0 to 255 before it is cut"
)]
fn rgb(luma: u8, blue: u8, red: u8) -> [u8; 3] {
    const HALF: i32 = 1 << 15;
    let (luma, blue, red) = (
        (i32::from(luma) << 16) + HALF,
        i32::from(blue) - 128,
        i32::from(red) - 128,
    );
    [
        luma + 91_881 * red,
        luma - 22_554 * blue - 46_802 * red,
        luma + 116_130 * blue,
    ]
    .map(|value| (value >> 16).clamp(0, 255) as u8)
}

fn read_quantisers(
    mut content: &[u8],
    tables: &mut [Option<[i32; 64]>; 4],
) -> Result<(), DecodeError> {
    while let Some((&head, rest)) = content.split_first() {
        // Two bytes belong to pictures of 12 bits.
        if head >> 4 != 0 {
            return Err(broken("a quantisation table of another precision"));
        }
        let (values, rest) = rest
            .split_first_chunk::<64>()
            .ok_or_else(|| broken("a quantisation table is too short"))?;
        let place = tables
            .get_mut(usize::from(head & 15))
            .ok_or_else(|| broken("a quantisation table of an unknown place"))?;
        *place = Some(values.map(i32::from));
        content = rest;
    }
    Ok(())
}
