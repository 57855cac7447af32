//! Reading registrations: page after page, newest first, never waited for.

use std::{collections::HashSet, time::Duration};

use super::{
    Effects, Model, RequestId,
    effect::{Effect, Timer},
    model::ToastKind,
};
use crate::{
    backend::{BackendError, ListRequest, Page},
    model::{Flow, Project, Registration, RegistrationId, Timestamp},
};

/// How often a backend that announces nothing is read again, seconds.
const REFRESH_SECONDS: u64 = 30;
/// The wait after a failed page, seconds; doubled each time up to the longest.
const RETRY_SECONDS: u64 = 5;
/// The longest wait after failed pages, seconds.
const LONGEST_RETRY_SECONDS: u64 = 60;

/// How far reading has come.
#[derive(Debug, Default)]
pub struct Loading {
    /// The page under way: `None` when nothing is being read.
    page: Option<(RequestId, u32)>,
    /// Ids seen in this pass, to notice what is gone.
    seen: HashSet<RegistrationId>,
    /// When the last whole pass began.
    pass_began: Option<Timestamp>,
    /// Projects and flows are being read.
    catalogue: Option<RequestId>,
    failures: u32,
    /// How many were known when the rows were last searched.
    searched: usize,
    /// How many registrations the backend says there are.
    pub total: Option<u64>,
    /// When everything was read last.
    pub complete_at: Option<Timestamp>,
    /// Why the last page could not be read, and since when that is so.
    pub error: Option<(BackendError, Timestamp)>,
}

impl Loading {
    /// Whether a page is under way.
    pub fn is_reading(&self) -> bool {
        self.page.is_some()
    }
}

impl Model {
    /// Begins to read everything from the first page, and the catalogue with it.
    pub(super) fn reload(&mut self) -> Effects {
        let catalogue = self.requests.next();
        self.loading.catalogue = Some(catalogue);
        self.loading.seen.clear();
        self.loading.pass_began = Some(self.now);
        let mut effects = Effects::one(Effect::Catalogue(catalogue));
        effects.append(self.read_page(1));
        effects
    }

    fn read_page(&mut self, page: u32) -> Effects {
        let request = self.requests.next();
        self.loading.page = Some((request, page));
        Effects::one(Effect::List(request, ListRequest::page(page, ListRequest::MAX_LIMIT)))
    }

    /// Takes a page, and asks for the next one.
    pub(super) fn listed(&mut self, request: RequestId, answer: Result<Page, BackendError>) -> Effects {
        let Some((_, page)) = self.loading.page.filter(|(expected, _)| *expected == request) else {
            return Effects::none();
        };
        self.loading.page = None;
        match answer {
            Ok(answer) => self.page_read(page, answer),
            Err(error) => self.page_failed(error),
        }
    }

    fn page_read(&mut self, number: u32, page: Page) -> Effects {
        self.loading.failures = 0;
        self.loading.error = None;
        self.loading.total = page.total.or(self.loading.total);
        let new = page.registrations.iter().filter(|row| self.loading.seen.insert(row.id.clone())).count();
        let last = page.is_last(number, new);
        let refused = page.refused.len();
        self.take_in(page.registrations);
        let first_pass = self.loading.complete_at.is_none();
        let mut effects = if last { self.pass_complete() } else { self.read_page(number + 1) };
        // Searching again after each of a thousand pages would be quadratic: only when enough has come.
        if last || self.index.len() >= self.loading.searched + self.loading.searched / 4 {
            self.loading.searched = self.index.len();
            self.changed();
            if first_pass {
                self.queue.select_first(self.list_rows);
            }
        }
        if refused > 0 {
            effects.append(self.toast(
                ToastKind::Error,
                format!("{refused} rows of page {number} could not be read: {}", page.refused.join("; ")),
            ));
        }
        effects
    }

    fn pass_complete(&mut self) -> Effects {
        self.loading.complete_at = Some(self.now);
        let began = self.loading.pass_began.unwrap_or(self.now);
        let gone: Vec<RegistrationId> = self
            .index
            .entries()
            .filter(|entry| entry.registration.created_at < began)
            .map(|entry| entry.registration.id.clone())
            .filter(|id| !self.loading.seen.contains(id))
            .collect();
        for id in &gone {
            self.index.remove(id, self.now);
            self.queue.marked.remove(id);
        }
        if self.profile.announces_changes {
            Effects::none()
        } else {
            // A large remote is read less often: a pass costs a request for each hundred rows.
            let wait = REFRESH_SECONDS.max(self.loading.seen.len() as u64 / u64::from(ListRequest::MAX_LIMIT));
            Effects::one(Effect::Timer(Timer::Refresh, Duration::from_secs(wait)))
        }
    }

    fn page_failed(&mut self, error: BackendError) -> Effects {
        let since = self.loading.error.as_ref().map_or(self.now, |(_, since)| *since);
        let first = self.loading.error.is_none();
        let wait = (RETRY_SECONDS << self.loading.failures.min(4)).min(LONGEST_RETRY_SECONDS);
        self.loading.failures += 1;
        let mut effects = Effects::one(Effect::Timer(Timer::Refresh, Duration::from_secs(wait)));
        if first {
            effects.append(self.toast(ToastKind::Error, error.message.clone()));
        }
        self.loading.error = Some((error, since));
        effects
    }

    /// Takes projects and flows.
    pub(super) fn catalogue_read(
        &mut self,
        request: RequestId,
        answer: Result<(Vec<Project>, Vec<Flow>), BackendError>,
    ) -> Effects {
        if self.loading.catalogue != Some(request) {
            return Effects::none();
        }
        self.loading.catalogue = None;
        match answer {
            Ok((projects, flows)) => {
                self.projects = projects;
                self.flows = flows;
                Effects::none()
            }
            Err(error) => self.toast(ToastKind::Error, format!("Projects and flows: {}", error.message)),
        }
    }

    /// Takes registrations as they are now.
    pub(super) fn upsert(&mut self, registrations: Vec<Registration>) {
        self.loading.seen.extend(registrations.iter().map(|registration| registration.id.clone()));
        self.take_in(registrations);
        self.changed();
    }

    /// Rows and counts follow what is known.
    pub(super) fn changed(&mut self) {
        self.requeue();
        self.recount();
    }
}
