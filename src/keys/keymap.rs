//! Which key means which command where.

use std::{collections::BTreeMap, fmt::Display};

use super::{Key, KeyParseError};
use crate::text;

/// A default binding of a command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Binding<L, C> {
    /// Where the keys apply.
    pub layer: L,
    /// What they mean.
    pub command: C,
    /// The keys, as text.
    pub keys: &'static [&'static str],
}

/// What the user's configuration says of one command: these keys instead of the default ones.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Override {
    /// The command's id.
    pub command: String,
    /// The keys, as text; none unbinds the command.
    pub keys: Vec<String>,
}

/// A mistake in a keymap.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeymapError {
    /// The configuration names a command that does not exist.
    #[error("there is no command `{command}`{}", nearest.as_ref().map(|name| format!("; did you mean `{name}`?")).unwrap_or_default())]
    UnknownCommand {
        /// As written.
        command: String,
        /// The nearest right name.
        nearest: Option<String>,
    },
    /// The configuration names a key that does not exist.
    #[error("keys of `{command}`: {source}")]
    UnknownKey {
        /// The command.
        command: String,
        /// What is wrong with the key.
        source: KeyParseError,
    },
    /// One key means two things in one place.
    #[error("`{key}` means both `{first}` and `{second}` in {layer}; give one of them another key")]
    Clash {
        /// The key.
        key: String,
        /// The layer.
        layer: String,
        /// One command.
        first: String,
        /// The other command.
        second: String,
    },
}

/// A checked keymap over layers `L` and commands `C`.
#[derive(Debug, Clone)]
pub struct Keymap<L, C> {
    bindings: BTreeMap<(L, Key), C>,
}

impl<L, C> Keymap<L, C>
where
    L: Copy + Ord + Display,
    C: Copy + PartialEq + Display,
{
    /// Puts the overrides over the defaults and checks the whole; all mistakes are returned together.
    pub fn compile(defaults: &[Binding<L, C>], overrides: &[Override]) -> Result<Self, Vec<KeymapError>> {
        let mut errors = unknown_commands(defaults, overrides);
        let mut keymap = Self { bindings: BTreeMap::new() };
        for binding in defaults {
            let name = binding.command.to_string();
            let keys: Vec<String> = match overrides.iter().rfind(|given| given.command == name) {
                Some(given) => given.keys.clone(),
                None => binding.keys.iter().map(|key| (*key).to_owned()).collect(),
            };
            for text in keys {
                match Key::parse(&text) {
                    Ok(key) => keymap.bind(binding.layer, key, binding.command, &mut errors),
                    Err(source) => errors.push(KeymapError::UnknownKey { command: name.clone(), source }),
                }
            }
        }
        errors.dedup();
        if errors.is_empty() { Ok(keymap) } else { Err(errors) }
    }

    fn bind(&mut self, layer: L, key: Key, command: C, errors: &mut Vec<KeymapError>) {
        if let Some(other) = self.bindings.insert((layer, key), command)
            && other != command
        {
            errors.push(KeymapError::Clash {
                key: key.to_string(),
                layer: layer.to_string(),
                first: other.to_string(),
                second: command.to_string(),
            });
        }
    }

    /// What a key means in a layer.
    pub fn command(&self, layer: L, key: Key) -> Option<C> {
        self.bindings.get(&(layer, key)).copied()
    }

    /// The keys of a command in a layer, for footer, help and documentation.
    pub fn keys(&self, layer: L, command: C) -> Vec<Key> {
        self.bindings
            .iter()
            .filter(|((bound, _), meaning)| *bound == layer && **meaning == command)
            .map(|((_, key), _)| *key)
            .collect()
    }
}

fn unknown_commands<L, C: Display>(defaults: &[Binding<L, C>], overrides: &[Override]) -> Vec<KeymapError> {
    let names: Vec<String> = defaults.iter().map(|binding| binding.command.to_string()).collect();
    overrides
        .iter()
        .filter(|given| !names.contains(&given.command))
        .map(|given| KeymapError::UnknownCommand {
            command: given.command.clone(),
            nearest: text::nearest(&given.command, names.iter().map(String::as_str)).map(str::to_owned),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::{Binding, Key, Keymap, KeymapError, Override};

    const DEFAULTS: &[Binding<&str, &str>] = &[
        Binding { layer: "queue", command: "sync", keys: &["s"] },
        Binding { layer: "queue", command: "sort", keys: &["o"] },
        Binding { layer: "detail", command: "sync", keys: &["s"] },
    ];

    fn given(command: &str, keys: &[&str]) -> Override {
        Override { command: command.to_owned(), keys: keys.iter().map(|key| (*key).to_owned()).collect() }
    }

    #[test]
    fn an_override_replaces_the_defaults_in_every_layer() {
        let keymap = Keymap::compile(DEFAULTS, &[given("sync", &["S", "f5"])]).unwrap();
        assert_eq!(keymap.command("queue", Key::char('s')), None);
        assert_eq!(keymap.command("queue", Key::char('S')), Some("sync"));
        assert_eq!(keymap.command("detail", Key::parse("f5").unwrap()), Some("sync"));
    }

    #[test]
    fn all_mistakes_are_reported_at_once() {
        let errors =
            Keymap::compile(DEFAULTS, &[given("snc", &["x"]), given("sort", &["s"]), given("sync", &["s", "entr"])])
                .unwrap_err();
        assert!(errors.contains(&KeymapError::UnknownCommand { command: "snc".into(), nearest: Some("sync".into()) }));
        assert!(errors.iter().any(|error| matches!(error, KeymapError::Clash { key, .. } if key == "s")));
        assert!(
            errors.iter().any(|error| matches!(error, KeymapError::UnknownKey { command, .. } if command == "sync"))
        );
    }

    #[test]
    fn a_command_without_keys_is_unbound() {
        let keymap = Keymap::compile(DEFAULTS, &[given("sort", &[])]).unwrap();
        assert_eq!(keymap.command("queue", Key::char('o')), None);
        assert!(keymap.keys("queue", "sort").is_empty());
    }
}
