//! One job: how far it is, and for each registration what was asked and what the backend decided.

use ratatui::{
    Frame,
    layout::{Rect, Size},
    style::Style,
    text::{Line, Span},
};

use crate::{
    app::{
        Model,
        jobs::{Item, ItemState, Job, JobView, Outcome},
    },
    model::Status,
    text,
    ui::{Theme, facts, gauge, ink, words},
};

/// Columns of the text inside.
const COLUMNS: u16 = 110;
/// In jobs over more than this, each registration takes one line: what of very many would be wrapped anew for every
/// frame is cut.
const MOST_WRAPPED: usize = 500;
/// Columns before what became of a registration.
const HEAD: usize = 30;
/// Columns before what stands below a registration.
const INDENT: usize = 6;
/// Columns that the numbers beside a bar take, about.
const NUMBERS: usize = 56;

/// Draws the dialog; tells how many lines of results are on the screen, and how far they can be scrolled.
pub fn draw(model: &Model, view: &JobView, theme: &Theme, frame: &mut Frame) -> (usize, usize) {
    let Some(job) = model.jobs.get(view.id) else { return (1, 0) };
    let keys = keys(job);
    let columns = usize::from(super::inner_width(frame, COLUMNS));
    let lines: usize =
        if is_long(job) { job.items().len() } else { job.items().iter().map(|item| height(item, columns)).sum() };
    let rows = (lines + 2).clamp(6, usize::from(u16::MAX)) as u16;
    let area = super::open(frame, &title(job), (COLUMNS, rows), &keys, theme);
    let buffer = frame.buffer_mut();
    let width = usize::from(area.width).saturating_sub(NUMBERS).clamp(10, 50);
    ink::put(buffer, area, &Line::from(progress(model, job, width, theme)));
    let list = Rect { y: area.y + 2, height: area.height.saturating_sub(2), ..area }.intersection(area);
    let most = lines.saturating_sub(usize::from(list.height));
    let shown = visible(model, job, view.scroll.offset.min(most), list.as_size(), theme);
    ink::put_lines(buffer, list, &shown, 0);
    (usize::from(list.height), most)
}

/// Its name with a capital, and where a file is written to.
fn title(job: &Job) -> String {
    let name = job.work.name();
    let (first, rest) = name.split_at(1);
    let name = format!("{}{rest}", first.to_uppercase());
    match &job.work {
        crate::app::jobs::Work::Export(export) => format!("{name} to {}", export.path),
        _ => name,
    }
}

fn keys(job: &Job) -> Vec<(&'static str, &'static str)> {
    if !job.is_over() {
        let pause = if job.paused { "go on" } else { "pause" };
        let leave = if job.paused { "leave it waiting" } else { "leave it running" };
        return vec![("x", "stop what has not begun"), ("p", pause), ("j/k", "scroll"), ("esc", leave)];
    }
    let again = (job.tally().repeatable() > 0).then_some(("R", "try again what can be"));
    let next = job.next.is_some().then_some(("n", "next registration"));
    let left = job.tally().not_done() + job.tally().stopped;
    let close = if left > 1 { "close; what is not done stays marked" } else { "close" };
    again.into_iter().chain(next).chain([("j/k", "scroll"), ("esc", close)]).collect()
}

/// A bar of some columns, how much is done, how fast it goes, how long it will take, and what went wrong.
pub fn progress(model: &Model, job: &Job, columns: usize, theme: &Theme) -> Vec<Span<'static>> {
    let (all, tally) = (job.items().len(), job.tally());
    // What was stopped was not done: the bar must not look full.
    let done = job.finished() - tally.stopped;
    let bar = gauge::progress(done, all, columns);
    let mut spans = vec![Span::styled(bar, theme.accent), Span::styled(format!(" {done} of {all}"), theme.strong)];
    if let Some((per_second, left)) = job.pace(model.now).filter(|_| !job.paused) {
        let pace = format!(" · {per_second:.1}/s, {} to go", text::ago(left.num_seconds()));
        spans.push(Span::styled(pace, theme.dim));
    }
    let counted = [
        (tally.failed, "✗", "failed", theme.bad),
        (tally.moved, "◆", "moved on", theme.attention),
        (tally.unknown, "?", "unknown", theme.attention),
        (tally.stopped, "–", "stopped", theme.dim),
    ];
    for (count, glyph, word, style) in counted.into_iter().filter(|(count, ..)| *count > 0) {
        spans.push(Span::styled(format!(" · {glyph} {count} {word}"), style));
    }
    if !job.is_over() && job.paused {
        spans.push(Span::styled(" · ◆ paused", theme.attention));
    } else if !job.is_over() && !job.has_begun() {
        spans.push(Span::styled(" · waits for its turn", theme.dim));
    }
    if job.is_over() && tally.not_done() == 0 && tally.stopped == 0 {
        spans.push(Span::styled(" · ✓ done", theme.ok));
    }
    spans
}

fn is_long(job: &Job) -> bool {
    job.items().len() > MOST_WRAPPED
}

/// Why it failed, or what stands in its way.
fn reasons(item: &Item) -> impl Iterator<Item = &str> {
    let blockers = match &item.state {
        ItemState::Done(Outcome::Answered { blockers, .. }) => blockers.as_slice(),
        _ => &[],
    };
    let error = item.state.error().map(|error| error.message.as_str());
    blockers.iter().map(|blocker| blocker.message.as_str()).chain(error)
}

/// What stands below a registration, in whole words.
fn below(item: &Item, columns: usize) -> Vec<String> {
    let wrap = |text: &str| {
        let lines = ink::wrap(text, columns.saturating_sub(INDENT));
        lines.into_iter().enumerate().map(|(number, line)| {
            let mark = if number == 0 { "└" } else { " " };
            format!("    {mark} {line}")
        })
    };
    reasons(item).flat_map(wrap).collect()
}

/// Lines that a registration takes.
fn height(item: &Item, columns: usize) -> usize {
    1 + below(item, columns).len()
}

/// The lines on the screen; those of registrations above and below it are only counted.
fn visible(model: &Model, job: &Job, skip: usize, room: Size, theme: &Theme) -> Vec<Line<'static>> {
    let (columns, rows) = (usize::from(room.width), usize::from(room.height));
    if is_long(job) {
        let shown = job.items().iter().skip(skip).take(rows);
        return shown.map(|item| short_line(model, job, item, columns, theme)).collect();
    }
    let mut above = 0;
    let mut lines = Vec::new();
    for item in job.items() {
        let next = above + height(item, columns);
        if next > skip {
            let hidden = skip.saturating_sub(above);
            lines.extend(item_lines(model, job, item, columns, theme).into_iter().skip(hidden));
        }
        above = next;
        if lines.len() >= rows {
            break;
        }
    }
    lines
}

fn item_lines(model: &Model, job: &Job, item: &Item, columns: usize, theme: &Theme) -> Vec<Line<'static>> {
    let (head, style) = head(model, job, item, theme);
    let mut lines = vec![Line::from(head)];
    lines.extend(below(item, columns).into_iter().map(|text| Line::from(Span::styled(text, style))));
    lines
}

/// All of it in one line, as far as there is room.
fn short_line(model: &Model, job: &Job, item: &Item, columns: usize, theme: &Theme) -> Line<'static> {
    let (mut head, style) = head(model, job, item, theme);
    let left = columns.saturating_sub(head.iter().map(|span| text::width(&span.content)).sum());
    let reasons: Vec<&str> = reasons(item).collect();
    if !reasons.is_empty() {
        head.push(Span::styled(text::truncate(&format!("  {}", reasons.join("  ")), left), style));
    }
    Line::from(head)
}

/// Who, and what became of it; and how reasons are written.
fn head(model: &Model, job: &Job, item: &Item, theme: &Theme) -> (Vec<Span<'static>>, Style) {
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
        ItemState::Done(Outcome::Answered { asked, got, .. }) => {
            let requested = job.work.asked();
            head.extend(decided(asked.as_ref().or(requested.as_ref()), got, theme));
        }
        ItemState::Done(Outcome::Sent(Some(false))) => {
            head.push(Span::styled("◆ a fresh link was made, but no e-mail went out", theme.attention));
        }
        ItemState::Done(Outcome::Sent(_)) => head.push(Span::styled("✓ sent", theme.ok)),
        ItemState::Done(Outcome::Noted | Outcome::Written) => head.push(Span::styled("✓ done", theme.ok)),
    }
    (head, style)
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
