//! A score on a short line, with the minimum marked on it.

use ratatui::text::Span;

use super::Theme;

/// Columns of a gauge.
pub const COLUMNS: usize = 16;

/// A score from 0 to 1 as a bar, `┃` where the minimum stands: `━━━━━━━━━━━┃──`.
pub fn gauge(score: f64, minimum: Option<f64>, passed: bool, theme: &Theme) -> Vec<Span<'static>> {
    let cell = |value: f64| (value.clamp(0.0, 1.0) * COLUMNS as f64).round() as usize;
    let filled = cell(score);
    let mark = minimum.map(|minimum| cell(minimum).min(COLUMNS - 1));
    let tone = if passed { theme.ok } else { theme.bad };
    (0..COLUMNS)
        .map(|column| match (mark == Some(column), column < filled) {
            (true, _) => Span::styled("┃", theme.strong),
            (false, true) => Span::styled("━", tone),
            (false, false) => Span::styled("─", theme.dim),
        })
        .collect()
}

/// How much of something is done, as a bar of some columns.
pub fn progress(done: usize, all: usize, columns: usize) -> String {
    let filled = (done * columns).checked_div(all).unwrap_or(columns).min(columns);
    format!("{}{}", "█".repeat(filled), "░".repeat(columns - filled))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::{COLUMNS, gauge, progress};
    use crate::ui::Theme;

    fn drawn(score: f64, minimum: Option<f64>) -> String {
        let theme = Theme::named("none", true).unwrap();
        gauge(score, minimum, true, &theme).iter().map(|span| span.content.as_ref()).collect()
    }

    #[test]
    fn the_minimum_is_marked_where_it_stands() {
        assert_eq!(drawn(0.5, Some(0.75)), "━━━━━━━━────┃───");
        assert_eq!(drawn(1.0, Some(1.0)), "━━━━━━━━━━━━━━━┃");
        assert_eq!(drawn(0.25, None), "━━━━────────────");
    }

    #[test]
    fn scores_out_of_range_stay_in_the_gauge() {
        for score in [-3.0, 7.0, f64::NAN, f64::INFINITY] {
            assert_eq!(drawn(score, Some(score)).chars().count(), COLUMNS);
        }
    }

    #[test]
    fn progress_goes_from_empty_to_full() {
        assert_eq!(progress(0, 4, 4), "░░░░");
        assert_eq!(progress(1, 4, 4), "█░░░");
        assert_eq!(progress(4, 4, 4), "████");
        assert_eq!(progress(0, 0, 4), "████");
    }
}
