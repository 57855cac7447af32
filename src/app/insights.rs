//! The screen of insights: where people are lost, how long steps take, what waits, and what another threshold would
//! change, over what the queue shows.

use std::{collections::HashSet, time::Duration};

use chrono::TimeDelta;

use super::{
    Effects, Model, Screen,
    effect::{Effect, Timer},
    rows::Rows,
    sample::{AT_ONCE, Sample},
};
use crate::{
    index::{flips_term, step_term, stuck_term},
    model::Timestamp,
    triage::insights::{FunnelStep, Histogram, Insights, Knob, Population, Setting, StuckReason, WhatIf},
};

/// How long measurements stand over more registrations than are read at once, seconds. Others are made again whenever
/// one changes.
const NOW_AND_THEN: i64 = 30;
/// The pause between two steps of reading, milliseconds: keys come first.
const PAUSE_MILLIS: u64 = 2;

/// A part of the screen. On a large screen all are seen, and one has the keys; on a small one that is the only one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Panel {
    /// The funnel.
    #[default]
    Lost,
    /// How long steps take.
    Times,
    /// What waits, for whom and how old it is.
    Waits,
    /// Scores, and thresholds that can be moved.
    Thresholds,
}

impl Panel {
    /// All, in order.
    pub const ALL: [Self; 4] = [Self::Lost, Self::Times, Self::Waits, Self::Thresholds];

    /// The words on the screen.
    pub fn label(self) -> &'static str {
        match self {
            Self::Lost => "Where people are lost",
            Self::Times => "How long it takes",
            Self::Waits => "What waits",
            Self::Thresholds => "Thresholds",
        }
    }

    /// The one so many places on, round and round.
    fn step(self, places: isize) -> Self {
        let count = Self::ALL.len().cast_signed();
        let place = Self::ALL.iter().position(|panel| *panel == self).unwrap_or(0).cast_signed();
        Self::ALL[(place + places).rem_euclid(count).cast_unsigned()]
    }
}

/// The state of the screen.
#[derive(Debug)]
pub struct InsightsView {
    /// What was measured.
    pub insights: Insights,
    /// When.
    pub at: Timestamp,
    /// Over whom.
    pub sample: Sample,
    /// Over whom it is measured next, as soon as they are read.
    next: Option<Sample>,
    /// Whether the next step of reading is on its way.
    timed: bool,
    /// The part that has the keys.
    pub panel: Panel,
    /// The steps of the funnel.
    pub steps: Rows<FunnelStep>,
    /// The reasons to be stuck.
    pub reasons: Rows<StuckReason>,
    /// The threshold that has the keys.
    pub knob: Knob,
    /// Where thresholds were moved to, and what that would change.
    pub moved: Vec<WhatIf>,
}

impl InsightsView {
    fn new(insights: Insights, at: Timestamp, sample: Sample) -> Self {
        let next = (!sample.is_read()).then(|| sample.clone());
        let mut view = Self {
            insights,
            at,
            sample,
            next,
            timed: false,
            panel: Panel::default(),
            steps: Rows::default(),
            reasons: Rows::default(),
            knob: Knob::Face,
            moved: Vec::new(),
        };
        view.fill_rows();
        view
    }

    fn fill_rows(&mut self) {
        let steps = self.insights.funnel.steps.clone();
        self.steps.replace(steps, usize::MAX, |left, right| left.step == right.step);
        let reasons = self.insights.waiting.reasons.clone();
        self.reasons.replace(reasons, usize::MAX, |left, right| left.reason == right.reason);
    }

    /// The scores of a knob.
    pub fn histogram(&self, knob: Knob) -> &Histogram {
        match knob {
            Knob::Face => &self.insights.face,
            Knob::Liveness => &self.insights.liveness,
        }
    }

    /// What a moved threshold would change; `None` while it stands where it is in force.
    pub fn what_if(&self, knob: Knob) -> Option<&WhatIf> {
        self.moved.iter().find(|moved| moved.knob == knob)
    }

    /// The threshold in force for most, in hundredths.
    fn in_force(&self, knob: Knob) -> i64 {
        let most = self.histogram(knob).thresholds.first().map(|threshold| threshold.value);
        (most.unwrap_or_else(|| knob.default_threshold()) * 100.0).round() as i64
    }

    /// The term that narrows the queue to what is selected; `None` where nothing is.
    pub fn term(&self) -> Option<String> {
        match self.panel {
            Panel::Lost => self.steps.selected().map(|row| step_term(&row.step)),
            Panel::Times => None,
            Panel::Waits => self.reasons.selected().map(|row| stuck_term(row.reason)),
            Panel::Thresholds => self
                .what_if(self.knob)
                .filter(|moved| moved.newly_passing.count() + moved.newly_failing.count() > 0)
                .map(|moved| flips_term(Setting { knob: moved.knob, threshold: moved.threshold })),
        }
    }

    /// Moves within the part that has the keys.
    pub(super) fn step(&mut self, rows: isize) {
        match self.panel {
            Panel::Lost => self.steps.step(rows, usize::MAX),
            Panel::Times => {}
            Panel::Waits => self.reasons.step(rows, usize::MAX),
            Panel::Thresholds => self.knob = if rows < 0 { Knob::Face } else { Knob::Liveness },
        }
    }

    /// Gives the keys to the next or previous part.
    pub(super) fn turn(&mut self, places: isize) {
        self.panel = self.panel.step(places);
    }
}

impl Model {
    /// What a sample tells, without test traffic.
    fn measure<T>(&self, sample: &Sample, work: impl FnOnce(&Population) -> T) -> T {
        let demo = self.projects.iter().filter(|project| project.demo).map(|project| project.id.as_str());
        let cases = sample.entries().iter().map(|entry| (entry.registration.as_ref(), &entry.judgement));
        work(&Population::of(cases, &demo.collect::<HashSet<_>>()))
    }

    /// Opens the screen over what the queue shows.
    pub(super) fn open_insights(&mut self) {
        let sample = self.sample();
        let insights = self.measure(&sample, |population| population.insights(self.now));
        self.show(Screen::Insights(Box::new(InsightsView::new(insights, self.now, sample))));
    }

    /// Measures again what is on the screen, unless that takes long and was done lately.
    pub(super) fn measure_again(&mut self) {
        let is_small = self.queue.rows().len() <= AT_ONCE;
        let now = self.now;
        let is_due = |view: &InsightsView| is_small || now - view.at >= TimeDelta::seconds(NOW_AND_THEN);
        if self.topmost_insights().is_some_and(|view| view.next.is_none() && is_due(view)) {
            let sample = self.sample();
            if let Some(view) = self.topmost_insights() {
                view.next = Some(sample);
            }
            self.finish_measuring();
        }
    }

    /// Reads more of those whom it is measured over.
    pub(super) fn measure_on(&mut self) {
        let Some(mut next) = self.topmost_insights().and_then(|view| {
            view.timed = false;
            view.next.take()
        }) else {
            return;
        };
        next.read_on(&self.index);
        if let Some(view) = self.topmost_insights() {
            view.next = Some(next);
        }
        self.finish_measuring();
    }

    /// Sees to it that reading goes on.
    pub(super) fn time_measuring(&mut self) -> Effects {
        let Some(view) = self.topmost_insights().filter(|view| view.next.is_some() && !view.timed) else {
            return Effects::none();
        };
        view.timed = true;
        Effects::one(Effect::Timer(Timer::Measure, Duration::from_millis(PAUSE_MILLIS)))
    }

    /// Measures over those who have been read, once all are.
    fn finish_measuring(&mut self) {
        let Some(view) = self.topmost_insights() else { return };
        let Some(sample) = view.next.take_if(|next| next.is_read()) else { return };
        let settings: Vec<Setting> = view.moved.iter().map(WhatIf::setting).collect();
        let (insights, moved) = self.measure(&sample, |population| {
            let moved: Vec<WhatIf> = settings.into_iter().map(|setting| population.what_if(setting)).collect();
            (population.insights(self.now), moved)
        });
        let now = self.now;
        if let Some(view) = self.topmost_insights() {
            view.insights = insights;
            view.at = now;
            view.sample = sample;
            view.moved = moved;
            view.fill_rows();
        }
    }

    /// The screen, wherever it lies; the one that was opened last. Others are measured when they are seen again.
    fn topmost_insights(&mut self) -> Option<&mut InsightsView> {
        self.screens.iter_mut().rev().find_map(|screen| match screen {
            Screen::Insights(view) => Some(view.as_mut()),
            _ => None,
        })
    }

    /// Moves the threshold that has the keys by so many hundredths, in thought.
    pub(super) fn move_threshold(&mut self, hundredths: i64) {
        let Some(Screen::Insights(view)) = self.screens.last() else { return };
        let knob = view.knob;
        let in_force = view.in_force(knob);
        let stands = view.what_if(knob).map_or(in_force, |moved| (moved.threshold * 100.0).round() as i64);
        let wanted = (stands + hundredths).clamp(0, 100);
        let moved = (wanted != in_force).then(|| {
            let setting = Setting { knob, threshold: wanted as f64 / 100.0 };
            self.measure(&view.sample, |population| population.what_if(setting))
        });
        if let Some(Screen::Insights(view)) = self.screens.last_mut() {
            view.panel = Panel::Thresholds;
            view.moved.retain(|known| known.knob != knob);
            view.moved.extend(moved);
        }
    }

    /// The screen, if it is the one that is seen.
    pub(super) fn insights_mut(&mut self) -> Option<&mut InsightsView> {
        match self.screens.last_mut() {
            Some(Screen::Insights(view)) => Some(view),
            _ => None,
        }
    }
}
