//! Whether a store is whole: every page has its checksum, every registration can be read and is what its events lead
//! to, and every index says of it what it has to say, and nothing else.

use std::collections::HashMap;
use std::path::Path;

use redb::{ReadTransaction, ReadableDatabase as _, ReadableTable as _, ReadableTableMetadata as _, TableError};

use super::feed::FEED;
use super::open::{OpenError, careful, existing, file_of, require_format};
use super::record::{Keys, unpack_snapshot};
use super::tables::{CHANGED, CONTACTS, COUNTS, EXPIRY, HISTORY, ORDER, STATES, TOKENS};
use super::{StoreError, codec, follows_from};
use crate::engine::core::{Event, State};

/// Mistakes that are told one by one; the rest is counted.
const TOLD: usize = 20;

/// What a check has found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Findings {
    /// Registrations read.
    pub registrations: u64,
    /// Events read.
    pub events: u64,
    /// The first twenty mistakes, a sentence each, with the ids of registrations and no personal data.
    pub mistakes: Vec<String>,
    /// How many mistakes there are.
    pub mistaken: u64,
}

impl Findings {
    /// Notes one more.
    pub(super) fn mistake(&mut self, mistake: impl Into<String>) {
        self.mistaken += 1;
        if self.mistakes.len() < TOLD {
            self.mistakes.push(mistake.into());
        }
    }
}

/// Entries that each index has to have.
#[derive(Default)]
struct Expected {
    counts: HashMap<(String, String, String), u64>,
    contacts: u64,
    tokens: u64,
    expiry: u64,
}

/// Checks the store in a directory, which nobody else may have open. Writes nothing, unless it was not closed properly:
/// then it is brought into order first, as by opening it.
pub(in crate::engine) fn check(directory: &Path) -> Result<Findings, OpenError> {
    let path = file_of(directory);
    match careful(&path, || checked(&path)) {
        // Its making was cut short, and nothing was ever acknowledged that could be missing.
        Err(OpenError::Unfinished { .. }) => Ok(Findings::default()),
        checked => checked,
    }
}

fn checked(path: &Path) -> Result<Findings, OpenError> {
    let broken = |reason: String| OpenError::Broken { path: path.to_owned(), reason };
    let mut database = existing(path)?;
    require_format(&database, path)?;
    let mut findings = Findings::default();
    if !database.check_integrity().map_err(|error| broken(error.to_string()))? {
        findings.mistake("the file had damaged pages, which were repaired");
    }
    let transaction = database.begin_read().map_err(|error| broken(error.to_string()))?;
    walk(&transaction, &mut findings).map_err(|error| broken(error.to_string()))?;
    Ok(findings)
}

fn walk(transaction: &ReadTransaction, findings: &mut Findings) -> Result<(), StoreError> {
    let mut expected = Expected::default();
    for entry in transaction.open_table(STATES)?.iter()? {
        let (id, packed) = entry?;
        findings.registrations += 1;
        match unpack_snapshot(packed.value()) {
            Ok(state) => check_one(transaction, id.value(), &state, &mut expected, findings)?,
            Err(error) => findings.mistake(format!("{}: {error}", id.value())),
        }
    }
    let states = findings.registrations;
    let contacts = transaction.open_table(CONTACTS)?.len()?;
    for (name, found, wanted) in [
        ("order", transaction.open_table(ORDER)?.len()?, states),
        ("changed", transaction.open_table(CHANGED)?.len()?, states),
        ("contacts", contacts, expected.contacts),
        ("tokens", transaction.open_table(TOKENS)?.len()?, expected.tokens),
        ("expiry", transaction.open_table(EXPIRY)?.len()?, expected.expiry),
    ] {
        if found != wanted {
            findings.mistake(format!("the index `{name}` has {found} entries and should have {wanted}"));
        }
    }
    check_counts(transaction, &expected, findings)?;
    check_strays(transaction, findings)
}

/// One registration: its events, and its place in every index.
fn check_one(
    transaction: &ReadTransaction,
    id: &str,
    state: &State,
    expected: &mut Expected,
    findings: &mut Findings,
) -> Result<(), StoreError> {
    match history(transaction, id)? {
        Ok(events) => {
            findings.events += events.len() as u64;
            if state.events != events.len() as u64 {
                findings.mistake(format!("{id}: {} events are there, {} were counted", events.len(), state.events));
            } else if !follows_from(&events, state) {
                findings.mistake(format!("{id}: it is not what its events lead to"));
            }
        }
        Err(mistake) => findings.mistake(format!("{id}: {mistake}")),
    }
    let keys = Keys::of(state);
    let (status, project, flow) = keys.row();
    *expected.counts.entry((status.to_owned(), project.to_owned(), flow.to_owned())).or_default() += 1;
    expected.contacts += keys.contacts.len() as u64;
    expected.tokens += keys.tokens.len() as u64;
    expected.expiry += u64::from(keys.expiry.is_some());
    for name in missing(transaction, id, &keys)? {
        findings.mistake(format!("{id}: the index `{name}` does not know it"));
    }
    Ok(())
}

/// The events of a registration, or what is wrong with how they are kept.
fn history(transaction: &ReadTransaction, id: &str) -> Result<Result<Vec<Event>, String>, StoreError> {
    let mut events: Vec<Event> = Vec::new();
    for entry in transaction.open_table(HISTORY)?.range((id, 0)..=(id, u64::MAX))? {
        let (key, packed) = entry?;
        let number = key.value().1;
        if number != events.len() as u64 {
            return Ok(Err(format!("event {number} stands where event {} should", events.len())));
        }
        match codec::unpack::<Vec<Event>>(packed.value()) {
            Ok(more) => events.extend(more),
            Err(error) => return Ok(Err(format!("from event {number} on: {error}"))),
        }
    }
    Ok(Ok(events))
}

/// The indexes that lack an entry of a registration.
fn missing(transaction: &ReadTransaction, id: &str, keys: &Keys) -> Result<Vec<&'static str>, StoreError> {
    let mut missing = Vec::new();
    let mut note = |name, is_there: bool| {
        if !is_there {
            missing.push(name);
        }
    };
    let order = transaction.open_table(ORDER)?;
    note("order", order.get((keys.created, id))?.is_some_and(|row| row.value() == keys.row()));
    let changed = transaction.open_table(CHANGED)?;
    note("changed", changed.get((keys.changed, id))?.is_some_and(|row| row.value() == keys.row()));
    let contacts = transaction.open_table(CONTACTS)?;
    for contact in &keys.contacts {
        note("contacts", contacts.get((keys.project.as_str(), contact.as_str(), id))?.is_some());
    }
    let tokens = transaction.open_table(TOKENS)?;
    for token in &keys.tokens {
        note("tokens", tokens.get(token.bytes())?.is_some_and(|holder| holder.value() == id));
    }
    if let Some(at) = keys.expiry {
        note("expiry", transaction.open_table(EXPIRY)?.get((at, id))?.is_some());
    }
    Ok(missing)
}

fn check_counts(transaction: &ReadTransaction, expected: &Expected, findings: &mut Findings) -> Result<(), StoreError> {
    let mut counted = HashMap::new();
    for entry in transaction.open_table(COUNTS)?.iter()? {
        let (row, count) = entry?;
        let (status, project, flow) = row.value();
        if count.value() > 0 {
            counted.insert((status.to_owned(), project.to_owned(), flow.to_owned()), count.value());
        }
    }
    if counted != expected.counts {
        findings.mistake("how many registrations there are of a status is counted wrongly");
    }
    Ok(())
}

/// Events and changes of registrations that are not there.
fn check_strays(transaction: &ReadTransaction, findings: &mut Findings) -> Result<(), StoreError> {
    let states = transaction.open_table(STATES)?;
    for entry in transaction.open_table(HISTORY)?.iter()? {
        let key = entry?.0;
        let (id, number) = key.value();
        if number == 0 && states.get(id)?.is_none() {
            findings.mistake(format!("{id}: there are events of it, but no registration"));
        }
    }
    let feed = match transaction.open_table(FEED) {
        Ok(feed) => feed,
        // A file of the format before has none.
        Err(TableError::TableDoesNotExist(_)) => return Ok(()),
        Err(error) => return Err(error.into()),
    };
    for entry in feed.iter()? {
        let (number, change) = entry?;
        let id = change.value().1;
        if !id.is_empty() && states.get(id)?.is_none() {
            findings.mistake(format!("{id}: change {} is of it, but it is not there", number.value()));
        }
    }
    Ok(())
}
