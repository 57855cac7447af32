//! One table of a TOML file while it is read: typed access to its keys, and a complaint about every other key.

use std::path::Path;

use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

use super::{Mistake, Place};

/// The text of a file, for places in it, and the mistakes found so far.
pub(super) struct Reading<'a> {
    pub(super) path: &'a Path,
    pub(super) text: &'a str,
    pub(super) mistakes: Vec<Mistake>,
}

impl Reading<'_> {
    pub(super) fn place(&self, offset: usize) -> Place {
        Place::in_file(self.path, self.text, offset)
    }
}

/// A value with the place of its key.
pub(super) struct Found<T> {
    pub(super) value: T,
    pub(super) place: Place,
}

/// A table under a dotted name, with the keys that were asked for.
pub(super) struct Section<'a> {
    table: &'a DeTable<'a>,
    name: String,
    asked: Vec<&'static str>,
}

impl<'a> Section<'a> {
    pub(super) fn new(table: &'a DeTable<'a>, name: impl Into<String>) -> Self {
        Self { table, name: name.into(), asked: Vec::new() }
    }

    /// The key with the names of its tables.
    pub(super) fn path_of(&self, key: &str) -> String {
        if self.name.is_empty() { key.to_owned() } else { format!("{}.{key}", self.name) }
    }

    /// Whether any of these keys is written, rightly or wrongly.
    pub(super) fn has_any(&self, keys: &[&str]) -> bool {
        keys.iter().any(|key| self.table.contains_key(*key))
    }

    /// A value of any type, with the place of its key.
    pub(super) fn get(&mut self, key: &'static str) -> Option<(usize, &'a DeValue<'a>)> {
        self.asked.push(key);
        let (name, value) = self.table.get_key_value(key)?;
        Some((name.span().start, value.get_ref()))
    }

    /// A value of one type. `expected` says in words what is right.
    fn typed<T>(
        &mut self,
        reading: &mut Reading<'_>,
        key: &'static str,
        expected: &str,
        read: impl FnOnce(&'a DeValue<'a>) -> Option<T>,
    ) -> Option<Found<T>> {
        let (offset, value) = self.get(key)?;
        let place = reading.place(offset);
        let Some(value) = read(value) else {
            let message = format!("must be {expected}, not {}", type_in_words(value));
            reading.mistakes.push(Mistake::new(place, message).with_key(self.path_of(key)));
            return None;
        };
        Some(Found { value, place })
    }

    /// A text that is not empty.
    pub(super) fn text(&mut self, reading: &mut Reading<'_>, key: &'static str) -> Option<Found<String>> {
        let found = self.typed(reading, key, "a text in quotes", |value| value.as_str().map(str::to_owned))?;
        if found.value.trim().is_empty() {
            let mistake = Mistake::new(found.place, "must not be empty; leave the key out instead");
            reading.mistakes.push(mistake.with_key(self.path_of(key)));
            return None;
        }
        Some(found)
    }

    /// `true` or `false`.
    pub(super) fn switch(&mut self, reading: &mut Reading<'_>, key: &'static str) -> Option<Found<bool>> {
        self.typed(reading, key, "true or false (without quotes)", DeValue::as_bool)
    }

    /// A number, with or without a fraction.
    pub(super) fn number(&mut self, reading: &mut Reading<'_>, key: &'static str) -> Option<Found<f64>> {
        self.typed(reading, key, "a number (without quotes)", number_of)
    }

    /// A list of texts.
    pub(super) fn texts(
        &mut self,
        reading: &mut Reading<'_>,
        key: &'static str,
        example: &str,
    ) -> Option<Found<Vec<String>>> {
        self.typed(reading, key, &format!("a list of texts, for example {example}"), texts_of)
    }

    /// A list of texts, or one text instead of a list of one.
    pub(super) fn text_or_texts(
        &mut self,
        reading: &mut Reading<'_>,
        key: &'static str,
        example: &str,
    ) -> Option<Found<Vec<String>>> {
        self.typed(reading, key, &format!("a text or a list of texts, for example {example}"), one_or_more_texts)
    }

    /// One of a few words.
    pub(super) fn word<T: Copy>(
        &mut self,
        reading: &mut Reading<'_>,
        key: &'static str,
        words: &[(&'static str, T)],
    ) -> Option<Found<T>> {
        let found = self.text(reading, key)?;
        if let Some((_, meaning)) = words.iter().find(|(word, _)| *word == found.value) {
            return Some(Found { value: *meaning, place: found.place });
        }
        let names: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
        let mistake = Mistake::new(found.place, format!("must be one of {}", names.join(", ")));
        reading.mistakes.push(mistake.with_key(self.path_of(key)).with_nearest(&found.value, names));
        None
    }

    /// A table within this one.
    pub(super) fn table(&mut self, reading: &mut Reading<'_>, key: &'static str) -> Option<&'a DeTable<'a>> {
        self.typed(reading, key, &format!("a table: [{key}]"), DeValue::as_table).map(|found| found.value)
    }

    /// Every key that nobody asked for is a mistake.
    pub(super) fn finish(self, reading: &mut Reading<'_>) {
        for (key, _) in self.table {
            if self.asked.contains(&key.get_ref().as_ref()) {
                continue;
            }
            let message = if key.get_ref() == "token" {
                "tokens do not belong into this file; name where it comes from with token_env, token_file or \
                 token_command"
                    .to_owned()
            } else {
                format!("there is no such key; known here: {}", self.asked.join(", "))
            };
            let mistake = Mistake::new(reading.place(key.span().start), message).with_key(self.path_of(key.get_ref()));
            let asked = self.asked.iter().copied();
            reading.mistakes.push(if key.get_ref() == "token" {
                mistake
            } else {
                mistake.with_nearest(key.get_ref(), asked)
            });
        }
    }
}

/// A list of texts, or one text as a list of one; `None` if it is anything else.
pub(super) fn one_or_more_texts(value: &DeValue<'_>) -> Option<Vec<String>> {
    texts_of(value).or_else(|| Some(vec![value.as_str()?.to_owned()]))
}

/// A list of texts, or `None` if anything else is among them.
fn texts_of(value: &DeValue<'_>) -> Option<Vec<String>> {
    value.as_array()?.iter().map(Spanned::get_ref).map(|item| item.as_str().map(str::to_owned)).collect()
}

fn number_of(value: &DeValue<'_>) -> Option<f64> {
    let digits = match value {
        DeValue::Integer(number) if number.radix() == 10 => number.as_str(),
        DeValue::Float(number) => number.as_str(),
        _ => return None,
    };
    digits.parse().ok().filter(|number: &f64| number.is_finite())
}

/// The type of a value as a phrase.
pub(super) fn type_in_words(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a text",
        DeValue::Integer(_) | DeValue::Float(_) => "a number",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}
