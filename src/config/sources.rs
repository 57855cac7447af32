//! Where a profile says that a secret comes from: never the secret itself.

use super::{
    Mistake,
    file::anchored,
    section::{Found, Reading, Section},
};
use crate::remote::{COMMAND_TIMEOUT, TokenSource};

/// The keys that name where a secret comes from.
pub(super) struct SourceKeys {
    variable: &'static str,
    file: &'static str,
    command: &'static str,
    keyring: Option<&'static str>,
}

/// The keys for the token of a remote.
pub(super) const TOKEN: SourceKeys =
    SourceKeys { variable: "token_env", file: "token_file", command: "token_command", keyring: Some("token_keyring") };

/// The keys for the password of a database.
pub(super) const STORE_PASSWORD: SourceKeys = SourceKeys {
    variable: "store_password_env",
    file: "store_password_file",
    command: "store_password_command",
    keyring: None,
};

/// A source with its key.
pub(super) type Named = (&'static str, Found<TokenSource>);

/// Every source that is named, with the place of its key.
pub(super) fn sources_of(keys: &SourceKeys, section: &mut Section<'_>, reading: &mut Reading<'_>) -> Vec<Named> {
    let mut sources = Vec::new();
    let variable = section.text(reading, keys.variable);
    if let Some(Found { value, place }) = variable.and_then(|found| variable_of(found, keys.variable, section, reading))
    {
        sources.push((keys.variable, Found { value: TokenSource::Variable(value), place }));
    }
    if let Some(Found { value, place }) = section.text(reading, keys.file) {
        let file = anchored(&value, reading.path);
        sources.push((keys.file, Found { value: TokenSource::File(file), place }));
    }
    if let Some(Found { value, place }) = section.texts(reading, keys.command, "[\"pass\", \"show\", \"entry\"]") {
        if value.first().is_some_and(|program| !program.is_empty()) {
            let value = TokenSource::Command { argv: value, timeout: COMMAND_TIMEOUT };
            sources.push((keys.command, Found { value, place }));
        } else {
            let message = "must name a program, for example [\"pass\", \"show\", \"entry\"]";
            reading.mistakes.push(Mistake::new(place, message).with_key(section.path_of(keys.command)));
        }
    }
    if let Some((key, found)) = keys.keyring.and_then(|key| Some((key, section.text(reading, key)?))) {
        sources.push((key, Found { value: TokenSource::Keyring(found.value), place: found.place }));
    }
    sources
}

/// The first of several sources; the others are mistakes.
pub(super) fn only_one(
    sources: Vec<Named>,
    what: &str,
    section: &Section<'_>,
    reading: &mut Reading<'_>,
) -> Option<TokenSource> {
    for (key, second) in sources.iter().skip(1) {
        let message = format!("there is already {}; keep one source of the {what}", sources[0].0);
        reading.mistakes.push(Mistake::new(second.place.clone(), message).with_key(section.path_of(key)));
    }
    sources.into_iter().next().map(|(_, found)| found.value)
}

/// Longest name of an environment variable that is taken for one.
const LONGEST_VARIABLE: usize = 64;

/// Longest word within such a name, between underscores.
const LONGEST_WORD: usize = 20;

/// Most digits in such a name. Tokens are full of them.
const MOST_DIGITS: usize = 4;

/// Whether a text is the name of a variable rather than what belongs into one. In doubt it is not, because names are
/// repeated in messages.
fn looks_like_a_variable(text: &str) -> bool {
    let has = |kind: fn(&char) -> bool| text.chars().any(|character| kind(&character));
    let digits = text.chars().filter(char::is_ascii_digit).count();
    let is_mixed = has(char::is_ascii_lowercase) && has(char::is_ascii_uppercase);
    text.len() <= LONGEST_VARIABLE
        && text.chars().all(|character| character.is_ascii_alphanumeric() || character == '_')
        && !text.starts_with(|first: char| first.is_ascii_digit())
        && text.split('_').all(|word| word.len() <= LONGEST_WORD)
        && digits <= if is_mixed { 0 } else { MOST_DIGITS }
}

/// The name of an environment variable. What looks like the secret itself is not repeated.
pub(super) fn variable_of(
    found: Found<String>,
    key: &str,
    section: &Section<'_>,
    reading: &mut Reading<'_>,
) -> Option<Found<String>> {
    if looks_like_a_variable(&found.value) {
        return Some(found);
    }
    let message = "must be the name of an environment variable, not the value itself";
    reading.mistakes.push(Mistake::new(found.place, message).with_key(section.path_of(key)));
    None
}
