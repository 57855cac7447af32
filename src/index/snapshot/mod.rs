//! An index as a file: everything that took long to find out, laid out so that it is read quickly. Encoding only; where
//! the file lies and whether it still fits the store is the business of others.
//!
//! It is never believed: what does not begin as one of today's, was made by others or for others, or is damaged in any
//! place, is none.

mod columns;
mod sections;
#[cfg(test)]
mod tests;

use std::{
    io::{self, Read, Write},
    thread,
};

use serde::{Deserialize, Serialize};

use super::{
    Index, Records,
    columns::{Named, Repeating},
};
use crate::{
    model::{RegistrationId, Timestamp},
    triage::{LinkIndex, Visit},
};
use sections::{Reading, Writing};

/// What every snapshot begins with.
const MAGIC: u64 = u64::from_le_bytes(*b"regdeskI");
/// Number of the layout; one of another is not read.
const FORMAT: u32 = 1;

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
    pub fn write_snapshot(&self, stamp: &Stamp, out: impl Write) -> io::Result<()> {
        if !matches!(self.records, Records::Stored(_)) {
            return Err(io::Error::other("the registrations are nowhere else"));
        }
        let mut out = Writing::new(out);
        out.number(MAGIC)?;
        out.number(FORMAT)?;
        out.value(stamp)?;
        columns::write_ids(&self.columns, &mut out)?;
        columns::repeating(&mut out, &self.columns.project, Clone::clone)?;
        self.write_links(&mut out)?;
        columns::write(&self.columns, &mut out)?;
        out.value(&self.channels)?;
        out.value(&self.incidents)?;
        out.list(self.visits.iter().map(|visits| u32::try_from(visits.len()).unwrap_or(u32::MAX)))?;
        let visits: Vec<&Visit> = self.visits.iter().flat_map(|visits| visits.iter()).collect();
        out.list(visits.iter().map(|visit| (visit.at(), visit.code())))?;
        out.finish()
    }

    fn write_links<W: Write>(&self, out: &mut Writing<W>) -> io::Result<()> {
        let remembered = || self.columns.ids.iter().map(|id| self.links.remembered(id).unwrap_or_default());
        let lengths: Vec<u32> = remembered().map(|own| u32::try_from(own.len()).unwrap_or(u32::MAX)).collect();
        out.list(lengths.into_iter())?;
        out.blob(&remembered().collect::<Vec<_>>().concat())
    }

    /// Reads a snapshot of so many bytes, by this maker, into an empty index whose registrations are looked up. Tells
    /// up to where it knows everything; `None` if it is none.
    pub fn read_snapshot(mut self, maker: &str, from: impl Read, length: u64) -> Option<(Self, (u64, u64))> {
        let mut from = Reading::new(from, length);
        if from.number::<u64>()? != MAGIC || from.number::<u32>()? != FORMAT {
            return None;
        }
        let stamp: Stamp = from.value()?;
        if stamp.maker != maker || !matches!(self.records, Records::Stored(_)) {
            return None;
        }
        let (ids, created) = columns::read_ids(&mut from)?;
        let projects = columns::repeated(&mut from, ids.len(), Some)?;
        let lengths: Vec<u32> = from.list(ids.len())?;
        let remembered = from.blob()?;
        let (known, began, of) = (ids.clone(), created.clone(), projects.clone());
        // What joins them is put together while the rest is read.
        let joining = thread::spawn(move || links(&known, &began, &of, &lengths, &remembered));
        let columns = columns::read(&mut from, ids, created, projects);
        let visits = columns.and_then(|columns| {
            let (channels, incidents) = (from.value()?, from.value()?);
            let visits = read_visits(&mut from, columns.len())?;
            Some((columns, channels, incidents, visits))
        });
        let joined = joining.join().ok().flatten();
        (self.columns, self.channels, self.incidents, self.visits) = visits?;
        self.links = joined?;
        // They were numbered in the order of rows.
        self.rows = (0..u32::try_from(self.len()).ok()?).collect();
        Some((self, stamp.position))
    }
}

/// Everybody with what they share; `None` if somebody stands there twice, or it is no such thing.
fn links(
    ids: &[RegistrationId],
    created: &[Timestamp],
    projects: &Repeating<Named>,
    lengths: &[u32],
    mut remembered: &[u8],
) -> Option<LinkIndex> {
    let mut links = LinkIndex::with_room_for(ids.len());
    for (row, ((id, at), length)) in ids.iter().zip(created).zip(lengths).enumerate() {
        let (own, others) = remembered.split_at_checked(*length as usize)?;
        if links.number(id).is_some() {
            return None;
        }
        links.recall(id, *at, &projects.get(row).id, own)?;
        remembered = others;
    }
    links.settle();
    Some(links)
}

fn read_visits<R: Read>(from: &mut Reading<R>, count: usize) -> Option<Vec<Box<[Visit]>>> {
    let lengths: Vec<u32> = from.list(count)?;
    let all: Vec<(Timestamp, u32)> = from.any_list()?;
    let mut rest = all.as_slice();
    let mut visits = Vec::with_capacity(count);
    for length in lengths {
        let (own, others) = rest.split_at_checked(length as usize)?;
        visits.push(own.iter().map(|(at, code)| Visit::of_code(*at, *code)).collect());
        rest = others;
    }
    Some(visits)
}
