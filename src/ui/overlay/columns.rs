//! The chooser of the queue's columns.

use ratatui::{
    Frame,
    text::{Line, Span},
};

use crate::{
    app::{Model, columns::ColumnsForm},
    text,
    ui::{Theme, ink, queue},
};

/// Columns of the text inside.
const COLUMNS: u16 = 62;

/// Draws the dialog; tells how many of them are on the screen.
pub fn draw(model: &Model, form: &ColumnsForm, theme: &Theme, frame: &mut Frame) -> (usize, usize) {
    let keys = [("space", "show"), ("J/K", "move"), ("</>", "width"), ("s", "sort"), ("=", "reset"), ("esc", "close")];
    let rows = form.rows.all().len() as u16;
    let area = super::open(frame, "Columns after the name", (COLUMNS, rows), &keys, theme);
    let height = usize::from(area.height);
    let buffer = frame.buffer_mut();
    let top = form.rows.first_shown(height);
    let sort = model.queue.sort();
    for (place, (row, offered)) in area.rows().zip(form.rows.all().iter().skip(top)).enumerate() {
        let shape = offered.chosen.column.shape();
        let width = offered.chosen.width.map_or_else(|| "auto".to_owned(), |width| width.to_string());
        let sorted = match shape.sort {
            Some(field) if field == sort.by && sort.descending => "↓",
            Some(field) if field == sort.by => "↑",
            _ => "",
        };
        let style = if offered.shown { theme.strong } else { theme.dim };
        let line = Line::from(vec![
            Span::styled(if offered.shown { "✓ " } else { "  " }, theme.accent),
            Span::styled(text::fit(shape.title, 16), style),
            Span::styled(format!("{width:>6}  "), theme.dim),
            Span::styled(sorted, theme.accent),
        ]);
        ink::put(buffer, row, &line);
        if form.rows.selected_row() == Some(top + place) {
            queue::select(buffer, row, theme);
        }
    }
    (height, 0)
}
