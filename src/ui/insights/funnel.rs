//! The funnel: who came to each step, and what became of them there.

use ratatui::{
    buffer::Buffer,
    layout::Rect,
    style::Style,
    text::{Line, Span},
};

use super::{percent, short_percent};
use crate::{
    app::insights::{InsightsView, Panel},
    text,
    triage::insights::FunnelStep,
    ui::{Theme, queue},
};

const STEP: usize = 17;
const CAME: usize = 5;
const CONVERSION: usize = 7;
const LOST: usize = 10;
/// All of those with the blanks between them.
const FIXED: usize = STEP + CAME + CONVERSION + LOST + 4;

/// Draws the funnel, and below it how registrations end.
pub fn draw(view: &InsightsView, theme: &Theme, buffer: &mut Buffer, area: Rect) {
    let funnel = &view.insights.funnel;
    let columns = usize::from(area.width).saturating_sub(FIXED);
    let long = "█ went on ▒ waits ░ lost";
    let legend = if text::width(long) <= columns { long } else { "█on ▒wait ░lost" };
    let legend = text::fit(legend, columns);
    let titles =
        format!("{:<STEP$} {:>CAME$} {legend} {:>CONVERSION$} {:>LOST$}", "step", "came", "went on", "lost, of");
    let mut lines = vec![Line::from(Span::styled(titles, theme.dim))];
    let most = funnel.steps.iter().map(|row| row.reached).max().unwrap_or_default();
    let worst = funnel.steps.iter().map(|row| row.lost).max().filter(|lost| *lost > 0);
    for row in &funnel.steps {
        lines.push(step(row, most, Some(row.lost) == worst, columns, theme));
    }
    let shown = lines.len();
    lines.extend(ends(view, theme));
    super::lines(buffer, area, &lines);
    let selected = view.steps.selected_row().filter(|_| view.panel == Panel::Lost);
    if let Some(row) = selected.filter(|row| row + 1 < shown.min(usize::from(area.height)))
        && let Some(area) = area.rows().nth(row + 1)
    {
        queue::select(buffer, area, theme);
    }
}

fn step(row: &FunnelStep, most: usize, is_worst: bool, columns: usize, theme: &Theme) -> Line<'static> {
    // Ends of the three segments, so that rounding never makes the bar longer than its sum.
    let end = |count: usize| (count * columns).checked_div(most).unwrap_or_default();
    let (passed, waiting, lost) = (end(row.passed), end(row.passed + row.waiting), end(row.reached));
    let (mark, style) = if is_worst { ("◀", theme.bad) } else { (" ", Style::new()) };
    Line::from(vec![
        Span::styled(format!("{} ", text::fit(row.step.label(), STEP)), theme.strong),
        Span::raw(format!("{:>CAME$} ", row.reached)),
        Span::styled("█".repeat(passed), theme.ok),
        Span::styled("▒".repeat(waiting - passed), theme.info),
        Span::styled("░".repeat(lost - waiting), theme.bad),
        Span::raw(" ".repeat(columns - lost)),
        Span::styled(format!(" {}", percent(row.conversion)), theme.strong),
        Span::styled(format!(" {:>4} {:>4}{mark}", row.lost, short_percent(row.drop_off)), style),
    ])
}

/// How registrations end, in sentences.
fn ends(view: &InsightsView, theme: &Theme) -> Vec<Line<'static>> {
    let outcomes = &view.insights.outcomes;
    let unknown = view.insights.funnel.unknown;
    let sentence = |label: &str, shares: &[(&str, crate::triage::Share)]| {
        let mut spans = vec![Span::styled(text::fit(label, STEP + 1), theme.dim)];
        for (place, (word, share)) in shares.iter().enumerate() {
            let gap = if place > 0 { " · " } else { "" };
            spans.push(Span::raw(format!("{gap}{word} ")));
            spans.push(Span::styled(short_percent(*share), theme.strong));
            spans.push(Span::styled(format!(" of {}", share.of), theme.dim));
        }
        Line::from(spans)
    };
    let mut lines = vec![
        Line::default(),
        sentence("of those created", &[("started", outcomes.started), ("completed", outcomes.completed)]),
        sentence("of those decided", &[("approved", outcomes.approved), ("unseen", outcomes.straight_through)]),
        sentence("at the end", &[("looked at by a person", outcomes.reviewed)]),
        sentence(
            "resent links",
            &[("moved", view.insights.nudges.moved), ("completed", view.insights.nudges.recovered)],
        ),
    ];
    if unknown > 0 {
        lines.push(Line::from(Span::styled(format!("of {unknown} no step is known"), theme.dim)));
    }
    lines
}
