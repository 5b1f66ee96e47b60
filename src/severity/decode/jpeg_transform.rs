//! Coefficients to pixels, at the full size of a block or at a part of it.
//!
//! A block of 8x8 shown in another size takes as many of its lowest frequencies through the transform
//! of that size: the same picture, low-pass filtered, at a fraction of the work.
#![expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "values are kept within 0 to 255 before they are cut"
)]

/// `WAVES[log2 N][u][x]`: the u-th wave of an N-point transform, `c(u) / 2 cos((2x + 1) u pi / 2N)` with
/// `c(0) = 1 / sqrt 2`, so that a flat block has the same brightness at every size.
const WAVES: [[[f32; 8]; 8]; 4] = [waves(1), waves(2), waves(4), waves(8)];

/// cos(k pi / 16) for k from 0 to 8; the other quadrants follow.
const COSINES: [f32; 9] = [
    1.0,
    0.980_785_3,
    0.923_879_5,
    0.831_469_6,
    std::f32::consts::FRAC_1_SQRT_2,
    0.555_570_24,
    0.382_683_43,
    0.195_090_32,
    0.0,
];

const fn cosine(sixteenths: usize) -> f32 {
    let turned = sixteenths % 32;
    match turned {
        0..=8 => COSINES[turned],
        9..=16 => -COSINES[16 - turned],
        17..=24 => -COSINES[turned - 16],
        _ => COSINES[32 - turned],
    }
}

const fn waves(size: usize) -> [[f32; 8]; 8] {
    let mut waves = [[0.0; 8]; 8];
    let mut u = 0;
    while u < size {
        let mut x = 0;
        while x < size {
            let half = if u == 0 {
                std::f32::consts::FRAC_1_SQRT_2 / 2.0
            } else {
                0.5
            };
            waves[u][x] = half * cosine((2 * x + 1) * u * (8 / size));
            x += 1;
        }
        u += 1;
    }
    waves
}

/// Writes a block as `W` x `H` pixels to `out`, whose rows are `stride` apart.
pub(super) fn pixels<const W: usize, const H: usize>(
    block: &[i32; 64],
    out: &mut [u8],
    stride: usize,
) {
    let across = &WAVES[W.ilog2() as usize];
    let down = &WAVES[H.ilog2() as usize];
    let mut rows = [[0.0_f32; W]; H];
    for (row, coefficients) in rows.iter_mut().zip(block.chunks_exact(8)) {
        for (coefficient, wave) in coefficients[..W].iter().zip(across) {
            let coefficient = *coefficient as f32;
            for (value, height) in row.iter_mut().zip(wave) {
                *value += coefficient * height;
            }
        }
    }
    for (y, out) in out.chunks_mut(stride).take(H).enumerate() {
        let mut line = [128.0_f32; W];
        for (row, wave) in rows.iter().zip(down) {
            for (value, part) in line.iter_mut().zip(row) {
                *value += part * wave[y];
            }
        }
        let bytes: [u8; W] = line.map(byte);
        out[..W].copy_from_slice(&bytes);
    }
}

/// Rounds to a byte. Added to this number, a small one stands in the lowest bits, where it is cut out
/// faster than by a conversion.
#[inline]
fn byte(value: f32) -> u8 {
    const WHOLE_NUMBERS_FROM: f32 = 12_582_912.0;
    let value = if value > 0.0 { value } else { 0.0 };
    let value = if value < 255.0 { value } else { 255.0 };
    (value + WHOLE_NUMBERS_FROM).to_bits() as u8
}

/// The same for 2x2, where all waves have one height.
pub(super) fn pixels_2x2(block: &[i32; 64], out: &mut [u8], stride: usize) {
    let [mean, across, down, both] = [block[0] + 1028, block[1], block[8], block[9]];
    let (left, right) = (mean + across, mean - across);
    let (sloped, level) = (down + both, down - both);
    let byte = |sum: i32| (sum >> 3).clamp(0, 255) as u8;
    out[..2].copy_from_slice(&[byte(left + sloped), byte(right + level)]);
    out[stride..stride + 2].copy_from_slice(&[byte(left - sloped), byte(right - level)]);
}

/// A block with nothing but its mean.
pub(super) fn flat(mean: i32, width: usize, height: usize, out: &mut [u8], stride: usize) {
    let value = ((mean + 1028) >> 3).clamp(0, 255) as u8;
    for row in out.chunks_mut(stride).take(height) {
        row[..width].fill(value);
    }
}
