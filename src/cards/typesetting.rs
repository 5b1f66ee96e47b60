//! How wide words are in the card's two fonts, and where lines break.
//!
//! Knows nothing of the card. Widths leave kerning out, which in these fonts only ever makes a line
//! a little narrower.

use skrifa::instance::{LocationRef, Size};
use skrifa::raw::ReadError;
use skrifa::{FontRef, MetadataProvider};

/// The family name of the embedded fonts.
pub(super) const FAMILY: &str = "Dupi Sans";
/// Every embedded font, by the name of its file.
pub(super) const FONTS: [(&str, &[u8]); 2] = [
    (
        "DupiSans-Regular.otf",
        include_bytes!("fonts/DupiSans-Regular.otf"),
    ),
    (
        "DupiSans-Bold.otf",
        include_bytes!("fonts/DupiSans-Bold.otf"),
    ),
];

const ELLIPSIS: &str = "…";

/// The weights that there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Weight {
    Regular,
    Bold,
}

/// How a text is set.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Style {
    pub weight: Weight,
    /// Pixels per em.
    pub size: f32,
}

impl Style {
    pub(super) const fn regular(size: f32) -> Self {
        Self {
            weight: Weight::Regular,
            size,
        }
    }

    pub(super) const fn bold(size: f32) -> Self {
        Self {
            weight: Weight::Bold,
            size,
        }
    }
}

/// Measures and breaks text.
pub(super) struct Typesetter {
    regular: FontRef<'static>,
    bold: FontRef<'static>,
}

impl Typesetter {
    /// Reads the embedded fonts; the error comes with the name of the file.
    pub(super) fn new() -> Result<Self, (&'static str, ReadError)> {
        let [regular, bold] =
            FONTS.map(|(name, bytes)| FontRef::new(bytes).map_err(|error| (name, error)));
        Ok(Self {
            regular: regular?,
            bold: bold?,
        })
    }

    const fn font(&self, weight: Weight) -> &FontRef<'static> {
        match weight {
            Weight::Regular => &self.regular,
            Weight::Bold => &self.bold,
        }
    }

    /// The width of one line, px.
    pub(super) fn width(&self, text: &str, style: Style) -> f32 {
        let font = self.font(style.weight);
        let glyphs = font.charmap();
        let metrics = font.glyph_metrics(Size::new(style.size), LocationRef::default());
        text.chars()
            .filter_map(|character| glyphs.map(character))
            .filter_map(|glyph| metrics.advance_width(glyph))
            .sum()
    }

    /// The text without what the fonts cannot draw (emoji, controls), and with single spaces.
    pub(super) fn drawable(&self, text: &str) -> String {
        let (regular, bold) = (self.regular.charmap(), self.bold.charmap());
        let kept: String = text
            .chars()
            .map(|character| {
                if character.is_whitespace() {
                    ' '
                } else {
                    character
                }
            })
            .filter(|&character| {
                !character.is_control()
                    && regular.map(character).is_some()
                    && bold.map(character).is_some()
            })
            .collect();
        kept.split(' ')
            .filter(|word| !word.is_empty())
            .collect::<Vec<_>>()
            .join(" ")
    }

    /// The text on one line of at most `width` px, cut with an ellipsis where it must be.
    pub(super) fn shortened(&self, text: &str, style: Style, width: f32) -> String {
        if self.width(text, style) <= width {
            return text.to_owned();
        }
        let mut room = width - self.width(ELLIPSIS, style);
        let kept: String = text
            .chars()
            .take_while(|character| {
                room -= self.width(character.encode_utf8(&mut [0; 4]), style);
                room >= 0.0
            })
            .collect();
        kept + ELLIPSIS
    }

    /// The text on at most `most` lines of `width` px, broken between words as Korean asks for it
    /// too. A word wider than a line, and what is left over, is cut with an ellipsis.
    pub(super) fn wrapped(&self, text: &str, style: Style, width: f32, most: usize) -> Vec<String> {
        let mut lines: Vec<String> = Vec::new();
        for word in text.split(' ') {
            let longer = lines.last().map(|line| format!("{line} {word}"));
            match longer {
                Some(longer) if self.width(&longer, style) <= width || lines.len() == most => {
                    lines.pop();
                    lines.push(longer);
                }
                _ => lines.push(word.to_owned()),
            }
        }
        lines
            .iter()
            .map(|line| self.shortened(line, style, width))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::{Style, Typesetter};

    const STYLE: Style = Style::regular(30.0);

    #[test]
    fn lines_break_between_words_and_never_grow_too_wide() {
        let typesetter = Typesetter::new().unwrap();
        let text = "생성한 이미지로만 학습했어요. 실제 두피 판단에 쓰지 마세요.";
        let lines = typesetter.wrapped(text, STYLE, 400.0, 4);
        assert_eq!(lines.join(" "), text);
        assert!(lines.len() > 1);
        for line in &lines {
            assert!(typesetter.width(line, STYLE) <= 400.0, "{line}");
        }
    }

    #[test]
    fn what_does_not_fit_is_cut_with_an_ellipsis() {
        let typesetter = Typesetter::new().unwrap();
        let lines = typesetter.wrapped("one two three four five six", STYLE, 120.0, 2);
        assert_eq!(lines.len(), 2);
        assert!(lines[1].ends_with('…'), "{lines:?}");
        let endless = typesetter.wrapped(&"가".repeat(200), STYLE, 120.0, 2);
        assert_eq!(endless.len(), 1);
        assert!(typesetter.width(&endless[0], STYLE) <= 120.0);
    }

    #[test]
    fn emoji_and_controls_are_dropped() {
        let typesetter = Typesetter::new().unwrap();
        let text = "모델\u{0}  \u{1F486}\u{FE0F} v1\n둘";
        assert_eq!(typesetter.drawable(text), "모델 v1 둘");
    }
}
