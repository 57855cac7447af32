//! Mail domains, and which one a mistyped domain was meant to be.

use std::collections::HashSet;

/// A set of mail domains, lower case.
#[derive(Clone, PartialEq, Default)]
pub struct Domains(HashSet<String>);

impl Domains {
    pub fn extend(&mut self, domains: Vec<String>) {
        self.0.extend(domains);
    }

    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether a domain or one that it is part of is in the set.
    pub fn covers(&self, domain: &str) -> bool {
        let mut rest = Some(domain);
        while let Some(name) = rest {
            if self.0.contains(name) {
                return true;
            }
            rest = name.split_once('.').map(|(_, parent)| parent);
        }
        false
    }

    /// The domain of the set that is one slip of the finger away from one outside of it: a letter too much, one too
    /// few, another one, or two swapped. Of several the first by name. Domains whose name has fewer letters than
    /// `shortest` are left out, and so is the same name under the domain of another country.
    pub fn one_slip_from(&self, domain: &str, shortest: usize) -> Option<&str> {
        if self.covers(domain) {
            return None;
        }
        let meant = |known: &&str| {
            let name = || known.split('.').next().unwrap_or_default();
            // Nearly all of them are told apart by this alone.
            is_one_slip(known, domain) && name().chars().count() >= shortest && !is_national_variant(known, domain)
        };
        self.0.iter().map(String::as_str).filter(meant).min()
    }
}

/// Whether two texts differ in one letter, or in two neighbours that are swapped.
fn is_one_slip(left: &str, right: &str) -> bool {
    let longest_letter = if left.is_ascii() && right.is_ascii() { 1 } else { char::MAX.len_utf8() };
    if left.len().abs_diff(right.len()) > longest_letter {
        return false;
    }
    let same =
        left.chars().zip(right.chars()).take_while(|(left, right)| left == right).map(|(same, _)| same.len_utf8());
    let begin: usize = same.sum();
    let (left, right) = (&left[begin..], &right[begin..]);
    let same = left.chars().rev().zip(right.chars().rev()).take_while(|(left, right)| left == right);
    let end: usize = same.map(|(same, _)| same.len_utf8()).sum();
    let rest = |text: &str| {
        let mut rest = text[..text.len() - end].chars();
        [rest.next(), rest.next(), rest.next()]
    };
    match (rest(left), rest(right)) {
        ([Some(_), None, _], [None, ..] | [Some(_), None, _]) | ([None, ..], [Some(_), None, _]) => true,
        ([Some(first), Some(second), None], [Some(third), Some(fourth), None]) => first == fourth && second == third,
        _ => false,
    }
}

/// `mail.es` beside `mail.se`: a sister, not a slip.
fn is_national_variant(left: &str, right: &str) -> bool {
    match (left.rsplit_once('.'), right.rsplit_once('.')) {
        (Some((left, left_country)), Some((right, right_country))) => {
            left == right && left_country.len() == 2 && right_country.len() == 2
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Domains, is_one_slip};

    fn domains(names: &[&str]) -> Domains {
        let mut domains = Domains::default();
        domains.extend(names.iter().map(|name| (*name).to_owned()).collect());
        domains
    }

    #[test]
    fn a_subdomain_belongs_to_its_domain_and_a_namesake_does_not() {
        let known = domains(&["mail.example"]);
        assert!(known.covers("mail.example") && known.covers("a.b.mail.example"));
        assert!(!known.covers("otromail.example") && !known.covers("example") && !known.covers(""));
    }

    #[test]
    fn one_slip_leads_to_the_domain_that_was_meant() {
        let known = domains(&["correo.example", "correo.es", "abc.example"]);
        for slip in ["coreo.example", "correeo.example", "cotreo.example", "corroe.example", "correo.exmaple"] {
            assert_eq!(known.one_slip_from(slip, 5), Some("correo.example"), "{slip}");
        }
        for other in ["correo.example", "my.correo.example", "corre.exampl", "abd.example", "correo.se", "ñ"] {
            assert_eq!(known.one_slip_from(other, 5), None, "{other}");
        }
    }

    proptest! {
        #[test]
        fn a_slip_is_one_edit_with_swaps_between_different_texts(left in "[abé]{0,6}", right in "[abé]{0,6}") {
            prop_assert_eq!(is_one_slip(&left, &right), strsim::osa_distance(&left, &right) == 1);
        }
    }
}
