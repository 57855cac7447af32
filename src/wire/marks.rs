//! What a source keeps beside the steps: access log, its own flags, and decisions by people.

use serde_json::{Map, Value, json};

use super::{
    fields::{Fields, Ref},
    secrets, times,
};
use crate::model::{AccessEntry, Delivery, Registration, ReportedFlag, Review, ReviewNote, Status};

/// The code of a flag of which only the number is told.
const COUNT_ONLY: &str = "red_flags";

/// `accessLog` of our own objects, else the entries of `accessControlLog`, whose shape is not documented.
pub(super) fn access_log(fields: &mut Fields) -> Vec<AccessEntry> {
    if let Some(entries) = fields.stored("accessLog") {
        return entries;
    }
    if fields.peek("accessControlLog").is_some_and(Value::is_null) {
        fields.discard("accessControlLog");
    }
    if !matches!(fields.peek("accessControlLog").and_then(|log| log.get("entries")), Some(Value::Array(_))) {
        return Vec::new();
    }
    let entries = fields.object("accessControlLog").list("entries");
    entries.into_iter().flatten().filter_map(Fields::of).map(access_entry).collect()
}

fn access_entry(mut fields: Fields) -> AccessEntry {
    AccessEntry {
        at: fields.time("at").or_else(|| fields.time("createdAt")),
        actor: fields.text("actor").unwrap_or_else(|| "unknown".to_owned()),
        ip: fields.first_text(&["ipAddress", "ip"]),
        action: fields.text("action").unwrap_or_else(|| "access".to_owned()),
        outcome: fields.first_text(&["result", "outcome"]).unwrap_or_else(|| "unknown".to_owned()),
        reason: fields.text("reason"),
    }
}

/// Writes `accessControlLog`.
pub(super) fn write_access_log(registration: &Registration, id: &str) -> Value {
    let entries: Vec<Value> = registration
        .access_log
        .iter()
        .map(|entry| {
            json!({
                "at": times::value(entry.at),
                "actor": entry.actor,
                "ipAddress": entry.ip,
                "action": entry.action,
                "result": entry.outcome,
                "reason": entry.reason,
            })
        })
        .collect();
    json!({
        "_id": id,
        "appRegistration": registration.id,
        "attempts": entries.len(),
        "lastAttemptAt": times::value(registration.access_log.last().and_then(|entry| entry.at)),
        "entries": entries,
    })
}

/// Flags the source raised: `reportedFlags` of our own objects; else the live count with its details; else a list.
///
/// Our own objects also carry `redFlags`, which are derived again and not kept.
pub(super) fn reported_flags(fields: &mut Fields) -> Vec<ReportedFlag> {
    if let Some(flags) = fields.stored("reportedFlags") {
        fields.discard("redFlags");
        return flags;
    }
    let mut flags = Vec::new();
    let details = fields.object("redFlagsDetails").into_rest();
    if let Some(listed) = fields.list("redFlags") {
        flags.extend(listed.into_iter().map(listed_flag));
    }
    let count = fields.count("redFlags").unwrap_or(0);
    if count > 0 && details.is_empty() {
        flags.push(ReportedFlag { code: COUNT_ONLY.to_owned(), detail: json!(count) });
    }
    flags.extend(details.into_iter().map(|(code, detail)| ReportedFlag { code, detail: clean(detail) }));
    flags
}

fn listed_flag(value: Value) -> ReportedFlag {
    let code = match &value {
        Value::String(code) => code.clone(),
        other => ["code", "rule", "type", "name"]
            .iter()
            .find_map(|key| other.get(key)?.as_str())
            .unwrap_or(COUNT_ONLY)
            .to_owned(),
    };
    ReportedFlag { code, detail: clean(value) }
}

fn clean(detail: Value) -> Value {
    let mut holder = Map::new();
    holder.insert("detail".to_owned(), detail);
    secrets::strip(&mut holder);
    holder.shift_remove("detail").unwrap_or(Value::Null)
}

/// Writes `redFlags` and `redFlagsDetails`.
pub(super) fn write_flags(registration: &Registration) -> (Value, Value) {
    let details: Map<String, Value> =
        registration.reported_flags.iter().map(|flag| (flag.code.clone(), flag.detail.clone())).collect();
    (json!(registration.reported_flags.len()), Value::Object(details))
}

/// `reviews` of our own objects, else the live `manualReviewLog`.
pub(super) fn reviews(fields: &mut Fields) -> Vec<Review> {
    if let Some(reviews) = fields.stored("reviews") {
        return reviews;
    }
    fields.list("manualReviewLog").into_iter().flatten().filter_map(Fields::of).map(review).collect()
}

fn review(mut fields: Fields) -> Review {
    let status = |word: Option<String>| Status::parse(word.as_deref().unwrap_or("unknown"));
    let (from, to) = (status(fields.text("previousStatus")), status(fields.text("newStatus")));
    Review {
        at: fields.time("createdAt"),
        by: reviewer(fields.reference("reviewedByClient")).or_else(|| reviewer(fields.reference("reviewedByStaff"))),
        ..Review::noted(from, to, fields.exact_text("note").as_deref())
    }
}

/// What the webhook was told: `deliveries` of our own objects, else the rows of the service's delivery log where they
/// stand with the registration.
pub(super) fn deliveries(fields: &mut Fields) -> Vec<Delivery> {
    if let Some(deliveries) = fields.stored("deliveries") {
        return deliveries;
    }
    let rows = fields.list("webhookEvents").into_iter().flatten().filter_map(Fields::of);
    let mut deliveries: Vec<Delivery> = rows.map(delivery).collect();
    // The log stands newest first, and deliveries may overtake each other.
    deliveries.sort_by_key(|delivery| delivery.at);
    deliveries
}

fn delivery(mut fields: Fields) -> Delivery {
    let mut response = fields.object("response");
    let word = response.text("status").unwrap_or_default();
    Delivery {
        event: fields.text("type").unwrap_or_else(|| "unknown".to_owned()),
        at: fields.time("sentAt").or_else(|| fields.time("createdAt")),
        code: response.count("statusCode").and_then(|code| u16::try_from(code).ok()),
        delivered: match word.as_str() {
            "success" => Some(true),
            "fail" => Some(false),
            _ => None,
        },
    }
}

fn reviewer(reference: Ref) -> Option<String> {
    let id = reference.id();
    match reference {
        Ref::Object(mut person) => person.text("name").or(id),
        _ => id,
    }
}

/// Writes `manualReviewLog`.
pub(super) fn write_reviews(registration: &Registration) -> Value {
    let entry = |review: &Review| {
        let note = ReviewNote { reason: review.reason.clone(), words: review.note.clone() };
        json!({
            "previousStatus": review.from.to_live(),
            "newStatus": review.to.to_live(),
            "note": note.to_note(),
            "reviewedByClient": review.by,
            "reviewedByStaff": null,
            "createdAt": times::value(review.at),
        })
    };
    registration.reviews.iter().map(entry).collect()
}
