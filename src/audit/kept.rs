//! Where the lines of a log are kept.

use std::{io, sync::Arc};

use super::{
    end::{self, End, Head},
    file::LogFile,
    journal::no_entries,
};
use crate::backend::{Ledger, LedgerLine};

/// See the module.
#[derive(Clone)]
pub(super) enum Kept {
    /// In a file of this machine.
    File(LogFile),
    /// With the registrations, where others share them.
    Shared(Arc<dyn Ledger>),
}

impl Kept {
    pub(super) fn place(&self) -> String {
        match self {
            Self::File(file) => file.path().display().to_string(),
            Self::Shared(ledger) => ledger.place(),
        }
    }

    /// Whether lines and the note of the end are written as one.
    pub(super) fn is_one(&self) -> bool {
        matches!(self, Self::Shared(_))
    }

    /// Adds what `next` makes of the end, with nobody in between. It is kept for good when this returns.
    pub(super) fn append(&self, next: &(dyn Fn(&End) -> io::Result<Vec<LedgerLine>> + Sync)) -> io::Result<()> {
        match self {
            Self::File(file) => file.append(next),
            Self::Shared(ledger) => ledger
                .append(&|end| {
                    let lines = End::of_ledger(end).ok_or_else(no_entries).and_then(|end| next(&end));
                    lines.map_err(|error| error.to_string())
                })
                .map_err(|error| io::Error::other(error.message)),
        }
    }

    /// Hands over every whole line with its number, from 1; then the note of the end, and whether a part of a line
    /// follows the whole ones. All of it is of one moment.
    pub(super) fn each(&self, take: &mut (dyn FnMut(&str, u64) + Send)) -> io::Result<(Head, bool)> {
        match self {
            Self::File(file) => file.each(take),
            Self::Shared(ledger) => {
                let mut number = 0;
                let end = ledger.read(&mut |line| {
                    number += 1;
                    take(line, number);
                });
                let end = end.map_err(|error| io::Error::other(error.message))?;
                Ok((end::noted(&end), false))
            }
        }
    }
}
