//! What waits: by whose move it is, by reason, and by age.

use ratatui::{
    buffer::Buffer,
    layout::Rect,
    text::{Line, Span},
};

use crate::{
    app::insights::{InsightsView, Panel},
    text,
    triage::{
        Share,
        insights::{Backlog, StuckReason},
    },
    ui::{Theme, queue, words},
};

const REASON: usize = 5;
const COUNT: usize = 5;
const LONGEST: usize = 7;
const BAR: usize = 10;
/// Lines below the reasons: a blank one, the ages with their title, arrivals and ends.
const AGES: usize = 7;

/// Draws turns, reasons and ages.
pub fn draw(view: &InsightsView, theme: &Theme, buffer: &mut Buffer, area: Rect) {
    let mut lines = turns(view, theme);
    let above = lines.len();
    let room = usize::from(area.height).saturating_sub(above + AGES).max(1);
    let top = view.reasons.first_shown(room);
    let reasons = view.reasons.all();
    let most = reasons.iter().map(|row| row.count).max().unwrap_or_default();
    let name = usize::from(area.width).saturating_sub(REASON + BAR + COUNT + LONGEST + 7);
    lines.extend(reasons.iter().skip(top).take(room).map(|row| reason(row, most, name, theme)));
    if reasons.is_empty() {
        lines.push(Line::from(Span::styled("nothing waits for longer than it should", theme.ok)));
    }
    lines.extend(ages(&view.insights.backlog, theme));
    super::lines(buffer, area, &lines);
    let selected = view.reasons.selected_row().filter(|_| view.panel == Panel::Waits);
    if let Some(area) = selected.and_then(|row| area.rows().nth(above + row.checked_sub(top)?)) {
        queue::select(buffer, area, theme);
    }
}

/// How many wait, and for whom.
fn turns(view: &InsightsView, theme: &Theme) -> Vec<Line<'static>> {
    let waiting = &view.insights.waiting;
    let mut spans = Vec::new();
    for row in waiting.turns.iter().filter(|row| row.stuck.of > 0) {
        let sign = words::turn(row.turn);
        spans.push(Span::styled(sign.text(), sign.style(theme)));
        spans.push(Span::styled(format!(" {}", row.stuck.hits), theme.strong));
        spans.push(Span::styled(format!("/{}   ", row.stuck.of), theme.dim));
    }
    let stuck = Line::from(vec![
        Span::styled(format!("{} of {}", waiting.stuck.hits, waiting.stuck.of), theme.strong),
        Span::raw(" open wait for longer than they should"),
        Span::styled(format!(" ({})", super::short_percent(waiting.stuck)), theme.dim),
    ]);
    vec![
        stuck,
        Line::from(spans),
        Line::from(Span::styled(
            format!("{:<7}{:<BAR$} {:>COUNT$} {:>LONGEST$}  why", "", "", "stuck", "longest"),
            theme.dim,
        )),
    ]
}

fn reason(row: &StuckReason, most: usize, name: usize, theme: &Theme) -> Line<'static> {
    let sign = words::turn(row.turn);
    let bar = text::bar(Share::new(row.count, most).rate().unwrap_or_default(), BAR);
    Line::from(vec![
        Span::styled(format!("{} ", sign.glyph), sign.style(theme)),
        Span::styled(text::fit(row.reason, REASON), theme.strong),
        Span::styled(text::fit(&bar, BAR), sign.style(theme)),
        Span::styled(format!(" {:>COUNT$}", row.count), theme.strong),
        Span::raw(format!(" {:>LONGEST$}  {}", text::ago(row.longest), text::truncate(row.name, name))),
    ])
}

/// The backlog by age, and whether it grows.
fn ages(backlog: &Backlog, theme: &Theme) -> Vec<Line<'static>> {
    let titles = format!("{:<12} {:<BAR$} {:>5} {:>6}", "open, days", "", "all", "review");
    let mut lines = vec![Line::default(), Line::from(Span::styled(titles, theme.dim))];
    for bracket in &backlog.ages {
        let days = match bracket.to_days {
            Some(to) => format!("{} to {to}", bracket.from_days),
            None => format!("{} and more", bracket.from_days),
        };
        let share = Share::new(bracket.open, backlog.open);
        let style = if bracket.from_days == 0 { theme.ok } else { theme.attention };
        lines.push(Line::from(vec![
            Span::raw(text::fit(&days, 13)),
            Span::styled(text::fit(&text::bar(share.rate().unwrap_or_default(), BAR), BAR), style),
            Span::styled(format!(" {:>5}", bracket.open), theme.strong),
            Span::raw(format!(" {:>6}", bracket.in_review)),
        ]));
    }
    let pace = backlog.days_of_review.map_or(String::new(), |days| format!(", reviews last {days:.1} d"));
    lines.push(Line::from(vec![
        Span::styled(format!("{} days ", backlog.days), theme.dim),
        Span::raw(format!("+{} −{} = ", backlog.created, backlog.closed)),
        Span::styled(format!("{:+}", backlog.net_flow), theme.strong),
        Span::raw(format!(" · {} decided{pace}", backlog.decisions)),
    ]));
    lines
}
