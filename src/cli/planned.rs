//! A plan as `decide --plan` writes it in JSON, read back to be carried out.

use std::path::Path;

use serde::Deserialize;
use serde_json::Value;

use super::{Failure, input};
use crate::model::{Decision, RegistrationId, Seen, Status, Timestamp};

/// Longest plan, bytes: about a hundred thousand registrations.
const LONGEST: u64 = 64 * 1024 * 1024;

/// A decision that was planned, on registrations as they were then.
pub struct Planned {
    /// What was to be decided.
    pub decision: Decision,
    /// Why.
    pub reason: String,
    /// Words of explanation.
    pub note: Option<String>,
    /// On whom, as they were seen; what the plan skipped is not among them.
    pub seen: Vec<(RegistrationId, Seen)>,
}

/// What a plan says of one registration, as far as it matters here.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Entry {
    id: RegistrationId,
    from: Option<Status>,
    to: Status,
    reason: Option<String>,
    note: Option<String>,
    seen_version: Option<u64>,
    seen_at: Option<Timestamp>,
    skipped: Option<Value>,
}

/// Reads a plan from a file, or from standard input for `-`: an array, or an object a line. Fails if it cannot be read,
/// if it is no plan, or if its entries do not all say the same decision, reason and words.
pub fn read(path: &Path) -> Result<Planned, Failure> {
    let text = input::text(path, LONGEST, "carry it out in parts")?;
    entries(&text).and_then(planned).map_err(|reason| Failure::Usage(format!("{}: {reason}", input::name(path))))
}

fn entries(text: &str) -> Result<Vec<Entry>, String> {
    let hint = |error: serde_json::Error| format!("{error}; write a plan with `regdesk decide … --plan --ndjson`");
    if text.trim_start().starts_with('[') {
        return serde_json::from_str(text).map_err(hint);
    }
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    let entry =
        |(number, line)| serde_json::from_str(line).map_err(|error| format!("line {}: {}", number + 1, hint(error)));
    lines.map(entry).collect()
}

fn planned(entries: Vec<Entry>) -> Result<Planned, String> {
    let first = entries.first().ok_or("there is nothing in it")?;
    let (status, reason, note) = (first.to.clone(), first.reason.clone(), first.note.clone());
    if let Some(other) =
        entries.iter().find(|entry| (&entry.to, &entry.reason, &entry.note) != (&status, &reason, &note))
    {
        return Err(format!("{} is to be decided otherwise than {}; a plan is of one decision", other.id, first.id));
    }
    let decision = Decision::ALL.into_iter().find(|decision| decision.status() == status);
    let decision = decision.ok_or_else(|| format!("nothing that is decided leads to {status}"))?;
    let reason = reason.ok_or("the plan has no reason; make it with --reason CODE")?;
    let kept = entries.into_iter().filter(|entry| entry.skipped.is_none());
    let seen = kept.map(|entry| match (entry.from, entry.seen_at) {
        (Some(status), Some(updated_at)) => {
            Ok((entry.id, Seen { status, version: entry.seen_version.unwrap_or_default(), updated_at }))
        }
        _ => Err(format!("{} does not say as what it was seen (`from`, `seenAt`)", entry.id)),
    });
    Ok(Planned { decision, reason, note, seen: seen.collect::<Result<_, _>>()? })
}
