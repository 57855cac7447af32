//! What a phone number says by itself.

use super::{Case, Finding, Rule, RuleOutcome, Severity, ThresholdFrom};
use crate::triage::lists::PhoneFault;

pub(super) const IMPOSSIBLE_PHONE: Rule = Rule {
    id: "CON-05",
    name: "Impossible phone number",
    severity: Severity::Medium,
    category: "contact",
    inputs: &["contact.countryCode", "contact.phone"],
    numbers: &[],
    threshold: "a calling code that nobody has, letters, or a length that no number of the country has",
    source: "built-in list of the lengths by calling code, and that of the configuration",
    caveat: "New number ranges.",
    next_action: "Have the contact corrected.",
    evaluate: impossible_phone,
};

fn impossible_phone(case: &Case) -> RuleOutcome {
    let contact = &case.registration.contact;
    let Some(phone) = contact.phone.as_ref().map(|phone| phone.reveal().trim()) else {
        let came_by_email = contact.email.is_some();
        return if came_by_email { RuleOutcome::NotApplicable } else { RuleOutcome::NotMeasured };
    };
    if phone.is_empty() || phone.contains(['*', '•', '…']) {
        // Some services mask numbers in their lists.
        return RuleOutcome::NotMeasured;
    }
    let finding = |path: &'static str, seen: String, threshold: String| {
        Finding::new(Severity::Medium, path, seen).against(threshold, ThresholdFrom::Default).fires()
    };
    let is_part = |character: char| character.is_ascii_digit() || " \u{a0}-.()/+".contains(character);
    if !phone.chars().all(is_part) {
        return finding("contact.phone", phone.to_owned(), "digits".to_owned());
    }
    let code = contact.country_code.as_deref().map(str::trim).filter(|_| !phone.starts_with('+'));
    let written = match code {
        Some(code) => format!("{}{phone}", code.trim_start_matches('+')),
        None if phone.starts_with('+') => phone.to_owned(),
        None => return RuleOutcome::NotMeasured,
    };
    let digits: String = written.chars().filter(char::is_ascii_digit).collect();
    let known = case.lists().calling_code_of(&digits);
    // A code that goes on behind the calling code is one with its area: `+1809`.
    let Some(calling_code) = known.filter(|known| code.is_none_or(|code| begins_with(code, known))) else {
        let (path, seen) = code.map_or(("contact.phone", phone), |code| ("contact.countryCode", code));
        return finding(path, seen.to_owned(), "a calling code that somebody has".to_owned());
    };
    let number = &digits[calling_code.len()..];
    let threshold = match case.lists().phone_fault(calling_code, number) {
        None => return RuleOutcome::Clear,
        Some(PhoneFault::UnknownCode) => "a calling code that somebody has".to_owned(),
        Some(PhoneFault::Length(lengths)) if lengths.start() == lengths.end() => {
            format!("{} digits behind +{calling_code}", lengths.start())
        }
        Some(PhoneFault::Length(lengths)) => {
            format!("{} to {} digits behind +{calling_code}", lengths.start(), lengths.end())
        }
        Some(PhoneFault::FirstDigit(digits)) => {
            format!("begins with {} to {} behind +{calling_code}", digits.start(), digits.end())
        }
    };
    finding("contact.phone", format!("+{calling_code} {number}, {} digits", number.len()), threshold)
}

fn begins_with(code: &str, calling_code: &str) -> bool {
    code.trim_start_matches('+').starts_with(calling_code)
}
