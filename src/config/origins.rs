//! Which keys a file says, and where.

use std::path::Path;

use toml::de::{DeTable, DeValue};

use super::Place;

/// A key that a file says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    /// Its name with those of its tables, outermost first; what is written in another case is the same.
    pub path: Vec<String>,
    /// Where it stands.
    pub place: Place,
}

/// Every key of a file that is no table, wherever the text can be read. `path` is only named in the places.
pub fn keys_of(text: &str, path: &Path) -> Vec<Key> {
    let (document, _) = DeTable::parse_recoverable(text);
    let mut keys = Vec::new();
    collect(document.get_ref(), &[], &mut |path_of_key, offset| {
        keys.push(Key { path: path_of_key, place: Place::in_file(path, text, offset) });
    });
    keys
}

fn collect(table: &DeTable<'_>, above: &[String], found: &mut impl FnMut(Vec<String>, usize)) {
    for (name, value) in table {
        let path: Vec<String> = above.iter().cloned().chain([name.get_ref().to_lowercase()]).collect();
        match value.get_ref() {
            DeValue::Table(below) => collect(below, &path, found),
            _ => found(path, name.span().start),
        }
    }
}
