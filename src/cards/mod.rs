//! The result card: a picture of what was found, 1080x1350 px, in the person's language.
//!
//! The only user of `resvg`. It draws what it is given and decides nothing about health; it holds no
//! sentence (`locales/*/card.ftl`), reads no clock, uses no font but the two embedded ones, and
//! draws nothing on the photo for a condition at severity 0.
//! Begin at [`ResvgCardPainter`]: `content` finds the words, `layout` gives everything its place,
//! `templates/result.svg.jinja` turns places into SVG, and `photo_tile` puts the photo on top.

mod content;
mod drawing;
mod layout;
mod overlay;
mod painter;
mod photo_tile;
mod typesetting;

pub use drawing::png_of;
pub use overlay::{Marks, draw_marks};
pub use painter::{PainterError, ResvgCardPainter};
