//! What a person may not read of their own registration: what was noted and concluded about them, what lists and
//! registries answered, and who else it concerns. An answer that told it would teach how to get past it.

use serde_json::Value;

use super::access::Access;
use crate::{backend::Blocker, model::StepKind};

/// Keys of a registration, and of the information object by itself, in either dialect.
const KEYS: &[&str] = &[
    "redFlags",
    "redFlagsDetails",
    "reportedFlags",
    "risk",
    "stuck",
    "links",
    "accessLog",
    "accessControlLog",
    "reviews",
    "manualReviewLog",
    "desk",
    "notes",
    "extra",
    "criminalData",
    "scoreValidation",
];

/// Keys of the objects within it, as JSON pointers.
const WITHIN: &[(&str, &[&str])] = &[
    ("/evidence", &["background"]),
    ("/evidence/document", &["registryName", "registryGender", "registryNationality", "registryStatus"]),
    ("/verificationResults", &["criminalHistory"]),
    ("/informationValidation", &["criminalData"]),
    ("/documentValidation", &["scoreValidation"]),
];

/// An object as far as the asker may read it.
pub(super) fn readable(mut object: Value, access: &Access) -> Value {
    if access.own().is_some() {
        withhold(&mut object, KEYS);
        for (place, keys) in WITHIN {
            if let Some(part) = object.pointer_mut(place) {
                withhold(part, keys);
            }
        }
        if let Some(Value::Array(steps)) = object.get_mut("steps") {
            steps.retain(|step| step.get("type").and_then(Value::as_str) != Some(StepKind::CriminalHistory.as_str()));
        }
    }
    object
}

fn withhold(object: &mut Value, keys: &[&str]) {
    for key in keys {
        if let Some(value) = object.get_mut(*key) {
            *value = Value::Null;
        }
    }
}

/// Whether the asker may read what stands in the way: a person not that a list has a hit.
pub(super) fn may_read(blocker: &Blocker, access: &Access) -> bool {
    access.own().is_none() || blocker.step != StepKind::CriminalHistory
}
