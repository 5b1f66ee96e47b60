//! Drawings without words, as PNG for channels that show no SVG.

use image::codecs::png::PngEncoder;
use image::{ExtendedColorType, ImageEncoder as _};
use resvg::tiny_skia::{Color, Pixmap, Transform};
use resvg::usvg::{Options, Tree};

use super::PainterError;

/// An SVG drawing without text as PNG on white, `width` pixels wide.
pub fn png_of(svg: &str, width: u32) -> Result<Vec<u8>, PainterError> {
    let tree =
        Tree::from_str(svg, &Options::default()).map_err(|error| drawing(Box::new(error)))?;
    let size = tree
        .size()
        .to_int_size()
        .scale_to_width(width)
        .ok_or_else(|| drawing("it has no size".into()))?;
    let mut pixmap = Pixmap::new(size.width(), size.height())
        .ok_or_else(|| drawing("it is too large".into()))?;
    pixmap.fill(Color::WHITE);
    #[expect(
        clippy::cast_precision_loss,
        reason = "drawings are some thousand pixels wide at most"
    )]
    let scale = size.width() as f32 / tree.size().width();
    resvg::render(
        &tree,
        Transform::from_scale(scale, scale),
        &mut pixmap.as_mut(),
    );
    let opaque: Vec<u8> = pixmap
        .pixels()
        .iter()
        .flat_map(|pixel| [pixel.red(), pixel.green(), pixel.blue()])
        .collect();
    let mut png = Vec::new();
    PngEncoder::new(&mut png)
        .write_image(
            &opaque,
            size.width(),
            size.height(),
            ExtendedColorType::Rgb8,
        )
        .map_err(|error| drawing(Box::new(error)))?;
    Ok(png)
}

fn drawing(source: Box<dyn std::error::Error + Send + Sync>) -> PainterError {
    PainterError::Drawing(source)
}
