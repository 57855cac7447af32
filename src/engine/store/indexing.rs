//! What a record changes in each index: keys that go (`None`) and keys that come, with what stands under them.

use std::collections::BTreeMap;

use super::record::{Keys, Record};
use crate::engine::core::Digest;

/// Status, project and flow.
pub(super) type Row<'r> = (&'r str, &'r str, &'r str);

/// How many more registrations, or fewer, there are of each status, project and flow.
pub(super) fn counts(records: &[Record]) -> BTreeMap<Row<'_>, i64> {
    let mut changes = BTreeMap::new();
    for record in records.iter().filter(|record| has_another_row(record)) {
        if let Some(before) = &record.before {
            *changes.entry(before.row()).or_default() -= 1;
        }
        *changes.entry(record.after.row()).or_default() += 1;
    }
    changes
}

fn has_another_row(record: &Record) -> bool {
    record.before.as_ref().map(Keys::row) != Some(record.after.row())
}

/// Newest first.
pub(super) fn order(record: &Record) -> impl Iterator<Item = ((i64, &str), Option<Row<'_>>)> {
    let key = (record.after.created, record.id.as_str());
    has_another_row(record).then(|| (key, Some(record.after.row()))).into_iter()
}

/// Latest changed first.
pub(super) fn changed(record: &Record) -> impl Iterator<Item = ((i64, &str), Option<Row<'_>>)> {
    let (id, after) = (record.id.as_str(), &record.after);
    let before = record.before.as_ref();
    let gone = before.filter(|before| before.changed != after.changed).map(|before| ((before.changed, id), None));
    let is_other = has_another_row(record) || before.map(|before| before.changed) != Some(after.changed);
    gone.into_iter().chain(is_other.then(|| ((after.changed, id), Some(after.row()))))
}

/// The contacts of who is open.
pub(super) fn contacts(record: &Record) -> impl Iterator<Item = ((&str, &str, &str), Option<()>)> {
    let before = record.before.as_ref().map_or(&[][..], |before| &before.contacts);
    let key = |contact| (record.after.project.as_str(), contact, record.id.as_str());
    difference(before, &record.after.contacts)
        .map(move |(contact, is_there)| (key(contact.as_str()), is_there.then_some(())))
}

/// When who is unfinished runs out.
pub(super) fn expiry(record: &Record) -> impl Iterator<Item = ((i64, &str), Option<()>)> {
    let before = record.before.as_ref().map_or(&[][..], |before| before.expiry.as_slice());
    difference(before, record.after.expiry.as_slice())
        .map(|(at, is_there)| ((*at, record.id.as_str()), is_there.then_some(())))
}

/// The tokens that still count.
pub(super) fn tokens(record: &Record) -> impl Iterator<Item = (&[u8; 32], Option<&str>)> {
    let before = record.before.as_ref().map_or(&[][..], |before| &before.tokens);
    difference(before, &record.after.tokens)
        .map(|(token, is_there): (&Digest, _)| (token.bytes(), is_there.then_some(record.id.as_str())))
}

/// What is only in one of two lists, and whether it is the later one.
fn difference<'r, T: PartialEq>(before: &'r [T], after: &'r [T]) -> impl Iterator<Item = (&'r T, bool)> {
    let gone = before.iter().filter(|item| !after.contains(item)).map(|item| (item, false));
    gone.chain(after.iter().filter(|item| !before.contains(item)).map(|item| (item, true)))
}
