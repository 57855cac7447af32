//! The facets: how many of what is listed have each value.

use ratatui::{
    Frame,
    buffer::Buffer,
    layout::Rect,
    text::{Line, Span},
};

use super::{HitMap, Theme, facts, footer, header, ink, layout, queue};
use crate::{
    app::{
        Model, Target,
        facets::{Facet, FacetsView},
    },
    text,
};

/// Columns of the term.
const TERM: usize = 9;
/// Columns of the count.
const COUNT: usize = 7;
/// Columns of the share.
const SHARE: usize = 8;
/// Columns of the longest bar.
const BAR: usize = 24;

/// Draws the screen.
pub fn draw(model: &Model, view: &FacetsView, theme: &Theme, frame: &mut Frame, hits: &mut HitMap) {
    let areas = layout::list_over_text(frame.area(), 0);
    let buffer = frame.buffer_mut();
    header::profile(model, theme, buffer, areas.profile);
    footer::draw(model, theme, buffer, areas.footer, hits);
    title(model, view, theme, buffer, areas.title);
    hits.room.page_rows = usize::from(areas.rows.height);
    table(view, theme, buffer, (areas.headers, areas.rows), hits);
}

/// Over what is counted.
fn title(model: &Model, view: &FacetsView, theme: &Theme, buffer: &mut Buffer, area: Rect) {
    let narrowed = if model.queue.query.is_empty() {
        String::new()
    } else {
        format!(" that match {}", facts::sensitive(&model.queue.query.to_string(), model.masked))
    };
    let noun = if view.total == 1 { "registration" } else { "registrations" };
    let line = Line::from(vec![
        Span::styled("Facets", theme.title),
        Span::raw(format!("  over {} {noun}{narrowed}", view.total)),
    ]);
    ink::put(buffer, area, &line);
}

fn table(view: &FacetsView, theme: &Theme, buffer: &mut Buffer, (headers, rows): (Rect, Rect), hits: &mut HitMap) {
    let value = usize::from(rows.width).saturating_sub(TERM + COUNT + SHARE + BAR + 4).max(12);
    let titles =
        format!("{} {} {:>COUNT$} {:>SHARE$}", text::fit("by", TERM), text::fit("value", value), "count", "share");
    ink::put(buffer, headers, &Line::from(Span::styled(titles, theme.dim)));
    if view.rows.all().is_empty() {
        let nothing = "Nothing is listed, so there is nothing to count; u goes back to the filter before.";
        ink::put(buffer, rows, &Line::from(Span::styled(nothing, theme.dim)));
    }
    let top = view.rows.first_shown(usize::from(rows.height));
    let mut above: Option<&'static str> = None;
    for (place, (area, facet)) in rows.rows().zip(view.rows.all().iter().skip(top)).enumerate() {
        // The term stands at its first value, and at the first row of the screen.
        let term = if above == Some(facet.term) { "" } else { facet.term };
        above = Some(facet.term);
        ink::put(buffer, area, &row(facet, term, view.total, value, theme));
        if view.rows.selected_row() == Some(top + place) {
            queue::select(buffer, area, theme);
        }
        hits.add(area, Target::Facet(facet.query()));
    }
}

fn row(facet: &Facet, term: &str, total: usize, columns: usize, theme: &Theme) -> Line<'static> {
    let part = facet.value.count as f64 / total.max(1) as f64;
    let word = text::truncate(&facet.value.text, columns);
    let about = text::fit(&format!("  {}", facet.value.about), columns.saturating_sub(text::width(&word)));
    Line::from(vec![
        Span::styled(format!("{} ", text::fit(term, TERM)), theme.title),
        Span::styled(word, theme.strong),
        Span::styled(about, theme.dim),
        Span::raw(format!(" {:>COUNT$} ", facet.value.count)),
        Span::styled(format!("{:>SHARE$} ", format!("{:.1} %", part * 100.0)), theme.dim),
        Span::styled(text::bar(part, BAR), theme.info),
    ])
}
