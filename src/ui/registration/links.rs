//! Who else looks like them: registrations that share a document, a face, a device, a contact or an address.

use ratatui::{
    buffer::Buffer,
    layout::Rect,
    text::{Line, Span},
};

use crate::{
    app::{Model, registration::RegistrationView},
    index::Entry,
    text,
    triage::Link,
    ui::{Theme, facts, ink, queue, words},
};

/// Draws the tab. It follows its selection, so there is nothing to scroll.
pub fn draw(
    model: &Model,
    view: &RegistrationView,
    entry: &Entry,
    theme: &Theme,
    buffer: &mut Buffer,
    area: Rect,
) -> usize {
    let links = &entry.judgement.links;
    if links.is_empty() {
        let none = "Nobody else shares a document, a face, a device, an e-mail address, a phone or an IP address.";
        let sentence: Vec<Line> = ink::wrap(none, usize::from(area.width))
            .into_iter()
            .map(|line| Line::from(Span::styled(line, theme.dim)))
            .collect();
        return ink::put_lines(buffer, area, &sentence, 0);
    }
    let others = if links.len() == 1 { "other registration shares" } else { "other registrations share" };
    let title = format!("{} {others} something · enter opens the selected one", links.len());
    ink::put(buffer, area, &Line::from(Span::styled(title, theme.dim)));
    let list = Rect { y: area.y + 1, height: area.height.saturating_sub(1), ..area };
    let top = (view.selected_link + 1).saturating_sub(usize::from(list.height));
    for (place, (row, link)) in list.rows().zip(links.iter().skip(top)).enumerate() {
        ink::put(buffer, row, &link_line(link, model, theme));
        if top + place == view.selected_link {
            queue::select(buffer, row, theme);
        }
    }
    0
}

fn link_line(link: &Link, model: &Model, theme: &Theme) -> Line<'static> {
    let via: Vec<&str> = link.via.iter().map(|kind| words::link(*kind)).collect();
    let mut spans =
        vec![Span::styled(text::fit(&format!("same {}", via.join(", ")), 28), theme.attention), Span::raw(" ")];
    if let Some(other) = model.index.get(&link.id) {
        let sign = words::status(&other.registration.status);
        spans.push(Span::styled(text::fit(&sign.text(), 12), sign.style(theme)));
        spans.push(Span::styled(text::fit(&facts::who(&other.registration, model.masked), 24), theme.strong));
        let age = facts::since(other.registration.created_at, model.now);
        spans.push(Span::styled(text::fit(&format!(" {age} ago"), 14), theme.dim));
    }
    spans.push(Span::styled(link.id.to_string(), theme.dim));
    Line::from(spans)
}
