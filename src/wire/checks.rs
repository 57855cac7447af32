//! Reading the evidence of a registration: stored whole (`evidence` of our overview objects), or spread over the refs
//! of a live object.

use serde_json::Value;

use super::{
    biometrics, codes, documents,
    fields::{Fields, Ref},
    information::{self, InformationRead},
    reasons,
    registration::fill,
    times,
};
use crate::model::{
    Attempt, Basis, Checks, Moment, NOT_LOADED, Registration, Status, StepKind, StepState, evidence::spends_attempt,
};

/// Refs whose being loaded shows that the answer was populated.
const LOADABLE: &[&str] = &[
    "informationValidation",
    "emailValidation",
    "phoneValidation",
    "documentValidation",
    "biometricValidation",
    "person",
];

/// What the refs tell.
#[derive(Debug, Default)]
pub(super) struct Evidence {
    /// The checks.
    pub(super) checks: Checks,
    /// Failed attempts, oldest first, those without a time last.
    pub(super) failed_attempts: Vec<Attempt>,
    /// The biometric person, else the information object.
    pub(super) subject: Option<String>,
    /// Steps of which only an id is known.
    pub(super) unloaded: Vec<StepKind>,
    /// When the sign-up form was submitted at the latest, if that is to be inferred.
    pub(super) inferred_submission: Option<Inferred>,
}

/// See [`infer_submission`].
#[derive(Debug)]
pub(super) struct Inferred {
    untouched_since: Option<Moment>,
}

/// Reads all evidence.
pub(super) fn read(fields: &mut Fields) -> Evidence {
    let (mut checks, is_whole) = read_stored(fields);
    let any_loaded = LOADABLE.iter().any(|key| matches!(fields.peek(key), Some(Value::Object(_))));
    let (person, person_score) = person(fields.reference("person"));
    let InformationRead { information, background, untouched_since, submission_is_said } =
        information::read(fields.reference("informationValidation"));
    let information_id = information.as_ref().and_then(|information| information.id.clone());
    fill(&mut checks.information, information);
    fill(&mut checks.background, background);
    fill(&mut checks.email, codes::read(fields.reference("emailValidation")));
    fill(&mut checks.phone, codes::read(fields.reference("phoneValidation")));
    information::read_forms(&mut checks, fields);
    read_document(&mut checks, fields);

    let compared = biometrics::read_compare(fields.reference("compareFaceVerification"), any_loaded);
    fill(&mut checks.face, compared.face);
    let mut liveness = biometrics::read_liveness(fields.reference("biometricValidation"));
    if let Some(liveness) = &mut liveness {
        liveness.person.clone_from(&person);
        if liveness.state == StepState::Completed {
            fill(&mut liveness.score, person_score);
        }
        fill(&mut liveness.min_score, compared.liveness_min);
        fill(&mut liveness.os, compared.os);
    }
    fill(&mut checks.liveness, liveness);

    let failed_attempts = failed_attempts(fields, &checks);
    let infer = !is_whole && !submission_is_said;
    Evidence {
        failed_attempts: if is_whole { Vec::new() } else { failed_attempts },
        subject: person.or(information_id),
        unloaded: unloaded(&checks),
        inferred_submission: infer.then_some(Inferred { untouched_since }),
        checks,
    }
}

/// The `evidence` of our own overview objects, part by part: one that cannot be read does not spoil the others.
fn read_stored(fields: &mut Fields) -> (Checks, bool) {
    if !matches!(fields.peek("evidence"), Some(Value::Object(_))) {
        return (Checks::default(), false);
    }
    let mut stored = fields.object("evidence");
    let checks = Checks {
        consent: stored.stored("consent"),
        information: stored.stored("information"),
        email: stored.stored("email"),
        phone: stored.stored("phone"),
        document: stored.stored("document"),
        liveness: stored.stored("liveness"),
        face: stored.stored("face"),
        background: stored.stored("background"),
        form: stored.stored("form"),
        signature: stored.stored("signature"),
        basic_information: stored.stored("basicInformation"),
        instructions: stored.stored("instructions"),
    };
    if !stored.is_empty() {
        fields.put("evidence", stored.into_value());
    }
    (checks, true)
}

fn person(reference: Ref) -> (Option<String>, Option<f64>) {
    let id = reference.id();
    match reference {
        Ref::Object(mut person) => (id, person.score("livenessScore").filter(|score| *score > 0.0)),
        _ => (id, None),
    }
}

fn read_document(checks: &mut Checks, fields: &mut Fields) {
    let mut document = documents::read(fields.reference("documentValidation"));
    // The portrait is a ref of the registration; images themselves are not kept.
    let portrait = match fields.peek("documentFace") {
        Some(Value::String(_) | Value::Object(_)) => Some(true),
        Some(Value::Null) => Some(false),
        _ => None,
    };
    if let Some(document) = &mut document
        && document.state != StepState::Unknown(NOT_LOADED.to_owned())
    {
        fill(&mut document.has_face, portrait);
    }
    fill(&mut checks.document, document);
}

fn failed_attempts(fields: &mut Fields, checks: &Checks) -> Vec<Attempt> {
    let mut attempts = Vec::new();
    for (key, step) in [
        ("failedEmailValidations", StepKind::EmailVerification),
        ("failedPhoneValidations", StepKind::PhoneVerification),
        ("failedDocumentValidations", StepKind::DocumentVerification),
        ("failedBiometricValidations", StepKind::BiometricVerification),
    ] {
        attempts.extend(fields.list(key).into_iter().flatten().filter_map(|value| failed_attempt(value, &step)));
    }
    attempts.extend(current_failures(checks));
    attempts.extend(codes::wrong_codes(checks.email.as_ref(), &StepKind::EmailVerification));
    attempts.extend(codes::wrong_codes(checks.phone.as_ref(), &StepKind::PhoneVerification));
    attempts.sort_by_key(|attempt| (attempt.at.is_none(), attempt.at.map(|moment| moment.at)));
    attempts
}

/// One element of a list of failed validations: an object, or an id that still tells the time.
fn failed_attempt(value: Value, step: &StepKind) -> Option<Attempt> {
    let blank =
        Attempt { step: step.clone(), at: None, reason: None, counts: true, score: None, document_number: None };
    let object = match value {
        Value::String(id) => return Some(Attempt { at: times::of_object_id(&id), ..blank }),
        Value::Object(object) => object,
        _ => return None,
    };
    Some(match step {
        StepKind::DocumentVerification => {
            let document = documents::read(Ref::Object(object.into()))?;
            Attempt {
                at: document.created,
                counts: spends_attempt(document.failed_reason.as_deref()),
                reason: document.failed_reason,
                document_number: document.number,
                ..blank
            }
        }
        StepKind::BiometricVerification => {
            let liveness = biometrics::read_liveness(Ref::Object(object.into()))?;
            Attempt {
                at: liveness.created,
                counts: spends_attempt(liveness.failed_reason.as_deref()),
                reason: liveness.failed_reason,
                score: liveness.score,
                ..blank
            }
        }
        _ => {
            let mut fields = Fields::from(object);
            let reason = fields.text("failedReason").and_then(|stored| reasons::code(&stored, reasons::UNKNOWN));
            Attempt { at: codes::read(Ref::Object(fields))?.created, reason, ..blank }
        }
    })
}

/// A document or selfie that failed and was not yet replaced by another try.
fn current_failures(checks: &Checks) -> Vec<Attempt> {
    let document = checks.document.iter().filter(|document| document.state == StepState::Failed);
    let document = document.map(|document| Attempt {
        step: StepKind::DocumentVerification,
        at: document.finished.or(document.created),
        counts: spends_attempt(document.failed_reason.as_deref()),
        reason: document.failed_reason.clone(),
        score: None,
        document_number: document.number.clone(),
    });
    let liveness = checks.liveness.iter().filter(|liveness| liveness.state == StepState::Failed);
    let liveness = liveness.map(|liveness| Attempt {
        step: StepKind::BiometricVerification,
        at: liveness.finished.or(liveness.created),
        counts: spends_attempt(liveness.failed_reason.as_deref()),
        reason: liveness.failed_reason.clone(),
        score: liveness.score,
        document_number: None,
    });
    document.chain(liveness).collect()
}

fn unloaded(checks: &Checks) -> Vec<StepKind> {
    let not_loaded = |state: &StepState| matches!(state, StepState::Unknown(word) if word == NOT_LOADED);
    let mut steps = Vec::new();
    let states = [
        (StepKind::EmailVerification, checks.email.as_ref().map(|code| &code.state)),
        (StepKind::PhoneVerification, checks.phone.as_ref().map(|code| &code.state)),
        (StepKind::DocumentVerification, checks.document.as_ref().map(|document| &document.state)),
        (StepKind::BiometricVerification, checks.liveness.as_ref().map(|liveness| &liveness.state)),
    ];
    for (kind, state) in states {
        if state.is_some_and(not_loaded) {
            steps.push(kind);
        }
    }
    let compare = checks.face.as_ref();
    if compare.is_some_and(|face| face.score.is_none() && face.passed.is_none() && !face.aged_out) {
        steps.push(StepKind::FaceComparison);
    }
    steps
}

/// An id says that a check exists, not how it went: where nothing more is known, nothing more is claimed.
pub(super) fn forget_unloaded(registration: &mut Registration, unloaded: &[StepKind]) {
    for kind in unloaded {
        let results = &mut registration.results;
        match kind {
            StepKind::EmailVerification => results.email_verification = None,
            StepKind::PhoneVerification => results.phone_verification = None,
            StepKind::DocumentVerification => results.document_verification = None,
            StepKind::BiometricVerification => {
                results.liveness_detection = None;
                results.biometric_verification = None;
            }
            _ => results.face_comparison = None,
        }
        if let Some(step) = registration.steps.iter_mut().find(|step| &step.kind == kind) {
            step.state = StepState::Unknown(NOT_LOADED.to_owned());
        }
    }
}

/// The service does not say when the sign-up form was submitted. It was, once anything later happened: no later than
/// the first of that, and if nothing has a time, no later than its own last change.
pub(super) fn infer_submission(registration: &mut Registration, inferred: Option<&Inferred>) {
    let Some(inferred) = inferred else { return };
    let first_later = first_later_moment(registration);
    let is_past = first_later.is_some()
        || matches!(
            registration.status,
            Status::Completed | Status::CompletedWithoutKyc | Status::NeedsManualVerification
        )
        || registration.current_step.as_ref().is_some_and(|step| *step != StepKind::Consent);
    let Some(information) = registration.checks.information.as_mut().filter(|_| is_past) else { return };
    let latest = first_later.map(|moment| Moment::new(moment.at, Basis::Updated));
    fill(&mut information.submitted, latest.or(inferred.untouched_since));
}

fn first_later_moment(registration: &Registration) -> Option<Moment> {
    let checks = &registration.checks;
    let moments = [
        checks.email.as_ref().and_then(|code| code.created),
        checks.phone.as_ref().and_then(|code| code.created),
        checks.document.as_ref().and_then(|document| document.created),
        checks.liveness.as_ref().and_then(|liveness| liveness.created),
        checks.face.as_ref().and_then(|face| face.compared),
        checks.form.as_ref().and_then(|form| form.submitted),
    ];
    let attempts = registration.failed_attempts.iter().filter_map(|attempt| attempt.at);
    moments.into_iter().flatten().chain(attempts).min_by_key(|moment| moment.at)
}

/// Reads the state of a check that exists: it is at least under way.
pub(super) fn open_state(word: &str) -> StepState {
    match StepState::parse(word) {
        StepState::Pending => StepState::InProgress,
        state => state,
    }
}

/// When a check reached its state: said, or its last change if the state is one that stays.
pub(super) fn final_time(state: &StepState, said: Option<Moment>, fields: &mut Fields) -> Option<Moment> {
    let updated = fields.moment("updatedAt", Basis::Updated);
    let is_final = matches!(state, StepState::Completed | StepState::Failed | StepState::Expired | StepState::Review);
    said.or(updated.filter(|_| is_final))
}

/// The source's own status word where it still says what the state says, else ours.
pub(super) fn raw_or<'a>(raw: Option<&'a str>, state: &StepState, ours: &'a str) -> &'a str {
    raw.filter(|raw| StepState::parse(raw) == *state || open_state(raw) == *state).unwrap_or(ours)
}
