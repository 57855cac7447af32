//! Reading a registration in either dialect.
//!
//! Both dialects are published side by side and their pages mix them, so nothing here asks "which dialect is this":
//! every field is looked for under each of its names. Only a missing identity is an error; what cannot be read stays in
//! `extra`.

use serde_json::{Map, Value};

use super::{
    WireError,
    checks::{self, Evidence},
    fields::{Fields, Ref},
    flows, keys, marks, secrets, steps, times,
};
use crate::backend::SyncStep;
use crate::model::{
    Basis, Contact, FlowRef, Moment, Personal, ProjectRef, Registration, RegistrationId, Status, Step, StepKind,
    StepState, Timestamp, timeline,
};

/// Reads a registration in either dialect, or a mixture, field by field. Only a missing identity is an error.
pub fn decode_registration(value: Value) -> Result<Registration, WireError> {
    let Some(mut fields) = Fields::of(value) else {
        return Err(WireError::new("$", "is not an object. A registration is a JSON object with `id` or `_id`."));
    };
    let extra = fields.object(keys::EXTRA).into_rest();
    let id = identity(&mut fields)?;
    let created = fields.time("createdAt");
    let mut registration = Registration::new(RegistrationId::new(id.clone()), Timestamp::UNIX_EPOCH);
    registration.status = status(&mut fields);
    registration.project = project(&mut fields);
    registration.flow = flow(&mut fields);
    registration.contact = contact(&mut fields);
    registration.version = fields.take_as("version", Value::as_u64).unwrap_or(0);
    registration.expires_at = fields.time("expiresAt");
    registration.link_resent = fields.stored("linkResent");
    registration.link_resends = fields.count("linkResends").unwrap_or(0);
    registration.access_log = marks::access_log(&mut fields);
    registration.reported_flags = marks::reported_flags(&mut fields);
    registration.reviews = marks::reviews(&mut fields);
    registration.deliveries = marks::deliveries(&mut fields);
    registration.desk = fields.stored("desk").unwrap_or_default();

    let user_is_said = fields.has("userId");
    registration.user_id = fields.exact_text("userId");
    let evidence = checks::read(&mut fields);
    if !user_is_said {
        registration.user_id.clone_from(&evidence.subject);
    }
    registration.created_at =
        created.or_else(|| times::of_object_id(&id).map(|moment| moment.at)).unwrap_or(registration.created_at);
    complete(&mut registration, fields, evidence, extra);
    Ok(registration)
}

/// The rest: what depends on several fields at once.
fn complete(registration: &mut Registration, mut fields: Fields, evidence: Evidence, extra: Map<String, Value>) {
    let Evidence { checks, failed_attempts, unloaded, inferred_submission, .. } = evidence;
    registration.checks = checks;
    let own_steps = steps::read(&mut fields);
    registration.current_step = current_step(&mut fields, own_steps.as_deref());
    registration.failed_attempts = steps::attempts(&mut fields)
        .unwrap_or_else(|| failed_attempts.into_iter().chain(steps::failed(own_steps.as_deref())).collect());
    let step_times = || own_steps.iter().flatten().filter_map(Step::timestamp).map(|moment| moment.at);
    if registration.created_at == Timestamp::UNIX_EPOCH {
        registration.created_at = step_times().min().unwrap_or(Timestamp::UNIX_EPOCH);
    }
    registration.updated_at = fields.time("updatedAt").or(step_times().max()).unwrap_or(registration.created_at);
    registration.completed_at = completed(registration, &mut fields, own_steps.is_some());
    checks::infer_submission(registration, inferred_submission.as_ref());

    registration.results.other = steps::unknown_results(&fields);
    let results = steps::results(&mut fields);
    let scores = fields.stored("scores");
    timeline::derive(registration);
    checks::forget_unloaded(registration, &unloaded);
    // What the object says of itself stands above what can be derived from its evidence.
    registration.steps = own_steps.unwrap_or_else(|| std::mem::take(&mut registration.steps));
    registration.results = results.unwrap_or_else(|| std::mem::take(&mut registration.results));
    registration.scores = scores.unwrap_or_else(|| std::mem::take(&mut registration.scores));
    registration.extra = rest(fields, extra);
}

fn identity(fields: &mut Fields) -> Result<String, WireError> {
    let live = fields.text("_id");
    let overview = fields.text("id");
    match (live, overview) {
        (Some(live), Some(overview)) if live != overview => {
            // Both: the object id is the one that the service's routes take. The other one is kept beside it.
            let live_is_id = times::of_object_id(&live).is_some();
            let (id, other) = if live_is_id { (live, ("id", overview)) } else { (overview, ("_id", live)) };
            fields.put(other.0, Value::String(other.1));
            Ok(id)
        }
        (Some(id), _) | (None, Some(id)) => Ok(id),
        (None, None) => Err(WireError::new("$.id", "is missing. A registration has `id` or `_id`.")),
    }
}

fn status(fields: &mut Fields) -> Status {
    match fields.peek("status") {
        Some(Value::String(_)) => Status::parse(&fields.exact_text("status").unwrap_or_default()),
        Some(Value::Null) | None => Status::Unknown("unknown".to_owned()),
        // Of a type nobody expects: shown as it is, and kept.
        Some(other) => Status::Unknown(other.to_string()),
    }
}

fn project(fields: &mut Fields) -> ProjectRef {
    let named = fields.exact_text("projectName");
    let told = flows::countries(fields, "projectCountries");
    let id = fields.exact_text("projectId");
    let reference = fields.reference("project");
    let id = id.or_else(|| reference.id()).unwrap_or_default();
    let (name, allowed_countries) = match reference {
        Ref::Object(mut project) => (project.text("name"), flows::countries(&mut project, "allowedCountries")),
        _ => (None, None),
    };
    ProjectRef { id, name: named.or(name), allowed_countries: told.or(allowed_countries) }
}

fn flow(fields: &mut Fields) -> FlowRef {
    let named = fields.exact_text("flowName");
    let stored = fields.take_as("flowSettings", flows::stored_settings);
    let status = fields.exact_text("flowStatus");
    let id = fields.exact_text("flowId");
    let reference = fields.reference("projectFlow");
    let id = id.or_else(|| reference.id()).unwrap_or_default();
    match reference {
        Ref::Object(mut flow) => {
            let name = named.or_else(|| flow.text("name"));
            let status = status.or_else(|| flow.text("status"));
            FlowRef { id, name, status, settings: stored.or_else(|| flows::settings(flow)) }
        }
        _ => FlowRef { id, name: named, status, settings: stored },
    }
}

fn contact(fields: &mut Fields) -> Contact {
    let stored: Option<Contact> = fields.stored("contact");
    let said = stored.is_some();
    let mut contact = stored.unwrap_or_default();
    fill(&mut contact.email, fields.personal("email"));
    fill(&mut contact.phone, fields.personal("phone"));
    fill(&mut contact.country_code, fields.text("countryCode"));
    fill(&mut contact.first_name, fields.personal("firstName"));
    fill(&mut contact.last_name, fields.personal("lastName"));
    fill(&mut contact.language, fields.text("language"));
    let name = fields.personal("name");
    fill(&mut contact.full_name, fields.personal("fullName").or(name));
    if !said {
        let composed = full_name(contact.first_name.as_ref(), contact.last_name.as_ref());
        fill(&mut contact.full_name, composed);
    }
    contact
}

/// Fills a gap.
pub(super) fn fill<T>(gap: &mut Option<T>, found: Option<T>) {
    if gap.is_none() {
        *gap = found;
    }
}

/// A full name made of its parts.
pub(super) fn full_name(first: Option<&Personal>, last: Option<&Personal>) -> Option<Personal> {
    match (first, last) {
        (Some(first), Some(last)) => Some(Personal::new(format!("{} {}", first.reveal(), last.reveal()))),
        (Some(only), None) | (None, Some(only)) => Some(only.clone()),
        (None, None) => None,
    }
}

/// The step reported last. The live service says `"1"` until one was; overview objects do not say it at all, so there
/// it is the last step that has begun.
fn current_step(fields: &mut Fields, own_steps: Option<&[Step]>) -> Option<StepKind> {
    let word = if fields.has("currentStep") {
        fields.text("currentStep")?
    } else {
        let begun = own_steps?.iter().rev().find(|step| !matches!(step.state, StepState::Pending | StepState::Skipped));
        begun?.kind.as_str().to_owned()
    };
    match SyncStep::parse(&word) {
        _ if matches!(word.trim(), "" | "1" | "not_started") => None,
        // Skipping the verification ends the flow, and so does a decision.
        SyncStep::SkipKyc | SyncStep::AdminOverride => Some(StepKind::End),
        SyncStep::Flow(step) => Some(step),
    }
}

/// When it ended: said, else the decision that made it so, else (live) its last change.
fn completed(registration: &Registration, fields: &mut Fields, has_own_steps: bool) -> Option<Moment> {
    let said = fields.has("completedAt");
    let basis = fields.take_as("completedBasis", |value| Basis::parse(value.as_str()?)).unwrap_or(Basis::Field);
    let completed = fields.moment("completedAt", basis);
    if completed.is_some() || said || has_own_steps || !registration.status.is_final() {
        return completed;
    }
    let decided = registration.reviews.iter().rev().find(|review| review.to == registration.status);
    Some(match decided.and_then(|review| review.at) {
        Some(at) => Moment::event(at),
        None => Moment::new(registration.updated_at, Basis::Updated),
    })
}

/// What has no place in the model, without secrets. What our own endpoint adds to be read by scripts is derived again,
/// so it is not kept.
fn rest(mut fields: Fields, extra: Map<String, Value>) -> Map<String, Value> {
    for derived in ["risk", "stuck", "link", "links", "sync", "blockers"] {
        fields.discard(derived);
    }
    let mut rest = fields.into_rest();
    for (key, value) in extra {
        rest.insert(key, value);
    }
    secrets::strip(&mut rest);
    rest
}
