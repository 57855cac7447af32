//! Writing the overview dialect: the object of the service's overview page, with the further keys of this program.

use serde::Serialize;
use serde_json::{Map, Value, json};

use super::{keys, times};
use crate::{
    model::{Attempt, Registration, RegistrationId, Step},
    triage::{Flag, Judgement, LinkClock, Stuck},
};

/// The mission document's object with the further keys, in a fixed order.
///
/// Every key is always there; what is not known is `null`. Reading it back with
/// [`decode_registration`](super::decode_registration) yields the same registration.
pub fn encode_overview(registration: &Registration, judgement: &Judgement) -> Value {
    let mut object = Map::new();
    let mut put = |key: &str, value: Value| object.insert(key.to_owned(), value);
    put("id", json!(registration.id));
    put("userId", json!(registration.user_id));
    put("projectId", json!(registration.project.id));
    put("flowId", json!(registration.flow.id));
    put("status", json!(registration.status));
    put("currentStep", json!(registration.current_step));
    put("steps", registration.steps.iter().map(step).collect());
    put("verificationResults", json!(registration.results));
    put("scores", json!(registration.scores));
    put("contact", json!(registration.contact));
    put("redFlags", judgement.flags.iter().map(flag).collect());
    put("risk", json!({ "score": judgement.risk.score, "band": judgement.risk.band() }));
    put("stuck", judgement.stuck.as_ref().map_or(Value::Null, |way| stuck(way, &registration.id)));
    put("failedAttempts", registration.failed_attempts.iter().map(attempt).collect());
    put("accessLog", stored(&registration.access_log));
    put("links", judgement.links.iter().map(|link| json!({ "id": link.id, "via": link.via })).collect());
    put("createdAt", times::value(Some(registration.created_at)));
    put("updatedAt", times::value(Some(registration.updated_at)));
    put("completedAt", times::moment_value(registration.completed_at));
    put("expiresAt", times::value(registration.expires_at));
    put("version", json!(registration.version));
    put("completedBasis", json!(registration.completed_at.map(|moment| moment.basis)));
    put("projectName", json!(registration.project.name));
    put("projectCountries", json!(registration.project.allowed_countries));
    put("flowName", json!(registration.flow.name));
    put("flowStatus", json!(registration.flow.status));
    put("flowSettings", stored(&registration.flow.settings));
    put("evidence", stored(&registration.checks));
    put("reviews", stored(&registration.reviews));
    put("desk", stored(&registration.desk));
    put("reportedFlags", stored(&registration.reported_flags));
    put("linkResent", stored(&registration.link_resent));
    put("linkResends", json!(registration.link_resends));
    put("deliveries", stored(&registration.deliveries));
    put("link", judgement.link.map_or(Value::Null, link));
    put_extra(&mut object, &registration.extra);
    Value::Object(object)
}

/// A part of the model in the shape it is stored in.
pub(super) fn stored(part: &impl Serialize) -> Value {
    serde_json::to_value(part).unwrap_or(Value::Null)
}

/// Puts unknown keys of the source back at the top; those whose names mean something here go under `extra`.
pub(super) fn put_extra(object: &mut Map<String, Value>, extra: &Map<String, Value>) {
    let mut clashing = Map::new();
    for (key, value) in extra {
        if keys::is_known(key) || object.contains_key(key) {
            clashing.insert(key.clone(), value.clone());
        } else {
            object.insert(key.clone(), value.clone());
        }
    }
    if !clashing.is_empty() {
        object.insert(keys::EXTRA.to_owned(), Value::Object(clashing));
    }
}

fn step(step: &Step) -> Value {
    let timestamp = step.timestamp();
    json!({
        "type": step.kind,
        "status": step.state,
        "timestamp": times::moment_value(timestamp),
        "requirement": step.requirement,
        "startedAt": times::moment_value(step.started),
        "completedAt": times::moment_value(step.finished),
        "attempts": step.attempts,
        "attemptLimit": step.attempt_limit,
        "basis": timestamp.map(|moment| moment.basis),
        "startedBasis": step.started.map(|moment| moment.basis),
    })
}

/// A failed attempt; also part of the live dialect, whose own lists hold only some of it.
pub(super) fn attempt(attempt: &Attempt) -> Value {
    json!({
        "step": attempt.step,
        "at": times::moment_value(attempt.at),
        "reason": attempt.reason,
        "counts": attempt.counts,
        "basis": attempt.at.map(|moment| moment.basis),
        "score": attempt.score,
        "documentNumber": attempt.document_number,
    })
}

fn flag(flag: &Flag) -> Value {
    json!({
        "rule": flag.rule,
        "name": flag.name,
        "severity": flag.severity,
        "category": flag.category,
        "path": flag.path,
        "seen": flag.seen,
        "threshold": flag.threshold,
        "thresholdFrom": flag.threshold_from,
        "caveat": flag.caveat,
        "nextAction": flag.next_action,
        "at": times::value(flag.at),
        "reported": flag.reported,
    })
}

/// What is left of the link that the person holds.
fn link(clock: LinkClock) -> Value {
    json!({
        "origin": clock.origin.as_str(),
        "diesAt": times::value(Some(clock.dies_at)),
        "secondsLeft": clock.seconds_left,
    })
}

fn stuck(stuck: &Stuck, id: &RegistrationId) -> Value {
    json!({
        "reason": stuck.reason,
        "step": stuck.step,
        "since": times::value(Some(stuck.since)),
        "ageSeconds": stuck.age_seconds,
        "limitSeconds": stuck.limit_seconds,
        "ratio": stuck.ratio,
        "turn": stuck.turn,
        "nextAction": stuck.next_action,
        "stage": stuck.stage.as_str(),
        "warnSeconds": stuck.warn_seconds,
        "giveUpSeconds": stuck.give_up_seconds,
        "act": stuck.act.as_str(),
        "about": stuck.about,
        "command": stuck.command_line(id),
    })
}
