//! Where everything on a card stands, px from its top left. Pure: content in, places out.
//!
//! The card is read on a phone at a third of its size, so no text is smaller than 28 px. Long texts
//! are broken or cut by their measured width; nothing is placed by hope.

use serde::Serialize;

use super::content::{Content, Demonstration, Gauge, PhotoWords};
use super::typesetting::{Style, Typesetter};

/// The size of a card.
pub(super) const WIDTH: u32 = 1080;
pub(super) const HEIGHT: u32 = 1350;
/// The size of the photo's tile, its corner's radius, and where it stands.
pub(super) const TILE: Tile = Tile {
    x: 56,
    y: 128,
    width: 560,
    height: 420,
    radius: 28,
};

const LEFT: f32 = 56.0;
const RIGHT: f32 = 1024.0;
/// The column beside the photo.
const COLUMN: f32 = 656.0;
const TILE_TOP: f32 = 128.0;
const TILE_BOTTOM: f32 = 548.0;
const TILE_CENTRE: (f32, f32) = (336.0, 338.0);

/// The least distance from the column's last baseline to the legend's first one.
const ABOVE_LEGEND: f32 = 60.0;

const PANEL_TOP: f32 = 580.0;
const PANEL_HEADER: f32 = 78.0;
const PANEL_PADDING: f32 = 32.0;
const GAUGE_LEFT: f32 = 502.0;
/// The names of the conditions, left of the gauges.
const NAME_WIDTH: f32 = GAUGE_LEFT - LEFT - PANEL_PADDING - 12.0;
const SEGMENT_WIDTH: f32 = 44.0;
const SEGMENT_GAP: f32 = 7.0;
const SEGMENT_HEIGHT: f32 = 28.0;
const SEVERITY_LEFT: f32 = 724.0;

const BANNER_HEIGHT: f32 = 116.0;
const FOOT_BASELINE: f32 = 1302.0;

const TITLE: Style = Style::bold(44.0);
const LABEL: Style = Style::regular(30.0);
const STRONG: Style = Style::bold(34.0);
const BODY: Style = Style::regular(32.0);
const SMALL: Style = Style::regular(28.0);
/// The scalp type takes the first of these in which it fits into its column.
const TYPE_STYLES: [Style; 3] = [Style::bold(58.0), Style::bold(50.0), Style::bold(40.0)];
/// So do the names of the conditions.
const NAME_STYLES: [Style; 3] = [Style::bold(34.0), Style::bold(32.0), Style::bold(30.0)];

/// A rectangle with round corners, whole px.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub(super) struct Tile {
    pub x: u32,
    pub y: u32,
    pub width: u32,
    pub height: u32,
    pub radius: u32,
}

/// What the template draws.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub(super) struct Layout {
    pub texts: Vec<Text>,
    pub swatches: Vec<Swatch>,
    /// The panel with the gauges: top and height.
    pub panel: Span,
    /// The lines between two gauges.
    pub rules: Vec<f32>,
    pub segments: Vec<Segment>,
    pub banner: Option<Span>,
    pub has_photo: bool,
}

/// A part of the card over its whole width.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize)]
pub(super) struct Span {
    pub y: f32,
    pub height: f32,
}

/// One line of text.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct Text {
    pub role: Role,
    pub x: f32,
    pub baseline: f32,
    pub size: f32,
    pub is_bold: bool,
    pub anchor: Anchor,
    pub words: String,
}

/// What a text is for: decides its colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Role {
    Ink,
    Soft,
    Accent,
    Banner,
}

/// Which end of a text its `x` is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Anchor {
    Start,
    Middle,
    End,
}

/// The sample of a mark in the legend.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub(super) struct Swatch {
    pub kind: Mark,
    pub x: f32,
    pub y: f32,
}

/// How a condition is marked on the photo.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Mark {
    Filled,
    Outlined,
}

/// One of the four parts of a gauge.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub(super) struct Segment {
    pub x: f32,
    pub y: f32,
    pub width: f32,
    pub height: f32,
    /// The severity that the gauge shows, 0 to 3.
    pub level: u8,
    pub look: Look,
}

/// How a segment is drawn; all of them differ without colour, too.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Look {
    Full,
    /// Full, but the model is not sure.
    Hatched,
    Empty,
}

impl Layout {
    /// Gives every part of the content its place.
    pub(super) fn of(content: &Content, typesetter: &Typesetter) -> Self {
        let mut setting = Setting {
            typesetter,
            layout: Self::default(),
        };
        setting.header(content);
        let end = setting.photo(&content.photo);
        setting.facts(content, end);
        let row_height = if content.demonstration.is_some() {
            72.0
        } else {
            92.0
        };
        let panel_bottom = setting.gauges(content, row_height);
        if let Some(demonstration) = &content.demonstration {
            setting.banner(demonstration, panel_bottom + 24.0);
        }
        setting.foot(content);
        setting.layout
    }
}

/// The baselines of the column beside the photo, px below its top.
struct Pace {
    label: f32,
    scalp_type: f32,
    first_line: f32,
    /// From line to line.
    line: f32,
}

const ROOMY: Pace = Pace {
    label: 30.0,
    scalp_type: 98.0,
    first_line: 156.0,
    line: 44.0,
};
const DENSE: Pace = Pace {
    label: 26.0,
    scalp_type: 90.0,
    first_line: 134.0,
    line: 40.0,
};

impl Pace {
    /// The baseline of the last of the lines, px from the top of the card.
    fn bottom(&self, lines: &[String]) -> f32 {
        TILE_TOP + self.first_line + self.line * below(lines)
    }
}

/// A layout in the making.
struct Setting<'a> {
    typesetter: &'a Typesetter,
    layout: Layout,
}

impl Setting<'_> {
    /// Puts one line, cut to `width`.
    fn put(&mut self, role: Role, style: Style, (x, baseline): (f32, f32), text: &str, width: f32) {
        self.anchored(role, style, (x, baseline, Anchor::Start), text, width);
    }

    fn anchored(
        &mut self,
        role: Role,
        style: Style,
        (x, baseline, anchor): (f32, f32, Anchor),
        text: &str,
        width: f32,
    ) {
        self.layout.texts.push(Text {
            role,
            x,
            baseline,
            size: style.size,
            is_bold: style.weight == super::typesetting::Weight::Bold,
            anchor,
            words: self.typesetter.shortened(text, style, width),
        });
    }

    /// The first of the styles in which the text fits on one line; else the last.
    fn fitting(&self, text: &str, styles: &[Style], width: f32) -> Style {
        *styles
            .iter()
            .find(|&&style| self.typesetter.width(text, style) <= width)
            .or(styles.last())
            .expect("there is a style")
    }

    fn header(&mut self, content: &Content) {
        self.put(Role::Ink, TITLE, (LEFT, 92.0), &content.title, 700.0);
    }

    /// The column beside the photo, down to `end`.
    fn facts(&mut self, content: &Content, end: f32) {
        let width = RIGHT - COLUMN;
        let lines: Vec<String> = [&content.regions, &content.spots]
            .into_iter()
            .filter(|text| !text.is_empty())
            .flat_map(|text| self.typesetter.wrapped(text, BODY, width, 2))
            .collect();
        let pace = if ROOMY.bottom(&lines) <= end {
            ROOMY
        } else {
            DENSE
        };
        let label = (COLUMN, TILE_TOP + pace.label);
        self.put(Role::Soft, LABEL, label, &content.type_label, width);
        let style = self.fitting(&content.scalp_type, &TYPE_STYLES, width);
        let scalp_type = (COLUMN, TILE_TOP + pace.scalp_type);
        self.put(Role::Accent, style, scalp_type, &content.scalp_type, width);
        let mut baseline = TILE_TOP + pace.first_line;
        for line in lines {
            self.put(Role::Ink, BODY, (COLUMN, baseline), &line, width);
            baseline += pace.line;
        }
    }

    /// What belongs to the photo; returns where the column beside it must end.
    fn photo(&mut self, words: &PhotoWords) -> f32 {
        self.layout.has_photo = !matches!(words, PhotoWords::Absent { .. });
        match words {
            PhotoWords::Absent { words, detail } => {
                let (x, y) = TILE_CENTRE;
                let width = 500.0;
                let middle = |baseline| (x, baseline, Anchor::Middle);
                self.anchored(Role::Ink, STRONG, middle(y + 62.0), words, width);
                self.anchored(Role::Soft, LABEL, middle(y + 108.0), detail, width);
                TILE_BOTTOM
            }
            PhotoWords::Unmarked => TILE_BOTTOM,
            PhotoWords::NothingToMark(words) => {
                let width = RIGHT - COLUMN;
                let lines = self.typesetter.wrapped(words, LABEL, width, 2);
                let first = TILE_BOTTOM - 8.0 - 40.0 * below(&lines);
                let mut baseline = first;
                for line in lines {
                    self.put(Role::Soft, LABEL, (COLUMN, baseline), &line, width);
                    baseline += 40.0;
                }
                first - ABOVE_LEGEND
            }
            PhotoWords::Marked {
                title,
                filled,
                outlined,
            } => self.legend(title, filled, outlined.as_deref()),
        }
    }

    /// The legend, from the bottom of the photo upwards; returns where the column above must end.
    fn legend(&mut self, title: &str, filled: &str, outlined: Option<&str>) -> f32 {
        let indent = 58.0;
        let width = RIGHT - COLUMN - indent;
        let mut baseline = TILE_BOTTOM - 8.0;
        let entries = [(Mark::Outlined, outlined), (Mark::Filled, Some(filled))];
        for (kind, name) in entries {
            let Some(name) = name else { continue };
            let style = self.fitting(name, &[BODY, SMALL], width);
            let lines = self.typesetter.wrapped(name, style, width, 2);
            baseline -= 34.0 * below(&lines);
            self.layout.swatches.push(Swatch {
                kind,
                x: COLUMN,
                y: baseline - 26.0,
            });
            for (line, down) in lines.iter().zip([0.0, 34.0]) {
                let place = (COLUMN + indent, baseline + down);
                self.put(Role::Ink, style, place, line, width);
            }
            baseline -= 44.0;
        }
        self.put(Role::Soft, LABEL, (COLUMN, baseline), title, RIGHT - COLUMN);
        baseline - ABOVE_LEGEND
    }

    /// The panel with the gauges; returns its bottom.
    fn gauges(&mut self, content: &Content, row_height: f32) -> f32 {
        let (left, right) = (LEFT + PANEL_PADDING, RIGHT - PANEL_PADDING);
        let baseline = PANEL_TOP + 54.0;
        self.put(
            Role::Ink,
            STRONG,
            (left, baseline),
            &content.gauges_title,
            SEVERITY_LEFT - left,
        );
        self.anchored(
            Role::Soft,
            LABEL,
            (right, baseline, Anchor::End),
            &content.sureness_title,
            right - SEVERITY_LEFT,
        );
        let name_style = self.name_style(&content.gauges);
        let mut top = PANEL_TOP + PANEL_HEADER;
        for gauge in &content.gauges {
            self.layout.rules.push(top);
            self.gauge(gauge, name_style, top + row_height / 2.0);
            top += row_height;
        }
        let bottom = top + 8.0;
        self.layout.panel = Span {
            y: PANEL_TOP,
            height: bottom - PANEL_TOP,
        };
        bottom
    }

    /// One style for all names, so that none looks more important than another.
    fn name_style(&self, gauges: &[Gauge]) -> Style {
        let widest = gauges
            .iter()
            .map(|gauge| gauge.condition.as_str())
            .max_by(|left, right| {
                let width = |text: &str| self.typesetter.width(text, LABEL);
                width(left).total_cmp(&width(right))
            })
            .unwrap_or_default();
        self.fitting(widest, &NAME_STYLES, NAME_WIDTH)
    }

    /// One gauge around the line `middle`.
    fn gauge(&mut self, gauge: &Gauge, name_style: Style, middle: f32) {
        let (left, right) = (LEFT + PANEL_PADDING, RIGHT - PANEL_PADDING);
        let baseline = middle + 12.0;
        let name = &gauge.condition;
        self.put(Role::Ink, name_style, (left, baseline), name, NAME_WIDTH);

        let level = gauge.severity.number();
        let mut x = GAUGE_LEFT;
        for step in 0..4 {
            let look = match (step <= level, gauge.is_certain) {
                (true, true) => Look::Full,
                (true, false) => Look::Hatched,
                (false, _) => Look::Empty,
            };
            self.layout.segments.push(Segment {
                x,
                y: middle - SEGMENT_HEIGHT / 2.0,
                width: SEGMENT_WIDTH,
                height: SEGMENT_HEIGHT,
                level,
                look,
            });
            x += SEGMENT_WIDTH + SEGMENT_GAP;
        }
        let sureness_width = self.typesetter.width(&gauge.sureness, LABEL);
        self.put(
            Role::Ink,
            STRONG,
            (SEVERITY_LEFT, baseline),
            &gauge.severity_word,
            right - SEVERITY_LEFT - sureness_width - 12.0,
        );
        self.anchored(
            Role::Soft,
            LABEL,
            (right, baseline, Anchor::End),
            &gauge.sureness,
            right - SEVERITY_LEFT,
        );
    }

    fn banner(&mut self, demonstration: &Demonstration, top: f32) {
        self.layout.banner = Some(Span {
            y: top,
            height: BANNER_HEIGHT,
        });
        let (x, width) = (LEFT + 96.0, RIGHT - LEFT - 96.0 - 28.0);
        let style = self.fitting(&demonstration.text, &[LABEL, SMALL], width);
        self.put(
            Role::Banner,
            STRONG,
            (x, top + 50.0),
            &demonstration.title,
            width,
        );
        self.put(
            Role::Banner,
            style,
            (x, top + 90.0),
            &demonstration.text,
            width,
        );
    }

    fn foot(&mut self, content: &Content) {
        let words_width = self.typesetter.width(&content.not_a_diagnosis, STRONG);
        self.put(
            Role::Ink,
            STRONG,
            (LEFT, FOOT_BASELINE),
            &content.not_a_diagnosis,
            600.0,
        );
        self.anchored(
            Role::Soft,
            SMALL,
            (RIGHT, FOOT_BASELINE, Anchor::End),
            &content.model,
            RIGHT - LEFT - words_width - 40.0,
        );
    }
}

/// How many lines stand below the first.
#[expect(clippy::cast_precision_loss, reason = "a handful of lines")]
fn below(lines: &[String]) -> f32 {
    lines.len().saturating_sub(1) as f32
}
