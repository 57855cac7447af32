//! Identity documents: `documentValidation` of the live dialect, both ways.
//!
//! The service's pages describe two field sets and three vocabularies for one object; reading merges them.

use serde_json::{Map, Value, json};

use super::{
    checks::{final_time, open_state, raw_or},
    fields::{Fields, Ref},
    reasons,
    registration::{fill, full_name},
    times,
};
use crate::model::{Basis, DocumentCheck, DocumentKind, NOT_LOADED, Outcome, Personal, Registration, StepState};

/// Where the registry's answer says how it stands with the document or its owner.
const REGISTRY_STATUS: &[&str] = &["status", "documentStatus", "vitalStatus", "estado", "vigencia"];
/// Where the fields read from the paper stand, newest name first.
const EXTRACTIONS: [&str; 3] = ["OCRExtraction", "documentData", "ocrResults"];
const FIRST_NAMES: &[&str] = &["firstName", "firstNames", "nombres", "givenName", "givenNames"];
/// Where the machine-readable zone stands among them.
const ZONES: &[&str] = &["mrz", "MRZ", "mrzText", "machineReadableZone"];
const LAST_NAMES: &[&str] = &["lastName", "lastNames", "apellidos", "surname", "surnames", "familyName"];

/// Reads a validation; an id alone tells when it was created and nothing else.
pub(super) fn read(reference: Ref) -> Option<DocumentCheck> {
    match reference {
        Ref::Absent | Ref::Null => None,
        Ref::Id(id) => Some(DocumentCheck {
            created: times::of_object_id(&id),
            id: Some(id),
            state: StepState::Unknown(NOT_LOADED.to_owned()),
            ..DocumentCheck::default()
        }),
        Ref::Object(fields) => Some(populated(fields)),
    }
}

fn populated(mut fields: Fields) -> DocumentCheck {
    let mut document = DocumentCheck { id: fields.peek_id(), ..DocumentCheck::default() };
    document.raw_status = fields.text("status");
    document.state = document.raw_status.as_deref().map_or(StepState::InProgress, open_state);
    document.kind = kind(&mut fields);
    document.number = fields.text("documentNumber").as_deref().and_then(first_number);
    document.country = fields.text("country");
    document.nationality = fields.text("nationality");
    document.gender = fields.text("gender");
    for place in EXTRACTIONS {
        let extraction = fields.object(place);
        read_extraction(&mut document, extraction);
    }
    let mut results = fields.object("validationResults");
    let mut outcome = |key: &str| results.text(key).as_deref().map(Outcome::parse);
    document.authenticity = outcome("documentAuthenticity");
    document.anti_spoofing = outcome("antiSpoofing");
    document.data_consistency = outcome("dataConsistency");
    document.is_live = fields.object("documentLiveness").flag("isLive");
    document.requires_back = fields.flag("requiresBackSide").unwrap_or(false);
    document.has_back = has_back(&mut fields);
    document.has_face = fields.flag("hasFace");
    document.input_method = fields.text("inputMethod");
    document.ip = fields.text("ipAddress");
    document.user_agent = fields.text("userAgent");
    read_registry(&mut document, &mut fields);
    read_times(&mut document, &mut fields);
    document
}

fn kind(fields: &mut Fields) -> Option<DocumentKind> {
    // An empty type is an answer: the scan did not detect it.
    let kind = fields.exact_text("documentType").as_deref().map(DocumentKind::parse);
    let category = fields.text("documentCategory").as_deref().map(DocumentKind::parse);
    match (kind, category) {
        (None, category) => category,
        (Some(DocumentKind::Other(word)), Some(category)) => Some(match category {
            DocumentKind::Other(_) | DocumentKind::Undetected => DocumentKind::Other(word),
            known => known,
        }),
        (kind, _) => kind,
    }
}

/// A number field may hold several readings, best first.
fn first_number(text: &str) -> Option<Personal> {
    text.split('|').map(str::trim).find(|number| !number.is_empty()).map(Personal::from)
}

fn read_extraction(document: &mut DocumentCheck, mut read: Fields) {
    fill(&mut document.number, read.text("documentNumber").as_deref().and_then(first_number));
    fill(&mut document.country, read.text("country"));
    fill(&mut document.nationality, read.text("nationality"));
    fill(&mut document.gender, read.text("gender"));
    let first = read.first_text(FIRST_NAMES).map(Personal::from);
    let last = read.first_text(LAST_NAMES).map(Personal::from);
    let whole = read.first_text(&["fullName", "name"]).map(Personal::from);
    fill(&mut document.full_name, whole.or_else(|| full_name(first.as_ref(), last.as_ref())));
    let mut date = |keys: &[&str]| keys.iter().find_map(|key| read.date(key));
    fill(&mut document.birth_date, date(&["dateOfBirth", "birthDate", "birthdate"]));
    fill(&mut document.issue_date, date(&["issueDate", "dateOfIssue", "issuedAt"]));
    fill(&mut document.expiry_date, date(&["expirationDate", "expiryDate", "dateOfExpiry"]));
    let confidence = read.score("confidenceScore").or_else(|| read.score("confidence"));
    fill(&mut document.confidence, confidence);
    fill(&mut document.mrz, ZONES.iter().find_map(|key| zone(&mut read, key)));
}

/// The machine-readable zone: one text, its lines as a list, or as an object of lines.
fn zone(read: &mut Fields, key: &str) -> Option<Personal> {
    if let Some(text) = read.personal(key) {
        return Some(text);
    }
    let lines: Vec<String> = if let Some(lines) = read.list(key) {
        lines.iter().filter_map(|line| line.as_str().map(str::to_owned)).collect()
    } else {
        let mut parts = read.object(key);
        ["line1", "line2", "line3"].iter().filter_map(|name| parts.text(name)).collect()
    };
    (!lines.is_empty()).then(|| Personal::new(lines.join("\n")))
}

fn has_back(fields: &mut Fields) -> bool {
    let image = fields.object("images").text("backImage");
    let url = fields.text("backUrl");
    fields.flag("hasBack").unwrap_or(image.is_some() || url.is_some())
}

/// The registry's answer. Until image and score are validated, percentages and `false` are defaults.
fn read_registry(document: &mut DocumentCheck, fields: &mut Fields) {
    document.image_validated = fields.flag("imageValidated").unwrap_or(false);
    document.score_validated = fields.flag("scoreValidated").unwrap_or(false);
    let agree = fields.flag("namesMatch");
    let percentage = fields.number("fullNameMatchPercentage");
    if document.names_are_measured() {
        document.names_match = agree;
        document.name_match = percentage;
    }
    let mut code = |key: &str, neutral| fields.text(key).and_then(|stored| reasons::code(&stored, neutral));
    document.registry_reason = code("infoValidationSupportedReason", reasons::UNKNOWN);
    document.failed_reason = code("failedReason", reasons::SCAN_FAILED);
    document.review_reason = code("manualVerificationReason", reasons::UNKNOWN);
    document.face_reason = code("documentFaceReason", reasons::UNKNOWN);
    document.name_review = fields.object("manualNameReview").text("decision");
}

fn read_times(document: &mut DocumentCheck, fields: &mut Fields) {
    let mut registry = fields.object("scoreValidation");
    let first = registry.first_text(FIRST_NAMES).map(Personal::from);
    let last = registry.first_text(LAST_NAMES).map(Personal::from);
    document.registry_name = registry.personal("fullName").or_else(|| full_name(first.as_ref(), last.as_ref()));
    document.registry_gender = registry.first_text(&["gender", "sex"]);
    document.registry_nationality = registry.text("nationality");
    document.registry_status = registry.first_text(REGISTRY_STATUS);
    let id_time = document.id.as_deref().and_then(times::of_object_id);
    document.created = fields.moment("createdAt", Basis::Created).or(id_time);
    let said = fields.moment("completedAt", Basis::Field).or(registry.moment("validatedAt", Basis::Field));
    document.finished = final_time(&document.state, said, fields);
}

/// Writes a validation.
pub(super) fn write(registration: &Registration, document: &DocumentCheck, id: &str) -> Value {
    let status = match &document.state {
        StepState::Pending | StepState::InProgress => "ASSESSING",
        StepState::Completed => "ACTIVE",
        StepState::Review => "NEEDS_MANUAL_VERIFICATION",
        StepState::Failed => "FAILED",
        StepState::Expired => "EXPIRED",
        other => other.as_str(),
    };
    json!({
        "_id": id,
        "appRegistration": registration.id,
        "project": registration.project.id,
        "projectFlow": registration.flow.id,
        "status": raw_or(document.raw_status.as_deref(), &document.state, status),
        "documentType": document.kind,
        "documentNumber": document.number,
        "country": document.country,
        "nationality": document.nationality,
        "gender": document.gender,
        "type": "validation",
        "inputMethod": document.input_method,
        "requiresBackSide": document.requires_back,
        "hasBack": document.has_back,
        "hasFace": document.has_face,
        "imageValidated": document.image_validated,
        "scoreValidated": document.score_validated,
        "infoValidationSupported": document.registry_reason.is_none(),
        "infoValidationSupportedReason": document.registry_reason,
        "namesMatch": document.names_match,
        "fullNameMatchPercentage": document.name_match,
        "scoreValidation": registry_answer(document),
        "OCRExtraction": extraction(document),
        "validationResults": {
            "documentAuthenticity": document.authenticity,
            "dataConsistency": document.data_consistency,
            "antiSpoofing": document.anti_spoofing,
        },
        "documentLiveness": document.is_live.map(|live| json!({ "isLive": live })),
        "manualNameReview": document.name_review.as_ref().map(|word| json!({ "decision": word })),
        "failedReason": document.failed_reason,
        "manualVerificationReason": document.review_reason,
        "documentFaceReason": document.face_reason,
        "ipAddress": document.ip,
        "userAgent": document.user_agent,
        "createdAt": times::moment_value(document.created),
        "updatedAt": times::moment_value(document.finished.or(document.created)),
        "completedAt": times::moment_value(document.finished),
    })
}

fn registry_answer(document: &DocumentCheck) -> Value {
    let parts = [
        ("fullName", document.registry_name.as_ref().map(Personal::reveal)),
        ("gender", document.registry_gender.as_deref()),
        ("nationality", document.registry_nationality.as_deref()),
        ("status", document.registry_status.as_deref()),
    ];
    let told: Map<String, Value> =
        parts.into_iter().filter_map(|(key, part)| Some((key.to_owned(), json!(part?)))).collect();
    if told.is_empty() { Value::Null } else { Value::Object(told) }
}

fn extraction(document: &DocumentCheck) -> Value {
    json!({
        "fullName": document.full_name,
        "documentNumber": document.number,
        "dateOfBirth": document.birth_date,
        "issueDate": document.issue_date,
        "expirationDate": document.expiry_date,
        "confidenceScore": document.confidence,
        "mrz": document.mrz,
    })
}
