//! Countries in the spellings that documents and forms use, with the calling codes and languages that belong to them.
//!
//! One built-in table for everybody who compares countries: the rules, the search and the lists of networks.

use std::{collections::HashMap, sync::LazyLock};

use super::names::fold_text;
use crate::model::Registration;

/// What belongs to a country.
struct Country {
    /// Digits after the `+`; several countries may have the same.
    calling_code: &'static str,
    /// ISO 639-1 codes of the languages that are official or widely spoken at home.
    languages: Vec<&'static str>,
}

/// The built-in table, by each of its keys. A country is its ISO 3166-1 code of two letters.
#[derive(Default)]
struct Countries {
    all: HashMap<&'static str, Country>,
    /// By codes of two and three letters, and by names; all folded.
    words: HashMap<String, &'static str>,
    calling_codes: HashMap<&'static str, Vec<&'static str>>,
}

static COUNTRIES: LazyLock<Countries> = LazyLock::new(|| read(include_str!("../../assets/countries.txt")));

/// Shorter names are only known as the whole text.
const SHORTEST_NAME_WITHIN: usize = 4;
/// No name of a country has more words.
const LONGEST_NAME: usize = 6;
/// A longer text is no country, whatever stands in it.
const MOST_WORDS: usize = 16;

fn read(text: &'static str) -> Countries {
    let mut countries = Countries::default();
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let Some((codes, names)) = line.split_once('|') else { continue };
        let columns: Vec<&'static str> = codes.split_whitespace().collect();
        let [code, code_of_three, calling_code, languages] = columns[..] else { continue };
        let words = names.split(';').map(|name| name.trim().to_owned());
        let words = words.chain([code.to_ascii_lowercase(), code_of_three.to_ascii_lowercase()]);
        countries.words.extend(words.map(|word| (word, code)));
        countries.calling_codes.entry(calling_code).or_default().push(code);
        countries.all.insert(code, Country { calling_code, languages: languages.split(',').collect() });
    }
    countries
}

/// The two-letter code of a country in any spelling (`CO`, `col`, `República de Colombia`), if it is known here.
pub fn code(text: &str) -> Option<&'static str> {
    let folded = fold_text(text);
    let known = |word: &str| COUNTRIES.words.get(word).copied();
    known(folded.trim()).or_else(|| {
        // Long forms wrap the name: "republica de colombia". The longest name within is meant.
        let between = |character: char| character.is_whitespace() || ",.;/()".contains(character);
        let words: Vec<&str> = folded.split(between).filter(|word| !word.is_empty()).take(MOST_WORDS).collect();
        (1..=LONGEST_NAME.min(words.len()))
            .rev()
            .flat_map(|count| words.windows(count))
            .map(|window| window.join(" "))
            .filter(|name| name.len() >= SHORTEST_NAME_WITHIN)
            .find_map(|name| known(&name))
    })
}

/// The two-letter code of a country in any spelling; an unknown one folded.
pub fn canonical(text: &str) -> String {
    code(text).map_or_else(|| fold_text(text).trim().to_owned(), str::to_owned)
}

/// The canonical names of the countries that the document and the form name, each once.
pub fn named(registration: &Registration) -> Vec<String> {
    let checks = &registration.checks;
    let written = [
        checks.document.as_ref().and_then(|document| document.country.as_deref()),
        checks.document.as_ref().and_then(|document| document.nationality.as_deref()),
        checks.information.as_ref().and_then(|typed| typed.country.as_deref()),
    ];
    let mut names: Vec<String> = written.into_iter().flatten().map(canonical).collect();
    names.sort();
    names.dedup();
    names
}

/// Whether a list of allowed countries, as projects write them, allows every country.
pub fn are_all(allowed: &[String]) -> bool {
    allowed.is_empty() || allowed.iter().any(|name| matches!(fold_text(name).trim(), "all" | "*"))
}

/// Whether a calling code (`+57`) belongs to a country of this canonical name.
pub fn has_calling_code(canonical: &str, calling_code: &str) -> bool {
    COUNTRIES.all.get(canonical).is_some_and(|country| country.calling_code == digits(calling_code))
}

/// The countries of a calling code (`+57`); none if nobody has it.
pub fn of_calling_code(calling_code: &str) -> &'static [&'static str] {
    COUNTRIES.calling_codes.get(digits(calling_code)).map_or(&[], Vec::as_slice)
}

fn digits(calling_code: &str) -> &str {
    calling_code.trim().trim_start_matches('+')
}

/// Whether a language (ISO 639-1, `es`) is official or widely spoken in a country (`CO`).
pub(super) fn speaks(code: &str, language: &str) -> bool {
    COUNTRIES.all.get(code).is_some_and(|country| country.languages.contains(&language))
}

/// Whether a language (ISO 639-1, `es`) is spoken in any country of the table.
pub(super) fn is_language(language: &str) -> bool {
    COUNTRIES.all.values().any(|country| country.languages.contains(&language))
}

#[cfg(test)]
mod tests {
    use super::{COUNTRIES, are_all, canonical, code, has_calling_code, is_language, of_calling_code, speaks};

    #[test]
    fn every_spelling_is_one_country() {
        for spelling in ["CO", "co", "Col", " Colombia ", "REPÚBLICA DE COLOMBIA", "Colombia (CO)"] {
            assert_eq!(canonical(spelling), "CO", "{spelling}");
        }
        assert_eq!(canonical("España"), "ES");
    }

    #[test]
    fn the_longest_name_within_a_text_is_meant() {
        assert_eq!(code("Republic of South Sudan"), Some("SS"));
        assert_eq!(code("República de Guinea Ecuatorial"), Some("GQ"));
        assert_eq!(code("Estados Unidos Mexicanos / México"), Some("MX"));
        assert_eq!(code("not a place in it"), None, "codes do not count within a text");
    }

    #[test]
    fn an_unknown_country_is_compared_as_written() {
        assert_eq!(canonical("Ruritânia"), "ruritania");
    }

    #[test]
    fn a_canonical_name_stays_what_it_is() {
        for name in ["CO", "ruritania", ""] {
            assert_eq!(canonical(&canonical(name)), canonical(name));
        }
    }

    #[test]
    fn a_list_without_a_name_or_with_the_word_all_allows_every_country() {
        assert!(are_all(&[]) && are_all(&["Chile".to_owned(), "ALL".to_owned()]));
        assert!(!are_all(&["Chile".to_owned()]));
    }

    #[test]
    fn countries_may_share_a_calling_code() {
        assert!(has_calling_code("US", "+1") && has_calling_code("CA", "1"));
        assert!(!has_calling_code("CO", "+1"));
        assert!(of_calling_code("+7").contains(&"RU") && of_calling_code("7").contains(&"KZ"));
        assert!(of_calling_code("+999").is_empty());
    }

    #[test]
    fn a_language_belongs_to_the_countries_that_speak_it() {
        assert!(speaks("CO", "es") && speaks("CH", "it") && !speaks("CO", "de"));
        assert!(is_language("es") && !is_language("xx"));
    }

    #[test]
    fn every_country_of_the_table_is_read_and_no_name_means_two() {
        let text = include_str!("../../assets/countries.txt");
        let rows: Vec<&str> = text.lines().filter(|line| !line.starts_with('#')).collect();
        assert_eq!(COUNTRIES.all.len(), rows.len());
        let words: usize = rows.iter().map(|row| row.split(';').count() + 2).sum();
        assert_eq!(COUNTRIES.words.len(), words, "two countries share a name or a code");
        for code in COUNTRIES.all.keys() {
            assert_eq!(super::code(code), Some(*code));
        }
    }
}
