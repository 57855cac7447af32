//! The texts by which registrations are found, folded: lower case, without accents.

use crate::{
    model::{Personal, Registration},
    triage::names,
};

/// Name, e-mail address, digits of the phone, id; then what other names and document numbers (as written and without
/// separators) hold beside these, a line each. What is not known is empty.
pub fn parts(registration: &Registration) -> [String; 5] {
    let contact = &registration.contact;
    let fold = |text: Option<&Personal>| text.map(|text| names::fold_text(text.reveal())).unwrap_or_default();
    let [name, email, phone, id] = [
        line(&fold(registration.name())),
        line(&fold(contact.email.as_ref())),
        phone(registration),
        line(&names::fold_text(registration.id.as_str())),
    ];
    let others = others(registration, &[&name, &email, &phone, &id]);
    [name, email, phone, id, others]
}

/// A folded text in one line, as parts are.
fn line(text: &str) -> String {
    text.replace('\n', " ")
}

/// Only a phone that is known has a country code worth finding.
fn phone(registration: &Registration) -> String {
    let Some(phone) = &registration.contact.phone else { return String::new() };
    let code = registration.contact.country_code.as_deref().unwrap_or_default();
    code.chars().chain(phone.reveal().chars()).filter(char::is_ascii_digit).collect()
}

/// A word that stands in one line needs no second one.
fn others(registration: &Registration, known: &[&str]) -> String {
    let (contact, checks) = (&registration.contact, &registration.checks);
    let (typed, scanned) = (checks.information.as_ref(), checks.document.as_ref());
    let names = [
        contact.first_name.as_ref(),
        contact.last_name.as_ref(),
        typed.and_then(|typed| typed.full_name.as_ref()),
        scanned.and_then(|document| document.full_name.as_ref()),
    ];
    let numbers =
        [scanned.and_then(|document| document.number.as_ref()), typed.and_then(|typed| typed.document_number.as_ref())];
    let mut lines: Vec<String> = names.into_iter().flatten().map(|name| names::fold_text(name.reveal())).collect();
    for number in numbers.into_iter().flatten() {
        lines.push(names::fold_text(number.reveal()));
        lines.push(names::fold_number(number.reveal()));
    }
    for text in &mut lines {
        *text = line(text);
    }
    lines.sort_unstable_by(|one, other| other.len().cmp(&one.len()).then_with(|| one.cmp(other)));
    let mut kept: Vec<&str> = Vec::new();
    for text in &lines {
        if !known.iter().chain(&kept).any(|other| other.contains(text.as_str())) {
            kept.push(text);
        }
    }
    kept.join("\n")
}
