//! `list`: registrations that match, in order, as text, JSON or CSV.

use std::{collections::HashSet, ops::ControlFlow, sync::Arc};

use serde_json::Value;

use super::{
    Desk, Failure, Output,
    args::ListArguments,
    desk::{self, Mask},
    output::Table,
};
use crate::{
    index::{Entry, Query, QueryError, Sort, SortField, Span, Views},
    model::{Contact, Registration, RegistrationId, Timestamp},
    text,
    triage::{Stuck, Turn},
    wire::{self, RowFormat},
};

/// Prints what matches. If the exit code is to tell whether anything does, that fails with [`Failure::Found`].
pub async fn run(arguments: &ListArguments, views: &Views, desk: &Desk, output: &mut Output) -> Result<(), Failure> {
    let view = arguments.view.as_deref().map(|name| desk::view(name, views)).transpose()?;
    let mut words = arguments.query.clone();
    words.splice(..0, view.map(|view| view.text.clone()));
    let query = desk::query(&words)?;
    let found = if arguments.unordered {
        stream(&words.join(" "), &query, arguments, desk, output).await?
    } else {
        let sort = arguments.sort.or(view.map(|view| view.sort)).unwrap_or(Sort::by(SortField::Urgency));
        print(&query, sort, arguments, desk, output).await?
    };
    if arguments.exit_code && found > 0 { Err(Failure::Found) } else { Ok(()) }
}

/// Prints what matches in an order, and says how many do.
async fn print(
    query: &Query,
    sort: Sort,
    arguments: &ListArguments,
    desk: &Desk,
    output: &mut Output,
) -> Result<usize, Failure> {
    let now = desk.clock.now();
    let index = desk.load().await?;
    let mut ids = index.search(query, sort, now);
    let total = ids.len();
    if arguments.limit > 0 {
        ids.truncate(arguments.limit);
    }
    let entries = ids.iter().filter_map(|id| index.get(id));
    if arguments.json {
        let objects: Vec<Value> = entries.map(|entry| object(&entry, desk.mask())).collect();
        output.json(&objects)?;
    } else if arguments.ndjson || arguments.csv {
        print_rows(entries, format(arguments), desk.mask(), output)?;
    } else {
        print_table(&entries.collect::<Vec<_>>(), now, desk.mask(), output)?;
        if total > ids.len() {
            output.flush()?;
            super::notice(&format!("{} of {total} shown; --limit 0 shows all", ids.len()));
        }
    }
    Ok(total)
}

/// How rows are written, where they are.
fn format(arguments: &ListArguments) -> RowFormat {
    if arguments.csv { RowFormat::Csv } else { RowFormat::Ndjson }
}

/// Terms that cannot be answered for a registration on its own: links raise flags, and whoever is stuck may be so with
/// many.
const ABOUT_OTHERS: [&str; 7] = ["flag", "risk", "stuck", "turn", "stage", "breached", "linked"];

/// Prints what matches as it is read, in the backend's order, without keeping it, and says how many were printed.
async fn stream(
    text: &str,
    query: &Query,
    arguments: &ListArguments,
    desk: &Desk,
    output: &mut Output,
) -> Result<usize, Failure> {
    if let Some(at) = query.spans().find(|at| is_about_others(&text[at.clone()])) {
        let message = "this needs all registrations at once; leave it out, or leave out --unordered".to_owned();
        return Err(Failure::Query { text: text.to_owned(), error: QueryError { at, message } });
    }
    let format = format(arguments);
    let limit = if arguments.limit == 0 { usize::MAX } else { arguments.limit };
    output.written(&format.head())?;
    let (now, masked) = (desk.clock.now(), desk.mask().0);
    let (mut printed, mut before) = (0, HashSet::new());
    desk.pages(|number, page| {
        // New registrations push old ones onto the next page, not further.
        let ids: HashSet<RegistrationId> = page.registrations.iter().map(|row| row.id.clone()).collect();
        let before = std::mem::replace(&mut before, ids);
        let is_new = |row: &Registration| !before.contains(&row.id);
        let is_last = page.is_last(number, page.registrations.iter().filter(|row| is_new(row)).count());
        for registration in page.registrations.into_iter().filter(is_new) {
            let index = desk.index_of_one(registration);
            for entry in index.matching(query, now) {
                output.written(&format.row(&entry.registration, &entry.judgement, masked))?;
                printed += 1;
            }
            if printed == limit {
                return Ok(ControlFlow::Break(()));
            }
        }
        // Whoever reads along sees each page as it comes.
        output.flush()?;
        Ok(if is_last { ControlFlow::Break(()) } else { ControlFlow::Continue(()) })
    })
    .await?;
    Ok(printed)
}

fn is_about_others(term: &str) -> bool {
    let term = term.trim_start_matches('-');
    let name = term.split_once(':').map_or(term, |(name, _)| name);
    ABOUT_OTHERS.iter().any(|other| other.eq_ignore_ascii_case(name))
}

fn object(entry: &Entry, mask: Mask) -> Value {
    wire::masked_object(&entry.registration, &entry.judgement, mask.0)
}

fn print_table(entries: &[Arc<Entry>], now: Timestamp, mask: Mask, output: &mut Output) -> Result<(), Failure> {
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
            registration.name().map(|name| mask.personal(name).into_owned()).unwrap_or_default(),
            reach(&registration.contact, mask),
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
fn reach(contact: &Contact, mask: Mask) -> String {
    let email = contact.email.as_ref().map(|email| mask.personal(email).into_owned());
    email.or_else(|| mask.phone(contact)).unwrap_or_default()
}

fn print_rows(
    mut entries: impl Iterator<Item = Arc<Entry>>,
    format: RowFormat,
    mask: Mask,
    output: &mut Output,
) -> Result<(), Failure> {
    output.written(&format.head())?;
    entries.try_for_each(|entry| output.written(&format.row(&entry.registration, &entry.judgement, mask.0)))
}
