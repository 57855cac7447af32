//! Numbers over many registrations, as text and as JSON.

use crate::User;

/// A user with some hundred people, always the same.
fn crowded() -> User {
    let user = User::new();
    user.run(&["generate", "--count", "150", "--now", "2026-03-01T12:00:00Z"]).ok();
    user
}

const NOW: [&str; 2] = ["--now", "2026-03-01T12:00:00Z"];

#[test]
fn insights_fit_a_terminal_of_80_columns_and_answer_where_what_and_what_if() {
    let user = crowded();
    let text = user.run(&["insights", "--what-if", "face=0.70", NOW[0], NOW[1]]).ok();
    for heading in
        ["WHERE PEOPLE ARE LOST", "HOW LONG IT TAKES", "WHAT WAITS", "HOW OLD IT IS", "BY COUNTRY", "IF FACE WERE 0.70"]
    {
        assert!(text.contains(heading), "{heading} in {text}");
    }
    assert!(text.starts_with("Over 150 registrations\n"));
    let widest = text.lines().max_by_key(|line| line.chars().count()).unwrap();
    assert!(widest.chars().count() <= 80, "{widest}");
}

#[test]
fn insights_as_json_add_up_and_follow_the_query() {
    let user = crowded();
    let all = user.run(&["insights", "--json", NOW[0], NOW[1]]).json();
    let insights = &all["insights"];
    assert_eq!(insights["registrations"], 150);
    let steps = insights["funnel"]["steps"].as_array().unwrap();
    let sum =
        |step: &serde_json::Value, keys: &[&str]| keys.iter().map(|key| step[*key].as_u64().unwrap()).sum::<u64>();
    assert!(steps.iter().all(|step| sum(step, &["passed", "waiting", "lost"]) == sum(step, &["reached"])));
    let approved = &insights["outcomes"]["approved"];
    assert!(
        approved["low"].as_f64() < approved["share"].as_f64() && approved["share"].as_f64() < approved["high"].as_f64()
    );
    let face = &insights["face"];
    let scores: u64 = face["bins"].as_array().unwrap().iter().filter_map(serde_json::Value::as_u64).sum();
    assert_eq!(face["measured"], scores);
    let none = user.run(&["insights", "status:expired", "-status:expired", "--json", NOW[0], NOW[1]]).json();
    assert_eq!(none["insights"]["registrations"], 0);
    assert!(none["insights"]["outcomes"]["approved"]["share"].is_null(), "a share of nothing is not zero");
}

#[test]
fn whoever_would_flip_can_be_listed() {
    let user = crowded();
    let all = user.run(&["insights", "--json", "--what-if", "face=0.95", NOW[0], NOW[1]]).json();
    let moved = &all["whatIf"][0];
    assert_eq!((moved["knob"].as_str(), moved["threshold"].as_f64()), (Some("face"), Some(0.95)));
    let failing = moved["newlyFailing"]["ids"].as_array().unwrap();
    assert!(!failing.is_empty());
    let listed = user.run(&["list", "flips:face=0.95", "--limit", "0", "--json", NOW[0], NOW[1]]).json();
    let flips = failing.len() + moved["newlyPassing"]["ids"].as_array().unwrap().len();
    assert_eq!(listed.as_array().unwrap().len(), flips);
}

#[test]
fn a_threshold_that_is_none_says_what_would_be_right() {
    let user = User::new();
    assert!(user.run(&["insights", "--what-if", "smile=0.8"]).failed(2).contains("known: face, liveness"));
    assert!(user.run(&["insights", "--what-if", "face=80"]).failed(2).contains("from 0 to 1"));
    assert!(user.run(&["list", "flips:face"]).failed(2).contains("face=0.80"));
}
