//! Writes to one or many registrations, after their plan was confirmed: one after another, with a result for each.
//!
//! A sync and a decision differ in what is sent; everything else is here. No write is ever repeated blindly: what was
//! refused can be tried again, what has no answer is looked up first, and what has moved on is left alone.

use super::{Effects, Model, Overlay, RequestId, effect::Effect, model::ToastKind, overlay::Scroll};
use crate::{
    backend::{BackendError, Blocker, ErrorKind, SyncOutcome, SyncRequest, SyncStep},
    keys::{Code, Key},
    model::{Decision, Registration, RegistrationId, ReviewNote, Seen, Status, Timestamp},
};

/// What is asked of each registration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Work {
    /// A sync.
    Sync(SyncRequest),
    /// A decision by the operator.
    Decide(Decision, ReviewNote),
}

impl Work {
    fn request(&self) -> SyncRequest {
        match self {
            Self::Sync(request) => request.clone(),
            Self::Decide(decision, note) => SyncRequest {
                step: Some((SyncStep::AdminOverride, decision.status())),
                note: note.to_note(),
                seen_version: None,
            },
        }
    }

    /// The status that is asked for, if one is.
    pub fn asked(&self) -> Option<Status> {
        match self {
            Self::Sync(request) => request.step.as_ref().map(|(_, status)| status.clone()),
            Self::Decide(decision, _) => Some(decision.status()),
        }
    }

    /// How many may be under way at once. Decisions go one by one, so that stopping stops at the next.
    fn concurrency(&self) -> usize {
        match self {
            Self::Sync(_) => 4,
            Self::Decide(..) => 1,
        }
    }

    /// `Synced`, `Approved`, …
    fn done(&self) -> &'static str {
        match self {
            Self::Sync(_) => "Synced",
            Self::Decide(Decision::Approve, _) => "Approved",
            Self::Decide(Decision::Reject, _) => "Rejected",
            Self::Decide(Decision::Review, _) => "Put into manual review:",
        }
    }
}

/// How one registration of a batch stands.
#[derive(Debug)]
pub enum ItemState {
    /// Not begun.
    Waiting,
    /// Sent, no answer yet.
    Running(RequestId),
    /// It is looked up what became of it after this error.
    LookingUp(RequestId, BackendError),
    /// Answered: asked, got, and what stands in the way.
    Done {
        /// The status asked for, if one was.
        asked: Option<Status>,
        /// The status it has now.
        got: Status,
        /// What stands between it and completion.
        blockers: Vec<Blocker>,
    },
    /// Refused, or failed without an effect.
    Failed(BackendError),
    /// It has moved on since it was seen, and was left alone.
    Moved(BackendError),
    /// No answer: it may have been done or not.
    Unknown(BackendError),
    /// Not begun when the batch was stopped.
    Stopped,
}

impl ItemState {
    fn is_under_way(&self) -> bool {
        matches!(self, Self::Running(_) | Self::LookingUp(..))
    }

    /// Why it was not done, or may not have been.
    pub fn error(&self) -> Option<&BackendError> {
        match self {
            Self::Failed(error) | Self::Moved(error) | Self::Unknown(error) => Some(error),
            _ => None,
        }
    }
}

/// One registration of a batch.
#[derive(Debug)]
pub struct Item {
    /// Which.
    pub id: RegistrationId,
    /// As the operator saw it.
    pub seen: Seen,
    /// How it stands.
    pub state: ItemState,
}

/// Writes to one or many, under way or done.
#[derive(Debug)]
pub struct Batch {
    /// What is asked of each.
    pub work: Work,
    /// The registrations, in order.
    pub items: Vec<Item>,
    /// What has not begun waits for the operator.
    pub paused: bool,
    /// The list of results, scrolled.
    pub scroll: Scroll,
    /// Since when.
    pub began: Timestamp,
    /// Which registration comes after these in the operator's order.
    pub next: Option<RegistrationId>,
}

impl Batch {
    /// How many are in a state.
    pub fn count(&self, is: impl Fn(&ItemState) -> bool) -> usize {
        self.items.iter().filter(|item| is(&item.state)).count()
    }

    /// How many have been answered or given up.
    pub fn finished(&self) -> usize {
        self.items.len() - self.count(|state| matches!(state, ItemState::Waiting) || state.is_under_way())
    }

    /// How many were not done, or may not have been.
    pub fn failed(&self) -> usize {
        self.count(|state| state.error().is_some())
    }

    /// How many of those can be tried again: refused plainly, or to be looked up first.
    pub fn repeatable(&self) -> usize {
        self.count(|state| matches!(state, ItemState::Failed(_) | ItemState::Unknown(_)))
    }

    /// Whether nothing is waiting or under way.
    pub fn is_over(&self) -> bool {
        self.finished() == self.items.len()
    }

    fn item_of(&mut self, request: RequestId) -> Option<&mut Item> {
        self.items.iter_mut().find(|item| match item.state {
            ItemState::Running(running) | ItemState::LookingUp(running, _) => running == request,
            _ => false,
        })
    }
}

/// Whether it is unknown what a write with this error has done.
fn leaves_unknown(error: &BackendError) -> bool {
    matches!(error.kind, ErrorKind::TimedOut | ErrorKind::Server)
}

impl Model {
    /// Begins a batch over registrations as they were seen.
    pub(super) fn begin_batch(&mut self, work: Work, seen: Vec<(RegistrationId, Seen)>) -> Effects {
        if seen.is_empty() {
            return self.toast(ToastKind::Note, "Nothing was sent: the registration is not known any more.");
        }
        let next = self.next_after(&seen);
        if let Some(view) = self.registration_mut() {
            view.next.clone_from(&next);
        }
        let item = |(id, seen)| Item { id, seen, state: ItemState::Waiting };
        let items = seen.into_iter().map(item).collect();
        let batch = Batch { work, items, paused: false, scroll: Scroll::default(), began: self.now, next };
        self.overlays.push(Overlay::Batch(batch));
        self.continue_batch()
    }

    /// The registration that comes after the subject in the queue's order, if the batch takes the subject.
    fn next_after(&self, seen: &[(RegistrationId, Seen)]) -> Option<RegistrationId> {
        let is_taken = |id: &RegistrationId| seen.iter().any(|(taken, _)| taken == id);
        let subject = self.subject().filter(|subject| is_taken(subject))?;
        let rows = self.queue.rows();
        let place = rows.iter().position(|row| row == subject)?;
        rows[place..].iter().find(|row| !is_taken(row)).cloned()
    }

    fn batch(&mut self) -> Option<&mut Batch> {
        self.overlays.iter_mut().find_map(|overlay| match overlay {
            Overlay::Batch(batch) => Some(batch),
            _ => None,
        })
    }

    /// Sends as many as may be under way at once.
    fn continue_batch(&mut self) -> Effects {
        let mut effects = Effects::none();
        loop {
            let request = self.requests.next();
            let Some(batch) = self.batch() else { break };
            if batch.paused || batch.count(ItemState::is_under_way) >= batch.work.concurrency() {
                break;
            }
            let sync = batch.work.request();
            let Some(item) = batch.items.iter_mut().find(|item| matches!(item.state, ItemState::Waiting)) else {
                break;
            };
            item.state = ItemState::Running(request);
            effects.push(Effect::Sync(request, item.id.clone(), sync, item.seen.clone()));
        }
        effects
    }

    /// Takes the answer to one write.
    pub(super) fn synced(
        &mut self,
        request: RequestId,
        id: &RegistrationId,
        answer: Result<SyncOutcome, BackendError>,
    ) -> Effects {
        let lookup = self.requests.next();
        let Some(item) = self.batch().and_then(|batch| batch.item_of(request)) else { return Effects::none() };
        let mut effects = Effects::none();
        let mut registration = None;
        item.state = match answer {
            Ok(outcome) => {
                let got = outcome.registration.status.clone();
                registration = Some(outcome.registration);
                ItemState::Done { asked: outcome.asked, got, blockers: outcome.blockers }
            }
            Err(error) if leaves_unknown(&error) => ItemState::Unknown(error),
            // What it is now belongs beside what was seen.
            Err(error) if error.kind == ErrorKind::Conflict => {
                effects.push(Effect::Retrieve(lookup, id.clone()));
                ItemState::LookingUp(lookup, error)
            }
            Err(error) => ItemState::Failed(error),
        };
        self.unmark(id);
        self.upsert(registration.into_iter().collect());
        effects.append(self.go_on());
        effects
    }

    /// Whether an answer to a read belongs to a batch.
    pub(super) fn is_looked_up(&mut self, request: RequestId) -> bool {
        self.batch().is_some_and(|batch| batch.item_of(request).is_some())
    }

    /// Takes what a registration is now, after a write that was refused or had no answer.
    pub(super) fn looked_up(&mut self, request: RequestId, answer: Result<Registration, BackendError>) -> Effects {
        let Some(batch) = self.batch() else { return Effects::none() };
        let (asked, is_decision) = (batch.work.asked(), matches!(batch.work, Work::Decide(..)));
        let Some(item) = batch.item_of(request) else { return Effects::none() };
        let ItemState::LookingUp(_, error) = std::mem::replace(&mut item.state, ItemState::Waiting) else {
            return Effects::none();
        };
        match answer {
            Ok(registration) => {
                let is_still = item.seen.is_still(&registration);
                let got = registration.status.clone();
                item.state = if !leaves_unknown(&error) {
                    settled_refusal(error, is_still, is_decision, &item.seen, &got)
                } else if is_still {
                    // Nothing came of it, and the operator asked for it once more.
                    ItemState::Waiting
                } else if asked.as_ref().is_none_or(|asked| *asked == got) {
                    ItemState::Done { asked, got, blockers: Vec::new() }
                } else {
                    moved(error, &item.seen, &got)
                };
                if !is_decision {
                    item.seen = Seen::of(&registration);
                }
                self.upsert(vec![registration]);
            }
            Err(_) if leaves_unknown(&error) => item.state = ItemState::Unknown(error),
            Err(_) => item.state = ItemState::Failed(error),
        }
        self.go_on()
    }

    fn go_on(&mut self) -> Effects {
        let mut effects = self.continue_batch();
        let Some(batch) = self.batch().filter(|batch| batch.is_over()) else { return effects };
        let (all, failed, verb) = (batch.items.len(), batch.failed(), batch.work.done());
        let done = batch.count(|state| matches!(state, ItemState::Done { .. }));
        let unknown = batch.count(|state| matches!(state, ItemState::Unknown(_)));
        effects.append(match (failed, unknown) {
            (0, _) => self.toast(ToastKind::Done, format!("{verb} {done}")),
            (_, 0) => self.toast(ToastKind::Error, format!("{verb} {done} of {all}; {failed} were not done")),
            _ => self.toast(
                ToastKind::Error,
                format!(
                    "{verb} {done} of {all}; of {unknown} it is unknown, R looks them up before anything is repeated"
                ),
            ),
        });
        effects
    }

    /// A key for a batch: `x` stops what has not begun, `p` holds it, `R` tries again what can be.
    pub(super) fn batch_key(&mut self, key: Key) -> Effects {
        let page = self.page_rows.cast_signed();
        let Some(Overlay::Batch(batch)) = self.overlays.last_mut() else { return Effects::none() };
        if key.ctrl || key.alt {
            return Effects::none();
        }
        match key.code {
            Code::Down | Code::Char('j') => batch.scroll.by(1),
            Code::Up | Code::Char('k') => batch.scroll.by(-1),
            Code::PageDown => batch.scroll.by(page),
            Code::PageUp => batch.scroll.by(-page),
            Code::Char('x') => {
                for item in batch.items.iter_mut().filter(|item| matches!(item.state, ItemState::Waiting)) {
                    item.state = ItemState::Stopped;
                }
            }
            Code::Char('p') if !batch.is_over() => {
                batch.paused = !batch.paused;
                return self.continue_batch();
            }
            Code::Char('R') if batch.is_over() => return self.repeat(),
            Code::Char('n') if batch.is_over() => return self.leave_batch(true),
            Code::Esc | Code::Enter | Code::Char('q') if batch.is_over() => return self.leave_batch(false),
            Code::Esc => return self.toast(ToastKind::Note, "Still under way; x stops what has not begun."),
            _ => {}
        }
        Effects::none()
    }

    /// Tries again what was refused plainly; what has no answer is looked up first.
    fn repeat(&mut self) -> Effects {
        let mut effects = Effects::none();
        let mut unknown = Vec::new();
        for item in self.batch().into_iter().flat_map(|batch| &mut batch.items) {
            match &item.state {
                ItemState::Failed(_) => item.state = ItemState::Waiting,
                ItemState::Unknown(error) => unknown.push((item.id.clone(), error.clone())),
                _ => {}
            }
        }
        for (id, error) in unknown {
            let request = self.requests.next();
            if let Some(item) = self.batch().and_then(|batch| batch.items.iter_mut().find(|item| item.id == id)) {
                item.state = ItemState::LookingUp(request, error);
                effects.push(Effect::Retrieve(request, id));
            }
        }
        effects.append(self.continue_batch());
        effects
    }

    /// Closes a batch that is over, and goes on to the next registration if that is wished.
    fn leave_batch(&mut self, to_next: bool) -> Effects {
        let Some(Overlay::Batch(batch)) = self.overlays.pop() else { return Effects::none() };
        let failed: Vec<RegistrationId> =
            batch.items.iter().filter(|item| item.state.error().is_some()).map(|item| item.id.clone()).collect();
        let all_done = failed.is_empty();
        // Failures stay marked, to be tried again later.
        if failed.len() > 1 {
            self.mark(failed);
        }
        let is_decision = matches!(batch.work, Work::Decide(..));
        if self.screens.is_empty() {
            if let Some(next) = batch.next.filter(|_| is_decision && (all_done || to_next)) {
                self.queue.select(&next, self.list_rows);
            }
            return Effects::none();
        }
        if to_next && self.registration().is_some() { self.open_neighbour(1) } else { Effects::none() }
    }
}

/// What a refusal comes to, now that it is known how the registration stands.
fn settled_refusal(error: BackendError, is_still: bool, is_decision: bool, seen: &Seen, got: &Status) -> ItemState {
    match (is_still, is_decision) {
        (true, _) => ItemState::Failed(error),
        // Who decided on something else has to look again.
        (false, true) => moved(error, seen, got),
        (false, false) => ItemState::Failed(BackendError { message: in_between(&error, seen, got), ..error }),
    }
}

fn moved(error: BackendError, seen: &Seen, got: &Status) -> ItemState {
    ItemState::Moved(BackendError { message: in_between(&error, seen, got), kind: ErrorKind::Conflict, ..error })
}

fn in_between(error: &BackendError, seen: &Seen, got: &Status) -> String {
    format!("{} It was seen as {}, and is {got} now; look again.", error.message, seen.status)
}
