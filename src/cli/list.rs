//! `list`: registrations that match, in order, as text, JSON or CSV.

use chrono::SecondsFormat;
use serde_json::Value;

use super::{Desk, Failure, Output, args::ListArguments, desk, output::Table};
use crate::{
    index::{Entry, Span},
    model::{Contact, Personal, Timestamp},
    text,
    triage::{Stage, Stuck, Turn},
    wire,
};

/// Prints what matches.
pub async fn run(arguments: &ListArguments, desk: &Desk, output: &mut Output) -> Result<(), Failure> {
    let query = desk::query(&arguments.query)?;
    let now = desk.clock.now();
    let index = desk.load().await?;
    let mut ids = index.search(&query, arguments.sort, now);
    let total = ids.len();
    if arguments.limit > 0 {
        ids.truncate(arguments.limit);
    }
    let entries: Vec<&Entry> = ids.iter().filter_map(|id| index.get(id)).collect();
    if arguments.json {
        let objects: Vec<Value> = entries.iter().map(|entry| object(entry)).collect();
        return output.json(&objects);
    }
    if arguments.ndjson {
        return entries.iter().try_for_each(|entry| output.json_line(&object(entry)));
    }
    if arguments.csv {
        return print_csv(&entries, output);
    }
    print_table(&entries, now, output)?;
    if total > entries.len() {
        output.flush()?;
        super::notice(&format!("{} of {total} shown; --limit 0 shows all", entries.len()));
    }
    Ok(())
}

fn object(entry: &Entry) -> Value {
    wire::encode_overview(&entry.registration, &entry.judgement)
}

fn print_table(entries: &[&Entry], now: Timestamp, output: &mut Output) -> Result<(), Failure> {
    let mut table =
        Table::new(&["ID", "STATUS", "STEP", "MOVED", "STUCK", "TURN", "RISK", "FLAGS", "NAME", "CONTACT", "PROJECT"]);
    for entry in entries {
        let registration = &entry.registration;
        let moved = text::ago(entry.age(now).num_seconds());
        table.row([
            registration.id.to_string(),
            registration.status.to_string(),
            entry.step().label().to_owned(),
            moved,
            entry.judgement.stuck.as_ref().map(waiting).unwrap_or_default(),
            entry.judgement.turn.map_or("", Turn::as_str).to_owned(),
            entry.judgement.risk.score.to_string(),
            flags(entry),
            registration.name().map(Personal::reveal).unwrap_or_default().to_owned(),
            reach(&registration.contact),
            project(entry),
        ]);
    }
    table.print(output)
}

/// Why and for how long against the limit: `D-02 3h 2m/5m`; no limit where it is stuck at once.
fn waiting(stuck: &Stuck) -> String {
    let age = text::ago(stuck.age_seconds);
    match stuck.limit_seconds {
        0 => format!("{} {age}", stuck.reason),
        limit => format!("{} {age}/{}", stuck.reason, Span(limit)),
    }
}

/// How many flags, and the worst of them.
fn flags(entry: &Entry) -> String {
    match entry.judgement.flags.first() {
        Some(worst) => format!("{} {}", entry.judgement.flags.len(), worst.severity.as_str()),
        None => String::new(),
    }
}

fn project(entry: &Entry) -> String {
    let project = &entry.registration.project;
    project.name.clone().unwrap_or_else(|| project.id.clone())
}

/// The e-mail address, else the phone.
fn reach(contact: &Contact) -> String {
    match (&contact.email, phone(contact)) {
        (Some(email), _) => email.reveal().to_owned(),
        (None, phone) => phone,
    }
}

fn phone(contact: &Contact) -> String {
    match &contact.phone {
        Some(phone) => format!("{} {}", contact.country_code.as_deref().unwrap_or_default(), phone.reveal()),
        None => String::new(),
    }
}

fn print_csv(entries: &[&Entry], output: &mut Output) -> Result<(), Failure> {
    const HEADER: [&str; 21] = [
        "id",
        "status",
        "current_step",
        "project",
        "flow",
        "name",
        "email",
        "phone",
        "language",
        "created_at",
        "updated_at",
        "completed_at",
        "risk",
        "flags",
        "stuck",
        "turn",
        "next_action",
        "stage",
        "stuck_seconds",
        "limit_seconds",
        "command",
    ];
    output.csv_line(HEADER)?;
    let time = |time: Timestamp| time.to_rfc3339_opts(SecondsFormat::AutoSi, true);
    for entry in entries {
        let (registration, judgement) = (&entry.registration, &entry.judgement);
        let stuck = judgement.stuck.as_ref();
        let flow = registration.flow.name.clone().unwrap_or_else(|| registration.flow.id.clone());
        let flags: Vec<&str> = judgement.flags.iter().map(|flag| flag.rule.as_ref()).collect();
        let cells: [String; 21] = [
            registration.id.to_string(),
            registration.status.to_string(),
            registration.current_step.as_ref().map(ToString::to_string).unwrap_or_default(),
            project(entry),
            flow,
            registration.name().map(Personal::reveal).unwrap_or_default().to_owned(),
            registration.contact.email.as_ref().map(Personal::reveal).unwrap_or_default().to_owned(),
            phone(&registration.contact),
            registration.contact.language.clone().unwrap_or_default(),
            time(registration.created_at),
            time(registration.updated_at),
            registration.completed_at.map(|moment| time(moment.at)).unwrap_or_default(),
            judgement.risk.score.to_string(),
            flags.join(" "),
            stuck.map_or("", |stuck| stuck.reason).to_owned(),
            stuck.map_or("", |stuck| stuck.turn.as_str()).to_owned(),
            stuck.map(|stuck| stuck.next_action.to_string()).unwrap_or_default(),
            judgement.stage.map_or("", Stage::as_str).to_owned(),
            stuck.map(|stuck| stuck.age_seconds.to_string()).unwrap_or_default(),
            stuck.map(|stuck| stuck.limit_seconds.to_string()).unwrap_or_default(),
            stuck.and_then(|stuck| stuck.command_line(&registration.id)).unwrap_or_default(),
        ];
        output.csv_line(cells.iter().map(String::as_str))?;
    }
    Ok(())
}
