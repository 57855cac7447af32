//! Scores around their thresholds, and what another threshold would change.

use ratatui::{
    buffer::Buffer,
    layout::Rect,
    style::Style,
    text::{Line, Span},
};

use crate::{
    app::insights::{InsightsView, Panel},
    text,
    triage::insights::{BINS, Flips, Histogram, Knob, WhatIf},
    ui::{Theme, ink},
};

/// Eighths of a cell, from the bottom.
const EIGHTHS: [&str; 9] = [" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"];
/// Lines around the bars: title, marks, scale, and three of words.
const AROUND: u16 = 6;
/// From so many columns on there is room for whole sentences.
const WIDE: usize = 36;
/// Columns between the two.
const GAP: u16 = 2;

/// Draws both histograms beside each other.
pub fn draw(view: &InsightsView, theme: &Theme, buffer: &mut Buffer, area: Rect) {
    let width = area.width.saturating_sub(GAP) / 2;
    for (place, knob) in Knob::ALL.into_iter().enumerate() {
        let x = area.x + place as u16 * (width + GAP);
        let has_keys = view.panel == Panel::Thresholds && view.knob == knob;
        let chart = Chart::of(view.histogram(knob), view.what_if(knob), Rect { x, width, ..area });
        chart.draw(has_keys, theme, buffer);
    }
}

/// A histogram on its way to the screen.
struct Chart<'a> {
    histogram: &'a Histogram,
    moved: Option<&'a WhatIf>,
    area: Rect,
    /// The first hundredth that is drawn.
    first: usize,
    /// Hundredths in one column.
    step: usize,
}

impl<'a> Chart<'a> {
    fn of(histogram: &'a Histogram, moved: Option<&'a WhatIf>, area: Rect) -> Self {
        let lowest_score = histogram.bins.iter().position(|count| *count > 0);
        let thresholds = histogram.thresholds.iter().map(|threshold| bin(threshold.value));
        let lowest = thresholds.chain(moved.map(|moved| bin(moved.threshold))).chain(lowest_score).min();
        // To the tenth below, so that the scale has round numbers.
        let first = lowest.unwrap_or(BINS / 2).min(BINS - 10) / 10 * 10;
        let step = (BINS - first).div_ceil(usize::from(area.width).max(1)).max(1);
        Self { histogram, moved, area, first, step }
    }

    fn columns(&self) -> usize {
        (BINS - self.first).div_ceil(self.step)
    }

    /// The column of a score.
    fn column(&self, score: f64) -> usize {
        (bin(score).saturating_sub(self.first) / self.step).min(self.columns() - 1)
    }

    /// The columns between the threshold in force and the moved one: those who flip.
    fn flipping(&self) -> Option<std::ops::Range<usize>> {
        let from = self.column(self.histogram.thresholds.first()?.value);
        let to = self.column(self.moved?.threshold);
        Some(from.min(to)..from.max(to))
    }

    fn draw(&self, has_keys: bool, theme: &Theme, buffer: &mut Buffer) {
        let area = self.area;
        if area.height < AROUND || area.width < 10 {
            return;
        }
        ink::put(buffer, area, &self.title(has_keys, theme));
        let bars = Rect { y: area.y + 1, height: area.height - AROUND, ..area };
        self.bars(theme, buffer, bars);
        let below = Rect { y: bars.bottom(), height: AROUND - 1, ..area };
        super::lines(buffer, below, &[self.marks(theme), self.scale(theme)]);
        let words = Rect { y: below.y + 2, height: 3, ..below };
        super::lines(buffer, words, &self.words(has_keys, theme));
    }

    fn title(&self, has_keys: bool, theme: &Theme) -> Line<'static> {
        let histogram = self.histogram;
        let (mark, style) = if has_keys { ("▸ ", theme.title) } else { ("  ", theme.strong) };
        let name = match histogram.knob {
            Knob::Face => "Face",
            Knob::Liveness => "Liveness",
        };
        let near = if self.is_wide() {
            format!("  {} measured, {} within 0.05", histogram.measured, histogram.near.hits)
        } else {
            format!("  {}, {} near", histogram.measured, histogram.near.hits)
        };
        let unmeasured =
            if histogram.unmeasured > 0 { format!(", {} without", histogram.unmeasured) } else { String::new() };
        Line::from(vec![
            Span::styled(mark, theme.accent),
            Span::styled(name, style),
            Span::styled(near + &unmeasured, theme.dim),
        ])
    }

    fn bars(&self, theme: &Theme, buffer: &mut Buffer, area: Rect) {
        let counts: Vec<usize> =
            self.histogram.bins[self.first..].chunks(self.step).map(|bins| bins.iter().sum()).collect();
        let most = counts.iter().copied().max().unwrap_or_default();
        let flipping = self.flipping().unwrap_or_default();
        let in_force = self.histogram.thresholds.first().map(|threshold| self.column(threshold.value));
        let moved = self.moved.map(|moved| self.column(moved.threshold));
        let height = usize::from(area.height);
        for (row, line) in area.rows().enumerate() {
            let floor = (height - 1 - row) * 8;
            let cells = counts.iter().enumerate().map(|(column, count)| {
                let eighths = (count * height * 8).checked_div(most).unwrap_or_default().max(usize::from(*count > 0));
                let (filled, style) = match eighths.saturating_sub(floor).min(8) {
                    0 if moved == Some(column) => ("┃", theme.accent),
                    0 if in_force == Some(column) => ("┊", theme.strong),
                    // A pattern as well as a colour: who flips is seen without colours too.
                    8 if flipping.contains(&column) => ("▒", theme.attention),
                    part if flipping.contains(&column) => (EIGHTHS[part], theme.attention),
                    part => (EIGHTHS[part], self.side(column, theme)),
                };
                Span::styled(filled, style)
            });
            ink::put(buffer, line, &Line::from(cells.collect::<Vec<_>>()));
        }
    }

    /// Passing or not, by the threshold in force for most.
    fn side(&self, column: usize, theme: &Theme) -> Style {
        let in_force = self.histogram.thresholds.first().map(|threshold| self.column(threshold.value));
        if in_force.is_some_and(|in_force| column < in_force) { theme.bad } else { theme.ok }
    }

    /// Where the thresholds stand, under the bars.
    fn marks(&self, theme: &Theme) -> Line<'static> {
        let flipping = self.flipping().unwrap_or_default();
        let others: Vec<usize> =
            self.histogram.thresholds.iter().skip(1).map(|other| self.column(other.value)).collect();
        let in_force = self.histogram.thresholds.first().map(|threshold| self.column(threshold.value));
        let moved = self.moved.map(|moved| self.column(moved.threshold));
        let cell = |column: usize| match column {
            column if moved == Some(column) => Span::styled("△", theme.accent),
            column if in_force == Some(column) => Span::styled("▲", theme.strong),
            column if others.contains(&column) => Span::styled("▴", theme.dim),
            column if flipping.contains(&column) => Span::styled("═", theme.attention),
            _ => Span::styled("─", theme.border),
        };
        Line::from((0..self.columns()).map(cell).collect::<Vec<_>>())
    }

    /// Round scores below the marks.
    fn scale(&self, theme: &Theme) -> Line<'static> {
        let mut text = String::new();
        for tenth in (self.first..BINS).step_by(10) {
            let column = (tenth - self.first) / self.step;
            if text.is_empty() || column > text.len() {
                text = format!("{}{:.1}", text::fit(&text, column), tenth as f64 / BINS as f64);
            }
        }
        Line::from(Span::styled(text, theme.dim))
    }

    /// What is in force, and what would change; in fewer words where there is little room.
    fn words(&self, has_keys: bool, theme: &Theme) -> Vec<Line<'static>> {
        let histogram = self.histogram;
        let Some(threshold) = histogram.thresholds.first() else { return vec![Line::from("nothing measured")] };
        let others = match histogram.thresholds.len() {
            1 => String::new(),
            count => format!(" ▴{}", count - 1),
        };
        let label = if self.is_wide() { " in force" } else { "" };
        let now = Line::from(vec![
            Span::styled(format!("▲ {:.2}{label}", threshold.value), theme.strong),
            Span::styled(others, theme.dim),
            Span::raw(format!(": {} of {} pass", histogram.passing.hits, histogram.passing.of)),
        ]);
        let Some(moved) = self.moved else {
            let hint = if has_keys { "- + move it, in thought" } else { "" };
            return vec![now, Line::from(Span::styled(hint, theme.dim))];
        };
        let then = Line::from(vec![
            Span::styled(format!("△ {:.2}", moved.threshold), theme.accent),
            Span::raw(format!(": {} would pass", moved.passing_then)),
        ]);
        let sides = [("newly pass", "+", &moved.newly_passing), ("newly fail", "−", &moved.newly_failing)];
        let sides = sides.into_iter().filter(|(.., flips)| flips.count() > 0);
        let sides: Vec<String> = sides.map(|(words, sign, flips)| self.side_text(words, sign, flips)).collect();
        let flips = if sides.is_empty() { "nobody would flip".to_owned() } else { sides.join("; ") };
        vec![now, then, Line::from(Span::styled(flips, theme.attention))]
    }

    /// Those who flip one way: `21 newly pass: 2 fraud, 12 genuine`.
    fn side_text(&self, words: &str, sign: &str, flips: &Flips) -> String {
        let count = flips.count();
        let count = if self.is_wide() { format!("{count} {words}") } else { format!("{sign}{count}") };
        format!("{count}: {} fraud, {} genuine", flips.fraud, flips.genuine)
    }

    fn is_wide(&self) -> bool {
        usize::from(self.area.width) >= WIDE
    }
}

/// The hundredth of a score.
fn bin(score: f64) -> usize {
    ((score * BINS as f64 + 1e-6) as usize).min(BINS - 1)
}
