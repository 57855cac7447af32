//! Whether the countries of phone, document, address and language fit together.

use std::{borrow::Cow, net::IpAddr};

use super::{
    Case, Finding, Rule, RuleOutcome, Severity, ThresholdFrom, rules,
    visits::{Visit, visits},
};
use crate::triage::country;

/// Addresses of the person's steps; what the rules on places read.
const ADDRESSES: &[&str] = &[
    "evidence.information.ip",
    "evidence.email.ip",
    "evidence.phone.ip",
    "evidence.document.ip",
    "evidence.liveness.ip",
];

/// The country of the document, if it is one that is known here.
fn of_document(case: &Case) -> Option<&'static str> {
    country::code(case.registration.checks.document.as_ref()?.country.as_deref()?)
}

/// The calling code of the phone with its countries.
fn of_phone<'a>(case: &Case<'a>) -> Option<(Cow<'a, str>, &'static [&'static str])> {
    let contact = &case.registration.contact;
    let written = contact.phone.as_ref().map(|phone| phone.reveal().trim()).filter(|phone| phone.starts_with('+'));
    let code: Cow<'a, str> = match (written, contact.country_code.as_deref()) {
        (Some(international), _) => {
            let digits: String = international.chars().filter(char::is_ascii_digit).collect();
            Cow::Owned(case.lists().calling_code_of(&digits)?.to_owned())
        }
        (None, code) => Cow::Borrowed(code?.trim().trim_start_matches('+')),
    };
    let countries = country::of_calling_code(&code);
    (!countries.is_empty()).then_some((code, countries))
}

/// The visits from public addresses.
fn public_visits<'a>(case: &Case<'a>) -> impl Iterator<Item = (Visit<'a>, IpAddr)> + use<'a> {
    visits(case.registration).into_iter().filter_map(|visit| Some((visit, visit.public_address()?)))
}

/// The visits from addresses of which a list knows the country.
fn placed_visits<'a>(case: &Case<'a>) -> impl Iterator<Item = (Visit<'a>, IpAddr, &'static str)> + use<'a> {
    let lists = case.lists();
    public_visits(case).filter_map(move |(visit, address)| Some((visit, address, lists.country_of(address)?)))
}

pub(super) const COUNTRIES_DISAGREE: Rule = Rule {
    id: "CON-04",
    name: "Countries of phone, document and IP address disagree",
    severity: Severity::Low,
    category: "contact",
    inputs: &["contact.countryCode", "evidence.document.country", "evidence.information.ip", "evidence.liveness.ip"],
    numbers: &[],
    threshold: "one unlike another; medium if all three differ",
    source: "FinCEN names places that do not fit the document; countries of networks are those of the configuration",
    caveat: "Roaming and migrants; a calling code may belong to many countries (+1), and then each of them fits.",
    next_action: "Combine it with a hidden address (DEV-05) before you make anything of it.",
    evaluate: countries_disagree,
};

fn countries_disagree(case: &Case) -> RuleOutcome {
    let phone = of_phone(case);
    let document = of_document(case);
    let places: Vec<&'static str> = placed_visits(case).map(|(_, _, country)| country).collect();
    let known: Vec<(String, &[&str])> = [
        phone.as_ref().map(|(code, countries)| (format!("phone +{code}"), *countries)),
        document.as_ref().map(|country| (format!("document {country}"), std::slice::from_ref(country))),
        (!places.is_empty()).then(|| (format!("address {}", told(&places)), places.as_slice())),
    ]
    .into_iter()
    .flatten()
    .collect();
    if known.len() < 2 {
        return RuleOutcome::NotMeasured;
    }
    let agree = |left: &[&str], right: &[&str]| left.iter().any(|country| right.contains(country));
    let pairs = (0..known.len()).flat_map(|left| (left + 1..known.len()).map(move |right| (left, right)));
    let differing = pairs.clone().filter(|(left, right)| !agree(known[*left].1, known[*right].1)).count();
    let severity = match differing {
        0 => return RuleOutcome::Clear,
        3 => Severity::Medium,
        _ => Severity::Low,
    };
    let words: Vec<&str> = known.iter().map(|(words, _)| words.as_str()).collect();
    let path = if document.is_some() { "evidence.document.country" } else { "contact.countryCode" };
    Finding::new(severity, path, words.join(", ")).against("the same country", ThresholdFrom::Default).fires()
}

/// Countries for a reader, each once; of many the first.
fn told(countries: &[&str]) -> String {
    const SHOWN: usize = 3;
    let mut different: Vec<&str> = countries.to_vec();
    different.sort_unstable();
    different.dedup();
    let more = if different.len() > SHOWN { "/…" } else { "" };
    different.truncate(SHOWN);
    different.join("/") + more
}

pub(super) const ADDRESS_UNLIKE_DOCUMENT: Rule = Rule {
    id: "DEV-03",
    name: "Country of the IP address unlike the document",
    severity: Severity::Low,
    category: "device",
    inputs: &["evidence.information.ip", "evidence.document.ip", "evidence.liveness.ip", "evidence.document.country"],
    numbers: &[],
    threshold: "a step from another country than the document's; medium if the address hides where it comes from",
    source: "countries of networks are those of the configuration",
    caveat: "Travel.",
    next_action: "Ask for another selfie only if there are other flags.",
    evaluate: |case| {
        let Some(home) = of_document(case) else { return RuleOutcome::NotMeasured };
        let mut placed = placed_visits(case).peekable();
        if placed.peek().is_none() {
            return RuleOutcome::NotMeasured;
        }
        let hidden = |address: IpAddr| case.lists().is_anonymous(address) == Some(true);
        let abroad = placed
            .filter(|(_, _, country)| *country != home)
            .map(|(visit, address, country)| {
                let severity = if hidden(address) { Severity::Medium } else { Severity::Low };
                Finding::new(
                    severity,
                    format!("{}.ip", visit.evidence),
                    format!("{address} ({country}), document of {home}"),
                )
                .against("the country of the document", ThresholdFrom::Record)
                .at(visit.at)
            })
            .max_by_key(|finding| finding.severity);
        abroad.map_or(RuleOutcome::Clear, Finding::fires)
    },
};

pub(super) const HIDDEN_ADDRESS: Rule = Rule {
    id: "DEV-05",
    name: "VPN, proxy or Tor",
    severity: Severity::Low,
    category: "device",
    inputs: ADDRESSES,
    numbers: &[],
    threshold: "an address of the list of networks for anonymity; medium beside any flag that is high or critical",
    source: "the lists of the configuration; none of real networks is built in, since they change every hour",
    caveat: "People who value their privacy; networks of companies.",
    next_action: "Ask the person to try again without it.",
    evaluate: hidden_address,
};

fn hidden_address(case: &Case) -> RuleOutcome {
    let mut all_known = true;
    let mut any = false;
    for (visit, address) in public_visits(case) {
        any = true;
        match case.lists().is_anonymous(address) {
            Some(true) => {
                let severity = if has_grave_flag(case) { Severity::Medium } else { Severity::Low };
                return Finding::new(severity, format!("{}.ip", visit.evidence), address.to_string())
                    .against("not a listed network", ThresholdFrom::Default)
                    .at(visit.at)
                    .fires();
            }
            Some(false) => {}
            None => all_known = false,
        }
    }
    if any && all_known { RuleOutcome::Clear } else { RuleOutcome::NotMeasured }
}

/// Whether another rule finds the person gravely suspicious. `BEH-04` is about the reviewer, and asks all rules itself.
fn has_grave_flag(case: &Case) -> bool {
    rules().filter(|rule| rule.id != case.rule.id && rule.id != "BEH-04").any(|rule| match case.ask(rule) {
        RuleOutcome::Fires(finding) => finding.severity >= Severity::High,
        _ => false,
    })
}

pub(super) const FOREIGN_LANGUAGE: Rule = Rule {
    id: "DEV-06",
    name: "Language unlike the country",
    severity: Severity::Low,
    category: "device",
    inputs: &[
        "contact.language",
        "evidence.information.userAgent",
        "evidence.document.country",
        "evidence.information.country",
        "contact.countryCode",
    ],
    numbers: &[],
    threshold: "a language that is not widely spoken in any of the countries of document, form and phone; `en`, the \
                default of the service, says nothing",
    source: "our choice; built-in table of languages by country",
    caveat: "People who speak several languages.",
    next_action: "Context only.",
    evaluate: |case| {
        let typed = case.registration.checks.information.as_ref().and_then(|typed| typed.country.as_deref());
        let homes: Vec<&str> = of_document(case)
            .into_iter()
            .chain(typed.and_then(country::code))
            .chain(of_phone(case).into_iter().flat_map(|(_, countries)| countries.iter().copied()))
            .collect();
        let chosen = case.registration.contact.language.as_deref().map(|language| ("contact.language", language));
        let clients = visits(case.registration);
        let of_clients = clients.iter().filter_map(|visit| Some((visit.evidence, locale(visit.client?)?)));
        let telling: Vec<_> = chosen
            .into_iter()
            .chain(of_clients)
            .filter_map(|(path, word)| Some((path, word, language(word)?)))
            .collect();
        if homes.is_empty() || telling.is_empty() {
            return RuleOutcome::NotMeasured;
        }
        let is_foreign = |language: &str| homes.iter().all(|home| !country::speaks(home, language));
        match telling.into_iter().find(|(_, _, language)| is_foreign(language)) {
            None => RuleOutcome::Clear,
            Some((path, word, _)) => {
                let path = if path == "contact.language" { path.to_owned() } else { format!("{path}.userAgent") };
                Finding::new(Severity::Low, path, format!("{word} in {}", told(&homes)))
                    .against("a language of the person's countries", ThresholdFrom::Record)
                    .fires()
            }
        }
    },
};

/// The language of a locale (`es`, `es-CO`, `pt_BR`), as ISO 639-1 has it today; `None` for the default and for what is
/// no language.
fn language(locale: &str) -> Option<String> {
    let primary = locale.trim().split(['-', '_']).next()?.to_ascii_lowercase();
    let current = match primary.as_str() {
        "en" => return None,
        "iw" => "he",
        "in" => "id",
        "nb" | "nn" => "no",
        "fil" => "tl",
        other => other,
    };
    country::is_language(current).then(|| current.to_owned())
}

/// A locale that a client tells, as older ones do: `es-CO` of `(Linux; U; Android 4.4; es-CO; …)`.
fn locale(client: &str) -> Option<&str> {
    client.split([' ', ';', '(', ')', '/', ',']).find(|word| {
        let bytes = word.as_bytes();
        bytes.len() == 5
            && bytes[..2].iter().all(u8::is_ascii_lowercase)
            && matches!(bytes[2], b'-' | b'_')
            && bytes[3..].iter().all(u8::is_ascii_uppercase)
    })
}

#[cfg(test)]
mod tests {
    use super::{language, locale};

    #[test]
    fn locales_are_read_in_their_spellings_and_the_default_says_nothing() {
        assert_eq!(language("es-CO").as_deref(), Some("es"));
        assert_eq!(language("pt_BR").as_deref(), Some("pt"));
        assert_eq!(language("iw").as_deref(), Some("he"));
        for silent in ["en", "EN-us", "", "xx", "klingon"] {
            assert_eq!(language(silent), None, "{silent}");
        }
    }

    #[test]
    fn a_client_may_tell_its_locale() {
        assert_eq!(locale("Mozilla/5.0 (Linux; U; Android 4.4; es-CO; SM-1)"), Some("es-CO"));
        assert_eq!(locale("MicroMessenger/8 Language/zh_CN"), Some("zh_CN"));
        assert_eq!(locale("Mozilla/5.0 (X11; Linux x86_64; rv:139.0) Gecko/20100101"), None);
    }
}
