//! The first line of every screen: which profile, what it may do, how far reading has come.

use ratatui::{
    buffer::Buffer,
    layout::Rect,
    text::{Line, Span},
};

use super::{Theme, ink, words};
use crate::{app::Model, index::Facets, model::Status};

/// Draws the line.
pub fn profile(model: &Model, theme: &Theme, buffer: &mut Buffer, area: Rect) {
    let reading = reading(model, theme);
    let profile = &model.profile;
    let mut spans = vec![Span::styled("regdesk", theme.title), Span::styled(" · ", theme.dim)];
    if profile.production {
        spans.push(Span::styled(format!(" {} PRODUCTION ", profile.name), theme.production));
    } else {
        spans.push(Span::styled(profile.name.clone(), theme.strong));
    }
    spans.push(Span::styled(format!(" ({})", profile.backend), theme.dim));
    if profile.read_only {
        spans.push(Span::styled(" · ", theme.dim));
        spans.push(Span::styled("READ-ONLY", theme.read_only));
    }
    if model.masked {
        spans.push(Span::styled(" · masked", theme.dim));
    }
    let left = Line::from(spans);
    // Where both do not fit, the left one stays whole: it says what may go wrong.
    let room = area.width.saturating_sub(ink::width(&left) as u16 + 2);
    ink::put(buffer, area, &left);
    ink::put_right(buffer, Rect { x: area.right().saturating_sub(room), width: room, ..area }, &reading);
}

fn reading(model: &Model, theme: &Theme) -> Line<'static> {
    let loading = &model.loading;
    let known = model.index.len();
    if let Some((error, since)) = &loading.error {
        let since = since.format("%H:%M");
        return Line::from(Span::styled(format!("✗ not reached since {since}: {}", error.message), theme.bad));
    }
    let (glyph, text, style) = match (loading.is_reading(), loading.total, loading.complete_at) {
        (true, _, Some(_)) => ("◐", "reading again …".to_owned(), theme.dim),
        (true, Some(total), None) => ("◐", format!("reading {known}/{total} …"), theme.info),
        (true, None, None) => ("◐", format!("reading {known} …"), theme.info),
        (false, _, Some(at)) => ("✓", format!("complete {}", at.format("%H:%M")), theme.dim),
        (false, _, None) => ("·", "not read yet".to_owned(), theme.dim),
    };
    Line::from(Span::styled(format!("{glyph} {text}"), style))
}

/// The order in which counts give way on a narrow screen, last one first. Words nobody knows stay longest.
const IMPORTANCE: &[Status] = &[
    Status::NeedsManualVerification,
    Status::Ongoing,
    Status::Started,
    Status::Failed,
    Status::Completed,
    Status::Expired,
    Status::CompletedWithoutKyc,
];

/// Draws the counts by status over everything known, as many as there is room for.
pub fn counts(totals: &Facets, theme: &Theme, buffer: &mut Buffer, area: Rect) {
    let mut shown: Vec<(Status, usize)> = totals
        .statuses
        .iter()
        .map(|(word, count)| (Status::parse(word), *count))
        .filter(|(_, count)| *count > 0)
        .collect();
    let columns = |shown: &[(Status, usize)]| -> usize {
        shown.iter().map(|count| ink::width(&Line::from(count_spans(count, theme))) + 3).sum()
    };
    while columns(&shown) > usize::from(area.width) + 3 {
        let rank = |status: &Status| IMPORTANCE.iter().position(|known| known == status).map_or(0, |rank| rank + 1);
        let Some(least) = (0..shown.len()).max_by_key(|place| rank(&shown[*place].0)) else { break };
        shown.remove(least);
    }
    let mut spans = Vec::new();
    for count in &shown {
        if !spans.is_empty() {
            spans.push(Span::raw("   "));
        }
        spans.extend(count_spans(count, theme));
    }
    ink::put(buffer, area, &Line::from(spans));
}

fn count_spans((status, count): &(Status, usize), theme: &Theme) -> Vec<Span<'static>> {
    vec![words::status(status).span(theme), Span::styled(format!(" {count}"), theme.strong)]
}
