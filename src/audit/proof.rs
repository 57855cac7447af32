//! What shows somebody without the log that entries stand in it as they are given.

use std::io;

use serde::Serialize;

use super::{
    Entry, Journal, Verdict,
    entry::{Line, no_digest},
};
use crate::model::RegistrationId;

/// A part of a log, from the first entry about a registration to the last entry there is. The digests of the entries
/// follow from it, one from the other, and the last of them is that of the log, which can be kept elsewhere.
#[derive(Debug)]
pub struct Proof {
    /// The entries about the registration, to be read.
    pub entries: Vec<Entry>,
    /// What a look at the whole log found at the same time.
    pub log: Verdict,
    /// The digest of the entry before the part; zeros if it begins with the first one.
    pub from: String,
    /// Every entry of the part, in order.
    pub links: Vec<Link>,
}

/// An entry in a [`Proof`]. Its digest is that of the one before followed by the digest of its content, which is all of
/// its line before `,"previous":`.
#[derive(Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Link {
    /// The line of an entry about the registration, as it stands in the log.
    Line(String),
    /// The digest of the content of an entry about something else.
    Content(String),
    /// The line of an entry of the first kind, about whatever: its digest is that of all of the line before `,"digest":`,
    /// and a `}`.
    FirstKind(String),
}

impl Journal {
    /// Proves the entries about a registration. Faults of the log are in the proof as they are in the log. Blocks.
    pub fn prove(&self, id: &RegistrationId) -> io::Result<Proof> {
        let mut proof = Proof { entries: Vec::new(), log: Verdict::default(), from: no_digest(), links: Vec::new() };
        let log = self.look(&mut |text| {
            let Some(line) = Line::read(text) else { return };
            let is_about_it = line.entry.deed.registration.as_ref() == Some(id);
            if proof.entries.is_empty() {
                if !is_about_it {
                    return;
                }
                proof.from.clone_from(&line.entry.previous);
            }
            let whole = || text.trim_end().to_owned();
            proof.links.push(match line.is_of_first_kind {
                true => Link::FirstKind(whole()),
                false if is_about_it => Link::Line(whole()),
                false => Link::Content(line.content),
            });
            if is_about_it {
                proof.entries.push(line.entry);
            }
        })?;
        Ok(Proof { log, ..proof })
    }
}
