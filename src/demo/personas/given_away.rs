//! People whom lists, registries, numbers or places give away.

use super::{Begun, DAY, MINUTE, Persona, alone, asks_basics, confirms_phone, identifies, screens};
use crate::demo::story::Story;
use crate::model::{BackgroundSource, ListKind, MatchedBy, SourceStatus, Status};

const LATELY: Begun = Begun::Between(45 * MINUTE, 3 * DAY);

/// A passport's zone with check digits that fit nothing.
const FORGED_ZONE: &str = "P<UTOMUESTRA<<ALBA<<<<<<<<<<<<<<<<<<<<<<<<<<\nDEMO123457UTO8503127F3001015<<<<<<<<<<<<<<03";

pub(super) const PERSONAS: &[Persona] = &[
    alone(2, confirms_phone, LATELY, shows_a_document_of_another_country),
    alone(2, identifies, LATELY, shows_a_forged_zone),
    alone(2, asks_basics, LATELY, is_told_another_gender),
    alone(1, identifies, LATELY, died_according_to_the_registry),
    alone(2, screens, LATELY, is_like_somebody_sanctioned),
    alone(1, screens, LATELY, is_not_wanted_by_the_house),
    alone(2, identifies, LATELY, is_approved_although_another),
];

fn shows_a_document_of_another_country(story: &mut Story) {
    story.sign_up().document_with(|document| {
        document.country = Some("New Zealand".to_owned());
        document.nationality.clone_from(&document.country);
    });
    story.selfie().face().background().finish();
}

fn shows_a_forged_zone(story: &mut Story) {
    story.sign_up().document_with(|document| document.mrz = Some(FORGED_ZONE.into()));
    story.selfie().face().background().finish();
}

fn is_told_another_gender(story: &mut Story) {
    let other = if story.person.gender == "F" { "Masculino" } else { "Femenino" };
    story.sign_up().document_with(|document| document.gender = Some(other.to_owned()));
    story.selfie().face().background().finish();
}

fn died_according_to_the_registry(story: &mut Story) {
    story.sign_up().document_with(|document| document.registry_status = Some("Cancelada por muerte".to_owned()));
    story.selfie().face().background().finish();
}

fn is_like_somebody_sanctioned(story: &mut Story) {
    story.sign_up().document().selfie().face().background_of(BackgroundSource {
        kind: Some(ListKind::Sanctions),
        score: Some(0.93),
        matched_by: Some(MatchedBy::Name),
        ..BackgroundSource::new("un_consolidated", SourceStatus::Found)
    });
    story.finish();
}

fn is_not_wanted_by_the_house(story: &mut Story) {
    story.sign_up().document().selfie().face().background_of(BackgroundSource {
        kind: Some(ListKind::Blacklist),
        matched_by: Some(MatchedBy::Phone),
        ..BackgroundSource::new("own_list", SourceStatus::Found)
    });
    story.finish();
}

/// An approval by hand while the faces were hardly alike.
fn is_approved_although_another(story: &mut Story) {
    story.sign_up().document().selfie().face_of(0.436).background().finish();
    story.wait(10 * MINUTE..=20 * MINUTE).decide(Status::Completed, "Seen in the branch.");
}
