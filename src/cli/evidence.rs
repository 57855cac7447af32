//! `evidence`: all there is about one registration in one file, for whoever has to account for a decision later.

use std::{io::Write as _, path::Path};

use serde_json::{Value, json};

use super::{Desk, Failure, Output, Session, args::EvidenceArguments, audit, notice, policy};
use crate::{
    audit::{Deed, digest},
    backend::Clock,
    model::RegistrationId,
    private, text, wire,
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
        "madeAt": Clock::system().now(),
        "judgedAt": desk.clock.now(),
        "madeBy": desk.operator.who(),
        "madeWith": concat!("regdesk ", env!("CARGO_PKG_VERSION")),
        "profile": desk.profile.name,
        "source": desk.backend.name(),
        "registration": wire::masked_object(&entry.registration, &entry.judgement, false),
        "rules": policy::rules_in_force(&desk.policy),
        "audit": proof(&id, &desk)?,
    });
    let (text, digest) = sealed(&bundle).map_err(|error| Failure::io("the file")(error.into()))?;
    desk.note(Deed::on("evidence", &id).answered(format!("sha256 {digest}")))?;
    if arguments.output == Path::new("-") {
        return output.written(&text);
    }
    let shown = arguments.output.display().to_string();
    let mut file = private::create_file(&arguments.output).map_err(Failure::io(shown.clone()))?;
    let written = file.write_all(text.as_bytes()).and_then(|()| file.sync_all());
    written.map_err(Failure::io(shown.clone()))?;
    notice(&format!("all about {id} is in {shown}; its digest, which is in the audit log, too: {digest}"));
    Ok(())
}

/// What operators did with it, the state of the log that says so, and what shows that it does.
fn proof(id: &RegistrationId, desk: &Desk) -> Result<Value, Failure> {
    let Some(journal) = &desk.journal else { return Ok(Value::Null) };
    let proof = journal.prove(id).map_err(Failure::io(journal.place()))?;
    Ok(json!({
        "entries": proof.entries,
        "log": audit::object(&proof.log),
        "from": proof.from,
        "links": proof.links,
    }))
}

/// The text of the file, whose last field is the digest of the lines before it, and that digest. Whoever has the file
/// finds it with `head -n -2 FILE | sha256sum`.
fn sealed(bundle: &Value) -> serde_json::Result<(String, String)> {
    let text = text::escaped_json(serde_json::to_string_pretty(bundle)?);
    let lines = format!("{},\n", text.strip_suffix("\n}").unwrap_or(&text));
    let digest = digest(&lines);
    Ok((format!("{lines}  \"digest\": \"{digest}\"\n}}\n"), digest))
}
