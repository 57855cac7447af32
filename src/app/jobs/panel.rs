//! The panel of all jobs, and the keys of a job wherever it is shown.

use super::{ItemState, Job, JobId, JobView};
use crate::{
    app::{Effects, Model, Overlay, model::ToastKind, rows::Rows},
    keys::{Code, Key},
    model::RegistrationId,
};

/// The panel: newest job first.
#[derive(Debug, Default)]
pub struct JobsPanel {
    /// The jobs.
    pub rows: Rows<JobId>,
}

impl Model {
    /// Opens the panel.
    pub(in crate::app) fn open_jobs(&mut self) {
        let mut panel = JobsPanel::default();
        panel.rows.replace(self.newest_first(), self.page_rows, JobId::eq);
        self.overlays.push(Overlay::Jobs(panel));
    }

    fn newest_first(&self) -> Vec<JobId> {
        self.jobs.all().iter().rev().map(|job| job.id).collect()
    }

    /// Keeps the panel to the jobs there are.
    pub(super) fn follow_jobs(&mut self) {
        let ids = self.newest_first();
        let height = self.page_rows;
        for overlay in &mut self.overlays {
            if let Overlay::Jobs(panel) = overlay
                && panel.rows.all() != ids
            {
                panel.rows.replace(ids.clone(), height, JobId::eq);
            }
        }
    }

    /// A key for the panel.
    pub(in crate::app) fn jobs_key(&mut self, key: Key) -> Effects {
        let height = self.page_rows;
        let page = height.cast_signed();
        let Some(Overlay::Jobs(panel)) = self.overlays.last_mut() else { return Effects::none() };
        if key.ctrl || key.alt {
            return Effects::none();
        }
        let selected = panel.rows.selected().copied();
        match (key.code, selected) {
            (Code::Down | Code::Char('j'), _) => panel.rows.step(1, height),
            (Code::Up | Code::Char('k'), _) => panel.rows.step(-1, height),
            (Code::PageDown, _) => panel.rows.step(page, height),
            (Code::PageUp, _) => panel.rows.step(-page, height),
            (Code::Esc | Code::Char('q' | 'b'), _) => {
                self.overlays.pop();
            }
            (Code::Enter, Some(id)) => self.overlays.push(Overlay::Job(JobView::of(id))),
            (Code::Char('D') | Code::Delete, Some(id)) => {
                self.jobs.forget(id);
                self.follow_jobs();
            }
            (code, Some(id)) => return self.steer(id, code),
            (_, None) => {}
        }
        Effects::none()
    }

    /// A key for one job.
    pub(in crate::app) fn job_key(&mut self, key: Key) -> Effects {
        let page = self.page_rows.cast_signed();
        let Some(Overlay::Job(view)) = self.overlays.last_mut() else { return Effects::none() };
        if key.ctrl || key.alt {
            return Effects::none();
        }
        let id = view.id;
        let is_over = self.jobs.get(id).is_none_or(Job::is_over);
        match key.code {
            Code::Down | Code::Char('j') => view.scroll.by(1),
            Code::Up | Code::Char('k') => view.scroll.by(-1),
            Code::PageDown => view.scroll.by(page),
            Code::PageUp => view.scroll.by(-page),
            Code::Char('n') if is_over => return self.leave_job(true),
            Code::Esc | Code::Char('q') => return self.leave_job(false),
            Code::Enter if is_over => return self.leave_job(false),
            code => return self.steer(id, code),
        }
        Effects::none()
    }

    /// `x` stops what has not begun, `p` holds it, `R` tries again what can be.
    fn steer(&mut self, id: JobId, code: Code) -> Effects {
        let Some(job) = self.jobs.get_mut(id) else { return Effects::none() };
        match code {
            Code::Char('x') if !job.is_over() => {
                job.stop();
                self.go_on(id)
            }
            Code::Char('p') if !job.is_over() => {
                job.paused = !job.paused;
                self.continue_jobs()
            }
            Code::Char('R') if job.is_over() => self.repeat(id),
            _ => Effects::none(),
        }
    }

    /// Takes a job from the screen: it goes on behind it, or is over; then goes on to the next registration if that is
    /// wished.
    fn leave_job(&mut self, to_next: bool) -> Effects {
        let Some(Overlay::Job(view)) = self.overlays.pop() else { return Effects::none() };
        let Some(job) = self.jobs.get(view.id) else { return Effects::none() };
        if !job.is_over() {
            let goes_on = "It goes on behind the screen; b shows all jobs.";
            let waits = "It waits until it is told to go on; b shows all jobs.";
            return self.toast(ToastKind::Note, if job.paused { waits } else { goes_on });
        }
        let undone = |state: &ItemState| state.error().is_some() || matches!(state, ItemState::Stopped);
        let failed: Vec<RegistrationId> =
            job.items().iter().filter(|item| undone(&item.state)).map(|item| item.id.clone()).collect();
        let (all_done, is_decision, next) = (failed.is_empty(), job.work.is_decision(), job.next.clone());
        // What failed and what was stopped stays marked, to be tried again later.
        if failed.len() > 1 {
            self.mark(failed);
        }
        // From the panel one came for another reason than to go on with the queue.
        if !self.overlays.is_empty() {
            return Effects::none();
        }
        if self.screens.is_empty() {
            if let Some(next) = next.filter(|_| is_decision && (all_done || to_next)) {
                self.queue.select(&next, &self.index, self.list_rows);
            }
            return Effects::none();
        }
        if to_next && self.registration().is_some() { self.open_neighbour(1) } else { Effects::none() }
    }
}
