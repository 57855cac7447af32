//! `config`: where the configuration lies, whether it is right, and what it says.

use std::{
    fs,
    io::{ErrorKind, Write},
    path::PathBuf,
};

use super::{
    Failure, Output, args::ConfigCommand, config_schema, example::example, notice, origin, policy, quoted, session,
};
use crate::{
    app::command::default_bindings,
    config::{
        BackendSettings, Config, DIALECTS, MIRRORS, Mistake, Mistakes, Overrides, Place, Places, Profile,
        ProfileSettings, StoreSettings, UiSettings, WebhookSettings, default_data_dir,
    },
    index::{Origin, Views},
    keys::{Keymap, KeymapError, Override},
    remote::{RemoteConfig, TokenSource},
    triage::Reasons,
    ui::{color, theme::MEANINGS},
};

/// Does one of the commands.
pub fn run(command: ConfigCommand, given: &Overrides, output: &mut Output) -> Result<(), Failure> {
    let places = Places::of_user();
    match command {
        ConfigCommand::Path => output.line(&path(given, &places)?.display().to_string()),
        ConfigCommand::Check => check(given, &places, output),
        ConfigCommand::Show { origin: false } => show(&given.load(places.as_ref())?, given, &places, output),
        ConfigCommand::Show { origin: true } => origin::show(given, &places, output),
        ConfigCommand::Example => output.written(&example()),
        ConfigCommand::Schema => output.json(&config_schema::schema()),
        ConfigCommand::Init => init(given, &places, output),
    }
}

fn path(given: &Overrides, places: &Result<Places, Mistakes>) -> Result<PathBuf, Failure> {
    match &given.config {
        Some(given) => Ok(given.value.clone()),
        None => Ok(places.as_ref().map_err(Clone::clone)?.config_file.clone()),
    }
}

fn check(given: &Overrides, places: &Result<Places, Mistakes>, output: &mut Output) -> Result<(), Failure> {
    let (config, Mistakes(mut mistakes)) = given.examine(places.as_ref())?;
    mistakes.extend(key_mistakes(&config));
    Mistakes::in_order(mistakes).none()?;
    Profile::resolve(&config, given, places.as_ref())?;
    match &config.file {
        Some(file) => output.line(&format!("{}: no mistakes", file.display())),
        None => output.line("there is no configuration file; the built-in settings apply"),
    }
}

/// What is wrong with the keys of the console, each at its place in the file.
fn key_mistakes(config: &Config) -> Vec<Mistake> {
    let errors = Keymap::compile(&default_bindings(), &overrides(config)).err().unwrap_or_default();
    errors.iter().map(|error| key_mistake(config, error)).collect()
}

fn key_mistake(config: &Config, error: &KeymapError) -> Mistake {
    let commands: &[&String] = match error {
        KeymapError::UnknownCommand { command, .. } | KeymapError::UnknownKey { command, .. } => &[command],
        KeymapError::Clash { first, second, .. } => &[second, first],
    };
    let setting = config.keys.iter().find(|setting| commands.contains(&&setting.command));
    let place = setting.map_or(Place::BuiltIn, |setting| setting.place.clone());
    let mistake = Mistake::new(place, error.to_string());
    match setting {
        Some(setting) => mistake.with_key(format!("keys.{}", setting.command)),
        None => mistake,
    }
}

/// The user's keys as the keymap takes them.
fn overrides(config: &Config) -> Vec<Override> {
    let settings = config.keys.iter();
    settings.map(|setting| Override { command: setting.command.clone(), keys: setting.keys.clone() }).collect()
}

/// The user's keys, checked.
pub fn keys(config: &Config) -> Result<Vec<Override>, Failure> {
    match key_mistakes(config) {
        mistakes if mistakes.is_empty() => Ok(overrides(config)),
        mistakes => Err(Mistakes(mistakes).into()),
    }
}

/// The settings of a configuration, as a configuration file.
pub(super) fn show(
    config: &Config,
    given: &Overrides,
    places: &Result<Places, Mistakes>,
    output: &mut Output,
) -> Result<(), Failure> {
    match &config.file {
        Some(file) => output.line(&format!("# from {} over the built-in settings", file.display()))?,
        None => output.line("# the built-in settings; there is no configuration file")?,
    }
    if let Ok(profile) = Profile::resolve(config, given, places.as_ref()) {
        output.line(&format!(
            "# in use with the options and environment of this call: {}",
            session::described(&profile)
        ))?;
    }
    output.line(&format!("profile = {}", quoted(&config.default_profile.0)))?;
    if let Some(operator) = given.operator(config) {
        output.line(&format!("operator = {}", quoted(operator)))?;
    }
    for (name, settings) in &config.profiles {
        show_profile(name, settings, places.as_ref().ok(), output)?;
    }
    show_look(&config.ui, output)?;
    if let Some(columns) = &config.columns {
        let names: Vec<String> = columns.iter().map(|column| column.shape().name.to_owned()).collect();
        output.line("")?;
        output.line("[queue]")?;
        output.line(&format!("columns = {}", quoted_list(&names)))?;
    }
    policy::show(&config.policy, output)?;
    show_lists(config, output)?;
    if !config.keys.is_empty() {
        output.line("")?;
        output.line("[keys]")?;
    }
    for setting in &config.keys {
        output.line(&format!("{} = {}", quoted(&setting.command), quoted_list(&setting.keys)))?;
    }
    show_reasons(config, output)?;
    show_views(config, output)
}

/// Where the views differ from the built-in ones.
fn show_views(config: &Config, output: &mut Output) -> Result<(), Failure> {
    let built_in = Views::default();
    let own = config.views.numbered().into_iter().map(|(_, view)| view);
    for view in own.filter(|view| view.origin == Origin::Configuration) {
        output.line("")?;
        output.line(&format!("[views.{}]", quoted(&view.name)))?;
        output.line(&format!("query = {}", quoted(&view.text)))?;
        output.line(&format!("sort = {}", quoted(&view.sort.to_string())))?;
        if let Some(key) = view.key {
            output.line(&format!("key = {key}"))?;
        }
    }
    for name in built_in.names().filter(|name| config.views.get(name).is_none()) {
        output.line("")?;
        output.line(&format!("[views.{}]", quoted(name)))?;
        output.line("enabled = false")?;
    }
    Ok(())
}

fn show_look(ui: &UiSettings, output: &mut Output) -> Result<(), Failure> {
    output.line("")?;
    output.line("[ui]")?;
    output.line(&format!("theme = {}", quoted(ui.theme.as_str())))?;
    output.line(&format!("mouse = {}", ui.mouse))?;
    output.line(&format!("decision_keys = {}", ui.decision_keys))?;
    output.line(&format!("plain = {}", ui.plain))?;
    if let Some(ascii) = ui.ascii {
        output.line(&format!("ascii = {ascii}"))?;
    }
    let Some(own) = &ui.own else { return Ok(()) };
    output.line("")?;
    output.line("[theme]")?;
    output.line(&format!("base = {}", quoted(own.base.as_str())))?;
    for (name, meaning) in MEANINGS {
        if let Some((_, color)) = own.colors.iter().find(|(painted, _)| painted == meaning) {
            output.line(&format!("{name} = {}", color::written(*color)))?;
        }
    }
    Ok(())
}

/// The files of the house beside the built-in lists.
fn show_lists(config: &Config, output: &mut Output) -> Result<(), Failure> {
    if !config.lists.is_empty() {
        output.line("")?;
        output.line("[lists]")?;
    }
    for (list, files) in &config.lists {
        let files: Vec<String> = files.iter().map(|file| file.display().to_string()).collect();
        output.line(&format!("{} = {}", list.as_str(), quoted_list(&files)))?;
    }
    Ok(())
}

/// Where the reasons differ from the built-in ones.
fn show_reasons(config: &Config, output: &mut Output) -> Result<(), Failure> {
    let built_in = Reasons::default();
    for reason in config.reasons.all().iter().filter(|reason| built_in.get(&reason.code) != Some(reason)) {
        output.line("")?;
        output.line(&format!("[reasons.{}]", reason.code))?;
        let decisions: Vec<String> = reason.decisions.iter().map(ToString::to_string).collect();
        output.line(&format!("for = {}", quoted_list(&decisions)))?;
        output.line(&format!("label = {}", quoted(&reason.label)))?;
        output.line(&format!("note = {}", reason.needs_note))?;
    }
    for reason in built_in.all().iter().filter(|reason| config.reasons.get(&reason.code).is_none()) {
        output.line("")?;
        output.line(&format!("[reasons.{}]", reason.code))?;
        output.line("enabled = false")?;
    }
    Ok(())
}

fn show_profile(
    name: &str,
    settings: &ProfileSettings,
    places: Option<&Places>,
    output: &mut Output,
) -> Result<(), Failure> {
    output.line("")?;
    output.line(&format!("[profiles.{name}]"))?;
    match &settings.backend {
        BackendSettings::Embedded { data_dir, store } => {
            output.line("backend = \"embedded\"")?;
            let default = places.map(|places| default_data_dir(name, &places.data_dir));
            if let Some(data_dir) = data_dir.clone().or(default) {
                output.line(&format!("data_dir = {}", quoted(&data_dir.display().to_string())))?;
            }
            if let Some(store) = store {
                show_store(store, output)?;
            }
        }
        BackendSettings::Remote(remote) => show_remote(remote, output)?,
    }
    output.line(&format!("role = {}", quoted(settings.role.as_str())))?;
    output.line(&format!("read_only = {}", settings.read_only))?;
    output.line(&format!("production = {}", settings.production))?;
    show_webhooks(name, &settings.webhooks, output)
}

fn show_webhooks(name: &str, webhooks: &WebhookSettings, output: &mut Output) -> Result<(), Failure> {
    let WebhookSettings { to, listen, secret } = webhooks;
    if listen.is_some() || secret.is_some() {
        output.line("")?;
        output.line(&format!("[profiles.{name}.webhooks]"))?;
    }
    if let Some(listen) = listen {
        output.line(&format!("listen = {}", quoted(&listen.to_string())))?;
    }
    if let Some(secret) = secret {
        output.line(&shown_source("secret", secret))?;
    }
    if !to.is_empty() {
        output.line("")?;
        output.line(&format!("[profiles.{name}.webhooks.to]"))?;
    }
    for (project, url) in to {
        output.line(&format!("{} = {}", quoted(project), quoted(url.as_str())))?;
    }
    Ok(())
}

fn show_store(store: &StoreSettings, output: &mut Output) -> Result<(), Failure> {
    output.line(&format!("store = {}", quoted(&store.url())))?;
    if let Some(password) = &store.password {
        output.line(&shown_source("store_password", password))?;
    }
    output.line(&format!("allow_plain_store = {}", store.allow_plain))?;
    if let Some(project) = &store.project {
        output.line(&format!("project = {}", quoted(project)))?;
    }
    output.line(&format!("claim_lease_seconds = {}", store.claim_lease.as_secs()))
}

/// The line that names where a secret comes from, with what its keys begin with.
fn shown_source(of: &str, source: &TokenSource) -> String {
    match source {
        TokenSource::Variable(name) => format!("{of}_env = {}", quoted(name)),
        TokenSource::File(path) => format!("{of}_file = {}", quoted(&path.display().to_string())),
        TokenSource::Keyring(entry) => format!("{of}_keyring = {}", quoted(entry)),
        TokenSource::Command { argv, .. } => format!("{of}_command = {}", quoted_list(argv)),
        // A file cannot name one.
        TokenSource::Value(_) => String::new(),
    }
}

fn show_remote(remote: &RemoteConfig, output: &mut Output) -> Result<(), Failure> {
    output.line("backend = \"remote\"")?;
    output.line(&format!("url = {}", quoted(&remote.base_url)))?;
    let dialect = DIALECTS.iter().find(|(_, meaning)| *meaning == remote.dialect).map_or("auto", |(word, _)| word);
    output.line(&format!("dialect = {}", quoted(dialect)))?;
    output.line(&shown_source("token", &remote.token))?;
    if let Some(most) = remote.timeouts.per_second {
        output.line(&format!("requests_per_second = {most}"))?;
    }
    let mirror = MIRRORS.iter().find(|(_, meaning)| *meaning == remote.mirror).map_or("memory", |(word, _)| word);
    output.line(&format!("mirror = {}", quoted(mirror)))?;
    output.line(&format!("mirror_hours = {}", remote.mirror_hours))?;
    output.line(&format!("allow_plain_http = {}", remote.allow_plain_http))
}

fn quoted_list(texts: &[String]) -> String {
    let items: Vec<String> = texts.iter().map(|text| quoted(text)).collect();
    format!("[{}]", items.join(", "))
}

/// Writes the commented example, never over a file that is there.
fn init(given: &Overrides, places: &Result<Places, Mistakes>, output: &mut Output) -> Result<(), Failure> {
    let path = path(given, places)?;
    let shown = path.display().to_string();
    if let Some(directory) = path.parent() {
        let place =
            format!("no directory for it can be made (--config FILE writes elsewhere): {}", directory.display());
        fs::create_dir_all(directory).map_err(Failure::io(place))?;
    }
    let written = fs::File::create_new(&path).and_then(|mut file| file.write_all(example().as_bytes()));
    match written {
        Ok(()) => {
            output.line(&shown)?;
            notice("written; every setting in it is commented out, so it changes nothing yet");
            Ok(())
        }
        Err(reason) if reason.kind() == ErrorKind::AlreadyExists => Err(Failure::Other(format!(
            "{shown} is there already and was left as it is; `regdesk config check` reads it"
        ))),
        Err(reason) => Err(Failure::Io { what: shown, reason }),
    }
}
