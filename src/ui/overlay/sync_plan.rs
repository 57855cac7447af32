//! What is about to be synced, before it is.

use ratatui::{
    Frame,
    buffer::Buffer,
    layout::Rect,
    text::{Line, Span},
};

use crate::{
    app::{
        Model,
        sync::{CHOICES, SyncPlan},
    },
    model::RegistrationId,
    text,
    ui::{Theme, facts, ink, queue, words},
};

/// Columns of the text inside.
const COLUMNS: u16 = 84;
/// How many registrations are named at most.
const NAMED: usize = 8;

/// Draws the dialog.
pub fn draw(model: &Model, plan: &SyncPlan, theme: &Theme, frame: &mut Frame) {
    let keys = [("enter", "sync"), ("up/down", "what to ask for"), ("esc", "cancel")];
    let choices = CHOICES.len() as u16;
    let named = plan.subjects.len().min(NAMED) as u16 + u16::from(plan.subjects.len() > NAMED);
    let rows = 1 + u16::from(plan.hidden > 0) + named + 1 + choices;
    let noun = if plan.subjects.len() == 1 { "registration" } else { "registrations" };
    let title = format!("Sync {} {noun}", plan.subjects.len());
    let area = super::open(frame, &title, (COLUMNS, rows), &keys, theme);
    let buffer = frame.buffer_mut();
    // The choices stay whole; how many are named follows the room.
    let list_rows = area.height.saturating_sub(choices + 1);
    let list = Rect { height: list_rows, ..area };
    ink::put_lines(buffer, list, &who(model, plan, usize::from(list_rows), theme), 0);
    let below =
        Rect { y: area.bottom().saturating_sub(choices.min(area.height)), height: choices.min(area.height), ..area };
    draw_choices(plan.choice, theme, buffer, below);
}

fn who(model: &Model, plan: &SyncPlan, rows: usize, theme: &Theme) -> Vec<Line<'static>> {
    let mut lines =
        vec![Line::from(Span::styled("The backend answers each with the status it finds right.", theme.dim))];
    if plan.hidden > 0 {
        let text = format!("◆ {} of {} are hidden by the filter.", plan.hidden, plan.subjects.len());
        lines.push(Line::from(Span::styled(text, theme.attention)));
    }
    let room = rows.saturating_sub(lines.len());
    let fits = plan.subjects.len() <= room.min(NAMED);
    let shown = if fits { plan.subjects.len() } else { room.min(NAMED + 1).saturating_sub(1) };
    lines.extend(plan.subjects.iter().take(shown).map(|(id, _)| row(model, id, theme)));
    if !fits {
        lines.push(Line::from(Span::styled(format!("… and {} more", plan.subjects.len() - shown), theme.strong)));
    }
    lines
}

/// Status, name and id of one registration.
pub fn row(model: &Model, id: &RegistrationId, theme: &Theme) -> Line<'static> {
    let mut spans = Vec::new();
    if let Some(entry) = model.index.get(id) {
        let sign = words::status(&entry.registration.status);
        spans.push(Span::styled(text::fit(&sign.text(), 12), sign.style(theme)));
        spans.push(Span::raw(text::fit(&facts::who(&entry.registration, model.masked), 28)));
        spans.push(Span::raw(" "));
    }
    spans.push(Span::styled(id.to_string(), theme.dim));
    Line::from(spans)
}

fn draw_choices(chosen: usize, theme: &Theme, buffer: &mut Buffer, area: Rect) {
    let top = (chosen + 1).saturating_sub(usize::from(area.height));
    for (place, (row, (label, _))) in area.rows().zip(CHOICES.iter().skip(top)).enumerate() {
        let is_chosen = top + place == chosen;
        let mark = if is_chosen { "▸ " } else { "  " };
        ink::put(buffer, row, &Line::from(format!("{mark}{label}")));
        if is_chosen {
            queue::select(buffer, row, theme);
        }
    }
}
