//! `config show --origin`: the settings in force, each with the layer that it comes from.

use std::{fs, path::Path};

use super::{Failure, Output, configuration};
use crate::config::{BackendSettings, Config, Key, Mistakes, Overrides, Place, Places, keys_of};

/// Prints the settings as [`configuration::show`] does, with what environment and options say in them, and behind each
/// where it comes from.
pub fn show(given: &Overrides, places: &Result<Places, Mistakes>, output: &mut Output) -> Result<(), Failure> {
    let mut config = given.load(places.as_ref())?;
    let mut said = match &config.file {
        Some(file) => {
            let text = fs::read_to_string(file).map_err(Failure::io(file.display().to_string()))?;
            keys_of(&text, file)
        }
        None => Vec::new(),
    };
    // The last word counts.
    said.extend(over(&mut config, given));
    let shown = Output::gathered(|output| configuration::show(&config, given, places, output))?;
    let keys = keys_of(&shown, Path::new(""));
    for (number, line) in shown.lines().enumerate() {
        let here = |key: &&Key| matches!(key.place, Place::File { line, .. } if line == number + 1);
        match keys.iter().find(here) {
            Some(key) => output.line(&format!("{line}  # {}", origin(key, &said)))?,
            None => output.line(line)?,
        }
    }
    Ok(())
}

fn origin(key: &Key, said: &[Key]) -> Place {
    said.iter().rfind(|said| said.path == key.path).map_or(Place::BuiltIn, |said| said.place.clone())
}

/// Puts what environment and options say into the configuration. Returns what they say.
fn over(config: &mut Config, given: &Overrides) -> Vec<Key> {
    let mut said = Vec::new();
    let mut say = |path: &[&str], place: &Place| {
        said.push(Key { path: path.iter().map(|part| part.to_lowercase()).collect(), place: place.clone() });
    };
    if let Some(given) = &given.profile {
        config.default_profile = (given.value.clone(), given.place.clone());
        say(&["profile"], &given.place);
    }
    let name = config.default_profile.0.clone();
    if let Some(profile) = config.profiles.get_mut(&name) {
        if let (Some(given), BackendSettings::Embedded { data_dir, .. }) = (&given.data_dir, &mut profile.backend) {
            *data_dir = Some(given.value.clone());
            say(&["profiles", &name, "data_dir"], &given.place);
        }
        if given.read_only {
            profile.read_only = true;
            say(&["profiles", &name, "read_only"], &Place::Flag("--read-only or REGDESK_READ_ONLY"));
        }
    }
    if given.operator.is_some() {
        say(&["operator"], &Place::Environment("REGDESK_OPERATOR"));
    } else if config.operator.is_none() && given.login.is_some() {
        say(&["operator"], &Place::Environment("USER or LOGNAME"));
    }
    said
}
