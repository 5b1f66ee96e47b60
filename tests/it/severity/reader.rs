//! What a person sent, as it is stored.

use dupi::domain::consultation::Unusable;
use dupi::ports::PhotoReader;
use dupi::severity::{DecodingPhotoReader, ReaderLimits, decode};
use image::{ImageFormat, Rgb, RgbImage};

use super::{fixture, photo};

async fn read(bytes: Vec<u8>) -> Result<dupi::ports::ReadPhoto, Unusable> {
    DecodingPhotoReader::new(ReaderLimits::default())
        .read(bytes)
        .await
}

fn holds(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

#[tokio::test]
async fn an_ordinary_jpeg_keeps_its_pixels_and_loses_its_metadata() {
    let sent = photo("close_up_normal");
    let mut with_secrets = sent.clone();
    let exif = b"\xFF\xE1\x00\x14Exif\0\0GPS 37.5665";
    with_secrets.splice(2..2, exif.iter().copied());
    with_secrets.extend(b"a second picture behind the first");
    let stored = read(with_secrets).await.unwrap();
    assert!(!holds(&stored.bytes, b"GPS") && !holds(&stored.bytes, b"second picture"));
    assert!(stored.bytes.len() <= sent.len());
    assert_eq!(decode(&stored.bytes).unwrap(), decode(&sent).unwrap());
    assert_eq!((stored.width, stored.height), (640, 480));
}

#[tokio::test]
async fn a_turned_photo_is_stored_upright_and_without_metadata() {
    for orientation in 2..=8 {
        let name = format!("odd/orientation-{orientation}.jpg");
        let sent = fixture(&name);
        assert!(holds(&sent, b"SecretCamera"));
        let stored = read(sent).await.unwrap();
        assert_eq!((stored.width, stored.height), (96, 72), "{name}");
        assert!(
            !holds(&stored.bytes, b"SecretCamera") && !holds(&stored.bytes, b"Exif"),
            "{name}"
        );
        let pixels = image::load_from_memory(&stored.bytes).unwrap().into_rgb8();
        let Rgb([red, green, blue]) = *pixels.get_pixel(10, 10);
        assert!(
            red > 170 && green < 80 && blue < 80,
            "{name}: the red quarter is at the top left"
        );
    }
}

#[tokio::test]
async fn a_large_photo_is_bounded() {
    let large = RgbImage::from_fn(3_200, 2_400, |x, y| {
        Rgb([(x % 251) as u8, (y % 241) as u8, 90])
    });
    for format in [ImageFormat::Jpeg, ImageFormat::Png] {
        let mut sent = std::io::Cursor::new(Vec::new());
        large.write_to(&mut sent, format).unwrap();
        let stored = read(sent.into_inner()).await.unwrap();
        assert!(stored.width <= 2_048 && stored.height <= 2_048);
        let pixels = image::load_from_memory(&stored.bytes).unwrap();
        assert_eq!(
            (pixels.width(), pixels.height()),
            (stored.width, stored.height)
        );
    }
}

#[tokio::test]
async fn what_cannot_be_used_is_turned_away_for_its_own_reason() {
    let mut bomb = b"\x89PNG\r\n\x1a\n\0\0\0\x0DIHDR".to_vec();
    bomb.extend([20_000_u32.to_be_bytes(), 20_000_u32.to_be_bytes()].concat());
    let mut dot = std::io::Cursor::new(Vec::new());
    RgbImage::new(1, 1)
        .write_to(&mut dot, ImageFormat::Png)
        .unwrap();
    let whole = photo("close_up_normal");
    for (bytes, reason) in [
        (Vec::new(), Unusable::Empty),
        (b"no photo at all".to_vec(), Unusable::Unreadable),
        (
            b"<svg xmlns=\"http://www.w3.org/2000/svg\"/>".to_vec(),
            Unusable::Unreadable,
        ),
        (whole[..whole.len() - 2].to_vec(), Unusable::Unreadable),
        (
            b"\0\0\0\x18ftypheic\0\0\0\0mif1heic".to_vec(),
            Unusable::Heic,
        ),
        (
            bomb,
            Unusable::TooManyPixels {
                limit_megapixels: 50,
            },
        ),
        (dot.into_inner(), Unusable::TooSmall { needed_pixels: 64 }),
        (
            vec![0; (20 << 20) + 1],
            Unusable::TooManyBytes {
                limit_megabytes: 20,
            },
        ),
    ] {
        assert_eq!(read(bytes).await.unwrap_err(), reason);
    }
}

#[tokio::test]
async fn photos_are_read_side_by_side() {
    let reader = DecodingPhotoReader::new(ReaderLimits::default());
    let reads = (0..6).map(|_| reader.read(photo("close_up_normal")));
    for outcome in futures_util::future::join_all(reads).await {
        outcome.unwrap();
    }
}
