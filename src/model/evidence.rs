//! The outcome of a step as it is handed to the embedded engine.
//!
//! Reading documents and faces is not this program's business: whoever does it reports the outcome here, as JSON
//! tagged by `step`.

use serde::{Deserialize, Serialize};

use super::{Answers, BackgroundSource, DocumentCheck, Information, LivenessCheck};

/// What became of a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CodeOutcome {
    /// A code was sent (or sent again).
    Sent,
    /// The right code was entered.
    Passed,
    /// A wrong code was entered.
    Failed,
}

/// The outcome of one step.
///
/// The `state` of a [`DocumentCheck`] or [`LivenessCheck`] handed in is the verdict of the check; times in it are
/// overwritten by the engine's clock.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "step", rename_all = "snake_case")]
pub enum Evidence {
    /// Terms and privacy answered.
    Consent {
        /// Accepted or refused.
        accepted: bool,
    },
    /// The sign-up form was submitted.
    PersonalInfo {
        /// What was typed.
        #[serde(flatten)]
        information: Information,
    },
    /// An e-mail code moved on.
    EmailVerification {
        /// How.
        outcome: CodeOutcome,
    },
    /// A phone code moved on.
    PhoneVerification {
        /// How.
        outcome: CodeOutcome,
    },
    /// The instructions were read.
    Instructions {},
    /// Basic information was submitted; merged over what the sign-up form gave.
    BasicInformation {
        /// What was typed.
        #[serde(flatten)]
        information: Information,
    },
    /// A document was scanned, or its check moved on.
    #[serde(alias = "document")]
    DocumentVerification {
        /// The scan and its verdict.
        #[serde(flatten)]
        document: Box<DocumentCheck>,
    },
    /// A selfie was taken.
    #[serde(alias = "liveness")]
    BiometricVerification {
        /// The selfie and its verdict.
        #[serde(flatten)]
        liveness: Box<LivenessCheck>,
    },
    /// Selfie and document portrait were compared.
    FaceComparison {
        /// 0 to 1.
        score: f64,
        /// The minimum that whoever compared them went by, 0 to 1; the flow's where it is not told.
        #[serde(default, rename = "minScore")]
        min_score: Option<f64>,
    },
    /// Criminal records and watch lists were asked.
    CriminalHistory {
        /// Each list with its answer.
        sources: Vec<BackgroundSource>,
    },
    /// The project's own form was submitted.
    Form {
        /// The answers, opaque.
        #[serde(default)]
        answers: Answers,
    },
    /// The person signed.
    Signature {},
}

impl Evidence {
    /// The word in the `step` tag.
    pub fn step(&self) -> super::StepKind {
        use super::StepKind as Kind;
        match self {
            Self::Consent { .. } => Kind::Consent,
            Self::PersonalInfo { .. } => Kind::PersonalInfo,
            Self::EmailVerification { .. } => Kind::EmailVerification,
            Self::PhoneVerification { .. } => Kind::PhoneVerification,
            Self::Instructions {} => Kind::Instructions,
            Self::BasicInformation { .. } => Kind::BasicInformation,
            Self::DocumentVerification { .. } => Kind::DocumentVerification,
            Self::BiometricVerification { .. } => Kind::BiometricVerification,
            Self::FaceComparison { .. } => Kind::FaceComparison,
            Self::CriminalHistory { .. } => Kind::CriminalHistory,
            Self::Form { .. } => Kind::Form,
            Self::Signature {} => Kind::Signature,
        }
    }
}

/// Capture problems of a selfie that say nothing about the person and spend no attempt.
pub const CAPTURE_QUALITY_REASONS: &[&str] = &[
    "face_close_to_border",
    "face_not_centered",
    "face_occluded",
    "face_rotation_too_large",
    "face_too_close",
    "face_too_far",
    "multiple_faces_detected",
    "no_face_detected",
    "poor_lighting",
];

/// Whether a failed attempt with this reason spends one of the allowed attempts. Unknown reasons do.
pub fn spends_attempt(reason: Option<&str>) -> bool {
    !reason.is_some_and(|reason| CAPTURE_QUALITY_REASONS.contains(&reason))
}
