//! The evidence behind the steps: one struct for each kind of check.
//!
//! All fields are optional, because no source tells everything; scores are 0 to 1 unless said otherwise.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{
    Answers, BackgroundCheck, Gateway, Moment, Outcome, Personal, StepState, Timestamp, debug_only, open_word,
};

/// All that was checked. `None` means that the step has left no trace (or that the source does not tell).
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Checks {
    /// Terms and privacy.
    pub consent: Option<Consent>,
    /// What the person typed into the forms.
    pub information: Option<Information>,
    /// The e-mail code.
    pub email: Option<CodeCheck>,
    /// The phone code.
    pub phone: Option<CodeCheck>,
    /// The identity document.
    pub document: Option<DocumentCheck>,
    /// The selfie.
    pub liveness: Option<LivenessCheck>,
    /// Selfie against document portrait.
    pub face: Option<FaceCompare>,
    /// Criminal records and watch lists.
    pub background: Option<BackgroundCheck>,
    /// The project's own form.
    pub form: Option<FormSubmission>,
    /// The signature.
    pub signature: Option<Signature>,
    /// When basic information was completed.
    pub basic_information: Option<Moment>,
    /// When the instructions were passed.
    pub instructions: Option<Moment>,
}

/// Acceptance of terms and privacy notice.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Consent {
    /// `Some(true)` accepted, `Some(false)` refused.
    pub accepted: Option<bool>,
    /// When it was shown.
    pub created: Option<Moment>,
    /// When it was answered.
    pub answered: Option<Moment>,
    /// Where it was shown, for example `signUpForm`.
    pub source: Option<String>,
}

/// What the person typed: the sign-up form and basic information.
#[derive(Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Information {
    /// Id of the object on the wire.
    pub id: Option<String>,
    /// Full name as typed.
    pub full_name: Option<Personal>,
    /// First names as typed.
    pub first_name: Option<Personal>,
    /// Last names as typed.
    pub last_name: Option<Personal>,
    /// Birth date as typed.
    pub birth_date: Option<NaiveDate>,
    /// Gender as typed.
    pub gender: Option<String>,
    /// Nationality as typed.
    pub nationality: Option<String>,
    /// Country as typed.
    pub country: Option<String>,
    /// City as typed.
    pub city: Option<String>,
    /// Street address as typed.
    pub address: Option<Personal>,
    /// Postal code as typed.
    pub postal_code: Option<Personal>,
    /// Document number as typed.
    pub document_number: Option<Personal>,
    /// Where the form was sent from.
    pub ip: Option<String>,
    /// The device that sent it.
    pub device_id: Option<String>,
    /// The browser or app that sent it.
    pub user_agent: Option<String>,
    /// When the form was begun.
    pub created: Option<Moment>,
    /// When the form was submitted.
    pub submitted: Option<Moment>,
}

debug_only!(Information { id, created, submitted });

/// A code sent to an e-mail address or a phone. The code itself is never part of the model.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct CodeCheck {
    /// Id of the object on the wire.
    pub id: Option<String>,
    /// `Pending` (sent), `Completed` (right code), `Failed` (out of attempts) or `Expired`.
    pub state: StepState,
    /// The status word as the source wrote it.
    pub raw_status: Option<String>,
    /// The channel.
    pub gateway: Option<Gateway>,
    /// Codes entered so far.
    pub attempts: u32,
    /// Wrong codes allowed.
    pub max_attempts: Option<u32>,
    /// How often a code was sent.
    pub sends: u32,
    /// Where it was asked for from.
    pub ip: Option<String>,
    /// When the first code was sent.
    pub created: Option<Moment>,
    /// When the latest code was sent.
    pub last_sent: Option<Moment>,
    /// When the right code was entered.
    pub validated: Option<Moment>,
    /// When the latest code dies.
    pub expires_at: Option<Timestamp>,
}

debug_only!(CodeCheck {
    id,
    state,
    raw_status,
    gateway,
    attempts,
    max_attempts,
    sends,
    created,
    last_sent,
    validated,
    expires_at
});

impl Default for CodeCheck {
    fn default() -> Self {
        Self {
            id: None,
            state: StepState::Pending,
            raw_status: None,
            gateway: None,
            attempts: 0,
            max_attempts: None,
            sends: 0,
            ip: None,
            created: None,
            last_sent: None,
            validated: None,
            expires_at: None,
        }
    }
}

open_word! {
    /// What the person showed.
    DocumentKind {
        /// A national identity card (also `CC`, `DNI`, …).
        Id = "id" | "government_id" | "national_id" | "id_card" | "cc" | "dni" | "ine" | "ce",
        /// A passport.
        Passport = "passport" | "pa",
        /// A driving licence.
        License = "license" | "licence" | "drivers_license" | "driving_licence" | "driver_license",
        /// The scan did not tell.
        Undetected = "unknown" | "null" | "undefined" | "n/a" | "na" | "",
    } else Other
}

/// The identity document, as scanned and looked up.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct DocumentCheck {
    /// Id of the object on the wire.
    pub id: Option<String>,
    /// The normalised state.
    pub state: StepState,
    /// The status word as the source wrote it (three vocabularies are in use).
    pub raw_status: Option<String>,
    /// What was shown.
    pub kind: Option<DocumentKind>,
    /// The number read from it.
    pub number: Option<Personal>,
    /// Issuing country, as written.
    pub country: Option<String>,
    /// Nationality, as written.
    pub nationality: Option<String>,
    /// Full name read from it.
    pub full_name: Option<Personal>,
    /// Birth date read from it.
    pub birth_date: Option<NaiveDate>,
    /// Issue date read from it.
    pub issue_date: Option<NaiveDate>,
    /// Expiry date read from it.
    pub expiry_date: Option<NaiveDate>,
    /// Gender read from it.
    pub gender: Option<String>,
    /// The machine-readable zone, its lines in order.
    pub mrz: Option<Personal>,
    /// Confidence of the reading, 0 to 1.
    pub confidence: Option<f64>,
    /// Whether the paper is genuine.
    pub authenticity: Option<Outcome>,
    /// Whether the scan shows the paper itself, not a screen or a copy.
    pub anti_spoofing: Option<Outcome>,
    /// Whether the fields agree with one another.
    pub data_consistency: Option<Outcome>,
    /// The image was accepted. Until then percentages are defaults, not results.
    pub image_validated: bool,
    /// The registry answered. Until then percentages are defaults, not results.
    pub score_validated: bool,
    /// Whether document and registry names agree; only meaningful once both flags above are set.
    pub names_match: Option<bool>,
    /// How well they agree, 0 to 100; only meaningful once both flags above are set.
    pub name_match: Option<f64>,
    /// The name in the registry.
    pub registry_name: Option<Personal>,
    /// The gender in the registry.
    pub registry_gender: Option<String>,
    /// The nationality in the registry.
    pub registry_nationality: Option<String>,
    /// What the registry says of the document or its owner, in its own word: `vigente`, `deceased`, `cancelada`, …
    pub registry_status: Option<String>,
    /// Why the registry was not asked or did not answer.
    pub registry_reason: Option<String>,
    /// A reviewer's word on the names: `match` or `mismatch`.
    pub name_review: Option<String>,
    /// Why the scan failed; known codes only.
    pub failed_reason: Option<String>,
    /// Why a person has to look; known codes only.
    pub review_reason: Option<String>,
    /// Why no portrait could be cut from it.
    pub face_reason: Option<String>,
    /// A portrait was cut from it.
    pub has_face: Option<bool>,
    /// The liveness check of the paper.
    pub is_live: Option<bool>,
    /// The back side is needed.
    pub requires_back: bool,
    /// The back side is there.
    pub has_back: bool,
    /// `CAMERA`, `FILE_UPLOAD` or `NOT_SET`.
    pub input_method: Option<String>,
    /// Where it was sent from.
    pub ip: Option<String>,
    /// The browser or app that sent it.
    pub user_agent: Option<String>,
    /// When it was sent.
    pub created: Option<Moment>,
    /// When the check reached its state.
    pub finished: Option<Moment>,
}

debug_only!(DocumentCheck {
    id,
    state,
    raw_status,
    kind,
    confidence,
    authenticity,
    anti_spoofing,
    data_consistency,
    image_validated,
    score_validated,
    names_match,
    name_match,
    name_review,
    has_face,
    is_live,
    requires_back,
    has_back,
    input_method,
    created,
    finished
});

impl Default for DocumentCheck {
    fn default() -> Self {
        Self {
            id: None,
            state: StepState::InProgress,
            raw_status: None,
            kind: None,
            number: None,
            country: None,
            nationality: None,
            full_name: None,
            birth_date: None,
            issue_date: None,
            expiry_date: None,
            gender: None,
            mrz: None,
            confidence: None,
            authenticity: None,
            anti_spoofing: None,
            data_consistency: None,
            image_validated: false,
            score_validated: false,
            names_match: None,
            name_match: None,
            registry_name: None,
            registry_gender: None,
            registry_nationality: None,
            registry_status: None,
            registry_reason: None,
            name_review: None,
            failed_reason: None,
            review_reason: None,
            face_reason: None,
            has_face: None,
            is_live: None,
            requires_back: false,
            has_back: false,
            input_method: None,
            ip: None,
            user_agent: None,
            created: None,
            finished: None,
        }
    }
}

/// The selfie with liveness detection.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct LivenessCheck {
    /// Id of the object on the wire.
    pub id: Option<String>,
    /// The normalised state.
    pub state: StepState,
    /// The status word as the source wrote it.
    pub raw_status: Option<String>,
    /// 0 to 1; `None` when nothing was measured (a stored 0 of a quality rejection is not a measurement).
    pub score: Option<f64>,
    /// The minimum stored with the record, 0 to 1.
    pub min_score: Option<f64>,
    /// Anti-spoofing verdict.
    pub anti_spoofing: Option<Outcome>,
    /// Why it failed; known codes only.
    pub failed_reason: Option<String>,
    /// The biometric identity the face belongs to.
    pub person: Option<String>,
    /// `DESKTOP`, `IOS` or `ANDROID`.
    pub os: Option<String>,
    /// Where it was sent from.
    pub ip: Option<String>,
    /// The browser or app that sent it.
    pub user_agent: Option<String>,
    /// When it was sent.
    pub created: Option<Moment>,
    /// When the check reached its state.
    pub finished: Option<Moment>,
}

debug_only!(LivenessCheck { id, state, raw_status, score, min_score, anti_spoofing, os, created, finished });

impl Default for LivenessCheck {
    fn default() -> Self {
        Self {
            id: None,
            state: StepState::InProgress,
            raw_status: None,
            score: None,
            min_score: None,
            anti_spoofing: None,
            failed_reason: None,
            person: None,
            os: None,
            ip: None,
            user_agent: None,
            created: None,
            finished: None,
        }
    }
}

/// The selfie against the portrait on the document.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct FaceCompare {
    /// Id of the object on the wire.
    pub id: Option<String>,
    /// 0 to 1.
    pub score: Option<f64>,
    /// The verdict at the time.
    pub passed: Option<bool>,
    /// The minimum in force at the time, 0 to 1.
    pub min_score: Option<f64>,
    /// When it ran.
    pub compared: Option<Moment>,
    /// The record is gone (kept for about 90 days); the registration still points at it.
    pub aged_out: bool,
}

/// The project's own form.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct FormSubmission {
    /// Id of the object on the wire.
    pub id: Option<String>,
    /// When it was sent.
    pub submitted: Option<Moment>,
    /// The answers, opaque.
    pub answers: Answers,
}

/// The signature.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Signature {
    /// Id of the object on the wire.
    pub id: Option<String>,
    /// When it was given.
    pub signed: Option<Moment>,
}
