//! The views on the number keys: chosen, counted, saved and removed.

use std::time::Duration;

use tui_input::Input;

use super::{
    Effects, Kept, Model, Overlay,
    effect::{Effect, Timer},
    kept::KeptView,
    model::ToastKind,
    update::{input_request, paste_line},
};
use crate::{
    index::{Origin, View, Views},
    keys::{Code, Key},
    model::fold_word,
};

/// The views of the desk with their counts.
#[derive(Debug, Default)]
pub struct Tabs {
    views: Views,
    /// In the order of their numbers, as of the last change.
    counts: Vec<usize>,
    /// The place of the one to count next, while counting goes on.
    next: Option<usize>,
    /// The counted has changed meanwhile.
    again: bool,
    /// The timer runs that goes on with counting.
    timed: bool,
}

/// Up to this many registrations are counted for all views at once: that takes a fraction of a millisecond.
const COUNTED_AT_ONCE: usize = 5_000;
/// The pause before the next view is counted among more, milliseconds: keys come first.
const PAUSE_MILLIS: u64 = 2;

impl Tabs {
    /// The views.
    pub fn views(&self) -> &Views {
        &self.views
    }

    /// Every view with its number, where it has one, and how many it holds.
    pub fn all(&self) -> impl Iterator<Item = (Option<u8>, &View, usize)> {
        let counts = self.counts.iter().copied().chain(std::iter::repeat(0));
        self.views.numbered().into_iter().zip(counts).map(|((key, view), count)| (key, view, count))
    }
}

/// A name for the filter in force.
#[derive(Debug, Default)]
pub struct SaveView {
    /// What is typed.
    pub input: Input,
    /// Why it could not be saved or removed.
    pub problem: Option<String>,
}

impl Model {
    /// Offers these views, before what was saved at the console is added to them.
    #[must_use]
    pub fn with_views(mut self, views: Views) -> Self {
        self.tabs.views = views;
        self
    }

    /// Adds the views that were saved in earlier runs. One that cannot be read any more, or whose name has been given
    /// away since, stays kept and is not shown.
    pub(super) fn add_kept_views(&mut self, kept: &Kept) {
        add_kept_views(&mut self.tabs.views, kept);
    }

    /// Counts what each view holds: at once, or one view after the other where there are many registrations.
    pub(super) fn count_views(&mut self) {
        if self.index.len() > COUNTED_AT_ONCE {
            self.tabs.again = self.tabs.next.is_some();
            self.tabs.next.get_or_insert(0);
            return;
        }
        self.tabs.next = None;
        let numbered = self.tabs.views.numbered();
        self.tabs.counts = numbered.iter().map(|(_, view)| self.index.count(&view.query, self.now)).collect();
    }

    /// Counts the next view.
    pub(super) fn count_next_view(&mut self) {
        self.tabs.timed = false;
        let Some(place) = self.tabs.next else { return };
        let count = self.tabs.views.numbered().get(place).map(|(_, view)| self.index.count(&view.query, self.now));
        let Some(count) = count else {
            self.tabs.next = std::mem::take(&mut self.tabs.again).then_some(0);
            return;
        };
        self.tabs.counts.resize(self.tabs.counts.len().max(place + 1), 0);
        self.tabs.counts[place] = count;
        self.tabs.next = Some(place + 1);
    }

    /// Sees to it that counting goes on.
    pub(super) fn time_counting(&mut self) -> Effects {
        if self.tabs.next.is_none() || self.tabs.timed {
            return Effects::none();
        }
        self.tabs.timed = true;
        Effects::one(Effect::Timer(Timer::Count, Duration::from_millis(PAUSE_MILLIS)))
    }

    /// The view in force, if the filter is one.
    pub fn view_in_force(&self) -> Option<&View> {
        self.tabs.views.numbered().into_iter().map(|(_, view)| view).find(|view| view.query == self.queue.query)
    }

    /// Shows the view with a number; 0 shows everything.
    pub(super) fn show_view(&mut self, key: u8) -> Effects {
        if key == 0 {
            self.leave_view(String::new());
            return Effects::none();
        }
        let Some(view) = self.tabs.views.at(key) else {
            return self.toast(ToastKind::Note, format!("There is no view {key} yet; V saves the filter as one."));
        };
        let (text, sort) = (view.text.clone(), view.sort);
        // The order of the list itself comes back once no view is shown.
        if self.view_in_force().is_none() {
            self.queue.own_sort = self.queue.sort();
        }
        self.filter_by(text, Some(sort));
        Effects::none()
    }

    /// Puts a filter in the place of a view, if one is shown with its order, and the list's own order with it.
    pub(super) fn leave_view(&mut self, text: String) {
        let is_as_given = self.view_in_force().is_some_and(|view| view.sort == self.queue.sort());
        let own = self.queue.own_sort;
        self.filter_by(text, is_as_given.then_some(own));
    }

    /// Asks for the name under which the filter in force is saved.
    pub(super) fn open_save_view(&mut self) {
        let saved = self.view_in_force().filter(|view| view.origin == Origin::Saved).map(|view| view.name.clone());
        let input = Input::new(saved.unwrap_or_default());
        self.overlays.push(Overlay::SaveView(SaveView { input, problem: None }));
    }

    /// A key while the name is typed.
    pub(super) fn save_view_key(&mut self, key: Key) -> Effects {
        let Some(Overlay::SaveView(form)) = self.overlays.last_mut() else { return Effects::none() };
        form.problem = None;
        let name = form.input.value().trim().to_owned();
        match (key.code, key.ctrl) {
            (Code::Esc, _) => {
                self.overlays.pop();
                Effects::none()
            }
            (Code::Enter, _) => {
                let saved = self.save_view(&name);
                self.view_answer(saved, format!("Saved as the view {name}"))
            }
            (Code::Char('x'), true) => {
                let removed = self.remove_view(&name);
                self.view_answer(removed, format!("The view {name} is removed"))
            }
            _ => {
                input_request(key).and_then(|request| form.input.handle(request));
                Effects::none()
            }
        }
    }

    /// Pasted text is typed text, on one line.
    pub(super) fn save_view_paste(&mut self, text: &str) {
        let Some(Overlay::SaveView(form)) = self.overlays.last_mut() else { return };
        paste_line(&mut form.input, text);
    }

    /// Closes the dialog and says what was done, or says in it why not.
    fn view_answer(&mut self, answer: Result<Effects, String>, done: String) -> Effects {
        match (answer, self.overlays.last_mut()) {
            (Ok(mut effects), _) => {
                self.overlays.pop();
                self.count_views();
                effects.append(self.toast(ToastKind::Done, done));
                effects
            }
            (Err(problem), Some(Overlay::SaveView(form))) => {
                form.problem = Some(problem);
                Effects::none()
            }
            (Err(_), _) => Effects::none(),
        }
    }

    fn save_view(&mut self, name: &str) -> Result<Effects, String> {
        if let Some(known) = self.tabs.views.get(name).filter(|known| known.origin != Origin::Saved) {
            let whose = if known.origin == Origin::BuiltIn { "a built-in view" } else { "a view of the configuration" };
            return Err(format!("{} is {whose}; choose another name", known.name));
        }
        let (query, sort) = (self.filter_in_force(), self.queue.sort().to_string());
        let view = View::parse(name, &query, Some(&sort), Origin::Saved).map_err(|error| error.to_string())?;
        let name = view.name.clone();
        self.tabs.views.put(view);
        Ok(self.keep(|kept| {
            kept.views.retain(|known| !is_same(&known.name, &name));
            kept.views.push(KeptView { name, query, sort });
        }))
    }

    fn remove_view(&mut self, name: &str) -> Result<Effects, String> {
        let Some(known) = self.tabs.views.get(name).filter(|known| known.origin == Origin::Saved) else {
            return Err(format!("no view that was saved here is called {name}"));
        };
        let name = known.name.clone();
        self.tabs.views.remove(&name);
        Ok(self.keep(|kept| kept.views.retain(|known| !is_same(&known.name, &name))))
    }
}

/// Whether two names are of one view: views are found whatever the case of their names.
fn is_same(one: &str, other: &str) -> bool {
    fold_word(one) == fold_word(other)
}

/// Adds the views that were saved at a console; what is there already stays.
pub fn add_kept_views(views: &mut Views, kept: &Kept) {
    for KeptView { name, query, sort } in &kept.views {
        if let (None, Ok(view)) = (views.get(name), View::parse(name, query, Some(sort), Origin::Saved)) {
            views.put(view);
        }
    }
}
