//! The columns as sections, in an order that both sides keep.

use std::{
    hash::Hash,
    io::{self, Read, Write},
};

use serde::{Serialize, de::DeserializeOwned};

use super::sections::{Fixed, Reading, Writing};
use crate::{
    index::columns::{Columns, FlagKind, Measured, Named, Repeating, Texts},
    model::{RegistrationId, Timestamp, Verdict},
    triage::{REPORTED, Severity, WAYS, rules},
};

impl Fixed for Measured {
    const SIZE: usize = <(f64, f64)>::SIZE;
    fn put(self, bytes: &mut Vec<u8>) {
        (self.score, self.in_force).put(bytes);
    }
    fn take(bytes: &[u8]) -> Option<Self> {
        let (score, in_force) = Fixed::take(bytes)?;
        Some(Self { score, in_force })
    }
}

/// A flag with words of its own.
type Flag = (String, String, String, Severity);

/// Writes the ids and when each was created: what others need before they can begin. Their projects come next.
pub fn write_ids<W: Write>(columns: &Columns, out: &mut Writing<W>) -> io::Result<()> {
    out.list(columns.ids.iter().map(|id| u32::try_from(id.as_str().len()).unwrap_or(u32::MAX)))?;
    out.blob(columns.ids.iter().map(RegistrationId::as_str).collect::<String>().as_bytes())?;
    out.list(columns.created.iter().copied())
}

/// Reads them.
pub fn read_ids<R: Read>(from: &mut Reading<R>) -> Option<(Vec<RegistrationId>, Vec<Timestamp>)> {
    let lengths = from.any_list::<u32>()?;
    let text = String::from_utf8(from.blob()?).ok()?;
    let mut rest = text.as_str();
    let mut ids = Vec::with_capacity(lengths.len());
    for length in lengths {
        let (id, others) = rest.split_at_checked(length as usize)?;
        ids.push(RegistrationId::from(id));
        rest = others;
    }
    let created = from.list(ids.len())?;
    Some((ids, created))
}

/// Writes everything else.
pub fn write<W: Write>(columns: &Columns, out: &mut Writing<W>) -> io::Result<()> {
    repeating(out, &columns.status, Clone::clone)?;
    repeating(out, &columns.step, Clone::clone)?;
    repeating(out, &columns.flow, Clone::clone)?;
    repeating(out, &columns.flags, |flags| flags.iter().map(flag).collect::<Vec<Flag>>())?;
    repeating(out, &columns.stuck, |reason| *reason)?;
    repeating(out, &columns.turn, |turn| *turn)?;
    repeating(out, &columns.stage, |stage| *stage)?;
    repeating(out, &columns.owner, Clone::clone)?;
    repeating(out, &columns.origin, Clone::clone)?;
    repeating(out, &columns.attempts, Clone::clone)?;
    repeating(out, &columns.verdicts, Clone::clone)?;
    out.list(columns.marks.iter().copied())?;
    out.list(columns.risk.iter().copied())?;
    out.list(columns.linked.iter().copied())?;
    out.list(columns.face.iter().copied())?;
    out.list(columns.liveness.iter().copied())?;
    for measured in &columns.measured {
        out.list(measured.iter().copied())?;
    }
    out.list(columns.version.iter().copied())?;
    out.list(columns.incident.iter().copied())?;
    out.list(columns.updated.iter().copied())?;
    out.list(columns.last_move.iter().copied())?;
    out.list(columns.wait.iter().copied())?;
    out.list(columns.link_dies.iter().copied())?;
    out.list(columns.holds_until.iter().copied())?;
    out.number(columns.as_of)?;
    let (ends, memory) = columns.texts.parts();
    out.list(ends.iter().copied())?;
    out.blob(memory.as_bytes())
}

/// Reads everything else, row by row beside these ids.
pub fn read<R: Read>(
    from: &mut Reading<R>,
    ids: Vec<RegistrationId>,
    created: Vec<Timestamp>,
    project: Repeating<Named>,
) -> Option<Columns> {
    let count = ids.len();
    Some(Columns {
        ids,
        created,
        status: repeated(from, count, Some)?,
        step: repeated(from, count, Some)?,
        project,
        flow: repeated(from, count, Some)?,
        flags: repeated(from, count, |flags: Vec<Flag>| flags.into_iter().map(known_flag).collect())?,
        stuck: repeated(from, count, |reason: Option<String>| match reason {
            Some(reason) => known_reason(&reason).map(Some),
            None => Some(None),
        })?,
        turn: repeated(from, count, Some)?,
        stage: repeated(from, count, Some)?,
        owner: repeated(from, count, Some)?,
        origin: repeated(from, count, Some)?,
        attempts: repeated(from, count, Some)?,
        verdicts: repeated(from, count, Some::<Vec<(String, Verdict)>>)?,
        marks: from.list(count)?,
        risk: from.list(count)?,
        linked: from.list(count)?,
        face: from.list(count)?,
        liveness: from.list(count)?,
        measured: [from.list(count)?, from.list(count)?],
        version: from.list(count)?,
        incident: from.list(count)?,
        updated: from.list(count)?,
        last_move: from.list(count)?,
        wait: from.list(count)?,
        link_dies: from.list(count)?,
        holds_until: from.list(count)?,
        as_of: from.number()?,
        texts: {
            let ends = from.any_list()?;
            Texts::of(&ends, String::from_utf8(from.blob()?).ok()?, count)?
        },
    })
}

/// Writes a column of values that many share.
pub fn repeating<W: Write, T: Eq + Hash + Clone, V: Serialize>(
    out: &mut Writing<W>,
    column: &Repeating<T>,
    tell: impl FnMut(&T) -> V,
) -> io::Result<()> {
    out.value(&column.table(tell))?;
    out.list(column.codes().iter().copied())
}

/// Reads it.
pub fn repeated<R: Read, T: Eq + Hash + Clone, V: DeserializeOwned>(
    from: &mut Reading<R>,
    count: usize,
    read: impl FnMut(V) -> Option<T>,
) -> Option<Repeating<T>> {
    let values: Vec<V> = from.value()?;
    let values = values.into_iter().map(read).collect::<Option<Vec<T>>>()?;
    Repeating::of(values, from.list(count)?)
}

fn flag(flag: &FlagKind) -> Flag {
    (flag.rule.clone(), flag.name.clone().into_owned(), flag.category.to_owned(), flag.severity)
}

/// A flag of a category that the program knows.
fn known_flag((rule, name, category, severity): Flag) -> Option<FlagKind> {
    let mut categories = rules().map(|rule| rule.category).chain([REPORTED]);
    let category = categories.find(|known| *known == category)?;
    Some(FlagKind { rule, name: name.into(), category, severity })
}

/// A way of being stuck that the program knows.
fn known_reason(reason: &str) -> Option<&'static str> {
    WAYS.iter().map(|way| way.id).find(|known| *known == reason)
}
