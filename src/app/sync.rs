//! Sync of one or many: first a plan, then one after another with a result for each.

use super::{Effects, Model, Overlay, RequestId, effect::Effect, model::ToastKind, overlay::Scroll};
use crate::{
    backend::{BackendError, Blocker, ErrorKind, SyncOutcome, SyncRequest, SyncStep},
    keys::{Code, Key},
    model::{RegistrationId, Status, StepKind},
};

/// How many syncs are under way at once.
const CONCURRENCY: usize = 4;

/// What can be asked of a sync: a label, and the step and status that are sent.
pub const CHOICES: &[(&str, Option<(StepKind, Status)>)] = &[
    ("Recompute the status from the evidence", None),
    ("Report the sign-up form", Some((StepKind::PersonalInfo, Status::Ongoing))),
    ("Report the instructions", Some((StepKind::Instructions, Status::Ongoing))),
    ("Report the basic information", Some((StepKind::BasicInformation, Status::Ongoing))),
    ("Report the document", Some((StepKind::DocumentVerification, Status::Ongoing))),
    ("Report liveness", Some((StepKind::BiometricVerification, Status::Ongoing))),
    ("Report the custom form", Some((StepKind::Form, Status::Ongoing))),
    ("Ask for the end: completed", Some((StepKind::End, Status::Completed))),
    ("Ask for the end: manual verification", Some((StepKind::End, Status::NeedsManualVerification))),
    ("Ask for the end: failed", Some((StepKind::End, Status::Failed))),
];

/// What is about to be synced.
#[derive(Debug)]
pub struct SyncPlan {
    /// Which registrations.
    pub ids: Vec<RegistrationId>,
    /// How many of them the filter hides.
    pub hidden: usize,
    /// Index into [`CHOICES`].
    pub choice: usize,
}

/// How one registration of a run stands.
#[derive(Debug)]
pub enum ItemState {
    /// Not begun.
    Waiting,
    /// Sent, no answer yet.
    Running(RequestId),
    /// Answered: asked, got, and what stands in the way.
    Done {
        /// The status asked for, if one was.
        asked: Option<Status>,
        /// The status it has now.
        got: Status,
        /// What stands between it and completion.
        blockers: Vec<Blocker>,
    },
    /// Refused or failed.
    Failed(BackendError),
    /// Not begun when the run was cancelled.
    Cancelled,
}

/// One registration of a run.
#[derive(Debug)]
pub struct SyncItem {
    /// Which.
    pub id: RegistrationId,
    /// How it stands.
    pub state: ItemState,
}

/// A sync of one or many.
#[derive(Debug)]
pub struct SyncRun {
    /// What is asked of each.
    pub request: SyncRequest,
    /// The registrations, in order.
    pub items: Vec<SyncItem>,
    /// The list of results, scrolled.
    pub scroll: Scroll,
}

impl SyncRun {
    fn new(ids: Vec<RegistrationId>, request: SyncRequest) -> Self {
        let items = ids.into_iter().map(|id| SyncItem { id, state: ItemState::Waiting }).collect();
        Self { request, items, scroll: Scroll::default() }
    }

    /// How many are in a state.
    pub fn count(&self, is: impl Fn(&ItemState) -> bool) -> usize {
        self.items.iter().filter(|item| is(&item.state)).count()
    }

    /// How many have been answered or given up.
    pub fn finished(&self) -> usize {
        self.count(|state| !matches!(state, ItemState::Waiting | ItemState::Running(_)))
    }

    /// How many failed.
    pub fn failed(&self) -> usize {
        self.count(|state| matches!(state, ItemState::Failed(_)))
    }

    /// Whether nothing is waiting or under way.
    pub fn is_over(&self) -> bool {
        self.finished() == self.items.len()
    }
}

impl Model {
    /// Shows what would be synced.
    pub(super) fn plan_sync(&mut self) {
        let ids = self.sync_subjects();
        let hidden = if self.screens.is_empty() { self.queue.hidden_marks() } else { 0 };
        self.overlays.push(Overlay::SyncPlan(SyncPlan { ids, hidden, choice: 0 }));
    }

    /// A key for the plan. Only Enter without modifiers begins.
    pub(super) fn sync_plan_key(&mut self, key: Key) -> Effects {
        let Some(Overlay::SyncPlan(plan)) = self.overlays.last_mut() else { return Effects::none() };
        match key {
            Key { code: Code::Down | Code::Tab | Code::Char('j'), .. } => {
                plan.choice = (plan.choice + 1).min(CHOICES.len() - 1);
            }
            Key { code: Code::Up | Code::BackTab | Code::Char('k'), .. } => plan.choice = plan.choice.saturating_sub(1),
            Key { code: Code::Esc | Code::Char('q'), .. } => {
                self.overlays.pop();
            }
            Key { code: Code::Enter, ctrl: false, alt: false } => {
                let step = CHOICES[plan.choice].1.clone().map(|(kind, status)| (SyncStep::Flow(kind), status));
                let request = SyncRequest { step, ..SyncRequest::default() };
                let run = SyncRun::new(std::mem::take(&mut plan.ids), request);
                self.overlays.pop();
                self.overlays.push(Overlay::SyncRun(run));
                return self.continue_sync();
            }
            _ => {}
        }
        Effects::none()
    }

    fn run(&mut self) -> Option<&mut SyncRun> {
        self.overlays.iter_mut().find_map(|overlay| match overlay {
            Overlay::SyncRun(run) => Some(run),
            _ => None,
        })
    }

    /// Sends as many as may be under way at once.
    fn continue_sync(&mut self) -> Effects {
        let mut effects = Effects::none();
        loop {
            let request = self.requests.next();
            let Some(run) = self.run() else { break };
            if run.count(|state| matches!(state, ItemState::Running(_))) >= CONCURRENCY {
                break;
            }
            let sync = run.request.clone();
            let Some(item) = run.items.iter_mut().find(|item| matches!(item.state, ItemState::Waiting)) else { break };
            item.state = ItemState::Running(request);
            effects.push(Effect::Sync(request, item.id.clone(), sync));
        }
        effects
    }

    /// Takes the answer to one sync.
    pub(super) fn synced(
        &mut self,
        request: RequestId,
        id: &RegistrationId,
        answer: Result<SyncOutcome, BackendError>,
    ) -> Effects {
        let Some(item) = self.run().and_then(|run| {
            run.items.iter_mut().find(|item| matches!(item.state, ItemState::Running(running) if running == request))
        }) else {
            return Effects::none();
        };
        let registration = match answer {
            Ok(outcome) => {
                item.state = ItemState::Done {
                    asked: outcome.asked,
                    got: outcome.registration.status.clone(),
                    blockers: outcome.blockers,
                };
                Some(outcome.registration)
            }
            Err(error) => {
                item.state = ItemState::Failed(error);
                None
            }
        };
        self.unmark(id);
        if let Some(registration) = registration {
            self.upsert(vec![registration]);
        }
        let mut effects = self.continue_sync();
        effects.append(self.sync_over());
        effects
    }

    fn sync_over(&mut self) -> Effects {
        let Some(run) = self.run().filter(|run| run.is_over()) else { return Effects::none() };
        let (all, failed) = (run.items.len(), run.failed());
        let unknown = run.count(|state| matches!(state, ItemState::Failed(error) if error.kind == ErrorKind::TimedOut));
        match (failed, unknown) {
            (0, _) => self.toast(ToastKind::Done, format!("Synced {all}")),
            (_, 0) => self.toast(ToastKind::Error, format!("{failed} of {all} were not synced")),
            _ => self.toast(
                ToastKind::Error,
                format!("{failed} of {all} were not synced; of {unknown} it is unknown, refresh to see"),
            ),
        }
    }

    /// A key for a run: Esc closes it when it is over, `x` stops what has not begun, `R` tries failures again.
    pub(super) fn sync_run_key(&mut self, key: Key) -> Effects {
        let page = self.page_rows.cast_signed();
        let Some(Overlay::SyncRun(run)) = self.overlays.last_mut() else { return Effects::none() };
        match key.code {
            Code::Down | Code::Char('j') => run.scroll.by(1),
            Code::Up | Code::Char('k') => run.scroll.by(-1),
            Code::PageDown => run.scroll.by(page),
            Code::PageUp => run.scroll.by(-page),
            Code::Char('x') => {
                for item in run.items.iter_mut().filter(|item| matches!(item.state, ItemState::Waiting)) {
                    item.state = ItemState::Cancelled;
                }
            }
            Code::Char('R') if run.is_over() && run.failed() > 0 => {
                for item in run.items.iter_mut().filter(|item| matches!(item.state, ItemState::Failed(_))) {
                    item.state = ItemState::Waiting;
                }
                return self.continue_sync();
            }
            Code::Esc | Code::Enter | Code::Char('q') if run.is_over() => {
                let failed: Vec<RegistrationId> = run
                    .items
                    .iter()
                    .filter(|item| matches!(item.state, ItemState::Failed(_)))
                    .map(|item| item.id.clone())
                    .collect();
                self.overlays.pop();
                // Failures stay marked, to be tried again later.
                if failed.len() > 1 {
                    self.mark(failed);
                }
            }
            Code::Esc => return self.toast(ToastKind::Note, "Still syncing; x stops what has not begun."),
            _ => {}
        }
        Effects::none()
    }
}
