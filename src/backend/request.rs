//! Requests and replies, in model types.

use secrecy::SecretString;

use crate::model::{Contact, Registration, RegistrationId, Status, StepKind, Timestamp};

/// Who asks, and from where: this goes to the access log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// In which role.
    pub kind: CallerKind,
    /// IP address, where there is one.
    pub ip: Option<String>,
    /// Browser or app, where there is one.
    pub user_agent: Option<String>,
}

/// The role of a caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CallerKind {
    /// A person at this console or command line.
    Operator,
    /// Someone with the tenant's token.
    Client,
    /// The person who registers.
    Enrollee,
    /// The program itself.
    System,
}

impl CallerKind {
    /// The word in the access log.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Operator => "operator",
            Self::Client => "client",
            Self::Enrollee => "enrollee",
            Self::System => "system",
        }
    }
}

impl Caller {
    /// A person at this console or command line.
    pub fn operator() -> Self {
        Self { kind: CallerKind::Operator, ip: None, user_agent: None }
    }

    /// The program itself.
    pub fn system() -> Self {
        Self { kind: CallerKind::System, ip: None, user_agent: None }
    }
}

/// Which page of registrations. Empty filters let everything through.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListRequest {
    /// From 1.
    pub page: u32,
    /// 1 to 100.
    pub limit: u32,
    /// Any of these.
    pub statuses: Vec<Status>,
    /// Project id.
    pub project: Option<String>,
    /// Flow id.
    pub flow: Option<String>,
}

impl ListRequest {
    /// The largest page the wire allows.
    pub const MAX_LIMIT: u32 = 100;

    /// A page without filters.
    pub fn page(page: u32, limit: u32) -> Self {
        Self { page, limit, statuses: Vec::new(), project: None, flow: None }
    }
}

/// One page of registrations, newest first.
#[derive(Debug, Clone, PartialEq)]
pub struct Page {
    /// The rows.
    pub registrations: Vec<Registration>,
    /// How many match in all, where the source says.
    pub total: Option<u64>,
    /// The page number.
    pub page: u32,
    /// How many pages, where the source says.
    pub pages: Option<u32>,
    /// Rows that could not be read, each with the reason; a bad row does not break its page.
    pub refused: Vec<String>,
}

/// What a new registration needs.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct CreateRequest {
    /// Project id.
    pub project: String,
    /// Flow id.
    pub flow: String,
    /// The caller's own id for the person.
    pub user_id: Option<String>,
    /// E-mail or phone with country code; names and language if known.
    pub contact: Contact,
}

/// A new registration.
#[derive(Debug, Clone)]
pub struct Created {
    /// As stored.
    pub registration: Registration,
    /// The person's token: shown once, on request, never stored or logged.
    pub token: Option<SecretString>,
}

/// What a sync asks for. Without a step, the status is recomputed from the evidence.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SyncRequest {
    /// The step that is reported, and the status asked for.
    pub step: Option<(SyncStep, Status)>,
    /// A reviewer's words; only with [`SyncStep::AdminOverride`].
    pub note: Option<String>,
    /// The version the operator saw; a mismatch is a conflict. `None` does not check.
    pub seen_version: Option<u64>,
}

/// The steps that can be reported to `sync`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SyncStep {
    /// A step of the flow.
    Flow(StepKind),
    /// Finish without verification.
    SkipKyc,
    /// A decision by a person.
    AdminOverride,
}

impl SyncStep {
    /// Reads `skipKYC`, `adminOverride` or any spelling of a step.
    pub fn parse(word: &str) -> Self {
        match crate::model::fold_word(word).as_str() {
            "skip_kyc" | "skipkyc" => Self::SkipKyc,
            "admin_override" | "adminoverride" => Self::AdminOverride,
            _ => Self::Flow(StepKind::parse(word)),
        }
    }

    /// The live dialect's word.
    pub fn live_name(&self) -> &str {
        match self {
            Self::SkipKyc => "skipKYC",
            Self::AdminOverride => "adminOverride",
            Self::Flow(kind) => kind.live_name().unwrap_or(kind.as_str()),
        }
    }
}

/// Something that stands between a registration and completion.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Blocker {
    /// The step concerned.
    pub step: StepKind,
    /// A stable code, for example `document_in_review`.
    pub code: String,
    /// One sentence for people.
    pub message: String,
}

/// What a sync did.
#[derive(Debug, Clone)]
pub struct SyncOutcome {
    /// As it stands now.
    pub registration: Registration,
    /// The status that was asked for, if one was.
    pub asked: Option<Status>,
    /// What stands between it and completion.
    pub blockers: Vec<Blocker>,
    /// A token the source handed out.
    pub token: Option<SecretString>,
}

/// What a resend asks for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ResendRequest {
    /// Also send the link by e-mail.
    pub send_email: bool,
}

/// A fresh link.
#[derive(Debug, Clone)]
pub struct ResentLink {
    /// The registration after the resend.
    pub registration: Registration,
    /// The token in the link.
    pub token: Option<SecretString>,
    /// The link itself; holds the token.
    pub link: Option<SecretString>,
    /// When it dies.
    pub expires_at: Option<Timestamp>,
    /// Whether an e-mail went out; `None` if none was asked for.
    pub email_sent: Option<bool>,
}

/// The kinds of token the engine hands out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TokenKind {
    /// From create.
    Enrollee,
    /// From resend-link.
    Continuation,
    /// From the end of a flow.
    Login,
}

/// What a token allows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenScope {
    /// The registration it belongs to.
    pub registration: RegistrationId,
    /// Its kind.
    pub kind: TokenKind,
    /// When it dies.
    pub expires_at: Timestamp,
    /// Whether it has died already.
    pub expired: bool,
}
