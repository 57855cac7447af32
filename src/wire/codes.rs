//! Codes sent by e-mail and phone: `emailValidation` and `phoneValidation` of the live dialect, both ways.

use serde_json::{Value, json};

use super::{
    checks::raw_or,
    fields::{Fields, Ref},
    times,
};
use crate::model::{Attempt, Basis, CodeCheck, Gateway, NOT_LOADED, Registration, StepKind, StepState};

/// Reads a validation; an id alone tells when it was created and nothing else.
pub(super) fn read(reference: Ref) -> Option<CodeCheck> {
    match reference {
        Ref::Absent | Ref::Null => None,
        Ref::Id(id) => Some(CodeCheck {
            created: times::of_object_id(&id),
            id: Some(id),
            state: StepState::Unknown(NOT_LOADED.to_owned()),
            ..CodeCheck::default()
        }),
        Ref::Object(fields) => Some(populated(fields)),
    }
}

fn populated(mut fields: Fields) -> CodeCheck {
    let id = fields.peek_id();
    let raw_status = fields.text("status");
    let state = raw_status.as_deref().map_or(StepState::Pending, StepState::parse);
    let id_time = id.as_deref().and_then(times::of_object_id);
    let created = fields.moment("createdAt", Basis::Created).or(id_time);
    let updated = fields.moment("updatedAt", Basis::Updated);
    let validated = fields.moment("validatedAt", Basis::Field);
    let gateway = fields.text("phoneGateway").or_else(|| fields.text("emailGateway"));
    // A validation that exists was sent at least once, unless it says that it is new.
    let least_sends = u32::from(raw_status.as_deref().is_some_and(|status| !status.eq_ignore_ascii_case("new")));
    CodeCheck {
        id,
        gateway: gateway.as_deref().map(Gateway::parse),
        attempts: fields.count("attempts").unwrap_or(0),
        max_attempts: fields.count("maxAttempts"),
        sends: fields.count("sends").unwrap_or(least_sends),
        ip: fields.text("ipAddress"),
        created,
        last_sent: fields.moment("lastSentAt", Basis::Field),
        validated: validated.or(updated.filter(|_| state == StepState::Completed)),
        expires_at: fields.time("expiresAt"),
        state,
        raw_status,
    }
}

/// One failed attempt without a time for each wrong code that was entered.
pub(super) fn wrong_codes(code: Option<&CodeCheck>, step: &StepKind) -> Vec<Attempt> {
    let wrong = code.map_or(0, |code| {
        // The code that was right is not a failed attempt.
        if code.state == StepState::Completed { code.attempts.saturating_sub(1) } else { code.attempts }
    });
    // A count from outside is not a licence to fill the memory.
    (0..wrong.min(MOST_WRONG_CODES))
        .map(|_| Attempt {
            step: step.clone(),
            at: None,
            reason: Some("otp_does_not_match".to_owned()),
            counts: true,
            score: None,
            document_number: None,
        })
        .collect()
}

/// No service allows more; the true number stays in `attempts`.
const MOST_WRONG_CODES: u32 = 20;

/// Writes a validation of the registration's e-mail address or phone.
pub(super) fn write(registration: &Registration, step: &StepKind, code: &CodeCheck, id: &str) -> Value {
    let contact = &registration.contact;
    let status = match &code.state {
        StepState::Pending | StepState::InProgress => "sent",
        StepState::Completed => "validated",
        other => other.as_str(),
    };
    let mut object = json!({
        "_id": id,
        "project": registration.project.id,
        "projectFlow": registration.flow.id,
        "appRegistration": registration.id,
        "status": raw_or(code.raw_status.as_deref(), &code.state, status),
        "type": "onboarding",
        "validationMethod": "verificationCode",
        "attempts": code.attempts,
        "maxAttempts": code.max_attempts,
        "sends": code.sends,
        "ipAddress": code.ip,
        "expiresAt": times::value(code.expires_at),
        "createdAt": times::moment_value(code.created),
        "updatedAt": times::moment_value(code.validated.or(code.last_sent).or(code.created)),
        "lastSentAt": times::moment_value(code.last_sent),
        "validatedAt": times::moment_value(code.validated),
    });
    if *step == StepKind::PhoneVerification {
        object["phone"] = json!(contact.phone);
        object["countryCode"] = json!(contact.country_code);
        object["phoneGateway"] = json!(code.gateway);
    } else {
        object["email"] = json!(contact.email);
        object["emailGateway"] = json!(code.gateway);
    }
    object
}
