//! What the checks report of a person: scans, selfies, look-ups. As they would come from whoever reads documents and
//! faces.

use chrono::{Days, NaiveDate};
use serde_json::{Map, Value};

use super::chance::Chance;
use super::person::Person;
use crate::model::{
    Answers, BackgroundSource, DocumentCheck, DocumentKind, FlowSettings, LivenessCheck, Outcome, SourceStatus,
    StepState,
};

/// The lists that a background check asks.
pub(super) const LISTS: &[&str] =
    &["world_api_interpol", "world_api_fbi", "world_api_europol", "world_api_onu", "world_api_ofac", "world_api_dea"];

/// Ten years, the validity of the invented papers.
const VALIDITY: Days = Days::new(3_652);

/// A scan that has been sent and is being read.
pub(super) fn scan_under_way(flow: &FlowSettings, chance: &mut Chance) -> DocumentCheck {
    let camera = flow.scan_only == Some(true) || chance.percent(80);
    DocumentCheck {
        state: StepState::InProgress,
        input_method: Some(if camera { "CAMERA" } else { "FILE_UPLOAD" }.to_owned()),
        ..DocumentCheck::default()
    }
}

/// A scan that shows a good document of the person.
pub(super) fn good_document(
    person: &Person,
    scan: DocumentCheck,
    today: NaiveDate,
    chance: &mut Chance,
) -> DocumentCheck {
    let kind = match chance.between(0..=9) {
        0..=5 => DocumentKind::Id,
        6..=7 => DocumentKind::Passport,
        _ => DocumentKind::License,
    };
    let name = if kind == DocumentKind::Passport { person.roman_name() } else { person.full_name() };
    let issue = today - Days::new(chance.between(60..=2_500) as u64);
    let two_sided = kind != DocumentKind::Passport;
    DocumentCheck {
        state: StepState::Completed,
        kind: Some(kind),
        number: Some(person.document_number.clone().into()),
        country: Some(person.country.clone()),
        nationality: Some(person.country.clone()),
        full_name: Some(name.clone().into()),
        birth_date: Some(person.birth),
        issue_date: Some(issue),
        expiry_date: Some(issue + VALIDITY),
        gender: Some(person.gender.to_owned()),
        confidence: Some(chance.score(900..=992)),
        authenticity: Some(Outcome::Passed),
        anti_spoofing: Some(Outcome::Passed),
        data_consistency: Some(Outcome::Passed),
        image_validated: true,
        score_validated: true,
        names_match: Some(true),
        name_match: Some(chance.between(93..=100) as f64),
        registry_name: Some(name.into()),
        has_face: Some(true),
        is_live: Some(true),
        requires_back: two_sided,
        has_back: two_sided,
        ..scan
    }
}

/// A scan that could not be used, with the reason.
pub(super) fn failed_document(scan: DocumentCheck, reason: &str) -> DocumentCheck {
    DocumentCheck { state: StepState::Failed, failed_reason: Some(reason.to_owned()), ..scan }
}

/// A selfie with the score it got.
pub(super) fn selfie(person: &Person, score: f64) -> LivenessCheck {
    LivenessCheck {
        state: StepState::Completed,
        score: Some(score),
        anti_spoofing: Some(Outcome::Passed),
        person: Some(person.face.clone()),
        os: Some(person.system.clone()),
        ..LivenessCheck::default()
    }
}

/// A capture that was rejected before it was scored.
pub(super) fn rejected_capture(person: &Person, reason: &str) -> LivenessCheck {
    LivenessCheck {
        state: StepState::Failed,
        failed_reason: Some(reason.to_owned()),
        os: Some(person.system.clone()),
        ..LivenessCheck::default()
    }
}

/// Every list with nothing in it, but for one that may say something else.
pub(super) fn lists(other: Option<(&str, &SourceStatus)>) -> Vec<BackgroundSource> {
    let answer = |name: &str| match other {
        Some((list, status)) if list == name => status.clone(),
        _ => SourceStatus::Clear,
    };
    LISTS.iter().map(|name| BackgroundSource::new(*name, answer(name))).collect()
}

/// Answers to a project's own form.
pub(super) fn form_answers(chance: &mut Chance) -> Answers {
    const OCCUPATIONS: &[&str] = &["baker", "nurse", "teacher", "bus driver", "potter", "translator", "gardener"];
    const PURPOSES: &[&str] = &["salary", "savings", "sales", "remittances"];
    let word =
        |words: &[&'static str], chance: &mut Chance| Value::from(chance.pick(words).copied().unwrap_or_default());
    let mut answers = Map::new();
    answers.insert("occupation".to_owned(), word(OCCUPATIONS, chance));
    answers.insert("purpose".to_owned(), word(PURPOSES, chance));
    answers.insert("politicallyExposed".to_owned(), Value::from(false));
    answers.into()
}
