//! The state of the console.

use std::{collections::VecDeque, sync::Arc};

use super::{
    Effects, Kept, Overlay,
    arrivals::Arrivals,
    command::{Command, Layer, default_bindings},
    effect::{Effect, Timer},
    incident::Standstill,
    jobs::Jobs,
    load::Loading,
    look::Look,
    notes::Sayings,
    queue::Queue,
    requests::{RequestId, Requests},
    reveal::Reveals,
    screens::Screen,
    views::Tabs,
};
use crate::{
    backend::Mirror,
    index::Index,
    keys::{Keymap, KeymapError, Override},
    model::{Flow, Project, Role, Timestamp},
    triage::{Policy, Reasons},
};

/// Which profile is in use; always on the screen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profile {
    /// Its name.
    pub name: String,
    /// What it talks to: `embedded`, or a host.
    pub backend: String,
    /// Who sits at the console, and so how much of people is shown.
    pub role: Role,
    /// Writes are refused.
    pub read_only: bool,
    /// Real people: shown in a colour of its own.
    pub production: bool,
    /// What becomes of what was read of a remote.
    pub mirror: Mirror,
    /// The backend announces changes by itself; otherwise it is read again from time to time.
    pub announces_changes: bool,
    /// The store is a file of this process: asking it takes no way over a network.
    pub at_hand: bool,
}

/// How a toast is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ToastKind {
    /// Something was done.
    Done,
    /// Something to know.
    Note,
    /// Something went wrong.
    Error,
}

/// A message that goes away by itself, and stays in the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Toast {
    /// How it is meant.
    pub kind: ToastKind,
    /// What happened.
    pub text: String,
    /// When.
    pub at: Timestamp,
}

/// The state of the console.
#[derive(Debug)]
pub struct Model {
    /// The profile in use.
    pub profile: Profile,
    /// Which keys mean what.
    pub keymap: Keymap<Layer, Command>,
    /// All registrations known, judged and searchable.
    pub index: Index,
    /// Projects known.
    pub projects: Vec<Project>,
    /// Flows known.
    pub flows: Vec<Flow>,
    /// Why the operator may decide as they do.
    pub reasons: Reasons,
    /// The list.
    pub queue: Queue,
    /// The views on the number keys.
    pub tabs: Tabs,
    /// The screens over the list, the one that is seen last.
    pub screens: Vec<Screen>,
    /// The screens one went back from, the one to go forward to last.
    pub(super) forward: Vec<Screen>,
    /// Dialogs, the topmost last.
    pub overlays: Vec<Overlay>,
    /// How far reading has come.
    pub loading: Loading,
    /// How many there are of each status, over everything known.
    pub totals: Vec<(String, usize)>,
    /// How many were created in each of the last hours.
    pub arrivals: Arrivals,
    /// Steps that stand still for everyone, the one that concerns most first.
    pub incidents: Vec<Standstill>,
    /// How it looks.
    pub look: Look,
    /// Writes to one or many, under way or done.
    pub jobs: Jobs,
    /// A decision is a key away, on the desk itself and not only in its dialog.
    pub decision_keys: bool,
    /// Until when the backend lets us in, where that is known.
    pub signed_in_until: Option<Timestamp>,
    /// Personal data is hidden.
    pub masked: bool,
    /// The latest message, until it goes away.
    pub toast: Option<Toast>,
    /// All messages of this run, oldest first; bounded.
    pub log: VecDeque<Toast>,
    /// The time of the last message.
    pub now: Timestamp,
    /// Rows of the queue that the last frame had room for.
    pub list_rows: usize,
    /// Rows or lines of the screen over the queue or of the dialog on top, in the last frame.
    pub page_rows: usize,
    /// The last frame had no room for anything: what a key or the mouse would do cannot be seen.
    pub(super) is_unseen: bool,
    /// What was handed to the clipboard last.
    pub(super) copying: &'static str,
    pub(super) reveals: Reveals,
    pub(super) kept: Kept,
    /// Hints are given to whoever sees a screen for the first time.
    pub(super) gives_hints: bool,
    pub(super) requests: Requests,
    pub(super) ahead: super::ahead::Ahead,
    /// Who next to the screen is looked up.
    pub(super) warming: super::warm::Warming,
    pub(super) sayings: Sayings,
    /// Files that are being closed: by which request, their names, and how many rows they have.
    pub(super) finishing: Vec<(RequestId, String, usize)>,
}

/// How long a toast is shown, seconds; errors stay twice as long.
const TOAST_SECONDS: u64 = 5;
/// How many messages the log keeps.
const LOG_LENGTH: usize = 500;

impl Model {
    /// A console on a profile, before anything was read. Fails with all mistakes of the keymap at once.
    pub fn new(profile: Profile, keys: &[Override], now: Timestamp) -> Result<Self, Vec<KeymapError>> {
        Ok(Self {
            masked: profile.role == Role::Support,
            profile,
            keymap: Keymap::compile(&default_bindings(), keys)?,
            index: Index::default(),
            projects: Vec::new(),
            flows: Vec::new(),
            reasons: Reasons::default(),
            queue: Queue::default(),
            tabs: Tabs::default(),
            screens: Vec::new(),
            forward: Vec::new(),
            overlays: Vec::new(),
            loading: Loading::default(),
            totals: Vec::new(),
            arrivals: Arrivals::default(),
            incidents: Vec::new(),
            look: Look::default(),
            jobs: Jobs::default(),
            decision_keys: true,
            signed_in_until: None,
            toast: None,
            copying: "text",
            log: VecDeque::new(),
            now,
            list_rows: 1,
            is_unseen: false,
            page_rows: 1,
            reveals: Reveals::default(),
            kept: Kept::default(),
            gives_hints: false,
            requests: Requests::default(),
            ahead: super::ahead::Ahead::default(),
            warming: super::warm::Warming::default(),
            sayings: Sayings::default(),
            finishing: Vec::new(),
        })
    }

    /// Judges by the house's policy, for this operator; to be said before anything is read.
    #[must_use]
    pub fn judging_by(mut self, policy: Arc<Policy>, operator: Option<String>) -> Self {
        self.index = Index::new(policy).asked_by(operator);
        self
    }

    /// Offers the house's reasons for decisions.
    #[must_use]
    pub fn giving(mut self, reasons: Reasons) -> Self {
        self.reasons = reasons;
        self
    }

    /// Decides by keys of the desk, or only in the dialog.
    #[must_use]
    pub fn with_decision_keys(mut self, on: bool) -> Self {
        self.decision_keys = on;
        self
    }

    /// Shows a message and keeps it in the log.
    pub(super) fn toast(&mut self, kind: ToastKind, text: impl Into<String>) -> Effects {
        let toast = Toast { kind, text: text.into(), at: self.now };
        if self.log.len() == LOG_LENGTH {
            self.log.pop_front();
        }
        self.log.push_back(toast.clone());
        self.toast = Some(toast);
        let seconds = if kind == ToastKind::Error { 2 * TOAST_SECONDS } else { TOAST_SECONDS };
        Effects::one(Effect::Timer(Timer::Toast, std::time::Duration::from_secs(seconds)))
    }

    /// Searches again, because the query, the order, the registrations or the time have changed.
    pub(super) fn requeue(&mut self) {
        self.queue.search(&self.index, self.now, self.list_rows);
        self.recount_screens();
    }

    /// Counts everything again, because registrations have changed.
    pub(super) fn recount(&mut self) {
        self.totals = self.index.totals();
        self.count_arrivals();
        self.look_for_incidents();
        self.count_views();
    }
}
