//! A sync under way: how far it is, and for each registration what was asked and what the backend decided.

use ratatui::{
    Frame,
    layout::{Rect, Size},
    text::{Line, Span},
};

use crate::{
    app::{
        Model,
        sync::{ItemState, SyncItem, SyncRun},
    },
    model::Status,
    text,
    ui::{Theme, facts, gauge, ink, words},
};

/// Columns of the text inside.
const COLUMNS: u16 = 110;
/// Columns before what became of a registration.
const HEAD: usize = 30;
/// Columns before what stands below a registration.
const INDENT: usize = 6;

/// Draws the dialog; tells how many lines of results are on the screen, and how far they can be scrolled.
pub fn draw(model: &Model, run: &SyncRun, theme: &Theme, frame: &mut Frame) -> (usize, usize) {
    let keys: &[(&str, &str)] = match (run.is_over(), run.failed() > 0) {
        (false, _) => &[("x", "stop what has not begun"), ("j/k", "scroll")],
        (true, true) => &[("R", "try the failures again"), ("j/k", "scroll"), ("esc", "close; failures stay marked")],
        (true, false) => &[("j/k", "scroll"), ("esc", "close")],
    };
    let columns = usize::from(super::inner_width(frame, COLUMNS));
    let lines: usize = run.items.iter().map(|item| height(item, columns)).sum();
    let rows = (lines + 2).clamp(6, usize::from(u16::MAX)) as u16;
    let area = super::open(frame, "Sync", (COLUMNS, rows), keys, theme);
    let buffer = frame.buffer_mut();
    ink::put(buffer, area, &progress_line(run, usize::from(area.width), theme));
    let list = Rect { y: area.y + 2, height: area.height.saturating_sub(2), ..area }.intersection(area);
    let most = lines.saturating_sub(usize::from(list.height));
    let shown = visible(model, run, run.scroll.offset.min(most), list.as_size(), theme);
    ink::put_lines(buffer, list, &shown, 0);
    (usize::from(list.height), most)
}

fn progress_line(run: &SyncRun, columns: usize, theme: &Theme) -> Line<'static> {
    let (done, all, failed) = (run.finished(), run.items.len(), run.failed());
    let cancelled = run.count(|state| matches!(state, ItemState::Cancelled));
    let bar = gauge::progress(done, all, columns.saturating_sub(40).clamp(10, 50));
    let mut spans = vec![Span::styled(bar, theme.accent), Span::styled(format!(" {done} of {all}"), theme.strong)];
    if failed > 0 {
        spans.push(Span::styled(format!(" · ✗ {failed} failed"), theme.bad));
    }
    if cancelled > 0 {
        spans.push(Span::styled(format!(" · – {cancelled} stopped"), theme.dim));
    }
    if run.is_over() && failed == 0 {
        spans.push(Span::styled(" · ✓ done", theme.ok));
    }
    Line::from(spans)
}

/// What stands below a registration, in whole words: why it failed, or what stands in its way.
fn below(item: &SyncItem, columns: usize) -> Vec<String> {
    let wrap = |text: &str| {
        let lines = ink::wrap(text, columns.saturating_sub(INDENT));
        lines.into_iter().enumerate().map(|(number, line)| {
            let mark = if number == 0 { "└" } else { " " };
            format!("    {mark} {line}")
        })
    };
    match &item.state {
        ItemState::Failed(error) => wrap(&error.message).collect(),
        ItemState::Done { blockers, .. } => blockers.iter().flat_map(|blocker| wrap(&blocker.message)).collect(),
        ItemState::Waiting | ItemState::Running(_) | ItemState::Cancelled => Vec::new(),
    }
}

/// Lines that a registration takes.
fn height(item: &SyncItem, columns: usize) -> usize {
    1 + below(item, columns).len()
}

/// The lines on the screen; those of registrations above and below it are only counted.
fn visible(model: &Model, run: &SyncRun, skip: usize, room: Size, theme: &Theme) -> Vec<Line<'static>> {
    let (columns, rows) = (usize::from(room.width), usize::from(room.height));
    let mut above = 0;
    let mut lines = Vec::new();
    for item in &run.items {
        let next = above + height(item, columns);
        if next > skip {
            let hidden = skip.saturating_sub(above);
            lines.extend(item_lines(model, run, item, columns, theme).into_iter().skip(hidden));
        }
        above = next;
        if lines.len() >= rows {
            break;
        }
    }
    lines
}

fn item_lines(model: &Model, run: &SyncRun, item: &SyncItem, columns: usize, theme: &Theme) -> Vec<Line<'static>> {
    let name = model
        .index
        .get(&item.id)
        .map_or_else(|| item.id.to_string(), |entry| facts::who(&entry.registration, model.masked).into_owned());
    let mut head = vec![Span::raw(text::fit(&name, HEAD - 2)), Span::raw("  ")];
    let mut style = theme.attention;
    match &item.state {
        ItemState::Waiting => head.push(Span::styled("· waiting", theme.dim)),
        ItemState::Running(_) => head.push(Span::styled("◐ asking …", theme.info)),
        ItemState::Cancelled => head.push(Span::styled("– stopped before it began", theme.dim)),
        ItemState::Failed(_) => {
            head.push(Span::styled("✗ failed", theme.bad));
            style = theme.bad;
        }
        ItemState::Done { asked, got, .. } => {
            let requested = run.request.step.as_ref().map(|(_, status)| status);
            head.extend(decided(asked.as_ref().or(requested), got, theme));
        }
    }
    let mut lines = vec![Line::from(head)];
    lines.extend(below(item, columns).into_iter().map(|text| Line::from(Span::styled(text, style))));
    lines
}

/// What was asked and what the backend made of it.
fn decided(asked: Option<&Status>, got: &Status, theme: &Theme) -> Vec<Span<'static>> {
    let Some(asked) = asked else {
        return vec![Span::styled("recomputed → ", theme.dim), words::status(got).span(theme)];
    };
    let mut spans = vec![
        Span::styled(format!("asked {} → ", words::status(asked).word), theme.dim),
        words::status(got).span(theme),
    ];
    if asked != got {
        spans.push(Span::styled(" (the backend decided otherwise)", theme.attention));
    }
    spans
}
