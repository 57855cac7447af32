//! The one way onto the screen: every text is cleaned here, measured by display columns, and never leaves its place.

use ratatui::{
    buffer::{Buffer, CellWidth},
    layout::Rect,
    style::Style,
    text::{Line, Span},
};
use unicode_segmentation::UnicodeSegmentation;

use crate::text;

use super::Theme;

/// Writes a line at the top left of an area, cut with `…` where it is longer than the area is wide.
pub fn put(buffer: &mut Buffer, area: Rect, line: &Line<'_>) {
    let area = area.intersection(buffer.area);
    if area.is_empty() {
        return;
    }
    let mut column = area.x;
    for span in &line.spans {
        let room = usize::from(area.right().saturating_sub(column));
        if room == 0 {
            break;
        }
        let style = line.style.patch(span.style);
        let fitted = text::truncate(&span.content, room);
        (column, _) = buffer.set_stringn(column, area.y, fitted, room, style);
    }
}

/// Writes a line so that it ends at the right edge of an area; tells how many columns it took.
pub fn put_right(buffer: &mut Buffer, area: Rect, line: &Line<'_>) -> u16 {
    let columns = (width(line) as u16).min(area.width);
    put(buffer, Rect { x: area.right().saturating_sub(columns), width: columns, ..area }, line);
    columns
}

/// Writes lines from the top of an area, the first `scroll` left out; tells how far they can be scrolled.
pub fn put_lines(buffer: &mut Buffer, area: Rect, lines: &[Line<'_>], scroll: usize) -> usize {
    let most = lines.len().saturating_sub(usize::from(area.height));
    for (row, line) in area.rows().zip(lines.iter().skip(scroll.min(most))) {
        put(buffer, row, line);
    }
    most
}

/// Columns of a line.
pub fn width(line: &Line<'_>) -> usize {
    line.spans.iter().map(|span| text::width(&span.content)).sum()
}

/// Blanks an area, and draws a border around it with a title in it; the area inside, with a column of air on both
/// sides.
pub fn open_box(buffer: &mut Buffer, area: Rect, title: &str, theme: &Theme) -> Rect {
    let area = area.intersection(buffer.area);
    if area.width < 4 || area.height < 3 {
        return Rect::default();
    }
    blank(buffer, area, theme.base);
    let (right, bottom) = (area.right() - 1, area.bottom() - 1);
    let line = "─".repeat(usize::from(area.width) - 2);
    buffer.set_string(area.x, area.y, format!("╭{line}╮"), theme.border);
    buffer.set_string(area.x, bottom, format!("╰{line}╯"), theme.border);
    for row in area.y + 1..bottom {
        buffer.set_string(area.x, row, "│", theme.border);
        buffer.set_string(right, row, "│", theme.border);
    }
    let place = Rect { x: area.x + 2, width: area.width - 4, height: 1, ..area };
    put(buffer, place, &Line::from(Span::styled(format!(" {title} "), theme.title)));
    Rect { x: area.x + 2, y: area.y + 1, width: area.width - 4, height: area.height - 2 }
}

/// Blanks an area. A wide character that reaches into it from the left goes as well: a terminal would draw it over
/// the edge.
pub fn blank(buffer: &mut Buffer, area: Rect, style: Style) {
    for row in area.rows() {
        if area.x > buffer.area.x
            && let Some(cell) = buffer.cell_mut((area.x - 1, row.y))
            && cell.symbol().cell_width() > 1
        {
            cell.set_symbol(" ");
        }
        for position in row.positions() {
            if let Some(cell) = buffer.cell_mut(position) {
                cell.reset();
                cell.set_style(style);
            }
        }
    }
}

/// Text as lines of at most so many columns, broken between words where there are any.
pub fn wrap(text: &str, columns: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    let mut used = 0;
    for piece in text::clean(text).split_inclusive(' ') {
        let word = piece.trim_end_matches(' ');
        let needed = text::width(word);
        if used > 0 && used + needed > columns {
            lines.push(String::new());
            used = 0;
        }
        if needed > columns {
            used = break_word(word, columns, &mut lines);
        } else if let Some(line) = lines.last_mut() {
            line.push_str(word);
            used += needed;
        }
        if used > 0
            && word.len() < piece.len()
            && let Some(line) = lines.last_mut()
        {
            line.push(' ');
            used += 1;
        }
    }
    for line in &mut lines {
        line.truncate(line.trim_end().len());
    }
    lines
}

/// A word that is longer than a line, over as many lines as it needs; the columns used of the last one.
fn break_word(word: &str, columns: usize, lines: &mut Vec<String>) -> usize {
    let mut used = 0;
    for grapheme in word.graphemes(true) {
        let needed = text::width(grapheme);
        if used + needed > columns && used > 0 {
            lines.push(String::new());
            used = 0;
        }
        if let Some(line) = lines.last_mut() {
            line.push_str(grapheme);
        }
        used += needed;
    }
    used
}

/// A label in a column of its own, and a text that is wrapped beside it.
pub fn labelled(
    label: &str,
    text: &str,
    label_columns: usize,
    columns: usize,
    styles: [Style; 2],
) -> Vec<Line<'static>> {
    let room = columns.saturating_sub(label_columns).max(8);
    wrap(text, room)
        .into_iter()
        .enumerate()
        .map(|(row, part)| {
            let shown = if row == 0 { label } else { "" };
            Line::from(vec![Span::styled(text::fit(shown, label_columns), styles[0]), Span::styled(part, styles[1])])
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use ratatui::{
        buffer::{Buffer, CellWidth},
        layout::Rect,
        text::{Line, Span},
    };

    use proptest::prelude::*;
    use unicode_segmentation::UnicodeSegmentation as _;

    use super::{open_box, put, put_lines, wrap};
    use crate::{text, ui::Theme};

    fn rows(buffer: &Buffer) -> Vec<String> {
        buffer
            .area
            .rows()
            .map(|row| row.positions().map(|position| buffer[position].symbol().to_owned()).collect::<String>())
            .collect()
    }

    #[test]
    fn a_line_never_leaves_its_area() {
        let mut buffer = Buffer::empty(Rect::new(0, 0, 12, 1));
        put(&mut buffer, Rect::new(2, 0, 5, 1), &Line::from(vec![Span::raw("山田"), Span::raw("太郎")]));
        assert_eq!(rows(&buffer), ["  山 田 …     "]);
        put(&mut buffer, Rect::new(30, 7, 5, 1), &Line::from("outside"));
    }

    #[test]
    fn scrolling_stops_at_the_last_screen() {
        let mut buffer = Buffer::empty(Rect::new(0, 0, 3, 2));
        let lines: Vec<Line> = ["a", "b", "c"].into_iter().map(Line::from).collect();
        let area = buffer.area;
        assert_eq!(put_lines(&mut buffer, area, &lines, 9), 1);
        assert_eq!(rows(&buffer), ["b  ", "c  "]);
    }

    #[test]
    fn words_wrap_and_long_ones_are_broken() {
        assert_eq!(wrap("look at the portrait", 8), ["look at", "the", "portrait"]);
        assert_eq!(wrap("project:, flag: …", 9), ["project:,", "flag: …"]);
        assert_eq!(wrap("  two  blanks", 20), ["two  blanks"]);
        assert_eq!(wrap("abcdefghij", 4), ["abcd", "efgh", "ij"]);
        assert_eq!(wrap("山田太郎", 5), ["山田", "太郎"]);
        assert_eq!(wrap("", 5), [""]);
        assert_eq!(wrap("abc", 0), ["a", "b", "c"]);
    }

    #[test]
    fn a_box_takes_away_the_wide_character_that_its_edge_cuts() {
        let mut buffer = Buffer::empty(Rect::new(0, 0, 8, 3));
        for row in 0..3 {
            buffer.set_string(0, row, "山田太郎", ratatui::style::Style::new());
        }
        let theme = Theme::named("none", true).unwrap_or_else(|| unreachable!());
        open_box(&mut buffer, Rect::new(3, 0, 5, 3), "", &theme);
        assert_eq!(buffer[(2, 1)].symbol(), " ");
        assert_eq!(buffer[(0, 1)].symbol(), "山");
    }

    /// Text in every script, of every width: wide, combining, right to left, joined emoji with and without selectors.
    fn any_text() -> impl Strategy<Value = String> {
        prop_oneof![
            "(\\PC|\\p{Cf}|\\p{Mn}|\\p{Han}|\\p{Arabic}|\\p{Hebrew}|\\p{Thai}|\\p{Devanagari}){0,12}",
            prop::collection::vec(
                prop::sample::select(vec![
                    "👩‍👩‍👧‍👦",
                    "❤\u{fe0f}",
                    "🇨🇴",
                    "👍🏽",
                    "क्\u{200d}ष",
                    "e\u{301}",
                    "ｶﾞ",
                    "م\u{200c}ر",
                    "山",
                    "a"
                ]),
                0..10
            )
            .prop_map(|pieces| pieces.concat()),
        ]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(300))]

        #[test]
        fn no_text_leaves_its_column_or_moves_the_next(
            text in any_text(), column in 0_u16..10, columns in 0_u16..14,
        ) {
            let mut buffer = Buffer::empty(Rect::new(0, 0, 30, 1));
            for x in 0..30 {
                buffer[(x, 0)].set_symbol("#");
            }
            put(&mut buffer, Rect::new(column, 0, columns, 1), &Line::from(vec![Span::raw(text.clone()), Span::raw("|")]));
            for x in (0..column).chain(column + columns..30) {
                prop_assert_eq!(buffer[(x, 0)].symbol(), "#", "{:?} at {}", &text, x);
            }
            // What a cell shows is never wider than the room up to the edge.
            for x in column..column + columns {
                let wide = buffer[(x, 0)].symbol().cell_width();
                prop_assert!(x + wide <= column + columns, "{:?} at {x}", &text);
            }
        }

        #[test]
        fn wrapped_text_keeps_to_its_columns_and_loses_no_letter(text in any_text(), columns in 2_usize..20) {
            let lines = wrap(&text, columns);
            // A letter with what belongs to it may be wider than that, and is not broken.
            let is_letter = |line: &str| line.graphemes(true).count() == 1;
            prop_assert!(lines.iter().all(|line| text::width(line) <= columns || is_letter(line)), "{lines:?}");
            let letters = |text: &str| text.chars().filter(|letter| !letter.is_whitespace()).collect::<String>();
            prop_assert_eq!(letters(&lines.concat()), letters(&text::clean(&text)));
        }
    }
}
