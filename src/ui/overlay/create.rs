//! The form of a new registration.

use ratatui::{
    Frame,
    buffer::Buffer,
    layout::{Position, Rect},
    text::{Line, Span},
};

use crate::{
    app::{
        Model,
        create::{CreateForm, Field},
    },
    text,
    ui::{Theme, field, ink},
};

/// Columns of the labels.
const LABEL: u16 = 15;
/// Columns of the form.
const COLUMNS: u16 = 74;

/// Draws the dialog.
pub fn draw(model: &Model, form: &CreateForm, theme: &Theme, frame: &mut Frame) {
    let keys: &[(&str, &str)] = if form.is_sending() {
        &[("◐", "creating …")]
    } else {
        &[("enter", "create"), ("tab", "next field"), ("left/right", "choose"), ("esc", "cancel")]
    };
    // A line for each field and one for what is wrong with it, where there is room; a line for a refusal as a whole.
    let fields = Field::ALL.len() as u16;
    let area = super::open(frame, "New registration", (COLUMNS, fields * 2 + 1), keys, theme);
    let step = if area.height >= fields * 2 { 2 } else { 1 };
    let mut cursor = None;
    for (number, field) in Field::ALL.iter().enumerate() {
        let y = area.y + number as u16 * step;
        let row = Rect { y, height: 1, ..area }.intersection(area);
        let at = draw_field(model, form, *field, theme, frame.buffer_mut(), row);
        cursor = cursor.or(at);
        if let Some(wrong) = wrong_with(form, *field) {
            let place = if step == 2 {
                Rect { x: row.x + LABEL, y: y + 1, width: row.width.saturating_sub(LABEL), height: 1 }
            } else {
                Rect { x: row.x + row.width / 2, width: row.width - row.width / 2, ..row }
            };
            let line = Line::from(Span::styled(format!("^ {wrong}"), theme.bad));
            ink::put(frame.buffer_mut(), place.intersection(area), &line);
        }
    }
    if let Some((None, message)) = &form.refusal {
        let last = Rect { y: area.bottom().saturating_sub(1), height: area.height.min(1), ..area };
        ink::put(frame.buffer_mut(), last, &Line::from(Span::styled(format!("✗ {message}"), theme.bad)));
    }
    if let Some(cursor) = cursor {
        frame.set_cursor_position(cursor);
    }
}

/// What is wrong with a field: what the server said of it, else what can be seen from here.
fn wrong_with(form: &CreateForm, field: Field) -> Option<String> {
    match &form.refusal {
        Some((Some(refused), message)) if *refused == field => Some(message.clone()),
        _ => form.mistake(field).map(str::to_owned),
    }
}

/// Draws a field; the place of the cursor if it is in it.
fn draw_field(
    model: &Model,
    form: &CreateForm,
    field: Field,
    theme: &Theme,
    buffer: &mut Buffer,
    row: Rect,
) -> Option<Position> {
    let focused = form.focus == field && !form.is_sending();
    let label = if focused { theme.title } else { theme.dim };
    let mark = if focused { "▸ " } else { "  " };
    ink::put(buffer, row, &Line::from(Span::styled(format!("{mark}{}", field.label()), label)));
    let place = Rect { x: row.x + LABEL, width: row.width.saturating_sub(LABEL), ..row }.intersection(row);
    let Some(input) = form.input(field) else {
        ink::put(buffer, place, &picker(model, form, field, focused, theme));
        return None;
    };
    let shown = field::visible(input.value(), input.cursor(), place.width);
    let style = if focused { theme.strong } else { ratatui::style::Style::new() };
    let line = if shown.text.is_empty() && !focused {
        Line::from(Span::styled(example(field), theme.dim))
    } else {
        Line::from(Span::styled(shown.text, style))
    };
    ink::put(buffer, place, &line);
    (focused && !place.is_empty()).then(|| Position::new(place.x + shown.cursor, place.y))
}

/// What belongs into an empty field.
fn example(field: Field) -> &'static str {
    match field {
        Field::Email => "needed, unless there is a phone",
        Field::CountryCode => "for example +57",
        Field::Phone => "digits",
        Field::FullName => "if known",
        Field::Language => "for example es",
        Field::Project | Field::Flow => "",
    }
}

/// One of several, with its number: `‹ Retail bank › 1 of 3`.
fn picker(model: &Model, form: &CreateForm, field: Field, focused: bool, theme: &Theme) -> Line<'static> {
    let (names, chosen): (Vec<&str>, usize) = match field {
        Field::Project => (model.projects.iter().map(|project| project.name.as_str()).collect(), form.project),
        _ => (model.flows_of(form).iter().map(|flow| flow.name.as_str()).collect(), form.flow),
    };
    let Some(name) = names.get(chosen) else {
        return Line::from(Span::styled("none", theme.attention));
    };
    let style = if focused { theme.selected } else { theme.strong };
    let arrows = if focused { theme.accent } else { theme.dim };
    Line::from(vec![
        Span::styled("‹", arrows),
        Span::styled(format!(" {} ", text::truncate(name, 40)), style),
        Span::styled("›", arrows),
        Span::styled(format!("  {} of {}", chosen + 1, names.len()), theme.dim),
    ])
}
