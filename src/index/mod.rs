//! Registrations in memory, judged and searchable: the one read path of the console and the command line.

use std::{ops::Range, sync::Arc};

use crate::{
    model::{Registration, RegistrationId, Timestamp},
    triage::Judgement,
};

/// A registration with what is thought of it.
#[derive(Debug, Clone)]
pub struct Entry {
    /// As the backend gave it.
    pub registration: Arc<Registration>,
    /// As of the last judgement.
    pub judgement: Judgement,
}

/// All registrations known to this process.
#[derive(Debug, Clone, Default)]
pub struct Index {}

/// A parsed query; see `Query::parse`.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Query {}

/// A mistake in a query.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct QueryError {
    /// Where it stands, as byte offsets into the text.
    pub at: Range<usize>,
    /// What is wrong and what would be right.
    pub message: String,
}

impl Query {
    /// Parses a query. The empty text matches everything.
    pub fn parse(_text: &str) -> Result<Self, QueryError> {
        Ok(Self {})
    }
}

/// What to sort by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SortField {
    /// Operator's order: whose turn, then ratio.
    Urgency,
    /// Last change.
    Updated,
    /// Creation.
    Created,
    /// Status in the order of the life cycle.
    Status,
    /// Step in the order of the flow.
    Step,
    /// Name, accents folded.
    Name,
    /// Risk score.
    Risk,
    /// Project name.
    Project,
}

/// An order of rows; ties are broken by id, so an order is total.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Sort {
    /// By what.
    pub by: SortField,
    /// Largest first.
    pub descending: bool,
}

/// Counts over a set of registrations, in display order.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Facets {
    /// By status word.
    pub statuses: Vec<(String, usize)>,
    /// By current step.
    pub steps: Vec<(String, usize)>,
    /// By project name.
    pub projects: Vec<(String, usize)>,
    /// By rule id.
    pub flags: Vec<(String, usize)>,
}

impl Index {
    /// Adds or replaces registrations and judges them and whoever they are linked to. An older version of a known
    /// registration is ignored.
    pub fn upsert(&mut self, _registrations: Vec<Arc<Registration>>, _now: Timestamp) {}
    /// Forgets a registration.
    pub fn remove(&mut self, _id: &RegistrationId, _now: Timestamp) {}
    /// Judges everything again, because time has passed.
    pub fn rejudge(&mut self, _now: Timestamp) {}
    /// One entry.
    pub fn get(&self, _id: &RegistrationId) -> Option<&Entry> {
        None
    }
    /// How many there are.
    pub fn len(&self) -> usize {
        0
    }
    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
    /// Everything, in no particular order.
    pub fn entries(&self) -> impl Iterator<Item = &Entry> {
        std::iter::empty()
    }
    /// The ids that match, in order.
    pub fn search(&self, _query: &Query, _sort: Sort, _now: Timestamp) -> Vec<RegistrationId> {
        Vec::new()
    }
    /// Counts over some of them.
    pub fn facets(&self, _ids: &[RegistrationId]) -> Facets {
        Facets::default()
    }
}
