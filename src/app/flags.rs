//! The screen of the rules: how often each fires over what the queue shows, and how often it was right.

use super::{Model, Screen, rows::Rows};
use crate::index::{FlagRate, Index, Row};

/// The order of the rules; those that fire nowhere always come last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum FlagSort {
    /// Those that fire most first.
    #[default]
    Count,
    /// The gravest first.
    Severity,
    /// Those most often found wrong first; those that nobody judged after them.
    Precision,
}

impl FlagSort {
    /// The word on the screen.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Count => "count",
            Self::Severity => "severity",
            Self::Precision => "precision",
        }
    }

    fn next(self) -> Self {
        match self {
            Self::Count => Self::Severity,
            Self::Severity => Self::Precision,
            Self::Precision => Self::Count,
        }
    }

    fn sort(self, rates: &mut [FlagRate]) {
        rates.sort_by(|left, right| {
            let by_count = right.count.cmp(&left.count);
            let by_field = match self {
                Self::Count => by_count,
                Self::Severity => right.severity.cmp(&left.severity),
                Self::Precision => {
                    let precision = |rate: &FlagRate| rate.precision().unwrap_or(f64::INFINITY);
                    precision(left).total_cmp(&precision(right))
                }
            };
            (left.count == 0)
                .cmp(&(right.count == 0))
                .then(by_field)
                .then(by_count)
                .then_with(|| left.rule.cmp(&right.rule))
        });
    }
}

/// The state of the screen.
#[derive(Debug, Default)]
pub struct FlagsView {
    /// The rules.
    pub rows: Rows<FlagRate>,
    /// Their order.
    pub sort: FlagSort,
    /// Over how many registrations they are counted.
    pub total: usize,
}

impl FlagsView {
    /// Counts over registrations.
    pub(super) fn count(&mut self, index: &Index, rows: &[Row], height: usize) {
        self.total = rows.len();
        self.put(index.flag_rates(rows), height);
    }

    /// Sorts by the next field.
    pub(super) fn sort_next(&mut self, height: usize) {
        self.sort = self.sort.next();
        self.put(self.rows.all().to_vec(), height);
    }

    fn put(&mut self, mut rates: Vec<FlagRate>, height: usize) {
        self.sort.sort(&mut rates);
        self.rows.replace(rates, height, |left, right| left.rule == right.rule);
    }
}

impl Model {
    /// Opens the screen over what the queue shows.
    pub(super) fn open_flags(&mut self) {
        let mut view = FlagsView::default();
        view.count(&self.index, self.queue.rows(), self.page_rows);
        self.show(Screen::Flags(view));
    }

    /// The rule that is selected on the screen.
    pub fn selected_rule(&self) -> Option<&FlagRate> {
        match self.screens.last() {
            Some(Screen::Flags(view)) => view.rows.selected(),
            _ => None,
        }
    }

    /// Selects a rule.
    pub(super) fn select_rule(&mut self, rule: &str) {
        if let Some(Screen::Flags(view)) = self.screens.last_mut() {
            view.rows.select(self.page_rows, |rate| rate.rule == rule);
        }
    }
}
