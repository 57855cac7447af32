//! The steps of a registration, their states and the outcomes of their checks.

use serde::{Deserialize, Serialize};

use super::{Moment, open_word};

open_word! {
    /// What a step is about. Canonical words are the step types of the overview dialect; the live dialect's step
    /// names are read as aliases.
    StepKind {
        /// Terms and privacy accepted.
        Consent = "consent",
        /// The sign-up form.
        PersonalInfo = "personal_info" | "sign_up_form" | "signup_form" | "signupform",
        /// A code sent to the e-mail address.
        EmailVerification = "email_verification" | "email" | "email_validation",
        /// A code sent to the phone.
        PhoneVerification = "phone_verification" | "phone" | "phone_validation",
        /// The page that says which documents to have at hand.
        Instructions = "instructions",
        /// Birth date, address and the like.
        BasicInformation = "basic_information" | "basicinformation",
        /// An ID card, passport or driving licence.
        DocumentVerification = "document_verification" | "document" | "document_validation",
        /// A selfie with liveness detection.
        BiometricVerification = "biometric_verification" | "liveness" | "biometric" | "liveness_detection",
        /// The selfie against the portrait on the document.
        FaceComparison = "face_comparison" | "face_compare" | "face",
        /// Look-ups in criminal records and watch lists.
        CriminalHistory = "criminal_history" | "background" | "background_check" | "criminal",
        /// A form of the project's own.
        Form = "form" | "custom_form",
        /// A drawn or typed signature.
        Signature = "signature",
        /// The end of the flow.
        End = "end",
    } else Other
}

impl StepKind {
    /// The live dialect's name, where it has one (it reports e-mail and phone as parts of the sign-up form and has
    /// no step for the checks that run by themselves).
    pub fn live_name(&self) -> Option<&str> {
        Some(match self {
            Self::PersonalInfo => "signUpForm",
            Self::Instructions => "instructions",
            Self::BasicInformation => "basicInformation",
            Self::DocumentVerification => "document",
            Self::BiometricVerification => "liveness",
            Self::Form => "form",
            Self::End => "end",
            Self::Other(raw) => raw,
            _ => return None,
        })
    }

    /// What operators call it, for screens and messages.
    pub fn label(&self) -> &str {
        match self {
            Self::Consent => "Consent",
            Self::PersonalInfo => "Sign-up form",
            Self::EmailVerification => "E-mail code",
            Self::PhoneVerification => "Phone code",
            Self::Instructions => "Instructions",
            Self::BasicInformation => "Basic information",
            Self::DocumentVerification => "Document",
            Self::BiometricVerification => "Liveness",
            Self::FaceComparison => "Face compare",
            Self::CriminalHistory => "Criminal history",
            Self::Form => "Custom form",
            Self::Signature => "Signature",
            Self::End => "End",
            Self::Other(raw) => raw,
        }
    }

    /// Position in the order of a flow; unknown steps come last.
    pub fn position(&self) -> usize {
        Self::ALL.iter().position(|kind| kind == self).unwrap_or(Self::ALL.len())
    }
}

open_word! {
    /// The state of one step or check.
    StepState {
        /// Not reached.
        Pending = "pending" | "not_started" | "new" | "sent",
        /// Begun, no outcome yet.
        InProgress = "in_progress" | "processing" | "assessing" | "ongoing",
        /// Passed.
        Completed = "completed" | "passed" | "success" | "validated" | "active",
        /// Did not pass.
        Failed = "failed" | "rejected" | "not_found",
        /// The flow does not ask for it, or the person chose not to.
        Skipped = "skipped" | "skip",
        /// Ran out of time.
        Expired = "expired",
        /// A person has to look.
        Review = "review" | "manual_review" | "under_review" | "needs_manual_verification" | "active_but_unverified",
    } else Unknown
}

impl StepState {
    /// Whether the step needs nothing more.
    pub fn is_settled(&self) -> bool {
        matches!(self, Self::Completed | Self::Skipped)
    }
}

open_word! {
    /// Whether the flow asks for a step.
    Requirement {
        /// Must be passed.
        Mandatory = "mandatory" | "required",
        /// May be passed.
        Optional = "optional",
        /// Not asked for.
        Skip = "skip" | "skipped",
    } else Unknown
}

open_word! {
    /// The outcome of one verification, in the words of `verificationResults`.
    Outcome {
        /// Passed.
        Passed = "passed" | "completed" | "success" | "clear",
        /// Failed.
        Failed = "failed" | "rejected" | "found",
        /// Asked for, no answer yet.
        Pending = "pending" | "in_progress" | "processing",
        /// A person has to decide.
        Review = "review" | "manual_review" | "under_review",
        /// Ran, but yielded no measurement (or its result is no longer stored): neither passed nor failed.
        NotMeasured = "not_measured",
        /// The flow does not ask for it.
        NotRequired = "not_required" | "skipped" | "skip",
    } else Unknown
}

/// One step of one registration.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Step {
    /// What it is about.
    pub kind: StepKind,
    /// Where it stands.
    pub state: StepState,
    /// Whether the flow asks for it; `None` where the source did not say.
    pub requirement: Option<Requirement>,
    /// When it began.
    pub started: Option<Moment>,
    /// When it reached its state, if that state is an outcome.
    pub finished: Option<Moment>,
    /// Attempts that count against the limit.
    pub attempts: u32,
    /// How many counted attempts the flow allows.
    pub attempt_limit: Option<u32>,
}

impl Step {
    /// A step nobody has touched.
    pub fn pending(kind: StepKind) -> Self {
        Self {
            kind,
            state: StepState::Pending,
            requirement: None,
            started: None,
            finished: None,
            attempts: 0,
            attempt_limit: None,
        }
    }

    /// The one time an overview object shows for a step: its end, else its start.
    pub fn timestamp(&self) -> Option<Moment> {
        self.finished.or(self.started)
    }
}
