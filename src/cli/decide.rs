//! `decide`: approves, rejects or puts into manual review: first a plan, then one registration after the other.

use std::{
    borrow::Cow,
    collections::HashMap,
    io::{self, BufRead, IsTerminal, Write},
    path::Path,
};

use serde_json::{Map, Value, json};

use super::{
    Desk, Failure, Output, Session,
    args::DecideArguments,
    batch::{Fate, Form, Report, named},
    desk, notice,
    output::Table,
    planned,
};
use crate::{
    backend::{BackendError, ErrorKind, ReadOnly, SyncOutcome, SyncRequest, SyncStep, sync_as_seen},
    index::{Index, Sort, SortField},
    model::{Decision, RegistrationId, ReviewNote, Seen},
    text,
    triage::{Hindrance, Proposal, Reasons},
};

/// A decision, ready to be carried out.
struct Plan {
    decision: Decision,
    note: ReviewNote,
    lines: Vec<Line>,
}

/// What a plan says of one registration.
struct Line {
    name: String,
    proposal: Result<Proposal, Missing>,
    hindrance: Option<Hindrance>,
}

/// A registration that does not exist.
struct Missing {
    id: RegistrationId,
    error: BackendError,
}

impl Line {
    fn id(&self) -> &RegistrationId {
        match &self.proposal {
            Ok(proposal) => &proposal.id,
            Err(missing) => &missing.id,
        }
    }

    fn would_be_sent(&self) -> bool {
        self.proposal.is_ok() && self.hindrance.is_none()
    }
}

/// Makes the plan, and carries it out once it is confirmed.
pub async fn run(arguments: &DecideArguments, session: &Session, output: &mut Output) -> Result<(), Failure> {
    let wanted = Wanted::of(arguments)?;
    let note = wanted.note(&session.config.reasons)?;
    let desk = &session.desk()?;
    if desk.profile.read_only && !arguments.plan {
        return Err(ReadOnly::refusal().into());
    }
    let lines = wanted.lines(note.words.is_some(), arguments.overturn, desk).await?;
    let plan = Plan { decision: wanted.decision, note, lines };
    let form = Form::of(arguments.json, arguments.ndjson);
    if plan.lines.is_empty() {
        notice("nothing matches; nothing was decided");
    }
    if arguments.plan {
        return print(&plan, form, output);
    }
    let sent = plan.lines.iter().filter(|line| line.would_be_sent()).count();
    if !arguments.yes && sent > 0 {
        if !somebody_answers(arguments) {
            print(&plan, form, output)?;
            let message = "nothing was decided: without a terminal to ask on, --yes carries the plan out";
            return Err(Failure::Usage(message.to_owned()));
        }
        print(&plan, Form::Text, &mut Output::beside())?;
        confirm(&plan, sent, desk)?;
    }
    carry_out(plan, form, desk, output).await
}

/// What was asked for.
struct Wanted<'a> {
    decision: Decision,
    /// A plan goes without.
    reason: Option<Cow<'a, str>>,
    words: Option<Cow<'a, str>>,
    on: Subjects<'a>,
}

/// On whom a decision is wanted.
enum Subjects<'a> {
    Query(&'a String),
    Ids(Vec<RegistrationId>),
    /// As a plan has seen them.
    Planned(Vec<(RegistrationId, Seen)>),
}

impl<'a> Wanted<'a> {
    fn of(arguments: &'a DecideArguments) -> Result<Self, Failure> {
        if let Some(path) = &arguments.from {
            let planned = planned::read(path)?;
            let (reason, words) = (Some(planned.reason.into()), planned.note.map(Cow::from));
            return Ok(Self { decision: planned.decision, reason, words, on: Subjects::Planned(planned.seen) });
        }
        let on = match &arguments.query {
            Some(query) => Subjects::Query(query),
            None => Subjects::Ids(named(&arguments.ids)?),
        };
        let given = |text: &'a Option<String>| text.as_deref().map(Cow::from);
        Ok(Self { decision: arguments.decision(), reason: given(&arguments.reason), words: given(&arguments.note), on })
    }

    /// The note that goes out with every decision, checked against the reasons in use.
    fn note(&self, reasons: &Reasons) -> Result<ReviewNote, Failure> {
        let decision = self.decision;
        let words = self.words.as_deref().map(str::trim).filter(|words| !words.is_empty()).map(str::to_owned);
        let Some(code) = self.reason.as_deref() else { return Ok(ReviewNote { reason: None, words }) };
        let Some(reason) = reasons.of(decision).find(|reason| reason.code == code) else {
            return Err(Failure::Usage(no_such_reason(code, decision, reasons)));
        };
        if reason.needs_note && words.is_none() {
            return Err(Failure::Usage(format!("the reason {code} has to be explained: add --note TEXT")));
        }
        Ok(ReviewNote { reason: Some(reason.code.clone().into_owned()), words })
    }

    async fn lines(&self, has_note: bool, overturn: bool, desk: &Desk) -> Result<Vec<Line>, Failure> {
        let line = |index: &Index, id: &RegistrationId| {
            let entry = index.get(id)?;
            let proposal = Proposal::new(&entry.registration, &entry.judgement, self.decision);
            let name = entry.registration.name().map(|name| desk.mask().personal(name).into_owned());
            let hindrance = proposal.hindrance(has_note, overturn);
            Some(Line { name: name.unwrap_or_default(), hindrance, proposal: Ok(proposal) })
        };
        match &self.on {
            Subjects::Query(text) => {
                let query = desk::query(std::slice::from_ref(text))?;
                let index = desk.load().await?;
                let order = Sort { by: SortField::Created, descending: false };
                let found = index.search(&query, order, desk.clock.now());
                Ok(found.iter().filter_map(|id| line(&index, id)).collect())
            }
            Subjects::Ids(ids) => lines_of(ids, line, desk).await,
            Subjects::Planned(seen) => {
                let ids: Vec<RegistrationId> = seen.iter().map(|(id, _)| id.clone()).collect();
                let mut lines = lines_of(&ids, line, desk).await?;
                // Whoever has moved on since the plan is refused like anybody who moves on before the decision arrives.
                let seen: HashMap<&RegistrationId, &Seen> = seen.iter().map(|(id, seen)| (id, seen)).collect();
                for proposal in lines.iter_mut().filter_map(|line| line.proposal.as_mut().ok()) {
                    if let Some(&seen) = seen.get(&proposal.id) {
                        proposal.seen = seen.clone();
                    }
                }
                Ok(lines)
            }
        }
    }
}

fn no_such_reason(code: &str, decision: Decision, reasons: &Reasons) -> String {
    let codes = || reasons.of(decision).map(|reason| reason.code.as_ref());
    let nearest = text::nearest(code, codes()).map(|name| format!("; did you mean {name}?")).unwrap_or_default();
    let width = codes().map(str::len).max().unwrap_or_default();
    let known: Vec<String> =
        reasons.of(decision).map(|reason| format!("  {:<width$}  {}", reason.code, reason.label)).collect();
    format!("`{code}` is no reason to {decision}{nearest}\nknown:\n{}", known.join("\n"))
}

/// The lines of registrations that were named, and behind them those that do not exist.
async fn lines_of(
    ids: &[RegistrationId],
    line: impl Fn(&Index, &RegistrationId) -> Option<Line>,
    desk: &Desk,
) -> Result<Vec<Line>, Failure> {
    let (mut found, mut missing) = (Vec::new(), Vec::new());
    for id in ids {
        match desk.backend.retrieve(id, &desk.operator).await {
            Ok(registration) => found.push(registration),
            Err(error) if error.kind == ErrorKind::NotFound => missing.push(Missing { id: id.clone(), error }),
            Err(error) => return Err(error.into()),
        }
    }
    let ids: Vec<RegistrationId> = found.iter().map(|registration| registration.id.clone()).collect();
    let index = if ids.is_empty() { Index::default() } else { desk.load_around(found).await? };
    let unknown = |missing| Line { name: String::new(), proposal: Err(missing), hindrance: None };
    Ok(ids.iter().filter_map(|id| line(&index, id)).chain(missing.into_iter().map(unknown)).collect())
}

fn print(plan: &Plan, form: Form, output: &mut Output) -> Result<(), Failure> {
    match form {
        Form::Json => output.json(&plan.lines.iter().map(|line| line_object(plan, line)).collect::<Vec<_>>())?,
        Form::Ndjson => plan.lines.iter().try_for_each(|line| output.json_line(&line_object(plan, line)))?,
        Form::Text => print_table(plan, output)?,
    }
    output.flush()
}

fn print_table(plan: &Plan, output: &mut Output) -> Result<(), Failure> {
    let mut table = Table::new(&["ID", "NAME", "FROM", "TO", "CRITICAL", "HIGH", "REMARK"]);
    for line in &plan.lines {
        let (from, flags) = match &line.proposal {
            Ok(proposal) => (proposal.seen.status.to_string(), [proposal.critical.join(" "), proposal.high.join(" ")]),
            Err(_) => Default::default(),
        };
        let remark = match (&line.hindrance, &line.proposal) {
            (Some(hindrance), _) => format!("skipped: {hindrance}"),
            (None, Err(_)) => "skipped: there is no such registration".to_owned(),
            (None, Ok(_)) => String::new(),
        };
        let to = if line.would_be_sent() { plan.decision.status().to_string() } else { "-".to_owned() };
        let [critical, high] = flags;
        table.row([line.id().to_string(), line.name.clone(), from, to, critical, high, remark]);
    }
    table.print(output)?;
    let sent = plan.lines.iter().filter(|line| line.would_be_sent()).count();
    let note = plan.note.to_note().map_or("still without a reason".to_owned(), |note| format!("with the note: {note}"));
    output.line("")?;
    output.line(&format!("{} {sent} of {}, {note}", plan.decision, plan.lines.len()))
}

fn line_object(plan: &Plan, line: &Line) -> Value {
    let refusal = |message: String, code: Option<&str>| json!({ "message": message, "code": code });
    let mut object = json!({
        "id": line.id(),
        "from": null,
        "to": plan.decision.status(),
        "reason": plan.note.reason,
        "note": plan.note.words,
        "openFlags": { "critical": [], "high": [] },
        "seenVersion": null,
        "seenAt": null,
        "skipped": null,
    });
    match &line.proposal {
        Ok(proposal) => {
            object["from"] = json!(proposal.seen.status);
            object["openFlags"] = json!({ "critical": proposal.critical, "high": proposal.high });
            object["seenVersion"] = json!(proposal.seen.version());
            object["seenAt"] = json!(proposal.seen.updated_at);
        }
        Err(missing) => object["skipped"] = refusal(missing.error.message.clone(), missing.error.code.as_deref()),
    }
    if let Some(hindrance) = &line.hindrance {
        object["skipped"] = refusal(hindrance.to_string(), Some(hindrance.code()));
    }
    object
}

/// Whether there is a person to ask: their answers and our questions both go through a terminal.
fn somebody_answers(arguments: &DecideArguments) -> bool {
    let stdin_is_read = arguments.ids.iter().any(|id| id == "-") || arguments.from.as_deref() == Some(Path::new("-"));
    !stdin_is_read && io::stdin().is_terminal() && io::stderr().is_terminal()
}

/// Asks for the number of registrations, which nobody types by accident.
fn confirm(plan: &Plan, sent: usize, desk: &Desk) -> Result<(), Failure> {
    let production = if desk.profile.production { " (production)" } else { "" };
    let question = format!(
        "To {} {sent} on the profile {}{production}, type {sent}; anything else leaves all as it is: ",
        plan.decision, desk.profile.name
    );
    let mut errors = io::stderr().lock();
    errors
        .write_all(text::clean(&question).as_bytes())
        .and_then(|()| errors.flush())
        .map_err(Failure::io("standard error"))?;
    let mut answer = String::new();
    io::stdin().lock().read_line(&mut answer).map_err(Failure::io("standard input"))?;
    if answer.trim() == sent.to_string() {
        return Ok(());
    }
    Err(Failure::Other("nothing was decided".to_owned()))
}

async fn carry_out(plan: Plan, form: Form, desk: &Desk, output: &mut Output) -> Result<(), Failure> {
    let mut report = Report::begin(form, plan.lines.len(), output);
    for line in plan.lines {
        let id = line.id().clone();
        let mut more = Map::new();
        more.insert("decision".to_owned(), json!(plan.decision.as_str()));
        more.insert("reason".to_owned(), json!(plan.note.reason));
        let fate = match (line.proposal, line.hindrance) {
            (Err(missing), _) => Fate::Failed(missing.error),
            (Ok(_), Some(hindrance)) => fate_of_hindered(&hindrance),
            (Ok(proposal), None) => {
                more.insert("from".to_owned(), json!(proposal.seen.status));
                decide(&proposal, &plan.note, desk).await.into()
            }
        };
        report.take(&id, fate, &more)?;
    }
    report.end()
}

fn fate_of_hindered(hindrance: &Hindrance) -> Fate {
    let why = hindrance.to_string();
    if hindrance.is_refusal() {
        Fate::Failed(BackendError::new(ErrorKind::Conflict, format!("Not decided: {why}.")).with_code(hindrance.code()))
    } else {
        Fate::Left { code: hindrance.code(), why }
    }
}

/// Decides one. Without an answer in time it is looked up whether the decision arrived; it is never sent twice.
async fn decide(proposal: &Proposal, note: &ReviewNote, desk: &Desk) -> Result<SyncOutcome, BackendError> {
    let (backend, caller) = (desk.backend.as_ref(), &desk.operator);
    let status = proposal.decision.status();
    let request = SyncRequest {
        step: Some((SyncStep::AdminOverride, status.clone())),
        note: note.to_note(),
        seen_version: proposal.seen.version(),
    };
    let answer = sync_as_seen(backend, &proposal.id, request, &proposal.seen, caller).await;
    let Err(error) = answer else { return answer };
    if error.kind != ErrorKind::TimedOut {
        return Err(error);
    }
    match backend.retrieve(&proposal.id, caller).await {
        Ok(registration) if registration.status == status => {
            Ok(SyncOutcome { registration, asked: Some(status), blockers: Vec::new(), token: None })
        }
        Ok(registration) => {
            let message = format!("{} It was looked up: it is {} so far.", error.message, registration.status);
            Err(BackendError { message, ..error })
        }
        Err(_) => Err(error),
    }
}
