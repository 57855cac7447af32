//! What a webhook delivers: `{type, object}` of the live family, `{id, type, data}` of the overview family.

use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use super::{WireError, fields::Fields, secrets, times};
use crate::model::{RegistrationId, Status, Timestamp, debug_only};

/// The key of the object in the live family.
const OBJECT: &str = "object";
/// The key of the object in the overview family.
const DATA: &str = "data";

/// What the types of the live family are about. The flow's type stands before it, for example `onboarding_`.
const MODULES: &[&str] = &[
    "app_registration",
    "email_validation",
    "phone_validation",
    "document_validation",
    "biometric_validation",
    "biometrics",
    "information_validation",
    "face_verification",
];

/// The modules whose object is the registration itself.
const OF_REGISTRATION: &[&str] = &["app_registration", "face_verification"];

/// What may follow a module, of the events that are documented. A status and a step follow `app_registration` too.
const KNOWN: &[(&str, &[&str])] = &[
    ("app_registration", &["created", "person_already_set"]),
    ("email_validation", CODE),
    ("phone_validation", CODE),
    ("document_validation", &["created", "source_lookup", "data_source_error", "manual_verification_required"]),
    ("biometric_validation", &["validated", "new", "failed", "created_person", "liveness_failed"]),
    ("biometrics", &["liveness_score_not_acceptable"]),
    ("information_validation", &["background_check", "updated"]),
    ("face_verification", &["compare"]),
];

/// Of a code; the service spells `otp_incorect` so, and the right spelling is taken too.
const CODE: &[&str] = &["created", "resend", "validated", "otp_incorect", "otp_incorrect", "failed", "expired"];

/// The events of the overview family.
const KNOWN_OVERVIEW: &[&str] = &[
    "verification.started",
    "verification.completed",
    "verification.failed",
    "verification.expired",
    "document.uploaded",
    "biometric.captured",
];

/// One delivery, as read. What opens doors and what is an image has been taken out.
#[derive(Clone, PartialEq)]
pub struct HookEvent {
    /// The type as sent, for example `onboarding_app_registration_completed`.
    pub kind: String,
    /// The type without what stands before the module: `app_registration_completed`.
    pub name: String,
    /// Whether this is an event that is documented.
    pub is_known: bool,
    /// The registration it is about, where it says so.
    pub registration: Option<RegistrationId>,
    /// The id of the object.
    pub object_id: Option<String>,
    /// The status of a registration.
    pub status: Option<Status>,
    /// When the object last changed, or the event happened.
    pub at: Option<Timestamp>,
    /// The object.
    pub object: Map<String, Value>,
}

debug_only!(HookEvent { kind, name, is_known, registration, object_id, status, at });

impl HookEvent {
    /// What two deliveries of one event have in common: type, object and time; where one of the latter is missing,
    /// everything that was delivered.
    pub fn fingerprint(&self) -> [u8; 32] {
        let identity = match (&self.object_id, self.at) {
            (Some(id), Some(at)) => json!([self.kind, id, times::text(at)]),
            _ => json!([self.kind, self.object]),
        };
        Sha256::digest(identity.to_string()).into()
    }
}

/// A delivery as the service has logged it.
#[derive(Debug, Clone, PartialEq)]
pub struct LoggedHook {
    /// What was sent.
    pub event: HookEvent,
    /// When it was sent last.
    pub sent_at: Option<Timestamp>,
    /// Whether the other side took it; `None` where nobody has said.
    pub arrived: Option<bool>,
}

/// Reads an entry of the service's log of deliveries.
pub fn decode_logged_hook(entry: Value) -> Result<LoggedHook, WireError> {
    let mut fields = Fields::of(entry).ok_or_else(|| WireError::new("$", "an entry of the log is a JSON object"))?;
    let body = fields.take("body").ok_or_else(|| WireError::new("body", "what was delivered is missing"))?;
    // Some keep it as the text that went over the wire.
    let body = match body {
        Value::String(text) => serde_json::from_str(&text).map_err(|_| WireError::new("body", "is not JSON"))?,
        body => body,
    };
    let arrived = fields.object("response").text("status").map(|status| status == "success");
    Ok(LoggedHook { event: decode_hook(body)?, sent_at: fields.time("sentAt"), arrived })
}

/// Reads a delivery. The error names the place and never quotes.
pub fn decode_hook(body: Value) -> Result<HookEvent, WireError> {
    let mut fields = Fields::of(body).ok_or_else(|| WireError::new("$", "a delivery is a JSON object"))?;
    let kind = fields.text("type").ok_or_else(|| WireError::new("type", "the type of the event is missing"))?;
    if kind.contains('.') && fields.has(DATA) {
        return overview(kind, fields);
    }
    let object = fields.take(OBJECT).and_then(Fields::of);
    let mut object = object.ok_or_else(|| WireError::new(OBJECT, "the object of the event is missing"))?;
    let (name, module) = split(&kind);
    let of_registration = module.is_some_and(|module| OF_REGISTRATION.contains(&module));
    let object_id = object.peek_id();
    let registration = if of_registration {
        object_id.clone()
    } else {
        // A look at a copy: what is read stays in the object that is handed on.
        object.clone().reference("appRegistration").id()
    };
    let mut map = std::mem::take(&mut object).into_rest();
    secrets::strip(&mut map);
    let text = |key: &str| map.get(key).and_then(Value::as_str);
    Ok(HookEvent {
        is_known: is_known(&name),
        registration: registration.map(RegistrationId::new),
        object_id,
        status: text("status").filter(|_| of_registration).map(Status::parse),
        at: map.get("updatedAt").and_then(times::parse),
        name,
        kind,
        object: map,
    })
}

fn overview(kind: String, mut fields: Fields) -> Result<HookEvent, WireError> {
    let data = fields.take(DATA).and_then(Fields::of);
    let data = data.ok_or_else(|| WireError::new(DATA, "the data of the event are missing"))?;
    let mut map = data.into_rest();
    secrets::strip(&mut map);
    let text = |key: &str| map.get(key).and_then(Value::as_str);
    Ok(HookEvent {
        name: kind.clone(),
        is_known: KNOWN_OVERVIEW.contains(&kind.as_str()),
        registration: text("verificationId").map(RegistrationId::new),
        // Each delivery of this family has an id of its own, which a repeated one has as well.
        object_id: fields.text("id"),
        status: text("status").map(Status::parse),
        at: map.get("timestamp").and_then(times::parse),
        object: map,
        kind,
    })
}

/// Writes a delivery of the live family: the flow's type before the name, and nothing in the object that opens doors.
pub fn encode_hook(flow_type: &str, name: &str, object: Value) -> Value {
    let mut object = object;
    if let Value::Object(map) = &mut object {
        secrets::strip(map);
    }
    json!({ "type": format!("{flow_type}_{name}"), OBJECT: object })
}

/// The name from its module on, and the module; the whole type where it has none that is known.
fn split(kind: &str) -> (String, Option<&'static str>) {
    let found = MODULES.iter().filter_map(|module| Some((kind.find(module)?, *module))).min();
    found.map_or_else(|| (kind.to_owned(), None), |(place, module)| (kind[place..].to_owned(), Some(module)))
}

fn is_known(name: &str) -> bool {
    if let Some(rest) = name.strip_prefix("app_registration_") {
        let is_status = Status::ALL.iter().any(|status| status.as_str() == rest);
        if is_status || rest.starts_with("sync_") {
            return true;
        }
    }
    KNOWN.iter().any(|(module, endings)| {
        let ending = name.strip_prefix(module).and_then(|rest| rest.strip_prefix('_'));
        ending.is_some_and(|ending| endings.contains(&ending))
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn read(body: Value) -> HookEvent {
        decode_hook(body).unwrap()
    }

    #[test]
    fn an_event_about_a_registration_names_it_and_its_status() {
        let event = read(json!({
            "type": "onboarding_app_registration_needs_manual_verification",
            "object": { "_id": "reg_1", "status": "NEEDS_MANUAL_VERIFICATION", "updatedAt": "2026-05-06T09:53:27.902Z" },
        }));
        assert_eq!(event.name, "app_registration_needs_manual_verification");
        assert!(event.is_known);
        assert_eq!(event.registration, Some(RegistrationId::new("reg_1")));
        assert_eq!(event.status, Some(Status::NeedsManualVerification));
        assert_eq!(event.at.unwrap().timestamp_millis(), 1_778_061_207_902);
    }

    #[test]
    fn an_event_about_a_check_names_its_registration_as_an_id_or_as_an_object() {
        for reference in [json!("reg_1"), json!({ "_id": "reg_1" })] {
            let event = read(json!({
                "type": "onboarding_biometrics_liveness_score_not_acceptable",
                "object": { "_id": "bio_1", "appRegistration": reference, "status": "failed" },
            }));
            assert!(event.is_known);
            assert_eq!(event.registration, Some(RegistrationId::new("reg_1")));
            assert_eq!((event.object_id.as_deref(), event.status), (Some("bio_1"), None));
        }
    }

    #[test]
    fn types_nobody_foresaw_are_kept_and_marked() {
        let event = read(json!({ "type": "smartlink_robot_dance_began", "object": { "_id": "x" } }));
        assert_eq!((event.name.as_str(), event.is_known), ("smartlink_robot_dance_began", false));
        let event = read(json!({ "type": "login_email_validation_otp_incorrect", "object": {} }));
        assert_eq!((event.name.as_str(), event.is_known), ("email_validation_otp_incorrect", true));
        assert!(read(json!({ "type": "onboarding_app_registration_sync_sign_up_form", "object": {} })).is_known);
        assert!(!read(json!({ "type": "onboarding_app_registration_melted", "object": {} })).is_known);
    }

    #[test]
    fn the_overview_family_is_read_as_well() {
        let event = read(json!({
            "id": "evt_1", "type": "verification.completed",
            "data": { "verificationId": "ver_1", "status": "completed", "timestamp": "2026-05-04T14:10:11Z" },
        }));
        assert!(event.is_known);
        assert_eq!(event.registration, Some(RegistrationId::new("ver_1")));
        assert_eq!(event.status, Some(Status::Completed));
        assert_eq!(event.object_id.as_deref(), Some("evt_1"));
    }

    #[test]
    fn what_opens_doors_is_in_neither_direction() {
        let event = read(json!({
            "type": "onboarding_email_validation_created",
            "object": { "_id": "mail_1", "otp": "123456", "deeper": [{ "verificationCode": "654321" }] },
        }));
        assert!(!serde_json::to_string(&event.object).unwrap().contains("123456"));
        assert!(!serde_json::to_string(&event.object).unwrap().contains("654321"));
        let body = encode_hook("onboarding", "email_validation_created", json!({ "_id": "mail_1", "otp": "123456" }));
        assert_eq!(body, json!({ "type": "onboarding_email_validation_created", "object": { "_id": "mail_1" } }));
    }

    #[test]
    fn what_is_no_delivery_is_refused_with_the_place() {
        let place = |body| decode_hook(body).unwrap_err().path;
        assert_eq!(place(json!([])), "$");
        assert_eq!(place(json!({ "object": {} })), "type");
        assert_eq!(place(json!({ "type": "onboarding_app_registration_created" })), "object");
        assert_eq!(place(json!({ "type": "verification.started", "data": 7 })), "data");
    }
}
