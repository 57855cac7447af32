//! Pictures of every screen at the two sizes that matter most.

use crate::{
    app::{Effect, Message, Overlay, incident::Standstill, testing::noon},
    backend::{BackendError, Blocker, ErrorKind, SyncOutcome},
    model::{Outcome, Registration, RegistrationId, Status, StepKind},
    triage::Incident,
    ui::testing::{Screen, people},
};

/// Takes a picture after some keys at 120x40 and at 80x24.
fn picture(name: &str, keys: &str) {
    for (columns, rows) in [(120, 40), (80, 24)] {
        let text = Screen::new().sized(columns, rows).keys(keys).quiet().text();
        insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false, snapshot_path => "../snapshots" }, {
            insta::assert_snapshot!(format!("{name}_{columns}x{rows}"), text);
        });
    }
}

/// Compares one picture.
fn shows(name: &str, text: &str) {
    insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false, snapshot_path => "../snapshots" }, {
        insta::assert_snapshot!(name, text);
    });
}

#[test]
fn the_queue() {
    picture("queue", "");
}

#[test]
fn the_queue_with_marks_of_which_a_filter_hides_one() {
    picture("queue_marked", "<space><space>/status:ongoing<enter>");
}

#[test]
fn a_filter_with_a_mistake() {
    picture("queue_filter_mistake", "/status:ongoing satus:failed");
}

#[test]
fn completions_below_the_filter() {
    picture("queue_completions", "/status:ongoing turn:<down>");
}

#[test]
fn a_view_in_force() {
    picture("queue_view", "4");
}

#[test]
fn a_view_that_cannot_be_called_so() {
    picture("save_view", "/status:failed<enter>Vmy turn<enter>");
}

#[test]
fn the_facets_of_what_is_listed() {
    picture("facets", "/-status:expired<enter>Fjj");
}

#[test]
fn a_filter_that_nothing_matches() {
    picture("queue_nothing_matches", "/nobody<enter>");
}

#[test]
fn the_queue_with_personal_data_hidden() {
    picture("queue_masked", "m");
}

#[test]
fn the_queue_on_a_wide_screen_shows_the_selected_registration_beside_it() {
    shows("queue_200x50", &Screen::new().sized(200, 50).text());
}

#[test]
fn the_queue_on_a_high_screen_shows_the_selected_registration_below_it_until_that_is_switched_off() {
    shows("queue_100x50", &Screen::new().sized(100, 50).keys("jj").text());
    let alone = Screen::new().sized(100, 50).keys("jjP").quiet().text();
    assert!(!alone.contains("Worst flags"), "{alone}");
}

#[test]
fn the_queue_of_a_production_profile_that_only_reads() {
    let mut screen = Screen::new().sized(80, 24);
    let profile = &mut screen.console.model.profile;
    profile.name = "acme".to_owned();
    profile.backend = "api.example.com".to_owned();
    (profile.read_only, profile.production) = (true, true);
    shows("queue_production_80x24", &screen.styled());
}

#[test]
fn the_queue_in_the_light_theme() {
    shows("queue_light_80x24", &Screen::new().themed("light").sized(80, 24).styled());
}

#[test]
fn the_queue_in_strong_contrasts() {
    shows("queue_high_contrast_80x24", &Screen::new().themed("high-contrast").sized(80, 24).styled());
}

#[test]
fn the_queue_without_colours() {
    shows("queue_none_80x24", &Screen::new().themed("none").sized(80, 24).styled());
}

#[test]
fn an_incident_above_the_queue() {
    for (columns, rows) in [(120, 40), (80, 24)] {
        let mut screen = Screen::new().sized(columns, rows);
        let incident = Incident {
            step: StepKind::PhoneVerification,
            project: None,
            through: Some("whatsapp".to_owned()),
            since: noon() - chrono::Duration::minutes(75),
            arrivals: 24,
            passed: 3,
            usual: 0.81,
        };
        screen.console.model.incidents = vec![Standstill { incident, stuck: 43 }];
        shows(&format!("queue_incident_{columns}x{rows}"), &screen.text());
    }
}

#[test]
fn the_overview_of_a_registration() {
    picture("overview", "/id:reg_21<enter><enter>");
}

#[test]
fn the_overview_of_one_that_needs_a_person() {
    picture("overview_manual", "/id:reg_4<enter><enter>");
}

#[test]
fn a_completed_one_with_a_grave_flag_asks_to_be_looked_at() {
    let mut people = people();
    for document in people.iter_mut().filter_map(|person| person.checks.document.as_mut()) {
        document.authenticity = Some(Outcome::Failed);
    }
    shows("overview_flagged_100x30", &Screen::over(people).sized(100, 30).keys("/id:reg_3<enter><enter>").text());
}

#[test]
fn the_flags_of_a_registration() {
    picture("flags", "/id:reg_4<enter><enter>2");
}

#[test]
fn the_flags_of_a_claimed_registration_with_verdicts() {
    picture("flags_judged", "/id:reg_6<enter>a<enter>2+j-");
}

#[test]
fn the_history_of_a_registration() {
    picture("history", "/id:reg_21<enter><enter>3");
}

#[test]
fn the_history_of_one_that_was_sent_back() {
    picture("history_sent_back", "/id:reg_5<enter><enter>3");
}

#[test]
fn the_links_of_a_registration() {
    picture("links", "/id:reg_21<enter><enter>4");
}

#[test]
fn the_json_of_a_registration() {
    picture("json", "/id:reg_21<enter><enter>5");
}

#[test]
fn a_registration_with_personal_data_hidden() {
    picture("overview_masked", "m/id:reg_4<enter><enter>");
}

#[test]
fn the_rules_by_how_often_they_fire() {
    picture("rules", "f");
}

#[test]
fn the_rules_over_a_narrowed_queue_without_colours() {
    let keys = "/status:ongoing<enter>fj";
    shows("rules_none_80x24", &Screen::new().themed("none").sized(80, 24).keys(keys).styled());
}

/// Ana's ring: an address, a document and a device join five, and one more shares an IP address.
fn ring() -> Vec<Registration> {
    let mut people = people();
    let place = |id: &str| people.iter().position(|person| person.id.as_str() == id).unwrap();
    let (ana, twin, frank, third, bruno, last) =
        (place("reg_21"), place("reg_9"), place("reg_6"), place("reg_12"), place("reg_2"), place("reg_10"));
    let email = people[ana].contact.email.clone();
    people[third].contact.email = email;
    let number = people[frank].checks.document.as_ref().unwrap().number.clone();
    people[twin].checks.information.as_mut().unwrap().document_number = number;
    for (place, device, ip) in [
        (frank, Some("device-77aa01"), None),
        (bruno, Some("device-77aa01"), None),
        (ana, None, Some("203.0.113.77")),
        (last, None, Some("203.0.113.77")),
    ] {
        let information = people[place].checks.information.get_or_insert_default();
        (information.device_id, information.ip) = (device.map(str::to_owned), ip.map(str::to_owned));
    }
    people
}

#[test]
fn a_ring_as_a_tree() {
    for (columns, rows) in [(120, 40), (80, 24)] {
        let mut screen = Screen::over(ring()).sized(columns, rows).keys("/id:reg_21<enter>tj<space>").quiet();
        shows(&format!("ring_{columns}x{rows}"), &screen.text());
    }
    let keys = "/id:reg_21<enter>tj<space>";
    shows("ring_none_80x24", &Screen::over(ring()).themed("none").sized(80, 24).keys(keys).styled());
    shows("ring_light_80x24", &Screen::over(ring()).themed("light").sized(80, 24).keys(keys).styled());
    shows("ring_masked_120x40", &Screen::over(ring()).sized(120, 40).keys(&format!("m{keys}")).text());
}

#[test]
fn help() {
    picture("help", "?");
    picture("help_search", "?/filter");
    picture("palette", ":s");
}

#[test]
fn columns_that_are_chosen_and_scrolled() {
    picture("columns", "v<space>jjj<space>jjK<space>");
    picture("columns_scrolled", ">>>T");
}

#[test]
fn one_field_that_is_shown() {
    picture("reveal", "m<enter>v");
    picture("revealed", "m<enter>vj<enter>");
}

#[test]
fn the_log() {
    picture("log", "*m?<esc>r<esc><esc>L");
}

#[test]
fn the_form_with_mistakes() {
    picture("create_mistakes", "c<tab><tab>nobody<tab>57<tab>300-555<enter>");
}

#[test]
fn what_a_create_handed_out() {
    picture("created", "c<tab><tab>new@example.com<enter>");
}

#[test]
fn the_token_on_request() {
    picture("created_token", "c<tab><tab>new@example.com<enter>t");
}

#[test]
fn the_question_before_a_fresh_link() {
    picture("resend", "/id:reg_2<enter>R<space>");
}

#[test]
fn a_fresh_link() {
    picture("resent", "/id:reg_2<enter>R<space><enter>");
}

#[test]
fn the_plan_of_a_sync() {
    picture("sync_plan", "<space><space><space>/status:ongoing<enter>s");
}

#[test]
fn the_plan_of_a_sync_of_many() {
    picture("sync_plan_many", "*s<down><down>");
}

#[test]
fn a_decision_before_anything_is_chosen() {
    picture("decide", "/id:reg_4<enter>d");
}

#[test]
fn a_rejection_with_its_reason() {
    picture("decide_reject", "/id:reg_4<enter>dr<down><down>");
}

#[test]
fn what_is_final_is_not_decided_anew() {
    picture("decide_final", "/flag:critical<enter>*da<down><enter>");
}

#[test]
fn the_question_before_a_decision_on_many() {
    picture("decide_many", "*dr<down><tab>Seen together<enter>9");
}

#[test]
fn a_decision_with_what_moved_on_and_what_is_unknown() {
    let mut screen = Screen::new().sized(100, 30);
    screen.console.lost = Some(true);
    screen.console.data[0].version += 1;
    screen.console.failing = vec![RegistrationId::new("reg_10")];
    let screen = screen.keys("/status:ongoing,started<enter>*dm<down><enter>").quiet();
    let Some(Overlay::Decide(form)) = screen.console.model.overlays.last() else { panic!("no form") };
    let count = form.count();
    shows("decide_run_100x30", &screen.keys(&format!("{count}<enter>")).quiet().text());
}

#[test]
fn a_sync_with_failures() {
    for (columns, rows) in [(120, 40), (80, 24)] {
        let mut screen = Screen::new().sized(columns, rows);
        screen.console.failing = vec![RegistrationId::new("reg_3"), RegistrationId::new("reg_10")];
        let text = screen.keys("*s<enter>").quiet().text();
        shows(&format!("sync_run_{columns}x{rows}"), &text);
    }
}

#[test]
fn a_sync_under_way() {
    let mut screen = Screen::new().sized(80, 24);
    screen.console.hold = true;
    let mut screen = screen.keys("*s<enter>").quiet();
    shows("sync_running_80x24", &screen.text());
}

#[test]
fn what_was_asked_and_what_the_backend_decided() {
    let mut screen = Screen::new().sized(100, 30);
    screen.console.hold = true;
    let mut screen = screen.keys("/id:reg_4<enter>s<down><down><down><down><down><down><down><enter>").quiet();
    let sent = screen.console.held.iter().find_map(|effect| match effect {
        Effect::Sync(request, id, ..) => Some((*request, id.clone())),
        _ => None,
    });
    let (request, id) = sent.unwrap();
    let outcome = SyncOutcome {
        registration: people().into_iter().find(|person| person.id == id).unwrap(),
        asked: Some(Status::Completed),
        blockers: vec![Blocker {
            step: StepKind::FaceComparison,
            code: "face_below_minimum".to_owned(),
            message: "the face does not reach the minimum of the flow".to_owned(),
        }],
        token: None,
    };
    screen.console.send(Message::Synced(request, id, Ok(outcome)));
    shows("sync_decided_100x30", &screen.quiet().text());
}

#[test]
fn putting_aside_and_writing_down() {
    picture("snooze", "z");
    picture("snooze_many_mistake", "*z42x<enter>");
    picture("note", "NCalled<enter>NAgain, in<ctrl+j>two lines");
    picture("snoozed_and_noted", "/id:reg_4<enter>NCalled, no answer<enter>z<tab>asked for a passport<enter><enter>");
}

#[test]
fn what_can_be_copied() {
    picture("copy", "Y");
    picture("copy_masked", "mY");
}

#[test]
fn an_export() {
    picture("export", "e");
}

#[test]
fn plans_over_many() {
    picture("resend_many", "*R");
    picture("claim_many", "a*a");
}

#[test]
fn what_is_final_is_about_to_be_overturned() {
    picture("decide_overturn", "/status:failed<enter>A<down>o<enter>the bank called<enter>");
}

#[test]
fn the_jobs() {
    for (columns, rows) in [(120, 40), (80, 24)] {
        let mut screen = Screen::new().sized(columns, rows).keys("*z2<enter><esc>");
        screen.console.hold = true;
        let mut screen = screen.keys("*s<enter>p<esc>s<enter><esc>b").quiet();
        shows(&format!("jobs_{columns}x{rows}"), &screen.text());
        shows(&format!("leave_{columns}x{rows}"), &screen.keys("<esc>q").quiet().text());
    }
}

#[test]
fn a_create_that_the_server_refused() {
    let mut screen = Screen::new().sized(80, 24);
    screen.console.refusals.push_back(
        BackendError::new(ErrorKind::Conflict, "This e-mail address is registered already.")
            .with_code("email_is_registered_already"),
    );
    shows("create_refused_80x24", &screen.keys("c<tab><tab>new@example.com<enter>").text());
}

#[test]
fn a_screen_that_is_too_small() {
    shows("too_small_59x14", &Screen::new().sized(59, 14).text());
}

#[test]
fn an_empty_desk() {
    shows("queue_empty_80x24", &Screen::over(Vec::new()).sized(80, 24).text());
}

#[test]
fn the_people_of_these_pictures_have_every_status() {
    let people = people();
    for status in crate::model::Status::ALL {
        assert!(people.iter().any(|person| &person.status == status), "{status}");
    }
}
