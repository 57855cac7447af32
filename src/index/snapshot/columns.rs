//! The columns as sections, in an order that both sides keep.

use std::{
    hash::Hash,
    io::{self, Read, Write},
};

use serde::{Serialize, de::DeserializeOwned};

use crate::{
    index::columns::{Codes, Columns, FlagKind, Letters, Named, Repeating, Texts},
    model::{RegistrationId, Timestamp, Verdict},
    sections::{Reading, Writing, roomy},
    triage::{REPORTED, Severity, WAYS, rules},
};

/// A flag with words of its own.
type Flag = (String, String, String, Severity);

/// Who they are: what others need before they can begin.
pub struct People {
    pub ids: Vec<RegistrationId>,
    pub created: Vec<Timestamp>,
    pub project: Repeating<Named>,
}

/// Reads who they are.
pub fn read_people<R: Read>(from: &mut Reading<R>) -> Option<People> {
    let created: Vec<Timestamp> = from.any_list()?;
    let (lengths, text) = from.blobs(created.len())?;
    let text = String::from_utf8(text).ok()?;
    let mut rest = text.as_str();
    let mut ids = roomy(lengths.len());
    for length in lengths {
        let (id, others) = rest.split_at_checked(length as usize)?;
        ids.push(RegistrationId::from(id));
        rest = others;
    }
    let project = repeated(from, ids.len(), Some)?;
    Some(People { ids, created, project })
}

/// Writes all of them.
pub fn write<W: Write>(columns: &Columns, out: &mut Writing<W>) -> io::Result<()> {
    out.list(columns.created.iter().copied())?;
    out.blobs(columns.ids.iter().map(|id| id.as_str().as_bytes()))?;
    repeating(out, &columns.project, Clone::clone)?;
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
    out.list(columns.held_liveness.iter().copied())?;
    repeating(out, &columns.in_force, |in_force| *in_force)?;
    out.list(columns.version.iter().copied())?;
    out.list(columns.incident.iter().copied())?;
    out.list(columns.updated.iter().copied())?;
    out.list(columns.last_move.iter().copied())?;
    out.list(columns.wait.iter().copied())?;
    out.list(columns.link_dies.iter().copied())?;
    out.list(columns.holds_until.iter().copied())?;
    out.number(columns.as_of)?;
    let ends: Vec<u32> = columns.texts.ends().collect();
    out.list(ends.into_iter())?;
    out.list(columns.texts.letters().iter().map(|[name, email]| (name.bits(), email.bits())))?;
    out.joined(columns.texts.rows().map(str::as_bytes))
}

/// Reads everything else of so many.
pub fn read<R: Read>(from: &mut Reading<R>, count: usize) -> Option<Columns> {
    Some(Columns {
        status: repeated(from, count, Some)?,
        step: repeated(from, count, Some)?,
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
        held_liveness: from.list(count)?,
        in_force: repeated(from, count, Some)?,
        version: from.list(count)?,
        incident: from.list(count)?,
        updated: from.list(count)?,
        last_move: from.list(count)?,
        wait: from.list(count)?,
        link_dies: from.list(count)?,
        holds_until: from.list(count)?,
        as_of: from.number()?,
        texts: {
            let (ends, letters): (Vec<u32>, Vec<(u32, u32)>) = (from.any_list()?, from.list(count)?);
            let letters = letters.into_iter().map(|(name, email)| [name, email].map(Letters::of_bits)).collect();
            Texts::of(&ends, letters, String::from_utf8(from.blob()?).ok()?)?
        },
        ..Columns::default()
    })
}

/// Writes a column of values that many share.
fn repeating<W: Write, T: Eq + Hash + Clone, V: Serialize>(
    out: &mut Writing<W>,
    column: &Repeating<T>,
    tell: impl FnMut(&T) -> V,
) -> io::Result<()> {
    out.value(&column.table(tell))?;
    column.codes().halves().into_iter().try_for_each(|half| out.list(half.iter().copied()))
}

/// Reads it.
fn repeated<R: Read, T: Eq + Hash + Clone, V: DeserializeOwned>(
    from: &mut Reading<R>,
    count: usize,
    read: impl FnMut(V) -> Option<T>,
) -> Option<Repeating<T>> {
    let values: Vec<V> = from.value()?;
    let values = values.into_iter().map(read).collect::<Option<Vec<T>>>()?;
    let low = from.list(count)?;
    Repeating::of(values, Codes::of(low, from.any_list()?)?)
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
