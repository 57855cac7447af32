//! What is asked of registrations, by column instead of by registration: a query passes over a few of these from
//! beginning to end, and a million rows of one are a few megabytes.

mod repeating;
mod texts;

pub use repeating::{Among, Codes, Repeating};
pub use texts::{Letters, Part, Texts, beginning};

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::{Entry, Row, haystack, tells_nothing};
use crate::{
    model::{Registration, RegistrationId, Status, StepKind, Timestamp, Verdict},
    triage::{Severity, Stage, Stuck, Turn, country, insights::Knob},
};

/// Seconds since 1970.
pub type Seconds = u32;
/// A time that does not come.
pub const NEVER: Seconds = Seconds::MAX;

/// What is before 1970 counts as its beginning, and what is after 2106 never comes.
fn seconds(at: Timestamp) -> Seconds {
    Seconds::try_from(at.timestamp().max(0)).unwrap_or(NEVER)
}

/// Stuck in no incident.
pub const NO_INCIDENT: u8 = u8::MAX;

/// Something with an id and a name of its own: a project, a flow.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Named {
    /// The id.
    pub id: String,
    /// The name, where it is known.
    pub name: Option<String>,
}

/// A flag without what it was raised for.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct FlagKind {
    /// The rule, or the code of the source.
    pub rule: String,
    /// What it is called.
    pub name: Cow<'static, str>,
    /// What it is about.
    pub category: &'static str,
    /// How bad.
    pub severity: Severity,
}

/// Where a registration is from, as far as it says so.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Origin {
    /// Canonical names of the countries that document and form name, sorted.
    pub named: Vec<String>,
    /// The calling code of the phone, as it stands.
    pub calling_code: Option<String>,
    /// The country of the document, as it stands.
    pub document: Option<String>,
}

/// Failed attempts.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub struct Attempts {
    /// Of each step that has any.
    pub by_step: Vec<(StepKind, u32)>,
    /// How many count, over all steps.
    pub counted: u32,
}

/// Yes or no, a bit each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    /// Stuck, and the wait is not the person's.
    Breached = 1,
    /// Moved since it was last decided on.
    Returned = 2,
    /// Put aside by somebody of the desk for now.
    Snoozed = 4,
    /// Claimed by whoever asks.
    Mine = 8,
    /// Nothing is known of its checks.
    Bare = 16,
}

/// The thresholds in force, by [`Knob`], 0 to 1: as bits, since few of very many differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct InForce([u64; 2]);

impl InForce {
    fn of(registration: &Registration) -> Self {
        Self(Knob::ALL.map(|knob| knob.in_force(registration).to_bits()))
    }

    /// That of a knob.
    pub fn of_knob(self, knob: Knob) -> f64 {
        f64::from_bits(self.0[knob as usize])
    }
}

/// The columns of an index; row by row beside its entries.
#[derive(Debug, Clone, Default)]
pub struct Columns {
    pub ids: Vec<RegistrationId>,
    /// How each id begins, by [`head_of`]: ties are broken by id, and the ids themselves lie all over the memory.
    pub id_heads: Vec<u64>,
    pub status: Repeating<Status>,
    pub step: Repeating<StepKind>,
    pub project: Repeating<Named>,
    pub flow: Repeating<Named>,
    /// Worst first.
    pub flags: Repeating<Vec<FlagKind>>,
    pub stuck: Repeating<Option<&'static str>>,
    pub turn: Repeating<Option<Turn>>,
    pub stage: Repeating<Option<Stage>>,
    pub owner: Repeating<Option<String>>,
    pub origin: Repeating<Origin>,
    pub attempts: Repeating<Attempts>,
    /// What operators said of flags: the rule and whether it was right.
    pub verdicts: Repeating<Vec<(String, Verdict)>>,
    /// Bits of [`Mark`].
    pub marks: Vec<u8>,
    pub risk: Vec<u8>,
    /// How many it is joined to.
    pub linked: Vec<u32>,
    /// The face compare as reported, NaN where there was none.
    pub face: Vec<f64>,
    /// The liveness as reported, NaN where there was none.
    pub liveness: Vec<f64>,
    /// The liveness that a threshold is held against, NaN where there is none: not always the one reported.
    pub held_liveness: Vec<f64>,
    pub in_force: Repeating<InForce>,
    pub version: Vec<u64>,
    /// The incident that it is stuck in, by its place among those of the index; [`NO_INCIDENT`] if none.
    pub incident: Vec<u8>,
    pub created: Vec<Timestamp>,
    pub updated: Vec<Timestamp>,
    pub last_move: Vec<Timestamp>,
    /// What blocks it: since when, and after how many seconds it counts as stuck. Nothing of it is asked of those that
    /// are not stuck.
    pub wait: Vec<(Seconds, u32)>,
    /// When its link dies or died; 0 where there is none.
    pub link_dies: Vec<Seconds>,
    /// From then on time alone may change the judgement; [`NEVER`] if it does not.
    pub holds_until: Vec<Seconds>,
    /// The time of the last judgement.
    pub as_of: Timestamp,
    pub texts: Texts,
}

/// Sets a value of a row; the row after the last one is added.
fn set<T>(column: &mut Vec<T>, row: usize, value: T) {
    match column.get_mut(row) {
        Some(old) => *old = value,
        None => column.push(value),
    }
}

impl Columns {
    /// Sets what follows from the registration itself; the row after the last one is added.
    pub fn set(&mut self, row: usize, entry: &Entry) {
        let registration = entry.registration.as_ref();
        set(&mut self.ids, row, registration.id.clone());
        set(&mut self.id_heads, row, head_of(&registration.id));
        self.status.set(row, registration.status.clone());
        self.step.set(row, entry.step().clone());
        let project = &registration.project;
        self.project.set(row, Named { id: project.id.clone(), name: project.name.clone() });
        let flow = &registration.flow;
        self.flow.set(row, Named { id: flow.id.clone(), name: flow.name.clone() });
        self.owner.set(row, registration.desk.claim.as_ref().map(|claim| claim.by.clone()));
        self.origin.set(row, origin(registration));
        self.attempts.set(row, attempts(registration));
        let verdicts = registration.desk.verdicts.iter();
        self.verdicts.set(row, verdicts.map(|told| (told.rule.clone(), told.verdict)).collect());
        set(&mut self.face, row, registration.scores.face_compare.unwrap_or(f64::NAN));
        set(&mut self.liveness, row, registration.scores.liveness.unwrap_or(f64::NAN));
        set(&mut self.held_liveness, row, Knob::Liveness.score(registration).unwrap_or(f64::NAN));
        self.in_force.set(row, InForce::of(registration));
        set(&mut self.version, row, registration.version);
        set(&mut self.created, row, registration.created_at);
        set(&mut self.updated, row, registration.updated_at);
        set(&mut self.last_move, row, entry.last_move());
        self.texts.set(row, &haystack::parts(registration));
        self.judge(row, entry);
    }

    /// Sets what follows from the judgement.
    pub fn judge(&mut self, row: usize, entry: &Entry) {
        let judgement = &entry.judgement;
        let flag = |flag: &crate::triage::Flag| FlagKind {
            rule: flag.rule.clone().into_owned(),
            name: flag.name.clone(),
            category: flag.category,
            severity: flag.severity,
        };
        self.flags.set(row, judgement.flags.iter().map(flag).collect());
        self.stuck.set(row, judgement.stuck.as_ref().map(|stuck| stuck.reason));
        self.turn.set(row, judgement.turn);
        self.stage.set(row, judgement.stage);
        let marks = [
            (Mark::Breached, entry.is_breached()),
            (Mark::Returned, entry.has_returned()),
            (Mark::Snoozed, entry.is_snoozed()),
            (Mark::Mine, entry.is_mine()),
            (Mark::Bare, tells_nothing(&entry.registration.checks)),
        ];
        let marks = marks.into_iter().filter(|(_, holds)| *holds).fold(0, |bits, (mark, _)| bits | mark as u8);
        set(&mut self.marks, row, marks);
        set(&mut self.risk, row, judgement.risk.score);
        set(&mut self.linked, row, u32::try_from(judgement.links.len()).unwrap_or(u32::MAX));
        let limit = |stuck: &Stuck| u32::try_from(stuck.limit_seconds).unwrap_or(u32::MAX);
        let wait = judgement.stuck.as_ref().map(|stuck| (seconds(stuck.since), limit(stuck)));
        set(&mut self.wait, row, wait.unwrap_or_default());
        set(&mut self.link_dies, row, judgement.link.map_or(0, |link| seconds(link.dies_at)));
        set(&mut self.holds_until, row, entry.holds_until.map_or(NEVER, seconds));
        let incident = entry.incident.and_then(|place| u8::try_from(place).ok());
        set(&mut self.incident, row, incident.unwrap_or(NO_INCIDENT));
    }

    /// Puts the last row in the place of this one.
    pub fn swap_remove(&mut self, row: usize) {
        self.ids.swap_remove(row);
        self.id_heads.swap_remove(row);
        self.status.swap_remove(row);
        self.step.swap_remove(row);
        self.project.swap_remove(row);
        self.flow.swap_remove(row);
        self.flags.swap_remove(row);
        self.stuck.swap_remove(row);
        self.turn.swap_remove(row);
        self.stage.swap_remove(row);
        self.owner.swap_remove(row);
        self.origin.swap_remove(row);
        self.attempts.swap_remove(row);
        self.verdicts.swap_remove(row);
        self.marks.swap_remove(row);
        self.risk.swap_remove(row);
        self.linked.swap_remove(row);
        self.face.swap_remove(row);
        self.liveness.swap_remove(row);
        self.held_liveness.swap_remove(row);
        self.in_force.swap_remove(row);
        self.version.swap_remove(row);
        self.incident.swap_remove(row);
        self.created.swap_remove(row);
        self.updated.swap_remove(row);
        self.last_move.swap_remove(row);
        self.wait.swap_remove(row);
        self.link_dies.swap_remove(row);
        self.holds_until.swap_remove(row);
        self.texts.swap_remove(row);
    }

    /// The score that a threshold is held against; NaN where there is none.
    pub fn held(&self, knob: Knob, row: usize) -> f64 {
        match knob {
            Knob::Face => Some(self.face[row]).filter(|score| Knob::is_score(*score)).unwrap_or(f64::NAN),
            Knob::Liveness => self.held_liveness[row],
        }
    }

    /// Those of whom something holds no longer by itself.
    pub fn due(&self, now: Timestamp) -> Vec<Row> {
        let now = seconds(now);
        let due = self.holds_until.iter().enumerate().filter(|(_, until)| **until <= now);
        due.map(|(row, _)| Row::new(row)).collect()
    }

    /// These rows, of whom none stands there twice.
    pub fn among<'a>(&self, rows: &'a [Row]) -> Among<'a> {
        if rows.len() == self.len() { Among::All } else { Among::Only(rows) }
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.ids.len()
    }

    /// Whether a mark holds of a row.
    pub fn has(&self, row: usize, mark: Mark) -> bool {
        self.marks[row] & mark as u8 != 0
    }
}

/// The first eight bytes of an id as a number that sorts alike.
pub fn head_of(id: &RegistrationId) -> u64 {
    u64::from_be_bytes(beginning(id.as_str()))
}

fn origin(registration: &Registration) -> Origin {
    Origin {
        named: country::named(registration),
        calling_code: registration.contact.country_code.clone(),
        document: registration.checks.document.as_ref().and_then(|document| document.country.clone()),
    }
}

fn attempts(registration: &Registration) -> Attempts {
    let failures = registration.failed_attempts.iter();
    let steps = registration.steps.iter().map(|step| &step.kind).chain(failures.clone().map(|attempt| &attempt.step));
    let mut by_step: Vec<(StepKind, u32)> = Vec::new();
    for kind in steps {
        let counted = registration.counted_failures(kind);
        let count = registration.step(kind).map_or(0, |step| step.attempts).max(counted);
        if count > 0 && by_step.iter().all(|(known, _)| known != kind) {
            by_step.push((kind.clone(), count));
        }
    }
    let counted = failures.filter(|attempt| attempt.counts).count();
    Attempts { by_step, counted: u32::try_from(counted).unwrap_or(u32::MAX) }
}
