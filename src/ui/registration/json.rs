//! The object as JSON, as the endpoint would print it.

use crate::{index::Entry, ui::Theme, wire};
use ratatui::text::{Line, Span};

/// The tab as lines.
pub fn lines(entry: &Entry, masked: bool, theme: &Theme) -> Vec<Line<'static>> {
    let printed = wire::printed(&entry.registration, &entry.judgement, masked);
    printed.lines().map(|line| line_of(line, theme)).collect()
}

/// Keys stand out from values.
fn line_of(line: &str, theme: &Theme) -> Line<'static> {
    match line.split_once("\": ") {
        Some((key, value)) if key.trim_start().starts_with('"') => {
            Line::from(vec![Span::styled(format!("{key}\": "), theme.accent), Span::raw(value.to_owned())])
        }
        _ => Line::from(Span::raw(line.to_owned())),
    }
}
