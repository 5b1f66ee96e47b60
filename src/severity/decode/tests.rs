use std::io::Cursor;

use image::{ImageBuffer, ImageFormat, Luma, Rgb, Rgba};

use super::*;

/// A picture of `tests/fixtures/odd`: 96x72, quarters red, green, blue and grey from the top left.
fn odd(name: &str) -> Vec<u8> {
    let path = format!("{}/tests/fixtures/odd/{name}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn odd_names() -> Vec<String> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/odd");
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

fn is_near(pixel: Rgb<u8>, wanted: [u8; 3]) -> bool {
    pixel
        .0
        .iter()
        .zip(wanted)
        .all(|(value, wanted)| value.abs_diff(wanted) <= 24)
}

fn assert_quarters(name: &str) {
    let picture = decode(&odd(name)).unwrap_or_else(|error| panic!("{name}: {error:?}"));
    assert_eq!(picture.pixels.dimensions(), (96, 72), "{name}");
    for (at, wanted) in [
        ((30, 10), [200, 40, 40]),
        ((85, 10), [40, 180, 60]),
        ((30, 62), [50, 70, 200]),
        ((85, 62), [150, 150, 150]),
    ] {
        let pixel = *picture.pixels.get_pixel(at.0, at.1);
        assert!(is_near(pixel, wanted), "{name} at {at:?}: {pixel:?}");
    }
}

fn encoded<P>(buffer: &ImageBuffer<P, Vec<P::Subpixel>>, format: ImageFormat) -> Vec<u8>
where
    P: image::Pixel + image::PixelWithColorType,
    [P::Subpixel]: image::EncodableLayout,
{
    let mut bytes = Cursor::new(Vec::new());
    buffer.write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

#[test]
fn every_usual_and_unusual_kind_of_picture_is_read_upright() {
    for name in [
        "baseline.jpg",
        "restart-markers.jpg",
        "half-colour.jpg",
        "progressive.jpg",
        "cmyk.jpg",
        "lossy.webp",
        "animated.webp",
        "animated.png",
        "alpha.webp",
        "alpha.png",
    ] {
        assert_quarters(name);
    }
    for orientation in 1..=8 {
        assert_quarters(&format!("orientation-{orientation}.jpg"));
    }
}

#[test]
fn a_grey_picture_becomes_three_equal_channels() {
    for name in ["grey.jpg", "grey.png"] {
        let picture = decode(&odd(name)).unwrap();
        let [red, green, blue] = picture.pixels.get_pixel(10, 10).0;
        assert!(
            red == green && green == blue && (60..110).contains(&red),
            "{name}"
        );
    }
}

#[test]
fn sixteen_bits_are_scaled_to_eight() {
    let deep = ImageBuffer::from_fn(70, 70, |_, _| Rgb([0xFFFF_u16, 0x8000, 0x0000]));
    let picture = decode(&encoded(&deep, ImageFormat::Png)).unwrap();
    assert_eq!(picture.pixels.get_pixel(3, 3).0, [255, 128, 0]);
    let grey = ImageBuffer::from_fn(70, 70, |_, _| Luma([0x4000_u16]));
    let picture = decode(&encoded(&grey, ImageFormat::Png)).unwrap();
    assert_eq!(picture.pixels.get_pixel(3, 3).0, [64, 64, 64]);
}

#[test]
fn what_is_transparent_shows_middle_grey() {
    for name in ["alpha.webp", "alpha.png"] {
        let picture = decode(&odd(name)).unwrap();
        assert_eq!(picture.pixels.get_pixel(5, 5).0, [128; 3], "{name}");
    }
    let half = ImageBuffer::from_fn(64, 64, |_, _| Rgba([255_u8, 0, 128, 128]));
    let picture = decode(&encoded(&half, ImageFormat::Png)).unwrap();
    assert_eq!(picture.pixels.get_pixel(0, 0).0, [192, 64, 128]);
}

#[test]
fn a_large_photo_is_bounded_and_remembers_its_size() {
    let large = ImageBuffer::from_fn(3000, 1000, |x, _| {
        Rgb([if x < 1500 { 200_u8 } else { 50 }; 3])
    });
    for format in [ImageFormat::Jpeg, ImageFormat::Png, ImageFormat::WebP] {
        let picture = decode(&encoded(&large, format)).unwrap();
        let (width, height) = picture.pixels.dimensions();
        assert_eq!((picture.sent_width, picture.sent_height), (3000, 1000));
        assert!(
            (1500..=LONGEST_SIDE).contains(&width),
            "{format:?}: {width}"
        );
        assert!(height.abs_diff(width / 3) <= 1, "{format:?}: {height}");
        assert!(picture.pixels.get_pixel(width / 4, height / 2)[0].abs_diff(200) < 4);
        assert!(picture.pixels.get_pixel(width * 3 / 4, height / 2)[0].abs_diff(50) < 4);
    }
}

/// What makes an eighth of a test picture enough.
const TINY: Wanted = Wanted::AtLeast {
    width: 9,
    height: 9,
};

/// A JPEG with slopes, edges and texture in all channels, of a size that fills no last unit.
fn textured(name: &str) -> Vec<u8> {
    if name != "coded here" {
        return odd(name);
    }
    let pixels = ImageBuffer::from_fn(437, 331, |x, y| {
        let texture = (x * 7 + y * 3) % 23;
        let edge = if (x / 60 + y / 40) % 2 == 0 { 60 } else { 0 };
        Rgb([90 + texture + edge, 60 + y / 4 + edge, 150 - x / 5 + edge]
            .map(|value| u8::try_from(value).unwrap()))
    });
    encoded(&pixels, ImageFormat::Jpeg)
}

#[test]
fn a_reduced_jpeg_is_the_whole_one_made_smaller() {
    for name in [
        "coded here",
        "baseline.jpg",
        "restart-markers.jpg",
        "half-colour.jpg",
        "grey.jpg",
    ] {
        let bytes = textured(name);
        let segments = JpegSegments::read(&bytes).unwrap();
        let whole = decode(&bytes).unwrap().pixels;
        for (eighths, side) in [(4, 2), (2, 4), (1, 8_u32)] {
            let reduced = jpeg_reduced::decode(&segments, eighths).unwrap().unwrap();
            let (width, height) = whole.dimensions();
            let dimensions = (width.div_ceil(side), height.div_ceil(side));
            assert_eq!(reduced.dimensions(), dimensions, "{name}");
            // The mean of each square that becomes one pixel; the last ones may be cut off.
            let mut sum = 0;
            for y in 0..height / side {
                for x in 0..width / side {
                    let square = (0..side * side)
                        .map(|at| whole.get_pixel(x * side + at % side, y * side + at / side));
                    let mut mean = [0_u32; 3];
                    for pixel in square {
                        for channel in 0..3 {
                            mean[channel] += u32::from(pixel[channel]);
                        }
                    }
                    let found = reduced.get_pixel(x, y);
                    for channel in 0..3 {
                        let wanted = mean[channel] / (side * side);
                        sum += wanted.abs_diff(found[channel].into());
                    }
                }
            }
            let mean = f64::from(sum) / f64::from((width / side) * (height / side) * 3);
            assert!(mean < 2.5, "{name} at {eighths}/8: {mean}");
        }
    }
}

#[test]
fn a_photo_is_decoded_as_large_as_the_model_needs_it_upright() {
    let wanted = Wanted::AtLeast {
        width: 640,
        height: 240,
    };
    let eighths = |width, height, orientation| wanted.eighths(width, height, orientation);
    assert_eq!(eighths(4032, 3024, Orientation::NoTransforms), 2);
    assert_eq!(eighths(3024, 4032, Orientation::Rotate90), 2);
    assert_eq!(eighths(5120, 1920, Orientation::NoTransforms), 1);
    assert_eq!(eighths(1920, 5120, Orientation::NoTransforms), 4);
    assert_eq!(eighths(640, 480, Orientation::NoTransforms), 8);
    assert_eq!(eighths(1279, 960, Orientation::NoTransforms), 8);
    assert_eq!(eighths(1280, 960, Orientation::NoTransforms), 4);
}

#[test]
fn a_phone_jpeg_of_27_megapixels_is_decoded_scaled() {
    let flat = ImageBuffer::from_pixel(6_000, 4_500, Luma([140_u8]));
    let picture = decode(&encoded(&flat, ImageFormat::Jpeg)).unwrap();
    assert_eq!((picture.sent_width, picture.sent_height), (6_000, 4_500));
    assert_eq!(picture.pixels.dimensions(), (2048, 1536));
    assert!(picture.pixels.get_pixel(1000, 700)[0].abs_diff(140) < 3);
}

#[test]
fn too_many_pixels_are_refused_by_the_header_alone() {
    // Only a header: if pixels were looked for first, it would be called truncated.
    let mut png = b"\x89PNG\r\n\x1a\n\0\0\0\x0DIHDR".to_vec();
    for side in [20_000_u32, 20_000] {
        png.extend(side.to_be_bytes());
    }
    assert!(matches!(
        decode(&png),
        Err(DecodeError::TooManyPixels {
            limit_megapixels: 50,
            width: 20_000,
            ..
        })
    ));

    let mut jpeg = odd("baseline.jpg");
    let frame = jpeg
        .windows(2)
        .position(|pair| pair == [0xFF, 0xC0])
        .unwrap();
    jpeg[frame + 5..frame + 9].copy_from_slice(&[0x30, 0x00, 0x30, 0x00]);
    assert!(matches!(
        decode(&jpeg),
        Err(DecodeError::TooManyPixels {
            limit_megapixels: 120,
            width: 0x3000,
            ..
        })
    ));
}

#[test]
fn what_is_no_picture_is_told_apart() {
    assert!(matches!(decode(b""), Err(DecodeError::Empty)));
    let heic = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic";
    assert!(matches!(decode(heic), Err(DecodeError::Heic)));
    let avif = b"\0\0\0\x1Cftypavif\0\0\0\0avifmif1miaf";
    assert!(matches!(decode(avif), Err(DecodeError::UnknownFormat)));
    for text in [
        "hello, this is no photo",
        "<svg xmlns=\"http://www.w3.org/2000/svg\"/>",
        "GIF89a",
        "\0",
    ] {
        assert!(matches!(
            decode(text.as_bytes()),
            Err(DecodeError::UnknownFormat)
        ));
    }
}

#[test]
fn a_truncated_file_is_never_half_a_picture() {
    for name in odd_names() {
        let bytes = odd(&name);
        let is_jpeg = matches!(Format::of(&bytes), Ok(Format::Jpeg));
        // The end of a PNG or a WebP may be a checksum or the second frame: the picture is whole before.
        let first_whole = if is_jpeg {
            bytes.len()
        } else {
            bytes.len() / 3
        };
        for length in 0..bytes.len() {
            let outcome = decode(&bytes[..length]);
            assert!(
                length >= first_whole || outcome.is_err(),
                "{name} cut at {length}"
            );
            let outcome = decode_to(&bytes[..length], TINY);
            assert!(
                length >= first_whole || outcome.is_err(),
                "{name} cut at {length}, reduced"
            );
        }
    }
}

#[test]
fn corrupted_bytes_never_panic() {
    // The orientations differ in one byte only; one of them stands for all.
    let mut names = odd_names();
    names.retain(|name| !name.starts_with("orientation") || name == "orientation-6.jpg");
    std::thread::scope(|scope| {
        for half in names.chunks(names.len().div_ceil(2)) {
            scope.spawn(|| half.iter().for_each(|name| corrupt(name)));
        }
    });
}

fn corrupt(name: &str) {
    let bytes = odd(name);
    // A fixed sequence: a failure can be repeated.
    let mut state = 7_u32;
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 8) as usize
    };
    for round in 0..2_000 {
        let mut corrupted = bytes.clone();
        let at = next() % bytes.len();
        corrupted[at] ^= 1 << (next() % 8);
        let is_reduced = round % 16 == 0;
        for wanted in [Wanted::ToKeep, TINY]
            .into_iter()
            .take(1 + usize::from(is_reduced))
        {
            if let Err(DecodeError::Broken { source, .. }) = decode_to(&corrupted, wanted) {
                assert_ne!(source.to_string(), PANICKED, "{name}, byte {at}");
            }
        }
    }
}

#[test]
fn the_jpeg_without_metadata_draws_the_same() {
    for name in ["baseline.jpg", "progressive.jpg", "orientation-1.jpg"] {
        let bytes = odd(name);
        let segments = JpegSegments::read(&bytes).unwrap();
        assert!(segments.can_be_kept(), "{name}");
        let mut with_tail = bytes.clone();
        with_tail.extend(b"a hidden second picture");
        let stripped = JpegSegments::read(&with_tail).unwrap().without_metadata();
        assert_eq!(
            decode(&stripped).unwrap(),
            decode(&bytes).unwrap(),
            "{name}"
        );
        for secret in [
            &b"Exif"[..],
            b"SecretCamera",
            b"ICC_PROFILE",
            b"a comment",
            b"hidden",
        ] {
            assert!(
                !stripped
                    .windows(secret.len())
                    .any(|window| window == secret),
                "{name}"
            );
        }
    }
    let turned = odd("orientation-6.jpg");
    assert!(!JpegSegments::read(&turned).unwrap().can_be_kept());
    let inks = odd("cmyk.jpg");
    assert!(!JpegSegments::read(&inks).unwrap().can_be_kept());
}
