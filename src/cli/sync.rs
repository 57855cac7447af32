//! `sync`: recomputes the status of one or many registrations, or reports a step for them.

use std::io::{self, IsTerminal};

use indicatif::{ProgressBar, ProgressStyle};
use serde_json::{Value, json};

use super::{Desk, Failure, Output, args::SyncArguments, desk, notice};
use crate::{
    backend::{BackendError, Blocker, Caller, SyncOutcome, SyncRequest, SyncStep},
    index::{Sort, SortField},
    model::RegistrationId,
};

/// A registration to be synced, with the version it was chosen by.
struct Subject {
    id: RegistrationId,
    seen_version: Option<u64>,
}

/// Syncs one after the other; a failure does not stop the others.
pub async fn run(arguments: &SyncArguments, desk: &Desk, output: &mut Output) -> Result<(), Failure> {
    let subjects = subjects(arguments, desk).await?;
    let progress = progress_bar(subjects.len());
    let mut results = Vec::new();
    let mut failures: Vec<BackendError> = Vec::new();
    for subject in &subjects {
        let request = SyncRequest { seen_version: subject.seen_version, ..request(arguments) };
        let result = desk.backend.sync(&subject.id, request, &Caller::operator()).await;
        progress.suspend(|| report(arguments, &subject.id, &result, output))?;
        if let (Err(error), true) = (&result, subjects.len() > 1) {
            progress.suspend(|| notice(&format!("{}: {error}", subject.id)));
        }
        if arguments.json {
            results.push(result_object(&subject.id, &result));
        }
        failures.extend(result.err());
        progress.inc(1);
    }
    progress.finish_and_clear();
    if arguments.json {
        output.json(&results)?;
    }
    output.flush()?;
    match (failures.len(), subjects.len()) {
        (0, _) => Ok(()),
        (1, 1) => Err(Failure::Backend(failures.remove(0))),
        (failed, total) => Err(Failure::Some { failed, total }),
    }
}

fn request(arguments: &SyncArguments) -> SyncRequest {
    let step = arguments.step.as_deref().map(SyncStep::parse);
    SyncRequest { step: step.zip(arguments.status.clone()), note: None, seen_version: None }
}

async fn subjects(arguments: &SyncArguments, desk: &Desk) -> Result<Vec<Subject>, Failure> {
    let Some(text) = &arguments.query else {
        let ids = arguments.ids.iter();
        return Ok(ids.map(|id| Subject { id: RegistrationId::new(id), seen_version: None }).collect());
    };
    let query = desk::query(std::slice::from_ref(text))?;
    let index = desk.load().await?;
    let order = Sort { by: SortField::Created, descending: false };
    let found = index.search(&query, order, desk.clock.now());
    if found.is_empty() {
        notice("nothing matches; nothing was synced");
    }
    let version = |id: &RegistrationId| index.get(id).map(|entry| entry.registration.version);
    Ok(found
        .into_iter()
        // Version 0 is that of sources without versions.
        .map(|id| Subject { seen_version: version(&id).filter(|version| *version > 0), id })
        .collect())
}

/// On standard error, and only where a person looks at it.
fn progress_bar(total: usize) -> ProgressBar {
    if total < 2 || !io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new(total as u64);
    match ProgressStyle::with_template("{bar:30} {pos}/{len}  {elapsed} so far, {eta} to go") {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}

/// One line for one registration, out at once: it acknowledges what was done.
fn report(
    arguments: &SyncArguments,
    id: &RegistrationId,
    result: &Result<SyncOutcome, BackendError>,
    output: &mut Output,
) -> Result<(), Failure> {
    if arguments.ndjson {
        output.json_line(&result_object(id, result))?;
        return output.flush();
    }
    match result {
        Ok(outcome) if !arguments.json => {
            output.line(&format!("{id}  {}", in_words(outcome)))?;
            output.flush()
        }
        // An array is printed at the end; a failure goes to standard error.
        Ok(_) | Err(_) => Ok(()),
    }
}

fn in_words(outcome: &SyncOutcome) -> String {
    let got = &outcome.registration.status;
    let mut line = match &outcome.asked {
        Some(asked) if asked != got => format!("{got} (asked for {asked})"),
        _ => got.to_string(),
    };
    if !outcome.blockers.is_empty() {
        let blockers: Vec<&str> = outcome.blockers.iter().map(|blocker| blocker.message.as_str()).collect();
        line.push_str("  in the way: ");
        line.push_str(&blockers.join(" "));
    }
    line
}

fn result_object(id: &RegistrationId, result: &Result<SyncOutcome, BackendError>) -> Value {
    match result {
        Ok(outcome) => json!({
            "id": id,
            "ok": true,
            "asked": outcome.asked,
            "status": outcome.registration.status,
            "version": outcome.registration.version,
            "blockers": outcome.blockers.iter().map(blocker_object).collect::<Vec<_>>(),
        }),
        Err(error) => json!({ "id": id, "ok": false, "error": { "message": error.message, "code": error.code } }),
    }
}

fn blocker_object(blocker: &Blocker) -> Value {
    json!({ "step": blocker.step, "code": blocker.code, "message": blocker.message })
}
