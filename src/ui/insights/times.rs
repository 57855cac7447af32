//! How long people are at each step, on a logarithmic scale: seconds and days on one screen.

use ratatui::{
    buffer::Buffer,
    layout::Rect,
    text::{Line, Span},
};

use crate::{app::insights::InsightsView, text, triage::insights::Quantiles, ui::Theme};

const LABEL: usize = 17;
const SPAN: usize = 7;
/// All columns but the bar's, with the blanks between them.
const FIXED: usize = LABEL + 3 * SPAN + 4;

/// Draws a bar for each step, and for the whole way.
pub fn draw(view: &InsightsView, theme: &Theme, buffer: &mut Buffer, area: Rect) {
    let insights = &view.insights;
    let columns = usize::from(area.width).saturating_sub(FIXED);
    let steps = insights.times.steps.iter().map(|row| (row.step.label(), &row.time));
    let reviews = [("Review, so far", &insights.reviews.waiting), ("Review, decided", &insights.reviews.to_decision)];
    let whole = [("All, to the end", &insights.times.to_completion)];
    let rows: Vec<(&str, &Quantiles)> = steps.chain(whole).chain(reviews).filter(|(_, time)| time.count > 0).collect();
    let longest = rows.iter().filter_map(|(_, time)| time.p95).max().unwrap_or_default();
    let long = "█ half ▓ 9 of 10 ░ 19 of 20, log";
    let legend = if text::width(long) <= columns { long } else { "█ 50 ▓ 90 ░ 95 %" };
    let legend = text::fit(legend, columns);
    let titles = format!("{:<LABEL$} {legend} {:>SPAN$} {:>SPAN$} {:>SPAN$}", "step", "p50", "p90", "p95");
    let mut lines = vec![Line::from(Span::styled(titles, theme.dim))];
    lines.extend(rows.iter().map(|(label, time)| row(label, time, longest, columns, theme)));
    if rows.is_empty() {
        lines.push(Line::from(Span::styled("nobody has passed a step at times that are known", theme.dim)));
    }
    lines.extend(codes(view, theme));
    super::lines(buffer, area, &lines);
}

fn row(label: &str, time: &Quantiles, longest: i64, columns: usize, theme: &Theme) -> Line<'static> {
    let log = |seconds: i64| (seconds.max(0) as f64 + 1.0).ln();
    let end = |seconds: Option<i64>| {
        let share = log(seconds.unwrap_or_default()) / log(longest).max(f64::MIN_POSITIVE);
        ((share * columns as f64).round() as usize).clamp(1, columns.max(1))
    };
    let (half, most, nearly_all) = (end(time.p50), end(time.p90), end(time.p95));
    let span = |seconds: Option<i64>| seconds.map_or("-".to_owned(), text::ago);
    Line::from(vec![
        Span::styled(format!("{} ", text::fit(label, LABEL)), theme.strong),
        Span::styled("█".repeat(half), theme.accent),
        Span::styled("▓".repeat(most - half), theme.info),
        Span::styled("░".repeat(nearly_all - most), theme.dim),
        Span::raw(" ".repeat(columns.saturating_sub(nearly_all))),
        Span::styled(format!(" {:>SPAN$}", span(time.p50)), theme.strong),
        Span::raw(format!(" {:>SPAN$} {:>SPAN$}", span(time.p90), span(time.p95))),
    ])
}

/// Codes by gateway, where there is room below.
fn codes(view: &InsightsView, theme: &Theme) -> Vec<Line<'static>> {
    let mut lines = vec![Line::default()];
    for channel in &view.insights.codes {
        let median =
            channel.time.p50.map_or(String::new(), |seconds| format!(", half of them within {}", text::ago(seconds)));
        lines.push(Line::from(vec![
            Span::styled(text::fit(&format!("Code by {}", channel.gateway), LABEL + 1), theme.dim),
            Span::styled(super::short_percent(channel.confirmed), theme.strong),
            Span::raw(format!(" of {} entered{median}", channel.confirmed.of)),
        ]));
    }
    lines
}
