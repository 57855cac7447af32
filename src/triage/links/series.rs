//! E-mail addresses and phones that count on from one another, as those of an account farm do.

use std::{
    collections::BTreeSet,
    io::{self, Read, Write},
};

use serde::{Deserialize, Serialize};

use super::{
    DAY, Touched,
    arrivals::{Arrival, FIRST, NEAREST, Number},
    keys::{digest, dots_matter, phone_key},
};
use crate::{
    model::Contact,
    sections::{Reading, Writing},
};

/// Numbers further apart than this are not of one series; our choice.
const FURTHEST: u64 = 10;

/// Fewer than this share of all are put among the others one by one.
const FEW: usize = 16;

/// The place of a contact among others like it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Place {
    pub line: Line,
    number: u64,
}

/// What is alike of contacts that only differ in a number: of phones nothing, of e-mail addresses the digest of the
/// address with `#` for the last number before the `@`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Line(u64);

impl Line {
    /// All phones are on one line.
    pub const PHONE: Self = Self(0);

    fn of_emails(stem: &str) -> Self {
        // Odd, and so never that of the phones.
        Self(digest("series", stem) | 1)
    }
}

impl Place {
    /// Where a contact stands: by its e-mail address, by its phone, by both or by none.
    pub fn of(contact: &Contact) -> Vec<Self> {
        let email = contact.email.as_ref().and_then(|email| stem_of(email.reveal()));
        let email = email.map(|(stem, number)| Self { line: Line::of_emails(&stem), number });
        let phone = phone_key(contact).and_then(|phone| phone.reveal().trim_start_matches('+').parse().ok());
        email.into_iter().chain(phone.map(|number| Self { line: Line::PHONE, number })).collect()
    }
}

/// An address counts by the last number in its local part, tag included; one that is all number has no series.
fn stem_of(email: &str) -> Option<(String, u64)> {
    let email = email.trim().to_lowercase();
    let (local, domain) = email.rsplit_once('@')?;
    let local = if dots_matter(domain) { local.to_owned() } else { local.replace('.', "") };
    let end = local.rfind(|character: char| character.is_ascii_digit())? + 1;
    let start = local[..end].trim_end_matches(|character: char| character.is_ascii_digit()).len();
    let number = local[start..end].parse().ok()?;
    let stem = format!("{}#{}@{domain}", &local[..start], &local[end..]);
    local.chars().any(char::is_alphabetic).then_some((stem, number))
}

/// Everyone by the place of their contact.
#[derive(Debug, Clone, Default)]
pub struct Series {
    all: BTreeSet<(Place, Arrival)>,
    /// Who came untold and does not stand among them yet.
    unsettled: Vec<(Place, Arrival)>,
}

impl Series {
    /// Adds someone at a place, and tells of those for whom there is one more in their series.
    pub fn insert(&mut self, place: Place, arrival: Arrival, touched: &mut Touched) {
        if !touched.is_wanted() {
            self.unsettled.push((place, arrival));
            return;
        }
        self.all.insert((place, arrival));
        self.tell(place, &arrival, touched);
    }

    /// Takes someone away from a place; tells as [`Series::insert`] does.
    pub fn remove(&mut self, place: Place, arrival: Arrival, touched: &mut Touched) {
        self.settle();
        self.tell(place, &arrival, touched);
        self.all.remove(&(place, arrival));
    }

    /// Puts those who came untold among the others: many at once, which is quicker than one by one.
    pub fn settle(&mut self) {
        let came = std::mem::take(&mut self.unsettled);
        if came.len() < self.all.len() / FEW {
            self.all.extend(came);
        } else if !came.is_empty() {
            self.all = std::mem::take(&mut self.all).into_iter().chain(came).collect();
        }
    }

    /// One registration for each other number of the series of someone within a day, in order of the numbers: the
    /// nearest in time, of two equally near the earlier.
    pub fn others(&self, place: Place, arrival: &Arrival) -> impl Iterator<Item = Number> {
        self.numbers(place).filter_map(move |place| {
            let nearest = self.before(place, arrival).next().into_iter().chain(self.after(place, arrival).next());
            let nearest = nearest.min_by_key(|other| other.distance(arrival))?;
            arrival.is_within(DAY, &nearest).then_some(nearest.number)
        })
    }

    /// Those who may see someone among the others of their own series; of a number that very many have, the nearest.
    fn tell(&self, place: Place, arrival: &Arrival, touched: &mut Touched) {
        if !touched.is_wanted() {
            return;
        }
        for place in self.numbers(place) {
            let near = self.before(place, arrival).take(NEAREST).chain(self.after(place, arrival).take(NEAREST));
            touched.extend(near.filter(|other| arrival.is_within(DAY, other)).map(|other| other.number));
        }
    }

    /// The places that somebody has near this one, but for the same.
    fn numbers(&self, own: Place) -> impl Iterator<Item = Place> + use<'_> {
        let last = own.number.saturating_add(FURTHEST);
        let mut next = Some(own.number.saturating_sub(FURTHEST));
        let places = std::iter::from_fn(move || {
            let from = (Place { number: next?, ..own }, FIRST);
            let (found, _) = self.all.range(from..).next()?;
            next = found.number.checked_add(1);
            (found.line == own.line && found.number <= last).then_some(*found)
        });
        places.filter(move |place| *place != own)
    }

    /// Writes all who were settled, by the numbers that they have for the reader.
    pub fn write<W: Write>(&self, out: &mut Writing<W>, renumbered: impl Fn(Number) -> Number) -> io::Result<()> {
        let all = self.all.iter();
        out.list(all.map(|(place, arrival)| ((place.line.0, place.number), renumbered(arrival.number))))
    }

    /// Reads them; `None` if a number is nobody's.
    pub fn read<R: Read>(from: &mut Reading<R>, arrival: impl Fn(Number) -> Option<Arrival>) -> Option<Self> {
        let all: Vec<((u64, u64), Number)> = from.any_list()?;
        let all = all
            .into_iter()
            .map(|((line, number), holder)| Some((Place { line: Line(line), number }, arrival(holder)?)));
        Some(Self { all: all.collect::<Option<_>>()?, unsettled: Vec::new() })
    }

    fn before(&self, place: Place, arrival: &Arrival) -> impl Iterator<Item = Arrival> + use<'_> {
        self.all.range((place, FIRST)..(place, *arrival)).rev().map(|(_, other)| *other)
    }

    fn after(&self, place: Place, arrival: &Arrival) -> impl Iterator<Item = Arrival> + use<'_> {
        self.all.range((place, *arrival)..).take_while(move |(other, _)| *other == place).map(|(_, other)| *other)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::stem_of as place;

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
