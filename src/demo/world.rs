//! The invented world: names by language, countries with reserved phone numbers, and the clients people use. Read
//! once from `assets/demo`.

use std::sync::LazyLock;

use serde::Deserialize;
use unicode_normalization::UnicodeNormalization as _;

/// Names of one language.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Culture {
    pub(super) language: String,
    #[serde(default)]
    pub(super) family_first: bool,
    #[serde(default = "one")]
    pub(super) families: usize,
    pub(super) female: Vec<Name>,
    pub(super) male: Vec<Name>,
    pub(super) family: Vec<Name>,
}

/// A name as written, and in Latin letters without accents.
#[derive(Debug, Clone, Deserialize)]
#[serde(from = "String")]
pub(super) struct Name {
    pub(super) written: String,
    pub(super) roman: String,
}

impl From<String> for Name {
    fn from(text: String) -> Self {
        match text.split_once('|') {
            Some((written, roman)) => Self { written: written.to_owned(), roman: roman.to_owned() },
            None => Self { roman: text.nfkd().filter(char::is_ascii).collect(), written: text },
        }
    }
}

/// A country of residence.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Country {
    pub(super) name: String,
    pub(super) weight: u32,
    pub(super) languages: Vec<String>,
    pub(super) cities: Vec<String>,
    /// Country code of its phones.
    #[serde(default)]
    pub(super) code: Option<String>,
    /// Ranges reserved for fiction; `#` stands for a digit.
    #[serde(default)]
    pub(super) phones: Vec<String>,
}

/// A browser or app.
#[derive(Debug)]
pub(super) struct Client {
    /// `DESKTOP`, `IOS` or `ANDROID`.
    pub(super) system: &'static str,
    pub(super) user_agent: &'static str,
}

/// All there is to draw from.
#[derive(Debug)]
pub(super) struct World {
    pub(super) cultures: Vec<Culture>,
    pub(super) countries: Vec<Country>,
    pub(super) clients: Vec<Client>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct People {
    culture: Vec<Culture>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Countries {
    country: Vec<Country>,
}

fn one() -> usize {
    1
}

/// The world, or what is wrong with the files it is read from (which only a broken build can have).
pub(super) fn world() -> Result<&'static World, String> {
    static WORLD: LazyLock<Result<World, String>> = LazyLock::new(read);
    WORLD.as_ref().map_err(Clone::clone)
}

fn read() -> Result<World, String> {
    let people: People = toml::from_str(include_str!("../../assets/demo/people.toml"))
        .map_err(|error| format!("assets/demo/people.toml: {error}"))?;
    let countries: Countries = toml::from_str(include_str!("../../assets/demo/countries.toml"))
        .map_err(|error| format!("assets/demo/countries.toml: {error}"))?;
    let clients = include_str!("../../assets/demo/agents.txt")
        .lines()
        .filter_map(|line| line.split_once(' '))
        .map(|(system, user_agent)| Client { system, user_agent })
        .collect();
    Ok(World { cultures: people.culture, countries: countries.country, clients })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::world;

    #[test]
    fn every_language_of_a_country_has_names_and_every_phone_range_a_country_code() {
        let world = world().unwrap();
        assert!(world.clients.len() >= 5);
        for country in &world.countries {
            assert!(!country.cities.is_empty() && !country.languages.is_empty(), "{}", country.name);
            assert_eq!(country.code.is_some(), !country.phones.is_empty(), "{}", country.name);
            for language in &country.languages {
                assert!(world.cultures.iter().any(|culture| culture.language == *language), "{language}");
            }
        }
    }

    #[test]
    fn every_name_has_a_form_in_latin_letters() {
        for culture in &world().unwrap().cultures {
            for name in culture.female.iter().chain(&culture.male).chain(&culture.family) {
                let letters = name.roman.chars().filter(char::is_ascii_alphabetic).count();
                let written = name.written.chars().filter(|letter| letter.is_alphabetic()).count();
                let latin = name.written.chars().any(|letter| letter.is_ascii_alphabetic());
                assert!(!latin || letters >= written, "a letter of {:?} is lost", name.written);
                assert!(letters >= 2 && name.roman.is_ascii(), "{}: {:?}", culture.language, name.written);
            }
        }
    }

    #[test]
    fn the_scripts_of_the_world_are_there() {
        let all: String = world()
            .unwrap()
            .cultures
            .iter()
            .flat_map(|culture| culture.family.iter().map(|name| name.written.as_str()))
            .collect();
        let has = |range: std::ops::RangeInclusive<char>| all.chars().any(|letter| range.contains(&letter));
        for (script, range) in [
            ("Arabic", '\u{600}'..='\u{6ff}'),
            ("Hebrew", '\u{590}'..='\u{5ff}'),
            ("Han", '\u{4e00}'..='\u{9fff}'),
            ("Hangul", '\u{ac00}'..='\u{d7a3}'),
            ("Cyrillic", '\u{400}'..='\u{4ff}'),
            ("Devanagari", '\u{900}'..='\u{97f}'),
            ("Thai", '\u{e00}'..='\u{e7f}'),
            ("Greek", '\u{370}'..='\u{3ff}'),
        ] {
            assert!(has(range), "{script}");
        }
    }
}
