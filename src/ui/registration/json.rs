//! The object as JSON, as the endpoint would print it.

use ratatui::text::{Line, Span};
use serde_json::{Map, Value};

use crate::{index::Entry, model::Personal, ui::Theme, wire};

/// Keys whose text says nothing about a person. While personal data is hidden, text under any other key is masked:
/// what a source adds to its objects cannot be known beforehand.
const HARMLESS: &[&str] = &[
    "id",
    "userId",
    "projectId",
    "flowId",
    "projectName",
    "flowName",
    "status",
    "currentStep",
    "type",
    "requirement",
    "basis",
    "startedBasis",
    "completedBasis",
    "timestamp",
    "startedAt",
    "completedAt",
    "createdAt",
    "updatedAt",
    "expiresAt",
    "at",
    "since",
    "rule",
    "name",
    "severity",
    "category",
    "path",
    "threshold",
    "thresholdFrom",
    "caveat",
    "nextAction",
    "band",
    "reason",
    "step",
    "turn",
    "via",
    "outcome",
    "action",
    "actor",
    "documentVerification",
    "biometricVerification",
    "livenessDetection",
    "faceComparison",
    "criminalHistory",
    "emailVerification",
    "phoneVerification",
];
/// Objects and lists that hold such keys; below all others everything is masked.
const KNOWN: &[&str] = &[
    "steps",
    "verificationResults",
    "scores",
    "redFlags",
    "risk",
    "stuck",
    "failedAttempts",
    "accessLog",
    "links",
    "via",
    "linkResent",
    "projectCountries",
];
/// What stands for a number that is hidden.
const HIDDEN: &str = "•••";

/// The tab as lines.
pub fn lines(entry: &Entry, masked: bool, theme: &Theme) -> Vec<Line<'static>> {
    let mut object = wire::encode_overview(&entry.registration, &entry.judgement);
    if masked && let Value::Object(object) = &mut object {
        mask_object(object, false);
    }
    let printed = serde_json::to_string_pretty(&object).unwrap_or_default();
    printed.lines().map(|line| line_of(line, theme)).collect()
}

fn mask_object(object: &mut Map<String, Value>, personal: bool) {
    for (key, value) in object.iter_mut() {
        let nested = value.is_object() || value.is_array();
        let allowed = if nested { KNOWN } else { HARMLESS };
        let about_a_number = value.is_number() || value.is_boolean();
        mask(value, personal || !about_a_number && !allowed.contains(&key.as_str()));
    }
}

fn mask(value: &mut Value, personal: bool) {
    match value {
        Value::Object(object) => mask_object(object, personal),
        Value::Array(items) => items.iter_mut().for_each(|item| mask(item, personal)),
        Value::String(text) if personal => *text = Personal::from(text.as_str()).masked(),
        Value::Number(_) if personal => *value = Value::from(HIDDEN),
        Value::String(_) | Value::Number(_) | Value::Null | Value::Bool(_) => {}
    }
}

/// Keys stand out from values.
fn line_of(line: &str, theme: &Theme) -> Line<'static> {
    match line.split_once("\": ") {
        Some((key, value)) if key.trim_start().starts_with('"') => {
            Line::from(vec![Span::styled(format!("{key}\": "), theme.accent), Span::raw(value.to_owned())])
        }
        _ => Line::from(Span::raw(line.to_owned())),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use serde_json::json;

    use super::{lines, mask_object};
    use crate::{
        app::testing::{noon, registration},
        index::Index,
        model::Status,
        ui::Theme,
    };

    #[test]
    fn nothing_that_names_a_person_is_left_when_personal_data_is_hidden() {
        let mut person = registration(1, "Alba Muestra", Status::Ongoing, 3);
        person.extra.insert("customer".to_owned(), json!({ "name": "Alba Muestra", "card": 4_111 }));
        person.extra.insert("nickname".to_owned(), json!("Alba"));
        let mut index = Index::default();
        index.upsert(vec![person.into()], noon());
        let entry = index.entries().next().unwrap();
        let theme = Theme::named("none", true).unwrap();
        let print =
            |masked| lines(entry, masked, &theme).iter().map(ToString::to_string).collect::<Vec<_>>().join("\n");
        assert!(print(false).contains("Alba Muestra") && print(false).contains("4111"));
        for word in ["Alba", "Muestra", "person1", "4111"] {
            assert!(!print(true).contains(word), "{word}");
        }
        assert!(print(true).contains("\"status\": \"ongoing\""));
    }

    #[test]
    fn numbers_and_verdicts_of_known_parts_stay() {
        let mut object = json!({ "scores": { "liveness": 0.91 }, "steps": [{ "type": "form", "attempts": 2 }] });
        let before = object.clone();
        mask_object(object.as_object_mut().unwrap(), false);
        assert_eq!(object, before);
    }
}
