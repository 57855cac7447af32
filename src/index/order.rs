//! The orders of rows.

use std::cmp::{Ordering, Reverse};

use super::{Entry, facets::status_position};
use crate::{text::nearest, triage::STANDSTILL};

/// What to sort by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SortField {
    /// Operator's order: whose turn, then ratio. Descending is most urgent first.
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

impl SortField {
    /// All, in the order in which they are offered.
    pub const ALL: [Self; 8] =
        [Self::Urgency, Self::Updated, Self::Created, Self::Status, Self::Step, Self::Name, Self::Risk, Self::Project];

    /// The word on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Urgency => "urgency",
            Self::Updated => "updated",
            Self::Created => "created",
            Self::Status => "status",
            Self::Step => "step",
            Self::Name => "name",
            Self::Risk => "risk",
            Self::Project => "project",
        }
    }
}

/// An order of rows; ties are broken by id, so an order is total.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Sort {
    /// By what.
    pub by: SortField,
    /// Largest first.
    pub descending: bool,
}

/// A word that names no order.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct SortError(String);

impl Sort {
    /// An order in the direction people expect: latest, riskiest and most urgent first, words from A on.
    pub fn by(field: SortField) -> Self {
        let descending =
            matches!(field, SortField::Urgency | SortField::Updated | SortField::Created | SortField::Risk);
        Self { by: field, descending }
    }

    /// Reads `FIELD`, `FIELD:asc` or `FIELD:desc`. The error names what would be right.
    pub fn parse(text: &str) -> Result<Self, SortError> {
        let (word, direction) = match text.split_once(':') {
            Some((word, direction)) => (word, Some(direction)),
            None => (text, None),
        };
        let field = SortField::ALL.into_iter().find(|field| field.as_str().eq_ignore_ascii_case(word.trim()));
        let Some(field) = field else {
            let names = SortField::ALL.map(SortField::as_str);
            let hint = nearest(word, names).map(|name| format!(" Did you mean `{name}`?")).unwrap_or_default();
            return Err(SortError(format!("Cannot sort by `{word}`.{hint} Known: {}.", names.join(", "))));
        };
        match direction.map(str::trim) {
            None => Ok(Self::by(field)),
            Some(word) if word.eq_ignore_ascii_case("asc") => Ok(Self { by: field, descending: false }),
            Some(word) if word.eq_ignore_ascii_case("desc") => Ok(Self { by: field, descending: true }),
            Some(word) => Err(SortError(format!("`{word}` is no direction: say `asc` or `desc`."))),
        }
    }

    /// Total: ties are broken by id, ascending in both directions.
    pub(super) fn compare(self, left: &Entry, right: &Entry) -> Ordering {
        let order = self.compare_field(left, right);
        let order = if self.descending { order.reverse() } else { order };
        order.then_with(|| left.registration.id.cmp(&right.registration.id))
    }

    fn compare_field(self, left: &Entry, right: &Entry) -> Ordering {
        let (one, other) = (&left.registration, &right.registration);
        match self.by {
            SortField::Urgency => compare_urgency(left, right),
            SortField::Updated => one.updated_at.cmp(&other.updated_at),
            SortField::Created => one.created_at.cmp(&other.created_at),
            SortField::Status => (status_position(&one.status), one.status.as_str())
                .cmp(&(status_position(&other.status), other.status.as_str())),
            SortField::Step => {
                (left.step().position(), left.step().as_str()).cmp(&(right.step().position(), right.step().as_str()))
            }
            SortField::Name => left.name.cmp(&right.name),
            SortField::Risk => left.judgement.risk.score.cmp(&right.judgement.risk.score),
            SortField::Project => {
                let name = |entry: &Entry| entry.registration.project.name.clone().unwrap_or_default();
                (name(left), &one.project.id).cmp(&(name(right), &other.project.id))
            }
        }
    }
}

/// The more urgent is the greater: stuck before not stuck; those for whom one line of an incident stands after the
/// others that are stuck; then whose turn it is, then how far over the limit; what is not stuck goes open before over, then by last change.
fn compare_urgency(left: &Entry, right: &Entry) -> Ordering {
    match (&left.judgement.stuck, &right.judgement.stuck) {
        (Some(one), Some(other)) => (other.reason == STANDSTILL)
            .cmp(&(one.reason == STANDSTILL))
            .then_with(|| Reverse(one.turn).cmp(&Reverse(other.turn)))
            .then_with(|| one.ratio.total_cmp(&other.ratio)),
        (Some(_), None) => Ordering::Greater,
        (None, Some(_)) => Ordering::Less,
        (None, None) => {
            let key = |entry: &Entry| (entry.registration.status.is_open(), entry.registration.updated_at);
            key(left).cmp(&key(right))
        }
    }
}
