//! A sync under way: how far it is, and for each registration what was asked and what the backend decided.

use ratatui::{
    Frame,
    layout::Rect,
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

/// Draws the dialog; tells how many lines of results are on the screen, and how far they can be scrolled.
pub fn draw(model: &Model, run: &SyncRun, theme: &Theme, frame: &mut Frame) -> (usize, usize) {
    let keys: &[(&str, &str)] = match (run.is_over(), run.failed() > 0) {
        (false, _) => &[("x", "stop what has not begun"), ("j/k", "scroll")],
        (true, true) => &[("R", "try the failures again"), ("j/k", "scroll"), ("esc", "close; failures stay marked")],
        (true, false) => &[("j/k", "scroll"), ("esc", "close")],
    };
    let lines: usize = run.items.iter().map(height).sum();
    let rows = (lines + 2).clamp(6, usize::from(u16::MAX)) as u16;
    let area = super::open(frame, "Sync", (COLUMNS, rows), keys, theme);
    let buffer = frame.buffer_mut();
    ink::put(buffer, area, &progress_line(run, usize::from(area.width), theme));
    let list = Rect { y: area.y + 2, height: area.height.saturating_sub(2), ..area }.intersection(area);
    let most = lines.saturating_sub(usize::from(list.height));
    let shown = visible(model, run, run.scroll.offset.min(most), usize::from(list.height), theme);
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

/// Lines that a registration takes.
fn height(item: &SyncItem) -> usize {
    match &item.state {
        ItemState::Done { blockers, .. } => 1 + blockers.len(),
        _ => 1,
    }
}

/// The lines on the screen; those of registrations above and below it are only counted.
fn visible(model: &Model, run: &SyncRun, skip: usize, rows: usize, theme: &Theme) -> Vec<Line<'static>> {
    let mut above = 0;
    let mut lines = Vec::new();
    for item in &run.items {
        let next = above + height(item);
        if next > skip {
            let hidden = skip.saturating_sub(above);
            lines.extend(item_lines(model, run, item, theme).into_iter().skip(hidden));
        }
        above = next;
        if lines.len() >= rows {
            break;
        }
    }
    lines
}

fn item_lines(model: &Model, run: &SyncRun, item: &SyncItem, theme: &Theme) -> Vec<Line<'static>> {
    let name = model
        .index
        .get(&item.id)
        .map_or_else(|| item.id.to_string(), |entry| facts::who(&entry.registration, model.masked).into_owned());
    let mut head = vec![Span::raw(text::fit(&name, HEAD - 2)), Span::raw("  ")];
    let mut below = Vec::new();
    match &item.state {
        ItemState::Waiting => head.push(Span::styled("· waiting", theme.dim)),
        ItemState::Running(_) => head.push(Span::styled("◐ asking …", theme.info)),
        ItemState::Cancelled => head.push(Span::styled("– stopped before it began", theme.dim)),
        ItemState::Failed(error) => head.push(Span::styled(format!("✗ {}", error.message), theme.bad)),
        ItemState::Done { asked, got, blockers } => {
            let requested = run.request.step.as_ref().map(|(_, status)| status);
            head.extend(decided(asked.as_ref().or(requested), got, theme));
            for blocker in blockers {
                let text = format!("    └ {}", blocker.message);
                below.push(Line::from(Span::styled(text, theme.attention)));
            }
        }
    }
    let mut lines = vec![Line::from(head)];
    lines.append(&mut below);
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
