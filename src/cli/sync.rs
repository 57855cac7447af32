//! `sync`: recomputes the status of one or many registrations, or reports a step for them.

use serde_json::Map;

use super::{
    Desk, Failure, Output, Session,
    args::SyncArguments,
    batch::{Form, Report, named},
    desk, notice,
};
use crate::{
    backend::{BackendError, SyncOutcome, SyncRequest, SyncStep, sync_as_seen},
    index::{Sort, SortField},
    model::{RegistrationId, Seen},
};

/// A registration to be synced, as it was when it was chosen; `None` if it was named and not looked at.
struct Subject {
    id: RegistrationId,
    seen: Option<Seen>,
}

/// Syncs one after the other; a failure does not stop the others.
pub async fn run(arguments: &SyncArguments, session: &Session, output: &mut Output) -> Result<(), Failure> {
    let named = named(&arguments.ids)?;
    let desk = &session.desk()?;
    let subjects = match &arguments.query {
        Some(query) => found(query, desk).await?,
        None => named.into_iter().map(|id| Subject { id, seen: None }).collect(),
    };
    let mut report = Report::begin(Form::of(arguments.json, arguments.ndjson), subjects.len(), output);
    for subject in &subjects {
        let answer = sync(subject, request(arguments), desk).await;
        report.take(&subject.id, answer.into(), &Map::new())?;
    }
    report.end()
}

async fn sync(subject: &Subject, request: SyncRequest, desk: &Desk) -> Result<SyncOutcome, BackendError> {
    let (backend, caller) = (desk.backend.as_ref(), &desk.operator);
    match &subject.seen {
        Some(seen) => sync_as_seen(backend, &subject.id, request, seen, caller).await,
        None => backend.sync(&subject.id, request, caller).await,
    }
}

fn request(arguments: &SyncArguments) -> SyncRequest {
    let step = arguments.step.as_deref().map(SyncStep::parse);
    SyncRequest { step: step.zip(arguments.status.clone()), ..SyncRequest::default() }
}

/// Those that a query finds, the oldest first.
async fn found(query: &String, desk: &Desk) -> Result<Vec<Subject>, Failure> {
    let query = desk::query(std::slice::from_ref(query))?;
    let index = desk.load().await?;
    let order = Sort { by: SortField::Created, descending: false };
    let found = index.search(&query, order, desk.clock.now());
    if found.is_empty() {
        notice("nothing matches; nothing was synced");
    }
    let seen = |id: &RegistrationId| index.seen(id);
    Ok(found.into_iter().map(|id| Subject { seen: seen(&id), id }).collect())
}
