//! What is about to be done to one or many, before it is: who, from where, to where, over which flags.

use ratatui::{
    Frame,
    buffer::Buffer,
    layout::Rect,
    text::{Line, Span},
};

use crate::{
    app::{
        Model,
        plan::{Plan, Planned},
        sync::CHOICES,
    },
    model::RegistrationId,
    text,
    ui::{Theme, cells, facts, ink, queue, words},
};

/// Columns of the text inside.
const COLUMNS: u16 = 84;
/// How many registrations the box is made for; more are scrolled.
const NAMED: usize = 8;
/// How many of them are named before anything else, on the smallest screen.
const LEAST_NAMED: u16 = 2;

/// Draws the dialog; tells how many of the registrations are on the screen, and how far they can be scrolled.
pub fn draw(model: &Model, plan: &Plan, theme: &Theme, frame: &mut Frame) -> (usize, usize) {
    let choices = if matches!(plan.planned, Planned::Sync(_)) { CHOICES.len() as u16 + 1 } else { 0 };
    let named = plan.subjects.len().min(NAMED) as u16;
    let rows = 1 + u16::from(plan.hidden > 0) + named + choices;
    let area = super::open(frame, &title(plan), (COLUMNS, rows), keys(plan), theme);
    let buffer = frame.buffer_mut();
    // Who it is about, and what of them is not seen, comes before the choices, which follow the chosen one.
    let least = 1 + u16::from(plan.hidden > 0) + named.min(LEAST_NAMED);
    let choices = choices.min(area.height.saturating_sub(least));
    let list = Rect { height: area.height - choices, ..area };
    let seen = list_subjects(model, plan, theme, buffer, list);
    if let Planned::Sync(choice) = plan.planned {
        // A blank line apart, where there is room for one.
        let height = if choices > CHOICES.len() as u16 { choices - 1 } else { choices };
        let below = Rect { y: area.bottom() - height, height, ..area };
        draw_choices(choice, theme, buffer, below);
    }
    seen
}

fn title(plan: &Plan) -> String {
    let (count, all) = (plan.count, plan.subjects.len());
    let verb = match plan.planned {
        Planned::Sync(_) => "Sync",
        Planned::Resend => "Send fresh links to",
        Planned::Claim => "Claim",
        Planned::Release => "Release",
    };
    let noun = if count == 1 { "registration" } else { "registrations" };
    let left = if count < all { format!(", leave {} as they are", all - count) } else { String::new() };
    format!("{verb} {count} {noun}{left}")
}

fn keys(plan: &Plan) -> &'static [(&'static str, &'static str)] {
    match plan.planned {
        Planned::Sync(_) => {
            &[("enter", "sync"), ("up/down", "what to ask for"), ("pgup/pgdn", "who"), ("esc", "cancel")]
        }
        Planned::Resend => &[("enter", "send"), ("up/down", "scroll"), ("esc", "cancel")],
        Planned::Claim => &[("enter", "claim"), ("up/down", "scroll"), ("esc", "cancel")],
        Planned::Release => &[("enter", "release"), ("up/down", "scroll"), ("esc", "cancel")],
    }
}

fn list_subjects(model: &Model, plan: &Plan, theme: &Theme, buffer: &mut Buffer, area: Rect) -> (usize, usize) {
    let said = match plan.planned {
        Planned::Sync(_) => "The backend answers each with the status it finds right.",
        Planned::Resend => "Each link goes out by e-mail and is shown to nobody here; the old one dies.",
        Planned::Claim => "Others are told that you work on them.",
        Planned::Release => "Whoever holds them, anybody can take them then.",
    };
    let mut lines = vec![Line::from(Span::styled(said, theme.dim))];
    if plan.hidden > 0 {
        let text = format!("◆ {} of {} are hidden by the filter.", plan.hidden, plan.subjects.len());
        lines.push(Line::from(Span::styled(text, theme.attention)));
    }
    let rows = usize::from(area.height).saturating_sub(lines.len());
    let most = plan.subjects.len().saturating_sub(rows);
    let skip = plan.scroll.offset.min(most);
    // The last row says how many there are below it.
    let below = plan.subjects.len().saturating_sub(skip + rows);
    let shown = if below > 0 { rows.saturating_sub(1) } else { rows };
    let subjects = plan.subjects.iter().skip(skip).take(shown);
    lines.extend(subjects.map(|(id, _)| plan_line(model, plan, id, theme)));
    if below > 0 && rows > 0 {
        lines.push(Line::from(Span::styled(format!("… and {} more", below + 1), theme.strong)));
    }
    ink::put_lines(buffer, area, &lines, 0);
    (rows, most)
}

/// Who, from, to, open flags, and why it is left alone if it is.
fn plan_line(model: &Model, plan: &Plan, id: &RegistrationId, theme: &Theme) -> Line<'static> {
    let mut line = row(model, id, theme);
    let Some(entry) = model.index.get(id) else { return line };
    if let Some(hindrance) = model.index.glance(id).and_then(|glance| plan.planned.hindrance(glance)) {
        line.spans.truncate(2);
        line.spans.push(Span::styled(format!(" – {hindrance}"), theme.attention));
        return line;
    }
    if let Some(asked) = plan.planned.asked() {
        line.spans.insert(1, Span::styled(format!("→ {} ", text::fit(words::status(&asked).word, 10)), theme.dim));
    }
    line.spans.push(Span::raw(" "));
    line.spans.extend(cells::flag_counts(&entry.judgement.flags, theme));
    line
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
