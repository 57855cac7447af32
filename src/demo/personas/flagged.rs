//! People with a red flag, at least one for every rule that a single registration can raise.

use chrono::{Days, NaiveDate};

use super::{
    Begun, DAY, MINUTE, Persona, alone, asks_basics, asks_consent, confirms_phone, forgives_codes, identifies,
    scans_live, screens,
};
use crate::backend::Channel;
use crate::demo::story::Story;
use crate::model::{DocumentCheck, DocumentKind, Outcome, SourceStatus, Status, StepKind, StepState};

/// Lately, but long enough ago for the whole story.
const LATELY: Begun = Begun::Between(45 * MINUTE, 3 * DAY);
/// The validity of the invented papers.
const VALIDITY: Days = Days::new(3_652);
/// Almost as long ago as face results are kept.
const NINETY_DAYS_NEARLY: Begun = Begun::Between(84 * DAY, 87 * DAY);

pub(super) const PERSONAS: &[Persona] = &[
    alone(4, identifies, LATELY, shows_another_face),
    alone(3, identifies, LATELY, holds_up_a_screen),
    alone(6, identifies, LATELY, shows_an_expired_document),
    alone(3, screens, LATELY, is_on_a_list),
    alone(2, asks_basics, LATELY, is_under_age),
    alone(4, identifies, LATELY, shows_a_document_of_another_name),
    alone(5, identifies, LATELY, is_just_alike),
    alone(2, identifies, LATELY, was_compared_by_an_older_minimum),
    alone(3, identifies, LATELY, was_never_compared),
    alone(4, identifies, LATELY, fails_liveness_closely),
    alone(2, identifies, LATELY, is_told_a_spoof),
    alone(6, identifies, LATELY, shows_a_document_soon_to_expire),
    alone(2, identifies, LATELY, shows_impossible_dates),
    alone(5, identifies, LATELY, was_read_poorly),
    alone(2, identifies, LATELY, shows_a_forgery),
    alone(3, identifies, LATELY, shows_an_unknown_kind),
    alone(3, scans_live, LATELY, uploads_a_file),
    alone(2, identifies, LATELY, exhausts_the_document),
    alone(2, identifies, LATELY, shows_another_document_later),
    alone(3, identifies, LATELY, forgets_the_back),
    alone(3, identifies, LATELY, is_spelled_otherwise_in_the_registry),
    alone(4, identifies, LATELY, is_not_found_in_the_registry),
    alone(3, asks_basics, LATELY, swaps_day_and_month),
    alone(1, asks_basics, LATELY, is_very_old),
    alone(3, asks_basics, LATELY, mistypes_the_number),
    alone(4, forgives_codes, LATELY, mistypes_codes),
    alone(3, confirms_phone, LATELY, goes_on_without_the_code),
    alone(2, identifies, LATELY, is_a_script),
    alone(2, identifies, LATELY, hides_behind_a_proxy),
    alone(3, screens, LATELY, gets_no_answer_from_a_list),
    alone(2, identifies, LATELY, is_approved_without_the_face),
    alone(2, asks_consent, LATELY, refuses_consent),
    alone(1, identifies, NINETY_DAYS_NEARLY, was_forgotten),
];

fn shows_another_face(story: &mut Story) {
    story.sign_up().document().selfie().face_of(0.412).background().finish();
}

/// Three selfies from a screen: the first ones are told by their score.
fn holds_up_a_screen(story: &mut Story) {
    story.sign_up().document();
    for thousandths in [180..=240, 230..=310, 150..=260] {
        let score = story.chance.score(thousandths);
        story.selfie_of(score, |_| {});
    }
    for _ in 3..story.limit(&StepKind::BiometricVerification) {
        story.selfie_of(0.207, |_| {});
    }
    story.fail_for_good();
}

fn shows_an_expired_document(story: &mut Story) {
    let today = story.sign_up().today();
    story.document_with(|document| {
        document.state = StepState::Expired;
        document.failed_reason = Some("document_expired".to_owned());
        runs_out(document, today - Days::new(40));
    });
}

fn shows_a_document_soon_to_expire(story: &mut Story) {
    let today = story.sign_up().today();
    story.document_with(|document| runs_out(document, today + Days::new(21)));
    story.selfie().face().background().finish();
}

/// The last valid day, with a day of issue to match.
fn runs_out(document: &mut DocumentCheck, last_day: NaiveDate) {
    document.issue_date = Some(last_day - VALIDITY);
    document.expiry_date = Some(last_day);
}

fn shows_impossible_dates(story: &mut Story) {
    let today = story.sign_up().today();
    story.document_with(|document| {
        document.issue_date = Some(today + Days::new(400));
        document.expiry_date = Some(today + Days::new(9_000));
    });
    story.selfie().face().background().finish();
}

fn is_on_a_list(story: &mut Story) {
    story.sign_up().document().selfie().face();
    story.background_with(Some(("world_api_interpol", &SourceStatus::Found))).finish();
}

fn gets_no_answer_from_a_list(story: &mut Story) {
    story.sign_up().document().selfie().face();
    story.background_with(Some(("world_api_europol", &SourceStatus::Error))).finish();
}

fn is_under_age(story: &mut Story) {
    story.person.birth = story.today() - Days::new(16 * 365 + 90);
    story.sign_up().identify().finish();
}

fn is_very_old(story: &mut Story) {
    story.person.birth = story.today() - Days::new(104 * 365);
    story.sign_up().identify().finish();
}

/// Both names in Latin letters: names in different scripts cannot be compared.
fn shows_a_document_of_another_name(story: &mut Story) {
    story.sign_up_with(|form| {
        form.full_name = Some("Florian Birnbaum".into());
        form.first_name = Some("Florian".into());
        form.last_name = Some("Birnbaum".into());
    });
    story.document_with(|document| {
        document.full_name = Some("Perpetua Quillfeather".into());
        document.registry_name.clone_from(&document.full_name);
    });
    story.selfie().face().background().finish();
}

fn is_just_alike(story: &mut Story) {
    let minimum = story.settings().compare_min.unwrap_or(0.85);
    let above = story.chance.score(3..=30);
    story.sign_up().document().selfie().face_of(((minimum + above) * 1000.0).round() / 1000.0);
    story.background().finish();
}

/// The comparing service still used the minimum of an earlier edition of the flow.
fn was_compared_by_an_older_minimum(story: &mut Story) {
    let minimum = story.settings().compare_min.unwrap_or(0.85);
    story.sign_up().document().selfie().face_judged_by(0.964, Some(minimum - 0.1)).background().finish();
}

fn was_never_compared(story: &mut Story) {
    story.sign_up().document_with(|document| {
        document.has_face = Some(false);
        document.face_reason = Some("document_face_not_provided".to_owned());
    });
    story.selfie().background().own_form().sign();
}

fn fails_liveness_closely(story: &mut Story) {
    let minimum = story.settings().liveness_min.unwrap_or(0.6);
    story.sign_up().document();
    for below in [0.031, 0.012] {
        story.selfie_of(((minimum - below) * 1000.0).round() / 1000.0, |_| {});
    }
}

fn is_told_a_spoof(story: &mut Story) {
    story.sign_up().document_with(|document| document.anti_spoofing = Some(Outcome::Review));
    story.selfie_of(0.771, |liveness| liveness.anti_spoofing = Some(Outcome::Failed));
}

fn was_read_poorly(story: &mut Story) {
    let confidence = story.chance.score(600..=840);
    story.sign_up().document_with(|document| {
        document.confidence = Some(confidence);
        document.state = StepState::Review;
        document.review_reason = Some("manual_review_requested".to_owned());
    });
    story.selfie().face().background().finish();
}

fn shows_a_forgery(story: &mut Story) {
    story.sign_up().document_with(|document| {
        document.authenticity = Some(Outcome::Failed);
        document.data_consistency = Some(Outcome::Failed);
        document.state = StepState::Review;
    });
    story.selfie().face().background().finish();
    story.wait(15 * MINUTE..=25 * MINUTE).decide(Status::Failed, "document_forged", "Altered birth date on the card.");
}

fn shows_an_unknown_kind(story: &mut Story) {
    story.sign_up().document_with(|document| {
        document.kind = Some(DocumentKind::Undetected);
        document.state = StepState::Review;
        not_asked(document, "document_type_not_detected");
    });
    story.selfie().face();
}

/// The registry was not asked: what stands in the fields of its answer are defaults.
fn not_asked(document: &mut DocumentCheck, reason: &str) {
    document.registry_reason = Some(reason.to_owned());
    document.registry_name = None;
    document.score_validated = false;
    document.names_match = Some(false);
    document.name_match = Some(0.0);
}

fn is_not_found_in_the_registry(story: &mut Story) {
    story.sign_up().document_with(|document| not_asked(document, "validation_not_available"));
    story.selfie().face().background().finish();
}

fn is_spelled_otherwise_in_the_registry(story: &mut Story) {
    story.sign_up().document_with(|document| {
        document.registry_name = Some("Anselma Birdsong".into());
        document.names_match = Some(false);
        document.name_match = Some(41.0);
        document.state = StepState::Review;
    });
    story.selfie().face().background().finish();
}

fn uploads_a_file(story: &mut Story) {
    story.sign_up().document_with(|document| document.input_method = Some("FILE_UPLOAD".to_owned()));
    story.selfie().face().background().finish();
}

fn exhausts_the_document(story: &mut Story) {
    story.sign_up();
    for _ in 0..story.limit(&StepKind::DocumentVerification) {
        story.failed_scan("document_number_is_not_extracted", |document| document.confidence = Some(0.42));
    }
    // One more is one too many.
    story.scan_too_many().fail_for_good();
}

fn shows_another_document_later(story: &mut Story) {
    let first = format!("DEMO{}", story.chance.digits(9));
    story.sign_up();
    story.failed_scan("existing_document_validation_with_document_number", |document| {
        document.number = Some(first.into());
    });
    story.document().selfie().face().background().finish();
}

fn forgets_the_back(story: &mut Story) {
    story.sign_up().document_with(|document| {
        document.kind = Some(DocumentKind::Id);
        document.requires_back = true;
        document.has_back = false;
    });
    story.selfie().face().background().finish();
}

fn swaps_day_and_month(story: &mut Story) {
    let printed = NaiveDate::from_ymd_opt(1991, 4, 9);
    story.person.birth = NaiveDate::from_ymd_opt(1991, 9, 4).unwrap_or(story.person.birth);
    story.sign_up().document_with(|document| document.birth_date = printed.or(document.birth_date));
    story.selfie().face().background().finish();
}

fn mistypes_the_number(story: &mut Story) {
    let printed = swap_last_two(&story.person.document_number);
    story.sign_up().document_with(|document| document.number = Some(printed.into()));
    story.selfie().face().background().finish();
}

fn swap_last_two(number: &str) -> String {
    let (rest, tail) = number.split_at(number.len().saturating_sub(2));
    let tail: String = tail.chars().rev().collect();
    // Equal digits have no swap; then one is misread.
    if number.ends_with(&tail) {
        format!("{rest}0{}", if tail.ends_with('1') { 7 } else { 1 })
    } else {
        rest.to_owned() + &tail
    }
}

fn mistypes_codes(story: &mut Story) {
    story.consent(true).form().code(Channel::Email, 3).phone().report(StepKind::PersonalInfo);
    story.instructions().basics().identify().finish();
}

/// An integration that does not wait for the phone.
fn goes_on_without_the_code(story: &mut Story) {
    story.consent(true).form().email().send_code(Channel::Phone).instructions().basics().document().selfie();
}

/// Everything is prefilled and sent by a program.
fn is_a_script(story: &mut Story) {
    let ip = story.person.ip.clone();
    story.move_to(
        &ip,
        "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/131.0.0.0",
    );
    story.at_pace(4).sign_up().identify().finish();
}

/// The integration tells the address of its own proxy.
fn hides_behind_a_proxy(story: &mut Story) {
    let client = story.person.user_agent.clone();
    story.move_to("10.4.7.21", &client).sign_up().identify().finish();
}

/// An approval by hand while the faces were never compared.
fn is_approved_without_the_face(story: &mut Story) {
    story.sign_up().document().selfie().background().finish();
    story.wait(10 * MINUTE..=20 * MINUTE).decide(
        Status::Completed,
        "exception_approved",
        "Known customer of the branch in town.",
    );
}

/// The page went on although the terms were refused.
fn refuses_consent(story: &mut Story) {
    story.consent(false).form().email().phone().instructions().basics().document().selfie().face();
}

/// Went to review months ago and lies there.
fn was_forgotten(story: &mut Story) {
    story.sign_up().document().selfie().face_of(0.701).background().finish();
}
