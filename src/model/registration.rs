//! The registration itself.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{
    Checks, Delivery, DeskNotes, FlowSettings, Moment, Outcome, Personal, Project, ReviewNote, SharedText, Status,
    Step, StepKind, Timestamp, debug_only,
};

/// The id of a registration: opaque, compared byte by byte. Many places hold the same one, so copies share its text.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RegistrationId(SharedText);

impl RegistrationId {
    /// Wraps an id.
    pub fn new(id: impl Into<String>) -> Self {
        Self(id.into().into())
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for RegistrationId {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.pad(&self.0)
    }
}

impl From<String> for RegistrationId {
    fn from(id: String) -> Self {
        Self::new(id)
    }
}

impl From<&str> for RegistrationId {
    fn from(id: &str) -> Self {
        Self(id.into())
    }
}

/// One person's attempt to open an account and prove who they are.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Registration {
    /// Opaque id.
    pub id: RegistrationId,
    /// The subject: the service's user, else the biometric person, else the information object.
    pub user_id: Option<String>,
    /// The project.
    pub project: ProjectRef,
    /// The flow, with the settings in force where the source tells them.
    pub flow: FlowRef,
    /// Where it stands.
    pub status: Status,
    /// The step that was reported last (not the next one); `None` when nothing was reported.
    pub current_step: Option<StepKind>,
    /// How the person can be reached.
    pub contact: Contact,
    /// The steps in the order of the flow.
    pub steps: Vec<Step>,
    /// The verdicts.
    pub results: Results,
    /// The measured scores and the minimums in force.
    pub scores: Scores,
    /// The evidence behind steps, verdicts and scores.
    pub checks: Checks,
    /// Attempts that failed, oldest first.
    pub failed_attempts: Vec<Attempt>,
    /// Who touched it, oldest first.
    pub access_log: Vec<AccessEntry>,
    /// Flags the source itself reported; ours are derived in `triage`.
    pub reported_flags: Vec<ReportedFlag>,
    /// Decisions by people, oldest first.
    pub reviews: Vec<Review>,
    /// What the people at this desk say about it.
    #[serde(default)]
    pub desk: DeskNotes,
    /// What its webhook was told, oldest first, where the source keeps that.
    #[serde(default)]
    pub deliveries: Vec<Delivery>,
    /// When the latest link was sent again.
    pub link_resent: Option<Moment>,
    /// How often a link was sent again.
    pub link_resends: u32,
    /// When it was created.
    pub created_at: Timestamp,
    /// When anything last changed.
    pub updated_at: Timestamp,
    /// When it reached its final status.
    pub completed_at: Option<Moment>,
    /// When it runs out.
    pub expires_at: Option<Timestamp>,
    /// Counts changes; 0 where the source has no versions.
    pub version: u64,
    /// Keys of the source that the model has no place for, as they were.
    pub extra: Map<String, Value>,
}

debug_only!(Registration {
    id,
    project,
    flow,
    status,
    current_step,
    contact,
    steps,
    results,
    scores,
    checks,
    failed_attempts,
    access_log,
    reported_flags,
    reviews,
    desk,
    deliveries,
    link_resent,
    link_resends,
    created_at,
    updated_at,
    completed_at,
    expires_at,
    version
});

/// The word for the state of a check of which only the id is known.
pub const NOT_LOADED: &str = "not loaded";

impl Registration {
    /// Whether of a check only the id is known: a list told of it without its object.
    pub fn has_unloaded(&self) -> bool {
        let checks = &self.checks;
        let states = [
            checks.email.as_ref().map(|code| &code.state),
            checks.phone.as_ref().map(|code| &code.state),
            checks.document.as_ref().map(|document| &document.state),
            checks.liveness.as_ref().map(|liveness| &liveness.state),
        ];
        states.into_iter().flatten().any(|state| matches!(state, super::StepState::Unknown(word) if word == NOT_LOADED))
    }

    /// A registration about which nothing but its identity is known.
    pub fn new(id: RegistrationId, created_at: Timestamp) -> Self {
        Self {
            id,
            user_id: None,
            project: ProjectRef::default(),
            flow: FlowRef::default(),
            status: Status::Started,
            current_step: None,
            contact: Contact::default(),
            steps: Vec::new(),
            results: Results::default(),
            scores: Scores::default(),
            checks: Checks::default(),
            failed_attempts: Vec::new(),
            access_log: Vec::new(),
            reported_flags: Vec::new(),
            reviews: Vec::new(),
            desk: DeskNotes::default(),
            deliveries: Vec::new(),
            link_resent: None,
            link_resends: 0,
            created_at,
            updated_at: created_at,
            completed_at: None,
            expires_at: None,
            version: 0,
            extra: Map::new(),
        }
    }

    /// The step of a kind, if the registration has it.
    pub fn step(&self, kind: &StepKind) -> Option<&Step> {
        self.steps.iter().find(|step| &step.kind == kind)
    }

    /// The best name known: as typed, else as on the document.
    pub fn name(&self) -> Option<&Personal> {
        self.contact
            .full_name
            .as_ref()
            .or_else(|| self.checks.information.as_ref().and_then(|information| information.full_name.as_ref()))
            .or_else(|| self.checks.document.as_ref().and_then(|document| document.full_name.as_ref()))
    }

    /// Attempts at a step that count against its limit.
    pub fn counted_failures(&self, kind: &StepKind) -> u32 {
        self.failed_attempts.iter().filter(|attempt| attempt.counts && &attempt.step == kind).count() as u32
    }
}

/// The project of a registration.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ProjectRef {
    /// Opaque id.
    pub id: String,
    /// Name, where known.
    pub name: Option<String>,
    /// From which countries documents are taken, as written; `All` is one of them where any country is, as is an empty
    /// list. `None` where the source does not tell.
    pub allowed_countries: Option<Vec<String>>,
}

impl ProjectRef {
    /// What a registration keeps of its project as it is now.
    pub fn of(project: &Project) -> Self {
        Self {
            id: project.id.clone(),
            name: Some(project.name.clone()),
            allowed_countries: Some(project.allowed_countries.clone()),
        }
    }
}

/// The flow of a registration.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct FlowRef {
    /// Opaque id.
    pub id: String,
    /// Name, where known.
    pub name: Option<String>,
    /// `active`, `paused`, … as of the last reading, where known.
    pub status: Option<String>,
    /// The settings in force, where known.
    pub settings: Option<FlowSettings>,
}

/// How a person can be reached and addressed.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Contact {
    /// E-mail address.
    pub email: Option<Personal>,
    /// Phone, digits without country code.
    pub phone: Option<Personal>,
    /// `+` and one to three digits.
    pub country_code: Option<String>,
    /// Full name.
    pub full_name: Option<Personal>,
    /// First names.
    pub first_name: Option<Personal>,
    /// Last names.
    pub last_name: Option<Personal>,
    /// Language code, for example `es`.
    pub language: Option<String>,
}

/// The verdicts, in the words of the mission's `verificationResults`. `None`: the source does not say.
#[derive(Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Results {
    /// The document as a whole.
    pub document_verification: Option<Outcome>,
    /// Liveness and face compare together.
    pub biometric_verification: Option<Outcome>,
    /// Liveness alone.
    pub liveness_detection: Option<Outcome>,
    /// Face compare alone.
    pub face_comparison: Option<Outcome>,
    /// Criminal records and watch lists.
    pub criminal_history: Option<Outcome>,
    /// The e-mail code.
    pub email_verification: Option<Outcome>,
    /// The phone code.
    pub phone_verification: Option<Outcome>,
    /// Verdicts under names the model does not know.
    #[serde(flatten)]
    pub other: Map<String, Value>,
}

debug_only!(Results {
    document_verification,
    biometric_verification,
    liveness_detection,
    face_comparison,
    criminal_history,
    email_verification,
    phone_verification
});

/// Measured scores and the minimums in force, 0 to 1; `name_match` is 0 to 100.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Scores {
    /// Liveness, measured.
    pub liveness: Option<f64>,
    /// Liveness must be strictly above this.
    pub liveness_min: Option<f64>,
    /// Face compare, measured.
    pub face_compare: Option<f64>,
    /// Face compare must reach this.
    pub face_compare_min: Option<f64>,
    /// Name match with the registry, percent.
    pub name_match: Option<f64>,
    /// Confidence of the document's reading.
    pub document_confidence: Option<f64>,
}

/// One failed attempt at a step.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Attempt {
    /// The step.
    pub step: StepKind,
    /// When, where known.
    pub at: Option<Moment>,
    /// Why, as a known code.
    pub reason: Option<String>,
    /// Whether it counts against the limit. A blurred or badly lit capture does not.
    pub counts: bool,
    /// The score measured, where one was.
    pub score: Option<f64>,
    /// The document number read in this attempt.
    #[serde(default)]
    pub document_number: Option<Personal>,
}

debug_only!(Attempt { step, at, counts, score, document_number });

/// One access to a registration.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AccessEntry {
    /// When.
    pub at: Option<Timestamp>,
    /// Who: `operator`, `client`, `enrollee`, `system`, or the source's word.
    pub actor: String,
    /// From where.
    pub ip: Option<String>,
    /// What was tried, for example `sync document`.
    pub action: String,
    /// `allowed` or `denied`.
    pub outcome: String,
    /// Why it was denied.
    pub reason: Option<String>,
}

debug_only!(AccessEntry { at, action, outcome });

/// A flag that the source itself raised.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ReportedFlag {
    /// The source's own code.
    pub code: String,
    /// What the source says of it, opaque.
    pub detail: Value,
}

debug_only!(ReportedFlag { code });

/// A decision by a person.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Review {
    /// When.
    pub at: Option<Timestamp>,
    /// Who.
    pub by: Option<String>,
    /// Status before.
    pub from: Status,
    /// Status after.
    pub to: Status,
    /// Code of the reason, where one was given.
    #[serde(default)]
    pub reason: Option<String>,
    /// The reviewer's words.
    pub note: Option<String>,
}

debug_only!(Review { at, by, from, to });

impl Review {
    /// A decision with the note that was sent with it.
    pub fn noted(from: Status, to: Status, note: Option<&str>) -> Self {
        let ReviewNote { reason, words } = note.map(ReviewNote::parse).unwrap_or_default();
        Self { at: None, by: None, from, to, reason, note: words }
    }
}
