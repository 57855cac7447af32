//! `show`: one registration, readable from top to bottom.

use std::borrow::Cow;

use super::{Desk, Failure, Output, args::ShowArguments, clock_time, desk::Mask, output::Table};
use crate::{
    audit::Deed,
    model::{Moment, Outcome, Registration, RegistrationId, Scores, Step, StepState, Timestamp},
    text,
    triage::{Flag, Judgement, LinkOrigin, Stuck},
    wire,
};

/// Prints it.
pub async fn run(arguments: &ShowArguments, desk: &Desk, output: &mut Output) -> Result<(), Failure> {
    let id = RegistrationId::new(&arguments.id);
    let registration = desk.backend.retrieve(&id, &desk.operator).await?;
    let id = registration.id.clone();
    if !desk.mask().0 {
        desk.note(Deed::on("show", &id))?;
    }
    let index = desk.load_around(vec![registration]).await?;
    let Some(entry) = index.get(&id) else {
        return Err(Failure::Other(format!("the registration {id} changed while it was read; try again")));
    };
    let (registration, judgement) = (entry.registration.as_ref(), &entry.judgement);
    let mask = desk.mask();
    if arguments.json {
        return output.json(&wire::masked_object(registration, judgement, mask.0));
    }
    let now = desk.clock.now();
    print_head(registration, judgement, (now, mask), output)?;
    if let Some(stuck) = &judgement.stuck {
        print_stuck(stuck, &id, output)?;
    }
    print_timeline(registration, now, output)?;
    print_results(registration, output)?;
    print_flags(registration, judgement, mask, output)?;
    print_history(registration, mask, output)?;
    print_links(judgement, output)
}

fn print_head(
    registration: &Registration,
    judgement: &Judgement,
    (now, mask): (Timestamp, Mask),
    output: &mut Output,
) -> Result<(), Failure> {
    let or_id = |name: &Option<String>, id: &String| name.clone().unwrap_or_else(|| id.clone());
    let contact = &registration.contact;
    let email = contact.email.as_ref().map(|email| mask.personal(email).into_owned());
    let reach: Vec<String> = email.into_iter().chain(mask.phone(contact)).collect();
    let name = registration.name().map_or("(no name)".into(), |name| mask.personal(name));
    output.line(&format!("{name}  {}", reach.join("  ")))?;
    let age = |time: Timestamp| text::ago((now - time).num_seconds());
    let mut rows = vec![
        ("id", format!("{} (version {})", registration.id, registration.version)),
        ("status", registration.status.to_string()),
        ("project", or_id(&registration.project.name, &registration.project.id)),
        ("flow", or_id(&registration.flow.name, &registration.flow.id)),
        ("created", format!("{} ({} ago)", clock_time(registration.created_at), age(registration.created_at))),
        ("updated", format!("{} ({} ago)", clock_time(registration.updated_at), age(registration.updated_at))),
    ];
    if let Some(completed) = registration.completed_at {
        rows.push(("completed", shown(completed)));
    }
    if let Some(expires_at) = registration.expires_at.filter(|_| registration.status.is_open()) {
        rows.push(("expires", clock_time(expires_at)));
    }
    if let Some(clock) = judgement.link {
        let left = if clock.is_alive() {
            format!("lives for {} more", text::ago(clock.seconds_left))
        } else {
            format!("dead for {}", age(clock.dies_at))
        };
        rows.push((
            "link",
            format!("of {}, {left}", if clock.origin == LinkOrigin::Resent { "the resend" } else { "creation" }),
        ));
    }
    if let Some(resent) = registration.link_resent {
        rows.push(("resent", format!(" {} times, last {}", registration.link_resends, shown(resent))));
    }
    if let Some(claim) = &registration.desk.claim {
        rows.push(("claimed", format!("by {}, {} ago", claim.by, age(claim.at))));
    }
    if let Some(snooze) = registration.desk.snoozed(now) {
        let reason = snooze.reason.as_ref().map(|reason| format!(": {}", mask.personal(reason))).unwrap_or_default();
        rows.push(("snoozed", format!("until {}, by {}{reason}", clock_time(snooze.until), snooze.by)));
    }
    rows.push(("risk", format!("{} ({})", judgement.risk.score, judgement.risk.band())));
    rows.iter().try_for_each(|(key, value)| output.line(&format!("  {key:<10} {value}")))
}

fn print_stuck(stuck: &Stuck, id: &RegistrationId, output: &mut Output) -> Result<(), Failure> {
    heading("Stuck", output)?;
    let limit = match stuck.limit_seconds {
        0 => "at once".to_owned(),
        seconds => format!("after {}", text::ago(seconds)),
    };
    output.line(&format!("  {} {}, at {}", stuck.reason, stuck.name, stuck.step.label()))?;
    output.line(&format!(
        "  for {} (counts {limit}), {}; the move is the {}'s",
        text::ago(stuck.age_seconds),
        stuck.stage.label(),
        stuck.turn.as_str()
    ))?;
    output.line(&format!("  next: {}", stuck.next_action))?;
    stuck.command_line(id).map_or(Ok(()), |command| output.line(&format!("        {command}")))
}

fn print_timeline(registration: &Registration, now: Timestamp, output: &mut Output) -> Result<(), Failure> {
    heading("Timeline", output)?;
    let mut table = Table::new(&["  STEP", "STATE", "ASKED", "STARTED", "WAITED", "TOOK", "ATTEMPTS"]);
    let mut previous = Some(registration.created_at);
    for step in &registration.steps {
        let waited = step.started.zip(previous).map(|(started, before)| (started.at - before).num_seconds());
        table.row([
            format!("{} {}", glyph(&step.state), step.kind.label()),
            step.state.to_string(),
            step.requirement.as_ref().map(ToString::to_string).unwrap_or_default(),
            step.started.map(shown).unwrap_or_default(),
            waited.map(text::ago).unwrap_or_default(),
            duration(step, now),
            attempts(step),
        ]);
        previous = step.timestamp().map(|moment| moment.at).or(previous);
    }
    table.print(output)?;
    if registration.steps.iter().filter_map(|step| step.started).any(|moment| moment.basis.is_approximate()) {
        output.line("  ~ the source does not say exactly when; the real time may be well off")?;
    }
    Ok(())
}

fn glyph(state: &StepState) -> char {
    match state {
        StepState::Completed => '✓',
        StepState::Failed => '✗',
        StepState::InProgress => '▸',
        StepState::Pending => '·',
        StepState::Skipped => '–',
        StepState::Expired => '×',
        StepState::Review => '!',
        StepState::Unknown(_) => '?',
    }
}

/// How long a step took, or has taken so far.
fn duration(step: &Step, now: Timestamp) -> String {
    match (step.started, step.finished) {
        (Some(started), Some(finished)) => text::ago((finished.at - started.at).num_seconds()),
        (Some(started), None) if step.state == StepState::InProgress => {
            format!("{} so far", text::ago((now - started.at).num_seconds()))
        }
        _ => String::new(),
    }
}

fn attempts(step: &Step) -> String {
    match (step.attempts, step.attempt_limit) {
        (attempts, Some(limit)) => format!("{attempts}/{limit}"),
        (0, None) => String::new(),
        (attempts, None) => attempts.to_string(),
    }
}

fn print_results(registration: &Registration, output: &mut Output) -> Result<(), Failure> {
    heading("Results", output)?;
    let results = &registration.results;
    let scores = &registration.scores;
    let rows = [
        ("document", &results.document_verification, name_score(scores)),
        ("biometrics", &results.biometric_verification, String::new()),
        ("liveness", &results.liveness_detection, score(scores.liveness, scores.liveness_min, "above")),
        ("face compare", &results.face_comparison, score(scores.face_compare, scores.face_compare_min, "at least")),
        ("criminal history", &results.criminal_history, String::new()),
        ("e-mail", &results.email_verification, String::new()),
        ("phone", &results.phone_verification, String::new()),
    ];
    for (name, outcome, score) in rows {
        let outcome = outcome.as_ref().map_or("not told", Outcome::as_str);
        output.line(format!("  {name:<17} {outcome:<13} {score}").trim_end())?;
    }
    for (name, value) in &results.other {
        output.line(&format!("  {name:<17} {}", value.as_str().map_or(value.to_string(), str::to_owned)))?;
    }
    Ok(())
}

/// `0.91, must be at least 0.85`.
fn score(measured: Option<f64>, min: Option<f64>, relation: &str) -> String {
    match (measured, min) {
        (Some(measured), Some(min)) => format!("{measured:.2}, must be {relation} {min:.2}"),
        (Some(measured), None) => format!("{measured:.2}"),
        (None, Some(min)) => format!("not measured, must be {relation} {min:.2}"),
        (None, None) => String::new(),
    }
}

fn name_score(scores: &Scores) -> String {
    let names = scores.name_match.map(|percent| format!("names match {percent:.0} %"));
    let reading = scores.document_confidence.map(|confidence| format!("reading {confidence:.2}"));
    names.into_iter().chain(reading).collect::<Vec<_>>().join(", ")
}

fn print_flags(
    registration: &Registration,
    judgement: &Judgement,
    mask: Mask,
    output: &mut Output,
) -> Result<(), Failure> {
    heading("Red flags", output)?;
    if judgement.flags.is_empty() {
        return output.line("  none");
    }
    for flag in &judgement.flags {
        print_flag(flag, mask, output)?;
        if let Some(said) = registration.desk.verdicts.iter().find(|said| said.rule == flag.rule) {
            output.line(&format!(
                "           said: {}, by {} {}",
                said.verdict.in_words(),
                said.by,
                clock_time(said.at)
            ))?;
        }
    }
    Ok(())
}

fn print_flag(flag: &Flag, mask: Mask, output: &mut Output) -> Result<(), Failure> {
    let at = flag.at.map(|at| format!("  {}", clock_time(at))).unwrap_or_default();
    output.line(&format!("  {:<8} {} {}{at}", flag.severity.as_str(), flag.rule, flag.name))?;
    let threshold = match (&flag.threshold, flag.threshold_from) {
        (Some(threshold), Some(from)) => format!(", threshold {threshold} ({})", from.as_str()),
        (Some(threshold), None) => format!(", threshold {threshold}"),
        (None, _) => String::new(),
    };
    output.line(&format!("           seen {}{threshold}  [{}]", mask.text(&flag.seen), flag.path))?;
    if !flag.caveat.is_empty() {
        output.line(&format!("           but {}", flag.caveat))?;
    }
    output.line(&format!("           next: {}", flag.next_action))
}

fn print_history(registration: &Registration, mask: Mask, output: &mut Output) -> Result<(), Failure> {
    if !registration.failed_attempts.is_empty() {
        heading("Failed attempts", output)?;
    }
    for attempt in &registration.failed_attempts {
        let at = attempt.at.map_or("(time unknown)".to_owned(), shown);
        let reason = attempt.reason.as_deref().map_or("no reason given".into(), |reason| mask.word(reason));
        let counts = if attempt.counts { "" } else { "  (does not count)" };
        output.line(&format!("  {at}  {}  {reason}{counts}", attempt.step.label()))?;
    }
    if !registration.desk.notes.is_empty() {
        heading("Notes", output)?;
    }
    for note in &registration.desk.notes {
        output.line(&format!("  {}  {}", clock_time(note.at), note.by))?;
        mask.personal(&note.text).lines().try_for_each(|line| output.line(&format!("    {line}")))?;
    }
    if !registration.reviews.is_empty() {
        heading("Decisions", output)?;
    }
    for review in &registration.reviews {
        let at = review.at.map_or("(time unknown)".to_owned(), clock_time);
        let by = review.by.as_deref().unwrap_or("?");
        let note = review.note.as_deref().map(|note| mask.text(note));
        let why: Vec<Cow<'_, str>> = review.reason.as_deref().map(Cow::Borrowed).into_iter().chain(note).collect();
        output.line(&format!("  {at}  {} to {} by {by}  {}", review.from, review.to, why.join(": ")))?;
    }
    if !registration.access_log.is_empty() {
        heading("Access", output)?;
    }
    for access in &registration.access_log {
        let at = access.at.map_or("(time unknown)".to_owned(), clock_time);
        let from = access.ip.as_deref().map(|ip| format!(" from {}", mask.text(ip))).unwrap_or_default();
        let reason = access.reason.as_deref().map(|reason| format!(": {}", mask.word(reason))).unwrap_or_default();
        let [actor, action, outcome] = [&access.actor, &access.action, &access.outcome].map(|word| mask.word(word));
        output.line(&format!("  {at}  {actor}{from}  {action}  {outcome}{reason}"))?;
    }
    Ok(())
}

fn print_links(judgement: &Judgement, output: &mut Output) -> Result<(), Failure> {
    if judgement.links.is_empty() {
        return Ok(());
    }
    heading("Shares something with", output)?;
    for link in &judgement.links {
        let via: Vec<&str> = link.via.iter().map(|kind| kind.as_str()).collect();
        output.line(&format!("  {}  {}", link.id, via.join(", ")))?;
    }
    Ok(())
}

fn heading(title: &str, output: &mut Output) -> Result<(), Failure> {
    output.line("")?;
    output.line(title)
}

/// A time, marked where the source does not really tell it.
fn shown(moment: Moment) -> String {
    let mark = if moment.basis.is_approximate() { "~" } else { "" };
    format!("{mark}{}", clock_time(moment.at))
}
