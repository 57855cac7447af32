//! Approval and first pass by country of the document: does the flow treat people of one country worse?

use std::collections::{BTreeMap, HashMap};

use serde::Serialize;

use super::{Case, checks::Attempts, outcomes::is_decided};
use crate::{
    model::{Registration, Status, StepKind},
    triage::{Share, country},
};

/// Registrations by country.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Countries {
    /// The countries, the one with most registrations first.
    pub countries: Vec<Country>,
    /// Registrations with a document that names no country.
    pub unknown: usize,
}

/// Registrations with a document of one country.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Country {
    /// Its two-letter code; an unknown country as it is written.
    pub country: String,
    /// How many.
    pub registrations: usize,
    /// Of those approved or refused, the share approved.
    pub approved: Share,
    /// Of those who showed a document, the share whose first one passed.
    pub first_pass: Share,
}

pub(super) fn over(cases: &[Case]) -> Countries {
    // Many documents spell their country the same way; looking it up is slow.
    let mut spellings: HashMap<&str, String> = HashMap::new();
    let mut countries: BTreeMap<String, Country> = BTreeMap::new();
    let mut unknown = 0;
    for registration in cases.iter().map(|case| case.registration) {
        let Some(document) = &registration.checks.document else { continue };
        let named = document.country.as_deref().or(document.nationality.as_deref());
        let Some(written) = named.filter(|named| !named.trim().is_empty()) else {
            unknown += 1;
            continue;
        };
        let name = spellings.entry(written).or_insert_with(|| country::canonical(written));
        if !countries.contains_key(name) {
            countries.insert(name.clone(), Country { country: name.clone(), ..Country::default() });
        }
        if let Some(country) = countries.get_mut(name) {
            country.add(registration);
        }
    }
    let mut countries: Vec<Country> = countries.into_values().collect();
    countries.sort_by_key(|country| std::cmp::Reverse(country.registrations));
    Countries { countries, unknown }
}

impl Country {
    fn add(&mut self, registration: &Registration) {
        self.registrations += 1;
        if is_decided(&registration.status) {
            self.approved.count(registration.status == Status::Completed);
        }
        if let Some(first_pass) = Attempts::of(registration, &StepKind::DocumentVerification).first_pass() {
            self.first_pass.count(first_pass);
        }
    }
}
