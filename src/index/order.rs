//! The orders of rows.

use std::{
    cmp::{Ordering, Reverse},
    fmt,
};

use super::{Entry, totals::status_position};
use crate::{
    model::Registration,
    text::nearest,
    triage::{LinkClock, STANDSTILL, Stage, Stuck},
};

/// What to sort by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SortField {
    /// Operator's order: whose turn, then how late, then what is left of the link; what is snoozed comes last.
    /// Descending is most urgent first.
    Urgency,
    /// Last change, evidence included: what the column of ages shows.
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
    /// Flow name.
    Flow,
    /// E-mail address.
    Email,
    /// Phone with its country code.
    Phone,
    /// Country of the document.
    Country,
    /// What is left of the link.
    Link,
    /// Failed attempts that count.
    Attempts,
    /// Score of the face compare.
    Face,
    /// Score of the liveness.
    Liveness,
    /// How many it is joined to.
    Links,
    /// Who claimed it.
    Owner,
    /// Id.
    Id,
}

impl SortField {
    /// All, in the order in which they are offered.
    pub const ALL: [Self; 19] = [
        Self::Urgency,
        Self::Updated,
        Self::Created,
        Self::Status,
        Self::Step,
        Self::Name,
        Self::Risk,
        Self::Project,
        Self::Flow,
        Self::Email,
        Self::Phone,
        Self::Country,
        Self::Link,
        Self::Attempts,
        Self::Face,
        Self::Liveness,
        Self::Links,
        Self::Owner,
        Self::Id,
    ];

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
            Self::Flow => "flow",
            Self::Email => "email",
            Self::Phone => "phone",
            Self::Country => "country",
            Self::Link => "link",
            Self::Attempts => "attempts",
            Self::Face => "face",
            Self::Liveness => "liveness",
            Self::Links => "links",
            Self::Owner => "owner",
            Self::Id => "id",
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

impl fmt::Display for Sort {
    /// As [`Sort::parse`] reads it.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}:{}", self.by.as_str(), if self.descending { "desc" } else { "asc" })
    }
}

impl Sort {
    /// An order in the direction people expect: latest, riskiest and most urgent first, words from A on.
    pub fn by(field: SortField) -> Self {
        let descending = matches!(
            field,
            SortField::Urgency
                | SortField::Updated
                | SortField::Created
                | SortField::Risk
                | SortField::Link
                | SortField::Attempts
                | SortField::Links
        );
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
            // What is put aside comes after everything else, until its time is over.
            SortField::Urgency => right.is_snoozed().cmp(&left.is_snoozed()).then_with(|| compare_urgency(left, right)),
            SortField::Updated => left.last_move().cmp(&right.last_move()),
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
            SortField::Flow => (&one.flow.name, &one.flow.id).cmp(&(&other.flow.name, &other.flow.id)),
            SortField::Email => one.contact.email.cmp(&other.contact.email),
            SortField::Phone => (&one.contact.country_code, &one.contact.phone)
                .cmp(&(&other.contact.country_code, &other.contact.phone)),
            SortField::Country => document_country(one).cmp(&document_country(other)),
            SortField::Link => live_link(left).cmp(&live_link(right)),
            SortField::Attempts => counted(one).cmp(&counted(other)),
            SortField::Face => score(one.scores.face_compare).total_cmp(&score(other.scores.face_compare)),
            SortField::Liveness => score(one.scores.liveness).total_cmp(&score(other.scores.liveness)),
            SortField::Links => left.judgement.links.len().cmp(&right.judgement.links.len()),
            SortField::Owner => owner(one).cmp(&owner(other)),
            // Equal: ties are broken by id, and so everything is one.
            SortField::Id => one.id.cmp(&other.id),
        }
    }
}

fn document_country(registration: &Registration) -> Option<&str> {
    registration.checks.document.as_ref()?.country.as_deref()
}

/// Failed attempts that count, over all steps.
fn counted(registration: &Registration) -> usize {
    registration.failed_attempts.iter().filter(|attempt| attempt.counts).count()
}

/// What was never measured is less than any score.
fn score(measured: Option<f64>) -> f64 {
    measured.unwrap_or(f64::NEG_INFINITY)
}

/// Who claimed it; what nobody did comes last when sorted from A on.
fn owner(registration: &Registration) -> (bool, Option<&str>) {
    let owner = registration.desk.claim.as_ref().map(|claim| claim.by.as_str());
    (owner.is_none(), owner)
}

/// The more urgent is the greater: stuck before not stuck. Of those that are stuck: whoever waits for more than an
/// incident, which has a line of its own; whose turn it is; what is not given up yet; how far over the limit, to the
/// tenth that the screen shows; the link that dies first, a dead one last. What is not stuck goes open before over, then what is worth a look, then by last change.
fn compare_urgency(left: &Entry, right: &Entry) -> Ordering {
    match (&left.judgement.stuck, &right.judgement.stuck) {
        (Some(one), Some(other)) => compare_stuck(one, other)
            .then_with(|| live_link(left).cmp(&live_link(right)))
            .then_with(|| one.ratio.total_cmp(&other.ratio)),
        (Some(_), None) => Ordering::Greater,
        (None, Some(_)) => Ordering::Less,
        (None, None) => {
            let key = |entry: &Entry| {
                let worth_a_look = entry.judgement.stage == Some(Stage::Warn);
                (entry.registration.status.is_open(), worth_a_look, entry.registration.updated_at)
            };
            key(left).cmp(&key(right))
        }
    }
}

fn compare_stuck(one: &Stuck, other: &Stuck) -> Ordering {
    let tenths = |stuck: &Stuck| (stuck.ratio * 10.0).floor();
    let has_hope = |stuck: &Stuck| stuck.stage != Stage::GivenUp;
    let is_alone = |stuck: &Stuck| stuck.reason != STANDSTILL;
    is_alone(one)
        .cmp(&is_alone(other))
        .then_with(|| Reverse(one.turn).cmp(&Reverse(other.turn)))
        .then_with(|| has_hope(one).cmp(&has_hope(other)))
        .then_with(|| tenths(one).total_cmp(&tenths(other)))
}

/// Seconds that are left of a live link, the fewest being the greatest; `None` for a dead one.
fn live_link(entry: &Entry) -> Option<Reverse<i64>> {
    entry.judgement.link.filter(LinkClock::is_alive).map(|clock| Reverse(clock.seconds_left))
}
