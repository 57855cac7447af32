//! `claim`, `release`, `verdict`: what the desk says about registrations.

use serde_json::{Map, json};

use super::{
    Desk, Failure, Output,
    args::{ClaimArguments, VerdictArguments},
    batch::{Fate, Form, Report},
    clock_time, notice,
};
use crate::{
    backend::{Annotation, Annotations, BackendError},
    model::{Registration, RegistrationId},
};

/// Claims registrations for the operator.
pub async fn claim(arguments: &ClaimArguments, desk: &Desk, output: &mut Output) -> Result<(), Failure> {
    each(arguments, Annotation::Claim, desk, output).await
}

/// Releases registrations, whoever holds them.
pub async fn release(arguments: &ClaimArguments, desk: &Desk, output: &mut Output) -> Result<(), Failure> {
    each(arguments, Annotation::Release, desk, output).await
}

async fn each(
    arguments: &ClaimArguments,
    annotation: Annotation,
    desk: &Desk,
    output: &mut Output,
) -> Result<(), Failure> {
    warn_if_forgotten(desk);
    let mut report = Report::begin(Form::of(arguments.json, arguments.ndjson), arguments.ids.len(), output);
    for id in &arguments.ids {
        let id = RegistrationId::new(id);
        let fate = match desk.backend.annotate(&id, annotation.clone(), &desk.operator).await {
            Ok(registration) => Fate::Noted { words: claim_in_words(&registration), registration: registration.into() },
            Err(error) => Fate::Failed(error),
        };
        report.take(&id, fate, &Map::new())?;
    }
    report.end()
}

/// `claimed by ana since …`, or that nobody has it.
fn claim_in_words(registration: &Registration) -> String {
    match &registration.desk.claim {
        Some(claim) => format!("claimed by {} since {}", claim.by, clock_time(claim.at)),
        None => "claimed by nobody".to_owned(),
    }
}

/// Says what became of a flag. Only of one that the registration has, or that something was said of already.
pub async fn verdict(arguments: &VerdictArguments, desk: &Desk, output: &mut Output) -> Result<(), Failure> {
    let id = RegistrationId::new(&arguments.id);
    let rule = flag_of(&id, &arguments.rule, desk).await?;
    warn_if_forgotten(desk);
    let annotation = Annotation::Verdict { rule: rule.clone(), verdict: arguments.verdict.0 };
    let registration = desk.backend.annotate(&id, annotation, &desk.operator).await?;
    let said = registration.desk.verdicts.iter().find(|said| said.rule == rule);
    if arguments.json {
        return output.json(&json!({ "id": id, "rule": rule, "said": said, "version": registration.version }));
    }
    output.line(&match said {
        Some(said) => format!("{id}  {rule}: {}, says {}", said.verdict.in_words(), said.by),
        None => format!("{id}  {rule}: nothing is said of it"),
    })
}

/// The flag that is meant, as it is spelled.
async fn flag_of(id: &RegistrationId, meant: &str, desk: &Desk) -> Result<String, Failure> {
    let registration = desk.backend.retrieve(id, &desk.operator).await?;
    let said: Vec<String> = registration.desk.verdicts.iter().map(|said| said.rule.clone()).collect();
    let index = desk.load_around(vec![registration]).await?;
    let flags = index.get(id).into_iter().flat_map(|entry| &entry.judgement.flags);
    let mut rules: Vec<String> = flags.map(|flag| flag.rule.to_string()).chain(said).collect();
    rules.sort_unstable();
    rules.dedup();
    if let Some(rule) = rules.iter().find(|rule| rule.eq_ignore_ascii_case(meant)) {
        return Ok(rule.clone());
    }
    let has = if rules.is_empty() { "it has none".to_owned() } else { format!("it has {}", rules.join(", ")) };
    let message = format!("{id} has no flag {meant}; {has}.");
    Err(BackendError::invalid("rule", message).with_code("no_such_flag").into())
}

/// A remote given by its URL has no file to keep anything in.
fn warn_if_forgotten(desk: &Desk) {
    if desk.backend.capabilities().annotations == Annotations::WhileRunning {
        notice("this remote has no place for what the desk says and no profile to keep it in: it is forgotten at once");
    }
}
