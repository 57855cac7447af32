//! What an e-mail address says by itself.

use super::{Case, Finding, Number, Rule, RuleOutcome, Severity, ThresholdFrom, velocity};
use crate::triage::names::fold_text;

/// So many digits are no birth year any more.
const DIGITS: Number = Number { name: "digits", default: 5.0, unit: "digits" };
/// Words and names stay below, letters by chance do not; needs twelve different characters.
const ENTROPY: Number = Number { name: "entropy", default: 3.5, unit: "bits a character" };
/// Provider names with fewer letters are one slip away from too many others.
const SHORTEST_PROVIDER: Number = Number { name: "shortest_name", default: 5.0, unit: "letters" };
/// A part of a name this short stands in any word by chance.
const SHORTEST_TOKEN: usize = 3;

const PATH: &str = "contact.email";

/// The part before the `@` and the domain, in lower case. `Err`: what the lack of an address means.
fn address(case: &Case) -> Result<(String, String), RuleOutcome> {
    let contact = &case.registration.contact;
    let Some(email) = &contact.email else {
        let came_by_phone = contact.phone.is_some();
        return Err(if came_by_phone { RuleOutcome::NotApplicable } else { RuleOutcome::NotMeasured });
    };
    let email = email.reveal().trim().to_lowercase();
    match email.rsplit_once('@') {
        Some((local, domain)) if !local.is_empty() && domain.contains('.') => {
            Ok((local.to_owned(), domain.trim_end_matches('.').to_owned()))
        }
        _ => Err(RuleOutcome::NotMeasured),
    }
}

pub(super) const DISPOSABLE: Rule = Rule {
    id: "CON-01",
    name: "Disposable e-mail",
    severity: Severity::Medium,
    category: "contact",
    inputs: &[PATH],
    numbers: &[],
    threshold: "a domain of the list of disposable ones that is not on the list of relays",
    source: "built-in lists, and those of the configuration",
    caveat: "Services that forward mail protect people's addresses; they are not throw-away. Lists are never complete.",
    next_action: "Ask for another address.",
    evaluate: |case| match address(case) {
        Ok((_, domain)) if case.lists().is_disposable(&domain) => {
            Finding::new(Severity::Medium, PATH, domain).against("not a listed domain", ThresholdFrom::Default).fires()
        }
        Ok(_) => RuleOutcome::Clear,
        Err(outcome) => outcome,
    },
};

pub(super) const MACHINE_LIKE: Rule = Rule {
    id: "CON-02",
    name: "Machine-like e-mail",
    severity: Severity::Low,
    category: "contact",
    inputs: &[PATH, "contact.fullName"],
    numbers: &[DIGITS, ENTROPY],
    threshold: "no part of the name, and 5 digits or more than 3.5 bits a character; medium within a series (VEL-04)",
    source: "our choice",
    caveat: "Nicknames; family names that are not the person's own.",
    next_action: "Use it together with what the person shares with others.",
    evaluate: machine_like,
};

fn machine_like(case: &Case) -> RuleOutcome {
    let (local, _) = match address(case) {
        Ok(address) => address,
        Err(outcome) => return outcome,
    };
    let Some(name) = case.registration.name().map(|name| fold_text(name.reveal())) else {
        return RuleOutcome::NotMeasured;
    };
    let local = fold_text(local.split('+').next().unwrap_or(&local));
    let Some(holds_name) = shares_a_token(&local, &name) else { return RuleOutcome::NotMeasured };
    if holds_name {
        return RuleOutcome::Clear;
    }
    let (most_digits, most_bits) = (case.number(&DIGITS), case.number(&ENTROPY));
    let digits = local.chars().filter(char::is_ascii_digit).count();
    let bits = entropy(&local);
    let threshold = if digits >= most_digits.count() {
        (format!("fewer than {} digits", most_digits.count()), most_digits.from)
    } else if bits > most_bits.value {
        (format!("at most {} bits a character", most_bits.value), most_bits.from)
    } else {
        return RuleOutcome::Clear;
    };
    let in_a_series = matches!(case.ask(&velocity::SERIAL_CONTACTS), RuleOutcome::Fires(_));
    let severity = if in_a_series { Severity::Medium } else { Severity::Low };
    Finding::new(severity, PATH, local).against(threshold.0, threshold.1).fires()
}

/// Whether a part of the name stands in the text, or a word of the text begins a part of the name (`alex` of
/// Alexandra). `None` if the name is not in letters that an address can hold.
fn shares_a_token(local: &str, name: &str) -> Option<bool> {
    let tokens = |text: &str, is_part: fn(char) -> bool| {
        text.split(|character: char| !is_part(character))
            .filter(|token| token.len() >= SHORTEST_TOKEN)
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    let parts = tokens(name, |character| character.is_ascii_alphabetic());
    if parts.is_empty() {
        return None;
    }
    let words = tokens(local, |character| character.is_ascii_alphabetic());
    let initials: String = parts.iter().filter_map(|part| part.chars().next()).collect();
    let begins = |word: &String| parts.iter().any(|part| part.starts_with(word.as_str()));
    let are_initials = |word: &String| initials.len() >= SHORTEST_TOKEN && *word == initials;
    Some(
        parts.iter().any(|part| local.contains(part.as_str()))
            || words.iter().any(|word| begins(word) || are_initials(word)),
    )
}

/// Shannon's, bits a character.
fn entropy(text: &str) -> f64 {
    let mut characters: Vec<char> = text.chars().collect();
    characters.sort_unstable();
    let length = characters.len() as f64;
    characters
        .chunk_by(|left, right| left == right)
        .map(|same| same.len() as f64 / length)
        .map(|share| -share * share.log2())
        .sum()
}

pub(super) const MISTYPED_DOMAIN: Rule = Rule {
    id: "CON-03",
    name: "Mistyped mail domain",
    severity: Severity::Low,
    category: "contact",
    inputs: &[PATH],
    numbers: &[SHORTEST_PROVIDER],
    threshold: "one letter away from a well-known mail domain, or two letters swapped",
    source: "our choice; built-in list of mail domains, and that of the configuration",
    caveat: "Small domains that really are called so.",
    next_action: "It explains why a code does not arrive: call, and start a new registration with the right address.",
    evaluate: |case| {
        let (_, domain) = match address(case) {
            Ok(address) => address,
            Err(outcome) => return outcome,
        };
        let shortest = case.number(&SHORTEST_PROVIDER);
        match case.lists().mistyped(&domain, shortest.count()) {
            Some(meant) => Finding::new(Severity::Low, PATH, format!("{domain}: meant {meant}?"))
                .against("no slip of a well-known domain", ThresholdFrom::Default)
                .fires(),
            None => RuleOutcome::Clear,
        }
    },
};

#[cfg(test)]
mod tests {
    use super::{entropy, shares_a_token};

    #[test]
    fn an_address_holds_the_name_in_part_shortened_or_as_initials() {
        for local in ["alba.muestra", "amuestra77", "alb", "muestra1990", "xx.alba", "adm2020"] {
            assert_eq!(shares_a_token(local, "alba de muestra"), Some(local != "adm2020"), "{local}");
        }
        assert_eq!(shares_a_token("jcr", "julia casta rey"), Some(true));
        assert_eq!(shares_a_token("k7q9z", "alba muestra"), Some(false));
        assert_eq!(shares_a_token("wang88", "王小明"), None);
    }

    #[test]
    fn entropy_grows_with_variety() {
        assert!(entropy("aaaa").abs() < 1e-9);
        assert!((entropy("abcd") - 2.0).abs() < 1e-9);
        assert!(entropy("q7x0vkz2m9pwjt") > 3.5);
    }
}
