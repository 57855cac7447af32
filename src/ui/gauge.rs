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

/// How much there was of something in each of some spans, a column each: `▁▂▁▅█`. None is the lowest, the most the
/// highest; what is there at all is seen to be more than none.
pub fn sparkline(counts: &[u32]) -> String {
    const LEVELS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
    let most = counts.iter().copied().max().unwrap_or_default().max(1);
    let level = |count: u32| match count {
        0 => 0,
        count => 1 + (u64::from(count - 1) * 6 / u64::from(most.max(2) - 1)) as usize,
    };
    counts.iter().map(|count| LEVELS[level(*count).min(LEVELS.len() - 1)]).collect()
}

/// How much of something is done, as a bar of some columns.
pub fn progress(done: usize, all: usize, columns: usize) -> String {
    let filled = (done * columns).checked_div(all).unwrap_or(columns).min(columns);
    format!("{}{}", "█".repeat(filled), "░".repeat(columns - filled))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::{COLUMNS, gauge, progress, sparkline};
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
    fn a_sparkline_goes_from_none_to_most_and_shows_that_there_was_one() {
        assert_eq!(sparkline(&[0, 1, 50, 100]), "▁▂▄█");
        assert_eq!(sparkline(&[0, 0]), "▁▁");
        assert_eq!(sparkline(&[1, 1]), "▂▂");
        assert_eq!(sparkline(&[u32::MAX, 0]), "█▁");
        assert_eq!(sparkline(&[]), "");
    }

    #[test]
    fn progress_goes_from_empty_to_full() {
        assert_eq!(progress(0, 4, 4), "░░░░");
        assert_eq!(progress(1, 4, 4), "█░░░");
        assert_eq!(progress(4, 4, 4), "████");
        assert_eq!(progress(0, 0, 4), "████");
    }
}
