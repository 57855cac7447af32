//! What can be asked of a registration.

use super::Digest;
use crate::backend::{Annotation, Caller, CallerKind, Channel, SyncStep};
use crate::model::{Contact, Evidence, Flow, Project, Registration, RegistrationId, Status, debug_only};

/// One request to the rules. Whatever is random (ids, tokens, codes) is made outside and comes in as a value, secrets
/// as digests, so that the same commands at the same times always give the same events.
#[derive(Debug, Clone, PartialEq)]
#[expect(clippy::large_enum_variant, reason = "most commands are evidence; one lives no longer than its request")]
pub enum Command {
    /// Opens a registration.
    Create(Box<Create>),
    /// Takes over a registration from elsewhere, as it stands there.
    Import(Box<Registration>),
    /// The outcome of a step.
    Record {
        /// What happened.
        evidence: Evidence,
        /// Where it was sent from.
        origin: Origin,
    },
    /// A code goes out to the person.
    SendCode {
        /// Where to.
        channel: Channel,
        /// The code, as [`Digest::of_code`].
        code: Digest,
        /// Where it was asked for from.
        origin: Origin,
    },
    /// A code was entered. A wrong or dead one is not a refusal: it yields [`super::Fact::CodeMistyped`] or
    /// [`super::Fact::CodeDied`], because it counts.
    EnterCode {
        /// Where the code had gone.
        channel: Channel,
        /// The code as typed, as [`Digest::of_code`].
        code: Digest,
    },
    /// Recomputes the status, reports a step, or decides.
    Sync(Sync),
    /// A fresh link for an unfinished registration; reopens an expired one.
    Resend {
        /// The token in the link.
        token: Digest,
        /// Whether the link also goes out by e-mail, which needs an address.
        send_email: bool,
    },
    /// Somebody of the desk says something about the registration.
    Annotate {
        /// What.
        annotation: Annotation,
        /// Who.
        by: Caller,
    },
    /// The lifetime is over. Refused before that.
    Expire,
    /// Someone touched the registration.
    NoteAccess(Access),
}

/// What a new registration starts from.
#[derive(Clone, PartialEq)]
pub struct Create {
    /// Its id.
    pub id: RegistrationId,
    /// The caller's id for the person, or a fresh one.
    pub user_id: String,
    /// Its project.
    pub project: Project,
    /// Its flow; the settings are kept with the registration, so later changes of the flow do not touch it.
    pub flow: Flow,
    /// How the person can be reached.
    pub contact: Contact,
    /// The contact that an open registration of the same project already has, if one does.
    pub taken: Option<Channel>,
    /// The enrollee token to hand out, if any.
    pub token: Option<Digest>,
    /// Where it came from.
    pub origin: Origin,
}

debug_only!(Create { id, project, flow, contact, taken, token, origin });

/// See [`Command::Sync`].
#[derive(Clone, PartialEq)]
pub struct Sync {
    /// The step reported and the status asked for; `None` recomputes.
    pub step: Option<(SyncStep, Status)>,
    /// A reviewer's words.
    pub note: Option<String>,
    /// The version the caller saw; a mismatch is refused.
    pub seen_version: Option<u64>,
    /// Who asks.
    pub by: CallerKind,
    /// The login token to hand out at `end` and `skipKYC`, if any.
    pub token: Option<Digest>,
}

debug_only!(Sync { step, seen_version, by, token });

impl Sync {
    /// Recomputes the status from the evidence.
    pub fn recompute(by: CallerKind) -> Self {
        Self { step: None, note: None, seen_version: None, by, token: None }
    }

    /// Reports a step.
    pub fn report(step: SyncStep, status: Status, by: CallerKind) -> Self {
        Self { step: Some((step, status)), ..Self::recompute(by) }
    }
}

/// Where a request came from.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Origin {
    /// IP address.
    pub ip: Option<String>,
    /// Browser or app.
    pub user_agent: Option<String>,
}

debug_only!(Origin {});

impl From<&Caller> for Origin {
    fn from(caller: &Caller) -> Self {
        Self { ip: caller.ip.clone(), user_agent: caller.user_agent.clone() }
    }
}

/// An entry for the access log; its time is the command's.
#[derive(Clone, PartialEq, Eq)]
pub struct Access {
    /// Who.
    pub actor: CallerKind,
    /// IP address.
    pub ip: Option<String>,
    /// What was tried, for example `sync document`.
    pub action: String,
    /// Why it was denied; `None` when it was allowed.
    pub denied: Option<String>,
}

debug_only!(Access { actor, action });

impl Command {
    /// What the access log calls it.
    pub fn action(&self) -> String {
        match self {
            Self::Create(_) => "create".to_owned(),
            Self::Import(_) => "import".to_owned(),
            Self::Record { evidence, .. } => format!("record {}", evidence.step()),
            Self::SendCode { channel, .. } => format!("send {} code", channel.as_str()),
            Self::EnterCode { channel, .. } => format!("enter {} code", channel.as_str()),
            Self::Sync(Sync { step: Some((step, _)), .. }) => format!("sync {}", step.live_name()),
            Self::Sync(_) => "sync".to_owned(),
            Self::Resend { .. } => "resend link".to_owned(),
            Self::Annotate { annotation, .. } => annotation.action(),
            Self::Expire => "expire".to_owned(),
            Self::NoteAccess(access) => access.action.clone(),
        }
    }
}
