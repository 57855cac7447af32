//! `claim`, `release`, `snooze`, `note`, `verdict`: what the desk says about registrations.

use std::io::{self, Read as _};

use chrono::TimeDelta;
use serde_json::{Map, json};

use super::{
    Desk, Failure, Output, Session,
    args::{ClaimArguments, NoteArguments, SnoozeArguments, VerdictArguments},
    batch::{Fate, Form, Report, named},
    clock_time, notice,
};
use crate::{
    backend::{Annotation, Annotations, BackendError, LONGEST_NOTE},
    model::{Personal, Registration, RegistrationId},
};

/// Claims registrations for the operator.
pub async fn claim(arguments: &ClaimArguments, session: &Session, output: &mut Output) -> Result<(), Failure> {
    each((&arguments.ids, form(arguments)), &Annotation::Claim, claim_in_words, session, output).await
}

/// Releases registrations, whoever holds them.
pub async fn release(arguments: &ClaimArguments, session: &Session, output: &mut Output) -> Result<(), Failure> {
    each((&arguments.ids, form(arguments)), &Annotation::Release, claim_in_words, session, output).await
}

fn form(arguments: &ClaimArguments) -> Form {
    Form::of(arguments.json, arguments.ndjson)
}

/// Puts registrations aside, or takes that back.
pub async fn snooze(arguments: &SnoozeArguments, session: &Session, output: &mut Output) -> Result<(), Failure> {
    let annotation = match arguments.span {
        None => Annotation::Wake,
        Some(span) => {
            let until = TimeDelta::try_seconds(span.0).and_then(|span| session.clock.now().checked_add_signed(span));
            let until = until.ok_or_else(|| Failure::Usage(format!("{span} is too long for a snooze")))?;
            Annotation::Snooze { until, reason: arguments.reason.as_deref().map(Personal::from) }
        }
    };
    let form = Form::of(arguments.json, arguments.ndjson);
    each((&arguments.ids, form), &annotation, snooze_in_words, session, output).await
}

/// Says the same of each, and prints in words what is said of it then.
async fn each(
    (words, form): (&[String], Form),
    annotation: &Annotation,
    in_words: fn(&Registration) -> String,
    session: &Session,
    output: &mut Output,
) -> Result<(), Failure> {
    let ids = named(words)?;
    let desk = session.desk()?;
    warn_if_forgotten(&desk);
    let mut report = Report::begin(form, ids.len(), output);
    for id in ids {
        let fate = match desk.backend.annotate(&id, annotation.clone(), &desk.operator).await {
            Ok(registration) => Fate::Noted { words: in_words(&registration), registration: registration.into() },
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

/// `snoozed until …, says ana`, or that it is not.
fn snooze_in_words(registration: &Registration) -> String {
    match &registration.desk.snooze {
        Some(snooze) => format!("snoozed until {}, says {}", clock_time(snooze.until), snooze.by),
        None => "not snoozed".to_owned(),
    }
}

/// Writes a note, or takes the latest one of the operator back.
pub async fn note(arguments: &NoteArguments, session: &Session, output: &mut Output) -> Result<(), Failure> {
    let id = RegistrationId::new(&arguments.id);
    let words = match arguments.text.as_deref() {
        Some("-") => Some(written()?),
        text => text.map(|text| text.trim().into()),
    };
    let desk = session.desk()?;
    let annotation = if let Some(text) = words {
        Annotation::Note { text }
    } else {
        let known = desk.backend.retrieve(&id, &desk.operator).await?.desk;
        let who = desk.operator.who();
        let latest = known.last_note_of(who);
        let latest = latest.ok_or_else(|| Failure::Other(format!("{id} has no note of {who} to take back")))?;
        Annotation::DropNote { at: latest.at }
    };
    warn_if_forgotten(&desk);
    let registration = desk.backend.annotate(&id, annotation, &desk.operator).await?;
    if arguments.json {
        return output.json(&json!({ "id": id, "desk": registration.desk, "version": registration.version }));
    }
    let count = registration.desk.notes.len();
    output.line(&format!("{id}  {count} {}", if count == 1 { "note" } else { "notes" }))
}

/// The words on standard input; a little more than the longest note, so that a longer one is refused and not cut.
fn written() -> Result<Personal, Failure> {
    let mut words = String::new();
    let most = LONGEST_NOTE as u64 * 4 + 64;
    io::stdin().lock().take(most).read_to_string(&mut words).map_err(Failure::io("standard input"))?;
    Ok(words.replace("\r\n", "\n").trim().into())
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
    let entry = index.get(id);
    let flags = entry.iter().flat_map(|entry| &entry.judgement.flags);
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
