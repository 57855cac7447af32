//! A sync or a decision under way: how far it is, and for each registration what was asked and what the backend decided.

use ratatui::{
    Frame,
    layout::{Rect, Size},
    text::{Line, Span},
};

use crate::{
    app::{
        Model,
        batch::{Batch, Item, ItemState, Work},
    },
    model::{Decision, Status},
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
pub fn draw(model: &Model, batch: &Batch, theme: &Theme, frame: &mut Frame) -> (usize, usize) {
    let keys = keys(batch);
    let columns = usize::from(super::inner_width(frame, COLUMNS));
    let lines: usize = batch.items.iter().map(|item| height(item, columns)).sum();
    let rows = (lines + 2).clamp(6, usize::from(u16::MAX)) as u16;
    let area = super::open(frame, title(batch), (COLUMNS, rows), &keys, theme);
    let buffer = frame.buffer_mut();
    ink::put(buffer, area, &progress_line(model, batch, usize::from(area.width), theme));
    let list = Rect { y: area.y + 2, height: area.height.saturating_sub(2), ..area }.intersection(area);
    let most = lines.saturating_sub(usize::from(list.height));
    let shown = visible(model, batch, batch.scroll.offset.min(most), list.as_size(), theme);
    ink::put_lines(buffer, list, &shown, 0);
    (usize::from(list.height), most)
}

fn title(batch: &Batch) -> &'static str {
    match &batch.work {
        Work::Sync(_) => "Sync",
        Work::Decide(Decision::Approve, _) => "Approve",
        Work::Decide(Decision::Reject, _) => "Reject",
        Work::Decide(Decision::Review, _) => "Manual review",
    }
}

fn keys(batch: &Batch) -> Vec<(&'static str, &'static str)> {
    if !batch.is_over() {
        let pause = if batch.paused { "go on" } else { "pause" };
        return vec![("x", "stop what has not begun"), ("p", pause), ("j/k", "scroll")];
    }
    let again = (batch.repeatable() > 0).then_some(("R", "try again what can be"));
    let next = batch.next.is_some().then_some(("n", "next registration"));
    let close = if batch.failed() > 1 { "close; failures stay marked" } else { "close" };
    again.into_iter().chain(next).chain([("j/k", "scroll"), ("esc", close)]).collect()
}

fn progress_line(model: &Model, batch: &Batch, columns: usize, theme: &Theme) -> Line<'static> {
    let (done, all, failed) = (batch.finished(), batch.items.len(), batch.failed());
    let stopped = batch.count(|state| matches!(state, ItemState::Stopped));
    let bar = gauge::progress(done, all, columns.saturating_sub(56).clamp(10, 50));
    let mut spans = vec![Span::styled(bar, theme.accent), Span::styled(format!(" {done} of {all}"), theme.strong)];
    if let Some(rate) = rate(model, batch) {
        spans.push(Span::styled(rate, theme.dim));
    }
    let counted = [
        (batch.count(|state| matches!(state, ItemState::Failed(_))), "✗", "failed", theme.bad),
        (batch.count(|state| matches!(state, ItemState::Moved(_))), "◆", "moved on", theme.attention),
        (batch.count(|state| matches!(state, ItemState::Unknown(_))), "?", "unknown", theme.attention),
        (stopped, "–", "stopped", theme.dim),
    ];
    for (count, glyph, word, style) in counted.into_iter().filter(|(count, ..)| *count > 0) {
        spans.push(Span::styled(format!(" · {glyph} {count} {word}"), style));
    }
    if batch.paused && !batch.is_over() {
        spans.push(Span::styled(" · ◆ paused", theme.attention));
    }
    if batch.is_over() && failed == 0 && stopped < all {
        spans.push(Span::styled(" · ✓ done", theme.ok));
    }
    Line::from(spans)
}

/// How fast it goes and how long it will take, once that can be told.
fn rate(model: &Model, batch: &Batch) -> Option<String> {
    let (done, seconds) = (batch.finished(), (model.now - batch.began).num_seconds());
    if batch.is_over() || batch.paused || done == 0 || seconds == 0 {
        return None;
    }
    let per_second = done as f64 / seconds as f64;
    let left = ((batch.items.len() - done) as f64 / per_second).ceil() as i64;
    Some(format!(" · {per_second:.1}/s, {} to go", text::ago(left)))
}

/// What stands below a registration, in whole words: why it failed, or what stands in its way.
fn below(item: &Item, columns: usize) -> Vec<String> {
    let wrap = |text: &str| {
        let lines = ink::wrap(text, columns.saturating_sub(INDENT));
        lines.into_iter().enumerate().map(|(number, line)| {
            let mark = if number == 0 { "└" } else { " " };
            format!("    {mark} {line}")
        })
    };
    match &item.state {
        ItemState::Done { blockers, .. } => blockers.iter().flat_map(|blocker| wrap(&blocker.message)).collect(),
        state => state.error().into_iter().flat_map(|error| wrap(&error.message)).collect(),
    }
}

/// Lines that a registration takes.
fn height(item: &Item, columns: usize) -> usize {
    1 + below(item, columns).len()
}

/// The lines on the screen; those of registrations above and below it are only counted.
fn visible(model: &Model, batch: &Batch, skip: usize, room: Size, theme: &Theme) -> Vec<Line<'static>> {
    let (columns, rows) = (usize::from(room.width), usize::from(room.height));
    let mut above = 0;
    let mut lines = Vec::new();
    for item in &batch.items {
        let next = above + height(item, columns);
        if next > skip {
            let hidden = skip.saturating_sub(above);
            lines.extend(item_lines(model, batch, item, columns, theme).into_iter().skip(hidden));
        }
        above = next;
        if lines.len() >= rows {
            break;
        }
    }
    lines
}

fn item_lines(model: &Model, batch: &Batch, item: &Item, columns: usize, theme: &Theme) -> Vec<Line<'static>> {
    let name = model
        .index
        .get(&item.id)
        .map_or_else(|| item.id.to_string(), |entry| facts::who(&entry.registration, model.masked).into_owned());
    let mut head = vec![Span::raw(text::fit(&name, HEAD - 2)), Span::raw("  ")];
    let mut style = theme.attention;
    match &item.state {
        ItemState::Waiting => head.push(Span::styled("· waiting", theme.dim)),
        ItemState::Running(_) => head.push(Span::styled("◐ asking …", theme.info)),
        ItemState::LookingUp(..) => head.push(Span::styled("◐ looking it up …", theme.info)),
        ItemState::Stopped => head.push(Span::styled("– stopped before it began", theme.dim)),
        ItemState::Failed(_) => {
            head.push(Span::styled("✗ failed", theme.bad));
            style = theme.bad;
        }
        ItemState::Moved(_) => head.push(Span::styled("◆ has moved on, left as it is", theme.attention)),
        ItemState::Unknown(_) => head.push(Span::styled("? unknown whether it was done", theme.attention)),
        ItemState::Done { asked, got, .. } => {
            let requested = batch.work.asked();
            head.extend(decided(asked.as_ref().or(requested.as_ref()), got, theme));
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
