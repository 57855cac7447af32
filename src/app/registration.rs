//! The screen of one registration.

use super::{Effects, Model, RequestId, Screen, effect::Effect, model::ToastKind};
use crate::{
    backend::{BackendError, ErrorKind},
    model::{Registration, RegistrationId},
    triage::Flag,
};

/// Lines that a flag takes on its tab, about.
const LINES_OF_A_FLAG: isize = 7;
/// More flags than these are not passed at once.
const MOST: isize = 10_000;

/// The tabs of a registration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Tab {
    /// What blocks it, the timeline, the verdicts, the worst flags.
    #[default]
    Overview,
    /// Each flag with evidence, threshold, caveat and next action.
    Flags,
    /// Failed attempts, reviews and the access log.
    History,
    /// Who else shares something.
    Links,
    /// The object as JSON.
    Json,
}

impl Tab {
    /// All tabs, in order.
    pub const ALL: &'static [Self] = &[Self::Overview, Self::Flags, Self::History, Self::Links, Self::Json];

    /// Its title.
    pub fn title(self) -> &'static str {
        match self {
            Self::Overview => "Overview",
            Self::Flags => "Flags",
            Self::History => "History",
            Self::Links => "Links",
            Self::Json => "JSON",
        }
    }

    /// The tab so many places on, round and round.
    #[must_use]
    pub fn step(self, places: isize) -> Self {
        let count = Self::ALL.len().cast_signed();
        let here = Self::ALL.iter().position(|tab| *tab == self).unwrap_or(0).cast_signed();
        Self::ALL[(here + places).rem_euclid(count).cast_unsigned()]
    }
}

/// The state of the screen.
#[derive(Debug)]
pub struct RegistrationView {
    /// Which registration.
    pub id: RegistrationId,
    /// Which tab.
    pub tab: Tab,
    /// Lines scrolled.
    pub scroll: usize,
    /// How far the tab can be scrolled, as the last frame found.
    pub scroll_max: usize,
    /// The full record is still being read.
    pub reading: bool,
    /// Why the full record could not be read.
    pub error: Option<BackendError>,
    /// The rule of the selected flag, on the tab of flags; the first one where it does not stand any more.
    flag: Option<String>,
    /// The selected link, on the tab of links.
    pub selected_link: usize,
    /// What came after it in the queue's order when it was decided on.
    pub(super) next: Option<RegistrationId>,
    request: RequestId,
}

impl RegistrationView {
    pub(super) fn new(id: RegistrationId, request: RequestId) -> Self {
        Self {
            id,
            tab: Tab::default(),
            scroll: 0,
            scroll_max: 0,
            reading: true,
            error: None,
            flag: None,
            selected_link: 0,
            next: None,
            request,
        }
    }

    /// The place of the selected flag among those that stand.
    pub fn selected_flag(&self, flags: &[Flag]) -> usize {
        flags.iter().position(|flag| self.flag.as_deref() == Some(&flag.rule)).unwrap_or(0)
    }

    /// Moves the selection among the flags. A page is a few of them: each takes several lines.
    fn step_flag(&mut self, lines: isize, flags: &[Flag]) {
        let places =
            if lines.abs() > 1 { (lines / LINES_OF_A_FLAG).clamp(-MOST, MOST) + lines.signum() } else { lines };
        let place = self.selected_flag(flags).saturating_add_signed(places).min(flags.len().saturating_sub(1));
        self.flag = flags.get(place).map(|flag| flag.rule.to_string());
    }

    /// Scrolls by lines, within what there is.
    pub(super) fn scroll_by(&mut self, lines: isize) {
        self.scroll = self.scroll.saturating_add_signed(lines).min(self.scroll_max);
    }

    /// Shows a tab from its top.
    pub(super) fn show(&mut self, tab: Tab) {
        self.tab = tab;
        self.scroll = 0;
        self.selected_link = 0;
    }
}

impl Model {
    /// Takes the answer to reading the open registration.
    pub(super) fn retrieved(
        &mut self,
        request: RequestId,
        id: &RegistrationId,
        answer: Result<Registration, BackendError>,
    ) -> Effects {
        if let Some(effects) = self.looked_for(request, id, &answer) {
            return effects;
        }
        if let Some(effects) = self.came_ahead(request, &answer) {
            return effects;
        }
        if !self.open_registrations().any(|view| view.request == request) {
            return Effects::none();
        }
        let error = match answer {
            Ok(registration) => {
                self.upsert(vec![registration]);
                None
            }
            Err(error) => Some(error),
        };
        if error.as_ref().is_some_and(|error| error.kind == ErrorKind::NotFound) {
            self.index.remove(id, self.now);
            self.changed();
        }
        for view in self.open_registrations().filter(|view| view.request == request) {
            view.reading = false;
            view.error.clone_from(&error);
        }
        match error {
            Some(error) => self.toast(ToastKind::Error, error.message),
            None => Effects::none(),
        }
    }

    /// Reads the open registration again.
    pub(super) fn reread(&mut self) -> Effects {
        let request = self.requests.next();
        match self.registration_mut() {
            Some(view) => {
                view.request = request;
                view.reading = true;
                Effects::one(Effect::Retrieve(request, view.id.clone()))
            }
            None => Effects::none(),
        }
    }

    /// Moves within the open registration: through the links on their tab, else by scrolling.
    pub(super) fn move_in_registration(&mut self, lines: isize) {
        let Some(Screen::Registration(view)) = self.screens.last_mut() else { return };
        let entry = self.index.get(&view.id);
        let judgement = entry.as_ref().map(|entry| &entry.judgement);
        if view.tab == Tab::Flags {
            view.step_flag(lines, judgement.map_or(&[], |judgement| &judgement.flags));
        } else if view.tab == Tab::Links {
            let count = judgement.map_or(0, |judgement| judgement.links.len());
            view.selected_link = view.selected_link.saturating_add_signed(lines).min(count.saturating_sub(1));
        } else {
            view.scroll_by(lines);
        }
    }

    /// The flag that is selected on its tab.
    pub fn chosen_flag(&self) -> Option<Flag> {
        let view = self.registration().filter(|view| view.tab == Tab::Flags)?;
        let entry = self.index.get(&view.id)?;
        let flags = &entry.judgement.flags;
        flags.get(view.selected_flag(flags)).cloned()
    }

    /// Opens the selected link.
    pub(super) fn open_link(&mut self) -> Effects {
        let link = self.registration().filter(|view| view.tab == Tab::Links).and_then(|view| {
            self.index.get(&view.id)?.judgement.links.get(view.selected_link).map(|link| link.id.clone())
        });
        match link {
            Some(id) => self.open(id),
            None => Effects::none(),
        }
    }
}
