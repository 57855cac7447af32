//! What can be copied of a registration, and what cannot, with the reason.

use ratatui::{
    Frame,
    text::{Line, Span},
};

use super::plan;
use crate::{
    app::{Model, copy::CopyMenu},
    text,
    ui::{Theme, ink, queue},
};

/// Columns of the text inside.
const COLUMNS: u16 = 76;
/// Columns of a label.
const LABEL: usize = 17;

/// Draws the menu.
pub fn draw(model: &Model, menu: &CopyMenu, theme: &Theme, frame: &mut Frame) {
    let keys = [("enter", "copy"), ("up/down", "choose"), ("esc", "close")];
    let rows = menu.items.len() as u16 + 2;
    let area = super::open(frame, "Copy", (COLUMNS, rows), &keys, theme);
    let buffer = frame.buffer_mut();
    ink::put(buffer, area, &plan::row(model, &menu.id, theme));
    // Where there is not room for all, the line between gives way first.
    let gap = u16::from(usize::from(area.height) > menu.items.len() + 1);
    for (place, (row, item)) in area.rows().skip(usize::from(1 + gap)).zip(&menu.items).enumerate() {
        let mut spans = vec![Span::styled(format!(" {}  ", item.key), theme.accent)];
        match &item.text {
            Ok(_) => spans.push(Span::raw(item.label)),
            Err(why) => spans.push(Span::styled(format!("{}– {why}", text::fit(item.label, LABEL)), theme.dim)),
        }
        ink::put(buffer, row, &Line::from(spans));
        if place == menu.selected {
            queue::select(buffer, row, theme);
        }
    }
}
