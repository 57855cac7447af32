//! E-mail addresses and phones that count on from one another, as those of an account farm do.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use super::{
    DAY,
    arrivals::{Arrival, Arrivals},
    traces::{dots_matter, phone_key},
};
use crate::model::{Contact, Personal, RegistrationId};

/// Numbers further apart than this are not of one series; our choice.
const FURTHEST: u64 = 10;

/// The place of a contact among others like it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    pub line: Line,
    number: u64,
}

/// What is alike of contacts that only differ in a number. Masked when printed.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Line {
    /// The e-mail address, with `#` for the last number before the `@`.
    Email(Personal),
    /// All phones are on one line.
    Phone,
}

impl Place {
    /// Where a contact stands: by its e-mail address, by its phone, by both or by none.
    pub fn of(contact: &Contact) -> Vec<Self> {
        let email = contact.email.as_ref().and_then(|email| Self::of_email(email.reveal()));
        let phone = phone_key(contact).and_then(|phone| phone.reveal().trim_start_matches('+').parse().ok());
        email.into_iter().chain(phone.map(|number| Self { line: Line::Phone, number })).collect()
    }

    /// An address counts by the last number in its local part, tag included; one that is all number has no series.
    fn of_email(email: &str) -> Option<Self> {
        let email = email.trim().to_lowercase();
        let (local, domain) = email.rsplit_once('@')?;
        let local = if dots_matter(domain) { local.to_owned() } else { local.replace('.', "") };
        let end = local.rfind(|character: char| character.is_ascii_digit())? + 1;
        let start = local[..end].trim_end_matches(|character: char| character.is_ascii_digit()).len();
        let number = local[start..end].parse().ok()?;
        let stem = format!("{}#{}@{domain}", &local[..start], &local[end..]);
        let has_name = local.chars().any(char::is_alphabetic);
        has_name.then(|| Self { line: Line::Email(Personal::new(stem)), number })
    }
}

/// Everyone by the place of their contact.
#[derive(Debug, Clone, Default)]
pub struct Series(HashMap<Line, BTreeMap<u64, Arrivals>>);

impl Series {
    /// Adds someone at a place, and tells of those for whom there is one more in their series.
    pub fn insert(&mut self, place: &Place, arrival: &Arrival, touched: &mut Vec<Arc<RegistrationId>>) {
        let numbers = self.0.entry(place.line.clone()).or_default();
        numbers.entry(place.number).or_default().insert(arrival.clone());
        self.tell(place, arrival, touched);
    }

    /// Takes someone away from a place; tells as [`Series::insert`] does.
    pub fn remove(&mut self, place: &Place, arrival: &Arrival, touched: &mut Vec<Arc<RegistrationId>>) {
        self.tell(place, arrival, touched);
        let Some(numbers) = self.0.get_mut(&place.line) else { return };
        if let Some(arrivals) = numbers.get_mut(&place.number) {
            arrivals.remove(arrival);
            if arrivals.is_empty() {
                numbers.remove(&place.number);
            }
        }
        if numbers.is_empty() {
            self.0.remove(&place.line);
        }
    }

    /// One registration for each other number of the series of someone within a day, in order of the numbers.
    pub fn others<'a>(&'a self, place: &Place, arrival: &Arrival) -> impl Iterator<Item = &'a RegistrationId> {
        self.near(place).filter_map(|arrivals| Some(arrivals.nearest(arrival, DAY)?.id.as_ref()))
    }

    /// Those who may see someone among the others of their own series; of a number that very many have, the nearest.
    fn tell(&self, place: &Place, arrival: &Arrival, touched: &mut Vec<Arc<RegistrationId>>) {
        let seen = self.near(place).flat_map(|arrivals| arrivals.near(arrival));
        touched.extend(seen.filter(|other| arrival.is_within(DAY, other)).map(|other| Arc::clone(&other.id)));
    }

    /// Who has a number near this one, and not the same.
    fn near<'a>(&'a self, place: &Place) -> impl Iterator<Item = &'a Arrivals> + use<'a> {
        let own = place.number;
        let range = own.saturating_sub(FURTHEST)..=own.saturating_add(FURTHEST);
        let numbers = self.0.get(&place.line).into_iter().flat_map(move |numbers| numbers.range(range.clone()));
        numbers.filter(move |(number, _)| **number != own).map(|(_, arrivals)| arrivals)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::{Line, Place};

    fn place(email: &str) -> Option<(String, u64)> {
        let place = Place::of_email(email)?;
        let Line::Email(stem) = place.line else { return None };
        Some((stem.reveal().to_owned(), place.number))
    }

    #[test]
    fn an_address_counts_by_the_last_number_of_its_local_part() {
        let told = |stem: &str, number: u64| Some((stem.to_owned(), number));
        assert_eq!(place("Alba07@Example.com"), told("alba#@example.com", 7));
        assert_eq!(place("alba.2x19b@example.com"), told("alba.2x#b@example.com", 19));
        assert_eq!(place("alba+kyc3@example.com"), told("alba+kyc#@example.com", 3));
        assert_eq!(place("al.ba3@gmail.com"), place("alba.3@gmail.com"), "dots that the provider ignores");
    }

    #[test]
    fn an_address_without_a_number_or_without_a_name_has_no_series() {
        for email in ["alba@example.com", "20255501@example.com", "alba99999999999999999999@example.com", "alba1", ""] {
            assert_eq!(place(email), None, "{email}");
        }
    }
}
