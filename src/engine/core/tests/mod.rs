//! The rules, tried out on one registration of a flow that demands everything.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod announcements;
mod codes;
mod importing;
mod lifecycle;
mod opening;
mod properties;
mod steps;
mod sync;
mod unprinted;

use chrono::{DateTime, TimeDelta};

use super::{Command, Create, Event, Origin, Refusal, State, Sync, advance, apply, decide};
use crate::backend::{CallerKind, SyncStep};
use crate::model::{
    Contact, DocumentCheck, Evidence, Flow, FlowSettings, FlowStep, Gateway, LivenessCheck, Project, RegistrationId,
    Requirement, Status, StepKind, StepState, Timestamp,
};

/// Minutes after the registration was opened.
fn minute(minutes: i64) -> Timestamp {
    DateTime::from_timestamp(1_760_000_000, 0).unwrap() + TimeDelta::minutes(minutes)
}

fn project() -> Project {
    Project { id: "project".into(), name: "Test".into(), status: Some("active".into()), ..Project::default() }
}

/// A flow in which each of these steps is mandatory with a limit of three, and all others optional.
fn flow(mandatory: &[StepKind]) -> Flow {
    let steps = StepKind::ALL
        .iter()
        .map(|kind| FlowStep {
            kind: kind.clone(),
            requirement: if mandatory.contains(kind) { Requirement::Mandatory } else { Requirement::Optional },
            attempt_limit: Some(3),
        })
        .collect();
    let settings = FlowSettings {
        steps,
        email_gateway: Some(Gateway::Mailgun),
        phone_gateway: Some(Gateway::Sms),
        liveness_min: Some(0.6),
        compare_min: Some(0.85),
        code_minutes: Some(10),
        expiry_days: Some(7),
        ..FlowSettings::default()
    };
    Flow {
        id: "flow".into(),
        project_id: "project".into(),
        name: "Flow".into(),
        status: Some("active".into()),
        settings,
    }
}

fn opening(flow: Flow) -> Create {
    Create {
        id: RegistrationId::new("0123456789abcdef01234567"),
        user_id: "user".into(),
        project: project(),
        flow,
        contact: Contact {
            email: Some("Alba@Example.com".into()),
            phone: Some("202 555 0101".into()),
            country_code: Some("+1".into()),
            first_name: Some("Alba".into()),
            last_name: Some("Muestra".into()),
            ..Contact::default()
        },
        taken: None,
        token: None,
        origin: Origin::default(),
    }
}

/// One registration and all that happened to it.
struct Desk {
    state: State,
    events: Vec<Event>,
}

impl Desk {
    fn open(mandatory: &[StepKind]) -> Self {
        let command = Command::Create(Box::new(opening(flow(mandatory))));
        let (state, events) = advance(None, &command, minute(0)).unwrap();
        Self { state, events }
    }

    fn run(&mut self, command: &Command, at: Timestamp) -> Result<(), Refusal> {
        let events = decide(Some(&self.state), command, at)?;
        self.state = events.iter().fold(Some(self.state.clone()), apply).unwrap();
        self.events.extend(events);
        Ok(())
    }

    fn record(&mut self, evidence: Evidence, minutes: i64) -> Result<(), Refusal> {
        self.run(&Command::Record { evidence, origin: Origin::default() }, minute(minutes))
    }

    fn report(&mut self, step: StepKind, status: Status, minutes: i64) -> Result<(), Refusal> {
        let request = Sync::report(SyncStep::Flow(step), status, CallerKind::Enrollee);
        self.run(&Command::Sync(request), minute(minutes))
    }

    fn recompute(&mut self, minutes: i64) -> Status {
        self.run(&Command::Sync(Sync::recompute(CallerKind::Operator)), minute(minutes)).unwrap();
        self.status().clone()
    }

    fn decide(&mut self, to: Status, minutes: i64) -> Result<(), Refusal> {
        let request = Sync::report(SyncStep::AdminOverride, to, CallerKind::Operator);
        self.run(&Command::Sync(request), minute(minutes))
    }

    fn status(&self) -> &Status {
        &self.state.registration.status
    }

    fn step(&self, kind: &StepKind) -> StepState {
        self.state.registration.step(kind).unwrap().state.clone()
    }
}

fn document(state: StepState) -> Evidence {
    let failed_reason = (state == StepState::Failed).then(|| "document_number_is_not_extracted".to_owned());
    Evidence::DocumentVerification {
        document: Box::new(DocumentCheck {
            state,
            failed_reason,
            number: Some("X0000001".into()),
            ..DocumentCheck::default()
        }),
    }
}

fn selfie(score: f64) -> Evidence {
    Evidence::BiometricVerification {
        liveness: Box::new(LivenessCheck { score: Some(score), ..LivenessCheck::default() }),
    }
}

fn code_of(refused: Result<(), Refusal>) -> &'static str {
    refused.expect_err("was not refused").code
}
