//! What the program tells of its configuration: an example, a schema, and where each setting comes from.

use serde_json::Value;

use crate::{User, finish};

const EXAMPLE: &str = include_str!("../../config.example.toml");

/// The example with every setting in force.
fn uncommented() -> String {
    let is_setting = |rest: &&str| rest.starts_with(|first: char| !first.is_whitespace());
    EXAMPLE.lines().map(|line| line.strip_prefix('#').filter(is_setting).unwrap_or(line).to_owned() + "\n").collect()
}

#[test]
fn the_example_in_the_repository_is_the_one_that_is_printed_and_begun_with() {
    let user = User::new();
    let printed = user.run(&["config", "example"]).ok();
    assert!(printed == EXAMPLE, "run `regdesk config example > config.example.toml`");
    let path = user.run(&["config", "init"]).ok();
    assert_eq!(std::fs::read_to_string(path.trim()).unwrap(), EXAMPLE);
    assert!(user.run(&["config", "check"]).ok().contains("no mistakes"));
}

#[test]
fn the_schema_takes_the_whole_example_and_nothing_else() {
    let user = User::new();
    let schema = user.run(&["config", "schema"]).json();
    assert!(jsonschema::meta::is_valid(&schema));
    let schema = jsonschema::validator_for(&schema).unwrap();
    let read = |text: &str| serde_json::to_value(text.parse::<toml::Table>().unwrap()).unwrap();
    let mistakes: Vec<String> = schema
        .iter_errors(&read(&uncommented()))
        .map(|error| format!("{error} at {}", error.instance_path()))
        .collect();
    assert!(mistakes.is_empty(), "{mistakes:#?}");
    for wrong in [
        "[ui]\nthem = \"dark\"",
        "[ui]\ntheme = \"drak\"",
        "[profiles.a]\nread_only = \"yes\"",
        "[rules.BIO-01]\nminimun = 0.9",
        "[rules.BIO-99]\nenabled = false",
        "[keys]\nsnyc = [\"s\"]",
        "[views.mine]\nkey = 10",
        "tokn = 1",
    ] {
        assert!(!schema.is_valid(&read(wrong)), "{wrong}");
    }
}

/// The line of a setting, without blanks before its origin.
#[track_caller]
fn origin_of(shown: &str, setting: &str) -> String {
    let line = shown.lines().find(|line| line.starts_with(&format!("{setting} = ")));
    let line = line.unwrap_or_else(|| panic!("{setting} is not shown:\n{shown}"));
    line.rsplit_once("  # ").unwrap_or_else(|| panic!("{line} has no origin")).1.to_owned()
}

#[test]
fn each_setting_is_shown_with_the_layer_it_comes_from() {
    let user = User::new();
    user.configure("profile = \"shop\"\n\n[profiles.shop]\nproduction = true\n\n[ui]\n  theme = \"dark\"\n[rules.bio-01]\nminimum = 0.9\n");
    let file = user.path("config/regdesk/config.toml").display().to_string();
    let shown = user.run(&["config", "show", "--origin"]).ok();
    assert_eq!(origin_of(&shown, "profile"), format!("{file}:1:1"));
    assert_eq!(origin_of(&shown, "theme"), format!("{file}:7:3"));
    assert_eq!(origin_of(&shown, "minimum"), format!("{file}:9:1"));
    assert_eq!(origin_of(&shown, "mouse"), "built-in");
    let mut given = user.command(&["--read-only", "--data-dir", "/srv/desk", "config", "show", "--origin"]);
    given.env("REGDESK_PROFILE", "local").env("REGDESK_OPERATOR", "zoe");
    let shown = finish(given).ok();
    assert_eq!(origin_of(&shown, "profile"), "REGDESK_PROFILE");
    assert_eq!(origin_of(&shown, "operator"), "REGDESK_OPERATOR");
    assert!(shown.contains("data_dir = \"/srv/desk\"  # --data-dir\n"), "{shown}");
    assert!(shown.contains("read_only = true  # --read-only or REGDESK_READ_ONLY\n"), "{shown}");
    // It is a configuration still, and without the option nothing is said.
    let as_shown: Value = serde_json::to_value(shown.parse::<toml::Table>().unwrap()).unwrap();
    assert_eq!(as_shown["profile"], "local");
    assert!(!user.run(&["config", "show"]).ok().contains("built-in\n"));
}
