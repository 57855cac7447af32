//! Where people are lost, how long it takes, what waits, and what another threshold would change.

mod funnel;
mod thresholds;
mod times;
mod waiting;

use ratatui::{
    Frame,
    buffer::Buffer,
    layout::Rect,
    text::{Line, Span},
};

use super::{HitMap, Theme, facts, footer, header, ink, layout};
use crate::{
    app::{
        Model, Target,
        insights::{InsightsView, Panel},
    },
    triage::Share,
};

/// Draws the screen.
pub fn draw(model: &Model, view: &InsightsView, theme: &Theme, frame: &mut Frame, hits: &mut HitMap) {
    let areas = layout::insights(frame.area(), theme.plain);
    let buffer = frame.buffer_mut();
    header::profile(model, theme, buffer, areas.profile);
    footer::draw(model, theme, buffer, areas.footer, hits);
    title(model, view, theme, buffer, areas.title);
    let one_at_a_time = areas.tabs.height > 0;
    if one_at_a_time {
        tabs(view, theme, buffer, areas.tabs, hits);
    }
    for (panel, area) in Panel::ALL.into_iter().zip(areas.parts) {
        if one_at_a_time && panel != view.panel {
            continue;
        }
        hits.add(area, Target::Panel(panel));
        let body = if one_at_a_time { area } else { headed(panel, view, theme, buffer, area) };
        match panel {
            Panel::Lost => funnel::draw(view, theme, buffer, body),
            Panel::Times => times::draw(view, theme, buffer, body),
            Panel::Waits => waiting::draw(view, theme, buffer, body),
            Panel::Thresholds => thresholds::draw(view, theme, buffer, body),
        }
    }
}

/// Over what it is measured, and when.
fn title(model: &Model, view: &InsightsView, theme: &Theme, buffer: &mut Buffer, area: Rect) {
    let insights = &view.insights;
    let at = Line::from(Span::styled(format!("as of {}", view.at.format("%H:%M:%S")), theme.dim));
    let taken = ink::put_right(buffer, area, &at);
    let noun = if insights.registrations == 1 { "registration" } else { "registrations" };
    let chosen = match view.sample.chosen_from() {
        _ if !view.sample.is_read() => " (reading more)".to_owned(),
        Some(count) => format!(", evenly chosen of {count}"),
        None => String::new(),
    };
    let narrowed = if model.queue.query.is_empty() {
        String::new()
    } else {
        format!(" that match {}", facts::sensitive(&model.queue.query.to_string(), model.masked))
    };
    let left_out = match insights.demo_left_out {
        0 => String::new(),
        count => format!(" ({count} of test projects left out)"),
    };
    let line = Line::from(vec![
        Span::styled("Insights", theme.title),
        Span::raw(format!("  over {} {noun}{chosen}{narrowed}{left_out}", insights.registrations)),
        Span::styled("  completed ", theme.dim),
        Span::styled(short_percent(insights.outcomes.completed), theme.strong),
        Span::styled("  approved ", theme.dim),
        Span::styled(short_percent(insights.outcomes.approved), theme.strong),
    ]);
    ink::put(buffer, Rect { width: area.width.saturating_sub(taken + 2), ..area }, &line);
}

/// The parts with the digits that show them.
fn tabs(view: &InsightsView, theme: &Theme, buffer: &mut Buffer, area: Rect, hits: &mut HitMap) {
    let mut column = area.x;
    for (place, panel) in Panel::ALL.into_iter().enumerate() {
        let style = if panel == view.panel { theme.title } else { theme.dim };
        let mark = if panel == view.panel { "▸" } else { " " };
        let line = Line::from(vec![
            Span::styled(format!("{mark}{} ", place + 1), theme.accent),
            Span::styled(panel.label(), style),
        ]);
        let width = ink::width(&line) as u16;
        let tab = Rect { x: column, width: width.min(area.right().saturating_sub(column)), ..area };
        ink::put(buffer, tab, &line);
        hits.add(tab, Target::Panel(panel));
        column += width + 1;
    }
}

/// A heading over a part, marked if it has the keys; the area below it.
fn headed(panel: Panel, view: &InsightsView, theme: &Theme, buffer: &mut Buffer, area: Rect) -> Rect {
    let (mark, style) = if panel == view.panel { ("▸ ", theme.title) } else { ("  ", theme.strong) };
    let rule = "─".repeat(usize::from(area.width).saturating_sub(panel.label().len() + 3));
    let line = Line::from(vec![
        Span::styled(mark, theme.accent),
        Span::styled(panel.label(), style),
        Span::styled(format!(" {rule}"), theme.border),
    ]);
    ink::put(buffer, area, &line);
    Rect { y: area.y + 1, height: area.height.saturating_sub(1), ..area }
}

/// A share for people, in seven columns.
fn percent(share: Share) -> String {
    share.rate().map_or("      -".to_owned(), |rate| format!("{:>5.1} %", rate * 100.0))
}

/// The same in three or four columns, for sentences.
fn short_percent(share: Share) -> String {
    share.rate().map_or("-".to_owned(), |rate| format!("{:.0} %", rate * 100.0))
}

/// The rows of a part from the top, each once.
fn lines(buffer: &mut Buffer, area: Rect, lines: &[Line]) {
    ink::put_lines(buffer, area, lines, 0);
}
