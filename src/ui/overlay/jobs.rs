//! All jobs of this run, newest first.

use ratatui::{
    Frame,
    text::{Line, Span},
};

use super::job;
use crate::{
    app::{
        Model,
        jobs::{Job, JobsPanel},
    },
    text,
    ui::{Theme, ink, queue},
};

/// Columns of the text inside.
const COLUMNS: u16 = 110;
/// Columns of what a job is.
const NAME: usize = 16;
/// Columns of a bar.
const BAR: usize = 12;

/// Draws the panel; tells how many of its rows are on the screen.
pub fn draw(model: &Model, panel: &JobsPanel, theme: &Theme, frame: &mut Frame) -> (usize, usize) {
    let selected = panel.rows.selected().and_then(|id| model.jobs.get(*id));
    let rows = panel.rows.all().len().clamp(3, usize::from(u16::MAX)) as u16;
    let area = super::open(frame, "Jobs, newest first", (COLUMNS, rows), &keys(selected), theme);
    let buffer = frame.buffer_mut();
    let top = panel.rows.first_shown(usize::from(area.height));
    for (place, (row, id)) in area.rows().zip(panel.rows.all().iter().skip(top)).enumerate() {
        let Some(job) = model.jobs.get(*id) else { continue };
        ink::put(buffer, row, &line(model, job, theme));
        if panel.rows.selected_row() == Some(top + place) {
            queue::select(buffer, row, theme);
        }
    }
    if panel.rows.all().is_empty() {
        ink::put(buffer, area, &Line::from(Span::styled("No job is left.", theme.dim)));
    }
    (usize::from(area.height), 0)
}

fn keys(selected: Option<&Job>) -> Vec<(&'static str, &'static str)> {
    let mut keys = vec![("enter", "results")];
    match selected {
        Some(job) if job.is_over() => {
            keys.extend((job.tally().repeatable() > 0).then_some(("R", "try again")));
            keys.push(("D", "drop from the list"));
        }
        Some(job) => keys.extend([("p", if job.paused { "go on" } else { "pause" }), ("x", "stop")]),
        None => keys.clear(),
    }
    keys.push(("esc", "close"));
    keys
}

fn line(model: &Model, job: &Job, theme: &Theme) -> Line<'static> {
    let mut spans = vec![Span::raw(text::fit(job.work.name(), NAME))];
    spans.extend(job::progress(model, job, BAR, theme));
    Line::from(spans)
}
