//! What holds whatever is asked, in whatever order.

use proptest::prelude::*;

use super::super::{Command, Digest, Event, Fact, Origin, State, Sync, replay, run};
use super::{Desk, document, minute, selfie};
use crate::backend::{Annotation, Caller, CallerKind, Channel, SyncStep};
use crate::model::{
    BackgroundSource, CodeOutcome, Evidence, LivenessCheck, SourceStatus, Status, StepKind, StepState, Verdict,
};

fn evidence() -> impl Strategy<Value = Evidence> {
    let state = prop_oneof![
        1 => Just(StepState::Completed),
        6 => Just(StepState::Failed),
        1 => Just(StepState::Review),
        1 => Just(StepState::InProgress),
        2 => Just(StepState::Expired)
    ];
    let outcome = prop_oneof![Just(CodeOutcome::Sent), Just(CodeOutcome::Passed), Just(CodeOutcome::Failed)];
    let status = prop_oneof![Just(SourceStatus::Clear), Just(SourceStatus::Found), Just(SourceStatus::Error)];
    prop_oneof![
        4 => state.prop_map(document),
        4 => (0.0..=1.0).prop_map(selfie),
        1 => Just(Evidence::BiometricVerification {
            liveness: Box::new(LivenessCheck {
                failed_reason: Some("no_face_detected".into()),
                ..LivenessCheck::default()
            })
        }),
        1 => outcome.prop_map(|outcome| Evidence::EmailVerification { outcome }),
        1 => (0.0..=1.0).prop_map(|score| Evidence::FaceComparison { score, min_score: None }),
        1 => status.prop_map(|status| Evidence::CriminalHistory {
            sources: vec![BackgroundSource::new("list", status)]
        }),
        1 => any::<bool>().prop_map(|accepted| Evidence::Consent { accepted }),
        1 => Just(Evidence::Instructions {}),
        1 => Just(Evidence::Signature {}),
        1 => Just(Evidence::Form { answers: serde_json::from_str(r#"{"pets": null, "more": {"none": null}}"#).unwrap() }),
    ]
}

fn sync() -> impl Strategy<Value = Sync> {
    let step = prop_oneof![
        2 => Just(SyncStep::AdminOverride),
        1 => Just(SyncStep::SkipKyc),
        5 => proptest::sample::select(StepKind::ALL).prop_map(SyncStep::Flow),
        2 => Just(SyncStep::Flow(StepKind::End)),
    ];
    let by = prop_oneof![Just(CallerKind::Operator), Just(CallerKind::Enrollee)];
    let report = proptest::option::of((step, proptest::sample::select(Status::ALL)));
    (report, by).prop_map(|(step, by)| Sync {
        step,
        note: None,
        seen_version: None,
        by,
        token: Some(Digest::of_token("login")),
    })
}

fn annotation() -> impl Strategy<Value = (Annotation, &'static str)> {
    let rule = proptest::sample::select(vec!["DOC-01", "BIO-01"]);
    let verdict = proptest::option::of(proptest::sample::select(&Verdict::ALL[..]));
    let annotation = prop_oneof![
        2 => Just(Annotation::Claim),
        1 => Just(Annotation::Release),
        1 => Just(Annotation::Wake),
        1 => Just(Annotation::Note { text: "called".into() }),
        2 => (rule, verdict).prop_map(|(rule, verdict)| Annotation::Verdict { rule: rule.to_owned(), verdict }),
    ];
    (annotation, proptest::sample::select(vec!["alba", "bruno"]))
}

fn command() -> impl Strategy<Value = Command> {
    let code = || (0..3_u8).prop_map(|code| Digest::of_token(&code.to_string()));
    prop_oneof![
        15 => evidence().prop_map(|evidence| Command::Record { evidence, origin: Origin::default() }),
        2 => code().prop_map(|code| Command::SendCode { channel: Channel::Email, code, origin: Origin::default() }),
        6 => code().prop_map(|code| Command::EnterCode { channel: Channel::Email, code }),
        3 => sync().prop_map(Command::Sync),
        1 => code().prop_map(|token| Command::Resend { token, send_email: false }),
        2 => annotation().prop_map(|(annotation, name)| Command::Annotate {
            annotation,
            by: Caller::operator().named(name),
        }),
        1 => Just(Command::Expire),
    ]
}

/// A few minutes on as a rule, now and then back, and now and then past the lifetime.
fn pace() -> impl Strategy<Value = i64> {
    prop_oneof![40 => 0..30_i64, 5 => -60..0_i64, 1 => 5_000..12_000_i64]
}

fn check_limits(state: &State) {
    for step in &state.registration.steps {
        let counted = state.registration.counted_failures(&step.kind);
        assert!(counted <= 3, "{} has {counted} counted failures", step.kind);
    }
    let wrong = state.registration.checks.email.as_ref().map_or(0, |check| check.attempts);
    assert!(wrong <= 3, "{wrong} codes were tried");
}

/// The documented transitions that need nobody's decision, written down a second time.
const BY_FLOW: &[(Status, &[Status])] = &[
    (Status::Started, &[Status::Ongoing, Status::CompletedWithoutKyc, Status::Expired]),
    (
        Status::Ongoing,
        &[
            Status::Completed,
            Status::CompletedWithoutKyc,
            Status::Failed,
            Status::NeedsManualVerification,
            Status::Expired,
        ],
    ),
    (
        Status::NeedsManualVerification,
        &[Status::Completed, Status::CompletedWithoutKyc, Status::Failed, Status::Ongoing],
    ),
];

fn check_transitions(batch: &[Event]) {
    let reviewed = batch.iter().any(|event| matches!(event.fact, Fact::Reviewed { .. }));
    let resent = batch.iter().any(|event| matches!(event.fact, Fact::LinkResent));
    for event in batch {
        let Fact::StatusChanged { from, to } = &event.fact else { continue };
        let by_flow = BY_FLOW.iter().any(|(before, after)| before == from && after.contains(to));
        let by_link = resent && (from, to) == (&Status::Expired, &Status::Ongoing);
        let by_person = reviewed && !matches!(to, Status::Started | Status::Expired);
        assert!(by_flow || by_link || by_person, "{from} became {to} without right");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn no_sequence_of_commands_breaks_the_rules(
        mandatory in proptest::sample::subsequence(StepKind::ALL, 0..=StepKind::ALL.len()),
        commands in proptest::collection::vec((command(), pace()), 1..80),
    ) {
        let Desk { mut state, mut events } = Desk::open(&mandatory);
        let mut minutes = 0;
        for (command, pace) in commands {
            minutes += pace;
            let before = state.clone();
            let ran = run(Some(state), &command, &Caller::operator(), minute(minutes)).expect("it exists");
            check_transitions(&ran.events);
            check_limits(&ran.state);
            prop_assert_eq!(ran.state.events, before.events + ran.events.len() as u64);
            events.extend(ran.events);
            state = ran.state;
        }
        prop_assert!(events.is_sorted_by_key(|event| event.at), "time ran backwards");
        let replayed = replay(&events);
        prop_assert_eq!(replayed.as_ref(), Some(&state));
        let stored = serde_json::to_vec(&events).unwrap();
        let read: Vec<Event> = serde_json::from_slice(&stored).unwrap();
        prop_assert_eq!(&read, &events);
        let snapshot = State::from_stored(&state.to_stored().unwrap()).unwrap();
        prop_assert_eq!(snapshot, state);
    }
}
