//! People whom lists, registries, numbers or places give away.

use super::{Begun, DAY, MINUTE, Persona, alone, asks_basics, confirms_phone, identifies, screens, together};
use crate::backend::Channel;
use crate::demo::person::Person;
use crate::demo::stage::Stage;
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
    alone(2, identifies, LATELY, comes_from_another_country),
    alone(2, identifies, LATELY, hides_the_address),
    alone(2, identifies, Begun::Between(2 * DAY, 3 * DAY), finishes_elsewhere_the_day_after),
    together(2, writes_from_a_throw_away_address),
    together(2, writes_from_a_made_up_address),
    together(2, mistypes_the_mail_domain),
    together(1, has_an_impossible_phone),
    together(1, come_in_a_series),
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

/// On the form everything is Colombian, the network is not.
fn comes_from_another_country(story: &mut Story) {
    let client = story.person.user_agent.clone();
    story.move_to("2001:db8:4d58::2a", &client).sign_up();
    story.document_with(|document| document.country = Some("Colombia".to_owned()));
    story.selfie().face().background().finish();
}

fn hides_the_address(story: &mut Story) {
    let client = story.person.user_agent.clone();
    story.move_to("2001:db8:4e4c:ffff::17", &client).sign_up().identify().finish();
}

/// A day passes, and somebody goes on with another device from another place.
fn finishes_elsewhere_the_day_after(story: &mut Story) {
    let first = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 Version/18.1 Safari/604.1";
    story.move_to("2001:db8:434f::5", first).sign_up().document().wait(25 * 60 * MINUTE..=26 * 60 * MINUTE);
    let client = "Mozilla/5.0 (Linux; Android 14; SM-A155M) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0";
    story.move_to("2001:db8:5045::77", client).selfie().face().background().finish();
}

/// Somebody who writes from another address than was invented.
fn writes_from(stage: &mut Stage, stories: &mut Vec<Story>, address: impl FnOnce(&Person) -> String) {
    let told = stage.begin_as(identifies, LATELY, |person| person.email = Some(address(person)));
    if let Some(mut story) = told {
        story.sign_up().identify().finish();
        stories.push(story);
    }
}

fn writes_from_a_throw_away_address(stage: &mut Stage, stories: &mut Vec<Story>) {
    writes_from(stage, stories, |person| at(person, "desechable.example"));
}

fn mistypes_the_mail_domain(stage: &mut Stage, stories: &mut Vec<Story>) {
    writes_from(stage, stories, |person| at(person, "corero.example"));
}

fn writes_from_a_made_up_address(stage: &mut Stage, stories: &mut Vec<Story>) {
    writes_from(stage, stories, |person| format!("zq{}@example.com", &person.document_number[4..]));
}

/// The address at another domain.
fn at(person: &Person, domain: &str) -> String {
    let local = person.email.as_deref().and_then(|email| email.split_once('@')).map_or("someone", |(local, _)| local);
    format!("{local}@{domain}")
}

/// Digits are missing, and the form did not mind.
fn has_an_impossible_phone(stage: &mut Stage, stories: &mut Vec<Story>) {
    let told = stage.begin_as(confirms_phone, LATELY, |person| {
        person.phone = Some(("+1".to_owned(), "2025550".to_owned()));
    });
    if let Some(mut story) = told {
        story.consent(true).form().email().send_code(Channel::Phone);
        stories.push(story);
    }
}

/// A list of addresses, worked through in one evening.
fn come_in_a_series(stage: &mut Stage, stories: &mut Vec<Story>) {
    let batch = stage.chance().digits(3);
    for number in 1..=4 {
        let told = stage.begin_as(identifies, Begun::Between(5 * 60 * MINUTE, 8 * 60 * MINUTE), |person| {
            person.email = Some(format!("cliente.{batch}.{number}@example.net"));
        });
        if let Some(mut story) = told {
            story.sign_up().document();
            stories.push(story);
        }
    }
}

/// An approval by hand while the faces were hardly alike.
fn is_approved_although_another(story: &mut Story) {
    story.sign_up().document().selfie().face_of(0.436).background().finish();
    story.wait(10 * MINUTE..=20 * MINUTE).decide(Status::Completed, "identity_confirmed", "Seen in the branch.");
}
