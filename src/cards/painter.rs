//! [`CardPainter`] by means of resvg: words, places, SVG, pixels, PNG.

use std::sync::Arc;

use async_trait::async_trait;
use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::{ExtendedColorType, ImageEncoder, RgbImage};
use minijinja::value::Serde;
use minijinja::{AutoEscape, Environment, UndefinedBehavior, context};
use resvg::tiny_skia::{
    FillRule, FilterQuality, Paint, Path, PathBuilder, Pattern, Pixmap, SpreadMode, Transform,
};
use resvg::usvg::{self, fontdb};
use tokio::sync::Semaphore;

use crate::ports::{CardError, CardPainter, CardRequest};
use crate::wording::Phrases;

use super::content::{Shown, Speaker};
use super::layout::{HEIGHT, Layout, TILE, Tile, WIDTH};
use super::overlay::{HAZE, Marks};
use super::photo_tile::{Overlay, PhotoTileError, photo_tile};
use super::typesetting::{FAMILY, FONTS, Typesetter};

/// So many cards are painted at once; each takes a core and about 20 MB.
const AT_ONCE: usize = 2;
const TEMPLATE: &str = "result.svg";
/// The colours of a gauge, by severity. They grow darker as well as redder.
const LEVELS: [&str; 4] = ["#0F766E", "#A8760B", "#BF4B0A", "#8E1537"];

/// Draws cards with resvg and the embedded fonts.
pub struct ResvgCardPainter {
    studio: Arc<Studio>,
    places: Arc<Semaphore>,
}

impl std::fmt::Debug for ResvgCardPainter {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("ResvgCardPainter(…)")
    }
}

/// Why cards cannot be drawn at all; found at start.
#[derive(Debug, thiserror::Error)]
pub enum PainterError {
    #[error("the embedded font {name} cannot be read")]
    Font {
        name: &'static str,
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    #[error("the card's template is not valid")]
    Template(#[source] Box<dyn std::error::Error + Send + Sync>),
    #[error("an embedded drawing cannot be used")]
    Drawing(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// Everything that is loaded once.
struct Studio {
    phrases: Arc<Phrases>,
    typesetter: Typesetter,
    fonts: Arc<fontdb::Database>,
    templates: Environment<'static>,
}

/// Why one card was not drawn, apart from its photo.
#[derive(Debug, thiserror::Error)]
enum DrawingError {
    #[error("the template cannot be filled")]
    Template(#[from] minijinja::Error),
    #[error("the drawing is not valid SVG")]
    Svg(#[from] usvg::Error),
    #[error("the drawing cannot be encoded as PNG")]
    Encoding(#[from] image::ImageError),
    #[error("the painting thread has stopped")]
    Stopped(#[from] tokio::task::JoinError),
}

impl From<DrawingError> for CardError {
    fn from(error: DrawingError) -> Self {
        Self::Drawing(Box::new(error))
    }
}

impl From<PhotoTileError> for CardError {
    fn from(error: PhotoTileError) -> Self {
        Self::Photo(Box::new(error))
    }
}

impl ResvgCardPainter {
    /// Loads the fonts and the template.
    pub fn new(phrases: Arc<Phrases>) -> Result<Self, PainterError> {
        let typesetter = Typesetter::new().map_err(|(name, error)| PainterError::Font {
            name,
            source: Box::new(error),
        })?;
        let mut fonts = fontdb::Database::new();
        for (_, bytes) in FONTS {
            fonts.load_font_data(bytes.to_vec());
        }
        let mut templates = Environment::new();
        templates.set_auto_escape_callback(|_| AutoEscape::Html);
        templates.set_undefined_behavior(UndefinedBehavior::Strict);
        templates
            .add_template(TEMPLATE, include_str!("templates/result.svg.jinja"))
            .map_err(|error| PainterError::Template(Box::new(error)))?;
        Ok(Self {
            studio: Arc::new(Studio {
                phrases,
                typesetter,
                fonts: Arc::new(fonts),
                templates,
            }),
            places: Arc::new(Semaphore::new(AT_ONCE)),
        })
    }

    /// The card as SVG, with an empty tile where the photo will be.
    pub fn draw(&self, request: &CardRequest) -> Result<String, CardError> {
        Ok(self.studio.draw(request)?)
    }
}

#[async_trait]
impl CardPainter for ResvgCardPainter {
    async fn paint(&self, request: CardRequest) -> Result<Vec<u8>, CardError> {
        let place = Arc::clone(&self.places)
            .acquire_owned()
            .await
            .expect("the semaphore is never closed");
        let studio = Arc::clone(&self.studio);
        tokio::task::spawn_blocking(move || {
            let painted = studio.paint(&request);
            drop(place);
            painted
        })
        .await
        .map_err(DrawingError::Stopped)?
    }
}

impl Studio {
    fn paint(&self, request: &CardRequest) -> Result<Vec<u8>, CardError> {
        let svg = self.draw(request)?;
        let mut pixmap = self.render(&svg)?;
        if let Some(photo) = &request.photo {
            let overlay = request.heatmaps.as_ref().map(|heatmaps| Overlay {
                marks: Marks::choose(&request.summary.grades, heatmaps),
                grades: &request.summary.grades,
                heatmaps,
            });
            let tile = photo_tile(photo, overlay.as_ref(), (TILE.width, TILE.height))?;
            lay(&mut pixmap, &tile);
        }
        Ok(encoded(&pixmap)?)
    }

    fn draw(&self, request: &CardRequest) -> Result<String, DrawingError> {
        let shown = match (&request.photo, &request.heatmaps) {
            (None, _) => Shown::NoPhoto,
            (Some(_), None) => Shown::PhotoWithoutHeatmaps,
            (Some(_), Some(heatmaps)) => {
                Shown::Photo(Marks::choose(&request.summary.grades, heatmaps))
            }
        };
        let speaker = Speaker {
            phrases: &self.phrases,
            typesetter: &self.typesetter,
            language: request.language,
        };
        let content = speaker.content(&request.summary, shown);
        let layout = Layout::of(&content, &self.typesetter);
        Ok(self.templates.get_template(TEMPLATE)?.render(context! {
            layout => Serde(&layout),
            width => WIDTH,
            height => HEIGHT,
            margin => TILE.x,
            tile => Serde(TILE),
            family => FAMILY,
            levels => LEVELS,
            haze => HAZE.map(|[red, green, blue]| format!("#{red:02X}{green:02X}{blue:02X}")),
        })?)
    }

    fn render(&self, svg: &str) -> Result<Pixmap, DrawingError> {
        let options = usvg::Options {
            font_family: FAMILY.to_owned(),
            fontdb: Arc::clone(&self.fonts),
            ..usvg::Options::default()
        };
        let tree = usvg::Tree::from_str(svg, &options)?;
        let mut pixmap = Pixmap::new(WIDTH, HEIGHT).expect("a card has a size");
        resvg::render(&tree, Transform::identity(), &mut pixmap.as_mut());
        Ok(pixmap)
    }
}

/// Lays the photo over its tile, with round corners.
fn lay(card: &mut Pixmap, photo: &RgbImage) {
    let mut opaque = Pixmap::new(photo.width(), photo.height()).expect("the tile has a size");
    for (target, source) in opaque.data_mut().chunks_exact_mut(4).zip(photo.pixels()) {
        let [red, green, blue] = source.0;
        target.copy_from_slice(&[red, green, blue, u8::MAX]);
    }
    let [x, y] = [TILE.x, TILE.y].map(pixels);
    let paint = Paint {
        shader: Pattern::new(
            opaque.as_ref(),
            SpreadMode::Pad,
            FilterQuality::Nearest,
            1.0,
            Transform::from_translate(x, y),
        ),
        ..Paint::default()
    };
    let outline = rounded(TILE);
    card.fill_path(
        &outline,
        &paint,
        FillRule::Winding,
        Transform::identity(),
        None,
    );
}

fn rounded(tile: Tile) -> Path {
    let [left, top, width, height, radius] =
        [tile.x, tile.y, tile.width, tile.height, tile.radius].map(pixels);
    let (right, bottom) = (left + width, top + height);
    // How far a cubic's handles stay from the corner of a quarter circle.
    let handle = radius * 0.448;
    let mut path = PathBuilder::new();
    path.move_to(left + radius, top);
    path.line_to(right - radius, top);
    path.cubic_to(
        right - handle,
        top,
        right,
        top + handle,
        right,
        top + radius,
    );
    path.line_to(right, bottom - radius);
    path.cubic_to(
        right,
        bottom - handle,
        right - handle,
        bottom,
        right - radius,
        bottom,
    );
    path.line_to(left + radius, bottom);
    path.cubic_to(
        left + handle,
        bottom,
        left,
        bottom - handle,
        left,
        bottom - radius,
    );
    path.line_to(left, top + radius);
    path.cubic_to(left, top + handle, left + handle, top, left + radius, top);
    path.close();
    path.finish().expect("the tile has a size")
}

#[expect(
    clippy::cast_precision_loss,
    reason = "a place on the card is a small number"
)]
fn pixels(value: u32) -> f32 {
    value as f32
}

/// The card as PNG without an alpha channel: it is opaque everywhere.
fn encoded(card: &Pixmap) -> Result<Vec<u8>, DrawingError> {
    let opaque: Vec<u8> = card
        .data()
        .chunks_exact(4)
        .flat_map(|pixel| [pixel[0], pixel[1], pixel[2]])
        .collect();
    let mut png = Vec::new();
    // Half the time of the defaults for 2 % more bytes: even areas below each other are equal.
    PngEncoder::new_with_quality(&mut png, CompressionType::Level(4), FilterType::Up).write_image(
        &opaque,
        WIDTH,
        HEIGHT,
        ExtendedColorType::Rgb8,
    )?;
    Ok(png)
}
