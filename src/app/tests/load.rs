//! The mirror of a remote: pages at once, failures, gaps, and what is read later.

use crate::{
    app::{
        Effect, Message,
        effect::Timer,
        testing::{Console, registration},
    },
    backend::{BackendError, ErrorKind, Mirror, Page},
    model::{DocumentCheck, NOT_LOADED, Registration, RegistrationId, Status, StepState},
};

fn people(count: u32) -> Vec<Registration> {
    (0..count).map(|number| registration(number, "Someone", Status::Ongoing, i64::from(number))).collect()
}

/// A console on a remote that has read nothing yet.
fn remote(data: Vec<Registration>) -> Console {
    let mut console = Console::open(Vec::new());
    console.model.profile.announces_changes = false;
    console.data = data;
    console.hold = true;
    console.keys("r");
    console
}

/// The pages under way.
fn asked(console: &Console) -> Vec<u32> {
    let pages = console.held.iter().filter_map(|effect| match effect {
        Effect::List(_, list) => Some(list.page),
        _ => None,
    });
    pages.collect()
}

/// Answers the request for a page.
fn answer(console: &mut Console, page: u32, result: Result<Page, BackendError>) {
    let is_it = |effect: &Effect| matches!(effect, Effect::List(_, list) if list.page == page);
    let place = console.held.iter().position(is_it).unwrap_or_else(|| panic!("page {page} is not asked for"));
    let Effect::List(request, _) = console.held.remove(place) else { unreachable!() };
    console.send(Message::Listed(request, result));
}

/// Answers the request for a page with its rows.
fn give(console: &mut Console, page: u32) {
    let limit = 100;
    let rows = console.data.iter().skip((page as usize - 1) * limit).take(limit).cloned();
    let page_of = Page {
        registrations: rows.collect(),
        total: Some(console.data.len() as u64),
        page,
        pages: Some(console.data.len().div_ceil(limit) as u32),
        refused: Vec::new(),
    };
    answer(console, page, Ok(page_of));
}

fn down() -> Result<Page, BackendError> {
    Err(BackendError::new(ErrorKind::Unreachable, "The remote does not answer."))
}

fn refresh(console: &mut Console) {
    console.send(Message::Timer(Timer::Refresh));
}

/// The mirror of these, complete.
fn mirrored(data: Vec<Registration>) -> Console {
    let mut console = remote(data);
    console.hold = false;
    console.release(false);
    console.hold = true;
    console.held.clear();
    assert!(console.model.loading.complete_at.is_some());
    console
}

#[test]
fn once_the_pages_are_counted_four_are_under_way_and_come_in_any_order() {
    let mut console = remote(people(650));
    assert_eq!(asked(&console), [1], "how many there are is not known yet");
    give(&mut console, 1);
    assert_eq!(asked(&console), [2, 3, 4, 5]);
    give(&mut console, 4);
    give(&mut console, 2);
    assert_eq!(asked(&console), [3, 5, 6, 7]);
    for page in [7, 3, 6, 5] {
        give(&mut console, page);
    }
    assert_eq!(console.model.index.len(), 650);
    assert!(console.model.loading.complete_at.is_some() && asked(&console).is_empty());
}

#[test]
fn after_a_failure_one_page_is_tried_and_the_reading_goes_on_where_it_was() {
    let mut console = remote(people(650));
    give(&mut console, 1);
    give(&mut console, 3);
    for page in [2, 4, 5, 6] {
        answer(&mut console, page, down());
    }
    assert!(asked(&console).is_empty() && console.model.loading.error.is_some());
    refresh(&mut console);
    assert_eq!(asked(&console), [2], "one page finds out whether it is back");
    give(&mut console, 2);
    assert_eq!(console.model.loading.error, None);
    assert_eq!(asked(&console), [4, 5, 6, 7], "what had come is not asked for again");
    for page in [4, 5, 6, 7] {
        give(&mut console, page);
    }
    assert_eq!(console.model.index.len(), 650);
}

#[test]
fn a_page_that_fails_while_others_come_is_left_out_at_last_and_counted_as_missing() {
    let mut console = remote(people(650));
    give(&mut console, 1);
    let broken = || Err(BackendError::new(ErrorKind::Server, "The remote stumbled."));
    for other in [3, 4, 5, 6] {
        answer(&mut console, 2, broken());
        give(&mut console, other);
    }
    give(&mut console, 7);
    assert!(asked(&console).is_empty());
    assert_eq!((console.model.index.len(), console.model.loading.missing), (550, 100));
    assert!(console.model.log.iter().any(|toast| toast.text.contains("Page 2 cannot be read")));
}

#[test]
fn who_slips_through_a_reading_is_not_taken_for_gone_and_who_left_goes_with_the_next_one() {
    let mut console = mirrored(people(250));
    console.keys("r");
    give(&mut console, 1);
    // The first of them goes while the second page is still to come: everything moves up by one.
    let first = console.data.remove(0);
    give(&mut console, 2);
    give(&mut console, 3);
    assert_eq!(console.model.loading.missing, 0, "the count is of one less, and the one that left was seen");
    console.hold = false;
    console.release(false);
    assert_eq!(console.model.index.len(), 250, "who slipped from the second page onto the first was asked for");
    console.now += chrono::Duration::minutes(6);
    refresh(&mut console);
    assert_eq!(console.model.index.len(), 249);
    assert!(console.model.index.get(&first.id).is_none(), "who left is gone");
}

#[test]
fn between_whole_readings_only_what_is_new_is_read() {
    let mut console = mirrored(people(650));
    console.now += chrono::Duration::seconds(30);
    console.data.insert(0, registration(9000, "Newcomer", Status::Started, 0));
    refresh(&mut console);
    assert_eq!(asked(&console), [1]);
    give(&mut console, 1);
    assert_eq!(console.model.index.len(), 651);
    // The page told something new, so the next one may as well.
    for page in asked(&console) {
        give(&mut console, page);
    }
    console.now += chrono::Duration::seconds(30);
    console.held.clear();
    refresh(&mut console);
    give(&mut console, 1);
    assert!(asked(&console).is_empty(), "nothing new on the first page: that is enough");
    assert!(console.model.loading.newest_at.is_some());
    console.now += chrono::Duration::minutes(6);
    refresh(&mut console);
    give(&mut console, 1);
    assert_eq!(asked(&console), [2, 3, 4, 5], "from time to time everything is read");
}

#[test]
fn a_source_that_sends_fewer_rows_than_asked_and_counts_nothing_is_read_to_its_end() {
    let mut console = remote(people(70));
    for page in 1..=4 {
        let rows = console.data.iter().skip((page as usize - 1) * 20).take(20).cloned().collect();
        let answered = Page { registrations: rows, total: None, page, pages: None, refused: Vec::new() };
        answer(&mut console, page, Ok(answered));
    }
    let nothing = Page { registrations: Vec::new(), total: None, page: 5, pages: None, refused: Vec::new() };
    answer(&mut console, 5, Ok(nothing));
    assert_eq!(console.model.index.len(), 70);
    assert!(console.model.loading.complete_at.is_some());
}

#[test]
fn without_a_mirror_only_the_newest_page_is_read_and_said_to_be_that() {
    let mut console = Console::open(Vec::new());
    console.model.profile.announces_changes = false;
    console.model.profile.mirror = Mirror::Off;
    console.data = people(650);
    console.hold = true;
    console.keys("r");
    give(&mut console, 1);
    assert!(asked(&console).is_empty());
    assert_eq!((console.model.index.len(), console.model.loading.total), (100, Some(650)));
    console.now += chrono::Duration::minutes(10);
    refresh(&mut console);
    give(&mut console, 1);
    assert!(asked(&console).is_empty(), "never more than that");
}

#[test]
fn a_mirror_of_an_earlier_run_is_shown_until_everything_is_read_and_then_kept_anew() {
    let mut console = Console::open(Vec::new());
    console.model = crate::app::Model::new(
        crate::app::Profile { announces_changes: false, mirror: Mirror::Disk, ..console.model.profile.clone() },
        &[],
        console.now,
    )
    .unwrap();
    console.data = people(30);
    console.hold = true;
    console.send(Message::Start);
    let gone = registration(777, "Gone by now", Status::Ongoing, 2);
    let recalled = |people: Vec<Registration>| {
        let mut index = Box::new(crate::index::Index::default());
        index.fill(people, crate::app::testing::noon());
        index.judge_all(crate::app::testing::noon());
        index
    };
    let before = console.now - chrono::Duration::hours(1);
    console.send(Message::Recalled(recalled(vec![gone, people(1).remove(0)]), before));
    assert_eq!(console.listed().len(), 2);
    assert!(console.model.loading.recalled_at.is_some());
    console.hold = false;
    console.release(false);
    assert_eq!(console.model.loading.recalled_at, None);
    assert_eq!(console.model.index.len(), 30, "who is not there any more was asked for and has left");
    assert!(console.mirrored >= 30);
    console.send(Message::Recalled(recalled(people(5)), console.now));
    assert_eq!(console.model.loading.recalled_at, None, "a mirror that comes late is older than what was read");
}

#[test]
fn what_a_list_tells_by_id_only_is_read_in_full_before_it_is_opened_and_stays_known() {
    let thin = |number: u32| {
        let mut row = registration(number, "Someone", Status::Ongoing, i64::from(number));
        row.checks.document = Some(DocumentCheck {
            id: Some("d".to_owned()),
            state: StepState::Unknown(NOT_LOADED.to_owned()),
            ..DocumentCheck::default()
        });
        row
    };
    let mut console = remote((0..40).map(thin).collect());
    give(&mut console, 1);
    console.send(Message::Timer(Timer::Ahead));
    let wanted = || |effect: &Effect| matches!(effect, Effect::Retrieve(..));
    let asked: Vec<String> = console
        .held
        .iter()
        .filter(|effect| wanted()(effect))
        .map(|effect| match effect {
            Effect::Retrieve(_, id) => id.as_str().to_owned(),
            _ => unreachable!(),
        })
        .collect();
    assert!((2..=9).contains(&asked.len()), "those around the cursor: {asked:?}");
    // In full they have a document of a known state.
    for row in &mut console.data {
        row.checks.document.as_mut().unwrap().state = StepState::Completed;
    }
    console.hold = false;
    console.release(false);
    console.hold = true;
    let known = console.model.index.get(&RegistrationId::new(asked[0].clone())).unwrap();
    assert!(!known.registration.has_unloaded());
    console.data = (0..40).map(thin).collect();
    console.held.clear();
    console.keys("r");
    give(&mut console, 1);
    let known = console.model.index.get(&RegistrationId::new(asked[0].clone())).unwrap();
    assert!(!known.registration.has_unloaded(), "the list tells less than what is known");
    console.send(Message::Timer(Timer::Ahead));
    assert!(!console.held.iter().any(wanted()), "nothing is asked for twice");
}

#[test]
fn a_source_that_tells_changes_first_is_read_as_a_whole_less_often() {
    let mut console = mirrored(people(650));
    console.now += chrono::Duration::seconds(30);
    let oldest = console.data.last_mut().unwrap();
    oldest.status = Status::Failed;
    oldest.version += 1;
    oldest.updated_at = console.now;
    let by_change = |console: &Console| {
        let mut rows = console.data.clone();
        rows.sort_by_key(|row| std::cmp::Reverse(row.updated_at));
        Page { registrations: rows[..100].to_vec(), total: Some(650), page: 1, pages: Some(7), refused: Vec::new() }
    };
    refresh(&mut console);
    let page = by_change(&console);
    answer(&mut console, 1, Ok(page));
    let failed = console.model.index.entries().filter(|entry| entry.registration.status == Status::Failed).count();
    assert_eq!(failed, 1, "a change of the oldest came with the first page");
    // That page told something, so the next ones are read until one tells nothing.
    for page in asked(&console) {
        give(&mut console, page);
    }
    console.now += chrono::Duration::minutes(10);
    refresh(&mut console);
    let page = by_change(&console);
    answer(&mut console, 1, Ok(page));
    assert!(asked(&console).len() <= 1, "one page tells everything: {:?}", asked(&console));
}
