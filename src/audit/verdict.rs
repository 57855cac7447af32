//! A look at a whole log.

use super::{
    end::{End, Head, Last},
    entry::Line,
};

/// How far a clock is set back without anybody's notice, seconds: more than what keeps it right does, and more than the
/// clocks of machines differ that share a log.
const ADJUSTMENT: i64 = 60;

/// Faults that are told one by one; the rest is counted.
const TOLD: usize = 20;

/// What a look at a whole log has found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Verdict {
    /// Entries that could be read.
    pub entries: u64,
    /// The digest of the last entry; zeros if there is none.
    pub digest: String,
    /// The first twenty faults, a sentence each: what was changed, is missing or stands elsewhere.
    pub faults: Vec<String>,
    /// How many faults there are.
    pub faulty: u64,
    /// The first twenty doubts, a sentence each: what may be somebody's doing, or the system's.
    pub doubts: Vec<String>,
    /// Deeds that were announced and of which no end is noted: the program was stopped in the middle of them.
    pub unended: u64,
}

impl Verdict {
    fn doubt(&mut self, doubt: String) {
        if self.doubts.len() < TOLD {
            self.doubts.push(doubt);
        }
    }

    fn fault(&mut self, fault: String) {
        self.faulty += 1;
        if self.faults.len() < TOLD {
            self.faults.push(fault);
        }
    }
}

/// A look under way, line by line.
#[derive(Default)]
pub(super) struct Look {
    verdict: Verdict,
    last: Last,
    announced: u64,
}

impl Look {
    /// Goes over one line: whether it is as it was written, and stands behind the one before.
    pub(super) fn take(&mut self, line: &str, number: u64) {
        let (verdict, last) = (&mut self.verdict, &self.last);
        let Some(Line { entry, digest, is_right, .. }) = Line::read(line) else {
            return verdict.fault(format!("line {number} is no entry"));
        };
        if !is_right {
            verdict.fault(format!("line {number}: entry {} was changed", entry.number));
        }
        if !last.is_before(&entry) {
            verdict.fault(format!(
                "line {number}: entry {} does not follow entry {}; something is missing, added or moved",
                entry.number, last.number
            ));
        }
        if last.at.is_some_and(|before| (before - entry.at).num_seconds() > ADJUSTMENT) {
            verdict.doubt(format!("line {number}: entry {} is older than the one before", entry.number));
        }
        if let Some(found) = &entry.deed.found {
            verdict.fault(format!("line {number}: before entry {}, {found}", entry.number));
        }
        self.announced += u64::from(entry.deed.begins);
        self.announced = self.announced.saturating_sub(u64::from(entry.deed.ends.is_some()));
        verdict.entries += 1;
        self.last = Last::of(&entry, digest);
    }

    /// What it has come to, once the end is known as it was noted.
    pub(super) fn end(self, head: Head, is_one: bool) -> Verdict {
        let Self { mut verdict, last, announced } = self;
        verdict.unended = announced;
        let end = End { last, head, is_one };
        if let Some(fault) = end.fault() {
            verdict.fault(fault);
        }
        verdict.digest = end.last.digest;
        verdict
    }
}
