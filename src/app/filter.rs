//! The filter line: typed with completions below it, mistakes told at their place, and earlier filters a key away.
//!
//! The list follows each key. A word with a mistake in it is not in force: what stands around it is.

use std::ops::Range;

use tui_input::{Input, InputRequest};

use super::{
    Effects, Model,
    rows::Rows,
    update::{input_request, paste_line},
};
use crate::{
    index::{Candidate, Completer, Query, QueryError, word_at},
    keys::{Code, Key},
};

/// How many completions are shown at once.
pub const POPUP_ROWS: usize = 8;
/// How many earlier filters are remembered.
const MOST_REMEMBERED: usize = 100;

/// The filter line.
#[derive(Debug, Default)]
pub struct FilterLine {
    /// What is typed.
    pub input: Input,
    /// Keys go to the line.
    pub editing: bool,
    /// The mistake in what is typed; what is right of it is in force.
    pub error: Option<QueryError>,
    /// What stood here when editing began, for Esc.
    before: String,
    popup: Option<Popup>,
    completer: Completer,
    walk: Option<Walk>,
}

/// What may be typed next.
#[derive(Debug)]
pub struct Popup {
    /// What the chosen one takes the place of, as byte offsets.
    pub at: Range<usize>,
    /// What there is to choose from; never empty.
    pub choices: Rows<Candidate>,
    /// The word that may still become a term, as byte offsets: not looked for before it cannot become one, or the
    /// completions are closed.
    begun: Option<Range<usize>>,
}

/// A walk through earlier filters.
#[derive(Debug)]
struct Walk {
    /// What was typed before it; earlier filters that contain it are shown.
    typed: String,
    /// How many steps into the past.
    steps: usize,
}

impl FilterLine {
    /// The completions below the line.
    pub fn popup(&self) -> Option<&Popup> {
        self.popup.as_ref().filter(|_| self.editing)
    }

    /// The mistake to be shown: not while completions stand where it would be told.
    pub fn shown_mistake(&self) -> Option<&QueryError> {
        self.error.as_ref().filter(|_| self.popup().is_none())
    }

    /// Puts a text into the line, the cursor after it.
    pub(super) fn put(&mut self, text: String) {
        self.input = Input::new(text);
        self.error = None;
        self.popup = None;
    }

    /// Puts the chosen completion in its place; tells whether there was one.
    fn accept(&mut self) -> bool {
        let Some(Popup { at, choices, .. }) = self.popup.take() else { return false };
        let Some(chosen) = choices.selected() else { return false };
        let value = self.input.value();
        let text = format!("{}{}{}", &value[..at.start], chosen.text, &value[at.end..]);
        let cursor = text[..at.start + chosen.text.len()].chars().count();
        self.input = Input::new(text).with_cursor(cursor);
        true
    }

    /// Chooses another completion; tells whether there are any.
    fn choose(&mut self, rows: isize) -> bool {
        let Some(popup) = &mut self.popup else { return false };
        popup.choices.step(rows, POPUP_ROWS);
        true
    }

    /// Goes through earlier filters that contain what was typed, and back to it.
    fn walk(&mut self, earlier: &[String], into_the_past: bool) {
        let walk = self.walk.get_or_insert_with(|| Walk { typed: self.input.value().to_owned(), steps: 0 });
        let fits: Vec<&String> =
            earlier.iter().rev().filter(|text| text.contains(&walk.typed) && **text != walk.typed).collect();
        let steps = if into_the_past { walk.steps + 1 } else { walk.steps.saturating_sub(1) };
        walk.steps = steps.min(fits.len());
        let text = walk.steps.checked_sub(1).map_or(&walk.typed, |place| fits[place]).clone();
        self.input = Input::new(text);
        self.popup = None;
    }
}

impl Model {
    /// Starts typing a filter.
    pub(super) fn edit_filter(&mut self) {
        let filter = &mut self.queue.filter;
        filter.before = filter.input.value().to_owned();
        filter.editing = true;
        filter.walk = None;
        filter.popup = None;
        // Registrations may have changed since the last time.
        filter.completer.forget();
        filter.input.handle(InputRequest::GoToEnd);
    }

    /// A key while the filter is typed. The list follows each change.
    pub(super) fn filter_key(&mut self, key: Key) -> Effects {
        let filter = &mut self.queue.filter;
        match (key.code, key.ctrl) {
            (Code::Enter, _) => return self.accept_filter(),
            (Code::Esc, _) if filter.popup.take().is_some() => self.set_query(),
            (Code::Esc, _) => {
                filter.put(filter.before.clone());
                filter.editing = false;
                self.set_query();
            }
            (Code::Tab, _) => {
                let is_accepted = filter.accept();
                self.complete(!is_accepted);
            }
            (Code::BackTab | Code::Up, _) | (Code::Char('p'), true) if filter.choose(-1) => {}
            (Code::Down, _) | (Code::Char('n'), true) if filter.choose(1) => {}
            (Code::BackTab, _) => {}
            (Code::Up, _) | (Code::Char('p' | 'r'), true) => self.walk_filters(true),
            (Code::Down, _) | (Code::Char('n'), true) => self.walk_filters(false),
            _ => {
                let Some(change) = input_request(key).and_then(|request| filter.input.handle(request)) else {
                    return Effects::none();
                };
                if change.value {
                    filter.walk = None;
                }
                self.complete(false);
            }
        }
        Effects::none()
    }

    /// Keeps the filter and leaves the line, unless there is a mistake in it.
    fn accept_filter(&mut self) -> Effects {
        let filter = &mut self.queue.filter;
        filter.popup = None;
        filter.editing = filter.error.is_some();
        self.set_query();
        let filter = &self.queue.filter;
        if filter.editing {
            return Effects::none();
        }
        let (before, text) = (filter.before.clone(), filter.input.value().trim().to_owned());
        self.left_filter(&before, None);
        self.remember_filter(text)
    }

    /// Pasted text goes into the filter, on one line.
    pub(super) fn filter_paste(&mut self, text: &str) {
        paste_line(&mut self.queue.filter.input, text);
        self.complete(false);
    }

    /// Looks for what may be typed next, everything there is or only what goes on from what is typed, and lists what
    /// the filter finds.
    fn complete(&mut self, everything: bool) {
        let FilterLine { input, completer, .. } = &mut self.queue.filter;
        let value = input.value();
        let cursor = value.char_indices().nth(input.cursor()).map_or(value.len(), |(offset, _)| offset);
        let found = completer.complete(&self.index, (value, cursor), everything, self.now);
        self.queue.filter.popup = (!found.candidates.is_empty()).then(|| {
            let mut choices = Rows::default();
            choices.replace(found.candidates, POPUP_ROWS, Candidate::eq);
            Popup { at: found.at, choices, begun: found.begun }
        });
        self.set_query();
    }

    fn walk_filters(&mut self, into_the_past: bool) {
        self.queue.filter.walk(&self.kept.filters, into_the_past);
        self.set_query();
    }

    /// Keeps a filter for later, the latest last and each once.
    pub(super) fn remember_filter(&mut self, text: String) -> Effects {
        if text.is_empty() {
            return Effects::none();
        }
        self.keep(|kept| {
            kept.filters.retain(|known| *known != text);
            kept.filters.push(text);
            let surplus = kept.filters.len().saturating_sub(MOST_REMEMBERED);
            kept.filters.drain(..surplus);
        })
    }

    /// Puts what is typed in force: without a word that is wrong, and without one that may still become a term, because
    /// the list would be empty while the name of a term is typed.
    pub(super) fn set_query(&mut self) {
        let filter = &self.queue.filter;
        let typed = filter.input.value();
        let begun = filter.popup().and_then(|popup| popup.begun.clone());
        let error = Query::parse(typed).err();
        let right = match &error {
            // What was typed of the wrong word was a right query too: it would hide the list because of a slip.
            Some(error) => without(typed, word_at(typed, error.at.end)),
            None => begun.map_or_else(|| typed.to_owned(), |word| without(typed, word)),
        };
        self.queue.filter.error = error;
        if let Ok(query) = Query::parse(&right)
            && query != self.queue.query
        {
            self.queue.query = query;
            self.requeue();
        }
    }
}

/// A text without a part of it.
fn without(text: &str, part: Range<usize>) -> String {
    format!("{}{}", &text[..part.start], &text[part.end..])
}
