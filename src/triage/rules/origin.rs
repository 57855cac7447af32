//! Where the document comes from, and whom it and others say the person is.

use super::{Case, Finding, Rule, RuleOutcome, Severity, ThresholdFrom, document::with_document};
use crate::{
    model::DocumentCheck,
    triage::{country, mrz::Mrz, names::fold_text},
};

/// Countries named of a list of allowed ones.
const SHOWN: usize = 4;

pub(super) const COUNTRY_NOT_ALLOWED: Rule = Rule {
    id: "DOC-09",
    name: "Document country not allowed, or unlike the phone",
    severity: Severity::Medium,
    category: "document",
    inputs: &["evidence.document.country", "evidence.document.mrz", "projectCountries", "contact.countryCode"],
    numbers: &[],
    threshold: "none of the project's countries; low if it is one of them and the phone's country code is of another",
    source: "the project's own setting",
    caveat: "People who live abroad; spellings of a country that are not known here.",
    next_action: "Read the country off the scan; whether an exception is made is for your policy to say.",
    evaluate: |case| with_document(case, |document| country_not_allowed(case, document)),
};

fn country_not_allowed(case: &Case, document: &DocumentCheck) -> RuleOutcome {
    let Some((path, seen)) = issuer(document) else { return RuleOutcome::NotMeasured };
    let name = country::canonical(&seen);
    let finding = |severity| Finding::new(severity, path, seen.clone()).at(document.created);
    let allowed = case.registration.project.allowed_countries.as_deref();
    if let Some(allowed) = allowed.filter(|allowed| !country::are_all(allowed))
        && !allowed.iter().any(|listed| country::canonical(listed) == name)
    {
        // Of two spellings that nobody knows, nobody can say that they mean different countries.
        if country::code(&seen).is_none() && allowed.iter().any(|listed| country::code(listed).is_none()) {
            return RuleOutcome::NotMeasured;
        }
        return finding(Severity::Medium).against(listing(allowed), ThresholdFrom::Project).fires();
    }
    // Which code a country has is only known of countries that are known.
    let phone = case.registration.contact.country_code.as_deref().filter(|_| country::code(&seen).is_some());
    match phone {
        Some(phone) if !country::has_calling_code(&name, phone) => {
            finding(Severity::Low).against(format!("the country of {phone}"), ThresholdFrom::Record).fires()
        }
        None if allowed.is_none() => RuleOutcome::NotMeasured,
        _ => RuleOutcome::Clear,
    }
}

/// The issuing country as read, else as it stands in the machine-readable zone.
fn issuer(document: &DocumentCheck) -> Option<(&'static str, String)> {
    if let Some(country) = document.country.as_deref().filter(|country| !country.trim().is_empty()) {
        return Some(("evidence.document.country", country.to_owned()));
    }
    let zone = Mrz::read(document.mrz.as_ref()?.reveal())?;
    Some(("evidence.document.mrz", zone.issuer())).filter(|(_, issuer)| !issuer.is_empty())
}

/// Some of the allowed countries for a reader.
fn listing(allowed: &[String]) -> String {
    let shown = allowed.iter().take(SHOWN).map(String::as_str).collect::<Vec<_>>().join(", ");
    match allowed.len().checked_sub(SHOWN) {
        Some(more @ 1..) => format!("{shown} or {more} more"),
        _ => shown,
    }
}

pub(super) const SEX_OR_NATIONALITY_DIFFERS: Rule = Rule {
    id: "IDN-06",
    name: "Gender or nationality differs",
    severity: Severity::Low,
    category: "identity",
    inputs: &[
        "evidence.information.gender",
        "evidence.document.gender",
        "evidence.document.registryGender",
        "evidence.information.nationality",
        "evidence.document.nationality",
        "evidence.document.registryNationality",
    ],
    numbers: &[],
    threshold: "form, document and registry do not agree once their codes are understood",
    source: "exact, after mapping",
    caveat: "Codes: M for male here and for mujer there; people with two nationalities.",
    next_action: "Take note of it; it decides nothing on its own.",
    evaluate: |case| with_document(case, |document| marks_differ(case, document)),
};

fn marks_differ(case: &Case, document: &DocumentCheck) -> RuleOutcome {
    let typed = case.registration.checks.information.as_ref();
    let gender = difference(
        [
            ("evidence.information.gender", typed.and_then(|typed| typed.gender.as_deref())),
            ("evidence.document.gender", document.gender.as_deref()),
            ("evidence.document.registryGender", document.registry_gender.as_deref()),
        ],
        sex,
    );
    let nationality = difference(
        [
            ("evidence.information.nationality", typed.and_then(|typed| typed.nationality.as_deref())),
            ("evidence.document.nationality", document.nationality.as_deref()),
            ("evidence.document.registryNationality", document.registry_nationality.as_deref()),
        ],
        country::code,
    );
    match (gender, nationality) {
        (Compared::Differ(path, seen), _) | (_, Compared::Differ(path, seen)) => {
            Finding::new(Severity::Low, path, seen)
                .against("the same everywhere", ThresholdFrom::Default)
                .at(document.created)
                .fires()
        }
        (Compared::Untold, Compared::Untold) => RuleOutcome::NotMeasured,
        _ => RuleOutcome::Clear,
    }
}

/// What several sources say of one thing.
enum Compared {
    /// Fewer than two told it in words that are understood.
    Untold,
    /// The same.
    Agree,
    /// One says otherwise than the first: its path, and both words.
    Differ(&'static str, String),
}

fn difference(
    readings: [(&'static str, Option<&str>); 3],
    understand: impl Fn(&str) -> Option<&'static str>,
) -> Compared {
    let mut understood = readings.into_iter().filter_map(|(path, word)| Some((path, word?, understand(word?)?)));
    let Some((_, first, meaning)) = understood.next() else { return Compared::Untold };
    let mut others = understood.peekable();
    if others.peek().is_none() {
        return Compared::Untold;
    }
    match others.find(|(_, _, other)| *other != meaning) {
        Some((path, other, _)) => Compared::Differ(path, format!("{first} / {other}")),
        None => Compared::Agree,
    }
}

/// The marker of a passport that a word for a gender means, where it means one.
fn sex(word: &str) -> Option<&'static str> {
    match fold_text(word).trim().trim_end_matches('.') {
        "m" | "h" | "male" | "man" | "masculine" | "masculino" | "masculin" | "masc" | "hombre" | "varon" | "homme"
        | "mannlich" => Some("M"),
        "f" | "w" | "female" | "woman" | "feminine" | "femenino" | "femenina" | "feminino" | "feminin" | "fem"
        | "mujer" | "mulher" | "femme" | "weiblich" => Some("F"),
        "x" | "other" | "non-binary" | "nonbinary" | "no binario" | "otro" | "divers" => Some("X"),
        _ => None,
    }
}
