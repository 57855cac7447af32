//! The orders of rows.

use std::{cmp::Ordering, fmt, hash::Hash};

use rayon::prelude::*;

use super::{
    Row,
    columns::{Columns, Mark, Part, Repeating, beginning},
    totals::status_position,
};
use crate::{
    model::{Status, Timestamp},
    text::nearest,
    triage::{STANDSTILL, Stage, wait_ratio},
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

    /// Sorts rows. Total: ties are broken by id, ascending in both directions.
    pub(super) fn sort(self, rows: &[Row], columns: &Columns) -> Vec<Row> {
        let keys = self.keys(columns);
        let mut keyed = keys.of(rows);
        keyed.par_sort_unstable_by(|one, other| keys.compare(*one, *other));
        keyed.into_iter().map(|(_, row)| row).collect()
    }

    /// What rows are compared by.
    pub(super) fn keys(self, columns: &Columns) -> Keys<'_> {
        Keys { key: self.by.key(columns), text: self.by.text(), descending: self.descending, columns }
    }
}

/// A row with the number that it is compared by.
pub(super) type Keyed = (u128, Row);

/// What rows are compared by: a number each, and where two have the same, what it was made of.
pub(super) struct Keys<'a> {
    key: Box<dyn Fn(usize) -> u128 + Sync + 'a>,
    text: Option<Part>,
    descending: bool,
    columns: &'a Columns,
}

impl Keys<'_> {
    /// A row with its number.
    pub(super) fn keyed(&self, row: Row) -> Keyed {
        ((self.key)(row.place()), row)
    }

    /// Rows with their numbers.
    pub(super) fn of(&self, rows: &[Row]) -> Vec<Keyed> {
        rows.par_iter().map(|row| self.keyed(*row)).collect()
    }

    /// Which of two comes first.
    pub(super) fn compare(&self, (one_key, one): Keyed, (other_key, other): Keyed) -> Ordering {
        let (one, other) = (one.place(), other.place());
        // Texts that begin alike have one number.
        let exactly = |part| self.columns.texts.part(one, part).cmp(self.columns.texts.part(other, part));
        let order = one_key.cmp(&other_key).then_with(|| self.text.map_or(Ordering::Equal, exactly));
        let order = if self.descending { order.reverse() } else { order };
        let (heads, ids) = (&self.columns.id_heads, &self.columns.ids);
        order.then_with(|| heads[one].cmp(&heads[other])).then_with(|| ids[one].cmp(&ids[other]))
    }
}

impl SortField {
    /// What rows are sorted by, as a number: the greater comes later.
    fn key<'a>(self, columns: &'a Columns) -> Box<dyn Fn(usize) -> u128 + Sync + 'a> {
        match self {
            Self::Urgency => urgency(columns),
            Self::Updated => Box::new(|row| of_time(columns.last_move[row])),
            Self::Created => Box::new(|row| of_time(columns.created[row])),
            Self::Status => {
                let ranks = columns.status.ranks(|status| (status_position(status), status.as_str().to_owned()));
                by_rank(&columns.status, ranks)
            }
            Self::Step => {
                let ranks = columns.step.ranks(|step| (step.position(), step.as_str().to_owned()));
                by_rank(&columns.step, ranks)
            }
            Self::Project => {
                let ranks = columns.project.ranks(|named| (named.name.clone().unwrap_or_default(), named.id.clone()));
                by_rank(&columns.project, ranks)
            }
            Self::Flow => by_rank(&columns.flow, columns.flow.ranks(|named| (named.name.clone(), named.id.clone()))),
            Self::Name | Self::Email | Self::Phone => {
                let part = self.text().unwrap_or(Part::Name);
                Box::new(move |row| of_beginning(columns.texts.part(row, part)))
            }
            Self::Country => by_rank(&columns.origin, columns.origin.ranks(|origin| origin.document.clone())),
            Self::Link => Box::new(|row| live_link(columns, row)),
            Self::Attempts => by_rank(&columns.attempts, columns.attempts.ranks(|attempts| attempts.counted)),
            Self::Risk => Box::new(|row| columns.risk[row].into()),
            Self::Face => Box::new(|row| of_score(columns.face[row])),
            Self::Liveness => Box::new(|row| of_score(columns.liveness[row])),
            Self::Links => Box::new(|row| columns.linked[row].into()),
            // What nobody claimed comes last when sorted from A on.
            Self::Owner => by_rank(&columns.owner, columns.owner.ranks(|owner| (owner.is_none(), owner.clone()))),
            // Equal: ties are broken by id, and so everything is one.
            Self::Id => Box::new(|_| 0),
        }
    }

    /// The text that is sorted by, if it is one.
    fn text(self) -> Option<Part> {
        match self {
            Self::Name => Some(Part::Name),
            Self::Email => Some(Part::Email),
            Self::Phone => Some(Part::Phone),
            _ => None,
        }
    }
}

fn by_rank<T: Eq + Hash + Clone + Sync>(
    column: &Repeating<T>,
    ranks: Vec<u32>,
) -> Box<dyn Fn(usize) -> u128 + Sync + '_> {
    Box::new(move |row| ranks[column.code(row)].into())
}

/// A signed number as one that sorts alike.
fn unsigned(number: i64) -> u64 {
    number.cast_unsigned() ^ (1 << 63)
}

fn of_time(time: Timestamp) -> u128 {
    unsigned(time.timestamp_micros()).into()
}

/// What was never measured is less than any score.
fn of_score(score: f64) -> u128 {
    if score.is_nan() { 0 } else { u128::from(of_number(score)) + 1 }
}

/// A number as bits that sort alike.
fn of_number(number: f64) -> u64 {
    let bits = number.to_bits();
    if bits >> 63 == 0 { bits | (1 << 63) } else { !bits }
}

/// The first sixteen bytes of a text.
fn of_beginning(text: &str) -> u128 {
    u128::from_be_bytes(beginning(text))
}

/// What is left of a link, in seconds as of the last judgement: the fewest are the greatest, and 0 is a dead one.
fn live_link(columns: &Columns, row: usize) -> u128 {
    match i64::from(columns.link_dies[row]) - columns.as_of.timestamp() {
        left @ 1.. => u128::from(u32::MAX) - u128::from(u32::try_from(left).unwrap_or(u32::MAX - 1)),
        _ => 0,
    }
}

/// The more urgent is the greater: what is put aside comes after everything else, until its time is over; then stuck
/// before not stuck. Of those that are stuck: whoever waits for more than an incident, which has a line of its own;
/// whose turn it is; what is not given up yet; how far over the limit, to the tenth that the screen shows; the link
/// that dies first, a dead one last. What is not stuck goes open before over, then what is worth a look, then by last
/// change.
fn urgency(columns: &Columns) -> Box<dyn Fn(usize) -> u128 + Sync + '_> {
    let stuck = columns.stuck.table(Clone::clone);
    let turns = columns.turn.table(|turn| turn.map_or(0, |turn| 7 - turn as u128));
    let stages = columns.stage.table(Clone::clone);
    let open = columns.status.table(Status::is_open);
    Box::new(move |row| {
        let stage = stages[columns.stage.code(row)];
        let reason = stuck[columns.stuck.code(row)];
        let mut key = Packed::default();
        key.put(1, u128::from(!columns.has(row, Mark::Snoozed)));
        key.put(1, u128::from(reason.is_some()));
        if let Some(reason) = reason {
            let ratio = ratio(columns, row);
            key.put(1, u128::from(reason != STANDSTILL));
            key.put(3, turns[columns.turn.code(row)]);
            key.put(1, u128::from(stage != Some(Stage::GivenUp)));
            key.put(32, u128::from((ratio * 10.0).floor() as u32));
            key.put(32, live_link(columns, row));
            // As good as a ratio is told: ties are broken by it alone.
            key.put(32, u128::from((ratio as f32).to_bits()));
        } else {
            key.put(1, u128::from(open[columns.status.code(row)]));
            key.put(1, u128::from(stage == Some(Stage::Warn)));
            key.put(64, of_time(columns.updated[row]));
        }
        key.filled()
    })
}

/// How far the wait of a row is beyond its limit, as [`crate::triage::Stuck::ratio`] has it.
fn ratio(columns: &Columns, row: usize) -> f64 {
    let (since, limit) = columns.wait[row];
    let age = (columns.as_of.timestamp() - i64::from(since)).max(0);
    wait_ratio(age, limit.into())
}

/// A key that is put together from what weighs most on.
#[derive(Default)]
struct Packed {
    bits: u128,
    width: u32,
}

impl Packed {
    fn put(&mut self, width: u32, value: u128) {
        self.bits = self.bits << width | value;
        self.width += width;
    }

    /// Keys of different width compare from their beginning on.
    fn filled(self) -> u128 {
        self.bits << (u128::BITS - self.width)
    }
}
