//! What is left of a registration's object when it is to name nobody.
//!
//! Text stays where this program wrote it, or where it is an id or a time; a word of whoever wrote the record stays where
//! a word belongs, and only if it is one that is known. Everything else is masked: what a source adds to its objects, or
//! puts into a field that is meant for a code, cannot be known beforehand.

use serde_json::{Map, Value};

use super::reasons;
use crate::{
    model::{Outcome, Personal, Requirement, Status, StepKind, StepState},
    triage,
};

/// Parts of the object that are gone through, by the part they stand in; below all others everything is masked.
const PARTS: &[(&str, &[&str])] = &[
    (
        TOP,
        &[
            "steps",
            VERDICTS,
            "scores",
            "redFlags",
            "risk",
            "stuck",
            "failedAttempts",
            "accessLog",
            "links",
            "linkResent",
            "projectCountries",
        ],
    ),
    ("links", &["via"]),
];

/// Keys whose text is the program's own, an id or a time, by the part they stand in.
const OWN: &[(&str, &[&str])] = &[
    (
        TOP,
        &[
            "id",
            "userId",
            "projectId",
            "flowId",
            "projectName",
            "flowName",
            "createdAt",
            "updatedAt",
            "completedAt",
            "expiresAt",
            "completedBasis",
        ],
    ),
    ("steps", &["timestamp", "startedAt", "completedAt", "basis", "startedBasis"]),
    (
        "redFlags",
        &["rule", "name", "severity", "category", "path", "threshold", "thresholdFrom", "caveat", "nextAction", "at"],
    ),
    ("risk", &["band"]),
    ("stuck", &["reason", "step", "since", "turn", "nextAction"]),
    ("failedAttempts", &["at", "basis"]),
    ("accessLog", &["at"]),
    ("links", &["id"]),
    ("linkResent", &["at", "basis"]),
];

/// Keys whose text is a word of whoever wrote the record, by the part they stand in.
const WORDS: &[(&str, &[&str])] = &[
    (TOP, &["status", "currentStep"]),
    ("steps", &["type", "status", "requirement"]),
    ("failedAttempts", &["step", "reason"]),
    ("accessLog", &["actor", "action", "outcome", "reason"]),
];

/// The object itself.
const TOP: &str = "";
/// A part whose keys are words of the source, too.
const VERDICTS: &str = "verificationResults";
/// Parts that are lists of words of ours.
const LISTS: &[&str] = &["projectCountries", "via"];
/// Numbers of the object itself that say nothing about a person; those of its parts are counts, spans and scores.
const NUMBERS: &[&str] = &["version", "linkResends"];
/// What stands for a number that is hidden.
const HIDDEN: &str = "•••";

/// Words of an access log: who, what was tried, and what came of it.
const ACCESS_WORDS: &[&str] = &[
    "operator",
    "email",
    "client",
    "enrollee",
    "system",
    "person",
    "unknown",
    "allowed",
    "denied",
    "success",
    "access",
    "create",
    "import",
    "retrieve",
    "record",
    "send",
    "enter",
    "code",
    "phone",
    "sync",
    "skipKyc",
    "adminOverride",
    "resend",
    "link",
    "expire",
    "claim",
    "release",
    "verdict",
    "snooze",
    "wake",
    "reveal",
    "note",
    "drop",
];

/// Codes of refusals, as they stand in an access log.
const REFUSALS: &[&str] = &[
    "Conflict",
    "token_expired",
    "access_denied",
    "registration_has_expired",
    "not_expired",
    "already_validated",
    "already_decided",
    "already_exists",
    "email_is_registered_already",
    "phone_is_registered_already",
    "cannot_resend_link_for_this_status",
    "MAX_ATTEMPTS_EXCEEDED",
];

/// Masks an object in the shape of [`encode_overview`](super::encode_overview).
pub(super) fn mask(object: &mut Map<String, Value>) {
    mask_object(object, Some(TOP));
}

/// A word of whoever wrote the record: itself if it is known, else its mask.
pub fn word(text: &str) -> String {
    if is_known(text) { text.to_owned() } else { Personal::from(text).masked() }
}

/// Whether every word of a text is one of the flow, of the rules, or of an access log.
fn is_known(text: &str) -> bool {
    let of_the_flow = |word: &str| {
        Status::ALL.iter().any(|known| known.as_str() == word)
            || StepKind::ALL.iter().any(|known| known.as_str() == word || known.live_name() == Some(word))
            || StepState::ALL.iter().any(|known| known.as_str() == word)
            || Requirement::ALL.iter().any(|known| known.as_str() == word)
            || Outcome::ALL.iter().any(|known| known.as_str() == word)
    };
    text.split(' ').all(|word| {
        of_the_flow(word)
            || reasons::is_known(word)
            || ACCESS_WORDS.contains(&word)
            || REFUSALS.contains(&word)
            || triage::rule(word).is_some()
    })
}

/// Masks an object that is a part of the whole; `None` is one that nothing is known about.
fn mask_object(object: &mut Map<String, Value>, part: Option<&str>) {
    for (key, value) in object.iter_mut() {
        match value {
            Value::Object(inner) => mask_object(inner, inner_part(part, key)),
            Value::Array(items) => items.iter_mut().for_each(|item| mask_item(item, inner_part(part, key))),
            Value::String(text) if !holds(OWN, part, key) => {
                let is_word = part == Some(VERDICTS) || holds(WORDS, part, key);
                *text = if is_word { word(text) } else { Personal::from(text.as_str()).masked() };
            }
            Value::Number(_) if !shows_number(part, key) => *value = Value::from(HIDDEN),
            Value::String(_) | Value::Number(_) | Value::Bool(_) | Value::Null => {}
        }
    }
}

fn mask_item(item: &mut Value, part: Option<&str>) {
    match item {
        Value::Object(object) => mask_object(object, part),
        Value::Array(items) => items.iter_mut().for_each(|item| mask_item(item, None)),
        Value::String(_) if part.is_some_and(|part| LISTS.contains(&part)) => {}
        Value::String(text) => *text = Personal::from(text.as_str()).masked(),
        Value::Number(_) => *item = Value::from(HIDDEN),
        Value::Bool(_) | Value::Null => {}
    }
}

/// The part that stands under a key of another part.
fn inner_part(part: Option<&str>, key: &str) -> Option<&'static str> {
    let inner = PARTS.iter().filter(|(outer, _)| Some(*outer) == part).flat_map(|(_, keys)| *keys);
    inner.copied().find(|name| *name == key)
}

fn holds(table: &[(&str, &[&str])], part: Option<&str>, key: &str) -> bool {
    table.iter().any(|(name, keys)| Some(*name) == part && keys.contains(&key))
}

fn shows_number(part: Option<&str>, key: &str) -> bool {
    match part {
        None | Some(VERDICTS) => false,
        Some(TOP) => NUMBERS.contains(&key),
        Some(_) => true,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use serde_json::json;

    use super::*;
    use crate::{
        triage::Judgement,
        wire::{encode_overview, samples},
    };

    fn masked(mut object: Value) -> Value {
        mask(object.as_object_mut().unwrap());
        object
    }

    #[test]
    fn numbers_and_verdicts_of_known_parts_stay() {
        let object = json!({
            "scores": { "liveness": 0.91 },
            "steps": [{ "type": "form", "status": "completed", "attempts": 2 }],
            "verificationResults": { "faceComparison": "passed" },
            "links": [{ "id": "reg_2", "via": ["same device"] }],
        });
        assert_eq!(masked(object.clone()), object);
    }

    #[test]
    fn words_that_the_program_writes_itself_stay() {
        let words = [
            "started",
            "face_comparison",
            "otp_does_not_match",
            "sync adminOverride",
            "record signature",
            "send email code",
            "verdict DOC-04",
            "retrieve",
            "token_expired",
            "operator",
            "email",
            "poor_lighting",
        ];
        for known in words {
            assert_eq!(word(known), known);
        }
        let mut access = encode_overview(&samples::full(), &Judgement::default())["accessLog"].clone();
        access.as_array_mut().unwrap().iter_mut().for_each(|entry| {
            entry["ip"] = Value::Null;
            entry["reason"] = "registration_has_expired".into();
        });
        assert_eq!(masked(json!({ "accessLog": access })), json!({ "accessLog": access }));
    }

    #[test]
    fn what_somebody_wrote_in_the_place_of_a_word_is_masked() {
        let text = "Alba Muestra called from 2025550143";
        let object = masked(json!({
            "status": text,
            "currentStep": text,
            "steps": [{ "type": text, "status": text }],
            "verificationResults": { "faceComparison": text, "nickname": "Muestra", "idNumber": 2_025_550_143 },
            "failedAttempts": [{ "step": text, "reason": text, "reasons": [text] }],
            "accessLog": [{ "actor": text, "action": text, "outcome": text, "reason": text, "by": { "name": text } }],
            "reason": text,
            "name": text,
            "at": text,
            "card": 2_025_550_143,
            "scores": { "remark": text },
            "stuck": [text],
        }));
        let printed = object.to_string();
        for personal in ["lba", "Muestra", "2025550143"] {
            assert!(!printed.contains(personal), "{personal}: {printed}");
        }
    }
}
