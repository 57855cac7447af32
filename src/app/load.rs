//! Reading registrations: the mirror that everything is searched in. Newest first, several pages at once where that
//! helps, never waited for; what fails is asked for again, and the reading goes on where it was.

use std::{collections::HashSet, sync::Arc, time::Duration};

use super::{
    Effects, Model, RequestId,
    aside::Aside,
    effect::{Effect, Timer},
    model::ToastKind,
    pass::{Extent, Pass},
};
use crate::{
    backend::{BackendError, ErrorKind, ListRequest, Mirror, Order, Page},
    index::Index,
    model::{Flow, Project, Registration, RegistrationId, Timestamp},
};

/// How often a backend that announces nothing is asked for what is new, seconds.
const REFRESH_SECONDS: u64 = 30;
/// How often it is read as a whole, seconds: changes of old registrations show only then.
const WHOLE_SECONDS: i64 = 300;
/// The same for a backend that tells what has changed, seconds: only what is gone shows then.
const WHOLE_SECONDS_TOLD: i64 = 1_800;
/// The wait before a whole reading is repeated because rows slipped through, seconds.
const GAP_SECONDS: u64 = 3;
/// Up to this many registrations, rows and counts follow every change: that takes a few milliseconds.
const FOLLOWED_AT_ONCE: usize = 5_000;
/// With more they follow this often, milliseconds.
const FOLLOW_MILLIS: i64 = 250;
/// How many registrations that were on no page are asked for after a reading; others after the next.
const MOST_LOOKED_FOR: usize = 100;
/// The wait after a failed page, seconds; doubled each time up to the longest.
const RETRY_SECONDS: u64 = 5;
/// The longest wait after failed pages, seconds.
const LONGEST_RETRY_SECONDS: u64 = 60;
/// Pages of a remote that are under way at once: enough to hide its distance, few enough to be no burden.
const PAGES_AT_ONCE: usize = 4;

/// How far reading has come.
#[derive(Debug, Default)]
pub struct Loading {
    pass: Option<Pass>,
    /// The index that is made aside of a large store.
    pub aside: Aside,
    /// Questions whether a registration that was on no page is still there.
    looked_for: HashSet<RequestId>,
    /// Projects and flows are being read.
    catalogue: Option<RequestId>,
    failures: u32,
    /// A page came since the last failure.
    others_come: bool,
    /// When rows and counts last followed what is known.
    followed_at: Option<Timestamp>,
    /// They have not followed the last change.
    is_behind: bool,
    /// The timer runs that has them follow.
    is_timed: bool,
    /// How many were known when the rows were last searched.
    searched: usize,
    /// The last whole reading was a repetition because of what was missing.
    repeated: bool,
    /// The backend tells the latest changes first when asked to: what is new includes what has changed.
    tells_changes: bool,
    /// How many registrations the backend says there are.
    pub total: Option<u64>,
    /// When everything was read last.
    pub complete_at: Option<Timestamp>,
    /// When what is new was read last, if that was after everything was.
    pub newest_at: Option<Timestamp>,
    /// What is shown was read by an earlier run, then; until everything is read again.
    pub recalled_at: Option<Timestamp>,
    /// How many the backend counts that did not come in the last whole reading.
    pub missing: u64,
    /// Why the last page could not be read, and since when that is so.
    pub error: Option<(BackendError, Timestamp)>,
}

impl Loading {
    /// Whether a page is under way.
    pub fn is_reading(&self) -> bool {
        self.aside.is_under_way() || self.pass.as_ref().is_some_and(Pass::is_waiting)
    }
}

impl Model {
    /// Begins to read everything from the first page, and the catalogue with it.
    pub(super) fn reload(&mut self) -> Effects {
        let catalogue = self.requests.next();
        self.loading.catalogue = Some(catalogue);
        let mut effects = Effects::one(Effect::Catalogue(catalogue));
        let extent = if self.profile.mirror == Mirror::Off { Extent::Newest } else { Extent::Whole };
        effects.append(self.begin_pass(extent));
        effects
    }

    fn begin_pass(&mut self, extent: Extent) -> Effects {
        self.loading.pass = Some(Pass::new(extent, self.rows_a_page(), self.now));
        self.ask_for_pages(self.pages_at_once())
    }

    /// Reads everything again because somebody asked for it; a reading that waits goes on.
    pub(super) fn read_again(&mut self) -> Effects {
        if self.loading.pass.is_some() { self.read_on() } else { self.reload() }
    }

    /// Goes on with a reading that waits, or begins the next one.
    pub(super) fn read_on(&mut self) -> Effects {
        if self.loading.is_reading() {
            return Effects::none();
        }
        if self.loading.pass.is_some() {
            // One page finds out whether the backend is back; the others follow once it has come.
            return self.ask_for_pages(1);
        }
        let is_old = |at: Timestamp| (self.now - at).num_seconds() >= self.whole_seconds();
        let is_off = self.profile.mirror == Mirror::Off && self.loading.newest_at.is_some();
        if is_off {
            return self.begin_pass(Extent::Newest);
        }
        if self.profile.announces_changes || self.loading.missing > 0 || self.loading.complete_at.is_none_or(is_old) {
            return self.reload();
        }
        self.begin_pass(Extent::Newest)
    }

    /// A large remote is read as a whole less often: that costs a request for each hundred rows.
    fn whole_seconds(&self) -> i64 {
        let least = if self.loading.tells_changes { WHOLE_SECONDS_TOLD } else { WHOLE_SECONDS };
        least.max(self.index.len().cast_signed() as i64 / i64::from(ListRequest::MAX_LIMIT))
    }

    /// The engine in this process is asked for one page after the other: it gains nothing from several at once.
    fn pages_at_once(&self) -> usize {
        if self.profile.announces_changes { 1 } else { PAGES_AT_ONCE }
    }

    fn ask_for_pages(&mut self, at_once: usize) -> Effects {
        let mut effects = Effects::none();
        let mirrors = self.profile.mirror != Mirror::Off;
        let Some(pass) = &mut self.loading.pass else { return effects };
        let order = if mirrors && pass.extent == Extent::Newest { Order::Changed } else { Order::Created };
        while let Some(page) = pass.take_next(at_once) {
            let request = self.requests.next();
            pass.asked(request, page);
            effects.push(Effect::List(request, ListRequest { order, ..ListRequest::page(page, pass.rows_a_page) }));
        }
        effects
    }

    /// Takes a page, and asks for the next ones.
    pub(super) fn listed(&mut self, request: RequestId, answer: Result<Page, BackendError>) -> Effects {
        let Some(page) = self.loading.pass.as_mut().and_then(|pass| pass.answered(request)) else {
            return Effects::none();
        };
        match answer {
            Ok(answer) => self.page_read(page, answer),
            Err(error) => self.page_failed(page, error),
        }
    }

    fn page_read(&mut self, number: u32, page: Page) -> Effects {
        let tells_nothing = page.registrations.iter().all(|row| self.is_known(row));
        let Some(pass) = &mut self.loading.pass else { return Effects::none() };
        pass.came(number, &page, tells_nothing || self.profile.mirror == Mirror::Off);
        self.loading.tells_changes |= pass.extent == Extent::Newest && page.is_by_change();
        self.loading.failures = 0;
        self.loading.others_come = true;
        self.loading.error = None;
        self.loading.total = page.total.or(self.loading.total);
        let refused = page.refused;
        let first_pass = self.loading.complete_at.is_none();
        self.take_in(page.registrations);
        let mut effects = if self.are_many(page.total) && number >= self.first_pages() {
            self.loading.pass = None;
            self.index_aside()
        } else {
            self.go_on_reading()
        };
        let is_over = self.loading.pass.is_none();
        // Searching again after each of a thousand pages would be quadratic: only when enough has come.
        let tells_more = !first_pass && !tells_nothing;
        if tells_more && !is_over {
            self.changed_soon();
        } else if is_over || self.index.len() >= self.loading.searched + self.loading.searched / 4 {
            self.loading.searched = self.index.len();
            self.changed();
            if first_pass {
                self.queue.select_first(&self.index, self.list_rows);
            }
        }
        if !refused.is_empty() {
            let (count, reasons) = (refused.len(), refused.join("; "));
            let text = format!("{count} rows of page {number} could not be read: {reasons}");
            effects.append(self.toast(ToastKind::Error, text));
        }
        effects
    }

    /// Whether a row tells nothing that is not known.
    fn is_known(&self, row: &Registration) -> bool {
        self.index.seen(&row.id).is_some_and(|seen| seen.is_still(row))
    }

    fn go_on_reading(&mut self) -> Effects {
        if self.loading.pass.as_ref().is_some_and(Pass::is_over) {
            return self.pass_complete();
        }
        self.ask_for_pages(self.pages_at_once())
    }

    fn pass_complete(&mut self) -> Effects {
        let Some(pass) = self.loading.pass.take() else { return Effects::none() };
        if pass.extent == Extent::Newest {
            self.loading.newest_at = Some(self.now);
            return self.refresh_in(REFRESH_SECONDS);
        }
        self.loading.complete_at = Some(self.now);
        self.loading.newest_at = None;
        self.loading.missing = pass.missing(self.loading.total);
        if self.loading.missing > 0 {
            // What slipped through must not be taken for gone. Read again once; then it is shown as missing.
            let wait = if self.loading.repeated { REFRESH_SECONDS } else { GAP_SECONDS };
            self.loading.repeated = true;
            return Effects::one(Effect::Timer(Timer::Refresh, Duration::from_secs(wait)));
        }
        self.loading.repeated = false;
        self.loading.recalled_at = None;
        let mut effects = self.look_for_what_is_gone(&pass);
        let least = pass.count() as u64 / u64::from(ListRequest::MAX_LIMIT) / PAGES_AT_ONCE as u64;
        effects.append(self.refresh_in(REFRESH_SECONDS.max(least)));
        if self.profile.mirror == Mirror::Disk {
            effects.push(Effect::Mirror(self.index.entries().map(|entry| Arc::clone(&entry.registration)).collect()));
        }
        effects
    }

    /// Takes what an earlier run has read, until it is read again. What has been read by now is newer.
    pub(super) fn recall(&mut self, recalled: Box<Index>, at: Timestamp) {
        if self.loading.complete_at.is_some() {
            return;
        }
        let read = std::mem::replace(&mut self.index, *recalled);
        self.take_in(read.entries().map(|entry| Registration::clone(&entry.registration)).collect());
        self.loading.recalled_at = Some(at);
        self.changed();
    }

    fn refresh_in(&self, seconds: u64) -> Effects {
        if self.profile.announces_changes {
            return Effects::none();
        }
        Effects::one(Effect::Timer(Timer::Refresh, Duration::from_secs(seconds)))
    }

    /// Asks for each registration that was on no page: it is gone, or slipped from one page to another between two
    /// answers.
    fn look_for_what_is_gone(&mut self, pass: &Pass) -> Effects {
        let unseen = self
            .index
            .created()
            .filter(|(id, created)| *created < pass.began && !pass.has_seen(id))
            .map(|(id, _)| id.clone());
        let unseen: Vec<RegistrationId> = unseen.take(MOST_LOOKED_FOR).collect();
        let mut effects = Effects::none();
        self.loading.looked_for.clear();
        for id in unseen {
            let request = self.requests.next();
            self.loading.looked_for.insert(request);
            effects.push(Effect::Retrieve(request, id));
        }
        effects
    }

    /// Takes the answer to the question whether a registration is still there; `None` if that was not asked.
    pub(super) fn looked_for(
        &mut self,
        request: RequestId,
        id: &RegistrationId,
        answer: &Result<Registration, BackendError>,
    ) -> Option<Effects> {
        if !self.loading.looked_for.remove(&request) {
            return None;
        }
        match answer {
            Ok(registration) => self.upsert(vec![registration.clone()]),
            Err(error) if error.kind == ErrorKind::NotFound => {
                self.index.remove(id, self.now);
                self.queue.marked.change().remove(id);
                self.changed();
            }
            // The next whole reading asks again.
            Err(_) => {}
        }
        Some(Effects::none())
    }

    fn page_failed(&mut self, page: u32, error: BackendError) -> Effects {
        let others_come = std::mem::take(&mut self.loading.others_come);
        let Some(pass) = &mut self.loading.pass else { return Effects::none() };
        if pass.lost(page, others_come) {
            let text = format!("Page {page} cannot be read and is left out: {}", error.message);
            let mut effects = self.toast(ToastKind::Error, text);
            effects.append(self.go_on_reading());
            return effects;
        }
        // Pages that were under way together fail together: that is one failure.
        let counts = !pass.is_waiting();
        self.reading_failed(error, counts)
    }

    /// Says that nothing could be read, and tries again after a while.
    pub(super) fn reading_failed(&mut self, error: BackendError, counts: bool) -> Effects {
        let since = self.loading.error.as_ref().map_or(self.now, |(_, since)| *since);
        let first = self.loading.error.is_none();
        let wait = (RETRY_SECONDS << self.loading.failures.min(4)).min(LONGEST_RETRY_SECONDS);
        self.loading.failures += u32::from(counts);
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
        self.note_meanwhile(&registrations);
        if let Some(pass) = &mut self.loading.pass {
            pass.saw(registrations.iter().map(|registration| &registration.id));
        }
        self.take_in(registrations);
        self.changed_soon();
    }

    /// Rows and counts follow what is known: at once where that takes no time, else a few times a second, however
    /// much changes.
    fn changed_soon(&mut self) {
        let is_small = self.index.len() < FOLLOWED_AT_ONCE;
        let was_long_ago = |at: Timestamp| (self.now - at).num_milliseconds() >= FOLLOW_MILLIS;
        if is_small || self.loading.followed_at.is_none_or(was_long_ago) {
            self.changed();
        } else {
            self.loading.is_behind = true;
        }
    }

    /// Rows and counts follow what is known.
    pub(super) fn changed(&mut self) {
        self.loading.is_behind = false;
        self.loading.followed_at = Some(self.now);
        match self.index.take_changes() {
            Some(changes) if !self.queue.query.is_about_time() => {
                self.queue.follow(&self.index, &changes, self.now, self.list_rows);
                self.recount_screens();
            }
            _ => self.requeue(),
        }
        self.count_planned();
        self.recount();
    }

    /// Sees to it that what has changed is followed, if it was not yet.
    pub(super) fn time_following(&mut self) -> Effects {
        if !std::mem::take(&mut self.loading.is_behind) || self.loading.is_timed {
            return Effects::none();
        }
        self.loading.is_timed = true;
        Effects::one(Effect::Timer(Timer::Follow, Duration::from_millis(FOLLOW_MILLIS.unsigned_abs())))
    }

    /// Follows what has changed since the timer began.
    pub(super) fn follow(&mut self) {
        self.loading.is_timed = false;
        self.changed();
    }
}
