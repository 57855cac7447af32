//! A store that many share: a database that speaks PostgreSQL's protocol, so that any number of consoles and endpoints
//! work on the same registrations and the loss of a machine is the database's business.
//!
//! It keeps what the file keeps: packed snapshots and events, found by the same keys. Only SQL is used that CockroachDB
//! and YugabyteDB take as well; where that, or the company of others, asked for another way than the file's:
//!
//! - Writers are serialisable transactions that are decided anew when the database says that they would not come out as
//!   if one after the other (see [`link`]). No advisory locks, which only PostgreSQL has.
//! - Nothing that all writers would have to wait for: what is counted, over all and for who follows, is counted in one
//!   of [`SLOTS`] rows, picked by chance, and added up by whoever asks.
//! - No sequence orders anything: its numbers come to light in another order than they were given out.
//! - Negated times, as in the file, instead of indexes that run backwards: a page goes on from a pair of values.

mod audit;
mod changes;
mod check;
mod connect;
mod feed;
mod hooks;
mod leases;
mod link;
mod narrowing;
mod read;
mod schema;
mod write;

use std::borrow::Cow;
use std::collections::HashSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

pub(in crate::engine) use check::check;
pub use connect::{ConnectError, DatabaseLogin};
use feed::Place;
use link::Link;
pub(in crate::engine) use link::aside;

use super::pages::Cursor;
use super::{StoreError, StoredHook};
use crate::backend::{BackendError, FeedPosition, HookFilter, Ledger, ListRequest};
use crate::engine::core::{Digest, Event, State};
use crate::engine::storage::{Holder, NumberedHooks, Records, Since, Storage, Work};
use crate::model::{Flow, Project, Registration, RegistrationId, Timestamp};

/// Rows that a count is spread over: of eight who write at once, two meet in one row every third time, instead of always.
const SLOTS: u32 = 64;

/// Changes of others that are taken in at once, some of them: what listens has room for four times as many.
const NEWS: usize = 1_000;

/// See the module.
pub(in crate::engine) struct SharedStore {
    link: Arc<Link>,
    cursor: Cursor,
    followed: Mutex<Followed>,
    /// The only project that is listed and followed; `None` for all of them.
    project: Option<String>,
    projects: Vec<Project>,
    flows: Vec<Flow>,
}

/// How far the changes of others are known, and which of those after that are none of theirs.
struct Followed {
    place: Place,
    own: HashSet<(i64, i64)>,
}

impl SharedStore {
    /// Connects to a database, and makes the tables there with these projects and flows if need be.
    pub(in crate::engine) fn open(
        database: &DatabaseLogin,
        projects: &[Project],
        flows: &[Flow],
    ) -> Result<Self, ConnectError> {
        let link = Link::open(database)?;
        let (projects, flows) =
            schema::prepare(&link, projects, flows).map_err(|reason| ConnectError::of(&link.place, reason))?;
        let place = feed::end(&link).map_err(|error| ConnectError::of(&link.place, error.into()))?;
        let followed = Mutex::new(Followed { place, own: HashSet::new() });
        Ok(Self { link: Arc::new(link), cursor: Cursor::default(), followed, project: None, projects, flows })
    }
}

impl SharedStore {
    /// The same, of which only one project is listed and followed. What is asked by its id is found all the same.
    pub(in crate::engine) fn of_project(self, project: &str) -> Result<Self, ConnectError> {
        let (own, others): (Vec<_>, Vec<_>) = self.projects.into_iter().partition(|known| known.id == project);
        if own.is_empty() {
            let ids: Vec<&str> = others.iter().map(|known| known.id.as_str()).collect();
            let reason = format!("it has no project {project}, but {}", ids.join(", "));
            let what = "the profile names one of them";
            return Err(ConnectError::Unusable { place: self.link.place.clone(), reason, what });
        }
        Ok(Self { project: Some(project.to_owned()), projects: own, ..self })
    }

    /// A request within the project; `None` if it asks for another one.
    fn narrowed<'r>(&self, request: &'r ListRequest) -> Option<Cow<'r, ListRequest>> {
        match (&self.project, &request.project) {
            (Some(own), Some(asked)) if own != asked => None,
            (Some(own), None) => Some(Cow::Owned(ListRequest { project: Some(own.clone()), ..request.clone() })),
            _ => Some(Cow::Borrowed(request)),
        }
    }

    fn followed(&self) -> MutexGuard<'_, Followed> {
        self.followed.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Storage for SharedStore {
    fn is_at_hand(&self) -> bool {
        false
    }

    fn projects(&self) -> &[Project] {
        &self.projects
    }

    fn flows(&self) -> &[Flow] {
        &self.flows
    }

    fn load(&self, id: &RegistrationId) -> Result<Option<State>, StoreError> {
        read::load(&self.link, id, &self.flows)
    }

    fn page(&self, request: &ListRequest) -> Result<(Vec<Registration>, u64), StoreError> {
        match self.narrowed(request) {
            Some(request) => read::page(&self.link, &request, &self.cursor, &self.flows),
            None => Ok((Vec::new(), 0)),
        }
    }

    fn token_owner(&self, token: &Digest) -> Result<Option<State>, StoreError> {
        read::token_owner(&self.link, token, &self.flows)
    }

    fn events(&self, id: &RegistrationId) -> Result<Vec<Event>, StoreError> {
        read::events(&self.link, id)
    }

    fn ids(&self, after: Option<&RegistrationId>, most: usize) -> Result<Vec<RegistrationId>, StoreError> {
        read::ids(&self.link, after, most)
    }

    fn overdue(&self, now: Timestamp) -> Result<Vec<RegistrationId>, StoreError> {
        read::overdue(&self.link, now)
    }

    fn settle(&self, work: &Work<'_>) -> Result<(), StoreError> {
        if let Some(own) = write::settle(&self.link, &self.flows, work)? {
            self.followed().own.insert(own);
        }
        Ok(())
    }

    fn fill(&self, records: &mut Records<'_>, most: usize, progress: &mut dyn FnMut(u64)) -> Result<u64, BackendError> {
        write::fill(&self.link, records, most, progress)
    }

    fn feed_position(&self) -> Result<FeedPosition, StoreError> {
        feed::position(&self.link)
    }

    fn changed_since(&self, position: FeedPosition, most: usize) -> Result<Since, StoreError> {
        feed::changed_since(&self.link, self.project.as_deref(), position, most)
    }

    fn news(&self) -> Result<Vec<RegistrationId>, StoreError> {
        let place = self.followed().place.clone();
        let (changes, reached) = feed::since(&self.link, self.project.as_deref(), &place, NEWS)?;
        let mut followed = self.followed();
        let news = changes.into_iter().filter(|(slot, number, _)| !followed.own.contains(&(*slot, *number)));
        let news = news.map(|(_, _, id)| id).collect();
        followed.own.retain(|(slot, number)| !reached.knows(*slot, *number));
        followed.place = reached;
        Ok(news)
    }

    fn ledger(&self) -> Option<Arc<dyn Ledger>> {
        Some(Arc::new(audit::SharedLedger { link: Arc::clone(&self.link) }))
    }

    fn lapsed(&self) -> Result<Vec<RegistrationId>, StoreError> {
        leases::over(&self.link)
    }

    fn held(&self, holder: Holder) -> Result<Vec<RegistrationId>, StoreError> {
        leases::held(&self.link, holder)
    }

    fn renew(&self, holder: Holder) -> Result<(), StoreError> {
        leases::renew(&self.link, holder)
    }

    fn due_hooks(&self, now: Timestamp, most: usize) -> Result<(NumberedHooks, Option<i64>), StoreError> {
        hooks::due(&self.link, now, most)
    }

    fn hook(&self, number: u64) -> Result<Option<StoredHook>, StoreError> {
        hooks::one(&self.link, number)
    }

    fn hooks(&self, filter: &HookFilter, skip: usize, most: usize) -> Result<(NumberedHooks, usize), StoreError> {
        hooks::some(&self.link, filter, skip, most)
    }

    fn take_hooks(&self, hooks: &[(u64, StoredHook)]) -> Result<(), StoreError> {
        write::take_hooks(&self.link, hooks)
    }
}
