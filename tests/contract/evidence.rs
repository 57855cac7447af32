//! Outcomes of steps, handed in by the behaviours.

use chrono::NaiveDate;
use regdesk::model::{
    Answers, BackgroundSource, CodeOutcome, DocumentCheck, DocumentKind, Evidence, FlowSettings, Information,
    LivenessCheck, Outcome, Requirement, SourceStatus, StepState,
};

/// A selfie with a score; the backend judges it.
pub fn selfie(score: f64) -> Evidence {
    Evidence::BiometricVerification {
        liveness: Box::new(LivenessCheck { score: Some(score), ..LivenessCheck::default() }),
    }
}

/// Passing outcomes of everything a flow asks for, in the order of the flow.
pub fn passing(settings: &FlowSettings) -> Vec<Evidence> {
    let asked = |evidence: &Evidence| {
        matches!(settings.requirement(&evidence.step()), Some(Requirement::Mandatory | Requirement::Optional))
    };
    all_passing().into_iter().filter(asked).collect()
}

fn all_passing() -> Vec<Evidence> {
    let information = Information {
        full_name: Some("Alba Muestra".into()),
        first_name: Some("Alba".into()),
        last_name: Some("Muestra".into()),
        birth_date: NaiveDate::from_ymd_opt(1990, 4, 1),
        ..Information::default()
    };
    let document = DocumentCheck {
        state: StepState::Completed,
        kind: Some(DocumentKind::Passport),
        number: Some("TEST000143".into()),
        full_name: Some("Alba Muestra".into()),
        birth_date: NaiveDate::from_ymd_opt(1990, 4, 1),
        expiry_date: NaiveDate::from_ymd_opt(2099, 1, 1),
        authenticity: Some(Outcome::Passed),
        image_validated: true,
        score_validated: true,
        names_match: Some(true),
        name_match: Some(100.0),
        ..DocumentCheck::default()
    };
    let clear = BackgroundSource::new("world_api_interpol", SourceStatus::Clear);
    vec![
        Evidence::Consent { accepted: true },
        Evidence::PersonalInfo { information: information.clone() },
        Evidence::EmailVerification { outcome: CodeOutcome::Passed },
        Evidence::PhoneVerification { outcome: CodeOutcome::Passed },
        Evidence::Instructions {},
        Evidence::BasicInformation { information },
        Evidence::DocumentVerification { document: Box::new(document) },
        selfie(0.97),
        Evidence::FaceComparison { score: 0.96, min_score: None },
        Evidence::CriminalHistory { sources: vec![clear] },
        Evidence::Form { answers: Answers::default() },
        Evidence::Signature {},
    ]
}
