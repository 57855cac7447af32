//! What keeps the lines of an audit log that is no file: whoever shares the store shares the log.

use super::BackendError;

/// A line of a log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LedgerLine {
    /// The number of its entry.
    pub number: u64,
    /// The digest that it states, by which the next one is linked to it.
    pub digest: String,
    /// The line, without its end.
    pub text: String,
}

/// Where a log ends.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LedgerEnd {
    /// Number and digest of the last entry as they are noted beside the lines; `None` if nothing was ever noted.
    pub noted: Option<(u64, String)>,
    /// The last few lines, the latest first.
    pub last: Vec<String>,
}

/// What is to be added behind the end of a log, or why nothing can be. It may be asked again.
pub type Next<'n> = dyn Fn(&LedgerEnd) -> Result<Vec<LedgerLine>, String> + Sync + 'n;

/// Lines that are only ever added to, one after the other, by whoever shares them. All of it blocks, on any thread.
pub trait Ledger: Send + Sync {
    /// Where it is, for messages.
    fn place(&self) -> String;

    /// Adds lines behind the end, and notes the new end, as one: if somebody was quicker, `next` is asked again. All of
    /// it is kept when this returns.
    fn append(&self, next: &Next<'_>) -> Result<(), BackendError>;

    /// Hands over every line, oldest first, and then where the log ends, all as of one moment.
    fn read(&self, take: &mut (dyn FnMut(&str) + Send)) -> Result<LedgerEnd, BackendError>;
}
