//! What can be said of the screens without a picture.

use ratatui::style::Modifier;

use crate::{
    app::{
        Layer, Message, Target,
        registration::Tab,
        testing::{noon, registration},
    },
    backend::{BackendError, ErrorKind},
    index::{Query, SortField},
    model::{RegistrationId, Status},
    ui::testing::Screen,
};

/// The column and row where a text stands on the screen.
fn find(screen: &mut Screen, text: &str) -> (u16, u16) {
    let shown = screen.text();
    let (row, line) =
        shown.lines().enumerate().find(|(_, line)| line.contains(text)).unwrap_or_else(|| panic!("{shown}"));
    let before = &line[..line.find(text).unwrap()];
    (crate::text::width(before) as u16, row as u16)
}

#[test]
fn a_click_means_what_is_seen_at_its_place() {
    let mut screen = Screen::new();
    let place = find(&mut screen, "Greta");
    let hits = screen.draw().1;
    assert_eq!(hits.target(place.0, place.1), Some(Target::Row(RegistrationId::new("reg_7"))));
    let place = find(&mut screen, "who");
    assert_eq!(screen.draw().1.target(place.0, place.1), Some(Target::Column(SortField::Name)));
    assert_eq!(screen.draw().1.target(0, 0), None);
    let mut screen = screen.keys("<enter>");
    let place = find(&mut screen, "3 History");
    assert_eq!(screen.draw().1.target(place.0, place.1), Some(Target::Tab(Tab::History)));
}

#[test]
fn what_lies_under_a_dialog_cannot_be_clicked() {
    let mut screen = Screen::new().keys("s");
    let hits = screen.draw().1;
    assert!((0..120).all(|column| (0..40).all(|row| hits.target(column, row).is_none())));
}

#[test]
fn the_selected_row_is_reversed_from_end_to_end_and_no_other_is() {
    let mut screen = Screen::new().keys("jj");
    let (buffer, hits) = screen.draw();
    let selected = screen.console.model.queue.selected().unwrap().clone();
    for row in 0..40 {
        let is_selected = hits.target(3, row) == Some(Target::Row(selected.clone()));
        for column in 0..120 {
            let reversed = buffer[(column, row)].modifier.contains(Modifier::REVERSED);
            assert_eq!(reversed, is_selected, "{column},{row}");
        }
    }
}

#[test]
fn a_list_longer_than_the_screen_follows_its_selection() {
    let many = (0..300).map(|number| registration(number, "Someone", Status::Ongoing, i64::from(number))).collect();
    let mut screen = Screen::over(many).sized(80, 24).keys("G");
    let last = screen.console.listed().last().unwrap().clone();
    let (buffer, hits) = screen.draw();
    assert_eq!(hits.target(3, 18), Some(Target::Row(last)));
    assert!(buffer[(3, 18)].modifier.contains(Modifier::REVERSED));
    assert_eq!(hits.room.list_rows, 15);
}

#[test]
fn coming_back_from_a_registration_finds_the_list_as_it_was() {
    let many = (0..300).map(|number| registration(number, "Someone", Status::Ongoing, i64::from(number))).collect();
    let mut screen = Screen::over(many).sized(80, 24).keys("<pagedown><pagedown>jjj");
    let before = screen.text();
    let mut screen = screen.keys("<enter>");
    assert_ne!(screen.text(), before);
    assert_eq!(screen.keys("<esc>").text(), before);
}

#[test]
fn the_cursor_stands_where_the_filter_is_typed_and_nowhere_else() {
    let screen = Screen::new();
    assert_eq!(screen.cursor(), None);
    assert_eq!(screen.keys("/山田").cursor(), Some((6, 3)));
    assert_eq!(Screen::new().keys("/x<enter>").cursor(), None);
    assert_eq!(Screen::new().keys("c").cursor(), None, "a picker has no cursor");
    assert!(Screen::new().keys("c<tab><tab>ab").cursor().is_some());
}

#[test]
fn the_mark_of_a_mistake_stands_under_its_place() {
    let mut screen = Screen::new().keys("/status:ongoing satus:x");
    let wrong = find(&mut screen, "satus");
    let caret = find(&mut screen, "^");
    assert_eq!(caret, (wrong.0, wrong.1 + 1));
    assert_eq!(find(&mut screen, "there is no term").0, wrong.0);
    // Where it does not fit there, it is shown further to the left, in full.
    let mut narrow = Screen::new().sized(60, 24).keys("/status:ongoing step:document xx satus:failed");
    assert_eq!(find(&mut narrow, "^").0, find(&mut narrow, "satus:failed").0);
    assert!(narrow.text().contains("there is no term `satus:`; did you mean `status:`?"));
}

#[test]
fn the_profile_says_that_it_only_reads_and_that_it_is_production() {
    let mut screen = Screen::new().sized(60, 15);
    screen.console.model.profile.read_only = true;
    screen.console.model.profile.production = true;
    let first = screen.text().lines().next().unwrap().to_owned();
    assert!(first.contains("PRODUCTION") && first.contains("READ-ONLY"), "{first}");
    let registration = screen.keys("<enter>").text();
    assert!(registration.lines().next().unwrap().contains("READ-ONLY"));
}

#[test]
fn a_source_that_cannot_be_reached_leaves_the_rows_and_says_how_old_they_are() {
    let mut screen = Screen::new();
    screen.console.hold = true;
    let mut screen = screen.keys("r");
    assert!(screen.text().contains("reading again"));
    let request = screen.console.held.iter().find_map(|effect| match effect {
        crate::app::Effect::List(request, _) => Some(*request),
        _ => None,
    });
    let error = BackendError::new(ErrorKind::Unreachable, "The remote does not answer.");
    screen.console.send(Message::Listed(request.unwrap(), Err(error)));
    assert!(screen.text().lines().next().unwrap().contains("✗ read 0s ago · retrying: The remote does not answer."));
}

#[test]
fn a_message_takes_the_place_of_the_keys_until_it_goes() {
    let mut screen = Screen::new().keys("y");
    assert!(screen.text().lines().last().unwrap().starts_with("✓ The id was sent to the clipboard"));
    let mut screen = screen.quiet();
    assert!(screen.text().lines().last().unwrap().starts_with("enter open"));
}

#[test]
fn the_footer_shows_whole_hints_only_and_always_the_way_to_help() {
    let mut screen = Screen::new();
    for columns in 60..140 {
        screen = screen.sized(columns, 24);
        let text = screen.text();
        let footer = text.lines().last().unwrap().to_owned();
        assert!(footer.ends_with("? help"), "{footer}");
        for hint in footer.split("  ").filter(|hint| !hint.trim().is_empty()) {
            let (key, label) = hint.trim().split_once(' ').unwrap_or_else(|| panic!("{footer}"));
            let known = crate::app::command::COMMANDS
                .iter()
                .any(|entry| entry.label == label && entry.defaults(Layer::Queue).contains(&key));
            assert!(known, "{columns}: `{hint}`");
        }
    }
}

#[test]
fn hints_follow_the_keymap_in_force() {
    let mut screen = Screen::new();
    let given = crate::keys::Override { command: "sync".to_owned(), keys: vec!["f9".to_owned()] };
    let defaults = crate::app::command::default_bindings();
    screen.console.model.keymap = crate::keys::Keymap::compile(&defaults, &[given]).unwrap();
    let text = screen.text();
    assert!(text.contains("f9 sync") && !text.contains("s sync"), "{text}");
    assert!(screen.keys("?").text().contains("f9"));
}

#[test]
fn a_read_only_profile_offers_no_writes() {
    let mut screen = Screen::new();
    screen.console.model.profile.read_only = true;
    let text = screen.text();
    assert!(!text.lines().last().unwrap().contains("sync"));
    assert!(screen.keys("?").text().contains("not now: this profile is read-only"));
}

#[test]
fn hidden_personal_data_is_nowhere() {
    for script in [
        "", "<enter>", "<enter>2", "<enter>3", "<enter>4", "<enter>5", "f", "t", "tj", "R", "R<space>", "s", "s<enter>",
    ] {
        for id in ["reg_21", "reg_4"] {
            let mut screen = Screen::new().sized(200, 70).keys(&format!("m/id:{id}<enter>"));
            // The filter may hold what was looked for; it is the operator's own text.
            let text = {
                screen = screen.keys(script);
                screen.text()
            };
            for word in ["Muestra", "person21", "2025550121", "X000001", "山田 見本", "192.0.2.7", "passport"] {
                assert!(!text.contains(word), "{script} {id}: {word}\n{text}");
            }
        }
    }
}

#[test]
fn the_token_is_drawn_only_on_request() {
    let screen = Screen::new().keys("c<tab><tab>new@example.com<enter>");
    let mut screen = screen;
    assert!(!screen.text().contains("secret-token"));
    assert!(screen.keys("t").text().contains("secret-token"));
}

#[test]
fn every_example_of_a_filter_in_the_help_is_one() {
    for (example, _) in crate::ui::overlay::FILTER_EXAMPLES {
        for term in example.split("  ") {
            assert!(Query::parse(term).is_ok(), "{term}: {:?}", Query::parse(term));
        }
    }
}

#[test]
fn the_first_line_says_where_one_is_and_what_the_list_is_narrowed_to() {
    let first = |screen: &mut Screen| screen.text().lines().next().unwrap().to_owned();
    let mut screen = Screen::new().keys("/project:retail<enter>");
    assert!(first(&mut screen).contains("· project retail"));
    assert!(!first(&mut screen).contains("Queue"), "on the queue itself there is nothing to say");
    let mut screen = screen.keys("/ id:reg_21<enter><enter>2");
    assert!(first(&mut screen).contains("Queue › Ana Muestra › Flags"), "{}", first(&mut screen));
    let mut screen = screen.keys("1t");
    assert!(first(&mut screen).contains("Ana Muestra › Ring"), "{}", first(&mut screen));
    // Where there is no room for all of it, the nearest stays.
    let mut screen = screen.sized(70, 24);
    assert!(first(&mut screen).contains("… ›"), "{}", first(&mut screen));
    assert!(first(&mut screen).contains("Ring"), "{}", first(&mut screen));
    assert!(!first(&mut screen.keys("m")).contains("Muestra"), "hidden in the breadcrumb too");
}

#[test]
fn a_token_about_to_run_out_is_told_before_it_bites() {
    let mut screen = Screen::new();
    let first = |screen: &mut Screen| screen.text().lines().next().unwrap().to_owned();
    let until = |days: i64| Message::SignedInUntil(Some(noon() + chrono::Duration::days(days)));
    screen.console.send(until(30));
    assert!(!first(&mut screen).contains("token"));
    screen.console.send(until(2));
    assert!(first(&mut screen).contains("◆ token ends in 2d"), "{}", first(&mut screen));
    screen.console.send(until(-1));
    assert!(first(&mut screen).contains("✗ token ran out"), "{}", first(&mut screen));
}

#[test]
fn a_job_over_very_many_takes_a_line_for_each_with_what_went_wrong_in_it() {
    let people = (0..501).map(|number| registration(number, "Someone", Status::Started, 1));
    let mut screen = Screen::over(people.collect());
    screen.console.failing = vec![screen.console.listed()[1].clone()];
    let mut screen = screen.keys("*s<enter>");
    let (first, second) = (find(&mut screen, "recomputed"), find(&mut screen, "✗ failed"));
    assert_eq!(second.1, first.1 + 1);
    let shown = screen.text();
    let line = shown.lines().nth(usize::from(second.1)).unwrap_or_default();
    assert!(line.contains("✗ failed  The remote does not answer."), "{line}");
    let shown = screen.keys("<pagedown>").text();
    assert!(shown.contains("recomputed") && !shown.contains("✗ failed "), "scrolled past it: {shown}");
}
