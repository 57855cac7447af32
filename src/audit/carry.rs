//! A log goes on elsewhere, with every entry as it was written.

use std::io;

use super::{Journal, entry::Line, journal::no_entries};
use crate::backend::LedgerLine;

/// Lines that are added in one go.
const TOGETHER: usize = 500;

/// What became of a log that was to go on elsewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Carried {
    /// All of it stands there, before whatever else does; so many lines are new there.
    Whole(u64),
    /// It stays where it is, since there is another one.
    Apart,
    /// It stays where it is, since it has so many faults.
    Faulty(u64),
}

impl Journal {
    /// Brings all lines to another log, which has none yet or begins with the same. Nobody may write to either meanwhile.
    /// What was cut short goes on where it ended. Blocks.
    pub fn carry_to(&self, target: &Self) -> io::Result<Carried> {
        let verdict = self.verify()?;
        if verdict.faulty > 0 {
            return Ok(Carried::Faulty(verdict.faulty));
        }
        let (ours, theirs) = (self.lines()?, target.lines()?);
        let common = ours.iter().zip(&theirs).take_while(|(our, their)| our == their).count();
        if common < ours.len() && common < theirs.len() {
            return Ok(Carried::Apart);
        }
        for lines in ours[common..].chunks(TOGETHER) {
            target.add(lines)?;
        }
        Ok(Carried::Whole((ours.len() - common) as u64))
    }

    fn lines(&self) -> io::Result<Vec<String>> {
        let mut lines = Vec::new();
        self.kept.each(&mut |line, _| lines.push(line.trim_end().to_owned()))?;
        Ok(lines)
    }

    /// Adds lines as they are.
    fn add(&self, lines: &[String]) -> io::Result<()> {
        let read = |text: &String| {
            let line = Line::read(text).ok_or_else(no_entries)?;
            let added = LedgerLine { number: line.entry.number, digest: line.digest, text: text.clone() };
            Ok((line.entry, added))
        };
        let read: Vec<_> = lines.iter().map(read).collect::<io::Result<_>>()?;
        self.kept.append(&|end| {
            if !read.first().is_none_or(|(first, _)| end.last.is_before(first)) {
                return Err(io::Error::other("somebody else writes to it"));
            }
            Ok(read.iter().map(|(_, line)| line.clone()).collect())
        })
    }
}
