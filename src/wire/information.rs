//! Forms, consent, background check and signature of the live dialect, both ways.

use serde_json::{Map, Value, json};

use super::{
    fields::{Fields, Ref},
    registration::{fill, full_name},
    times,
};
use crate::model::{
    Answers, BackgroundCheck, BackgroundSource, Basis, Checks, Consent, FormSubmission, Information, ListKind,
    MatchedBy, Moment, Personal, Registration, Signature, SourceStatus,
};

/// What `informationValidation` tells.
#[derive(Debug, Default)]
pub(super) struct InformationRead {
    /// What was typed.
    pub(super) information: Option<Information>,
    /// The background check, which the service keeps inside.
    pub(super) background: Option<BackgroundCheck>,
    /// Its last change, if that can be taken for the submission: nothing was written into it later.
    pub(super) untouched_since: Option<Moment>,
    /// It says when it was submitted, or that it was not: nothing is to be inferred.
    pub(super) submission_is_said: bool,
}

/// Reads `informationValidation`.
pub(super) fn read(reference: Ref) -> InformationRead {
    match reference {
        Ref::Absent | Ref::Null => InformationRead::default(),
        Ref::Id(id) => {
            let created = times::of_object_id(&id);
            let information = Information { id: Some(id), created, ..Information::default() };
            InformationRead { information: Some(information), ..InformationRead::default() }
        }
        Ref::Object(fields) => populated(fields),
    }
}

fn populated(mut fields: Fields) -> InformationRead {
    let background = match fields.reference("criminalData") {
        Ref::Object(data) => Some(read_background(data)),
        _ => None,
    };
    let written_later = background.is_some() || fields.has("namesMatch") || fields.has("fullNameMatchPercentage");
    let submission_is_said = fields.has("submittedAt");
    let id = fields.peek_id();
    let id_time = id.as_deref().and_then(times::of_object_id);
    let mut information = Information {
        id,
        full_name: fields.personal("fullName"),
        first_name: fields.personal("firstName"),
        last_name: fields.personal("lastName"),
        birth_date: fields.date("dateOfBirth"),
        gender: fields.text("gender"),
        nationality: fields.text("nationality"),
        country: fields.text("country"),
        city: fields.text("city"),
        address: fields.personal("address"),
        postal_code: fields.personal("postalCode"),
        document_number: fields.personal("documentNumber"),
        ip: fields.text("ipAddress"),
        device_id: fields.text("deviceId"),
        user_agent: fields.text("userAgent"),
        created: fields.moment("createdAt", Basis::Created).or(id_time),
        submitted: fields.moment("submittedAt", Basis::Field),
    };
    let composed = full_name(information.first_name.as_ref(), information.last_name.as_ref());
    fill(&mut information.full_name, composed);
    let updated = fields.moment("updatedAt", Basis::Updated);
    InformationRead {
        information: (information != Information::default()).then_some(information),
        background,
        untouched_since: updated.filter(|_| !written_later),
        submission_is_said,
    }
}

/// Writes `informationValidation`, with the background check inside.
pub(super) fn write(registration: &Registration, information: Option<&Information>, id: &str) -> Value {
    let blank = Information::default();
    let information = information.unwrap_or(&blank);
    let contact = &registration.contact;
    let mut object = json!({
        "_id": id,
        "appRegistration": registration.id,
        "project": registration.project.id,
        "projectFlow": registration.flow.id,
        "fullName": information.full_name,
        "firstName": information.first_name,
        "lastName": information.last_name,
        "email": contact.email,
        "phone": contact.phone,
        "countryCode": contact.country_code,
        "dateOfBirth": information.birth_date,
        "gender": information.gender,
        "nationality": information.nationality,
        "country": information.country,
        "city": information.city,
        "address": information.address,
        "postalCode": information.postal_code,
        "documentNumber": information.document_number,
        "ipAddress": information.ip,
        "deviceId": information.device_id,
        "userAgent": information.user_agent,
        "createdAt": times::moment_value(information.created),
        "updatedAt": times::moment_value(information.submitted.or(information.created)),
        "submittedAt": times::moment_value(information.submitted),
    });
    if let Some(background) = &registration.checks.background {
        object["criminalData"] = write_background(background);
    }
    object
}

fn read_background(mut data: Fields) -> BackgroundCheck {
    let requested = data.moment("requestedAt", Basis::Field);
    let found: Vec<String> =
        data.list("foundKeys").into_iter().flatten().filter_map(|key| key.as_str().map(str::to_owned)).collect();
    let mut sources = Vec::new();
    for (name, value) in data.into_rest() {
        let Some(mut answer) = Fields::of(value) else { continue };
        let status = answer.text("status").as_deref().map_or(SourceStatus::Error, SourceStatus::parse);
        // The list of hits is what counts, whatever the source says beside it.
        let status = if found.contains(&name) { SourceStatus::Found } else { status };
        sources.push(BackgroundSource {
            name,
            status,
            kind: answer.first_text(&["kind", "listType"]).as_deref().map(ListKind::parse),
            score: answer.score("score").or_else(|| answer.score("matchScore")),
            matched_by: answer.first_text(&["matchedBy", "matchedOn"]).as_deref().map(MatchedBy::parse),
            entry: answer.first_text(&["entry", "matchedName"]).map(Personal::from),
        });
    }
    for name in found {
        if !sources.iter().any(|source| source.name == name) {
            sources.push(BackgroundSource::new(name, SourceStatus::Found));
        }
    }
    BackgroundCheck { requested, sources }
}

fn write_background(background: &BackgroundCheck) -> Value {
    let hits = background.sources.iter().filter(|source| source.status == SourceStatus::Found);
    let mut data = Map::new();
    data.insert("requestedAt".to_owned(), times::moment_value(background.requested));
    data.insert("foundKeys".to_owned(), hits.map(|source| json!(source.name)).collect());
    for source in &background.sources {
        let mut answer = json!({ "status": source.status });
        let further = [
            ("kind", source.kind.as_ref().map(|kind| json!(kind))),
            ("score", source.score.map(|score| json!(score))),
            ("matchedBy", source.matched_by.as_ref().map(|key| json!(key))),
            ("entry", source.entry.as_ref().map(|entry| json!(entry))),
        ];
        for (key, value) in further {
            if let Some(value) = value {
                answer[key] = value;
            }
        }
        data.insert(source.name.clone(), answer);
    }
    Value::Object(data)
}

/// Reads consent, form and signature, and the two steps that leave no object behind.
pub(super) fn read_forms(checks: &mut Checks, fields: &mut Fields) {
    fill(&mut checks.consent, read_consent(fields.reference("consentSession")));
    let form = match fields.reference("formSubmittion") {
        Ref::Absent => fields.reference("formSubmission"),
        documented => documented,
    };
    fill(&mut checks.form, read_form(form));
    fill(&mut checks.signature, read_signature(fields.reference("signature")));
    fill(&mut checks.basic_information, fields.moment("basicInformationAt", Basis::Field));
    fill(&mut checks.instructions, fields.moment("instructionsAt", Basis::Field));
}

fn read_consent(reference: Ref) -> Option<Consent> {
    match reference {
        Ref::Absent | Ref::Null => None,
        Ref::Id(id) => Some(Consent { created: times::of_object_id(&id), ..Consent::default() }),
        Ref::Object(mut fields) => {
            let accepted = match fields.text("status").map(|status| status.to_ascii_lowercase()).as_deref() {
                Some("accepted") => Some(true),
                Some("failed" | "rejected" | "declined") => Some(false),
                _ => None,
            };
            let updated = fields.moment("updatedAt", Basis::Updated).filter(|_| accepted == Some(false));
            let answered = fields.moment("acceptedAt", Basis::Field).or(fields.moment("answeredAt", Basis::Field));
            let created = fields.moment("createdAt", Basis::Created);
            Some(Consent { accepted, created, answered: answered.or(updated), source: fields.text("source") })
        }
    }
}

/// Writes consent.
pub(super) fn write_consent(consent: &Consent) -> Value {
    let (status, answered) = match consent.accepted {
        Some(true) => ("accepted", "acceptedAt"),
        Some(false) => ("failed", "answeredAt"),
        None => ("pending", "answeredAt"),
    };
    let mut object = json!({
        "status": status,
        "source": consent.source,
        "createdAt": times::moment_value(consent.created),
    });
    object[answered] = times::moment_value(consent.answered);
    object
}

fn read_form(reference: Ref) -> Option<FormSubmission> {
    match reference {
        Ref::Absent | Ref::Null => None,
        Ref::Id(id) => {
            Some(FormSubmission { submitted: times::of_object_id(&id), id: Some(id), answers: Answers::default() })
        }
        Ref::Object(mut fields) => {
            let id = fields.peek_id();
            let id_time = id.as_deref().and_then(times::of_object_id);
            let submitted = fields.moment("createdAt", Basis::Created).or(id_time);
            let answers = match fields.list("answers") {
                Some(answers) => answers.into_iter().filter_map(Fields::of).filter_map(answer).collect(),
                None => fields.object("answers").into_rest().into(),
            };
            Some(FormSubmission { id, submitted, answers })
        }
    }
}

fn answer(mut fields: Fields) -> Option<(String, Value)> {
    Some((fields.exact_text("label")?, fields.take("value").unwrap_or(Value::Null)))
}

/// Writes the project's own form.
pub(super) fn write_form(form: &FormSubmission, id: &str) -> Value {
    let answers: Vec<Value> =
        form.answers.reveal().iter().map(|(label, value)| json!({ "label": label, "value": value })).collect();
    json!({ "_id": id, "answers": answers, "createdAt": times::moment_value(form.submitted) })
}

fn read_signature(reference: Ref) -> Option<Signature> {
    match reference {
        Ref::Absent | Ref::Null => None,
        Ref::Id(id) => Some(Signature { signed: times::of_object_id(&id), id: Some(id) }),
        Ref::Object(mut fields) => {
            let id = fields.peek_id();
            let id_time = id.as_deref().and_then(times::of_object_id);
            Some(Signature { id, signed: fields.moment("createdAt", Basis::Created).or(id_time) })
        }
    }
}

/// Writes the signature.
pub(super) fn write_signature(signature: &Signature, id: &str) -> Value {
    json!({ "_id": id, "status": "signed", "createdAt": times::moment_value(signature.signed) })
}
