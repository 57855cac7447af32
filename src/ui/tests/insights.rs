//! Pictures of the insights, over people enough to have shapes.

use crate::{
    app::testing::noon,
    model::{Moment, Registration, Review, Status, StepKind, StepState},
    triage::testing::{at, derived, document, face, liveness, moment, stranger},
    ui::testing::Screen,
};

/// Ninety people of whom some stop at each place, always the same.
fn crowd() -> Vec<Registration> {
    (0..90).map(someone).collect()
}

fn someone(number: i64) -> Registration {
    let mut person = stranger(&format!("p{number:02}"));
    let scanned = 170 + number * number;
    document(&mut person).finished = moment(scanned);
    document(&mut person).country = Some(["CO", "Peru", "MEX"][number as usize % 3].to_owned());
    liveness(&mut person).score = Some(0.5 + (number * 11 % 50) as f64 / 100.0);
    liveness(&mut person).finished = moment(scanned + 40);
    face(&mut person).score = Some(0.7 + (number * 7 % 30) as f64 / 100.0);
    face(&mut person).passed = None;
    face(&mut person).compared = moment(scanned + 45);
    person.completed_at = moment(scanned + 60);
    let checks = &mut person.checks;
    match number % 9 {
        0 => (checks.document, checks.liveness, checks.face) = (None, None, None),
        1 | 2 => (checks.liveness, checks.face) = (None, None),
        3 => checks.phone.iter_mut().for_each(|code| (code.state, code.validated) = (StepState::Pending, None)),
        _ => {}
    }
    if number % 9 == 3 {
        (checks.document, checks.liveness, checks.face) = (None, None, None);
        (checks.instructions, checks.basic_information) = (None, None);
    }
    (person.status, person.current_step) = match number % 9 {
        0 => (Status::Expired, Some(StepKind::BasicInformation)),
        1 => (Status::Ongoing, Some(StepKind::DocumentVerification)),
        2 => (Status::Failed, Some(StepKind::DocumentVerification)),
        3 => (Status::Ongoing, Some(StepKind::PhoneVerification)),
        4 => (Status::NeedsManualVerification, Some(StepKind::End)),
        5 => (Status::Failed, Some(StepKind::End)),
        _ => (Status::Completed, Some(StepKind::End)),
    };
    if number % 9 == 5 {
        person.reviews.push(Review {
            at: Some(at(scanned + 7_000)),
            reason: Some("face_mismatch".to_owned()),
            ..Review::noted(Status::NeedsManualVerification, Status::Failed, None)
        });
    }
    if person.status.is_open() {
        person.completed_at = None;
        person.created_at = noon() - chrono::TimeDelta::hours(number * 10);
        person.updated_at = person.created_at.max(at(scanned));
        person.link_resent = (number % 2 == 0).then(|| Moment::event(at(scanned)));
    }
    derived(person)
}

fn shows(name: &str, (columns, rows): (u16, u16), keys: &str) {
    let text = Screen::over(crowd()).sized(columns, rows).keys(keys).quiet().text();
    insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false, snapshot_path => "../snapshots" }, {
        insta::assert_snapshot!(format!("{name}_{columns}x{rows}"), text);
    });
}

#[test]
fn a_large_screen_shows_everything_at_once() {
    shows("insights", (120, 40), "i");
}

#[test]
fn a_moved_threshold_says_who_would_flip() {
    shows("insights_moved", (120, 40), "i4-----j+++");
}

#[test]
fn a_small_screen_shows_one_part_after_the_other() {
    for (name, digit) in [("lost", 1), ("times", 2), ("waits", 3)] {
        shows(&format!("insights_{name}"), (80, 24), &format!("i{digit}"));
    }
    shows("insights_thresholds", (80, 24), "i4-----");
}

#[test]
fn without_colours_every_mark_is_a_glyph() {
    let mut screen = Screen::over(crowd()).themed("none").sized(80, 24).keys("i4---").quiet();
    let text = screen.text();
    assert!(text.contains('▒') && text.contains('△') && text.contains('▲'), "{text}");
    insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false, snapshot_path => "../snapshots" }, {
        insta::assert_snapshot!("insights_without_colours_80x24", screen.styled());
    });
}

#[test]
fn nothing_measured_is_no_picture_of_zeros() {
    let mut screen = Screen::over(Vec::new()).keys("i").quiet();
    assert!(screen.text().contains("over 0 registrations"));
    assert!(screen.text().contains("nothing measured"));
    for size in [(60, 15), (118, 36), (200, 60)] {
        for part in 1..=4 {
            let text = Screen::over(crowd()).sized(size.0, size.1).keys(&format!("i{part}-")).text();
            assert!(text.contains("Insights"), "{size:?}");
        }
    }
}
