//! The result card: what is on it, that it fits, and that it is the same each time. The pictures are
//! left in `cards/` of cargo's folder for test output, to be looked at.

#![expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "pictures are drawn here from small whole numbers"
)]
#![expect(clippy::unwrap_used, reason = "test helpers are tests")]

use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use dupi::cards::{Marks, ResvgCardPainter, draw_marks};
use dupi::domain::consultation::{ConsultationNumber, Language, ResultSummary};
use dupi::domain::scalp::{
    Condition, Grade, Grades, Heatmap, Heatmaps, ModelIdentity, Region, ScalpType, Severity,
};
use dupi::ports::{CardError, CardPainter, CardRequest};
use dupi::wording::Phrases;
use image::{ImageFormat, Rgb, RgbImage};
use resvg::usvg::{self, Group, Node, Rect, fontdb};

const FONTS: [&[u8]; 2] = [
    include_bytes!("../../src/cards/fonts/DupiSans-Regular.otf"),
    include_bytes!("../../src/cards/fonts/DupiSans-Bold.otf"),
];

fn painter() -> &'static ResvgCardPainter {
    static PAINTER: OnceLock<ResvgCardPainter> = OnceLock::new();
    PAINTER.get_or_init(|| {
        ResvgCardPainter::new(Arc::new(Phrases::embedded().unwrap())).expect("the fonts load")
    })
}

fn grade(severity: u8, confidence: f32) -> Grade {
    let mut probabilities = [(1.0 - confidence) / 3.0; 4];
    probabilities[usize::from(severity)] = confidence;
    Grade {
        severity: Severity::from_number(severity).unwrap(),
        probabilities,
        confidence,
        is_certain: confidence >= 0.5,
    }
}

fn grades(severities: [u8; 6], confidences: [f32; 6]) -> Grades {
    Grades::new(std::array::from_fn(|index| {
        grade(severities[index], confidences[index])
    }))
}

/// A round spot per condition, each at another place, as strong as its severity.
fn heatmaps(grades: &Grades) -> Heatmaps {
    let (width, height) = (20_u16, 15_u16);
    let maps = Condition::ALL.map(|condition| {
        let number = Condition::ALL.iter().position(|&other| other == condition);
        let turn = number.unwrap() as f32;
        let (x, y) = (
            10.0 + 5.5 * (turn * 1.9).cos(),
            7.5 + 4.0 * (turn * 1.9).sin(),
        );
        let strength = f32::from(grades.of(condition).severity.number()) / 3.0;
        let values = (0..height)
            .flat_map(|row| (0..width).map(move |column| (f32::from(column), f32::from(row))))
            .map(|(column, row)| {
                let distance = (column - x).hypot((row - y) * 1.2);
                let wobble = 1.0 + 0.3 * ((row - y).atan2(column - x) * 3.0).sin();
                (255.0 * strength * (-(distance / (4.2 * wobble)).powi(2)).exp()) as u8
            })
            .collect();
        Heatmap {
            width,
            height,
            values,
        }
    });
    Heatmaps {
        maps,
        covers: [0.0, 0.0, 1.0, 1.0],
    }
}

/// Something like skin with hair on it.
fn photo(width: u32, height: u32) -> RgbImage {
    let mut photo = RgbImage::from_fn(width, height, |x, y| {
        let (x, y) = (x as f32, y as f32);
        let light =
            1.0 - 0.25 * ((x / width as f32 - 0.5).powi(2) + (y / height as f32 - 0.4).powi(2));
        let grain = 6.0 * ((x * 0.37).sin() * (y * 0.41).cos() + (x * 0.11 + y * 0.17).sin());
        Rgb([214.0, 168.0, 142.0].map(|channel: f32| (channel * light + grain) as u8))
    });
    for hair in 0..(width * height / 6_000) {
        let seed = hair.wrapping_mul(2_654_435_761);
        let (mut x, mut y) = ((seed % width) as f32, ((seed / 977) % height) as f32);
        let mut angle = 0.9 + f32::from((seed >> 20) as u8 % 60) / 100.0;
        for _ in 0..width / 4 {
            for (dx, dy) in [(0.0, 0.0), (1.0, 0.0), (0.0, 1.0), (1.0, 1.0), (2.0, 1.0)] {
                let (px, py) = ((x + dx) as u32, (y + dy) as u32);
                if px < width && py < height {
                    photo.put_pixel(px, py, Rgb([52, 40, 36]));
                }
            }
            angle += 0.004;
            x += angle.cos();
            y += angle.sin();
        }
    }
    photo
}

fn encoded(photo: &RgbImage) -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    photo.write_to(&mut bytes, ImageFormat::Jpeg).unwrap();
    bytes.into_inner()
}

/// The photo of most cards, drawn once.
fn usual_photo() -> Vec<u8> {
    static PHOTO: OnceLock<Vec<u8>> = OnceLock::new();
    PHOTO.get_or_init(|| encoded(&photo(640, 480))).clone()
}

fn request(language: Language, severities: [u8; 6], confidences: [f32; 6]) -> CardRequest {
    let grades = grades(severities, confidences);
    CardRequest {
        language,
        photo: Some(usual_photo()),
        heatmaps: Some(heatmaps(&grades)),
        summary: ResultSummary {
            consultation: ConsultationNumber(1),
            scalp_type: ScalpType::of(&grades),
            grades,
            regions: vec![Region::Crown],
            spots: 1,
            model: ModelIdentity {
                id: "dupi-demo/2026.11.1".to_owned(),
                is_demonstration: true,
                trained_on: "generated images".to_owned(),
            },
        },
    }
}

/// Every kind of card, by name.
fn cases(language: Language) -> Vec<(&'static str, CardRequest)> {
    let sure = [0.92; 6];
    let mixed = || {
        request(
            language,
            [1, 2, 0, 0, 3, 1],
            [0.9, 0.8, 0.95, 0.62, 0.7, 0.4],
        )
    };
    let mut absent = mixed();
    absent.photo = None;
    let mut unmarked = mixed();
    unmarked.heatmaps = None;
    let mut portrait = mixed();
    portrait.photo = Some(encoded(&photo(300, 400)));
    let mut wide = mixed();
    wide.photo = Some(encoded(&photo(960, 300)));
    let mut own_model = mixed();
    own_model.summary.model.is_demonstration = false;
    own_model.summary.model.id = String::from("clinic-efficientnet-b7/2027.3");
    let mut long = request(language, [2, 2, 3, 3, 2, 2], [0.3; 6]);
    long.summary.regions = Region::ALL[1..].to_vec();
    long.summary.spots = 1_234;
    long.summary.scalp_type = ScalpType::Dandruff;
    long.summary.model.id = format!(
        "<script>&\"'{}\u{1F486}\u{0}\n{}",
        "가나다".repeat(40),
        "x".repeat(300)
    );
    vec![
        ("good", request(language, [0; 6], sure)),
        ("severe", request(language, [3; 6], sure)),
        ("mixed", mixed()),
        (
            "redness",
            request(language, [0, 1, 3, 2, 0, 0], [0.9, 0.6, 0.8, 0.7, 0.9, 0.9]),
        ),
        (
            "uncertain",
            request(language, [1, 2, 1, 0, 2, 3], [0.34; 6]),
        ),
        ("absent", absent),
        ("unmarked", unmarked),
        ("portrait", portrait),
        ("wide", wide),
        ("own_model", own_model),
        ("long", long),
    ]
}

fn all_cases() -> impl Iterator<Item = (String, CardRequest)> {
    Language::ALL.into_iter().flat_map(|language| {
        cases(language)
            .into_iter()
            .map(move |(name, request)| (format!("{}_{name}", language.id()), request))
    })
}

fn tree(svg: &str) -> usvg::Tree {
    let mut fonts = fontdb::Database::new();
    for bytes in FONTS {
        fonts.load_font_data(bytes.to_vec());
    }
    let options = usvg::Options {
        font_family: "Dupi Sans".to_owned(),
        fontdb: Arc::new(fonts),
        ..usvg::Options::default()
    };
    usvg::Tree::from_str(svg, &options).expect("the card is valid SVG")
}

/// Every text of the card with its box and its font size.
fn texts(svg: &str) -> Vec<(String, Rect, f32)> {
    fn walk(group: &Group, found: &mut Vec<(String, Rect, f32)>) {
        for node in group.children() {
            match node {
                Node::Group(inner) => walk(inner, found),
                Node::Text(text) => {
                    let chunk = &text.chunks()[0];
                    let size = chunk.spans()[0].font_size().get();
                    found.push((chunk.text().to_owned(), text.abs_bounding_box(), size));
                    for glyph in text
                        .layouted()
                        .iter()
                        .flat_map(|span| &span.positioned_glyphs)
                    {
                        assert_ne!(glyph.id.0, 0, "no glyph for {:?}", glyph.text);
                    }
                }
                Node::Path(_) | Node::Image(_) => {}
            }
        }
    }
    let mut found = Vec::new();
    walk(tree(svg).root(), &mut found);
    found
}

#[tokio::test]
async fn every_kind_of_card_is_painted_at_its_size() {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("cards");
    std::fs::create_dir_all(&folder).unwrap();
    for (name, request) in all_cases() {
        let png = painter().paint(request).await.expect("the card is painted");
        let card = image::load_from_memory_with_format(&png, ImageFormat::Png).unwrap();
        assert_eq!((card.width(), card.height()), (1080, 1350), "{name}");
        std::fs::write(folder.join(format!("{name}.png")), png).unwrap();
    }
}

#[test]
fn all_texts_lie_on_the_card_apart_from_each_other_and_large_enough() {
    for (name, request) in all_cases() {
        let texts = texts(&painter().draw(&request).unwrap());
        assert!(texts.len() > 25, "{name}: {texts:?}");
        for (index, (text, place, size)) in texts.iter().enumerate() {
            assert!(
                place.left() >= 50.0 && place.right() <= 1030.0,
                "{name}: {text:?} leaves the margins: {place:?}"
            );
            assert!(
                place.top() >= 20.0 && place.bottom() <= 1330.0,
                "{name}: {text:?} leaves the card: {place:?}"
            );
            assert!(*size >= 28.0, "{name}: {text:?} is set in {size} px");
            for (other, other_place, _) in &texts[index + 1..] {
                // The boxes hold room for accents and descenders; letters fill about 4/5 of it.
                let slack = 6.0;
                let is_apart = place.right() <= other_place.left()
                    || other_place.right() <= place.left()
                    || place.bottom() - slack <= other_place.top() + slack
                    || other_place.bottom() - slack <= place.top() + slack;
                assert!(is_apart, "{name}: {text:?} and {other:?} overlap");
            }
        }
    }
}

#[test]
fn the_six_conditions_their_severity_and_sureness_are_told_in_words() {
    let severities = [0, 1, 2, 3, 0, 1];
    let confidences = [0.9, 0.6, 0.3, 0.9, 0.9, 0.9];
    let korean = request(Language::Korean, severities, confidences);
    let words: Vec<String> = texts(&painter().draw(&korean).unwrap())
        .into_iter()
        .map(|(text, ..)| text)
        .collect();
    for expected in [
        ["미세각질", "양호", "확실"],
        ["피지과다", "조금", "보통"],
        ["모낭사이홍반", "뚜렷", "확실하지 않음"],
        ["모낭홍반·농포", "많음", "확실"],
        ["비듬", "양호", "확실"],
        ["탈모", "조금", "확실"],
    ] {
        assert!(
            words.windows(3).any(|three| three == expected),
            "{expected:?} is not in {words:?}"
        );
    }
    for expected in [
        "복합성 두피",
        "정수리",
        "진단이 아니에요",
        "모델 dupi-demo/2026.11.1",
    ] {
        assert!(
            words.iter().any(|word| word == expected),
            "{expected:?} is not in {words:?}"
        );
    }
}

#[test]
fn the_demonstration_banner_is_there_exactly_for_demonstration_models() {
    for (name, mut request) in all_cases() {
        for is_demonstration in [true, false] {
            request.summary.model.is_demonstration = is_demonstration;
            let svg = painter().draw(&request).unwrap();
            let words = match request.language {
                Language::Korean => "생성한 이미지로만 학습했어요",
                Language::English => "Trained on generated images only",
            };
            assert_eq!(svg.contains(words), is_demonstration, "{name}");
            assert_eq!(
                svg.contains("id=\"demonstration\""),
                is_demonstration,
                "{name}"
            );
        }
    }
}

#[test]
fn every_text_of_the_card_is_drawable_with_its_fonts() {
    let phrases = Phrases::embedded().unwrap();
    let mut fonts = fontdb::Database::new();
    for bytes in FONTS {
        fonts.load_font_data(bytes.to_vec());
    }
    for (language, source) in [
        (Language::Korean, include_str!("../../locales/ko/card.ftl")),
        (Language::English, include_str!("../../locales/en/card.ftl")),
    ] {
        let keys: Vec<String> = phrases
            .keys(language)
            .into_iter()
            .filter(|key| key.starts_with("card-"))
            .collect();
        assert!(keys.len() > 20, "{keys:?}");
        // `texts` fails on a glyph that no font has; comments are no part of the card.
        let words: String = source
            .lines()
            .filter(|line| !line.starts_with('#'))
            .collect();
        let escaped = words.replace('&', "&amp;").replace('<', "&lt;");
        for weight in [400, 700] {
            texts(&format!(
                r#"<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><text font-family="Dupi Sans" font-weight="{weight}">{escaped}</text></svg>"#
            ));
        }
    }
}

#[test]
fn texts_are_escaped_and_what_the_fonts_lack_is_left_out() {
    let (_, long) = cases(Language::English).pop().unwrap();
    let svg = painter().draw(&long).unwrap();
    assert!(!svg.contains("<script>"));
    assert!(!svg.contains('\u{1F486}') && !svg.contains('\u{0}'));
    assert!(svg.contains("&lt;script&gt;"));
}

#[test]
fn nothing_is_drawn_on_the_photo_at_severity_0() {
    let grades = grades([0; 6], [0.9; 6]);
    let mut glowing = heatmaps(&grades);
    for map in &mut glowing.maps {
        map.values.fill(255);
    }
    let marks = Marks::choose(&grades, &glowing);
    assert_eq!(marks, Marks::default());
    let before = photo(320, 240);
    let mut after = before.clone();
    draw_marks(&mut after, marks, &grades, &glowing);
    assert!(before == after);
}

#[test]
fn the_most_severe_condition_is_filled_where_its_map_glows_and_the_second_is_outlined() {
    let grades = grades([0, 1, 0, 3, 0, 2], [0.9; 6]);
    let heatmaps = heatmaps(&grades);
    let marks = Marks::choose(&grades, &heatmaps);
    assert_eq!(marks.filled, Some(Condition::FollicularErythemaPustules));
    assert_eq!(marks.outlined, Some(Condition::HairLoss));

    let only_filled = Marks {
        outlined: None,
        ..marks
    };
    let before = photo(400, 300);
    let mut after = before.clone();
    draw_marks(&mut after, only_filled, &grades, &heatmaps);
    let map = &heatmaps.maps[3];
    for (index, &value) in map.values.iter().enumerate() {
        let (column, row) = (index as u32 % 20, index as u32 / 20);
        let place = (column * 20 + 10, row * 20 + 10);
        let is_changed = before[place] != after[place];
        if value > 200 {
            assert!(is_changed, "nothing drawn at {place:?} for {value}");
        } else if value < 40 {
            assert!(!is_changed, "drawn at {place:?} for {value}");
        }
    }
}

#[test]
fn the_overlay_stays_within_the_part_that_the_model_saw() {
    let grades = grades([3, 2, 0, 0, 0, 0], [0.9; 6]);
    let mut heatmaps = heatmaps(&grades);
    heatmaps.covers = [0.25, 0.0, 0.5, 1.0];
    heatmaps.maps[0].values.fill(255);
    let before = photo(400, 300);
    let mut after = before.clone();
    draw_marks(
        &mut after,
        Marks::choose(&grades, &heatmaps),
        &grades,
        &heatmaps,
    );
    for (x, y, pixel) in before.enumerate_pixels() {
        let is_inside = (100..300).contains(&x);
        assert_eq!(after[(x, y)] != *pixel, is_inside, "at {x}, {y}");
    }
}

#[test]
fn maps_that_make_no_sense_draw_nothing_and_break_nothing() {
    let grades = grades([3; 6], [0.9; 6]);
    let before = photo(64, 48);
    let empty = Heatmap {
        width: 0,
        height: 0,
        values: Vec::new(),
    };
    let too_short = Heatmap {
        width: 9,
        height: 9,
        values: vec![255; 7],
    };
    for map in [empty, too_short] {
        for covers in [[0.0, 0.0, 1.0, 1.0], [f32::NAN, -3.0, 9.0, f32::INFINITY]] {
            let heatmaps = Heatmaps {
                maps: std::array::from_fn(|_| map.clone()),
                covers,
            };
            let mut after = before.clone();
            let marks = Marks::choose(&grades, &heatmaps);
            draw_marks(&mut after, marks, &grades, &heatmaps);
            assert!(before == after);
        }
    }
}

#[tokio::test]
async fn the_same_request_gives_the_same_bytes() {
    for (name, request) in cases(Language::Korean).into_iter().skip(2).step_by(4) {
        let first = painter().paint(request.clone()).await.unwrap();
        let second = painter().paint(request).await.unwrap();
        assert!(first == second, "{name} differs");
    }
}

#[tokio::test]
async fn a_photo_that_cannot_be_decoded_is_said_to_be_so() {
    let mut request = request(Language::Korean, [1; 6], [0.9; 6]);
    request.photo = Some(b"not a photo".to_vec());
    let error = painter().paint(request).await.unwrap_err();
    assert!(matches!(error, CardError::Photo(_)), "{error:?}");
}

#[test]
fn the_photo_guide_becomes_a_picture_for_messengers() {
    let png = dupi::cards::png_of(dupi::channels::web::PHOTO_GUIDE, 1080).expect("it can be drawn");
    let picture = image::load_from_memory(&png)
        .expect("it is a PNG")
        .to_rgb8();
    assert_eq!(picture.dimensions(), (1080, 720));
    let colours: std::collections::BTreeSet<[u8; 3]> =
        picture.pixels().step_by(997).map(|pixel| pixel.0).collect();
    assert!(colours.len() > 20, "there is something to see");
    dupi::cards::png_of("no drawing", 100).expect_err("it is none");
}
