//! A screen as an SVG: each run of cells of one style is placed by its columns, so that any font keeps the grid.

use std::fmt::Write;

use ratatui::{
    buffer::{Buffer, Cell},
    layout::Rect,
    style::{Color, Modifier},
};
use unicode_width::UnicodeWidthStr;

const CELL_WIDTH: f32 = 8.4;
const CELL_HEIGHT: f32 = 18.0;
const MARGIN: f32 = 12.0;

/// The terminal that a picture is of.
#[derive(Clone, Copy)]
pub struct Paper {
    background: &'static str,
    foreground: &'static str,
}

/// A terminal with a dark background.
pub const DARK: Paper = Paper { background: "#16181d", foreground: "#d5d8de" };
/// A terminal with a light background.
pub const LIGHT: Paper = Paper { background: "#ffffff", foreground: "#24292f" };

/// The sixteen colours of a dark terminal; the themes use none of them.
const PALETTE: [&str; 16] = [
    "#16181d", "#e0626c", "#8fbf6f", "#dbb765", "#6ca6e8", "#b98ae0", "#5fbcc4", "#c4c8d0", "#6d7380", "#f0838c",
    "#a9d68b", "#ecd08a", "#8fbff5", "#cfa8f0", "#83d3da", "#f2f4f8",
];

/// The screen as a picture.
pub fn picture(buffer: &Buffer, paper: Paper) -> String {
    let background = paper.background;
    let area = buffer.area;
    let width = f32::from(area.width) * CELL_WIDTH + 2.0 * MARGIN;
    let height = f32::from(area.height) * CELL_HEIGHT + 2.0 * MARGIN;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width:.1} {height:.1}\" font-family=\"'DejaVu Sans Mono', \
         'Noto Sans Mono', Menlo, Consolas, monospace\" font-size=\"14\" xml:space=\"preserve\">\n\
         <rect width=\"100%\" height=\"100%\" rx=\"8\" fill=\"{background}\"/>\n"
    );
    for row in 0..area.height {
        let mut column = 0;
        while column < area.width {
            let (text, columns) = run(buffer, column, row);
            draw(&mut svg, &buffer[(column, row)], &text, Rect::new(column, row, columns, 1), paper);
            column += columns;
        }
    }
    svg.push_str("</svg>\n");
    svg
}

/// The cells from a place on that share one style: their text and how many columns they take.
fn run(buffer: &Buffer, from: u16, row: u16) -> (String, u16) {
    let first = &buffer[(from, row)];
    let mut text = String::new();
    let mut column = from;
    while column < buffer.area.width {
        let cell = &buffer[(column, row)];
        let columns = cell.symbol().width().max(1) as u16;
        let alone = columns > 1 || !cell.symbol().is_ascii();
        if column > from && (cell.style() != first.style() || alone) {
            break;
        }
        text.push_str(cell.symbol());
        column += columns;
        if alone {
            break;
        }
    }
    (text, (column - from).max(1))
}

/// Draws one text in its style at its place.
fn draw(svg: &mut String, cell: &Cell, text: &str, place: Rect, paper: Paper) {
    let reversed = cell.modifier.contains(Modifier::REVERSED);
    let (mut foreground, mut background) = (colour(cell.fg, paper.foreground), colour(cell.bg, paper.background));
    if reversed {
        (foreground, background) = (background, foreground);
    }
    let x = MARGIN + f32::from(place.x) * CELL_WIDTH;
    let y = MARGIN + f32::from(place.y) * CELL_HEIGHT;
    let width = f32::from(place.width) * CELL_WIDTH;
    if background != paper.background {
        let _ = writeln!(
            svg,
            "<rect x=\"{x:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"{CELL_HEIGHT}\" fill=\"{background}\"/>"
        );
    }
    if text.trim().is_empty() {
        return;
    }
    let weight = if cell.modifier.contains(Modifier::BOLD) { " font-weight=\"bold\"" } else { "" };
    let opacity = if cell.modifier.contains(Modifier::DIM) { " opacity=\"0.6\"" } else { "" };
    let underline = if cell.modifier.contains(Modifier::UNDERLINED) { " text-decoration=\"underline\"" } else { "" };
    let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let baseline = y + CELL_HEIGHT * 0.75;
    let _ = writeln!(
        svg,
        "<text x=\"{x:.1}\" y=\"{baseline:.1}\" textLength=\"{width:.1}\" lengthAdjust=\"spacingAndGlyphs\" \
         fill=\"{foreground}\"{weight}{opacity}{underline}>{text}</text>"
    );
}

fn colour(colour: Color, default: &str) -> String {
    let basic = match colour {
        Color::Rgb(red, green, blue) => return format!("#{red:02x}{green:02x}{blue:02x}"),
        Color::Indexed(index) => return indexed(index),
        Color::Reset => return default.to_owned(),
        Color::Black => 0,
        Color::Red => 1,
        Color::Green => 2,
        Color::Yellow => 3,
        Color::Blue => 4,
        Color::Magenta => 5,
        Color::Cyan => 6,
        Color::Gray => 7,
        Color::DarkGray => 8,
        Color::LightRed => 9,
        Color::LightGreen => 10,
        Color::LightYellow => 11,
        Color::LightBlue => 12,
        Color::LightMagenta => 13,
        Color::LightCyan => 14,
        Color::White => 15,
    };
    PALETTE[basic].to_owned()
}

/// The 256 colours: sixteen of the palette, a cube of six levels, and greys.
fn indexed(index: u8) -> String {
    let level = |step: u8| if step == 0 { 0 } else { 55 + 40 * step };
    match index {
        0..=15 => PALETTE[usize::from(index)].to_owned(),
        16..=231 => {
            let cube = index - 16;
            format!("#{:02x}{:02x}{:02x}", level(cube / 36), level(cube / 6 % 6), level(cube % 6))
        }
        232..=255 => {
            let grey = 8 + 10 * (index - 232);
            format!("#{grey:02x}{grey:02x}{grey:02x}")
        }
    }
}
