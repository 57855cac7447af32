//! Sending what jobs ask for, and taking the answers.

use std::collections::HashSet;

use super::{
    Item, ItemState, Job, JobId, JobView, Outcome, Work,
    work::{Finding, leaves_unknown},
};
use crate::{
    app::{Effect, Effects, Model, Overlay, RequestId, model::ToastKind},
    backend::{BackendError, ErrorKind, SyncOutcome},
    model::{Registration, RegistrationId, Seen, Status},
};

impl Model {
    /// Begins a job over registrations as they were seen, and shows it.
    pub(in crate::app) fn begin_job(&mut self, work: Work, seen: Vec<(RegistrationId, Seen)>) -> Effects {
        if seen.is_empty() {
            return self.toast(ToastKind::Note, "Nothing was sent: the registration is not known any more.");
        }
        let taken: HashSet<&RegistrationId> = seen.iter().map(|(id, _)| id).collect();
        let next = self.next_after(|id| taken.contains(id));
        if let Some(view) = self.registration_mut() {
            view.next.clone_from(&next);
        }
        // The next key must not act on them once more. What fails is marked again.
        if !matches!(work, Work::Export(_)) {
            for (id, _) in &seen {
                self.unmark(id);
            }
        }
        let id = self.jobs.next_id();
        self.jobs.add(Job::new(id, work, seen, next));
        self.overlays.push(Overlay::Job(JobView::of(id)));
        self.go_on(id)
    }

    /// Goes on to what comes after the subject, if that is about to leave its place: in the queue at once, in a
    /// registration with the key for the next one.
    pub(in crate::app) fn go_on_after(&mut self, taken: &[RegistrationId]) {
        let Some(next) = self.next_after(|id| taken.contains(id)) else { return };
        if self.screens.is_empty() {
            self.queue.select(&next, &self.index, self.list_rows);
        } else if let Some(view) = self.registration_mut() {
            view.next = Some(next);
        }
    }

    /// The registration that comes after the subject in the queue's order, if the subject is taken.
    fn next_after(&self, is_taken: impl Fn(&RegistrationId) -> bool) -> Option<RegistrationId> {
        let subject = self.subject().filter(|subject| is_taken(subject))?;
        let place = self.queue.list().place_of(subject, &self.index)?;
        let mut after = self.queue.rows()[place..].iter().filter_map(|row| self.index.id(*row));
        after.find(|id| !is_taken(id)).cloned()
    }

    /// Sends as many as may be under way at once: of the first job over many, and of each over a single one.
    pub(super) fn continue_jobs(&mut self) -> Effects {
        let mut effects = Effects::none();
        let may_go = |job: &&Job| !job.is_over() && !job.paused;
        let first = self.jobs.all().iter().filter(may_go).find(|job| job.items().len() > 1).map(|job| job.id);
        let single = self.jobs.all().iter().filter(may_go).filter(|job| job.items().len() == 1).map(|job| job.id);
        let going: Vec<JobId> = single.chain(first).collect();
        for id in going {
            effects.append(self.send_waiting(id));
        }
        let now = self.now;
        self.jobs.all.iter_mut().for_each(|job| job.watch(now));
        self.follow_jobs();
        effects
    }

    fn send_waiting(&mut self, id: JobId) -> Effects {
        let mut effects = Effects::none();
        loop {
            let request = self.requests.next();
            let Some(job) = self.jobs.get_mut(id) else { break };
            if job.is_under_way() >= job.work.concurrency() {
                break;
            }
            if let Work::Export(export) = &job.work {
                let export = export.clone();
                return self.write_rows(id, &export, request);
            }
            let Some(place) = job.take_waiting() else { break };
            job.set(place, ItemState::Running(request));
            let (work, Item { id, seen, .. }) = (&job.work, &job.items()[place]);
            if let Some(effect) = work.effect(request, id.clone(), seen.clone()) {
                effects.push(effect);
            }
        }
        effects
    }

    /// Takes the answer to a sync.
    pub(in crate::app) fn synced(&mut self, request: RequestId, answer: Result<SyncOutcome, BackendError>) -> Effects {
        let answer = answer.map(|outcome| {
            let got = outcome.registration.status.clone();
            let came = Outcome::Answered { asked: outcome.asked, got, blockers: outcome.blockers };
            (Some(outcome.registration), came)
        });
        self.answered(request, answer)
    }

    /// Whether an answer belongs to a job.
    pub(in crate::app) fn is_of_a_job(&self, request: RequestId) -> bool {
        self.jobs.all().iter().any(|job| !job.places_of(request).is_empty())
    }

    /// Takes the answer to a write of a job.
    pub(in crate::app) fn answered(
        &mut self,
        request: RequestId,
        answer: Result<(Option<Registration>, Outcome), BackendError>,
    ) -> Effects {
        let Some((job, places)) = self.jobs.asked_by(request) else { return Effects::none() };
        let (job, mut effects) = (job.id, Effects::none());
        let (registration, outcome) = match answer {
            Ok((registration, outcome)) => (registration, Ok(outcome)),
            Err(error) => (None, Err(error)),
        };
        for place in places {
            let lookup = self.requests.next();
            let Some(job) = self.jobs.get_mut(job) else { break };
            let id = job.items()[place].id.clone();
            let state = match &outcome {
                Ok(outcome) => ItemState::Done(outcome.clone()),
                Err(error) if leaves_unknown(error) => ItemState::Unknown(error.clone()),
                // What it is now belongs beside what was seen.
                Err(error) if error.kind == ErrorKind::Conflict => {
                    effects.push(Effect::Retrieve(lookup, id.clone()));
                    ItemState::LookingUp(lookup, error.clone())
                }
                Err(error) => ItemState::Failed(error.clone()),
            };
            job.set(place, state);
        }
        // One answer may be about a thousand rows: what they show is looked at once.
        if let Some(registration) = registration {
            self.upsert(vec![registration]);
        }
        effects.append(self.go_on(job));
        effects
    }

    /// Takes what a registration is now, after a write that was refused or had no answer.
    pub(in crate::app) fn looked_up(
        &mut self,
        request: RequestId,
        answer: Result<Registration, BackendError>,
    ) -> Effects {
        let Some((job, places)) = self.jobs.asked_by(request) else { return Effects::none() };
        let (id, work) = (job.id, job.work.clone());
        let Some(place) = places.first().copied() else { return Effects::none() };
        let item = &job.items()[place];
        let ItemState::LookingUp(_, error) = &item.state else { return Effects::none() };
        let (error, seen) = (error.clone(), item.seen.clone());
        match answer {
            Ok(registration) => {
                let state = if leaves_unknown(&error) {
                    match work.found(&seen, &registration) {
                        // Nothing came of it, and the operator asked for it once more.
                        Finding::NotDone => ItemState::Waiting,
                        Finding::Done(outcome) => ItemState::Done(outcome),
                        Finding::Moved => moved(error, &seen, &registration.status),
                    }
                } else {
                    settled_refusal(error, &work, &seen, &registration)
                };
                job.set(place, state);
                if let Some(item) = job.item_mut(place).filter(|_| !work.is_decision()) {
                    item.seen = Seen::of(&registration);
                }
                self.upsert(vec![registration]);
            }
            Err(_) if leaves_unknown(&error) => job.set(place, ItemState::Unknown(error)),
            Err(_) => job.set(place, ItemState::Failed(error)),
        }
        self.go_on(id)
    }

    /// Goes on after an answer, and says what a job came to once it is over.
    pub(in crate::app) fn go_on(&mut self, id: JobId) -> Effects {
        let mut effects = self.continue_jobs();
        let Some(job) = self.jobs.get(id).filter(|job| job.is_over()) else { return effects };
        if let Work::Export(export) = &job.work {
            let export = export.clone();
            effects.append(self.end_export(&export, id));
            return effects;
        }
        let (all, tally, verb, after) = (job.items().len(), job.tally(), job.work.done(), job.work.afterthought());
        let (done, failed, unknown) = (tally.done, tally.not_done(), tally.unknown);
        effects.append(match (failed, unknown) {
            (0, _) if tally.stopped > 0 => {
                self.toast(ToastKind::Note, format!("{verb} {done} of {all}; the rest was stopped before it began"))
            }
            (0, _) => self.toast(ToastKind::Done, format!("{verb} {done}{after}")),
            (1, 0) => self.toast(ToastKind::Error, format!("{verb} {done} of {all}; 1 was not done")),
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

    /// Tries again what was refused plainly or never begun; what has no answer is looked up first.
    pub(super) fn repeat(&mut self, id: JobId) -> Effects {
        let mut effects = Effects::none();
        let Some(job) = self.jobs.get(id) else { return effects };
        if matches!(job.work, Work::Export(_)) {
            return self.toast(ToastKind::Note, "Half a file was not kept; export again from the queue.");
        }
        let count = job.items().len();
        if let Some(job) = self.jobs.get_mut(id) {
            job.paused = false;
        }
        for place in 0..count {
            let request = self.requests.next();
            let Some(job) = self.jobs.get_mut(id) else { break };
            let item = &job.items()[place];
            match &item.state {
                ItemState::Failed(_) | ItemState::Stopped => job.set(place, ItemState::Waiting),
                ItemState::Unknown(error) => {
                    effects.push(Effect::Retrieve(request, item.id.clone()));
                    let error = error.clone();
                    job.set(place, ItemState::LookingUp(request, error));
                }
                _ => {}
            }
        }
        effects.append(self.continue_jobs());
        effects
    }
}

/// What a refusal comes to, now that it is known how the registration stands.
fn settled_refusal(error: BackendError, work: &Work, seen: &Seen, now: &Registration) -> ItemState {
    match (seen.is_still(now), work) {
        (true, _) | (_, Work::Annotate(_)) => ItemState::Failed(error),
        // Who decided on something else has to look again.
        (false, Work::Decide(..)) => moved(error, seen, &now.status),
        (false, _) => ItemState::Failed(BackendError { message: in_between(&error, seen, &now.status), ..error }),
    }
}

fn moved(error: BackendError, seen: &Seen, got: &Status) -> ItemState {
    ItemState::Moved(BackendError { message: in_between(&error, seen, got), kind: ErrorKind::Conflict, ..error })
}

fn in_between(error: &BackendError, seen: &Seen, got: &Status) -> String {
    format!("{} It was seen as {}, and is {got} now; look again.", error.message, seen.status)
}
