//! A snooze in the making: who, until when, why.

use ratatui::{
    Frame,
    layout::{Position, Rect},
    text::{Line, Span},
};

use super::plan;
use crate::{
    app::{
        Model,
        snooze::{Choice, SnoozeField, SnoozeForm},
    },
    ui::{Theme, facts, field, ink, queue},
};

/// Columns of the text inside.
const COLUMNS: u16 = 76;
/// Columns before what is typed.
const LABEL: u16 = 11;
/// How many registrations are named at most.
const NAMED: usize = 4;

/// Draws the dialog.
pub fn draw(model: &Model, form: &SnoozeForm, theme: &Theme, frame: &mut Frame) {
    let who = who(model, form, theme);
    let rows = who.len() + form.choices.len() + 2;
    let keys: &[(&str, &str)] = match form.focus {
        SnoozeField::Choice => &[("enter", "snooze"), ("up/down", "choose"), ("tab", "next field"), ("esc", "cancel")],
        SnoozeField::Span | SnoozeField::Reason => &[("enter", "snooze"), ("tab", "next field"), ("esc", "cancel")],
    };
    let noun = if form.ids.len() == 1 { "registration" } else { "registrations" };
    let title = format!("Snooze {} {noun}", form.ids.len());
    let area = super::open(frame, &title, (COLUMNS, rows as u16), keys, theme);
    // Where there is not room for all, who it is about gives way to what is asked.
    let below = (form.choices.len() + 2) as u16;
    let top = area.height.saturating_sub(below);
    let buffer = frame.buffer_mut();
    ink::put_lines(buffer, Rect { height: top, ..area }, &who, 0);
    let rest = Rect { y: area.y + top, height: area.height - top, ..area };
    let mut places = rest.rows();
    let mut cursor = None;
    for (place, choice) in form.choices.iter().enumerate() {
        let Some(row) = places.next() else { break };
        let is_chosen = place == form.chosen;
        let mark = if is_chosen { "▸" } else { " " };
        ink::put(buffer, row, &Line::from(format!("{mark} {} {}", place + 1, choice.label())));
        if is_chosen && form.focus == SnoozeField::Choice {
            queue::select(buffer, row, theme);
        }
        if *choice == Choice::Custom {
            let hint = "2d, 90m, 1d12h";
            let typed = (&form.span, hint, form.focus == SnoozeField::Span);
            cursor = cursor.or(typing(typed, theme, buffer, row, LABEL));
        }
    }
    if form.choice() != Choice::Wake
        && let Some(row) = places.next()
    {
        ink::put(buffer, row, &Line::from(Span::styled("  Reason", theme.dim)));
        let typed = (&form.reason, "if there is one to give", form.focus == SnoozeField::Reason);
        cursor = cursor.or(typing(typed, theme, buffer, row, LABEL));
    }
    if let Some(row) = places.next() {
        ink::put(buffer, row, &outcome(model, form, theme));
    }
    if let Some(cursor) = cursor {
        frame.set_cursor_position(cursor);
    }
}

fn who(model: &Model, form: &SnoozeForm, theme: &Theme) -> Vec<Line<'static>> {
    let mut lines: Vec<Line> = form.ids.iter().take(NAMED).map(|id| plan::row(model, id, theme)).collect();
    if form.ids.len() > NAMED {
        lines.push(Line::from(Span::styled(format!("… and {} more", form.ids.len() - NAMED), theme.strong)));
    }
    if form.hidden > 0 {
        let text = format!("◆ {} of {} are hidden by the filter.", form.hidden, form.ids.len());
        lines.push(Line::from(Span::styled(text, theme.attention)));
    }
    lines.push(Line::default());
    lines
}

/// What is typed, or a hint while nothing is; the place of the cursor if keys go there.
pub fn typing(
    (input, hint, focused): (&tui_input::Input, &str, bool),
    theme: &Theme,
    buffer: &mut ratatui::buffer::Buffer,
    row: Rect,
    label: u16,
) -> Option<Position> {
    let area = Rect { x: row.x + label, width: row.width.saturating_sub(label), ..row }.intersection(row);
    let shown = field::visible(input.value(), input.cursor(), area.width);
    let span = if shown.text.is_empty() && !focused {
        Span::styled(hint.to_owned(), theme.dim)
    } else {
        Span::raw(shown.text)
    };
    ink::put(buffer, area, &Line::from(span));
    (focused && !area.is_empty()).then(|| Position::new(area.x + shown.cursor, area.y))
}

/// What is wrong, or until when it would be.
fn outcome(model: &Model, form: &SnoozeForm, theme: &Theme) -> Line<'static> {
    if let Some(mistake) = &form.mistake {
        return Line::from(Span::styled(format!("^ {mistake}"), theme.bad));
    }
    match form.until(model.now) {
        Ok(_) if form.choice() == Choice::Wake => Line::default(),
        Ok(until) => {
            let until = format!("until {} UTC, {}", facts::time(until, model.now), facts::until(until, model.now));
            Line::from(Span::styled(until, theme.info))
        }
        Err(_) => Line::from(Span::styled("say for how long: 2d, 90m, 1d12h", theme.dim)),
    }
}
