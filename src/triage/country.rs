//! Countries in the spellings that documents and forms use.

use super::names::fold_text;

/// A country: ISO codes of two and three letters, calling code, and folded names.
struct Country(&'static str, &'static str, &'static str, &'static [&'static str]);

/// Countries whose registrations are common; any other name is matched as written.
const COUNTRIES: &[Country] = &[
    Country("AR", "ARG", "54", &["argentina"]),
    Country("AU", "AUS", "61", &["australia"]),
    Country("BE", "BEL", "32", &["belgium", "belgica", "belgie", "belgique"]),
    Country("BO", "BOL", "591", &["bolivia"]),
    Country("BR", "BRA", "55", &["brazil", "brasil"]),
    Country("CA", "CAN", "1", &["canada"]),
    Country("CH", "CHE", "41", &["switzerland", "suiza", "schweiz"]),
    Country("CL", "CHL", "56", &["chile"]),
    Country("CN", "CHN", "86", &["china"]),
    Country("CO", "COL", "57", &["colombia"]),
    Country("CR", "CRI", "506", &["costa rica"]),
    Country("CZ", "CZE", "420", &["czechia", "czech republic"]),
    Country("DE", "DEU", "49", &["germany", "alemania", "deutschland"]),
    Country("DK", "DNK", "45", &["denmark", "dinamarca"]),
    Country("DO", "DOM", "1", &["dominican republic", "republica dominicana"]),
    Country("EC", "ECU", "593", &["ecuador"]),
    Country("EG", "EGY", "20", &["egypt", "egipto"]),
    Country("ES", "ESP", "34", &["spain", "espana"]),
    Country("FR", "FRA", "33", &["france", "francia"]),
    Country("GB", "GBR", "44", &["united kingdom", "great britain", "reino unido"]),
    Country("GR", "GRC", "30", &["greece", "grecia"]),
    Country("GT", "GTM", "502", &["guatemala"]),
    Country("HN", "HND", "504", &["honduras"]),
    Country("IE", "IRL", "353", &["ireland", "irlanda"]),
    Country("IL", "ISR", "972", &["israel"]),
    Country("IN", "IND", "91", &["india"]),
    Country("IT", "ITA", "39", &["italy", "italia"]),
    Country("JP", "JPN", "81", &["japan", "japon"]),
    Country("KR", "KOR", "82", &["south korea", "republic of korea", "corea del sur"]),
    Country("MA", "MAR", "212", &["morocco", "marruecos"]),
    Country("MX", "MEX", "52", &["mexico"]),
    Country("NG", "NGA", "234", &["nigeria"]),
    Country("NI", "NIC", "505", &["nicaragua"]),
    Country("NL", "NLD", "31", &["netherlands", "paises bajos", "nederland"]),
    Country("NO", "NOR", "47", &["norway", "noruega"]),
    Country("PA", "PAN", "507", &["panama"]),
    Country("PE", "PER", "51", &["peru"]),
    Country("PL", "POL", "48", &["poland", "polonia", "polska"]),
    Country("PT", "PRT", "351", &["portugal"]),
    Country("PY", "PRY", "595", &["paraguay"]),
    Country("SA", "SAU", "966", &["saudi arabia", "arabia saudita"]),
    Country("SE", "SWE", "46", &["sweden", "suecia"]),
    Country("SV", "SLV", "503", &["el salvador"]),
    Country("TR", "TUR", "90", &["turkey", "turkiye", "turquia"]),
    Country("UA", "UKR", "380", &["ukraine", "ucrania"]),
    Country("US", "USA", "1", &["united states", "estados unidos"]),
    Country("UY", "URY", "598", &["uruguay"]),
    Country("VE", "VEN", "58", &["venezuela"]),
    Country("VN", "VNM", "84", &["vietnam", "viet nam"]),
    Country("ZA", "ZAF", "27", &["south africa", "sudafrica"]),
];

/// The two-letter code of a country in any spelling (`CO`, `col`, `República de Colombia`); an unknown one folded.
pub fn canonical(text: &str) -> String {
    code(text).map_or_else(|| fold_text(text).trim().to_owned(), str::to_owned)
}

/// The two-letter code of a country in any spelling, if it is known here.
pub fn code(text: &str) -> Option<&'static str> {
    let folded = fold_text(text).trim().to_owned();
    let is_named = |country: &&Country| {
        country.0.eq_ignore_ascii_case(&folded)
            || country.1.eq_ignore_ascii_case(&folded)
            || country.3.contains(&folded.as_str())
    };
    let known = COUNTRIES.iter().find(is_named).or_else(|| {
        // Long forms wrap the name: "republica de colombia", "united mexican states" is beyond this.
        let words = format!(" {folded} ");
        COUNTRIES.iter().find(|country| country.3.iter().any(|name| words.contains(&format!(" {name} "))))
    });
    known.map(|country| country.0)
}

/// Whether a list of allowed countries, as projects write them, allows every country.
pub fn are_all(allowed: &[String]) -> bool {
    allowed.is_empty() || allowed.iter().any(|name| matches!(fold_text(name).trim(), "all" | "*"))
}

/// Whether a calling code (`+57`) belongs to a country of this canonical name.
pub fn has_calling_code(canonical: &str, code: &str) -> bool {
    let digits = code.trim().trim_start_matches('+');
    COUNTRIES.iter().any(|country| country.0 == canonical && country.2 == digits)
}

#[cfg(test)]
mod tests {
    use super::{are_all, canonical, has_calling_code};

    #[test]
    fn every_spelling_is_one_country() {
        for spelling in ["CO", "co", "Col", " Colombia ", "REPÚBLICA DE COLOMBIA"] {
            assert_eq!(canonical(spelling), "CO", "{spelling}");
        }
        assert_eq!(canonical("España"), "ES");
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
    }
}
