//! Jobs: writes to one or many registrations, after their plan was confirmed, while the operator does something else.
//!
//! A job goes through its registrations one after another, with a result for each. Jobs over many wait for each other;
//! a job over a single registration waits for nobody. No write is ever repeated blindly: what was refused can be tried
//! again, what has no answer is looked up first, and what has moved on is left alone.

mod job;
mod panel;
mod run;
mod work;

pub use job::{Item, ItemState, Job, JobId, Tally};
pub use panel::JobsPanel;
pub(super) use work::leaves_unknown;
pub use work::{Outcome, Work};

use super::{RequestId, overlay::Scroll};

/// How many finished jobs are remembered.
const REMEMBERED: usize = 50;

/// The jobs of this run, oldest first.
#[derive(Debug, Default)]
pub struct Jobs {
    all: Vec<Job>,
    last: u64,
}

/// A job on the screen.
#[derive(Debug)]
pub struct JobView {
    /// Which.
    pub id: JobId,
    /// The list of results, scrolled.
    pub scroll: Scroll,
}

impl JobView {
    pub(super) fn of(id: JobId) -> Self {
        Self { id, scroll: Scroll::default() }
    }
}

impl Jobs {
    /// All jobs, oldest first.
    pub fn all(&self) -> &[Job] {
        &self.all
    }

    /// A job.
    pub fn get(&self, id: JobId) -> Option<&Job> {
        self.all.iter().find(|job| job.id == id)
    }

    /// Those that are not over.
    pub fn open(&self) -> impl Iterator<Item = &Job> {
        self.all.iter().filter(|job| !job.is_over())
    }

    /// The one that is on its way, or would be if it were not held.
    pub fn current(&self) -> Option<&Job> {
        self.open().find(|job| !job.paused).or_else(|| self.open().next())
    }

    pub(super) fn get_mut(&mut self, id: JobId) -> Option<&mut Job> {
        self.all.iter_mut().find(|job| job.id == id)
    }

    /// The job that waits for an answer, with the places it is about.
    pub(super) fn asked_by(&mut self, request: RequestId) -> Option<(&mut Job, Vec<usize>)> {
        self.all.iter_mut().find_map(|job| {
            let places = job.places_of(request);
            (!places.is_empty()).then_some((job, places))
        })
    }

    fn next_id(&mut self) -> JobId {
        self.last += 1;
        JobId(self.last)
    }

    fn add(&mut self, job: Job) {
        let finished = self.all.iter().filter(|job| job.is_over()).count();
        if finished >= REMEMBERED
            && let Some(oldest) = self.all.iter().position(Job::is_over)
        {
            self.all.remove(oldest);
        }
        self.all.push(job);
    }

    /// Forgets a job that is over.
    fn forget(&mut self, id: JobId) {
        self.all.retain(|job| job.id != id || !job.is_over());
    }
}
