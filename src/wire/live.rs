//! Writing the live dialect: the object of the deployed service, with refs as ids or as objects.

use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use super::{biometrics, codes, documents, flows, information, marks, overview, times};
use crate::model::{Attempt, Contact, Moment, NOT_LOADED, Registration, StepKind, StepState, Timestamp};

/// Every ref that [`encode_live`] can write as an object.
pub const POPULATES: &[&str] = &[
    "project",
    "projectFlow",
    "informationValidation",
    "emailValidation",
    "phoneValidation",
    "documentValidation",
    "biometricValidation",
    "person",
    "compareFaceVerification",
    "consentSession",
    "formSubmittion",
    "signature",
    "accessControlLog",
    "failedEmailValidations",
    "failedPhoneValidations",
    "failedDocumentValidations",
    "failedBiometricValidations",
];

/// The keys of a contact in both dialects, absent ones as `null`.
pub fn encode_contact(contact: &Contact) -> Map<String, Value> {
    match json!(contact) {
        Value::Object(keys) => keys,
        _ => Map::new(),
    }
}

/// The live service's object. Refs named in `populated` are objects, others ids. A ref of something that does not
/// exist is `null`.
///
/// What the live shape has no place for (`version`, `linkResends`, `failedAttempts`, …) follows under the names of the
/// overview dialect. So a reader of both loses only the basis of times and verdicts under unknown names; and it gets
/// what live objects always have (an id and a status word for each check, a full name) where the model had none.
pub fn encode_live(registration: &Registration, populated: &[String]) -> Value {
    let writer = Writer { registration, populated };
    let mut object = writer.head();
    writer.put_checks(&mut object);
    writer.put_failed_lists(&mut object);
    writer.put_marks(&mut object);
    overview::put_extra(&mut object, &registration.extra);
    Value::Object(object)
}

struct Writer<'a> {
    registration: &'a Registration,
    populated: &'a [String],
}

impl Writer<'_> {
    fn is_populated(&self, name: &str) -> bool {
        self.populated.iter().any(|wanted| wanted == name) && !self.is_known_by_id_only(name)
    }

    /// Whether a check was never read: an object of it would say things that nobody has said.
    fn is_known_by_id_only(&self, name: &str) -> bool {
        let checks = &self.registration.checks;
        let state = match name {
            "emailValidation" => checks.email.as_ref().map(|code| &code.state),
            "phoneValidation" => checks.phone.as_ref().map(|code| &code.state),
            "documentValidation" => checks.document.as_ref().map(|document| &document.state),
            "biometricValidation" => checks.liveness.as_ref().map(|liveness| &liveness.state),
            _ => None,
        };
        matches!(state, Some(StepState::Unknown(word)) if word == NOT_LOADED)
    }

    /// A ref: `null`, the id, or the object.
    fn reference<T>(
        &self,
        name: &str,
        id: Option<&String>,
        part: Option<&T>,
        write: impl Fn(&T, &str) -> Value,
    ) -> Value {
        let Some(part) = part else { return Value::Null };
        let id = id.cloned().unwrap_or_else(|| self.object_id(name, self.registration.created_at));
        if self.is_populated(name) { write(part, &id) } else { Value::String(id) }
    }

    /// An id for something that has none of its own: always the same one, and dated as the service's ids are.
    fn object_id(&self, name: &str, at: Timestamp) -> String {
        let digest = Sha256::digest(format!("{}/{name}", self.registration.id));
        format!("{:08x}{}", u32::try_from(at.timestamp()).unwrap_or(0), hex::encode(&digest[..8]))
    }

    fn head(&self) -> Map<String, Value> {
        let registration = self.registration;
        let mut object = Map::new();
        let mut put = |key: &str, value: Value| object.insert(key.to_owned(), value);
        put("_id", json!(registration.id));
        put("project", self.project());
        put("projectFlow", self.flow());
        put("status", json!(registration.status.to_live()));
        let step = registration.current_step.as_ref().map_or("1", |step| step.live_name().unwrap_or(step.as_str()));
        put("currentStep", json!(step));
        for (key, value) in encode_contact(&registration.contact) {
            put(&key, value);
        }
        put("userId", json!(registration.user_id));
        put("createdAt", times::value(Some(registration.created_at)));
        put("updatedAt", times::value(Some(registration.updated_at)));
        put("completedAt", times::moment_value(registration.completed_at));
        put("expiresAt", times::value(registration.expires_at));
        object
    }

    fn project(&self) -> Value {
        let project = &self.registration.project;
        if self.is_populated("project") {
            let mut object = json!({ "_id": project.id, "name": project.name });
            if let Some(countries) = &project.allowed_countries {
                object["allowedCountries"] = json!(countries);
            }
            object
        } else {
            json!(project.id)
        }
    }

    fn flow(&self) -> Value {
        let flow = &self.registration.flow;
        if !self.is_populated("projectFlow") {
            return json!(flow.id);
        }
        let mut object = Map::new();
        object.insert("_id".to_owned(), json!(flow.id));
        object.insert("project".to_owned(), json!(self.registration.project.id));
        object.insert("type".to_owned(), json!("onboarding"));
        object.insert("name".to_owned(), json!(flow.name));
        object.insert("status".to_owned(), json!(flow.status));
        if let Some(settings) = &flow.settings {
            object.extend(flows::write_settings(settings));
        }
        Value::Object(object)
    }

    fn put_checks(&self, object: &mut Map<String, Value>) {
        let registration = self.registration;
        let checks = &registration.checks;
        let mut put = |key: &str, value: Value| object.insert(key.to_owned(), value);
        put("informationValidation", self.information());
        for (key, kind, code) in [
            ("emailValidation", StepKind::EmailVerification, checks.email.as_ref()),
            ("phoneValidation", StepKind::PhoneVerification, checks.phone.as_ref()),
        ] {
            let id = code.and_then(|code| code.id.as_ref());
            put(key, self.reference(key, id, code, |code, id| codes::write(registration, &kind, code, id)));
        }
        let document = checks.document.as_ref();
        let id = document.and_then(|document| document.id.as_ref());
        let write = |document: &_, id: &str| documents::write(registration, document, id);
        put("documentValidation", self.reference("documentValidation", id, document, write));
        let liveness = checks.liveness.as_ref();
        let id = liveness.and_then(|liveness| liveness.id.as_ref());
        let write = |liveness: &_, id: &str| biometrics::write_liveness(registration, liveness, id);
        put("biometricValidation", self.reference("biometricValidation", id, liveness, write));
        let person = liveness.and_then(|liveness| liveness.person.as_ref());
        let write = |id: &String, _: &str| json!({ "_id": id });
        put("person", self.reference("person", person, person, write));
        let face = checks.face.as_ref();
        let id = face.and_then(|face| face.id.as_ref());
        let write = |face: &_, id: &str| biometrics::write_compare(registration, face, id);
        put("compareFaceVerification", self.reference("compareFaceVerification", id, face, write));
        let write = |consent: &_, _: &str| information::write_consent(consent);
        put("consentSession", self.reference("consentSession", None, checks.consent.as_ref(), write));
        let form = checks.form.as_ref();
        let id = form.and_then(|form| form.id.as_ref());
        put("formSubmittion", self.reference("formSubmittion", id, form, information::write_form));
        let signature = checks.signature.as_ref();
        let id = signature.and_then(|signature| signature.id.as_ref());
        put("signature", self.reference("signature", id, signature, information::write_signature));
        put("basicInformationAt", times::moment_value(checks.basic_information));
        put("instructionsAt", times::moment_value(checks.instructions));
    }

    /// Forms and background check share one object.
    fn information(&self) -> Value {
        let checks = &self.registration.checks;
        if checks.information.is_none() && checks.background.is_none() {
            return Value::Null;
        }
        let information = checks.information.as_ref();
        let id = information.and_then(|information| information.id.as_ref());
        let write = |(): &(), id: &str| information::write(self.registration, information, id);
        self.reference("informationValidation", id, Some(&()), write)
    }

    fn put_failed_lists(&self, object: &mut Map<String, Value>) {
        for (key, kind) in [
            ("failedEmailValidations", StepKind::EmailVerification),
            ("failedPhoneValidations", StepKind::PhoneVerification),
            ("failedDocumentValidations", StepKind::DocumentVerification),
            ("failedBiometricValidations", StepKind::BiometricVerification),
        ] {
            let attempts = self.registration.failed_attempts.iter().filter(|attempt| attempt.step == kind);
            let written = attempts.enumerate().map(|(place, attempt)| {
                let at = attempt.at.map_or(self.registration.created_at, |moment| moment.at);
                let id = self.object_id(&format!("{key}/{place}"), at);
                if self.is_populated(key) { failed_validation(attempt, &id) } else { Value::String(id) }
            });
            object.insert(key.to_owned(), written.collect());
        }
    }

    fn put_marks(&self, object: &mut Map<String, Value>) {
        let registration = self.registration;
        let mut put = |key: &str, value: Value| object.insert(key.to_owned(), value);
        let (count, details) = marks::write_flags(registration);
        put("redFlags", count);
        put("redFlagsDetails", details);
        let log = (!registration.access_log.is_empty()).then_some(registration);
        put("accessControlLog", self.reference("accessControlLog", None, log, marks::write_access_log));
        put("manualReviewLog", marks::write_reviews(registration));
        put("failedAttempts", registration.failed_attempts.iter().map(overview::attempt).collect());
        put("linkResent", overview::stored(&registration.link_resent));
        put("linkResends", json!(registration.link_resends));
        put("deliveries", overview::stored(&registration.deliveries));
        put("version", json!(registration.version));
    }
}

fn failed_validation(attempt: &Attempt, id: &str) -> Value {
    let at: Option<Moment> = attempt.at;
    let mut object = json!({
        "_id": id,
        "status": StepState::Failed,
        "failedReason": attempt.reason,
        "createdAt": times::moment_value(at),
        "updatedAt": times::moment_value(at),
    });
    match attempt.step {
        StepKind::DocumentVerification => {
            object["status"] = json!("FAILED");
            object["documentNumber"] = json!(attempt.document_number);
        }
        StepKind::BiometricVerification => object["livenessScore"] = json!(attempt.score.unwrap_or(0.0)),
        _ => {}
    }
    object
}
