//! From the text of a file to [`Config`].

use std::{
    fs::File,
    io::{ErrorKind, Read},
    path::{Path, PathBuf},
    sync::Arc,
};

use toml::de::{DeTable, DeValue};

use super::{
    BackendSettings, Config, DIALECTS, KeySetting, MIRRORS, Mistake, Mistakes, Place, ProfileSettings,
    lists::lists_of,
    look,
    policy::policy_of,
    profile, reasons,
    section::{Found, Reading, Section, one_or_more_texts, type_in_words},
    sources::{TOKEN, only_one, sources_of},
    store::store_of,
    views::views_of,
    webhooks::webhooks_of,
};
use crate::{
    model::Role,
    remote::{self, MIRROR_HOURS, RemoteConfig, Timeouts},
};

/// Longest file, bytes: a hundred times as long as the example of all there is to be said.
const LONGEST: u64 = 2 * 1024 * 1024;

/// The text of a file.
pub(super) fn text_of(path: &Path) -> Result<String, Mistakes> {
    let mut bytes = Vec::new();
    let read = File::open(path).and_then(|file| file.take(LONGEST + 1).read_to_end(&mut bytes));
    read.map_err(|error| {
        let message = match error.kind() {
            ErrorKind::NotFound => "there is no such file; `regdesk config init` writes one to start from".to_owned(),
            _ => format!("cannot be read: {error}"),
        };
        Mistake::new(Place::WholeFile(path.to_owned()), message)
    })?;
    if bytes.len() as u64 > LONGEST {
        let message = format!("is longer than {LONGEST} bytes; this is no configuration file");
        return Err(Mistake::new(Place::WholeFile(path.to_owned()), message).into());
    }
    Ok(String::from_utf8(bytes).map_err(|error| {
        let valid = String::from_utf8_lossy(&error.as_bytes()[..error.utf8_error().valid_up_to()]).into_owned();
        Mistake::new(Place::in_file(path, &valid, valid.len()), "is not UTF-8 from here on; save the file as UTF-8")
    })?)
}

/// What the text of a file says, as far as it can be read, and all mistakes of syntax and meaning together.
pub(super) fn parse(text: &str, path: &Path) -> (Config, Mistakes) {
    let (document, syntax_errors) = DeTable::parse_recoverable(text);
    let mut reading = Reading { path, text, mistakes: Vec::new() };
    let config = config_of(document.get_ref(), &mut reading);
    let mut mistakes: Vec<Mistake> = syntax_errors
        .iter()
        .map(|error| {
            let offset = error.span().map_or(text.len(), |span| span.start);
            Mistake::new(reading.place(offset), error.message().replace('\n', ", "))
        })
        .collect();
    // What could be rescued of a broken line is not judged.
    let line = |mistake: &Mistake| mistake.place.line_and_column().0;
    let broken: Vec<usize> = mistakes.iter().map(line).collect();
    mistakes.extend(reading.mistakes.into_iter().filter(|mistake| !broken.contains(&line(mistake))));
    (config, Mistakes::in_order(mistakes))
}

fn config_of(document: &DeTable<'_>, reading: &mut Reading<'_>) -> Config {
    let mut config = Config { file: Some(reading.path.to_owned()), ..Config::built_in() };
    let mut top = Section::new(document, "");
    let default_profile = top.text(reading, "profile");
    config.operator = top.text(reading, "operator").map(|found| found.value);
    let profiles = top.table(reading, "profiles");
    let ui = top.table(reading, "ui");
    let theme = top.table(reading, "theme");
    let queue = top.table(reading, "queue");
    let keys = top.table(reading, "keys");
    let mut policy = policy_of(&mut top, reading);
    let lists = top.table(reading, "lists");
    let reasons = top.table(reading, "reasons");
    let views = top.table(reading, "views");
    top.finish(reading);
    for (name, value) in profiles.into_iter().flatten() {
        let place = reading.place(name.span().start);
        let name = name.get_ref().as_ref();
        if let Some(settings) = profile_of(name, value.get_ref(), place, reading) {
            config.profiles.insert(name.to_owned(), settings);
        }
    }
    config.columns = queue.and_then(|queue| look::columns_of(queue, reading));
    config.ui = look::ui_of(ui, theme, reading);
    config.lists = lists.map(|lists| lists_of(lists, &mut policy.lists, reading)).unwrap_or_default();
    config.policy = Arc::new(policy);
    config.reasons = reasons.map(|reasons| reasons::reasons_of(reasons, reading)).unwrap_or_default();
    config.views = views.map(|views| views_of(views, reading)).unwrap_or_default();
    config.keys = keys.map(|keys| keys_of(keys, reading)).unwrap_or_default();
    if let Some(Found { value, place }) = default_profile {
        // A profile with mistakes of its own exists all the same.
        let names = profiles.into_iter().flatten().map(|(name, _)| name.get_ref().as_ref());
        let names: Vec<&str> = names.chain(config.profiles.keys().map(String::as_str)).collect();
        if !names.contains(&value.as_str()) {
            reading.mistakes.push(profile::unknown(&value, place.clone(), names.into_iter()).with_key("profile"));
        }
        config.default_profile = (value, place);
    }
    config
}

fn profile_of(name: &str, value: &DeValue<'_>, place: Place, reading: &mut Reading<'_>) -> Option<ProfileSettings> {
    let path = format!("profiles.{name}");
    if !name.chars().all(|character| character.is_ascii_alphanumeric() || matches!(character, '-' | '_')) {
        let message = "a profile's name consists of letters, digits, `-` and `_`";
        reading.mistakes.push(Mistake::new(place, message).with_key(path));
        return None;
    }
    let Some(table) = value.as_table() else {
        let message = format!("must be a table: [profiles.{name}], not {}", type_in_words(value));
        reading.mistakes.push(Mistake::new(place, message).with_key(path));
        return None;
    };
    let mut section = Section::new(table, path);
    let remote = section.word(reading, "backend", &[("embedded", false), ("remote", true)]);
    // Without a word that can be read, the keys beside it tell which they belong to.
    let is_remote = remote.as_ref().map_or_else(|| section.has_any(&["url"]), |found| found.value);
    let data_dir = section.text(reading, "data_dir");
    let store = store_of(&mut section, is_remote, reading);
    let endpoint = remote_of(&mut section, is_remote, &place, reading);
    let roles = Role::ALL.map(|role| (role.as_str(), role));
    let role = section.word(reading, "role", &roles).map(|found| found.value).unwrap_or_default();
    let read_only = section.switch(reading, "read_only").is_some_and(|found| found.value);
    let production = section.switch(reading, "production").is_some_and(|found| found.value);
    let webhooks = section.table(reading, "webhooks");
    let webhooks =
        webhooks.map(|table| webhooks_of(table, section.path_of("webhooks"), is_remote, reading)).unwrap_or_default();
    if let (true, Some(found)) = (is_remote, &data_dir) {
        let message = "only an embedded profile has a data directory";
        reading.mistakes.push(Mistake::new(found.place.clone(), message).with_key(section.path_of("data_dir")));
    }
    section.finish(reading);
    let backend = if is_remote {
        BackendSettings::Remote(endpoint?)
    } else {
        BackendSettings::Embedded { data_dir: data_dir.map(|found| anchored(&found.value, reading.path)), store }
    };
    Some(ProfileSettings { backend, role, read_only, production, webhooks })
}

/// The keys of a remote; in an embedded profile each of them is a mistake.
fn remote_of(
    section: &mut Section<'_>,
    is_remote: bool,
    profile_place: &Place,
    reading: &mut Reading<'_>,
) -> Option<RemoteConfig> {
    let url = section.text(reading, "url");
    let dialect = section.word(reading, "dialect", DIALECTS);
    let tokens = sources_of(&TOKEN, section, reading);
    let allow_plain_http = section.switch(reading, "allow_plain_http");
    let per_second = section.number(reading, "requests_per_second");
    let mirror = section.word(reading, "mirror", MIRRORS);
    let mirror_hours = section.number(reading, "mirror_hours");
    if !is_remote {
        let misplaced = url
            .map(|found| ("url", found.place))
            .into_iter()
            .chain(dialect.map(|found| ("dialect", found.place)))
            .chain(tokens.into_iter().map(|(key, found)| (key, found.place)))
            .chain(allow_plain_http.map(|found| ("allow_plain_http", found.place)))
            .chain(per_second.map(|found| ("requests_per_second", found.place)))
            .chain(mirror.map(|found| ("mirror", found.place)))
            .chain(mirror_hours.map(|found| ("mirror_hours", found.place)));
        for (key, place) in misplaced {
            let message = "only applies to a remote; set backend = \"remote\", or leave it out";
            reading.mistakes.push(Mistake::new(place, message).with_key(section.path_of(key)));
        }
        return None;
    }
    let allow_plain_http = allow_plain_http.is_some_and(|found| found.value);
    let token = only_one(tokens, "token", section, reading);
    if !section.has_any(&["token_env", "token_file", "token_command", "token_keyring", "token"]) {
        let message = "a remote needs one of token_env, token_file, token_command, token_keyring";
        reading.mistakes.push(Mistake::new(profile_place.clone(), message).with_key(section.path_of("token_env")));
    }
    let Some(url) = url else {
        let message = "a remote needs a url, for example url = \"https://api.verifik.co\"";
        reading.mistakes.push(Mistake::new(profile_place.clone(), message).with_key(section.path_of("url")));
        return None;
    };
    if let Err(error) = remote::check_address(&url.value, allow_plain_http) {
        reading.mistakes.push(Mistake::new(url.place, error.to_string()).with_key(section.path_of("url")));
    }
    let dialect = dialect.and_then(|found| found.value);
    let per_second = per_second.and_then(|found| whole_number(&found, "requests_per_second", section, reading));
    let mirror_hours = mirror_hours.and_then(|found| whole_number(&found, "mirror_hours", section, reading));
    Some(RemoteConfig {
        base_url: url.value,
        dialect,
        token: token?,
        allow_plain_http,
        timeouts: Timeouts { per_second, ..Timeouts::default() },
        mirror: mirror.map(|found| found.value).unwrap_or_default(),
        mirror_hours: mirror_hours.unwrap_or(MIRROR_HOURS),
        // Its place depends on the user's directories.
        annotations: None,
    })
}

/// A number of requests, hours or seconds.
pub(super) fn whole_number(
    found: &Found<f64>,
    key: &str,
    section: &Section<'_>,
    reading: &mut Reading<'_>,
) -> Option<u32> {
    if (1.0..=LARGEST_NUMBER).contains(&found.value) && found.value.fract() == 0.0 {
        return Some(found.value as u32);
    }
    let message = format!("must be a whole number from 1 to {LARGEST_NUMBER}");
    reading.mistakes.push(Mistake::new(found.place.clone(), message).with_key(section.path_of(key)));
    None
}

/// More requests a second are as good as no limit, and more hours are more than a year.
const LARGEST_NUMBER: f64 = 10_000.0;

fn keys_of(table: &DeTable<'_>, reading: &mut Reading<'_>) -> Vec<KeySetting> {
    let mut settings = Vec::new();
    for (command, value) in table {
        let place = reading.place(command.span().start);
        let command = command.get_ref().to_string();
        if let Some(keys) = one_or_more_texts(value.get_ref()) {
            settings.push(KeySetting { command, keys, place });
        } else {
            let message = "must be a key or a list of keys, for example [\"j\", \"down\"]; [] unbinds the command";
            reading.mistakes.push(Mistake::new(place, message).with_key(format!("keys.{command}")));
        }
    }
    settings
}

/// A path of the file: `~` is the home directory, a relative path starts at the file's directory.
pub(super) fn anchored(written: &str, config_file: &Path) -> PathBuf {
    let home = || directories::BaseDirs::new().map(|found| found.home_dir().to_owned());
    let expanded = match written.strip_prefix("~/") {
        Some(rest) => home().map(|home| home.join(rest)),
        None if written == "~" => home(),
        None => None,
    };
    let path = expanded.unwrap_or_else(|| PathBuf::from(written));
    config_file.parent().map_or(path.clone(), |directory| directory.join(path))
}
