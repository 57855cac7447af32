//! `audit`: what operators did with a profile, and whether that is all of it.

use serde_json::json;

use super::{Failure, Output, Session, args::AuditArguments, clock_time, opened, output::Table};
use crate::audit::{Entry, Journal, Verdict};

/// Lists the entries, or verifies them.
pub fn run(arguments: &AuditArguments, session: &Session, output: &mut Output) -> Result<(), Failure> {
    let profile = session.profile()?;
    let Some(journal) = opened::journal(&profile)? else {
        return Err(Failure::Usage(format!("profile {} has no place for an audit log", profile.name)));
    };
    if arguments.verify {
        return verify(&journal, arguments.json, output);
    }
    let mut entries = journal.read().map_err(Failure::io(journal.place()))?;
    if let Some(id) = &arguments.id {
        entries.retain(|entry| entry.deed.registration.as_ref().is_some_and(|found| found.as_str() == id));
    }
    if arguments.json {
        return output.json(&entries);
    }
    print(&entries, output)
}

fn print(entries: &[Entry], output: &mut Output) -> Result<(), Failure> {
    let mut table = Table::new(&["NUMBER", "WHEN", "WHO", "WHAT", "REGISTRATION", "SEEN", "ANSWERED"]);
    for entry in entries {
        let deed = &entry.deed;
        let what = [Some(&deed.action), deed.asked.as_ref(), deed.found.as_ref()]
            .into_iter()
            .flatten()
            .cloned()
            .collect::<Vec<_>>();
        let seen = deed.seen.as_ref().map(|seen| {
            let version = seen.version.map(|version| format!("version {version}"));
            let words = version.into_iter().chain(seen.status.clone()).chain(seen.flags.iter().cloned());
            words.collect::<Vec<_>>().join(" ")
        });
        let answered = deed.answered.as_ref().map(|answer| match deed.ends {
            Some(number) => format!("to {number}: {answer}"),
            None => answer.clone(),
        });
        table.row([
            entry.number.to_string(),
            clock_time(entry.at),
            entry.uid.map_or_else(|| entry.by.clone(), |uid| format!("{} (uid {uid})", entry.by)),
            what.join(": "),
            deed.registration.as_ref().map(ToString::to_string).unwrap_or_default(),
            seen.unwrap_or_default(),
            answered.unwrap_or_default(),
        ]);
    }
    table.print(output)
}

fn verify(journal: &Journal, as_json: bool, output: &mut Output) -> Result<(), Failure> {
    let verdict = journal.verify().map_err(Failure::io(journal.place()))?;
    if as_json {
        output.json(&object(&verdict))?;
    } else {
        output.line(&format!("{} entries, the last one with the digest {}", verdict.entries, verdict.digest))?;
        if verdict.unended > 0 {
            output.line(&format!("{} actions were begun and have no noted end", verdict.unended))?;
        }
        verdict.doubts.iter().try_for_each(|doubt| output.line(doubt))?;
        verdict.faults.iter().try_for_each(|fault| output.line(fault))?;
    }
    match verdict.faulty {
        0 => Ok(()),
        faults => Err(Failure::Other(format!("the audit log was tampered with or damaged ({faults} faults)"))),
    }
}

/// The verdict as JSON.
pub fn object(verdict: &Verdict) -> serde_json::Value {
    json!({
        "entries": verdict.entries,
        "digest": verdict.digest,
        "unended": verdict.unended,
        "faulty": verdict.faulty,
        "faults": verdict.faults,
        "doubts": verdict.doubts,
    })
}
