//! What happened to a registration.

use serde::{Deserialize, Serialize};

use super::Digest;
use crate::backend::{Annotation, Channel, TokenKind};
use crate::model::{
    AccessEntry, Answers, Attempt, BackgroundSource, Contact, Delivery, DocumentCheck, FlowRef, Gateway, Information,
    LivenessCheck, Personal, ProjectRef, Registration, RegistrationId, Review, Status, StepKind, Timestamp, debug_only,
};

/// A fact with its time. The events of a registration, replayed in order, give its snapshot.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// When it happened; never before the event it follows.
    pub at: Timestamp,
    /// What happened.
    #[serde(flatten)]
    pub fact: Fact,
}

/// What can happen. Stored as JSON under the `type` tag: names and meanings are part of the store's format.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Fact {
    /// The registration was opened.
    Created(Box<Opening>),
    /// The registration was taken over from elsewhere, as it stood there.
    Imported(Box<Registration>),
    /// Terms and privacy notice were answered.
    ConsentAnswered {
        /// Accepted or refused.
        accepted: bool,
    },
    /// The sign-up form was submitted.
    FormSubmitted {
        /// What was typed.
        information: Box<Information>,
    },
    /// The instructions were read.
    InstructionsRead,
    /// Basic information was submitted.
    BasicInformationGiven {
        /// What was typed.
        information: Box<Information>,
    },
    /// A code went out.
    CodeSent {
        /// Where to.
        channel: Channel,
        /// The code, where the engine made it.
        code: Option<Digest>,
        /// How it was carried.
        gateway: Gateway,
        /// When it dies.
        expires_at: Timestamp,
        /// Where it was asked for from.
        ip: Option<Personal>,
        /// Wrong codes so far that count against the limit of this one too. None in events of a time when each code
        /// had a limit of its own.
        #[serde(default, skip_serializing_if = "is_zero")]
        spent: u32,
    },
    /// The right code was entered.
    CodeAccepted {
        /// Where it had gone.
        channel: Channel,
    },
    /// A wrong code was entered.
    CodeMistyped {
        /// Where it had gone.
        channel: Channel,
    },
    /// A code was entered after its time; no attempt is spent.
    CodeDied {
        /// Where it had gone.
        channel: Channel,
    },
    /// A document was scanned, or its check moved on.
    DocumentChecked {
        /// The scan with its verdict.
        document: Box<DocumentCheck>,
    },
    /// A selfie was taken, or its check moved on.
    LivenessChecked {
        /// The selfie with its verdict.
        liveness: Box<LivenessCheck>,
    },
    /// An attempt at a step failed.
    AttemptFailed {
        /// The attempt; its time is the event's.
        attempt: Attempt,
    },
    /// Selfie and document portrait were compared.
    FacesCompared {
        /// 0 to 1.
        score: f64,
        /// The minimum in force, 0 to 1.
        min_score: f64,
        /// The verdict.
        passed: bool,
    },
    /// Criminal records and watch lists answered.
    BackgroundChecked {
        /// Each list with its answer.
        sources: Vec<BackgroundSource>,
    },
    /// The project's own form was submitted.
    CustomFormSubmitted {
        /// The answers.
        answers: Answers,
    },
    /// The person signed.
    Signed,
    /// A step was reported.
    StepReported {
        /// Which.
        step: StepKind,
    },
    /// The status changed.
    StatusChanged {
        /// Before.
        from: Status,
        /// After.
        to: Status,
    },
    /// A person decided.
    Reviewed {
        /// The decision; its time is the event's.
        review: Review,
    },
    /// Counted failures were forgiven, so that the person may try again.
    AttemptsWaived,
    /// The same for wrong codes alone, because a fresh link was handed out.
    WrongCodesForgiven,
    /// The registration lives longer.
    LifetimeExtended {
        /// When it runs out now.
        until: Timestamp,
    },
    /// A fresh link was handed out.
    LinkResent,
    /// A token was handed out.
    TokenIssued {
        /// The token.
        token: Digest,
        /// Its kind.
        kind: TokenKind,
        /// When it dies.
        expires_at: Timestamp,
    },
    /// Somebody of the desk said something about the registration. Changes its version, but not its last change: that
    /// is about the person's process.
    Annotated {
        /// Who.
        by: String,
        /// What.
        annotation: Annotation,
    },
    /// A webhook was told of an event, or could not be told. Changes neither the version nor the last change.
    Announced {
        /// The try.
        delivery: Delivery,
    },
    /// Someone touched the registration. Changes neither its version nor its last change.
    Accessed {
        /// The entry; its time is the event's.
        entry: AccessEntry,
    },
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks with a reference")]
fn is_zero(number: &u32) -> bool {
    *number == 0
}

/// See [`Fact::Created`].
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct Opening {
    /// Its id.
    pub id: RegistrationId,
    /// The caller's id for the person.
    pub user_id: String,
    /// Its project.
    pub project: ProjectRef,
    /// Its flow with the settings that apply to it.
    pub flow: FlowRef,
    /// How the person can be reached.
    pub contact: Contact,
    /// Where it came from.
    pub ip: Option<String>,
    /// The browser or app it came from.
    pub user_agent: Option<String>,
    /// When it runs out.
    pub expires_at: Timestamp,
}

debug_only!(Opening { id, project, flow, contact, expires_at });
