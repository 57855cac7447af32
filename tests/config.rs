//! What a configuration file may say, and what is said of one that is wrong.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::{collections::BTreeMap, ffi::OsString, fs, path::Path};

use ratatui::style::Color;
use regdesk::{
    app::command::{COMMANDS, default_bindings},
    config::{BackendSettings, Config, Given, Mistake, Overrides, Place, Places, Profile, Source, UiSettings},
    keys::{Keymap, Override},
    model::{Decision, ProjectRef, StepKind},
    remote::{Dialect, RemoteConfig, TokenSource},
    triage,
    ui::theme::{MEANINGS, Meaning, ThemeName},
};

/// What `regdesk config example` prints; a test of the command line holds it to that.
const EXAMPLE: &str = include_str!("../config.example.toml");

fn mistakes(text: &str) -> Vec<Mistake> {
    Config::parse(text, Path::new("/etc/regdesk/config.toml")).expect_err("the file is wrong").0
}

fn config(text: &str) -> Config {
    Config::parse(text, Path::new("/etc/regdesk/config.toml")).expect("the file is right")
}

fn places() -> Places {
    Places {
        config_file: "/home/ana/.config/regdesk/config.toml".into(),
        data_dir: "/home/ana/.local/share/regdesk".into(),
        state_dir: "/home/ana/.local/state/regdesk".into(),
        cache_dir: "/home/ana/.cache/regdesk".into(),
    }
}

fn resolve(config: &Config, given: &Overrides) -> Profile {
    Profile::resolve(config, given, Ok(&places())).expect("the profile is complete")
}

fn data_dir(profile: &Profile) -> &Path {
    let Source::Embedded { data_dir } = &profile.source else { panic!("{profile:?} is no embedded profile") };
    data_dir
}

fn flag<T>(name: &'static str, value: impl Into<T>) -> Given<T> {
    Given { value: value.into(), place: Place::Flag(name) }
}

/// In `tests/config`, a comment `#~ KEY | TEXT` says which mistake is to be found on its line.
#[test]
fn every_mistake_of_a_file_is_reported_at_once_with_its_line_and_key() {
    let mut files = 0;
    for entry in fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/config")).unwrap() {
        let path = entry.unwrap().path();
        let text = fs::read_to_string(&path).unwrap();
        let mut expected: BTreeMap<usize, (&str, &str)> = BTreeMap::new();
        for (number, line) in text.lines().enumerate() {
            if let Some((_, comment)) = line.split_once("#~") {
                let (key, part) = comment.split_once('|').unwrap();
                expected.insert(number + 1, (key.trim(), part.trim()));
            }
        }
        let found = Config::read(&path).expect_err("every file here is wrong").0;
        let shown: Vec<String> = found.iter().map(ToString::to_string).collect();
        assert_eq!(found.len(), expected.len(), "{}: {shown:#?}", path.display());
        for (mistake, text) in found.iter().zip(&shown) {
            let Place::File { line, .. } = &mistake.place else { panic!("{text} has no line") };
            let (key, part) = expected.get(line).unwrap_or_else(|| panic!("nothing is wrong there: {text}"));
            assert_eq!(mistake.key.as_deref().unwrap_or_default(), *key, "{text}");
            assert!(text.starts_with(&format!("{}:{line}:", path.display())), "{text}");
            assert!(text.contains(part), "{text}\nlacks: {part}");
            assert!(
                !text.contains("a-secret") && !text.contains(".secret.") && !text.contains("eyJ"),
                "a value is repeated: {text}"
            );
        }
        files += 1;
    }
    assert!(files >= 5);
}

#[test]
fn a_remote_profile_has_a_file_of_its_own_for_what_the_desk_says_and_an_ad_hoc_remote_has_none() {
    let config = config("[profiles.there]\nurl = \"https://api.example.com\"\ntoken_env = \"THERE\"\n");
    let file = |given: &Overrides| match resolve(&config, given).source {
        Source::Remote(remote) => remote.annotations,
        source => panic!("{source:?} is no remote"),
    };
    let there = Overrides { profile: Some(flag("--profile", "there")), ..Overrides::default() };
    assert_eq!(file(&there).unwrap(), Path::new("/home/ana/.local/share/regdesk/there/annotations.ndjson"));
    let ad_hoc = Overrides { url: Some(flag("--url", "https://api.example.com")), ..Overrides::default() };
    assert_eq!(file(&ad_hoc), None);
}

#[test]
fn a_mistake_reads_as_file_line_column_key_and_nearest_name() {
    let shown: Vec<String> = mistakes("[ui]\n  tehme = \"dark\"\n").iter().map(ToString::to_string).collect();
    assert_eq!(
        shown,
        [
            "/etc/regdesk/config.toml:2:3: `ui.tehme`: there is no such key; known here: theme, mouse, decision_keys, plain, ascii; \
          did you mean `theme`?"
        ]
    );
}

#[test]
fn columns_count_characters_not_bytes() {
    let Place::File { line, column, .. } = &mistakes("ui = { \"ñandú\" = 1 }")[0].place else { panic!() };
    assert_eq!((*line, *column), (1, 8));
    let Place::File { column, .. } = &mistakes("ui = { \"ñ\" = 1, b = 2 }")[1].place else { panic!() };
    assert_eq!(*column, 17);
}

#[test]
fn escape_sequences_in_a_key_do_not_reach_the_message() {
    assert!(!mistakes("\"a\\u001b[31m\" = 1")[0].to_string().contains('\u{1b}'));
}

#[test]
fn an_unreadable_file_is_named_with_the_reason() {
    let missing = Config::read(Path::new("/nowhere/config.toml")).unwrap_err().to_string();
    assert!(missing.contains("/nowhere/config.toml") && missing.contains("config init"), "{missing}");
    let directory = tempfile::tempdir().unwrap();
    assert!(Config::read(directory.path()).unwrap_err().to_string().contains("cannot be read"));
    let latin = directory.path().join("latin.toml");
    fs::write(&latin, b"profile = \"local\"\n# caf\xe9\n").unwrap();
    assert!(Config::read(&latin).unwrap_err().to_string().contains("latin.toml:2:6: is not UTF-8"));
}

#[test]
fn without_a_file_there_is_the_embedded_profile_local() {
    let profile = resolve(&Config::built_in(), &Overrides::default());
    assert_eq!(profile.name, "local");
    assert_eq!(data_dir(&profile), places().data_dir);
    assert!(!profile.read_only && !profile.production);
}

#[test]
fn the_file_stands_over_the_built_in_values_the_environment_over_the_file_and_flags_over_all() {
    let config = config("profile = \"shop\"\n[profiles.shop]\ndata_dir = \"stores/shop\"\n[profiles.kiosk]\n");
    assert_eq!(data_dir(&resolve(&config, &Overrides::default())), Path::new("/etc/regdesk/stores/shop"));
    let environment = Overrides::from_environment(|name| match name {
        "REGDESK_PROFILE" => Some(OsString::from("kiosk")),
        _ => None,
    })
    .unwrap();
    assert_eq!(data_dir(&resolve(&config, &environment)), places().data_dir.join("kiosk"));
    let flags = Overrides { profile: Some(flag("--profile", "local")), ..Overrides::default() };
    assert_eq!(resolve(&config, &flags.over(environment)).name, "local");
}

#[test]
fn a_url_flag_beats_a_profile_of_the_environment() {
    let environment = Overrides { profile: Some(flag("REGDESK_PROFILE", "local")), ..Overrides::default() };
    let flags = Overrides { url: Some(flag("--url", "http://127.0.0.1:8787")), ..Overrides::default() };
    let profile = resolve(&Config::built_in(), &flags.over(environment));
    assert_eq!(profile.name, "127.0.0.1");
    let Source::Remote(remote) = profile.source else { panic!("a URL is a remote") };
    assert!(matches!(remote.token, TokenSource::Variable(name) if name == "REGDESK_TOKEN"));
}

#[test]
fn a_directory_flag_beats_a_url_of_the_environment() {
    let environment = Overrides { url: Some(flag("REGDESK_URL", "https://far.example.com")), ..Overrides::default() };
    let flags = Overrides { data_dir: Some(flag("--data-dir", "/srv/desk")), ..Overrides::default() };
    let profile = resolve(&Config::built_in(), &flags.over(environment));
    assert_eq!((profile.name.as_str(), data_dir(&profile)), ("local", Path::new("/srv/desk")));
}

#[test]
fn a_remote_takes_all_its_keys() {
    let config = config(
        "[profiles.far]\nbackend = \"remote\"\nurl = \"http://10.0.0.7:8787\"\ndialect = \"live\"\n\
         token_command = [\"pass\", \"show\", \"far\"]\nallow_plain_http = true\nproduction = true\nread_only = true\n",
    );
    let given = Overrides { profile: Some(flag("--profile", "far")), ..Overrides::default() };
    let profile = resolve(&config, &given);
    assert!(profile.production && profile.read_only);
    let Source::Remote(RemoteConfig { base_url, dialect, token: TokenSource::Command { argv, .. }, .. }) =
        profile.source
    else {
        panic!("a remote with a command")
    };
    assert_eq!((base_url.as_str(), dialect), ("http://10.0.0.7:8787", Some(Dialect::Live)));
    assert_eq!(argv, ["pass", "show", "far"]);
}

#[test]
fn a_wrong_flag_is_reported_at_the_flag() {
    let given = Overrides { profile: Some(flag("--profile", "locl")), ..Overrides::default() };
    let shown = Profile::resolve(&Config::built_in(), &given, Ok(&places())).unwrap_err().to_string();
    assert_eq!(shown, "--profile: there is no profile `locl`; there are: local; did you mean `local`?");
    let given = Overrides { url: Some(flag("--url", "http://far.example.com")), ..Overrides::default() };
    let shown = Profile::resolve(&Config::built_in(), &given, Ok(&places())).unwrap_err().to_string();
    assert!(shown.starts_with("--url: ") && shown.contains("plain http"), "{shown}");
}

#[test]
fn without_a_home_an_embedded_profile_needs_a_directory_and_a_remote_needs_nothing() {
    let homeless = Mistake::new(Place::Environment("HOME"), "no home directory").into();
    let built_in = Config::built_in();
    assert!(Profile::resolve(&built_in, &Overrides::default(), Err(&homeless)).is_err());
    let given = Overrides { data_dir: Some(flag("--data-dir", "/srv/desk")), ..Overrides::default() };
    assert!(Profile::resolve(&built_in, &given, Err(&homeless)).is_ok());
    let given = Overrides { url: Some(flag("--url", "https://far.example.com")), ..Overrides::default() };
    assert!(Profile::resolve(&built_in, &given, Err(&homeless)).is_ok());
}

fn uncommented() -> String {
    let is_setting = |rest: &str| {
        rest.starts_with(|first: char| first.is_ascii_lowercase() || "[\"".contains(first)) && rest.len() > 1
    };
    EXAMPLE
        .lines()
        .map(|line| line.strip_prefix('#').filter(|rest| is_setting(rest)).unwrap_or(line))
        .collect::<Vec<_>>()
        .join("\n")
}

#[test]
fn the_example_as_it_is_changes_nothing() {
    let example = config(EXAMPLE);
    let built_in = Config::built_in();
    assert_eq!(example.default_profile, built_in.default_profile);
    assert_eq!(format!("{:?}", example.profiles), format!("{:?}", built_in.profiles));
    assert_eq!((example.ui, example.keys), (built_in.ui, built_in.keys));
    assert_eq!(example.policy, built_in.policy);
    assert_eq!(example.reasons, built_in.reasons);
    assert_eq!(example.views, built_in.views);
}

#[test]
fn the_example_uncommented_names_every_key_and_the_defaults() {
    let text = uncommented();
    let example = config(&text);
    let built_in = Config::built_in();
    assert_eq!(example.default_profile.0, built_in.default_profile.0);
    let UiSettings { theme, mouse, plain, .. } = built_in.ui;
    assert_eq!((example.ui.theme, example.ui.mouse, example.ui.plain), (theme, mouse, plain));
    let painted: Vec<Meaning> = example.ui.own.unwrap().colors.into_iter().map(|(meaning, _)| meaning).collect();
    assert_eq!(painted, MEANINGS.iter().map(|(_, meaning)| *meaning).collect::<Vec<_>>());
    let BackendSettings::Embedded { data_dir: Some(_), .. } = &example.profiles["local"].backend else { panic!() };
    for key in ["token_env", "token_file", "token_command", "dialect", "allow_plain_http", "read_only", "production"] {
        assert!(text.lines().any(|line| line.starts_with(&format!("{key} = "))), "{key} is missing");
    }
    let BackendSettings::Remote(remote) = &example.profiles["production"].backend else { panic!() };
    assert_eq!((remote.dialect, remote.allow_plain_http), (None, false));
}

#[test]
fn a_store_in_a_database_is_reached_as_its_profile_says() {
    let config = config(
        "[profiles.team]\nstore = \"postgres://desk@db.example.com:6432/people\"\nstore_password_env = \"PEOPLE\"\n\
         [profiles.here]\nstore = \"postgresql://desk@[::1]/people\"\n\
         [profiles.lan]\nstore = \"postgres://desk@10.0.0.8/people\"\nallow_plain_store = true\n\
         claim_lease_seconds = 5\nproject = \"retail\"\n",
    );
    let store = |name: &str| {
        let given = Overrides { profile: Some(flag("--profile", name)), ..Overrides::default() };
        let profile = resolve(&config, &given);
        let Source::Shared { store, data_dir } = profile.source else { panic!("{name} is not shared") };
        assert_eq!(data_dir, places().data_dir.join(name));
        assert_eq!(profile.journal, Some(data_dir));
        store
    };
    let (team, here, lan) = (store("team"), store("here"), store("lan"));
    assert_eq!((team.url(), team.needs_tls()), ("postgres://desk@db.example.com:6432/people".to_owned(), true));
    assert!(matches!(team.password, Some(TokenSource::Variable(name)) if name == "PEOPLE"));
    assert_eq!((here.url(), here.needs_tls()), ("postgres://desk@[::1]:5432/people".to_owned(), false));
    assert!(!lan.needs_tls());
    assert_eq!((here.claim_lease.as_secs(), here.project), (60, None));
    assert_eq!((lan.claim_lease.as_secs(), lan.project.as_deref()), (5, Some("retail")));
}

#[test]
fn a_data_directory_on_the_command_line_is_not_taken_for_a_place_beside_a_database() {
    let config = config("profile = \"team\"\n[profiles.team]\nstore = \"postgres://desk@localhost/people\"\n");
    let given = Overrides { data_dir: Some(flag("--data-dir", "/elsewhere")), ..Overrides::default() };
    let mistakes = Profile::resolve(&config, &given, Ok(&places())).unwrap_err().to_string();
    assert!(mistakes.contains("profile `team` has its store in a database"), "{mistakes}");
}

/// The name of a table, with `*` for the part that is named freely. What is said of a project is what is said of all.
fn general(table: &str) -> String {
    let table = table.strip_prefix("projects.\"Aldea Bank\".").unwrap_or(table);
    let parts: Vec<&str> = table.splitn(3, '.').collect();
    let is_free = ["profiles", "limits", "reasons", "views"].contains(&parts[0]);
    let second = parts.get(1).map(|part| if is_free { "*" } else { part });
    [Some(parts[0]), second, parts.get(2).copied()].into_iter().flatten().collect::<Vec<_>>().join(".")
}

/// The tables of the example with the keys under each.
fn tables_of(example: &str) -> Vec<(String, Vec<String>)> {
    let mut tables = vec![(String::new(), Vec::new())];
    for line in example.lines().filter(|line| !line.starts_with('#')) {
        if let Some(name) = line.strip_prefix('[') {
            tables.push((name.trim_end_matches(']').to_owned(), Vec::new()));
        } else if let Some((key, _)) = line.split_once(" = ") {
            tables.last_mut().unwrap().1.push(key.to_owned());
        }
    }
    tables
}

#[test]
fn every_key_that_the_reader_takes_stands_in_the_example() {
    let example = uncommented();
    let tables = tables_of(&example);
    let mut probed = 0;
    for (name, _) in &tables {
        let probe = match name.as_str() {
            "" => format!("no_such_key = 1\n{example}"),
            // Commands, projects: whatever is written there is a name.
            "keys" | "profiles.local.webhooks.to" => continue,
            name => example.replacen(&format!("\n[{name}]\n"), &format!("\n[{name}]\nno_such_key = 1\n"), 1),
        };
        let found = mistakes(&probe);
        let said = found[0].message.strip_prefix("there is no such key; known here: ").expect(&found[0].message);
        let of_the_kind = tables.iter().filter(|(other, _)| general(other) == general(name));
        let written: Vec<&String> = of_the_kind.flat_map(|(_, keys)| keys).collect();
        for key in said.split(", ") {
            let path = if name.is_empty() { key.to_owned() } else { format!("{}.{key}", general(name)) };
            let is_table = tables.iter().any(|(other, _)| {
                [general(other), other.clone()].iter().any(|other| format!("{other}.").starts_with(&format!("{path}.")))
            });
            assert!(is_table || written.iter().any(|written| *written == key), "[{name}] lacks {key}");
        }
        probed += 1;
    }
    assert!(probed > 50, "{probed}");
}

#[test]
fn own_colours_are_the_theme_unless_another_is_named() {
    let ui = |text: &str| config(text).ui;
    let own = ui("[theme]\nbase = \"light\"\nbad = \"#d70000\"\nok = 28\n");
    assert_eq!(own.theme, ThemeName::Own);
    let theme = own.own.unwrap();
    assert_eq!(theme.base, ThemeName::Light);
    assert_eq!(theme.colors, [(Meaning::Ok, Color::Indexed(28)), (Meaning::Bad, Color::Rgb(0xd7, 0, 0))]);
    assert_eq!(ui("[ui]\ntheme = \"dark\"\n[theme]\nok = \"green\"\n").theme, ThemeName::Dark);
    assert_eq!(ui("").theme, ThemeName::Auto);
}

#[test]
fn reasons_are_added_changed_and_taken_away_one_by_one() {
    let reasons = config(
        "[reasons.branch_visit]\nfor = [\"review\", \"reject\"]\nlabel = \"They come to a branch.\"\n\
         [reasons.no_answer]\nnote = true\n\
         [reasons.face_mismatch]\nenabled = false\n",
    )
    .reasons;
    let visit = reasons.get("branch_visit").unwrap();
    assert_eq!(*visit.decisions, [Decision::Review, Decision::Reject]);
    assert_eq!((visit.label.as_ref(), visit.needs_note), ("They come to a branch.", false));
    let no_answer = reasons.get("no_answer").unwrap();
    assert!(
        no_answer.needs_note && *no_answer.decisions == [Decision::Reject],
        "what is not written stays as built in"
    );
    assert_eq!(reasons.get("face_mismatch"), None);
    assert_eq!(reasons.all().len(), Config::built_in().reasons.all().len());
}

#[test]
fn views_are_added_changed_and_taken_away_one_by_one() {
    let views = config(
        "[views.vip]\nquery = \"project:VIP stuck\"\nsort = \"name\"\nkey = 1\n\
         [views.\"My Turn\"]\nsort = \"updated:asc\"\n\
         [views.stuck]\nquery = \"stuck:D-03\"\n\
         [views.breached]\nenabled = false\n",
    )
    .views;
    assert_eq!(views.at(1).map(|view| view.name.as_str()), Some("vip"));
    let mine = views.get("my turn").unwrap();
    assert_eq!((mine.text.as_str(), mine.sort.to_string().as_str()), ("turn:operator -snoozed", "updated:asc"));
    assert_eq!(views.get("stuck").unwrap().text, "stuck:D-03");
    assert_eq!(views.get("breached"), None);
    assert_eq!(config("").views, Config::built_in().views);
}

#[test]
fn the_example_names_the_keys_of_every_command() {
    let example = config(&uncommented());
    let named: Vec<&str> = example.keys.iter().map(|setting| setting.command.as_str()).collect();
    for entry in COMMANDS {
        assert!(named.contains(&entry.id), "{} is missing in config.example.toml", entry.id);
        let setting = example.keys.iter().find(|setting| setting.command == entry.id).unwrap();
        assert_eq!(setting.keys, entry.keys[0].1, "{}", entry.id);
    }
    let overrides: Vec<Override> = example
        .keys
        .iter()
        .map(|setting| Override { command: setting.command.clone(), keys: setting.keys.clone() })
        .collect();
    let clashes = Keymap::compile(&default_bindings(), &overrides).err();
    assert_eq!(clashes, None);
}

#[test]
fn what_the_file_says_about_judging_is_the_policy() {
    let text = "[rules.bio-01]\nminimum = 0.9\n[rules.IDN-05]\nenabled = false\n[limits.d-02]\nstuck = \"1d12h\"\n\
                [limits.liveness]\nwarn = \"90s\"\n[projects.\"Aldea Bank\".rules.BIO-01]\nminimum = 1\n";
    let policy = config(text).policy;
    let aldea = ProjectRef { id: "p1".to_owned(), name: Some("Aldea Bank".to_owned()), ..ProjectRef::default() };
    let face = triage::rule("BIO-01").unwrap();
    assert_eq!(policy.number(face, "minimum", &ProjectRef::default()), Some(0.9));
    assert_eq!(policy.number(face, "minimum", &aldea), Some(1.0));
    assert!(!policy.is_enabled(triage::rule("IDN-05").unwrap(), &aldea));
    let way = triage::WAYS.iter().find(|way| way.id == "D-02").unwrap();
    let limits = policy.limits(way, &StepKind::BiometricVerification, &aldea);
    assert_eq!((limits.warn, limits.stuck, limits.give_up), (Some(90), Some(129_600), None));
}

#[test]
fn the_numbers_of_the_example_are_the_built_in_ones() {
    let policy = config(&uncommented()).policy;
    let layers = policy.projects.values().chain([&policy.everywhere]);
    for (id, adjustment) in layers.flat_map(|layer| &layer.rules) {
        let rule = triage::rule(id).unwrap();
        for (name, value) in &adjustment.numbers {
            let number = rule.numbers.iter().find(|number| number.name == name).unwrap();
            assert_eq!(number.default.to_bits(), value.to_bits(), "{id}.{name}");
        }
    }
}

#[test]
fn files_of_the_house_stand_beside_the_built_in_lists_and_their_mistakes_are_told_at_their_lines() {
    let house = tempfile::tempdir().unwrap();
    let file = house.path().join("config.toml");
    fs::write(&file, "[lists]\nanonymous_networks = \"tor.txt\"\n").unwrap();
    fs::write(house.path().join("tor.txt"), "# exits\n198.51.100.0/24\n203.0.113.7\n").unwrap();
    let read = Config::read(&file).unwrap();
    let list = triage::ListName::AnonymousNetworks;
    assert_eq!(read.policy.lists.count(list), Config::built_in().policy.lists.count(list) + 2);
    assert_eq!(read.lists[&list], [house.path().join("tor.txt")]);

    fs::write(house.path().join("tor.txt"), "198.51.100.0/24\nnowhere\n").unwrap();
    let mistakes = Config::read(&file).unwrap_err().0;
    assert_eq!(mistakes.len(), 1, "{mistakes:#?}");
    assert_eq!(mistakes[0].key.as_deref(), Some("lists.anonymous_networks"));
    assert_eq!(mistakes[0].place, Place::File { path: house.path().join("tor.txt"), line: 2, column: 1 });
}
