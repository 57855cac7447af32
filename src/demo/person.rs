//! Somebody who does not exist.

use chrono::{Days, NaiveDate};

use super::allotment::Allotment;
use super::chance::Chance;
use super::world::{Country, Culture, Name, World};
use crate::model::{Contact, Information, Personal, Registration, Timestamp};

/// The name, papers, devices and addresses of an invented person.
#[derive(Debug, Clone)]
pub(super) struct Person {
    pub(super) first: Name,
    pub(super) last: Name,
    pub(super) family_first: bool,
    pub(super) language: String,
    pub(super) gender: &'static str,
    pub(super) birth: NaiveDate,
    pub(super) country: String,
    pub(super) city: String,
    pub(super) street: String,
    pub(super) postal_code: String,
    pub(super) email: Option<String>,
    /// Country code and number.
    pub(super) phone: Option<(String, String)>,
    pub(super) document_number: String,
    /// Id of the face at the biometric service.
    pub(super) face: String,
    pub(super) device: String,
    pub(super) ip: String,
    pub(super) system: String,
    pub(super) user_agent: String,
}

impl Person {
    /// Somebody new who lives in a country. Has a phone if the country has reserved numbers left and one is wanted.
    pub(super) fn invent(
        world: &World,
        country: &Country,
        with_phone: bool,
        allotment: &mut Allotment,
        chance: &mut Chance,
        (seed, now): (u64, Timestamp),
    ) -> Option<Self> {
        let language = chance.pick(&country.languages)?;
        let culture = world.cultures.iter().find(|culture| culture.language == *language)?;
        let gender = if chance.percent(50) { "F" } else { "M" };
        let first = chance.pick(if gender == "F" { &culture.female } else { &culture.male })?.clone();
        let last = family_name(culture, chance)?;
        let client = chance.pick(&world.clients)?;
        let phone = if with_phone { allotment.phone(world, country, chance) } else { None };
        Some(Self {
            email: Some(allotment.email(&first.roman, &last.roman, chance)),
            phone: country.code.clone().zip(phone),
            document_number: allotment.document(seed),
            ip: allotment.address(chance),
            first,
            last,
            family_first: culture.family_first,
            language: language.clone(),
            gender,
            // 19 to 77 years old, most of them below 50.
            birth: now.date_naive()
                - Days::new((7_000 + chance.between(0..=12_000) + chance.between(0..=9_000)) as u64),
            country: country.name.clone(),
            city: chance.pick(&country.cities)?.clone(),
            street: format!("Sample Street {}", chance.between(1..=240)),
            postal_code: chance.digits(5),
            face: chance.hex::<12>(),
            device: chance.hex::<8>(),
            system: client.system.to_owned(),
            user_agent: client.user_agent.to_owned(),
        })
    }

    /// The name in the person's own script and order.
    pub(super) fn full_name(&self) -> String {
        if !self.family_first {
            return format!("{} {}", self.first.written, self.last.written);
        }
        // Han and Hangul names are written without a blank.
        let blank = if self.last.written.chars().all(is_east_asian) { "" } else { " " };
        format!("{}{blank}{}", self.last.written, self.first.written)
    }

    /// The name in Latin letters, as passports have it.
    pub(super) fn roman_name(&self) -> String {
        format!("{} {}", self.first.roman, self.last.roman)
    }

    /// What a registration is opened with.
    pub(super) fn contact(&self) -> Contact {
        Contact {
            email: self.email.clone().map(Personal::from),
            phone: self.phone.as_ref().map(|(_, number)| number.clone().into()),
            country_code: self.phone.as_ref().map(|(code, _)| code.clone()),
            full_name: Some(self.full_name().into()),
            first_name: Some(self.first.written.clone().into()),
            last_name: Some(self.last.written.clone().into()),
            language: Some(self.language.clone()),
        }
    }

    /// What the person types into the sign-up form.
    pub(super) fn sign_up_form(&self) -> Information {
        Information {
            full_name: Some(self.full_name().into()),
            first_name: Some(self.first.written.clone().into()),
            last_name: Some(self.last.written.clone().into()),
            country: Some(self.country.clone()),
            device_id: Some(self.device.clone()),
            ..Information::default()
        }
    }

    /// What the person types about home and papers.
    pub(super) fn basic_information(&self) -> Information {
        Information {
            birth_date: Some(self.birth),
            gender: Some(self.gender.to_owned()),
            country: Some(self.country.clone()),
            city: Some(self.city.clone()),
            address: Some(self.street.clone().into()),
            postal_code: Some(self.postal_code.clone().into()),
            document_number: Some(self.document_number.clone().into()),
            ..Information::default()
        }
    }

    /// The person behind a registration that exists, as far as it tells; the rest is invented. What is drawn depends
    /// on the registration alone, so that the same person comes back at every step.
    pub(super) fn behind(registration: &Registration) -> Self {
        let seed = registration.id.as_str().bytes().fold(0, |seed: u64, byte| seed.wrapping_mul(31) + u64::from(byte));
        let mut chance = Chance::of(seed, 0);
        let typed = registration.checks.information.clone().unwrap_or_default();
        let contact = &registration.contact;
        let text = |name: Option<&Personal>| name.map(|name| name.reveal().to_owned());
        let name = |name: Option<&Personal>| Name::from(text(name).unwrap_or_default());
        // Drawn whether needed or not: later draws must not depend on what is known so far.
        let (number, device) = (format!("DEMO{}", chance.digits(9)), chance.hex::<8>());
        let born = Days::new(chance.between(9_000..=18_000) as u64);
        Self {
            first: name(contact.first_name.as_ref().or(contact.full_name.as_ref())),
            last: name(contact.last_name.as_ref()),
            family_first: false,
            language: contact.language.clone().unwrap_or_else(|| "en".to_owned()),
            gender: if chance.percent(50) { "F" } else { "M" },
            birth: typed.birth_date.unwrap_or(registration.created_at.date_naive() - born),
            country: typed.country.clone().unwrap_or_else(|| "Colombia".to_owned()),
            city: typed.city.clone().unwrap_or_else(|| "Bogotá".to_owned()),
            street: format!("Sample Street {}", chance.between(1..=240)),
            postal_code: chance.digits(5),
            email: text(contact.email.as_ref()),
            phone: contact.country_code.clone().zip(text(contact.phone.as_ref())),
            document_number: text(typed.document_number.as_ref()).unwrap_or(number),
            face: chance.hex::<12>(),
            device: typed.device_id.unwrap_or(device),
            ip: typed.ip.unwrap_or_else(|| format!("2001:db8::{:x}", chance.between(1..=0xffff))),
            system: "ANDROID".to_owned(),
            user_agent: typed.user_agent.unwrap_or_default(),
        }
    }
}

/// Whether a letter belongs to the scripts from the radicals of Han on: Han, kana and Hangul.
fn is_east_asian(letter: char) -> bool {
    letter >= '\u{2e80}'
}

fn family_name(culture: &Culture, chance: &mut Chance) -> Option<Name> {
    let first = chance.pick(&culture.family)?.clone();
    if culture.families < 2 {
        return Some(first);
    }
    let second = chance.pick(&culture.family)?;
    Some(Name {
        written: format!("{} {}", first.written, second.written),
        roman: format!("{} {}", first.roman, second.roman),
    })
}
