use crate::{
    app::{
        Layer, Message, Screen, Target,
        flags::FlagSort,
        testing::{Console, noon, registration},
    },
    index::FlagRate,
    model::{FlagVerdict, Information, Registration, ReportedFlag, Status, Verdict},
};

/// Someone whose source reported some codes.
fn reported(number: u32, codes: &[&str]) -> Registration {
    let mut person = registration(number, "Someone", Status::Ongoing, 5);
    // Addresses that count on from one another would be a flag of their own.
    person.contact.email = None;
    person.reported_flags =
        codes.iter().map(|code| ReportedFlag { code: (*code).to_owned(), detail: serde_json::Value::Null }).collect();
    person
}

fn console() -> Console {
    let mut judged = reported(3, &["BLURRED FACE", "OTHER"]);
    let verdict = |rule: &str, verdict| FlagVerdict { rule: rule.into(), verdict, by: "desk".into(), at: noon() };
    judged.desk.verdicts = vec![verdict("OTHER", Verdict::Wrong), verdict("BLURRED FACE", Verdict::Right)];
    Console::open(vec![reported(1, &["BLURRED FACE"]), reported(2, &["BLURRED FACE", "BLURRED FACE"]), judged])
}

fn rates(console: &Console) -> Vec<FlagRate> {
    match console.model.screens.last() {
        Some(Screen::Flags(view)) => view.rows.all().to_vec(),
        other => panic!("no flags on top but {other:?}"),
    }
}

fn rate(console: &Console, rule: &str) -> FlagRate {
    rates(console).into_iter().find(|rate| rate.rule == rule).unwrap()
}

#[test]
fn rules_are_counted_once_a_registration_over_what_the_queue_shows() {
    let mut console = console();
    console.keys("f");
    assert_eq!(rate(&console, "BLURRED FACE").count, 3);
    assert_eq!(rates(&console)[0].rule, "BLURRED FACE", "the one that fires most comes first");
    console.keys("<esc>/-id:reg_3<enter>f");
    assert_eq!(rate(&console, "BLURRED FACE").count, 2);
    assert!(!rates(&console).iter().any(|rate| rate.rule == "OTHER"));
    assert_eq!(rates(&console).last().unwrap().count, 0, "rules that fire nowhere come last");
}

#[test]
fn enter_narrows_the_queue_to_the_selected_rule_on_top_of_the_filter() {
    let mut console = console();
    console.keys("/-id:reg_1<enter>f<enter>");
    assert_eq!(console.model.layer(), Layer::Queue);
    assert_eq!(console.model.queue.filter.input.value(), "-id:reg_1 flag:\"BLURRED FACE\"");
    assert_eq!(console.listed().len(), 2);
    assert_eq!(console.model.queue.filter.error, None);
}

#[test]
fn a_filter_with_a_mistake_is_replaced_by_the_one_in_force() {
    let mut console = console();
    console.keys("/-id:reg_1<enter>/");
    console.send(Message::Paste(" nosuch:x".to_owned()));
    let selected = console.model.queue.selected().cloned().unwrap();
    console.send(Message::Click(Target::Row(selected)));
    console.keys("f<enter>");
    assert_eq!(console.model.queue.filter.input.value(), "-id:reg_1 flag:\"BLURRED FACE\"");
}

#[test]
fn precision_counts_right_and_wrong_and_the_worst_rule_comes_first() {
    let mut console = console();
    console.keys("foo");
    let Some(Screen::Flags(view)) = console.model.screens.last() else { panic!() };
    assert_eq!(view.sort, FlagSort::Precision);
    let first: Vec<_> = view.rows.all().iter().take(2).map(|rate| (rate.rule.as_str(), rate.precision())).collect();
    assert_eq!(first, [("OTHER", Some(0.0)), ("BLURRED FACE", Some(1.0))]);
}

#[test]
fn the_selected_rule_stays_selected_when_counts_change() {
    let mut console = console();
    console.keys("fj");
    let rule = console.model.selected_rule().unwrap().rule.clone();
    let arrivals = (10..20).map(|number| reported(number, &["A NEW ONE"])).collect();
    console.send(Message::Changed(arrivals));
    assert_eq!(rates(&console)[0].rule, "A NEW ONE");
    assert_eq!(console.model.selected_rule().unwrap().rule, rule);
}

#[test]
fn escape_leads_back_to_where_one_came_from() {
    let mut console = console();
    console.keys("<enter>f");
    assert_eq!(console.model.layer(), Layer::Flags);
    console.keys("<esc>");
    assert_eq!(console.model.layer(), Layer::Registration);
    console.keys("<esc>");
    assert_eq!(console.model.layer(), Layer::Queue);
}

/// Four who share: 1 and 2 an address, 2 and 3 a device, 4 and 1 only an IP address; and 5, who shares nothing.
fn joined() -> Vec<Registration> {
    let mut people: Vec<Registration> =
        (1..=5).map(|number| registration(number, "Someone", Status::Ongoing, i64::from(number))).collect();
    people[1].contact = people[0].contact.clone();
    for (number, device, ip) in
        [(0, None, Some("203.0.113.9")), (1, Some("d-1"), None), (2, Some("d-1"), None), (3, None, Some("203.0.113.9"))]
    {
        people[number].checks.information = Some(Information {
            device_id: device.map(str::to_owned),
            ip: ip.map(str::to_owned),
            ..Information::default()
        });
    }
    people
}

fn ids(console: &Console) -> Vec<String> {
    console.model.subjects().0.iter().map(ToString::to_string).collect()
}

#[test]
fn the_ring_moves_from_member_to_member_and_opens_them() {
    let mut console = Console::open(joined());
    console.keys("/id:reg_1<enter>t");
    assert_eq!(console.model.layer(), Layer::Ring);
    let mut seen = vec![ids(&console)[0].clone()];
    for _ in 0..4 {
        console.keys("j");
        seen.push(ids(&console)[0].clone());
    }
    assert_eq!(seen, ["reg_1", "reg_2", "reg_3", "reg_4", "reg_4"]);
    console.keys("kkkk");
    assert_eq!(ids(&console), ["reg_1"]);
    console.keys("j<enter>");
    assert_eq!(console.model.layer(), Layer::Registration);
    assert_eq!(ids(&console), ["reg_2"]);
    console.keys("<esc>");
    assert_eq!((console.model.layer(), ids(&console)), (Layer::Ring, vec!["reg_2".to_owned()]));
}

#[test]
fn a_whole_ring_is_marked_at_once_without_those_who_share_only_an_address() {
    let mut console = Console::open(joined());
    console.keys("/id:reg_1<enter>t*");
    assert_eq!(ids(&console), ["reg_1", "reg_2", "reg_3"]);
    console.keys("s<enter>");
    assert_eq!(console.syncs, 3);
    console.keys("<esc>");
    assert!(console.model.marked().unwrap().is_empty(), "what was synced is not marked any more");
}

#[test]
fn a_ring_is_decided_as_a_group_with_one_reason() {
    let mut console = Console::open(joined());
    console.keys("/id:reg_1<enter>t*dr<down><enter>3<enter><esc>");
    let reasons: Vec<Option<&str>> =
        console.data.iter().map(|person| person.reviews.first()?.reason.as_deref()).collect();
    let forged = Some("document_forged");
    assert_eq!(reasons, [forged, forged, forged, None, None]);
    assert_eq!(console.model.layer(), Layer::Ring);
}

#[test]
fn marks_of_the_queue_and_of_a_ring_do_not_mix() {
    let mut console = Console::open(joined());
    console.keys("*/id:reg_2<enter>t <esc>");
    assert_eq!(ids(&console).len(), 5);
    console.keys("t");
    assert_eq!(ids(&console), ["reg_2"], "a ring opened again has no marks");
}

#[test]
fn someone_who_shares_nothing_has_no_ring_and_is_told_so() {
    let mut console = Console::open(joined());
    console.keys("/id:reg_5<enter>t");
    assert_eq!(console.model.layer(), Layer::Queue);
    assert!(console.model.toast.as_ref().unwrap().text.contains("Nobody else"));
}

#[test]
fn a_ring_follows_what_changes_and_keeps_its_selection() {
    let mut console = Console::open(joined());
    console.keys("/id:reg_1<enter>tjj ");
    let mut other = registration(9, "Someone new", Status::Started, 1);
    other.contact.email.clone_from(&joined()[0].contact.email);
    console.send(Message::Changed(vec![other]));
    let Some(Screen::Ring(view)) = console.model.screens.last() else { panic!() };
    assert_eq!(view.size, 4);
    assert!(view.rows.all().iter().any(|row| row.member().is_some_and(|id| id.as_str() == "reg_9")));
    assert_eq!(view.marked.len(), 1);
    assert_eq!(view.selected().unwrap().as_str(), "reg_4");
}
