//! `evidence`: all there is about one registration in one file, for whoever has to account for a decision later.

use std::{io::Write as _, path::Path};

use serde_json::{Value, json};

use super::{Desk, Failure, Output, Session, args::EvidenceArguments, audit, notice, policy};
use crate::{
    audit::{Deed, Entry, Journal},
    model::RegistrationId,
    private, wire,
};

/// Writes it. The scores of a remote age out there; what was read of them stays in the file.
pub async fn run(arguments: &EvidenceArguments, session: &Session, output: &mut Output) -> Result<(), Failure> {
    session.profile_in_full()?;
    let desk = session.desk()?;
    let id = RegistrationId::new(&arguments.id);
    let registration = desk.backend.retrieve(&id, &desk.operator).await?;
    desk.note(Deed::on("evidence", &id))?;
    let index = desk.load_around(vec![registration]).await?;
    let Some(entry) = index.get(&id) else {
        return Err(Failure::Other(format!("the registration {id} changed while it was read; try again")));
    };
    let bundle = json!({
        "madeAt": desk.clock.now(),
        "madeBy": desk.operator.who(),
        "madeWith": concat!("regdesk ", env!("CARGO_PKG_VERSION")),
        "profile": desk.profile.name,
        "source": desk.backend.name(),
        "registration": wire::masked_object(&entry.registration, &entry.judgement, false),
        "rules": policy::rules_in_force(&desk.policy),
        "audit": proof(&id, &desk)?,
    });
    if arguments.output == Path::new("-") {
        return output.json(&bundle);
    }
    let shown = arguments.output.display().to_string();
    let mut file = private::create_file(&arguments.output).map_err(Failure::io(shown.clone()))?;
    let written = serde_json::to_writer_pretty(&file, &bundle).map_err(std::io::Error::from);
    let written = written.and_then(|()| file.write_all(b"\n")).and_then(|()| file.sync_all());
    written.map_err(Failure::io(shown.clone()))?;
    notice(&format!("all about {id} is in {shown}"));
    Ok(())
}

/// What operators did with it, and the state of the log that says so.
fn proof(id: &RegistrationId, desk: &Desk) -> Result<Value, Failure> {
    let Some(journal) = &desk.journal else { return Ok(Value::Null) };
    let read = |journal: &Journal| Ok((journal.read()?, journal.verify()?));
    let (entries, verdict): (Vec<Entry>, _) =
        read(journal).map_err(Failure::io(journal.path().display().to_string()))?;
    let own: Vec<&Entry> = entries.iter().filter(|entry| entry.deed.registration.as_ref() == Some(id)).collect();
    Ok(json!({ "entries": own, "log": audit::object(&verdict) }))
}
