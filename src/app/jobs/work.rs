//! What a job asks of each registration.

use crate::{
    app::{Effect, RequestId, export::Export},
    backend::{Annotation, BackendError, Blocker, ErrorKind, ResendRequest, SyncRequest, SyncStep},
    model::{Decision, Registration, RegistrationId, ReviewNote, Seen, Status},
};

/// What is asked of each registration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Work {
    /// A sync.
    Sync(SyncRequest),
    /// A decision by the operator.
    Decide(Decision, ReviewNote),
    /// A fresh link.
    Resend(ResendRequest),
    /// Something the desk says, that is the same when it is said twice.
    Annotate(Annotation),
    /// A row of a file.
    Export(Export),
}

/// What a registration's part of a job came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The backend answered with a status.
    Answered {
        /// The status asked for, if one was.
        asked: Option<Status>,
        /// The status it has now.
        got: Status,
        /// What stands between it and completion.
        blockers: Vec<Blocker>,
    },
    /// A link went out; whether by e-mail, where that is known.
    Sent(Option<bool>),
    /// It is noted.
    Noted,
    /// Its row is written.
    Written,
}

impl Work {
    /// The write for one registration as it was seen; none for rows, which are written many at a time.
    pub(super) fn effect(&self, request: RequestId, id: RegistrationId, seen: Seen) -> Option<Effect> {
        Some(match self {
            Self::Sync(sync) => Effect::Sync(request, id, sync.clone(), seen),
            Self::Decide(decision, note) => {
                let sync = SyncRequest {
                    step: Some((SyncStep::AdminOverride, decision.status())),
                    note: note.to_note(),
                    seen_version: None,
                };
                Effect::Sync(request, id, sync, seen)
            }
            Self::Resend(resend) => Effect::Resend(request, id, resend.clone()),
            Self::Annotate(annotation) => Effect::Annotate(request, id, annotation.clone()),
            Self::Export(_) => return None,
        })
    }

    /// The status that is asked for, if one is.
    pub fn asked(&self) -> Option<Status> {
        match self {
            Self::Sync(request) => request.step.as_ref().map(|(_, status)| status.clone()),
            Self::Decide(decision, _) => Some(decision.status()),
            Self::Resend(_) | Self::Annotate(_) | Self::Export(_) => None,
        }
    }

    /// Whether an operator decides.
    pub fn is_decision(&self) -> bool {
        matches!(self, Self::Decide(..))
    }

    /// How many may be under way at once. Decisions go one by one, so that stopping stops at the next.
    pub(super) fn concurrency(&self) -> usize {
        match self {
            Self::Sync(_) | Self::Resend(_) | Self::Annotate(_) => 4,
            Self::Decide(..) | Self::Export(_) => 1,
        }
    }

    /// What it is, in a word or two: `sync`, `approve`, …
    pub fn name(&self) -> &'static str {
        match self {
            Self::Sync(_) => "sync",
            Self::Decide(Decision::Approve, _) => "approve",
            Self::Decide(Decision::Reject, _) => "reject",
            Self::Decide(Decision::Review, _) => "manual review",
            Self::Resend(_) => "resend links",
            Self::Annotate(Annotation::Claim) => "claim",
            Self::Annotate(Annotation::Release) => "release",
            Self::Annotate(Annotation::Wake) => "wake",
            Self::Annotate(Annotation::Snooze { .. }) => "snooze",
            Self::Annotate(_) => "annotate",
            Self::Export(_) => "export",
        }
    }

    /// `Synced`, `Approved`, …, before how many.
    pub(super) fn done(&self) -> &'static str {
        match self {
            Self::Sync(_) => "Synced",
            Self::Decide(Decision::Approve, _) => "Approved",
            Self::Decide(Decision::Reject, _) => "Rejected",
            Self::Decide(Decision::Review, _) => "Put into manual review:",
            Self::Resend(_) => "Sent fresh links:",
            Self::Annotate(Annotation::Claim) => "Claimed",
            Self::Annotate(Annotation::Release) => "Released",
            Self::Annotate(Annotation::Wake) => "Woke",
            Self::Annotate(Annotation::Snooze { .. }) => "Snoozed",
            Self::Annotate(_) => "Annotated",
            Self::Export(_) => "Exported",
        }
    }

    /// What is there to say once all of it went well: how it can be taken back.
    pub(super) fn afterthought(&self) -> &'static str {
        match self {
            Self::Decide(..) => ". A decision is not taken back; deciding again overturns it",
            _ => "",
        }
    }
}

/// Whether it is unknown what a write with this error has done.
pub(in crate::app) fn leaves_unknown(error: &BackendError) -> bool {
    matches!(error.kind, ErrorKind::TimedOut | ErrorKind::Server)
}

/// What is known of a write after looking the registration up.
pub(super) enum Finding {
    /// It was not done; it may be tried again.
    NotDone,
    /// It was done.
    Done(Outcome),
    /// Something else happened in between.
    Moved,
}

impl Work {
    /// What became of a write without an answer, by the registration as it is now.
    pub(super) fn found(&self, seen: &Seen, now: &Registration) -> Finding {
        let got = now.status.clone();
        let asked = self.asked();
        match self {
            // Saying it once more changes nothing.
            Self::Annotate(_) | Self::Export(_) => Finding::NotDone,
            _ if seen.is_still(now) => Finding::NotDone,
            Self::Resend(_) if got == seen.status => Finding::Done(Outcome::Sent(None)),
            Self::Sync(_) | Self::Decide(..) if asked.as_ref().is_none_or(|asked| *asked == got) => {
                Finding::Done(Outcome::Answered { asked, got, blockers: Vec::new() })
            }
            Self::Resend(_) | Self::Sync(_) | Self::Decide(..) => Finding::Moved,
        }
    }
}
