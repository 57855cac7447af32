//! The filter as it changes as a whole: narrowed by what is selected elsewhere, replaced by a view, dropped, and
//! brought back.

use super::{Effects, Model, model::ToastKind};
use crate::index::Sort;

/// How many filters can be gone back to.
const MOST_STEPS: usize = 100;

/// The filters that were in force before, and those that were gone back from.
#[derive(Debug, Default)]
pub struct Past {
    back: Vec<Step>,
    forward: Vec<Step>,
}

/// A filter that was left.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Step {
    text: String,
    /// The order then, where another one came with the next filter.
    sort: Option<Sort>,
}

impl Past {
    /// Whether there is a filter to go back to.
    pub fn has_earlier(&self) -> bool {
        !self.back.is_empty()
    }

    /// Whether there is a filter that was gone back from.
    pub fn has_later(&self) -> bool {
        !self.forward.is_empty()
    }
}

impl Model {
    /// The filter in force as text. One with a mistake is not in force: the last right one is.
    pub(super) fn filter_in_force(&self) -> String {
        let filter = &self.queue.filter;
        if filter.error.is_some() { self.queue.query.to_string() } else { filter.input.value().trim().to_owned() }
    }

    /// Remembers a filter that was just left for the one in force, with its order if that changed as well.
    pub(super) fn left_filter(&mut self, text: &str, sort: Option<Sort>) {
        let text = text.trim().to_owned();
        if text == self.filter_in_force() && sort.is_none_or(|sort| sort == self.queue.sort()) {
            return;
        }
        let past = &mut self.queue.past;
        past.forward.clear();
        past.back.push(Step { text, sort });
        let surplus = past.back.len().saturating_sub(MOST_STEPS);
        past.back.drain(..surplus);
    }

    /// Puts a filter, and maybe an order, in the place of those in force.
    pub(super) fn filter_by(&mut self, text: String, sort: Option<Sort>) {
        let (before, order) = (self.filter_in_force(), self.queue.sort());
        self.put_filter(text, sort);
        self.left_filter(&before, sort.map(|_| order));
    }

    fn put_filter(&mut self, text: String, sort: Option<Sort>) {
        self.queue.filter.put(text);
        self.queue.filter.editing = false;
        let is_sorted_anew = sort.is_some_and(|sort| sort != self.queue.sort());
        self.queue.sort_by(sort.unwrap_or(self.queue.sort()));
        let query = self.queue.query.clone();
        self.set_query();
        if is_sorted_anew && self.queue.query == query {
            self.requeue();
        }
    }

    /// The filter in force with a term more, unless it is there already.
    fn with_term(&self, term: &str) -> String {
        let text = self.filter_in_force();
        if text.is_empty() {
            term.to_owned()
        } else if format!(" {text} ").contains(&format!(" {term} ")) {
            text
        } else {
            format!("{text} {term}")
        }
    }

    /// Adds a term to the filter, unless it is there already, and goes to the queue.
    pub(super) fn narrow(&mut self, term: &str) -> Effects {
        let text = self.with_term(term);
        self.back_to_queue();
        self.filter_by(text.clone(), None);
        self.remember_filter(text)
    }

    /// Leaves out what a term finds, and stays where one is.
    pub(super) fn exclude(&mut self, term: &str) -> Effects {
        let text = self.with_term(&format!("-{term}"));
        self.filter_by(text.clone(), None);
        self.remember_filter(text)
    }

    /// Drops the marks; if there are none, the filter.
    pub(super) fn clear(&mut self) {
        if self.queue.marked.is_empty() {
            self.leave_view(String::new());
        } else {
            self.queue.marked.change().clear();
        }
    }

    /// Goes back to the filter before, or forward again.
    pub(super) fn undo_filter(&mut self, back: bool) -> Effects {
        let past = &mut self.queue.past;
        let Some(step) = (if back { past.back.pop() } else { past.forward.pop() }) else { return Effects::none() };
        let left = Step { text: self.filter_in_force(), sort: step.sort.map(|_| self.queue.sort()) };
        self.put_filter(step.text, step.sort);
        let past = &mut self.queue.past;
        if back {
            past.forward.push(left);
        } else {
            past.back.push(left);
        }
        let said = match self.queue.filter.input.value() {
            "" => "Everything is listed".to_owned(),
            // What was typed may be what somebody is called, and messages stay in the log.
            _ if self.masked => "Another filter is in force".to_owned(),
            text => format!("Listed: {text}"),
        };
        self.toast(ToastKind::Note, said)
    }
}
