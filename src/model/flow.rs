//! Projects and flows: what a registration is asked for.

use serde::{Deserialize, Serialize};

use super::{Requirement, StepKind, open_word};

open_word! {
    /// The channel that carries a code. `None` means "collected, not verified".
    Gateway {
        /// No code is sent.
        None = "none" | "" | "off" | "disabled",
        /// E-mail.
        Mailgun = "mailgun" | "email",
        /// Text message.
        Sms = "sms",
        /// WhatsApp.
        Whatsapp = "whatsapp",
        /// Text message and WhatsApp.
        Both = "both",
    } else Other
}

/// A project: the tenant's product that people register for.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Project {
    /// Opaque id.
    pub id: String,
    /// Display name.
    pub name: String,
    /// `draft`, `active`, `paused` or whatever the source says.
    pub status: Option<String>,
    /// Country names, or `All`.
    pub allowed_countries: Vec<String>,
    /// A project of test traffic.
    pub demo: bool,
}

/// A project flow: the configured steps and thresholds of a project.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Flow {
    /// Opaque id.
    pub id: String,
    /// The project it belongs to.
    pub project_id: String,
    /// Display name.
    pub name: String,
    /// `active`, `paused`, …
    pub status: Option<String>,
    /// What it asks for.
    pub settings: FlowSettings,
}

/// What a flow asks of one step.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FlowStep {
    /// Which step.
    pub kind: StepKind,
    /// Whether it is asked for.
    pub requirement: Requirement,
    /// How many counted failures are allowed, where the step has a limit.
    #[serde(default)]
    pub attempt_limit: Option<u32>,
}

/// Steps, thresholds and lifetimes of a flow. `None` means that the source did not say; the defaults of
/// [`FlowSettings::DEFAULTS`] are then assumed by whoever needs a number, and shown as assumed.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct FlowSettings {
    /// Steps in order. A step that is absent is unknown, not skipped.
    pub steps: Vec<FlowStep>,
    /// How the e-mail code is sent.
    pub email_gateway: Option<Gateway>,
    /// How the phone code is sent.
    pub phone_gateway: Option<Gateway>,
    /// Liveness passes strictly above this score, 0 to 1.
    pub liveness_min: Option<f64>,
    /// Face compare passes at or above this score, 0 to 1.
    pub compare_min: Option<f64>,
    /// Face search counts as a hit at or above this score, 0 to 1.
    pub search_min: Option<f64>,
    /// Name match passes at or above this percentage, 0 to 100.
    pub name_match_min: Option<f64>,
    /// Whether the names on document and registry are compared.
    pub verify_names: Option<bool>,
    /// Whether terms or privacy notice are shown, so that consent is owed.
    pub asks_consent: Option<bool>,
    /// Whether only a live scan of the document is accepted.
    pub scan_only: Option<bool>,
    /// Lifetime of the token handed out at creation, minutes.
    pub token_minutes: Option<u32>,
    /// Lifetime of a resent link, minutes.
    pub link_minutes: Option<u32>,
    /// Lifetime of a code, minutes.
    pub code_minutes: Option<u32>,
    /// Days without completion after which the registration expires.
    pub expiry_days: Option<u32>,
}

/// The numbers that apply where a flow does not name one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FlowDefaults {
    /// 0 to 1; the service's create page for liveness.
    pub liveness_min: f64,
    /// 0 to 1; the service's companion guide.
    pub compare_min: f64,
    /// 0 to 100; what the service's own console calls a mismatch below.
    pub name_match_min: f64,
    /// Counted failures per step; the service's default for document and liveness, and for codes.
    pub attempt_limit: u32,
    /// Minutes; documented with the resend call.
    pub token_minutes: u32,
    /// Minutes; documented with the resend call.
    pub link_minutes: u32,
    /// Minutes; documented with the validate calls.
    pub code_minutes: u32,
    /// Days; our own choice, the service does not document one.
    pub expiry_days: u32,
}

impl FlowSettings {
    /// See [`FlowDefaults`].
    pub const DEFAULTS: FlowDefaults = FlowDefaults {
        liveness_min: 0.6,
        compare_min: 0.85,
        name_match_min: 80.0,
        attempt_limit: 3,
        token_minutes: 120,
        link_minutes: 30,
        code_minutes: 10,
        expiry_days: 7,
    };

    /// What the flow says of a step.
    pub fn step(&self, kind: &StepKind) -> Option<&FlowStep> {
        self.steps.iter().find(|step| &step.kind == kind)
    }

    /// The requirement of a step, where the flow names one.
    pub fn requirement(&self, kind: &StepKind) -> Option<&Requirement> {
        self.step(kind).map(|step| &step.requirement)
    }

    /// Whether the flow insists on the step.
    pub fn is_mandatory(&self, kind: &StepKind) -> bool {
        self.requirement(kind) == Some(&Requirement::Mandatory)
    }

    /// Counted failures allowed for a step: the flow's number, else the default.
    pub fn attempt_limit(&self, kind: &StepKind) -> u32 {
        self.step(kind).and_then(|step| step.attempt_limit).unwrap_or(Self::DEFAULTS.attempt_limit)
    }
}
