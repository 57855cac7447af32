//! The question which field of a person to show.

use ratatui::{
    Frame,
    text::{Line, Span},
};

use crate::{
    app::{Model, reveal::RevealForm},
    text,
    ui::{Theme, facts, ink, queue},
};

/// Columns of the text inside.
const COLUMNS: u16 = 66;
/// Columns of a field's name.
const LABEL: usize = 20;

/// Draws the dialog.
pub fn draw(model: &Model, form: &RevealForm, theme: &Theme, frame: &mut Frame) {
    let keys = [("enter", "show for 30 seconds"), ("up/down", "choose"), ("esc", "cancel")];
    let columns = usize::from(super::inner_width(frame, COLUMNS));
    let warning = "Who was shown what, and when, is written down with the registration.";
    let mut lines = ink::labelled("", warning, 0, columns, [theme.dim, theme.attention]);
    lines.push(Line::default());
    let head = lines.len();
    let entry = model.index.get(&form.id);
    let registration = entry.as_ref().map(|entry| &entry.registration);
    for field in form.fields.all() {
        let value = registration.and_then(|registration| field.of(registration));
        let value = value.map_or_else(String::new, |value| facts::personal(&value, true).into_owned());
        lines.push(Line::from(vec![Span::raw(text::fit(field.label(), LABEL)), Span::styled(value, theme.dim)]));
    }
    if form.fields.all().is_empty() {
        lines.push(Line::from(Span::styled("Nothing personal is known yet.", theme.dim)));
    }
    let area = super::open(frame, "Show one field", (COLUMNS, lines.len() as u16), &keys, theme);
    ink::put_lines(frame.buffer_mut(), area, &lines, 0);
    let selected = form.fields.selected_row().map(|row| head + row);
    if let Some(row) = selected.and_then(|row| area.rows().nth(row)) {
        queue::select(frame.buffer_mut(), row, theme);
    }
}
