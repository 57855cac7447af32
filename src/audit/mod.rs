//! Who did what: a log of everything operators do, in which no entry can be changed, left out or moved unnoticed.
//!
//! ```text
//! Journal::at(path, profile)      the log of a profile: a file of lines, in which each names the digest of the one before
//! Journal::shared(ledger, profile)  the same lines in a store that others share, with one log for all of them
//! journal.note(by, deed)          adds an entry; on disk when it returns. Before it, if need be, that entries are missing
//! journal.read(), .verify()       the entries; whether they are all there, unchanged and in order
//! journal.prove(id)               the entries about a registration, and what shows that they are in the log
//! journal.carry_to(&other)        all entries to where a log goes on
//! Audited::new(backend, journal…) a backend that notes what operators ask of it, before it is done, and how it ended
//! ```
//!
//! The entries name registrations by id and operators by name and by the number of the system's user, have the system's
//! time, and say what was seen and what was answered in words of
//! the program; personal data and what operators write do not get into them. Whoever can write the file, or the tables,
//! could write all of it anew, with other digests: keep the digest of its last entry, which `regdesk audit --verify` prints, elsewhere.

mod audited;
mod carry;
mod end;
mod entry;
mod file;
mod journal;
mod kept;
mod proof;
mod verdict;

pub use audited::Audited;
pub use carry::Carried;
pub use entry::{Deed, Entry, Seen, digest};
pub use journal::Journal;
pub use proof::{Link, Proof};
pub use verdict::Verdict;
