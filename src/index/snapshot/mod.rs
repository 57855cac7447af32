//! An index as a file: everything that took long to find out, laid out so that it is read quickly. Encoding only; where
//! the file lies and whether it still fits the store is the business of others.
//!
//! It has two parts, since two threads read it: the columns and what belongs to them, and what joins people. A number at
//! the end tells where the second one begins.
//!
//! It is never believed: what does not begin as one of today's, was made by others or for others, or is damaged in any
//! place, is none.

mod columns;
#[cfg(test)]
mod tests;

use std::{
    io::{self, Read, Write},
    thread,
};

use serde::{Deserialize, Serialize};

use super::{
    Index, Records,
    columns::{Columns, head_of},
};
use crate::{
    model::Timestamp,
    sections::{OF_ONE_NUMBER, Reading, Writing, roomy},
    triage::{LinkIndex, Visit},
};

/// What every snapshot begins with.
const MAGIC: u64 = u64::from_le_bytes(*b"regdeskI");
/// Number of the layout; one of another is not read.
const FORMAT: u32 = 3;

/// What a snapshot is of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stamp {
    /// Who made it, by what it judges and for whom: in any words that differ whenever one of these does.
    pub maker: String,
    /// The place in the changes of its store up to which everything is in it: number and mark.
    pub position: (u64, u64),
}

impl Index {
    /// Writes a snapshot. Only of an index whose registrations are kept elsewhere.
    ///
    /// # Errors
    /// If it cannot be written there, or the registrations are kept in this index.
    pub fn write_snapshot(&self, stamp: &Stamp, mut out: impl Write) -> io::Result<()> {
        if !matches!(self.records, Records::Stored(_)) {
            return Err(io::Error::other("the registrations are nowhere else"));
        }
        let mut first = Writing::new(&mut out);
        first.number(MAGIC)?;
        first.number(FORMAT)?;
        first.value(stamp)?;
        columns::write(&self.columns, &mut first)?;
        first.value(&self.channels)?;
        first.value(&self.incidents)?;
        first.list(self.visits.iter().map(|visits| u32::try_from(visits.len()).unwrap_or(u32::MAX)))?;
        let visits: Vec<&Visit> = self.visits.iter().flat_map(|visits| visits.iter()).collect();
        first.list(visits.iter().map(|visit| (visit.at(), visit.code())))?;
        let length = first.finish()?;
        let mut second = Writing::new(&mut out);
        self.links.write(&mut second, self.columns.ids.iter())?;
        second.finish()?;
        let mut end = Writing::new(out);
        end.number(length)?;
        end.finish().map(drop)
    }

    /// Reads a snapshot of so many bytes, by this maker, into an empty index whose registrations are looked up. It is
    /// read from any byte on that is asked for. Tells up to where it knows everything; `None` if it is none.
    pub fn read_snapshot<R: Read>(
        mut self,
        maker: &str,
        from: impl Fn(u64) -> R + Sync,
        length: u64,
    ) -> Option<(Self, (u64, u64))> {
        let end = length.checked_sub(OF_ONE_NUMBER)?;
        let second: u64 = Reading::new(from(end), OF_ONE_NUMBER).number()?;
        let of_second = end.checked_sub(second)?;
        let mut first = Reading::new(from(0), second);
        if first.number::<u64>()? != MAGIC || first.number::<u32>()? != FORMAT {
            return None;
        }
        let stamp: Stamp = first.value()?;
        if stamp.maker != maker || !matches!(self.records, Records::Stored(_)) {
            return None;
        }
        let people = columns::read_people(&mut first)?;
        let count = people.ids.len();
        let (links, rest) = thread::scope(|scope| {
            let links = scope.spawn(|| links(&people, Reading::new(from(second), of_second)));
            let rest = columns::read(&mut first, count).and_then(|columns| {
                let (channels, incidents) = (first.value()?, first.value()?);
                Some((columns, channels, incidents, read_visits(&mut first, count)?))
            });
            (links.join().ok().flatten(), rest)
        });
        (self.columns, self.channels, self.incidents, self.visits) = rest?;
        let columns::People { ids, created, project } = people;
        let mut id_heads = roomy(count);
        id_heads.extend(ids.iter().map(head_of));
        self.columns = Columns { ids, id_heads, project, created, ..self.columns };
        self.links = links?;
        // They are numbered in the order of rows.
        self.rows = roomy(count);
        self.rows.extend(0..u32::try_from(count).ok()?);
        Some((self, stamp.position))
    }
}

/// What joins these people.
fn links<R: Read>(people: &columns::People, mut from: Reading<R>) -> Option<LinkIndex> {
    let each = people.ids.iter().zip(&people.created).enumerate();
    LinkIndex::read(&mut from, each.map(|(row, (id, at))| (id, *at, people.project.get(row).id.as_str())))
}

fn read_visits<R: Read>(from: &mut Reading<R>, count: usize) -> Option<Vec<Box<[Visit]>>> {
    let lengths: Vec<u32> = from.list(count)?;
    let all: Vec<(Timestamp, u32)> = from.any_list()?;
    let mut rest = all.as_slice();
    let mut visits = roomy(count);
    for length in lengths {
        let (own, others) = rest.split_at_checked(length as usize)?;
        visits.push(own.iter().map(|(at, code)| Visit::of_code(*at, *code)).collect());
        rest = others;
    }
    Some(visits)
}
