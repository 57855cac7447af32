//! The palette: a line to type in, and the commands that it finds with their keys.

use ratatui::{
    Frame,
    layout::{Constraint, Layout},
    text::{Line, Span},
};

use crate::{
    app::{
        Command, Model,
        palette::{Choice, Palette},
    },
    text,
    ui::{Theme, footer, ink, queue},
};

/// Columns of the text inside.
const COLUMNS: u16 = 90;
/// Rows of commands at most.
const ROWS: u16 = 18;
/// Columns of a command's name.
const NAME: usize = 18;
/// Columns of its key.
const KEY: usize = 11;

/// Draws the dialog; tells how many choices are on the screen.
pub fn draw(model: &Model, palette: &Palette, theme: &Theme, frame: &mut Frame) -> (usize, usize) {
    let keys = [("enter", "do it"), ("up/down", "choose"), ("esc", "close")];
    let area = super::open(frame, "Commands", (COLUMNS, ROWS + 1), &keys, theme);
    let [line, rows] = Layout::vertical([Constraint::Length(1), Constraint::Min(0)]).areas(area);
    let height = usize::from(rows.height);
    super::draw_input(": ", &palette.input, true, theme, frame, line);
    let buffer = frame.buffer_mut();
    if palette.choices.all().is_empty() {
        ink::put(buffer, rows, &Line::from(Span::styled("No command is called that; backspace widens.", theme.dim)));
    }
    let top = palette.choices.first_shown(height);
    for (place, (row, choice)) in rows.rows().zip(palette.choices.all().iter().skip(top)).enumerate() {
        let line = match choice {
            Choice::Row(number) => Line::from(format!("Go to row {number}")),
            Choice::Run(command) => entry(model, *command, usize::from(row.width), theme),
        };
        ink::put(buffer, row, &line);
        if palette.choices.selected_row() == Some(top + place) {
            queue::select(buffer, row, theme);
        }
    }
    (height, 0)
}

fn entry(model: &Model, command: Command, columns: usize, theme: &Theme) -> Line<'static> {
    let Some(entry) = command.entry() else { return Line::default() };
    let key = footer::key_for(model, model.layer(), command).unwrap_or_default();
    let about = command.unavailable(model).map_or_else(|| entry.help.to_owned(), |reason| format!("not now: {reason}"));
    let style = if command.unavailable(model).is_some() { theme.dim } else { theme.base };
    Line::from(vec![
        Span::styled(text::fit(entry.label, NAME), style),
        Span::styled(text::fit(&key, KEY), theme.accent),
        Span::styled(text::truncate(&about, columns.saturating_sub(NAME + KEY)), theme.dim),
    ])
}
