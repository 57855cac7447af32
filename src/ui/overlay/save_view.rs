//! A name for the filter in force.

use ratatui::{
    Frame,
    text::{Line, Span},
};

use crate::{
    app::{Model, views::SaveView},
    text,
    ui::{Theme, facts, ink},
};

/// Columns of the text inside.
const COLUMNS: u16 = 64;

/// Draws the dialog.
pub fn draw(model: &Model, form: &SaveView, theme: &Theme, frame: &mut Frame) {
    let keys = [("enter", "save"), ("ctrl+x", "remove the saved one"), ("esc", "close")];
    let area = super::open(frame, "Save as a view", (COLUMNS, 4), &keys, theme);
    let mut rows = area.rows();
    let queue = &model.queue;
    let asked = queue.query.to_string();
    let asked = facts::sensitive(&asked, model.masked);
    let asked = text::truncate(&format!("{asked}, by {}", queue.sort().by.as_str()), usize::from(area.width));
    let buffer = frame.buffer_mut();
    if let Some(row) = rows.next() {
        ink::put(buffer, row, &Line::from(Span::styled(asked, theme.dim)));
    }
    let line = rows.next().unwrap_or_default();
    let problem = form.problem.clone().unwrap_or_default();
    for (row, line) in rows.zip(ink::wrap(&problem, usize::from(area.width))) {
        ink::put(buffer, row, &Line::from(Span::styled(line, theme.bad)));
    }
    super::draw_input("name: ", &form.input, true, theme, frame, line);
}
